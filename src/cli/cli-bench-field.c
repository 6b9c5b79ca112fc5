#include "cli-bench-field.h"

#include <math.h>

#include "cf-march.h"
#include "cf-marching.h"
#include "cf-offscreen.h"
#include "cf-sweep.h"
#include "cf-walk.h"
#include "cli-picture.h"

#define WIDTH 1280
#define HEIGHT 720
#define SIDE 256
#define SECONDS 5

static double
seconds_since (gint64 start)
{
  return (g_get_monotonic_time () - start) / 1e6;
}

/* -- walk ----------------------------------------------------------------------------------------------------------------------- */

/* Seeds by volume: closer samples make more of them. */
static double
spacing_for (const CfGrid *grid, const float *samples, double level, double spacing, gsize seeds)
{
  gsize n = 0;

  for (gsize i = 0; i < cf_grid_n_voxels (grid); i++)
    n += samples[i] >= level;
  return spacing * cbrt ((double) MAX (n, 1) / (double) seeds);
}

typedef struct
{
  gint64 climbing; /* when sampling ended */
} Parts;

static void
note_parts (double fraction, gpointer data)
{
  Parts *parts = data;

  if (fraction <= 0.3)
    parts->climbing = g_get_monotonic_time ();
}

json_t *
cf_cli_bench_walk (CfCli *cli, CfEvaluator *evaluator, gsize seeds, GError **error)
{
  CfField *field = cf_evaluator_field (evaluator);
  CfWalkOptions options = { .lowest = cf_level_floor (&field->normalisation).normalised };
  g_auto (CfCliSamples) samples = { 0 };
  g_autoptr (CfPeaks) peaks = NULL;
  g_autoptr (CfSweep) sweep = NULL;
  Parts parts = { 0 };
  double sampling, walking;
  gint64 start;

  if (!cf_cli_samples_from_field (cli, evaluator, &samples, error))
    return NULL;
  options.spacing = spacing_for (&samples.grid, samples.data, options.lowest, cf_grid_smallest_edge (&samples.grid), seeds);
  start = parts.climbing = g_get_monotonic_time ();
  peaks = cf_walk (evaluator, &options, note_parts, &parts, cli->cancellable, error);
  if (!peaks)
    return NULL;
  walking = seconds_since (start);
  sampling = (parts.climbing - start) / 1e6;
  start = g_get_monotonic_time ();
  sweep = cf_sweep_new (peaks, CF_CLUSTER_EPS, cli->cancellable, error);
  if (!sweep)
    return NULL;
  return json_pack ("{s:I,s:f,s:f,s:f,s:f,s:f,s:f}", "seeds", (json_int_t) peaks->n, "spacing_a", options.spacing, "seconds", walking, "sampling_s", sampling,
                    "sweep_s", seconds_since (start), "seeds_per_s", peaks->n / walking, "gradients_per_seed", (double) peaks->gradients / MAX (peaks->n, 1));
}

/* -- samples -------------------------------------------------------------------------------------------------------------------- */

json_t *
cf_cli_bench_bake (CfCli *cli, CfEvaluator *evaluator, GError **error)
{
  const CfGrid *own = &cf_evaluator_field (evaluator)->grid;
  g_autofree float *values = NULL;
  double longest = 0, best = INFINITY;
  CfGrid grid;
  gsize n;

  for (int a = 0; a < 3; a++)
    longest = MAX (longest, (own->dims[a] - 1) * cf_grid_edge (own, a));
  cf_grid_resample (own, longest / (SIDE - 1), &grid);
  n = cf_grid_n_voxels (&grid);
  values = g_new (float, n);
  for (int run = 0; run < 2; run++)
    {
      gint64 start = g_get_monotonic_time ();

      if (!cf_evaluator_bake (evaluator, &grid, values, NULL, NULL, cli->cancellable, error))
        return NULL;
      best = MIN (best, seconds_since (start));
    }
  return json_pack ("{s:[i,i,i],s:f,s:f}", "grid", grid.dims[0], grid.dims[1], grid.dims[2], "seconds", best, "samples_per_s", n / best);
}

/* -- pictures ------------------------------------------------------------------------------------------------------------------- */

typedef struct
{
  CfEvaluator *evaluator;
  GCancellable *cancellable;
  double seconds;
  gboolean in_gl;
} March;

static gboolean
march (gpointer data, const CfMarchView *view, const CfMarchSpace *space, CfMarchTarget *target, GError **error)
{
  March *now = data;
  gint64 start = g_get_monotonic_time ();
  gboolean good = cf_evaluator_march (now->evaluator, view, space, target, now->cancellable, error);

  now->seconds += seconds_since (start);
  now->in_gl = target->in_gl;
  return good;
}

json_t *
cf_cli_bench_march (CfCli *cli, CfEvaluator *evaluator, GError **error)
{
  g_autoptr (CfOffscreen) offscreen = cf_offscreen_new (error);
  g_auto (CfCliSamples) samples = { 0 };
  g_autoptr (CfScene) scene = NULL;
  March now = { .evaluator = evaluator, .cancellable = cli->cancellable };
  const CfRenderQuality quality = { .detail = 1, .march = march, .march_data = &now };
  CfCamera camera = { 0 };
  double lo[3], hi[3];
  gint64 start = 0;
  int frames = -1;

  if (!offscreen || !cf_cli_samples_from_field (cli, evaluator, &samples, error))
    return NULL;
  scene = cf_scene_new ();
  scene->field = (CfSceneField){ .grid = samples.grid, .samples = samples.data, .serial = 1 };
  scene->level = cf_level_generic (&cf_evaluator_field (evaluator)->normalisation).normalised;
  cf_grid_bounds (&samples.grid, lo, hi);
  cf_camera_frame (&camera, lo, hi, 30, 20, (double) WIDTH / HEIGHT);
  do
    {
      g_autofree guint8 *rgba = cf_offscreen_draw_with (offscreen, WIDTH, HEIGHT, scene, &camera, &quality, error);

      if (!rgba)
        return NULL;
      cf_camera_turn (&camera, 3, 1);
      if (++frames == 0) /* networks go to the device, shaders are compiled */
        {
          start = g_get_monotonic_time ();
          now.seconds = 0;
        }
    }
  while (frames < 2 || (seconds_since (start) < SECONDS && frames < 500));
  return json_pack ("{s:f,s:f,s:b,s:[i,i],s:s}", "fps", frames / seconds_since (start), "march_ms", 1e3 * now.seconds / frames, "shared_with_gl", now.in_gl, "size",
                    WIDTH, HEIGHT, "renderer", cf_renderer_description (cf_offscreen_renderer (offscreen)));
}
