/* cf-structure-copy.c: the same structure, its nucleotides represented by another atom. */
#include "cf-compare-private.h"
#include "cf-structure.h"

static CfStructure *
copy (const CfStructure *from)
{
  CfStructure *to = g_memdup2 (from, sizeof *from);
  g_atomic_ref_count_init (&to->ref_count);
  to->name = g_strdup (from->name);
  to->path = g_strdup (from->path);
  to->id = g_strdup (from->id);
  to->atoms = g_memdup2 (from->atoms, from->n_atoms * sizeof *from->atoms);
  to->bonds = g_memdup2 (from->bonds, from->n_bonds * sizeof *from->bonds);
  to->residues = g_memdup2 (from->residues, from->n_residues * sizeof *from->residues);
  to->chains = g_memdup2 (from->chains, from->n_chains * sizeof *from->chains);
  for (guint32 i = 0; i < to->n_chains; i++)
    to->chains[i].name = g_strdup (from->chains[i].name);
  to->warnings = g_strdupv (from->warnings);
  to->warnings_plain = g_strdupv (from->warnings_plain);
  return to;
}

CfStructure *
cf_structure_with_nucleic_atom (const CfStructure *structure, const char *name)
{
  g_autofree gint32 *trace = cf_compare_trace_atoms (structure, name);
  CfStructure *to = copy (structure);
  to->n_p = 0;
  for (guint32 r = 0; r < to->n_residues; r++)
    {
      CfResidue *residue = &to->residues[r];
      if (trace[r] == residue->trace || residue->water)
        continue;
      residue->trace = trace[r];
      residue->nucleic = trace[r] >= 0;
    }
  for (guint32 r = 0; r < to->n_residues; r++)
    to->n_p += to->residues[r].nucleic;
  return to;
}
