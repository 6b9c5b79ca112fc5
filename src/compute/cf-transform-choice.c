/* cf-transform-choice.c: chooses between d and sqrt (d + o) by what a spline predicts of voxels that it has not seen. */
#include "cf-transform-choice.h"

#include <math.h>

#define LOOKS 200000
#define REACH 3    /* voxels of the interpolation to each side */
#define MARGIN 0.95

static const CfTransform candidates[] = {
  { CF_TRANSFORM_LINEAR, 0 },
  { CF_TRANSFORM_SQRT, 0.05 },
  { CF_TRANSFORM_SQRT, 0.005 },
};

static double
density (const CfNormalisation *normalisation, const float *voxel)
{
  return MAX (*voxel, 0) / normalisation->max;
}

/* From the neighbours alone: the value at 0 of the polynomial through -3, -2, -1, 1, 2, 3. */
static double
predict (const CfNormalisation *normalisation, const CfTransform *transform, const float *voxel, const gsize stride[3])
{
  static const double weights[REACH] = { 15 / 20.0, -6 / 20.0, 1 / 20.0 };
  double sum = 0;

  for (int a = 0; a < 3; a++)
    for (gsize k = 0; k < REACH; k++)
      sum += weights[k]
             * (cf_transform_forward (transform, density (normalisation, voxel + (k + 1) * stride[a]))
                + cf_transform_forward (transform, density (normalisation, voxel - (k + 1) * stride[a])));
  return cf_transform_inverse (transform, sum / 3, NULL);
}

CfTransform
cf_transform_choose (const CfVolume *volume, const CfNormalisation *normalisation)
{
  const int *lo = normalisation->lo, *dims = normalisation->dims;
  const gsize stride[3] = { 1, volume->grid.dims[0], (gsize) volume->grid.dims[0] * volume->grid.dims[1] };
  double squares[G_N_ELEMENTS (candidates)] = { 0 };
  gsize inner[3], n = 1, best = 0, step;

  for (int a = 0; a < 3; a++)
    {
      if (dims[a] <= 2 * REACH)
        return candidates[0];
      inner[a] = dims[a] - 2 * REACH;
      n *= inner[a];
    }
  /* Odd, so that it does not follow a column. */
  step = (n / LOOKS) | 1;
  for (gsize i = 0; i < n; i += step)
    {
      gsize x = lo[0] + REACH + i % inner[0], y = lo[1] + REACH + i / inner[0] % inner[1], z = lo[2] + REACH + i / inner[0] / inner[1];
      const float *voxel = volume->data + x + y * stride[1] + z * stride[2];
      double d = density (normalisation, voxel);

      for (gsize k = 0; d > 0 && k < G_N_ELEMENTS (candidates); k++)
        {
          double miss = predict (normalisation, &candidates[k], voxel, stride) - d;

          squares[k] += miss * miss;
        }
    }
  for (gsize k = 1; k < G_N_ELEMENTS (candidates); k++)
    if (squares[k] < MARGIN * MARGIN * squares[0] && squares[k] < squares[best])
      best = k;
  return candidates[best];
}
