/* cf-partition.h: sub-regions of at most 64 voxels a side and the weights that blend them. method.md section 2. */
#pragma once

#include <glib.h>

#include "cf-blend.h"

G_BEGIN_DECLS

#define CF_REGION_MAX 64          /* voxels a side */
#define CF_REGION_OVERLAP 4       /* voxels that neighbours share at least */

typedef enum
{
  CF_PARTITION_BALANCED, /* v = ceil ((n + 4 (r - 1)) / r) */
  CF_PARTITION_PAPER     /* v = min (64, n) */
} CfPartitionKind;

typedef struct
{
  CfPartitionKind kind;
  CfPartitionAxis axis[3];
} CfPartition;

typedef struct
{
  int index;             /* (iz * count[1] + iy) * count[0] + ix */
  int position[3];       /* ix, iy, iz */
  int start[3], size[3]; /* voxels of the crop */
} CfRegion;

/** r = ceil ((n - 64) / 60) + 1 where n > 64, else 1; region i starts at floor (i s), s = (n - v) / (r - 1). FALSE where an axis
 * has more than CF_PARTITION_AXIS_MAX regions or no voxel. */
gboolean cf_partition_init (CfPartition *partition, CfPartitionKind kind, const int dims[3]);
int cf_partition_n_regions (const CfPartition *partition);
void cf_partition_region (const CfPartition *partition, int index, CfRegion *out);

/** The regions that a point (grid coordinates of the crop) belongs to; their weights sum to 1 and gradients to 0. Returns how
 * many, 0 outside the map. Regions of weight 0 are left out. */
int cf_partition_weights (const CfPartition *partition, CfBlend blend, const double ijk[3], CfRegionWeight out[CF_PARTITION_OVERLAP_MAX]);
/** d local / d ijk on each axis: 2 / (size - 1), 0 where an axis has one voxel. */
void cf_partition_local_scale (const CfPartition *partition, double scale[3]);

G_END_DECLS
