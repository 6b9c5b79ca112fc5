/* cf-step.c: one step of the work in the left panel. */
#include "cf-step.h"

#include "cf-format.h"
#include "cf-words.h"

struct _CfStep
{
  GtkBox parent_instance;
  int number;
  gboolean compact;
  GtkWidget *row, *badge, *icon, *title, *value, *bar, *revealer, *popover, *button;
};

G_DEFINE_FINAL_TYPE (CfStep, cf_step, GTK_TYPE_BOX)

enum
{
  PROP_NUMBER = 1,
  PROP_TITLE,
  PROP_ICON_NAME,
  PROP_CONTENT,
  PROP_EXPANDED
};

static void
set_number (CfStep *step, int number)
{
  g_autofree char *text = g_strdup_printf ("%d", number);
  step->number = number;
  gtk_label_set_text (GTK_LABEL (step->badge), text);
}

static void
cf_step_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  CfStep *step = CF_STEP (object);
  switch (id)
    {
    case PROP_NUMBER:
      set_number (step, g_value_get_int (value));
      break;
    case PROP_TITLE:
      gtk_label_set_text (GTK_LABEL (step->title), g_value_get_string (value));
      break;
    case PROP_ICON_NAME:
      gtk_image_set_from_icon_name (GTK_IMAGE (step->icon), g_value_get_string (value));
      break;
    case PROP_CONTENT:
      gtk_revealer_set_child (GTK_REVEALER (step->revealer), g_value_get_object (value));
      break;
    case PROP_EXPANDED:
      cf_step_set_expanded (step, g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

static void
cf_step_dispose (GObject *object)
{
  CfStep *step = CF_STEP (object);
  g_clear_pointer (&step->popover, gtk_widget_unparent);
  G_OBJECT_CLASS (cf_step_parent_class)->dispose (object);
}

static void
cf_step_class_init (CfStepClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS;
  object_class->set_property = cf_step_set_property;
  object_class->dispose = cf_step_dispose;
  g_object_class_install_property (object_class, PROP_NUMBER, g_param_spec_int ("number", NULL, NULL, 0, 9, 0, flags));
  g_object_class_install_property (object_class, PROP_TITLE, g_param_spec_string ("title", NULL, NULL, NULL, flags));
  g_object_class_install_property (object_class, PROP_ICON_NAME, g_param_spec_string ("icon-name", NULL, NULL, NULL, flags));
  g_object_class_install_property (object_class, PROP_CONTENT, g_param_spec_object ("content", NULL, NULL, GTK_TYPE_WIDGET, flags));
  g_object_class_install_property (object_class, PROP_EXPANDED, g_param_spec_boolean ("expanded", NULL, NULL, FALSE, flags));
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "step");
}

static void
toggle (CfStep *step)
{
  if (step->compact)
    gtk_popover_popup (GTK_POPOVER (step->popover));
  else
    cf_step_set_expanded (step, !gtk_revealer_get_reveal_child (GTK_REVEALER (step->revealer)));
}

static void
cf_step_init (CfStep *step)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (step), GTK_ORIENTATION_VERTICAL);
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  step->row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  step->badge = gtk_label_new ("");
  gtk_widget_add_css_class (step->badge, "badge");
  gtk_widget_set_valign (step->badge, GTK_ALIGN_CENTER);
  step->icon = gtk_image_new ();
  gtk_widget_set_visible (step->icon, FALSE);
  step->title = gtk_label_new ("");
  gtk_label_set_xalign (GTK_LABEL (step->title), 0);
  gtk_widget_add_css_class (step->title, "panel-title");
  step->value = gtk_label_new ("");
  gtk_label_set_xalign (GTK_LABEL (step->value), 1);
  gtk_label_set_ellipsize (GTK_LABEL (step->value), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (step->value, TRUE);
  gtk_widget_add_css_class (step->value, "numeric");
  gtk_box_append (GTK_BOX (head), step->badge);
  gtk_box_append (GTK_BOX (head), step->icon);
  gtk_box_append (GTK_BOX (step->row), head);
  gtk_box_append (GTK_BOX (step->row), step->title);
  gtk_box_append (GTK_BOX (step->row), step->value);
  step->button = gtk_button_new ();
  gtk_button_set_child (GTK_BUTTON (step->button), step->row);
  gtk_widget_add_css_class (step->button, "flat");
  g_signal_connect_swapped (step->button, "clicked", G_CALLBACK (toggle), step);
  step->bar = gtk_progress_bar_new ();
  gtk_widget_set_visible (step->bar, FALSE);
  step->revealer = gtk_revealer_new ();
  gtk_box_append (GTK_BOX (step), step->button);
  gtk_box_append (GTK_BOX (step), step->bar);
  gtk_box_append (GTK_BOX (step), step->revealer);
  step->popover = gtk_popover_new ();
  gtk_popover_set_position (GTK_POPOVER (step->popover), GTK_POS_RIGHT);
  gtk_widget_set_parent (step->popover, step->button);
}

void
cf_step_set (CfStep *step, CfStepState state, const char *value, gboolean stale, double fraction)
{
  static const char *const classes[] = { "waiting", "ready", "busy", "done" };
  for (int i = 0; i < 4; i++)
    gtk_widget_remove_css_class (GTK_WIDGET (step), classes[i]);
  gtk_widget_add_css_class (GTK_WIDGET (step), classes[state]);
  if (state == CF_STEP_DONE)
    gtk_label_set_text (GTK_LABEL (step->badge), "✓");
  else if (state == CF_STEP_BUSY)
    gtk_label_set_text (GTK_LABEL (step->badge), "…");
  else
    set_number (step, step->number);
  gtk_label_set_text (GTK_LABEL (step->value), value);
  cf_set_stale (step->value, stale);
  gtk_widget_set_visible (step->bar, fraction >= 0);
  if (fraction >= 0)
    gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (step->bar), CLAMP (fraction, 0, 1));
  /* What the badge tells by its colour and its sign. */
  static const char *const states[] = { N_("waits for the step before"), N_("can begin"), N_("at work"), N_("done") };
  const char *title = gtk_label_get_text (GTK_LABEL (step->title));
  g_autofree char *label = *value != '\0' ? g_strdup_printf ("%d %s: %s", step->number, title, value) : g_strdup_printf ("%d %s", step->number, title);
  g_autofree char *tooltip = g_strdup_printf ("%s\n%s", label, _(states[state]));
  gtk_widget_set_tooltip_text (step->button, tooltip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (step->button), GTK_ACCESSIBLE_PROPERTY_LABEL, label, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  _(states[state]), -1);
}

void
cf_step_set_compact (CfStep *step, gboolean compact)
{
  if (compact == step->compact)
    return;
  GtkWidget *from = compact ? gtk_revealer_get_child (GTK_REVEALER (step->revealer)) : gtk_popover_get_child (GTK_POPOVER (step->popover));
  g_autoptr (GtkWidget) content = from != NULL ? g_object_ref (from) : NULL;
  step->compact = compact;
  gtk_popover_popdown (GTK_POPOVER (step->popover));
  if (compact)
    gtk_revealer_set_child (GTK_REVEALER (step->revealer), NULL);
  gtk_popover_set_child (GTK_POPOVER (step->popover), compact ? content : NULL);
  if (!compact)
    gtk_revealer_set_child (GTK_REVEALER (step->revealer), content);
  gtk_widget_set_visible (step->icon, compact);
  gtk_widget_set_visible (step->title, !compact);
  if (compact)
    gtk_widget_add_css_class (step->value, "small-text");
  else
    gtk_widget_remove_css_class (step->value, "small-text");
  gtk_label_set_xalign (GTK_LABEL (step->value), compact ? 0 : 1);
  gtk_orientable_set_orientation (GTK_ORIENTABLE (step->row), compact ? GTK_ORIENTATION_VERTICAL : GTK_ORIENTATION_HORIZONTAL);
  gtk_box_set_spacing (GTK_BOX (step->row), compact ? 2 : 8);
}

void
cf_step_set_expanded (CfStep *step, gboolean expanded)
{
  gtk_revealer_set_reveal_child (GTK_REVEALER (step->revealer), expanded);
  gtk_accessible_update_state (GTK_ACCESSIBLE (step->button), GTK_ACCESSIBLE_STATE_EXPANDED, expanded, -1);
}
