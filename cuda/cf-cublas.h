/* cf-cublas.h: the few routines of cuBLAS that this room uses, opened at run time: a machine with a driver but without the toolkit's libraries gets
 * a message instead of a module that does not open. */
#pragma once

#include "cf-cuda-module.h"
#include "cf-float16.h"

/* The values of cuBLAS's interface. */
enum
{
  CF_CUBLAS_AS_IS = 0,
  CF_CUBLAS_TRANSPOSED = 1,
  CF_CUBLAS_FLOAT = 0,
  CF_CUBLAS_HALF = 2,
  CF_CUBLAS_COMPUTE_FP32 = 68,
  CF_CUBLAS_COMPUTE_TF32 = 77,
  CF_CUBLAS_ALGORITHM = -1
};

typedef struct
{
  int (*create) (void **handle);
  int (*destroy) (void *handle);
  int (*set_stream) (void *handle, cudaStream_t stream);
  int (*set_workspace) (void *handle, void *workspace, size_t bytes);
  int (*strided) (void *handle, int op_a, int op_b, int m, int n, int k, const void *alpha, const void *a, int type_a, int ld_a,
                  long long stride_a, const void *b, int type_b, int ld_b, long long stride_b, const void *beta, void *c, int type_c, int ld_c,
                  long long stride_c, int count, int compute, int algorithm);
  int (*pointers) (void *handle, int op_a, int op_b, int m, int n, int k, const void *alpha, const void *const a[], int type_a, int ld_a,
                   const void *const b[], int type_b, int ld_b, const void *beta, void *const c[], int type_c, int ld_c, int count, int compute,
                   int algorithm);
} CfCublas;

/** Opens it at the first call. NULL with a message where it is not there. Thread safe. */
const CfCublas *cf_cublas_get (char message[CF_CUDA_MESSAGE]);
