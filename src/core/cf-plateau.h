/* cf-plateau.h: the level between two heaps of nodes. Private to core. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define CF_PLATEAU_WIDTH 0.1 /* of the Gaussian that smooths the births, in ln d */
#define CF_PLATEAU_HEAP 0.1  /* a heap is at least this share of the other one's height */

/** births[n]: the levels at which nodes are born, d, in any order; none below lowest > 0. How many are born, over ln d, is smoothed (mirrored at lowest).
 * Of its minima with a heap on each side the one that lies deepest below the lower of the two heaps' tops is returned, as d; lo and hi (may be NULL)
 * are the levels around it at which half of that depth is climbed. NAN where there is no such minimum. */
double cf_plateau_find (const float *births, gsize n, double lowest, double *lo, double *hi);

G_END_DECLS
