#include "cf-plateau.h"

#include <math.h>

#define BINS 512
#define REACH 6 /* widths of the Gaussian */

/* Births a bin, smoothed; the ends are those of the levels. */
typedef struct
{
  double from, step; /* ln d of the first bin's middle, and between two */
  double born[BINS];
} Births;

/* What lies beyond the lowest level is not known: the births below it are taken to be those above it, mirrored. */
static void
smooth (const double *count, Births *out)
{
  int reach = (int) ceil (REACH * CF_PLATEAU_WIDTH / out->step);
  for (int i = 0; i < BINS; i++)
    {
      out->born[i] = 0;
      for (int j = MAX (i - reach, -BINS); j <= MIN (i + reach, BINS - 1); j++)
        {
          double x = (i - j) * out->step / CF_PLATEAU_WIDTH;
          out->born[i] += count[j >= 0 ? j : -1 - j] * exp (-0.5 * x * x);
        }
    }
}

static gboolean
count_births (const float *births, gsize n, double lowest, Births *out)
{
  double highest = lowest, count[BINS] = { 0 };
  for (gsize i = 0; i < n; i++)
    highest = MAX (highest, births[i]);
  out->step = log (highest / lowest) / BINS;
  out->from = log (lowest) + out->step / 2;
  if (!(out->step > 0))
    return FALSE;
  for (gsize i = 0; i < n; i++)
    count[CLAMP ((int) (log (MAX (births[i], lowest) / lowest) / out->step), 0, BINS - 1)]++;
  smooth (count, out);
  return TRUE;
}

typedef struct
{
  int at;
  double depth;
} Valley;

static Valley
find_valley (const double *p)
{
  Valley best = { -1, 0 };
  double right[BINS], left = p[0];
  right[BINS - 1] = p[BINS - 1];
  for (int i = BINS - 2; i >= 0; i--)
    right[i] = MAX (p[i], right[i + 1]);
  for (int i = 1; i < BINS - 1; left = MAX (left, p[i]), i++)
    {
      double lower = MIN (left, right[i + 1]), higher = MAX (left, right[i + 1]);
      if (p[i] <= p[i - 1] && p[i] < p[i + 1] && lower >= CF_PLATEAU_HEAP * higher && lower - p[i] > best.depth)
        best = (Valley){ i, lower - p[i] };
    }
  return best;
}

double
cf_plateau_find (const float *births, gsize n, double lowest, double *lo, double *hi)
{
  Births b;
  Valley valley = { -1, 0 };
  if (lowest > 0 && count_births (births, n, lowest, &b))
    valley = find_valley (b.born);
  int first = valley.at, last = valley.at;
  if (valley.at >= 0)
    {
      double half = b.born[valley.at] + valley.depth / 2;
      while (first > 0 && b.born[first - 1] <= half)
        first--;
      while (last < BINS - 1 && b.born[last + 1] <= half)
        last++;
    }
  if (lo)
    *lo = valley.at >= 0 ? exp (b.from + first * b.step) : NAN;
  if (hi)
    *hi = valley.at >= 0 ? exp (b.from + last * b.step) : NAN;
  return valley.at >= 0 ? exp (b.from + valley.at * b.step) : NAN;
}
