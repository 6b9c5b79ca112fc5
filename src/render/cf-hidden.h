/* cf-hidden.h: which spheres cannot be seen because others stand before them. No GL; pure, thread safe. */
#pragma once

#include "cf-gl-frame.h"

G_BEGIN_DECLS

/** Copies those of n opaque spheres that may be seen in a frame to out[n] (order kept); how many. What it leaves out shows in no pixel. Where the
 * frame is cut by a clip plane all are copied. border: how many of the n come first in some order; of those copied. */
gsize cf_hidden_drop (const CfSphere *spheres, gsize n, const CfGlFrame *frame, CfSphere *out, gsize *border);

G_END_DECLS
