/* cf-bench.h: how fast this machine computes what training and queries need. For `bench`; the libraries do not use it. */
#pragma once

#include "cf-backend.h"

G_BEGIN_DECLS

/** GFLOP/s on all threads of the backend. A training sample counts as 6, a value as 2 and a value with gradient as 4 operations a
 * parameter; optimisers are not counted, so Muon's figure is lower than Adam's by what its steps cost. */
typedef struct
{
  int threads;
  const char *vectors;  /* of the peak: "AVX-512", "AVX2" or "baseline" */
  char kernels[64];     /* which of its own the backend was given: "products Haswell, sines AVX-512"; empty where it has none */
  double peak;          /* single-precision fused multiply-adds in registers */
  double gemm;          /* products of 512 x 256 by 256 x 256, one a thread */
} CfBenchMachine;

typedef struct
{
  int batch;
  double adam, muon; /* whole steps, one region a thread */
  double muon_all;   /* muon, with the products of its orthogonalisation counted too */
  double alone;      /* Adam, one region with all threads */
} CfBenchTrain;

typedef struct
{
  double value, gradient; /* GFLOP/s */
  double values_a_second, gradients_a_second;
} CfBenchQuery;

/** Each figure is the best of several runs of about `seconds` together. Of a backend other than
 * the CPU, peak and gemm are the rate of the products that it makes; CF_ERROR_DEVICE where that cannot be measured. */
gboolean cf_bench_machine (CfBackend *backend, double seconds, CfBenchMachine *out, GError **error);
/** batch 0: 4096. */
gboolean cf_bench_train (CfBackend *backend, int batch, double seconds, CfBenchTrain *out, GCancellable *cancellable, GError **error);
gboolean cf_bench_query (CfBackend *backend, double seconds, CfBenchQuery *out, GCancellable *cancellable, GError **error);

G_END_DECLS
