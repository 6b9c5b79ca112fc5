/* dump-map MAP OUT [--nstart] [--volume N] [--save MRC MODE]: what the reader made of a map, as JSON on stdout and voxels as raw float32
 * in OUT, for the independent script that judges it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cf-file.h"
#include "cf-mrc.h"

static void
print_doubles (const char *key, const double *values, int n)
{
  printf ("\"%s\": [", key);
  for (int i = 0; i < n; i++)
    printf ("%s%.17g", i ? ", " : "", values[i]);
  printf ("], ");
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  CfMrcLoadOptions options = { FALSE, 0 };
  const char *save = NULL;
  CfMrcSaveOptions saving = { 2, NULL };
  if (argc < 3)
    return 2;
  for (int i = 3; i < argc; i++)
    if (strcmp (argv[i], "--nstart") == 0)
      options.by_nstart = TRUE;
    else if (strcmp (argv[i], "--volume") == 0 && i + 1 < argc)
      options.volume = atoi (argv[++i]);
    else if (strcmp (argv[i], "--save") == 0 && i + 2 < argc)
      {
        save = argv[++i];
        saving.mode = atoi (argv[++i]);
      }
  g_autoptr (CfVolume) volume = cf_mrc_load_with (argv[1], &options, NULL, &error);
  if (!volume)
    {
      fprintf (stderr, "%s\n", error->message);
      return 3;
    }
  const CfGrid *grid = &volume->grid;
  const CfMapHeader *header = &volume->header;
  const CfStatistics *s = &volume->statistics;
  printf ("{\"dims\": [%d, %d, %d], ", grid->dims[0], grid->dims[1], grid->dims[2]);
  print_doubles ("origin", grid->origin, 3);
  print_doubles ("step", grid->step[0], 9);
  print_doubles ("cell", header->cell, 6);
  print_doubles ("statistics", (const double[]){ s->min, s->max, s->mean, s->sd, (double) s->nonfinite }, 5);
  printf ("\"axes\": [%d, %d, %d], \"mode\": %d, \"big\": %d, \"placement\": %d, \"volumes\": %d, \"sha256\": \"%s\", \"labels\": %u, ",
          header->axes[0], header->axes[1], header->axes[2], header->mode, header->big_endian, header->placement, header->n_volumes,
          volume->sha256, g_strv_length (header->labels));
  printf ("\"warnings\": [");
  for (char **warning = volume->warnings; *warning; warning++)
    printf ("%s\"%s\"", warning == volume->warnings ? "" : ", ", *warning);
  printf ("]}\n");
  if (!cf_file_save (argv[2], volume->data, cf_grid_n_voxels (grid) * sizeof (float), &error) ||
      (save && !cf_mrc_save (volume, save, &saving, NULL, &error)))
    {
      fprintf (stderr, "%s\n", error->message);
      return 1;
    }
  return 0;
}
