#include "cf-paths.h"

#include <math.h>
#include <string.h>

CfPaths *
cf_paths_new (gsize n, GArray *const *places)
{
  CfPaths *paths = g_new0 (CfPaths, 1);
  paths->n = n;
  paths->first = g_new0 (gsize, n + 1);
  for (gsize i = 0; i < n; i++)
    paths->first[i + 1] = paths->first[i] + places[i]->len;
  paths->at = g_malloc0_n (paths->first[n], sizeof *paths->at);
  paths->so_far = g_new0 (double, paths->first[n]);
  for (gsize i = 0; i < n; i++)
    {
      gsize from = paths->first[i];
      if (places[i]->len)
        memcpy (paths->at[from], places[i]->data, places[i]->len * sizeof *paths->at);
      for (gsize k = from + 1; k < paths->first[i + 1]; k++)
        {
          const float *a = paths->at[k - 1], *b = paths->at[k];
          paths->so_far[k] = paths->so_far[k - 1] + hypot (hypot (b[0] - a[0], b[1] - a[1]), b[2] - a[2]);
        }
    }
  return paths;
}

void
cf_paths_free (CfPaths *paths)
{
  g_free (paths->first);
  g_free (paths->at);
  g_free (paths->so_far);
  g_free (paths);
}

double
cf_paths_length (const CfPaths *paths, gsize path)
{
  gsize end = paths->first[path + 1];
  return end > paths->first[path] ? paths->so_far[end - 1] : 0;
}

gsize
cf_paths_at (const CfPaths *paths, gsize path, double length, float at[3])
{
  gsize k = paths->first[path], last = paths->first[path + 1] - 1;
  while (k < last && paths->so_far[k + 1] <= length)
    k++;
  double leg = k < last ? paths->so_far[k + 1] - paths->so_far[k] : 0, share = leg > 0 ? fmax (length - paths->so_far[k], 0) / leg : 0;
  for (int a = 0; a < 3; a++)
    at[a] = (float) (paths->at[k][a] + (k < last ? share * (paths->at[k + 1][a] - paths->at[k][a]) : 0));
  return k;
}
