/* cf-graph-file-read.c: graphs from files: what this program, or NetworkX after an edit, wrote; or a model as a graph. */
#include <jansson.h>
#include <libxml/xmlreader.h>
#include <math.h>
#include <string.h>

#include "cf-cells.h"
#include "cf-error.h"
#include "cf-file.h"
#include "cf-graph-file-private.h"
#include "cf-graph-private.h"
#include "cf-structure.h"
#include "cf-words.h"

#define FILE_CAP ((gsize) 4 << 30)

struct _CfGraphBuilder
{
  char *name;
  GArray *nodes, *edges;
  GHashTable *index; /* id -> number + 1 */
  CfGraph *graph;    /* facts only */
};

CfGraphBuilder *
cf_graph_builder_new (const char *name)
{
  CfGraphBuilder *builder = g_new0 (CfGraphBuilder, 1);
  builder->name = g_strdup (name);
  builder->nodes = g_array_new (FALSE, FALSE, sizeof (CfNode));
  builder->edges = g_array_new (FALSE, FALSE, sizeof (CfEdge));
  builder->index = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  builder->graph = cf_graph_alloc (0, 0);
  return builder;
}

void
cf_graph_builder_free (CfGraphBuilder *builder)
{
  if (!builder)
    return;
  g_free (builder->name);
  g_array_unref (builder->nodes);
  g_array_unref (builder->edges);
  g_hash_table_unref (builder->index);
  cf_graph_unref (builder->graph);
  g_free (builder);
}

CfNode *
cf_graph_builder_add_node (CfGraphBuilder *builder, const char *id, GError **error)
{
  CfNode node = { .pos = { NAN, NAN, NAN }, .density = NAN, .birth = NAN, .merge = NAN, .persistence = NAN, .size = 1, .region = -1 };
  if (builder->nodes->len == G_MAXINT32 - 1 || g_hash_table_contains (builder->index, id))
    {
      g_set_error (error, CF_INPUT_ERROR, CF_INPUT_ERROR_FIELD, _("%s: node id is %.40s a second time, needs one of its own"), builder->name,
                   id);
      return NULL;
    }
  g_array_append_val (builder->nodes, node);
  g_hash_table_insert (builder->index, g_strdup (id), GUINT_TO_POINTER (builder->nodes->len));
  return &g_array_index (builder->nodes, CfNode, builder->nodes->len - 1);
}

CfNode *
cf_graph_builder_node (CfGraphBuilder *builder, gsize i)
{
  return i < builder->nodes->len ? &g_array_index (builder->nodes, CfNode, i) : NULL;
}

gboolean
cf_graph_builder_add_edge (CfGraphBuilder *builder, const char *source, const char *target, GError **error)
{
  guint ends[2] = { GPOINTER_TO_UINT (g_hash_table_lookup (builder->index, source)),
                    GPOINTER_TO_UINT (g_hash_table_lookup (builder->index, target)) };
  if (!ends[0] || !ends[1])
    {
      g_set_error (error, CF_INPUT_ERROR, CF_INPUT_ERROR_FIELD, _("%s: edge end is %.40s, needs the id of a node"), builder->name,
                   ends[0] ? target : source);
      return FALSE;
    }
  if (ends[0] == ends[1])
    return TRUE; /* a loop says nothing of nearness */
  CfEdge edge = { MIN (ends[0], ends[1]) - 1, MAX (ends[0], ends[1]) - 1, 0 };
  g_array_append_val (builder->edges, edge);
  return TRUE;
}

/* A text that is no number, as "unknown", is none. */
static double
number_of (const char *text, double number)
{
  char *end;
  double value = text ? g_ascii_strtod (text, &end) : number;
  return text && end == text ? NAN : value;
}

void
cf_graph_builder_set_fact (CfGraphBuilder *builder, const char *name, const char *text, double number)
{
  CfGraph *graph = builder->graph;
  double value = number_of (text, number);
  double count = isfinite (value) && value > 0 ? MIN (value, 1e15) : 0;
  if (strcmp (name, "map") == 0 && text)
    {
      g_free (graph->map_name);
      graph->map_name = cf_text_clean (text, -1);
    }
  else if (strcmp (name, "map_sha256") == 0 && text)
    g_strlcpy (graph->map_sha256, strlen (text) == 64 && strspn (text, "0123456789abcdef") == 64 ? text : "", sizeof graph->map_sha256);
  else if (strcmp (name, "command") == 0 && text && *text)
    {
      g_free (graph->command);
      graph->command = cf_text_clean (text, -1);
    }
  else if (strcmp (name, "level_file") == 0)
    graph->level.file = value;
  else if (strcmp (name, "level_normalised") == 0)
    graph->level.normalised = value;
  else if (strcmp (name, "level_sigma") == 0)
    graph->level.sigma = value;
  else if (strcmp (name, "adjacency") == 0)
    graph->adjacency = isfinite (value) && value >= 0 ? value : 0;
  else if (strcmp (name, "min_component") == 0)
    graph->min_component = (guint) MIN (count, G_MAXUINT);
  else if (strcmp (name, "seeds") == 0)
    graph->n_seeds = (gsize) count;
  else if (strcmp (name, "peaks") == 0)
    graph->n_peaks = (gsize) count;
}

static int
compare_edges (gconstpointer a, gconstpointer b)
{
  const CfEdge *p = a, *q = b;
  if (p->a != q->a)
    return p->a < q->a ? -1 : 1;
  return p->b < q->b ? -1 : p->b > q->b;
}

static void
take_edges (CfGraph *graph, GArray *edges)
{
  if (edges->len)
    g_array_sort (edges, compare_edges);
  g_free (graph->edges);
  graph->edges = g_new (CfEdge, edges->len);
  graph->n_edges = 0;
  for (guint e = 0; e < edges->len; e++)
    {
      CfEdge edge = g_array_index (edges, CfEdge, e);
      const double *p = graph->nodes[edge.a].pos, *q = graph->nodes[edge.b].pos;
      if (graph->n_edges && compare_edges (&edge, &graph->edges[graph->n_edges - 1]) == 0)
        continue;
      edge.length = (float) sqrt ((p[0] - q[0]) * (p[0] - q[0]) + (p[1] - q[1]) * (p[1] - q[1]) + (p[2] - q[2]) * (p[2] - q[2]));
      graph->edges[graph->n_edges++] = edge;
    }
}

CfGraph *
cf_graph_builder_finish (CfGraphBuilder *builder, GError **error)
{
  g_autoptr (CfGraphBuilder) owned = builder;
  for (guint i = 0; i < owned->nodes->len; i++)
    for (int a = 0; a < 3; a++)
      if (!isfinite (g_array_index (owned->nodes, CfNode, i).pos[a]))
        {
          g_set_error (error, CF_INPUT_ERROR, CF_INPUT_ERROR_FIELD, _("%s: %c of node %u is missing or no number, needs a position in A"),
                       owned->name, "xyz"[a], i);
          return NULL;
        }
  CfGraph *graph = cf_graph_ref (owned->graph);
  g_free (graph->nodes);
  graph->n_nodes = owned->nodes->len;
  graph->nodes = g_new (CfNode, graph->n_nodes);
  for (gsize i = 0; i < graph->n_nodes; i++)
    graph->nodes[i] = g_array_index (owned->nodes, CfNode, i);
  take_edges (graph, owned->edges);
  cf_graph_find_components (graph, NULL);
  if (!graph->n_peaks)
    graph->n_peaks = graph->n_nodes;
  return graph;
}

/* -- GraphML -------------------------------------------------------------------------------------------------------------------- */

typedef struct
{
  CfGraphBuilder *builder;
  xmlTextReader *xml;
  GHashTable *keys; /* id -> attr.name */
  GHashTable *data; /* attr.name -> text, of the element at hand */
  gboolean seen_graph;
} GraphmlReader;

static char *
attribute (xmlTextReader *xml, const char *name)
{
  xmlChar *value = xmlTextReaderGetAttribute (xml, (const xmlChar *) name);
  char *copy = g_strdup ((const char *) value);
  xmlFree (value);
  return copy;
}

static gboolean
is_element (xmlTextReader *xml, const char *name)
{
  const xmlChar *local = xmlTextReaderConstLocalName (xml);
  return local && strcmp ((const char *) local, name) == 0;
}

/* Collects the data elements until the element that the reader stands on ends. Returns as xmlTextReaderRead (). */
static int
read_data (GraphmlReader *r)
{
  g_hash_table_remove_all (r->data);
  if (xmlTextReaderIsEmptyElement (r->xml))
    return 1;
  int depth = xmlTextReaderDepth (r->xml), status;
  g_autofree char *key = NULL;
  while ((status = xmlTextReaderRead (r->xml)) == 1)
    {
      int type = xmlTextReaderNodeType (r->xml);
      if (type == XML_READER_TYPE_END_ELEMENT && xmlTextReaderDepth (r->xml) == depth)
        return 1;
      if (type == XML_READER_TYPE_ELEMENT)
        {
          g_free (key);
          key = is_element (r->xml, "data") ? attribute (r->xml, "key") : NULL;
        }
      else if (type == XML_READER_TYPE_TEXT && key)
        {
          const char *name = g_hash_table_lookup (r->keys, key), *text = (const char *) xmlTextReaderConstValue (r->xml);
          if (name && text)
            g_hash_table_replace (r->data, g_strdup (name), g_strdup (text));
        }
    }
  return status;
}

static double
data_number (const char *text)
{
  if (g_ascii_strcasecmp (text, "true") == 0)
    return 1;
  char *end;
  double value = g_ascii_strtod (text, &end);
  return end == text ? NAN : value;
}

static gboolean
read_node (GraphmlReader *r, GError **error)
{
  g_autofree char *id = attribute (r->xml, "id");
  CfNode *node = cf_graph_builder_add_node (r->builder, id ? id : "", error);
  if (!node)
    return FALSE;
  read_data (r);
  for (int f = 0; f < CF_N_NODE_FIELDS; f++)
    {
      const char *text = g_hash_table_lookup (r->data, cf_node_fields[f].name);
      if (text)
        cf_node_set (node, &cf_node_fields[f], data_number (text));
    }
  return TRUE;
}

static gboolean
read_element (GraphmlReader *r, GError **error)
{
  if (is_element (r->xml, "key"))
    {
      char *id = attribute (r->xml, "id"), *name = attribute (r->xml, "attr.name");
      if (id && name)
        g_hash_table_replace (r->keys, id, name);
      else
        {
          g_free (id);
          g_free (name);
        }
    }
  else if (is_element (r->xml, "graph"))
    r->seen_graph = TRUE;
  else if (is_element (r->xml, "node"))
    return read_node (r, error);
  else if (is_element (r->xml, "edge"))
    {
      g_autofree char *source = attribute (r->xml, "source"), *target = attribute (r->xml, "target");
      return cf_graph_builder_add_edge (r->builder, source ? source : "", target ? target : "", error);
    }
  else if (is_element (r->xml, "data") && xmlTextReaderDepth (r->xml) == 2)
    {
      g_autofree char *key = attribute (r->xml, "key");
      xmlChar *text = xmlTextReaderReadString (r->xml);
      const char *name = key ? g_hash_table_lookup (r->keys, key) : NULL;
      if (name && text)
        cf_graph_builder_set_fact (r->builder, name, (const char *) text, NAN);
      xmlFree (text);
    }
  return TRUE;
}

static void
swallow_xml_error (void *data, xmlErrorPtr problem)
{
}

static CfGraph *
read_graphml (GraphmlReader *r, const char *name, GError **error)
{
  int status;
  while ((status = xmlTextReaderRead (r->xml)) == 1)
    if (xmlTextReaderNodeType (r->xml) == XML_READER_TYPE_ELEMENT && !read_element (r, error))
      return NULL;
  if (status < 0)
    {
      const xmlError *problem = xmlGetLastError ();
      g_autofree char *message = cf_text_clean (problem && problem->message ? problem->message : _("not well formed"), -1);
      g_set_error (error, CF_INPUT_ERROR, CF_INPUT_ERROR_DAMAGED, _("%s: line %d of the XML: %s"), name,
                   xmlTextReaderGetParserLineNumber (r->xml), message);
      return NULL;
    }
  if (!r->seen_graph)
    {
      g_set_error (error, CF_INPUT_ERROR, CF_INPUT_ERROR_NOT_THIS, _("%s: is XML without a graph, needs GraphML"), name);
      return NULL;
    }
  return cf_graph_builder_finish (g_steal_pointer (&r->builder), error);
}

CfGraph *
cf_graph_parse_graphml (const char *name, const char *data, gsize n, GError **error)
{
  if (n > G_MAXINT)
    {
      g_set_error (error, CF_INPUT_ERROR, CF_INPUT_ERROR_LENGTH, _("%s: is %zu bytes of XML, needs less than 2 GiB"), name, n);
      return NULL;
    }
  GraphmlReader r = { .xml = xmlReaderForMemory (data, (int) n, NULL, NULL, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING) };
  if (!r.xml)
    {
      g_set_error (error, CF_ERROR, CF_ERROR_FAILED, _("%s: out of memory"), name);
      return NULL;
    }
  xmlTextReaderSetStructuredErrorHandler (r.xml, swallow_xml_error, NULL);
  r.builder = cf_graph_builder_new (name);
  r.keys = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  r.data = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  CfGraph *graph = read_graphml (&r, name, error);
  cf_graph_builder_free (r.builder);
  g_hash_table_unref (r.keys);
  g_hash_table_unref (r.data);
  xmlFreeTextReader (r.xml);
  return graph;
}

/* -- node-link JSON ------------------------------------------------------------------------------------------------------------- */

static char *
json_id (const json_t *value)
{
  if (json_is_string (value))
    return g_strdup (json_string_value (value));
  return json_is_integer (value) ? g_strdup_printf ("%" JSON_INTEGER_FORMAT, json_integer_value (value)) : NULL;
}

static double
json_number (const json_t *value)
{
  return json_is_number (value) ? json_number_value (value) : json_is_true (value) ? 1 : json_is_false (value) ? 0 : NAN;
}

static gboolean
read_json_node (CfGraphBuilder *builder, const json_t *object, GError **error)
{
  g_autofree char *id = json_id (json_object_get (object, "id"));
  CfNode *node = cf_graph_builder_add_node (builder, id ? id : "", error);
  if (!node)
    return FALSE;
  for (int f = 0; f < CF_N_NODE_FIELDS; f++)
    {
      const json_t *value = json_object_get (object, cf_node_fields[f].name);
      if (value)
        cf_node_set (node, &cf_node_fields[f], json_number (value));
    }
  return TRUE;
}

static CfGraph *
read_json (const char *name, json_t *root, GError **error)
{
  const json_t *nodes = json_object_get (root, "nodes"), *edges = json_object_get (root, "edges");
  if (!edges)
    edges = json_object_get (root, "links"); /* NetworkX before 3.4 */
  if (!json_is_array (nodes) || !json_is_array (edges))
    {
      g_set_error (error, CF_INPUT_ERROR, CF_INPUT_ERROR_NOT_THIS, _("%s: has no arrays `nodes` and `edges`, needs a node-link graph"), name);
      return NULL;
    }
  g_autoptr (CfGraphBuilder) builder = cf_graph_builder_new (name);
  gsize i;
  json_t *value;
  const char *key;
  json_array_foreach (nodes, i, value)
    if (!read_json_node (builder, value, error))
      return NULL;
  json_array_foreach (edges, i, value)
    {
      g_autofree char *source = json_id (json_object_get (value, "source")), *target = json_id (json_object_get (value, "target"));
      if (!cf_graph_builder_add_edge (builder, source ? source : "", target ? target : "", error))
        return NULL;
    }
  json_object_foreach (json_object_get (root, "graph"), key, value)
    cf_graph_builder_set_fact (builder, key, json_string_value (value), json_number (value));
  return cf_graph_builder_finish (g_steal_pointer (&builder), error);
}

CfGraph *
cf_graph_parse_json (const char *name, const char *data, gsize n, GError **error)
{
  json_error_t problem;
  json_t *root = json_loadb (data, n, 0, &problem);
  if (!root)
    {
      g_autofree char *message = cf_text_clean (problem.text, -1);
      g_set_error (error, CF_INPUT_ERROR, CF_INPUT_ERROR_DAMAGED, _("%s: line %d of the JSON: %s"), name, problem.line, message);
      return NULL;
    }
  CfGraph *graph = read_json (name, root, error);
  json_decref (root);
  return graph;
}

/* -- models --------------------------------------------------------------------------------------------------------------------- */

static gboolean
add_atom (CfGraphBuilder *builder, const CfStructure *structure, guint32 i, GError **error)
{
  const CfAtom *atom = &structure->atoms[i];
  char id[16];
  g_snprintf (id, sizeof id, "%u", i);
  CfNode *node = cf_graph_builder_add_node (builder, id, error);
  if (!node)
    return FALSE;
  for (int a = 0; a < 3; a++)
    node->pos[a] = atom->pos[a];
  if (strcmp (structure->residues[atom->residue].name, "DUM") == 0)
    node->density = atom->b_factor / 100;
  return TRUE;
}

/* Atoms of a model; of pseudo-atoms that this program wrote all that it said of them. */
static CfGraph *
graph_from_structure (const CfStructure *read, const char *na_atom, const char *data, gsize n, GError **error)
{
  gboolean traced = read->n_ca + read->n_p > 0, has_edges = FALSE;
  g_autoptr (CfStructure) other = traced && na_atom ? cf_structure_with_nucleic_atom (read, na_atom) : NULL;
  const CfStructure *structure = other ? other : read;
  g_autoptr (CfGraphBuilder) builder = cf_graph_builder_new (structure->name);
  for (guint32 r = 0; r < structure->n_residues; r++)
    {
      const CfResidue *residue = &structure->residues[r];
      for (guint32 i = residue->first; i < residue->first + residue->n; i++)
        if ((!traced || residue->trace == (gint32) i) && !add_atom (builder, structure, i, error))
          return NULL;
    }
  if (!traced)
    cf_graph_take_categories (builder, data, n);
  if (!traced && !cf_graph_take_remarks (builder, data, n, &has_edges, error))
    return NULL;
  CfGraph *graph = cf_graph_builder_finish (g_steal_pointer (&builder), error);
  if (!graph || has_edges)
    return graph;
  if (!graph->map_name)
    graph->map_name = g_strdup (structure->name);
  if (!(graph->adjacency > 0))
    graph->adjacency = 4;
  cf_graph_find_edges (graph);
  cf_graph_find_components (graph, NULL);
  return graph;
}

CfGraph *
cf_graph_load (const char *path, const char *na_atom, GCancellable *cancellable, GError **error)
{
  g_autoptr (GBytes) bytes = cf_file_load (path, FILE_CAP, cancellable, error);
  if (!bytes)
    return NULL;
  gsize n;
  const char *data = g_bytes_get_data (bytes, &n);
  g_autofree char *name = g_filename_display_name (path);
  gsize at = n >= 3 && memcmp (data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
  while (at < n && g_ascii_isspace (data[at]))
    at++;
  if (n >= 4 && memcmp (data, "PK\3\4", 4) == 0)
    return cf_graph_parse_npz (name, data, n, error);
  if (at < n && data[at] == '<' && g_strstr_len (data, (gssize) n, "<marker_set"))
    return cf_graph_parse_cmm (name, data, n, error);
  if (at < n && data[at] == '.' && g_strstr_len (data, (gssize) n, ".sphere "))
    return cf_graph_parse_bild (name, data, n, error);
  if (at < n && data[at] == '<')
    return cf_graph_parse_graphml (name, data, n, error);
  if (at < n && data[at] == '{')
    return cf_graph_parse_json (name, data, n, error);
  g_autofree char *base = g_path_get_basename (path);
  g_autofree char *display = g_filename_display_name (base);
  g_autoptr (CfStructure) structure = cf_structure_parse (display, data, n, error);
  return structure ? graph_from_structure (structure, na_atom, data, n, error) : NULL;
}
