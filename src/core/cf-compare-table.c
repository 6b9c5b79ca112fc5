/* cf-compare-table.c: the comparison by residue as CSV. */
#include <math.h>

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
