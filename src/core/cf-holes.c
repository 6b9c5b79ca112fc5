/* cf-holes.c: Lagrange interpolation into holes, iterated. */
#include "cf-holes.h"

#include <math.h>

#define PASSES 60
#define SETTLED 1e-6 /* of the largest value */

/* The value at 0 of the polynomial through -k .. -1, 1 .. k, by the distance of a neighbour. */
static const double weights[4][3] = {
  { 0 },
  { 1 / 2.0 },
  { 4 / 6.0, -1 / 6.0 },
  { 15 / 20.0, -6 / 20.0, 1 / 20.0 },
};

static int
neighbours_both_sides (const int dims[3], const int at[3], int axis, int most)
{
  return MIN (most, MIN (at[axis], dims[axis] - 1 - at[axis]));
}

/* At a corner of the box no axis has neighbours on both sides: the mean of the nearest. */
static double
mean_of_nearest (const float *values, const int dims[3], const int at[3], gsize voxel, const gsize stride[3])
{
  double sum = 0;
  int n = 0;

  for (int a = 0; a < 3; a++)
    {
      if (at[a] > 0)
        sum += values[voxel - stride[a]], n++;
      if (at[a] + 1 < dims[a])
        sum += values[voxel + stride[a]], n++;
    }
  return n > 0 ? sum / n : values[voxel];
}

static double
predict (const float *values, const int dims[3], gsize voxel, int reach)
{
  const gsize stride[3] = { 1, dims[0], (gsize) dims[0] * dims[1] };
  const int at[3] = { (int) (voxel % dims[0]), (int) (voxel / stride[1] % dims[1]), (int) (voxel / stride[2]) };
  int k[3], most = 0, axes = 0;
  double sum = 0;

  for (int a = 0; a < 3; a++)
    {
      k[a] = neighbours_both_sides (dims, at, a, reach);
      most = MAX (most, k[a]);
    }
  if (most == 0)
    return mean_of_nearest (values, dims, at, voxel, stride);
  for (int a = 0; a < 3; a++)
    if (k[a] == most)
      {
        for (int i = 1; i <= most; i++)
          sum += weights[most][i - 1] * ((double) values[voxel - i * stride[a]] + values[voxel + i * stride[a]]);
        axes++;
      }
  return sum / axes;
}

/* So that the iteration begins near its end, and does not depend on what the holes held. */
static double
begin (float *values, const int dims[3], const guint32 *holes, gsize n)
{
  gsize all = (gsize) dims[0] * dims[1] * dims[2];
  double sum = 0, held = 0, largest = 0;

  for (gsize i = 0; i < all; i++)
    sum += values[i];
  for (gsize i = 0; i < n; i++)
    held += values[holes[i]];
  for (gsize i = 0; i < n; i++)
    values[holes[i]] = (float) ((sum - held) / (double) (all - n));
  for (gsize i = 0; i < all; i++)
    largest = MAX (largest, fabs (values[i]));
  return largest;
}

void
cf_holes_fill (float *values, const int dims[3], const guint32 *holes, gsize n, int points)
{
  double largest, change;
  int pass = 0;

  if (n == 0 || n == (gsize) dims[0] * dims[1] * dims[2])
    return;
  largest = begin (values, dims, holes, n);
  /* The first pass with two neighbours an axis: it cannot overshoot. */
  do
    {
      change = 0;
      for (gsize i = 0; i < n; i++)
        {
          double filled = predict (values, dims, holes[i], pass == 0 ? 1 : points / 2);

          change = MAX (change, fabs (filled - values[holes[i]]));
          values[holes[i]] = (float) filled;
        }
    }
  while (++pass < PASSES && change > SETTLED * largest);
}
