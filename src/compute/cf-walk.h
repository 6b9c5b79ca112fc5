/* cf-walk.h: seeds and their ascent along the field's gradient. Paper: sections "Seeds", "Gradient ascent"; method.md section 4. */
#pragma once

#include "cf-evaluator.h"
#include "cf-graph.h"
#include "cf-paths.h"
#include "cf-peaks.h"

G_BEGIN_DECLS

typedef enum
{
  CF_ASCENT_DEFAULT, /* first between the samples (cubic convolution), then from each place reached on the field: steps of at most 0.2 A
                        scaled by the curvature seen, always upwards, quasi-Newton (BFGS) below 0.05 A; from a saddle on to the higher side */
  CF_ASCENT_PAPER    /* 0.05 A along the unit gradient until d no longer increases */
} CfAscent;

typedef struct
{
  double lowest;  /* d: seeds of d >= lowest */
  double below;   /* d: and d < below; 0 for no upper bound. For walking only what a lower threshold adds */
  CfAscent ascent;
  double spacing; /* A; 0: min (0.5, smallest voxel edge) */
} CfWalkOptions;

/** Samples the field, climbs from every seed, drops those that leave the map. A seed's peak does not depend on which others climb, so not on
 * lowest or below, as long as lowest is no less than cf_level_floor (): below that more samples are at hand, and few climbs may end elsewhere. */
CfPeaks *cf_walk (CfEvaluator *evaluator, const CfWalkOptions *options, CfProgressFunc progress, gpointer user_data,
                  GCancellable *cancellable, GError **error);
/** The grid that cf_walk () samples at this spacing (0: the default). */
void cf_walk_grid (const CfField *field, double spacing, CfGrid *out);
/** The same from samples that were baked before on cf_walk_grid (): the window bakes once for the picture and the seeds. */
CfPeaks *cf_walk_from_samples (CfEvaluator *evaluator, const CfGrid *grid, const float *samples, const CfWalkOptions *options,
                               CfProgressFunc progress, gpointer user_data, GCancellable *cancellable, GError **error);
/** The way of single seeds, to be shown: climbs as cf_walk_from_samples () does, and keeps each place reached. n positions seed[n][3] (A), as
 * in CfPeaks. grid and samples as of cf_walk_from_samples (); options: as of the walk; below is not used. A path begins at its seed and
 * ends at its peak; of a climb that leaves the map it is what lay inside, of one that
 * begins outside it is empty. CF_ERROR_ARGUMENT where the options are no numbers. Owned by the caller. Thread safe. */
CfPaths *cf_walk_paths (CfEvaluator *evaluator, const CfGrid *grid, const float *samples, const CfWalkOptions *options, gsize n,
                        const float (*seed)[3], GCancellable *cancellable, GError **error);
/** Joins the peaks of two disjoint walks (the higher first); lowest is the lower one's. */
CfPeaks *cf_peaks_join (const CfPeaks *higher, const CfPeaks *lower);

/** The graph at a level: cuts the sweep, evaluates the centroids, finds the edges. level->normalised must be >= the peaks' lowest
 * (CF_ERROR_ARGUMENT otherwise). */
CfGraph *cf_graph_at_level (CfEvaluator *evaluator, CfSweep *sweep, const CfLevel *level, const CfGraphOptions *options,
                            GCancellable *cancellable, GError **error);

G_END_DECLS
