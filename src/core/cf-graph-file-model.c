/* cf-graph-file-model.c: graphs for molecular viewers: pseudo-atoms, markers, drawings. A pseudo-atom is the chemical dictionary's dummy
 * (residue DUM, element X) with 100 x density as its B factor. */
#include <math.h>
#include <string.h>

#include "cf-error.h"
#include "cf-file.h"
#include "cf-graph-file-private.h"
#include "cf-words.h"

#define PDB_NODES_MAX 99999
#define PDB_RESIDUES_PER_CHAIN 9999
#define NODE_RADIUS 0.4 /* A */
#define EDGE_RADIUS 0.1 /* A */

static double
b_factor (const CfNode *node)
{
  return isfinite (node->density) ? CLAMP (100 * (double) node->density, -99, 999) : 0;
}

static void
out_position (CfOut *out, const double pos[3], const char *format, const char *between)
{
  for (int a = 0; a < 3; a++)
    {
      cf_out_number (out, format, pos[a]);
      if (a < 2)
        cf_out_text (out, between);
    }
}

/* A value of a CIF item: quoted by whichever quote it does not hold, else as a text field. */
static void
out_cif_text (CfOut *out, const char *text)
{
  if (!*text)
    cf_out_text (out, "?");
  else if (!strchr (text, '\''))
    cf_out_format (out, "'%s'", text);
  else if (!strchr (text, '"'))
    cf_out_format (out, "\"%s\"", text);
  else
    cf_out_format (out, "\n; %s\n;", text); /* the blank keeps a leading semicolon off the line's start */
}

static void
out_cif_edges (CfOut *out, const CfGraph *graph)
{
  if (!graph->n_edges)
    return;
  cf_out_text (out, "loop_\n_struct_conn.id\n_struct_conn.conn_type_id\n");
  for (int p = 1; p <= 2; p++)
    cf_out_format (out,
                   "_struct_conn.ptnr%d_label_asym_id\n_struct_conn.ptnr%d_label_comp_id\n_struct_conn.ptnr%d_label_seq_id\n"
                   "_struct_conn.ptnr%d_label_atom_id\n_struct_conn.ptnr%d_auth_asym_id\n_struct_conn.ptnr%d_auth_comp_id\n"
                   "_struct_conn.ptnr%d_auth_seq_id\n",
                   p, p, p, p, p, p, p);
  cf_out_text (out, "_struct_conn.pdbx_dist_value\n");
  for (gsize e = 0; e < graph->n_edges; e++)
    {
      cf_out_format (out, "e%" G_GSIZE_FORMAT " covale A DUM . DUM A DUM %u A DUM . DUM A DUM %u ", e + 1, graph->edges[e].a + 1,
                     graph->edges[e].b + 1);
      cf_out_number (out, "%.3f\n", graph->edges[e].length);
    }
  cf_out_text (out, "#\n");
}

/* What an atom has no place for: a category of our own, whose id is the atom's. */
static void
out_cif_nodes (CfOut *out, const CfGraph *graph)
{
  if (!graph->n_nodes)
    return;
  cf_out_text (out, "loop_\n_cryofield_node.id\n");
  for (int f = 0; f < CF_N_NODE_FIELDS; f++)
    cf_out_format (out, "_cryofield_node.%s\n", cf_node_fields[f].name);
  for (gsize i = 0; i < graph->n_nodes; i++)
    {
      cf_out_format (out, "%" G_GSIZE_FORMAT, i + 1);
      for (int f = 0; f < CF_N_NODE_FIELDS; f++)
        {
          double value = cf_node_get (&graph->nodes[i], &cf_node_fields[f]);
          if (isfinite (value))
            cf_out_number (out, cf_node_fields[f].kind == CF_FIELD_DOUBLE ? " %.17g" : " %.9g", value);
          else
            cf_out_text (out, " ?");
        }
      cf_out_text (out, "\n");
    }
  cf_out_text (out, "#\n");
}

gboolean
cf_graph_save_mmcif (const CfGraph *graph, const char *path, GError **error)
{
  static const char *const columns[] = { "group_PDB",      "id",          "type_symbol",  "label_atom_id", "label_alt_id",
                                         "label_comp_id",  "label_asym_id", "label_entity_id", "label_seq_id", "Cartn_x",
                                         "Cartn_y",        "Cartn_z",     "occupancy",    "B_iso_or_equiv", "auth_seq_id",
                                         "auth_asym_id",   "pdbx_PDB_model_num" };
  CfGraphFact facts[CF_N_GRAPH_FACTS];
  CfOut *out = cf_out_open (path, error);
  if (!out)
    return FALSE;
  cf_graph_facts (graph, facts);
  cf_out_text (out, "data_cryofield_graph\n#\n");
  for (int f = 0; f < CF_N_GRAPH_FACTS; f++)
    {
      g_autofree char *value = cf_graph_fact_value (&facts[f]);
      cf_out_format (out, "_cryofield_graph.%s ", facts[f].name);
      out_cif_text (out, value);
      cf_out_text (out, "\n");
    }
  cf_out_text (out, "_cryofield_graph.B_iso '100 x density'\n#\n_entity.id 1\n_entity.type non-polymer\n#\n");
  out_cif_edges (out, graph);
  cf_out_text (out, "loop_\n");
  for (gsize k = 0; k < G_N_ELEMENTS (columns); k++)
    cf_out_format (out, "_atom_site.%s\n", columns[k]);
  for (gsize i = 0; i < graph->n_nodes; i++)
    {
      cf_out_format (out, "HETATM %" G_GSIZE_FORMAT " X DUM . DUM A 1 . ", i + 1);
      out_position (out, graph->nodes[i].pos, "%.4f", " ");
      cf_out_number (out, " 1 %.4f", b_factor (&graph->nodes[i]));
      cf_out_format (out, " %" G_GSIZE_FORMAT " A 1\n", i + 1);
    }
  cf_out_text (out, "#\n");
  out_cif_nodes (out, graph);
  return cf_out_close (out, error);
}

static gboolean
fits_pdb (const CfGraph *graph, const char *path, GError **error)
{
  g_autofree char *name = g_filename_display_name (path);
  if (graph->n_nodes > PDB_NODES_MAX)
    {
      g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, _("%s: nodes are %zu, PDB needs fewer than 100000: write mmCIF (.cif)"),
                   name, graph->n_nodes);
      return FALSE;
    }
  for (gsize i = 0; i < graph->n_nodes; i++)
    for (int a = 0; a < 3; a++)
      if (!(graph->nodes[i].pos[a] > -999.9995 && graph->nodes[i].pos[a] < 9999.9995))
        {
          char text[32];
          g_ascii_formatd (text, sizeof text, "%.3f", graph->nodes[i].pos[a]);
          g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT,
                       _("%s: a node's coordinate is %s A, PDB needs -999.999 to 9999.999: write mmCIF (.cif)"), name, text);
          return FALSE;
        }
  return TRUE;
}

/* Remarks hold 68 characters of ASCII a line. */
static void
out_remarks (CfOut *out, const CfGraph *graph)
{
  CfGraphFact facts[CF_N_GRAPH_FACTS];
  cf_graph_facts (graph, facts);
  cf_out_text (out, "REMARK   6\nREMARK   6 B FACTOR IS 100 X DENSITY\n");
  for (int f = 0; f < CF_N_GRAPH_FACTS; f++)
    {
      g_autofree char *value = cf_graph_fact_value (&facts[f]);
      g_autofree char *ascii = g_str_to_ascii (value, "C");
      g_autofree char *line = g_strdup_printf ("%s %s", facts[f].name, ascii);
      for (const char *p = line; *p; p += MIN (strlen (p), 68))
        cf_out_format (out, "REMARK   6 %.68s\n", p);
    }
}

static void
out_connections (CfOut *out, guint32 node, const guint32 *others, guint32 n)
{
  for (guint32 k = 0; k < n; k++)
    {
      if (k % 4 == 0)
        cf_out_format (out, "%sCONECT%5u", k ? "\n" : "", node + 1);
      cf_out_format (out, "%5u", others[k] + 1);
    }
  if (n)
    cf_out_text (out, "\n");
}

/* Each bond from both of its ends, as viewers expect. */
static void
out_all_connections (CfOut *out, const CfGraph *graph)
{
  g_autofree guint32 *first = g_new0 (guint32, graph->n_nodes + 2), *others = g_new (guint32, 2 * graph->n_edges);
  for (gsize e = 0; e < graph->n_edges; e++)
    {
      first[graph->edges[e].a + 2]++;
      first[graph->edges[e].b + 2]++;
    }
  for (gsize i = 2; i < graph->n_nodes + 2; i++)
    first[i] += first[i - 1];
  for (gsize e = 0; e < graph->n_edges; e++)
    {
      others[first[graph->edges[e].a + 1]++] = graph->edges[e].b;
      others[first[graph->edges[e].b + 1]++] = graph->edges[e].a;
    }
  for (guint32 i = 0; i < graph->n_nodes; i++)
    out_connections (out, i, others + first[i], first[i + 1] - first[i]);
}

gboolean
cf_graph_save_pdb (const CfGraph *graph, const char *path, GError **error)
{
  static const char chains[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  if (!fits_pdb (graph, path, error))
    return FALSE;
  CfOut *out = cf_out_open (path, error);
  if (!out)
    return FALSE;
  cf_out_text (out, "TITLE     CRYOFIELD DENSITY GRAPH\n");
  out_remarks (out, graph);
  for (guint32 i = 0; i < graph->n_nodes; i++)
    {
      cf_out_format (out, "HETATM%5u  DUM DUM %c%4u    ", i + 1, chains[i / PDB_RESIDUES_PER_CHAIN], i % PDB_RESIDUES_PER_CHAIN + 1);
      out_position (out, graph->nodes[i].pos, "%8.3f", "");
      cf_out_number (out, "  1.00%6.2f           X\n", b_factor (&graph->nodes[i]));
    }
  out_all_connections (out, graph);
  cf_out_text (out, "END\n");
  return cf_out_close (out, error);
}

/* Two hyphens would end an XML comment. */
static void
out_xml_comment (CfOut *out, const char *name, const char *value)
{
  g_autoptr (GString) text = g_string_new (value);
  while (g_string_replace (text, "--", "- -", 0))
    ;
  cf_out_format (out, "<!-- %s: %s -->\n", name, text->str);
}

gboolean
cf_graph_save_cmm (const CfGraph *graph, const char *path, GError **error)
{
  CfGraphFact facts[CF_N_GRAPH_FACTS];
  CfOut *out = cf_out_open (path, error);
  if (!out)
    return FALSE;
  cf_graph_facts (graph, facts);
  for (int f = 0; f < CF_N_GRAPH_FACTS; f++)
    {
      g_autofree char *value = cf_graph_fact_value (&facts[f]);
      out_xml_comment (out, facts[f].name, value);
    }
  cf_out_text (out, "<marker_set name=\"");
  cf_out_xml (out, graph->map_name ? graph->map_name : "density graph");
  cf_out_text (out, "\">\n");
  for (gsize i = 0; i < graph->n_nodes; i++)
    {
      static const char *const names[] = { "x", "y", "z" };
      cf_out_format (out, "<marker id=\"%" G_GSIZE_FORMAT "\"", i + 1);
      for (int a = 0; a < 3; a++)
        {
          cf_out_format (out, " %s=\"", names[a]);
          cf_out_number (out, "%.3f\"", graph->nodes[i].pos[a]);
        }
      cf_out_number (out, " r=\"0.90\" g=\"0.62\" b=\"0.00\" radius=\"%.3f\"/>\n", NODE_RADIUS);
    }
  for (gsize e = 0; e < graph->n_edges; e++)
    {
      cf_out_format (out, "<link id1=\"%u\" id2=\"%u\"", graph->edges[e].a + 1, graph->edges[e].b + 1);
      cf_out_number (out, " r=\"0.60\" g=\"0.60\" b=\"0.60\" radius=\"%.3f\"/>\n", EDGE_RADIUS);
    }
  cf_out_text (out, "</marker_set>\n");
  return cf_out_close (out, error);
}

gboolean
cf_graph_save_bild (const CfGraph *graph, const char *path, GError **error)
{
  CfGraphFact facts[CF_N_GRAPH_FACTS];
  CfOut *out = cf_out_open (path, error);
  if (!out)
    return FALSE;
  cf_graph_facts (graph, facts);
  for (int f = 0; f < CF_N_GRAPH_FACTS; f++)
    {
      g_autofree char *value = cf_graph_fact_value (&facts[f]);
      cf_out_format (out, ".comment %s: %s\n", facts[f].name, value);
    }
  cf_out_text (out, ".color 0.90 0.62 0.00\n");
  for (gsize i = 0; i < graph->n_nodes; i++)
    {
      cf_out_text (out, ".sphere ");
      out_position (out, graph->nodes[i].pos, "%.3f", " ");
      cf_out_number (out, " %.3f\n", NODE_RADIUS);
    }
  cf_out_text (out, ".color 0.60 0.60 0.60\n");
  for (gsize e = 0; e < graph->n_edges; e++)
    {
      const double *p = graph->nodes[graph->edges[e].a].pos, *q = graph->nodes[graph->edges[e].b].pos;
      if (memcmp (p, q, 3 * sizeof *p) == 0)
        continue; /* a cylinder needs two ends */
      cf_out_text (out, ".cylinder ");
      out_position (out, p, "%.3f", " ");
      cf_out_text (out, " ");
      out_position (out, q, "%.3f", " ");
      cf_out_number (out, " %.3f open\n", EDGE_RADIUS);
    }
  return cf_out_close (out, error);
}
