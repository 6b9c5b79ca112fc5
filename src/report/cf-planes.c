#include "cf-planes.h"

#include <math.h>

static const int right_of[] = { 1, 0, 0 }, up_of[] = { 2, 2, 1 };

/* Sums over the voxels of each pixel; a pixel of a map larger than the picture has several, and all of them weigh the same. */
typedef struct
{
  CfPlane *plane;
  double *sum;
  guint *count;
  int n_right, n_up;
} Canvas;

static void
add_voxel (Canvas *canvas, const int at[3], float value)
{
  const CfPlane *plane = canvas->plane;
  int x = (int)((gint64)at[right_of[plane->axis]] * plane->width / canvas->n_right);
  int y = plane->height - 1 - (int)((gint64)at[up_of[plane->axis]] * plane->height / canvas->n_up);
  gsize i = (gsize)y * plane->width + x;
  canvas->sum[i] += value;
  canvas->count[i]++;
}

static void
add_voxels (Canvas *canvas, const CfVolume *volume)
{
  const int *dims = volume->grid.dims;
  int lo[3] = { 0, 0, 0 }, hi[3] = { dims[0], dims[1], dims[2] }, at[3], axis = canvas->plane->axis;

  if (canvas->plane->kind == CF_PLANE_SLICE)
    {
      lo[axis] = dims[axis] / 2;
      hi[axis] = lo[axis] + 1;
    }
  for (at[2] = lo[2]; at[2] < hi[2]; at[2]++)
    for (at[1] = lo[1]; at[1] < hi[1]; at[1]++)
      for (at[0] = lo[0]; at[0] < hi[0]; at[0]++)
        add_voxel (canvas, at, volume->data[((gsize)at[2] * dims[1] + at[1]) * dims[0] + at[0]]);
}

CfPlane *
cf_plane_new (const CfVolume *volume, CfPlaneKind kind, int axis)
{
  CfPlane *plane = g_new0 (CfPlane, 1);
  Canvas canvas = { plane, NULL, NULL, volume->grid.dims[right_of[axis]], volume->grid.dims[up_of[axis]] };
  int most = MAX (canvas.n_right, canvas.n_up);

  plane->kind = kind;
  plane->axis = axis;
  plane->width = most <= CF_PLANE_PIXELS ? canvas.n_right : MAX (1, canvas.n_right * CF_PLANE_PIXELS / most);
  plane->height = most <= CF_PLANE_PIXELS ? canvas.n_up : MAX (1, canvas.n_up * CF_PLANE_PIXELS / most);
  plane->extent[0] = canvas.n_right * cf_grid_edge (&volume->grid, right_of[axis]);
  plane->extent[1] = canvas.n_up * cf_grid_edge (&volume->grid, up_of[axis]);
  gsize n = (gsize)plane->width * plane->height;
  plane->value = g_new (float, n);
  canvas.sum = g_new0 (double, n);
  canvas.count = g_new0 (guint, n);
  add_voxels (&canvas, volume);
  plane->lo = INFINITY;
  plane->hi = -INFINITY;
  for (gsize i = 0; i < n; i++)
    {
      plane->value[i] = (float)(canvas.sum[i] / canvas.count[i]);
      plane->lo = MIN (plane->lo, plane->value[i]);
      plane->hi = MAX (plane->hi, plane->value[i]);
    }
  g_free (canvas.sum);
  g_free (canvas.count);
  return plane;
}

void
cf_plane_free (CfPlane *plane)
{
  if (plane == NULL)
    return;
  g_free (plane->value);
  g_free (plane);
}
