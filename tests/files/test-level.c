/* Normalisation and levels. Expected numbers by hand. */
#include <math.h>
#include <string.h>

#include "cf-error.h"
#include "cf-level.h"

/* 1 A voxels; zero but for what `set` puts in. */
static CfVolume *
make_volume (int nx, int ny, int nz, const int (*where)[3], const float *values, int n)
{
  CfGrid grid;
  cf_grid_init_orthogonal (&grid, (const int[]){ nx, ny, nz }, (const double[]){ 0, 0, 0 }, (const double[]){ 1, 1, 1 });
  float *data = g_new0 (float, cf_grid_n_voxels (&grid));
  for (int i = 0; i < n; i++)
    data[(where[i][2] * ny + where[i][1]) * nx + where[i][0]] = values[i];
  return cf_volume_new ("test", &grid, data);
}

static void
test_whole (void)
{
  g_autoptr (CfVolume) volume =
    make_volume (2, 2, 1, (const int[][3]){ { 0, 0, 0 }, { 1, 0, 0 }, { 0, 1, 0 } }, (const float[]){ 4, 2, -6 }, 3);
  CfNormalisation n;
  g_autoptr (GError) error = NULL;
  g_assert_true (cf_normalisation_compute (volume, NAN, &n, &error));
  g_assert_no_error (error);
  g_assert_cmpfloat (n.max, ==, 4);
  /* d = 1, 0.5, 0, 0 */
  g_assert_cmpfloat_with_epsilon (n.mu, 0.375, 1e-15);
  g_assert_cmpfloat_with_epsilon (n.sigma, 0.414578098794425, 1e-14);
  float d[4];
  cf_normalisation_read (&n, volume, (const int[]){ 0, 0, 0 }, (const int[]){ 2, 2, 1 }, d);
  g_assert_true (d[0] == 1 && d[1] == 0.5f && d[2] == 0 && d[3] == 0);
  g_assert_cmpfloat (volume->statistics.min, ==, -6);
  g_assert_cmpfloat (volume->statistics.mean, ==, 0);
}

static void
test_crop (void)
{
  g_autoptr (CfVolume) volume =
    make_volume (40, 30, 20, (const int[][3]){ { 10, 10, 10 }, { 20, 12, 3 }, { 35, 28, 1 } }, (const float[]){ 1, 2, 0.5f }, 3);
  CfNormalisation n;
  g_autoptr (GError) error = NULL;
  g_assert_true (cf_normalisation_compute (volume, 0.9, &n, &error));
  /* x 10..20, y 10..12, z 3..10, five more on each side, cut at 0. */
  g_assert_cmpint (n.lo[0], ==, 5);
  g_assert_cmpint (n.lo[1], ==, 5);
  g_assert_cmpint (n.lo[2], ==, 0);
  g_assert_cmpint (n.dims[0], ==, 21);
  g_assert_cmpint (n.dims[1], ==, 13);
  g_assert_cmpint (n.dims[2], ==, 16);
  double count = 21 * 13 * 16, mu = 1.5 / count;
  g_assert_cmpfloat_with_epsilon (n.mu, mu, 1e-15);
  g_assert_cmpfloat_with_epsilon (n.sigma, sqrt (1.25 / count - mu * mu), 1e-14);
  float d[4];
  cf_normalisation_read (&n, volume, (const int[]){ 14, 7, 3 }, (const int[]){ 2, 1, 2 }, d);
  g_assert_true (d[0] == 0 && d[1] == 1 && d[2] == 0 && d[3] == 0);
}

static void
test_narrow (void)
{
  /* Voxels of 1 A from the origin 0; the largest value is outside the box. */
  g_autoptr (CfVolume) volume =
    make_volume (40, 30, 20, (const int[][3]){ { 10, 10, 10 }, { 20, 12, 3 }, { 35, 28, 1 } }, (const float[]){ 1, 2, 0.5f }, 3);
  const double none[] = { 50, 0, 0, 60, 10, 10 }, turned[] = { 5, 5, 5, 4, 6, 6 };
  CfNormalisation whole, n;
  double box[6];
  cf_normalisation_compute (volume, NAN, &whole, NULL);
  for (int k = 0; k < 2; k++)
    {
      /* On voxels, and a little within: the same voxels. */
      for (int a = 0; a < 3; a++)
        {
          double edge = cf_grid_edge (&volume->grid, a);
          box[a] = volume->grid.origin[a] + ((const int[]){ 8, -4, 9 })[a] * edge + 0.3 * k * edge;
          box[3 + a] = volume->grid.origin[a] + ((const int[]){ 12, 11, 90 })[a] * edge - 0.3 * k * edge;
        }
      n = whole;
      g_assert_true (cf_normalisation_narrow (&n, volume, box, NULL));
      for (int a = 0; a < 3; a++)
        {
          g_assert_cmpint (n.lo[a], ==, ((const int[]){ 8, 0, 9 })[a]);
          g_assert_cmpint (n.dims[a], ==, ((const int[]){ 5, 12, 11 })[a]);
        }
      g_assert_cmpfloat (n.max, ==, 2);
      g_assert_cmpfloat (n.mu, ==, whole.mu);
    }
  for (int k = 0; k < 2; k++)
    {
      g_autoptr (GError) error = NULL;
      n = whole;
      g_assert_false (cf_normalisation_narrow (&n, volume, k == 0 ? none : turned, &error));
      g_assert_error (error, CF_ERROR, CF_ERROR_ARGUMENT);
      g_assert_cmpint (n.dims[0], ==, 40);
    }
}

static void
assert_empty (CfVolume *volume, double contour)
{
  CfNormalisation n = { .max = 123 };
  g_autoptr (GError) error = NULL;
  g_assert_false (cf_normalisation_compute (volume, contour, &n, &error));
  g_assert_error (error, CF_INPUT_ERROR, CF_INPUT_ERROR_EMPTY);
  g_assert_cmpfloat (n.max, ==, 123);
}

static void
test_empty (void)
{
  CfGrid grid;
  cf_grid_init_orthogonal (&grid, (const int[]){ 2, 2, 2 }, (const double[]){ 0, 0, 0 }, (const double[]){ 1, 1, 1 });
  for (int value = -1; value <= 1; value++)
    {
      float *data = g_new (float, 8);
      for (int i = 0; i < 8; i++)
        data[i] = (float) value;
      g_autoptr (CfVolume) constant = cf_volume_new ("constant", &grid, data);
      assert_empty (constant, NAN);
    }
  g_autoptr (CfVolume) negative = make_volume (2, 2, 2, (const int[][3]){ { 0, 0, 0 } }, (const float[]){ -3 }, 1);
  assert_empty (negative, NAN);
  g_autoptr (CfVolume) usual = make_volume (2, 2, 2, (const int[][3]){ { 0, 0, 0 } }, (const float[]){ 3 }, 1);
  assert_empty (usual, 3.5);
}

static void
test_units (void)
{
  const CfNormalisation n = { .dims = { 9, 9, 9 }, .max = 5, .mu = 0.1, .sigma = 0.05 };
  CfLevel level = cf_level_from_sigma (&n, 4);
  g_assert_cmpfloat_with_epsilon (level.normalised, 0.3, 1e-15);
  g_assert_cmpfloat_with_epsilon (level.file, 1.5, 1e-15);
  CfLevel again = cf_level_from_file (&n, 1.5);
  g_assert_cmpfloat_with_epsilon (again.sigma, 4, 1e-12);
  g_assert_cmpfloat_with_epsilon (cf_level_generic (&n).normalised, 0.25, 1e-15);
  g_assert_cmpfloat_with_epsilon (cf_level_floor (&n).normalised, 0.15, 1e-15);
  const CfNormalisation thin = { .dims = { 9, 9, 9 }, .max = 5, .mu = 0.001, .sigma = 0.002 };
  g_assert_cmpfloat (cf_level_generic (&thin).normalised, ==, 0.1);
  g_assert_cmpfloat_with_epsilon (cf_level_floor (&thin).normalised, 0.05, 1e-15);
  const CfNormalisation flat = { .dims = { 9, 9, 9 }, .max = 5, .mu = 0.3, .sigma = 0.01 };
  g_assert_cmpfloat_with_epsilon (cf_level_floor (&flat).normalised, 0.8 * 0.33, 1e-15);
}

/* emd_3197: mu + 3 sigma is above every voxel. Expected by hand: mu + sigma is the lower of the two that the floor chooses from. */
static void
test_unreached (void)
{
  const CfNormalisation n = { .dims = { 20, 20, 20 }, .max = 5.577, .mu = 0.2695, .sigma = 0.289 };
  g_autofree char *warning = cf_level_warning (&n);
  g_assert_nonnull (warning);
  g_assert_cmpfloat_with_epsilon (cf_level_generic (&n).normalised, 1.1365, 1e-12);
  g_assert_cmpfloat_with_epsilon (cf_level_start (&n).normalised, 0.5585, 1e-12);
  CfLevel level;
  CfLevelSpec spec = { CF_LEVEL_GENERIC, 0 };
  g_assert_true (cf_level_spec_resolve (&spec, &n, NAN, &level, NULL));
  g_assert_cmpfloat_with_epsilon (level.normalised, 0.5585, 1e-12);
  const CfNormalisation usual = { .dims = { 9, 9, 9 }, .max = 5, .mu = 0.1, .sigma = 0.05 };
  g_assert_null (cf_level_warning (&usual));
  g_assert_cmpfloat_with_epsilon (cf_level_start (&usual).normalised, 0.25, 1e-15);
}

static void
test_option (void)
{
  const CfNormalisation n = { .dims = { 9, 9, 9 }, .max = 5, .mu = 0.1, .sigma = 0.05 };
  static const struct
  {
    const char *text;
    double normalised;
  } good[] = { { "3sigma", 0.25 }, { "contour", 0.4 }, { "norm=0.31", 0.31 }, { "file=1", 0.2 }, { "sigma=-1", 0.05 }, { "norm=1e-1", 0.1 } };
  static const char *const bad[] = { "",       "3 sigma",   "norm=",    "norm=0.3x", "norm=2",  "norm=-0.1", "file=nan",
                                     "file=inf", "sigma=0x10", "norm= 0.3", "Contour",   "level=1", "0.3" };
  for (guint i = 0; i < G_N_ELEMENTS (good); i++)
    {
      CfLevelSpec spec;
      CfLevel level;
      g_autoptr (GError) error = NULL;
      g_assert_true (cf_level_spec_parse (good[i].text, &spec, &error));
      g_assert_true (cf_level_spec_resolve (&spec, &n, 2.0, &level, &error));
      g_assert_cmpfloat_with_epsilon (level.normalised, good[i].normalised, 1e-15);
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      CfLevelSpec spec;
      g_autoptr (GError) error = NULL;
      g_assert_false (cf_level_spec_parse (bad[i], &spec, &error));
      g_assert_error (error, CF_ERROR, CF_ERROR_ARGUMENT);
    }
  CfLevelSpec spec;
  CfLevel level;
  g_autoptr (GError) missing = NULL, plateau = NULL;
  g_assert_true (cf_level_spec_parse ("contour", &spec, NULL));
  g_assert_false (cf_level_spec_resolve (&spec, &n, NAN, &level, &missing));
  g_assert_error (missing, CF_ERROR, CF_ERROR_ARGUMENT);
  g_assert_true (cf_level_spec_parse ("plateau", &spec, NULL));
  g_assert_false (cf_level_spec_resolve (&spec, &n, 1, &level, &plateau));
  g_assert_error (plateau, CF_ERROR, CF_ERROR_ARGUMENT);
  level = cf_level_from_normalised (&n, 1.0 / 3);
  g_autofree char *option = cf_level_to_option (&level);
  g_assert_cmpstr (option, ==, "norm=0.333333333");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/level/whole", test_whole);
  g_test_add_func ("/level/crop", test_crop);
  g_test_add_func ("/level/narrow", test_narrow);
  g_test_add_func ("/level/empty", test_empty);
  g_test_add_func ("/level/units", test_units);
  g_test_add_func ("/level/unreached", test_unreached);
  g_test_add_func ("/level/option", test_option);
  return g_test_run ();
}
