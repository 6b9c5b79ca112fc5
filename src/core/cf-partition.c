/* cf-partition.c: how an axis is cut into sub-regions and how they are blended. */
#include "cf-partition.h"

#include <math.h>

#define EDGE_TOLERANCE 1e-9 /* voxels: rounding of a point on the map's face */

static int
ceil_div (int a, int b)
{
  return (a + b - 1) / b;
}

/* Paper: section "Sub-regions". */
gboolean
cf_partition_init (CfPartition *partition, CfPartitionKind kind, const int dims[3])
{
  CfPartition made = { .kind = kind };

  for (int a = 0; a < 3; a++)
    {
      int n = dims[a], r, v;

      if (n < 1)
        return FALSE;
      r = n > CF_REGION_MAX ? ceil_div (n - CF_REGION_MAX, CF_REGION_MAX - CF_REGION_OVERLAP) + 1 : 1;
      if (r > CF_PARTITION_AXIS_MAX)
        return FALSE;
      v = kind == CF_PARTITION_PAPER ? MIN (CF_REGION_MAX, n) : ceil_div (n + CF_REGION_OVERLAP * (r - 1), r);
      made.axis[a].n = n;
      made.axis[a].count = r;
      made.axis[a].size = v;
      for (int i = 0; i < r; i++)
        made.axis[a].start[i] = r == 1 ? 0 : (int) ((gint64) i * (n - v) / (r - 1));
    }
  *partition = made;
  return TRUE;
}

int
cf_partition_n_regions (const CfPartition *partition)
{
  return partition->axis[0].count * partition->axis[1].count * partition->axis[2].count;
}

void
cf_partition_region (const CfPartition *partition, int index, CfRegion *out)
{
  int rest = index;

  out->index = index;
  for (int a = 0; a < 3; a++)
    {
      out->position[a] = rest % partition->axis[a].count;
      rest /= partition->axis[a].count;
      out->start[a] = partition->axis[a].start[out->position[a]];
      out->size[a] = partition->axis[a].size;
    }
}

void
cf_partition_local_scale (const CfPartition *partition, double scale[3])
{
  for (int a = 0; a < 3; a++)
    scale[a] = partition->axis[a].size > 1 ? 2.0 / (partition->axis[a].size - 1) : 0;
}

/* One axis at one point: the regions first .. first + n - 1 hold it, each with its share and the share's slope. Three at most, because
 * the spacing of regions is more than half of what they do not share. */
typedef struct
{
  int first, n;
  double weight[3], slope[3], local[3];
} AxisShare;

/* From 0 at lo to 1 at hi, and its slope. */
static double
hand_over (CfBlend blend, double lo, double hi, double x, double *slope)
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

static int
last_region_that_starts_before (const CfPartition *partition, int a, double x)
{
  const int *start = partition->axis[a].start;
  int count = partition->axis[a].count, i = 0;

  if (count > 1)
    i = CLAMP ((int) (x * (count - 1) / (partition->axis[a].n - partition->axis[a].size)), 0, count - 1);
  while (i + 1 < count && start[i + 1] <= x)
    i++;
  while (i > 0 && start[i] > x)
    i--;
  return i;
}

/* w_i = (prod over j < i of H_j) (1 - H_i), H_i being the hand-over from region i to i + 1 over what they share. The sum telescopes to 1, also
 * where three regions share a point; with two it is the usual pair of weights. */
static gboolean
share_axis (const CfPartition *partition, CfBlend blend, int a, double x, AxisShare *out)
{
  const int *start = partition->axis[a].start;
  int count = partition->axis[a].count, size = partition->axis[a].size, last;
  double product = 1, product_slope = 0;

  if (!(x >= -EDGE_TOLERANCE && x <= partition->axis[a].n - 1 + EDGE_TOLERANCE))
    return FALSE;
  x = CLAMP (x, 0, partition->axis[a].n - 1);
  last = last_region_that_starts_before (partition, a, x);
  out->first = last;
  while (out->first > 0 && start[out->first - 1] + size - 1 >= x)
    out->first--;
  out->n = last - out->first + 1;
  g_assert (out->n <= 3);

  for (int k = 0; k < out->n; k++)
    {
      int i = out->first + k;
      double h = 0, slope = 0;

      if (i + 1 < count)
        h = hand_over (blend, start[i + 1], start[i] + size - 1, x, &slope);
      out->weight[k] = product * (1 - h);
      out->slope[k] = product_slope * (1 - h) - product * slope;
      product_slope = product_slope * h + product * slope;
      product *= h;
      out->local[k] = size > 1 ? 2 * (x - start[i]) / (size - 1) - 1 : 0;
    }
  return TRUE;
}

static void
weigh_smooth (const AxisShare *share, const int k[3], double *weight, double gradient[3])
{
  double w[3], s[3];

  for (int a = 0; a < 3; a++)
    {
      w[a] = share[a].weight[k[a]];
      s[a] = share[a].slope[k[a]];
    }
  *weight = w[0] * w[1] * w[2];
  gradient[0] = s[0] * w[1] * w[2];
  gradient[1] = w[0] * s[1] * w[2];
  gradient[2] = w[0] * w[1] * s[2];
}

/* Paper: section "Sub-regions", the mean of the per-axis weighted sums. Read as: a region's weight is the sum over the axes that are overlapped
 * here of its linear weight on that axis, divided by the sum of the same over all regions that hold the point (a constant within one
 * overlap, so it has no slope). */
static void
weigh_paper (const AxisShare *share, const int k[3], double *weight, double gradient[3])
{
  int all = share[0].n * share[1].n * share[2].n;
  double sum = 0;

  *weight = 0;
  for (int a = 0; a < 3; a++)
    {
      gradient[a] = 0;
      if (share[a].n < 2)
        continue;
      *weight += share[a].weight[k[a]];
      gradient[a] = share[a].slope[k[a]];
      sum += (double) all / share[a].n;
    }
  if (sum == 0)
    {
      *weight = 1;
      return;
    }
  *weight /= sum;
  for (int a = 0; a < 3; a++)
    gradient[a] /= sum;
}

int
cf_partition_weights (const CfPartition *partition, CfBlend blend, const double ijk[3], CfRegionWeight out[CF_PARTITION_OVERLAP_MAX])
{
  AxisShare share[3];
  int n = 0, k[3];

  for (int a = 0; a < 3; a++)
    if (!share_axis (partition, blend, a, ijk[a], &share[a]))
      return 0;

  for (k[2] = 0; k[2] < share[2].n; k[2]++)
    for (k[1] = 0; k[1] < share[1].n; k[1]++)
      for (k[0] = 0; k[0] < share[0].n; k[0]++)
        {
          CfRegionWeight *w = &out[n];

          if (blend == CF_BLEND_PAPER)
            weigh_paper (share, k, &w->weight, w->gradient);
          else
            weigh_smooth (share, k, &w->weight, w->gradient);
          if (w->weight <= 0)
            continue;
          w->region = ((share[2].first + k[2]) * partition->axis[1].count + share[1].first + k[1]) * partition->axis[0].count
                      + share[0].first + k[0];
          for (int a = 0; a < 3; a++)
            w->local[a] = share[a].local[k[a]];
          n++;
        }
  return n;
}
