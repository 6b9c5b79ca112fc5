/* cf-muon.c: orthogonalised momentum. */
#include "cf-muon.h"

#include <math.h>
#include <stdlib.h>

#include "cf-cpu-kernels.h"

#define MOMENTUM 0.95f
#define ITERATIONS 5

struct _CfMuon
{
  const CfBlas *blas;
  int n;
  float *x, *next, *gram, *square; /* [n][n] */
};

CfMuon *
cf_muon_new (const CfBlas *blas, int width)
{
  CfMuon *muon = g_new0 (CfMuon, 1);
  gsize size = (gsize) width * width;

  muon->blas = blas;
  muon->n = width;
  muon->x = cf_kernel_alloc (size);
  muon->next = cf_kernel_alloc (size);
  muon->gram = cf_kernel_alloc (size);
  muon->square = cf_kernel_alloc (size);
  return muon;
}

void
cf_muon_free (CfMuon *muon)
{
  free (muon->x);
  free (muon->next);
  free (muon->gram);
  free (muon->square);
  g_free (muon);
}

/* out = a a^T, both halves: half of the work of a full product. */
static void
gram_of (const CfMuon *muon, const float *a, float *out)
{
  int n = muon->n;

  muon->blas->syrk (CF_BLAS_ROWS, CF_BLAS_UPPER, CF_BLAS_AS_IS, n, n, 1, a, n, 0, out, n);
  for (int i = 1; i < n; i++)
    for (int j = 0; j < i; j++)
      out[i * n + j] = out[j * n + i];
}

/* The quintic of Muon's reference implementation: X <- a X + (b A + c A^2) X with A = X X^T, which takes every singular value to
 * about 1 in five rounds. */
static void
orthogonalise (CfMuon *muon, double norm)
{
  const float a = 3.4445f, b = -4.7750f, c = 2.0315f;
  int n = muon->n;
  gsize size = (gsize) n * n;

  for (gsize k = 0; k < size; k++)
    muon->x[k] *= (float) (1 / (norm + 1e-12));
  for (int i = 0; i < ITERATIONS; i++)
    {
      float *swap = muon->x;

      gram_of (muon, muon->x, muon->gram);
      gram_of (muon, muon->gram, muon->square);
      cf_kernel_axpby (size, c, muon->square, b, muon->gram);
      for (int k = 0; k < n; k++)
        muon->gram[(gsize) k * n + k] += a;
      muon->blas->gemm (CF_BLAS_ROWS, CF_BLAS_AS_IS, CF_BLAS_AS_IS, n, n, n, 1, muon->gram, n, muon->x, n, 0, muon->next, n);
      muon->x = muon->next;
      muon->next = swap;
    }
}

void
cf_muon_step (CfMuon *muon, float *w, float *momentum, const float *g, float rate)
{
  gsize size = (gsize) muon->n * muon->n;
  double norm = sqrt (cf_kernel_momentum (size, momentum, g, muon->x, MOMENTUM));

  orthogonalise (muon, norm);
  cf_kernel_axpby (size, -rate, muon->x, 1, w);
}
