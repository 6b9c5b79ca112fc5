/* parity-climbs.c: climbs on the device against the CPU's, between samples and on the field, and the nodes of whole walks: within 0.02 A. */
#include "parity.h"

#include <math.h>
#include <string.h>

#include "cf-climb.h"
#include "cf-level.h"
#include "cf-random.h"
#include "cf-sweep.h"
#include "made.h"

#define NEAR 0.02 /* A */
#define N_HILLS 8
#define EPOCHS 60

static Parity parity;

/* A hill every few A along a map of two regions, the fourth where both have a part; the last outside: its seeds climb out. */
static double
hills_at (const double xyz[3])
{
  double d = 0;

  for (int h = 0; h < N_HILLS; h++)
    {
      const double x = xyz[0] - 4 - 5.4 * h, y = xyz[1] - 3 - 0.7 * (h % 2), z = xyz[2] - 2.5 - 0.3 * (h % 3);

      d += (0.6 + 0.09 * (h * 3 % 5)) * exp (-0.5 * (x * x + y * y + z * z));
    }
  return d;
}

static void
fit_region (CfField *field, int r)
{
  const CfSirenShape shape = { .width = 32, .hidden = 2, .w0_first = 6, .w0 = 30 };
  CfRegion region;

  cf_partition_region (&field->partition, r, &region);
  gsize n = (gsize) region.size[0] * region.size[1] * region.size[2];
  const CfFitSpec spec = { .optimiser = CF_OPTIMISER_MUON, .rate = 1e-3, .muon_rate = 1e-3, .batch = 256, .seed = 4,
                           .total_steps = EPOCHS * (gint64) ((n + 128) / 256) };
  g_autofree float *local = g_new (float, 3 * n), *t = g_new (float, n);
  g_autoptr (CfSiren) start = cf_siren_new_random (&shape, 7, r), weights = NULL;
  CfRegionFit fitted = { .trained = TRUE };

  for (gsize i = 0, at = 0; i < n; at = ++i)
    {
      double ijk[3], xyz[3];

      for (int a = 0; a < 3; at /= region.size[a++])
        {
          ijk[a] = region.start[a] + (int) (at % region.size[a]);
          local[3 * i + a] = 2.0f * (at % region.size[a]) / (region.size[a] - 1) - 1;
        }
      cf_grid_to_world (&field->grid, ijk, xyz);
      t[i] = (float) (2 * hills_at (xyz) - 1);
    }
  g_autoptr (CfFit) fit = cf_fit_new (parity.cpu, start, &spec, n, local, t, NULL);
  for (int e = 0; e < EPOCHS; e++)
    g_assert_true (cf_fit_epoch (fit, 0, &fitted.loss, NULL, NULL));
  weights = cf_fit_weights (fit, NULL);
  cf_field_set_region (field, r, weights, &fitted);
}

/* Fitted on the CPU, in less than a second: random networks have ridges, on which climbs end by chance. */
static CfField *
make_field (void)
{
  const int dims[3] = { 70, 11, 10 };
  const double step[3][3] = { { 0.6, 0, 0 }, { 0.03, 0.6, 0 }, { 0, -0.02, 0.6 } }, origin[3] = { 0, 0, 0 };
  CfField *field;
  CfGrid grid;

  cf_grid_init (&grid, dims, origin, step);
  field = made_field (&grid, NULL, 0);
  g_assert_cmpint (field->n_regions, ==, 2);
  for (int r = 0; r < field->n_regions; r++)
    fit_region (field, r);
  return field;
}

typedef struct
{
  gsize n;
  float (*start)[3], (*peak)[3], *density, (*shoulder)[3];
} Ends;

static void
ends_init (Ends *ends, const CfGrid *grid, gsize n)
{
  CfRandom random;

  *ends = (Ends){ n, g_malloc_n (n, 12), g_malloc_n (n, 12), g_new (float, n), g_malloc_n (n, 12) };
  cf_random_init (&random, 3, 3);
  for (gsize i = 0; i < n; i++)
    {
      double ijk[3], xyz[3];

      for (int a = 0; a < 3; a++)
        ijk[a] = (cf_random_double (&random) * 1.02 - 0.01) * (grid->dims[a] - 1);
      cf_grid_to_world (grid, ijk, xyz);
      for (int a = 0; a < 3; a++)
        ends->start[i][a] = (float) xyz[a];
    }
}

static void
ends_clear (Ends *ends)
{
  g_free (ends->start);
  g_free (ends->peak);
  g_free (ends->density);
  g_free (ends->shoulder);
}

static double
apart (const float a[3], const float b[3])
{
  double square = 0;

  for (int k = 0; k < 3; k++)
    square += pow ((double) a[k] - b[k], 2);
  return sqrt (square);
}

static gboolean
query_evaluator (gpointer data, gsize n, const double *xyz, float *value, float *gradient, GCancellable *cancellable, GError **error)
{
  return cf_evaluator_query (data, n, xyz, value, gradient, cancellable, error);
}

static void
note_progress (double fraction, gpointer data)
{
  double *last = data;

  g_assert_cmpfloat (fraction, >=, *last);
  *last = fraction;
}

/* Nearly all end where the CPU's do; where the field is flat, or two hills are as near, rounding decides */
static void
compare_ends (const char *name, const Ends *expected, const Ends *found, gboolean shoulders, double most_others)
{
  gsize others = 0, left = 0, n_shoulders = 0;
  double sum = 0;

  for (gsize i = 0; i < expected->n; i++)
    {
      gboolean gone = isnan (expected->density[i]);
      double far = apart (expected->peak[i], found->peak[i]);

      left += gone;
      n_shoulders += shoulders && !isnan (expected->shoulder[i][0]);
      if (gone != isnan (found->density[i]) || (!gone && far > NEAR)
          || (shoulders && !gone && isnan (expected->shoulder[i][0]) != isnan (found->shoulder[i][0])))
        others++;
      else if (!gone)
        sum += far;
    }
  g_test_message ("%s: %zu climbs, %zu left, %zu with a shoulder, %zu elsewhere, %.3g A apart on average", name, expected->n, left, n_shoulders, others,
                  sum / expected->n);
  g_assert_cmpuint (left, >, 0);
  g_assert_cmpuint (left, <, expected->n * 3 / 4);
  g_assert_true (!shoulders || n_shoulders > 0);
  g_assert_cmpfloat (others, <=, MAX (2, most_others * expected->n));
}

static void
climb_both (const char *name, CfEvaluator *a, CfLandscape *landscape, CfAscent kind, const CfGrid *grid, gsize n)
{
  CfField *field = cf_evaluator_field (a);
  g_autoptr (GError) error = NULL;
  CfAscentCost cost = { 0 }, found_cost = { 0 };
  double last = 0;
  Ends expected, found;
  CfLandscapeView view;

  ends_init (&expected, grid, n);
  ends_init (&found, grid, n);
  CfAscentJob job = { .kind = kind, .n = n, .start = (const float (*)[3]) found.start, .peak = found.peak, .density = found.density,
                      .shoulder = found.shoulder, .cost = &found_cost, .progress = note_progress, .progress_data = &last };
  g_assert_true (cf_ascend (kind, landscape ? cf_landscape_query : query_evaluator, landscape ? (gpointer) landscape : a, n,
                            (const float (*)[3]) expected.start, expected.peak, expected.density, expected.shoulder, NULL, &cost, NULL, NULL, NULL, NULL));
  if (landscape)
    view = cf_landscape_view (landscape);
  g_assert_true (parity.cuda->klass->ascend (parity.cuda, field, landscape ? &view : NULL, &job, &error));
  g_assert_no_error (error);
  g_assert_cmpfloat_with_epsilon (last, 1, 1e-9);
  compare_ends (name, &expected, &found, kind == CF_ASCENT_DEFAULT && parity.allowed < 1e-5, parity.allowed < 1e-5 ? 0.01 : 0.15);
  g_test_message ("questions: %" G_GUINT64_FORMAT ", the CPU's %" G_GUINT64_FORMAT, found_cost.gradients, cost.gradients);
  if (!landscape)
    g_assert_cmpfloat (fabs ((double) found_cost.gradients / cost.gradients - 1), <, parity.allowed < 1e-5 ? 0.01 : 0.2);
  ends_clear (&expected);
  ends_clear (&found);
}

static CfLandscape *
make_landscape (CfEvaluator *evaluator, const CfGrid *grid, double share)
{
  g_autofree float *samples = g_new (float, cf_grid_n_voxels (grid));
  CfLandscape *landscape;

  g_assert_true (cf_evaluator_bake (evaluator, grid, samples, NULL, NULL, NULL, NULL));
  landscape = cf_landscape_new (grid, made_level (samples, cf_grid_n_voxels (grid), share), 1);
  cf_landscape_add (landscape, samples, grid->dims[2]);
  return landscape;
}

/* More climbs than are in flight at a time, where there is a device for it. */
static void
test_climbs (void)
{
  g_autoptr (CfField) field = make_field ();
  g_autoptr (CfEvaluator) a = cf_evaluator_new (parity.cpu, field);
  CfGrid grid;

  cf_walk_grid (field, 0.5, &grid);
  g_autoptr (CfLandscape) landscape = make_landscape (a, &grid, 0.5);
  climb_both ("on the field", a, NULL, CF_ASCENT_DEFAULT, &field->grid, parity.small ? 200 : 300000);
  climb_both ("paper", a, NULL, CF_ASCENT_PAPER, &field->grid, parity.small ? 60 : 3000);
  climb_both ("between samples", a, landscape, CF_ASCENT_DEFAULT, &field->grid, parity.small ? 2000 : 300000);
}

static CfClusters *
nodes_of (CfEvaluator *evaluator, const CfGrid *grid, const float *samples, CfAscent ascent, double level, gsize *dropped)
{
  const CfWalkOptions options = { .lowest = level, .ascent = ascent, .spacing = 0.5 };
  g_autoptr (CfPeaks) peaks = cf_walk_from_samples (evaluator, grid, samples, &options, NULL, NULL, NULL, NULL);
  g_autoptr (CfSweep) sweep = NULL;

  g_assert_nonnull (peaks);
  *dropped = peaks->dropped;
  g_test_message ("%zu seeds, %.2f gradients each", peaks->n, (double) peaks->gradients / peaks->n);
  sweep = cf_sweep_new (peaks, CF_CLUSTER_EPS, NULL, NULL);
  return cf_sweep_cut (sweep, level, FALSE);
}

static double
farthest (const CfClusters *some, const CfClusters *others)
{
  double most = 0;

  for (gsize i = 0; i < some->n; i++)
    {
      double least = HUGE_VAL;

      for (gsize k = 0; k < others->n; k++)
        {
          const double *a = some->clusters[i].pos, *b = others->clusters[k].pos;

          least = MIN (least, hypot (hypot (a[0] - b[0], a[1] - b[1]), a[2] - b[2]));
        }
      most = MAX (most, least);
    }
  return most;
}

/* The whole walk on the same samples. */
static void
test_nodes (void)
{
  g_autoptr (CfField) field = make_field ();
  g_autoptr (CfEvaluator) a = cf_evaluator_new (parity.cpu, field), b = cf_evaluator_new (parity.cuda, field);
  CfGrid grid;

  cf_walk_grid (field, 0.5, &grid);
  g_autofree float *samples = g_new (float, cf_grid_n_voxels (&grid));
  g_assert_true (cf_evaluator_bake (a, &grid, samples, NULL, NULL, NULL, NULL));
  for (int kind = 0; kind < 2; kind++)
    {
      CfAscent ascent = kind ? CF_ASCENT_PAPER : CF_ASCENT_DEFAULT;
      double level = made_level (samples, cf_grid_n_voxels (&grid), parity.small && kind ? 0.95 : 0.8), away;
      gsize dropped[2];
      g_autoptr (CfClusters) expected = nodes_of (a, &grid, samples, ascent, level, &dropped[0]);
      g_autoptr (CfClusters) found = nodes_of (b, &grid, samples, ascent, level, &dropped[1]);

      away = MAX (farthest (expected, found), farthest (found, expected));
      g_test_message ("%s: %zu nodes, the CPU's %zu, at most %.4f A apart; dropped %zu and %zu", kind ? "paper" : "default", found->n, expected->n, away,
                      dropped[1], dropped[0]);
      g_assert_cmpuint (expected->n, >=, N_HILLS - 1);
      g_assert_cmpuint (found->n, ==, expected->n);
      g_assert_cmpfloat (away, <=, NEAR);
    }
}

/* Cancelled before the first question, and after some. */
static void
cancel_at_once (double fraction, gpointer data)
{
  g_cancellable_cancel (data);
}

static void
test_cancel (void)
{
  g_autoptr (CfField) field = make_field ();
  g_autoptr (CfEvaluator) evaluator = cf_evaluator_new (parity.cuda, field);
  const CfWalkOptions options = { .lowest = 0.05, .spacing = 2, .ascent = CF_ASCENT_PAPER };
  CfGrid grid;

  cf_walk_grid (field, options.spacing, &grid);
  g_autofree float *samples = g_new (float, cf_grid_n_voxels (&grid));
  g_assert_true (cf_evaluator_bake (evaluator, &grid, samples, NULL, NULL, NULL, NULL));
  for (int later = 0; later < 2; later++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      g_autoptr (GError) error = NULL;

      if (!later)
        g_cancellable_cancel (cancellable);
      g_assert_null (cf_walk_from_samples (evaluator, &grid, samples, &options, later ? cancel_at_once : NULL, cancellable, cancellable, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
    }
}

void
parity_add_climbs (const Parity *suite)
{
  parity = *suite;
  g_test_add_func ("/parity/climbs", test_climbs);
  g_test_add_func ("/parity/nodes", test_nodes);
  g_test_add_func ("/parity/climbs-cancelled", test_cancel);
}
