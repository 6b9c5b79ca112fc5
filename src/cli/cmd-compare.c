/* cmd-compare.c: a graph against a model, and the report of it. */
#include "cf-command.h"
#include "cf-report.h"
#include "cf-words.h"
#include "cli-job.h"

#include <math.h>
#include <unistd.h>

static const char *const na_atoms[] = { "P", "C4'", NULL };

/* What a graph is of: voxels, or a field. One of them is NULL. */
typedef struct
{
  const char *path;
  CfVolume *volume;
  CfEvaluator *evaluator;
  CfNormalisation normalisation;
} Source;

static void
source_clear (Source *source)
{
  g_clear_pointer (&source->volume, cf_volume_unref);
  g_clear_pointer (&source->evaluator, cf_evaluator_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Source, source_clear)

static gboolean
load_source (CfCli *cli, const char *path, Source *out, GError **error)
{
  out->path = path;
  if (cf_cli_input_kind (path) == CF_INPUT_NEURAL)
    {
      out->evaluator = cf_cli_open_field (cli, path, error);
      if (out->evaluator)
        out->normalisation = cf_evaluator_field (out->evaluator)->normalisation;
      return out->evaluator != NULL;
    }
  out->volume = cf_cli_load_map (cli, path, error);
  if (!out->volume)
    return FALSE;
  if (cf_normalisation_compute (out->volume, NAN, &out->normalisation, error))
    return TRUE;
  cf_cli_refuse (path, error);
  return FALSE;
}

/* --level, which is needed where the graph has none of its own, as predicted C-alphas have not. */
static gboolean
take_level (const char *text, const Source *source, CfGraph *graph, GError **error)
{
  double contour = source->evaluator ? cf_evaluator_field (source->evaluator)->contour : NAN;
  CfLevelSpec spec;

  if (text)
    return cf_level_spec_parse (text, &spec, error) && cf_level_spec_resolve (&spec, &source->normalisation, contour, &graph->level, error)
           && cf_cli_level_check (&graph->level, error);
  if (isfinite (graph->level.file) && isfinite (graph->level.normalised))
    return TRUE;
  g_set_error_literal (error, CF_ERROR, CF_ERROR_ARGUMENT, _("the graph does not say its level, needs --level with --map and --within"));
  return FALSE;
}

static gboolean
draw_contour (CfCli *cli, const Source *source, double level, CfPeaks **out, GError **error)
{
  g_auto (CfCliSamples) samples = { 0 };

  if (source->volume)
    cf_cli_samples_from_map (source->volume, &source->normalisation, &samples);
  else if (!cf_cli_samples_from_field (cli, source->evaluator, &samples, error))
    return FALSE;
  *out = cf_cli_contour_points (&samples, level);
  return TRUE;
}

/* Between voxels trilinear, as EMDB interpolates; NULL of a field of a part of a map, with what to say. */
static CfInclusion *
find_inclusion (CfCli *cli, const Source *source, const CfStructure *model, GError **error)
{
  gsize n = model->n_atoms;
  g_autofree double *xyz = g_new (double, 3 * n + 1), *value = g_new (double, n + 1);
  g_autofree float *density = g_new (float, n + 1);
  g_autoptr (CfInterpolator) between = NULL;

  if (source->evaluator)
    {
      if (cf_evaluator_field (source->evaluator)->has_box)
        cf_cli_warn (source->path, _("atom inclusion is not known: the field is of a part of its map"));
      return cf_curve_inclusion (source->evaluator, model, cli->cancellable, error);
    }
  for (gsize i = 0; i < n; i++)
    for (int a = 0; a < 3; a++)
      xyz[3 * i + a] = model->atoms[i].pos[a];
  between = cf_interpolator_new (source->volume, CF_INTERPOLATION_TRILINEAR);
  cf_interpolator_query (between, n, xyz, value, NULL);
  for (gsize i = 0; i < n; i++)
    density[i] = (float) value[i];
  return cf_inclusion_new (model, density);
}

typedef struct
{
  char *output, *within, *map, *level, *match, *na_atom;
  gint64 seed;
  gboolean json;
} CompareFlags;

static void
compare_flags_clear (CompareFlags *flags)
{
  g_free (flags->output);
  g_free (flags->within);
  g_free (flags->map);
  g_free (flags->level);
  g_free (flags->match);
  g_free (flags->na_atom);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CompareFlags, compare_flags_clear)

static CfComparison *
compare_files (CfCli *cli, const CompareFlags *flags, CfCompareOptions *options, CfGraph *graph, const CfStructure *model, GError **error)
{
  g_auto (Source) within = { 0 }, map = { 0 };
  g_autoptr (CfPeaks) contour = NULL;
  g_autoptr (CfInclusion) inclusion = NULL;
  GError *failed = NULL;

  if ((flags->within && !load_source (cli, flags->within, &within, error)) || (flags->map && !load_source (cli, flags->map, &map, error))
      || ((flags->map || flags->within) && !take_level (flags->level, flags->map ? &map : &within, graph, error))
      || (flags->within && !draw_contour (cli, &within, graph->level.normalised, &contour, error)))
    return NULL;
  if (flags->map)
    inclusion = find_inclusion (cli, &map, model, &failed);
  if (failed)
    {
      g_propagate_error (error, failed);
      return NULL;
    }
  options->contour = contour;
  options->inside = within.evaluator && cf_evaluator_field (within.evaluator)->has_box ? &cf_evaluator_field (within.evaluator)->grid : NULL;
  CfComparison *comparison = cf_compare (graph, model, options, cli->cancellable, error);
  if (comparison && inclusion)
    cf_comparison_set_inclusion (comparison, inclusion, &graph->level);
  return comparison;
}

gboolean
cf_cmd_compare (CfCli *cli, char **argv, GError **error)
{
  static const char *const matches[] = { "optimal", "greedy", NULL };
  g_auto (CompareFlags) flags = { 0 };
  g_auto (GStrv) files = NULL;
  g_autoptr (CfGraph) graph = NULL;
  g_autoptr (CfStructure) model = NULL;
  g_autoptr (CfComparison) comparison = NULL;
  int kind = CF_MATCH_OPTIMAL, na = 0;
  const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &flags.output, N_("The table by residue to write"), "CSV" },
    { "map", 0, 0, G_OPTION_ARG_FILENAME, &flags.map, N_("The map that the graph is of: also say which share of the atoms its contour includes"), "MAP|NEURAL" },
    { "within", 0, 0, G_OPTION_ARG_FILENAME, &flags.within, N_("The map that the graph is of: also compare with chance inside its contour"), "MAP|NEURAL" },
    { "level", 0, 0, G_OPTION_ARG_STRING, &flags.level, N_("Of --map and --within: 3sigma, contour, norm=V, file=V, sigma=V; default: the graph's own"), "LEVEL" },
    { "matching", 0, 0, G_OPTION_ARG_STRING, &flags.match, N_("optimal (default): most pairs, then nearest; greedy: nearest pair first, as published"), "KIND" },
    { "na-atom", 0, 0, G_OPTION_ARG_STRING, &flags.na_atom, N_("The atom that stands for a nucleotide; default P"), "P|C4'" },
    { "seed", 0, 0, G_OPTION_ARG_INT64, &flags.seed, N_("Seed of chance; default 0"), "N" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &flags.json, N_("One JSON object on stdout"), NULL },
    { NULL },
  };

  if (!cf_cli_parse (cli, entries, argv, 2, 2, &files, error) || !cf_cli_parse_choice ("--matching", flags.match, matches, &kind, error)
      || !cf_cli_parse_choice ("--na-atom", flags.na_atom, na_atoms, &na, error) || (flags.output && !cf_cli_check_output (flags.output, error)))
    return FALSE;
  if (flags.level && !flags.map && !flags.within)
    {
      g_set_error_literal (error, CF_ERROR, CF_ERROR_ARGUMENT, _("--level is given, needs --map or --within"));
      return FALSE;
    }
  CfCompareOptions options = { .match = kind, .seed = (guint64) flags.seed, .na_atom = na ? na_atoms[na] : NULL };
  graph = cf_cli_load_graph (cli, files[0], options.na_atom, error);
  model = graph ? cf_cli_load_model (cli, files[1], error) : NULL;
  if (!model)
    return FALSE;
  comparison = compare_files (cli, &flags, &options, graph, model, error);
  if (!comparison)
    {
      cf_cli_refuse (files[1], error);
      return FALSE;
    }
  if (flags.output && !cf_comparison_save_csv (comparison, graph, model, flags.output, error))
    return FALSE;
  if (flags.json)
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
  g_autofree char *model_path = NULL, *map_path = NULL, *header_path = NULL, *level = NULL, *ascent = NULL, *command = NULL, *train = NULL, *na_atom = NULL;
  int na = 0;
  g_auto (GStrv) files = NULL, outputs = NULL;
  g_auto (CfCliJob) job = { 0 };
  CfCliGraphFlags flags = { 0 };
  const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME_ARRAY, &outputs, N_("What to write: .html, .pdf, .json, or a table (.findings.csv ...); may be repeated"), "FILE" },
    { "model", 0, 0, G_OPTION_ARG_FILENAME, &model_path, N_("The model to compare with"), "M" },
    { "na-atom", 0, 0, G_OPTION_ARG_STRING, &na_atom, N_("The atom that stands for a nucleotide; default P"), "P|C4'" },
    { "map", 0, 0, G_OPTION_ARG_FILENAME, &map_path, N_("The source map, for its pictures and numbers"), "MAP" },
    { "header", 0, 0, G_OPTION_ARG_FILENAME, &header_path, N_("The map's EMDB header; default: the one beside --map"), "XML" },
    { "level", 0, 0, G_OPTION_ARG_STRING, &level, CF_CLI_LEVEL_HELP, "LEVEL" },
    CF_CLI_GRAPH_ENTRIES (flags),
    { NULL },
  };

  if (!cf_cli_parse (cli, entries, argv, 1, 1, &files, error))
    return FALSE;
  ascent = flags.ascent;
  if (!cf_cli_need ("-o", outputs ? outputs[0] : NULL, error) || !cf_cli_need ("--model", model_path, error)
      || !cf_cli_parse_choice ("--na-atom", na_atom, na_atoms, &na, error)
      || !cf_cli_level_spec (level, NAN, &job.level, error) || !cf_cli_graph_options (&flags, &job.options, error))
    return FALSE;
  for (int i = 0; outputs[i]; i++)
    if (!cf_report_check_suffix (outputs[i], error) || !cf_cli_check_output (outputs[i], error))
      return FALSE;
  job.model = cf_cli_load_model (cli, model_path, error);
  if (job.model && na)
    {
      g_autoptr (CfStructure) read = g_steal_pointer (&job.model);
      job.model = cf_structure_with_nucleic_atom (read, na_atoms[na]);
    }
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
