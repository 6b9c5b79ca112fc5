/* cmd-simulate.c: a map from atoms. method.md section 5. */
#include "cli.h"

#include <float.h>

#include "cf-mrc.h"
#include "cf-simulate.h"
#include "cf-words.h"

gboolean
cf_cmd_simulate (CfCli *cli, char **argv, GError **error)
{
  g_autofree char *output = NULL, *elements = NULL, *box = NULL;
  g_auto (GStrv) files = NULL;
  g_autoptr (CfStructure) model = NULL;
  g_autoptr (CfVolume) volume = NULL;
  double resolution = 0, spacing = 0, noise = 0;
  gint64 seed = 0;
  CfSimulateOptions options = { 0 };
  const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &output, N_("The map to write"), "MRC" },
    { "resolution", 0, 0, G_OPTION_ARG_DOUBLE, &resolution, N_("Resolution, A: each atom is a Gaussian of sd 0.225 R"), "R" },
    { "spacing", 0, 0, G_OPTION_ARG_DOUBLE, &spacing, N_("Voxel edge, A; default R / 3"), "S" },
    { "elements", 0, 0, G_OPTION_ARG_STRING, &elements, N_("Only these elements; default: all but hydrogen"), "C,N,O" },
    { "noise", 0, 0, G_OPTION_ARG_DOUBLE, &noise, N_("Add white noise of this sd, file units"), "SD" },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &seed, N_("Seed of the noise; default 0"), "N" },
    { "box", 0, 0, G_OPTION_ARG_STRING, &box, N_("The box, A; default: the atoms with a padding of 3 R"), "x0,y0,z0,x1,y1,z1" },
    { NULL },
  };

  if (!cf_cli_parse (cli, entries, argv, 1, 1, &files, error) || !cf_cli_need ("-o", output, error)
      || !cf_cli_need ("--resolution", resolution != 0 ? files : NULL, error)
      || !cf_cli_check_range ("--resolution", resolution, 0.1, 100, error)
      || !cf_cli_check_range ("--spacing", spacing == 0 ? 1 : spacing, 0.01, 100, error)
      || !cf_cli_check_range ("--noise", noise, 0, FLT_MAX, error) || !cf_cli_check_output (output, error))
    return FALSE;
  options = (CfSimulateOptions) {
    .resolution = resolution, .spacing = spacing, .elements = elements, .noise_sd = noise, .seed = (guint64) seed, .has_box = box != NULL
  };
  if (box && !cf_cli_parse_numbers ("--box", box, 6, options.box, error))
    return FALSE;
  model = cf_cli_load_model (cli, files[0], error);
  if (!model)
    return FALSE;
  volume = cf_simulate (model, &options, cli->cancellable, error);
  if (!volume || !cf_mrc_save (volume, output, NULL, cli->cancellable, error))
    return FALSE;
  cf_cli_note (_("%s: %d x %d x %d voxels of %.4g A, largest value %.6g"), output, volume->grid.dims[0], volume->grid.dims[1], volume->grid.dims[2],
               cf_grid_edge (&volume->grid, 0), volume->statistics.max);
  return TRUE;
}
