/* cf-report-private.h: the parts of a report: one tree of numbers (JSON), and the page made from it. */
#pragma once

#include <jansson.h>

#include "cf-findings.h"
#include "cf-report.h"
#include "cf-strip.h"

G_BEGIN_DECLS

#define CF_REPORT_TOP 20   /* findings and seams listed on a page; JSON and CSV have all */
#define CF_REPORT_STRIP 50 /* residues in a row */

/** What all forms of a report are made from. */
typedef struct
{
  CfReport report;      /* as given, with what was measured for it */
  CfResiduals *residuals;
  CfSeams *seams;
  CfFindings *findings; /* NULL without a comparison */
  CfStrips *strips;     /* the same */
  CfPlane *planes[6];   /* projections and slices along X, Y, Z; NULL without a volume */
  guint64 bins[CF_HISTOGRAM_BINS];
  json_t *root;
} CfReportParts;

CfReportParts *cf_report_parts_new (const CfReport *report);
void cf_report_parts_free (CfReportParts *parts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfReportParts, cf_report_parts_free)
char *cf_report_html (CfReportParts *parts);
char *cf_report_json (const CfReportParts *parts);
GBytes *cf_report_pdf (CfReportParts *parts, GError **error);
/** The table of that suffix, with its head; new string. NULL for a suffix that is none. */
char *cf_report_csv (const CfReportParts *parts, const char *path);
double cf_report_voxel_volume (const CfReport *report); /* A^3 */

/** All numbers and texts of the report; a new reference. */
json_t *cf_report_tree (const CfReportParts *parts);
json_t *cf_comparison_tree (const CfComparison *comparison, const CfStructure *structure);
/** The member at "a.b.3.c"; borrowed, NULL where there is none. */
json_t *cf_json_at (json_t *root, const char *path);

/** The look of the page; CSS, owned by the program. */
const char *cf_report_style (void);

/** A plot of the report; user_data of draw are the parts. */
typedef void (*CfDrawFunc) (cairo_t *cr, double width, double height, gpointer user_data);
typedef struct
{
  const char *id, *label, *caption;
  double height; /* 0: it goes by the width, as cf_report_plot_height () says */
  CfDrawFunc draw;
} CfReportPlot;
#define CF_REPORT_PLOTS 4
/** Those over the level, and those of the map, that the report has something for; returns how many. */
gsize cf_report_level_plots (const CfReportParts *parts, CfReportPlot out[CF_REPORT_PLOTS]);
gsize cf_report_map_plots (const CfReportParts *parts, CfReportPlot out[CF_REPORT_PLOTS]);
double cf_report_plot_height (const CfReportParts *parts, const CfReportPlot *plot, double width);
/** A plot as an <svg> element for a page; ids begin with `prefix`, and the class is "narrow" where that ends so, else "wide". New string. */
char *cf_svg_inline (const char *prefix, const char *label, double width, double height, CfDrawFunc draw, gpointer user_data);

G_END_DECLS
