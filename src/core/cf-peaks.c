#include "cf-peaks.h"

#include <string.h>

CfPeaks *
cf_peaks_new (gsize n)
{
  CfPeaks *peaks = g_new0 (CfPeaks, 1);
  g_atomic_ref_count_init (&peaks->ref_count);
  peaks->n = n;
  peaks->seed = g_malloc0_n (n, sizeof *peaks->seed);
  peaks->seed_density = g_new0 (float, n);
  peaks->peak = g_malloc0_n (n, sizeof *peaks->peak);
  peaks->peak_density = g_new0 (float, n);
  return peaks;
}

CfPeaks *
cf_peaks_ref (CfPeaks *peaks)
{
  g_atomic_ref_count_inc (&peaks->ref_count);
  return peaks;
}

void
cf_peaks_unref (CfPeaks *peaks)
{
  if (!g_atomic_ref_count_dec (&peaks->ref_count))
    return;
  g_free (peaks->seed);
  g_free (peaks->seed_density);
  g_free (peaks->peak);
  g_free (peaks->peak_density);
  g_free (peaks);
}

static int
compare_seeds (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const CfPeaks *peaks = user_data;
  guint32 i = *(const guint32 *) a, j = *(const guint32 *) b;
  float di = peaks->seed_density[i], dj = peaks->seed_density[j];
  if (di != dj)
    return di > dj ? -1 : 1;
  for (int axis = 0; axis < 3; axis++)
    if (peaks->seed[i][axis] != peaks->seed[j][axis])
      return peaks->seed[i][axis] < peaks->seed[j][axis] ? -1 : 1;
  return i < j ? -1 : i > j;
}

/* One array at a time, so that sorting 10^7 seeds needs one spare array and not a copy of all. */
static void
permute (void **array, gsize size, const guint32 *order, gsize n)
{
  char *sorted = g_malloc_n (n, size);
  for (gsize i = 0; i < n; i++)
    memcpy (sorted + i * size, (const char *) *array + order[i] * size, size);
  g_free (*array);
  *array = sorted;
}

void
cf_peaks_sort (CfPeaks *peaks)
{
  g_assert (peaks->n < G_MAXUINT32);
  g_autofree guint32 *order = g_new (guint32, peaks->n);
  for (gsize i = 0; i < peaks->n; i++)
    order[i] = (guint32) i;
  g_qsort_with_data (order, (gint) peaks->n, sizeof *order, compare_seeds, peaks);
  permute ((void **) &peaks->seed, sizeof *peaks->seed, order, peaks->n);
  permute ((void **) &peaks->seed_density, sizeof *peaks->seed_density, order, peaks->n);
  permute ((void **) &peaks->peak, sizeof *peaks->peak, order, peaks->n);
  permute ((void **) &peaks->peak_density, sizeof *peaks->peak_density, order, peaks->n);
}

gsize
cf_peaks_n_above (const CfPeaks *peaks, double level)
{
  gsize lo = 0, hi = peaks->n;
  while (lo < hi)
    {
      gsize middle = lo + (hi - lo) / 2;
      if (peaks->seed_density[middle] >= level)
        lo = middle + 1;
      else
        hi = middle;
    }
  return lo;
}
