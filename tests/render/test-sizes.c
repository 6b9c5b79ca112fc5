/* Pictures for files of the sizes that people ask for: as many rays as there is room for. */
#include <math.h>

#include "picture.h"

static void
test_detail (void)
{
  g_autoptr (CfOffscreen) offscreen = picture_open ();
  if (!offscreen)
    return;
  g_assert_cmpfloat (cf_offscreen_detail (offscreen, 800, 600), ==, 2);
  g_assert_cmpfloat (cf_offscreen_detail (offscreen, 3840, 2160), ==, 2);
  g_assert_cmpfloat (cf_offscreen_detail (offscreen, 7680, 4320), ==, 1);
  g_assert_cmpfloat (cf_offscreen_detail (offscreen, 8192, 8192), ==, 1);
}

/* A sphere whose outline in a picture of 7680 x 4320 pixels is where it has to be. */
static void
test_eight_k (void)
{
  enum { WIDTH = 7680, HEIGHT = 4320 };
  g_autoptr (CfOffscreen) offscreen = picture_open ();
  if (!offscreen)
    return;
  g_autoptr (GError) error = NULL;
  g_autoptr (CfScene) scene = cf_scene_new ();
  const double lo[3] = { -10, -10, -10 }, hi[3] = { 10, 10, 10 };
  CfCamera camera = { .orthographic = TRUE };
  picture_add_sphere (scene, 1, 2, 3, 4, CF_PICK_NODE);
  scene->outline = FALSE;
  cf_camera_frame (&camera, lo, hi, 0, 0, 1);
  g_autofree guint8 *rgba = cf_offscreen_draw (offscreen, WIDTH, HEIGHT, scene, &camera, &error);
  g_assert_no_error (error);
  double x, y, pixel = cf_camera_pixel_size (&camera, HEIGHT);
  int seen = 0;
  g_assert_true (cf_camera_project (&camera, (double[3]){ 1, 2, 3 }, WIDTH, HEIGHT, &x, &y));
  for (int i = 0; i < WIDTH; i++)
    {
      gboolean inside = fabs (i + 0.5 - x) < 4 / pixel - 2, outside = fabs (i + 0.5 - x) > 4 / pixel + 2;
      const guint8 *p = rgba + 4 * ((gsize) y * WIDTH + i);
      g_assert_true (!inside || p[2] > p[0] + 10);
      g_assert_true (!outside || (p[0] < 40 && p[2] < 40));
      seen += inside;
    }
  g_test_message ("%d pixels across", seen);
  g_assert_cmpint (seen, >, 800);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sizes/detail", test_detail);
  g_test_add_func ("/sizes/eight-k", test_eight_k);
  return g_test_run ();
}
