/* Lattices: shear, round trips, gradients, crops. Expected numbers are worked out by hand or by NumPy where noted. */
#include <math.h>

#include "cf-grid.h"
#include "cf-random.h"

static void
assert_near (double a, double b, double limit)
{
  g_assert_cmpfloat_with_epsilon (a, b, limit);
}

static CfGrid
sheared (void)
{
  CfGrid grid;
  double step[3][3];
  cf_grid_steps_from_cell ((const double[]){ 29.42, 4.99, 37.17, 84, 111.55, 97 }, (const int[]){ 80, 16, 104 }, step);
  cf_grid_init (&grid, (const int[]){ 10, 20, 30 }, (const double[]){ 3, -4, 5 }, step);
  return grid;
}

static void
test_cell (void)
{
  double step[3][3];
  /* Lengths and angles of the vectors must be those of the cell. */
  const double cell[6] = { 50, 60, 70, 80, 95, 105 };
  cf_grid_steps_from_cell (cell, (const int[]){ 1, 1, 1 }, step);
  g_assert_true (step[0][1] == 0 && step[0][2] == 0 && step[1][2] == 0);
  for (int a = 0; a < 3; a++)
    {
      double dot = 0, square = 0;
      const double *u = step[(a + 1) % 3], *v = step[(a + 2) % 3];
      for (int b = 0; b < 3; b++)
        {
          square += step[a][b] * step[a][b];
          dot += u[b] * v[b];
        }
      assert_near (sqrt (square), cell[a], 1e-9);
      assert_near (acos (dot / cell[(a + 1) % 3] / cell[(a + 2) % 3]) * 180 / G_PI, cell[3 + a], 1e-9);
    }
  cf_grid_steps_from_cell ((const double[]){ 10, 20, 30, 90, 90, 90 }, (const int[]){ 10, 10, 10 }, step);
  for (int a = 0; a < 3; a++)
    for (int b = 0; b < 3; b++)
      g_assert_cmpfloat (step[a][b], ==, a == b ? a + 1.0 : 0.0);
  /* gamma 120: b leans back by half of itself. */
  cf_grid_steps_from_cell ((const double[]){ 10, 10, 10, 90, 90, 120 }, (const int[]){ 1, 1, 1 }, step);
  assert_near (step[1][0], -5, 1e-12);
  assert_near (step[1][1], 8.660254037844387, 1e-12);
}

static void
test_round_trip (void)
{
  CfGrid grid = sheared ();
  CfRandom random;
  cf_random_init (&random, 1, 1);
  for (int i = 0; i < 1000; i++)
    {
      double ijk[3], xyz[3], back[3];
      for (int a = 0; a < 3; a++)
        ijk[a] = 100 * cf_random_double (&random) - 50;
      cf_grid_to_world (&grid, ijk, xyz);
      cf_grid_from_world (&grid, xyz, back);
      for (int a = 0; a < 3; a++)
        assert_near (back[a], ijk[a], 1e-9);
    }
}

/* f = 2 x - 3 y + 0.5 z in the world: its derivatives by voxel are differences along the steps. */
static void
test_gradient (void)
{
  CfGrid grid = sheared ();
  const double slope[3] = { 2, -3, 0.5 };
  double by_voxel[3], by_world[3];
  for (int a = 0; a < 3; a++)
    by_voxel[a] = slope[0] * grid.step[a][0] + slope[1] * grid.step[a][1] + slope[2] * grid.step[a][2];
  cf_grid_gradient_to_world (&grid, by_voxel, by_world);
  for (int b = 0; b < 3; b++)
    assert_near (by_world[b], slope[b], 1e-10);
}

static void
test_parts (void)
{
  CfGrid grid = sheared (), part;
  double a[3], b[3];
  cf_grid_crop (&grid, (const int[]){ 2, 3, 4 }, (const int[]){ 5, 6, 7 }, &part);
  g_assert_cmpint (part.dims[2], ==, 7);
  cf_grid_to_world (&grid, (const double[]){ 3, 5, 7 }, a);
  cf_grid_to_world (&part, (const double[]){ 1, 2, 3 }, b);
  for (int i = 0; i < 3; i++)
    assert_near (a[i], b[i], 1e-12);
  g_assert_false (cf_grid_is_orthogonal (&grid));
  g_assert_cmpuint (cf_grid_n_voxels (&grid), ==, 6000);

  CfGrid plain, fine;
  cf_grid_init_orthogonal (&plain, (const int[]){ 11, 11, 4 }, (const double[]){ 1, 2, 3 }, (const double[]){ 1, 0.9, 1.3 });
  g_assert_true (cf_grid_is_orthogonal (&plain));
  assert_near (cf_grid_smallest_edge (&plain), 0.9, 1e-15);
  cf_grid_resample (&plain, 0.5, &fine);
  /* 10 / 0.5, 9 / 0.5, floor (3.9 / 0.5) steps, and one. */
  g_assert_cmpint (fine.dims[0], ==, 21);
  g_assert_cmpint (fine.dims[1], ==, 19);
  g_assert_cmpint (fine.dims[2], ==, 8);
  assert_near (fine.step[2][2], 0.5, 1e-15);
  assert_near (fine.origin[1], 2, 1e-15);
  double lo[3], hi[3];
  cf_grid_bounds (&plain, lo, hi);
  assert_near (hi[1], 11, 1e-12);
  assert_near (lo[2], 3, 1e-15);
}

static void
test_contains (void)
{
  CfGrid grid = sheared ();
  g_assert_true (cf_grid_contains (&grid, (const double[]){ 0, 0, 0 }));
  g_assert_true (cf_grid_contains (&grid, (const double[]){ 9, 19, 29 }));
  g_assert_true (cf_grid_contains (&grid, (const double[]){ -5e-10, 19, 29 }));
  g_assert_false (cf_grid_contains (&grid, (const double[]){ -1e-6, 0, 0 }));
  g_assert_false (cf_grid_contains (&grid, (const double[]){ 0, 19.1, 0 }));
  g_assert_false (cf_grid_contains (&grid, (const double[]){ 0, NAN, 0 }));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/grid/cell", test_cell);
  g_test_add_func ("/grid/round-trip", test_round_trip);
  g_test_add_func ("/grid/gradient", test_gradient);
  g_test_add_func ("/grid/parts", test_parts);
  g_test_add_func ("/grid/contains", test_contains);
  return g_test_run ();
}
