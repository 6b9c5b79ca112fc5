#include "cf-scene.h"

#include "cf-scene-private.h"

#include <math.h>
#include <string.h>

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
  scene->edge_share = 1;
  scene->second_level = NAN;
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

static gboolean
bounds_get (const Bounds *bounds, double lo[3], double hi[3])
{
  if (!bounds->any)
    return FALSE;
  memcpy (lo, bounds->lo, sizeof bounds->lo);
  memcpy (hi, bounds->hi, sizeof bounds->hi);
  return TRUE;
}

static void
bounds_add_things (Bounds *bounds, const CfScene *scene)
{
  for (guint i = 0; i < scene->spheres->len; i++)
    {
      const CfSphere *sphere = &g_array_index (scene->spheres, CfSphere, i);
      bounds_add_float (bounds, sphere->pos, sphere->radius);
    }
  for (guint i = 0; i < scene->cylinders->len; i++)
    {
      const CfCylinder *cylinder = &g_array_index (scene->cylinders, CfCylinder, i);
      bounds_add_float (bounds, cylinder->a, cylinder->radius);
      bounds_add_float (bounds, cylinder->b, cylinder->radius);
    }
}

static void
bounds_add_boxes (Bounds *bounds, const CfScene *scene)
{
  for (guint i = 0; i < scene->boxes->len; i++)
    for (int c = 0; c < 8; c++)
      bounds_add_float (bounds, g_array_index (scene->boxes, CfBox, i).corner[c], 0);
}

static void
bounds_add_grid (Bounds *bounds, const CfGrid *grid, const double lo[3], const double hi[3])
{
  for (int corner = 0; corner < 8; corner++)
    {
      double p[3];
      for (int b = 0; b < 3; b++)
        {
          p[b] = grid->origin[b];
          for (int a = 0; a < 3; a++)
            p[b] += grid->step[a][b] * (corner >> a & 1 ? hi[a] : lo[a]);
        }
      bounds_add (bounds, p, 0);
    }
}

gboolean
cf_scene_field_is_there (const CfSceneField *field)
{
  return field->serial && field->samples && field->grid.dims[0] > 0 && field->grid.dims[1] > 0 && field->grid.dims[2] > 0;
}

gboolean
cf_scene_has_field (const CfScene *scene)
{
  return cf_scene_field_is_there (&scene->field);
}

/* The box, in grid coordinates, of the samples at or above the level; every second or so of a large field is looked at. */
static gboolean
field_reach (const CfSceneField *field, double level, gboolean difference, double lo[3], double hi[3])
{
  const int *n = field->grid.dims;
  int stride = MAX (1, (int) cbrt ((double) n[0] * n[1] * n[2] / 4e6));
  gboolean any = FALSE;
  for (int k = 0; k < n[2]; k += stride)
    for (int j = 0; j < n[1]; j += stride)
      {
        const float *row = field->samples + ((gsize) k * n[1] + j) * n[0];
        for (int i = 0; i < n[0]; i += stride)
          if (row[i] >= level || (difference && row[i] <= -level))
            {
              const int at[3] = { i, j, k };
              for (int a = 0; a < 3; a++)
                {
                  lo[a] = any ? fmin (lo[a], at[a]) : at[a];
                  hi[a] = any ? fmax (hi[a], at[a]) : at[a];
                }
              any = TRUE;
            }
      }
  for (int a = 0; any && a < 3; a++)
    {
      lo[a] = fmax (lo[a] - stride, 0);
      hi[a] = fmin (hi[a] + stride, n[a] - 1);
    }
  return any;
}

gboolean
cf_scene_bounds (const CfScene *scene, double lo[3], double hi[3])
{
  Bounds bounds = { 0 };
  if (cf_scene_has_field (scene))
    {
      const CfGrid *grid = &scene->field.grid;
      double from[3] = { 0 }, to[3] = { grid->dims[0] - 1, grid->dims[1] - 1, grid->dims[2] - 1 };
      if (scene->style != CF_STYLE_SLICES)
        field_reach (&scene->field, fmin (scene->level, isnan (scene->second_level) ? INFINITY : scene->second_level), scene->difference,
                     from, to);
      bounds_add_grid (&bounds, grid, from, to);
    }
  bounds_add_things (&bounds, scene);
  bounds_add_boxes (&bounds, scene);
  return bounds_get (&bounds, lo, hi);
}

gboolean
cf_scene_extent (const CfScene *scene, const double lo_ijk[3], const double hi_ijk[3], gboolean boxes,
                 const double (*things)[3], double lo[3], double hi[3])
{
  Bounds bounds = { 0 };
  if (cf_scene_has_field (scene))
    {
      const int *n = scene->field.grid.dims;
      static const double zero[3] = { 0 };
      bounds_add_grid (&bounds, &scene->field.grid, lo_ijk ? lo_ijk : zero, hi_ijk ? hi_ijk : (double[3]){ n[0] - 1, n[1] - 1, n[2] - 1 });
    }
  if (!things)
    bounds_add_things (&bounds, scene);
  else if (things[0][0] <= things[1][0])
    {
      bounds_add (&bounds, things[0], 0);
      bounds_add (&bounds, things[1], 0);
    }
  if (boxes)
    bounds_add_boxes (&bounds, scene);
  return bounds_get (&bounds, lo, hi);
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
