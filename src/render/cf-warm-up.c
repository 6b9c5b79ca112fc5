#include "cf-warm-up.h"

#include <math.h>
#include <string.h>

#include "cf-fine-plan.h"
#include "cf-offscreen.h"

/* Samples and pixels whose numbers, and those of what is made of them, are no powers of two: code is made for such apart. */
#define EDGE 44
#define FINER 45 /* samples a side of the part that has them closer: 22 x 2 + 1 */
#define WIDTH 100
#define HEIGHT 76

static CfScene *
scene_of_all (CfStyle style, float *samples)
{
  const int dims[3] = { EDGE, EDGE, EDGE };
  const double origin[3] = { 0, 0, 0 }, step[3][3] = { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } };
  const CfSphere sphere = { .pos = { 12, 22, 22 }, .radius = 1, .rgba = { 200, 0, 0, 255 } }, glass = { .pos = { 32, 22, 22 }, .radius = 1, .rgba = { 0, 0, 200, 120 } };
  const CfSphere ball = { .pos = { 22, 22, 22 }, .radius = 4, .rgba = { 200, 200, 0, 255 } };
  const CfCylinder bond = { .a = { 12, 22, 22 }, .b = { 32, 22, 22 }, .radius = 0.3f, .rgba_a = { 200, 0, 0, 255 }, .rgba_b = { 0, 0, 200, 255 } };
  const CfCylinder thin = { .a = { 12, 22, 30 }, .b = { 32, 22, 30 }, .radius = 0.3f, .rgba_a = { 0, 200, 0, 120 }, .rgba_b = { 0, 200, 0, 120 } };
  CfBox box = { .rgba = { 200, 200, 0, 255 } };
  CfScene *scene = cf_scene_new ();
  for (int i = 0; i < EDGE * EDGE * EDGE; i++)
    {
      double x = i % EDGE - EDGE / 2.0, y = i / EDGE % EDGE - EDGE / 2.0, z = i / EDGE / EDGE - EDGE / 2.0;
      samples[i] = (float) exp (-(x * x + y * y + z * z) / 90);
    }
  for (int c = 0; c < 8; c++)
    for (int a = 0; a < 3; a++)
      box.corner[c][a] = c >> a & 1 ? EDGE - 1 : 0;
  cf_grid_init (&scene->field.grid, dims, origin, step);
  scene->field.samples = samples;
  scene->field.serial = 1;
  scene->style = style;
  scene->level = 0.5;
  scene->colour[3] = 0.4f;
  scene->outline = scene->depth_cue = TRUE;
  scene->background = CF_BACKGROUND_DARK;
  g_array_append_val (scene->spheres, sphere);
  g_array_append_val (scene->spheres, glass);
  g_array_append_val (scene->spheres, ball);
  g_array_append_val (scene->cylinders, bond);
  g_array_append_val (scene->cylinders, thin);
  g_array_append_val (scene->boxes, box);
  box.rgba[3] = 90;
  g_array_append_val (scene->boxes, box);
  scene->molecules_serial = scene->boxes_serial = 1;
  return scene;
}

/* One picture: how much of its detail, how near, and whether the field, and finer samples of a part, are in it. Spheres and cylinders have ways of their
 * own to be drawn in from far away, near by and around the eye: cf-gl-molecules.c. */
typedef struct
{
  double detail, zoom;
  gboolean field, fine;
} Look;

static const Look looks[] = { { 1, 60, FALSE, FALSE }, { 1, 4, FALSE, FALSE }, { 0.6, 1, TRUE, FALSE }, { 1, 1, TRUE, FALSE },
                              { 1, 1, TRUE, TRUE },    { 0.6, 1, FALSE, FALSE }, { 1, 1, FALSE, FALSE } };

gboolean
cf_render_warm_up (CfStyle style, GError **error)
{
  const CfFinePart part = { .lo = { 10, 10, 10 }, .dims = { 23, 23, 23 }, .factor = 2 };
  const double lo[3] = { 0, 0, 0 }, hi[3] = { EDGE, EDGE, EDGE };
  g_autofree float *samples = g_new (float, EDGE * EDGE * EDGE);
  g_autofree float *finer = g_new (float, FINER * FINER * FINER);
  CfScene *scene = scene_of_all (style, samples);
  const CfSceneField field = scene->field;
  g_autoptr (CfOffscreen) offscreen = cf_offscreen_new (error);
  gboolean good = offscreen != NULL;
  cf_fine_fill (&field.grid, samples, &part, finer);
  for (gsize i = 0; good && i < G_N_ELEMENTS (looks); i++)
    {
      const CfRenderQuality quality = { .detail = looks[i].detail };
      CfCamera camera = { 0 };
      cf_camera_frame (&camera, lo, hi, 20, 10, 1);
      cf_camera_zoom (&camera, looks[i].zoom);
      scene->field = looks[i].field ? field : (CfSceneField){ 0 };
      cf_fine_show (scene, looks[i].fine ? &part : NULL, finer);
      g_autofree guint8 *rgba = cf_offscreen_draw_with (offscreen, WIDTH, HEIGHT, scene, &camera, &quality, error);
      good = rgba != NULL;
    }
  cf_scene_free (scene);
  return good;
}
