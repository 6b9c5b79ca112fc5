/* The walk on a field of two sub-regions that was fitted to a few Gaussians a moment ago. */
#include <math.h>
#include <string.h>

#include "cf-walk.h"

#define N_HILLS 8
#define SPACING 0.6 /* A, of the map */

static const int dims[3] = { 70, 11, 10 };
static const double origin[3] = { 100, -50, 7 };
/* the fourth stands where the two regions overlap; the last outside of the map: its seeds climb out */
static const double hills[N_HILLS][4]
    = { { 104, -47, 9.5, 1 },    { 109, -46.5, 10, 0.8 }, { 115, -47.5, 9, 0.7 }, { 120.7, -47, 9.7, 0.9 },
        { 126, -46.2, 10, 0.6 }, { 131, -47, 9.2, 0.75 }, { 136, -47, 10, 0.95 }, { 142.0, -47, 9.5, 0.9 } };

static CfEvaluator *evaluator;

static CfVolume *
make_volume (void)
{
  CfGrid grid;
  cf_grid_init_orthogonal (&grid, dims, origin, (double[3]){ SPACING, SPACING, SPACING });
  float *data = g_new (float, cf_grid_n_voxels (&grid));
  gsize at = 0;
  for (int k = 0; k < dims[2]; k++)
    for (int j = 0; j < dims[1]; j++)
      for (int i = 0; i < dims[0]; i++)
        {
          double d = 0;
          for (int h = 0; h < N_HILLS; h++)
            {
              double x = origin[0] + i * SPACING - hills[h][0], y = origin[1] + j * SPACING - hills[h][1],
                     z = origin[2] + k * SPACING - hills[h][2];
              d += hills[h][3] * exp (-0.5 * (x * x + y * y + z * z));
            }
          data[at++] = (float) d;
        }
  return cf_volume_new ("hills.mrc", &grid, data);
}

/* A narrow network is enough for Gaussians, and fits in a second. */
static void
fit_region (CfBackend *backend, CfField *field, const CfVolume *volume, int index)
{
  static const CfSirenShape shape = { .width = 64, .hidden = 2, .w0_first = 6, .w0 = 30 };
  const int epochs = 120;
  g_autoptr (GError) error = NULL;
  CfRegion region;
  cf_partition_region (&field->partition, index, &region);
  gsize n = (gsize) region.size[0] * region.size[1] * region.size[2];
  g_autofree float *d = g_new (float, n), *local = g_new (float, 3 * n);
  cf_normalisation_read (&field->normalisation, volume, region.start, region.size, d);
  for (gsize i = 0; i < n; i++)
    {
      gsize at = i;
      for (int a = 0; a < 3; a++)
        {
          local[3 * i + a] = 2.0f * (at % region.size[a]) / (region.size[a] - 1) - 1;
          at /= region.size[a];
        }
      d[i] = (float) cf_transform_forward (&field->transform, d[i]);
    }
  CfFitSpec spec = { .optimiser = CF_OPTIMISER_ADAM, .rate = 1e-3, .muon_rate = 1e-3, .batch = 256, .seed = 4,
                     .total_steps = epochs * (gint64) ((n + 255) / 256) };
  g_autoptr (CfSiren) start = cf_siren_new_random (&shape, 7, index);
  g_autoptr (CfFit) fit = cf_fit_new (backend, start, &spec, n, local, d, &error);
  g_assert_no_error (error);
  CfRegionFit done = { .trained = TRUE, .epochs = epochs, .held_out = NAN };
  for (int e = 0; e < epochs; e++)
    g_assert_true (cf_fit_epoch (fit, 0, &done.loss, NULL, NULL));
  g_autoptr (CfSiren) weights = cf_fit_weights (fit, &error);
  g_assert_no_error (error);
  g_test_message ("region %d: loss %g", index, done.loss);
  cf_field_set_region (field, index, weights, &done);
}

static void
set_up (void)
{
  g_autoptr (GError) error = NULL;
  CfNormalisation normalisation;
  CfPartition partition;
  cf_compute_init ();
  g_autoptr (CfBackend) backend = cf_backend_open ("cpu", 0, &error);
  g_assert_no_error (error);
  g_autoptr (CfVolume) volume = make_volume ();
  g_assert_true (cf_normalisation_compute (volume, NAN, &normalisation, &error));
  g_assert_true (cf_partition_init (&partition, CF_PARTITION_BALANCED, normalisation.dims));
  g_autoptr (CfField) field = cf_field_new (volume, &normalisation, &partition);
  field->resolution = 1.5;
  g_assert_cmpint (field->n_regions, ==, 2);
  for (int r = 0; r < field->n_regions; r++)
    fit_region (backend, field, volume, r);
  evaluator = cf_evaluator_new (backend, field);
}

static CfPeaks *
walk (double lowest, double below, CfAscent ascent)
{
  g_autoptr (GError) error = NULL;
  CfWalkOptions options = { .lowest = lowest, .below = below, .ascent = ascent };
  CfPeaks *peaks = cf_walk (evaluator, &options, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  return peaks;
}

static double
distance_to_hill (const double at[3], int *nearest)
{
  double best = HUGE_VAL;
  for (int h = 0; h < N_HILLS; h++)
    {
      double d = hypot (hypot (at[0] - hills[h][0], at[1] - hills[h][1]), at[2] - hills[h][2]);
      if (d < best)
        {
          best = d;
          *nearest = h;
        }
    }
  return best;
}

static CfGraph *
graph_at (CfPeaks *peaks, double level)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CfSweep) sweep = cf_sweep_new (peaks, CF_CLUSTER_EPS, NULL, &error);
  CfLevel l = cf_level_from_normalised (&cf_evaluator_field (evaluator)->normalisation, level);
  CfGraph *graph = cf_graph_at_level (evaluator, sweep, &l, &(CfGraphOptions){ 0 }, NULL, &error);
  g_assert_no_error (error);
  return graph;
}

static void
test_nodes (gconstpointer data)
{
  CfAscent ascent = GPOINTER_TO_INT (data);
  g_autoptr (CfPeaks) peaks = walk (0.25, 0, ascent);
  g_autoptr (CfGraph) graph = graph_at (peaks, 0.25);
  g_test_message ("%" G_GSIZE_FORMAT " seeds, %" G_GSIZE_FORMAT " dropped, %" G_GSIZE_FORMAT " nodes, %g gradients a seed", peaks->n,
                  peaks->dropped, graph->n_nodes, (double) peaks->gradients / peaks->n);
  /* most steps are taken between the samples; what climbs out of the map, a fifth of these seeds, has none beyond it */
  if (ascent == CF_ASCENT_DEFAULT)
    g_assert_cmpuint (peaks->gradients, <, 5 * peaks->n);
  else
    g_assert_cmpuint (peaks->gradients, >, 10 * peaks->n);
  g_assert_cmpuint (peaks->dropped, >, 10);
  g_assert_cmpuint (graph->n_nodes, ==, N_HILLS - 1);
  g_assert_cmpuint (graph->n_seeds, ==, peaks->n);
  g_assert_cmpfloat (graph->adjacency, ==, 3.0); /* twice the resolution */
  g_assert_cmpstr (graph->map_name, ==, "hills.mrc");
  gboolean seen[N_HILLS] = { FALSE };
  for (gsize i = 0; i < graph->n_nodes; i++)
    {
      int h = -1;
      g_assert_cmpfloat (distance_to_hill (graph->nodes[i].pos, &h), <, 0.1);
      g_assert_false (seen[h]);
      seen[h] = TRUE;
      if (h != 3)
        g_assert_cmpint (graph->nodes[i].region, ==, h < 3 ? 0 : 1);
      g_assert_cmpint (graph->nodes[i].in_blend, ==, h == 3);
      /* neighbours add up to a tenth at a top, and the map's maximum is at a voxel beside the top */
      double d = hills[h][3] / cf_evaluator_field (evaluator)->normalisation.max;
      g_assert_cmpfloat_with_epsilon (graph->nodes[i].density, d, 0.1);
    }
}

static void
test_peaks_are_flat (void)
{
  g_autoptr (CfPeaks) peaks = walk (0.25, 0, CF_ASCENT_DEFAULT);
  g_autofree double *xyz = g_new (double, 3 * peaks->n);
  g_autofree float *value = g_new (float, peaks->n), *gradient = g_new (float, 3 * peaks->n);
  for (gsize i = 0; i < 3 * peaks->n; i++)
    xyz[i] = ((float *) peaks->peak)[i];
  g_assert_true (cf_evaluator_query (evaluator, peaks->n, xyz, value, gradient, NULL, NULL));
  for (gsize i = 0; i < peaks->n; i++)
    {
      /* curvature is about 0.6 A^-2 or more: 0.006 A^-1 is at most 0.01 A from the top */
      g_assert_cmpfloat (hypot (hypot (gradient[3 * i], gradient[3 * i + 1]), gradient[3 * i + 2]), <, 0.006);
      g_assert_cmpfloat_with_epsilon (value[i], peaks->peak_density[i], 1e-4);
      g_assert_cmpfloat (peaks->peak_density[i], >=, peaks->seed_density[i] - 1e-5f);
    }
}

static void
test_seeds_are_all_samples_above (void)
{
  g_autoptr (CfPeaks) peaks = walk (0.25, 0, CF_ASCENT_DEFAULT);
  CfGrid grid;
  cf_walk_grid (cf_evaluator_field (evaluator), 0, &grid);
  g_assert_cmpfloat_with_epsilon (cf_grid_smallest_edge (&grid), 0.5, 1e-12);
  g_assert_cmpfloat_with_epsilon (peaks->spacing, 0.5, 1e-12);
  g_autofree float *samples = g_new (float, cf_grid_n_voxels (&grid));
  g_assert_true (cf_evaluator_bake (evaluator, &grid, samples, NULL, NULL, NULL, NULL));
  gsize above = 0;
  for (gsize i = 0; i < cf_grid_n_voxels (&grid); i++)
    above += samples[i] >= 0.25f;
  g_assert_cmpuint (above, ==, peaks->n + peaks->dropped);

  CfWalkOptions options = { .lowest = 0.25 };
  g_autoptr (CfPeaks) again = cf_walk_from_samples (evaluator, &grid, samples, &options, NULL, NULL, NULL, NULL);
  g_assert_cmpmem (again->seed, again->n * 12, peaks->seed, peaks->n * 12);
  g_assert_cmpmem (again->peak, again->n * 12, peaks->peak, peaks->n * 12);
  for (gsize i = 1; i < peaks->n; i++)
    g_assert_cmpfloat (peaks->seed_density[i], <=, peaks->seed_density[i - 1]);
}

static void
test_join (void)
{
  g_autoptr (CfPeaks) whole = walk (0.2, 0, CF_ASCENT_DEFAULT), high = walk (0.4, 0, CF_ASCENT_DEFAULT),
                      low = walk (0.2, 0.4, CF_ASCENT_DEFAULT);
  g_autoptr (CfPeaks) joined = cf_peaks_join (high, low);
  g_assert_cmpfloat (joined->lowest, ==, 0.2);
  g_assert_cmpuint (joined->dropped, ==, whole->dropped);
  g_assert_cmpmem (joined->seed, joined->n * 12, whole->seed, whole->n * 12);
  /* a peak is the same whichever other seeds climb, but for the rounding of networks asked in other batches */
  gsize others = 0;
  for (gsize i = 0; i < whole->n; i++)
    {
      others += memcmp (joined->peak[i], whole->peak[i], sizeof *whole->peak) != 0;
      for (int a = 0; a < 3; a++)
        g_assert_cmpfloat_with_epsilon (joined->peak[i][a], whole->peak[i][a], 1e-4);
    }
  g_test_message ("%" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT " peaks are not the same to the last bit", others, whole->n);
  g_assert_cmpuint (others, <, whole->n / 10);
}

static void
test_wrong (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CfPeaks) peaks = walk (0.5, 0, CF_ASCENT_DEFAULT);
  g_autoptr (CfSweep) sweep = cf_sweep_new (peaks, CF_CLUSTER_EPS, NULL, NULL);
  CfLevel low = { .normalised = 0.4 };
  g_assert_null (cf_graph_at_level (evaluator, sweep, &low, &(CfGraphOptions){ 0 }, NULL, &error));
  g_assert_error (error, CF_ERROR, CF_ERROR_ARGUMENT);
  g_clear_error (&error);
  CfWalkOptions options = { .lowest = NAN };
  g_assert_null (cf_walk (evaluator, &options, NULL, NULL, NULL, &error));
  g_assert_error (error, CF_ERROR, CF_ERROR_ARGUMENT);
  g_clear_error (&error);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_cancellable_cancel (cancellable);
  options.lowest = 0.5;
  g_assert_null (cf_walk (evaluator, &options, NULL, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* As the crow flies from place to place. */
static double
length_by_hand (const CfPaths *paths, gsize path)
{
  double length = 0;
  for (gsize k = paths->first[path] + 1; k < paths->first[path + 1]; k++)
    {
      double square = 0;
      for (int a = 0; a < 3; a++)
        square += pow ((double) paths->at[k][a] - paths->at[k - 1][a], 2);
      length += sqrt (square);
    }
  return length;
}

static void
check_path (const CfPaths *paths, gsize path, const float seed[3], const float peak[3], CfAscent ascent)
{
  gsize from = paths->first[path], n = paths->first[path + 1] - from;
  double length = length_by_hand (paths, path);
  g_autofree double *xyz = g_new (double, 3 * n);
  g_autofree float *d = g_new (float, n);
  float at[3];
  g_assert_cmpuint (n, >, 0); /* 1: the seed stands on its peak */
  g_assert_cmpmem (paths->at[from], 12, seed, 12);
  for (int a = 0; a < 3; a++)
    g_assert_cmpfloat_with_epsilon (paths->at[from + n - 1][a], peak[a], ascent == CF_ASCENT_PAPER ? 1e-5 : 1e-4);
  for (gsize i = 0; i < 3 * n; i++)
    xyz[i] = ((float *) paths->at[from])[i];
  g_assert_true (cf_evaluator_query (evaluator, n, xyz, d, NULL, NULL, NULL));
  for (gsize k = 1; k < n; k++)
    {
      double step = hypot (hypot (xyz[3 * k] - xyz[3 * k - 3], xyz[3 * k + 1] - xyz[3 * k - 2]), xyz[3 * k + 2] - xyz[3 * k - 1]);
      g_assert_cmpfloat (step, <, ascent == CF_ASCENT_PAPER ? 0.0501 : 0.2 + 0.04);
      g_assert_cmpfloat (d[k], >=, d[k - 1] - 2e-3); /* between the samples it rises upon these, not upon the field */
    }
  g_assert_cmpfloat_with_epsilon (cf_paths_length (paths, path), length, 1e-5);
  g_assert_cmpuint (cf_paths_at (paths, path, -1, at), ==, from);
  g_assert_cmpmem (at, 12, seed, 12);
  g_assert_cmpuint (cf_paths_at (paths, path, length + 1, at), ==, from + n - 1);
  gsize before = cf_paths_at (paths, path, length / 2, at);
  double gone = paths->so_far[before] + hypot (hypot (at[0] - paths->at[before][0], at[1] - paths->at[before][1]), at[2] - paths->at[before][2]);
  g_assert_cmpfloat_with_epsilon (gone, length / 2, 1e-4);
}

static void
test_paths (gconstpointer data)
{
  CfAscent ascent = GPOINTER_TO_INT (data);
  g_autoptr (GError) error = NULL;
  g_autoptr (CfPeaks) peaks = walk (0.25, 0, ascent);
  CfGrid grid;
  cf_walk_grid (cf_evaluator_field (evaluator), 0, &grid);
  g_autofree float *samples = g_new (float, cf_grid_n_voxels (&grid));
  g_assert_true (cf_evaluator_bake (evaluator, &grid, samples, NULL, NULL, NULL, NULL));
  gsize n = peaks->n;
  CfWalkOptions options = { .lowest = 0.25, .ascent = ascent };
  g_autoptr (CfPaths) paths = cf_walk_paths (evaluator, &grid, samples, &options, n, (const float (*)[3]) peaks->seed, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (paths->n, ==, n);
  g_assert_cmpuint (n, >, 50);
  g_assert_cmpuint (paths->first[n], >, 5 * n);
  for (gsize i = 0; i < n; i++)
    check_path (paths, i, peaks->seed[i], peaks->peak[i], ascent);
}

/* One begins outside of the map, the other leaves it on the way to the hill that stands there. */
static void
test_paths_that_leave (void)
{
  const float seed[2][3] = { { 143, -47, 9.5f }, { 141.0f, -47, 9.5f } };
  CfGrid grid;
  cf_walk_grid (cf_evaluator_field (evaluator), 0, &grid);
  g_autofree float *samples = g_new (float, cf_grid_n_voxels (&grid));
  g_assert_true (cf_evaluator_bake (evaluator, &grid, samples, NULL, NULL, NULL, NULL));
  CfWalkOptions options = { .lowest = 0.25 };
  g_autoptr (CfPaths) paths = cf_walk_paths (evaluator, &grid, samples, &options, 2, seed, NULL, NULL);
  g_assert_nonnull (paths);
  g_assert_cmpuint (paths->first[1], ==, 0);
  g_assert_cmpfloat (cf_paths_length (paths, 0), ==, 0);
  g_assert_cmpuint (paths->first[2], >, 1);
  g_assert_cmpfloat (paths->at[paths->first[2] - 1][0], >, 141.2);
  g_assert_cmpfloat (paths->at[paths->first[2] - 1][0], <=, origin[0] + (dims[0] - 1) * SPACING + 1e-3);
  options.lowest = NAN;
  g_autoptr (GError) error = NULL;
  g_assert_null (cf_walk_paths (evaluator, &grid, samples, &options, 2, seed, NULL, &error));
  g_assert_error (error, CF_ERROR, CF_ERROR_ARGUMENT);
}

static void
note_progress (double fraction, gpointer user_data)
{
  double *last = user_data;
  g_assert_cmpfloat (fraction, >=, *last);
  g_assert_cmpfloat (fraction, <=, 1);
  *last = fraction;
}

static void
test_progress (void)
{
  CfWalkOptions options = { .lowest = 0.5 };
  double last = 0;
  g_autoptr (CfPeaks) peaks = cf_walk (evaluator, &options, note_progress, &last, NULL, NULL);
  g_assert_nonnull (peaks);
  g_assert_cmpfloat_with_epsilon (last, 1, 1e-9);
}

static void
test_nothing_above (void)
{
  g_autoptr (CfPeaks) peaks = walk (2, 0, CF_ASCENT_DEFAULT);
  g_assert_cmpuint (peaks->n, ==, 0);
  g_autoptr (CfGraph) graph = graph_at (peaks, 2);
  g_assert_cmpuint (graph->n_nodes, ==, 0);
  g_assert_cmpuint (graph->n_edges, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  set_up ();
  g_test_add_data_func ("/walk/nodes/default", GINT_TO_POINTER (CF_ASCENT_DEFAULT), test_nodes);
  g_test_add_data_func ("/walk/nodes/paper", GINT_TO_POINTER (CF_ASCENT_PAPER), test_nodes);
  g_test_add_data_func ("/walk/paths/default", GINT_TO_POINTER (CF_ASCENT_DEFAULT), test_paths);
  g_test_add_data_func ("/walk/paths/paper", GINT_TO_POINTER (CF_ASCENT_PAPER), test_paths);
  g_test_add_func ("/walk/paths/leave", test_paths_that_leave);
  g_test_add_func ("/walk/peaks-are-flat", test_peaks_are_flat);
  g_test_add_func ("/walk/seeds-are-all-samples-above", test_seeds_are_all_samples_above);
  g_test_add_func ("/walk/join", test_join);
  g_test_add_func ("/walk/wrong", test_wrong);
  g_test_add_func ("/walk/progress", test_progress);
  g_test_add_func ("/walk/nothing-above", test_nothing_above);
  int status = g_test_run ();
  cf_evaluator_unref (evaluator);
  return status;
}
