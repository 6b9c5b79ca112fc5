/* cf-device.cpp: streams, errors and products. */
#include "cf-device.h"

#define NO_MEMORY_OF_CUBLAS 3         /* CUBLAS_STATUS_ALLOC_FAILED */
#define WORKSPACE ((size_t) 32 << 20) /* bytes; NVIDIA's advice for Hopper, kept for all */

CfCudaStatus
cf_device_status (cudaError_t error, const char *doing, char message[CF_CUDA_MESSAGE])
{
  if (error == cudaSuccess)
    return CF_CUDA_OK;
  snprintf (message, CF_CUDA_MESSAGE, "%s: %s", doing, cudaGetErrorString (error));
  /* An allocation that failed leaves its error for the next call to find. */
  if (error == cudaErrorMemoryAllocation && cudaGetLastError () <= cudaErrorMemoryAllocation)
    return CF_CUDA_NO_MEMORY;
  return CF_CUDA_LOST;
}

CfCudaStatus
cf_device_use (int index, char message[CF_CUDA_MESSAGE])
{
  CfCudaStatus status = cf_device_status (cudaSetDevice (index), "using the device", message);

  cudaGetLastError ();
  return status;
}

CF_KERNEL void
cf_nothing_kernel (int nothing)
{
}

CfCudaStatus
cf_device_has_kernels (char message[CF_CUDA_MESSAGE])
{
  cudaFuncAttributes attributes;
  cudaError_t error = cudaFuncGetAttributes (&attributes, cf_nothing_kernel);

  if (error == cudaSuccess)
    return CF_CUDA_OK;
  cudaGetLastError ();
  snprintf (message, CF_CUDA_MESSAGE, "the module has no kernels for this device: %s", cudaGetErrorString (error));
  return CF_CUDA_NO_DEVICE;
}

/* -- memory ---------------------------------------------------------------------------------------------------------------------- */

std::mutex &
cf_device_calm (void)
{
  static std::mutex calm;

  return calm;
}

/* With the lock held. */
static void
give_back (void *at, bool on_host)
{
  if (on_host)
    cudaFreeHost (at);
  else
    cudaFree (at);
}

void
CfMemory::clear (void)
{
  /* To free nothing would begin a context on the device that happens to be the thread's. */
  if (at == NULL)
    return;
  std::lock_guard<std::mutex> guard (cf_device_calm ());
  give_back (at, on_host);
  at = NULL;
  size = 0;
}

cudaError_t
CfMemory::need (size_t bytes)
{
  if (bytes <= size)
    return cudaSuccess;
  clear ();
  std::lock_guard<std::mutex> guard (cf_device_calm ());
  cudaError_t error = on_host ? cudaMallocHost (&at, bytes) : cudaMalloc (&at, bytes);
  if (error == cudaSuccess)
    size = bytes;
  else
    at = NULL;
  return error;
}

/* -- streams --------------------------------------------------------------------------------------------------------------------- */

CfStream::~CfStream ()
{
  if (stream == NULL)
    return;
  cudaSetDevice (device->index);
  drain ();
  std::lock_guard<std::mutex> guard (cf_device_calm ());
  if (handle != NULL)
    device->cublas->destroy (handle);
  cudaStreamDestroy (stream);
}

CfCudaStatus
CfStream::open_plain (char message[CF_CUDA_MESSAGE])
{
  CfCudaStatus status = cf_device_use (device->index, message);

  if (status == CF_CUDA_OK)
    status = cf_device_status (cudaStreamCreateWithFlags (&stream, cudaStreamNonBlocking), "making a stream", message);
  return status;
}

CfCudaStatus
CfStream::open (char message[CF_CUDA_MESSAGE])
{
  CfCudaStatus status = open_plain (message);
  int error;

  if (status == CF_CUDA_OK)
    status = cf_device_status (workspace.need (WORKSPACE), "memory for cuBLAS", message);
  if (status != CF_CUDA_OK)
    return status;
  {
    std::lock_guard<std::mutex> guard (cf_device_calm ());
    error = device->cublas->create (&handle);
  }
  if (error == 0)
    error = device->cublas->set_stream (handle, stream);
  /* After the stream, which takes the workspace back; its own, so that products can be recorded in a graph. */
  if (error == 0)
    error = device->cublas->set_workspace (handle, workspace.as<void> (), WORKSPACE);
  if (error == 0)
    return CF_CUDA_OK;
  snprintf (message, CF_CUDA_MESSAGE, "cuBLAS does not start: error %d", error);
  return error == NO_MEMORY_OF_CUBLAS ? CF_CUDA_NO_MEMORY : CF_CUDA_LOST;
}

CfCudaStatus
CfStream::hold (void *to, const void *from, size_t bytes, char message[CF_CUDA_MESSAGE])
{
  held.emplace_back ((const char *) from, (const char *) from + bytes);
  return cf_device_status (cudaMemcpyAsync (to, held.back ().data (), bytes, cudaMemcpyHostToDevice, stream), "copying to the device", message);
}

CfCudaStatus
CfStream::finish (const char *doing, char message[CF_CUDA_MESSAGE])
{
  cudaError_t launched = cudaGetLastError (), ended = cudaStreamSynchronize (stream);

  held.clear ();
  if (launched != cudaSuccess || ended != cudaSuccess)
    return cf_device_status (ended != cudaSuccess ? ended : launched, doing, message);
  if (refused == 0)
    return CF_CUDA_OK;
  snprintf (message, CF_CUDA_MESSAGE, "%s: a product failed with cuBLAS error %d", doing, refused);
  if (refused != NO_MEMORY_OF_CUBLAS)
    return CF_CUDA_LOST;
  refused = 0;
  return CF_CUDA_NO_MEMORY;
}

void
CfStream::drain (void)
{
  cudaStreamSynchronize (stream);
  held.clear ();
}

/* cuBLAS counts along columns: our row-major matrices are its transposes, and c^T = op (b)^T op (a)^T. */
void
cf_product (CfStream *stream, bool halves, bool transpose_a, bool transpose_b, int m, int n, int k, float alpha, const CfOperand &a,
            const CfOperand &b, float beta, const CfOperand &c, int count)
{
  const CfCudaDevice *device = stream->device;
  int type = halves ? CF_CUBLAS_HALF : CF_CUBLAS_FLOAT;
  int op_a = transpose_a ? CF_CUBLAS_TRANSPOSED : CF_CUBLAS_AS_IS, op_b = transpose_b ? CF_CUBLAS_TRANSPOSED : CF_CUBLAS_AS_IS;
  int compute = !halves && device->precision != CF_CUDA_FP32 ? CF_CUBLAS_COMPUTE_TF32 : CF_CUBLAS_COMPUTE_FP32, error;

  if (a.pointers != NULL)
    error = device->cublas->pointers (stream->handle, op_b, op_a, n, m, k, &alpha, b.pointers, type, b.row, a.pointers, type, a.row, &beta,
                                      (void *const *) c.pointers, CF_CUBLAS_FLOAT, c.row, count, compute, CF_CUBLAS_ALGORITHM);
  else
    error = device->cublas->strided (stream->handle, op_b, op_a, n, m, k, &alpha, b.at, type, b.row, b.step, a.at, type, a.row, a.step, &beta,
                                     (void *) c.at, CF_CUBLAS_FLOAT, c.row, c.step, count, compute, CF_CUBLAS_ALGORITHM);
  if (error != 0 && stream->refused == 0)
    stream->refused = error;
}
