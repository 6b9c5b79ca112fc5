/* hits-tool MRC LEVEL AZIMUTH ELEVATION: where the rays of a picture meet the surface at a level in file units: x y z (A) a line, for
 * test-marching.py to compare with another program's surface. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "cf-mrc.h"
#include "cf-offscreen.h"

#define SIZE 160

static gboolean
print_hits (char **argv, GError **error)
{
  g_autoptr (CfVolume) volume = cf_mrc_load (argv[1], NULL, error);
  g_autoptr (CfOffscreen) offscreen = volume ? cf_offscreen_new (error) : NULL;
  g_autoptr (CfScene) scene = cf_scene_new ();
  CfCamera camera = { 0 };
  const CfRenderQuality quality = { .detail = 1 };
  if (!offscreen)
    return FALSE;
  scene->field = (CfSceneField){ .grid = volume->grid, .samples = volume->data, .serial = 1 };
  scene->level = strtod (argv[2], NULL);
  cf_scene_frame (scene, &camera, strtod (argv[3], NULL), strtod (argv[4], NULL), 1);
  g_autofree guint8 *rgba = cf_offscreen_draw_with (offscreen, SIZE, SIZE, scene, &camera, &quality, error);
  if (!rgba)
    return FALSE;
  for (int y = 0; y < SIZE; y++)
    for (int x = 0; x < SIZE; x++)
      {
        double p[3];
        cf_renderer_pick (cf_offscreen_renderer (offscreen), x, y, p);
        if (!isnan (p[0]))
          printf ("%.5f %.5f %.5f\n", p[0], p[1], p[2]);
      }
  return TRUE;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  if (argc == 5 && print_hits (argv, &error))
    return 0;
  fprintf (stderr, "%s\n", error ? error->message : "hits-tool MRC LEVEL AZIMUTH ELEVATION");
  return 1;
}
