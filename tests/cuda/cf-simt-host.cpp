/* cf-simt-host.cpp: kernels and the runtime on the host; see cf-simt-host.h. */
#include "cf-simt-host.h"

#undef _FORTIFY_SOURCE /* its longjmp refuses to change stacks */
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <ucontext.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <map>
#include <mutex>
#include <numeric>
#include <set>
#include <vector>

__thread dim3 threadIdx, blockIdx, blockDim, gridDim;

/* -- errors on order: read from the environment when a device is asked for, CF_SIMT_MEMORY_LATER at each allocation ------------------ */

#define DEVICES_MOST 8

static std::atomic<long> launches_left (-1); /* -1: never fails */
static std::atomic<long> calls_left (-1);    /* of all kinds: then the device is lost */
static std::atomic<long> mallocs_left (-1);  /* then one has no memory */
static std::atomic<int> fails_on (-1);       /* the device whose launches and calls are counted; -1: all */
static std::atomic<bool> lost[DEVICES_MOST];
static thread_local int device_now;
static thread_local cudaError_t last_error;  /* of the thread, whichever device it came from */
static std::atomic<uint64_t> seeds (1); /* grows where CF_SIMT_SEED is to be read again */
static std::mutex memory_lock;
static std::map<void *, size_t> memory;
static size_t memory_used, memory_most;

static size_t
environment (const char *name, size_t otherwise)
{
  const char *text = getenv (name);

  return text != NULL && *text != 0 ? strtoull (text, NULL, 10) : otherwise;
}

static cudaError_t
failed (cudaError_t error)
{
  return last_error = error;
}

static bool
counts_on (int device)
{
  return fails_on < 0 || fails_on == device;
}

/* Counts a call that can fail. */
static cudaError_t
counted (int device)
{
  if (calls_left >= 0 && counts_on (device) && calls_left-- == 0)
    lost[device] = true;
  return lost[device] ? failed (cudaErrorIllegalAddress) : cudaSuccess;
}

cudaError_t
cudaGetDeviceCount (int *n)
{
  {
    std::lock_guard<std::mutex> guard (memory_lock);

    if (environment ("CF_SIMT_STRICT", 0) != 0 && !memory.empty ())
      {
        fprintf (stderr, "simt: %zu bytes in %zu pieces were left behind on the device\n", memory_used, memory.size ());
        abort ();
      }
  }
  *n = (int) std::min (environment ("CF_SIMT_DEVICES", 1), (size_t) DEVICES_MOST);
  for (std::atomic<bool> &each : lost)
    each = false;
  last_error = cudaSuccess;
  fails_on = (int) environment ("CF_SIMT_FAILS_ON", (size_t) -1);
  seeds++;
  calls_left = (long) environment ("CF_SIMT_CALLS", (size_t) -1);
  mallocs_left = (long) environment ("CF_SIMT_MALLOCS", (size_t) -1);
  launches_left = (long) environment ("CF_SIMT_LAUNCHES", (size_t) -1);
  memory_most = environment ("CF_SIMT_MEMORY", (size_t) 16 << 30);
  return *n > 0 ? cudaSuccess : cudaErrorNoDevice;
}

/* -- fibers -------------------------------------------------------------------------------------------------------------------- */

#define STACK 65536
#define WARP 32

namespace
{
/* Kept from block to block. Switched by jumps, which do not ask the kernel for signal masks as swapcontext () does. */
struct Fiber
{
  ucontext_t context;
  jmp_buf at;
  char *stack;
  bool started, done;
  int waits; /* RUNS, AT_WARP, AT_BLOCK */
};

enum { RUNS, AT_WARP, AT_BLOCK };

struct Block
{
  std::vector<Fiber> fibers;
  jmp_buf home;
  int running;
  const std::function<void ()> *thread;
};
}

static __thread Block *block_now;

static void
go_home (Block *block)
{
  if (_setjmp (block->fibers[block->running].at) == 0)
    _longjmp (block->home, 1);
}

static void
fiber_main (void)
{
  for (;;)
    {
      Block *block = block_now;

      (*block->thread) ();
      block->fibers[block->running].done = true;
      go_home (block);
    }
}

static void
wait_at (int barrier)
{
  if (block_now == NULL)
    {
      fprintf (stderr, "simt: a barrier in a kernel that was launched as one without\n");
      abort ();
    }
  block_now->fibers[block_now->running].waits = barrier;
  go_home (block_now);
}

void
cf_simt_sync (void)
{
  wait_at (AT_BLOCK);
}

void
cf_simt_sync_warp (void)
{
  wait_at (AT_WARP);
}

static void
resume (Block *block, int i)
{
  Fiber *fiber = &block->fibers[i];

  block->running = i;
  threadIdx = dim3 ((unsigned) i);
  if (_setjmp (block->home) != 0)
    return;
  if (fiber->started)
    _longjmp (fiber->at, 1);
  fiber->started = true;
  getcontext (&fiber->context);
  fiber->context.uc_stack.ss_sp = fiber->stack;
  fiber->context.uc_stack.ss_size = STACK;
  fiber->context.uc_link = NULL;
  makecontext (&fiber->context, fiber_main, 0);
  setcontext (&fiber->context);
}

template <typename T> static void
shuffle (T *order, size_t n, uint64_t *state)
{
  for (size_t i = n - 1; i > 0; i--)
    {
      *state = *state * 6364136223846793005ull + 1442695040888963407ull;
      std::swap (order[i], order[(*state >> 33) % (i + 1)]);
    }
}

template <typename T> static void
shuffle (std::vector<T> &order, uint64_t *state)
{
  shuffle (order.data (), order.size (), state);
}

/* A barrier that some threads never reach hangs or misbehaves on a device. */
static void
check_all_wait (const Block *block, const int *threads, size_t n, int barrier)
{
  const size_t wait = (size_t) std::count_if (threads, threads + n, [=] (int i) { return !block->fibers[i].done && block->fibers[i].waits == barrier; });

  if (wait != n)
    {
      fprintf (stderr, "simt: %zu of %zu threads wait at a barrier that the others never reach\n", wait, n);
      abort ();
    }
}

/* The threads of a warp, past the barriers of their own, to one of the whole block or to the end. Those of other warps stay behind meanwhile. */
static void
run_warp (Block *block, const int *threads)
{
  auto waits = [=] (int i) { return !block->fibers[i].done && block->fibers[i].waits == AT_WARP; };

  do
    for (int k = 0; k < WARP; k++)
      if (!block->fibers[threads[k]].done)
        {
          block->fibers[threads[k]].waits = RUNS;
          resume (block, threads[k]);
        }
  while (std::any_of (threads, threads + WARP, waits) && (check_all_wait (block, threads, WARP, AT_WARP), true));
}

/* From barrier to barrier, each stretch in an order of its own: of the warps, and of the threads of each. order: [warp][thread]. */
static void
run_block (Block *block, std::vector<int> *order, uint64_t *state)
{
  auto left = [=] (int i) { return !block->fibers[i].done; };
  std::vector<size_t> warps (order->size () / WARP);

  for (int i : *order)
    block->fibers[i].done = false;
  std::iota (warps.begin (), warps.end (), (size_t) 0);
  for (;;)
    {
      shuffle (warps, state);
      for (size_t warp : warps)
        {
          shuffle (order->data () + warp * WARP, WARP, state);
          run_warp (block, order->data () + warp * WARP);
        }
      if (std::none_of (order->begin (), order->end (), left))
        return;
      check_all_wait (block, order->data (), order->size (), AT_BLOCK);
    }
}

static void
run_grid (dim3 grid, int threads, bool barriers, const std::function<void ()> &thread)
{
  static thread_local std::vector<char> stacks;
  static thread_local Block block;
  static thread_local uint64_t state = 0, seeded = 0;
  std::vector<int> order (threads);

  if (seeded != seeds)
    {
      state = environment ("CF_SIMT_SEED", 1);
      seeded = seeds;
    }
  if (stacks.empty ())
    {
      stacks.resize ((size_t) threads * STACK);
      block.fibers.resize (threads);
      for (int i = 0; i < threads; i++)
        block.fibers[i].stack = stacks.data () + (size_t) i * STACK;
    }
  /* Blocks do not wait for each other: any order has to do. */
  std::vector<size_t> blocks ((size_t) grid.x * grid.y * grid.z);
  std::iota (blocks.begin (), blocks.end (), (size_t) 0);
  shuffle (blocks, &state);
  block.thread = &thread;
  block_now = barriers ? &block : NULL;
  blockDim = dim3 ((unsigned) threads);
  gridDim = grid;
  std::iota (order.begin (), order.end (), 0);
  for (size_t at : blocks)
    {
      blockIdx = dim3 ((unsigned) (at % grid.x), (unsigned) (at / grid.x % grid.y), (unsigned) (at / grid.x / grid.y));
      if (barriers)
        {
          run_block (&block, &order, &state);
          continue;
        }
      shuffle (order, &state);
      for (int i : order)
        {
          threadIdx = dim3 ((unsigned) i);
          thread ();
        }
    }
  block_now = NULL;
}

/* -- streams and graphs ---------------------------------------------------------------------------------------------------------- */

struct cf_simt_graph
{
  std::vector<std::function<void ()>> work;
};

struct cf_simt_stream
{
  int device;
  cf_simt_graph *recording;
  cudaStreamCaptureMode mode; /* of the recording */
  std::mutex lock;
  std::deque<std::function<void ()>> work;
};

static std::mutex streams_lock;
static std::set<cudaStream_t> streams;
static std::atomic<int> n_recording[DEVICES_MOST], n_global (0); /* streams that are being recorded */
static thread_local int n_own = 0;                               /* by this thread, and not relaxed */

void
cf_simt_drain (cudaStream_t stream)
{
  std::lock_guard<std::mutex> guard (stream->lock);

  for (; !stream->work.empty () && !lost[stream->device]; stream->work.pop_front ())
    stream->work.front () ();
  stream->work.clear ();
}

bool
cf_simt_is_idle (cudaStream_t stream)
{
  std::lock_guard<std::mutex> guard (stream->lock);

  return stream->work.empty ();
}

static void
refuse (const char *what)
{
  fprintf (stderr, "simt: %s while a stream is being recorded\n", what);
  abort ();
}

void
cf_simt_whole_device (const char *what)
{
  if (n_recording[device_now] > 0)
    refuse (what);
}

void
cf_simt_unsafe (const char *what)
{
  if (n_own > 0 || n_global > 0)
    refuse (what);
}

cudaError_t
cf_simt_enqueue (cudaStream_t stream, std::function<void ()> work)
{
  if (stream->device != device_now)
    {
      fprintf (stderr, "simt: work for device %d while the thread is on device %d\n", stream->device, device_now);
      abort ();
    }
  if (counted (stream->device) != cudaSuccess)
    return cudaErrorIllegalAddress;
  if (stream->recording != NULL)
    {
      stream->recording->work.push_back (std::move (work));
      return cudaSuccess;
    }
  std::lock_guard<std::mutex> guard (stream->lock);
  stream->work.push_back (std::move (work));
  return cudaSuccess;
}

void
cf_simt_launch (dim3 grid, int threads, bool barriers, cudaStream_t stream, std::function<void ()> thread)
{
  if (grid.x == 0 || grid.y == 0 || grid.z == 0 || grid.y > 65535 || grid.z > 65535)
    {
      fprintf (stderr, "simt: a launch of %u x %u x %u blocks\n", grid.x, grid.y, grid.z);
      abort ();
    }
  cf_simt_enqueue (stream, [=] {
    const int device = stream->device;

    if (launches_left == 0 && counts_on (device))
      lost[device] = true;
    else if (launches_left > 0 && counts_on (device))
      launches_left--;
    if (!lost[device])
      run_grid (grid, threads, barriers, thread);
  });
}

cudaError_t
cudaStreamCreateWithFlags (cudaStream_t *out, unsigned)
{
  if (counted (device_now) != cudaSuccess)
    return cudaErrorIllegalAddress;
  std::lock_guard<std::mutex> guard (streams_lock);
  *out = new cf_simt_stream ();
  (*out)->device = device_now;
  streams.insert (*out);
  return cudaSuccess;
}

cudaError_t
cudaStreamDestroy (cudaStream_t stream)
{
  std::lock_guard<std::mutex> guard (streams_lock);

  streams.erase (stream);
  cf_simt_drain (stream);
  delete stream;
  return cudaSuccess;
}

cudaError_t
cudaStreamSynchronize (cudaStream_t stream)
{
  if (stream->recording != NULL)
    refuse ("a wait for the stream itself");
  cf_simt_drain (stream);
  return counted (stream->device);
}

/* Freed memory is waited for, and so is a handle of cuBLAS. */
static void
drain_all (void)
{
  std::lock_guard<std::mutex> guard (streams_lock);

  for (cudaStream_t stream : streams)
    cf_simt_drain (stream);
}

cudaError_t
cudaGetLastError (void)
{
  const cudaError_t error = lost[device_now] ? cudaErrorIllegalAddress : last_error;

  last_error = cudaSuccess;
  return error;
}

/* Counted up or down. */
static void
count_recording (cudaStream_t stream, int by)
{
  n_recording[stream->device] += by;
  n_global += stream->mode == cudaStreamCaptureModeGlobal ? by : 0;
  n_own += stream->mode != cudaStreamCaptureModeRelaxed ? by : 0;
}

cudaError_t
cudaStreamBeginCapture (cudaStream_t stream, cudaStreamCaptureMode mode)
{
  stream->recording = new cf_simt_graph ();
  stream->mode = mode;
  count_recording (stream, 1);
  usleep ((useconds_t) environment ("CF_SIMT_RECORD_US", 0));
  return cudaSuccess;
}

cudaError_t
cudaStreamEndCapture (cudaStream_t stream, cudaGraph_t *out)
{
  *out = stream->recording;
  stream->recording = NULL;
  count_recording (stream, -1);
  return cudaSuccess;
}

cudaError_t
cudaGraphInstantiateWithFlags (cudaGraphExec_t *out, cudaGraph_t graph, unsigned long long)
{
  if (counted (device_now) != cudaSuccess)
    return cudaErrorIllegalAddress;
  *out = new cf_simt_graph (*graph);
  return cudaSuccess;
}

cudaError_t
cudaGraphLaunch (cudaGraphExec_t graph, cudaStream_t stream)
{
  cudaError_t error = cudaSuccess;

  for (const auto &work : graph->work)
    error = cf_simt_enqueue (stream, work);
  return error;
}

cudaError_t
cudaGraphDestroy (cudaGraph_t graph)
{
  delete graph;
  return cudaSuccess;
}

cudaError_t
cudaGraphExecDestroy (cudaGraphExec_t graph)
{
  delete graph;
  return cudaSuccess;
}

/* -- devices and memory ---------------------------------------------------------------------------------------------------------- */

cudaError_t
cudaSetDevice (int device)
{
  device_now = device;
  return counted (device);
}

cudaError_t
cf_simt_attributes (void)
{
  return environment ("CF_SIMT_NO_IMAGE", 0) != 0 ? failed (cudaErrorNoKernelImageForDevice) : counted (device_now);
}

cudaError_t
cudaGetDeviceProperties (cudaDeviceProp *out, int)
{
  *out = cudaDeviceProp ();
  snprintf (out->name, sizeof out->name, "emulated on the host");
  out->multiProcessorCount = 1;
  return cudaSuccess;
}

cudaError_t
cudaMemGetInfo (size_t *free_bytes, size_t *all)
{
  std::lock_guard<std::mutex> guard (memory_lock);

  *all = memory_most;
  *free_bytes = memory_most > memory_used ? memory_most - memory_used : 0;
  return lost[device_now] ? failed (cudaErrorIllegalAddress) : cudaSuccess;
}

cudaError_t
cudaMalloc (void **out, size_t bytes)
{
  cf_simt_unsafe ("an allocation");
  std::lock_guard<std::mutex> guard (memory_lock);

  if (counted (device_now) != cudaSuccess)
    return cudaErrorIllegalAddress;
  if ((mallocs_left >= 0 && mallocs_left-- == 0) || memory_used + bytes > environment ("CF_SIMT_MEMORY_LATER", memory_most))
    return failed (cudaErrorMemoryAllocation);
  *out = malloc (bytes);
  memset (*out, 0xff, bytes); /* NaN as floats: what is read before it is written shows */
  memory[*out] = bytes;
  memory_used += bytes;
  return cudaSuccess;
}

cudaError_t
cudaFree (void *at)
{
  if (at == NULL)
    return cudaSuccess;
  cf_simt_unsafe ("memory freed");
  cf_simt_whole_device ("memory freed");
  drain_all ();
  std::lock_guard<std::mutex> guard (memory_lock);
  memory_used -= memory.at (at);
  memory.erase (at);
  free (at);
  return lost[device_now] ? failed (cudaErrorIllegalAddress) : cudaSuccess;
}

cudaError_t
cudaMallocHost (void **out, size_t bytes)
{
  cf_simt_unsafe ("an allocation");
  if (counted (device_now) != cudaSuccess)
    return cudaErrorIllegalAddress;
  *out = malloc (bytes);
  return cudaSuccess;
}

cudaError_t
cudaFreeHost (void *at)
{
  cf_simt_unsafe ("memory freed");
  cf_simt_whole_device ("memory freed");
  drain_all ();
  free (at);
  return cudaSuccess;
}

cudaError_t
cudaMemcpyAsync (void *to, const void *from, size_t bytes, cudaMemcpyKind, cudaStream_t stream)
{
  return cf_simt_enqueue (stream, [=] { memcpy (to, from, bytes); });
}

cudaError_t
cudaMemsetAsync (void *to, int value, size_t bytes, cudaStream_t stream)
{
  return cf_simt_enqueue (stream, [=] { memset (to, value, bytes); });
}

const char *
cudaGetErrorString (cudaError_t error)
{
  switch (error)
    {
    case cudaSuccess: return "no error";
    case cudaErrorMemoryAllocation: return "out of memory";
    case cudaErrorNoKernelImageForDevice: return "no kernel image is available for execution on the device";
    case cudaErrorNoDevice: return "no CUDA-capable device is detected";
    default: return "an illegal memory access was encountered";
    }
}
