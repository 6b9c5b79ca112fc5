/* parity-finer.c: finer samples of a part that stay on the device, brought back to the host, against the CPU's. */
#include "parity.h"

#include <math.h>

#include "cf-bake-fine.h"
#include "made.h"

static Parity parity;

typedef struct
{
  int side;
  CfFinePart part;
} Case;

static void
compare (const Case *now)
{
  const CfSirenShape shape = { 16, 2, 12, 10 };
  g_autoptr (CfField) field = made_cube (now->side, &shape, 8);
  g_autoptr (CfEvaluator) a = cf_evaluator_new (parity.cpu, field), b = cf_evaluator_new (parity.cuda, field);
  const gsize n_own = cf_grid_n_voxels (&field->grid);
  g_autofree float *own = g_new (float, n_own), *expected = NULL, *found = NULL;
  g_autoptr (CfFineSamples) there = NULL;
  double difference = 0, square = 0;
  gsize gone = 0, n;
  CfFinePart part = now->part;
  CfGrid grid;

  g_assert_true (cf_evaluator_bake (a, &field->grid, own, NULL, NULL, NULL, NULL));
  part.lowest = made_level (own, n_own, 0.97);
  own[n_own / 2] = NAN;
  cf_fine_grid (&field->grid, &part, &grid);
  n = cf_grid_n_voxels (&grid);
  expected = g_new (float, n);
  found = g_new (float, n);
  g_assert_true (cf_bake_fine (a, &field->grid, own, &part, expected, NULL, NULL, NULL, NULL));
  there = cf_bake_fine_there (b, &field->grid, own, &part, NULL, NULL, NULL, NULL);
  g_assert_nonnull (there);
  g_assert_true (cf_fine_samples_give (there, &(CfFineTarget){ .samples = found }));
  for (gsize i = 0; i < n; i++)
    {
      g_assert_cmpint (isnan (expected[i]), ==, isnan (found[i]));
      gone += isnan (expected[i]);
      difference += isnan (expected[i]) ? 0 : pow (found[i] - expected[i], 2);
      square += isnan (expected[i]) ? 0 : pow (expected[i], 2);
    }
  g_test_message ("%zu finer samples, %zu not there: %.3g", n, gone, difference / square);
  g_assert_cmpuint (gone, >, 0);
  g_assert_cmpfloat (difference / square, <, parity.allowed);
}

/* Boxes that end within the field, and at its faces; on a device more samples than are asked for at once. */
static void
test_finer (void)
{
  const Case small[] = { { 15, { { 3, 0, 5 }, { 9, 15, 7 }, 3 } }, { 9, { { 0, 0, 0 }, { 9, 9, 9 }, 2 } } }, large = { 60, { { 1, 5, 0 }, { 51, 50, 49 }, 4 } };

  for (gsize i = 0; i < G_N_ELEMENTS (small); i++)
    compare (&small[i]);
  if (!parity.small)
    compare (&large);
}

void
parity_add_finer (const Parity *suite)
{
  parity = *suite;
  g_test_add_func ("/parity/finer", test_finer);
}
