/* Reads peaks (guint32 n, float density[n], float peak[n][3]; the machine's byte order) from a file, and for each level named
 * writes n_seeds, n clusters and the labels to standard output, as guint32. For sweep-sklearn.py.
 * With `plateau LOWEST` instead of levels it prints the plateau, its lower and its upper end. For plateau-numpy.py. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cf-sweep.h"

static CfPeaks *
read_peaks (const char *path)
{
  g_autofree char *data = NULL;
  gsize length;
  guint32 n;
  if (!g_file_get_contents (path, &data, &length, NULL) || length < sizeof n)
    return NULL;
  memcpy (&n, data, sizeof n);
  if (length != sizeof n + (gsize) n * 16)
    return NULL;
  CfPeaks *peaks = cf_peaks_new (n);
  if (n)
    {
      memcpy (peaks->seed_density, data + sizeof n, n * sizeof (float));
      memcpy (peaks->peak, data + sizeof n + n * sizeof (float), n * 3 * sizeof (float));
      memcpy (peaks->seed, peaks->peak, n * 3 * sizeof (float));
    }
  cf_peaks_sort (peaks);
  return peaks;
}

static int
print_plateau (CfSweep *sweep)
{
  double lo, hi, level = cf_sweep_plateau (sweep, &lo, &hi);
  printf ("%.9g %.9g %.9g\n", level, lo, hi);
  return 0;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CfPeaks) peaks = argc > 1 ? read_peaks (argv[1]) : NULL;
  if (!peaks)
    return 2;
  gboolean plateau = argc == 4 && strcmp (argv[2], "plateau") == 0;
  if (plateau)
    peaks->lowest = g_ascii_strtod (argv[3], NULL);
  gint64 start = g_get_monotonic_time ();
  g_autoptr (CfSweep) sweep = cf_sweep_new (peaks, CF_CLUSTER_EPS, NULL, &error);
  if (!sweep)
    return 1;
  g_printerr ("build %.3f s\n", (g_get_monotonic_time () - start) / 1e6);
  if (plateau)
    return print_plateau (sweep);
  for (int i = 2; i < argc; i++)
    {
      start = g_get_monotonic_time ();
      g_autoptr (CfClusters) clusters = cf_sweep_cut (sweep, g_ascii_strtod (argv[i], NULL), TRUE);
      g_printerr ("cut %.3f ms\n", (g_get_monotonic_time () - start) / 1e3);
      guint32 head[2] = { (guint32) clusters->n_seeds, (guint32) clusters->n };
      fwrite (head, sizeof head, 1, stdout);
      fwrite (clusters->labels, sizeof (guint32), clusters->n_seeds, stdout);
    }
  return 0;
}
