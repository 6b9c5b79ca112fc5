/* cf-cublas-host.cpp: cuBLAS's batched products by plain loops, with its column-major conventions, for the tests without a device. */
#include "cf-cublas.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <algorithm>
#include <vector>

typedef struct
{
  cudaStream_t stream;
} Handle;

/* op (matrix), column after column in fp32. */
static std::vector<float>
columns (const void *matrix, int type, int op, int ld, int rows, int n_columns)
{
  std::vector<float> out ((size_t) rows * n_columns);

  for (int j = 0; j < n_columns; j++)
    for (int i = 0; i < rows; i++)
      {
        size_t at = op == CF_CUBLAS_AS_IS ? (size_t) j * ld + i : (size_t) i * ld + j;

        out[(size_t) j * rows + i] = type == CF_CUBLAS_HALF ? cf_load ((const CfHalf *) matrix + at) : ((const float *) matrix)[at];
      }
  return out;
}

static void
product (int op_a, int op_b, int m, int n, int k, float alpha, const void *a, int type_a, int ld_a, const void *b, int type_b, int ld_b,
         float beta, float *c, int ld_c)
{
  std::vector<float> left = columns (a, type_a, op_a, ld_a, m, k), right = columns (b, type_b, op_b, ld_b, k, n);
  std::vector<double> sum (m);

  for (int j = 0; j < n; j++)
    {
      std::fill (sum.begin (), sum.end (), 0.0);
      for (int l = 0; l < k; l++)
        for (int i = 0; i < m; i++)
          sum[i] += (double) left[(size_t) l * m + i] * right[(size_t) j * k + l];
      /* As cuBLAS: beta 0 does not read c. */
      for (int i = 0; i < m; i++)
        c[(size_t) j * ld_c + i] = (float) (alpha * sum[i] + (beta != 0 ? (double) beta * c[(size_t) j * ld_c + i] : 0));
    }
}

static size_t
size_of (int type)
{
  return type == CF_CUBLAS_HALF ? 2 : 4;
}

static int
strided (void *handle, int op_a, int op_b, int m, int n, int k, const void *alpha, const void *a, int type_a, int ld_a, long long stride_a,
         const void *b, int type_b, int ld_b, long long stride_b, const void *beta, void *c, int type_c, int ld_c, long long stride_c, int count,
         int compute, int algorithm)
{
  float by = *(const float *) alpha, keep = *(const float *) beta;

  if (type_c != CF_CUBLAS_FLOAT || m < 1 || n < 1 || k < 1 || count < 1 || ld_c < m)
    return 7; /* CUBLAS_STATUS_INVALID_VALUE */
  return cf_simt_enqueue (((Handle *) handle)->stream, [=] {
    for (int i = 0; i < count; i++)
      product (op_a, op_b, m, n, k, by, (const char *) a + i * stride_a * size_of (type_a), type_a, ld_a,
               (const char *) b + i * stride_b * size_of (type_b), type_b, ld_b, keep, (float *) c + i * stride_c, ld_c);
  }) == cudaSuccess ? 0 : 13;
}

/* What cuBLAS asks of pointers that lie on the device, where it cannot look: otherwise its fast products read misaligned addresses. */
static void
check_alignment (int k, const void *const matrices[], int type, int count)
{
  const int pieces = type == CF_CUBLAS_HALF ? 8 : 4;
  const uintptr_t wanted = k % pieces == 0 ? 16 : type == CF_CUBLAS_HALF && k % 2 == 0 ? 4 : size_of (type);

  for (int i = 0; i < count; i++)
    if ((uintptr_t) matrices[i] % wanted != 0)
      {
        fprintf (stderr, "cublas: a matrix of k %d at %p, needs steps of %zu bytes\n", k, matrices[i], (size_t) wanted);
        abort ();
      }
}

static int
pointers (void *handle, int op_a, int op_b, int m, int n, int k, const void *alpha, const void *const a[], int type_a, int ld_a,
          const void *const b[], int type_b, int ld_b, const void *beta, void *const c[], int type_c, int ld_c, int count, int compute,
          int algorithm)
{
  float by = *(const float *) alpha, keep = *(const float *) beta;

  if (type_c != CF_CUBLAS_FLOAT || m < 1 || n < 1 || k < 1 || count < 1 || ld_c < m)
    return 7;
  return cf_simt_enqueue (((Handle *) handle)->stream, [=] {
    check_alignment (k, a, type_a, count);
    check_alignment (k, b, type_b, count);
    for (int i = 0; i < count; i++)
      product (op_a, op_b, m, n, k, by, a[i], type_a, ld_a, b[i], type_b, ld_b, keep, (float *) c[i], ld_c);
  }) == cudaSuccess ? 0 : 13;
}

static int
create (void **handle)
{
  cf_simt_whole_device ("a handle of cuBLAS");
  *handle = new Handle ();
  return 0;
}

static int
destroy (void *handle)
{
  cf_simt_whole_device ("a handle of cuBLAS freed");
  delete (Handle *) handle;
  return 0;
}

static int
set_stream (void *handle, cudaStream_t stream)
{
  ((Handle *) handle)->stream = stream;
  return 0;
}

static int
set_workspace (void *, void *, size_t)
{
  return 0;
}

const CfCublas *
cf_cublas_get (char message[CF_CUDA_MESSAGE])
{
  static const CfCublas cublas = { create, destroy, set_stream, set_workspace, strided, pointers };

  if (getenv ("CF_SIMT_NO_BLAS") != NULL)
    {
      snprintf (message, CF_CUDA_MESSAGE, "libcublas is not found; install cuBLAS");
      return NULL;
    }
  return &cublas;
}
