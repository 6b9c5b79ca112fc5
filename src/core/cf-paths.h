/* cf-paths.h: the ways of single points, as polylines. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** Immutable. Path i has the places at[first[i]] up to, not including, at[first[i + 1]]; it may be empty. Positions are A. */
typedef struct
{
  gsize n;
  gsize *first;      /* [n + 1] */
  float (*at)[3];    /* [first[n]] */
  double *so_far;    /* [first[n]], A: from the path's beginning to the place */
} CfPaths;

/** From arrays of float[3], one a path; they are copied. */
CfPaths *cf_paths_new (gsize n, GArray *const *places);
void cf_paths_free (CfPaths *paths);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfPaths, cf_paths_free)
/** A; 0 where it is empty. */
double cf_paths_length (const CfPaths *paths, gsize path);
/** Where one is after `length` A of the path, straight between its places: at[]; returns the number of the place before, counted over all
 * paths. Beyond the ends: the ends. The path must not be empty. */
gsize cf_paths_at (const CfPaths *paths, gsize path, double length, float at[3]);

G_END_DECLS
