/* cf-landscape-answer.h: the field between its samples at one point, for host and device. Cubic convolution of six samples an axis (Keys 1981,
 * "Cubic convolution interpolation for digital image processing"). Use it through cf-landscape.h. */
#pragma once

#include <math.h>
#include <stddef.h>

#include "cf-both.h"

#define CF_LANDSCAPE_SIDE 8 /* samples along a brick's edge */
#define CF_LANDSCAPE_BRICK (CF_LANDSCAPE_SIDE * CF_LANDSCAPE_SIDE * CF_LANDSCAPE_SIDE)
#define CF_TAPS 6

typedef struct
{
  int dims[3];                     /* samples */
  int n[3];                        /* bricks */
  double origin[3], inverse[3][3]; /* of the grid: A to samples */
  const float *const *bricks;      /* [n[2]][n[1]][n[0]] of [CF_LANDSCAPE_BRICK], x fastest; NULL: not kept. NAN beyond the grid */
} CfLandscapeView;

/* Weights of the samples -2 .. 3 around a point at t in [0, 1) from sample 0, and their slopes. */
CF_BOTH void
cf_tap_weights (double t, float w[CF_TAPS], float slope[CF_TAPS])
{
  for (int k = 0; k < CF_TAPS; k++)
    {
      const double s = t - (k - 2), a = fabs (s), sign = s < 0 ? -1 : 1;

      if (a < 1)
        {
          w[k] = (float) ((4.0 / 3 * a - 7.0 / 3) * a * a + 1);
          slope[k] = (float) (sign * (4 * a - 14.0 / 3) * a);
        }
      else if (a < 2)
        {
          w[k] = (float) (((-7.0 / 12 * a + 3) * a - 59.0 / 12) * a + 2.5);
          slope[k] = (float) (sign * ((-7.0 / 4 * a + 6) * a - 59.0 / 12));
        }
      else
        {
          w[k] = (float) (((1.0 / 12 * a - 2.0 / 3) * a + 7.0 / 4) * a - 1.5);
          slope[k] = (float) (sign * ((0.25 * a - 4.0 / 3) * a + 7.0 / 4));
        }
    }
}

/* The bricks that the 6 x 6 x 6 samples from `first` on lie in: at most two an axis. 0 where one is not there. */
CF_BOTH int
cf_landscape_bricks (const CfLandscapeView *l, const int first[3], const float *bricks[2][2][2])
{
  int b[3], top[3];

  for (int a = 0; a < 3; a++)
    {
      if (first[a] < 0 || first[a] + CF_TAPS > l->dims[a])
        return 0;
      b[a] = first[a] / CF_LANDSCAPE_SIDE;
      top[a] = (first[a] + CF_TAPS - 1) / CF_LANDSCAPE_SIDE - b[a];
    }
  for (int z = 0; z < 2; z++)
    for (int y = 0; y < 2; y++)
      for (int x = 0; x < 2; x++)
        {
          const int i = b[0] + (x < top[0] ? x : top[0]), j = b[1] + (y < top[1] ? y : top[1]), k = b[2] + (z < top[2] ? z : top[2]);

          bricks[z][y][x] = l->bricks[((size_t) k * l->n[1] + j) * l->n[0] + i];
          if (bricks[z][y][x] == NULL)
            return 0;
        }
  return 1;
}

/* Value and its derivatives by the samples' three axes. */
CF_BOTH void
cf_landscape_sum (const float *bricks[2][2][2], const int first[3], const float w[3][CF_TAPS], const float slope[3][CF_TAPS], double sum[4])
{
  const int x = first[0] % CF_LANDSCAPE_SIDE, run = CF_LANDSCAPE_SIDE - x;

  for (int k = 0; k < CF_TAPS; k++)
    for (int j = 0; j < CF_TAPS; j++)
      {
        const int z = first[2] % CF_LANDSCAPE_SIDE + k, y = first[1] % CF_LANDSCAPE_SIDE + j;
        const size_t row = ((size_t) (z % CF_LANDSCAPE_SIDE) * CF_LANDSCAPE_SIDE + y % CF_LANDSCAPE_SIDE) * CF_LANDSCAPE_SIDE;
        const float *near = bricks[z / CF_LANDSCAPE_SIDE][y / CF_LANDSCAPE_SIDE][0] + row + x;
        const float *beyond = bricks[z / CF_LANDSCAPE_SIDE][y / CF_LANDSCAPE_SIDE][1] + row;
        float v = 0, dv = 0;

        for (int i = 0; i < CF_TAPS; i++)
          {
            const float s = i < run ? near[i] : beyond[i - run];

            v += w[0][i] * s;
            dv += slope[0][i] * s;
          }
        sum[0] += w[2][k] * w[1][j] * v;
        sum[1] += w[2][k] * w[1][j] * dv;
        sum[2] += w[2][k] * slope[1][j] * v;
        sum[3] += slope[2][k] * w[1][j] * v;
      }
}

/** Value and gradient (A^-1) at a point (A); NAN where samples that it needs were not kept or lie outside of the grid. */
CF_BOTH void
cf_landscape_answer (const CfLandscapeView *l, const double xyz[3], float *value, float gradient[3])
{
  float w[3][CF_TAPS], slope[3][CF_TAPS];
  double sum[4] = { 0, 0, 0, 0 };
  const float *bricks[2][2][2];
  int first[3];

  for (int a = 0; a < 3; a++)
    {
      const double *row = l->inverse[a], most = l->dims[a] + 8.0;
      double at = row[0] * (xyz[0] - l->origin[0]) + row[1] * (xyz[1] - l->origin[1]) + row[2] * (xyz[2] - l->origin[2]), low;

      /* far outside is far outside: an int holds it */
      low = floor (at > -8 ? (at < most ? at : most) : -8);
      first[a] = (int) low - 2;
      cf_tap_weights (at - low, w[a], slope[a]);
    }
  *value = gradient[0] = gradient[1] = gradient[2] = NAN;
  if (!cf_landscape_bricks (l, first, bricks))
    return;
  cf_landscape_sum (bricks, first, w, slope, sum);
  if (isnan (sum[0]))
    return;
  *value = (float) sum[0];
  for (int a = 0; a < 3; a++)
    gradient[a] = (float) (sum[1] * l->inverse[0][a] + sum[2] * l->inverse[1][a] + sum[3] * l->inverse[2][a]);
}
