/* cf-report.h: the comparison report: HTML without scripts (one file, pictures inside), PDF, JSON, and its tables as CSV. */
#pragma once

#include "cf-emdb.h"
#include "cf-plot.h"
#include "cf-residual.h"
#include "cf-seams.h"

G_BEGIN_DECLS

/** What the field, the graph and the model look like from somewhere. */
typedef struct
{
  const char *label; /* "front" */
  GBytes *png;
} CfReportPicture;

typedef struct
{
  const CfVolume *volume;         /* NULL where only the neural map was given */
  CfField *field;
  const CfEmdbHeader *header;     /* NULL */
  const CfStructure *structure;   /* NULL: no comparison */
  const CfGraph *graph;
  const CfComparison *comparison; /* NULL */
  const CfCurve *curve;
  const CfReportPicture *pictures; /* on white, as they are printed */
  gsize n_pictures;
  const char *const *commands;    /* NULL-terminated: the command lines that repeat it, in order; NULL */
  const CfResiduals *residuals;   /* field minus voxels; NULL: measured where evaluator and volume are given, else left out */
  const CfSeams *seams;           /* NULL: measured where an evaluator is given, else left out */
  const char *neural_path;        /* of the file that the field is in, whose hash is told; NULL where it is in none */
  CfEvaluator *evaluator;         /* also says the field's density at residues that have no node; NULL: not said */
} CfReport;

/** Format from the suffix: .html, .pdf, .json, or one of cf_report_tables (); CF_ERROR_ARGUMENT otherwise. Atomic. */
gboolean cf_report_save (const CfReport *report, const char *path, GError **error);
/** The same to several files, NULL-terminated: what they have in common is measured once. */
gboolean cf_report_save_all (const CfReport *report, const char *const *paths, GError **error);
/** Whether cf_report_save () knows the suffix; says what it needs where it does not. */
gboolean cf_report_check_suffix (const char *path, GError **error);
/** Whether a report of this name shows pictures. */
gboolean cf_report_has_pictures (const char *path);
/** ".findings.csv", ".residues.csv", ".chains.csv", ".regions.csv", ".seams.csv", ".sweep.csv": NULL-terminated, static. */
const char *const *cf_report_tables (void);
/** The same texts in memory, new strings. Both come from one set of numbers: each `<data data-key="a.b">` of the HTML holds the JSON's value of
 * that path. */
char *cf_report_to_html (const CfReport *report);
char *cf_report_to_json (const CfReport *report);
/** A4 pages; without the tables by residue and sub-region. */
GBytes *cf_report_to_pdf (const CfReport *report, GError **error);
/** The JSON text of a comparison with the keys of `compare --json`; new string. */
char *cf_comparison_to_json (const CfComparison *comparison, const CfStructure *structure);

G_END_DECLS
