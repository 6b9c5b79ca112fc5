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
  gint32 trace;       /* index of the atom that stands for it: CA of an amino acid, P of a nucleotide (highest occupancy, the first on a tie); -1.
                       * Of residues that share a place in the chain (microheterogeneity) only the most occupied has one. */
  gboolean nucleic;   /* where trace is of a nucleotide */
  char label_chain[8]; /* mmCIF label_asym_id; "" from a PDB file */
  int label_seq;       /* mmCIF label_seq_id; 0 for none */
} CfResidue;

typedef struct
{
  char *name; /* author chain id, UTF-8; "" where the file leaves it blank, as gemmi keeps it */
  guint32 first, n; /* its residues */
} CfChain;

/** Two atoms, by index; a < b. */
typedef struct
{
  guint32 a, b;
} CfBond;

/** Immutable once made; shared by reference. One model of the file; the asymmetric unit as it stands. */
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
  CfBond *bonds; /* covalent ones, by distance: none of metals, none between alternatives */
  gsize n_bonds;
  int n_models; /* of the file */
  int model;    /* the one that was read, from 0 in the order of the file */
  guint32 n_ca, n_p;    /* residues whose trace is a CA, a P */
  guint32 n_hydrogens;  /* atoms */
  guint32 n_waters;     /* residues */
  guint32 n_altlocs;    /* atoms that have an alternate location's letter */
  guint32 n_rejected;   /* atoms left out: no coordinates that could be read */
  gboolean has_copies;  /* the file describes copies by symmetry (BIOMT and its like), which are not applied */
  char **warnings; /* never NULL */
  char **warnings_plain; /* the same in English, for what programs read */
} CfStructure;

/** PDB or mmCIF, plain or gzip, recognised by content. Zero atoms is an error. */
CfStructure *cf_structure_load (const char *path, GCancellable *cancellable, GError **error);
/** The same, another model than the first: `model` counts from 0 in the order of the file. CF_ERROR_ARGUMENT beyond the last. */
CfStructure *cf_structure_load_model (const char *path, int model, GCancellable *cancellable, GError **error);
/** The first model from memory; `name` is used in messages. */
CfStructure *cf_structure_parse (const char *name, const char *data, gsize n, GError **error);
/** The same atoms, and each nucleotide represented by its atom of that name ("C4'") where it has one, phosphate or not; one without has no
 * trace. n_p counts those that have. A new structure. */
CfStructure *cf_structure_with_nucleic_atom (const CfStructure *structure, const char *name);
CfStructure *cf_structure_ref (CfStructure *structure);
void cf_structure_unref (CfStructure *structure);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfStructure, cf_structure_unref)

/** "A/Leu 45 CA" with chain, residue, number, insertion code, atom; "Leu 45 CA" in a chain without a name; new string. */
char *cf_structure_atom_label (const CfStructure *structure, guint32 atom);
/** Atomic number of an element's symbol, in any case; deuterium is 1; 0 unknown. */
guint8 cf_element_number (const char *symbol);
/** A; 0 for a metal, and for what is not drawn as bonded. */
float cf_element_covalent_radius (guint8 number);
/** "C" for 6; "X" for 0 and beyond 118. Static. */
const char *cf_element_symbol (guint8 number);
/** The element of an atom whose file does not say: by the residue's kind, by `name` being the residue's own (an ion), by the column
 * that the name begins in (columns 13-16 of a PDB file; NULL where there are none), by its first letter. 0 unknown. */
guint8 cf_element_guess (const char *name, const char *residue, const char *columns);
/** Kinds of residue that are in common use, modified ones included. */
gboolean cf_residue_is_amino_acid (const char *name);
gboolean cf_residue_is_nucleotide (const char *name);
gboolean cf_residue_is_water (const char *name);

G_END_DECLS
