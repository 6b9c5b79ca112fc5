/* cf-viewport.c: the picture as a widget. Thin: events to the camera, frames to the renderer. */
#include "cf-viewport.h"

#include <math.h>

#include "cf-renderer.h"

#define SETTLE_MS 160          /* after the last move, a frame in full detail */
#define FRAME_SLOW 60000       /* us: a frame beyond it gets less detail the next time */
#define FRAME_QUICK 25000      /* us: one below it gets more */
#define STILL_DETAIL 0.6       /* the least of a picture that stands while workers have the cores */
#define SPIN_DEGREES_PER_S 30.0
#define AZIMUTH 24.0   /* degrees: a box is seen as a box */
#define ELEVATION 14.0

struct _CfViewport
{
  GtkGLArea parent_instance;
  CfPicture *picture;
  CfRenderer *renderer;
  CfCamera camera;
  char *description;
  int width, height; /* device pixels */
  /* moves */
  GtkGesture *drag;
  double last_x, last_y;
  gboolean moving;
  guint settle_source;
  gboolean busy; /* workers have the cores */
  double detail; /* while moving or busy */
  gint64 frame_begun; /* 0 none; us */
  gboolean watches_clock;
  gboolean reduced;
  guint spin_source;
  gint64 spin_time;
};

G_DEFINE_FINAL_TYPE (CfViewport, cf_viewport, GTK_TYPE_GL_AREA)

enum
{
  SIGNAL_PICKED,
  SIGNAL_LEVEL_NUDGED,
  SIGNAL_DRAWN,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

/* -- frames ---------------------------------------------------------------------------------------------------------------------- */

static gboolean
settle (gpointer data)
{
  CfViewport *viewport = data;
  viewport->settle_source = 0;
  viewport->moving = FALSE;
  gtk_gl_area_queue_render (GTK_GL_AREA (viewport));
  return G_SOURCE_REMOVE;
}

void
cf_viewport_refresh (CfViewport *viewport, gboolean moving)
{
  if (moving)
    {
      viewport->moving = TRUE;
      g_clear_handle_id (&viewport->settle_source, g_source_remove);
      viewport->settle_source = g_timeout_add_full (G_PRIORITY_DEFAULT, SETTLE_MS, settle, viewport, NULL);
    }
  gtk_gl_area_queue_render (GTK_GL_AREA (viewport));
}

/* From the render handler to the end of the frame: a software rasteriser draws at the very end. */
static void
frame_painted (GdkFrameClock *clock, CfViewport *viewport)
{
  if (viewport->frame_begun == 0)
    return;
  gint64 spent = g_get_monotonic_time () - viewport->frame_begun;
  viewport->frame_begun = 0;
  if (viewport->reduced || viewport->moving || viewport->busy)
    {
      if (spent > FRAME_SLOW)
        viewport->detail = MAX (0.2, viewport->detail * MAX (0.5, sqrt ((double) FRAME_SLOW / spent)));
      else if (spent < FRAME_QUICK)
        viewport->detail = MIN (1.0, viewport->detail * 1.15);
    }
}

static void
watch_clock (CfViewport *viewport)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (viewport));
  if (!viewport->watches_clock && clock != NULL)
    g_signal_connect_object (clock, "after-paint", G_CALLBACK (frame_painted), viewport, 0);
  viewport->watches_clock = clock != NULL;
}

static gboolean
cf_viewport_render (GtkGLArea *area, GdkGLContext *context)
{
  CfViewport *viewport = CF_VIEWPORT (area);
  if (viewport->renderer == NULL || viewport->picture == NULL)
    return FALSE;
  g_autoptr (GError) error = NULL;
  watch_clock (viewport);
  viewport->frame_begun = g_get_monotonic_time ();
  /* A picture that stands is looked at: it may take longer than one of many in a move. */
  CfRenderQuality quality = { .detail = viewport->moving ? viewport->detail : viewport->busy ? MAX (viewport->detail, STILL_DETAIL) : 1.0 };
  viewport->reduced = quality.detail < 1.0;
  if (!cf_renderer_draw (viewport->renderer, cf_renderer_bound_framebuffer (), viewport->width, viewport->height, viewport->picture->scene,
                         &viewport->camera, &quality, &error))
    {
      gtk_gl_area_set_error (area, error);
      return FALSE;
    }
  viewport->picture->drawn = TRUE;
  g_signal_emit (viewport, signals[SIGNAL_DRAWN], 0);
  return TRUE;
}

static void
cf_viewport_resize (GtkGLArea *area, int width, int height)
{
  CF_VIEWPORT (area)->width = MAX (width, 1);
  CF_VIEWPORT (area)->height = MAX (height, 1);
}

static GdkGLContext *
cf_viewport_create_context (GtkGLArea *area)
{
  GError *error = NULL;
  GdkGLContext *context = gdk_surface_create_gl_context (gtk_native_get_surface (gtk_widget_get_native (GTK_WIDGET (area))), &error);
  if (context != NULL)
    {
      gdk_gl_context_set_allowed_apis (context, GDK_GL_API_GL);
      gdk_gl_context_set_required_version (context, 3, 3);
      if (gdk_gl_context_realize (context, &error))
        return context;
      g_object_unref (context);
    }
  gtk_gl_area_set_error (area, error);
  g_error_free (error);
  return NULL;
}

static void
cf_viewport_realize (GtkWidget *widget)
{
  CfViewport *viewport = CF_VIEWPORT (widget);
  g_autoptr (GError) error = NULL;
  GTK_WIDGET_CLASS (cf_viewport_parent_class)->realize (widget);
  gtk_gl_area_make_current (GTK_GL_AREA (widget));
  if (gtk_gl_area_get_error (GTK_GL_AREA (widget)) != NULL)
    return;
  viewport->renderer = cf_renderer_new (&error);
  if (viewport->renderer == NULL)
    gtk_gl_area_set_error (GTK_GL_AREA (widget), error);
  else
    viewport->description = g_strdup (cf_renderer_description (viewport->renderer));
}

static void
cf_viewport_unrealize (GtkWidget *widget)
{
  CfViewport *viewport = CF_VIEWPORT (widget);
  viewport->watches_clock = FALSE;
  gtk_gl_area_make_current (GTK_GL_AREA (widget));
  g_clear_pointer (&viewport->renderer, cf_renderer_free);
  g_clear_pointer (&viewport->description, g_free);
  GTK_WIDGET_CLASS (cf_viewport_parent_class)->unrealize (widget);
}

/* -- moves ----------------------------------------------------------------------------------------------------------------------- */

static double
fineness (GtkEventController *controller)
{
  return gtk_event_controller_get_current_event_state (controller) & GDK_SHIFT_MASK ? 0.1 : 1.0;
}

static void
drag_begin (GtkGestureDrag *drag, double x, double y, CfViewport *viewport)
{
  viewport->last_x = x;
  viewport->last_y = y;
  gtk_widget_grab_focus (GTK_WIDGET (viewport));
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
  int width = gtk_widget_get_width (widget), height = gtk_widget_get_height (widget);
  double to_x = viewport->last_x + (x - viewport->last_x) * fine, to_y = viewport->last_y + (y - viewport->last_y) * fine;
  gtk_gesture_set_state (GTK_GESTURE (drag), GTK_EVENT_SEQUENCE_CLAIMED);
  if (gtk_gesture_single_get_current_button (GTK_GESTURE_SINGLE (drag)) == GDK_BUTTON_PRIMARY)
    cf_camera_rotate (&viewport->camera, viewport->last_x, viewport->last_y, to_x, to_y, width, height);
  else
    cf_camera_pan (&viewport->camera, to_x - viewport->last_x, to_y - viewport->last_y, width, height);
  viewport->last_x = x;
  viewport->last_y = y;
  cf_viewport_refresh (viewport, TRUE);
}

static gboolean
scrolled (GtkEventControllerScroll *scroll, double dx, double dy, CfViewport *viewport)
{
  GdkModifierType state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (scroll));
  double fine = fineness (GTK_EVENT_CONTROLLER (scroll));
  double delta = dy != 0 ? dy : dx; /* Shift turns the wheel sideways */
  if (state & GDK_CONTROL_MASK)
    g_signal_emit (viewport, signals[SIGNAL_LEVEL_NUDGED], 0, -delta * 0.01 * fine);
  else
    {
      cf_camera_zoom (&viewport->camera, exp (-delta * 0.12 * fine));
      cf_viewport_refresh (viewport, TRUE);
    }
  return TRUE;
}

static guint32
pick_at (CfViewport *viewport, double x, double y, double xyz[3])
{
  xyz[0] = NAN;
  if (viewport->renderer == NULL)
    return 0;
  int scale = gtk_widget_get_scale_factor (GTK_WIDGET (viewport));
  gtk_gl_area_make_current (GTK_GL_AREA (viewport));
  return cf_renderer_pick (viewport->renderer, (int) (x * scale), (int) (y * scale), xyz);
}

static void
clicked (GtkGestureClick *click, int n, double x, double y, CfViewport *viewport)
{
  double xyz[3];
  guint32 pick = pick_at (viewport, x, y, xyz);
  gtk_widget_grab_focus (GTK_WIDGET (viewport));
  if (n == 2 && !isnan (xyz[0]))
    cf_viewport_centre (viewport, xyz, 0);
  else if (n == 1)
    g_signal_emit (viewport, signals[SIGNAL_PICKED], 0, pick);
}

/* -- class ----------------------------------------------------------------------------------------------------------------------- */

static void
cf_viewport_dispose (GObject *object)
{
  CfViewport *viewport = CF_VIEWPORT (object);
  g_clear_handle_id (&viewport->settle_source, g_source_remove);
  g_clear_handle_id (&viewport->spin_source, g_source_remove);
  viewport->picture = NULL;
  G_OBJECT_CLASS (cf_viewport_parent_class)->dispose (object);
}

static void
cf_viewport_class_init (CfViewportClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GtkGLAreaClass *area_class = GTK_GL_AREA_CLASS (klass);
  G_OBJECT_CLASS (klass)->dispose = cf_viewport_dispose;
  widget_class->realize = cf_viewport_realize;
  widget_class->unrealize = cf_viewport_unrealize;
  area_class->render = cf_viewport_render;
  area_class->resize = cf_viewport_resize;
  area_class->create_context = cf_viewport_create_context;
  signals[SIGNAL_PICKED] = g_signal_new ("picked", CF_TYPE_VIEWPORT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[SIGNAL_LEVEL_NUDGED]
      = g_signal_new ("level-nudged", CF_TYPE_VIEWPORT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_DOUBLE);
  signals[SIGNAL_DRAWN] = g_signal_new ("drawn", CF_TYPE_VIEWPORT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_css_name (widget_class, "viewport3d");
}

static void
cf_viewport_init (CfViewport *viewport)
{
  const double lo[3] = { -10, -10, -10 }, hi[3] = { 10, 10, 10 };
  GtkWidget *widget = GTK_WIDGET (viewport);
  viewport->detail = 0.6;
  viewport->width = viewport->height = 1;
  cf_camera_frame (&viewport->camera, lo, hi, AZIMUTH, ELEVATION, 1);
  gtk_gl_area_set_auto_render (GTK_GL_AREA (viewport), FALSE);
  gtk_widget_set_focusable (widget, TRUE);
  viewport->drag = gtk_gesture_drag_new ();
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (viewport->drag), 0);
  g_signal_connect (viewport->drag, "drag-begin", G_CALLBACK (drag_begin), viewport);
  g_signal_connect (viewport->drag, "drag-update", G_CALLBACK (drag_update), viewport);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (viewport->drag));
  GtkEventController *scroll = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
  g_signal_connect (scroll, "scroll", G_CALLBACK (scrolled), viewport);
  gtk_widget_add_controller (widget, scroll);
  GtkGesture *click = gtk_gesture_click_new ();
  g_signal_connect (click, "released", G_CALLBACK (clicked), viewport);
  gtk_widget_add_controller (widget, GTK_EVENT_CONTROLLER (click));
}

void
cf_viewport_set_picture (CfViewport *viewport, CfPicture *picture)
{
  viewport->picture = picture;
  gtk_gl_area_queue_render (GTK_GL_AREA (viewport));
}

void
cf_viewport_set_busy (CfViewport *viewport, gboolean busy)
{
  if (viewport->busy == busy)
    return;
  viewport->busy = busy;
  if (!busy)
    gtk_gl_area_queue_render (GTK_GL_AREA (viewport));
}

const CfCamera *
cf_viewport_camera (CfViewport *viewport)
{
  return &viewport->camera;
}

void
cf_viewport_frame (CfViewport *viewport, const double lo[3], const double hi[3])
{
  cf_camera_frame (&viewport->camera, lo, hi, AZIMUTH, ELEVATION, 1);
  gtk_gl_area_queue_render (GTK_GL_AREA (viewport));
}

void
cf_viewport_centre (CfViewport *viewport, const double xyz[3], double distance)
{
  for (int a = 0; a < 3; a++)
    viewport->camera.centre[a] = xyz[a];
  if (distance > 0)
    viewport->camera.distance = distance;
  gtk_gl_area_queue_render (GTK_GL_AREA (viewport));
}

void
cf_viewport_turn (CfViewport *viewport, double azimuth, double elevation)
{
  cf_camera_turn (&viewport->camera, azimuth, elevation);
  cf_viewport_refresh (viewport, TRUE);
}

void
cf_viewport_zoom (CfViewport *viewport, double factor)
{
  cf_camera_zoom (&viewport->camera, factor);
  cf_viewport_refresh (viewport, TRUE);
}

static gboolean
spin (gpointer data)
{
  CfViewport *viewport = data;
  gint64 now = g_get_monotonic_time ();
  cf_viewport_turn (viewport, (now - viewport->spin_time) * 1e-6 * SPIN_DEGREES_PER_S, 0);
  viewport->spin_time = now;
  return G_SOURCE_CONTINUE;
}

void
cf_viewport_set_spin (CfViewport *viewport, gboolean on)
{
  g_clear_handle_id (&viewport->spin_source, g_source_remove);
  viewport->spin_time = g_get_monotonic_time ();
  if (on)
    viewport->spin_source = g_timeout_add_full (G_PRIORITY_DEFAULT, 33, spin, viewport, NULL);
}

gboolean
cf_viewport_get_spin (CfViewport *viewport)
{
  return viewport->spin_source != 0;
}

void
cf_viewport_size (CfViewport *viewport, int *width, int *height)
{
  *width = viewport->width;
  *height = viewport->height;
}

gboolean
cf_viewport_is_reduced (CfViewport *viewport)
{
  return viewport->reduced;
}

const char *
cf_viewport_description (CfViewport *viewport)
{
  return viewport->description;
}
