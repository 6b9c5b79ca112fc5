/* cf-report.h: the comparison report: HTML without scripts (one file, pictures inside), PDF, JSON. */
#pragma once

#include "cf-emdb.h"
#include "cf-plot.h"
#include "cf-residual.h"

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
  const char *const *commands;    /* NULL-terminated: the command lines that repeat it, in order; NULL */
  const CfResiduals *residuals;   /* field minus voxels; NULL: measured where evaluator and volume are given, else left out */
  CfEvaluator *evaluator;         /* also says the field's density at residues that have no node; NULL: not said */
} CfReport;

/** Format from the suffix: .html, .pdf or .json; CF_ERROR_ARGUMENT otherwise. Atomic. */
gboolean cf_report_save (const CfReport *report, const char *path, GError **error);
/** The same texts in memory, new strings. Both come from one set of numbers: each `<data data-key="a.b">` of the HTML holds the JSON's value of
 * that path. */
char *cf_report_to_html (const CfReport *report);
char *cf_report_to_json (const CfReport *report);
/** A4 pages; without the tables by residue and sub-region. */
GBytes *cf_report_to_pdf (const CfReport *report, GError **error);
/** The JSON text of a comparison with the keys of `compare --json`; new string. */
char *cf_comparison_to_json (const CfComparison *comparison, const CfStructure *structure);

G_END_DECLS
