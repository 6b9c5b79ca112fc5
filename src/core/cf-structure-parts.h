/* cf-structure-parts.h: a structure while it is read. Private to core; the C face of the one C++ file. */
#pragma once

#include "cf-structure.h"

G_BEGIN_DECLS

/** GArrays of CfAtom, CfResidue, CfChain in final order. Trace, counts and waters are not filled yet. `model` says which is wanted. */
typedef struct
{
  GArray *atoms, *residues, *chains;
  char *id;
  int model, n_models;
  guint32 n_rejected;
  gboolean has_copies; /* the file describes more of it by symmetry */
} CfStructureParts;

/** Reads mmCIF or PDB text with gemmi. FALSE with a new string in *message; nothing is thrown. PDB text is what
 * cf_structure_filter_pdb () made. */
gboolean cf_structure_gemmi_read (const char *data, gsize n, gboolean is_cif, CfStructureParts *parts, char **message);

/** PDB text with the atoms of the wanted model only: each line checked, elements filled in, atoms without coordinates counted in
 * parts->n_rejected and left out. Counts models and finds the id. CF_INPUT_ERROR where the file is cut short. */
GString *cf_structure_filter_pdb (const char *name, const char *data, gsize n, CfStructureParts *parts, gboolean *has_end, GError **error);

/** Fills `bonds` of a structure that is being made. */
void cf_structure_find_bonds (CfStructure *structure);

G_END_DECLS
