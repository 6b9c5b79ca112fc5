/* neural-tool: writes a made-up neural map and what the evaluator says about it, for tests/reference/neural-numpy.py.
 * neural-tool OUT.safetensors smooth|paper linear|sqrt|rectified: the map to OUT; x y z value gx gy gz (A, d) to stdout. */
#include <math.h>
#include <stdio.h>

#include "cf-evaluator.h"
#include "cf-neural.h"

static CfField *
make_field (gboolean paper, gboolean root, gboolean rectified)
{
  const CfSirenShape shape = { 32, 3, 15, 30 };
  const int source_dims[3] = { 130, 70, 14 }, lo[3] = { 3, 2, 1 }, dims[3] = { 125, 66, 11 }, one[3] = { 1, 1, 1 };
  const double origin[3] = { -40, 3.25, 17 }, cell[6] = { 0.9, 1.1, 1.3, 80, 105, 95 };
  double step[3][3];
  CfPartition partition;
  CfField *field;

  cf_partition_init (&partition, paper ? CF_PARTITION_PAPER : CF_PARTITION_BALANCED, dims);
  field = cf_field_alloc (cf_partition_n_regions (&partition));
  cf_grid_steps_from_cell (cell, one, step);
  cf_grid_init (&field->source_grid, source_dims, origin, step);
  cf_grid_crop (&field->source_grid, lo, dims, &field->grid);
  field->source_name = g_strdup ("made \"up\" <&>");
  for (int a = 0; a < 3; a++)
    {
      field->axes[a] = a + 1;
      field->m[a] = source_dims[a];
      field->cell[a] = cell[a] * source_dims[a];
      field->cell[3 + a] = cell[3 + a];
      field->normalisation.lo[a] = lo[a];
      field->normalisation.dims[a] = dims[a];
    }
  field->normalisation.max = 3.5;
  field->normalisation.mu = 0.05;
  field->normalisation.sigma = 0.11;
  field->partition = partition;
  field->blend = paper ? CF_BLEND_PAPER : CF_BLEND_SMOOTH;
  field->transform = root ? (CfTransform){ CF_TRANSFORM_SQRT, 0.05 } : (CfTransform){ CF_TRANSFORM_LINEAR, 0, rectified };
  field->seed = G_MAXUINT64;
  for (int r = 0; r < field->n_regions; r++)
    {
      g_autoptr (CfSiren) siren = cf_siren_new_random (&shape, 5, r);
      CfRegionFit fit = { .trained = TRUE, .epochs = r, .loss = 1.0 / 3, .held_out = NAN };

      if (rectified)
        siren->params[siren->n - 1] = -1; /* some of it is below */
      fit.flat = r == 2;
      fit.value = fit.flat ? 0.125f : 0;
      cf_field_set_region (field, r, fit.flat ? NULL : siren, &fit);
    }
  return field;
}

int
main (int argc, char **argv)
{
  enum { N = 400 };
  g_autoptr (CfBackend) backend = NULL;
  g_autoptr (CfEvaluator) evaluator = NULL;
  g_autoptr (CfField) field = NULL;
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  double xyz[N][3];
  float value[N], gradient[N][3];

  if (argc != 4)
    return 2;
  cf_compute_init ();
  backend = cf_backend_open ("cpu", 1, NULL);
  field = make_field (g_str_equal (argv[2], "paper"), g_str_equal (argv[3], "sqrt"), g_str_equal (argv[3], "rectified"));
  if (backend == NULL || !cf_neural_save (field, argv[1], NULL, NULL))
    return 1;
  evaluator = cf_evaluator_new (backend, field);
  for (int i = 0; i < N; i++)
    {
      double ijk[3];

      for (int a = 0; a < 3; a++)
        ijk[a] = g_rand_double_range (rand, 0.01, field->grid.dims[a] - 1.01);
      cf_grid_to_world (&field->grid, ijk, xyz[i]);
    }
  if (!cf_evaluator_query (evaluator, N, xyz[0], value, gradient[0], NULL, NULL))
    return 1;
  for (int i = 0; i < N; i++)
    printf ("%.17g %.17g %.17g %.9g %.9g %.9g %.9g\n", xyz[i][0], xyz[i][1], xyz[i][2], value[i], gradient[i][0], gradient[i][1], gradient[i][2]);
  return 0;
}
