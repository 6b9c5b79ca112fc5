/* test-parity.c: each operation of the backend cuda against the CPU's, over odd sizes, by normalised mean square error. Runs on a device where
 * there is one (skipped otherwise), and in every check on kernels that are carried out on the host (CRYOFIELD_CUDA_MODULE names their module).
 * --precision fp32, tf32 or fp16; --required: no device is a failure; --small: what a sanitizer gets through in a minute. */
#include <locale.h>
#include <math.h>
#include <string.h>

#include "cf-backend-private.h"
#include "cf-evaluator.h"
#include "cf-marching.h"
#include "cf-random.h"
#include "made.h"
#include "parity.h"

static CfBackend *cpu, *cuda;
static char *precision = NULL;
static gboolean required = FALSE;
static gboolean emulated;
static gboolean small; /* sizes: a device's thousand cores are one here, or a tool watches each access */

static double
allowed (void)
{
  return g_strcmp0 (precision, "fp32") == 0 || (emulated && g_strcmp0 (precision, "fp16") != 0) ? 1e-6 : 1e-4;
}

static float *
random_floats (gsize n, guint32 seed, double lo, double hi)
{
  CfRandom random;
  float *made = g_new (float, n);

  cf_random_init (&random, seed, 0);
  for (gsize i = 0; i < n; i++)
    made[i] = (float) (lo + (hi - lo) * cf_random_double (&random));
  return made;
}

/* t of samples; every fifth is one without density. */
static float *
random_targets (gsize n, double most)
{
  float *made = random_floats (n, 2, -most, most);

  for (gsize i = 4; i < n; i += 5)
    made[i] = NAN;
  return made;
}

/* Mean square difference over mean square. */
static double
nmse (gsize n, const float *found, const float *expected)
{
  double difference = 0, size = 0;

  for (gsize i = 0; i < n; i++)
    {
      if (isnan (expected[i]) || isnan (found[i]))
        {
          g_assert_true (isnan (expected[i]) && isnan (found[i]));
          continue;
        }
      difference += ((double) found[i] - expected[i]) * ((double) found[i] - expected[i]);
      size += (double) expected[i] * expected[i];
    }
  return difference / (size > 0 ? size : 1);
}

#define assert_close(N, FOUND, EXPECTED, MOST)                                                                                               \
  do                                                                                                                                         \
    {                                                                                                                                        \
      double close_error = nmse (N, FOUND, EXPECTED);                                                                                        \
      g_test_message ("%s: %.3g", #FOUND, close_error);                                                                                      \
      g_assert_cmpfloat (close_error, <, MOST);                                                                                              \
    }                                                                                                                                        \
  while (0)

static const CfSirenShape shapes[] = { { 16, 2, 30, 30 }, { 7, 1, 9, 20 }, { 33, 3, 30, 30 }, { 300, 1, 30, 30 }, { 256, 2, 30, 30 }, { 256, 4, 30, 30 } };

static gsize
n_shapes (void)
{
  return small ? G_N_ELEMENTS (shapes) - 1 : G_N_ELEMENTS (shapes);
}

static void
test_eval (void)
{
  const gsize counts[] = { 1, 63, 129, 1000 };

  for (gsize s = 0; s < n_shapes (); s++)
    for (gsize c = 0; c < G_N_ELEMENTS (counts); c++)
      {
        g_autoptr (CfSiren) siren = cf_siren_new_random (&shapes[s], 3, (int) s);
        gsize n = counts[c];
        g_autofree float *x = random_floats (3 * n, 1, -1, 1), *v = g_new (float, n), *g = g_new (float, 3 * n), *only = g_new (float, n);
        g_autofree float *v0 = g_new (float, n), *g0 = g_new (float, 3 * n);

        if (small && shapes[s].width > 100 && n > 200)
          continue;
        g_assert_true (cf_backend_eval (cpu, siren, n, x, v0, g0, 0, NULL));
        g_assert_true (cf_backend_eval (cuda, siren, n, x, v, g, 0, NULL));
        g_assert_true (cf_backend_eval (cuda, siren, n, x, only, NULL, 0, NULL));
        assert_close (n, v, v0, allowed ());
        assert_close (n, only, v0, allowed ());
        assert_close (3 * n, g, g0, 3 * allowed ());
      }
}

/* Many networks in one call, some of them without points. */
static void
test_jobs (void)
{
  enum { JOBS = 9 };
  const gsize counts[JOBS] = { 5, 0, 128, 129, 1, 300, 64, 0, 77 };
  CfEvalJob jobs[JOBS];
  CfSiren *sirens[JOBS];

  for (int j = 0; j < JOBS; j++)
    {
      sirens[j] = cf_siren_new_random (&shapes[0], 4, j);
      jobs[j] = (CfEvalJob){ .siren = sirens[j],
                             .n = counts[j],
                             .local = random_floats (3 * counts[j] + 1, j, -1, 1),
                             .value = g_new (float, counts[j] + 1),
                             .gradient = g_new (float, 3 * counts[j] + 1) };
    }
  g_assert_true (cf_backend_eval_jobs (cuda, jobs, JOBS, 0, NULL));
  for (int j = 0; j < JOBS; j++)
    {
      g_autofree float *v0 = g_new (float, counts[j] + 1), *g0 = g_new (float, 3 * counts[j] + 1);

      g_assert_true (cf_backend_eval (cpu, sirens[j], counts[j], jobs[j].local, v0, g0, 0, NULL));
      assert_close (counts[j], jobs[j].value, v0, allowed ());
      assert_close (3 * counts[j], jobs[j].gradient, g0, 3 * allowed ());
      g_free ((float *) jobs[j].local);
      g_free (jobs[j].value);
      g_free (jobs[j].gradient);
      cf_siren_unref (sirens[j]);
    }
}

static void
test_loss_gradient (void)
{
  const gsize counts[] = { 1, 65, 700, 4500 };

  for (gsize s = 0; s < n_shapes (); s++)
    for (gsize c = 0; c < G_N_ELEMENTS (counts); c++)
      {
        g_autoptr (CfSiren) siren = cf_siren_new_random (&shapes[s], 5, (int) s);
        gsize n = counts[c];
        g_autofree float *x = random_floats (3 * n, 1, -1, 1), *t = random_targets (n, 1);
        g_autofree float *g = g_new (float, siren->n), *g0 = g_new (float, siren->n);
        double loss, loss0;

        siren->params[siren->n - 1] = -1.05f; /* some of those without density are low enough */
        if (small && (shapes[s].width > 20 ? n > 100 : n > 4000 && s != 1))
          continue;
        g_assert_true (cf_backend_loss_gradient (cpu, siren, n, x, t, &loss0, g0, NULL));
        g_assert_true (cf_backend_loss_gradient (cuda, siren, n, x, t, &loss, g, NULL));
        /* An output that is off by e moves the loss by twice its miss times e; outputs here are a tenth or so. */
        g_assert_cmpfloat (fabs (loss - loss0), <, 0.2 * sqrt (allowed () * loss0));
        /* Tensor by tensor: the large ones would hide the small. */
        for (int l = 0; l < cf_siren_n_layers (&shapes[s]); l++)
          {
            gsize w = cf_siren_weight_offset (&shapes[s], l), b = cf_siren_bias_offset (&shapes[s], l);

            assert_close (b - w, g + w, g0 + w, 3 * allowed ());
            assert_close ((gsize) cf_siren_layer_out (&shapes[s], l), g + b, g0 + b, 3 * allowed ());
          }
      }
}

static CfSiren *
run_fit (CfBackend *backend, const CfSirenShape *shape, const CfFitSpec *spec, gsize n, const float *x, const float *t, int epochs,
         int turn, double *losses)
{
  g_autoptr (CfSiren) start = cf_siren_new_random (shape, 6, 0);
  g_autoptr (CfFit) fit = cf_fit_new (backend, start, spec, n, x, t, NULL);

  g_assert_nonnull (fit);
  for (int e = 0; e < epochs; e++)
    {
      if (turn > 0 && e == turn)
        cf_fit_finish (fit, turn, epochs - turn);
      g_assert_true (cf_fit_epoch (fit, 0, &losses[e], NULL, NULL));
    }
  return cf_fit_weights (fit, NULL);
}

/* The whole region as one batch: the order of samples does not matter, so each step has to be the CPU's, also where the schedule ends sooner. */
static void
test_steps (void)
{
  const CfSirenShape small[] = { { 16, 2, 10, 10 }, { 7, 1, 9, 8 }, { 33, 3, 10, 10 } };

  for (gsize s = 0; s < G_N_ELEMENTS (small); s++)
    for (int muon = 0; muon < 2; muon++)
      {
        const CfFitSpec spec = { .optimiser = muon ? CF_OPTIMISER_MUON : CF_OPTIMISER_ADAM, .rate = 1e-4, .muon_rate = 2e-4,
                                 .total_steps = 20, .seed = 1 };
        gsize n = s == 2 ? 100 : 515;
        g_autofree float *x = random_floats (3 * n, 1, -1, 1), *t = random_targets (n, 0.5);
        double loss[8], loss0[8];
        g_autoptr (CfSiren) expected = run_fit (cpu, &small[s], &spec, n, x, t, 8, 4, loss0);
        g_autoptr (CfSiren) found = run_fit (cuda, &small[s], &spec, n, x, t, 8, 4, loss);
        g_autoptr (CfSiren) start = cf_siren_new_random (&small[s], 6, 0);

        for (int e = 0; e < 8; e++)
          g_assert_cmpfloat (fabs (loss[e] - loss0[e]), <, (allowed () < 1e-5 ? 1e-4 : 1e-2) * loss0[e]);
        /* of what the steps changed */
        for (gsize i = 0; i < start->n; i++)
          {
            expected->params[i] -= start->params[i];
            found->params[i] -= start->params[i];
          }
        assert_close (start->n, found->params, expected->params, allowed () < 1e-5 ? 1e-4 : 1e-1);
      }
}

/* Minibatches come in another order than the CPU's; both have to arrive at the same loss. */
static void
test_minibatches (void)
{
  const CfSirenShape shape = { 16, 2, 10, 10 };
  const gsize n = 1501;
  g_autofree float *x = random_floats (3 * n, 1, -1, 1), *t = g_new (float, n);
  enum { epochs = 24 };
  double loss[epochs], loss0[epochs];

  for (gsize i = 0; i < n; i++)
    t[i] = sinf (3 * x[3 * i]) * cosf (2 * x[3 * i + 1] + x[3 * i + 2]);
  for (int muon = 0; muon < 2; muon++)
    {
      const CfFitSpec spec = { .optimiser = muon ? CF_OPTIMISER_MUON : CF_OPTIMISER_ADAM, .rate = 2e-3, .muon_rate = 2e-3, .batch = 200,
                               .total_steps = epochs * 6, .seed = 1, .n_rare = 400, .rare_parts = 3 };
      g_autoptr (CfSiren) a = run_fit (cpu, &shape, &spec, n, x, t, epochs, 0, loss0);
      g_autoptr (CfSiren) b = run_fit (cuda, &shape, &spec, n, x, t, epochs, 0, loss);

      g_test_message ("losses at the end: %g, the CPU's %g, at first %g", loss[epochs - 1], loss0[epochs - 1], loss0[0]);
      g_assert_cmpfloat (loss[epochs - 1], <, 0.1 * loss[0]);
      g_assert_cmpfloat (fabs (log (loss[epochs - 1] / loss0[epochs - 1])), <, 0.35);
    }
}

enum { EPOCHS = 4 };

typedef struct
{
  CfSirenShape shape;
  CfFitSpec spec;
  gsize n;
  float *x, *t;
  double losses[EPOCHS];
  CfSiren *siren;
} Region;

static gpointer
region_thread (gpointer data)
{
  Region *region = data;

  region->siren = run_fit (cuda, &region->shape, &region->spec, region->n, region->x, region->t, EPOCHS, 0, region->losses);
  return NULL;
}

/* Regions that enter and leave while others are in flight come out as each alone: more of them than the first trainer has room for. */
static void
test_many_regions (void)
{
  enum { REGIONS = 10 };
  Region regions[REGIONS];
  GThread *threads[REGIONS];

  for (int i = 0; i < REGIONS; i++)
    {
      gsize n = 700 - 61 * i;

      regions[i] = (Region){ .shape = { 16, 2, 10, 10 }, .n = n,
                             .spec = { .optimiser = CF_OPTIMISER_MUON, .rate = 1e-3, .muon_rate = 1e-3, .batch = 150, .total_steps = 24, .seed = 7 + i } };
      regions[i].x = random_floats (3 * n, i, -1, 1);
      regions[i].t = random_floats (n, 50 + i, -1, 1);
      threads[i] = g_thread_new ("region", region_thread, &regions[i]);
    }
  for (int i = 0; i < REGIONS; i++)
    g_thread_join (threads[i]);
  for (int i = 0; i < REGIONS; i++)
    {
      Region alone = regions[i];

      region_thread (&alone);
      g_assert_cmpfloat (fabs (alone.losses[EPOCHS - 1] - regions[i].losses[EPOCHS - 1]), <=, (emulated ? 0 : 1e-3) * alone.losses[EPOCHS - 1]);
      assert_close (alone.siren->n, regions[i].siren->params, alone.siren->params, emulated ? 1e-12 : 1e-4);
      cf_siren_unref (alone.siren);
      cf_siren_unref (regions[i].siren);
      g_free (regions[i].x);
      g_free (regions[i].t);
    }
}

/* A map of three by two by one regions, of which one is flat and one not trained. */
static CfField *
make_field_of (const CfSirenShape *shape, CfBlend blend, gboolean root, gboolean rectified)
{
  const int dims[3] = { 131, 70, 21 };
  const double step[3][3] = { { 0.9, 0, 0 }, { 0.2, 1.1, 0 }, { -0.1, 0.3, 1.3 } }, origin[3] = { 10, -20, 5 };
  CfGrid grid;
  CfField *field;

  cf_grid_init (&grid, dims, origin, step);
  field = made_field (&grid, NULL, 0);
  field->blend = blend;
  field->transform = root ? (CfTransform){ CF_TRANSFORM_SQRT, 0.05 } : (CfTransform){ CF_TRANSFORM_LINEAR, 0 };
  field->transform.rectified = rectified;
  for (int r = 0; r < field->n_regions; r++)
    {
      g_autoptr (CfSiren) siren = cf_siren_new_random (shape, 8, r);
      CfRegionFit fit = { .trained = r != 4, .flat = r == 1, .value = 0.25f };

      if (rectified)
        siren->params[siren->n - 1] = -1; /* some of it is below */
      if (fit.trained)
        cf_field_set_region (field, r, fit.flat ? NULL : siren, &fit);
    }
  return field;
}

static CfField *
make_field (CfBlend blend, gboolean root, gboolean rectified)
{
  const CfSirenShape shape = { 16, 2, 20, 20 };

  return make_field_of (&shape, blend, root, rectified);
}

static void
test_field (void)
{
  const gsize counts[] = { 1, 255, 1500 };

  for (int kind = 0; kind < 6; kind++)
    for (gsize c = 0; c < G_N_ELEMENTS (counts); c++)
      {
        g_autoptr (CfField) field = make_field (kind % 2 ? CF_BLEND_PAPER : CF_BLEND_SMOOTH, kind == 1 || kind == 2 || kind == 5, kind > 3);
        g_autoptr (CfEvaluator) a = cf_evaluator_new (cpu, field), b = cf_evaluator_new (cuda, field);
        gsize n = counts[c];
        g_autofree double *xyz = g_new (double, 3 * n);
        g_autofree float *v = g_new (float, n), *v0 = g_new (float, n), *g = g_new (float, 3 * n), *g0 = g_new (float, 3 * n);
        CfRandom random;
        gsize known = 0;

        cf_random_init (&random, c, 1);
        for (gsize i = 0; i < n; i++)
          {
            double ijk[3];

            for (int k = 0; k < 3; k++)
              ijk[k] = (cf_random_double (&random) * 1.04 - 0.02) * (field->grid.dims[k] - 1);
            cf_grid_to_world (&field->grid, ijk, xyz + 3 * i);
          }
        g_assert_true (cf_evaluator_query (a, n, xyz, v0, g0, NULL, NULL));
        g_assert_true (cf_evaluator_query (b, n, xyz, v, g, NULL, NULL));
        assert_close (n, v, v0, allowed ());
        /* Where density begins the gradient jumps, and the last digit says on which side a point is. */
        for (gsize i = 0; i < n; i++)
          if ((v[i] == 0) != (v0[i] == 0))
            memset (g + 3 * i, 0, 12), memset (g0 + 3 * i, 0, 12);
        assert_close (3 * n, g, g0, 3 * allowed ());
        g_assert_true (cf_evaluator_query (b, n, xyz, v, NULL, NULL, NULL));
        assert_close (n, v, v0, allowed ());
        for (gsize i = 0; i < n; i++)
          known += isfinite (v0[i]);
        g_assert_true (n < 100 || (known > n / 3 && known < n));
      }
}

/* A lattice that leans, and leaves the map on all sides. */
static void
test_bake (void)
{
  for (int kind = 0; kind < 2; kind++)
    {
      g_autoptr (CfField) field = make_field (CF_BLEND_SMOOTH, kind, FALSE);
      g_autoptr (CfEvaluator) a = cf_evaluator_new (cpu, field), b = cf_evaluator_new (cuda, field);
      const int dims[3] = { small ? 17 : 151, small ? 11 : 67, 5 };
      const double step[3][3] = { { 7.3 * 17 / dims[0], 0.4, 0 }, { 0.3, 7.1 * 11 / dims[1], 0.1 }, { 0, 0.2, 6.9 } };
      double origin[3];
      gsize n = (gsize) dims[0] * dims[1] * dims[2], known = 0;
      g_autofree float *v = g_new (float, n), *v0 = g_new (float, n);
      CfGrid grid;

      for (int k = 0; k < 3; k++)
        origin[k] = field->grid.origin[k] - 2;
      cf_grid_init (&grid, dims, origin, step);
      g_assert_true (cf_evaluator_bake (a, &grid, v0, NULL, NULL, NULL, NULL));
      g_assert_true (cf_evaluator_bake (b, &grid, v, NULL, NULL, NULL, NULL));
      assert_close (n, v, v0, allowed ());
      for (gsize i = 0; i < n; i++)
        known += !isnan (v0[i]);
      g_assert_cmpuint (known, >, n / 8);
      g_assert_cmpuint (known, <, n);
    }
}

/* A view of the field's middle from a side, and bricks of which some, the same for both, hold nothing. */
static void
make_view (const CfField *field, int width, int height, gboolean parallel, double level, CfMarchView *view, CfMarchSpace *space, guint8 *empty)
{
  const double turn = 0.7, lean = 0.4, middle[3] = { 65, 35, 10 };
  const double axes[3][3] = { { cos (turn), sin (turn), 0 },
                              { -sin (turn) * sin (lean), cos (turn) * sin (lean), cos (lean) },
                              { sin (turn) * cos (lean), -cos (turn) * cos (lean), sin (lean) } };
  double centre[3];

  cf_grid_to_world (&field->grid, middle, centre);
  *view = (CfMarchView){ .width = width, .height = height, .half = { parallel ? 60 : 0.5, parallel ? 40 : 0.35 }, .parallel = parallel, .near = 1,
                         .far = 300, .plane = { 0, 0, 1, centre[2] + 8 }, .level = level, .step = small ? 1.25 : 0.5, .closer = 0.5 };
  memcpy (view->axes, axes, sizeof axes);
  for (int a = 0; a < 3; a++)
    view->eye[a] = centre[a] + 120 * axes[2][a];
  *space = (CfMarchSpace){ .brick = 8, .empty = empty };
  memcpy (space->dims, field->grid.dims, sizeof space->dims);
  memcpy (space->origin, field->grid.origin, sizeof space->origin);
  memcpy (space->inverse, field->grid.inverse, sizeof space->inverse);
  for (int a = 0; a < 3; a++)
    space->n[a] = (space->dims[a] - 1 + 7) / 8;
  for (int i = 0; i < space->n[0] * space->n[1] * space->n[2]; i++)
    empty[i] = i % 5 == 1;
}

/* What four fifths of the field stay below. */
static double
high_level (CfEvaluator *evaluator)
{
  enum { N = 1001 };
  const CfGrid *grid = &cf_evaluator_field (evaluator)->grid;
  double xyz[3 * N];
  float value[N];
  CfRandom random;
  gsize n = 0;

  cf_random_init (&random, 5, 5);
  for (gsize i = 0; i < N; i++)
    {
      double ijk[3];

      for (int k = 0; k < 3; k++)
        ijk[k] = cf_random_double (&random) * (grid->dims[k] - 1);
      cf_grid_to_world (grid, ijk, xyz + 3 * i);
    }
  g_assert_true (cf_evaluator_query (evaluator, N, xyz, value, NULL, NULL, NULL));
  for (gsize i = 0; i < N; i++)
    if (!isnan (value[i]))
      value[n++] = value[i];
  return made_level (value, n, 0.8);
}

static void
march_both (const CfField *field, int width, int height, gboolean parallel)
{
  const gsize n = (gsize) width * height;
  g_autoptr (CfEvaluator) a = cf_evaluator_new (cpu, (CfField *) field), b = cf_evaluator_new (cuda, (CfField *) field);
  g_autofree float *expected = g_new (float, 8 * n), *found = g_new (float, 8 * n);
  CfMarchTarget reference = { .first_row = 0, .rows = height, .hits = expected, .normals = expected + 4 * n };
  CfMarchTarget target = { .first_row = 0, .rows = height, .hits = found, .normals = found + 4 * n };
  double worst = 0, away = 0;
  gsize hits = 0, other = 0, within = 0;
  guint8 empty[17 * 9 * 3];
  CfMarchSpace space;
  CfMarchView view;

  make_view (field, width, height, parallel, high_level (a), &view, &space, empty);
  g_assert_true (cf_evaluator_march (a, &view, &space, &reference, NULL, NULL));
  g_assert_true (cf_evaluator_march (b, &view, &space, &target, NULL, NULL));
  g_assert_false (target.in_gl);
  for (gsize i = 0; i < n; i++)
    {
      gboolean hit = expected[4 * i] > -1e8f;
      double off = hit ? fabs (found[4 * i] - expected[4 * i]) : 0;

      hits += hit;
      within += hit && expected[4 * i + 1] == 0;
      if (hit != (found[4 * i] > -1e8f) || expected[4 * i + 1] != found[4 * i + 1] || off > 0.2)
        {
          other++; /* where a ray grazes the surface rounding decides */
          continue;
        }
      worst = MAX (worst, off);
      for (int c = 0; c < 3; c++)
        away = MAX (away, fabs (found[4 * (n + i) + c] - expected[4 * (n + i) + c]));
      g_assert_cmpfloat (found[4 * (n + i) + 3], ==, expected[4 * (n + i) + 3]);
    }
  g_test_message ("%d x %d: %zu hits, %zu within, %zu others; at most %.3g A off, normals %.3g", width, height, hits, within, other, worst, away);
  g_assert_cmpuint (within, >, n / 10);
  g_assert_cmpuint (other, <=, n / (allowed () < 1e-5 ? 500 : 50));
  g_assert_cmpfloat (worst, <, allowed () < 1e-5 ? 0.005 : 0.1);
  g_assert_cmpfloat (away, <, allowed () < 1e-5 ? 0.01 : 0.2);
}

static void
test_march (void)
{
  for (int kind = 0; kind < 4; kind++)
    {
      g_autoptr (CfField) field = make_field (kind % 2 ? CF_BLEND_PAPER : CF_BLEND_SMOOTH, kind / 2, FALSE);

      march_both (field, kind == 0 ? 1 : small ? 21 : 37, kind == 0 ? 61 : small ? 15 : 23, kind % 2);
      if (!small)
        march_both (field, 517, 401, kind % 2);
    }
}

/* Networks as wide as the recipes': rays look for the surface with 16-bit operands, but in fp32, and are to find it where it is. */
static void
test_march_wide (void)
{
  const CfSirenShape wide = { 256, 1, 20, 20 };
  g_autoptr (CfField) field = make_field_of (&wide, CF_BLEND_SMOOTH, FALSE, FALSE);

  march_both (field, small ? 15 : 517, small ? 11 : 401, FALSE);
}

/* Cancelled before the first step, and the fit is as it was. */
static void
test_cancel (void)
{
  const gsize n = 500;
  g_autofree float *x = random_floats (3 * n, 1, -1, 1), *t = random_floats (n, 2, -1, 1);
  g_autoptr (CfSiren) start = cf_siren_new_random (&shapes[0], 6, 0), weights = NULL;
  const CfFitSpec spec = { .optimiser = CF_OPTIMISER_ADAM, .rate = 1e-3, .batch = 100 };
  g_autoptr (CfFit) fit = cf_fit_new (cuda, start, &spec, n, x, t, NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  double loss = 5;

  g_cancellable_cancel (cancellable);
  g_assert_false (cf_fit_epoch (fit, 0, &loss, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpfloat (loss, ==, 5);
  weights = cf_fit_weights (fit, NULL);
  g_assert_cmpmem (weights->params, 4 * weights->n, start->params, 4 * start->n);
  g_assert_true (cf_fit_epoch (fit, 0, &loss, NULL, NULL));
}

static void
test_no_notice (void)
{
  g_autofree char *notice = cf_backend_take_notice (cuda);

  g_assert_cmpstr (notice, ==, NULL);
}

int
main (int argc, char **argv)
{
  const GOptionEntry entries[] = {
    { "precision", 0, 0, G_OPTION_ARG_STRING, &precision, "fp32, tf32 or fp16", "NAME" },
    { "required", 0, 0, G_OPTION_ARG_NONE, &required, "Fail where no device works", NULL },
    { "small", 0, 0, G_OPTION_ARG_NONE, &small, "Small sizes, as on the host", NULL },
    { NULL },
  };
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autofree char *name = NULL;
  int status;

  setlocale (LC_ALL, "");
  cf_compute_init ();
  g_test_init (&argc, &argv, NULL);
  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_set_ignore_unknown_options (context, TRUE);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    g_error ("%s", error->message);
  name = precision != NULL ? g_strconcat ("cuda/", precision, NULL) : g_strdup ("cuda");
  cuda = cf_backend_open (name, 0, &error);
  if (cuda == NULL)
    {
      g_print ("1..0 # SKIP %s\n", error->message);
      return !required && g_error_matches (error, CF_ERROR, CF_ERROR_DEVICE) ? 0 : 1;
    }
  emulated = strstr (cf_backend_description (cuda), "emulat") != NULL;
  small = small || emulated;
  cpu = cf_backend_open ("cpu", 1, NULL);
  g_test_message ("%s", cf_backend_description (cuda));
  g_test_add_func ("/parity/eval", test_eval);
  g_test_add_func ("/parity/jobs", test_jobs);
  g_test_add_func ("/parity/loss-gradient", test_loss_gradient);
  g_test_add_func ("/parity/steps", test_steps);
  g_test_add_func ("/parity/minibatches", test_minibatches);
  g_test_add_func ("/parity/many-regions", test_many_regions);
  g_test_add_func ("/parity/field", test_field);
  g_test_add_func ("/parity/bake", test_bake);
  g_test_add_func ("/parity/march", test_march);
  g_test_add_func ("/parity/march-wide", test_march_wide);
  parity_add_climbs (&(Parity){ cpu, cuda, allowed (), small });
  parity_add_finer (&(Parity){ cpu, cuda, allowed (), small });
  g_test_add_func ("/parity/cancel", test_cancel);
  g_test_add_func ("/parity/no-notice", test_no_notice);
  status = g_test_run ();
  cf_backend_unref (cuda);
  cf_backend_unref (cpu);
  return status;
}
