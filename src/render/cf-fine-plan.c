#include "cf-fine-plan.h"

#include <math.h>
#include <string.h>

#include "cf-scene-private.h"

#define FACTOR_MAX 8
#define NEAR 2.2    /* of half the picture's diagonal, by which the part begins before the centre: what is near is seen largest; most often the eye */
#define FAR 1.2     /* by which it ends behind it at least: what is farther away is also smaller */
#define PIXELS 1.5  /* samples that lie no farther apart show no more */
#define LEVELS 4    /* a doubling */

static void
box_add (const CfGrid *field, const double xyz[3], double lo[3], double hi[3])
{
  double ijk[3];
  cf_grid_from_world (field, xyz, ijk);
  for (int a = 0; a < 3; a++)
    {
      lo[a] = fmin (lo[a], ijk[a]);
      hi[a] = fmax (hi[a], ijk[a]);
    }
}

/* Grid coordinates of what is in view between two depths. */
static void
view_box (const CfGrid *field, const CfCamera *camera, double aspect, double reach, double far, double lo[3], double hi[3])
{
  double slope = tan (camera->fov * G_PI / 360);
  double depths[2] = { camera->orthographic ? camera->distance - NEAR * reach : fmax (camera->distance - NEAR * reach, 0.05 * camera->distance), camera->distance + far * reach };
  float view[16];
  depths[0] = fmax (depths[0], camera->distance + fmax (camera->near_clip, -1e6));
  depths[1] = fmax (depths[0], fmin (depths[1], camera->distance + fmin (camera->far_clip, 1e6)));
  cf_camera_view (camera, view);
  for (int corner = 0; corner < 8; corner++)
    {
      double depth = depths[corner >> 2], half = slope * (camera->orthographic ? camera->distance : depth), xyz[3];
      double eye[3] = { (corner & 1 ? 1 : -1) * half * aspect, (corner & 2 ? 1 : -1) * half, camera->distance - depth };
      for (int b = 0; b < 3; b++)
        xyz[b] = camera->centre[b] + view[4 * b] * eye[0] + view[4 * b + 1] * eye[1] + view[4 * b + 2] * eye[2];
      box_add (field, xyz, lo, hi);
    }
}

static double
samples_of (const int dims[3], int factor)
{
  double n = 1;
  for (int a = 0; a < 3; a++)
    n *= (double) (dims[a] - 1) * factor + 1;
  return n;
}

static gboolean
box_clip (const CfGrid *field, const double lo[3], const double hi[3], CfFinePart *part)
{
  for (int a = 0; a < 3; a++)
    {
      part->lo[a] = (int) CLAMP (floor (lo[a]), 0, field->dims[a] - 1);
      part->dims[a] = (int) CLAMP (ceil (hi[a]), 0, field->dims[a] - 1) - part->lo[a] + 1;
      if (part->dims[a] < 2)
        return FALSE;
    }
  return TRUE;
}

static gboolean
view_clip (const CfGrid *field, const CfCamera *camera, double aspect, double reach, double far, int margin, CfFinePart *part)
{
  double lo[3] = { INFINITY, INFINITY, INFINITY }, hi[3] = { -INFINITY, -INFINITY, -INFINITY };
  view_box (field, camera, aspect, reach, far, lo, hi);
  for (int a = 0; a < 3; a++)
    {
      lo[a] -= margin;
      hi[a] += margin;
    }
  return box_clip (field, lo, hi, part);
}

/* d somewhat below a level: of a few for each doubling, so that a level that moves a little asks for the same samples. */
static double
below (double level, double share)
{
  double low = level - share * fabs (level), steps = LEVELS * log2 (fabs (low));
  return low == 0 ? 0 : copysign (exp2 ((low > 0 ? floor (steps) : ceil (steps)) / LEVELS), low);
}

/* d of samples beside which the scene shows something. */
static double
lowest_seen (const CfScene *scene)
{
  double level = isnan (scene->second_level) ? scene->level : fmin (scene->level, scene->second_level);
  switch (scene->style)
    {
    case CF_STYLE_SURFACE:
    case CF_STYLE_MESH:
      return below (level, 0.3);
    case CF_STYLE_VOLUME:
      return below (scene->transfer.n > 0 ? cf_transfer_floor (&scene->transfer) : 0.55 * level, 0.2);
    default:
      return below (level, 0.75); /* what is shown hardly changes there */
    }
}

gboolean
cf_fine_plan (const CfScene *scene, const CfCamera *camera, int width, int height, gsize samples_max, CfFinePart *out)
{
  static const double fars[] = { 24, 16, 12, 8, 6, 4, 3, 2, FAR }; /* as far as there are samples for */
  const CfGrid *field = &scene->field.grid;
  double pixel = cf_camera_pixel_size (camera, height), aspect = (double) width / height;
  double reach = 0.5 * pixel * hypot (width, height);
  CfFinePart part = { .factor = (int) fmin (FACTOR_MAX, ceil (cf_grid_smallest_edge (field) / (PIXELS * pixel))), .lowest = lowest_seen (scene) };
  if (part.factor < 2)
    return FALSE;
  for (gsize i = 0; i < G_N_ELEMENTS (fars); i++)
    {
      if (!view_clip (field, camera, aspect, reach, fars[i], CF_FINE_MARGIN, &part))
        return FALSE;
      if (samples_of (part.dims, part.factor) <= samples_max)
        {
          *out = part;
          return TRUE;
        }
    }
  for (int tries = 0; tries < 40; tries++, reach *= 0.9)
    {
      if (!view_clip (field, camera, aspect, reach, FAR, 0, &part))
        return FALSE;
      while (part.factor > 2 && samples_of (part.dims, part.factor) > samples_max)
        part.factor--;
      if (samples_of (part.dims, part.factor) > samples_max)
        continue;
      *out = part;
      return TRUE;
    }
  return FALSE;
}

void
cf_fine_show (CfScene *scene, const CfFinePart *part, float *samples)
{
  memset (&scene->fine, 0, sizeof scene->fine);
  if (part == NULL)
    return;
  scene->fine_part = *part;
  cf_fine_grid (&scene->field.grid, part, &scene->fine.grid);
  scene->fine.samples = samples;
  scene->fine.serial = cf_scene_next_serial ();
}

void
cf_fine_show_given (CfScene *scene, const CfFinePart *part, CfFineGive give, gpointer data)
{
  cf_fine_show (scene, part, NULL);
  scene->fine.give = give;
  scene->fine.give_data = data;
}

gboolean
cf_fine_add (CfScene *scene, const CfCamera *camera, int width, int height, gsize samples_max, CfFineBake bake, gpointer data, float **samples, GError **error)
{
  CfFinePart part;
  CfGrid grid;
  *samples = NULL;
  if (scene->difference || !cf_fine_plan (scene, camera, width, height, samples_max, &part))
    return TRUE;
  if (scene->fine.serial != 0 && cf_fine_same (&scene->fine_part, &part))
    return TRUE;
  cf_fine_grid (&scene->field.grid, &part, &grid);
  g_autofree float *made = g_try_malloc_n (cf_grid_n_voxels (&grid), sizeof *made);
  if (made == NULL)
    return TRUE;
  if (!bake (data, &scene->field.grid, scene->field.samples, &part, made, error))
    return FALSE;
  cf_fine_show (scene, &part, made);
  *samples = g_steal_pointer (&made);
  return TRUE;
}
