/* cf-scene-seeds.c: seeds on their way up, to be seen climbing. */
#include <string.h>

#include "cf-scene-private.h"

#define UNDER_WAY 0.16f /* A */
#define ARRIVED 0.24f
#define TRAIL 0.05f

/* Okabe and Ito's orange and yellow, and a blue that both stand out from. */
static const guint8 under_way_rgba[4] = { 230, 159, 0, 255 }, arrived_rgba[4] = { 240, 228, 66, 255 }, begun_rgba[4] = { 0, 114, 178, 255 };

static void
add_leg (CfScene *scene, const float a[3], const float b[3])
{
  CfCylinder leg = { .radius = TRAIL };
  memcpy (leg.a, a, sizeof leg.a);
  memcpy (leg.b, b, sizeof leg.b);
  memcpy (leg.rgba_a, begun_rgba, 4);
  memcpy (leg.rgba_b, begun_rgba, 4);
  if (memcmp (a, b, sizeof leg.a) != 0)
    g_array_append_val (scene->cylinders, leg);
}

static void
add_seed (CfScene *scene, const CfPaths *paths, gsize path, double length)
{
  gboolean arrived = length >= cf_paths_length (paths, path) && length > 0;
  CfSphere sphere = { .radius = arrived ? ARRIVED : UNDER_WAY };
  memcpy (sphere.rgba, arrived ? arrived_rgba : under_way_rgba, 4);
  gsize before = cf_paths_at (paths, path, length, sphere.pos);
  g_array_append_val (scene->spheres, sphere);
  for (gsize k = paths->first[path]; k < before; k++)
    add_leg (scene, paths->at[k], paths->at[k + 1]);
  add_leg (scene, paths->at[before], sphere.pos);
}

void
cf_scene_add_seeds (CfScene *scene, const CfPaths *paths, double length)
{
  for (gsize i = 0; i < paths->n; i++)
    if (paths->first[i + 1] > paths->first[i])
      add_seed (scene, paths, i, length);
  scene->molecules_serial = cf_scene_next_serial ();
}
