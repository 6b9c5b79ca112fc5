/* cf-structure.h: a deposited or predicted model: chains, residues, atoms. Read through gemmi, checked around it. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  float pos[3]; /* A */
  float occupancy;
  float b_factor;
  char name[8];    /* "CA" */
  char element[4]; /* "C"; calcium is "CA" with element "Ca" */
  guint8 number;   /* atomic number, 0 unknown */
  char altloc;     /* 0 for none */
  guint32 residue; /* index into residues */
} CfAtom;

typedef struct
{
  char name[8];  /* "LEU" */
  int seq;       /* author number */
  char icode;    /* 0 for none */
  gboolean hetero;
  gboolean water;
  guint32 chain;      /* index into chains */
  guint32 first, n;   /* its atoms */
  gint32 trace;       /* index of the atom that stands for it: CA of an amino acid, P of a nucleotide (highest occupancy, the first on a tie); -1 */
  gboolean nucleic;   /* where trace is a P */
} CfResidue;

typedef struct
{
  char *name; /* author chain id, UTF-8 */
  guint32 first, n; /* its residues */
} CfChain;

/** Immutable once made; shared by reference. The first model only; the asymmetric unit as it stands. */
typedef struct _CfStructure
{
  gatomicrefcount ref_count;
  char *name; /* base name */
  char *path; /* NULL when embedded */
  char *id;   /* PDB id, or NULL */
  CfAtom *atoms;
  CfResidue *residues;
  CfChain *chains;
  guint32 n_atoms, n_residues, n_chains;
  int n_models;
  guint32 n_ca, n_p, n_hydrogens, n_waters, n_altlocs, n_rejected;
  char **warnings; /* never NULL */
} CfStructure;

/** PDB or mmCIF, plain or gzip, recognised by content. Zero atoms is an error. */
CfStructure *cf_structure_load (const char *path, GCancellable *cancellable, GError **error);
/** The same from memory; `name` is used in messages. */
CfStructure *cf_structure_parse (const char *name, const char *data, gsize n, GError **error);
CfStructure *cf_structure_ref (CfStructure *structure);
void cf_structure_unref (CfStructure *structure);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfStructure, cf_structure_unref)

/** "A/Leu 45 CA" with chain, residue, number, insertion code, atom; new string. */
char *cf_structure_atom_label (const CfStructure *structure, guint32 atom);
/** One-based guess by name and element of the atomic number; 0 unknown. */
guint8 cf_element_number (const char *symbol);
/** "C" for 6. */
const char *cf_element_symbol (guint8 number);

G_END_DECLS
