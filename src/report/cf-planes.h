/* cf-planes.h: a map as flat pictures: sums along its axes, and the slices through its middle. */
#pragma once

#include "cf-volume.h"

G_BEGIN_DECLS

#define CF_PLANE_PIXELS 192 /* a side at most: larger maps are averaged down */

typedef enum
{
  CF_PLANE_PROJECTION, /* mean along the axis */
  CF_PLANE_SLICE       /* the middle voxel of the axis, rounded down */
} CfPlaneKind;

/** Seen against the axis: along Z, x to the right and y up; along Y, x and z; along X, y and z. Grid axes: of a cell that is not
 * rectangular each is drawn at right angles. */
typedef struct
{
  CfPlaneKind kind;
  int axis;           /* 0, 1, 2: X, Y, Z */
  int width, height;  /* pixels */
  float *value;       /* [height][width], file units, first row on top */
  double extent[2];   /* A: to the right, upwards */
  double lo, hi;      /* of value */
} CfPlane;

/** Of all voxels of the volume. Thread safe. */
CfPlane *cf_plane_new (const CfVolume *volume, CfPlaneKind kind, int axis);
void cf_plane_free (CfPlane *plane);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfPlane, cf_plane_free)

G_END_DECLS
