/* A map, plain or gzip: read as it stands, by the other placement, and the second volume of a stack. */
#include <math.h>
#include <stdlib.h>

#include "cf-mrc.h"
#include "fuzz.h"

static void
check_volume (const CfVolume *volume)
{
  const CfStatistics *s = &volume->statistics;
  double sum = 0;
  for (int a = 0; a < 3; a++)
    for (int b = 0; b < 3; b++)
      sum += volume->grid.inverse[a][b] + volume->grid.origin[b];
  for (gsize i = 0, n = cf_grid_n_voxels (&volume->grid); i < n; i++)
    if (!isfinite (volume->data[i]))
      abort ();
  if (!isfinite (sum + s->min + s->max + s->mean) || isnan (s->sd))
    abort ();
  for (char **text = volume->warnings; *text; text++)
    fuzz_check_text (*text);
  for (char **text = volume->header.labels; *text; text++)
    fuzz_check_text (*text);
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize n)
{
  const char *path = fuzz_file (data, n);
  gboolean again = FALSE, stack = FALSE;
  for (int i = 0; i == 0 || (i == 1 && again) || (i == 2 && stack); i++)
    {
      GError *error = NULL;
      g_autoptr (CfVolume) volume = cf_mrc_load_with (path, &(CfMrcLoadOptions){ i == 1, i == 2 }, NULL, &error);
      fuzz_check (volume, error);
      if (!volume)
        break;
      check_volume (volume);
      again = again || volume->header.two_placements;
      stack = volume->header.n_volumes > 1;
    }
  return 0;
}
