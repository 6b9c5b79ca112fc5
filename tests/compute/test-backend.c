/* The backend's operations: kernels against libm, gradients against finite differences, threads against one thread. Golden values from PyTorch are
 * in test-golden.c. */
#include <math.h>
#include <string.h>

#include "cf-backend.h"
#include "cf-bench.h"
#include "cf-cpu-kernels.h"

static CfBackend *backends[3]; /* 1, 2 and 5 threads */

static float *
random_floats (gsize n, guint32 seed, double lo, double hi)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (seed);
  float *made = g_new (float, n);

  for (gsize i = 0; i < n; i++)
    made[i] = (float) g_rand_double_range (rand, lo, hi);
  return made;
}

static void
test_sincos (void)
{
  const double ranges[] = { 1, 30, 100, 1e4 };
  const gsize n = 100003;
  double worst = 0;

  for (gsize r = 0; r < G_N_ELEMENTS (ranges); r++)
    {
      g_autofree float *x = random_floats (n, r + 1, -ranges[r], ranges[r]), *s = g_new (float, n), *c = g_new (float, n);

      x[0] = 0;
      x[1] = (float) G_PI_2;
      x[2] = (float) -G_PI_4;
      cf_kernel_sincos (n, x, s, c);
      for (gsize i = 0; i < n; i++)
        {
          worst = MAX (worst, fabs (s[i] - sin ((double) x[i])));
          worst = MAX (worst, fabs (c[i] - cos ((double) x[i])));
        }
    }
  g_test_message ("largest error %.3g", worst);
  g_assert_cmpfloat (worst, <, 1.5e-7);
}

/* A point's value and gradient are the same bits however many others are asked for, and in whichever order. */
static void
test_alone (void)
{
  const gsize n = 1003, counts[] = { 1, 5, 47, 48, 100, 481, 1003 };
  g_autoptr (CfSiren) siren = cf_siren_new_random (&cf_siren_shape_paper, 1, 0);
  g_autofree float *x = random_floats (3 * n, 8, -1, 1), *v = g_new (float, n), *g = g_new (float, 3 * n);
  g_autofree float *back = g_new (float, 3 * n), *some = g_new (float, n), *slope = g_new (float, 3 * n);

  if (strstr (cf_backend_description (backends[0]), "SkylakeX") == NULL)
    {
      g_test_skip ("OpenBLAS's kernels for this processor round a row by its place");
      return;
    }
  g_assert_true (cf_backend_eval (backends[0], siren, n, x, v, g, 1, NULL));
  for (gsize k = 0; k < G_N_ELEMENTS (counts); k++)
    {
      for (gsize i = 0; i < counts[k]; i++)
        memcpy (back + 3 * i, x + 3 * (counts[k] - 1 - i), 3 * sizeof *back);
      g_assert_true (cf_backend_eval (backends[0], siren, counts[k], back, some, slope, 1, NULL));
      for (gsize i = 0; i < counts[k]; i++)
        {
          gsize j = counts[k] - 1 - i;
          g_assert_cmpmem (some + i, sizeof *some, v + j, sizeof *v);
          g_assert_cmpmem (slope + 3 * i, 3 * sizeof *slope, g + 3 * j, 3 * sizeof *g);
        }
    }
}

static double
loss_of (CfBackend *backend, const CfSiren *siren, gsize n, const float *x, const float *t)
{
  g_autofree float *v = g_new (float, n);
  double sum = 0;

  g_assert_true (cf_backend_eval (backend, siren, n, x, v, NULL, 1, NULL));
  for (gsize i = 0; i < n; i++)
    sum += ((double) v[i] - t[i]) * ((double) v[i] - t[i]);
  return sum / n;
}

/* Central differences along random directions of all parameters and along single ones of each tensor. w0 is small, so that float32 differences
 * mean something. */
static void
test_loss_gradient (void)
{
  const CfSirenShape shapes[] = { { 16, 2, 3, 2 }, { 7, 1, 2, 3 }, { 33, 3, 4, 3 }, { 256, 4, 5, 5 } };
  const gsize counts[] = { 1, 37, 700, 1100 };

  for (gsize k = 0; k < G_N_ELEMENTS (shapes); k++)
    {
      g_autoptr (CfSiren) siren = cf_siren_new_random (&shapes[k], 5, k);
      gsize n = counts[k];
      g_autofree float *x = random_floats (3 * n, 1, -1, 1), *t = random_floats (n, 2, -1, 1), *g = g_new (float, siren->n);
      g_autoptr (GRand) rand = g_rand_new_with_seed (k);
      double loss;

      g_assert_true (cf_backend_loss_gradient (backends[k % 3], siren, n, x, t, &loss, g, NULL));
      g_assert_cmpfloat_with_epsilon (loss, loss_of (backends[0], siren, n, x, t), 1e-5 * loss);
      for (int l = 0; l < 2 * cf_siren_n_layers (&shapes[k]); l++)
        {
          gsize begin = l % 2 == 0 ? cf_siren_weight_offset (&shapes[k], l / 2) : cf_siren_bias_offset (&shapes[k], l / 2);
          gsize end = l % 2 == 0 ? cf_siren_bias_offset (&shapes[k], l / 2)
                                 : l / 2 + 1 < cf_siren_n_layers (&shapes[k]) ? cf_siren_weight_offset (&shapes[k], l / 2 + 1) : siren->n;
          g_autoptr (CfSiren) up = cf_siren_new (&shapes[k]), down = cf_siren_new (&shapes[k]);
          double analytic = 0, numeric, size = 0, h;

          memcpy (up->params, siren->params, siren->n * 4);
          memcpy (down->params, siren->params, siren->n * 4);
          for (gsize i = begin; i < end; i++)
            size += (double) g[i] * g[i];
          h = 2e-3 / sqrt (end - begin);
          for (gsize i = begin; i < end; i++)
            {
              /* Mostly along the gradient, so that the change stands above the rounding, and random besides. */
              double d = g[i] / sqrt (size / (end - begin) + 1e-30) + 0.5 * g_rand_double_range (rand, -1, 1);

              up->params[i] = (float) (siren->params[i] + h * d);
              down->params[i] = (float) (siren->params[i] - h * d);
              analytic += g[i] * ((double) up->params[i] - down->params[i]);
            }
          numeric = loss_of (backends[0], up, n, x, t) - loss_of (backends[0], down, n, x, t);
          g_assert_cmpfloat (fabs (numeric - analytic), <, 0.01 * fabs (analytic) + 1e-6);
        }
    }
}

static void
test_input_gradient (void)
{
  const CfSirenShape shapes[] = { { 16, 2, 3, 2 }, { 7, 1, 2, 3 }, { 256, 4, 30, 30 } };
  const gsize n = 600;
  g_autofree float *x = random_floats (3 * n, 3, -0.9, 0.9), *v = g_new (float, n), *g = g_new (float, 3 * n);
  const double h = 2e-3;

  for (gsize k = 0; k < G_N_ELEMENTS (shapes); k++)
    {
      g_autoptr (CfSiren) siren = cf_siren_new_random (&shapes[k], 6, k);
      double worst = 0, size = 0;

      g_assert_true (cf_backend_eval (backends[k], siren, n, x, v, g, 0, NULL));
      for (int a = 0; a < 3; a++)
        {
          g_autofree float *lo = g_memdup2 (x, 12 * n), *hi = g_memdup2 (x, 12 * n), *v_lo = g_new (float, n), *v_hi = g_new (float, n);

          for (gsize i = 0; i < n; i++)
            lo[3 * i + a] -= (float) h, hi[3 * i + a] += (float) h;
          cf_backend_eval (backends[0], siren, n, lo, v_lo, NULL, 1, NULL);
          cf_backend_eval (backends[0], siren, n, hi, v_hi, NULL, 1, NULL);
          for (gsize i = 0; i < n; i++)
            {
              worst = MAX (worst, fabs (g[3 * i + a] - (v_hi[i] - v_lo[i]) / (2 * h)));
              size = MAX (size, fabs (g[3 * i + a]));
            }
        }
      g_test_message ("largest gradient %.3g, largest miss %.3g", size, worst);
      g_assert_cmpfloat (worst, <, 0.01 * size);
    }
}

/* The value does not depend on whether the gradient is asked for, nor on how many points travel together. */
static void
test_shapes_agree (void)
{
  g_autoptr (CfSiren) siren = cf_siren_new_random (&cf_siren_shape_paper, 1, 0);
  const gsize n = 1500;
  g_autofree float *x = random_floats (3 * n, 4, -1, 1), *v = g_new (float, n), *w = g_new (float, n), *g = g_new (float, 3 * n);

  cf_backend_eval (backends[1], siren, n, x, v, NULL, 0, NULL);
  cf_backend_eval (backends[0], siren, n, x, w, g, 0, NULL);
  for (gsize i = 0; i < n; i++)
    g_assert_cmpfloat_with_epsilon (v[i], w[i], 2e-6);
  for (gsize i = 0; i < 10; i++)
    {
      cf_backend_eval (backends[0], siren, 1, x + 3 * i * 101, w, NULL, 0, NULL);
      g_assert_cmpfloat_with_epsilon (v[i * 101], w[0], 2e-6);
    }
  g_assert_true (cf_backend_eval (backends[0], siren, 0, NULL, NULL, NULL, 0, NULL));
}

static CfSiren *
fit_some (CfBackend *backend, CfOptimiser optimiser, double *loss)
{
  const CfSirenShape shape = { 64, 2, 30, 30 };
  const gsize n = 5000;
  g_autofree float *x = random_floats (3 * n, 8, -1, 1), *t = g_new (float, n);
  g_autoptr (CfSiren) start = cf_siren_new_random (&shape, 2, 0);
  const CfFitSpec spec = { .optimiser = optimiser, .rate = 3e-4, .muon_rate = 6e-4, .batch = 800, .total_steps = 24, .seed = 3 };
  g_autoptr (CfFit) fit = NULL;

  for (gsize i = 0; i < n; i++)
    t[i] = sinf (4 * x[3 * i]) * cosf (3 * x[3 * i + 1]) * x[3 * i + 2];
  fit = cf_fit_new (backend, start, &spec, n, x, t, NULL);
  for (int e = 0; e < 4; e++)
    g_assert_true (cf_fit_epoch (fit, 0, &loss[e], NULL, NULL));
  return cf_fit_weights (fit, NULL);
}

/* The same bytes from one, two and five threads. */
static void
test_threads (void)
{
  for (int optimiser = 0; optimiser < 2; optimiser++)
    {
      double loss[4], others[4];
      g_autoptr (CfSiren) one = fit_some (backends[0], optimiser, loss);

      g_assert_cmpfloat (loss[3], <, loss[0]);
      for (int b = 1; b < 3; b++)
        {
          g_autoptr (CfSiren) other = fit_some (backends[b], optimiser, others);

          g_assert_cmpint (memcmp (one->params, other->params, one->n * 4), ==, 0);
          g_assert_cmpint (memcmp (loss, others, sizeof loss), ==, 0);
        }
    }
}

/* Rare samples: each once in `rare_parts` epochs. The weights hardly move, so the squared misses of all parts add up to those of all samples. */
static void
test_rare (void)
{
  const CfSirenShape shape = { 16, 1, 3, 3 };
  const gsize n = 2000, n_rare = 1501;
  const CfFitSpec spec = { .rate = 1e-20, .batch = 700, .n_rare = n_rare, .rare_parts = 4 };
  g_autoptr (CfSiren) start = cf_siren_new_random (&shape, 2, 0);
  g_autofree float *x = random_floats (3 * n, 8, -1, 1), *t = random_floats (n, 9, -1, 1), *v = g_new (float, n);
  g_autoptr (CfFit) fit = cf_fit_new (backends[1], start, &spec, n, x, t, NULL);
  const CfFitSpec wrong = { .rate = 1e-4, .n_rare = n, .rare_parts = 4 };
  g_autoptr (GError) error = NULL;
  double often = 0, rare = 0, sum = 0;

  cf_backend_eval (backends[0], start, n, x, v, NULL, 1, NULL);
  for (gsize i = 0; i < n; i++)
    *(i < n - n_rare ? &often : &rare) += ((double) v[i] - t[i]) * ((double) v[i] - t[i]);
  for (int e = 0; e < 4; e++)
    {
      gsize seen = n - n_rare + (e + 1) * n_rare / 4 - e * n_rare / 4;
      double loss;

      g_assert_true (cf_fit_epoch (fit, 0, &loss, NULL, NULL));
      g_assert_cmpfloat (loss * seen, >, often);
      sum += loss * seen;
    }
  g_assert_cmpfloat_with_epsilon (sum, 4 * often + rare, 1e-4 * sum);
  g_assert_null (cf_fit_new (backends[0], start, &wrong, n, x, t, &error));
  g_assert_error (error, CF_ERROR, CF_ERROR_ARGUMENT);
}

static void
test_cancelled (void)
{
  const CfFitSpec spec = { .rate = 1e-4, .batch = 512 };
  g_autoptr (CfSiren) start = cf_siren_new_random (&cf_siren_shape_paper, 2, 0);
  g_autofree float *x = random_floats (3 * 2000, 8, -1, 1), *t = random_floats (2000, 9, -1, 1);
  g_autoptr (CfFit) fit = cf_fit_new (backends[0], start, &spec, 2000, x, t, NULL);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  double loss = 42;

  g_cancellable_cancel (cancellable);
  g_assert_false (cf_fit_epoch (fit, 1, &loss, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpfloat (loss, ==, 42);
}

static void
check_refused (const char *name, int threads, int code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (cf_backend_open (name, threads, &error));
  g_assert_error (error, CF_ERROR, code);
}

static void
test_arguments (void)
{
  g_autoptr (CfSiren) siren = cf_siren_new (&cf_siren_shape_paper);
  g_autoptr (CfBackend) chosen = cf_backend_open ("auto", 0, NULL), cuda = NULL;
  g_autoptr (GError) error = NULL;
  const CfFitSpec no_rate = { .rate = 0 };
  const float zeros[3] = { 0 };

  check_refused ("gpu", 0, CF_ERROR_ARGUMENT);
  check_refused ("cuda:x", 0, CF_ERROR_ARGUMENT);
  check_refused ("cpu", -1, CF_ERROR_ARGUMENT);
  /* Either there is a device, or the message says why not. */
  cuda = cf_backend_open ("cuda", 0, &error);
  if (cuda == NULL)
    g_assert_error (error, CF_ERROR, CF_ERROR_DEVICE);
  g_clear_error (&error);
  g_assert_nonnull (chosen);
  g_assert_nonnull (cf_backend_description (chosen));
  g_assert_cmpstr (cf_backend_name (backends[1]), ==, "cpu");
  g_assert_cmpint (cf_backend_threads (backends[1]), ==, 2);
  g_assert_null (cf_fit_new (backends[0], siren, &no_rate, 1, zeros, zeros, &error));
  g_assert_error (error, CF_ERROR, CF_ERROR_ARGUMENT);
}

/* A loop that the compiler made shorter would be faster than the machine, one that meets denormals a thirtieth of it: products come near its peak. Each is
 * the fastest of several, as other work may have the core meanwhile. */
static void
test_peak (void)
{
  CfBenchMachine machine;
  double gemm = 0, peak = 0;

  for (int tries = 0; tries < 2 || (tries < 10 && (gemm < 0.4 * peak || gemm > 1.4 * peak)); tries++)
    {
      g_assert_true (cf_bench_machine (backends[0], 0.1, &machine, NULL));
      gemm = MAX (gemm, machine.gemm);
      peak = MAX (peak, machine.peak);
    }
  g_test_message ("%s: peak %g GFLOP/s of %s, products %g", machine.kernels, peak, machine.vectors, gemm);
  g_assert_cmpfloat (gemm, >, 0.2 * peak);
  g_assert_cmpfloat (gemm, <, 2 * peak);
}

int
main (int argc, char **argv)
{
  const int threads[] = { 1, 2, 5 };
  int status;

  cf_compute_init ();
  g_test_init (&argc, &argv, NULL);
  for (int i = 0; i < 3; i++)
    {
      backends[i] = cf_backend_open ("cpu", threads[i], NULL);
      g_assert_nonnull (backends[i]);
    }
  g_test_add_func ("/backend/sincos", test_sincos);
  g_test_add_func ("/backend/alone", test_alone);
  g_test_add_func ("/backend/loss-gradient", test_loss_gradient);
  g_test_add_func ("/backend/input-gradient", test_input_gradient);
  g_test_add_func ("/backend/shapes-agree", test_shapes_agree);
  g_test_add_func ("/backend/threads", test_threads);
  g_test_add_func ("/backend/rare", test_rare);
  g_test_add_func ("/backend/cancelled", test_cancelled);
  g_test_add_func ("/backend/arguments", test_arguments);
  g_test_add_func ("/backend/peak", test_peak);
  status = g_test_run ();
  for (int i = 0; i < 3; i++)
    cf_backend_unref (backends[i]);
  return status;
}
