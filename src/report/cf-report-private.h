/* cf-report-private.h: the parts of a report: one tree of numbers (JSON), and the page made from it. */
#pragma once

#include <jansson.h>

#include "cf-report.h"

G_BEGIN_DECLS

#define CF_REPORT_TOP 20 /* findings listed each way */
#define CF_REPORT_POPULATION "voxels of the crop, negative ones taken as 0, divided by the largest"

/** A residue that no node was matched to, or a node that no atom explains. */
typedef struct
{
  guint32 index;   /* residue or node */
  double distance; /* A: from the trace atom to the nearest node, or from the node to the nearest atom; NAN where there is none */
  double density;  /* d: of the field at the trace atom (NAN unknown), or of the node */
  double rank;     /* higher comes first */
} CfMiss;

typedef struct
{
  gsize n_residues, n_nodes;      /* how many there are in all */
  GArray *residues, *nodes;       /* of CfMiss, the first CF_REPORT_TOP by rank */
} CfMisses;

/** Residues without a node: where the field is densest there first (farthest from a node first, where no evaluator is given). Nodes with no
 * atom but hydrogen within 3 A: the most persistent first. */
CfMisses *cf_misses_new (const CfReport *report);
void cf_misses_free (CfMisses *misses);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfMisses, cf_misses_free)

/** All numbers and texts of the report; a new reference. */
json_t *cf_report_tree (const CfReport *report);
json_t *cf_comparison_tree (const CfComparison *comparison, const CfStructure *structure);
json_t *cf_json_real_or_null (double value);
/** The member at "a.b.3.c"; borrowed, NULL where there is none. */
json_t *cf_json_at (json_t *root, const char *path);

/** The look of the page; CSS, owned by the program. */
const char *cf_report_style (void);

/** A plot of the report; user_data of draw is the report. */
typedef void (*CfDrawFunc) (cairo_t *cr, double width, double height, gpointer user_data);
typedef struct
{
  const char *id, *label, *caption;
  double height;
  CfDrawFunc draw;
} CfReportPlot;
#define CF_REPORT_PLOTS 2
/** Those that the report has something for; returns how many. */
gsize cf_report_plots (const CfReport *report, CfReportPlot out[CF_REPORT_PLOTS]);
/** A plot as an <svg> element for a page; ids begin with `prefix`, and the class is "narrow" where that ends so, else "wide". New string. */
char *cf_svg_inline (const char *prefix, const char *label, double width, double height, CfDrawFunc draw, gpointer user_data);

G_END_DECLS
