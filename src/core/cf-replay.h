/* cf-replay.h: what a fit did to the samples of its field, kept so that it can be shown again. */
#pragma once

#include <glib.h>

#include "cf-grid.h"

G_BEGIN_DECLS

/** Changes of samples of d on a grid, in their order, as half floats: their step of 2^-11 is not seen. Reference counted; a replay that is added to
 * belongs to one thread. */
typedef struct _CfReplay CfReplay;
/** bytes_max: beyond it every second one of the changes that later ones replace is left out; where that is not enough all are, and n_steps is 0. */
CfReplay *cf_replay_new (const CfGrid *grid, gsize bytes_max);
/** The changes so far, for another thread. */
CfReplay *cf_replay_copy (const CfReplay *replay);
void cf_replay_free (CfReplay *replay);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfReplay, cf_replay_free)
/** The samples of a box (x fastest) are these from now on; NAN leaves what is there. */
void cf_replay_add (CfReplay *replay, const int lo[3], const int dims[3], const float *block);
int cf_replay_n_steps (const CfReplay *replay);
gsize cf_replay_n_bytes (const CfReplay *replay);
const CfGrid *cf_replay_grid (const CfReplay *replay);
/** Puts the changes from step `from` to before step `to` into samples of the whole grid; begin with NAN in all of them, from 0. */
void cf_replay_play (const CfReplay *replay, int from, int to, float *samples);

G_END_DECLS
