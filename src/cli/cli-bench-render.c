#include "cli-bench-render.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cf-demo.h"
#include "cf-offscreen.h"
#include "cli-picture.h"

#define WIDTH 1280
#define HEIGHT 720
#define MOVING_DETAIL 0.5 /* what the window comes to on two cores */
#define SCRIPT "/org/cryofield/cli/bench-vtk.py"

static double
seconds_since (gint64 start)
{
  return (g_get_monotonic_time () - start) / 1e6;
}

/* Turning, each frame read back; the first uploads and compiles. < 0 with the error. */
static double
frames_per_second (CfOffscreen *offscreen, CfScene *scene, double detail, GError **error)
{
  const CfRenderQuality quality = { .detail = detail };
  CfCamera camera = { 0 };
  double lo[3], hi[3];
  gint64 start = 0;
  int frames = -1;

  cf_grid_bounds (&scene->field.grid, lo, hi);
  cf_camera_frame (&camera, lo, hi, 30, 20, 1);
  do
    {
      g_autofree guint8 *rgba = cf_offscreen_draw_with (offscreen, WIDTH, HEIGHT, scene, &camera, &quality, error);
      if (!rgba)
        return -1;
      cf_camera_turn (&camera, 3, 1);
      if (++frames == 0)
        start = g_get_monotonic_time ();
    }
  while (frames < 3 || (seconds_since (start) < 2 && frames < 200));
  return frames / seconds_since (start);
}

static gboolean
time_styles (CfOffscreen *offscreen, CfScene *scene, json_t *fps, json_t *moving, GError **error)
{
  for (int style = 0; style < CF_N_STYLES; style++)
    {
      double full, less;

      scene->style = style;
      full = frames_per_second (offscreen, scene, 1, error);
      less = full < 0 ? -1 : frames_per_second (offscreen, scene, MOVING_DETAIL, error);
      if (less < 0)
        return FALSE;
      json_object_set_new (fps, cf_style_name (style), json_real (full));
      json_object_set_new (moving, cf_style_name (style), json_real (less));
    }
  return TRUE;
}

/* Debian's VTK needs a display, one that nobody sees will do. */
static gboolean
run_vtk (const char *python, const char *script, const char *voxels, const CfScene *scene, char **text, GError **error)
{
  const CfGrid *grid = &scene->field.grid;
  g_autofree char *line = g_strdup_printf ("%d %d %d %.9g %.9g %.9g %d %d %.9g 1", grid->dims[0], grid->dims[1], grid->dims[2], cf_grid_edge (grid, 0),
                                           cf_grid_edge (grid, 1), cf_grid_edge (grid, 2), WIDTH, HEIGHT, scene->level);
  g_autofree char *complaint = NULL, *xvfb = g_find_program_in_path ("xvfb-run");
  g_auto (GStrv) words = g_strsplit (line, " ", -1);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv) command = NULL;
  int status;

  if (xvfb)
    g_strv_builder_add_many (builder, xvfb, "-a", "-s", "-screen 0 1280x1024x24", NULL);
  g_strv_builder_add_many (builder, python, script, voxels, NULL);
  g_strv_builder_addv (builder, (const char **) words);
  command = g_strv_builder_end (builder);
  if (g_spawn_sync (NULL, command, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, text, &complaint, &status, NULL)
      && g_spawn_check_wait_status (status, NULL))
    return TRUE;
  g_strchomp (complaint ? complaint : (complaint = g_strdup ("it cannot be run")));
  g_set_error (error, CF_ERROR, CF_ERROR_DEVICE, "%s draws nothing with VTK: %s; on Debian install python3-vtk9 and xvfb", python,
               strrchr (complaint, '\n') ? strrchr (complaint, '\n') + 1 : complaint);
  return FALSE;
}

static json_t *
time_vtk (const char *python, const CfScene *scene, GError **error)
{
  g_autoptr (GBytes) script = g_resources_lookup_data (SCRIPT, G_RESOURCE_LOOKUP_FLAGS_NONE, error);
  g_autofree char *folder = script ? g_dir_make_tmp ("cryofield-XXXXXX", error) : NULL, *text = NULL;
  json_t *found = NULL;

  if (!folder)
    return NULL;
  g_autofree char *program = g_build_filename (folder, "bench-vtk.py", NULL), *voxels = g_build_filename (folder, "voxels.f32", NULL);
  if (g_file_set_contents (program, g_bytes_get_data (script, NULL), (gssize) g_bytes_get_size (script), error)
      && g_file_set_contents (voxels, (const char *) scene->field.samples, (gssize) (cf_grid_n_voxels (&scene->field.grid) * sizeof (float)), error)
      && run_vtk (python, program, voxels, scene, &text, error))
    {
      found = json_loads (text, 0, NULL);
      if (!found)
        g_set_error (error, CF_ERROR, CF_ERROR_DEVICE, "%s: no figures of VTK came back", python);
    }
  unlink (program);
  unlink (voxels);
  rmdir (folder);
  return found;
}

json_t *
cf_cli_bench_render (CfCli *cli, const char *vtk_python, GError **error)
{
  g_autoptr (CfStructure) model = cf_demo_structure (error);
  g_autoptr (CfVolume) volume = model ? cf_demo_volume (model, cli->cancellable, error) : NULL;
  g_autoptr (CfOffscreen) offscreen = volume ? cf_offscreen_new (error) : NULL;
  g_auto (CfCliSamples) samples = { 0 };
  g_autoptr (CfScene) scene = NULL;
  CfNormalisation normalisation;
  json_t *result;

  if (!offscreen || !cf_normalisation_compute (volume, NAN, &normalisation, error))
    return NULL;
  cf_cli_samples_from_map (volume, &normalisation, &samples);
  scene = cf_scene_new ();
  scene->field = (CfSceneField) { .grid = samples.grid, .samples = samples.data, .serial = 1 };
  scene->level = cf_level_generic (&normalisation).normalised;
  result = json_pack ("{s:{},s:{},s:f,s:[i,i],s:[i,i,i],s:s}", "fps", "moving_fps", "moving_detail", MOVING_DETAIL, "size", WIDTH, HEIGHT, "grid",
                      samples.grid.dims[0], samples.grid.dims[1], samples.grid.dims[2], "renderer",
                      cf_renderer_description (cf_offscreen_renderer (offscreen)));
  if (!time_styles (offscreen, scene, json_object_get (result, "fps"), json_object_get (result, "moving_fps"), error))
    g_clear_pointer (&result, json_decref);
  if (result && vtk_python)
    {
      json_t *vtk = time_vtk (vtk_python, scene, error);
      if (vtk)
        json_object_set_new (result, "vtk_fps", vtk);
      else
        g_clear_pointer (&result, json_decref);
    }
  return result;
}
