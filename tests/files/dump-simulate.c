/* dump-simulate MODEL|demo MRC RESOLUTION SPACING ELEMENTS NOISE SEED [x0,y0,z0,x1,y1,z1]: a simulated map; "-" for all elements but hydrogen. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cf-demo.h"
#include "cf-mrc.h"

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  if (argc < 8)
    return 2;
  CfSimulateOptions options = { .resolution = atof (argv[3]), .spacing = atof (argv[4]), .noise_sd = atof (argv[6]),
                                .elements = strcmp (argv[5], "-") == 0 ? NULL : argv[5], .seed = (guint64) atoll (argv[7]) };
  if (argc > 8)
    {
      g_auto (GStrv) words = g_strsplit (argv[8], ",", 6);
      options.has_box = g_strv_length (words) == 6;
      for (int i = 0; i < 6 && options.has_box; i++)
        options.box[i] = atof (words[i]);
    }
  gboolean demo = strcmp (argv[1], "demo") == 0;
  g_autoptr (CfStructure) structure = demo ? cf_demo_structure (&error) : cf_structure_load (argv[1], NULL, &error);
  g_autoptr (CfVolume) volume =
    !structure ? NULL : demo ? cf_demo_volume (structure, NULL, &error) : cf_simulate (structure, &options, NULL, &error);
  if (!volume || !cf_mrc_save (volume, argv[2], NULL, NULL, &error))
    {
      fprintf (stderr, "%s\n", error->message);
      return 3;
    }
  return 0;
}
