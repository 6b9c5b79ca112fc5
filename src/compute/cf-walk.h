/* cf-walk.h: seeds and their ascent along the field's gradient. Paper: sections "Seeds", "Gradient ascent"; method.md section 4. */
#pragma once

#include "cf-evaluator.h"
#include "cf-graph.h"
#include "cf-peaks.h"

G_BEGIN_DECLS

typedef enum
{
  CF_ASCENT_DEFAULT, /* first between the samples (cubic convolution), then from each place reached on the field: steps of at most 0.2 A
                        scaled by the curvature seen, always upwards, quasi-Newton (BFGS) below 0.05 A */
  CF_ASCENT_PAPER    /* 0.05 A along the unit gradient until d no longer increases */
} CfAscent;

typedef struct
{
  double lowest;  /* d: seeds of d >= lowest */
  double below;   /* d: and d < below; 0 for no upper bound. For walking only what a lower threshold adds */
  CfAscent ascent;
  double spacing; /* A; 0: min (0.5, smallest voxel edge) */
} CfWalkOptions;

/** Samples the field, climbs from every seed, drops those that leave the map. */
CfPeaks *cf_walk (CfEvaluator *evaluator, const CfWalkOptions *options, CfProgressFunc progress, gpointer user_data,
                  GCancellable *cancellable, GError **error);
/** The grid that cf_walk () samples at this spacing (0: the default). */
void cf_walk_grid (const CfField *field, double spacing, CfGrid *out);
/** The same from samples that were baked before on cf_walk_grid (): the window bakes once for the picture and the seeds. */
CfPeaks *cf_walk_from_samples (CfEvaluator *evaluator, const CfGrid *grid, const float *samples, const CfWalkOptions *options,
                               CfProgressFunc progress, gpointer user_data, GCancellable *cancellable, GError **error);
/** Joins the peaks of two disjoint walks (the higher first); lowest is the lower one's. */
CfPeaks *cf_peaks_join (const CfPeaks *higher, const CfPeaks *lower);

/** The graph at a level: cuts the sweep, evaluates the centroids, finds the edges. level->normalised must be >= the peaks' lowest
 * (CF_ERROR_ARGUMENT otherwise). */
CfGraph *cf_graph_at_level (CfEvaluator *evaluator, CfSweep *sweep, const CfLevel *level, const CfGraphOptions *options,
                            GCancellable *cancellable, GError **error);

G_END_DECLS
