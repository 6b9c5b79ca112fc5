/* test-faults.c: a device that is lost, little memory, several devices: on kernels carried out on the host, with errors on order. */
#include <locale.h>
#include <math.h>
#include <string.h>

#include "cf-backend-private.h"
#include "cf-bake-fine.h"
#include "cf-evaluator.h"
#include "cf-landscape.h"
#include "cf-marching.h"
#include "cf-random.h"
#include "cf-walk.h"
#include "made.h"

/* Wherever it is lost, ten epochs come to about the same loss, because the CPU goes on from the last one. */
static void
test_lost_while_training (void)
{
  const char *const launches[] = { "0", "7", "400", "900" };
  g_autoptr (CfBackend) whole = made_backend ("", "", "1");
  g_autoptr (CfFit) undisturbed = made_fit (whole, 3);
  double expected = made_epochs (undisturbed, 10);

  g_assert_null (cf_backend_take_notice (whole));
  for (gsize i = 0; i < G_N_ELEMENTS (launches); i++)
    {
      g_autoptr (CfBackend) backend = made_backend (launches[i], "", "1");
      g_autoptr (CfFit) fit = made_fit (backend, 3);
      double loss = made_epochs (fit, 10);
      g_autofree char *notice = cf_backend_take_notice (backend), *again = cf_backend_take_notice (backend);

      g_test_message ("after %s launches: loss %g, undisturbed %g: %s", launches[i], loss, expected, notice);
      g_assert_nonnull (notice);
      g_assert_nonnull (strstr (notice, "illegal memory access"));
      g_assert_nonnull (strstr (notice, "on the CPU"));
      g_assert_null (strchr (notice, '\n'));
      g_assert_null (again);
      g_assert_cmpfloat (fabs (log (loss / expected)), <, 0.2);
    }
}

static void
test_lost_while_evaluating (void)
{
  g_autoptr (CfBackend) backend = made_backend ("3", "", "1"), cpu = cf_backend_open ("cpu", 1, NULL);
  g_autoptr (CfSiren) siren = cf_siren_new_random (&made_shape, 1, 0);
  float v[MADE_SAMPLES], g[3 * MADE_SAMPLES], v0[MADE_SAMPLES], g0[3 * MADE_SAMPLES];
  double loss, loss0;
  g_autofree float *d = g_new (float, siren->n), *d0 = g_new (float, siren->n), *nothing = NULL;
  g_autofree char *notice = NULL;

  g_assert_true (cf_backend_eval (backend, siren, MADE_SAMPLES, made_x, v, g, 0, NULL));
  notice = cf_backend_take_notice (backend);
  g_assert_nonnull (notice);
  g_assert_true (cf_backend_eval (cpu, siren, MADE_SAMPLES, made_x, v0, g0, 0, NULL));
  g_assert_cmpmem (v, sizeof v, v0, sizeof v0);
  g_assert_cmpmem (g, sizeof g, g0, sizeof g0);
  /* and from then on */
  g_assert_true (cf_backend_loss_gradient (backend, siren, MADE_SAMPLES, made_x, made_t, &loss, d, NULL));
  g_assert_true (cf_backend_loss_gradient (cpu, siren, MADE_SAMPLES, made_x, made_t, &loss0, d0, NULL));
  g_assert_cmpfloat_with_epsilon (loss, loss0, 1e-6);
  nothing = (float *) cf_backend_take_notice (backend);
  g_assert_null (nothing);
}

/* Room for a few regions only: the rest take turns, and all come out as with plenty. */
static void
test_little_memory (void)
{
  enum { REGIONS = 9 };
  double expected[REGIONS], found[REGIONS];
  g_autofree char *notice = NULL, *plenty_notice = NULL;
  g_autoptr (CfBackend) plenty = made_backend ("", "", "1");

  made_regions (plenty, REGIONS, expected);
  plenty_notice = cf_backend_take_notice (plenty);
  g_assert_null (plenty_notice);
  g_clear_pointer (&plenty, cf_backend_unref);
  {
    /* cuBLAS's workspace and three slots or so: the four that are asked for first do not fit. The backend believes in more, as where another program takes memory. */
    g_autoptr (CfBackend) scarce = made_backend ("", "", "1");

    g_setenv ("CF_SIMT_MEMORY_LATER", "33850000", TRUE);
    made_regions (scarce, REGIONS, found);
    g_unsetenv ("CF_SIMT_MEMORY_LATER");
    notice = cf_backend_take_notice (scarce);
  }
  g_test_message ("%s", notice);
  g_assert_nonnull (notice);
  g_assert_nonnull (strstr (notice, "regions at once"));
  for (int i = 0; i < REGIONS; i++)
    g_assert_cmpfloat (found[i], ==, expected[i]);
}

/* Regions of one map have nearly as many samples each, as those that are held out are drawn by lot: one crew has them all, and one workspace of cuBLAS. */
static void
test_one_crew (void)
{
  enum { REGIONS = 6 };
  g_autoptr (CfBackend) backend = made_backend ("", "", "1");
  const CfFitSpec spec = { .optimiser = CF_OPTIMISER_ADAM, .rate = 1e-3, .batch = 100, .seed = 1 };
  g_autoptr (CfSiren) start = cf_siren_new_random (&made_shape, 1, 0);
  g_autofree char *notice = NULL;
  CfFit *fits[REGIONS];

  g_setenv ("CF_SIMT_MEMORY_LATER", "60000000", TRUE);
  for (int i = 0; i < REGIONS; i++)
    {
      fits[i] = cf_fit_new (backend, start, &spec, 560 + 3 * i, made_x, made_t, NULL);
      made_epochs (fits[i], 1);
    }
  g_unsetenv ("CF_SIMT_MEMORY_LATER");
  for (int i = 0; i < REGIONS; i++)
    cf_fit_free (fits[i]);
  notice = cf_backend_take_notice (backend);
  g_assert_cmpstr (notice, ==, NULL);
}

enum { CREWS = 2, EACH = 2, LONG = 3200000 };

typedef struct
{
  CfBackend *backend;
  const float *x, *t;
  int crew;
  gint *there; /* atomic: fits that are there */
} Fitting;

/* Of many samples, few of which are taken in an epoch: what a fit takes of the device is them. */
static gpointer
fit_long (gpointer data)
{
  const Fitting *fitting = data;
  const CfSirenShape shape = { 16 + 4 * fitting->crew, 2, 10, 10 };
  const CfFitSpec spec = { .optimiser = CF_OPTIMISER_ADAM, .rate = 1e-3, .batch = 100, .seed = 1, .n_rare = LONG - 500, .rare_parts = LONG / 100 };
  g_autoptr (CfSiren) start = cf_siren_new_random (&shape, 1, 1);
  g_autoptr (CfFit) fit = cf_fit_new (fitting->backend, start, &spec, LONG, fitting->x, fitting->t, NULL);

  g_atomic_int_inc (fitting->there);
  while (g_atomic_int_get (fitting->there) < CREWS * EACH)
    g_usleep (1000);
  g_assert_true (isfinite (made_epochs (fit, 2)));
  return NULL;
}

/* Networks of two widths at the same time, each with room for both of its fits alone: what one crew has of the device's memory the other leaves to it, and
 * nobody has to be told of too little. */
static void
test_two_crews (void)
{
  g_autoptr (CfBackend) backend = made_backend ("", "225000000", "1");
  g_autofree float *x = g_new (float, 3 * LONG), *t = g_new (float, LONG);
  GThread *threads[CREWS * EACH];
  Fitting fittings[CREWS * EACH];
  g_autofree char *notice = NULL;
  gint there = 0;

  g_assert_cmpint (cf_backend_lanes (backend), ==, EACH);
  for (int i = 0; i < LONG; i++)
    {
      memcpy (x + 3 * i, made_x + 3 * (i % MADE_SAMPLES), 12);
      t[i] = made_t[i % MADE_SAMPLES];
    }
  g_setenv ("CF_SIMT_MEMORY_LATER", "245000000", TRUE); /* with cuBLAS's two workspaces */
  for (int i = 0; i < CREWS * EACH; i++)
    {
      fittings[i] = (Fitting){ backend, x, t, i % CREWS, &there };
      threads[i] = g_thread_new ("fit", fit_long, &fittings[i]);
    }
  for (int i = 0; i < CREWS * EACH; i++)
    g_thread_join (threads[i]);
  g_unsetenv ("CF_SIMT_MEMORY_LATER");
  notice = cf_backend_take_notice (backend);
  g_assert_cmpstr (notice, ==, NULL);
}

/* None at all: the CPU does it and says why. */
static void
test_no_memory (void)
{
  g_autoptr (CfBackend) backend = made_backend ("", "", "1");
  g_autoptr (CfSiren) siren = cf_siren_new_random (&made_shape, 1, 0);
  g_autofree char *notice = NULL;
  float v[MADE_SAMPLES];
  double loss;

  g_setenv ("CF_SIMT_MEMORY_LATER", "1000", TRUE);
  made_regions (backend, 1, &loss);
  g_assert_true (cf_backend_eval (backend, siren, MADE_SAMPLES, made_x, v, NULL, 0, NULL));
  g_unsetenv ("CF_SIMT_MEMORY_LATER");
  notice = cf_backend_take_notice (backend);
  g_test_message ("%s", notice);
  g_assert_true (isfinite (loss) && isfinite (v[0]));
  g_assert_nonnull (strstr (notice, "the CPU fits it"));
}

/* A state taken on one backend goes on on the other, also from the middle of an epoch. */
static void
test_state (void)
{
  g_autoptr (CfBackend) cuda = made_backend ("", "", "1"), cpu = cf_backend_open ("cpu", 1, NULL);
  g_autoptr (CfFit) whole = made_fit (cuda, 2), half = made_fit (cuda, 2), rest = made_fit (cuda, 2), other = made_fit (cpu, 2), middle = made_fit (cuda, 2);
  g_autoptr (CfSiren) a = NULL, b = NULL;
  CfFitState state;
  double loss;

  made_epochs (whole, 4);
  made_epochs (half, 2);
  g_assert_true (cf_fit_get_state (half, &state));
  g_assert_cmpint (state.epoch, ==, 2);
  g_assert_cmpint (state.step, ==, 12);
  g_assert_true (cf_fit_set_state (rest, &state, NULL));
  made_epochs (rest, 2);
  a = cf_fit_weights (whole, NULL);
  b = cf_fit_weights (rest, NULL);
  g_assert_cmpmem (a->params, 4 * a->n, b->params, 4 * b->n);
  g_assert_true (cf_fit_set_state (other, &state, NULL));
  loss = made_epochs (other, 2);
  g_assert_cmpfloat (fabs (log (loss / made_epochs (half, 2))), <, 0.3);
  /* two batches into an epoch */
  state.batch = 2;
  state.sum = 0;
  g_assert_true (cf_fit_set_state (middle, &state, NULL));
  g_assert_true (cf_fit_epoch (middle, 0, &loss, NULL, NULL));
  cf_fit_state_clear (&state);
  g_assert_true (cf_fit_get_state (middle, &state));
  g_assert_cmpint (state.step, ==, 16);
  g_assert_cmpint (state.epoch, ==, 3);
  cf_fit_state_clear (&state);
}

/* Of broad hills, which take few steps to climb. */
static const CfSirenShape smooth = { 16, 2, 9, 8 };

enum { POINTS = 133 };

typedef struct
{
  double loss;
  float value[POINTS], gradient[3 * POINTS], hits[4 * 35], normals[4 * 35], fine[7 * 9 * 5];
  gsize peaks;
  double climbed; /* mean of the peaks' densities */
} Work;

/* On the device, and where that cannot, or loses them before they are given, by questions. */
static void
finer (CfEvaluator *evaluator, const CfGrid *grid, const float *samples, float *out)
{
  const CfFinePart part = { { 1, 1, 2 }, { 4, 5, 3 }, 2, -1 };
  g_autoptr (CfFineSamples) there = cf_bake_fine_there (evaluator, grid, samples, &part, NULL, NULL, NULL, NULL);

  if (there == NULL || !cf_fine_samples_give (there, &(CfFineTarget){ .samples = out }))
    g_assert_true (cf_bake_fine (evaluator, grid, samples, &part, out, NULL, NULL, NULL, NULL));
}

static void
walk (CfEvaluator *evaluator, const float *samples, Work *out)
{
  const CfWalkOptions options = { .lowest = 0.5, .spacing = 2 };
  g_autoptr (CfPeaks) peaks = NULL;
  CfGrid grid;

  cf_walk_grid (cf_evaluator_field (evaluator), options.spacing, &grid);
  peaks = cf_walk_from_samples (evaluator, &grid, samples, &options, NULL, NULL, NULL, NULL);
  g_assert_nonnull (peaks);
  out->peaks = peaks->n;
  out->climbed = 0;
  for (gsize i = 0; i < peaks->n; i++)
    out->climbed += peaks->peak_density[i] / peaks->n;
}

/* Something of all that a device does. */
static void
work (CfBackend *backend, CfField *field, Work *out)
{
  g_autoptr (CfEvaluator) evaluator = cf_evaluator_new (backend, field);
  g_autoptr (CfFit) fit = made_fit (backend, 3);
  const CfMarchView view = { .width = 7, .height = 5, .eye = { 5, 5, 40 }, .axes = { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } }, .half = { 0.15, 0.15 },
                             .near = 1, .far = 100, .level = 0.02, .step = 1.25, .closer = 0.5 };
  const unsigned char empty[1] = { 0 };
  const CfMarchSpace space = { .dims = { 12, 12, 12 }, .inverse = { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } }, .brick = 16, .n = { 1, 1, 1 }, .empty = empty };
  CfMarchTarget target = { .rows = 5, .hits = out->hits, .normals = out->normals };
  double xyz[3 * POINTS];
  float samples[7 * 7 * 7];
  CfGrid grid;

  for (int i = 0; i < 3 * POINTS; i++)
    xyz[i] = 5.5 * (made_x[i] + 1);
  out->loss = made_epochs (fit, 2);
  g_assert_true (cf_evaluator_query (evaluator, POINTS, xyz, out->value, out->gradient, NULL, NULL));
  g_assert_true (cf_evaluator_march (evaluator, &view, &space, &target, NULL, NULL));
  cf_walk_grid (field, 2, &grid);
  g_assert_cmpuint (cf_grid_n_voxels (&grid), <=, G_N_ELEMENTS (samples));
  g_assert_true (cf_evaluator_bake (evaluator, &grid, samples, NULL, NULL, NULL, NULL));
  finer (evaluator, &grid, samples, out->fine);
  walk (evaluator, samples, out);
}

static void
assert_same_work (const Work *found, const Work *expected)
{
  g_assert_cmpfloat (fabs (log (found->loss / expected->loss)), <, 0.2);
  for (int i = 0; i < POINTS; i++)
    g_assert_cmpfloat_with_epsilon (found->value[i], expected->value[i], 1e-4);
  for (gsize i = 0; i < G_N_ELEMENTS (found->fine); i++)
    g_assert_cmpfloat_with_epsilon (found->fine[i], expected->fine[i], 1e-4);
  for (int i = 0; i < 35; i++)
    g_assert_cmpfloat_with_epsilon (found->hits[4 * i], expected->hits[4 * i], 1e-2);
  g_assert_cmpuint (expected->peaks, >, 5);
  g_assert_cmpuint (ABS ((int) found->peaks - (int) expected->peaks), <=, 1);
  g_assert_cmpfloat_with_epsilon (found->climbed, expected->climbed, 5e-3);
}

/* Whichever call is the one that fails, the work is done, the reason is told in one line, and the device's memory is given back. kind: CF_SIMT_CALLS, the
 * device is lost for good, or CF_SIMT_MALLOCS, one piece of memory is not there. */
static void
test_each_call (gconstpointer kind)
{
  g_autoptr (CfField) field = made_cube (12, &smooth, 4);
  g_autoptr (CfBackend) cpu = cf_backend_open ("cpu", 1, NULL);
  gboolean lost = g_str_equal (kind, "CF_SIMT_CALLS"), failed = TRUE;
  int n = 0, tried = 0;
  Work expected, found;

  work (cpu, field, &expected);
  g_setenv ("CF_SIMT_STRICT", "1", TRUE);
  while (failed)
    {
      g_autofree char *number = g_strdup_printf ("%d", n), *notice = NULL;
      g_autoptr (GError) error = NULL;
      g_autoptr (CfBackend) backend = NULL;

      g_setenv ("CF_SIMT_LAUNCHES", "", TRUE);
      g_setenv ("CF_SIMT_DEVICES", "1", TRUE);
      g_setenv (kind, number, TRUE);
      backend = cf_backend_open ("cuda/fp32", 0, &error);
      if (backend != NULL)
        {
          work (backend, field, &found);
          assert_same_work (&found, &expected);
          notice = cf_backend_take_notice (backend);
          failed = notice != NULL;
          g_assert_true (notice == NULL || strstr (notice, lost ? "illegal memory access" : "out of memory") != NULL);
          g_assert_true (notice == NULL || !lost || strchr (notice, '\n') == NULL);
        }
      else
        g_assert_error (error, CF_ERROR, CF_ERROR_DEVICE);
      tried++;
      n += n >= 20 ? 1 + n / 6 : 1;
    }
  g_unsetenv (kind);
  g_unsetenv ("CF_SIMT_STRICT");
  g_test_message ("%d ways to fail, up to call %d", tried - 1, n);
  g_assert_cmpint (tried, >, 20);
}

enum { SIDE_PIXELS = 25 };

static void
draw_rays (CfBackend *backend, CfField *field, float *hits)
{
  g_autoptr (CfEvaluator) evaluator = cf_evaluator_new (backend, field);
  const CfMarchView view = { .width = SIDE_PIXELS, .height = SIDE_PIXELS, .eye = { 5, 5, 40 }, .axes = { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } },
                             .half = { 0.15, 0.15 }, .near = 1, .far = 100, .level = 0.02, .step = 1.25, .closer = 0.5 };
  const unsigned char empty[1] = { 0 };
  const CfMarchSpace space = { .dims = { 12, 12, 12 }, .inverse = { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } }, .brick = 16, .n = { 1, 1, 1 }, .empty = empty };
  g_autofree float *normals = g_new (float, 4 * SIDE_PIXELS * SIDE_PIXELS);
  CfMarchTarget target = { .rows = SIDE_PIXELS, .hits = hits, .normals = normals };

  g_assert_true (cf_evaluator_march (evaluator, &view, &space, &target, NULL, NULL));
}

/* Where one piece of memory is not there, a picture's rays go in smaller batches; the processor marches only where a network has no room. */
static void
test_rays_in_parts (void)
{
  g_autoptr (CfField) field = made_cube (12, &smooth, 4);
  float expected[4 * SIDE_PIXELS * SIDE_PIXELS], found[4 * SIDE_PIXELS * SIDE_PIXELS];
  int by_processor = 0, quiet = 0;

  for (int n = -1; n < 0 || quiet < 30; n++)
    {
      g_autofree char *number = g_strdup_printf ("%d", n), *notice = NULL;
      g_autoptr (CfBackend) backend = NULL;

      g_setenv ("CF_SIMT_MALLOCS", n < 0 ? "" : number, TRUE);
      backend = made_backend ("", "", "1");
      draw_rays (backend, field, n < 0 ? expected : found);
      notice = cf_backend_take_notice (backend);
      if (n < 0)
        continue;
      if (notice != NULL && strstr (notice, "the CPU answers") != NULL)
        by_processor++;
      else
        g_assert_cmpmem (found, sizeof found, expected, sizeof expected);
      quiet = notice == NULL ? quiet + 1 : 0;
    }
  g_unsetenv ("CF_SIMT_MALLOCS");
  g_assert_cmpint (by_processor, ==, field->n_regions);
}

static void
test_names (void)
{
  const char *const wrong[] = { "cuda:", "cuda:x", "cuda/fp8", "cuda:0/", "cuda:300", "cuda/" };

  for (gsize i = 0; i < G_N_ELEMENTS (wrong); i++)
    {
      g_autoptr (GError) error = NULL;

      g_assert_null (cf_backend_open (wrong[i], 0, &error));
      g_assert_error (error, CF_ERROR, CF_ERROR_ARGUMENT);
    }
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  cf_compute_init ();
  g_test_init (&argc, &argv, NULL);
  made_init ();
  g_test_add_func ("/faults/lost-while-training", test_lost_while_training);
  g_test_add_func ("/faults/lost-while-evaluating", test_lost_while_evaluating);
  g_test_add_func ("/faults/little-memory", test_little_memory);
  g_test_add_func ("/faults/one-crew", test_one_crew);
  g_test_add_func ("/faults/two-crews", test_two_crews);
  g_test_add_func ("/faults/no-memory", test_no_memory);
  g_test_add_func ("/faults/state", test_state);
  g_test_add_data_func ("/faults/each-call", "CF_SIMT_CALLS", test_each_call);
  g_test_add_data_func ("/faults/each-malloc", "CF_SIMT_MALLOCS", test_each_call);
  g_test_add_func ("/faults/rays-in-parts", test_rays_in_parts);
  g_test_add_func ("/faults/names", test_names);
  return g_test_run ();
}
