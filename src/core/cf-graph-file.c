#include "cf-graph-file.h"

#include <math.h>
#include <stdarg.h>
#include <string.h>

#include "cf-error.h"
#include "cf-file.h"
#include "cf-graph-file-private.h"
#include "cf-graph-private.h"
#include "cf-npz.h"
#include "cf-structure.h"
#include "cf-words.h"

static const CfGraphFormat formats[] = {
  { ".graphml", "GraphML", cf_graph_save_graphml },
  { ".json", "node-link JSON", cf_graph_save_json },
  { ".npz", "NumPy arrays", cf_graph_save_npz },
  { ".cif", "mmCIF pseudo-atoms", cf_graph_save_mmcif },
  { ".pdb", "PDB pseudo-atoms", cf_graph_save_pdb },
  { ".cmm", "Chimera markers", cf_graph_save_cmm },
  { ".bild", "BILD drawing", cf_graph_save_bild },
  { NULL, NULL, NULL },
};

const CfGraphFormat *
cf_graph_formats (void)
{
  return formats;
}

gboolean
cf_graph_save (const CfGraph *graph, const char *path, GError **error)
{
  g_autofree char *lower = g_ascii_strdown (path, -1);
  g_autoptr (GString) known = g_string_new (NULL);
  for (const CfGraphFormat *format = formats; format->suffix; format++)
    {
      if (g_str_has_suffix (lower, format->suffix))
        return format->save (graph, path, error);
      g_string_append_printf (known, "%s%s", known->len ? ", " : "", format->suffix);
    }
  g_autofree char *name = g_filename_display_name (path);
  g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, _("%s: the name's end says the format, needs one of %s"), name, known->str);
  return FALSE;
}

#define FIELD(name, kind, member) { name, CF_FIELD_##kind, G_STRUCT_OFFSET (CfNode, member) }

const CfNodeField cf_node_fields[CF_N_NODE_FIELDS] = {
  FIELD ("x", DOUBLE, pos[0]),      FIELD ("y", DOUBLE, pos[1]),   FIELD ("z", DOUBLE, pos[2]),
  FIELD ("density", FLOAT, density), FIELD ("size", UINT, size),    FIELD ("birth", FLOAT, birth),
  FIELD ("merge", FLOAT, merge),     FIELD ("persistence", FLOAT, persistence), FIELD ("region", INT, region),
  FIELD ("in_blend", BOOL, in_blend), FIELD ("component", UINT, component),
};

double
cf_node_get (const CfNode *node, const CfNodeField *field)
{
  gconstpointer at = G_STRUCT_MEMBER_P (node, field->offset);
  switch (field->kind)
    {
    case CF_FIELD_DOUBLE:
      return *(const double *) at;
    case CF_FIELD_FLOAT:
      return *(const float *) at;
    case CF_FIELD_UINT:
      return *(const guint32 *) at;
    case CF_FIELD_INT:
      return *(const gint32 *) at;
    case CF_FIELD_BOOL:
      return *(const gboolean *) at != FALSE;
    }
  g_assert_not_reached ();
}

void
cf_node_set (CfNode *node, const CfNodeField *field, double value)
{
  gpointer at = G_STRUCT_MEMBER_P (node, field->offset);
  double whole = isnan (value) ? 0 : value;
  switch (field->kind)
    {
    case CF_FIELD_DOUBLE:
      *(double *) at = value;
      break;
    case CF_FIELD_FLOAT:
      *(float *) at = (float) value;
      break;
    case CF_FIELD_UINT:
      *(guint32 *) at = (guint32) CLAMP (whole, 0, G_MAXUINT32);
      break;
    case CF_FIELD_INT:
      *(gint32 *) at = (gint32) CLAMP (whole, G_MININT32, G_MAXINT32);
      break;
    case CF_FIELD_BOOL:
      *(gboolean *) at = whole != 0;
      break;
    }
}

void
cf_graph_facts (const CfGraph *graph, CfGraphFact out[CF_N_GRAPH_FACTS])
{
  const CfGraphFact facts[CF_N_GRAPH_FACTS] = {
    { "program", "Cryofield", 0, FALSE },
    { "program_version", CF_VERSION, 0, FALSE },
    { "map", graph->map_name ? graph->map_name : "", 0, FALSE },
    { "map_sha256", graph->map_sha256, 0, FALSE },
    { "command", graph->command ? graph->command : "", 0, FALSE },
    { "level_file", NULL, graph->level.file, FALSE },
    { "level_normalised", NULL, graph->level.normalised, FALSE },
    { "level_sigma", NULL, graph->level.sigma, FALSE },
    { "adjacency", NULL, graph->adjacency, FALSE },
    { "min_component", NULL, graph->min_component, TRUE },
    { "seeds", NULL, graph->n_seeds, TRUE },
    { "peaks", NULL, graph->n_peaks, TRUE },
  };
  memcpy (out, facts, sizeof facts);
}

struct _CfOut
{
  CfFileWriter *writer;
  GError *error;
};

CfOut *
cf_out_open (const char *path, GError **error)
{
  CfFileWriter *writer = cf_file_writer_new (path, error);
  if (!writer)
    return NULL;
  CfOut *out = g_new0 (CfOut, 1);
  out->writer = writer;
  return out;
}

void
cf_out_text (CfOut *out, const char *text)
{
  if (!out->error)
    cf_file_writer_write (out->writer, text, strlen (text), &out->error);
}

void
cf_out_format (CfOut *out, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  cf_out_text (out, text);
}

void
cf_out_number (CfOut *out, const char *format, double value)
{
  const char *from = strchr (format, '%'), *to = from + strcspn (from, "efg") + 1;
  g_autofree char *conversion = g_strndup (from, to - from);
  char text[64];
  g_ascii_formatd (text, sizeof text, conversion, value);
  cf_out_format (out, "%.*s%s%s", (int) (from - format), format, text, to);
}

static void
shortest (char text[64], double value, gboolean single)
{
  for (int digits = single ? 6 : 15; digits <= 17; digits++)
    {
      char format[8];
      g_snprintf (format, sizeof format, "%%.%dg", digits);
      g_ascii_formatd (text, 64, format, value);
      double back = g_ascii_strtod (text, NULL);
      if (single ? (float) back == (float) value : back == value)
        return;
    }
}

static void
out_shortest (CfOut *out, double value, gboolean single)
{
  char text[64] = "null";
  if (isfinite (value))
    shortest (text, value + 0.0, single); /* no -0: JSON readers take it for the integer 0 */
  cf_out_text (out, text);
}

void
cf_out_double (CfOut *out, double value)
{
  out_shortest (out, value, FALSE);
}

void
cf_out_float (CfOut *out, float value)
{
  out_shortest (out, value, TRUE);
}

void
cf_out_xml (CfOut *out, const char *text)
{
  g_autofree char *clean = cf_text_clean (text, -1);
  g_autofree char *escaped = cf_text_for_html (clean);
  cf_out_text (out, escaped);
}

char *
cf_graph_fact_value (const CfGraphFact *fact)
{
  if (fact->text)
    return cf_text_clean (fact->text, -1);
  if (!isfinite (fact->number))
    return g_strdup ("unknown");
  char text[64];
  if (fact->integer)
    g_ascii_formatd (text, sizeof text, "%.0f", fact->number);
  else
    shortest (text, fact->number, FALSE);
  return g_strdup (text);
}

gboolean
cf_out_close (CfOut *out, GError **error)
{
  gboolean done = !out->error && cf_file_writer_commit (out->writer, &out->error);
  if (out->error)
    g_propagate_error (error, g_steal_pointer (&out->error));
  cf_file_writer_free (out->writer);
  g_free (out);
  return done;
}

static gboolean
add_node_array (CfNpz *npz, const CfGraph *graph, const CfNodeField *field, GError **error)
{
  static const char *const types[] = { "f8", "f4", "u4", "i4", "b1" };
  static const gsize sizes[] = { 8, 4, 4, 4, 1 };
  gsize n = graph->n_nodes, size = sizes[field->kind];
  g_autofree guint8 *data = g_malloc0_n (n, size);
  for (gsize i = 0; i < n; i++)
    if (field->kind == CF_FIELD_BOOL)
      data[i] = cf_node_get (&graph->nodes[i], field) != 0;
    else
      memcpy (data + i * size, G_STRUCT_MEMBER_P (&graph->nodes[i], field->offset), size);
  return cf_npz_add (npz, field->name, types[field->kind], 1, &n, data, error);
}

static gboolean
add_edge_arrays (CfNpz *npz, const CfGraph *graph, GError **error)
{
  gsize m = graph->n_edges, shape[2] = { 2, m };
  g_autofree gint64 *index = g_new (gint64, 2 * m);
  g_autofree float *length = g_new (float, m);
  for (gsize e = 0; e < m; e++)
    {
      index[e] = graph->edges[e].a;
      index[m + e] = graph->edges[e].b;
      length[e] = graph->edges[e].length;
    }
  return cf_npz_add (npz, "edge_index", "i8", 2, shape, index, error) && cf_npz_add (npz, "edge_length", "f4", 1, &m, length, error);
}

gboolean
cf_graph_save_npz (const CfGraph *graph, const char *path, GError **error)
{
  gsize shape[2] = { graph->n_nodes, 3 };
  g_autofree double (*pos)[3] = g_malloc_n (graph->n_nodes, sizeof *pos);
  for (gsize i = 0; i < graph->n_nodes; i++)
    memcpy (pos[i], graph->nodes[i].pos, sizeof *pos);
  g_autoptr (CfNpz) npz = cf_npz_new (path, error);
  if (!npz || !cf_npz_add (npz, "pos", "f8", 2, shape, pos, error))
    return FALSE;
  for (int f = 3; f < CF_N_NODE_FIELDS; f++)
    if (!add_node_array (npz, graph, &cf_node_fields[f], error))
      return FALSE;
  if (!add_edge_arrays (npz, graph, error))
    return FALSE;
  CfGraphFact facts[CF_N_GRAPH_FACTS];
  cf_graph_facts (graph, facts);
  for (int f = 0; f < CF_N_GRAPH_FACTS; f++)
    {
      gint64 integer = (gint64) facts[f].number;
      if (!(facts[f].text ? cf_npz_add_text (npz, facts[f].name, facts[f].text, error)
                          : cf_npz_add (npz, facts[f].name, facts[f].integer ? "i8" : "f8", 0, NULL,
                                        facts[f].integer ? (gconstpointer) &integer : &facts[f].number, error)))
        return FALSE;
    }
  return cf_npz_commit (npz, error);
}
