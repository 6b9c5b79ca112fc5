/* cf-scene-private.h: what the files of this room share about scenes. */
#pragma once

#include "cf-scene.h"

G_BEGIN_DECLS

/** A number not given before, to any scene. Thread safe. */
guint64 cf_scene_next_serial (void);
gboolean cf_scene_field_is_there (const CfSceneField *field);
gboolean cf_scene_has_field (const CfScene *scene);
/** World bounds (A) of the part of the field between two grid coordinates (NULL: all of it), the molecules and, on request, the boxes.
 * things: [2], around spheres and cylinders where that is known, the first above the second where there are none; NULL: it is not. */
gboolean cf_scene_extent (const CfScene *scene, const double lo_ijk[3], const double hi_ijk[3], gboolean boxes,
                          const double (*things)[3], double lo[3], double hi[3]);

G_END_DECLS
