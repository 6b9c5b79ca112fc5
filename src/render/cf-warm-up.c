#include "cf-warm-up.h"

#include <math.h>
#include <string.h>

#include "cf-fine-plan.h"
#include "cf-offscreen.h"
#include "cf-scene-private.h"

#define EDGE 44  /* samples a side */
#define FINER 45 /* samples a side of the part that has them closer: 22 x 2 + 1 */

/* One picture: what is in it, how much of its detail, and how near. Spheres and cylinders have ways of their own to be drawn in from far away, near by and
 * around the eye: cf-gl-molecules.c. Few things at a time, as each that is new takes some milliseconds. */
typedef enum
{
  SPHERES = 1 << 0,
  GLASS = 1 << 1,
  CYLINDERS = 1 << 2,
  BOXES = 1 << 3,
  FIELD = 1 << 4,
  FINE = 1 << 5,
  LINES = 1 << 6, /* silhouettes, and depth cue */
  MOLECULES = SPHERES | GLASS | CYLINDERS | BOXES | LINES
} Shows;

typedef struct
{
  Shows shows;
  double detail, zoom;
} Look;

static const Look looks[] = { { 0, 1, 1 },          { SPHERES, 1, 1 },       { SPHERES, 1, 60 },          { CYLINDERS, 1, 1 },
                              { CYLINDERS, 1, 4 },  { CYLINDERS, 1, 60 },    { BOXES, 1, 1 },             { GLASS, 1, 1 },
                              { LINES, 1, 1 },      { FIELD, 1, 1 },         { FIELD | LINES, 0.6, 1 },   { FIELD | FINE | LINES, 1, 1 },
                              { FIELD, 1, 40 },     { FIELD | FINE, 1, 40 },
                              { MOLECULES, 1, 60 }, { MOLECULES, 1, 4 },     { MOLECULES | FIELD, 1, 1 }, { MOLECULES | FIELD, 0.6, 1 },
                              { MOLECULES, 0.6, 1 }, { MOLECULES, 1, 1 } };

static void
add_spheres (CfScene *scene, Shows shows)
{
  const CfSphere sphere = { .pos = { 12, 22, 22 }, .radius = 1, .rgba = { 200, 0, 0, 255 } };
  const CfSphere ball = { .pos = { 22, 22, 22 }, .radius = 4, .rgba = { 200, 200, 0, 255 } };
  const CfSphere glass = { .pos = { 32, 22, 22 }, .radius = 1, .rgba = { 0, 0, 200, 120 } };
  g_array_set_size (scene->spheres, 0);
  if (shows & SPHERES)
    {
      g_array_append_val (scene->spheres, sphere);
      g_array_append_val (scene->spheres, ball);
    }
  if (shows & GLASS)
    g_array_append_val (scene->spheres, glass);
}

static void
add_cylinders (CfScene *scene, Shows shows)
{
  const CfCylinder bond = { .a = { 12, 22, 22 }, .b = { 32, 22, 22 }, .radius = 0.3f, .rgba_a = { 200, 0, 0, 255 }, .rgba_b = { 0, 0, 200, 255 } };
  const CfCylinder glass = { .a = { 12, 22, 30 }, .b = { 32, 22, 30 }, .radius = 0.3f, .rgba_a = { 0, 200, 0, 120 }, .rgba_b = { 0, 200, 0, 120 } };
  g_array_set_size (scene->cylinders, 0);
  if (shows & CYLINDERS)
    g_array_append_val (scene->cylinders, bond);
  if (shows & GLASS)
    g_array_append_val (scene->cylinders, glass);
}

static void
add_boxes (CfScene *scene, Shows shows)
{
  CfBox box = { .rgba = { 200, 200, 0, 255 } };
  for (int c = 0; c < 8; c++)
    for (int a = 0; a < 3; a++)
      box.corner[c][a] = c >> a & 1 ? EDGE - 1 : 0;
  g_array_set_size (scene->boxes, 0);
  if (shows & BOXES)
    g_array_append_val (scene->boxes, box);
  box.rgba[3] = 90;
  if (shows & GLASS)
    g_array_append_val (scene->boxes, box);
}

static CfScene *
scene_new (CfStyle style, float *samples)
{
  const int dims[3] = { EDGE, EDGE, EDGE };
  const double origin[3] = { 0, 0, 0 }, step[3][3] = { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } };
  CfScene *scene = cf_scene_new ();
  for (int i = 0; i < EDGE * EDGE * EDGE; i++)
    {
      double x = i % EDGE - EDGE / 2.0, y = i / EDGE % EDGE - EDGE / 2.0, z = i / EDGE / EDGE - EDGE / 2.0;
      samples[i] = (float) exp (-(x * x + y * y + z * z) / 90);
    }
  cf_grid_init (&scene->field.grid, dims, origin, step);
  scene->field.samples = samples;
  scene->field.serial = cf_scene_next_serial ();
  scene->style = style;
  scene->level = 0.5;
  scene->colour[3] = 0.4f;
  scene->background = CF_BACKGROUND_DARK;
  return scene;
}

struct _CfWarmUp
{
  CfScene *scene;
  CfSceneField field;
  float *samples, *finer;
  gsize at; /* of looks */
};

static const CfFinePart part = { .lo = { 10, 10, 10 }, .dims = { 23, 23, 23 }, .factor = 2 };

CfWarmUp *
cf_warm_up_new (CfStyle style)
{
  CfWarmUp *warm_up = g_new0 (CfWarmUp, 1);
  warm_up->samples = g_new (float, EDGE * EDGE * EDGE);
  warm_up->finer = g_new (float, FINER * FINER * FINER);
  warm_up->scene = scene_new (style, warm_up->samples);
  warm_up->field = warm_up->scene->field;
  cf_fine_fill (&warm_up->field.grid, warm_up->samples, &part, warm_up->finer);
  return warm_up;
}

void
cf_warm_up_free (CfWarmUp *warm_up)
{
  if (warm_up == NULL)
    return;
  cf_scene_free (warm_up->scene);
  g_free (warm_up->samples);
  g_free (warm_up->finer);
  g_free (warm_up);
}

/* Makes the scene that of the next look. FALSE: there is none. */
static gboolean
next_look (CfWarmUp *warm_up, CfCamera *camera, CfRenderQuality *quality)
{
  const double lo[3] = { 0, 0, 0 }, hi[3] = { EDGE, EDGE, EDGE };
  CfScene *scene = warm_up->scene;
  if (warm_up->at == G_N_ELEMENTS (looks))
    return FALSE;
  const Look *look = &looks[warm_up->at++];
  quality->detail = look->detail;
  cf_camera_frame (camera, lo, hi, 20, 10, 1);
  cf_camera_zoom (camera, look->zoom);
  add_spheres (scene, look->shows);
  add_cylinders (scene, look->shows);
  add_boxes (scene, look->shows);
  scene->molecules_serial = cf_scene_next_serial ();
  scene->boxes_serial = cf_scene_next_serial ();
  scene->field = look->shows & FIELD ? warm_up->field : (CfSceneField){ 0 };
  scene->outline = scene->depth_cue = (look->shows & LINES) != 0;
  cf_fine_show (scene, look->shows & FINE ? &part : NULL, warm_up->finer);
  return TRUE;
}

gboolean
cf_warm_up_draw (CfWarmUp *warm_up, CfRenderer *renderer, guint fbo)
{
  CfCamera camera = { 0 };
  CfRenderQuality quality = { 0 };
  return next_look (warm_up, &camera, &quality)
         && cf_renderer_draw (renderer, fbo, CF_WARM_UP_WIDTH, CF_WARM_UP_HEIGHT, warm_up->scene, &camera, &quality, NULL);
}

gboolean
cf_render_warm_up (CfStyle style, GError **error)
{
  g_autoptr (CfWarmUp) warm_up = cf_warm_up_new (style);
  g_autoptr (CfOffscreen) offscreen = cf_offscreen_new (error);
  CfCamera camera = { 0 };
  CfRenderQuality quality = { 0 };
  gboolean good = offscreen != NULL;
  while (good && next_look (warm_up, &camera, &quality))
    {
      g_autofree guint8 *rgba = cf_offscreen_draw_with (offscreen, CF_WARM_UP_WIDTH, CF_WARM_UP_HEIGHT, warm_up->scene, &camera, &quality, error);
      good = rgba != NULL;
    }
  return good;
}
