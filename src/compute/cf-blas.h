/* cf-blas.h: the matrix products, from OpenBLAS, opened at run time: its choice of kernels is made by the environment at the
 * moment it is loaded, so it must not be loaded with the program. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* The values of the CBLAS interface. */
enum
{
  CF_BLAS_ROWS = 101,
  CF_BLAS_AS_IS = 111,
  CF_BLAS_TRANSPOSED = 112,
  CF_BLAS_UPPER = 121
};

/** Single-precision routines of CBLAS; each runs on the calling thread only. */
typedef struct
{
  void (*gemm) (int order, int trans_a, int trans_b, int m, int n, int k, float alpha, const float *a, int lda, const float *b, int ldb,
                float beta, float *c, int ldc);
  void (*syrk) (int order, int uplo, int trans, int n, int k, float alpha, const float *a, int lda, float beta, float *c, int ldc);
  void (*gemv) (int order, int trans, int m, int n, float alpha, const float *a, int lda, const float *x, int incx, float beta, float *y,
                int incy);
  const char *core; /* "SkylakeX" */
} CfBlas;

/** Sets OPENBLAS_CORETYPE (unless the user has) and OPENBLAS_NUM_THREADS. Before threads. */
void cf_blas_prepare (void);
/** Opens it at the first call; CF_ERROR_DEVICE where it is missing. Thread safe. */
const CfBlas *cf_blas_get (GError **error);

G_END_DECLS
