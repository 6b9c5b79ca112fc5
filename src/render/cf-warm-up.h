/* cf-warm-up.h: shaders made ready before they are needed. A software rasteriser turns each into machine code at its first use, which takes a second
 * or more, and keeps that on disk (Mesa's shader cache): drawn once without a display, on another thread, they are quick in the window. */
#pragma once

#include <gio/gio.h>

#include "cf-renderer.h"

G_BEGIN_DECLS

/** Draws small pictures of everything in a style with a context of its own, which is current on the calling thread meanwhile. Any thread but
 * one that has a context. outline and second surface as the window begins. */
gboolean cf_render_warm_up (CfStyle style, GError **error);

/** The same pictures one by one with a renderer of the caller's: what a software rasteriser keeps nowhere but in a context, some milliseconds each. The
 * renderer's context must be current; fbo holds at least CF_WARM_UP_WIDTH x CF_WARM_UP_HEIGHT pixels, or what is beside them is not drawn. */
typedef struct _CfWarmUp CfWarmUp;
#define CF_WARM_UP_WIDTH 100
#define CF_WARM_UP_HEIGHT 76
CfWarmUp *cf_warm_up_new (CfStyle style);
void cf_warm_up_free (CfWarmUp *warm_up);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfWarmUp, cf_warm_up_free)
/** Draws the next one. FALSE: there is none, or it could not be drawn. */
gboolean cf_warm_up_draw (CfWarmUp *warm_up, CfRenderer *renderer, guint fbo);

G_END_DECLS
