/* cf-samples.h: baked samples of the field (or of the voxels), shared by reference between the session, the picture and workers. */
#pragma once

#include "cf-bake-fine.h"

G_BEGIN_DECLS

/** d on a grid, x fastest; NAN where there is nothing yet. Written on the main thread only, while a region is added. */
typedef struct
{
  CfGrid grid;
  gsize n;
  float *data;
  CfFineSamples *on_device; /* instead of data: finer samples of a part; NULL */
  gboolean voxels; /* the source's voxels, not the field */
  gboolean walk;   /* lies on cf_walk_grid (): seeds can be taken from it */
} CfSamples;

/** All NAN; NULL where there is not enough memory. Thread safe. */
CfSamples *cf_samples_try_new (const CfGrid *grid);
/** Takes the samples over. */
CfSamples *cf_samples_new_on_device (const CfGrid *grid, CfFineSamples *on_device);
CfSamples *cf_samples_ref (CfSamples *samples);
void cf_samples_unref (CfSamples *samples);
/** Copies block (x fastest, dims) in at lo; NAN in the block leaves what is there. */
void cf_samples_put (CfSamples *samples, const int lo[3], const int dims[3], const float *block);
/** Trilinear between the samples; NAN outside of them and beside what is not there yet. Only while nothing is added. */
float cf_samples_at (const CfSamples *samples, const double xyz[3]);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfSamples, cf_samples_unref)

G_END_DECLS
