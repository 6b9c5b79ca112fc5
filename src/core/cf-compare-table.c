/* cf-compare-table.c: the comparison by residue as CSV, and the share of atoms inside a level. */
#include <math.h>
#include <stdlib.h>

#include "cf-compare-private.h"
#include "cf-file.h"

static void
append_number (GString *out, const char *format, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  if (!isnan (value))
    g_string_append (out, g_ascii_formatd (text, sizeof text, format, value));
}

static void
append_row (GString *out, const CfComparison *c, const CfGraph *graph, const CfStructure *structure, gsize r)
{
  const CfResidue *residue = &structure->residues[r];
  g_autofree char *chain = cf_text_for_csv (structure->chains[residue->chain].name);
  g_autofree char *name = cf_text_for_csv (residue->name);
  char icode[2] = { residue->icode, 0 };
  gint32 node = c->node_of_residue[r];
  g_string_append_printf (out, "%s,%d%s,%s,", chain, residue->seq, icode, name);
  if (node >= 0)
    g_string_append_printf (out, "%d", node);
  g_string_append_c (out, ',');
  append_number (out, "%.4f", c->node_distance[r]);
  g_string_append_c (out, ',');
  append_number (out, "%.6g", node >= 0 && (gsize) node < graph->n_nodes ? graph->nodes[node].density : NAN);
  g_string_append (out, "\r\n");
}

gboolean
cf_comparison_save_csv (const CfComparison *comparison, const CfGraph *graph, const CfStructure *structure, const char *path,
                        GError **error)
{
  g_autoptr (GString) out = g_string_new ("chain,residue,name,node,distance,node_density\r\n");
  for (gsize r = 0; r < comparison->n_residues; r++)
    if (comparison->atom_of_residue[r] >= 0)
      append_row (out, comparison, graph, structure, r);
  return cf_file_save (path, out->str, out->len, error);
}

static gboolean
is_backbone (const CfStructure *structure, const CfAtom *atom)
{
  static const char *const protein[] = { "N", "CA", "C", "O", NULL };
  static const char *const nucleic[] = { "P", "O5'", "C5'", "C4'", "C3'", "O3'", NULL };
  const CfResidue *residue = &structure->residues[atom->residue];
  return g_strv_contains (residue->nucleic || cf_residue_is_nucleotide (residue->name) ? nucleic : protein, atom->name);
}

static int
compare_floats (gconstpointer a, gconstpointer b)
{
  float x = *(const float *) a, y = *(const float *) b;
  return x < y ? -1 : x > y;
}

void
cf_atom_inclusion (const CfStructure *structure, const float *density, const double *levels, gsize n, gboolean backbone, double *share)
{
  g_autofree float *sorted = g_new (float, structure->n_atoms);
  gsize m = 0;
  for (guint32 i = 0; i < structure->n_atoms; i++)
    if (cf_compare_takes_atom (structure, i) && (!backbone || is_backbone (structure, &structure->atoms[i])))
      sorted[m++] = isnan (density[i]) ? -G_MAXFLOAT : density[i];
  if (m)
    qsort (sorted, m, sizeof *sorted, compare_floats);
  for (gsize k = 0; k < n; k++)
    {
      gsize lo = 0, hi = m;
      while (lo < hi)
        {
          gsize middle = lo + (hi - lo) / 2;
          if (sorted[middle] >= levels[k])
            hi = middle;
          else
            lo = middle + 1;
        }
      share[k] = m ? (double) (m - lo) / m : NAN;
    }
}
