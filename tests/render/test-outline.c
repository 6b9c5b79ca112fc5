/* Outlines seen from near, of samples that lie many pixels apart: each pixel beside one is asked for by steps so short that nothing is missed. */
#include <math.h>
#include <string.h>

#include "cf-volume.h"
#include "picture.h"

#define SIZE 240
#define STEP 0.004 /* samples */
#define SURE 2e-4  /* of the level: what is closer to it along the whole ray may be seen or not */

/* The highest value of a pixel's ray, between the samples as the picture has it. */
static double
highest (const CfInterpolator *interpolator, const CfGrid *grid, const CfCamera *camera, int x, int y)
{
  double origin[3], direction[3], best = -1, from = -INFINITY, to = INFINITY, start[3], ahead[3], there[3];
  cf_camera_ray (camera, x + 0.5, y + 0.5, SIZE, SIZE, origin, direction);
  for (int a = 0; a < 3; a++)
    there[a] = origin[a] + direction[a];
  cf_grid_from_world (grid, origin, start);
  cf_grid_from_world (grid, there, ahead);
  for (int a = 0; a < 3; a++)
    {
      double s = ahead[a] - start[a], t0 = -start[a] / s, t1 = (grid->dims[a] - 1 - start[a]) / s;
      from = fmax (from, fmin (t0, t1));
      to = fmin (to, fmax (t0, t1));
    }
  for (double t = fmax (from, 0); t < to; t += STEP * cf_grid_smallest_edge (grid))
    {
      double xyz[3], value;
      for (int a = 0; a < 3; a++)
        xyz[a] = origin[a] + t * direction[a];
      cf_interpolator_query (interpolator, 1, xyz, &value, NULL);
      best = fmax (best, value);
    }
  return best;
}

/* Pixels along outlines, and how many of them show what the ray does not meet, or the other way round. */
static void
check_outline (const CfGrid *grid, double level, double azimuth, double zoom)
{
  g_autoptr (CfOffscreen) offscreen = picture_open ();
  if (!offscreen)
    return;
  g_autoptr (CfScene) scene = cf_scene_new ();
  g_autoptr (GError) error = NULL;
  g_autofree guint8 *seen = g_new (guint8, SIZE * SIZE);
  double lo[3], hi[3];
  int along = 0, wrong = 0;
  CfCamera camera = { 0 };
  picture_add_helix (scene, grid);
  scene->level = level;
  g_assert_true (cf_scene_bounds (scene, lo, hi));
  cf_camera_frame (&camera, lo, hi, azimuth, 20, zoom);
  g_autoptr (CfVolume) volume = cf_volume_new ("helix", grid, g_memdup2 (scene->field.samples, cf_grid_n_voxels (grid) * sizeof (float)));
  g_autoptr (CfInterpolator) interpolator = cf_interpolator_new (volume, CF_INTERPOLATION_TRILINEAR);
  g_autofree guint8 *rgba = cf_offscreen_draw_with (offscreen, SIZE, SIZE, scene, &camera, &(CfRenderQuality){ .detail = 1 }, &error);
  g_assert_no_error (error);
  for (int i = 0; i < SIZE * SIZE; i++)
    {
      double xyz[3];
      cf_renderer_pick (cf_offscreen_renderer (offscreen), i % SIZE, i / SIZE, xyz);
      seen[i] = !isnan (xyz[0]);
    }
  for (int y = 2; y < SIZE - 2; y++)
    for (int x = 2; x < SIZE - 2; x++)
      {
        int sum = 0;
        for (int k = 0; k < 25; k++)
          sum += seen[(y + k / 5 - 2) * SIZE + x + k % 5 - 2];
        if (sum == 0 || sum == 25)
          continue;
        double most = highest (interpolator, grid, &camera, x, y);
        along++;
        wrong += fabs (most - level) > SURE && (most >= level) != seen[y * SIZE + x];
      }
  g_test_message ("%d pixels along outlines, %d wrong; a sample's edge is %.0f pixels", along, wrong,
                  cf_grid_smallest_edge (grid) / cf_camera_pixel_size (&camera, SIZE));
  g_assert_cmpint (along, >, 500);
  g_assert_cmpint (wrong, <=, along / 100);
  picture_free_field (scene);
}

static void
test_orthogonal (void)
{
  CfGrid grid;
  cf_grid_init_orthogonal (&grid, (int[3]){ 18, 20, 18 }, (double[3]){ -3, 5, 8 }, (double[3]){ 2, 2, 2 });
  check_outline (&grid, 0.2, 0, 8);
  check_outline (&grid, 0.2, 30, 8);
  check_outline (&grid, 0.2, 90, 8);
}

static void
test_sheared (void)
{
  CfGrid grid;
  picture_grid_sheared (&grid, 32);
  check_outline (&grid, 0.3, -40, 6);
  check_outline (&grid, 0.2, 90, 6);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/outline/orthogonal", test_orthogonal);
  g_test_add_func ("/outline/sheared", test_sheared);
  return g_test_run ();
}
