#include "cf-scene.h"

#include "cf-scene-private.h"

#include <math.h>

static const char *const style_names[CF_N_STYLES] = { "surface", "mesh", "volume", "mip", "slices" };

const char *
cf_style_name (CfStyle style)
{
  return (guint) style < CF_N_STYLES ? style_names[style] : "surface";
}

gboolean
cf_style_parse (const char *name, CfStyle *out)
{
  for (int i = 0; i < CF_N_STYLES; i++)
    if (g_strcmp0 (name, style_names[i]) == 0)
      {
        *out = (CfStyle) i;
        return TRUE;
      }
  return FALSE;
}

/* Unlike between scenes too, so that a renderer that is handed another scene uploads it. */
guint64
cf_scene_next_serial (void)
{
  static gsize last = 0;
  return (guint64) g_atomic_pointer_add (&last, 1) + 1;
}

CfScene *
cf_scene_new (void)
{
  CfScene *scene = g_new0 (CfScene, 1);
  for (int i = 0; i < 3; i++)
    {
      scene->colour[i] = 0.7f;
      scene->slice[i] = 0.5;
    }
  scene->colour[3] = 1;
  scene->level = 0.2;
  scene->outline = TRUE;
  scene->depth_cue = TRUE;
  scene->spheres = g_array_new (FALSE, FALSE, sizeof (CfSphere));
  scene->cylinders = g_array_new (FALSE, FALSE, sizeof (CfCylinder));
  scene->boxes = g_array_new (FALSE, FALSE, sizeof (CfBox));
  scene->molecules_serial = cf_scene_next_serial ();
  scene->boxes_serial = cf_scene_next_serial ();
  return scene;
}

void
cf_scene_free (CfScene *scene)
{
  if (!scene)
    return;
  g_array_unref (scene->spheres);
  g_array_unref (scene->cylinders);
  g_array_unref (scene->boxes);
  g_free (scene);
}

typedef struct
{
  double lo[3], hi[3];
  gboolean any;
} Bounds;

static void
bounds_add (Bounds *bounds, const double p[3], double radius)
{
  for (int a = 0; a < 3; a++)
    if (!isfinite (p[a]))
      return;
  for (int a = 0; a < 3; a++)
    {
      bounds->lo[a] = bounds->any ? fmin (bounds->lo[a], p[a] - radius) : p[a] - radius;
      bounds->hi[a] = bounds->any ? fmax (bounds->hi[a], p[a] + radius) : p[a] + radius;
    }
  bounds->any = TRUE;
}

static void
bounds_add_float (Bounds *bounds, const float p[3], double radius)
{
  bounds_add (bounds, (const double[3]){ p[0], p[1], p[2] }, radius);
}

void
cf_scene_grid_corner (const CfGrid *grid, int corner, double xyz[3])
{
  for (int b = 0; b < 3; b++)
    {
      xyz[b] = grid->origin[b];
      for (int a = 0; a < 3; a++)
        if (corner >> a & 1)
          xyz[b] += grid->step[a][b] * (grid->dims[a] - 1);
    }
}

gboolean
cf_scene_bounds (const CfScene *scene, double lo[3], double hi[3])
{
  Bounds bounds = { 0 };
  if (scene->field.serial && scene->field.samples)
    for (int corner = 0; corner < 8; corner++)
      {
        double p[3];
        cf_scene_grid_corner (&scene->field.grid, corner, p);
        bounds_add (&bounds, p, 0);
      }
  for (guint i = 0; i < scene->spheres->len; i++)
    {
      const CfSphere *sphere = &g_array_index (scene->spheres, CfSphere, i);
      bounds_add_float (&bounds, sphere->pos, sphere->radius);
    }
  for (guint i = 0; i < scene->cylinders->len; i++)
    {
      const CfCylinder *cylinder = &g_array_index (scene->cylinders, CfCylinder, i);
      bounds_add_float (&bounds, cylinder->a, cylinder->radius);
      bounds_add_float (&bounds, cylinder->b, cylinder->radius);
    }
  for (guint i = 0; i < scene->boxes->len; i++)
    for (int c = 0; c < 8; c++)
      bounds_add_float (&bounds, g_array_index (scene->boxes, CfBox, i).corner[c], 0);
  if (!bounds.any)
    return FALSE;
  for (int a = 0; a < 3; a++)
    {
      lo[a] = bounds.lo[a];
      hi[a] = bounds.hi[a];
    }
  return TRUE;
}

void
cf_box_from_region (CfBox *box, const CfField *field, int region, const guint8 rgba[4])
{
  CfRegion r;
  cf_partition_region (&field->partition, region, &r);
  for (int c = 0; c < 8; c++)
    for (int b = 0; b < 3; b++)
      {
        double x = field->grid.origin[b];
        for (int a = 0; a < 3; a++)
          x += field->grid.step[a][b] * (r.start[a] + (c >> a & 1 ? r.size[a] - 1 : 0));
        box->corner[c][b] = (float) x;
      }
  for (int i = 0; i < 4; i++)
    box->rgba[i] = rgba[i];
}
