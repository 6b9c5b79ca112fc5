/* cli-picture.c: bakes, frames and draws without a display. */
#include "cli-picture.h"

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

gboolean
cf_cli_picture_save (const CfCliPicture *picture, const CfCliSamples *samples, const char *path, GError **error)
{
  g_autoptr (CfScene) scene = cf_cli_scene_new (picture, samples);
  g_autoptr (CfOffscreen) offscreen = NULL;
  g_autofree guint8 *rgba = NULL;
  double lo[3], hi[3];
  CfCamera camera = { 0 };
  const CfRenderQuality final = { .detail = MAX (picture->width, picture->height) <= 4096 ? 2 : 1, .query = query_field, .query_data = (gpointer) picture };

  if (!cf_scene_frame (scene, &camera, picture->azimuth, picture->elevation, picture->zoom))
    {
      cf_grid_bounds (&samples->grid, lo, hi);
      cf_camera_frame (&camera, lo, hi, picture->azimuth, picture->elevation, picture->zoom);
    }
  offscreen = cf_offscreen_new (error);
  if (!offscreen)
    return FALSE;
  rgba = picture->final ? cf_offscreen_draw_with (offscreen, picture->width, picture->height, scene, &camera, &final, error)
                        : cf_offscreen_draw (offscreen, picture->width, picture->height, scene, &camera, error);
  return rgba && cf_png_save (path, picture->width, picture->height, rgba, picture->text, error);
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
