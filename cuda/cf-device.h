/* cf-device.h: a device, its streams and memory; products of row-major matrices. */
#pragma once

#include <stdio.h>

#include <list>
#include <mutex>
#include <vector>

#include "cf-cublas.h"

struct CfCudaDevice
{
  int index;
  CfCudaPrecision precision;
  const CfCublas *cublas;
};

/* Ends the calling function where a call did not go well. */
#define TRY(CALL)                                                                                                                            \
  do                                                                                                                                         \
    {                                                                                                                                        \
      CfCudaStatus try_status = (CALL);                                                                                                      \
      if (try_status != CF_CUDA_OK)                                                                                                          \
        return try_status;                                                                                                                   \
    }                                                                                                                                        \
  while (0)

/** Whether this build has kernels for the present device. */
CfCudaStatus cf_device_has_kernels (char message[CF_CUDA_MESSAGE]);

/** Status of a call, with its message. */
CfCudaStatus cf_device_status (cudaError_t error, const char *doing, char message[CF_CUDA_MESSAGE]);

/** Turns the calling thread to a device, and forgets errors that the thread still has of another one: cudaGetLastError () does not tell whose they are. */
CfCudaStatus cf_device_use (int index, char message[CF_CUDA_MESSAGE]);

/** A thread for each of n. */
static inline dim3
cf_thread_grid (size_t n)
{
  return dim3 ((unsigned) ((n + CF_BLOCK - 1) / CF_BLOCK));
}

/** Held by whoever records a graph, and by whoever makes or frees what belongs to the whole device: cuBLAS waits for the device when a handle goes, and a stream
 * that is being recorded may not be waited for. */
std::mutex &cf_device_calm (void);

/** Frees what it holds; grows on request. On the device, or page-locked on the host. */
class CfMemory
{
public:
  explicit CfMemory (bool on_host_ = false) : on_host (on_host_) {}
  CfMemory (const CfMemory &) = delete;
  CfMemory &operator= (const CfMemory &) = delete;
  ~CfMemory () { clear (); }
  /* at least so many bytes, contents lost */
  cudaError_t need (size_t bytes);
  template <typename T> T *as () const { return (T *) at; }
  size_t size = 0;

private:
  void clear (void);
  void *at = NULL;
  bool on_host;
};

/** One stream with a handle of cuBLAS. */
class CfStream
{
public:
  CfStream (const CfCudaDevice *device_) : device (device_) {}
  ~CfStream ();
  CfCudaStatus open (char message[CF_CUDA_MESSAGE]);
  /* the stream alone */
  CfCudaStatus open_plain (char message[CF_CUDA_MESSAGE]);
  /* copies to the device what may be gone before the stream gets to it */
  CfCudaStatus hold (void *to, const void *from, size_t bytes, char message[CF_CUDA_MESSAGE]);
  /* waits for all work; the first error of it, if any */
  CfCudaStatus finish (const char *doing, char message[CF_CUDA_MESSAGE]);
  /* after something failed: waits, so that nothing of the caller's is read or written any more */
  void drain (void);

  const CfCudaDevice *device;
  cudaStream_t stream = NULL;
  /* a product that cuBLAS refused; told by finish () */
  int refused = 0;
  void *handle = NULL;

private:
  CfMemory workspace;
  std::list<std::vector<char>> held;
};

/** A matrix of a batch: strided, or by pointers (on the device). Row-major, `row` elements from one row to the next. */
struct CfOperand
{
  const void *at;
  long long step;
  const void *const *pointers;
  int row;
};

/** c = alpha op (a) op (b) + beta c for each of count: op (a) m x k, op (b) k x n. halves: a and b are 16-bit; c is fp32. */
void cf_product (CfStream *stream, bool halves, bool transpose_a, bool transpose_b, int m, int n, int k, float alpha, const CfOperand &a,
                 const CfOperand &b, float beta, const CfOperand &c, int count);
