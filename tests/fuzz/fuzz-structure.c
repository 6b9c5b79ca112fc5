/* A model, PDB or mmCIF: the seeds and the dictionary decide which. */
#include <math.h>
#include <stdlib.h>

#include "cf-structure.h"
#include "fuzz.h"

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize n)
{
  GError *error = NULL;
  g_autoptr (CfStructure) s = cf_structure_parse ("fuzz", (const char *)data, n, &error);
  fuzz_check (s, error);
  if (!s)
    return 0;
  if (s->n_atoms == 0 || s->n_residues == 0 || s->n_chains == 0 || s->n_ca + s->n_p > s->n_residues)
    abort ();
  for (guint32 i = 0; i < s->n_atoms; i++)
    {
      const CfAtom *atom = &s->atoms[i];
      if (!isfinite (atom->pos[0] + atom->pos[1] + atom->pos[2] + atom->occupancy) || atom->residue >= s->n_residues)
        abort ();
      g_autofree char *label = cf_structure_atom_label (s, i);
      fuzz_check_text (label);
    }
  for (guint32 i = 0; i < s->n_residues; i++)
    {
      const CfResidue *residue = &s->residues[i];
      if (residue->chain >= s->n_chains || residue->n == 0 || residue->first + residue->n > s->n_atoms
          || (residue->trace >= 0 && ((guint32)residue->trace < residue->first || (guint32)residue->trace >= residue->first + residue->n)))
        abort ();
    }
  return 0;
}
