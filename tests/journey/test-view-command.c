/* The command that the window copies repeats its picture: a map seen in several ways, drawn here from the window's own scene and by
 * `cryofield-cli render` with the options that were copied. The camera is turned, moved and brought nearer as a hand does it. */
#include <glib/gstdio.h>
#include <math.h>
#include <png.h>
#include <stdlib.h>
#include <string.h>

#include "cf-demo.h"
#include "cf-export.h"
#include "cf-mrc.h"
#include "cf-offscreen.h"

#define WIDTH 240
#define HEIGHT 180

typedef struct
{
  char *folder, *map;
  CfNormalisation normalisation;
  CfStructure *model;
  CfPicture *picture;
  CfSamples *samples;
  CfCamera camera;
} Seen;

static void
seen_make (Seen *seen)
{
  g_autoptr (GError) error = NULL;
  seen->folder = g_dir_make_tmp ("cryofield-XXXXXX", &error);
  seen->map = g_build_filename (seen->folder, "demo.mrc", NULL);
  seen->model = cf_demo_structure (&error);
  g_autoptr (CfVolume) volume = cf_demo_volume (seen->model, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (cf_mrc_save (volume, seen->map, &(CfMrcSaveOptions){ 0 }, NULL, &error));
  g_autoptr (CfVolume) read = cf_mrc_load (seen->map, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (cf_normalisation_compute (read, NAN, &seen->normalisation, &error));
  CfGrid grid;
  cf_grid_crop (&read->grid, seen->normalisation.lo, seen->normalisation.dims, &grid);
  seen->picture = cf_picture_new ();
  seen->samples = cf_samples_try_new (&grid);
  cf_normalisation_read (&seen->normalisation, read, (int[3]){ 0, 0, 0 }, seen->normalisation.dims, seen->samples->data);
  double lo[3], hi[3];
  cf_grid_bounds (&grid, lo, hi);
  cf_camera_frame (&seen->camera, lo, hi, 24, 14, 1.3);
  cf_camera_rotate (&seen->camera, 100, 90, 171, 63, WIDTH, HEIGHT);
  cf_camera_pan (&seen->camera, 9, -7, WIDTH, HEIGHT);
}

static void
seen_clear (Seen *seen)
{
  cf_picture_free (seen->picture);
  cf_samples_unref (seen->samples);
  cf_structure_unref (seen->model);
  g_remove (seen->map);
  g_rmdir (seen->folder);
  g_free (seen->map);
  g_free (seen->folder);
}

static guint8 *
repeat (const Seen *seen, const char *options, const char *style, double level)
{
  g_autofree char *out = g_build_filename (seen->folder, "again.png", NULL);
  char number[G_ASCII_DTOSTR_BUF_SIZE];
  g_ascii_formatd (number, sizeof number, "%.9g", level);
  g_autofree char *line = g_strdup_printf ("%s render %s -o %s --size %dx%d --style %s --level norm=%s --model demo:%s", g_getenv ("CRYOFIELD_CLI"),
                                           seen->map, out, WIDTH, HEIGHT, style, number, options);
  int status = 1;
  g_autofree char *complaint = NULL;
  g_assert_true (g_spawn_command_line_sync (line, NULL, &complaint, &status, NULL));
  g_test_message ("%s", line);
  if (status != 0)
    g_error ("%s", complaint);
  png_image image = { .version = PNG_IMAGE_VERSION };
  g_assert_true (png_image_begin_read_from_file (&image, out));
  image.format = PNG_FORMAT_RGBA;
  g_assert_cmpint (image.width, ==, WIDTH);
  g_assert_cmpint (image.height, ==, HEIGHT);
  guint8 *rgba = g_malloc (PNG_IMAGE_SIZE (image));
  g_assert_true (png_image_finish_read (&image, NULL, rgba, 0, NULL));
  g_remove (out);
  return rgba;
}

/* Pixels that differ by more than rounding. */
static int
pixels_that_differ (const guint8 *a, const guint8 *b)
{
  int n = 0;
  for (int i = 0; i < WIDTH * HEIGHT; i++)
    for (int c = 0; c < 3; c++)
      if (abs (a[4 * i + c] - b[4 * i + c]) > 2)
        {
          n++;
          break;
        }
  return n;
}

static guint8 *
draw (CfOffscreen *offscreen, Seen *seen, char **options)
{
  g_autoptr (GError) error = NULL;
  CfLevel level = cf_level_generic (&seen->normalisation);
  CfSessionState state = { .samples = seen->samples, .samples_all = TRUE, .structure = seen->model, .has_level = TRUE, .level = level,
                           .normalisation = seen->normalisation, .prepared = TRUE };
  cf_picture_update (seen->picture, &state, CF_CHANGED_ALL);
  CfShot *shot = cf_shot_new (seen->picture, &seen->camera, WIDTH, HEIGHT, FALSE);
  *options = cf_export_view_options (shot);
  guint8 *rgba = cf_offscreen_draw (offscreen, WIDTH, HEIGHT, shot->picture->scene, &shot->camera, &error);
  g_assert_no_error (error);
  cf_shot_free (shot);
  return rgba;
}

static void
test_repeated (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CfOffscreen) offscreen = cf_offscreen_new (&error);
  if (!offscreen)
    {
      g_test_skip (error->message);
      return;
    }
  Seen seen = { 0 };
  seen_make (&seen);
  CfPictureOptions *o = &seen.picture->options;
  const CfPictureOptions plain = *o;
  g_autofree guint8 *before = NULL;
  double level = cf_level_generic (&seen.normalisation).normalised;
  for (int way = 0; way < 6; way++)
    {
      *o = plain;
      o->background = way == 1 ? CF_BACKGROUND_WHITE : CF_BACKGROUND_DARK;
      o->orthographic = o->all_atoms = way == 1;
      o->atom_colouring = way == 2 ? CF_COLOUR_ELEMENT : CF_COLOUR_PLAIN;
      o->outline = o->depth_cue = way != 2;
      o->style = way == 3 ? CF_STYLE_VOLUME : way == 4 ? CF_STYLE_SLICES : CF_STYLE_SURFACE;
      o->second = way == 5;
      if (way == 2)
        o->clip[0] = 0.5;
      if (way == 3)
        g_assert_true (cf_transfer_preset ("warm", level, &o->transfer));
      if (way == 4)
        o->slice[2] = 0.3;
      if (way == 5)
        {
          o->plane = TRUE;
          o->plane_normal[0] = 0.6;
          o->plane_normal[2] = -0.8;
        }
      g_autofree char *options = NULL;
      guint8 *mine = draw (offscreen, &seen, &options);
      g_autofree guint8 *again = repeat (&seen, options, cf_style_name (o->style), level);
      int apart = pixels_that_differ (mine, again);
      g_test_message ("way %d: %d of %d pixels differ", way, apart, WIDTH * HEIGHT);
      g_assert_cmpint (apart, <, WIDTH * HEIGHT / 500);
      if (before)
        g_assert_cmpint (pixels_that_differ (before, mine), >, WIDTH * HEIGHT / 50);
      g_free (before);
      before = mine;
    }
  o->difference = o->split = FALSE;
  o->field = FALSE;
  g_autofree char *none = NULL;
  g_free (draw (offscreen, &seen, &none));
  g_assert_null (none); /* what the command line cannot draw has no command */
  seen_clear (&seen);
}

/* All that is open is in view: the map, and a model that reaches far beyond it on one side; the map alone where atoms are not shown. */
static void
test_all_in_view (void)
{
  Seen seen = { 0 };
  double lo[3], hi[3], map_lo[3], map_hi[3];
  seen_make (&seen);
  CfAtom *last = &seen.model->atoms[seen.model->residues[seen.model->n_residues - 1].trace];
  CfSessionState state = { .samples = seen.samples, .samples_all = TRUE, .structure = seen.model, .has_level = TRUE,
                           .level = cf_level_generic (&seen.normalisation), .normalisation = seen.normalisation, .prepared = TRUE };
  cf_grid_bounds (&seen.samples->grid, map_lo, map_hi);
  last->pos[0] = (float) map_hi[0] + 40;
  for (int atoms = 1; atoms >= 0; atoms--)
    {
      seen.picture->options.atoms = atoms;
      cf_picture_update (seen.picture, &state, CF_CHANGED_ALL);
      g_assert_true (cf_picture_bounds (seen.picture, &state, lo, hi));
      for (int a = 0; a < 3; a++)
        {
          g_assert_cmpfloat (lo[a], <=, map_lo[a]);
          g_assert_cmpfloat (hi[a], >=, map_hi[a]);
        }
      g_assert_cmpfloat (hi[0], >=, map_hi[0] + (atoms ? 40 : 0));
      g_assert_cmpfloat (hi[0], <=, map_hi[0] + (atoms ? 42 : 0));
      g_assert_cmpfloat (hi[1], <, map_hi[1] + 20);
    }
  seen_clear (&seen);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/view-command/repeated", test_repeated);
  g_test_add_func ("/view-command/all-in-view", test_all_in_view);
  return g_test_run ();
}
