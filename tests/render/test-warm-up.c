/* What is made ready before the first picture is what pictures then need: Mesa's software keeps each program that it compiled as a file of its cache, and
 * a map of any sides, powers of two among them or not, adds none. */
#include <glib/gstdio.h>
#include <math.h>

#include "cf-fine-plan.h"
#include "cf-warm-up.h"
#include "picture.h"

#define CACHE "MESA_SHADER_CACHE_DIR"

static int
count_files (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  int n = 0;
  for (const char *name; dir && (name = g_dir_read_name (dir));)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      n += g_file_test (path, G_FILE_TEST_IS_DIR) ? count_files (path) : 1;
    }
  return n;
}

static void
remove_all (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  for (const char *name; dir && (name = g_dir_read_name (dir));)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        remove_all (path);
      else
        g_remove (path);
    }
  g_rmdir (folder);
}

/* As the window does: twice, as what comes back from the cache is compiled once more. */
static void
in_child_warm_up (void)
{
  g_assert_true (cf_render_warm_up (CF_STYLE_SURFACE, NULL));
  g_assert_true (cf_render_warm_up (CF_STYLE_SURFACE, NULL));
}

static void
in_child_draw (void)
{
  static const int sides[][3] = { { 45, 37, 51 }, { 64, 64, 64 }, { 64, 48, 33 }, { 37, 128, 16 }, { 65, 30, 32 } };
  g_autoptr (CfOffscreen) offscreen = picture_open ();
  for (gsize i = 0; i < G_N_ELEMENTS (sides); i++)
    for (int look = 0; look < 4; look++)
      {
        g_autoptr (GError) error = NULL;
        g_autoptr (CfScene) scene = cf_scene_new ();
        CfGrid grid;
        cf_grid_init_orthogonal (&grid, sides[i], (double[3]){ 0, 0, 0 }, (double[3]){ 1, 1, 1 });
        picture_add_ball (scene, &grid, 12);
        scene->field.serial = 4 * i + look + 1;
        scene->colour[3] = 0.4f;
        scene->level = 0.5;
        CfCamera camera = picture_frame (scene, 20, 10, FALSE);
        cf_camera_zoom (&camera, look == 2 ? 40 : 1);
        const CfFinePart part = { .lo = { 2, 2, 2 }, .dims = { 9, 9, 9 }, .factor = i == 1 ? 4 : 2 };
        g_autofree float *fine = g_new (float, 33 * 33 * 33);
        cf_fine_fill (&grid, scene->field.samples, &part, fine);
        cf_fine_show (scene, look == 3 ? &part : NULL, fine);
        const CfRenderQuality quality = { .detail = look == 1 ? 0.6 : 1 };
        g_autofree guint8 *rgba = cf_offscreen_draw_with (offscreen, CF_WARM_UP_WIDTH, CF_WARM_UP_HEIGHT, scene, &camera, &quality, &error);
        g_assert_no_error (error);
        picture_free_field (scene);
      }
}

static void
test_nothing_is_left (void)
{
  g_autoptr (CfOffscreen) offscreen = picture_open ();
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("cryofield-shaders-XXXXXX", &error);
  g_assert_no_error (error);
  if (!offscreen || !g_strrstr (cf_renderer_description (cf_offscreen_renderer (offscreen)), "llvmpipe"))
    {
      if (offscreen)
        g_test_skip ("only Mesa's software compiles so");
      g_rmdir (folder);
      return;
    }
  g_setenv (CACHE, folder, TRUE);
  g_test_trap_subprocess ("/warm-up/subprocess/warm-up", 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
  int before = count_files (folder);
  g_test_trap_subprocess ("/warm-up/subprocess/draw", 0, G_TEST_SUBPROCESS_DEFAULT);
  g_test_trap_assert_passed ();
  int after = count_files (folder);
  remove_all (folder);
  g_test_message ("%d files after the warm-up, %d after maps of five kinds", before, after);
  g_assert_cmpint (before, >, 10);
  g_assert_cmpint (after, ==, before);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/warm-up/nothing-is-left", test_nothing_is_left);
  g_test_add_func ("/warm-up/subprocess/warm-up", in_child_warm_up);
  g_test_add_func ("/warm-up/subprocess/draw", in_child_draw);
  return g_test_run ();
}
