/* What a region's network is given: voxels, points between them, and nothing of what is held out. */
#include <math.h>
#include <string.h>

#include "cf-holes.h"
#include "cf-random.h"
#include "cf-region-fit.h"

enum { NX = 31, NY = 30, NZ = 29 };
static const int dims[3] = { NX, NY, NZ };

/* Its mirror images at the faces go on smoothly, as the spline takes it. */
static double
wave (double x, double y, double z)
{
  return 0.5 + 0.2 * cos (G_PI * 3 * x / (NX - 1)) * cos (G_PI * 2 * y / (NY - 1)) + 0.29 * cos (G_PI * 4 * z / (NZ - 1));
}

static CfVolume *
make_volume (double (*density) (double x, double y, double z))
{
  float *data = g_new (float, NX * NY * NZ);
  const double origin[3] = { 0 }, spacing[3] = { 1, 1, 1 };
  CfGrid grid;

  for (int i = 0; i < NX * NY * NZ; i++)
    data[i] = (float) density (i % NX, i / NX % NY, i / NX / NY);
  cf_grid_init_orthogonal (&grid, dims, origin, spacing);
  return cf_volume_new ("wave", &grid, data);
}

static CfRecipe
make_recipe (void)
{
  CfRecipe recipe = *cf_recipe_get (CF_RECIPE_DEFAULT);

  recipe.transform = (CfTransform){ CF_TRANSFORM_SQRT, 0.05 };
  recipe.off_grid = 0.5;
  recipe.held_out = 0.05;
  return recipe;
}

static void
test_points_between (void)
{
  g_autoptr (CfVolume) volume = make_volume (wave);
  CfRegion region = { .index = 3, .start = { 0, 2, 9 }, .size = { NX, 25, 20 } };
  CfRecipe recipe = make_recipe ();
  CfNormalisation normalisation;
  CfSamples samples;
  gsize voxels = (gsize) NX * 25 * 20, kept, between = 0, poor = 0;
  double worst = 0;

  g_assert_true (cf_normalisation_compute (volume, NAN, &normalisation, NULL));
  cf_samples_read (&samples, volume, &normalisation, &region, &recipe, 7);
  kept = voxels - samples.n_held;
  g_assert_cmpuint (samples.n - kept, ==, 8 * (gsize) (0.5 * kept));
  g_assert_cmpuint (samples.n_rare, ==, samples.n - kept);
  g_assert_cmpuint (cf_samples_an_epoch (&samples, &recipe), ==, kept + (gsize) (0.5 * kept));
  for (gsize i = 0; i < samples.n; i++)
    {
      double ijk[3], d, miss;

      for (int a = 0; a < 3; a++)
        ijk[a] = region.start[a] + (samples.local[3 * i + a] + 1) * (region.size[a] - 1) / 2;
      between += fabs (ijk[0] - round (ijk[0])) > 1e-3;
      g_assert_cmpfloat (ijk[1], >=, 2);
      g_assert_cmpfloat (ijk[1], <=, 26);
      d = wave (ijk[0], ijk[1], ijk[2]) / normalisation.max;
      miss = fabs (samples.target[i] - cf_transform_forward (&recipe.transform, d));
      poor += miss > 1e-3;
      worst = MAX (worst, miss);
    }
  g_assert_cmpuint (between, >, 0.95 * (samples.n - kept));
  /* Of a range of 2: what remains is what the polynomials of holes miss that lie together at an edge of the map. */
  g_assert_cmpuint (poor, <, 0.002 * samples.n);
  g_assert_cmpfloat (worst, <, 2e-2);
  cf_samples_clear (&samples);
}

/* Other values in the voxels that are held out change nothing of what is learned. */
static void
test_held_out_is_not_learned (void)
{
  g_autoptr (CfVolume) volume = make_volume (wave), other = make_volume (wave);
  CfRegion region = { .size = { NX, NY, 20 } };
  CfRecipe recipe = make_recipe ();
  CfNormalisation normalisation;
  CfSamples samples, changed;
  int n = 0;

  for (int i = 0; i < NX * NY * NZ; i++)
    if (cf_voxel_is_held_out (5, 0.05, i))
      {
        other->data[i] = 0.3f;
        n++;
      }
  g_assert_cmpint (n, >, 0.04 * NX * NY * NZ);
  g_assert_cmpint (n, <, 0.06 * NX * NY * NZ);
  g_assert_true (cf_normalisation_compute (volume, NAN, &normalisation, NULL));
  cf_samples_read (&samples, volume, &normalisation, &region, &recipe, 5);
  cf_samples_read (&changed, other, &normalisation, &region, &recipe, 5);
  g_assert_cmpuint (samples.n, ==, changed.n);
  g_assert_cmpmem (samples.local, sizeof (float) * 3 * samples.n, changed.local, sizeof (float) * 3 * changed.n);
  for (gsize i = 0; i < samples.n; i++)
    g_assert_cmpfloat_with_epsilon (samples.target[i], changed.target[i], 1e-4);
  g_assert_cmpuint (samples.n_held, ==, changed.n_held);
  g_assert_cmpuint (samples.n_held, >, 0.04 * NX * NY * 20);
  g_assert_cmpfloat (samples.held_target[0], !=, changed.held_target[0]);
  cf_samples_clear (&samples);
  cf_samples_clear (&changed);
}

/* A wave within a mask, which goes below 0. */
static double
masked (double x, double y, double z)
{
  double r = hypot (hypot (x - 15, y - 15), z - 15);

  return r < 11 ? 0.3 + wave (x, y, z) - 0.9 * (r > 6) : 0;
}

/* Outside the mask nothing is asked but that nothing is there; below 0 the signs are learned; where the mask ends no spline is asked. */
static void
test_mask (void)
{
  g_autoptr (CfVolume) volume = make_volume (masked);
  CfRegion region = { .size = { NX, NY, NZ } };
  CfRecipe recipe = make_recipe ();
  CfNormalisation normalisation;
  gsize nothing = 0, below = 0, between = 0;
  CfSamples samples;

  recipe.transform = (CfTransform){ .rectified = TRUE };
  g_assert_true (cf_normalisation_compute (volume, NAN, &normalisation, NULL));
  cf_samples_read (&samples, volume, &normalisation, &region, &recipe, 7);
  g_assert_true (isfinite (samples.variance));
  for (gsize i = 0; i < samples.n; i++)
    {
      double ijk[3], d;
      gboolean at_voxel = TRUE;

      for (int a = 0; a < 3; a++)
        {
          ijk[a] = (samples.local[3 * i + a] + 1) * (dims[a] - 1) / 2;
          at_voxel = at_voxel && fabs (ijk[a] - round (ijk[a])) < 1e-4;
        }
      d = masked (round (ijk[0]), round (ijk[1]), round (ijk[2])) / normalisation.max;
      if (at_voxel)
        {
          g_assert_true (isnan (samples.target[i]) == (d == 0));
          nothing += d == 0;
          below += d < 0;
          if (d != 0)
            g_assert_cmpfloat_with_epsilon (samples.target[i], 2 * d - 1, 1e-5);
          continue;
        }
      between++;
      for (int corner = 0; corner < 8; corner++)
        {
          const int at[3] = { (int) ijk[0] + (corner & 1), (int) ijk[1] + (corner >> 1 & 1), (int) ijk[2] + (corner >> 2) };

          if (!cf_voxel_is_held_out (7, recipe.held_out, at[0] + NX * (at[1] + (guint64) NY * at[2])))
            g_assert_cmpfloat (masked (at[0], at[1], at[2]), !=, 0);
        }
    }
  g_assert_cmpuint (nothing, >, 10000);
  g_assert_cmpuint (below, >, 1000);
  g_assert_cmpuint (between, >, 10000);
  for (gsize i = 0; i < samples.n_held; i++)
    g_assert_cmpfloat (samples.held_target[i], >=, -1);
  cf_samples_clear (&samples);
  recipe.transform.rectified = FALSE;
  cf_samples_read (&samples, volume, &normalisation, &region, &recipe, 7);
  for (gsize i = 0; i < samples.n; i++)
    g_assert_cmpfloat (samples.target[i], >=, -1);
  cf_samples_clear (&samples);
}

/* Of voxels that two regions share, both hold out the same. */
static void
test_neighbours_agree (void)
{
  g_autoptr (CfVolume) volume = make_volume (wave);
  const CfRegion regions[2] = { { .index = 0, .size = { NX, NY, 20 } }, { .index = 1, .start = { 0, 0, 12 }, .size = { NX, NY, 17 } } };
  CfRecipe recipe = make_recipe ();
  CfNormalisation normalisation;
  g_autofree guint8 *held = g_new0 (guint8, NX * NY * NZ);
  CfSamples samples;
  int both = 0;

  g_assert_true (cf_normalisation_compute (volume, NAN, &normalisation, NULL));
  for (int r = 0; r < 2; r++)
    {
      cf_samples_read (&samples, volume, &normalisation, &regions[r], &recipe, 1);
      for (gsize i = 0; i < samples.n_held; i++)
        {
          gsize voxel = 0;

          for (int a = 2; a >= 0; a--)
            voxel = voxel * dims[a] + regions[r].start[a] + (gsize) lround ((samples.held_local[3 * i + a] + 1) * (regions[r].size[a] - 1) / 2.0);
          held[voxel] |= 1 << r;
        }
      cf_samples_clear (&samples);
    }
  for (int z = 12; z < 20; z++)
    for (int i = z * NX * NY; i < (z + 1) * NX * NY; i++)
      {
        g_assert_true (held[i] == 0 || held[i] == 3);
        both += held[i] == 3;
      }
  g_assert_cmpint (both, >, 200);
}

static double
quintic (double x, double y, double z)
{
  double u = x / 15 - 1, v = y / 15 - 1, w = z / 15 - 1;

  return 2 + u * u * u * u * u - v * v * v * v + 0.3 * w * w * w * u;
}

static void
test_holes (void)
{
  g_autofree float *values = g_new (float, NX * NY * NZ);
  g_autofree guint32 *holes = g_new (guint32, NX * NY * NZ);
  float corner[8] = { 1, 2, 3, 0, 5, 6, 7, 8 };
  const guint32 last = 3;
  gsize n = 0;
  double worst[7] = { 0 };

  for (int points = 4; points <= 6; points += 2)
    {
      n = 0;
      for (int i = 0; i < NX * NY * NZ; i++)
        {
          int x = i % NX, y = i / NX % NY, z = i / NX / NY;

          values[i] = (float) quintic (x, y, z);
          if (x >= 3 && y >= 3 && z >= 3 && x < NX - 3 && y < NY - 3 && z < NZ - 3 && cf_voxel_is_held_out (2, 0.05, i))
            {
              holes[n++] = i;
              values[i] = 1e6f;
            }
        }
      cf_holes_fill (values, dims, holes, n, points);
      for (gsize i = 0; i < n; i++)
        worst[points] = MAX (worst[points], fabs (values[holes[i]] - quintic (holes[i] % NX, holes[i] / NX % NY, holes[i] / NX / NY)));
    }
  /* six points reproduce a polynomial of degree five, four one of degree three */
  g_assert_cmpfloat (worst[6], <, 2e-5);
  g_assert_cmpfloat (worst[4], >, 2e-5);
  g_assert_cmpfloat (worst[4], <, 1e-3);
  cf_holes_fill (corner, (const int[]){ 2, 2, 2 }, &last, 1, 6);
  g_assert_cmpfloat_with_epsilon (corner[3], (2 + 3 + 8) / 3.0, 1e-6);
}

int
main (int argc, char **argv)
{
  cf_compute_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/samples/points-between", test_points_between);
  g_test_add_func ("/samples/held-out-is-not-learned", test_held_out_is_not_learned);
  g_test_add_func ("/samples/mask", test_mask);
  g_test_add_func ("/samples/neighbours-agree", test_neighbours_agree);
  g_test_add_func ("/samples/holes", test_holes);
  return g_test_run ();
}
