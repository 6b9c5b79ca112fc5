/* test-faults.c: a device that is lost, little memory, several devices: on kernels carried out on the host, with errors on order. */
#include <locale.h>
#include <math.h>
#include <string.h>

#include "cf-backend-private.h"
#include "cf-random.h"

static const CfSirenShape shape = { 16, 2, 10, 10 };
enum { N = 600 };
static float x[3 * N], t[N];

static CfBackend *
open_cuda (const char *launches, const char *memory, const char *devices)
{
  g_autoptr (GError) error = NULL;
  CfBackend *backend;

  g_setenv ("CF_SIMT_LAUNCHES", launches, TRUE);
  g_setenv ("CF_SIMT_MEMORY", memory, TRUE);
  g_setenv ("CF_SIMT_DEVICES", devices, TRUE);
  backend = cf_backend_open ("cuda/fp32", 0, &error);
  g_assert_no_error (error);
  return backend;
}

static CfFit *
new_fit (CfBackend *backend, int seed)
{
  const CfFitSpec spec = { .optimiser = CF_OPTIMISER_MUON, .rate = 1e-3, .muon_rate = 1e-3, .batch = 100, .total_steps = 60, .seed = seed };
  g_autoptr (CfSiren) start = cf_siren_new_random (&shape, 1, seed);

  return cf_fit_new (backend, start, &spec, N, x, t, NULL);
}

static double
run_epochs (CfFit *fit, int epochs)
{
  double loss = NAN;

  for (int e = 0; e < epochs; e++)
    g_assert_true (cf_fit_epoch (fit, 0, &loss, NULL, NULL));
  return loss;
}

/* Wherever it is lost, ten epochs come to about the same loss, because the CPU goes on from the last one. */
static void
test_lost_while_training (void)
{
  const char *const launches[] = { "0", "7", "400", "900" };
  g_autoptr (CfBackend) whole = open_cuda ("", "", "1");
  g_autoptr (CfFit) undisturbed = new_fit (whole, 3);
  double expected = run_epochs (undisturbed, 10);

  g_assert_null (cf_backend_take_notice (whole));
  for (gsize i = 0; i < G_N_ELEMENTS (launches); i++)
    {
      g_autoptr (CfBackend) backend = open_cuda (launches[i], "", "1");
      g_autoptr (CfFit) fit = new_fit (backend, 3);
      double loss = run_epochs (fit, 10);
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
  g_autoptr (CfBackend) backend = open_cuda ("3", "", "1"), cpu = cf_backend_open ("cpu", 1, NULL);
  g_autoptr (CfSiren) siren = cf_siren_new_random (&shape, 1, 0);
  float v[N], g[3 * N], v0[N], g0[3 * N];
  double loss, loss0;
  g_autofree float *d = g_new (float, siren->n), *d0 = g_new (float, siren->n), *nothing = NULL;
  g_autofree char *notice = NULL;

  g_assert_true (cf_backend_eval (backend, siren, N, x, v, g, 0, NULL));
  notice = cf_backend_take_notice (backend);
  g_assert_nonnull (notice);
  g_assert_true (cf_backend_eval (cpu, siren, N, x, v0, g0, 0, NULL));
  g_assert_cmpmem (v, sizeof v, v0, sizeof v0);
  g_assert_cmpmem (g, sizeof g, g0, sizeof g0);
  /* and from then on */
  g_assert_true (cf_backend_loss_gradient (backend, siren, N, x, t, &loss, d, NULL));
  g_assert_true (cf_backend_loss_gradient (cpu, siren, N, x, t, &loss0, d0, NULL));
  g_assert_cmpfloat_with_epsilon (loss, loss0, 1e-6);
  nothing = (float *) cf_backend_take_notice (backend);
  g_assert_null (nothing);
}

typedef struct
{
  CfBackend *backend;
  int seed;
  double loss;
} Region;

static gpointer
region_thread (gpointer data)
{
  Region *region = data;
  g_autoptr (CfFit) fit = new_fit (region->backend, region->seed);

  region->loss = run_epochs (fit, 3);
  return NULL;
}

static void
run_regions (CfBackend *backend, int n, double *losses)
{
  g_autofree Region *regions = g_new (Region, n);
  g_autofree GThread **threads = g_new (GThread *, n);

  for (int i = 0; i < n; i++)
    {
      regions[i] = (Region){ .backend = backend, .seed = i };
      threads[i] = g_thread_new ("region", region_thread, &regions[i]);
    }
  for (int i = 0; i < n; i++)
    g_thread_join (threads[i]);
  for (int i = 0; i < n; i++)
    losses[i] = regions[i].loss;
}

/* Room for a few regions only: the rest take turns, and all come out as with plenty. */
static void
test_little_memory (void)
{
  enum { REGIONS = 9 };
  double expected[REGIONS], found[REGIONS];
  g_autofree char *notice = NULL, *plenty_notice = NULL;
  g_autoptr (CfBackend) plenty = open_cuda ("", "", "1");

  run_regions (plenty, REGIONS, expected);
  plenty_notice = cf_backend_take_notice (plenty);
  g_assert_null (plenty_notice);
  g_clear_pointer (&plenty, cf_backend_unref);
  {
    /* cuBLAS's workspace and six slots or so: four fit, eight do not. The backend believes in more, as where another program takes memory. */
    g_autoptr (CfBackend) scarce = open_cuda ("", "", "1");

    g_setenv ("CF_SIMT_MEMORY_LATER", "34700000", TRUE);
    run_regions (scarce, REGIONS, found);
    g_unsetenv ("CF_SIMT_MEMORY_LATER");
    notice = cf_backend_take_notice (scarce);
  }
  g_test_message ("%s", notice);
  g_assert_nonnull (notice);
  g_assert_nonnull (strstr (notice, "regions at once"));
  for (int i = 0; i < REGIONS; i++)
    g_assert_cmpfloat (found[i], ==, expected[i]);
}

/* None at all: the CPU does it and says why. */
static void
test_no_memory (void)
{
  g_autoptr (CfBackend) backend = open_cuda ("", "", "1");
  g_autoptr (CfSiren) siren = cf_siren_new_random (&shape, 1, 0);
  g_autofree char *notice = NULL;
  float v[N];
  double loss;

  g_setenv ("CF_SIMT_MEMORY_LATER", "1000", TRUE);
  run_regions (backend, 1, &loss);
  g_assert_true (cf_backend_eval (backend, siren, N, x, v, NULL, 0, NULL));
  g_unsetenv ("CF_SIMT_MEMORY_LATER");
  notice = cf_backend_take_notice (backend);
  g_test_message ("%s", notice);
  g_assert_true (isfinite (loss) && isfinite (v[0]));
  g_assert_nonnull (strstr (notice, "the CPU fits it"));
}

/* One queue, all devices: the same numbers as with one; the loss of one sends its regions to the others. */
static void
test_devices (void)
{
  enum { REGIONS = 6 };
  double one[REGIONS], two[REGIONS];
  g_autoptr (CfBackend) single = open_cuda ("", "", "1");
  g_autoptr (CfBackend) both = NULL, second = NULL;
  g_autoptr (GError) error = NULL;

  run_regions (single, REGIONS, one);
  both = open_cuda ("", "", "2");
  g_assert_cmpint (cf_backend_lanes (both), ==, 2 * cf_backend_lanes (single));
  g_assert_nonnull (strstr (cf_backend_description (both), " + "));
  run_regions (both, REGIONS, two);
  for (int i = 0; i < REGIONS; i++)
    g_assert_cmpfloat (one[i], ==, two[i]);
  second = cf_backend_open ("cuda:1/fp32", 0, NULL);
  g_assert_nonnull (second);
  g_assert_cmpint (cf_backend_lanes (second), ==, cf_backend_lanes (single));
  g_assert_null (cf_backend_open ("cuda:2", 0, &error));
  g_assert_error (error, CF_ERROR, CF_ERROR_DEVICE);
  g_assert_nonnull (strstr (error->message, "no device 2: there are 0 to 1"));
}

/* A state taken on one backend goes on on the other, also from the middle of an epoch. */
static void
test_state (void)
{
  g_autoptr (CfBackend) cuda = open_cuda ("", "", "1"), cpu = cf_backend_open ("cpu", 1, NULL);
  g_autoptr (CfFit) whole = new_fit (cuda, 2), half = new_fit (cuda, 2), rest = new_fit (cuda, 2), other = new_fit (cpu, 2), middle = new_fit (cuda, 2);
  g_autoptr (CfSiren) a = NULL, b = NULL;
  CfFitState state;
  double loss;

  run_epochs (whole, 4);
  run_epochs (half, 2);
  g_assert_true (cf_fit_get_state (half, &state));
  g_assert_cmpint (state.epoch, ==, 2);
  g_assert_cmpint (state.step, ==, 12);
  g_assert_true (cf_fit_set_state (rest, &state, NULL));
  run_epochs (rest, 2);
  a = cf_fit_weights (whole, NULL);
  b = cf_fit_weights (rest, NULL);
  g_assert_cmpmem (a->params, 4 * a->n, b->params, 4 * b->n);
  g_assert_true (cf_fit_set_state (other, &state, NULL));
  loss = run_epochs (other, 2);
  g_assert_cmpfloat (fabs (log (loss / run_epochs (half, 2))), <, 0.3);
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
  CfRandom random;

  setlocale (LC_ALL, "");
  cf_compute_init ();
  g_test_init (&argc, &argv, NULL);
  cf_random_init (&random, 1, 1);
  for (int i = 0; i < N; i++)
    {
      for (int a = 0; a < 3; a++)
        x[3 * i + a] = (float) (2 * cf_random_double (&random) - 1);
      t[i] = sinf (2 * x[3 * i]) * cosf (2 * x[3 * i + 1] + x[3 * i + 2]);
    }
  g_test_add_func ("/faults/lost-while-training", test_lost_while_training);
  g_test_add_func ("/faults/lost-while-evaluating", test_lost_while_evaluating);
  g_test_add_func ("/faults/little-memory", test_little_memory);
  g_test_add_func ("/faults/no-memory", test_no_memory);
  g_test_add_func ("/faults/devices", test_devices);
  g_test_add_func ("/faults/state", test_state);
  g_test_add_func ("/faults/names", test_names);
  return g_test_run ();
}
