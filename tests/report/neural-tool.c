/* neural-tool.c: writes a neural map of random networks and prints what the program says of it, for test-read-neural.py.
 * Arguments: CASE NEURAL. CASE: smooth, paper, sqrt, hole, half, rectified. Prints x,y,z,value,gx,gy,gz rows in A and file units. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cf-evaluator.h"
#include "cf-half.h"
#include "cf-neural.h"
#include "cf-random.h"

static CfField *
make_field (const char *name)
{
  gboolean paper = strcmp (name, "paper") == 0;
  const int dims[3] = { 130, 24, 80 }, lo[3] = { 2, 3, 5 }, crop[3] = { 126, 20, 70 }; /* three regions that share points, one, two */
  const double origin[3] = { -40.5, 12.25, 300.0 }, cell[6] = { 130 * 0.8, 24 * 0.9, 80 * 1.1, 90, 108, 90 };
  const CfSirenShape shape = { 24, 2, 20.0, 30.0 };
  const CfNormalisation normalisation = { { lo[0], lo[1], lo[2] }, { crop[0], crop[1], crop[2] }, 3.75, 0.1, 0.2 };
  double step[3][3];
  CfGrid grid;
  CfPartition partition;

  cf_grid_steps_from_cell (cell, dims, step);
  cf_grid_init (&grid, dims, origin, step);
  g_autoptr (CfVolume) volume = cf_volume_new ("made up", &grid, g_new0 (float, cf_grid_n_voxels (&grid)));
  cf_partition_init (&partition, paper ? CF_PARTITION_PAPER : CF_PARTITION_BALANCED, crop);
  CfField *field = cf_field_new (volume, &normalisation, &partition);
  field->blend = paper ? CF_BLEND_PAPER : CF_BLEND_SMOOTH;
  if (strcmp (name, "sqrt") == 0)
    field->transform = (CfTransform){ CF_TRANSFORM_SQRT, 0.05 };
  field->transform.rectified = strcmp (name, "rectified") == 0;
  for (int i = 0; i < field->n_regions; i++)
    {
      CfRegionFit fit = { .trained = strcmp (name, "hole") != 0 || i != 2, .flat = i == 1, .value = 0.25f, .loss = 1e-4, .held_out = NAN };
      g_autoptr (CfSiren) drawn = cf_siren_new_random (&shape, 11, i);
      if (field->transform.rectified)
        drawn->params[drawn->n - 1] = -1; /* some of it is below */
      fit.half = strcmp (name, "half") == 0;
      g_autoptr (CfSiren) siren = fit.half ? cf_half_round_siren (drawn) : cf_siren_ref (drawn);
      cf_field_set_region (field, i, fit.flat || !fit.trained ? NULL : siren, &fit);
    }
  return field;
}

/* Anywhere in the box and a little outside; where the field is continuous, every fourth on a voxel, where overlaps begin and end.
 * (Elsewhere the last digit of a coordinate would decide on which side of a jump such a point lies.) */
static void
make_points (const CfField *field, gboolean continuous, gsize n, double *xyz)
{
  CfRandom random;

  cf_random_init (&random, 5, 0);
  for (gsize i = 0; i < n; i++)
    {
      double ijk[3];
      for (int a = 0; a < 3; a++)
        {
          ijk[a] = cf_random_double (&random) * (field->grid.dims[a] + 1) - 1.0;
          if (continuous && i % 4 == 0)
            ijk[a] = round (ijk[a]);
        }
      cf_grid_to_world (&field->grid, ijk, xyz + 3 * i);
    }
}

int
main (int argc, char **argv)
{
  enum
  {
    N = 3000
  };
  static double xyz[3 * N];
  static float value[N], gradient[3 * N];
  g_autoptr (GError) error = NULL;

  if (argc != 3)
    return 2;
  cf_compute_init ();
  g_autoptr (CfBackend) backend = cf_backend_open ("cpu", 1, &error);
  g_autoptr (CfField) field = make_field (argv[1]);
  if (backend == NULL || !cf_neural_save (field, argv[2], NULL, &error))
    g_error ("%s", error->message);
  g_autoptr (CfEvaluator) evaluator = cf_evaluator_new (backend, field);
  make_points (field, strcmp (argv[1], "paper") != 0 && strcmp (argv[1], "hole") != 0, N, xyz);
  if (!cf_evaluator_query (evaluator, N, xyz, value, gradient, NULL, &error))
    g_error ("%s", error->message);
  for (int i = 0; i < N; i++)
    {
      printf ("%.17g,%.17g,%.17g,%.9g", xyz[3 * i], xyz[3 * i + 1], xyz[3 * i + 2], cf_field_to_file_units (field, value[i]));
      for (int a = 0; a < 3; a++)
        printf (",%.9g", cf_field_to_file_units (field, gradient[3 * i + a]));
      putchar ('\n');
    }
  return 0;
}
