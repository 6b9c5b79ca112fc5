/* cmd-graph.c: what is made of a neural map: voxels, the density graph, the walks, the sweep. */
#include "cli-field.h"

#include <math.h>
#include <stdio.h>

#include "cf-curve.h"
#include "cf-graph-file.h"
#include "cf-mrc.h"
#include "cf-words.h"

gboolean
cf_cmd_sample (CfCli *cli, char **argv, GError **error)
{
  g_autofree char *output = NULL, *like_path = NULL;
  g_auto (GStrv) files = NULL;
  g_autoptr (CfEvaluator) evaluator = NULL;
  g_autoptr (CfVolume) like = NULL, volume = NULL;
  double spacing = 0;
  const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &output, N_("The map to write"), "MRC" },
    { "spacing", 0, 0, G_OPTION_ARG_DOUBLE, &spacing, N_("Voxel edge, A; default: the source's voxels"), "S" },
    { "like", 0, 0, G_OPTION_ARG_FILENAME, &like_path, N_("At the voxels of this map"), "MAP" },
    { NULL },
  };

  if (!cf_cli_parse (cli, entries, argv, 1, 1, &files, error) || !cf_cli_need ("-o", output, error)
      || !cf_cli_check_range ("--spacing", spacing == 0 ? 1 : spacing, 0.01, 1000, error) || !cf_cli_check_output (output, error))
    return FALSE;
  if (spacing != 0 && like_path)
    {
      g_set_error_literal (error, CF_ERROR, CF_ERROR_ARGUMENT, _("--spacing and --like are both given, needs one of them"));
      return FALSE;
    }
  if (like_path && !(like = cf_cli_load_map (cli, like_path, error)))
    return FALSE;
  evaluator = cf_cli_open_field (cli, files[0], error);
  if (!evaluator)
    return FALSE;
  volume = cf_evaluator_sample (evaluator, spacing, like, cf_cli_progress, (gpointer) _("sampling"), cli->cancellable, error);
  return volume && cf_mrc_save (volume, output, NULL, cli->cancellable, error);
}

/* Suffix and folder of each, before the work. */
static gboolean
check_graph_outputs (char **outputs, GError **error)
{
  for (int i = 0; outputs[i]; i++)
    {
      const CfGraphFormat *f = cf_graph_formats ();
      GString *known = g_string_new (NULL);

      for (; f->suffix && !g_str_has_suffix (outputs[i], f->suffix); f++)
        g_string_append_printf (known, " %s", f->suffix);
      if (!f->suffix)
        g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, _("-o is %s, needs a name that ends with one of%s"), outputs[i], known->str);
      g_string_free (known, TRUE);
      if (!f->suffix || !cf_cli_check_output (outputs[i], error))
        return FALSE;
    }
  return TRUE;
}

static void
print_graph (const CfGraph *g, const char *kind)
{
  printf ("level       %.6g in file units, %.6g normalised, %.4g sigma (%s)\n", g->level.file, g->level.normalised, g->level.sigma, kind);
  printf ("seeds       %zu\npeaks       %zu\nnodes       %zu\nedges       %zu (within %.4g A)\ncomponents  %zu\n", g->n_seeds, g->n_peaks, g->n_nodes,
          g->n_edges, g->adjacency, g->n_components);
}

gboolean
cf_cmd_graph (CfCli *cli, char **argv, GError **error)
{
  g_autofree char *level = NULL, *command = NULL, *ascent = NULL;
  g_auto (GStrv) files = NULL, outputs = NULL;
  g_autoptr (CfEvaluator) evaluator = NULL;
  g_autoptr (CfGraph) graph = NULL;
  CfCliGraphFlags flags = { 0 };
  CfCliGraphOptions options;
  CfLevelSpec spec;
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME_ARRAY, &outputs, N_("A file to write; may be given again. .graphml .json .npz .cif .pdb .cmm .bild"),
      "FILE" },
    { "level", 0, 0, G_OPTION_ARG_STRING, &level, CF_CLI_LEVEL_HELP, "LEVEL" },
    CF_CLI_GRAPH_ENTRIES (flags),
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_("One JSON object on stdout"), NULL },
    { NULL },
  };

  if (!cf_cli_parse (cli, entries, argv, 1, 1, &files, error))
    return FALSE;
  ascent = flags.ascent;
  if ((outputs && !check_graph_outputs (outputs, error)) || !cf_cli_level_spec (level, NAN, &spec, error)
      || !cf_cli_graph_options (&flags, &options, error))
    return FALSE;
  evaluator = cf_cli_open_field (cli, files[0], error);
  if (!evaluator || !cf_cli_level_spec (level, cf_evaluator_field (evaluator)->contour, &spec, error))
    return FALSE;
  command = cf_cli_command_line (argv);
  if (!cf_cli_make_graph (cli, evaluator, &spec, &options, command, NULL, &graph, error))
    return FALSE;
  for (int i = 0; outputs && outputs[i]; i++)
    if (!cf_graph_save (graph, outputs[i], error))
      return FALSE;
  if (json)
    {
      json_t *object = cf_cli_graph_to_json (graph);
      json_object_set_new (object, "level_kind", json_string (cf_cli_level_kind_name (spec.kind)));
      return cf_json_print (object, error);
    }
  print_graph (graph, cf_cli_level_kind_name (spec.kind));
  return TRUE;
}

gboolean
cf_cmd_walk (CfCli *cli, char **argv, GError **error)
{
  g_autofree char *level = NULL, *ascent_name = NULL, *output = NULL;
  g_auto (GStrv) files = NULL;
  g_autoptr (CfEvaluator) evaluator = NULL;
  g_autoptr (CfPeaks) peaks = NULL;
  CfAscent ascent;
  CfLevelSpec spec;
  double lowest;
  const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &output, N_("The NPZ to write: seed, seed_density, peak, peak_density"), "NPZ" },
    { "level", 0, 0, G_OPTION_ARG_STRING, &level, CF_CLI_LEVEL_HELP, "LEVEL" },
    { "ascent", 0, 0, G_OPTION_ARG_STRING, &ascent_name, N_("How seeds climb: default or paper"), "KIND" },
    { NULL },
  };

  if (!cf_cli_parse (cli, entries, argv, 1, 1, &files, error) || !cf_cli_need ("-o", output, error) || !cf_cli_check_output (output, error)
      || !cf_cli_level_spec (level, NAN, &spec, error) || !cf_cli_parse_ascent (ascent_name, &ascent, error))
    return FALSE;
  evaluator = cf_cli_open_field (cli, files[0], error);
  if (!evaluator || !cf_cli_level_spec (level, cf_evaluator_field (evaluator)->contour, &spec, error)
      || !cf_cli_level_lowest (&spec, cf_evaluator_field (evaluator), TRUE, &lowest, error))
    return FALSE;
  peaks = cf_cli_walk (cli, evaluator, lowest, ascent, error);
  if (!peaks || !cf_peaks_save_npz (peaks, output, error))
    return FALSE;
  cf_cli_note (_("%s: %zu seeds of d >= %.6g, %zu more left the map and were dropped; %.3g gradients a seed"), output, peaks->n, lowest, peaks->dropped,
               peaks->n ? (double) peaks->gradients / peaks->n : 0);
  return TRUE;
}

gboolean
cf_cmd_sweep (CfCli *cli, char **argv, GError **error)
{
  g_autofree char *output = NULL, *model_path = NULL, *ascent = NULL;
  g_auto (GStrv) files = NULL;
  g_autoptr (CfEvaluator) evaluator = NULL;
  g_autoptr (CfStructure) model = NULL;
  g_autoptr (CfPeaks) peaks = NULL;
  g_autoptr (CfSweep) sweep = NULL;
  g_autoptr (CfCurve) curve = NULL;
  CfCliGraphFlags flags = { 0 };
  CfCliGraphOptions options;
  CfGraphOptions graph_options;
  int levels = 64;
  const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &output, N_("The table to write"), "CSV" },
    { "model", 0, 0, G_OPTION_ARG_FILENAME, &model_path, N_("Compare with this model at each level"), "M" },
    { "levels", 0, 0, G_OPTION_ARG_INT, &levels, N_("How many levels; default 64"), "N" },
    CF_CLI_GRAPH_ENTRIES (flags),
    { NULL },
  };

  if (!cf_cli_parse (cli, entries, argv, 1, 1, &files, error))
    return FALSE;
  ascent = flags.ascent;
  if (!cf_cli_need ("-o", output, error) || !cf_cli_check_output (output, error) || !cf_cli_check_range ("--levels", levels, 2, 10000, error)
      || !cf_cli_graph_options (&flags, &options, error))
    return FALSE;
  if (model_path && !(model = cf_cli_load_model (cli, model_path, error)))
    return FALSE;
  evaluator = cf_cli_open_field (cli, files[0], error);
  if (!evaluator)
    return FALSE;
  peaks = cf_cli_walk (cli, evaluator, cf_level_floor (&cf_evaluator_field (evaluator)->normalisation).normalised, options.ascent, error);
  sweep = peaks ? cf_sweep_new (peaks, CF_CLUSTER_EPS, cli->cancellable, error) : NULL;
  if (!sweep)
    return FALSE;
  graph_options = (CfGraphOptions) { .adjacency = options.adjacency, .min_component = options.min_component };
  curve = cf_curve_new (evaluator, sweep, model, levels, &graph_options, cli->cancellable, error);
  return curve && cf_curve_save_csv (curve, output, error);
}
