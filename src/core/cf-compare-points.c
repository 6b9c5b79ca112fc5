/* cf-compare-points.c: which atoms of a model a graph is compared with. */
#include "cf-compare-private.h"

#include <string.h>

static gboolean
is_hydrogen (const CfAtom *atom)
{
  return atom->number == 1 || g_ascii_strcasecmp (atom->element, "H") == 0 || g_ascii_strcasecmp (atom->element, "D") == 0;
}

gboolean
cf_compare_takes_atom (const CfStructure *structure, guint32 i)
{
  const CfAtom *atom = &structure->atoms[i];
  return !is_hydrogen (atom) && !structure->residues[atom->residue].water;
}

gboolean
cf_compare_is_chosen_location (const CfStructure *structure, guint32 i)
{
  const CfAtom *atom = &structure->atoms[i];
  if (!atom->altloc)
    return TRUE;
  const CfResidue *residue = &structure->residues[atom->residue];
  for (guint32 j = residue->first; j < residue->first + residue->n; j++)
    {
      const CfAtom *other = &structure->atoms[j];
      if (j == i || strcmp (other->name, atom->name) != 0)
        continue;
      if (other->occupancy > atom->occupancy || (other->occupancy == atom->occupancy && j < i))
        return FALSE;
    }
  return TRUE;
}

static gint32
find_atom (const CfStructure *structure, const CfResidue *residue, const char *name)
{
  for (guint32 i = residue->first; i < residue->first + residue->n; i++)
    if (strcmp (structure->atoms[i].name, name) == 0 && cf_compare_is_chosen_location (structure, i))
      return (gint32) i;
  return -1;
}

static gboolean
same_place (const CfResidue *a, const CfResidue *b)
{
  return a->chain == b->chain && a->seq == b->seq && a->icode == b->icode;
}

/* Where two residue types share one place in the chain, the reader left one of them its trace atom; a nucleotide that has none for
 * want of a phosphate stands for its place only where no other does. */
static gboolean
is_stood_for (const CfStructure *structure, guint32 r)
{
  const CfResidue *residue = &structure->residues[r];
  if (residue->trace >= 0)
    return FALSE;
  for (gint64 o = (gint64) r - 1; o >= 0 && same_place (&structure->residues[o], residue); o--)
    if (structure->residues[o].trace >= 0 || cf_residue_is_nucleotide (structure->residues[o].name))
      return TRUE;
  for (gint64 o = (gint64) r + 1; o < structure->n_residues && same_place (&structure->residues[o], residue); o++)
    if (structure->residues[o].trace >= 0)
      return TRUE;
  return FALSE;
}

gint32 *
cf_compare_trace_atoms (const CfStructure *structure, const char *na_atom)
{
  gint32 *atoms = g_new (gint32, structure->n_residues);
  for (guint32 r = 0; r < structure->n_residues; r++)
    {
      const CfResidue *residue = &structure->residues[r];
      atoms[r] = residue->water ? -1 : residue->trace;
      if (na_atom && (residue->nucleic || (residue->trace < 0 && !residue->hetero && cf_residue_is_nucleotide (residue->name))))
        atoms[r] = is_stood_for (structure, r) ? -1 : find_atom (structure, residue, na_atom);
    }
  return atoms;
}

static void
targets_init (CfTargets *t, gsize room)
{
  *t = (CfTargets){ .at = g_malloc_n (room, sizeof *t->at), .residue = g_new (guint32, room) };
}

static void
targets_append (CfTargets *t, const CfStructure *structure, guint32 i)
{
  const CfAtom *atom = &structure->atoms[i];
  for (int a = 0; a < 3; a++)
    t->at[t->n][a] = atom->pos[a];
  t->residue[t->n++] = atom->residue;
}

static gboolean
is_inside (const CfGrid *inside, const CfStructure *structure, guint32 atom)
{
  const float *at = structure->atoms[atom].pos;
  const double xyz[3] = { at[0], at[1], at[2] };
  double ijk[3];
  if (inside == NULL)
    return TRUE;
  cf_grid_from_world (inside, xyz, ijk);
  return cf_grid_contains (inside, ijk);
}

void
cf_compare_model_init (CfCompareModel *model, const CfStructure *structure, const char *na_atom, const CfGrid *inside)
{
  *model = (CfCompareModel){ .structure = structure, .atom_of_residue = cf_compare_trace_atoms (structure, na_atom) };
  for (guint32 r = 0; r < structure->n_residues; r++)
    if (model->atom_of_residue[r] >= 0 && !is_inside (inside, structure, (guint32) model->atom_of_residue[r]))
      model->atom_of_residue[r] = -1;
  targets_init (&model->trace, structure->n_residues);
  for (guint32 r = 0; r < structure->n_residues; r++)
    if (model->atom_of_residue[r] >= 0)
      targets_append (&model->trace, structure, (guint32) model->atom_of_residue[r]);
  targets_init (&model->atoms, structure->n_atoms);
  for (guint32 i = 0; i < structure->n_atoms; i++)
    if (cf_compare_takes_atom (structure, i) && is_inside (inside, structure, i) && cf_compare_is_chosen_location (structure, i))
      targets_append (&model->atoms, structure, i);
}

void
cf_compare_model_clear (CfCompareModel *model)
{
  g_clear_pointer (&model->atom_of_residue, g_free);
  g_clear_pointer (&model->trace.at, g_free);
  g_clear_pointer (&model->trace.residue, g_free);
  g_clear_pointer (&model->atoms.at, g_free);
  g_clear_pointer (&model->atoms.residue, g_free);
}
