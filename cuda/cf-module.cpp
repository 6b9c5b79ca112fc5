/* cf-module.cpp: what the module exports. */
#include "cf-cuda-module.h"

#include <string.h>

#include <new>

#include "cf-ascent.h"
#include "cf-fine-box.h"
#include "cf-march-gl.h"
#include "cf-query.h"
#include "cf-train.h"

#ifdef __CUDACC__
#define NEEDS_DRIVER (CUDART_VERSION / 1000 * 1000) /* drivers of the same major version do */
#define TEXT2(X) #X
#define TEXT(X) TEXT2 (X)
#define BUILT "CUDA " TEXT (__CUDACC_VER_MAJOR__) "." TEXT (__CUDACC_VER_MINOR__)
#else
#define NEEDS_DRIVER 13000
#define BUILT "emulation"
#endif

/* No exception leaves the module: the program that opened it is in C. */
template <typename F> static CfCudaStatus
guarded (char *message, F call)
{
  try
    {
      return call ();
    }
  catch (const std::bad_alloc &)
    {
      snprintf (message, CF_CUDA_MESSAGE, "out of main memory");
      return CF_CUDA_NO_MEMORY;
    }
}

/* The same for what works on a query's stream, which nothing of the caller's stays in. */
template <typename F> static CfCudaStatus
guarded_on (CfCudaQuery *query, char *message, F call)
{
  CfCudaStatus status = guarded (message, call);

  if (status != CF_CUDA_OK && query != NULL)
    query->queue ().drain ();
  return status;
}

static CfCudaStatus
count (int *n, char *message)
{
  *n = 0;
  cudaError_t error = cudaGetDeviceCount (n);

  if (error == cudaSuccess && *n > 0)
    return CF_CUDA_OK;
  snprintf (message, CF_CUDA_MESSAGE, "no device: %s", error == cudaSuccess ? "the driver has none" : cudaGetErrorString (error));
  return CF_CUDA_NO_DEVICE;
}

static CfCudaStatus
open_device (int index, CfCudaPrecision precision, CfCudaDevice **out, char *message)
{
  const CfCublas *cublas;
  CfCudaStatus status;
  int n;

  status = count (&n, message);
  if (status != CF_CUDA_OK)
    return status;
  if (index < 0 || index >= n)
    {
      snprintf (message, CF_CUDA_MESSAGE, "no device %d: there %s 0 to %d", index, n == 1 ? "is" : "are", n - 1);
      return CF_CUDA_NO_DEVICE;
    }
  cublas = cf_cublas_get (message);
  if (cublas == NULL)
    return CF_CUDA_NO_BLAS;
  status = cf_device_use (index, message);
  if (status == CF_CUDA_OK)
    status = cf_device_has_kernels (message);
  if (status == CF_CUDA_OK)
    *out = new CfCudaDevice{ index, precision, cublas };
  return status;
}

static void
close_device (CfCudaDevice *device)
{
  delete device;
}

static CfCudaStatus
info (CfCudaDevice *device, CfCudaInfo *out, char *message)
{
  CfCudaInfo made = {};
  cudaDeviceProp properties;
  CfCudaStatus status = cf_device_use (device->index, message);

  if (status == CF_CUDA_OK)
    status = cf_device_status (cudaGetDeviceProperties (&properties, device->index), "asking the device", message);
  if (status == CF_CUDA_OK)
    status = cf_device_status (cudaMemGetInfo (&made.memory_free, &made.memory), "asking for memory", message);
  if (status != CF_CUDA_OK)
    return status;
  snprintf (made.name, sizeof made.name, "%.*s", (int) sizeof made.name - 1, properties.name);
  made.major = properties.major;
  made.minor = properties.minor;
  made.multiprocessors = properties.multiProcessorCount;
  *out = made;
  return CF_CUDA_OK;
}

static CfCudaStatus
trainer_new (CfCudaDevice *device, const CfCudaShape *shape, int muon, int slots, int rows, unsigned samples, CfCudaTrainer **out, char *message)
{
  return guarded (message, [&] { return cf_trainer_make (device, shape, muon, slots, rows, samples, out, message); });
}

static void
trainer_free (CfCudaTrainer *trainer)
{
  delete trainer;
}

static CfCudaStatus
load (CfCudaTrainer *trainer, int slot, const CfCudaSamples *samples, const CfCudaState *state, char *message)
{
  return trainer->load (slot, samples, state, message);
}

static CfCudaStatus
save (CfCudaTrainer *trainer, int slot, CfCudaState *state, char *message)
{
  return trainer->save (slot, state, message);
}

static CfCudaStatus
move (CfCudaTrainer *trainer, int from, int to, char *message)
{
  return trainer->move (from, to, message);
}

static CfCudaStatus
epoch (CfCudaTrainer *trainer, int slot, long long turn, long long rest, int *ticks, int *rows, unsigned *samples, char *message)
{
  return trainer->epoch (slot, turn, rest, ticks, rows, samples, message);
}

static CfCudaStatus
run (CfCudaTrainer *trainer, int slots, int rows, int n, char *message)
{
  return guarded (message, [&] { return trainer->run (slots, rows, n, message); });
}

static CfCudaStatus
result (CfCudaTrainer *trainer, int slot, double *sum, CfCudaState *state, char *message)
{
  return trainer->result (slot, sum, state, message);
}

static CfCudaStatus
gradient (CfCudaTrainer *trainer, int slot, double *loss, float *out, char *message)
{
  return guarded (message, [&] { return trainer->gradient (slot, loss, out, message); });
}

static CfCudaStatus
net_set (CfCudaDevice *device, const CfCudaShape *shape, const float *params, CfCudaNet **net, char *message)
{
  return guarded (message, [&] { return cf_net_set (device, shape, params, net, message); });
}

static void
net_free (CfCudaNet *net)
{
  cudaSetDevice (net->device->index);
  delete net;
}

static CfCudaStatus
query_new (CfCudaDevice *device, const CfCudaShape *shape, int rows, CfCudaQuery **out, char *message)
{
  return guarded (message, [&] { return cf_query_make (device, shape, rows, out, message); });
}

static void
query_free (CfCudaQuery *query)
{
  delete query;
}

static CfCudaStatus
eval (CfCudaQuery *query, const CfCudaJob *jobs, size_t n_jobs, char *message)
{
  return guarded_on (query, message, [&] { return query->eval (jobs, n_jobs, message); });
}

static CfCudaStatus
field (CfCudaQuery *query, const CfCudaField *field, size_t n, const double *xyz, float *value, float *gradient_out, char *message)
{
  return guarded_on (query, message, [&] { return query->field (field, n, xyz, value, gradient_out, message); });
}

static CfCudaStatus
bake (CfCudaQuery *query, const CfCudaField *field, const CfLattice *lattice, size_t first, size_t n, float *value, char *message)
{
  return guarded_on (query, message, [&] { return query->bake (field, lattice, first, n, value, message); });
}

static CfCudaStatus
march (CfCudaQuery *query, const CfCudaField *field, const CfMarchView *view, const CfMarchSpace *space, CfMarchTarget *target, char *message)
{
  return guarded_on (query, message, [&] { return cf_march (query, field, view, space, target, message); });
}

static CfCudaStatus
ascent_new (CfCudaDevice *device, int paper, size_t n, const float *start, const CfLandscapeView *samples, CfCudaAscent **out, char *message)
{
  return guarded (message, [&] { return cf_ascent_make (device, paper, n, start, samples, out, message); });
}

static void
ascent_free (CfCudaAscent *ascent)
{
  delete ascent;
}

static CfCudaStatus
ascend (CfCudaAscent *ascent, CfCudaQuery *query, const CfCudaField *field, size_t *left, char *message)
{
  return guarded_on (query, message, [&] { return ascent->ascend (query, field, left, message); });
}

static CfCudaStatus
ascent_result (CfCudaAscent *ascent, CfCudaPeaks *out, char *message)
{
  return ascent->result (out, message);
}

static CfCudaStatus
fine_new (CfCudaDevice *device, const CfFineBox *box, CfCudaFine **out, char *message)
{
  return guarded (message, [&] { return cf_fine_make (device, box, out, message); });
}

static void
fine_free (CfCudaFine *fine)
{
  delete fine;
}

static CfCudaStatus
fine_fill (CfCudaFine *fine, CfCudaQuery *query, const CfCudaField *field, size_t *left, char *message)
{
  return guarded_on (query, message, [&] { return fine->fill (query, field, left, message); });
}

static CfCudaStatus
fine_give (CfCudaFine *fine, CfFineTarget *target, char *message)
{
  return guarded (message, [&] { return fine->give (target, message); });
}

static int
shares_gl (CfCudaDevice *device)
{
  return cf_gl_is_of (device->index);
}

static CfCudaStatus
matrix_rate (CfCudaQuery *query, double *tflops, char *message)
{
  return guarded_on (query, message, [&] { return query->matrix_rate (tflops, message); });
}

extern "C" __attribute__ ((visibility ("default"))) const CfCudaModule *
cf_cuda_module (void)
{
  static const CfCudaModule module = {
    CF_CUDA_ABI, NEEDS_DRIVER, BUILT, count, open_device, close_device, info, cf_trainer_bytes, trainer_new, trainer_free, load, save, move,
    epoch, run, result, gradient, net_set, net_free, query_new, query_free, eval, field, bake, march, ascent_new,
    ascent_free, ascend, ascent_result, fine_new, fine_free, fine_fill, fine_give, shares_gl, matrix_rate,
  };

  return &module;
}
