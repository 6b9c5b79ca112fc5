/* dump-probe MAP POINTS trilinear|tricubic|triquintic: values and gradients at points (raw float64, x y z) as raw float64 on stdout: value gx gy gz. */
#include <stdio.h>
#include <string.h>

#include "cf-mrc.h"

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *points = NULL;
  gsize size;
  if (argc < 4)
    return 2;
  g_autoptr (CfVolume) volume = cf_mrc_load (argv[1], NULL, &error);
  if (!volume || !g_file_get_contents (argv[2], &points, &size, &error))
    {
      fprintf (stderr, "%s\n", error->message);
      return 3;
    }
  gsize n = size / (3 * sizeof (double));
  g_autofree double *xyz = g_new (double, 3 * n), *value = g_new (double, n), *gradient = g_new (double, 3 * n);
  memcpy (xyz, points, n * 3 * sizeof (double));
  CfInterpolation kind = strcmp (argv[3], "triquintic") == 0 ? CF_INTERPOLATION_TRIQUINTIC
                         : strcmp (argv[3], "tricubic") == 0 ? CF_INTERPOLATION_TRICUBIC
                                                             : CF_INTERPOLATION_TRILINEAR;
  g_autoptr (CfInterpolator) interpolator = cf_interpolator_new (volume, kind);
  cf_interpolator_query (interpolator, n, xyz, value, gradient);
  for (gsize i = 0; i < n; i++)
    {
      fwrite (value + i, sizeof (double), 1, stdout);
      fwrite (gradient + 3 * i, sizeof (double), 3, stdout);
    }
  return 0;
}
