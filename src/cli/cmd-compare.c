/* cmd-compare.c: a graph against a model, and the report of it. */
#include "cf-command.h"
#include "cf-report.h"
#include "cli-job.h"

#include <math.h>
#include <unistd.h>

static gboolean
load_within (CfCli *cli, const char *path, double level, CfPeaks **out, GError **error)
{
  g_auto (CfCliSamples) samples = { 0 };

  if (cf_cli_input_kind (path) == CF_INPUT_NEURAL)
    {
      g_autoptr (CfEvaluator) evaluator = cf_cli_open_field (cli, path, error);
      if (!evaluator || !cf_cli_samples_from_field (cli, evaluator, &samples, error))
        return FALSE;
    }
  else
    {
      g_autoptr (CfVolume) volume = cf_cli_load_map (cli, path, error);
      CfNormalisation normalisation;
      if (!volume)
        return FALSE;
      if (!cf_normalisation_compute (volume, NAN, &normalisation, error))
        {
          cf_cli_refuse (path, error);
          return FALSE;
        }
      cf_cli_samples_from_map (volume, &normalisation, &samples);
    }
  *out = cf_cli_contour_points (&samples, level);
  return TRUE;
}

gboolean
cf_cmd_compare (CfCli *cli, char **argv, GError **error)
{
  static const char *const matches[] = { "optimal", "greedy", NULL }, *const na_atoms[] = { "P", "C4'", NULL };
  g_autofree char *output = NULL, *within = NULL, *match = NULL, *na_atom = NULL;
  g_auto (GStrv) files = NULL;
  g_autoptr (CfGraph) graph = NULL;
  g_autoptr (CfStructure) model = NULL;
  g_autoptr (CfPeaks) contour = NULL;
  g_autoptr (CfComparison) comparison = NULL;
  CfCompareOptions options = { 0 };
  gboolean json = FALSE;
  gint64 seed = 0;
  int kind = CF_MATCH_OPTIMAL, na = 0;
  const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &output, "The table by residue to write", "CSV" },
    { "within", 0, 0, G_OPTION_ARG_FILENAME, &within, "The map that the graph is of: also compare with chance inside its contour", "MAP|NEURAL" },
    { "matching", 0, 0, G_OPTION_ARG_STRING, &match, "optimal (default): most pairs, then nearest; greedy: nearest pair first, as published", "KIND" },
    { "na-atom", 0, 0, G_OPTION_ARG_STRING, &na_atom, "The atom that stands for a nucleotide; default P", "P|C4'" },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &seed, "Seed of chance; default 0", "N" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, "One JSON object on stdout", NULL },
    { NULL },
  };

  if (!cf_cli_parse (cli, entries, argv, 2, 2, &files, error) || !cf_cli_parse_choice ("--matching", match, matches, &kind, error)
      || !cf_cli_parse_choice ("--na-atom", na_atom, na_atoms, &na, error) || (output && !cf_cli_check_output (output, error)))
    return FALSE;
  graph = cf_cli_load_graph (cli, files[0], error);
  model = graph ? cf_cli_load_model (cli, files[1], error) : NULL;
  if (!model || (within && !load_within (cli, within, graph->level.normalised, &contour, error)))
    return FALSE;
  options = (CfCompareOptions) { .match = kind, .contour = contour, .seed = (guint64) seed, .na_atom = na ? na_atoms[na] : NULL };
  comparison = cf_compare (graph, model, &options, cli->cancellable, error);
  if (!comparison)
    {
      cf_cli_refuse (files[1], error);
      return FALSE;
    }
  if (output && !cf_comparison_save_csv (comparison, graph, model, output, error))
    return FALSE;
  if (json)
    return cf_json_print (cf_cli_comparison_to_json (comparison, model), error);
  cf_cli_print_comparison (comparison, model);
  return TRUE;
}

/* The fit that the neural map remembers, from the map as it was given or named. */
static char *
train_command (const CfCliJob *job, const char *map, const char *neural)
{
  const CfField *field = cf_evaluator_field (job->evaluator);

  return cf_command_train_of (field, map ? map : field->source_name, neural);
}

gboolean
cf_cmd_report (CfCli *cli, char **argv, GError **error)
{
  g_autofree char *model_path = NULL, *map_path = NULL, *header_path = NULL, *level = NULL, *ascent = NULL, *command = NULL, *train = NULL;
  g_auto (GStrv) files = NULL, outputs = NULL;
  g_auto (CfCliJob) job = { 0 };
  CfCliGraphFlags flags = { 0 };
  const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME_ARRAY, &outputs, "What to write: .html, .pdf, .json, or a table (.findings.csv ...); may be repeated", "FILE" },
    { "model", 0, 0, G_OPTION_ARG_FILENAME, &model_path, "The model to compare with", "M" },
    { "map", 0, 0, G_OPTION_ARG_FILENAME, &map_path, "The source map, for its pictures and numbers", "MAP" },
    { "header", 0, 0, G_OPTION_ARG_FILENAME, &header_path, "The map's EMDB header; default: the one beside --map", "XML" },
    { "level", 0, 0, G_OPTION_ARG_STRING, &level, CF_CLI_LEVEL_HELP, "LEVEL" },
    CF_CLI_GRAPH_ENTRIES (flags),
    { NULL },
  };

  if (!cf_cli_parse (cli, entries, argv, 1, 1, &files, error))
    return FALSE;
  ascent = flags.ascent;
  if (!cf_cli_need ("-o", outputs ? outputs[0] : NULL, error) || !cf_cli_need ("--model", model_path, error)
      || !cf_cli_level_spec (level, NAN, &job.level, error) || !cf_cli_graph_options (&flags, &job.options, error))
    return FALSE;
  for (int i = 0; outputs[i]; i++)
    if (!cf_report_check_suffix (outputs[i], error) || !cf_cli_check_output (outputs[i], error))
      return FALSE;
  job.model = cf_cli_load_model (cli, model_path, error);
  if (!job.model || (map_path && !(job.volume = cf_cli_load_map (cli, map_path, error))))
    return FALSE;
  if ((map_path || header_path) && !cf_cli_load_header (header_path, map_path ? map_path : files[0], &job.header, error))
    return FALSE;
  job.evaluator = cf_cli_open_field (cli, files[0], error);
  if (!job.evaluator || !cf_cli_level_spec (level, cf_evaluator_field (job.evaluator)->contour, &job.level, error))
    return FALSE;
  command = cf_cli_command_line (argv);
  job.neural = files[0];
  train = train_command (&job, map_path, files[0]);
  return cf_cli_job_analyse (cli, &job, error)
         && cf_cli_job_report (&job, (const char *const[]) { train, command, NULL }, (const char *const *) outputs, error);
}
