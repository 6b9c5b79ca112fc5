/* rays-tool MRC TRANSFER LEVEL AZIMUTH ELEVATION ORTHOGRAPHIC: a map in style volume, as d, for test-composite.py: on the first line the eye's axes
 * in the world; then for some pixels red, green, blue and the origin and direction (A) of each of the four rays that they are the mean of. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cf-mrc.h"
#include "cf-offscreen.h"

#define SIZE 120
#define EVERY 5

static void
print_pixel (const CfCamera *camera, const guint8 *rgba, int x, int y)
{
  const guint8 *at = rgba + 4 * ((gsize) y * SIZE + x);
  printf ("%d %d %d", at[0], at[1], at[2]);
  for (int i = 0; i < 4; i++)
    {
      double origin[3], direction[3];
      cf_camera_ray (camera, x + 0.25 + 0.5 * (i & 1), y + 0.25 + 0.5 * (i >> 1), SIZE, SIZE, origin, direction);
      for (int a = 0; a < 3; a++)
        printf (" %.9g", origin[a]);
      for (int a = 0; a < 3; a++)
        printf (" %.9g", direction[a]);
    }
  printf ("\n");
}

static gboolean
print_all (char **argv, GError **error)
{
  g_autoptr (CfVolume) volume = cf_mrc_load (argv[1], NULL, error);
  g_autoptr (CfOffscreen) offscreen = volume ? cf_offscreen_new (error) : NULL;
  g_autoptr (CfScene) scene = cf_scene_new ();
  CfCamera camera = { .orthographic = atoi (argv[6]) };
  float view[16];
  if (!offscreen)
    return FALSE;
  scene->field = (CfSceneField){ .grid = volume->grid, .samples = volume->data, .serial = 1 };
  scene->style = CF_STYLE_VOLUME;
  scene->level = strtod (argv[3], NULL);
  scene->outline = scene->depth_cue = FALSE;
  scene->background = CF_BACKGROUND_WHITE;
  if (!cf_transfer_parse (argv[2], scene->level, &scene->transfer, error))
    return FALSE;
  cf_scene_frame (scene, &camera, strtod (argv[4], NULL), strtod (argv[5], NULL), 1);
  g_autofree guint8 *rgba = cf_offscreen_draw (offscreen, SIZE, SIZE, scene, &camera, error);
  if (!rgba)
    return FALSE;
  cf_camera_view (&camera, view);
  for (int r = 0; r < 3; r++)
    printf ("%.9g %.9g %.9g ", view[r], view[4 + r], view[8 + r]);
  printf ("\n");
  for (int y = 1; y < SIZE; y += EVERY)
    for (int x = 1; x < SIZE; x += EVERY)
      print_pixel (&camera, rgba, x, y);
  return TRUE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  if (argc == 7 && print_all (argv, &error))
    return 0;
  fprintf (stderr, "%s\n", error ? error->message : "rays-tool MRC TRANSFER LEVEL AZIMUTH ELEVATION ORTHOGRAPHIC");
  return 1;
}
