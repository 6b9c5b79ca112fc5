/* cf-nearest.c: a k-d tree that lies in one array: the middle of each stretch is its root, and splits along axis depth % 3. */
#include "cf-nearest.h"

#include <math.h>
#include <string.h>

typedef struct
{
  double at[3];
  guint32 index;
} Entry;

struct _CfNearest
{
  gsize n;
  Entry *entries;
};

static void
swap (Entry *a, Entry *b)
{
  Entry t = *a;
  *a = *b;
  *b = t;
}

/* Puts the k-th smallest along the axis in its place, smaller ones before it (quickselect by Hoare). */
static void
place_middle (Entry *e, gint64 lo, gint64 hi, gint64 k, int axis)
{
  while (lo < hi)
    {
      double pivot = e[k].at[axis];
      gint64 i = lo, j = hi;
      do
        {
          while (e[i].at[axis] < pivot)
            i++;
          while (pivot < e[j].at[axis])
            j--;
          if (i <= j)
            swap (&e[i++], &e[j--]);
        }
      while (i <= j);
      if (j < k)
        lo = i;
      if (k < i)
        hi = j;
    }
}

static void
build (Entry *e, gint64 lo, gint64 hi, int axis)
{
  while (lo < hi)
    {
      gint64 middle = lo + (hi - lo) / 2;
      place_middle (e, lo, hi, middle, axis);
      axis = (axis + 1) % 3;
      build (e, lo, middle - 1, axis);
      lo = middle + 1;
    }
}

CfNearest *
cf_nearest_new (const double (*points)[3], gsize n)
{
  CfNearest *nearest = g_new (CfNearest, 1);
  nearest->n = n;
  nearest->entries = g_new (Entry, n);
  for (gsize i = 0; i < n; i++)
    {
      memcpy (nearest->entries[i].at, points[i], sizeof nearest->entries[i].at);
      nearest->entries[i].index = (guint32) i;
    }
  build (nearest->entries, 0, (gint64) n - 1, 0);
  return nearest;
}

void
cf_nearest_free (CfNearest *nearest)
{
  g_free (nearest->entries);
  g_free (nearest);
}

typedef struct
{
  const Entry *entries;
  const double *at;
  double best2;
  gint64 index;
} Search;

static void
descend (Search *s, gint64 lo, gint64 hi, int axis)
{
  if (lo > hi)
    return;
  gint64 middle = lo + (hi - lo) / 2;
  const Entry *e = &s->entries[middle];
  double x = e->at[0] - s->at[0], y = e->at[1] - s->at[1], z = e->at[2] - s->at[2], d2 = x * x + y * y + z * z;
  if (d2 < s->best2)
    {
      s->best2 = d2;
      s->index = e->index;
    }
  double beyond = s->at[axis] - e->at[axis];
  gboolean upper = beyond > 0;
  int next = (axis + 1) % 3;
  descend (s, upper ? middle + 1 : lo, upper ? hi : middle - 1, next);
  if (beyond * beyond < s->best2)
    descend (s, upper ? lo : middle + 1, upper ? middle - 1 : hi, next);
}

gint64
cf_nearest_find (const CfNearest *nearest, const double at[3], double *distance)
{
  Search search = { nearest->entries, at, HUGE_VAL, -1 };
  descend (&search, 0, (gint64) nearest->n - 1, 0);
  if (distance)
    *distance = search.index < 0 ? NAN : sqrt (search.best2);
  return search.index;
}
