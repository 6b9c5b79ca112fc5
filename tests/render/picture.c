#include "picture.h"

#include <math.h>

#include "cf-error.h"

CfOffscreen *
picture_open (void)
{
  g_autoptr (GError) error = NULL;
  CfOffscreen *offscreen = cf_offscreen_new (&error);
  if (!offscreen && g_str_has_prefix (error->message, "no EGL"))
    g_test_skip (error->message);
  else
    g_assert_no_error (error);
  return offscreen;
}

void
picture_grid_sheared (CfGrid *grid, int n)
{
  double step[3][3];
  const double cell[6] = { n * 1.0, n * 0.8, n * 1.2, 75, 100, 115 }, origin[3] = { 40, -25, 310 };
  const int m[3] = { n, n, n };
  cf_grid_steps_from_cell (cell, m, step);
  cf_grid_init (grid, m, origin, step);
}

void
picture_grid_orthogonal (CfGrid *grid, int n)
{
  const double origin[3] = { -120, 33, 7 }, spacing[3] = { 1, 0.9, 1.1 };
  cf_grid_init_orthogonal (grid, (int[3]){ n, n - 3, n + 2 }, origin, spacing);
}

void
picture_middle (const CfGrid *grid, double xyz[3])
{
  cf_grid_to_world (grid, (double[3]){ (grid->dims[0] - 1) / 2.0, (grid->dims[1] - 1) / 2.0, (grid->dims[2] - 1) / 2.0 }, xyz);
}

typedef double (*Value) (const double xyz[3], gconstpointer data);

static void
add_field (CfScene *scene, const CfGrid *grid, Value value, gconstpointer data)
{
  float *out = scene->field.samples = g_new (float, cf_grid_n_voxels (grid));
  scene->field.grid = *grid;
  scene->field.serial = 1;
  for (int k = 0; k < grid->dims[2]; k++)
    for (int j = 0; j < grid->dims[1]; j++)
      for (int i = 0; i < grid->dims[0]; i++)
        {
          double xyz[3];
          cf_grid_to_world (grid, (double[3]){ i, j, k }, xyz);
          *out++ = (float) value (xyz, data);
        }
}

typedef struct
{
  double middle[3], reach;
} Ball;

static double
ball_value (const double xyz[3], gconstpointer data)
{
  const Ball *ball = data;
  double r2 = 0;
  for (int a = 0; a < 3; a++)
    r2 += (xyz[a] - ball->middle[a]) * (xyz[a] - ball->middle[a]);
  return fmax (0, 1 - sqrt (r2) / ball->reach);
}

void
picture_add_ball (CfScene *scene, const CfGrid *grid, double reach)
{
  Ball ball = { .reach = reach };
  picture_middle (grid, ball.middle);
  add_field (scene, grid, ball_value, &ball);
}

static double
helix_value (const double xyz[3], gconstpointer data)
{
  const double *middle = data;
  double sum = 0;
  for (int b = 0; b < 11; b++)
    {
      double t = b * 0.7, x = middle[0] + 9 * cos (t), y = middle[1] + 2.4 * (b - 5), z = middle[2] + 9 * sin (t);
      sum += exp (-((xyz[0] - x) * (xyz[0] - x) + (xyz[1] - y) * (xyz[1] - y) + (xyz[2] - z) * (xyz[2] - z)) / (2 * 2.6 * 2.6));
    }
  return sum / 1.5;
}

void
picture_add_helix (CfScene *scene, const CfGrid *grid)
{
  double middle[3];
  picture_middle (grid, middle);
  add_field (scene, grid, helix_value, middle);
}

void
picture_add_sphere (CfScene *scene, double x, double y, double z, double radius, guint32 pick)
{
  CfSphere sphere = { .pos = { (float) x, (float) y, (float) z }, .radius = (float) radius, .rgba = { 86, 180, 233, 255 }, .pick = pick };
  g_array_append_val (scene->spheres, sphere);
  scene->molecules_serial++;
}

void
picture_free_field (CfScene *scene)
{
  g_clear_pointer (&scene->field.samples, g_free);
}

CfCamera
picture_frame (const CfScene *scene, double azimuth, double elevation, gboolean orthographic)
{
  double lo[3], hi[3];
  CfCamera camera = { .orthographic = orthographic };
  g_assert_true (cf_scene_bounds (scene, lo, hi));
  cf_camera_frame (&camera, lo, hi, azimuth, elevation, 1);
  return camera;
}

guint8 *
picture_draw (CfOffscreen *offscreen, int size, const CfScene *scene, const CfCamera *camera)
{
  g_autoptr (GError) error = NULL;
  guint8 *rgba = cf_offscreen_draw_with (offscreen, size, size, scene, camera, &(CfRenderQuality){ .detail = 1 }, &error);
  g_assert_no_error (error);
  return rgba;
}

const guint8 *
picture_pixel (const guint8 *rgba, int size, const CfCamera *camera, const double xyz[3])
{
  double x, y;
  g_assert_true (cf_camera_project (camera, xyz, size, size, &x, &y));
  return rgba + 4 * ((int) y * size + (int) x);
}

double
picture_away (const double a[3], const double b[3])
{
  return hypot (hypot (a[0] - b[0], a[1] - b[1]), a[2] - b[2]);
}
