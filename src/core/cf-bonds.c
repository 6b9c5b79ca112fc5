/* cf-bonds.c: which atoms of a structure are bonded, by their distance: files of models seldom say it. */
#include <string.h>

#include "cf-cells.h"
#include "cf-structure-parts.h"

#define SLACK 0.45f   /* A beyond the covalent radii */
#define CLOSEST 0.4f  /* A: nearer than that are two places of one atom */
#define REACH 3.3     /* A: the longest, of two iodines */
#define CROWDED 1000  /* atoms in the 27 cells around one: ten times what a protein has there; no molecule */

/* A (Cordero et al. 2008), rounded; metals are left to coordination, which is not drawn. */
float
cf_element_covalent_radius (guint8 number)
{
  switch (number)
    {
    case 1:
      return 0.31f;
    case 5:
      return 0.84f;
    case 6:
      return 0.76f;
    case 7:
      return 0.71f;
    case 8:
      return 0.66f;
    case 9:
      return 0.57f;
    case 14:
      return 1.11f;
    case 15:
      return 1.07f;
    case 16:
      return 1.05f;
    case 17:
      return 1.02f;
    case 34:
      return 1.20f;
    case 35:
      return 1.20f;
    case 53:
      return 1.39f;
    case 0:
      return 0.76f;
    default:
      return 0;
    }
}

static gboolean
are_bonded (const CfStructure *structure, guint32 i, guint32 j)
{
  const CfAtom *a = &structure->atoms[i], *b = &structure->atoms[j];
  if (a->altloc && b->altloc && a->altloc != b->altloc)
    return FALSE;
  if (a->number == 1 && b->number == 1)
    return FALSE;
  if (a->residue != b->residue && (structure->residues[a->residue].water || structure->residues[b->residue].water))
    return FALSE;
  float x = a->pos[0] - b->pos[0], y = a->pos[1] - b->pos[1], z = a->pos[2] - b->pos[2], d2 = x * x + y * y + z * z;
  float ra = cf_element_covalent_radius (a->number), rb = cf_element_covalent_radius (b->number);
  return ra > 0 && rb > 0 && d2 > CLOSEST * CLOSEST && d2 < (ra + rb + SLACK) * (ra + rb + SLACK);
}

static void
add_bonds_of (const CfStructure *structure, const CfCells *cells, guint32 i, GArray *bonds)
{
  const float *pos = structure->atoms[i].pos;
  guint32 first[9], end[9], crowd = 0;
  gint32 at[3];
  cf_cells_locate (cells, (const double[3]){ pos[0], pos[1], pos[2] }, at);
  for (int row = 0; row < 9; row++)
    {
      cf_cells_find_row (cells, at, row % 3 - 1, row / 3 - 1, &first[row], &end[row]);
      crowd += end[row] - first[row];
    }
  for (int row = 0; row < 9 && crowd <= CROWDED; row++)
    for (guint32 k = first[row]; k < end[row]; k++)
      {
        const CfBond bond = { i, cells->order[k] };
        if (bond.b > i && are_bonded (structure, i, bond.b))
          g_array_append_val (bonds, bond);
      }
}

void
cf_structure_find_bonds (CfStructure *structure)
{
  g_autofree float (*points)[3] = g_malloc_n (structure->n_atoms, sizeof *points);
  g_auto (CfCells) cells = { 0 };
  GArray *bonds = g_array_new (FALSE, FALSE, sizeof (CfBond));
  for (guint32 i = 0; i < structure->n_atoms; i++)
    memcpy (points[i], structure->atoms[i].pos, sizeof *points);
  cf_cells_init_float (&cells, (const float (*)[3]) points, structure->n_atoms, REACH);
  for (guint32 i = 0; i < structure->n_atoms; i++)
    add_bonds_of (structure, &cells, i, bonds);
  structure->n_bonds = bonds->len;
  structure->bonds = (CfBond *) (gpointer) g_array_free (bonds, FALSE);
}
