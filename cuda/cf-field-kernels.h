/* cf-field-kernels.h: the blended field: which region has which part in a point, and the sum of the parts. The weights are worked out three times
 * rather than kept: they cost a thousandth of what the networks do, and would take a kilobyte a point. */
#pragma once

#include "cf-kernels.h"

enum
{
  CF_REGION_UNKNOWN,
  CF_REGION_CONSTANT,
  CF_REGION_NET
};

struct CfFieldView
{
  const CfPartitionAxis *axis; /* [3] */
  CfBlend blend;
  CfTransform transform;
  double origin[3], inverse[3][3];
  double scale[3];    /* d local / d ijk */
  const int *kinds;   /* [n_regions] */
  const float *flat;  /* [n_regions] */
  int *counts;        /* [n_regions]: points of each, then how many were placed */
  const int *begins;  /* [n_regions]: the row of its first point */
};

/* 0 outside the map and where a region that has weight is not known. */
CF_DEVICE int
cf_field_weights (const CfFieldView &view, const double *xyz, CfRegionWeight *weights)
{
  double ijk[3], x = xyz[0] - view.origin[0], y = xyz[1] - view.origin[1], z = xyz[2] - view.origin[2];
  int n;

  for (int a = 0; a < 3; a++)
    ijk[a] = view.inverse[a][0] * x + view.inverse[a][1] * y + view.inverse[a][2] * z;
  n = cf_blend_weights (view.axis, view.blend, ijk, weights);
  for (int k = 0; k < n; k++)
    if (view.kinds[weights[k].region] == CF_REGION_UNKNOWN)
      return 0;
  return n;
}

CF_KERNEL void
cf_lattice_kernel (CfLattice lattice, size_t first, int n, double *xyz)
{
  int i = blockIdx.x * CF_BLOCK + threadIdx.x;

  if (i < n)
    cf_lattice_place (&lattice, first + i, xyz + 3 * (size_t) i);
}

CF_KERNEL void
cf_field_count_kernel (CfFieldView view, int n, const double *xyz)
{
  int i = blockIdx.x * CF_BLOCK + threadIdx.x;
  CfRegionWeight weights[CF_PARTITION_OVERLAP_MAX];

  if (i >= n)
    return;
  int parts = cf_field_weights (view, xyz + 3 * i, weights);
  for (int k = 0; k < parts; k++)
    if (view.kinds[weights[k].region] == CF_REGION_NET)
      atomicAdd (&view.counts[weights[k].region], 1);
}

/* Sorts the points by region: local[row][3], and the row of part k of point i in place[k n + i]. */
CF_KERNEL void
cf_field_place_kernel (CfFieldView view, int n, const double *xyz, float *local, int *place)
{
  int i = blockIdx.x * CF_BLOCK + threadIdx.x;
  CfRegionWeight weights[CF_PARTITION_OVERLAP_MAX];

  if (i >= n)
    return;
  int parts = cf_field_weights (view, xyz + 3 * i, weights);
  for (int k = 0; k < parts; k++)
    {
      int region = weights[k].region;

      if (view.kinds[region] != CF_REGION_NET)
        continue;
      size_t row = view.begins[region] + atomicAdd (&view.counts[region], 1);
      place[(size_t) k * n + i] = (int) row;
      for (int a = 0; a < 3; a++)
        local[3 * row + a] = (float) weights[k].local[a];
    }
}

/* Paper: section "Sub-regions". d = sum of w_r d_r; its gradient has the weights' own. by_local: [row][3], NULL for values only. */
CF_KERNEL void
cf_field_blend_kernel (CfFieldView view, int n, const double *xyz, const int *place, const float *t, const float *by_local, float *value,
                       float *gradient)
{
  int i = blockIdx.x * CF_BLOCK + threadIdx.x;
  CfRegionWeight weights[CF_PARTITION_OVERLAP_MAX];
  double sum = 0, by_ijk[3] = { 0, 0, 0 };

  if (i >= n)
    return;
  int parts = cf_field_weights (view, xyz + 3 * i, weights);
  for (int k = 0; k < parts; k++)
    {
      const CfRegionWeight &w = weights[k];
      bool net = view.kinds[w.region] == CF_REGION_NET;
      size_t row = net ? place[(size_t) k * n + i] : 0;
      double dd = 0, d = net ? cf_transform_back (&view.transform, t[row], &dd) : view.flat[w.region];

      sum += w.weight * d;
      for (int a = 0; a < 3 && by_local != NULL; a++)
        by_ijk[a] += w.gradient[a] * d + (net ? w.weight * dd * by_local[3 * row + a] * view.scale[a] : 0);
    }
  value[i] = parts > 0 ? (float) sum : NAN;
  for (int b = 0; b < 3 && gradient != NULL; b++)
    gradient[3 * (size_t) i + b] = parts > 0 ? (float) (by_ijk[0] * view.inverse[0][b] + by_ijk[1] * view.inverse[1][b] + by_ijk[2] * view.inverse[2][b])
                                             : NAN;
}
