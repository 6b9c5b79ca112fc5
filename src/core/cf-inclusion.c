/* cf-inclusion.c: the share of atoms inside a level, at every level. */
#include <math.h>
#include <stdlib.h>

#include "cf-compare-private.h"

/* Ascending: of all atoms, and of those of the backbone. */
struct _CfInclusion
{
  float *sorted[2];
  gsize n[2];
};

static gboolean
is_backbone (const CfStructure *structure, const CfAtom *atom)
{
  static const char *const protein[] = { "N", "CA", "C", "O", NULL };
  static const char *const nucleic[] = { "P", "O5'", "C5'", "C4'", "C3'", "O3'", NULL };
  const CfResidue *residue = &structure->residues[atom->residue];
  if (residue->nucleic || cf_residue_is_nucleotide (residue->name))
    return g_strv_contains (nucleic, atom->name);
  return (residue->trace >= 0 || !residue->hetero) && g_strv_contains (protein, atom->name); /* a ligand may have an atom C */
}

static int
compare_floats (gconstpointer a, gconstpointer b)
{
  float x = *(const float *) a, y = *(const float *) b;
  return x < y ? -1 : x > y;
}

CfInclusion *
cf_inclusion_new (const CfStructure *structure, const float *density)
{
  CfInclusion *out = g_new0 (CfInclusion, 1);
  for (int k = 0; k < 2; k++)
    out->sorted[k] = g_new (float, MAX (structure->n_atoms, 1));
  for (guint32 i = 0; i < structure->n_atoms; i++)
    for (int k = 0; cf_compare_takes_atom (structure, i) && k < (is_backbone (structure, &structure->atoms[i]) ? 2 : 1); k++)
      out->sorted[k][out->n[k]++] = isnan (density[i]) ? -G_MAXFLOAT : density[i];
  for (int k = 0; k < 2; k++)
    if (out->n[k])
      qsort (out->sorted[k], out->n[k], sizeof *out->sorted[k], compare_floats);
  return out;
}

void
cf_inclusion_free (CfInclusion *inclusion)
{
  if (!inclusion)
    return;
  g_free (inclusion->sorted[0]);
  g_free (inclusion->sorted[1]);
  g_free (inclusion);
}

double
cf_inclusion_at (const CfInclusion *inclusion, double level, gboolean backbone)
{
  const float *sorted = inclusion->sorted[backbone != FALSE];
  gsize n = inclusion->n[backbone != FALSE], lo = 0, hi = n;
  while (lo < hi)
    {
      gsize middle = lo + (hi - lo) / 2;
      if (sorted[middle] >= level)
        hi = middle;
      else
        lo = middle + 1;
    }
  return n ? (double) (n - lo) / n : NAN;
}

void
cf_comparison_set_inclusion (CfComparison *comparison, const CfInclusion *inclusion, const CfLevel *level)
{
  comparison->inclusion_level = *level;
  comparison->inclusion = cf_inclusion_at (inclusion, level->file, FALSE);
  comparison->inclusion_backbone = cf_inclusion_at (inclusion, level->file, TRUE);
}
