#include "cf-grid.h"

#include <math.h>

void
cf_grid_init (CfGrid *grid, const int dims[3], const double origin[3], const double step[3][3])
{
  double s[3][3], o[3];
  int n[3];
  for (int a = 0; a < 3; a++)
    {
      n[a] = dims[a];
      o[a] = origin[a];
      for (int b = 0; b < 3; b++)
        s[a][b] = step[a][b];
    }
  double cofactor[3][3];
  for (int a = 0; a < 3; a++)
    {
      const double *u = s[(a + 1) % 3], *v = s[(a + 2) % 3];
      for (int b = 0; b < 3; b++)
        cofactor[a][b] = u[(b + 1) % 3] * v[(b + 2) % 3] - u[(b + 2) % 3] * v[(b + 1) % 3];
    }
  double determinant = s[0][0] * cofactor[0][0] + s[0][1] * cofactor[0][1] + s[0][2] * cofactor[0][2];
  g_return_if_fail (isfinite (determinant) && determinant != 0.0);
  g_return_if_fail (n[0] > 0 && n[1] > 0 && n[2] > 0);
  for (int a = 0; a < 3; a++)
    {
      grid->dims[a] = n[a];
      grid->origin[a] = o[a];
      for (int b = 0; b < 3; b++)
        {
          grid->step[a][b] = s[a][b];
          grid->inverse[a][b] = cofactor[a][b] / determinant;
        }
    }
}

void
cf_grid_init_orthogonal (CfGrid *grid, const int dims[3], const double origin[3], const double spacing[3])
{
  const double step[3][3] = { { spacing[0], 0, 0 }, { 0, spacing[1], 0 }, { 0, 0, spacing[2] } };
  cf_grid_init (grid, dims, origin, step);
}

/* Exact at 90 degrees, so that an orthogonal cell gives a lattice without a trace of shear. */
static double
cosine (double degrees)
{
  return degrees == 90.0 ? 0.0 : cos (degrees * G_PI / 180.0);
}

void
cf_grid_steps_from_cell (const double cell[6], const int m[3], double step[3][3])
{
  double cos_alpha = cosine (cell[3]), cos_beta = cosine (cell[4]), cos_gamma = cosine (cell[5]);
  double sin_gamma = cell[5] == 90.0 ? 1.0 : sin (cell[5] * G_PI / 180.0);
  double c_y = (cos_alpha - cos_beta * cos_gamma) / sin_gamma;
  double c_z = sqrt (MAX (0.0, 1.0 - cos_beta * cos_beta - c_y * c_y));
  const double vectors[3][3] = {
    { cell[0], 0, 0 },
    { cell[1] * cos_gamma, cell[1] * sin_gamma, 0 },
    { cell[2] * cos_beta, cell[2] * c_y, cell[2] * c_z },
  };
  for (int a = 0; a < 3; a++)
    for (int b = 0; b < 3; b++)
      step[a][b] = vectors[a][b] / m[a];
}

void
cf_grid_to_world (const CfGrid *grid, const double ijk[3], double xyz[3])
{
  double i = ijk[0], j = ijk[1], k = ijk[2];
  for (int b = 0; b < 3; b++)
    xyz[b] = grid->origin[b] + i * grid->step[0][b] + j * grid->step[1][b] + k * grid->step[2][b];
}

void
cf_grid_from_world (const CfGrid *grid, const double xyz[3], double ijk[3])
{
  double x = xyz[0] - grid->origin[0], y = xyz[1] - grid->origin[1], z = xyz[2] - grid->origin[2];
  for (int a = 0; a < 3; a++)
    ijk[a] = grid->inverse[a][0] * x + grid->inverse[a][1] * y + grid->inverse[a][2] * z;
}

void
cf_grid_gradient_to_world (const CfGrid *grid, const double by_voxel[3], double by_world[3])
{
  double i = by_voxel[0], j = by_voxel[1], k = by_voxel[2];
  for (int b = 0; b < 3; b++)
    by_world[b] = i * grid->inverse[0][b] + j * grid->inverse[1][b] + k * grid->inverse[2][b];
}

gsize
cf_grid_n_voxels (const CfGrid *grid)
{
  return (gsize) grid->dims[0] * (gsize) grid->dims[1] * (gsize) grid->dims[2];
}

double
cf_grid_edge (const CfGrid *grid, int axis)
{
  const double *s = grid->step[axis];
  return sqrt (s[0] * s[0] + s[1] * s[1] + s[2] * s[2]);
}

double
cf_grid_smallest_edge (const CfGrid *grid)
{
  return MIN (cf_grid_edge (grid, 0), MIN (cf_grid_edge (grid, 1), cf_grid_edge (grid, 2)));
}

gboolean
cf_grid_is_orthogonal (const CfGrid *grid)
{
  for (int a = 0; a < 3; a++)
    for (int b = 0; b < 3; b++)
      if (a != b && fabs (grid->step[a][b]) > 1e-9 * cf_grid_edge (grid, a))
        return FALSE;
  return TRUE;
}

gboolean
cf_grid_contains (const CfGrid *grid, const double ijk[3])
{
  /* Written so that a NAN is outside. */
  for (int a = 0; a < 3; a++)
    if (!(ijk[a] >= -1e-9 && ijk[a] <= grid->dims[a] - 1 + 1e-9))
      return FALSE;
  return TRUE;
}

void
cf_grid_crop (const CfGrid *grid, const int lo[3], const int dims[3], CfGrid *out)
{
  double corner[3];
  cf_grid_to_world (grid, (const double[3]){ lo[0], lo[1], lo[2] }, corner);
  cf_grid_init (out, dims, corner, grid->step);
}

void
cf_grid_resample (const CfGrid *grid, double spacing, CfGrid *out)
{
  g_return_if_fail (spacing > 0);
  int dims[3];
  double step[3][3];
  for (int a = 0; a < 3; a++)
    {
      double edge = cf_grid_edge (grid, a);
      dims[a] = (int) floor ((grid->dims[a] - 1) * edge / spacing + 1e-6) + 1;
      for (int b = 0; b < 3; b++)
        step[a][b] = grid->step[a][b] / edge * spacing;
    }
  cf_grid_init (out, dims, grid->origin, step);
}

void
cf_grid_bounds (const CfGrid *grid, double lo[3], double hi[3])
{
  for (int corner = 0; corner < 8; corner++)
    {
      double ijk[3], xyz[3];
      for (int a = 0; a < 3; a++)
        ijk[a] = corner >> a & 1 ? grid->dims[a] - 1 : 0;
      cf_grid_to_world (grid, ijk, xyz);
      for (int b = 0; b < 3; b++)
        {
          lo[b] = corner == 0 ? xyz[b] : MIN (lo[b], xyz[b]);
          hi[b] = corner == 0 ? xyz[b] : MAX (hi[b], xyz[b]);
        }
    }
}
