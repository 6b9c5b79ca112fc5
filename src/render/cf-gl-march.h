/* cf-gl-march.h: hits that whoever holds the field finds itself, on its device or elsewhere (CfFieldMarch). Current GL context needed. */
#pragma once

#include <epoxy/gl.h>

#include "cf-gl-field.h"
#include "cf-gl-frame.h"
#include "cf-renderer.h"

G_BEGIN_DECLS

/** What the rays of a frame are asked: cf_gl_frame_fill () with the camera that made it. */
void cf_gl_march_view (const CfGlFrame *frame, const CfCamera *camera, double level, CfMarchView *out);
/** Where nothing is at a level, by the samples of the field that is drawn. empty is filled: one byte a brick, g_free () it. */
void cf_gl_march_space (const CfGlField *gl, const CfGrid *grid, double level, CfMarchSpace *out, guint8 **empty);

/** Fills the textures hits and normals (RGBA32F) from row `first` on. */
gboolean cf_gl_march (GLuint hits, GLuint normals, const CfMarchView *view, const CfMarchSpace *space, int first, int rows,
                      const CfRenderQuality *quality, GError **error);

G_END_DECLS
