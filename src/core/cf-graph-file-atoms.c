/* cf-graph-file-atoms.c: what our own pseudo-atoms carry beside the atoms: remarks and bonds of PDB, categories of mmCIF. */
#include <math.h>
#include <string.h>

#include "cf-graph-file-private.h"

/* The line at *at without its end, a new string; moves *at to the next one. NULL at the end of the text. */
static char *
next_line (const char **at, const char *end)
{
  if (*at >= end)
    return NULL;
  const char *from = *at, *stop = memchr (from, '\n', (gsize) (end - from));
  stop = stop ? stop : end;
  *at = stop + 1;
  return g_strndup (from, (gsize) (stop - from) - (stop > from && stop[-1] == '\r'));
}

/* -- PDB ------------------------------------------------------------------------------------------------------------------------- */

static gboolean
begins_fact (const char *text)
{
  static const CfGraph none;
  CfGraphFact facts[CF_N_GRAPH_FACTS];
  cf_graph_facts (&none, facts);
  for (int f = 0; f < CF_N_GRAPH_FACTS; f++)
    if (g_str_has_prefix (text, facts[f].name) && text[strlen (facts[f].name)] == ' ')
      return TRUE;
  return FALSE;
}

static gboolean
take_remark (CfGraphBuilder *builder, GString *fact)
{
  char *value = strchr (fact->str, ' ');
  gboolean ours = g_str_has_prefix (fact->str, "program Cryofield");
  if (value)
    {
      *value = 0;
      cf_graph_builder_set_fact (builder, fact->str, value + 1, NAN);
    }
  g_string_truncate (fact, 0);
  return ours;
}

/* Serial numbers are those of the nodes, from 1; each bond stands twice. */
static gboolean
take_bonds (CfGraphBuilder *builder, const char *line, GError **error)
{
  gsize n = strlen (line);
  char ends[2][12] = { "" };
  for (gsize at = 6; at + 5 <= n; at += 5)
    {
      char column[6];
      g_strlcpy (column, line + at, sizeof column);
      g_snprintf (ends[at > 6], sizeof ends[0], "%u", (guint) (g_ascii_strtoull (column, NULL, 10) - 1));
      if (at > 6 && !cf_graph_builder_add_edge (builder, ends[0], ends[1], error))
        return FALSE;
    }
  return TRUE;
}

gboolean
cf_graph_take_remarks (CfGraphBuilder *builder, const char *data, gsize n, gboolean *has_edges, GError **error)
{
  const char *at = data, *end = data + n;
  g_autoptr (GString) fact = g_string_new (NULL);
  gboolean ours = FALSE;
  for (char *line; (line = next_line (&at, end)); g_free (line))
    if (g_str_has_prefix (line, "REMARK   6 "))
      {
        if (begins_fact (line + 11))
          ours |= take_remark (builder, fact);
        else if (!fact->len)
          continue;
        g_string_append (fact, line + 11); /* one that is longer than a line goes on */
      }
    else if (ours && g_str_has_prefix (line, "CONECT") && !take_bonds (builder, line, error))
      {
        g_free (line);
        return FALSE;
      }
    else if (fact->len)
      ours |= take_remark (builder, fact);
  *has_edges = ours;
  return TRUE;
}

/* -- mmCIF ----------------------------------------------------------------------------------------------------------------------- */

/* The value that stands behind a name, in quotes or as a text field; a new string. */
static char *
cif_value (const char *text, const char **at, const char *end)
{
  g_autofree char *rest = g_strstrip (g_strdup (text));
  gsize n = strlen (rest);
  if (n >= 2 && (*rest == '\'' || *rest == '"') && rest[n - 1] == *rest)
    return g_strndup (rest + 1, n - 2);
  if (n)
    return g_strdup (strcmp (rest, "?") == 0 ? "" : rest);
  g_autofree char *line = next_line (at, end);
  return line && *line == ';' ? g_strdup (g_strstrip (line + 1)) : g_strdup ("");
}

/* A row is taken where it is complete and its id that of a node. */
static void
take_row (CfGraphBuilder *builder, const GPtrArray *columns, const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", -1);
  CfNode *node = g_strv_length (words) == columns->len ? cf_graph_builder_node (builder, g_ascii_strtoull (words[0], NULL, 10) - 1) : NULL;
  for (guint k = 1; node && k < columns->len; k++)
    for (int f = 0; f < CF_N_NODE_FIELDS; f++)
      if (strcmp (columns->pdata[k], cf_node_fields[f].name) == 0)
        cf_node_set (node, &cf_node_fields[f], strcmp (words[k], "?") == 0 ? NAN : g_ascii_strtod (words[k], NULL));
}

void
cf_graph_take_categories (CfGraphBuilder *builder, const char *data, gsize n)
{
  static const char graph[] = "_cryofield_graph.", node[] = "_cryofield_node.";
  const char *at = data, *end = data + n;
  g_autoptr (GPtrArray) columns = g_ptr_array_new_with_free_func (g_free); /* of the nodes' table, while that lasts */
  for (char *line; (line = next_line (&at, end)); g_free (line))
    if (g_str_has_prefix (line, graph))
      {
        char *name = line + strlen (graph), *stop = name + strcspn (name, " \t");
        g_autofree char *value = cif_value (stop, &at, end);
        *stop = 0;
        cf_graph_builder_set_fact (builder, name, value, NAN);
      }
    else if (g_str_has_prefix (line, node))
      g_ptr_array_add (columns, g_strstrip (g_strdup (line + strlen (node))));
    else if (columns->len && g_ascii_isdigit (*line))
      take_row (builder, columns, line);
    else
      g_ptr_array_set_size (columns, 0);
}
