/* cf-scene-private.h: what the files of this room share about scenes. */
#pragma once

#include "cf-scene.h"

G_BEGIN_DECLS

/** A number not given before, to any scene. Thread safe. */
guint64 cf_scene_next_serial (void);
/** World position (A) of corner 0..7 (bit 0 x, 1 y, 2 z) of the grid, first to last voxel centre. */
void cf_scene_grid_corner (const CfGrid *grid, int corner, double xyz[3]);

G_END_DECLS
