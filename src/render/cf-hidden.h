/* cf-hidden.h: which spheres cannot be seen because others stand before them. No GL; pure, thread safe. */
#pragma once

#include "cf-gl-frame.h"

G_BEGIN_DECLS

/** Copies those of n opaque spheres that may be seen in a frame to out[n] (order kept); how many. What it leaves out shows in no pixel. Where the
 * frame is cut by a clip plane all are copied. part[n_parts]: how many of the n belong to each of some parts, one after the other; of those copied. */
gsize cf_hidden_drop (const CfSphere *spheres, gsize n, const CfGlFrame *frame, CfSphere *out, int *part, int n_parts);

G_END_DECLS
