/* cli-picture.c: bakes, frames and draws without a display. */
#include "cli-picture.h"

#include <math.h>
#include <string.h>

#include "cf-bake-fine.h"
#include "cf-fine-plan.h"
#include "cf-marching.h"
#include "cf-walk.h"
#include "cf-words.h"

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
    g_set_error (error, CF_ERROR, CF_ERROR_FAILED, _("no memory for %zu samples of the field"), n);
  return data;
}

gboolean
cf_cli_samples_from_field (CfCli *cli, CfEvaluator *evaluator, CfCliSamples *out, GError **error)
{
  g_auto (CfCliSamples) samples = { 0 };

  cf_walk_grid (cf_evaluator_field (evaluator), 0, &samples.grid);
  samples.data = allocate (&samples.grid, error);
  if (!samples.data
      || !cf_evaluator_bake (evaluator, &samples.grid, samples.data, cf_cli_progress, (gpointer) _("sampling the field"), cli->cancellable, error))
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
    .node_colouring = picture->node_colour ? picture->node_colour - 1 : picture->comparison ? CF_COLOUR_MATCH : CF_COLOUR_PLAIN,
    /* the first chain's colour is that of nodes: beside a graph the trace is plain, as in the window */
    .atom_colouring = picture->atom_colour ? picture->atom_colour - 1 : picture->graph ? CF_COLOUR_PLAIN : CF_COLOUR_CHAIN,
    .edges = !picture->no_edges,
    .all_atoms = picture->all_atoms,
  };
  CfScene *scene = cf_scene_new ();

  scene->field.grid = samples->grid;
  scene->field.samples = samples->data;
  scene->field.serial = 1;
  scene->style = picture->style;
  scene->level = picture->level;
  scene->background = picture->background;
  scene->transfer = picture->transfer;
  scene->outline = !picture->no_outline;
  scene->depth_cue = !picture->no_fog;
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
  if (picture->opacity > 0)
    scene->colour[3] = (float) picture->opacity;
  return scene;
}

static gboolean
query_field (gpointer data, gsize n, const double *xyz, float *value, float *gradient, GError **error)
{
  const CfCliPicture *picture = data;

  return cf_evaluator_query (picture->final, n, xyz, value, gradient, picture->cancellable, error);
}

static gboolean
march_field (gpointer data, const CfMarchView *view, const CfMarchSpace *space, CfMarchTarget *target, GError **error)
{
  const CfCliPicture *picture = data;

  return cf_evaluator_march (picture->final, view, space, target, picture->cancellable, error);
}

static gboolean
bake_finer (gpointer data, const CfGrid *grid, const float *samples, const CfFinePart *part, float *out, GError **error)
{
  const CfCliPicture *picture = data;
  gboolean good = cf_bake_fine (picture->finer, grid, samples, part, out, cf_cli_progress, (gpointer) _("sampling what is in view"), picture->cancellable, error);

  cf_cli_progress_end ();
  return good;
}

static void
make_camera (const CfCliPicture *picture, const CfCliSamples *samples, const CfScene *scene, CfCamera *camera)
{
  double lo[3], hi[3];

  *camera = (CfCamera) { .orthographic = picture->orthographic };
  if (picture->has_camera)
    *camera = picture->camera;
  else if (!cf_scene_frame (scene, camera, picture->azimuth, picture->elevation, picture->zoom))
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
  g_autofree float *fine = NULL;
  CfCamera camera;
  gboolean marches = picture->final && cf_evaluator_has_march (picture->final);
  CfRenderQuality final = { .query = query_field, .query_data = (gpointer) picture };

  if (marches)
    {
      final.march = march_field;
      final.march_data = (gpointer) picture;
    }

  make_camera (picture, samples, scene, &camera);
  offscreen = cf_offscreen_new (error);
  if (!offscreen)
    return FALSE;
  final.detail = cf_offscreen_detail (offscreen, picture->width, picture->height);
  if (picture->finer && !marches && !cf_fine_add (scene, &camera, picture->width, picture->height, cf_bake_fine_most (picture->finer), bake_finer, (gpointer) picture, &fine, error))
    return FALSE;
  rgba = picture->final ? cf_offscreen_draw_with (offscreen, picture->width, picture->height, scene, &camera, &final, error)
                        : cf_offscreen_draw (offscreen, picture->width, picture->height, scene, &camera, error);
  return rgba && cf_png_save (path, picture->width, picture->height, rgba, picture->text, error);
}

gboolean
cf_cli_film_save (const CfCliPicture *picture, const CfCliSamples *samples, CfFilmMove move, const CfReplay *replay, double seconds, int frames_a_second, const char *path,
                  GError **error)
{
  g_autoptr (CfScene) scene = cf_cli_scene_new (picture, samples);
  CfFilmPlan plan = {
    .move = move,
    .replay = replay,
    .width = picture->width,
    .height = picture->height,
    .frames_a_second = frames_a_second,
    .seconds = seconds,
    .scene = scene,
    .progress = cf_cli_progress,
    .progress_data = (gpointer) _("drawing the film"),
    .cancellable = picture->cancellable,
  };
  gboolean good;

  make_camera (picture, samples, scene, &plan.camera);
  good = cf_film_plan_save (&plan, path, error);
  cf_cli_progress_end ();
  return good;
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
