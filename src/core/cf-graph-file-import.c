/* cf-graph-file-import.c: graphs back from the files meant for NumPy and for viewers: NPZ, CMM, BILD; ours, or those of others. */
#include <libxml/xmlreader.h>
#include <math.h>
#include <string.h>
#include <zlib.h>

#include "cf-error.h"
#include "cf-file.h"
#include "cf-graph-file-private.h"
#include "cf-words.h"

#define ENTRY_CAP ((gsize) 2 << 30)

static void
number_id (char id[24], gint64 number)
{
  g_snprintf (id, 24, "%" G_GINT64_FORMAT, number);
}

/* -- NPZ ------------------------------------------------------------------------------------------------------------------------ */

typedef struct
{
  char *name;     /* without ".npy" */
  guint8 *bytes;  /* the whole entry */
  const guint8 *data;
  char kind;      /* of NumPy: f, i, u, b, U */
  int size;       /* bytes of an element; of U: characters */
  int n_dims;
  gsize shape[2];
  gboolean by_column; /* Fortran's order, as NumPy writes what was transposed */
} Array;

static void
array_free (gpointer data)
{
  Array *array = data;
  g_free (array->name);
  g_free (array->bytes);
  g_free (array);
}

static guint32
get (const guint8 *at, int bytes)
{
  guint32 value = 0;
  for (int i = 0; i < bytes; i++)
    value |= (guint32) at[i] << (8 * i);
  return value;
}

/* The shape's text, as "(12, 3)". FALSE where it has more than two dimensions or is no shape. */
static gboolean
parse_shape (const char *text, Array *array)
{
  const char *p = strchr (text, '(');
  array->n_dims = 0;
  if (!p)
    return FALSE;
  for (p++; *p && *p != ')';)
    if (g_ascii_isdigit (*p))
      {
        if (array->n_dims == 2)
          return FALSE;
        array->shape[array->n_dims++] = (gsize) g_ascii_strtoull (p, (char **) &p, 10);
      }
    else
      p++;
  return *p == ')';
}

/* Little-endian arrays of at most two dimensions; FALSE for any other, which says nothing of a graph. */
static gboolean
parse_array (Array *array, gsize n)
{
  if (n < 12 || memcmp (array->bytes, "\x93NUMPY", 6) != 0)
    return FALSE;
  gsize at = array->bytes[6] == 1 ? 10 : 12, length = get (array->bytes + 8, (int) at - 8), bytes = 1;
  if (at + length > n)
    return FALSE;
  g_autofree char *header = g_strndup ((const char *) array->bytes + at, length);
  const char *type = strstr (header, "'descr': '"), *shape = strstr (header, "'shape': ");
  if (!type || !shape || !parse_shape (shape, array))
    return FALSE;
  type += strlen ("'descr': '");
  array->by_column = strstr (header, "'fortran_order': True") != NULL;
  if (!strchr ("<|", type[0]) || !strchr ("fiubU", type[1]))
    return FALSE;
  array->kind = type[1];
  array->size = (int) CLAMP (g_ascii_strtoll (type + 2, NULL, 10), 0, 1 << 24);
  if (!array->size || (array->kind != 'U' && array->size > 8) || (array->kind == 'f' && array->size < 4))
    return FALSE;
  bytes = (gsize) array->size * (array->kind == 'U' ? 4 : 1);
  for (int d = 0; d < array->n_dims; d++)
    if (!g_size_checked_mul (&bytes, bytes, array->shape[d]))
      return FALSE;
  array->data = array->bytes + at + length;
  return bytes <= n - at - length;
}

static double
array_number (const Array *array, gsize i)
{
  const guint8 *at = array->data + i * array->size;
  guint64 bits = get (at, MIN (array->size, 4)) | (array->size > 4 ? (guint64) get (at + 4, array->size - 4) << 32 : 0);
  if (array->kind == 'f')
    {
      guint32 low = (guint32) bits;
      float single;
      double value;
      memcpy (&single, &low, sizeof single);
      memcpy (&value, &bits, sizeof value);
      return array->size == 4 ? single : value;
    }
  int unused = 64 - 8 * array->size;
  return array->kind == 'i' ? (double) ((gint64) (bits << unused) >> unused) : (double) bits;
}

static double
array_at (const Array *array, gsize row, gsize column)
{
  return array_number (array, array->by_column ? column * array->shape[0] + row : row * array->shape[1] + column);
}

static char *
array_text (const Array *array)
{
  g_autofree gunichar *characters = g_new0 (gunichar, array->size + 1);
  for (int i = 0; i < array->size; i++)
    characters[i] = get (array->data + 4 * i, 4);
  return g_ucs4_to_utf8 (characters, -1, NULL, NULL, NULL);
}

/* One entry of the directory; NULL where it is damaged or too long. */
static guint8 *
read_entry (const guint8 *data, gsize n, const guint8 *entry, gsize *out_n)
{
  int method = (int) get (entry + 10, 2);
  gsize packed = get (entry + 20, 4), size = get (entry + 24, 4), at = get (entry + 42, 4);
  if (at > n || n - at < 30 || get (data + at, 4) != 0x04034b50 || size > ENTRY_CAP)
    return NULL;
  at += 30 + get (data + at + 26, 2) + get (data + at + 28, 2);
  if (at > n || n - at < packed || (method == 0 && size != packed) || (method != 0 && method != 8) || size / 1100 > packed)
    return NULL;
  guint8 *bytes = g_try_malloc (size + 1);
  if (!bytes)
    return NULL;
  *out_n = size;
  if (method == 0)
    memcpy (bytes, data + at, size);
  else
    {
      z_stream z = { .next_in = (Bytef *) data + at, .avail_in = (uInt) packed, .next_out = bytes, .avail_out = (uInt) size };
      gboolean good = inflateInit2 (&z, -MAX_WBITS) == Z_OK && inflate (&z, Z_FINISH) == Z_STREAM_END && z.total_out == size;
      inflateEnd (&z);
      if (!good)
        g_clear_pointer (&bytes, g_free);
    }
  if (bytes && (guint32) crc32_z (0, bytes, size) != get (entry + 16, 4))
    g_clear_pointer (&bytes, g_free);
  return bytes;
}

static gboolean
refuse_npz (const char *name, const char *what, GError **error)
{
  g_set_error (error, CF_INPUT_ERROR, CF_INPUT_ERROR_DAMAGED, _("%s: the NumPy file's %s is damaged or of a kind that is not read"), name, what);
  return FALSE;
}

static gboolean
read_arrays (const char *name, const guint8 *data, gsize n, GHashTable *arrays, GError **error)
{
  gsize end = n < 22 ? 0 : n - 22;
  while (end > 0 && n - end < 65557 && get (data + end, 4) != 0x06054b50)
    end--;
  if (n < 22 || get (data + end, 4) != 0x06054b50)
    return refuse_npz (name, _("directory"), error);
  gsize count = get (data + end + 10, 2), at = get (data + end + 16, 4);
  for (gsize i = 0; i < count; i++)
    {
      if (at > n || n - at < 46 || get (data + at, 4) != 0x02014b50 || n - at - 46 < get (data + at + 28, 2))
        return refuse_npz (name, _("directory"), error);
      gsize length = get (data + at + 28, 2), size = 0;
      Array *array = g_new0 (Array, 1);
      array->name = g_strndup ((const char *) data + at + 46, length);
      if (g_str_has_suffix (array->name, ".npy"))
        array->name[strlen (array->name) - 4] = 0;
      array->bytes = read_entry (data, n, data + at, &size);
      if (array->bytes && parse_array (array, size))
        g_hash_table_replace (arrays, array->name, array);
      else
        array_free (array);
      at += 46 + length + get (data + at + 30, 2) + get (data + at + 32, 2);
    }
  return TRUE;
}

static gboolean
take_nodes (CfGraphBuilder *builder, GHashTable *arrays, const Array *pos, GError **error)
{
  char id[24];
  for (gsize i = 0; i < pos->shape[0]; i++)
    {
      number_id (id, (gint64) i);
      CfNode *node = cf_graph_builder_add_node (builder, id, error);
      if (!node)
        return FALSE;
      for (int a = 0; a < 3; a++)
        node->pos[a] = array_at (pos, i, a);
      for (int f = 0; f < CF_N_NODE_FIELDS; f++)
        {
          const Array *values = g_hash_table_lookup (arrays, cf_node_fields[f].name);
          if (values && values->kind != 'U' && values->n_dims == 1 && values->shape[0] == pos->shape[0])
            cf_node_set (node, &cf_node_fields[f], array_number (values, i));
        }
    }
  return TRUE;
}

static gboolean
take_edges (CfGraphBuilder *builder, const Array *index, GError **error)
{
  for (gsize e = 0; e < index->shape[1]; e++)
    {
      char ends[2][24];
      for (int k = 0; k < 2; k++)
        number_id (ends[k], (gint64) CLAMP (array_at (index, k, e), -1, 1e18));
      if (!cf_graph_builder_add_edge (builder, ends[0], ends[1], error))
        return FALSE;
    }
  return TRUE;
}

static void
take_facts (CfGraphBuilder *builder, GHashTable *arrays)
{
  GHashTableIter iter;
  gpointer value;
  g_hash_table_iter_init (&iter, arrays);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const Array *array = value;
      g_autofree char *text = array->n_dims == 0 && array->kind == 'U' ? array_text (array) : NULL;
      if (array->n_dims == 0 && (text || array->kind != 'U'))
        cf_graph_builder_set_fact (builder, array->name, text, text ? NAN : array_number (array, 0));
    }
}

CfGraph *
cf_graph_parse_npz (const char *name, const char *data, gsize n, GError **error)
{
  g_autoptr (GHashTable) arrays = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, array_free);
  if (!read_arrays (name, (const guint8 *) data, n, arrays, error))
    return NULL;
  const Array *pos = g_hash_table_lookup (arrays, "pos"), *index = g_hash_table_lookup (arrays, "edge_index");
  if (!pos || pos->kind == 'U' || pos->n_dims != 2 || pos->shape[1] != 3)
    {
      g_set_error (error, CF_INPUT_ERROR, CF_INPUT_ERROR_FIELD, _("%s: has no array `pos` of n x 3 numbers, needs the nodes' positions in A"), name);
      return NULL;
    }
  g_autoptr (CfGraphBuilder) builder = cf_graph_builder_new (name);
  if (!take_nodes (builder, arrays, pos, error))
    return NULL;
  if (index && index->kind != 'U' && index->n_dims == 2 && index->shape[0] == 2 && !take_edges (builder, index, error))
    return NULL;
  take_facts (builder, arrays);
  return cf_graph_builder_finish (g_steal_pointer (&builder), error);
}

/* -- Chimera's markers ------------------------------------------------------------------------------------------------------------- */

/* "name: value", as the comments of our own files. */
static void
take_comment (CfGraphBuilder *builder, const char *text)
{
  g_autofree char *copy = g_strstrip (g_strdup (text));
  char *value = strstr (copy, ": ");
  if (!value)
    return;
  *value = 0;
  cf_graph_builder_set_fact (builder, copy, value + 2, NAN);
}

static char *
attribute (xmlTextReader *xml, const char *name)
{
  xmlChar *value = xmlTextReaderGetAttribute (xml, (const xmlChar *) name);
  char *copy = g_strdup (value ? (const char *) value : "");
  xmlFree (value);
  return copy;
}

static double
coordinate (const char *text)
{
  char *end;
  double value = g_ascii_strtod (text, &end);
  return end == text ? NAN : value;
}

static gboolean
read_marker (CfGraphBuilder *builder, xmlTextReader *xml, GError **error)
{
  static const char *const axes[] = { "x", "y", "z" };
  g_autofree char *id = attribute (xml, "id");
  CfNode *node = cf_graph_builder_add_node (builder, id, error);
  for (int a = 0; node && a < 3; a++)
    {
      g_autofree char *text = attribute (xml, axes[a]);
      node->pos[a] = coordinate (text);
    }
  return node != NULL;
}

static gboolean
read_cmm_element (CfGraphBuilder *builder, xmlTextReader *xml, GError **error)
{
  const char *element = (const char *) xmlTextReaderConstLocalName (xml);
  if (strcmp (element, "marker") == 0)
    return read_marker (builder, xml, error);
  if (strcmp (element, "link") != 0)
    return TRUE;
  g_autofree char *one = attribute (xml, "id1"), *other = attribute (xml, "id2");
  return cf_graph_builder_add_edge (builder, one, other, error);
}

static void
swallow_xml_error (void *data, xmlErrorPtr problem)
{
}

CfGraph *
cf_graph_parse_cmm (const char *name, const char *data, gsize n, GError **error)
{
  xmlTextReader *xml = n > G_MAXINT ? NULL : xmlReaderForMemory (data, (int) n, NULL, NULL, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
  g_autoptr (CfGraphBuilder) builder = cf_graph_builder_new (name);
  int status = -1;
  gboolean good = TRUE;
  if (xml)
    xmlTextReaderSetStructuredErrorHandler (xml, swallow_xml_error, NULL);
  while (xml && good && (status = xmlTextReaderRead (xml)) == 1)
    {
      int type = xmlTextReaderNodeType (xml);
      if (type == XML_READER_TYPE_COMMENT)
        take_comment (builder, (const char *) xmlTextReaderConstValue (xml));
      else if (type == XML_READER_TYPE_ELEMENT)
        good = read_cmm_element (builder, xml, error);
    }
  if (good && status < 0)
    g_set_error (error, CF_INPUT_ERROR, CF_INPUT_ERROR_DAMAGED, _("%s: line %d: the markers are not well-formed XML"), name,
                 xml ? xmlTextReaderGetParserLineNumber (xml) : 0);
  if (xml)
    xmlFreeTextReader (xml);
  return good && status >= 0 ? cf_graph_builder_finish (g_steal_pointer (&builder), error) : NULL;
}

/* -- BILD ---------------------------------------------------------------------------------------------------------------------------- */

typedef struct
{
  CfGraphBuilder *builder;
  GHashTable *id_of; /* "x y z" as written -> id */
  const char *name;
  guint line;
  gint64 n;
} Bild;

static gboolean
read_sphere (Bild *b, char **words, GError **error)
{
  char id[24];
  number_id (id, b->n++);
  CfNode *node = cf_graph_builder_add_node (b->builder, id, error);
  if (!node)
    return FALSE;
  for (int a = 0; a < 3; a++)
    node->pos[a] = g_strv_length (words) > 3 ? coordinate (words[1 + a]) : NAN;
  if (isnan (node->pos[0] + node->pos[1] + node->pos[2]))
    {
      g_set_error (error, CF_INPUT_ERROR, CF_INPUT_ERROR_FIELD, _("%s: line %u: a sphere's place is no three numbers"), b->name, b->line);
      return FALSE;
    }
  g_autofree char *place = g_strjoin (" ", words[1], words[2], words[3], NULL);
  if (!g_hash_table_contains (b->id_of, place))
    g_hash_table_insert (b->id_of, g_steal_pointer (&place), g_strdup (id));
  return TRUE;
}

/* A cylinder between two spheres is an edge. */
static gboolean
read_cylinder (Bild *b, char **words, GError **error)
{
  if (g_strv_length (words) < 7)
    return TRUE;
  g_autofree char *from = g_strjoin (" ", words[1], words[2], words[3], NULL), *to = g_strjoin (" ", words[4], words[5], words[6], NULL);
  const char *one = g_hash_table_lookup (b->id_of, from), *other = g_hash_table_lookup (b->id_of, to);
  return !one || !other || cf_graph_builder_add_edge (b->builder, one, other, error);
}

static gboolean
read_bild_line (Bild *b, const char *line, GError **error)
{
  if (g_str_has_prefix (line, ".comment "))
    {
      take_comment (b->builder, line + strlen (".comment "));
      return TRUE;
    }
  g_auto (GStrv) words = g_strsplit_set (line, " \t\r", -1);
  gsize kept = 0;
  for (gsize i = 0; words[i]; i++)
    if (*words[i])
      words[kept++] = words[i];
    else
      g_free (words[i]);
  words[kept] = NULL;
  if (!kept)
    return TRUE;
  return strcmp (words[0], ".sphere") == 0     ? read_sphere (b, words, error)
         : strcmp (words[0], ".cylinder") == 0 ? read_cylinder (b, words, error)
                                               : TRUE;
}

CfGraph *
cf_graph_parse_bild (const char *name, const char *data, gsize n, GError **error)
{
  g_autoptr (GHashTable) id_of = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (CfGraphBuilder) builder = cf_graph_builder_new (name);
  Bild b = { .builder = builder, .id_of = id_of, .name = name };
  for (const char *at = data, *end = data + n; at < end;)
    {
      const char *stop = memchr (at, '\n', (gsize) (end - at));
      stop = stop ? stop : end;
      g_autofree char *line = g_strndup (at, (gsize) (stop - at));
      b.line++;
      if (!read_bild_line (&b, line, error))
        return NULL;
      at = stop + 1;
    }
  return cf_graph_builder_finish (g_steal_pointer (&builder), error);
}
