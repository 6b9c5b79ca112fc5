/* cli-field.h: neural maps, headers, levels and graphs as the commands take them. */
#pragma once

#include "cf-emdb.h"
#include "cf-walk.h"
#include "cf-words.h"
#include "cli.h"

G_BEGIN_DECLS

CfField *cf_cli_load_neural (CfCli *cli, const char *path, GError **error);
/** A field whose regions are all there, on the backend "auto". */
CfEvaluator *cf_cli_open_field (CfCli *cli, const char *path, GError **error);
/** The header at path or, where path is NULL, the one beside the map (NULL in *header where there is none). FALSE only where the one
 * that was named is refused; one beside the map that is refused is a warning. */
gboolean cf_cli_load_header (const char *path, const char *map, CfEmdbHeader **header, GError **error);

/** na_atom as in cf_graph_load (). */
CfGraph *cf_cli_load_graph (CfCli *cli, const char *path, const char *na_atom, GError **error);

/* -- levels ----------------------------------------------------------------------------------------------------------------- */

#define CF_CLI_LEVEL_HELP N_("3sigma, contour, norm=V, file=V, sigma=V or plateau; default: contour where known, else 3sigma")

/** The --level option; text NULL: the author's contour where it is known, else 3sigma. */
gboolean cf_cli_level_spec (const char *text, double contour, CfLevelSpec *out, GError **error);
/** "author contour", "mu + 3 sigma", ... */
const char *cf_cli_level_kind_name (CfLevelKind kind);
/** The lowest d that a walk has to start from so that nodes at the level know where they merge; `exactly`: no lower than the level. */
gboolean cf_cli_level_lowest (const CfLevelSpec *spec, const CfField *field, gboolean exactly, double *lowest, GError **error);
/** The level itself; sweep may be NULL but for the plateau. */
/** Says on stderr where the generic threshold that is asked for lies above every voxel; name is the map's. */
void cf_cli_level_say (const CfLevelSpec *spec, const CfNormalisation *normalisation, const char *name);
/** CF_ERROR_ARGUMENT unless it lies in (0, 1] normalised. */
gboolean cf_cli_level_check (const CfLevel *level, GError **error);
gboolean cf_cli_level_resolve (const CfLevelSpec *spec, const CfField *field, const CfSweep *sweep, CfLevel *out, GError **error);

/* -- from a field to a graph ------------------------------------------------------------------------------------------------ */

typedef struct
{
  CfAscent ascent;
  double adjacency; /* A; 0: by the resolution */
  int min_component;
} CfCliGraphOptions;

/** --adjacency, --resolution, --min-component, --ascent in one place. */
typedef struct
{
  double adjacency, resolution;
  int min_component;
  char *ascent;
} CfCliGraphFlags;
#define CF_CLI_GRAPH_ENTRIES(flags) \
  { "adjacency", 0, 0, G_OPTION_ARG_DOUBLE, &(flags).adjacency, N_("Nodes as near as this are joined, A; default 2 x resolution, else 4"), "A" }, \
    { "resolution", 0, 0, G_OPTION_ARG_DOUBLE, &(flags).resolution, N_("Resolution, A: adjacency is twice this"), "R" }, \
    { "min-component", 0, 0, G_OPTION_ARG_INT, &(flags).min_component, N_("Drop components of fewer nodes; default 0"), "N" }, \
    { "ascent", 0, 0, G_OPTION_ARG_STRING, &(flags).ascent, N_("How seeds climb: default or paper"), "KIND" }
gboolean cf_cli_graph_options (const CfCliGraphFlags *flags, CfCliGraphOptions *out, GError **error);
gboolean cf_cli_parse_ascent (const char *text, CfAscent *out, GError **error);

CfPeaks *cf_cli_walk (CfCli *cli, CfEvaluator *evaluator, double lowest, CfAscent ascent, GError **error);
/** Walk, sweep, level and graph; each out may be NULL. */
gboolean cf_cli_make_graph (CfCli *cli, CfEvaluator *evaluator, const CfLevelSpec *spec, const CfCliGraphOptions *options, const char *command,
                            CfSweep **sweep, CfGraph **graph, GError **error);
/** level, seeds, peaks, nodes, edges, components. */
json_t *cf_cli_graph_to_json (const CfGraph *graph);

G_END_DECLS
