/* cf-demo.h: the demonstration that comes with the program: crambin, from which a map is simulated at start. */
#pragma once

#include "cf-simulate.h"

G_BEGIN_DECLS

#define CF_DEMO_RESOLUTION 2.0 /* A */
#define CF_DEMO_SPACING 0.5    /* A: several sub-regions large */

/** Coordinates from the wwPDB; provenance in resources/demo/README. GResource /org/cryofield/demo. */
CfStructure *cf_demo_structure (GError **error);
/** Its simulated map; the same bytes at every start. */
CfVolume *cf_demo_volume (const CfStructure *structure, GCancellable *cancellable, GError **error);

G_END_DECLS
