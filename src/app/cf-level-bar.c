/* cf-level-bar.c: drag, wheel and keys on a plot over the level. */
#include "cf-level-bar.h"
#include "cf-words.h"

#include <math.h>

#define STEP 0.01 /* of the level axis: a key, a notch of the wheel */
#define GRIP 7.0  /* px about the bar that take it without a jump */

typedef struct
{
  GtkWidget *area;
  CfSession *session;
  double fraction; /* where the drag has the bar, unrounded */
  double last_x;
} LevelBar;

static double
fineness (GtkEventController *controller)
{
  return gtk_event_controller_get_current_event_state (controller) & GDK_SHIFT_MASK ? 0.1 : 1.0;
}

static void
move_to (LevelBar *bar, double fraction)
{
  bar->fraction = CLAMP (fraction, 0, 1);
  cf_session_set_level (bar->session, cf_plot_fraction_to_level (bar->fraction), FALSE);
}

static void
drag_begin (GtkGestureDrag *drag, double x, double y, LevelBar *bar)
{
  const CfSessionState *s = cf_session_state (bar->session);
  double width = MAX (gtk_widget_get_width (bar->area), 1);
  gtk_widget_grab_focus (bar->area);
  bar->last_x = x;
  bar->fraction = s->has_level ? cf_plot_level_to_fraction (s->level.normalised) : x / width;
  if (fineness (GTK_EVENT_CONTROLLER (drag)) == 1.0 && fabs (x - bar->fraction * width) > GRIP)
    move_to (bar, x / width);
}

static void
drag_update (GtkGestureDrag *drag, double dx, double dy, LevelBar *bar)
{
  double x, y;
  gtk_gesture_drag_get_start_point (drag, &x, &y);
  x += dx;
  if (x == bar->last_x)
    return;
  move_to (bar, bar->fraction + (x - bar->last_x) * fineness (GTK_EVENT_CONTROLLER (drag)) / MAX (gtk_widget_get_width (bar->area), 1));
  bar->last_x = x;
}

static void
drag_end (GtkGestureDrag *drag, double dx, double dy, LevelBar *bar)
{
  const CfSessionState *s = cf_session_state (bar->session);
  if (s->has_level)
    cf_session_set_level (bar->session, s->level.normalised, TRUE);
}

static gboolean
scrolled (GtkEventControllerScroll *scroll, double dx, double dy, LevelBar *bar)
{
  double delta = dy != 0 ? -dy : dx; /* Shift turns the wheel sideways */
  cf_session_nudge_level (bar->session, delta * STEP * fineness (GTK_EVENT_CONTROLLER (scroll)));
  return TRUE;
}

static gboolean
key_pressed (GtkEventControllerKey *key, guint keyval, guint code, GdkModifierType state, LevelBar *bar)
{
  double step = state & GDK_SHIFT_MASK ? STEP / 10 : STEP;
  switch (keyval)
    {
    case GDK_KEY_Left:
    case GDK_KEY_Down:
      cf_session_nudge_level (bar->session, -step);
      return TRUE;
    case GDK_KEY_Right:
    case GDK_KEY_Up:
      cf_session_nudge_level (bar->session, step);
      return TRUE;
    case GDK_KEY_Page_Up:
      cf_session_nudge_level (bar->session, 10 * step);
      return TRUE;
    case GDK_KEY_Page_Down:
      cf_session_nudge_level (bar->session, -10 * step);
      return TRUE;
    default:
      return FALSE;
    }
}

void
cf_level_bar_add (GtkWidget *area, CfSession *session)
{
  LevelBar *bar = g_new0 (LevelBar, 1);
  bar->area = area;
  bar->session = session;
  g_object_set_data_full (G_OBJECT (area), "cf-level-bar", bar, g_free);
  GtkGesture *drag = gtk_gesture_drag_new ();
  g_signal_connect (drag, "drag-begin", G_CALLBACK (drag_begin), bar);
  g_signal_connect (drag, "drag-update", G_CALLBACK (drag_update), bar);
  g_signal_connect (drag, "drag-end", G_CALLBACK (drag_end), bar);
  gtk_widget_add_controller (area, GTK_EVENT_CONTROLLER (drag));
  GtkEventController *scroll = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
  g_signal_connect (scroll, "scroll", G_CALLBACK (scrolled), bar);
  gtk_widget_add_controller (area, scroll);
  GtkEventController *key = gtk_event_controller_key_new ();
  g_signal_connect (key, "key-pressed", G_CALLBACK (key_pressed), bar);
  gtk_widget_add_controller (area, key);
  gtk_widget_set_cursor_from_name (area, "col-resize");
}

void
cf_level_bar_say (GtkWidget *area, const CfLevel *level)
{
  g_autofree char *text = g_strdup_printf (_("%.4f normalised, %.2f sigma"), level->normalised, level->sigma);
  gtk_accessible_update_property (GTK_ACCESSIBLE (area), GTK_ACCESSIBLE_PROPERTY_VALUE_MIN, 0.0, GTK_ACCESSIBLE_PROPERTY_VALUE_MAX, 1.0,
                                  GTK_ACCESSIBLE_PROPERTY_VALUE_NOW, level->normalised, GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, text,
                                  GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
}
