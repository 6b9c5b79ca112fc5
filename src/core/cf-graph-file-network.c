/* cf-graph-file-network.c: GraphML and node-link JSON, as NetworkX reads them. */
#include <math.h>

#include "cf-file.h"
#include "cf-graph-file-private.h"

static const char *
graphml_type (CfFieldKind kind)
{
  switch (kind)
    {
    case CF_FIELD_DOUBLE:
      return "double";
    case CF_FIELD_FLOAT:
      return "float";
    case CF_FIELD_UINT:
      return "long";
    case CF_FIELD_INT:
      return "int";
    case CF_FIELD_BOOL:
      return "boolean";
    }
  g_assert_not_reached ();
}

static void
out_value (CfOut *out, const CfNode *node, const CfNodeField *field)
{
  double value = cf_node_get (node, field);
  if (field->kind == CF_FIELD_BOOL)
    cf_out_text (out, value != 0 ? "true" : "false");
  else if (field->kind == CF_FIELD_DOUBLE)
    cf_out_double (out, value);
  else if (field->kind == CF_FIELD_FLOAT)
    cf_out_float (out, (float) value);
  else
    cf_out_number (out, "%.0f", value);
}

/* XML Schema's name for what JSON calls null. */
static void
out_xml_value (CfOut *out, const CfNode *node, const CfNodeField *field)
{
  if (isnan (cf_node_get (node, field)))
    cf_out_text (out, "NaN");
  else
    out_value (out, node, field);
}

static void
out_graphml_facts (CfOut *out, const CfGraphFact *facts)
{
  for (int f = 0; f < CF_N_GRAPH_FACTS; f++)
    {
      cf_out_format (out, "    <data key=\"%s\">", facts[f].name);
      if (facts[f].text)
        cf_out_xml (out, facts[f].text);
      else if (facts[f].integer)
        cf_out_number (out, "%.0f", facts[f].number);
      else if (isfinite (facts[f].number))
        cf_out_double (out, facts[f].number);
      else
        cf_out_text (out, "NaN");
      cf_out_text (out, "</data>\n");
    }
}

gboolean
cf_graph_save_graphml (const CfGraph *graph, const char *path, GError **error)
{
  CfGraphFact facts[CF_N_GRAPH_FACTS];
  CfOut *out = cf_out_open (path, error);
  if (!out)
    return FALSE;
  cf_graph_facts (graph, facts);
  cf_out_text (out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n");
  for (int f = 0; f < CF_N_GRAPH_FACTS; f++)
    cf_out_format (out, "  <key id=\"%s\" for=\"graph\" attr.name=\"%s\" attr.type=\"%s\"/>\n", facts[f].name, facts[f].name,
                   facts[f].text ? "string" : facts[f].integer ? "long" : "double");
  for (int f = 0; f < CF_N_NODE_FIELDS; f++)
    cf_out_format (out, "  <key id=\"%s\" for=\"node\" attr.name=\"%s\" attr.type=\"%s\"/>\n", cf_node_fields[f].name,
                   cf_node_fields[f].name, graphml_type (cf_node_fields[f].kind));
  cf_out_text (out, "  <key id=\"length\" for=\"edge\" attr.name=\"length\" attr.type=\"float\"/>\n  <graph edgedefault=\"undirected\">\n");
  out_graphml_facts (out, facts);
  for (gsize i = 0; i < graph->n_nodes; i++)
    {
      cf_out_format (out, "    <node id=\"%" G_GSIZE_FORMAT "\">", i);
      for (int f = 0; f < CF_N_NODE_FIELDS; f++)
        {
          cf_out_format (out, "<data key=\"%s\">", cf_node_fields[f].name);
          out_xml_value (out, &graph->nodes[i], &cf_node_fields[f]);
          cf_out_text (out, "</data>");
        }
      cf_out_text (out, "</node>\n");
    }
  for (gsize e = 0; e < graph->n_edges; e++)
    {
      cf_out_format (out, "    <edge source=\"%u\" target=\"%u\"><data key=\"length\">", graph->edges[e].a, graph->edges[e].b);
      cf_out_float (out, graph->edges[e].length);
      cf_out_text (out, "</data></edge>\n");
    }
  cf_out_text (out, "  </graph>\n</graphml>\n");
  return cf_out_close (out, error);
}

/* Quoted, with what JSON needs escaped; clean text has no control characters left. */
static void
out_json_text (CfOut *out, const char *text)
{
  g_autofree char *clean = cf_text_clean (text, -1);
  g_autoptr (GString) quoted = g_string_new ("\"");
  for (const char *p = clean; *p; p++)
    {
      if (*p == '"' || *p == '\\')
        g_string_append_c (quoted, '\\');
      g_string_append_c (quoted, *p);
    }
  g_string_append_c (quoted, '"');
  cf_out_text (out, quoted->str);
}

static void
out_json_facts (CfOut *out, const CfGraphFact *facts)
{
  for (int f = 0; f < CF_N_GRAPH_FACTS; f++)
    {
      cf_out_format (out, "%s\n    \"%s\": ", f ? "," : "", facts[f].name);
      if (facts[f].text)
        out_json_text (out, facts[f].text);
      else if (facts[f].integer)
        cf_out_number (out, "%.0f", facts[f].number);
      else
        cf_out_double (out, facts[f].number);
    }
}

gboolean
cf_graph_save_json (const CfGraph *graph, const char *path, GError **error)
{
  CfGraphFact facts[CF_N_GRAPH_FACTS];
  CfOut *out = cf_out_open (path, error);
  if (!out)
    return FALSE;
  cf_graph_facts (graph, facts);
  cf_out_text (out, "{\n  \"directed\": false,\n  \"multigraph\": false,\n  \"graph\": {");
  out_json_facts (out, facts);
  cf_out_text (out, "\n  },\n  \"nodes\": [");
  for (gsize i = 0; i < graph->n_nodes; i++)
    {
      cf_out_format (out, "%s\n    {\"id\": %" G_GSIZE_FORMAT, i ? "," : "", i);
      for (int f = 0; f < CF_N_NODE_FIELDS; f++)
        {
          cf_out_format (out, ", \"%s\": ", cf_node_fields[f].name);
          out_value (out, &graph->nodes[i], &cf_node_fields[f]);
        }
      cf_out_text (out, "}");
    }
  cf_out_text (out, "\n  ],\n  \"edges\": [");
  for (gsize e = 0; e < graph->n_edges; e++)
    {
      cf_out_format (out, "%s\n    {\"source\": %u, \"target\": %u, \"length\": ", e ? "," : "", graph->edges[e].a, graph->edges[e].b);
      cf_out_float (out, graph->edges[e].length);
      cf_out_text (out, "}");
    }
  cf_out_text (out, "\n  ]\n}\n");
  return cf_out_close (out, error);
}
