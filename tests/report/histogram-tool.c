/* histogram-tool.c: prints the bins of a file of raw float32 voxels, for test-histogram.py.
 * Arguments: FILE nx ny nz lo0 lo1 lo2 n0 n1 n2 max */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cf-plot.h"

int
main (int argc, char **argv)
{
  g_autofree char *data = NULL;
  gsize length;
  int numbers[9];
  const double origin[3] = { 0 }, spacing[3] = { 1, 1, 1 };
  CfGrid grid;
  CfNormalisation normalisation = { 0 };
  guint64 bins[CF_HISTOGRAM_BINS];

  if (argc != 12 || !g_file_get_contents (argv[1], &data, &length, NULL))
    return 2;
  for (int i = 0; i < 9; i++)
    numbers[i] = atoi (argv[2 + i]);
  if (length != sizeof (float) * numbers[0] * numbers[1] * numbers[2])
    return 2;
  cf_grid_init_orthogonal (&grid, numbers, origin, spacing);
  g_autoptr (CfVolume) volume = cf_volume_new ("test", &grid, (float *)(void *)g_steal_pointer (&data));
  memcpy (normalisation.lo, numbers + 3, sizeof normalisation.lo);
  memcpy (normalisation.dims, numbers + 6, sizeof normalisation.dims);
  normalisation.max = atof (argv[11]);
  cf_histogram (volume, &normalisation, bins);
  for (int i = 0; i < CF_HISTOGRAM_BINS; i++)
    printf ("%" G_GUINT64_FORMAT "\n", bins[i]);
  return 0;
}
