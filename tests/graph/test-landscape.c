/* Between samples of a sum of Gaussians on a sheared grid, and where there are no samples. */
#include <math.h>
#include <string.h>

#include "cf-landscape.h"
#include "cf-random.h"

#define WIDTH 1.6 /* A, sd */
#define PEAKS 3

static const double centres[PEAKS][3] = { { 6, 7, 6.5 }, { 11.3, 8.8, 9.1 }, { 15, 12, 7 } };
static const int dims[3] = { 45, 37, 29 }; /* no multiples of a brick's side */

static double
hills (const double x[3], double g[3])
{
  double d = 0;
  memset (g, 0, 3 * sizeof *g);
  for (int p = 0; p < PEAKS; p++)
    {
      double r[3] = { x[0] - centres[p][0], x[1] - centres[p][1], x[2] - centres[p][2] };
      double e = exp (-0.5 * (r[0] * r[0] + r[1] * r[1] + r[2] * r[2]) / (WIDTH * WIDTH));
      d += e;
      for (int a = 0; a < 3; a++)
        g[a] -= e * r[a] / (WIDTH * WIDTH);
    }
  return d;
}

static CfLandscape *
make (double lowest, int thick, CfGrid *grid)
{
  const double origin[3] = { 0, 0.5, 0.25 }, step[3][3] = { { 0.5, 0, 0 }, { 0.08, 0.49, 0 }, { -0.05, 0.1, 0.48 } };
  cf_grid_init (grid, dims, origin, step);
  CfLandscape *landscape = cf_landscape_new (grid, lowest, 2);
  gsize plane = (gsize) dims[0] * dims[1];
  g_autofree float *samples = g_new (float, plane * dims[2]);
  for (gsize i = 0; i < plane * dims[2]; i++)
    {
      double xyz[3], g[3];
      cf_grid_to_world (grid, (double[3]){ i % dims[0], i / dims[0] % dims[1], i / plane }, xyz);
      samples[i] = (float) hills (xyz, g);
    }
  for (int k = 0; k < dims[2]; k += thick)
    cf_landscape_add (landscape, samples + k * plane, MIN (thick, dims[2] - k));
  return landscape;
}

/* Errors against the function itself, at random points between the samples. */
static void
test_between (gconstpointer data)
{
  CfGrid grid;
  g_autoptr (CfLandscape) landscape = make (-1, GPOINTER_TO_INT (data), &grid);
  enum { N = 5000 };
  g_autofree double *xyz = g_new (double, 3 * N);
  g_autofree float *value = g_new (float, N), *gradient = g_new (float, 3 * N);
  CfRandom random;
  cf_random_init (&random, 3, 0);
  for (int i = 0; i < N; i++)
    {
      double ijk[3];
      for (int a = 0; a < 3; a++)
        ijk[a] = 2 + (dims[a] - 5.001) * cf_random_double (&random);
      cf_grid_to_world (&grid, ijk, xyz + 3 * i);
    }
  g_assert_true (cf_landscape_query (landscape, N, xyz, value, gradient, NULL, NULL));
  for (int i = 0; i < N; i++)
    {
      double g[3], d = hills (xyz + 3 * i, g);
      g_assert_cmpfloat_with_epsilon (value[i], d, 4e-4);
      for (int a = 0; a < 3; a++)
        g_assert_cmpfloat_with_epsilon (gradient[3 * i + a], g[a], 4e-3);
    }
}

static void
test_at_samples (void)
{
  CfGrid grid;
  g_autoptr (CfLandscape) landscape = make (-1, 8, &grid);
  for (int k = 2; k < dims[2] - 3; k += 3)
    {
      double xyz[3], g[3];
      float value, gradient[3];
      cf_grid_to_world (&grid, (double[3]){ 2 + k, 3 + k / 2, k }, xyz);
      g_assert_true (cf_landscape_query (landscape, 1, xyz, &value, gradient, NULL, NULL));
      g_assert_cmpfloat_with_epsilon (value, hills (xyz, g), 1e-6);
    }
}

/* Whoever is near a sample of the level is answered; elsewhere and beyond the grid nobody need be, and never wrongly. */
static void
test_kept (void)
{
  CfGrid grid;
  const double lowest = 0.5;
  g_autoptr (CfLandscape) landscape = make (lowest, 16, &grid);
  CfRandom random;
  cf_random_init (&random, 4, 0);
  int n_high = 0, n_unknown = 0;
  for (int i = 0; i < 20000; i++)
    {
      double ijk[3], xyz[3], g[3];
      float value, gradient[3];
      for (int a = 0; a < 3; a++)
        ijk[a] = -4 + (dims[a] + 8) * cf_random_double (&random);
      cf_grid_to_world (&grid, ijk, xyz);
      g_assert_true (cf_landscape_query (landscape, 1, xyz, &value, gradient, NULL, NULL));
      double d = hills (xyz, g);
      gboolean inner = TRUE;
      for (int a = 0; a < 3; a++)
        inner = inner && ijk[a] >= 2 && ijk[a] < dims[a] - 3;
      g_assert_true (isnan (value) == isnan (gradient[0]) && (inner || isnan (value)));
      if (!isnan (value))
        g_assert_cmpfloat_with_epsilon (value, d, 4e-4);
      if (inner && d >= lowest + 0.05)
        {
          n_high++;
          g_assert_false (isnan (value));
        }
      n_unknown += isnan (value) && inner;
    }
  g_assert_cmpint (n_high, >, 50);
  g_assert_cmpint (n_unknown, >, 1000);
}

static void
test_cancel (void)
{
  CfGrid grid;
  g_autoptr (GError) error = NULL;
  g_autoptr (CfLandscape) landscape = make (0.5, 8, &grid);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  double xyz[3] = { 6, 7, 6.5 };
  float value, gradient[3];
  g_cancellable_cancel (cancellable);
  g_assert_false (cf_landscape_query (landscape, 1, xyz, &value, gradient, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/landscape/between/layer-by-layer", GINT_TO_POINTER (8), test_between);
  g_test_add_data_func ("/landscape/between/at-once", GINT_TO_POINTER (29), test_between);
  g_test_add_func ("/landscape/at-samples", test_at_samples);
  g_test_add_func ("/landscape/kept", test_kept);
  g_test_add_func ("/landscape/cancel", test_cancel);
  return g_test_run ();
}
