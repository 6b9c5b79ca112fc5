/* cf-residual.h: the field minus the voxels, by sub-region: how well it was fitted at the voxels, and what it says between them that a
 * spline through the voxels does not. Large numbers between small ones at the voxels are invented detail. */
#pragma once

#include "cf-evaluator.h"

G_BEGIN_DECLS

/** Over n points; in normalised units (fractions of the map's largest voxel). NAN where n is 0. */
typedef struct
{
  gsize n;
  double mean_abs, rms;
} CfResidual;

typedef struct
{
  int n_regions;
  CfResidual at, between;                   /* over all samples: at voxel centres; at random points, against the tricubic B-spline */
  CfResidual *region_at, *region_between;   /* [n_regions], by the region whose box was sampled */
} CfResiduals;

/** Samples up to `samples` voxels (0: 20,000), the same number from each trained region, and as many points between them; the same ones each time.
 * volume must be the map that the field was fitted to (CF_ERROR_ARGUMENT where its size is another). Costs a copy of the map for the spline. */
CfResiduals *cf_residuals_new (CfEvaluator *evaluator, CfVolume *volume, gsize samples, GCancellable *cancellable, GError **error);
void cf_residuals_free (CfResiduals *residuals);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfResiduals, cf_residuals_free)

G_END_DECLS
