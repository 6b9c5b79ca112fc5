/* cf-warm-up.h: shaders made ready before they are needed. A software rasteriser turns each into machine code at its first use, which takes a second
 * or more, and keeps that on disk (Mesa's shader cache): drawn once without a display, on another thread, they are quick in the window. */
#pragma once

#include <gio/gio.h>

#include "cf-scene.h"

G_BEGIN_DECLS

/** Draws a small picture of everything in a style with a context of its own, which is current on the calling thread meanwhile. Any thread but
 * one that has a context. outline and second surface as the window begins. */
gboolean cf_render_warm_up (CfStyle style, GError **error);

G_END_DECLS
