/* cf-bench.c: measured rates. */
#include "cf-bench.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cf-blas.h"
#include "cf-cpu-kernels.h"
#include "cf-cpu-net.h"
#include "cf-muon.h"
#include "cf-pool.h"
#include "cf-words.h"

#define RUNS 5 /* the best of them: what disturbs a run only makes it slower */

/* -- the machine's peak ------------------------------------------------------------------------------------------------------ */

#define CHAINS 12 /* independent sums, so that none waits for its own latency */
#define FMA_BLOCK 1000000 /* milliseconds: what the pool takes to begin does not count */

typedef float Vector8 __attribute__ ((vector_size (32)));
typedef float Vector16 __attribute__ ((vector_size (64)));

#define FMA_LOOP(NAME, VECTOR, ATTRIBUTE)                                                                                                    \
  ATTRIBUTE static float NAME (void)                                                                                                         \
  {                                                                                                                                          \
    VECTOR sum[CHAINS], factor, shift;                                                                                                       \
                                                                                                                                             \
    for (gsize k = 0; k < CHAINS * sizeof (VECTOR) / sizeof (float); k++) /* all different, or the compiler makes one chain of them */        \
      sum[k / (sizeof (VECTOR) / sizeof (float))][k % (sizeof (VECTOR) / sizeof (float))] = 0.01f * k;                                       \
    for (gsize k = 0; k < sizeof (VECTOR) / sizeof (float); k++)                                                                             \
      {                                                                                                                                      \
        factor[k] = 0.999f;                                                                                                                  \
        shift[k] = 0.001f * (k + 1); /* none is 0: a sum that fades away ends at denormals, which cost Intel's cores 100 cycles each */      \
      }                                                                                                                                      \
    for (int i = 0; i < FMA_BLOCK; i++)                                                                                                      \
      {                                                                                                                                      \
        _Pragma ("GCC unroll 12") for (int c = 0; c < CHAINS; c++) sum[c] = sum[c] * factor + shift;                                         \
      }                                                                                                                                      \
    for (int c = 1; c < CHAINS; c++)                                                                                                         \
      sum[0] += sum[c];                                                                                                                      \
    return sum[0][0] + sum[0][1];                                                                                                            \
  }

#ifdef __x86_64__
FMA_LOOP (fma_16, Vector16, __attribute__ ((target ("avx512f"))))
FMA_LOOP (fma_8, Vector8, __attribute__ ((target ("avx2,fma"))))
#endif
FMA_LOOP (fma_plain, Vector8, )

typedef struct
{
  float (*run) (void);
  float result; /* written, so that the loop is not left out */
  const CfBlas *blas;
  float *a, *b, *c; /* one of each a thread */
} Machine;

#define GEMM_ROWS 512
#define GEMM_REPEATS 64

static void
fma_item (gpointer data, int i)
{
  Machine *machine = data;
  float result = machine->run ();

  if (i == 0)
    machine->result = result;
}

static void
gemm_item (gpointer data, int i)
{
  const Machine *machine = data;
  gsize rows = (gsize) GEMM_ROWS * 256, square = 256 * 256;

  for (int k = 0; k < GEMM_REPEATS; k++)
    machine->blas->gemm (CF_BLAS_ROWS, CF_BLAS_AS_IS, CF_BLAS_TRANSPOSED, GEMM_ROWS, 256, 256, 1, machine->a + i * rows, 256,
                         machine->b + i * square, 256, 0, machine->c + i * rows, 256);
}

static double
best_rate (CfPool *pool, int threads, void (*func) (gpointer, int), gpointer data, double work_each, double seconds)
{
  double best = 0;

  for (int run = 0; run < RUNS; run++)
    {
      gint64 start = g_get_monotonic_time (), now;
      double work = 0;

      do
        {
          cf_pool_run (pool, threads, threads, func, data);
          work += work_each * threads;
          now = g_get_monotonic_time ();
        }
      while ((now - start) * 1e-6 < seconds / RUNS);
      best = MAX (best, work / (now - start) * 1e-3);
    }
  return best;
}

gboolean
cf_bench_machine (CfBackend *backend, double seconds, CfBenchMachine *out, GError **error)
{
  const CfBlas *blas = cf_blas_get (error);
  int threads = cf_backend_threads (backend), lanes = 8;
  Machine machine = { .run = fma_plain, .blas = blas };
  CfBenchMachine made = { .threads = threads, .vectors = "baseline" };
  gsize rows = (gsize) GEMM_ROWS * 256 * threads, square = (gsize) 256 * 256 * threads;
  CfPool *pool;

  if (blas == NULL)
    return FALSE;
  if (strcmp (cf_backend_name (backend), "cpu") != 0)
    {
      double rate = 1000 * cf_backend_matrix_rate (backend);

      if (!isfinite (rate))
        {
          g_set_error (error, CF_ERROR, CF_ERROR_DEVICE, _("the matrix rate of backend %s cannot be measured"), cf_backend_name (backend));
          return FALSE;
        }
      *out = (CfBenchMachine){ .threads = threads, .vectors = "matrix units", .peak = rate, .gemm = rate };
      return TRUE;
    }
#ifdef __x86_64__
  if (__builtin_cpu_supports ("avx512f"))
    {
      machine.run = fma_16;
      made.vectors = "AVX-512";
      lanes = 16;
    }
  else if (__builtin_cpu_supports ("avx2") && __builtin_cpu_supports ("fma"))
    {
      machine.run = fma_8;
      made.vectors = "AVX2";
    }
#endif
  g_snprintf (made.kernels, sizeof made.kernels, "products %s, sines %s", blas->core, cf_kernel_set ());
  machine.a = cf_kernel_alloc (rows);
  machine.b = cf_kernel_alloc (square);
  machine.c = cf_kernel_alloc (rows);
  memset (machine.a, 0, rows * sizeof (float));
  memset (machine.b, 0, square * sizeof (float));
  pool = cf_pool_new (threads - 1);
  made.peak = best_rate (pool, threads, fma_item, &machine, 2.0 * lanes * CHAINS * FMA_BLOCK, seconds / 2);
  made.gemm = best_rate (pool, threads, gemm_item, &machine, 2.0 * GEMM_REPEATS * GEMM_ROWS * 256 * 256, seconds / 2);
  cf_pool_free (pool);
  free (machine.a);
  free (machine.b);
  free (machine.c);
  *out = made;
  return TRUE;
}

/* -- training --------------------------------------------------------------------------------------------------------------- */

typedef struct
{
  CfFit **fits; /* one a thread */
  int threads;  /* of each fit */
  GCancellable *cancellable;
} Fits;

static void
epoch_item (gpointer data, int i)
{
  const Fits *fits = data;
  double loss;

  cf_fit_epoch (fits->fits[i], fits->threads, &loss, fits->cancellable, NULL);
}

static CfFit *
make_fit (CfBackend *backend, CfOptimiser optimiser, int batch, gsize n, int seed, GError **error)
{
  g_autoptr (CfSiren) start = cf_siren_new_random (&cf_siren_shape_paper, seed, 0);
  const CfFitSpec spec = { .optimiser = optimiser, .rate = 1e-4, .muon_rate = 1e-4, .batch = batch };
  g_autofree float *x = g_new (float, 3 * n), *t = g_new0 (float, n);

  for (gsize i = 0; i < 3 * n; i++)
    x[i] = (float) ((i * 7919 + seed) % 2001) / 1000 - 1;
  return cf_fit_new (backend, start, &spec, n, x, t, error);
}

/* The useful operations of a step: 6 a parameter and sample. */
static double
step_work (gsize samples)
{
  return 6.0 * cf_siren_n_params (&cf_siren_shape_paper) * samples;
}

/* `regions` fits at once, on `threads` each. */
static gboolean
measure_fits (CfBackend *backend, CfOptimiser optimiser, int batch, int regions, int threads, double seconds, double *out,
              GCancellable *cancellable, GError **error)
{
  const gsize n = (gsize) batch * 2;
  g_autofree CfFit **list = g_new0 (CfFit *, regions);
  Fits fits = { .fits = list, .threads = threads, .cancellable = cancellable };
  gboolean ok = TRUE;

  for (int i = 0; ok && i < regions; i++)
    ok = (list[i] = make_fit (backend, optimiser, batch, n, i + 1, error)) != NULL;
  if (ok)
    {
      CfPool *pool = cf_pool_new (regions - 1);

      cf_pool_run (pool, regions, regions, epoch_item, &fits); /* warms up */
      *out = best_rate (pool, regions, epoch_item, &fits, step_work (n), seconds);
      cf_pool_free (pool);
      ok = !g_cancellable_set_error_if_cancelled (cancellable, error);
    }
  for (int i = 0; i < regions; i++)
    cf_fit_free (list[i]);
  return ok;
}

gboolean
cf_bench_train (CfBackend *backend, int batch, double seconds, CfBenchTrain *out, GCancellable *cancellable, GError **error)
{
  CfBenchTrain made = { .batch = batch > 0 ? batch : 4096 };
  int lanes = cf_backend_lanes (backend);

  if (!measure_fits (backend, CF_OPTIMISER_ADAM, made.batch, lanes, 1, seconds / 3, &made.adam, cancellable, error)
      || !measure_fits (backend, CF_OPTIMISER_MUON, made.batch, lanes, 1, seconds / 3, &made.muon, cancellable, error)
      || !measure_fits (backend, CF_OPTIMISER_ADAM, made.batch, 1, 0, seconds / 3, &made.alone, cancellable, error))
    return FALSE;
  made.muon_all = made.muon * (1 + cf_siren_shape_paper.hidden * cf_muon_operations (cf_siren_shape_paper.width) / step_work (made.batch));
  *out = made;
  return TRUE;
}

/* -- queries ---------------------------------------------------------------------------------------------------------------- */

gboolean
cf_bench_query (CfBackend *backend, double seconds, CfBenchQuery *out, GCancellable *cancellable, GError **error)
{
  g_autoptr (CfSiren) siren = cf_siren_new_random (&cf_siren_shape_paper, 1, 0);
  gsize n = (gsize) CF_QUERY_ROWS * 4 * cf_backend_threads (backend);
  g_autofree float *x = g_new (float, 3 * n), *v = g_new (float, n), *g = g_new (float, 3 * n);
  double rate[2] = { 0, 0 };

  for (gsize i = 0; i < 3 * n; i++)
    x[i] = (float) (i * 7919 % 2001) / 1000 - 1;
  for (int gradient = 0; gradient < 2; gradient++)
    for (int run = 0; run < RUNS; run++)
      {
        gint64 start = g_get_monotonic_time (), now;
        double points = 0;

        if (g_cancellable_set_error_if_cancelled (cancellable, error))
          return FALSE;
        do
          {
            if (!cf_backend_eval (backend, siren, n, x, v, gradient ? g : NULL, 0, error))
              return FALSE;
            points += n;
            now = g_get_monotonic_time ();
          }
        while ((now - start) * 1e-6 < seconds / (2 * RUNS));
        rate[gradient] = MAX (rate[gradient], points / (now - start) * 1e6);
      }
  *out = (CfBenchQuery){ .value = rate[0] * 2e-9 * siren->n, .gradient = rate[1] * 4e-9 * siren->n, .values_a_second = rate[0],
                         .gradients_a_second = rate[1] };
  return TRUE;
}
