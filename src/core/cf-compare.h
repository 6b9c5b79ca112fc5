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
  gsize total;     /* residues with a trace atom, or atoms */
  gsize matched;
  double coverage; /* matched / total; NAN without any */
  double rmsd;     /* A over matches; NAN without any */
} CfCoverage;

/** One chain's share of the matches of the whole model. */
typedef struct
{
  guint32 chain; /* index into the structure's chains */
  CfCoverage ca, atoms;
  double ca_score, recall;
  CfCoverage null_ca; /* NAN without a null */
} CfChainComparison;

/** Everything named null_ is the mean over `null_trials` draws of as many random points as there are nodes, inside the same contour;
 * NAN where has_null is FALSE. */
typedef struct
{
  CfCoverage ca;     /* residues' trace atoms (C-alpha; P, or CfCompareOptions.na_atom), one-to-one within 3 A */
  double ca_score;   /* phenix.chain_comparison: coverage / max (0.1, rmsd) */
  gsize residues_near;
  double recall;     /* ModelAngelo: residues with any node within 3 A / residues; several may share one node */
  gsize nodes_total, nodes_near;
  double precision;  /* nodes with any trace atom within 3 A / all nodes */
  CfCoverage atoms;  /* one-to-one within 1 A; non-hydrogen, non-water */
  double atoms_nodes; /* nodes with an atom / nodes */
  CfLevel inclusion_level; /* where the next two are of; all NAN until cf_comparison_set_inclusion () */
  double inclusion, inclusion_backbone;
  gboolean has_null;
  CfCoverage null_ca, null_atoms;
  double null_ca_score, null_recall, null_precision, null_atoms_nodes;
  int null_trials;
  gint32 *atom_of_residue;  /* [n_residues] the trace atom; -1 for a residue that is not compared */
  gint32 *node_of_residue;  /* [n_residues]; -1 none */
  double *node_distance;    /* [n_residues], A; NAN none */
  gint32 *residue_of_node;  /* [n_nodes]; -1 none */
  gsize n_residues, n_nodes;
  CfChainComparison *chains; /* [n_chains], in the structure's order; those without compared residues and atoms are left out */
  gsize n_chains;
} CfComparison;

typedef struct
{
  CfMatchKind match;
  CfPeaks *contour;  /* its seeds above the graph's level are the inside of the contour that the null draws from; NULL: no null */
  int null_trials;   /* 0: 5 */
  guint64 seed;
  const char *na_atom; /* name of the atom that stands for a nucleotide, as "C4'"; NULL: P */
  const CfGrid *inside; /* of what was fitted, where that is a part of the map: residues and atoms elsewhere are not compared; NULL: all are */
} CfCompareOptions;

/** Thread safe. Fails only when cancelled. */
CfComparison *cf_compare (const CfGraph *graph, const CfStructure *structure, const CfCompareOptions *options, GCancellable *cancellable,
                          GError **error);
void cf_comparison_free (CfComparison *comparison);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfComparison, cf_comparison_free)
/** chain, residue, name, node, distance, node density: one row a residue (atomic). */
gboolean cf_comparison_save_csv (const CfComparison *comparison, const CfGraph *graph, const CfStructure *structure, const char *path,
                                 GError **error);

/** Atom inclusion as EMDB has it: the share of non-hydrogen, non-water atoms, with all their alternate locations, where the density is at or above a
 * level. Immutable. */
typedef struct _CfInclusion CfInclusion;
/** density[n_atoms]: at each atom of the structure, in any unit (NAN, as outside of a map, counts as below every level). */
CfInclusion *cf_inclusion_new (const CfStructure *structure, const float *density);
void cf_inclusion_free (CfInclusion *inclusion);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfInclusion, cf_inclusion_free)
/** level: in the unit of the densities. backbone: only N, CA, C, O of polymers (P, O5', C5', C4', C3', O3' of nucleotides). NAN without such atoms. */
double cf_inclusion_at (const CfInclusion *inclusion, double level, gboolean backbone);
/** inclusion: of densities in file units. */
void cf_comparison_set_inclusion (CfComparison *comparison, const CfInclusion *inclusion, const CfLevel *level);

/** One row of the sweep's table: what the threshold panel draws and `sweep` writes. */
typedef struct
{
  CfLevel level;
  gsize nodes, components;
  /* NAN without a model */
  double coverage, precision, rmsd, null_coverage, null_precision, inclusion;
  double ca_score, recall, null_ca_score, null_recall, null_rmsd;
  double atoms_coverage, atoms_nodes, atoms_rmsd, null_atoms_coverage, null_atoms_nodes;
  double inclusion_backbone;
  double inside; /* share of the map's volume above the level: what atom inclusion would be by chance */
} CfCurveRow;

G_END_DECLS
