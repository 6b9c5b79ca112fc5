/* cf-walk.c: seeds on the sampling grid, their climb, and the graph at a level. Paper: sections "Seeds", "Gradient ascent". */
#include "cf-walk.h"

#include <math.h>
#include <string.h>

#include "cf-climb.h"
#include "cf-words.h"

#define SPACING 0.5            /* A */
#define SLAB (1 << 22)         /* points sampled at a time, so that a large map's samples never stand in memory together */
#define SAMPLING_SHARE 0.3     /* of the progress */

typedef struct
{
  float at[3];
  float d;
} Seed;

typedef struct
{
  CfProgressFunc func;
  gpointer user_data;
  double from, to;
} Stretch;

static void
progress_stretch (double fraction, gpointer user_data)
{
  const Stretch *stretch = user_data;
  if (stretch->func)
    stretch->func (stretch->from + fraction * (stretch->to - stretch->from), stretch->user_data);
}

static double
default_spacing (const CfField *field)
{
  return MIN (SPACING, cf_grid_smallest_edge (&field->grid));
}

void
cf_walk_grid (const CfField *field, double spacing, CfGrid *out)
{
  cf_grid_resample (&field->grid, spacing > 0 ? spacing : default_spacing (field), out);
}

static gboolean
check_options (const CfWalkOptions *options, GError **error)
{
  if (isfinite (options->lowest) && isfinite (options->below) && isfinite (options->spacing) && options->spacing >= 0)
    return TRUE;
  g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, _("walk: lowest %g, below %g, spacing %g: needs numbers"), options->lowest, options->below,
               options->spacing);
  return FALSE;
}

static void
collect_seeds (const CfGrid *grid, const float *samples, const CfWalkOptions *options, GArray *seeds)
{
  gsize at = 0;
  for (int k = 0; k < grid->dims[2]; k++)
    for (int j = 0; j < grid->dims[1]; j++)
      for (int i = 0; i < grid->dims[0]; i++, at++)
        {
          float d = samples[at];
          if (!(d >= options->lowest) || (options->below > 0 && !(d < options->below)))
            continue;
          double xyz[3];
          cf_grid_to_world (grid, (double[3]){ i, j, k }, xyz);
          Seed seed = { { (float) xyz[0], (float) xyz[1], (float) xyz[2] }, d };
          g_array_append_val (seeds, seed);
        }
}

static CfPeaks *
climb_from (CfEvaluator *evaluator, CfLandscape *landscape, GArray *seeds, const CfWalkOptions *options, const Stretch *stretch,
            GCancellable *cancellable, GError **error)
{
  g_autoptr (CfPeaks) peaks = cf_peaks_new (seeds->len);
  for (guint i = 0; i < seeds->len; i++)
    {
      const Seed *seed = &g_array_index (seeds, Seed, i);
      memcpy (peaks->seed[i], seed->at, sizeof seed->at);
      peaks->seed_density[i] = seed->d;
    }
  g_array_set_size (seeds, 0);
  if (!cf_climb (evaluator, landscape, peaks, NULL, progress_stretch, (gpointer) stretch, cancellable, error))
    return NULL;
  peaks->lowest = options->lowest;
  peaks->spacing = options->spacing > 0 ? options->spacing : default_spacing (cf_evaluator_field (evaluator));
  cf_peaks_sort (peaks);
  return g_steal_pointer (&peaks);
}

/* The paper's steps are taken on the field itself. Samples are kept from the level on from which walks usually begin, so that a climb finds
 * the same ones whatever threshold was asked for. */
static CfLandscape *
make_landscape (CfEvaluator *evaluator, const CfGrid *grid, const CfWalkOptions *options)
{
  double floor = cf_level_floor (&cf_evaluator_field (evaluator)->normalisation).normalised;
  return options->ascent == CF_ASCENT_PAPER
             ? NULL
             : cf_landscape_new (grid, MIN (options->lowest, floor), cf_backend_threads (cf_evaluator_backend (evaluator)));
}

static gboolean
sample_slabs (CfEvaluator *evaluator, const CfGrid *grid, const CfWalkOptions *options, GArray *seeds, CfLandscape *landscape,
              Stretch stretch, GCancellable *cancellable, GError **error)
{
  gsize plane = (gsize) grid->dims[0] * grid->dims[1];
  int thick = (int) CLAMP (SLAB / plane / CF_LANDSCAPE_SIDE, 1, (gsize) grid->dims[2]) * CF_LANDSCAPE_SIDE;
  g_autofree float *samples = g_try_new (float, plane * thick);
  if (!samples)
    {
      g_set_error (error, CF_ERROR, CF_ERROR_FAILED, _("out of memory: %zu samples"), plane * thick);
      return FALSE;
    }
  double end = stretch.to;
  for (int k = 0; k < grid->dims[2]; k += thick)
    {
      CfGrid slab;
      int lo[3] = { 0, 0, k }, dims[3] = { grid->dims[0], grid->dims[1], MIN (thick, grid->dims[2] - k) };
      cf_grid_crop (grid, lo, dims, &slab);
      stretch.from = end * k / grid->dims[2];
      stretch.to = end * (k + dims[2]) / grid->dims[2];
      if (!cf_evaluator_bake (evaluator, &slab, samples, progress_stretch, &stretch, cancellable, error))
        return FALSE;
      collect_seeds (&slab, samples, options, seeds);
      if (landscape)
        cf_landscape_add (landscape, samples, dims[2]);
    }
  return TRUE;
}

CfPeaks *
cf_walk (CfEvaluator *evaluator, const CfWalkOptions *options, CfProgressFunc progress, gpointer user_data, GCancellable *cancellable,
         GError **error)
{
  if (!check_options (options, error))
    return NULL;
  CfGrid grid;
  cf_walk_grid (cf_evaluator_field (evaluator), options->spacing, &grid);
  g_autoptr (GArray) seeds = g_array_new (FALSE, FALSE, sizeof (Seed));
  g_autoptr (CfLandscape) landscape = make_landscape (evaluator, &grid, options);
  Stretch sampling = { progress, user_data, 0, SAMPLING_SHARE }, climbing = { progress, user_data, SAMPLING_SHARE, 1 };
  if (!sample_slabs (evaluator, &grid, options, seeds, landscape, sampling, cancellable, error))
    return NULL;
  return climb_from (evaluator, landscape, seeds, options, &climbing, cancellable, error);
}

CfPeaks *
cf_walk_from_samples (CfEvaluator *evaluator, const CfGrid *grid, const float *samples, const CfWalkOptions *options,
                      CfProgressFunc progress, gpointer user_data, GCancellable *cancellable, GError **error)
{
  if (!check_options (options, error))
    return NULL;
  g_autoptr (GArray) seeds = g_array_new (FALSE, FALSE, sizeof (Seed));
  Stretch climbing = { progress, user_data, 0, 1 };
  g_autoptr (CfLandscape) landscape = make_landscape (evaluator, grid, options);
  collect_seeds (grid, samples, options, seeds);
  if (landscape)
    cf_landscape_add (landscape, samples, grid->dims[2]);
  return climb_from (evaluator, landscape, seeds, options, &climbing, cancellable, error);
}

CfPaths *
cf_walk_paths (CfEvaluator *evaluator, const CfGrid *grid, const float *samples, const CfWalkOptions *options, gsize n,
               const float (*seed)[3], GCancellable *cancellable, GError **error)
{
  if (!check_options (options, error))
    return NULL;
  g_autoptr (CfLandscape) landscape = make_landscape (evaluator, grid, options);
  g_autoptr (CfPeaks) peaks = cf_peaks_new (n);
  g_autoptr (GPtrArray) trails = g_ptr_array_new_with_free_func ((GDestroyNotify) g_array_unref);
  if (landscape)
    cf_landscape_add (landscape, samples, grid->dims[2]);
  g_autofree double *xyz = g_new (double, 3 * n);
  for (gsize i = 0; i < 3 * n; i++)
    xyz[i] = seed[i / 3][i % 3];
  if (!cf_evaluator_query (evaluator, n, xyz, peaks->seed_density, NULL, cancellable, error))
    return NULL;
  for (gsize i = 0; i < n; i++)
    {
      memcpy (peaks->seed[i], seed[i], sizeof *seed);
      g_ptr_array_add (trails, g_array_new (FALSE, FALSE, sizeof *seed));
    }
  if (!cf_climb (evaluator, landscape, peaks, (GArray **) trails->pdata, NULL, NULL, cancellable, error))
    return NULL;
  return cf_paths_new (n, (GArray *const *) trails->pdata);
}

static void
copy_peaks (CfPeaks *to, gsize at, const CfPeaks *from)
{
  if (!from->n)
    return;
  memcpy (to->seed + at, from->seed, from->n * sizeof *from->seed);
  memcpy (to->peak + at, from->peak, from->n * sizeof *from->peak);
  memcpy (to->seed_density + at, from->seed_density, from->n * sizeof *from->seed_density);
  memcpy (to->peak_density + at, from->peak_density, from->n * sizeof *from->peak_density);
}

CfPeaks *
cf_peaks_join (const CfPeaks *higher, const CfPeaks *lower)
{
  CfPeaks *joined = cf_peaks_new (higher->n + lower->n);
  copy_peaks (joined, 0, higher);
  copy_peaks (joined, higher->n, lower);
  joined->dropped = higher->dropped + lower->dropped;
  joined->gradients = higher->gradients + lower->gradients;
  joined->lowest = MIN (higher->lowest, lower->lowest);
  joined->spacing = lower->spacing;
  cf_peaks_sort (joined);
  return joined;
}

CfGraph *
cf_graph_at_level (CfEvaluator *evaluator, CfSweep *sweep, const CfLevel *level, const CfGraphOptions *options,
                   GCancellable *cancellable, GError **error)
{
  double lowest = cf_sweep_get_peaks (sweep)->lowest;
  if (!(level->normalised >= lowest))
    {
      g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, _("level %g is below %g, the lowest that was walked (both normalised)"),
                   level->normalised, lowest);
      return NULL;
    }
  g_autoptr (CfClusters) clusters = cf_sweep_cut (sweep, level->normalised, FALSE);
  g_autofree double *xyz = g_new (double, 3 * clusters->n);
  g_autofree float *density = g_new (float, clusters->n);
  for (gsize i = 0; i < clusters->n; i++)
    memcpy (xyz + 3 * i, clusters->clusters[i].pos, 3 * sizeof (double));
  if (!cf_evaluator_query (evaluator, clusters->n, xyz, density, NULL, cancellable, error))
    return NULL;
  return cf_graph_new (clusters, density, cf_evaluator_field (evaluator), level, options);
}
