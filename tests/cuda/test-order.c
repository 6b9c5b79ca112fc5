/* test-order.c: kernels whose blocks and threads run in other orders give the same bytes: whatever depends on who comes first is a race. Carried out on
 * the host. */
#include <locale.h>
#include <math.h>
#include <string.h>

#include "cf-ascent.h"
#include "cf-backend-private.h"
#include "cf-evaluator.h"
#include "cf-marching.h"
#include "cf-random.h"
#include "made.h"

enum { N = 300, POINTS = 137, WIDE = 70, CLIMBS = 13, EPOCHS = 1, WIDTH = 13, HEIGHT = 9, PIXELS = WIDTH * HEIGHT };

/* What one order gives. */
typedef struct
{
  double loss;
  float weights[2000];
  float value[POINTS], gradient[3 * POINTS];
  float wide[WIDE]; /* of a network as wide as the recipes' */
  float hits[4 * PIXELS], normals[4 * PIXELS];
  float peak[CLIMBS][3], density[CLIMBS];
  CfAscentCost cost;
} Result;

static void
fill (gsize n, guint32 seed, float *out)
{
  CfRandom random;

  cf_random_init (&random, seed, 0);
  for (gsize i = 0; i < n; i++)
    out[i] = (float) (2 * cf_random_double (&random) - 1);
}

/* Two regions that share points, so that sorting has something to sort. */
static CfField *
make_field (void)
{
  const int dims[3] = { 100, 20, 20 };
  const double origin[3] = { 0, 0, 0 }, spacing[3] = { 1, 1, 1 };
  const CfSirenShape shape = { 16, 2, 6, 5 };
  CfGrid grid;

  cf_grid_init_orthogonal (&grid, dims, origin, spacing);
  return made_field (&grid, &shape, 8);
}

/* At a level that four fifths of the values found stay below. */
static void
run_march (CfEvaluator *evaluator, Result *out)
{
  const CfGrid *grid = &cf_evaluator_field (evaluator)->grid;
  CfMarchView view = { .width = WIDTH, .height = HEIGHT, .eye = { 50, 10, 60 }, .axes = { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } }, .half = { 0.8, 0.2 },
                       .near = 1, .far = 200, .step = 1.25, .closer = 0.5 };
  guint8 empty[25 * 5 * 5] = { 0 };
  CfMarchSpace space = { .dims = { 100, 20, 20 }, .brick = 4, .n = { 25, 5, 5 }, .empty = empty };
  CfMarchTarget target = { .rows = HEIGHT, .hits = out->hits, .normals = out->normals };

  view.level = made_level (out->value, POINTS, 0.8);
  memcpy (space.inverse, grid->inverse, sizeof space.inverse);
  g_assert_true (cf_evaluator_march (evaluator, &view, &space, &target, NULL, NULL));
}

static void
run_climbs (CfEvaluator *evaluator, const float *u, Result *out)
{
  const CfGrid *grid = &cf_evaluator_field (evaluator)->grid;
  CfBackend *backend = cf_evaluator_backend (evaluator);
  float start[CLIMBS][3];
  const CfAscentJob job = { .kind = CF_ASCENT_DEFAULT, .n = CLIMBS, .start = (const float (*)[3]) start, .peak = out->peak, .density = out->density,
                            .cost = &out->cost };

  for (int i = 0; i < CLIMBS; i++)
    for (int a = 0; a < 3; a++)
      start[i][a] = (u[3 * i + a] + 1) / 2 * (grid->dims[a] - 1);
  g_assert_true (backend->klass->ascend (backend, cf_evaluator_field (evaluator), NULL, &job, NULL));
}

static void
run_all (const char *name, const char *seed, Result *out)
{
  const CfFitSpec spec = { .optimiser = CF_OPTIMISER_MUON, .rate = 1e-3, .muon_rate = 1e-3, .batch = 90, .total_steps = 8, .seed = 3 };
  const CfSirenShape shape = { 20, 2, 10, 10 }, wide_shape = { 256, 2, 20, 30 };
  g_autoptr (CfSiren) start = cf_siren_new_random (&shape, 1, 1), wide = cf_siren_new_random (&wide_shape, 1, 2), end = NULL;
  g_autoptr (CfField) field = make_field ();
  g_autoptr (CfBackend) backend = NULL;
  g_autoptr (CfEvaluator) evaluator = NULL;
  g_autoptr (CfFit) fit = NULL;
  float x[3 * N], t[N], u[3 * POINTS];
  double xyz[3 * POINTS];

  g_setenv ("CF_SIMT_SEED", seed, TRUE);
  backend = cf_backend_open (name, 0, NULL);
  g_assert_nonnull (backend);
  memset (out, 0, sizeof *out);
  fill (3 * N, 1, x);
  fill (N, 2, t);
  fill (3 * POINTS, 3, u);
  fit = cf_fit_new (backend, start, &spec, N, x, t, NULL);
  for (int e = 0; e < EPOCHS; e++)
    g_assert_true (cf_fit_epoch (fit, 0, &out->loss, NULL, NULL));
  end = cf_fit_weights (fit, NULL);
  g_assert_cmpuint (end->n, <=, G_N_ELEMENTS (out->weights));
  memcpy (out->weights, end->params, end->n * sizeof (float));
  evaluator = cf_evaluator_new (backend, field);
  for (int i = 0; i < POINTS; i++)
    for (int a = 0; a < 3; a++)
      xyz[3 * i + a] = (u[3 * i + a] + 1) / 2 * (field->grid.dims[a] - 1);
  g_assert_true (cf_evaluator_query (evaluator, POINTS, xyz, out->value, out->gradient, NULL, NULL));
  g_assert_true (cf_backend_eval (backend, wide, WIDE, u, out->wide, NULL, 0, NULL));
  run_march (evaluator, out);
  run_climbs (evaluator, u, out);
  g_assert_null (cf_backend_take_notice (backend));
}

static void
test_orders (gconstpointer name)
{
  const char *const seeds[] = { "2", "99991" };
  Result first, other;
  int hits = 0;

  run_all (name, "1", &first);
  for (int i = 0; i < PIXELS; i++)
    hits += first.hits[4 * i] > 0 && first.normals[4 * i + 3] > 0;
  g_assert_cmpint (hits, >, 10);
  g_assert_true (isfinite (first.loss));
  for (gsize s = 0; s < G_N_ELEMENTS (seeds); s++)
    {
      run_all (name, seeds[s], &other);
      g_assert_cmpfloat (other.loss, ==, first.loss);
      g_assert_cmpmem (&other, sizeof other, &first, sizeof first);
    }
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  cf_compute_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/order/fp32", "cuda/fp32", test_orders);
  g_test_add_data_func ("/order/fp16", "cuda/fp16", test_orders);
  return g_test_run ();
}
