/* cf-offscreen.h: a GL context without a display (EGL surfaceless) and pictures to files. */
#pragma once

#include "cf-renderer.h"

G_BEGIN_DECLS

typedef struct _CfOffscreen CfOffscreen;
/** Makes a surfaceless context current on this thread. CF_ERROR_DEVICE where there is no EGL. */
CfOffscreen *cf_offscreen_new (GError **error);
void cf_offscreen_free (CfOffscreen *offscreen);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfOffscreen, cf_offscreen_free)
/** Draws and reads back: width * height * 4 bytes RGBA, first row on top; g_free it. */
guint8 *cf_offscreen_draw (CfOffscreen *offscreen, int width, int height, const CfScene *scene, const CfCamera *camera, GError **error);

/** RGBA rows from the top to a PNG; `text` is NULL-terminated pairs of keyword and value (the level, units, map hash, command line).
 * Atomic. */
gboolean cf_png_save (const char *path, int width, int height, const guint8 *rgba, const char *const *text, GError **error);

G_END_DECLS
