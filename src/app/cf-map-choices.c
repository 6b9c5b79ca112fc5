/* cf-map-choices.c: rows of a label and a control. */
#include "cf-map-choices.h"

#include "cf-format.h"
#include "cf-words.h"

enum
{
  ROW_PLACEMENT,
  ROW_VOLUME,
  ROW_MODEL,
  ROW_NUCLEOTIDES,
  N_ROWS
};

struct _CfMapChoices
{
  GtkGrid parent_instance;
  CfSession *session;
  gboolean filling; /* our own change of a control */
  GtkWidget *label[N_ROWS], *control[N_ROWS];
};

G_DEFINE_FINAL_TYPE (CfMapChoices, cf_map_choices, GTK_TYPE_GRID)

#define FITTED N_("The fit stands on the voxels as they were read: close the map and open it again to choose otherwise")

static void
show (CfMapChoices *choices, int row, gboolean shown)
{
  gtk_widget_set_visible (choices->label[row], shown);
  gtk_widget_set_visible (choices->control[row], shown);
}

static void
fill_count (CfMapChoices *choices, int row, int n, int at)
{
  GtkSpinButton *spin = GTK_SPIN_BUTTON (choices->control[row]);
  g_autofree char *of = g_strdup_printf (row == ROW_VOLUME ? _("volume of %d") : _("model of %d"), n);
  gtk_spin_button_set_range (spin, 1, MAX (n, 1));
  gtk_spin_button_set_value (spin, at + 1);
  gtk_label_set_text (GTK_LABEL (choices->label[row]), of);
  show (choices, row, n > 1);
}

/* A number that the user is at stays his. */
static gboolean
is_edited (GtkWidget *widget)
{
  return (gtk_widget_get_state_flags (widget) & GTK_STATE_FLAG_FOCUS_WITHIN) != 0;
}

static void
fill (CfSession *session, guint change, CfMapChoices *choices)
{
  const CfSessionState *s = cf_session_state (session);
  gboolean can = cf_session_can_reload (session);
  if (!(change & (CF_CHANGED_DOCUMENT | CF_CHANGED_TRAINING)))
    return;
  choices->filling = TRUE;
  show (choices, ROW_PLACEMENT, s->volume != NULL && s->volume->header.two_placements);
  if (s->volume != NULL)
    gtk_drop_down_set_selected (GTK_DROP_DOWN (choices->control[ROW_PLACEMENT]), s->volume->header.placement == CF_PLACED_BY_NSTART);
  if (!is_edited (choices->control[ROW_VOLUME]) || s->volume == NULL)
    fill_count (choices, ROW_VOLUME, s->volume != NULL ? s->volume->header.n_volumes : 1, s->stack_volume);
  if (!is_edited (choices->control[ROW_MODEL]) || s->structure == NULL)
    fill_count (choices, ROW_MODEL, s->structure != NULL ? s->structure->n_models : 1, s->structure != NULL ? s->structure->model : 0);
  show (choices, ROW_NUCLEOTIDES, s->structure != NULL && s->structure->n_p > 0);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (choices->control[ROW_NUCLEOTIDES]), s->at_c4);
  for (int row = ROW_PLACEMENT; row <= ROW_VOLUME; row++)
    {
      gtk_widget_set_sensitive (choices->control[row], can);
      gtk_widget_set_tooltip_text (choices->label[row], can ? NULL : _(FITTED));
    }
  choices->filling = FALSE;
}

/* -- choosing ---------------------------------------------------------------------------------------------------------------------- */

static void
placement_chosen (CfMapChoices *choices)
{
  if (!choices->filling)
    cf_session_set_placement (choices->session, gtk_drop_down_get_selected (GTK_DROP_DOWN (choices->control[ROW_PLACEMENT])) == 1);
}

static void
volume_chosen (CfMapChoices *choices)
{
  if (!choices->filling)
    cf_session_set_stack_volume (choices->session, gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (choices->control[ROW_VOLUME])) - 1);
}

static void
model_chosen (CfMapChoices *choices)
{
  if (!choices->filling)
    cf_session_set_model (choices->session, gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (choices->control[ROW_MODEL])) - 1);
}

static void
nucleotides_chosen (CfMapChoices *choices)
{
  if (!choices->filling)
    cf_session_set_at_c4 (choices->session, gtk_drop_down_get_selected (GTK_DROP_DOWN (choices->control[ROW_NUCLEOTIDES])) == 1);
}

/* -- class ------------------------------------------------------------------------------------------------------------------------- */

static void
add_row (CfMapChoices *choices, int row, const char *text, GtkWidget *control, const char *tooltip)
{
  GtkWidget *label = gtk_label_new (text);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_add_css_class (label, "dim-text");
  gtk_widget_set_tooltip_text (control, tooltip);
  cf_set_name (control, tooltip);
  gtk_grid_attach (GTK_GRID (choices), label, 0, row, 1, 1);
  gtk_grid_attach (GTK_GRID (choices), control, 1, row, 1, 1);
  choices->label[row] = label;
  choices->control[row] = control;
  show (choices, row, FALSE);
}

static void
cf_map_choices_dispose (GObject *object)
{
  g_clear_object (&CF_MAP_CHOICES (object)->session);
  G_OBJECT_CLASS (cf_map_choices_parent_class)->dispose (object);
}

static void
cf_map_choices_class_init (CfMapChoicesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cf_map_choices_dispose;
}

static void
cf_map_choices_init (CfMapChoices *choices)
{
  static const char *const placements[] = { "ORIGIN", "NSTART", NULL }, *const atoms[] = { "P", "C4′", NULL };
  gtk_grid_set_row_spacing (GTK_GRID (choices), 4);
  gtk_grid_set_column_spacing (GTK_GRID (choices), 8);
  add_row (choices, ROW_PLACEMENT, _("placed by"), gtk_drop_down_new_from_strings (placements),
           _("Both ORIGIN and NSTART say where the map lies, and they differ: the one to place it by"));
  add_row (choices, ROW_VOLUME, "", gtk_spin_button_new_with_range (1, 1, 1), _("The volume of the stack that is shown"));
  add_row (choices, ROW_MODEL, "", gtk_spin_button_new_with_range (1, 1, 1), _("The model of the file that the graph is compared with"));
  add_row (choices, ROW_NUCLEOTIDES, _("nucleotides at"), gtk_drop_down_new_from_strings (atoms), _("The atom that stands for a nucleotide"));
}

void
cf_map_choices_set_session (CfMapChoices *choices, CfSession *session)
{
  choices->session = g_object_ref (session);
  g_signal_connect_swapped (choices->control[ROW_PLACEMENT], "notify::selected", G_CALLBACK (placement_chosen), choices);
  g_signal_connect_swapped (choices->control[ROW_VOLUME], "value-changed", G_CALLBACK (volume_chosen), choices);
  g_signal_connect_swapped (choices->control[ROW_MODEL], "value-changed", G_CALLBACK (model_chosen), choices);
  g_signal_connect_swapped (choices->control[ROW_NUCLEOTIDES], "notify::selected", G_CALLBACK (nucleotides_chosen), choices);
  g_signal_connect_object (session, "changed", G_CALLBACK (fill), choices, 0);
  fill (session, CF_CHANGED_ALL, choices);
}
