/* cf-simt-host.h: CUDA's runtime as far as cuda/ uses it, on the host. Blocks run one after the other in any order, the threads of a block
 * (fibers that meet at each CF_SYNC () where a kernel has one, those of a warp also at CF_SYNC_WARP ()) in an order of its own between any two barriers, one
 * warp ahead of the other as far as the barriers let it, both changing with CF_SIMT_SEED: a kernel whose
 * threads race gives other numbers with another seed (tests/cuda/test-order.c). A stream does its
 * work when it is waited for and not before, so that whatever is read or freed too soon shows. Device memory is the host's, so that an address sanitizer sees
 * each index. Errors can be ordered: a device that is lost after some launches, or has little memory. */
#pragma once

#include <math.h>
#include <stddef.h>
#include <string.h>

#include <functional>
#include <tuple>
#include <utility>

struct dim3
{
  unsigned x, y, z;
  constexpr dim3 (unsigned x_ = 1, unsigned y_ = 1, unsigned z_ = 1) : x (x_), y (y_), z (z_) {}
};

/* Read by each thread of each kernel: thread_local would ask at each use whether they are made already. */
extern __thread dim3 threadIdx, blockIdx, blockDim, gridDim;

#define CF_KERNEL static
#define CF_KERNEL_TWICE static
#define CF_DEVICE static inline
#define CF_SHARED static thread_local
#define CF_UNROLL
#define CF_SYNC() cf_simt_sync ()
#define CF_SYNC_WARP() cf_simt_sync_warp ()
#define CF_LAUNCH(KERNEL, GRID, STREAM, ...) cf_simt_start (GRID, CF_BLOCK, false, STREAM, KERNEL, __VA_ARGS__)
#define CF_LAUNCH_SYNC(KERNEL, GRID, STREAM, ...) cf_simt_start (GRID, CF_BLOCK, true, STREAM, KERNEL, __VA_ARGS__)

typedef enum
{
  cudaSuccess = 0,
  cudaErrorInvalidValue = 1,
  cudaErrorMemoryAllocation = 2,
  cudaErrorNoDevice = 100,
  cudaErrorNoKernelImageForDevice = 209,
  cudaErrorIllegalAddress = 700
} cudaError_t;
typedef struct cf_simt_stream *cudaStream_t;
typedef struct cf_simt_graph *cudaGraph_t, *cudaGraphExec_t;
enum { cudaStreamNonBlocking = 1 };
enum cudaStreamCaptureMode { cudaStreamCaptureModeGlobal, cudaStreamCaptureModeThreadLocal, cudaStreamCaptureModeRelaxed };
enum cudaMemcpyKind { cudaMemcpyHostToDevice, cudaMemcpyDeviceToHost, cudaMemcpyDeviceToDevice };
struct cudaDeviceProp
{
  char name[256];
  int major, minor, multiProcessorCount;
};

void cf_simt_sync (void);
void cf_simt_sync_warp (void);
void cf_simt_launch (dim3 grid, int block, bool barriers, cudaStream_t stream, std::function<void ()> thread);
/* A kernel's parameters are those of the moment at which it is launched. */
template <typename... P, typename... A> void
cf_simt_start (dim3 grid, int block, bool barriers, cudaStream_t stream, void (*kernel) (P...), const A &...arguments)
{
  const std::tuple<P...> kept (arguments...);

  cf_simt_launch (grid, block, barriers, stream, [=] { std::apply (kernel, kept); });
}
/* work that a stream does once it is waited for, or that is kept while a graph is recorded */
cudaError_t cf_simt_enqueue (cudaStream_t stream, std::function<void ()> work);

/* all that was given to the stream */
void cf_simt_drain (cudaStream_t stream);
/* whether there is none of it left */
bool cf_simt_is_idle (cudaStream_t stream);
/* a call that waits for the whole device: none, by any thread, while a stream of it is being recorded */
void cf_simt_whole_device (const char *what);
/* a call that may: none by the thread that records, and none by any while one records with cudaStreamCaptureModeGlobal; with Relaxed all are allowed */
void cf_simt_unsafe (const char *what);

struct cudaFuncAttributes
{
};
cudaError_t cf_simt_attributes (void);
template <typename F> cudaError_t
cudaFuncGetAttributes (cudaFuncAttributes *, F)
{
  return cf_simt_attributes ();
}

cudaError_t cudaGetDeviceCount (int *n);
cudaError_t cudaSetDevice (int device);
cudaError_t cudaGetDeviceProperties (cudaDeviceProp *out, int device);
cudaError_t cudaMemGetInfo (size_t *free_bytes, size_t *all);
cudaError_t cudaMalloc (void **out, size_t bytes);
cudaError_t cudaFree (void *memory);
cudaError_t cudaMallocHost (void **out, size_t bytes);
cudaError_t cudaFreeHost (void *memory);
cudaError_t cudaMemcpyAsync (void *to, const void *from, size_t bytes, cudaMemcpyKind kind, cudaStream_t stream);
cudaError_t cudaMemsetAsync (void *to, int value, size_t bytes, cudaStream_t stream);
cudaError_t cudaStreamCreateWithFlags (cudaStream_t *out, unsigned flags);
cudaError_t cudaStreamDestroy (cudaStream_t stream);
cudaError_t cudaStreamSynchronize (cudaStream_t stream);
cudaError_t cudaGetLastError (void);
const char *cudaGetErrorString (cudaError_t error);
/* takes CF_SIMT_RECORD_US longer than it has to, so that others get into it who are let */
cudaError_t cudaStreamBeginCapture (cudaStream_t stream, cudaStreamCaptureMode mode);
cudaError_t cudaStreamEndCapture (cudaStream_t stream, cudaGraph_t *out);
cudaError_t cudaGraphInstantiateWithFlags (cudaGraphExec_t *out, cudaGraph_t graph, unsigned long long flags);
cudaError_t cudaGraphLaunch (cudaGraphExec_t graph, cudaStream_t stream);
cudaError_t cudaGraphDestroy (cudaGraph_t graph);
cudaError_t cudaGraphExecDestroy (cudaGraphExec_t graph);

static inline int
atomicAdd (int *at, int by)
{
  int before = *at;

  *at += by;
  return before;
}
