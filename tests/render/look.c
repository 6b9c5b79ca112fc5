/* look: a map (or a synthetic field) to a PNG, and how long frames take; for whoever works on the picture. Not a test.
 * look [--map FILE] [--pdb FILE] [--style NAME] [--level D] [--view AZ,EL] [--zoom Z] [--size WxH] [--detail X] [--alpha A] [--background N]
 *      [--frames N] [--cube N] [--slice F] [--boxes] [--all-atoms] -o PNG */
#include <math.h>
#include <stdio.h>
#include <time.h>

#include "cf-grid.h"
#include "cf-mrc.h"
#include "cf-offscreen.h"

static char *map, *pdb, *style, *view, *size, *output;
static double level = 0.2, zoom = 1, detail = 2, alpha = 1, slice = 0.5;
static int frames = 0, cube = 64, background = 0;
static gboolean boxes, balls, orthographic;

static const GOptionEntry entries[] = {
  { "map", 0, 0, G_OPTION_ARG_FILENAME, &map, NULL, NULL },          { "pdb", 0, 0, G_OPTION_ARG_FILENAME, &pdb, NULL, NULL },
  { "style", 0, 0, G_OPTION_ARG_STRING, &style, NULL, NULL },        { "level", 0, 0, G_OPTION_ARG_DOUBLE, &level, NULL, NULL },
  { "view", 0, 0, G_OPTION_ARG_STRING, &view, NULL, NULL },          { "zoom", 0, 0, G_OPTION_ARG_DOUBLE, &zoom, NULL, NULL },
  { "size", 0, 0, G_OPTION_ARG_STRING, &size, NULL, NULL },          { "detail", 0, 0, G_OPTION_ARG_DOUBLE, &detail, NULL, NULL },
  { "alpha", 0, 0, G_OPTION_ARG_DOUBLE, &alpha, NULL, NULL },        { "background", 0, 0, G_OPTION_ARG_INT, &background, NULL, NULL },
  { "frames", 0, 0, G_OPTION_ARG_INT, &frames, NULL, NULL },         { "cube", 0, 0, G_OPTION_ARG_INT, &cube, NULL, NULL },
  { "slice", 0, 0, G_OPTION_ARG_DOUBLE, &slice, NULL, NULL },        { "boxes", 0, 0, G_OPTION_ARG_NONE, &boxes, NULL, NULL },
  { "all-atoms", 0, 0, G_OPTION_ARG_NONE, &balls, NULL, NULL },      { "orthographic", 0, 0, G_OPTION_ARG_NONE, &orthographic, NULL, NULL },
  { "output", 'o', 0, G_OPTION_ARG_FILENAME, &output, NULL, NULL }, { NULL }
};

static float *
synthetic (CfGrid *grid)
{
  const int dims[3] = { cube, cube, cube };
  const double origin[3] = { 0, 0, 0 }, spacing[3] = { 1, 1, 1 };
  cf_grid_init_orthogonal (grid, dims, origin, spacing);
  float *samples = g_new (float, (gsize) cube * cube * cube);
  for (int k = 0; k < cube; k++)
    for (int j = 0; j < cube; j++)
      for (int i = 0; i < cube; i++)
        {
          double v = 0, s = cube / 11.0;
          for (int b = 0; b < 9; b++)
            {
              double t = b * 0.8, cx = cube * (0.5 + 0.3 * cos (t)), cy = cube * (0.2 + 0.07 * b), cz = cube * (0.5 + 0.3 * sin (t));
              v += exp (-((i - cx) * (i - cx) + (j - cy) * (j - cy) + (k - cz) * (k - cz)) / (2 * s * s));
            }
          samples[((gsize) k * cube + j) * cube + i] = (float) v;
        }
  return samples;
}

static float *
from_map (CfGrid *grid, GError **error)
{
  g_autoptr (CfVolume) volume = cf_mrc_load (map, NULL, error);
  if (!volume)
    return NULL;
  *grid = volume->grid;
  gsize n = cf_grid_n_voxels (grid);
  float *samples = g_new (float, n);
  for (gsize i = 0; i < n; i++)
    samples[i] = fmaxf (volume->data[i], 0) / (float) volume->statistics.max;
  return samples;
}

static gboolean
add_model (CfScene *scene, GError **error)
{
  g_autoptr (CfStructure) structure = cf_structure_load (pdb, NULL, error);
  if (!structure)
    return FALSE;
  CfMolecules molecules = { .structure = structure, .all_atoms = balls, .atom_colouring = balls ? CF_COLOUR_ELEMENT : CF_COLOUR_CHAIN };
  cf_scene_set_molecules (scene, &molecules);
  return TRUE;
}

static void
add_box (CfScene *scene)
{
  CfBox box = { .rgba = { 230, 159, 0, 255 } };
  const CfGrid *grid = &scene->field.grid;
  for (int c = 0; c < 8; c++)
    for (int b = 0; b < 3; b++)
      {
        double x = grid->origin[b];
        for (int a = 0; a < 3; a++)
          x += (c >> a & 1) * (grid->dims[a] - 1) * grid->step[a][b];
        box.corner[c][b] = (float) x;
      }
  g_array_append_val (scene->boxes, box);
}

static gboolean
look (GError **error)
{
  g_autoptr (CfScene) scene = cf_scene_new ();
  g_autofree float *samples = map ? from_map (&scene->field.grid, error) : synthetic (&scene->field.grid);
  if (!samples)
    return FALSE;
  scene->field.samples = samples;
  scene->field.serial = 1;
  scene->level = level;
  scene->colour[3] = (float) alpha;
  scene->background = (CfBackground) background;
  scene->slice[0] = scene->slice[1] = scene->slice[2] = slice;
  if (style && !cf_style_parse (style, &scene->style))
    g_printerr ("no style %s\n", style);
  if (boxes)
    add_box (scene);
  if (pdb && !add_model (scene, error))
    return FALSE;
  double az = 0, el = 0;
  int w = 900, h = 600;
  if (view)
    sscanf (view, "%lf,%lf", &az, &el);
  if (size)
    sscanf (size, "%dx%d", &w, &h);
  CfCamera camera = { .orthographic = orthographic };
  cf_scene_frame (scene, &camera, az, el, zoom);
  g_autoptr (CfOffscreen) offscreen = cf_offscreen_new (error);
  if (!offscreen)
    return FALSE;
  CfRenderQuality quality = { .detail = detail };
  gint64 start = g_get_monotonic_time ();
  g_autofree guint8 *rgba = cf_offscreen_draw_with (offscreen, w, h, scene, &camera, &quality, error);
  if (!rgba)
    return FALSE;
  g_print ("%s: first %.1f ms\n", cf_renderer_description (cf_offscreen_renderer (offscreen)), (g_get_monotonic_time () - start) / 1e3);
  double best = 1e9, wall = 1e9;
  for (int i = 0; i < frames; i++)
    {
      clock_t ticks = clock ();
      start = g_get_monotonic_time ();
      g_autofree guint8 *frame = cf_offscreen_draw_with (offscreen, w, h, scene, &camera, &quality, error);
      if (!frame)
        return FALSE;
      wall = fmin (wall, (double) (g_get_monotonic_time () - start) / 1e3);
      best = fmin (best, (double) (clock () - ticks) / CLOCKS_PER_SEC * 1e3);
    }
  if (frames)
    g_print ("the best frame: %.2f ms of processor, %.2f ms\n", best, wall);
  const char *text[] = { "Software", "Cryofield", NULL };
  return !output || cf_png_save (output, w, h, rgba, text, error);
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error) || !look (&error))
    {
      g_printerr ("look: %s\n", error->message);
      return 1;
    }
  return 0;
}
