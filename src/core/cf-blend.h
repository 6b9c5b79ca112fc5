/* cf-blend.h: the weights that blend the sub-regions at a point, for host and device. method.md section 2. Use it through cf-partition.h. */
#pragma once

#include "cf-both.h"

#define CF_PARTITION_AXIS_MAX 256 /* regions along one axis */
#define CF_PARTITION_OVERLAP_MAX 27
#define CF_EDGE_TOLERANCE 1e-9 /* voxels: rounding of a point on the map's face */

typedef enum
{
  CF_BLEND_SMOOTH, /* product over axes of a smootherstep (C2) partition of unity */
  CF_BLEND_PAPER   /* mean over the overlapped axes of linear weights; discontinuous at edges of overlaps */
} CfBlend;

/** How one axis is cut. */
typedef struct
{
  int n;     /* voxels */
  int count; /* regions */
  int size;  /* voxels of each */
  int start[CF_PARTITION_AXIS_MAX];
} CfPartitionAxis;

/** One region's share of a point. local: the region's coordinates, [-1, 1] from first to last voxel centre on each axis (0 where
 * an axis has one voxel). */
typedef struct
{
  int region;
  double weight;
  double gradient[3]; /* d weight / d ijk */
  double local[3];
} CfRegionWeight;

/* One axis at one point: the regions first .. first + n - 1 hold it, each with its share and the share's slope. Three at most, because
 * the spacing of regions is more than half of what they do not share. */
typedef struct
{
  int first, n;
  double weight[3], slope[3], local[3];
} CfAxisShare;

/* From 0 at lo to 1 at hi, and its slope. */
CF_BOTH double
cf_blend_hand_over (CfBlend blend, double lo, double hi, double x, double *slope)
{
  double u = (x - lo) / (hi - lo);

  *slope = 0;
  if (u <= 0)
    return 0;
  if (u >= 1)
    return 1;
  if (blend == CF_BLEND_PAPER)
    {
      *slope = 1 / (hi - lo);
      return u;
    }
  *slope = 30 * u * u * (u - 1) * (u - 1) / (hi - lo);
  return u * u * u * (u * (6 * u - 15) + 10);
}

CF_BOTH int
cf_blend_last_region_before (const CfPartitionAxis *axis, double x)
{
  int count = axis->count, i = 0;

  if (count > 1)
    {
      i = (int) (x * (count - 1) / (axis->n - axis->size));
      i = i < 0 ? 0 : i > count - 1 ? count - 1 : i;
    }
  while (i + 1 < count && axis->start[i + 1] <= x)
    i++;
  while (i > 0 && axis->start[i] > x)
    i--;
  return i;
}

/* w_i = (prod over j < i of H_j) (1 - H_i), H_i being the hand-over from region i to i + 1 over what they share. The sum telescopes to 1, also
 * where three regions share a point; with two it is the usual pair of weights. 0 outside the map. */
CF_BOTH int
cf_blend_share_axis (const CfPartitionAxis *axis, CfBlend blend, double x, CfAxisShare *out)
{
  const int *start = axis->start;
  int count = axis->count, size = axis->size, last, k;
  double product = 1, product_slope = 0;

  if (!(x >= -CF_EDGE_TOLERANCE && x <= axis->n - 1 + CF_EDGE_TOLERANCE))
    return 0;
  x = x < 0 ? 0 : x > axis->n - 1 ? axis->n - 1 : x;
  last = cf_blend_last_region_before (axis, x);
  out->first = last;
  while (out->first > 0 && last - out->first < 2 && start[out->first - 1] + size - 1 >= x)
    out->first--;
  out->n = last - out->first + 1;

  for (k = 0; k < out->n; k++)
    {
      int i = out->first + k;
      double h = 0, slope = 0;

      if (i + 1 < count)
        h = cf_blend_hand_over (blend, start[i + 1], start[i] + size - 1, x, &slope);
      out->weight[k] = product * (1 - h);
      out->slope[k] = product_slope * (1 - h) - product * slope;
      product_slope = product_slope * h + product * slope;
      product *= h;
      out->local[k] = size > 1 ? 2 * (x - start[i]) / (size - 1) - 1 : 0;
    }
  return out->n;
}

CF_BOTH void
cf_blend_weigh_smooth (const CfAxisShare share[3], const int k[3], CfRegionWeight *out)
{
  double wx = share[0].weight[k[0]], wy = share[1].weight[k[1]], wz = share[2].weight[k[2]];

  out->weight = wx * wy * wz;
  out->gradient[0] = share[0].slope[k[0]] * wy * wz;
  out->gradient[1] = wx * share[1].slope[k[1]] * wz;
  out->gradient[2] = wx * wy * share[2].slope[k[2]];
}

/* Paper: section "Sub-regions", the mean of the per-axis weighted sums. Read as: a region's weight is the sum over the axes that are overlapped
 * here of its linear weight on that axis, divided by the sum of the same over all regions that hold the point (a constant within one
 * overlap, so it has no slope). */
CF_BOTH void
cf_blend_weigh_paper (const CfAxisShare share[3], const int k[3], CfRegionWeight *out)
{
  int all = share[0].n * share[1].n * share[2].n, a;
  double sum = 0;

  out->weight = 0;
  for (a = 0; a < 3; a++)
    {
      out->gradient[a] = 0;
      if (share[a].n < 2)
        continue;
      out->weight += share[a].weight[k[a]];
      out->gradient[a] = share[a].slope[k[a]];
      sum += (double) all / share[a].n;
    }
  if (sum == 0)
    {
      out->weight = 1;
      return;
    }
  out->weight /= sum;
  for (a = 0; a < 3; a++)
    out->gradient[a] /= sum;
}

/** See cf_partition_weights (). */
CF_BOTH int
cf_blend_weights (const CfPartitionAxis axis[3], CfBlend blend, const double ijk[3], CfRegionWeight out[CF_PARTITION_OVERLAP_MAX])
{
  CfAxisShare share[3];
  int n = 0, k[3], a;

  for (a = 0; a < 3; a++)
    if (cf_blend_share_axis (&axis[a], blend, ijk[a], &share[a]) == 0)
      return 0;
  for (k[2] = 0; k[2] < share[2].n; k[2]++)
    for (k[1] = 0; k[1] < share[1].n; k[1]++)
      for (k[0] = 0; k[0] < share[0].n; k[0]++)
        {
          CfRegionWeight *w = &out[n];

          if (blend == CF_BLEND_PAPER)
            cf_blend_weigh_paper (share, k, w);
          else
            cf_blend_weigh_smooth (share, k, w);
          if (w->weight <= 0)
            continue;
          w->region = ((share[2].first + k[2]) * axis[1].count + share[1].first + k[1]) * axis[0].count + share[0].first + k[0];
          for (a = 0; a < 3; a++)
            w->local[a] = share[a].local[k[a]];
          n++;
        }
  return n;
}
