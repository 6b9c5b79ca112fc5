/* cf-selection.h: residues chosen by a short text, and the box that they take up. */
#pragma once

#include "cf-structure.h"

G_BEGIN_DECLS

/** "A" a chain, "A/10" a residue, "A/10-40" from one to another, several with commas; author numbers, which may be negative ("A/-5--1"), whatever
 * the insertion code. Waters are left out. box: x0, y0, z0, x1, y1, z1 of the atoms, wider by margin on each side, A. CF_ERROR_ARGUMENT for
 * another text, or where the structure has no such residue. Thread safe. */
gboolean cf_selection_box (const CfStructure *structure, const char *selection, double margin, double box[6], GError **error);

G_END_DECLS
