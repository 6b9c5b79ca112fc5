/* cf-compare.h: a graph against a model: coverage, precision, RMSD, CA score, and what chance alone would give. method.md section 5. */
#pragma once

#include "cf-graph.h"
#include "cf-match.h"
#include "cf-structure.h"

G_BEGIN_DECLS

#define CF_COMPARE_CA_CUTOFF 3.0   /* A */
#define CF_COMPARE_ATOM_CUTOFF 1.0 /* A */

typedef struct
{
  gsize total;     /* residues with a C-alpha or P */
  gsize matched;
  double coverage; /* matched / total; NAN without any */
  double rmsd;     /* A over matches; NAN without any */
} CfCoverage;

typedef struct
{
  CfCoverage ca;     /* residues' trace atoms (C-alpha and P), one-to-one within 3 A */
  double ca_score;   /* phenix.chain_comparison: fraction / max (0.1, rmsd) */
  gsize nodes_total, nodes_near;
  double precision;  /* nodes with any trace atom within 3 A / all nodes */
  CfCoverage atoms;  /* one-to-one within 1 A; non-hydrogen, non-water */
  double atoms_nodes; /* nodes with an atom / nodes */
  gboolean has_null;
  CfCoverage null_ca; /* mean over `null_trials` of as many random points inside the same contour */
  double null_precision;
  int null_trials;
  gint32 *node_of_residue;  /* [n_residues]; -1 none */
  double *node_distance;    /* [n_residues], A; NAN none */
  gint32 *residue_of_node;  /* [n_nodes]; -1 none */
  gsize n_residues, n_nodes;
} CfComparison;

typedef struct
{
  CfMatchKind match;
  CfPeaks *contour;  /* its seeds above the graph's level are the inside of the contour that the null draws from; NULL: no null */
  int null_trials;   /* 0: 5 */
  guint64 seed;
} CfCompareOptions;

CfComparison *cf_compare (const CfGraph *graph, const CfStructure *structure, const CfCompareOptions *options, GCancellable *cancellable,
                          GError **error);
void cf_comparison_free (CfComparison *comparison);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfComparison, cf_comparison_free)
/** chain, residue, name, node, distance, node density: one row a residue (atomic). */
gboolean cf_comparison_save_csv (const CfComparison *comparison, const CfGraph *graph, const CfStructure *structure, const char *path,
                                 GError **error);

/** Share of non-hydrogen, non-water atoms with interpolated density >= each level. density[i]: normalised d at atom i of the
 * structure (NAN outside counts as below). backbone only: N, CA, C, O (P, O5', C5', C4', C3', O3'). */
void cf_atom_inclusion (const CfStructure *structure, const float *density, const double *levels, gsize n, gboolean backbone,
                        double *share);

/** One row of the sweep's table: what the threshold panel draws and `sweep` writes. */
typedef struct
{
  CfLevel level;
  gsize nodes, components;
  double coverage, precision, rmsd, null_coverage, null_precision, inclusion; /* NAN without a model */
} CfCurveRow;

G_END_DECLS
