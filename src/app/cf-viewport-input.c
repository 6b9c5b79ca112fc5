/* cf-viewport-input.c: pointer, wheel and touch to moves of the camera, picks and the divider; by the habits of three programs. */
#include "cf-viewport-private.h"

#include <math.h>

#define HOVER_MS 120   /* the pointer rests */
#define DIVIDER_PX 7.0 /* as near as this it is taken */

typedef enum
{
  MOVE_ROTATE,
  MOVE_PAN,
  MOVE_ZOOM
} Move;

typedef enum
{
  WHEEL_ZOOM,
  WHEEL_LEVEL,
  WHEEL_SLIDE
} Wheel;

/* What the three buttons and the wheel do, alone and with Ctrl. */
static const struct
{
  const char *name;
  Move button[3], with_control[3];
  Wheel wheel, wheel_with_control;
} mice[] = {
  [CF_MOUSE_CHIMERAX] = { "chimerax", { MOVE_ROTATE, MOVE_PAN, MOVE_PAN }, { MOVE_ROTATE, MOVE_PAN, MOVE_PAN }, WHEEL_ZOOM, WHEEL_LEVEL },
  [CF_MOUSE_COOT] = { "coot", { MOVE_ROTATE, MOVE_PAN, MOVE_ZOOM }, { MOVE_PAN, MOVE_PAN, MOVE_ZOOM }, WHEEL_LEVEL, WHEEL_ZOOM },
  [CF_MOUSE_PYMOL] = { "pymol", { MOVE_ROTATE, MOVE_PAN, MOVE_ZOOM }, { MOVE_PAN, MOVE_PAN, MOVE_ZOOM }, WHEEL_SLIDE, WHEEL_LEVEL },
};

gboolean
cf_viewport_set_mouse (CfViewport *viewport, const char *name)
{
  for (gsize i = 0; i < G_N_ELEMENTS (mice); i++)
    if (g_strcmp0 (name, mice[i].name) == 0)
      {
        viewport->mouse = (CfMouse) i;
        return TRUE;
      }
  return FALSE;
}

static double
fineness (GtkEventController *controller)
{
  return gtk_event_controller_get_current_event_state (controller) & GDK_SHIFT_MASK ? 0.1 : 1.0;
}

static gboolean
on_divider (CfViewport *viewport, double x)
{
  const CfScene *scene = viewport->picture != NULL ? viewport->picture->scene : NULL;
  return scene != NULL && scene->split > 0 && scene->other.serial != 0
         && fabs (x - scene->split * gtk_widget_get_width (GTK_WIDGET (viewport))) < DIVIDER_PX;
}

static void
drag_begin (GtkGestureDrag *drag, double x, double y, CfViewport *viewport)
{
  viewport->last_x = x;
  viewport->last_y = y;
  viewport->dividing = on_divider (viewport, x);
  gtk_widget_grab_focus (GTK_WIDGET (viewport));
}

static Move
move_of_drag (CfViewport *viewport, GtkGestureDrag *drag)
{
  guint button = gtk_gesture_single_get_current_button (GTK_GESTURE_SINGLE (drag));
  GdkModifierType state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (drag));
  guint index = CLAMP (button, 1, 3) - 1; /* 0 for a finger */
  return state & GDK_CONTROL_MASK ? mice[viewport->mouse].with_control[index] : mice[viewport->mouse].button[index];
}

static void
drag_update (GtkGestureDrag *drag, double dx, double dy, CfViewport *viewport)
{
  double x0, y0;
  GtkWidget *widget = GTK_WIDGET (viewport);
  gtk_gesture_drag_get_start_point (drag, &x0, &y0);
  /* A hand that trembles still clicks. */
  if (viewport->last_x == x0 && viewport->last_y == y0 && hypot (dx, dy) < 4)
    return;
  double x = x0 + dx, y = y0 + dy, fine = fineness (GTK_EVENT_CONTROLLER (drag));
  if (gtk_gesture_is_recognized (viewport->zoom)) /* the first of two fingers */
    {
      viewport->last_x = x;
      viewport->last_y = y;
      return;
    }
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  double to_x = viewport->last_x + (x - viewport->last_x) * fine, to_y = viewport->last_y + (y - viewport->last_y) * fine;
  gtk_gesture_set_state (GTK_GESTURE (drag), GTK_EVENT_SEQUENCE_CLAIMED);
  viewport->hover_x = -1;
  g_signal_emit (viewport, cf_viewport_signals[CF_VIEWPORT_HOVERED], 0, 0);
  if (viewport->dividing)
    g_signal_emit (viewport, cf_viewport_signals[CF_VIEWPORT_DIVIDED], 0, CLAMP (x / MAX (width, 1), 0, 1));
  else
    switch (move_of_drag (viewport, drag))
      {
      case MOVE_PAN:
        cf_camera_pan (&viewport->camera, to_x - viewport->last_x, to_y - viewport->last_y, width, height);
        break;
      case MOVE_ZOOM:
        cf_camera_zoom (&viewport->camera, exp ((to_y - viewport->last_y) * 0.01));
        break;
      case MOVE_ROTATE:
      default:
        cf_camera_rotate (&viewport->camera, viewport->last_x, viewport->last_y, to_x, to_y, width, height);
        break;
      }
  viewport->last_x = x;
  viewport->last_y = y;
  cf_viewport_refresh (viewport, TRUE);
}

/* Deltas of trackpads are parts of a step; each one counts for as much as it is. */
static gboolean
scrolled (GtkEventControllerScroll *scroll, double dx, double dy, CfViewport *viewport)
{
  GdkModifierType state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (scroll));
  double fine = fineness (GTK_EVENT_CONTROLLER (scroll));
  double delta = dy != 0 ? dy : dx; /* Shift turns the wheel sideways */
  switch (state & GDK_CONTROL_MASK ? mice[viewport->mouse].wheel_with_control : mice[viewport->mouse].wheel)
    {
    case WHEEL_LEVEL:
      g_signal_emit (viewport, cf_viewport_signals[CF_VIEWPORT_LEVEL_NUDGED], 0, -delta * 0.01 * fine);
      break;
    case WHEEL_SLIDE:
      g_signal_emit (viewport, cf_viewport_signals[CF_VIEWPORT_SLID], 0, -delta * 0.01 * fine);
      break;
    case WHEEL_ZOOM:
    default:
      cf_camera_zoom (&viewport->camera, exp (-delta * 0.12 * fine));
      cf_viewport_refresh (viewport, TRUE);
      break;
    }
  return TRUE;
}

static void
find_middle (GtkGesture *gesture, double *x, double *y)
{
  if (!gtk_gesture_is_active (gesture) || !gtk_gesture_get_bounding_box_center (gesture, x, y))
    *x = *y = NAN;
}

static void
pinch_begun (GtkGesture *gesture, GdkEventSequence *sequence, CfViewport *viewport)
{
  viewport->pinch = 1;
  viewport->twist = 0;
  find_middle (gesture, &viewport->pinch_x, &viewport->pinch_y);
}

static void
pinched (GtkGestureZoom *gesture, double scale, CfViewport *viewport)
{
  cf_camera_zoom (&viewport->camera, scale / viewport->pinch);
  viewport->pinch = scale;
  cf_viewport_refresh (viewport, TRUE);
}

static void
twisted (GtkGestureRotate *gesture, double angle, double turned, CfViewport *viewport)
{
  cf_camera_roll (&viewport->camera, turned - viewport->twist);
  viewport->twist = turned;
  cf_viewport_refresh (viewport, TRUE);
}

/* Two fingers take the picture with them. */
static void
pinch_moved (GtkGesture *gesture, GdkEventSequence *sequence, CfViewport *viewport)
{
  double x, y;
  find_middle (gesture, &x, &y);
  if (!isnan (x) && !isnan (viewport->pinch_x) && (x != viewport->pinch_x || y != viewport->pinch_y))
    {
      cf_camera_pan (&viewport->camera, x - viewport->pinch_x, y - viewport->pinch_y, gtk_widget_get_width (GTK_WIDGET (viewport)),
                     gtk_widget_get_height (GTK_WIDGET (viewport)));
      cf_viewport_refresh (viewport, TRUE);
    }
  viewport->pinch_x = x;
  viewport->pinch_y = y;
}

static guint32
pick_at (CfViewport *viewport, double x, double y, double xyz[3])
{
  xyz[0] = NAN;
  if (viewport->renderer == NULL || viewport->warm_up != NULL || viewport->picture == NULL)
    return 0;
  int scale = gtk_widget_get_scale_factor (GTK_WIDGET (viewport));
  gtk_gl_area_make_current (GTK_GL_AREA (viewport));
  cf_viewport_make_whole (viewport);
  return cf_renderer_pick (viewport->renderer, (int) (x * scale), (int) (y * scale), xyz);
}

static void
clicked (GtkGestureClick *click, int n, double x, double y, CfViewport *viewport)
{
  double xyz[3];
  guint32 pick = pick_at (viewport, x, y, xyz);
  gboolean second = (gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (click)) & GDK_CONTROL_MASK) != 0;
  gtk_widget_grab_focus (GTK_WIDGET (viewport));
  if (n == 2 && !isnan (xyz[0]))
    cf_viewport_centre (viewport, xyz, 0);
  else if (n == 1)
    g_signal_emit (viewport, cf_viewport_signals[CF_VIEWPORT_PICKED], 0, pick, second);
}

/* -- hover ----------------------------------------------------------------------------------------------------------------------- */

static gboolean
rested (gpointer data)
{
  CfViewport *viewport = data;
  double xyz[3];
  viewport->hover_source = 0;
  /* A picture that moves, or is drawn in parts, is asked later. */
  if (!viewport->moving && viewport->still_source == 0)
    g_signal_emit (viewport, cf_viewport_signals[CF_VIEWPORT_HOVERED], 0, pick_at (viewport, viewport->hover_x, viewport->hover_y, xyz));
  return G_SOURCE_REMOVE;
}

static void
pointer_moved (GtkEventControllerMotion *motion, double x, double y, CfViewport *viewport)
{
  gtk_widget_set_cursor_from_name (GTK_WIDGET (viewport), on_divider (viewport, x) ? "ew-resize" : NULL);
  if (hypot (x - viewport->hover_x, y - viewport->hover_y) < 2)
    return;
  viewport->hover_x = x;
  viewport->hover_y = y;
  g_clear_handle_id (&viewport->hover_source, g_source_remove);
  viewport->hover_source = g_timeout_add_full (G_PRIORITY_DEFAULT, HOVER_MS, rested, viewport, NULL);
}

static void
pointer_left (GtkEventControllerMotion *motion, CfViewport *viewport)
{
  g_clear_handle_id (&viewport->hover_source, g_source_remove);
  viewport->hover_x = -1;
  g_signal_emit (viewport, cf_viewport_signals[CF_VIEWPORT_HOVERED], 0, 0);
}

void
cf_viewport_hover_position (CfViewport *viewport, double *x, double *y)
{
  *x = viewport->hover_x;
  *y = viewport->hover_y;
}

/* -- all ------------------------------------------------------------------------------------------------------------------------- */

void
cf_viewport_drop_input (CfViewport *viewport)
{
  g_clear_handle_id (&viewport->hover_source, g_source_remove);
}

void
cf_viewport_add_input (CfViewport *viewport)
{
  GtkWidget *widget = GTK_WIDGET (viewport);
  viewport->drag = gtk_gesture_drag_new ();
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (viewport->drag), 0);
  g_signal_connect (viewport->drag, "drag-begin", G_CALLBACK (drag_begin), viewport);
  g_signal_connect (viewport->drag, "drag-update", G_CALLBACK (drag_update), viewport);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (viewport->drag));
  GtkEventController *scroll = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
  g_signal_connect (scroll, "scroll", G_CALLBACK (scrolled), viewport);
  gtk_widget_add_controller (widget, scroll);
  viewport->zoom = gtk_gesture_zoom_new ();
  g_signal_connect (viewport->zoom, "begin", G_CALLBACK (pinch_begun), viewport);
  g_signal_connect (viewport->zoom, "scale-changed", G_CALLBACK (pinched), viewport);
  g_signal_connect (viewport->zoom, "update", G_CALLBACK (pinch_moved), viewport);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (viewport->zoom));
  GtkGesture *rotate = gtk_gesture_rotate_new ();
  g_signal_connect (rotate, "angle-changed", G_CALLBACK (twisted), viewport);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (rotate));
  gtk_gesture_group (viewport->zoom, rotate);
  GtkGesture *click = gtk_gesture_click_new ();
  g_signal_connect (click, "released", G_CALLBACK (clicked), viewport);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (click));
  GtkEventController *motion = gtk_event_controller_motion_new ();
  g_signal_connect (motion, "motion", G_CALLBACK (pointer_moved), viewport);
  g_signal_connect (motion, "leave", G_CALLBACK (pointer_left), viewport);
  gtk_widget_add_controller (widget, motion);
}
