/* cf-viewport-private.h: what the widget (cf-viewport.c), what it draws with (cf-viewport-device.c) and its input (cf-viewport-input.c) share. */
#pragma once

#include "cf-renderer.h"
#include "cf-viewport.h"
#include "cf-warm-up.h"

G_BEGIN_DECLS

enum
{
  CF_VIEWPORT_PICKED,
  CF_VIEWPORT_HOVERED,
  CF_VIEWPORT_LEVEL_NUDGED,
  CF_VIEWPORT_SLID,
  CF_VIEWPORT_DIVIDED,
  CF_VIEWPORT_DRAWN,
  CF_VIEWPORT_CHANGED,
  CF_VIEWPORT_LOST,
  CF_VIEWPORT_WHOLE,
  CF_VIEWPORT_N_SIGNALS
};
extern guint cf_viewport_signals[CF_VIEWPORT_N_SIGNALS];

typedef enum
{
  CF_MOUSE_CHIMERAX,
  CF_MOUSE_COOT,
  CF_MOUSE_PYMOL
} CfMouse;

struct _CfViewport
{
  GtkGLArea parent_instance;
  CfPicture *picture;
  CfRenderer *renderer;
  CfCamera camera;
  char *description;
  int width, height; /* device pixels */
  /* frames */
  gboolean moving;
  guint settle_source;
  guint within_source;
  gboolean busy; /* workers have the cores */
  double detail; /* while moving or busy */
  double full_cost; /* us: what a full picture is expected to take; 0 unknown */
  double frame_detail;
  gint64 lead; /* us: of a moving frame's time, spent before it begins */
  gint64 frame_begun; /* 0 none; us */
  gboolean watches_clock;
  gboolean reduced;
  guint still_source;
  CfWarmUp *warm_up; /* until nothing is left to be made ready */
  guint warm_up_source;
  double still_at, still_share; /* of the height: drawn of the full picture; of the next part */
  CfCamera still_camera;
  cairo_surface_t *copy; /* of the picture, where windows are put together with cairo; NULL: none, or not yet */
  guint lost_source;
  int n_lost; /* contexts, one after the other */
  guint spin_source;
  gint64 spin_time;
  /* input */
  CfMouse mouse;
  GtkGesture *drag, *zoom; /* the widget's */
  double last_x, last_y;
  double pinch, twist;       /* of two fingers: scale and angle (radians) that were taken in */
  double pinch_x, pinch_y;   /* their middle; NAN: unknown, as of a trackpad */
  gboolean dividing; /* the drag moves the divider */
  double hover_x, hover_y;
  guint hover_source;
};

/* What it draws with, from when the widget is realized until it is not. */
GdkGLContext *cf_viewport_create_context (GtkGLArea *area);
void cf_viewport_begin_device (CfViewport *viewport);
void cf_viewport_end_device (CfViewport *viewport);
/* After a frame: whether nothing of the renderer is left; another one follows. */
gboolean cf_viewport_is_lost (CfViewport *viewport);
/* Whether the window wants the picture in memory; then after each frame, its framebuffer bound; and into the window, where there is a copy. */
gboolean cf_viewport_wants_copy (CfViewport *viewport);
void cf_viewport_copy_picture (CfViewport *viewport);
void cf_viewport_append_copy (CfViewport *viewport, GtkSnapshot *snapshot);
/* The detail that follows a moving frame of this detail, which took so long (us) to draw, where so much of its time is gone before it begins. */
double cf_viewport_detail_after (double detail, gint64 spent, gint64 lead);
void cf_viewport_forget_still (CfViewport *viewport);
/* Before the renderer is asked what lies somewhere, its context current: a full picture that is half drawn knows nothing of the rest; one of less detail
 * takes its place at once, and it begins anew. */
void cf_viewport_make_whole (CfViewport *viewport);
void cf_viewport_add_input (CfViewport *viewport);
void cf_viewport_drop_input (CfViewport *viewport);

G_END_DECLS
