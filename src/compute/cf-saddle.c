/* cf-saddle.c: eigenvalues of a symmetric 3 x 3 matrix by Jacobi's rotations. */
#include "cf-saddle.h"

#include <math.h>
#include <string.h>

#define SWEEPS 12 /* they converge quadratically: five are enough in practice */
#define RISES 1e-3

/* Turns the axes p and q so that a[p][q] becomes 0; the columns of v are the axes. */
static void
rotate (double a[3][3], double v[3][3], int p, int q)
{
  if (a[p][q] == 0)
    return;
  double theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
  double t = (theta < 0 ? -1 : 1) / (fabs (theta) + sqrt (theta * theta + 1)), c = 1 / sqrt (t * t + 1), s = t * c;
  for (int k = 0; k < 3; k++)
    {
      double x = a[k][p], y = a[k][q];
      a[k][p] = c * x - s * y;
      a[k][q] = s * x + c * y;
    }
  for (int k = 0; k < 3; k++)
    {
      double x = a[p][k], y = a[q][k];
      a[p][k] = c * x - s * y;
      a[q][k] = s * x + c * y;
      x = v[k][p];
      y = v[k][q];
      v[k][p] = c * x - s * y;
      v[k][q] = s * x + c * y;
    }
}

gboolean
cf_saddle_direction (const double hessian[3][3], double direction[3])
{
  double a[3][3], v[3][3] = { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } }, most = 0;
  int up = 0, longest = 0;
  for (int i = 0; i < 9; i++)
    if (!isfinite (hessian[i / 3][i % 3]))
      return FALSE;
  memcpy (a, hessian, sizeof a);
  for (int sweep = 0; sweep < SWEEPS; sweep++)
    for (int k = 0; k < 3; k++)
      rotate (a, v, k == 2, k == 0 ? 1 : 2);
  for (int k = 0; k < 3; k++)
    {
      most = MAX (most, fabs (a[k][k]));
      if (a[k][k] > a[up][up])
        up = k;
    }
  if (!(a[up][up] > RISES * most))
    return FALSE;
  for (int k = 0; k < 3; k++)
    if (fabs (v[k][up]) > fabs (v[longest][up]))
      longest = k;
  for (int k = 0; k < 3; k++)
    direction[k] = v[longest][up] < 0 ? -v[k][up] : v[k][up];
  return TRUE;
}
