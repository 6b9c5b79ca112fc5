/* cf-view-panel.c: the popover "View": a row for each thing that cuts, doubles, compares or frames the picture. Everything in it is an
 * action of the window; a scale follows its action's state. */
#include "cf-view-panel.h"

#include <math.h>

typedef struct
{
  const char *label;  /* NULL: the row goes on with the one before */
  const char *toggle; /* a switch before the scale; NULL */
  const char *number; /* the scale's action; NULL */
  double lo, hi;
  const char *tooltip;
} Row;

static const Row rows[] = {
  { "Orthographic", "orthographic", NULL, 0, 0, "Parallel rays: far things are as large as near ones (O)" },
  { "Silhouettes", "outline", NULL, 0, 0, "A line where depth jumps" },
  { "Fog", "depth-cue", NULL, 0, 0, "What is far fades into the ground" },
  { "Slice x", NULL, "slice-x", 0, 1, "Slides the slice across x, in style Slices ([ and ])" },
  { "Slice y", NULL, "slice-y", 0, 1, "Slides the slice across y, in style Slices" },
  { "Slice z", NULL, "slice-z", 0, 1, "Slides the slice across z, in style Slices" },
  { "Near clip", NULL, "clip-near", 0, 1, "Cuts away what is near ([ and ])" },
  { "Far clip", NULL, "clip-far", 0, 1, "Cuts away what is far" },
  { "Free plane", "plane", "plane-at", 0, 1, "A plane that stays in the map as it turns; slides along its normal (C, then [ and ])" },
  { "Second level, × the first", "second", "second-ratio", 0.1, 4, "A second, transparent surface" },
  { "Field − voxels, × RMS", "difference", "difference-level", 0.5, 12,
    "What the field has more (blue) and less (vermilion) than the voxels it was trained on, by multiples of the root mean square (D)" },
  { "Voxels beside", "split", "split-at", 0, 1, "The map's voxels left of a divider that can be dragged (W)" },
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
  gtk_widget_set_tooltip_text (scale, row->tooltip);
  gtk_accessible_update_property (GTK_ACCESSIBLE (scale), GTK_ACCESSIBLE_PROPERTY_LABEL, row->label, -1);
  return scale;
}

static void
add_row (GtkGrid *grid, int at, GtkWidget *panel, GActionGroup *window, const Row *row)
{
  GtkWidget *label;
  if (row->toggle != NULL)
    {
      g_autofree char *action = g_strconcat ("win.", row->toggle, NULL);
      label = gtk_check_button_new_with_label (row->label);
      gtk_actionable_set_action_name (GTK_ACTIONABLE (label), action);
    }
  else
    {
      label = gtk_label_new (row->label);
      gtk_label_set_xalign (GTK_LABEL (label), 0);
    }
  gtk_widget_set_tooltip_text (label, row->tooltip);
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
      GtkWidget *button = gtk_toggle_button_new_with_label (labels[i]);
      gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", names[i]);
      gtk_actionable_set_action_name (GTK_ACTIONABLE (button), full);
      gtk_widget_set_hexpand (button, TRUE);
      gtk_box_append (GTK_BOX (box), button);
    }
  return box;
}

GtkWidget *
cf_view_panel_new (GActionGroup *window)
{
  static const char *const filters[] = { "nearest", "trilinear", "tricubic", NULL };
  static const char *const colours[] = { "state", "loss", "seam", "difference", NULL };
  static const char *const colour_labels[] = { "State", "Loss", "Seams", "Difference", NULL };
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
          face = gtk_button_new_with_label ("Turn the plane to face me");
          gtk_actionable_set_action_name (GTK_ACTIONABLE (face), "win.face-plane");
          gtk_grid_attach (GTK_GRID (grid), face, 0, at++, 2, 1);
        }
    }
  gtk_grid_attach (GTK_GRID (grid), make_choice ("split-filter", filters, filters), 0, at++, 2, 1);
  GtkWidget *label = gtk_label_new ("Region boxes by");
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_grid_attach (GTK_GRID (grid), label, 0, at, 1, 1);
  gtk_grid_attach (GTK_GRID (grid), make_choice ("box-colour", colours, colour_labels), 1, at, 1, 1);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scroller), TRUE);
  gtk_scrolled_window_set_propagate_natural_width (GTK_SCROLLED_WINDOW (scroller), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scroller), 420);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), grid);
  gtk_popover_set_child (GTK_POPOVER (popover), scroller);
  g_signal_connect_object (window, "action-state-changed", G_CALLBACK (state_changed), popover, 0);
  return popover;
}
