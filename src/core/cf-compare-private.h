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

G_END_DECLS
