/* cf-report.h: the comparison report: HTML without scripts (one file, pictures inside), JSON. */
#pragma once

#include "cf-emdb.h"
#include "cf-plot.h"

G_BEGIN_DECLS

typedef struct
{
  const CfVolume *volume;         /* NULL where only the neural map was given */
  CfField *field;
  const CfEmdbHeader *header;     /* NULL */
  const CfStructure *structure;   /* NULL: no comparison */
  const CfGraph *graph;
  const CfComparison *comparison; /* NULL */
  const CfCurve *curve;
  GBytes *picture_png;            /* NULL */
  const char *const *commands;    /* NULL-terminated: the command lines that repeat it, in order */
} CfReport;

/** Format from the suffix: .html or .json; CF_ERROR_ARGUMENT otherwise. Atomic. */
gboolean cf_report_save (const CfReport *report, const char *path, GError **error);
/** The JSON text of a comparison with the keys of `compare --json`; new string. */
char *cf_comparison_to_json (const CfComparison *comparison);

G_END_DECLS
