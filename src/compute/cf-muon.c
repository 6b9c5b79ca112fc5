/* cf-muon.c: orthogonalised momentum. */
#include "cf-muon.h"

#include <math.h>
#include <stdlib.h>

#include "cf-arithmetic.h"
#include "cf-cpu-kernels.h"

#define BLOCK 32 /* rows and columns that are mirrored together: they stay in the first-level cache */

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
  for (int top = 0; top < n; top += BLOCK)
    for (int left = 0; left <= top; left += BLOCK)
      for (int i = top; i < MIN (top + BLOCK, n); i++)
        for (int j = left; j < MIN (left + BLOCK, i); j++)
          out[i * n + j] = out[j * n + i];
}

static void
orthogonalise (CfMuon *muon, double norm)
{
  int n = muon->n;
  gsize size = (gsize) n * n;

  for (gsize k = 0; k < size; k++)
    muon->x[k] *= (float) (1 / (norm + 1e-12));
  for (int i = 0; i < CF_MUON_ROUNDS; i++)
    {
      const CfMuonRound round = cf_muon_round (i);
      float *swap = muon->x;

      gram_of (muon, muon->x, muon->gram);
      gram_of (muon, muon->gram, muon->square);
      cf_kernel_axpby (size, round.c, muon->square, round.b, muon->gram);
      for (int k = 0; k < n; k++)
        muon->gram[(gsize) k * n + k] += round.a;
      muon->blas->gemm (CF_BLAS_ROWS, CF_BLAS_AS_IS, CF_BLAS_AS_IS, n, n, n, 1, muon->gram, n, muon->x, n, 0, muon->next, n);
      muon->x = muon->next;
      muon->next = swap;
    }
}

void
cf_muon_step (CfMuon *muon, float *w, float *momentum, const float *g, float rate)
{
  gsize size = (gsize) muon->n * muon->n;
  double norm = sqrt (cf_kernel_momentum (size, momentum, g, muon->x, CF_MUON_MOMENTUM));

  orthogonalise (muon, norm);
  cf_kernel_axpby (size, -rate, muon->x, 1, w);
}

double
cf_muon_operations (int width)
{
  double product = 2.0 * width * width * width;

  /* Two Gram matrices at half a product each, and one product. */
  return 2 * product * CF_MUON_ROUNDS;
}
