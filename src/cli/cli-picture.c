/* cli-picture.c: bakes, frames and draws without a display. */
#include "cli-picture.h"

#include <math.h>
#include <string.h>

#include "cf-film.h"
#include "cf-walk.h"

void
cf_cli_samples_clear (CfCliSamples *samples)
{
  g_clear_pointer (&samples->data, g_free);
}

static float *
allocate (const CfGrid *grid, GError **error)
{
  gsize n = cf_grid_n_voxels (grid);
  float *data = g_try_malloc_n (n, sizeof *data);

  if (!data)
    g_set_error (error, CF_ERROR, CF_ERROR_FAILED, "no memory for %zu samples of the field", n);
  return data;
}

gboolean
cf_cli_samples_from_field (CfCli *cli, CfEvaluator *evaluator, CfCliSamples *out, GError **error)
{
  g_auto (CfCliSamples) samples = { 0 };

  cf_walk_grid (cf_evaluator_field (evaluator), 0, &samples.grid);
  samples.data = allocate (&samples.grid, error);
  if (!samples.data
      || !cf_evaluator_bake (evaluator, &samples.grid, samples.data, cf_cli_progress, (gpointer) "sampling the field", cli->cancellable, error))
    return FALSE;
  *out = samples;
  samples.data = NULL;
  return TRUE;
}

void
cf_cli_samples_from_map (const CfVolume *volume, const CfNormalisation *normalisation, CfCliSamples *out)
{
  const int start[3] = { 0, 0, 0 };

  cf_grid_crop (&volume->grid, normalisation->lo, normalisation->dims, &out->grid);
  out->data = g_new (float, cf_grid_n_voxels (&out->grid));
  cf_normalisation_read (normalisation, volume, start, normalisation->dims, out->data);
}

CfScene *
cf_cli_scene_new (const CfCliPicture *picture, const CfCliSamples *samples)
{
  const CfMolecules molecules = {
    .graph = picture->graph,
    .structure = picture->model,
    .comparison = picture->comparison,
    .node_colouring = picture->comparison ? CF_COLOUR_MATCH : CF_COLOUR_PLAIN,
    .atom_colouring = CF_COLOUR_CHAIN,
    .edges = TRUE,
  };
  CfScene *scene = cf_scene_new ();

  scene->field.grid = samples->grid;
  scene->field.samples = samples->data;
  scene->field.serial = 1;
  scene->style = picture->style;
  scene->level = picture->level;
  scene->background = picture->background;
  if (picture->slice[0] != 0 || picture->slice[1] != 0 || picture->slice[2] != 0)
    memcpy (scene->slice, picture->slice, sizeof scene->slice);
  memcpy (scene->plane, picture->plane, sizeof scene->plane);
  if (picture->second > 0)
    {
      static const float film[4] = { 0.34f, 0.71f, 0.91f, 0.25f };
      scene->second_level = picture->second * picture->level;
      memcpy (scene->second_colour, film, sizeof film);
    }
  if (picture->graph || picture->model)
    {
      /* nodes and atoms lie inside the surface */
      scene->colour[3] = MIN (scene->colour[3], 0.35f);
      cf_scene_set_molecules (scene, &molecules);
    }
  return scene;
}

static gboolean
query_field (gpointer data, gsize n, const double *xyz, float *value, float *gradient, GError **error)
{
  const CfCliPicture *picture = data;

  return cf_evaluator_query (picture->final, n, xyz, value, gradient, picture->cancellable, error);
}

static void
make_camera (const CfCliPicture *picture, const CfCliSamples *samples, const CfScene *scene, CfCamera *camera)
{
  double lo[3], hi[3];

  *camera = (CfCamera) { .orthographic = picture->orthographic };
  if (!cf_scene_frame (scene, camera, picture->azimuth, picture->elevation, picture->zoom))
    {
      cf_grid_bounds (&samples->grid, lo, hi);
      cf_camera_frame (camera, lo, hi, picture->azimuth, picture->elevation, picture->zoom);
    }
  if (picture->clip[0] != 0 || picture->clip[1] != 0)
    {
      camera->near_clip = picture->clip[0];
      camera->far_clip = picture->clip[1];
    }
}

gboolean
cf_cli_picture_save (const CfCliPicture *picture, const CfCliSamples *samples, const char *path, GError **error)
{
  g_autoptr (CfScene) scene = cf_cli_scene_new (picture, samples);
  g_autoptr (CfOffscreen) offscreen = NULL;
  g_autofree guint8 *rgba = NULL;
  CfCamera camera;
  const CfRenderQuality final = { .detail = MAX (picture->width, picture->height) <= 4096 ? 2 : 1, .query = query_field, .query_data = (gpointer) picture };

  make_camera (picture, samples, scene, &camera);
  offscreen = cf_offscreen_new (error);
  if (!offscreen)
    return FALSE;
  rgba = picture->final ? cf_offscreen_draw_with (offscreen, picture->width, picture->height, scene, &camera, &final, error)
                        : cf_offscreen_draw (offscreen, picture->width, picture->height, scene, &camera, error);
  return rgba && cf_png_save (path, picture->width, picture->height, rgba, picture->text, error);
}

/* From four times the level, or nearly the largest sample, to half of it and back, evenly in its logarithm. */
static double
level_of_frame (double level, double share)
{
  double high = log (MAX (MIN (4 * level, 0.9), level)), low = log (0.5 * level);

  return exp (high + (low - high) * (1 - fabs (2 * share - 1)));
}

gboolean
cf_cli_film_save (const CfCliPicture *picture, const CfCliSamples *samples, CfCliFilm kind, double seconds, int frames_a_second, const char *path,
                  GError **error)
{
  const int n = MAX (2, (int) lround (seconds * frames_a_second));
  g_autoptr (CfScene) scene = cf_cli_scene_new (picture, samples);
  g_autoptr (CfOffscreen) offscreen = cf_offscreen_new (error);
  g_autoptr (CfFilm) film = offscreen ? cf_film_new (path, picture->width, picture->height, frames_a_second, n, error) : NULL;
  CfCamera camera;

  if (!film)
    return FALSE;
  make_camera (picture, samples, scene, &camera);
  for (int i = 0; i < n; i++)
    {
      g_autofree guint8 *rgba = NULL;

      if (g_cancellable_set_error_if_cancelled (picture->cancellable, error))
        return FALSE;
      if (kind == CF_CLI_FILM_THRESHOLD)
        scene->level = level_of_frame (picture->level, (double) i / n);
      rgba = cf_offscreen_draw (offscreen, picture->width, picture->height, scene, &camera, error);
      if (!rgba || !cf_film_add (film, rgba, error))
        return FALSE;
      if (kind == CF_CLI_FILM_TURNTABLE)
        cf_camera_turn (&camera, 360.0 / n, 0);
      cf_cli_progress ((i + 1.0) / n, (gpointer) "drawing the film");
    }
  cf_cli_progress_end ();
  return cf_film_finish (film, error);
}

char **
cf_cli_picture_text (const CfLevel *level, const char *map_name, const char *map_sha256, const char *command)
{
  g_autoptr (GStrvBuilder) pairs = g_strv_builder_new ();
  g_autofree char *text = g_strdup_printf ("%.9g file units, %.9g normalised, %.6g sigma", level->file, level->normalised, level->sigma);

  g_strv_builder_add_many (pairs, "Software", "cryofield-cli " CF_VERSION, "Level", text, "Map", map_name ? map_name : "", "Map SHA-256",
                           map_sha256 ? map_sha256 : "", "Command", command, NULL);
  return g_strv_builder_end (pairs);
}
