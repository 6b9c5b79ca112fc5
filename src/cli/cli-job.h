/* cli-job.h: the steps from a field to a comparison, one after the other, with the seconds of each: what report and run do. */
#pragma once

#include "cf-curve.h"
#include "cli-field.h"
#include "cli-picture.h"

G_BEGIN_DECLS

typedef struct
{
  CfVolume *volume;         /* NULL where only the neural map is there */
  CfEmdbHeader *header;     /* NULL */
  CfStructure *model;       /* NULL */
  CfEvaluator *evaluator;
  CfLevelSpec level;
  CfCliGraphOptions options;
  int levels;               /* of the curve */
  const char *neural;       /* the neural map's file: the graph keeps the command line that makes it from there */
  /* made by cf_cli_job_analyse () */
  CfCliSamples samples;
  CfSweep *sweep;
  CfGraph *graph;
  CfCurve *curve;
  CfComparison *comparison; /* NULL without a model */
  /* of each step: seconds by the clock, and of all processors */
  json_t *seconds, *cpu_seconds;
  double cpu_started;
  const char *step;
  gint64 step_started, started;
} CfCliJob;

/** What the names of results begin with: the map's name without folder and suffix, safe as a file name. New string. */
char *cf_cli_base_name (const char *map);

void cf_cli_job_clear (CfCliJob *job);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CfCliJob, cf_cli_job_clear)
/** Ends the step before and begins the next; NULL ends only. Names are static. */
void cf_cli_job_step (CfCliJob *job, const char *name);
/** samples, walk, graph, sweep, compare. */
gboolean cf_cli_job_analyse (CfCli *cli, CfCliJob *job, GError **error);
/** The picture of field, nodes and model at the graph's level. */
gboolean cf_cli_job_picture (const CfCliJob *job, const char *path, const char *command, GError **error);
/** The report, or a table of it, to each path (NULL-terminated). commands: NULL-terminated; the last one made the reports. Where no picture
 * can be drawn (no EGL) the reports go without, and a note says so. */
gboolean cf_cli_job_report (const CfCliJob *job, const char *const *commands, const char *const *paths, GError **error);

/** Each voxel or sample at or above level as a seed that stays where it is: the inside of the contour, for the null. */
CfPeaks *cf_cli_contour_points (const CfCliSamples *samples, double level);
void cf_cli_print_comparison (const CfComparison *comparison, const CfStructure *structure);
/** The JSON of `compare --json` as an object. */
json_t *cf_cli_comparison_to_json (const CfComparison *comparison, const CfStructure *structure);

G_END_DECLS
