/* dump-structure MODEL: what the reader made of a model, as JSON on stdout, for the independent script that judges it. */
#include <stdio.h>

#include "cf-structure.h"

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  if (argc < 2)
    return 2;
  g_autoptr (CfStructure) s = cf_structure_load (argv[1], NULL, &error);
  if (!s)
    {
      fprintf (stderr, "%s\n", error->message);
      return 3;
    }
  printf ("{\"atoms\": %u, \"residues\": %u, \"chains\": %u, \"models\": %d, \"ca\": %u, \"p\": %u, \"hydrogens\": %u, \"waters\": %u, "
          "\"altlocs\": %u, \"rejected\": %u, \"id\": \"%s\", \"trace\": [",
          s->n_atoms, s->n_residues, s->n_chains, s->n_models, s->n_ca, s->n_p, s->n_hydrogens, s->n_waters, s->n_altlocs, s->n_rejected,
          s->id ? s->id : "");
  gboolean first = TRUE;
  for (guint32 i = 0; i < s->n_residues; i++)
    {
      const CfResidue *residue = &s->residues[i];
      if (residue->trace < 0)
        continue;
      const CfAtom *atom = &s->atoms[residue->trace];
      g_autofree char *label = cf_structure_atom_label (s, (guint32) residue->trace);
      printf ("%s[\"%s\", %.4f, %.4f, %.4f]", first ? "" : ", ", label, atom->pos[0], atom->pos[1], atom->pos[2]);
      first = FALSE;
    }
  double sum[3] = { 0 };
  guint32 electrons = 0;
  for (guint32 i = 0; i < s->n_atoms; i++)
    {
      electrons += s->atoms[i].number;
      for (int a = 0; a < 3; a++)
        sum[a] += s->atoms[i].pos[a];
    }
  printf ("], \"sum\": [%.6f, %.6f, %.6f], \"electrons\": %u, \"warnings\": %u}\n", sum[0], sum[1], sum[2], electrons,
          g_strv_length (s->warnings));
  return 0;
}
