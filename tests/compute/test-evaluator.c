/* The blended field: gradient against finite differences (weights' gradient and a sheared cell included), what is outside, what is flat, what is not
 * there, and the same from a query, a bake and a sample. */
#include <math.h>
#include <string.h>

#include "cf-evaluator.h"

static CfBackend *backend;

/* Random networks on a sheared lattice: n[a] voxels, steps that are not at right angles. */
static CfField *
make_field (const int dims[3], CfBlend blend, CfTransform transform)
{
  const CfSirenShape shape = { 24, 2, 4, 3 };
  const double origin[3] = { 12.5, -7, 101 }, cell[6] = { 0.9, 1.1, 1.3, 80, 105, 95 };
  const int one[3] = { 1, 1, 1 };
  double step[3][3];
  CfPartition partition;
  CfField *field;

  g_assert_true (cf_partition_init (&partition, CF_PARTITION_BALANCED, dims));
  field = cf_field_alloc (cf_partition_n_regions (&partition));
  cf_grid_steps_from_cell (cell, one, step);
  cf_grid_init (&field->grid, dims, origin, step);
  field->source_grid = field->grid;
  field->partition = partition;
  field->blend = blend;
  field->transform = transform;
  field->normalisation = (CfNormalisation){ .dims = { dims[0], dims[1], dims[2] }, .max = 8, .mu = 0.1, .sigma = 0.2 };
  for (int r = 0; r < field->n_regions; r++)
    {
      g_autoptr (CfSiren) siren = cf_siren_new_random (&shape, 11, r);
      const CfRegionFit fit = { .trained = TRUE, .epochs = 1 };

      /* So that neighbours differ and the square root's branch is the rising one. */
      siren->params[siren->n - 1] = (float) (0.3 * sin (r + 1));
      cf_field_set_region (field, r, siren, &fit);
    }
  return field;
}

static void
random_points (const CfGrid *grid, gsize n, double margin, double *xyz)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (3);

  for (gsize i = 0; i < n; i++)
    {
      double ijk[3];

      for (int a = 0; a < 3; a++)
        ijk[a] = g_rand_double_range (rand, margin, grid->dims[a] - 1 - margin);
      cf_grid_to_world (grid, ijk, xyz + 3 * i);
    }
}

static void
check_gradient (const int dims[3], CfBlend blend, CfTransform transform)
{
  g_autoptr (CfField) field = make_field (dims, blend, transform);
  g_autoptr (CfEvaluator) evaluator = cf_evaluator_new (backend, field);
  const gsize n = 1500;
  const double h = 4e-3;
  g_autofree double *xyz = g_new (double, 3 * n);
  g_autofree float *v = g_new (float, n), *g = g_new (float, 3 * n);
  double worst = 0, size = 0;

  random_points (&field->grid, n, 0.1, xyz);
  g_assert_true (cf_evaluator_query (evaluator, n, xyz, v, g, NULL, NULL));
  for (int a = 0; a < 3; a++)
    {
      g_autofree double *lo = g_memdup2 (xyz, 24 * n), *hi = g_memdup2 (xyz, 24 * n);
      g_autofree float *v_lo = g_new (float, n), *v_hi = g_new (float, n);

      for (gsize i = 0; i < n; i++)
        lo[3 * i + a] -= h, hi[3 * i + a] += h;
      g_assert_true (cf_evaluator_query (evaluator, n, lo, v_lo, NULL, NULL, NULL));
      g_assert_true (cf_evaluator_query (evaluator, n, hi, v_hi, NULL, NULL, NULL));
      for (gsize i = 0; i < n; i++)
        {
          double numeric = ((double) v_hi[i] - v_lo[i]) / (2 * h);

          g_assert_true (isfinite (v[i]));
          worst = MAX (worst, fabs (g[3 * i + a] - numeric));
          size = MAX (size, fabs (numeric));
        }
    }
  g_test_message ("largest gradient %.3g A^-1, largest miss %.3g", size, worst);
  g_assert_cmpfloat (size, >, 0.05);
  g_assert_cmpfloat (worst, <, 0.005 * size);
}

static void
test_gradient (void)
{
  const CfTransform linear = { CF_TRANSFORM_LINEAR, 0 }, root = { CF_TRANSFORM_SQRT, 0.05 };

  /* One region, which differs in size along the axes; two along each axis; and eight, so that all overlaps meet. */
  check_gradient ((const int[]){ 20, 9, 14 }, CF_BLEND_SMOOTH, linear);
  check_gradient ((const int[]){ 67, 66, 65 }, CF_BLEND_SMOOTH, linear);
  check_gradient ((const int[]){ 65, 65, 65 }, CF_BLEND_SMOOTH, root);
}

static void
test_outside (void)
{
  const CfTransform linear = { CF_TRANSFORM_LINEAR, 0 };
  g_autoptr (CfField) field = make_field ((const int[]){ 70, 8, 8 }, CF_BLEND_SMOOTH, linear);
  const CfRegionFit missing = { 0 }, flat = { .trained = TRUE, .flat = TRUE, .value = 0.25f };
  const double ijk[6][3] = { { 5, 4, 4 }, { 35, 4, 4 }, { 65, 4, 4 }, { 70.5, 4, 4 }, { 5, -0.5, 4 }, { NAN, 4, 4 } };
  double xyz[6][3];
  float v[6], g[6][3];

  for (int i = 0; i < 6; i++)
    cf_grid_to_world (&field->grid, ijk[i], xyz[i]);
  for (int pass = 0; pass < 2; pass++)
    {
      g_autoptr (CfEvaluator) evaluator = NULL;

      cf_field_set_region (field, 1, NULL, pass == 0 ? &missing : &flat);
      evaluator = cf_evaluator_new (backend, field);
      g_assert_true (cf_evaluator_query (evaluator, 6, xyz[0], v, g[0], NULL, NULL));
      g_assert_true (isfinite (v[0]) && isfinite (g[0][0]));
      g_assert_true (isfinite (v[1]) == (pass == 1));
      if (pass == 0)
        g_assert_true (isnan (v[2]) && isnan (g[2][0]) && isnan (g[2][2]));
      else
        {
          g_assert_cmpfloat (v[2], ==, 0.25f);
          g_assert_cmpfloat (g[2][0], ==, 0);
        }
      for (int i = 3; i < 6; i++)
        g_assert_true (isnan (v[i]) && isnan (g[i][1]));
    }
  g_assert_cmpint (cf_field_n_trained (field), ==, 2);
  g_assert_true (cf_field_is_complete (field));
}

static void
note_progress (double fraction, gpointer data)
{
  double *last = data;

  g_assert_cmpfloat (fraction, >=, *last);
  g_assert_cmpfloat (fraction, <=, 1);
  *last = fraction;
}

static void
test_bake (void)
{
  const CfTransform linear = { CF_TRANSFORM_LINEAR, 0 };
  g_autoptr (CfField) field = make_field ((const int[]){ 70, 31, 40 }, CF_BLEND_SMOOTH, linear);
  g_autoptr (CfEvaluator) evaluator = cf_evaluator_new (backend, field);
  gsize n = cf_grid_n_voxels (&field->grid), nx = field->grid.dims[0], ny = field->grid.dims[1];
  g_autofree float *baked = g_new (float, n), *queried = g_new (float, n);
  g_autofree double *xyz = g_new (double, 3 * n);
  g_autoptr (CfVolume) sample = NULL, finer = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  double last = 0;

  g_assert_true (cf_evaluator_bake (evaluator, &field->grid, baked, note_progress, &last, NULL, NULL));
  g_assert_cmpfloat (last, ==, 1);
  for (gsize i = 0; i < n; i++)
    cf_grid_to_world (&field->grid, (const double[]){ i % nx, i / nx % ny, i / nx / ny }, xyz + 3 * i);
  g_assert_true (cf_evaluator_query (evaluator, n, xyz, queried, NULL, NULL, NULL));
  g_assert_cmpint (memcmp (baked, queried, 4 * n), ==, 0);
  sample = cf_evaluator_sample (evaluator, 0, NULL, NULL, NULL, NULL, NULL);
  g_assert_nonnull (sample);
  for (gsize i = 0; i < n; i += 97)
    g_assert_cmpfloat_with_epsilon (sample->data[i], 8 * baked[i], 1e-6);
  finer = cf_evaluator_sample (evaluator, 2.5, NULL, NULL, NULL, NULL, NULL);
  g_assert_cmpint (finer->grid.dims[0], ==, (int) floor (69 * 0.9 / 2.5 + 1e-6) + 1);
  g_assert_null (cf_evaluator_sample (evaluator, -1, NULL, NULL, NULL, NULL, &error));
  g_assert_error (error, CF_ERROR, CF_ERROR_ARGUMENT);
  g_clear_error (&error);
  g_assert_null (cf_evaluator_sample (evaluator, 1e-6, NULL, NULL, NULL, NULL, &error));
  g_assert_error (error, CF_ERROR, CF_ERROR_ARGUMENT);
  g_clear_error (&error);
  g_cancellable_cancel (cancellable);
  g_assert_false (cf_evaluator_bake (evaluator, &field->grid, baked, NULL, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

int
main (int argc, char **argv)
{
  int status;

  cf_compute_init ();
  g_test_init (&argc, &argv, NULL);
  backend = cf_backend_open ("cpu", 2, NULL);
  g_assert_nonnull (backend);
  g_test_add_func ("/evaluator/gradient", test_gradient);
  g_test_add_func ("/evaluator/outside", test_outside);
  g_test_add_func ("/evaluator/bake", test_bake);
  status = g_test_run ();
  cf_backend_unref (backend);
  return status;
}
