/* cf-clumps.h: many small things (spheres, cylinders) as clumps that lie together, so that a frame draws those that it shows, and fewer of
 * them while it moves. No GL; pure, thread safe. */
#pragma once

#include "cf-gl-frame.h"

G_BEGIN_DECLS

typedef struct
{
  float lo[3], hi[3]; /* A: around all that is in it */
  float radius;       /* A, the largest in it */
  gsize first, n;     /* of the order */
} CfClump;

typedef struct
{
  CfClump *clumps; /* without empty ones */
  gsize n;
} CfClumps;

/** The ends (A) and the radius of a thing; a sphere's ends are one. */
typedef void (*CfClumpReach) (gconstpointer thing, float a[3], float b[3], float *radius);

/** Puts order[n], the indices of n things of `size` bytes each, clump by clump, some hundreds to each; the first k of a clump are an even
 * sample of it. Few things, or none, are one clump in the order they came in. Replaces what clumps holds. */
void cf_clumps_order (CfClumps *clumps, gsize n, gsize size, gconstpointer things, CfClumpReach reach, guint32 *order);
void cf_clumps_clear (CfClumps *clumps);

typedef struct
{
  gboolean away;   /* not in the picture at all */
  gboolean within; /* wholly in it, before its edges */
  float nearest;   /* A along the view from the eye to its nearest corner; < 0 behind the eye */
  float radius;    /* pixels, of the largest thing in it there */
} CfClumpView;

CfClumpView cf_clump_view (const CfClump *clump, const CfGlFrame *frame);

/** Where a clip plane, or the free one, cuts the picture. */
gboolean cf_frame_is_cut (const CfGlFrame *frame);

/** How large a share of spheres and of cylinders a frame of this detail draws; 1 from full detail on. Spheres come first. */
void cf_clumps_shares (double detail, gsize spheres, gsize cylinders, double *of_spheres, double *of_cylinders);

G_END_DECLS
