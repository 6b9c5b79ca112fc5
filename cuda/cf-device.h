/* cf-device.h: a device, its streams and memory; products of row-major matrices. */
#pragma once

#include <stdio.h>

#include "cf-cublas.h"

struct CfCudaDevice
{
  int index;
  CfCudaPrecision precision;
  const CfCublas *cublas;
};

/** Status of a call, with its message. */
CfCudaStatus cf_device_status (cudaError_t error, const char *doing, char message[CF_CUDA_MESSAGE]);

/** Frees what it holds; grows on request. */
class CfMemory
{
public:
  ~CfMemory () { cudaFree (at); }
  /* at least so many bytes, contents lost */
  cudaError_t
  need (size_t bytes)
  {
    if (bytes <= size)
      return cudaSuccess;
    cudaFree (at);
    at = NULL;
    size = 0;
    cudaError_t error = cudaMalloc (&at, bytes);
    if (error == cudaSuccess)
      size = bytes;
    return error;
  }
  template <typename T> T *as () const { return (T *) at; }
  size_t size = 0;

private:
  void *at = NULL;
};

/** One stream with a handle of cuBLAS. */
class CfStream
{
public:
  CfStream (const CfCudaDevice *device_) : device (device_) {}
  ~CfStream ();
  CfCudaStatus open (char message[CF_CUDA_MESSAGE]);
  /* waits for all work; the first error of it, if any */
  CfCudaStatus finish (const char *doing, char message[CF_CUDA_MESSAGE]);

  const CfCudaDevice *device;
  cudaStream_t stream = NULL;
  /* a product that cuBLAS refused; told by finish () */
  int refused = 0;
  void *handle = NULL;

private:
  CfMemory workspace;
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
