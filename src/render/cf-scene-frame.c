#include <math.h>
#include <string.h>

#include "cf-scene-private.h"

/* Points that a picture must hold: x, y, z and a radius, A. */
static void
add_point (GArray *points, double x, double y, double z, double radius)
{
  double point[4] = { x, y, z, radius };
  if (isfinite (x) && isfinite (y) && isfinite (z))
    g_array_append_val (points, point);
}

static gboolean
reaches (float v, double level, gboolean difference)
{
  return v >= level || (difference && v <= -level);
}

/* Of each row of samples only the ends of what reaches the level can be outermost. */
static void
add_field (GArray *points, const CfSceneField *field, double level, gboolean difference)
{
  const CfGrid *grid = &field->grid;
  const int *n = grid->dims;
  int stride = MAX (1, (int) cbrt ((double) n[0] * n[1] * n[2] / 4e6));
  for (int k = 0; k < n[2]; k += stride)
    for (int j = 0; j < n[1]; j += stride)
      {
        const float *row = field->samples + ((gsize) k * n[1] + j) * n[0];
        int ends[2] = { 0, n[0] - 1 };
        while (ends[0] < n[0] && !reaches (row[ends[0]], level, difference))
          ends[0]++;
        while (ends[1] > ends[0] && !reaches (row[ends[1]], level, difference))
          ends[1]--;
        for (int e = 0; e < 2 && ends[0] < n[0]; e++)
          {
            double p[3];
            for (int b = 0; b < 3; b++)
              p[b] = grid->origin[b] + grid->step[0][b] * ends[e] + grid->step[1][b] * j + grid->step[2][b] * k;
            add_point (points, p[0], p[1], p[2], 0);
          }
      }
}

static void
add_corners (GArray *points, const CfScene *scene)
{
  double lo[3], hi[3];
  if (cf_scene_bounds (scene, lo, hi))
    for (int c = 0; c < 8; c++)
      add_point (points, c & 1 ? hi[0] : lo[0], c & 2 ? hi[1] : lo[1], c & 4 ? hi[2] : lo[2], 0);
}

static GArray *
collect (const CfScene *scene)
{
  GArray *points = g_array_new (FALSE, FALSE, 4 * sizeof (double));
  if (cf_scene_has_field (scene) && scene->style != CF_STYLE_SLICES)
    add_field (points, &scene->field, isnan (scene->second_level) ? scene->level : fmin (scene->level, scene->second_level), scene->difference);
  for (guint i = 0; i < scene->spheres->len; i++)
    {
      const CfSphere *s = &g_array_index (scene->spheres, CfSphere, i);
      add_point (points, s->pos[0], s->pos[1], s->pos[2], s->radius);
    }
  for (guint i = 0; i < scene->cylinders->len; i++)
    {
      const CfCylinder *c = &g_array_index (scene->cylinders, CfCylinder, i);
      add_point (points, c->a[0], c->a[1], c->a[2], c->radius);
      add_point (points, c->b[0], c->b[1], c->b[2], c->radius);
    }
  for (guint i = 0; i < scene->boxes->len; i++)
    for (int c = 0; c < 8; c++)
      {
        const float *p = g_array_index (scene->boxes, CfBox, i).corner[c];
        add_point (points, p[0], p[1], p[2], 0);
      }
  if (points->len == 0 || scene->style == CF_STYLE_SLICES)
    add_corners (points, scene);
  return points;
}

gboolean
cf_scene_frame (const CfScene *scene, CfCamera *camera, double azimuth, double elevation, double zoom)
{
  g_autoptr (GArray) points = collect (scene);
  if (points->len == 0)
    return FALSE;
  const double unit[2][3] = { { -1, -1, -1 }, { 1, 1, 1 } };
  cf_camera_frame (camera, unit[0], unit[1], azimuth, elevation, 1);
  float view[16];
  cf_camera_view (camera, view);
  double lo[3] = { INFINITY, INFINITY, INFINITY }, hi[3] = { -INFINITY, -INFINITY, -INFINITY }, middle[3];
  const double (*p)[4] = (const double (*)[4]) points->data;
  for (guint i = 0; i < points->len; i++)
    for (int r = 0; r < 3; r++)
      {
        double x = view[r] * p[i][0] + view[4 + r] * p[i][1] + view[8 + r] * p[i][2];
        lo[r] = fmin (lo[r], x - p[i][3]);
        hi[r] = fmax (hi[r], x + p[i][3]);
      }
  for (int r = 0; r < 3; r++)
    middle[r] = (lo[r] + hi[r]) / 2;
  for (int b = 0; b < 3; b++)
    camera->centre[b] = view[b * 4] * middle[0] + view[b * 4 + 1] * middle[1] + view[b * 4 + 2] * middle[2];
  double slope = tan (camera->fov * G_PI / 360), distance = 0;
  for (guint i = 0; i < points->len; i++)
    {
      double eye[3];
      for (int r = 0; r < 3; r++)
        eye[r] = view[r] * p[i][0] + view[4 + r] * p[i][1] + view[8 + r] * p[i][2] - middle[r];
      double aside = fmax (fabs (eye[0]), fabs (eye[1])) + 1.1 * p[i][3];
      distance = fmax (distance, (camera->orthographic ? 0 : eye[2]) + aside / slope);
    }
  camera->distance = fmax (distance * 1.05, 1) / (zoom > 0 ? zoom : 1);
  return TRUE;
}
