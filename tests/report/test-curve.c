/* test-curve.c: each row of the curve is what the graph and the comparison at its level say; residuals of fields that are known. */
#include <math.h>
#include <string.h>

#include "cf-curve.h"
#include "cf-residual.h"
#include "made-up.h"

typedef struct
{
  MadeUp made;
  CfBackend *backend;
  CfEvaluator *evaluator;
  CfPeaks *peaks;
  CfSweep *sweep;
} Fixture;

/* A field of a random network has maxima enough, where its last layer is made louder. */
static void
set_up (Fixture *f, gconstpointer unused)
{
  const CfSirenShape shape = { 24, 1, 20.0, 20.0 };
  g_autoptr (CfSiren) siren = cf_siren_new_random (&shape, 3, 0);
  CfRegionFit fit = { .trained = TRUE, .loss = 1e-4, .held_out = NAN };
  g_autoptr (GError) error = NULL;

  for (gsize i = cf_siren_weight_offset (&shape, 2); i < siren->n; i++)
    siren->params[i] *= i < cf_siren_bias_offset (&shape, 2) ? 25.0f : 0.0f;
  made_up_init (&f->made);
  cf_field_set_region (f->made.field, 0, siren, &fit);
  f->backend = cf_backend_open ("cpu", 1, &error);
  g_assert_no_error (error);
  f->evaluator = cf_evaluator_new (f->backend, f->made.field);
  f->peaks = cf_walk (f->evaluator, &(CfWalkOptions){ .lowest = 0.45, .spacing = 1.0 }, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_test_message ("%" G_GSIZE_FORMAT " peaks, %" G_GSIZE_FORMAT " dropped", f->peaks->n, f->peaks->dropped);
  g_assert_cmpint (f->peaks->n, >, 100);
  f->sweep = cf_sweep_new (f->peaks, CF_CLUSTER_EPS, NULL, &error);
  g_assert_no_error (error);
}

static void
tear_down (Fixture *f, gconstpointer unused)
{
  cf_sweep_unref (f->sweep);
  cf_peaks_unref (f->peaks);
  cf_evaluator_unref (f->evaluator);
  cf_backend_unref (f->backend);
  made_up_clear (&f->made);
}

static void
assert_same (double a, double b)
{
  if (isnan (a) || isnan (b))
    g_assert_true (isnan (a) && isnan (b));
  else
    g_assert_cmpfloat (a, ==, b);
}

static double
inclusion_at (Fixture *f, double level)
{
  gsize inside = 0;
  for (guint32 i = 0; i < f->made.structure->n_atoms; i++)
    {
      const double xyz[3] = { f->made.structure->atoms[i].pos[0], f->made.structure->atoms[i].pos[1], f->made.structure->atoms[i].pos[2] };
      float value;
      g_assert_true (cf_evaluator_query (f->evaluator, 1, xyz, &value, NULL, NULL, NULL));
      inside += value >= level;
    }
  return (double)inside / f->made.structure->n_atoms;
}

static void
test_rows (Fixture *f, gconstpointer unused)
{
  const CfGraphOptions options = { .min_component = 2 };
  g_autoptr (GError) error = NULL;
  g_autoptr (CfCurve) curve = cf_curve_new (f->evaluator, f->sweep, f->made.structure, 13, &options, NULL, &error);

  g_assert_no_error (error);
  g_assert_cmpint (curve->n, ==, 13);
  g_assert_cmpfloat (curve->rows[0].level.normalised, ==, 0.45);
  g_assert_cmpfloat (curve->rows[12].level.normalised, ==, f->peaks->seed_density[0]);
  for (gsize i = 0; i < curve->n; i++)
    {
      const CfCurveRow *row = &curve->rows[i];
      g_autoptr (CfGraph) graph = cf_graph_at_level (f->evaluator, f->sweep, &row->level, &options, NULL, &error);
      g_assert_no_error (error);
      g_autoptr (CfComparison) c = cf_compare (graph, f->made.structure, &(CfCompareOptions){ .contour = f->peaks }, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpint (row->nodes, ==, graph->n_nodes);
      g_assert_cmpint (row->components, ==, graph->n_components);
      assert_same (row->coverage, c->ca.coverage);
      assert_same (row->rmsd, c->ca.rmsd);
      assert_same (row->precision, c->precision);
      assert_same (row->null_coverage, c->has_null ? c->null_ca.coverage : NAN);
      assert_same (row->null_precision, c->has_null ? c->null_precision : NAN);
      g_assert_cmpfloat_with_epsilon (row->inclusion, inclusion_at (f, row->level.normalised), 1e-9);
      if (i > 1)
        g_assert_cmpfloat_with_epsilon (log (row->level.normalised) - log (row[-1].level.normalised),
                                        log (row[-1].level.normalised) - log (row[-2].level.normalised), 1e-6);
    }
  g_assert_cmpint (curve->rows[0].nodes, >, 0);
}

static void
test_without_model (Fixture *f, gconstpointer unused)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (CfCurve) curve = cf_curve_new (f->evaluator, f->sweep, NULL, 5, &(CfGraphOptions){ 0 }, NULL, &error);

  g_assert_no_error (error);
  for (gsize i = 0; i < 5; i++)
    g_assert_true (isnan (curve->rows[i].coverage) && isnan (curve->rows[i].inclusion));
  g_cancellable_cancel (cancellable);
  g_assert_null (cf_curve_new (f->evaluator, f->sweep, NULL, 5, &(CfGraphOptions){ 0 }, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  g_assert_null (cf_curve_new (f->evaluator, f->sweep, NULL, 0, &(CfGraphOptions){ 0 }, NULL, &error));
  g_assert_error (error, CF_ERROR, CF_ERROR_ARGUMENT);
}

/* A constant field over a map of almost one value: off by as much at the voxels as between them. */
static void
test_residuals (Fixture *f, gconstpointer unused)
{
  const CfGrid *grid = &f->made.volume->grid;
  float *data = g_new (float, cf_grid_n_voxels (grid));
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < cf_grid_n_voxels (grid); i++)
    data[i] = 3.0f;
  data[0] = 5.0f;
  g_autoptr (CfVolume) volume = cf_volume_new ("flat", grid, data);
  CfNormalisation normalisation;
  CfPartition partition;
  g_assert_true (cf_normalisation_compute (volume, NAN, &normalisation, &error));
  cf_partition_init (&partition, CF_PARTITION_BALANCED, normalisation.dims);
  g_autoptr (CfField) field = cf_field_new (volume, &normalisation, &partition);
  CfRegionFit fit = { .trained = TRUE, .flat = TRUE, .value = 0.25f };
  cf_field_set_region (field, 0, NULL, &fit);
  g_autoptr (CfEvaluator) evaluator = cf_evaluator_new (f->backend, field);
  g_autoptr (CfResiduals) r = cf_residuals_new (evaluator, volume, 500, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (r->at.n, ==, 500);
  g_assert_cmpint (r->between.n, ==, 500);
  g_assert_cmpfloat_with_epsilon (r->at.mean_abs, 0.35, 0.01);
  g_assert_cmpfloat_with_epsilon (r->at.rms, 0.35, 0.02);
  g_assert_cmpfloat_with_epsilon (r->between.mean_abs, 0.35, 0.01);
  g_assert_cmpfloat (r->region_at[0].rms, ==, r->at.rms);

  const int other[3] = { 4, 4, 4 };
  CfGrid small;
  cf_grid_init_orthogonal (&small, other, grid->origin, (const double[3]){ 1, 1, 1 });
  g_autoptr (CfVolume) wrong = cf_volume_new ("wrong", &small, g_new0 (float, 64));
  g_assert_null (cf_residuals_new (evaluator, wrong, 500, NULL, &error));
  g_assert_error (error, CF_ERROR, CF_ERROR_ARGUMENT);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  cf_compute_init ();
  g_test_add ("/curve/rows", Fixture, NULL, set_up, test_rows, tear_down);
  g_test_add ("/curve/without-model", Fixture, NULL, set_up, test_without_model, tear_down);
  g_test_add ("/residuals", Fixture, NULL, set_up, test_residuals, tear_down);
  return g_test_run ();
}
