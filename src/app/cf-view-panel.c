/* cf-view-panel.c: the popover "View": a row for each thing that cuts, doubles, compares or frames the picture. Everything in it is an
 * action of the window; a scale follows its action's state. */
#include "cf-view-panel.h"

#include "cf-words.h"

#include <math.h>

#include "cf-transfer-editor.h"

#define HEIGHT_MAX 560
#define HEIGHT_MIN 200
#define BESIDE 130 /* header bar, tools and the popover's own frame */

typedef struct
{
  const char *label;  /* NULL: the row goes on with the one before */
  const char *toggle; /* a switch before the scale; NULL */
  const char *number; /* the scale's action; NULL */
  double lo, hi;
  const char *tooltip;
} Row;

static const Row rows[] = {
  { N_("Orthographic"), "orthographic", NULL, 0, 0, N_("Parallel rays: far things are as large as near ones (O)") },
  { N_("Silhouettes"), "outline", NULL, 0, 0, N_("A line where depth jumps") },
  { N_("Fog"), "depth-cue", NULL, 0, 0, N_("What is far fades into the ground") },
  { N_("Slice x"), NULL, "slice-x", 0, 1, N_("Slides the slice across x, in style Slices ([ and ])") },
  { N_("Slice y"), NULL, "slice-y", 0, 1, N_("Slides the slice across y, in style Slices") },
  { N_("Slice z"), NULL, "slice-z", 0, 1, N_("Slides the slice across z, in style Slices") },
  { N_("Near clip"), NULL, "clip-near", 0, 1, N_("Cuts away what is near ([ and ])") },
  { N_("Far clip"), NULL, "clip-far", 0, 1, N_("Cuts away what is far") },
  { N_("Free plane"), "plane", "plane-at", 0, 1, N_("A plane that stays in the map as it turns; slides along its normal (C, then [ and ])") },
  { N_("Second level, × the first"), "second", "second-ratio", 0.1, 4, N_("A second, transparent surface") },
  { N_("Field − voxels, × RMS"), "difference", "difference-level", 0.5, 12,
    N_("What the field has more (blue) and less (vermilion) than the voxels it was trained on, by multiples of the root mean square (D)") },
  { N_("Voxels beside"), "split", "split-at", 0, 1, N_("The map's voxels left of a divider that can be dragged (W)") },
};

static void
scale_moved (GtkAdjustment *adjustment, GtkWidget *panel)
{
  const char *name = g_object_get_data (G_OBJECT (adjustment), "action");
  GActionGroup *group = g_object_get_data (G_OBJECT (panel), "window");
  g_autoptr (GVariant) state = g_action_group_get_action_state (group, name);
  if (state != NULL && fabs (g_variant_get_double (state) - gtk_adjustment_get_value (adjustment)) > 1e-9)
    g_action_group_change_action_state (group, name, g_variant_new_double (gtk_adjustment_get_value (adjustment)));
}

static void
state_changed (GActionGroup *group, const char *name, GVariant *state, GtkWidget *panel)
{
  GtkAdjustment *adjustment = g_object_get_data (G_OBJECT (panel), name);
  if (adjustment != NULL)
    gtk_adjustment_set_value (adjustment, g_variant_get_double (state));
}

static GtkWidget *
make_scale (GtkWidget *panel, GActionGroup *window, const Row *row)
{
  g_autoptr (GVariant) state = g_action_group_get_action_state (window, row->number);
  GtkAdjustment *adjustment = gtk_adjustment_new (g_variant_get_double (state), row->lo, row->hi, 0.01 * (row->hi - row->lo), 0.1 * (row->hi - row->lo), 0);
  GtkWidget *scale = gtk_scale_new (GTK_ORIENTATION_HORIZONTAL, adjustment);
  g_object_set_data (G_OBJECT (adjustment), "action", (gpointer) row->number);
  g_object_set_data (G_OBJECT (panel), row->number, adjustment);
  g_signal_connect (adjustment, "value-changed", G_CALLBACK (scale_moved), panel);
  gtk_widget_set_size_request (scale, 130, -1);
  gtk_widget_set_hexpand (scale, TRUE);
  gtk_widget_set_tooltip_text (scale, _(row->tooltip));
  gtk_accessible_update_property (GTK_ACCESSIBLE (scale), GTK_ACCESSIBLE_PROPERTY_LABEL, _(row->label), -1);
  return scale;
}

static void
add_row (GtkGrid *grid, int at, GtkWidget *panel, GActionGroup *window, const Row *row)
{
  GtkWidget *label;
  if (row->toggle != NULL)
    {
      g_autofree char *action = g_strconcat ("win.", row->toggle, NULL);
      label = gtk_check_button_new_with_label (_(row->label));
      gtk_actionable_set_action_name (GTK_ACTIONABLE (label), action);
    }
  else
    {
      label = gtk_label_new (_(row->label));
      gtk_label_set_xalign (GTK_LABEL (label), 0);
    }
  gtk_widget_set_tooltip_text (label, _(row->tooltip));
  gtk_grid_attach (grid, label, 0, at, row->number != NULL ? 1 : 2, 1);
  if (row->number != NULL)
    gtk_grid_attach (grid, make_scale (panel, window, row), 1, at, 1, 1);
}

/* A line of buttons of which one is down. */
static GtkWidget *
make_choice (const char *action, const char *const *names, const char *const *labels)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  g_autofree char *full = g_strconcat ("win.", action, NULL);
  gtk_widget_add_css_class (box, "linked");
  for (int i = 0; names[i] != NULL; i++)
    {
      GtkWidget *button = gtk_toggle_button_new_with_label (_(labels[i]));
      gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", names[i]);
      gtk_actionable_set_action_name (GTK_ACTIONABLE (button), full);
      gtk_widget_set_hexpand (button, TRUE);
      gtk_box_append (GTK_BOX (box), button);
    }
  return box;
}

/* No taller than the window has room for: what is below comes by scrolling. */
static void
fit_window (GtkWidget *popover, GtkScrolledWindow *scroller)
{
  GtkRoot *root = gtk_widget_get_root (popover);
  int height = root != NULL ? gtk_widget_get_height (GTK_WIDGET (root)) : 0;
  gtk_scrolled_window_set_max_content_height (scroller, CLAMP (height - BESIDE, HEIGHT_MIN, HEIGHT_MAX));
}

GtkWidget *
cf_view_panel_new (GActionGroup *window, CfSession *session)
{
  static const char *const filters[] = { "nearest", "trilinear", "tricubic", NULL }, *const filter_labels[] = { N_("Nearest"), N_("Trilinear"), N_("Tricubic"), NULL };
  static const char *const colours[] = { "state", "loss", "seam", "difference", NULL };
  static const char *const colour_labels[] = { N_("State"), N_("Loss"), N_("Seams"), N_("Difference"), NULL };
  GtkWidget *popover = gtk_popover_new (), *scroller = gtk_scrolled_window_new (), *grid = gtk_grid_new (), *face;
  int at = 0;
  g_object_set_data (G_OBJECT (popover), "window", window);
  gtk_grid_set_column_spacing (GTK_GRID (grid), 8);
  gtk_widget_add_css_class (grid, "view-panel");
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      add_row (GTK_GRID (grid), at++, popover, window, &rows[i]);
      if (g_strcmp0 (rows[i].toggle, "plane") == 0)
        {
          face = gtk_button_new_with_label (_("Turn the plane to face me"));
          gtk_actionable_set_action_name (GTK_ACTIONABLE (face), "win.face-plane");
          gtk_grid_attach (GTK_GRID (grid), face, 0, at++, 2, 1);
        }
    }
  gtk_grid_attach (GTK_GRID (grid), make_choice ("split-filter", filters, filter_labels), 0, at++, 2, 1);
  GtkWidget *label = gtk_label_new (_("Region boxes by"));
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_grid_attach (GTK_GRID (grid), label, 0, at, 1, 1);
  gtk_grid_attach (GTK_GRID (grid), make_choice ("box-colour", colours, colour_labels), 1, at, 1, 1);
  label = gtk_label_new (_("Transfer function (style Volume)"));
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_grid_attach (GTK_GRID (grid), label, 0, ++at, 2, 1);
  gtk_grid_attach (GTK_GRID (grid), cf_transfer_editor_new (window, session), 0, ++at, 2, 1);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scroller), TRUE);
  gtk_scrolled_window_set_propagate_natural_width (GTK_SCROLLED_WINDOW (scroller), TRUE);
  g_signal_connect (popover, "map", G_CALLBACK (fit_window), scroller);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), grid);
  gtk_popover_set_child (GTK_POPOVER (popover), scroller);
  g_signal_connect_object (window, "action-state-changed", G_CALLBACK (state_changed), popover, 0);
  return popover;
}
