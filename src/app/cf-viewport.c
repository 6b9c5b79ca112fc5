/* cf-viewport.c: the picture as a widget. Thin: events to the camera, frames to the renderer. */
#include "cf-viewport-private.h"

#include <math.h>

#include "cf-error.h"

#define SETTLE_MS 160          /* after the last move, a frame in full detail */
#define FRAME_SLOW 45000       /* us: a frame beyond it gets less detail the next time: 20 a second and some to spare */
#define FRAME_QUICK 28000      /* us: one below it gets more */
#define FRAME_LEAST 15000      /* us: what a frame may take whatever comes before it */
#define DETAIL_LEAST 0.2
#define STILL_AT_ONCE 60000    /* us: a full picture that is expected to take no longer is drawn in one go */
#define STILL_PART 40000       /* us: the others in parts of about this length, between which the window answers */
#define STILL_DETAIL 0.6       /* the least of a picture that stands while workers have the cores */
#define EDGES_TO_SPARE 1.4
#define SPIN_DEGREES_PER_S 30.0
#define AZIMUTH 24.0   /* degrees: a box is seen as a box */
#define ELEVATION 14.0

G_DEFINE_FINAL_TYPE (CfViewport, cf_viewport, GTK_TYPE_GL_AREA)

guint cf_viewport_signals[CF_VIEWPORT_N_SIGNALS];

/* -- frames ---------------------------------------------------------------------------------------------------------------------- */

/* The camera with what the options of the picture add to it. */
static CfCamera
shown_camera (const CfViewport *viewport)
{
  CfCamera camera = viewport->camera;
  cf_picture_clip (viewport->picture, &camera);
  return camera;
}

void
cf_viewport_forget_still (CfViewport *viewport)
{
  g_clear_handle_id (&viewport->still_source, g_source_remove);
  viewport->still_at = 0;
}

/* A scene that moved may have but a share of its edges. */
static void
make_scene_whole (CfViewport *viewport, double detail)
{
  if ((detail >= 1 || !viewport->moving) && viewport->picture->scene->edge_share < 1)
    g_signal_emit (viewport, cf_viewport_signals[CF_VIEWPORT_WHOLE], 0);
}

/* One part of the full picture; the picture of less detail stands until all of it is there. */
static gboolean
still_part (gpointer data)
{
  CfViewport *viewport = data;
  g_autoptr (GError) error = NULL;
  const CfRenderQuality full = { .detail = 1 };
  gint64 begun = g_get_monotonic_time ();
  double to = MIN (1, viewport->still_at + viewport->still_share);
  gtk_gl_area_make_current (GTK_GL_AREA (viewport));
  if (viewport->still_at == 0)
    {
      viewport->still_camera = shown_camera (viewport);
      make_scene_whole (viewport, full.detail);
    }
  if (!cf_renderer_draw_rows (viewport->renderer, viewport->width, viewport->height, viewport->picture->scene, &viewport->still_camera, &full,
                              viewport->still_at, to, &error))
    {
      viewport->still_source = 0;
      gtk_gl_area_set_error (GTK_GL_AREA (viewport), error);
      return G_SOURCE_REMOVE;
    }
  viewport->picture->drawn = TRUE;
  viewport->still_at = to;
  double spent = MAX (1, g_get_monotonic_time () - begun);
  viewport->still_share = CLAMP (viewport->still_share * CLAMP (STILL_PART / spent, 0.3, 3), 1.0 / 64, 1);
  if (to < 1)
    return G_SOURCE_CONTINUE;
  viewport->still_source = 0;
  gtk_gl_area_queue_render (GTK_GL_AREA (viewport));
  return G_SOURCE_REMOVE;
}

static gboolean
settle (gpointer data)
{
  CfViewport *viewport = data;
  viewport->settle_source = 0;
  viewport->moving = FALSE;
  gtk_gl_area_queue_render (GTK_GL_AREA (viewport));
  return G_SOURCE_REMOVE;
}

static void
note_move (CfViewport *viewport)
{
  viewport->moving = TRUE;
  g_clear_handle_id (&viewport->settle_source, g_source_remove);
  viewport->settle_source = g_timeout_add_full (G_PRIORITY_DEFAULT, SETTLE_MS, settle, viewport, NULL);
}

void
cf_viewport_refresh (CfViewport *viewport, gboolean moving)
{
  cf_viewport_forget_still (viewport);
  g_clear_handle_id (&viewport->within_source, g_source_remove);
  g_signal_emit (viewport, cf_viewport_signals[CF_VIEWPORT_CHANGED], 0);
  if (moving)
    note_move (viewport);
  gtk_gl_area_queue_render (GTK_GL_AREA (viewport));
}

static gboolean
refresh_now (gpointer data)
{
  CfViewport *viewport = data;
  viewport->within_source = 0;
  cf_viewport_refresh (viewport, TRUE);
  return G_SOURCE_REMOVE;
}

void
cf_viewport_refresh_within (CfViewport *viewport, guint ms)
{
  cf_viewport_forget_still (viewport);
  note_move (viewport);
  if (viewport->within_source == 0)
    viewport->within_source = g_timeout_add_full (G_PRIORITY_DEFAULT, ms, refresh_now, viewport, NULL);
}

void
cf_viewport_refine (CfViewport *viewport)
{
  if (viewport->renderer == NULL || viewport->moving || viewport->busy)
    return; /* a frame in full detail is still to come */
  cf_viewport_forget_still (viewport);
  viewport->still_source = g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, still_part, viewport, NULL);
}

double
cf_viewport_detail_after (double detail, gint64 spent, gint64 lead)
{
  gint64 most = MAX (FRAME_SLOW - lead, FRAME_LEAST);
  if (spent > most)
    return MAX (DETAIL_LEAST, detail * MAX (0.5, sqrt ((double) most / spent)));
  return spent < most * FRAME_QUICK / FRAME_SLOW ? MIN (1.0, detail * 1.15) : detail;
}

/* From the render handler to the end of the frame: a software rasteriser draws at the very end. */
static void
frame_painted (GdkFrameClock *clock, CfViewport *viewport)
{
  if (viewport->frame_begun == 0)
    return;
  gint64 spent = g_get_monotonic_time () - viewport->frame_begun;
  viewport->frame_begun = 0;
  viewport->full_cost = spent / (viewport->frame_detail * viewport->frame_detail);
  if (viewport->reduced || viewport->moving || viewport->busy)
    viewport->detail = cf_viewport_detail_after (viewport->detail, spent, viewport->lead);
}

static void
watch_clock (CfViewport *viewport)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (GTK_WIDGET (viewport));
  if (!viewport->watches_clock && clock != NULL)
    g_signal_connect_object (clock, "after-paint", G_CALLBACK (frame_painted), viewport, 0);
  viewport->watches_clock = clock != NULL;
}

/* What the next frame may cost: 1, or less with the full picture to follow. */
static double
frame_detail (CfViewport *viewport)
{
  if (viewport->moving)
    return viewport->detail;
  /* A picture that stands is looked at: it may take longer than one of many in a move. */
  if (viewport->busy)
    return MAX (viewport->detail, STILL_DETAIL);
  return viewport->full_cost > 0 && viewport->full_cost < STILL_AT_ONCE ? 1 : viewport->detail;
}

static gboolean
draw_frame (CfViewport *viewport, GError **error)
{
  guint fbo = cf_renderer_bound_framebuffer ();
  if (viewport->still_at >= 1)
    {
      viewport->still_at = 0;
      viewport->reduced = FALSE;
      return cf_renderer_present (viewport->renderer, fbo, viewport->picture->scene, error);
    }
  CfCamera camera = shown_camera (viewport);
  CfRenderQuality quality = { .detail = frame_detail (viewport) };
  viewport->frame_begun = g_get_monotonic_time ();
  viewport->frame_detail = quality.detail;
  viewport->reduced = quality.detail < 1.0;
  make_scene_whole (viewport, quality.detail);
  if (!cf_renderer_draw (viewport->renderer, fbo, viewport->width, viewport->height, viewport->picture->scene, &camera, &quality, error))
    return FALSE;
  viewport->picture->drawn = TRUE;
  if (viewport->reduced && !viewport->moving && !viewport->busy && viewport->still_source == 0)
    viewport->still_source = g_idle_add_full (G_PRIORITY_DEFAULT_IDLE, still_part, viewport, NULL);
  return TRUE;
}

void
cf_viewport_make_whole (CfViewport *viewport)
{
  g_autoptr (GError) error = NULL;
  if (viewport->still_at == 0 || viewport->still_at >= 1)
    return;
  cf_viewport_forget_still (viewport);
  gtk_gl_area_attach_buffers (GTK_GL_AREA (viewport));
  if (!draw_frame (viewport, &error))
    g_debug ("%s", error->message); /* the frame that follows tells it */
  viewport->frame_begun = 0;
  cf_viewport_forget_still (viewport);
  gtk_gl_area_queue_render (GTK_GL_AREA (viewport));
}

static gboolean
cf_viewport_render (GtkGLArea *area, GdkGLContext *context)
{
  CfViewport *viewport = CF_VIEWPORT (area);
  if (viewport->renderer == NULL || viewport->picture == NULL || viewport->warm_up != NULL)
    return FALSE;
  g_autoptr (GError) error = NULL;
  watch_clock (viewport);
  gboolean drawn = draw_frame (viewport, &error);
  if (cf_viewport_is_lost (viewport))
    return FALSE;
  if (!drawn)
    {
      gtk_gl_area_set_error (area, error);
      return FALSE;
    }
  if (cf_viewport_wants_copy (viewport))
    cf_viewport_copy_picture (viewport);
  g_signal_emit (viewport, cf_viewport_signals[CF_VIEWPORT_DRAWN], 0);
  return TRUE;
}

/* Where there is a copy of the picture, what GtkGLArea would put into the window is dropped once it has had its frame drawn. */
static void
cf_viewport_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  CfViewport *viewport = CF_VIEWPORT (widget);
  if (!cf_viewport_wants_copy (viewport))
    {
      g_clear_pointer (&viewport->copy, cairo_surface_destroy);
      GTK_WIDGET_CLASS (cf_viewport_parent_class)->snapshot (widget, snapshot);
      return;
    }
  GtkSnapshot *own = gtk_snapshot_new ();
  GTK_WIDGET_CLASS (cf_viewport_parent_class)->snapshot (widget, own);
  g_autoptr (GskRenderNode) node = gtk_snapshot_free_to_node (own);
  gboolean failed = gtk_gl_area_get_error (GTK_GL_AREA (widget)) != NULL;
  if (viewport->copy != NULL && !failed)
    cf_viewport_append_copy (viewport, snapshot);
  else if (node != NULL)
    gtk_snapshot_append_node (snapshot, node);
}

static void
cf_viewport_resize (GtkGLArea *area, int width, int height)
{
  cf_viewport_forget_still (CF_VIEWPORT (area));
  g_signal_emit (area, cf_viewport_signals[CF_VIEWPORT_CHANGED], 0);
  CF_VIEWPORT (area)->width = MAX (width, 1);
  CF_VIEWPORT (area)->height = MAX (height, 1);
}

static void
cf_viewport_realize (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (cf_viewport_parent_class)->realize (widget);
  cf_viewport_begin_device (CF_VIEWPORT (widget));
}

static void
cf_viewport_unrealize (GtkWidget *widget)
{
  CfViewport *viewport = CF_VIEWPORT (widget);
  viewport->watches_clock = FALSE;
  cf_viewport_forget_still (viewport);
  cf_viewport_end_device (viewport);
  GTK_WIDGET_CLASS (cf_viewport_parent_class)->unrealize (widget);
}

/* -- class ----------------------------------------------------------------------------------------------------------------------- */

static void
cf_viewport_dispose (GObject *object)
{
  CfViewport *viewport = CF_VIEWPORT (object);
  g_clear_handle_id (&viewport->settle_source, g_source_remove);
  g_clear_handle_id (&viewport->within_source, g_source_remove);
  g_clear_handle_id (&viewport->lost_source, g_source_remove);
  g_clear_handle_id (&viewport->spin_source, g_source_remove);
  cf_viewport_forget_still (viewport);
  cf_viewport_drop_input (viewport);
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
  widget_class->snapshot = cf_viewport_snapshot;
  area_class->render = cf_viewport_render;
  area_class->resize = cf_viewport_resize;
  area_class->create_context = cf_viewport_create_context;
  guint *signals = cf_viewport_signals;
  signals[CF_VIEWPORT_PICKED]
      = g_signal_new ("picked", CF_TYPE_VIEWPORT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_UINT, G_TYPE_BOOLEAN);
  signals[CF_VIEWPORT_HOVERED] = g_signal_new ("hovered", CF_TYPE_VIEWPORT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[CF_VIEWPORT_LEVEL_NUDGED]
      = g_signal_new ("level-nudged", CF_TYPE_VIEWPORT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_DOUBLE);
  signals[CF_VIEWPORT_SLID] = g_signal_new ("slid", CF_TYPE_VIEWPORT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_DOUBLE);
  signals[CF_VIEWPORT_DIVIDED] = g_signal_new ("divided", CF_TYPE_VIEWPORT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_DOUBLE);
  signals[CF_VIEWPORT_DRAWN] = g_signal_new ("drawn", CF_TYPE_VIEWPORT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[CF_VIEWPORT_CHANGED] = g_signal_new ("changed", CF_TYPE_VIEWPORT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[CF_VIEWPORT_WHOLE] = g_signal_new ("whole", CF_TYPE_VIEWPORT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[CF_VIEWPORT_LOST] = g_signal_new ("lost", CF_TYPE_VIEWPORT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_css_name (widget_class, "viewport3d");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
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
  viewport->still_share = 0.25;
  viewport->frame_detail = 1;
  cf_viewport_add_input (viewport);
}

void
cf_viewport_set_picture (CfViewport *viewport, CfPicture *picture)
{
  viewport->picture = picture;
  cf_viewport_refresh (viewport, FALSE);
}

void
cf_viewport_set_lead (CfViewport *viewport, gint64 lead)
{
  viewport->lead = lead;
}

void
cf_viewport_set_busy (CfViewport *viewport, gboolean busy)
{
  if (viewport->busy == busy)
    return;
  viewport->busy = busy;
  if (!busy)
    cf_viewport_refresh (viewport, FALSE);
}

const CfCamera *
cf_viewport_camera (CfViewport *viewport)
{
  return &viewport->camera;
}

void
cf_viewport_set_camera (CfViewport *viewport, const CfCamera *camera)
{
  viewport->camera = *camera;
  cf_viewport_refresh (viewport, FALSE);
}

void
cf_viewport_frame (CfViewport *viewport, const double lo[3], const double hi[3])
{
  cf_camera_frame (&viewport->camera, lo, hi, AZIMUTH, ELEVATION, 1);
  cf_viewport_refresh (viewport, FALSE);
}

void
cf_viewport_centre (CfViewport *viewport, const double xyz[3], double distance)
{
  for (int a = 0; a < 3; a++)
    viewport->camera.centre[a] = xyz[a];
  if (distance > 0)
    viewport->camera.distance = distance;
  cf_viewport_refresh (viewport, FALSE);
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

gboolean
cf_viewport_is_dragging (CfViewport *viewport)
{
  return viewport->drag != NULL && gtk_gesture_is_active (viewport->drag);
}

void
cf_viewport_size (CfViewport *viewport, int *width, int *height)
{
  *width = viewport->width;
  *height = viewport->height;
}

/* Some to spare, as the next frame may have more detail. */
double
cf_viewport_edge_share (CfViewport *viewport)
{
  return viewport->moving && viewport->reduced && viewport->renderer != NULL ? MIN (1, EDGES_TO_SPARE * cf_renderer_edge_share (viewport->renderer)) : 1;
}

gboolean
cf_viewport_is_reduced (CfViewport *viewport)
{
  return viewport->reduced && gtk_gl_area_get_error (GTK_GL_AREA (viewport)) == NULL; /* else there is no picture */
}

const char *
cf_viewport_description (CfViewport *viewport)
{
  return viewport->description;
}
