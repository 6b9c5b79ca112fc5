/* cf-partition.c: how an axis is cut into sub-regions and how they are blended. */
#include "cf-partition.h"

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

int
cf_partition_weights (const CfPartition *partition, CfBlend blend, const double ijk[3], CfRegionWeight out[CF_PARTITION_OVERLAP_MAX])
{
  return cf_blend_weights (partition->axis, blend, ijk, out);
}
