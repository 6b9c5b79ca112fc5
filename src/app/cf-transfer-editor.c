#include "cf-transfer-editor.h"

#include <math.h>

#include "cf-format.h"
#include "cf-scene.h"
#include "cf-words.h"

#define GRIP 9.0 /* px about a point that take it */
#define DOT 5.0
#define STEP 0.01

typedef struct
{
  GActionGroup *window;
  CfSession *session;
  GtkWidget *area, *colour;
  CfTransfer transfer; /* as the action has it */
  int selected;        /* -1 none */
  double grip[2];      /* from the pointer to the point that it drags */
  gboolean telling;    /* the action is being told */
} Editor;

/* -- where a point stands: the histogram's axis, and the root of the opacity, so that thin fog has room --------------------------- */

static double
x_of (const Editor *editor, double level)
{
  return cf_plot_level_to_fraction (level) * gtk_widget_get_width (editor->area);
}

static double
level_of (const Editor *editor, double x)
{
  return cf_plot_fraction_to_level (CLAMP (x / MAX (gtk_widget_get_width (editor->area), 1), 0, 1));
}

static double
y_of (const Editor *editor, double opacity)
{
  double height = gtk_widget_get_height (editor->area);
  return height - DOT - sqrt (opacity) * (height - 2 * DOT);
}

static double
opacity_of (const Editor *editor, double y)
{
  double height = gtk_widget_get_height (editor->area), root = CLAMP ((height - DOT - y) / MAX (height - 2 * DOT, 1), 0, 1);
  return root * root;
}

static int
point_at (const Editor *editor, double x, double y)
{
  int found = -1;
  double nearest = GRIP;
  for (int i = 0; i < editor->transfer.n; i++)
    {
      const CfTransferPoint *p = &editor->transfer.point[i];
      double away = hypot (x - x_of (editor, p->level), y - y_of (editor, p->opacity));
      if (away <= nearest)
        {
          nearest = away;
          found = i;
        }
    }
  return found;
}

/* -- state ----------------------------------------------------------------------------------------------------------------------- */

static void
show (Editor *editor)
{
  const CfTransferPoint *p = editor->selected >= 0 ? &editor->transfer.point[editor->selected] : NULL;
  gtk_widget_queue_draw (editor->area);
  gtk_widget_set_sensitive (editor->colour, p != NULL);
  g_autofree char *text = p == NULL ? g_strdup_printf (CF_PLURAL ("%d point", "%d points", (gulong) editor->transfer.n), editor->transfer.n)
                                    : g_strdup_printf (_("point %d of %d: density %.3f, opacity %.3f of 1 Å"), editor->selected + 1,
                                                       editor->transfer.n, p->level, p->opacity);
  gtk_accessible_update_property (GTK_ACCESSIBLE (editor->area), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
  gtk_widget_set_tooltip_text (editor->area, p == NULL ? _("Drag points, click to add one; the other button or Delete removes one, arrows move it") : text);
  if (p == NULL)
    return;
  GdkRGBA rgba = { p->rgb[0], p->rgb[1], p->rgb[2], 1 };
  gtk_color_chooser_set_rgba (GTK_COLOR_CHOOSER (editor->colour), &rgba);
}

static void
select_point (Editor *editor, int index)
{
  editor->selected = index < editor->transfer.n ? index : -1;
  show (editor);
}

static void
tell (Editor *editor)
{
  g_autofree char *text = cf_transfer_text (&editor->transfer);
  editor->telling = TRUE;
  g_action_group_change_action_state (editor->window, "transfer", g_variant_new_string (text));
  editor->telling = FALSE;
  show (editor);
}

static void
use_preset (Editor *editor, const char *name)
{
  editor->selected = -1;
  g_action_group_change_action_state (editor->window, "transfer", g_variant_new_string (name));
}

static void
state_changed (GActionGroup *group, const char *name, GVariant *state, Editor *editor)
{
  if (editor->telling)
    return;
  CfTransfer fresh;
  if (!cf_transfer_parse (g_variant_get_string (state, NULL), 0.2, &fresh, NULL))
    return;
  editor->transfer = fresh;
  select_point (editor, -1);
}

static void
session_changed (CfSession *session, guint change, GtkWidget *area)
{
  if (change & (CF_CHANGED_DOCUMENT | CF_CHANGED_LEVEL))
    gtk_widget_queue_draw (area);
}

/* -- drawing --------------------------------------------------------------------------------------------------------------------- */

static void
draw_points (cairo_t *cr, const Editor *editor, const CfPlotTheme *theme)
{
  for (int i = 0; i < editor->transfer.n; i++)
    {
      const CfTransferPoint *p = &editor->transfer.point[i];
      double x = x_of (editor, p->level), y = y_of (editor, p->opacity);
      gboolean selected = i == editor->selected;
      cairo_arc (cr, x, y, selected ? DOT + 1.5 : DOT, 0, 2 * G_PI);
      cairo_set_source_rgb (cr, p->rgb[0], p->rgb[1], p->rgb[2]);
      cairo_fill_preserve (cr);
      cairo_set_source_rgb (cr, theme->foreground[0], theme->foreground[1], theme->foreground[2]);
      cairo_set_line_width (cr, selected ? 2.5 : 1);
      cairo_stroke (cr);
    }
}

/* A column a pixel: both axes are curved. */
static void
draw_function (cairo_t *cr, const Editor *editor, int width, int height)
{
  for (int x = 0; x < width; x++)
    {
      float rgb[3], opacity;
      cf_transfer_at (&editor->transfer, level_of (editor, x + 0.5), rgb, &opacity);
      if (opacity <= 0)
        continue;
      double y = y_of (editor, opacity);
      cairo_rectangle (cr, x, y, 1, height - y);
      cairo_set_source_rgba (cr, rgb[0], rgb[1], rgb[2], 0.45);
      cairo_fill (cr);
      cairo_rectangle (cr, x, y - 1, 1, 2);
      cairo_set_source_rgb (cr, rgb[0], rgb[1], rgb[2]);
      cairo_fill (cr);
    }
}

static void
draw (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
  const Editor *editor = data;
  const CfSessionState *s = cf_session_state (editor->session);
  GdkRGBA ink;
  gtk_style_context_get_color (gtk_widget_get_style_context (GTK_WIDGET (area)), &ink);
  CfPlotTheme theme = ink.red + ink.green + ink.blue > 1.5 ? cf_plot_theme_dark : cf_plot_theme_light;
  theme.font_size = 10;
  if (s->prepared)
    cf_plot_histogram (cr, width, height, s->histogram, NULL, 0, s->has_level ? s->level.normalised : NAN, &theme);
  if (editor->transfer.n == 0)
    return;
  draw_function (cr, editor, width, height);
  draw_points (cr, editor, &theme);
}

/* -- input ----------------------------------------------------------------------------------------------------------------------- */

static void
move_selected (Editor *editor, double level, double opacity)
{
  cf_transfer_move (&editor->transfer, editor->selected, level, opacity);
  tell (editor);
}

static void
remove_point (Editor *editor, int index)
{
  if (!cf_transfer_remove (&editor->transfer, index))
    return;
  editor->selected = MIN (index, editor->transfer.n - 1);
  tell (editor);
}

static void
drag_begin (GtkGestureDrag *drag, double x, double y, Editor *editor)
{
  gtk_widget_grab_focus (editor->area);
  gtk_gesture_set_state (GTK_GESTURE (drag), GTK_EVENT_SEQUENCE_CLAIMED);
  if (editor->transfer.n == 0)
    {
      use_preset (editor, "ramp");
      return;
    }
  int at = point_at (editor, x, y);
  gboolean fresh = at < 0;
  if (fresh)
    at = cf_transfer_add (&editor->transfer, level_of (editor, x));
  if (at < 0)
    return;
  editor->selected = at;
  editor->grip[0] = fresh ? 0 : x_of (editor, editor->transfer.point[at].level) - x;
  editor->grip[1] = fresh ? 0 : y_of (editor, editor->transfer.point[at].opacity) - y;
  if (fresh)
    move_selected (editor, level_of (editor, x), opacity_of (editor, y));
  show (editor);
}

static void
drag_update (GtkGestureDrag *drag, double dx, double dy, Editor *editor)
{
  double x, y;
  gtk_gesture_drag_get_start_point (drag, &x, &y);
  if (editor->selected >= 0 && (dx != 0 || dy != 0))
    move_selected (editor, level_of (editor, x + dx + editor->grip[0]), opacity_of (editor, y + dy + editor->grip[1]));
}

static void
other_pressed (GtkGestureClick *click, int n, double x, double y, Editor *editor)
{
  gtk_gesture_set_state (GTK_GESTURE (click), GTK_EVENT_SEQUENCE_CLAIMED);
  remove_point (editor, point_at (editor, x, y));
}

/* By what is seen, so that a key moves as far everywhere. */
static void
nudge (Editor *editor, double right, double up)
{
  if (editor->selected < 0)
    return;
  const CfTransferPoint *p = &editor->transfer.point[editor->selected];
  double at = CLAMP (cf_plot_level_to_fraction (p->level) + right, 0, 1), root = CLAMP (sqrt (p->opacity) + up, 0, 1);
  move_selected (editor, cf_plot_fraction_to_level (at), root * root);
}

static void
insert_after (Editor *editor)
{
  int n = editor->transfer.n, i = CLAMP (editor->selected, 0, n - 2);
  if (n < 2)
    return;
  int at = cf_transfer_add (&editor->transfer, 0.5 * (editor->transfer.point[i].level + editor->transfer.point[i + 1].level));
  if (at < 0)
    return;
  editor->selected = at;
  tell (editor);
}

static gboolean
key_pressed (GtkEventControllerKey *key, guint keyval, guint code, GdkModifierType state, Editor *editor)
{
  double step = state & GDK_SHIFT_MASK ? STEP / 10 : STEP;
  switch (keyval)
    {
    case GDK_KEY_Left:
      nudge (editor, -step, 0);
      return TRUE;
    case GDK_KEY_Right:
      nudge (editor, step, 0);
      return TRUE;
    case GDK_KEY_Up:
      nudge (editor, 0, step);
      return TRUE;
    case GDK_KEY_Down:
      nudge (editor, 0, -step);
      return TRUE;
    case GDK_KEY_Page_Up:
      select_point (editor, MAX (editor->selected - 1, editor->transfer.n > 0 ? 0 : -1));
      return TRUE;
    case GDK_KEY_Page_Down:
      select_point (editor, MIN (editor->selected + 1, editor->transfer.n - 1));
      return TRUE;
    case GDK_KEY_Insert:
      insert_after (editor);
      return TRUE;
    case GDK_KEY_Delete:
    case GDK_KEY_BackSpace:
      remove_point (editor, editor->selected);
      return TRUE;
    default:
      return FALSE;
    }
}

static void
colour_set (GtkColorButton *button, Editor *editor)
{
  GdkRGBA rgba;
  if (editor->selected < 0)
    return;
  gtk_color_chooser_get_rgba (GTK_COLOR_CHOOSER (button), &rgba);
  float *rgb = editor->transfer.point[editor->selected].rgb;
  rgb[0] = rgba.red;
  rgb[1] = rgba.green;
  rgb[2] = rgba.blue;
  tell (editor);
}

static void
preset_clicked (GtkButton *button, Editor *editor)
{
  use_preset (editor, g_object_get_data (G_OBJECT (button), "preset"));
}

/* -- all ------------------------------------------------------------------------------------------------------------------------- */

static GtkWidget *
make_presets (Editor *editor)
{
  static const char *const names[] = { "", "ramp", "shells", "warm" };
  static const char *const labels[] = { NC_ ("transfer function", "None"), NC_ ("transfer function", "Ramp"), NC_ ("transfer function", "Shells"),
                                        NC_ ("transfer function", "Warm") };
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0), *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  gtk_widget_add_css_class (box, "linked");
  gtk_widget_set_hexpand (box, TRUE);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      GtkWidget *button = gtk_button_new_with_label (g_dpgettext2 (GETTEXT_PACKAGE, "transfer function", labels[i]));
      g_object_set_data (G_OBJECT (button), "preset", (gpointer) names[i]);
      gtk_widget_set_hexpand (button, TRUE);
      g_signal_connect (button, "clicked", G_CALLBACK (preset_clicked), editor);
      gtk_box_append (GTK_BOX (box), button);
    }
  editor->colour = gtk_color_button_new ();
  gtk_color_button_set_title (GTK_COLOR_BUTTON (editor->colour), _("The point's colour"));
  gtk_widget_set_tooltip_text (editor->colour, _("The colour of the chosen point"));
  cf_set_name (editor->colour, _("The point's colour"));
  g_signal_connect (editor->colour, "color-set", G_CALLBACK (colour_set), editor);
  gtk_box_append (GTK_BOX (row), box);
  gtk_box_append (GTK_BOX (row), editor->colour);
  return row;
}

static void
add_input (Editor *editor)
{
  GtkGesture *drag = gtk_gesture_drag_new ();
  g_signal_connect (drag, "drag-begin", G_CALLBACK (drag_begin), editor);
  g_signal_connect (drag, "drag-update", G_CALLBACK (drag_update), editor);
  gtk_widget_add_controller (editor->area, GTK_EVENT_CONTROLLER (drag));
  GtkGesture *click = gtk_gesture_click_new ();
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_SECONDARY);
  g_signal_connect (click, "pressed", G_CALLBACK (other_pressed), editor);
  gtk_widget_add_controller (editor->area, GTK_EVENT_CONTROLLER (click));
  GtkEventController *key = gtk_event_controller_key_new ();
  g_signal_connect (key, "key-pressed", G_CALLBACK (key_pressed), editor);
  gtk_widget_add_controller (editor->area, key);
}

static void
editor_free (gpointer data)
{
  Editor *editor = data;
  if (editor->window != NULL)
    g_signal_handlers_disconnect_by_data (editor->window, editor);
  g_clear_weak_pointer (&editor->window);
  g_free (editor);
}

GtkWidget *
cf_transfer_editor_new (GActionGroup *window, CfSession *session)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  Editor *editor = g_new0 (Editor, 1);
  g_set_weak_pointer (&editor->window, window); /* a widget may outlive its window for a moment */
  editor->session = session;
  editor->selected = -1;
  editor->area = gtk_drawing_area_new ();
  g_object_set_data_full (G_OBJECT (box), "cf-transfer-editor", editor, editor_free);
  gtk_drawing_area_set_content_height (GTK_DRAWING_AREA (editor->area), 96);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (editor->area), draw, editor, NULL);
  gtk_widget_set_focusable (editor->area, TRUE);
  gtk_widget_set_cursor_from_name (editor->area, "crosshair");
  gtk_accessible_update_property (GTK_ACCESSIBLE (editor->area), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Colour and opacity by density"), -1);
  gtk_box_append (GTK_BOX (box), editor->area);
  gtk_box_append (GTK_BOX (box), make_presets (editor));
  add_input (editor);
  g_signal_connect (window, "action-state-changed::transfer", G_CALLBACK (state_changed), editor);
  g_signal_connect_object (session, "changed", G_CALLBACK (session_changed), editor->area, 0);
  g_autoptr (GVariant) state = g_action_group_get_action_state (window, "transfer");
  state_changed (window, "transfer", state, editor);
  return box;
}
