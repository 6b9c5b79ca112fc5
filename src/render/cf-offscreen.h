/* cf-offscreen.h: a GL context without a display (EGL surfaceless) and pictures to files. */
#pragma once

#include "cf-renderer.h"

G_BEGIN_DECLS

typedef struct _CfOffscreen CfOffscreen;
/** Makes a context without a surface current on this thread: a graphics card's where there is one, else Mesa's software.
 * CF_ERROR_DEVICE where there is no EGL. CRYOFIELD_EGL = device, surfaceless or default allows one way only. */
CfOffscreen *cf_offscreen_new (GError **error);
void cf_offscreen_free (CfOffscreen *offscreen);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfOffscreen, cf_offscreen_free)
/** Of a picture for a file: 2, four rays a pixel, or 1 where they would be too many for the device or its memory (beyond 3840 x 2160 pixels or so). */
double cf_offscreen_detail (CfOffscreen *offscreen, int width, int height);
/** Draws with cf_offscreen_detail () and reads back: width * height * 4 bytes RGBA, first row on top; g_free it. Makes its context
 * current on the calling thread and leaves it so: a host with a context of its own makes that current again. */
guint8 *cf_offscreen_draw (CfOffscreen *offscreen, int width, int height, const CfScene *scene, const CfCamera *camera, GError **error);
/** The same at a chosen quality. */
guint8 *cf_offscreen_draw_with (CfOffscreen *offscreen, int width, int height, const CfScene *scene, const CfCamera *camera,
                                const CfRenderQuality *quality, GError **error);
/** What was drawn last, into rgba of the same size. */
void cf_offscreen_read (CfOffscreen *offscreen, guint8 *rgba);
/** Its renderer, for picking and the device's name; owned by offscreen. */
CfRenderer *cf_offscreen_renderer (CfOffscreen *offscreen);

/** Where a picture for print is seen from; degrees as cf_camera_frame () has them. */
typedef struct
{
  const char *name; /* "front" */
  double azimuth, elevation;
} CfView;
#define CF_N_VIEWS 3
extern const CfView cf_views[CF_N_VIEWS]; /* front, side, top; names are to be translated */
/** The scene on white from each of them, as PNG with `text` (as cf_png_save () has it); a new reference in each of out. On failure nothing. */
gboolean cf_views_draw (const CfScene *scene, int width, int height, const char *const *text, GBytes *out[CF_N_VIEWS], GError **error);

/** RGBA rows from the top as a PNG in memory. */
GBytes *cf_png_encode (int width, int height, const guint8 *rgba, const char *const *text, GError **error);
/** RGBA rows from the top to a PNG; `text` is NULL-terminated pairs of keyword and value (the level, units, map hash, command line).
 * Atomic. */
gboolean cf_png_save (const char *path, int width, int height, const guint8 *rgba, const char *const *text, GError **error);

G_END_DECLS
