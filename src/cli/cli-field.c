/* cli-field.c: from a neural map's file to an evaluator, and from that to peaks, sweep, level and graph. */
#include "cli-field.h"

#include <math.h>

#include "cf-graph-file.h"
#include "cf-neural.h"
#include "cf-words.h"

CfField *
cf_cli_load_neural (CfCli *cli, const char *path, GError **error)
{
  CfField *field;

  if (!cf_cli_check_input (path, error))
    return NULL;
  field = cf_neural_load (path, cli->cancellable, error);
  if (!field)
    cf_cli_refuse (path, error);
  return field;
}

CfGraph *
cf_cli_load_graph (CfCli *cli, const char *path, const char *na_atom, GError **error)
{
  CfGraph *graph;

  if (!cf_cli_check_input (path, error))
    return NULL;
  graph = cf_graph_load (path, na_atom, cli->cancellable, error);
  if (!graph)
    cf_cli_refuse (path, error);
  return graph;
}

CfEvaluator *
cf_cli_open_field (CfCli *cli, const char *path, GError **error)
{
  g_autoptr (CfField) field = cf_cli_load_neural (cli, path, error);
  g_autoptr (CfBackend) backend = NULL;

  if (!field)
    return NULL;
  if (!cf_field_is_complete (field))
    {
      g_set_error (error, CF_INPUT_ERROR, CF_INPUT_ERROR_UNSUPPORTED,
                   _("%s: regions trained is %d, needs %d; go on with train --resume or merge the other parts"), path, cf_field_n_trained (field),
                   field->n_regions);
      return NULL;
    }
  backend = cf_backend_open ("auto", 0, error);
  if (!backend)
    return NULL;
  if (!cli->backend)
    cli->backend = cf_backend_ref (backend);
  return cf_evaluator_new (backend, field);
}

gboolean
cf_cli_load_header (const char *path, const char *map, CfEmdbHeader **header, GError **error)
{
  g_autofree char *beside = path ? NULL : cf_emdb_find_beside (map);
  g_autoptr (GError) odd = NULL;

  *header = NULL;
  if (!path && !beside)
    return TRUE;
  if (path && !cf_cli_check_input (path, error))
    return FALSE;
  *header = cf_emdb_load (path ? path : beside, &odd);
  if (*header)
    return TRUE;
  if (path)
    {
      g_propagate_error (error, g_steal_pointer (&odd));
      cf_cli_refuse (path, error);
      return FALSE;
    }
  cf_cli_warn (beside, _("not used: %s"), odd->message);
  return TRUE;
}

gboolean
cf_cli_level_spec (const char *text, double contour, CfLevelSpec *out, GError **error)
{
  if (text)
    return cf_level_spec_parse (text, out, error);
  *out = (CfLevelSpec) { .kind = isfinite (contour) ? CF_LEVEL_CONTOUR : CF_LEVEL_GENERIC };
  return TRUE;
}

const char *
cf_cli_level_kind_name (CfLevelKind kind)
{
  switch (kind)
    {
    case CF_LEVEL_GENERIC:
      return "max (0.1, mu + 3 sigma)";
    case CF_LEVEL_CONTOUR:
      return "author contour";
    case CF_LEVEL_PLATEAU:
      return "plateau of the node count";
    default:
      return "as given";
    }
}

void
cf_cli_level_say (const CfLevelSpec *spec, const CfNormalisation *normalisation, const char *name)
{
  g_autofree char *warning = spec->kind == CF_LEVEL_GENERIC ? cf_level_warning (normalisation) : NULL;

  if (warning)
    cf_cli_warn (name, "%s", warning);
}

gboolean
cf_cli_level_check (const CfLevel *level, GError **error)
{
  if (level->normalised > 0 && level->normalised <= 1)
    return TRUE;
  g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, _("--level is %g normalised (%g in file units), needs more than 0 and at most 1"), level->normalised,
               level->file);
  return FALSE;
}

gboolean
cf_cli_level_lowest (const CfLevelSpec *spec, const CfField *field, gboolean exactly, double *lowest, GError **error)
{
  CfLevel floor = cf_level_floor (&field->normalisation), level;

  if (spec->kind == CF_LEVEL_PLATEAU)
    {
      *lowest = floor.normalised;
      return TRUE;
    }
  if (!cf_cli_level_resolve (spec, field, NULL, &level, error))
    return FALSE;
  cf_cli_level_say (spec, &field->normalisation, field->source_name);
  *lowest = exactly ? level.normalised : MIN (level.normalised, floor.normalised);
  return TRUE;
}

gboolean
cf_cli_level_resolve (const CfLevelSpec *spec, const CfField *field, const CfSweep *sweep, CfLevel *out, GError **error)
{
  double plateau;

  if (spec->kind != CF_LEVEL_PLATEAU)
    return cf_level_spec_resolve (spec, &field->normalisation, field->contour, out, error) && cf_cli_level_check (out, error);
  plateau = sweep ? cf_sweep_plateau (sweep, NULL, NULL) : NAN;
  if (!isfinite (plateau))
    {
      g_set_error_literal (error, CF_ERROR, CF_ERROR_FAILED, _("--level plateau: there is none, as the nodes do not part into those of noise and those of atoms; needs another level, as 3sigma"));
      return FALSE;
    }
  *out = cf_level_from_normalised (&field->normalisation, plateau);
  return TRUE;
}

gboolean
cf_cli_parse_ascent (const char *text, CfAscent *out, GError **error)
{
  static const char *const names[] = { "default", "paper", NULL };
  int choice = CF_ASCENT_DEFAULT;

  if (!cf_cli_parse_choice ("--ascent", text, names, &choice, error))
    return FALSE;
  *out = choice;
  return TRUE;
}

gboolean
cf_cli_graph_options (const CfCliGraphFlags *flags, CfCliGraphOptions *out, GError **error)
{
  if (flags->adjacency != 0 && flags->resolution != 0)
    {
      g_set_error_literal (error, CF_ERROR, CF_ERROR_ARGUMENT, _("--adjacency and --resolution are both given, needs one of them"));
      return FALSE;
    }
  if (!cf_cli_check_range ("--adjacency", flags->adjacency, 0, 1000, error)
      || !cf_cli_check_range ("--resolution", flags->resolution, 0, 500, error)
      || !cf_cli_check_range ("--min-component", flags->min_component, 0, G_MAXINT, error)
      || !cf_cli_parse_ascent (flags->ascent, &out->ascent, error))
    return FALSE;
  out->adjacency = flags->adjacency != 0 ? flags->adjacency : 2 * flags->resolution;
  out->min_component = flags->min_component;
  return TRUE;
}

CfPeaks *
cf_cli_walk (CfCli *cli, CfEvaluator *evaluator, double lowest, CfAscent ascent, GError **error)
{
  const CfWalkOptions options = { .lowest = lowest, .ascent = ascent };

  return cf_walk (evaluator, &options, cf_cli_progress, (gpointer) _("walking"), cli->cancellable, error);
}

gboolean
cf_cli_make_graph (CfCli *cli, CfEvaluator *evaluator, const CfLevelSpec *spec, const CfCliGraphOptions *options, const char *command,
                   CfSweep **sweep, CfGraph **graph, GError **error)
{
  CfField *field = cf_evaluator_field (evaluator);
  const CfGraphOptions graph_options = { .adjacency = options->adjacency, .min_component = options->min_component, .command = command };
  g_autoptr (CfPeaks) peaks = NULL;
  g_autoptr (CfSweep) own_sweep = NULL;
  g_autoptr (CfGraph) own_graph = NULL;
  CfLevel level;
  double lowest;

  if (!cf_cli_level_lowest (spec, field, FALSE, &lowest, error))
    return FALSE;
  peaks = cf_cli_walk (cli, evaluator, lowest, options->ascent, error);
  if (!peaks)
    return FALSE;
  own_sweep = cf_sweep_new (peaks, CF_CLUSTER_EPS, cli->cancellable, error);
  if (!own_sweep || !cf_cli_level_resolve (spec, field, own_sweep, &level, error))
    return FALSE;
  own_graph = cf_graph_at_level (evaluator, own_sweep, &level, &graph_options, cli->cancellable, error);
  if (!own_graph)
    return FALSE;
  if (sweep)
    *sweep = g_steal_pointer (&own_sweep);
  if (graph)
    *graph = g_steal_pointer (&own_graph);
  return TRUE;
}

json_t *
cf_cli_graph_to_json (const CfGraph *graph)
{
  return json_pack ("{s:o,s:I,s:I,s:I,s:I,s:I,s:o}", "level", cf_json_level (&graph->level), "seeds", (json_int_t) graph->n_seeds, "peaks",
                    (json_int_t) graph->n_peaks, "nodes", (json_int_t) graph->n_nodes, "edges", (json_int_t) graph->n_edges, "components",
                    (json_int_t) graph->n_components, "adjacency", cf_json_number (graph->adjacency));
}
