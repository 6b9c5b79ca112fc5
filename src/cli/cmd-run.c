/* cmd-run.c: all of it: neural map, graph, sweep, voxels, comparison, report, picture. */
#include "cli-job.h"
#include "cli-train.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <glib/gstdio.h>

#include "cf-command.h"
#include "cf-demo.h"
#include "cf-file.h"
#include "cf-graph-file.h"
#include "cf-mrc.h"
#include "cf-words.h"

/* Names of what is written: the map's, without its suffix. */
typedef struct
{
  char *neural, *graphml, *json, *cif, *sweep, *sampled, *compare, *residues, *html, *pdf, *report_json, *findings, *picture, *summary;
} Outputs;

static char *
output_name (const char *folder, const char *base, const char *suffix)
{
  g_autofree char *name = g_strconcat (base, suffix, NULL);
  return g_build_filename (folder, name, NULL);
}

static void
outputs_init (Outputs *o, const char *folder, const char *base)
{
  o->neural = output_name (folder, base, ".neural.safetensors");
  o->graphml = output_name (folder, base, ".graphml");
  o->json = output_name (folder, base, ".json");
  o->cif = output_name (folder, base, ".cif");
  o->sweep = output_name (folder, base, ".sweep.csv");
  o->sampled = output_name (folder, base, ".sampled.mrc");
  o->compare = output_name (folder, base, ".compare.json");
  o->residues = output_name (folder, base, ".residues.csv");
  o->html = output_name (folder, base, ".report.html");
  o->pdf = output_name (folder, base, ".report.pdf");
  o->findings = output_name (folder, base, ".findings.csv");
  o->report_json = output_name (folder, base, ".report.json");
  o->picture = output_name (folder, base, ".png");
  o->summary = output_name (folder, base, ".run.json");
}

static void
outputs_clear (Outputs *o)
{
  char **all[] = { &o->neural, &o->graphml, &o->json,     &o->cif,  &o->sweep,       &o->sampled,
                   &o->compare, &o->residues, &o->html, &o->pdf, &o->report_json, &o->findings, &o->picture, &o->summary };

  for (gsize i = 0; i < G_N_ELEMENTS (all); i++)
    g_clear_pointer (all[i], g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Outputs, outputs_clear)

/* What was asked for. */
typedef struct
{
  char *map, *model, *header, *folder, *level;
  double contour, resolution;
  gboolean resume;
  CfTrainOptions train;
  const CfCliTrainFlags *flags;
  CfCliProgress progress;
} Request;

/* The demonstration's map as a file, so that each step can be repeated from it. */
static gboolean
write_demonstration (CfCli *cli, Request *request, CfCliJob *job, GError **error)
{
  g_autoptr (CfVolume) volume = NULL;

  job->model = cf_demo_structure (error);
  volume = job->model ? cf_demo_volume (job->model, cli->cancellable, error) : NULL;
  if (!volume)
    return FALSE;
  request->map = g_build_filename (request->folder, "demonstration.mrc", NULL);
  request->model = g_strdup (CF_COMMAND_DEMO_MODEL);
  if (request->resolution == 0)
    request->resolution = CF_DEMO_RESOLUTION;
  cf_cli_note (_("no map was given: the demonstration, crambin, simulated at %.1f A"), CF_DEMO_RESOLUTION);
  return cf_mrc_save (volume, request->map, NULL, cli->cancellable, error);
}

static gboolean
load (CfCli *cli, Request *request, CfCliJob *job, GError **error)
{
  gboolean demonstration = !request->map;

  if (demonstration && !write_demonstration (cli, request, job, error))
    return FALSE;
  job->volume = cf_cli_load_map (cli, request->map, error);
  if (!job->volume || (!demonstration && !cf_cli_load_header (request->header, request->map, &job->header, error)))
    return FALSE;
  if (!demonstration && request->model && !(job->model = cf_cli_load_model (cli, request->model, error)))
    return FALSE;
  request->train.contour = isfinite (request->contour) ? request->contour : job->header ? job->header->contour : NAN;
  request->train.crop = isfinite (request->train.contour);
  if (!cf_cli_train_part (request->flags, job->model, &request->train, error))
    return FALSE;
  request->train.resolution = request->resolution > 0 ? request->resolution : job->header ? job->header->resolution : NAN;
  return TRUE;
}

static gboolean
train (CfCli *cli, CfBackend *backend, const Request *request, CfCliJob *job, const char *neural, GError **error)
{
  g_autoptr (CfField) part = NULL, field = NULL;
  CfTrainOptions options = request->train;

  if (request->resume && !cf_cli_load_part (cli, neural, job->volume, &part, error))
    return FALSE;
  options.resume = part;
  options.recover = request->resume;
  field = cf_cli_train (cli, backend, job->volume, &options, request->progress, neural, error);
  if (!field)
    return FALSE;
  cf_cli_note_part (neural, field);
  job->evaluator = cf_evaluator_new (backend, field);
  return TRUE;
}

static gboolean
sample (CfCli *cli, CfCliJob *job, const char *path, GError **error)
{
  g_autoptr (CfVolume) volume
    = cf_evaluator_sample (job->evaluator, 0, NULL, cf_cli_progress, (gpointer) _("writing voxels"), cli->cancellable, error);

  return volume && cf_mrc_save (volume, path, NULL, cli->cancellable, error);
}

static char **
repeat_commands (const Request *request, const CfCliJob *job, const Outputs *o)
{
  const CfLevel *level = &job->graph->level;
  const CfCommandGraph graph = {
    .level = level, .adjacency = job->graph->adjacency, .min_component = job->graph->min_component, .ascent = job->options.ascent
  };
  const CfCommandRender render = {
    .width = 1000, .height = 750, .level = level, .has_view = TRUE, .azimuth = 30, .elevation = 20, .model = request->model, .graph = o->json,
    .node_colour = job->comparison ? "match" : NULL /* as cf_cli_job_picture () has them */
  };
  GStrvBuilder *lines = g_strv_builder_new ();
  char *made[8];
  char **all;
  int n = 0;

  if (g_strcmp0 (request->model, CF_COMMAND_DEMO_MODEL) == 0)
    made[n++] = cf_command_demo (request->map);
  made[n++] = cf_command_train (request->map, o->neural, &request->train, NULL, 0);
  made[n++] = cf_command_sample (o->neural, o->sampled, 0, NULL);
  made[n++] = cf_command_graph (o->neural, (const char *const[]) { o->graphml, o->json, o->cif, NULL }, &graph);
  made[n++] = cf_command_sweep (o->neural, request->model, o->sweep, job->levels, &graph);
  if (request->model)
    {
      made[n++] = cf_command_compare (o->json, request->model, o->neural, o->residues);
      made[n++] = cf_command_report (o->neural, request->model, request->map, o->html, &graph);
    }
  made[n++] = cf_command_render (o->neural, o->picture, &render);
  for (int i = 0; i < n; i++)
    {
      g_strv_builder_add (lines, made[i]);
      g_free (made[i]);
    }
  all = g_strv_builder_end (lines);
  g_strv_builder_unref (lines);
  return all;
}

static gboolean
write_results (CfCliJob *job, const Outputs *o, GError **error)
{
  json_t *object;
  gboolean good;

  if (!cf_graph_save (job->graph, o->graphml, error) || !cf_graph_save (job->graph, o->json, error) || !cf_graph_save (job->graph, o->cif, error)
      || !cf_curve_save_csv (job->curve, o->sweep, error))
    return FALSE;
  if (!job->comparison)
    return TRUE;
  object = cf_cli_comparison_to_json (job->comparison, job->model);
  good = cf_json_save (object, o->compare, error);
  json_decref (object);
  return good && cf_comparison_save_csv (job->comparison, job->graph, job->model, o->residues, error);
}

static void
regions_of (const CfField *field, int *fitted, int *flat, double *loss, double *worst)
{
  double sum = 0;

  *fitted = *flat = 0;
  *worst = 0;
  for (int i = 0; i < field->n_regions; i++)
    {
      *flat += field->fits[i].flat;
      if (!field->fits[i].trained || field->fits[i].flat)
        continue;
      ++*fitted;
      sum += field->fits[i].loss;
      *worst = MAX (*worst, field->fits[i].loss);
    }
  *loss = *fitted ? sum / *fitted : NAN;
}

static json_t *
to_json (const Request *request, const CfCliJob *job, const Outputs *o, char **commands)
{
  const CfField *field = cf_evaluator_field (job->evaluator);
  json_t *object = cf_cli_graph_to_json (job->graph), *files;
  g_autofree char *part = cf_field_part (field, FALSE);
  double loss, worst;
  int fitted, flat;

  regions_of (field, &fitted, &flat, &loss, &worst);
  json_object_set_new (object, "map", json_string (job->volume->name));
  json_object_set_new (object, "model", request->model ? json_string (request->model) : json_null ());
  json_object_set_new (object, "resolution", cf_json_number (request->train.resolution));
  json_object_set_new (object, "contour", cf_json_number (request->train.contour));
  json_object_set_new (object, "part", part ? json_string (part) : json_null ());
  json_object_set_new (object, "level_kind", json_string (cf_cli_level_kind_name (job->level.kind)));
  json_object_set_new (object, "regions", json_pack ("{s:i,s:i,s:i}", "total", field->n_regions, "fitted", fitted, "flat", flat));
  json_object_set_new (object, "loss", cf_json_number (loss));
  json_object_set_new (object, "worst_loss", cf_json_number (worst));
  json_object_set_new (object, "comparison", cf_cli_comparison_to_json (job->comparison, job->model));
  json_object_set (object, "seconds", job->seconds);
  json_object_set (object, "cpu_seconds", job->cpu_seconds);
  files = json_pack ("{s:s,s:[s,s,s],s:s,s:s,s:[s,s,s,s],s:s}", "neural", o->neural, "graph", o->graphml, o->json, o->cif, "sweep", o->sweep, "sampled",
                     o->sampled, "report", o->html, o->report_json, o->pdf, o->findings, "picture", o->picture);
  if (job->comparison)
    {
      json_object_set_new (files, "compare", json_string (o->compare));
      json_object_set_new (files, "residues", json_string (o->residues));
    }
  json_object_set_new (object, "files", files);
  json_object_set_new (object, "commands", cf_json_strings (commands));
  json_object_set_new (object, "warnings", cf_json_strings (job->volume->warnings_plain));
  return object;
}

static void
print_text (const CfCliJob *job, const char *folder, char **commands)
{
  const CfGraph *g = job->graph;
  const CfField *field = cf_evaluator_field (job->evaluator);
  g_autofree char *part = cf_field_part (field, FALSE);
  double loss, worst;
  int fitted, flat;
  const char *step;
  json_t *seconds;

  regions_of (field, &fitted, &flat, &loss, &worst);
  printf ("map         %s, %d x %d x %d voxels, %d regions fitted, %d flat\n", job->volume->name, field->grid.dims[0], field->grid.dims[1],
          field->grid.dims[2], fitted, flat);
  if (part)
    printf ("part        %s; the rest stays voxels\n", part);
  printf ("loss        %.3g (mean of the regions), %.3g (worst)\n", loss, worst);
  printf ("level       %.6g in file units, %.6g normalised, %.4g sigma (%s)\n", g->level.file, g->level.normalised, g->level.sigma,
          cf_cli_level_kind_name (job->level.kind));
  printf ("graph       %zu nodes, %zu edges within %.4g A, %zu components, from %zu seeds\n", g->n_nodes, g->n_edges, g->adjacency, g->n_components,
          g->n_seeds);
  if (job->comparison)
    cf_cli_print_comparison (job->comparison, job->model);
  printf ("seconds    ");
  json_object_foreach (job->seconds, step, seconds)
    printf (" %s %.1f", step, json_number_value (seconds));
  printf (" (%.1f of processor time)", json_number_value (json_object_get (job->cpu_seconds, "total")));
  printf ("\nresults     %s\nrepeat with\n", folder);
  for (int i = 0; commands[i]; i++)
    printf ("  %s\n", commands[i]);
}

static gboolean
work (CfCli *cli, CfBackend *backend, Request *request, CfCliJob *job, gboolean json, GError **error)
{
  g_auto (Outputs) o = { 0 };
  g_auto (GStrv) commands = NULL;
  g_autofree char *base = NULL;
  json_t *summary;

  cf_cli_job_step (job, "load");
  if (!load (cli, request, job, error))
    return FALSE;
  base = cf_cli_base_name (request->map);
  outputs_init (&o, request->folder, base);
  if (!cf_cli_level_spec (request->level, request->train.contour, &job->level, error))
    return FALSE;
  cf_cli_job_step (job, "train");
  if (!train (cli, backend, request, job, o.neural, error))
    return FALSE;
  job->neural = o.neural;
  if (!cf_cli_job_analyse (cli, job, error))
    return FALSE;
  commands = repeat_commands (request, job, &o);
  cf_cli_job_step (job, "sample");
  if (!sample (cli, job, o.sampled, error))
    return FALSE;
  cf_cli_job_step (job, "files");
  if (!write_results (job, &o, error))
    return FALSE;
  cf_cli_job_step (job, "picture");
  if (!cf_cli_job_picture (job, o.picture, commands[g_strv_length (commands) - 1], error))
    return FALSE;
  cf_cli_job_step (job, "report");
  if (!cf_cli_job_report (job, (const char *const *) commands, (const char *const[]) { o.html, o.pdf, o.report_json, o.findings, NULL }, error))
    return FALSE;
  cf_cli_job_step (job, NULL);
  summary = to_json (request, job, &o, commands);
  if (!cf_json_save (summary, o.summary, error))
    {
      json_decref (summary);
      return FALSE;
    }
  if (json)
    return cf_json_print (summary, error);
  json_decref (summary);
  print_text (job, request->folder, commands);
  return TRUE;
}

gboolean
cf_cmd_run (CfCli *cli, char **argv, GError **error)
{
  g_autofree char *model = NULL, *header = NULL, *folder = NULL, *level = NULL, *contour = NULL, *ascent = NULL;
  g_auto (GStrv) files = NULL;
  g_auto (CfCliTrainFlags) flags = CF_CLI_TRAIN_FLAGS_INIT;
  g_auto (CfCliJob) job = { 0 };
  g_autoptr (CfBackend) backend = NULL;
  CfCliGraphFlags graph_flags = { 0 };
  Request request = { .contour = NAN, .flags = &flags };
  CfLevelSpec spec;
  gboolean json = FALSE, good;
  const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &folder, N_("The folder for the results; made where it is not there"), "DIR" },
    { "model", 0, 0, G_OPTION_ARG_FILENAME, &model, N_("Compare with this model"), "M" },
    { "header", 0, 0, G_OPTION_ARG_FILENAME, &header, N_("The map's EMDB header; default: the one beside the map"), "XML" },
    { "contour", 0, 0, G_OPTION_ARG_STRING, &contour, N_("Author's level, file units; default: the header's"), "C" },
    { "level", 0, 0, G_OPTION_ARG_STRING, &level, CF_CLI_LEVEL_HELP, "LEVEL" },
    CF_CLI_GRAPH_ENTRIES (graph_flags),
    { "levels", 0, 0, G_OPTION_ARG_INT, &job.levels, N_("Levels of the sweep; default 64"), "N" },
    CF_CLI_PART_ENTRIES (flags),
    CF_CLI_TRAIN_ENTRIES (flags),
    CF_CLI_SAVING_ENTRIES (flags),
    { "resume", 0, 0, G_OPTION_ARG_NONE, &request.resume, N_("Go on from what DIR holds of the neural map"), NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_("One JSON object on stdout"), NULL },
    { NULL },
  };

  if (!cf_cli_parse (cli, entries, argv, 0, 1, &files, error))
    return FALSE;
  ascent = graph_flags.ascent;
  if (!cf_cli_need ("-o", folder, error) || !cf_cli_train_options (&flags, &request.train, &request.progress, error)
      || !cf_cli_graph_options (&graph_flags, &job.options, error) || !cf_cli_level_spec (level, NAN, &spec, error)
      || (contour && !cf_cli_parse_numbers ("--contour", contour, 1, &request.contour, error))
      || !cf_cli_check_range ("--levels", job.levels == 0 ? 64 : job.levels, 2, 10000, error))
    return FALSE;
  if (json && request.progress == CF_CLI_PROGRESS_JSON)
    {
      g_set_error_literal (error, CF_ERROR, CF_ERROR_ARGUMENT, _("--json and --progress json are both given, needs one of them"));
      return FALSE;
    }
  if (!files[0] && (model || header))
    {
      g_set_error_literal (error, CF_ERROR, CF_ERROR_ARGUMENT, _("--model and --header need a MAP; without one it is the demonstration"));
      return FALSE;
    }
  if ((files[0] && !cf_cli_check_input (files[0], error)) || (model && !cf_cli_check_input (model, error)))
    return FALSE;
  if (g_mkdir_with_parents (folder, 0777) != 0)
    {
      g_set_error (error, CF_ERROR, CF_ERROR_FAILED, _("%s: the folder cannot be made: %s"), folder, g_strerror (errno));
      return FALSE;
    }
  backend = cf_backend_open (flags.backend ? flags.backend : "auto", flags.threads, error);
  if (!backend)
    return FALSE;
  cli->resume = cf_cli_resume_command (argv);
  request.map = g_strdup (files[0]);
  request.model = g_strdup (model);
  request.header = header;
  request.folder = folder;
  request.level = level;
  request.resolution = graph_flags.resolution;
  good = work (cli, backend, &request, &job, json, error);
  g_free (request.map);
  g_free (request.model);
  return good;
}
