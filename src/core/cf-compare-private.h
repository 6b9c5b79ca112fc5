/* cf-compare-private.h: which points of a model are compared. Private to core. */
#pragma once

#include "cf-compare.h"

G_BEGIN_DECLS

typedef double CfPoint[3]; /* A */

/** New array [n_residues]: the atom that stands for each residue, -1 for none. na_atom as in CfCompareOptions. */
gint32 *cf_compare_trace_atoms (const CfStructure *structure, const char *na_atom);
/** Neither hydrogen nor water. */
gboolean cf_compare_takes_atom (const CfStructure *structure, guint32 atom);
/** Of alternate locations of one atom the most occupied, the first on a tie. */
gboolean cf_compare_is_chosen_location (const CfStructure *structure, guint32 atom);

/** Points of a model that are compared. */
typedef struct
{
  gsize n;
  CfPoint *at;
  guint32 *residue; /* [n] */
} CfTargets;

/** All that is compared of one structure (borrowed), read-only once made. */
typedef struct
{
  const CfStructure *structure;
  gint32 *atom_of_residue; /* [n_residues]; -1 */
  CfTargets trace, atoms;
} CfCompareModel;

/** na_atom and inside as in CfCompareOptions. */
void cf_compare_model_init (CfCompareModel *model, const CfStructure *structure, const char *na_atom, const CfGrid *inside);
void cf_compare_model_clear (CfCompareModel *model);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CfCompareModel, cf_compare_model_clear)

/** cf_compare () without chance, of pairs of the model's trace, and of its atoms, with n_nodes nodes. */
CfComparison *cf_compare_pairs (const CfCompareModel *model, const CfPairs *trace, const CfPairs *atoms, gsize n_nodes, CfMatchKind kind,
                                GCancellable *cancellable, GError **error);

G_END_DECLS
