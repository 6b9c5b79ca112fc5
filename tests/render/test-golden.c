/* Golden pictures, drawn by Mesa's software. A picture that differs leaves NAME.out.png and NAME.diff.png in the build folder.
 * CRYOFIELD_UPDATE_GOLDEN=1 writes them anew: look at them before you commit. */
#include <math.h>
#include <png.h>
#include <stdlib.h>
#include <string.h>

#include "picture.h"

#define WIDTH 320
#define HEIGHT 240
#define PIXEL_TOLERANCE 24    /* of 255; what other versions of Mesa and LLVM round differently along edges */
#define PIXELS_BEYOND 0.004   /* share of pixels that may differ by more */
#define MEAN_TOLERANCE 0.4    /* of 255 */

static void
add_things (CfScene *scene, const CfGrid *grid)
{
  double m[3];
  picture_middle (grid, m);
  picture_add_sphere (scene, m[0] + 9, m[1] - 12, m[2], 1.6, CF_PICK_NODE);
  picture_add_sphere (scene, m[0], m[1], m[2], 2.5, CF_PICK_NODE | 1);
  CfCylinder cylinder = { .a = { (float) m[0], (float) m[1], (float) m[2] },
                          .b = { (float) m[0] + 16, (float) m[1] + 8, (float) m[2] + 4 },
                          .radius = 0.7f,
                          .rgba_a = { 230, 159, 0, 255 },
                          .rgba_b = { 0, 158, 115, 255 } };
  g_array_append_val (scene->cylinders, cylinder);
  CfBox box = { .rgba = { 204, 121, 167, 255 } };
  for (int c = 0; c < 8; c++)
    {
      double p[3];
      cf_grid_to_world (grid, (double[3]){ c & 1 ? grid->dims[0] - 1 : 0, c & 2 ? grid->dims[1] - 1 : 0, c & 4 ? grid->dims[2] - 1 : 0 }, p);
      for (int a = 0; a < 3; a++)
        box.corner[c][a] = (float) p[a];
    }
  g_array_append_val (scene->boxes, box);
}

static char *
path_of (const char *variable, const char *name, const char *suffix)
{
  const char *folder = g_getenv (variable);
  g_autofree char *file = g_strconcat (name, suffix, NULL);
  return g_build_filename (folder ? folder : ".", file, NULL);
}

static guint8 *
golden_load (const char *path)
{
  png_image image = { .version = PNG_IMAGE_VERSION };
  if (!png_image_begin_read_from_file (&image, path))
    return NULL;
  image.format = PNG_FORMAT_RGBA;
  guint8 *rgba = g_malloc (PNG_IMAGE_SIZE (image));
  if (image.width == WIDTH && image.height == HEIGHT && png_image_finish_read (&image, NULL, rgba, 0, NULL))
    return rgba;
  png_image_free (&image);
  g_free (rgba);
  return NULL;
}

static void
save (const char *path, const guint8 *rgba)
{
  g_autoptr (GError) error = NULL;
  cf_png_save (path, WIDTH, HEIGHT, rgba, NULL, &error);
  g_assert_no_error (error);
}

static void
compare (const char *name, const guint8 *rgba)
{
  g_autofree char *path = path_of ("CRYOFIELD_GOLDEN", name, ".png");
  if (g_strcmp0 (g_getenv ("CRYOFIELD_UPDATE_GOLDEN"), "1") == 0)
    save (path, rgba);
  g_autofree guint8 *golden = golden_load (path);
  g_autofree guint8 *diff = g_malloc (WIDTH * HEIGHT * 4);
  double sum = 0;
  int beyond = 0;
  for (int i = 0; golden && i < WIDTH * HEIGHT; i++)
    {
      int worst = 0;
      for (int c = 0; c < 3; c++)
        {
          int d = abs (rgba[4 * i + c] - golden[4 * i + c]);
          sum += d / 3.0;
          worst = MAX (worst, d);
          diff[4 * i + c] = (guint8) MIN (255, 8 * d);
        }
      diff[4 * i + 3] = 255;
      beyond += worst > PIXEL_TOLERANCE;
    }
  double mean = sum / (WIDTH * HEIGHT), share = (double) beyond / (WIDTH * HEIGHT);
  g_test_message ("%s: mean difference %.3f, %.3f %% of pixels beyond %d", name, mean, 100 * share, PIXEL_TOLERANCE);
  if (golden && mean <= MEAN_TOLERANCE && share <= PIXELS_BEYOND)
    return;
  g_autofree char *out = path_of ("CRYOFIELD_OUT", name, ".out.png"), *difference = path_of ("CRYOFIELD_OUT", name, ".diff.png");
  save (out, rgba);
  if (golden)
    save (difference, diff);
  g_test_message ("see %s", out);
  g_test_fail ();
}

typedef enum
{
  CELL_SHEARED,
  CELL_ANISOTROPIC
} Cell;

typedef struct
{
  const char *name;
  CfStyle style;
  float alpha;
  CfBackground background;
  gboolean outline;
  gboolean things;
  Cell cell;
  gboolean orthographic;
  gboolean second, difference, plane, split;
  const char *transfer;
} Golden;

static const Golden goldens[] = {
  { "surface", CF_STYLE_SURFACE, 1, CF_BACKGROUND_DARK, TRUE, TRUE },
  { "film", CF_STYLE_SURFACE, 0.4f, CF_BACKGROUND_WHITE, TRUE, TRUE },
  { "mesh", CF_STYLE_MESH, 1, CF_BACKGROUND_DARK, FALSE, TRUE },
  { "volume", CF_STYLE_VOLUME, 1, CF_BACKGROUND_DARK, TRUE, TRUE },
  { "mip", CF_STYLE_MIP, 1, CF_BACKGROUND_DARK, FALSE, TRUE },
  { "slices", CF_STYLE_SLICES, 1, CF_BACKGROUND_LIGHT, TRUE, TRUE },
  { "surface-anisotropic", CF_STYLE_SURFACE, 1, CF_BACKGROUND_LIGHT, FALSE, TRUE, CELL_ANISOTROPIC, TRUE },
  { "film-anisotropic", CF_STYLE_SURFACE, 0.4f, CF_BACKGROUND_DARK, TRUE, TRUE, CELL_ANISOTROPIC },
  { "mesh-anisotropic", CF_STYLE_MESH, 1, CF_BACKGROUND_WHITE, FALSE, TRUE, CELL_ANISOTROPIC },
  { "volume-anisotropic", CF_STYLE_VOLUME, 1, CF_BACKGROUND_LIGHT, FALSE, TRUE, CELL_ANISOTROPIC, TRUE },
  { "mip-anisotropic", CF_STYLE_MIP, 1, CF_BACKGROUND_WHITE, FALSE, TRUE, CELL_ANISOTROPIC },
  { "slices-anisotropic", CF_STYLE_SLICES, 1, CF_BACKGROUND_DARK, FALSE, TRUE, CELL_ANISOTROPIC, TRUE },
  { "second", CF_STYLE_SURFACE, 1, CF_BACKGROUND_DARK, TRUE, TRUE, .second = TRUE },
  { "difference", CF_STYLE_SURFACE, 1, CF_BACKGROUND_LIGHT, TRUE, TRUE, .difference = TRUE },
  { "difference-slices", CF_STYLE_SLICES, 1, CF_BACKGROUND_WHITE, FALSE, TRUE, .difference = TRUE },
  { "plane", CF_STYLE_SURFACE, 1, CF_BACKGROUND_DARK, TRUE, TRUE, .plane = TRUE },
  { "split", CF_STYLE_SURFACE, 1, CF_BACKGROUND_DARK, TRUE, TRUE, .split = TRUE },
  { "transfer", CF_STYLE_VOLUME, 1, CF_BACKGROUND_WHITE, FALSE, TRUE, .transfer = "shells" },
};

/* What the helix has more on one side than on the other. */
static void
make_difference (CfScene *scene)
{
  const int *n = scene->field.grid.dims;
  float *v = scene->field.samples;
  for (int k = 0; k < n[2]; k++)
    for (int j = 0; j < n[1]; j++)
      for (int i = 0; i < n[0]; i++, v++)
        *v *= (float) cos (0.3 * j);
  scene->difference = TRUE;
}

static void
vary (const Golden *golden, CfScene *scene, float **coarse)
{
  if (golden->second)
    {
      const float film[4] = { 0.34f, 0.71f, 0.91f, 0.3f };
      scene->second_level = 0.1;
      memcpy (scene->second_colour, film, sizeof film);
    }
  if (golden->difference)
    make_difference (scene);
  if (golden->plane)
    {
      double m[3];
      picture_middle (&scene->field.grid, m);
      scene->plane[0] = scene->plane[2] = sqrt (0.5);
      scene->plane[3] = sqrt (0.5) * (m[0] + m[2] + 9);
    }
  if (golden->split)
    {
      /* every second voxel, not interpolated */
      g_autoptr (CfScene) other = cf_scene_new ();
      CfGrid grid;
      cf_grid_resample (&scene->field.grid, 2, &grid);
      picture_add_helix (other, &grid);
      scene->other = other->field;
      scene->other_filter = CF_FILTER_NEAREST;
      scene->split = 0.43;
      *coarse = other->field.samples;
    }
}

static void
test_golden (gconstpointer data)
{
  const Golden *golden = data;
  g_autoptr (CfOffscreen) offscreen = picture_open ();
  if (!offscreen)
    return;
  if (!strstr (cf_renderer_description (cf_offscreen_renderer (offscreen)), "llvmpipe"))
    {
      g_test_skip ("golden pictures are compared on Mesa's llvmpipe only");
      return;
    }
  g_autoptr (GError) error = NULL;
  g_autoptr (CfScene) scene = cf_scene_new ();
  CfGrid grid;
  double lo[3], hi[3];
  CfCamera camera = { 0 };
  g_autofree float *coarse = NULL;
  if (golden->cell == CELL_SHEARED)
    picture_grid_sheared (&grid, 44);
  else
    cf_grid_init_orthogonal (&grid, (int[3]){ 60, 40, 26 }, (double[3]){ 10, 20, 30 }, (double[3]){ 0.65, 0.95, 1.5 });
  picture_add_helix (scene, &grid);
  scene->level = 0.25;
  scene->style = golden->style;
  scene->colour[3] = golden->alpha;
  scene->background = golden->background;
  scene->outline = golden->outline;
  if (golden->things)
    add_things (scene, &grid);
  vary (golden, scene, &coarse);
  if (golden->transfer)
    g_assert_true (cf_transfer_preset (golden->transfer, scene->level, &scene->transfer));
  g_assert_true (cf_scene_bounds (scene, lo, hi));
  camera.orthographic = golden->orthographic;
  cf_camera_frame (&camera, lo, hi, 25, 15, golden->cell == CELL_SHEARED ? 1.8 : 1.3);
  g_autofree guint8 *rgba = cf_offscreen_draw (offscreen, WIDTH, HEIGHT, scene, &camera, &error);
  g_assert_no_error (error);
  compare (golden->name, rgba);
  picture_free_field (scene);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (goldens); i++)
    {
      g_autofree char *path = g_strconcat ("/golden/", goldens[i].name, NULL);
      g_test_add_data_func (path, &goldens[i], test_golden);
    }
  return g_test_run ();
}
