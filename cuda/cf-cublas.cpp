/* cf-cublas.cpp: opens cuBLAS. */
#include "cf-cublas.h"

#include <dlfcn.h>
#include <stdio.h>

#include <mutex>

#if __has_include(<cublas_v2.h>)
#include <cublas_v2.h>
static_assert ((int) CF_CUBLAS_TRANSPOSED == (int) CUBLAS_OP_T && (int) CF_CUBLAS_AS_IS == (int) CUBLAS_OP_N, "operations");
static_assert ((int) CF_CUBLAS_FLOAT == (int) CUDA_R_32F && (int) CF_CUBLAS_HALF == (int) CUDA_R_16F, "types");
static_assert ((int) CF_CUBLAS_COMPUTE_FP32 == (int) CUBLAS_COMPUTE_32F && (int) CF_CUBLAS_COMPUTE_TF32 == (int) CUBLAS_COMPUTE_32F_FAST_TF32,
               "compute types");
static_assert ((int) CF_CUBLAS_ALGORITHM == (int) CUBLAS_GEMM_DEFAULT, "algorithm");
#endif

#define TEXT2(X) #X
#define TEXT(X) TEXT2 (X)
#define LIBRARY "libcublas.so." TEXT (__CUDACC_VER_MAJOR__)

template <typename F> static bool
find (void *library, const char *name, F *out)
{
  *out = (F) dlsym (library, name);
  return *out != NULL;
}

/* This build's own first. What is used of it is the same in CUDA 12's. */
static void *
open_library (void)
{
  static const char *const places[] = { LIBRARY, "/usr/local/cuda/lib64/" LIBRARY, "libcublas.so.13", "libcublas.so.12", "/usr/local/cuda/lib64/libcublas.so.12" };
  void *library = NULL;

  for (const char *place : places)
    if (library == NULL)
      library = dlopen (place, RTLD_NOW | RTLD_LOCAL);
  return library;
}

static bool
load (CfCublas *cublas, char message[CF_CUDA_MESSAGE])
{
  void *library = open_library ();

  if (library == NULL)
    {
      snprintf (message, CF_CUDA_MESSAGE, LIBRARY " is not found; install cuBLAS of CUDA " TEXT (__CUDACC_VER_MAJOR__));
      return false;
    }
  if (find (library, "cublasCreate_v2", &cublas->create) && find (library, "cublasDestroy_v2", &cublas->destroy)
      && find (library, "cublasSetStream_v2", &cublas->set_stream) && find (library, "cublasSetWorkspace_v2", &cublas->set_workspace)
      && find (library, "cublasGemmStridedBatchedEx", &cublas->strided) && find (library, "cublasGemmBatchedEx", &cublas->pointers))
    return true;
  snprintf (message, CF_CUDA_MESSAGE, LIBRARY " lacks a routine that is needed");
  return false;
}

const CfCublas *
cf_cublas_get (char message[CF_CUDA_MESSAGE])
{
  static std::mutex lock;
  static CfCublas cublas;
  static bool loaded;
  std::lock_guard<std::mutex> guard (lock);

  if (!loaded)
    loaded = load (&cublas, message);
  return loaded ? &cublas : NULL;
}
