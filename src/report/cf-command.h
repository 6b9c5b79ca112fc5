/* cf-command.h: the `cryofield-cli ...` line that repeats a step, from the options in use. Every picture, graph and report carries its own.
 * Each function returns a new string: one line, quoted for a POSIX shell, numbers in the C locale and exact enough to give the same result
 * (%.9g). Options that are the command's default are left out. Pure functions, thread safe. */
#pragma once

#include "cf-mrc.h"
#include "cf-simulate.h"
#include "cf-trainer.h"
#include "cf-walk.h"

G_BEGIN_DECLS

/** Stands for the embedded structure (cf-demo.h) wherever the command line wants a MODEL. */
#define CF_COMMAND_DEMO_MODEL "demo:"

/** The name of a file with what was chosen in it: "MAP#nstart", "STACK#volume=2", "MAP#nstart,volume=2", "MODEL#model=3", counted from 1;
 * `path` where nothing was. Every command takes these names. */
char *cf_command_map (const char *path, const CfMrcLoadOptions *options);
char *cf_command_model (const char *path, int model);
/** The reverse. A file whose whole name is there is that file. CF_ERROR_ARGUMENT for a choice that is none; outputs are new strings. */
gboolean cf_command_parse_map (const char *text, char **path, CfMrcLoadOptions *options, GError **error);
gboolean cf_command_parse_model (const char *text, char **path, int *model, GError **error);
/** The file alone. */
char *cf_command_file (const char *text);
char *cf_command_simulate (const char *model, const char *output, const CfSimulateOptions *options);
/** The demonstration's map. */
char *cf_command_demo (const char *output);
/** backend NULL or "auto", threads 0: not said. `resume` becomes --resume; `crop` says itself by --contour. */
char *cf_command_train (const char *map, const char *output, const CfTrainOptions *options, const char *backend, int threads);
/** The fit of a field as it remembers it: crop, resolution, recipe, partition, blend, seed. It does not remember whether its epochs were
 * limited. */
char *cf_command_train_of (const CfField *field, const char *map, const char *output);
char *cf_command_sample (const char *neural, const char *output, double spacing, const char *like);

/** How a graph is made from a neural map. Zeroed fields are the defaults; level NULL: 3sigma. */
typedef struct
{
  const CfLevel *level;
  double adjacency; /* A; 0 */
  guint min_component;
  CfAscent ascent;
} CfCommandGraph;

/** outputs: NULL-terminated; empty prints the numbers only. */
char *cf_command_graph (const char *neural, const char *const *outputs, const CfCommandGraph *graph);
char *cf_command_walk (const char *neural, const char *output, const CfCommandGraph *graph);
/** model may be NULL; levels 0: the default; of `graph` (NULL: the defaults) all but the level. */
char *cf_command_sweep (const char *neural, const char *model, const char *output, int levels, const CfCommandGraph *graph);
/** within: the neural map in whose contour chance is drawn, NULL without chance. output: the table by residue, or NULL for JSON on stdout. */
char *cf_command_compare (const char *graph, const char *model, const char *within, const char *output);
/** model, map (the source: its histogram and numbers) may be NULL. */
char *cf_command_report (const char *neural, const char *model, const char *map, const char *output, const CfCommandGraph *graph);

typedef struct
{
  int width, height;      /* 0: the default */
  const char *style;      /* NULL: the default */
  const CfLevel *level;   /* NULL: the default */
  gboolean has_view;
  double azimuth, elevation; /* degrees */
  double zoom;            /* 0: the default */
  const char *model, *graph; /* drawn in it; NULL */
  const char *node_colour; /* as --node-colour takes it; NULL: the default */
  gboolean final;
} CfCommandRender;

char *cf_command_render (const char *map_or_neural, const char *output, const CfCommandRender *render);
/** All steps at once; model and header may be NULL. */
char *cf_command_run (const char *map, const char *model, const char *header, const char *output_dir);

G_END_DECLS
