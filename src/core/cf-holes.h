/* cf-holes.h: voxels that are left out, and what their neighbours say of them: the yardstick for held-out voxels. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** Puts into each hole (an index into values[nz][ny][nx], each once) what the voxels around predict: the polynomial through `points` (2, 4 or 6)
 * neighbours along an axis, half on each side, averaged over the axes; near a face of the box over those axes that have the most. Holes that need each
 * other are filled by iteration. What they held before does not matter, unless all voxels are holes: then they stay. */
void cf_holes_fill (float *values, const int dims[3], const guint32 *holes, gsize n, int points);

G_END_DECLS
