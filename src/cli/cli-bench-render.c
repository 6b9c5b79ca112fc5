#include "cli-bench-render.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cf-demo.h"
#include "cf-graph.h"
#include "cf-random.h"
#include "cf-offscreen.h"
#include "cf-words.h"
#include "cli-picture.h"

#define WIDTH 1280
#define HEIGHT 720
#define MOVING_DETAIL 0.5 /* what the window comes to on two cores */
#define SPHERES 100000
#define VOLUME_OF_A_NODE 40.0 /* A^3: about 3.3 nodes a residue */
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

  if (scene->field.serial != 0)
    cf_grid_bounds (&scene->field.grid, lo, hi);
  else
    cf_scene_bounds (scene, lo, hi);
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

/* As many atoms as a ribosome has, as densely as a protein packs them, each with another one's colour. */
static CfScene *
spheres_new (void)
{
  static const guint8 colours[4][4] = { { 86, 180, 233, 255 }, { 230, 159, 0, 255 }, { 0, 158, 115, 255 }, { 204, 121, 167, 255 } };
  const double reach = cbrt (SPHERES * 10.0 * 3 / (4 * G_PI)); /* A: about 10 A^3 an atom */
  CfScene *scene = cf_scene_new ();
  CfRandom random;

  cf_random_init (&random, 1, 0);
  while (scene->spheres->len < SPHERES)
    {
      CfSphere sphere = { .radius = 1.5f, .pick = CF_PICK_ATOM | scene->spheres->len };
      double r2 = 0;

      for (int a = 0; a < 3; a++)
        {
          sphere.pos[a] = (float) (reach * (2 * cf_random_double (&random) - 1));
          r2 += (double) sphere.pos[a] * sphere.pos[a];
        }
      memcpy (sphere.rgba, colours[scene->spheres->len % 4], 4);
      if (r2 <= reach * reach)
        g_array_append_val (scene->spheres, sphere);
    }
  return scene;
}

/* A graph as large as that of a ribosome at a low level: as many nodes, and an edge wherever two are within 4 A. */
static CfScene *
graph_new (void)
{
  const CfLevel level = { 0.3, 0.3, NAN };
  const double side = cbrt (SPHERES * VOLUME_OF_A_NODE);
  g_autofree float *density = g_new (float, SPHERES);
  CfClusters clusters = { .n = SPHERES, .clusters = g_new0 (CfCluster, SPHERES) };
  g_autoptr (CfGraph) graph = NULL;
  CfScene *scene = cf_scene_new ();
  CfRandom random;

  cf_random_init (&random, 2, 0);
  for (gsize i = 0; i < clusters.n; i++)
    {
      for (int a = 0; a < 3; a++)
        clusters.clusters[i].pos[a] = side * cf_random_double (&random);
      clusters.clusters[i].birth = density[i] = (float) (0.3 + 0.7 * cf_random_double (&random));
    }
  graph = cf_graph_new (&clusters, density, NULL, &level, &(CfGraphOptions) { .adjacency = 4 });
  g_free (clusters.clusters);
  cf_scene_set_molecules (scene, &(CfMolecules) { .graph = graph, .node_colouring = CF_COLOUR_DENSITY, .edges = TRUE });
  return scene;
}

static json_t *
time_things (CfOffscreen *offscreen, CfScene *scene, GError **error)
{
  const double full = frames_per_second (offscreen, scene, 1, error);
  const double less = full < 0 ? -1 : frames_per_second (offscreen, scene, MOVING_DETAIL, error);

  return less < 0 ? NULL : json_pack ("{s:i,s:i,s:f,s:f}", "n", (int) scene->spheres->len, "edges", (int) scene->cylinders->len, "fps", full, "moving_fps", less);
}

/* Debian's VTK needs a display, one that nobody sees will do. */
static gboolean
run_vtk (const char *python, const char *script, const char *voxels, const char *things, const CfScene *scene, char **text, GError **error)
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
    g_strv_builder_add_many (builder, xvfb, "-a", "-s", "-screen 0 1280x1024x24 -noreset", NULL);
  g_strv_builder_add_many (builder, python, script, voxels, NULL);
  g_strv_builder_addv (builder, (const char **) words);
  g_strv_builder_add (builder, things);
  command = g_strv_builder_end (builder);
  if (g_spawn_sync (NULL, command, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, text, &complaint, &status, NULL)
      && g_spawn_check_wait_status (status, NULL))
    return TRUE;
  g_strchomp (complaint ? complaint : (complaint = g_strdup (_("it cannot be run"))));
  g_set_error (error, CF_ERROR, CF_ERROR_DEVICE, _("%s draws nothing with VTK: %s; on Debian install python3-vtk9 and xvfb"), python,
               strrchr (complaint, '\n') ? strrchr (complaint, '\n') + 1 : complaint);
  return FALSE;
}

/* Of each sphere x, y, z and radius, then of each cylinder both ends and the radius. */
static gboolean
write_things (const char *path, const CfScene *scene, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();

  for (guint i = 0; i < scene->spheres->len; i++)
    g_byte_array_append (bytes, (const guint8 *) &g_array_index (scene->spheres, CfSphere, i), 4 * sizeof (float));
  for (guint i = 0; i < scene->cylinders->len; i++)
    g_byte_array_append (bytes, (const guint8 *) &g_array_index (scene->cylinders, CfCylinder, i), 7 * sizeof (float));
  return g_file_set_contents (path, (const char *) bytes->data, (gssize) bytes->len, error);
}

static json_t *
time_vtk (const char *python, const CfScene *scene, const CfScene *graph, GError **error)
{
  g_autoptr (GBytes) script = g_resources_lookup_data (SCRIPT, G_RESOURCE_LOOKUP_FLAGS_NONE, error);
  g_autofree char *folder = script ? g_dir_make_tmp ("cryofield-XXXXXX", error) : NULL, *text = NULL;
  json_t *found = NULL;

  if (!folder)
    return NULL;
  g_autofree char *program = g_build_filename (folder, "bench-vtk.py", NULL), *voxels = g_build_filename (folder, "voxels.f32", NULL);
  g_autofree char *things = g_strdup_printf ("%s/things-%u.f32", folder, graph->spheres->len);
  if (g_file_set_contents (program, g_bytes_get_data (script, NULL), (gssize) g_bytes_get_size (script), error)
      && g_file_set_contents (voxels, (const char *) scene->field.samples, (gssize) (cf_grid_n_voxels (&scene->field.grid) * sizeof (float)), error)
      && write_things (things, graph, error) && run_vtk (python, program, voxels, things, scene, &text, error))
    {
      found = json_loads (text, 0, NULL);
      if (!found)
        g_set_error (error, CF_ERROR, CF_ERROR_DEVICE, _("%s: no figures of VTK came back"), python);
    }
  unlink (program);
  unlink (voxels);
  unlink (things);
  rmdir (folder);
  return found;
}

/* Takes what was measured into result; NULL with the error, and result is let go, where nothing was. */
static json_t *
add_result (json_t *result, const char *name, json_t *measured)
{
  if (measured)
    {
      json_object_set_new (result, name, measured);
      return result;
    }
  json_decref (result);
  return NULL;
}

json_t *
cf_cli_bench_render (CfCli *cli, const char *vtk_python, GError **error)
{
  g_autoptr (CfStructure) model = cf_demo_structure (error);
  g_autoptr (CfVolume) volume = model ? cf_demo_volume (model, cli->cancellable, error) : NULL;
  g_autoptr (CfOffscreen) offscreen = volume ? cf_offscreen_new (error) : NULL;
  g_auto (CfCliSamples) samples = { 0 };
  g_autoptr (CfScene) scene = NULL, packed = spheres_new (), graph = graph_new ();
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
  result = result ? add_result (result, "spheres", time_things (offscreen, packed, error)) : NULL;
  result = result ? add_result (result, "graph", time_things (offscreen, graph, error)) : NULL;
  return result && vtk_python ? add_result (result, "vtk_fps", time_vtk (vtk_python, scene, graph, error)) : result;
}
