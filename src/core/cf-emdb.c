#include "cf-emdb.h"

#include <math.h>
#include <string.h>

#include <libxml/parser.h>
#include <libxml/tree.h>

#include "cf-error.h"
#include "cf-file.h"
#include "cf-words.h"

#define LARGEST_FILE (16 * 1024 * 1024)
#define MOST_MODELS 1000

/* The n-th child element of that name, from 0. */
static xmlNode *
child (xmlNode *node, const char *name, int n)
{
  for (xmlNode *at = node ? node->children : NULL; at; at = at->next)
    if (at->type == XML_ELEMENT_NODE && strcmp ((const char *) at->name, name) == 0 && n-- == 0)
      return at;
  return NULL;
}

static xmlNode *
descend (xmlNode *node, const char *path)
{
  g_auto (GStrv) names = g_strsplit (path, "/", -1);
  for (char **name = names; *name && node; name++)
    node = child (node, *name, 0);
  return node;
}

/* Only what stands there as text: asking libxml2 for a node's content would expand entities. NULL where that is nothing. */
static char *
text_of (xmlNode *node)
{
  if (!node)
    return NULL;
  GString *text = g_string_new (NULL);
  for (xmlNode *at = node->children; at; at = at->next)
    if ((at->type == XML_TEXT_NODE || at->type == XML_CDATA_SECTION_NODE) && at->content)
      g_string_append (text, (const char *) at->content);
  char *clean = cf_text_clean (text->str, (gssize) text->len);
  g_string_free (text, TRUE);
  g_strchug (clean);
  if (*clean)
    return clean;
  g_free (clean);
  return NULL;
}

static double
number_of (xmlNode *node)
{
  g_autofree char *text = text_of (node);
  if (!text)
    return NAN;
  char *end;
  double value = g_ascii_strtod (text, &end);
  return end == text || *end || !isfinite (value) ? NAN : value;
}

static void
read_contour (CfEmdbHeader *header, xmlNode *map)
{
  xmlNode *list = child (map, "contour_list", 0), *contour, *chosen = NULL;
  for (int i = 0; (contour = child (list, "contour", i)); i++)
    {
      xmlChar *primary = xmlGetNoNsProp (contour, (const xmlChar *) "primary");
      gboolean is_primary = primary && (strcmp ((char *) primary, "true") == 0 || strcmp ((char *) primary, "1") == 0);
      xmlFree (primary);
      if (isnan (number_of (child (contour, "level", 0))))
        continue;
      if (!chosen || is_primary)
        chosen = contour;
      if (is_primary)
        break;
    }
  header->contour = number_of (child (chosen, "level", 0));
  header->contour_source = text_of (child (chosen, "source", 0));
}

static void
read_models (CfEmdbHeader *header, xmlNode *root)
{
  g_autoptr (GStrvBuilder) ids = g_strv_builder_new ();
  xmlNode *list = descend (root, "crossreferences/pdb_list");
  int i = 0;
  for (xmlNode *at = list ? list->children : NULL; at && i < MOST_MODELS; at = at->next)
    {
      g_autofree char *id = at->type == XML_ELEMENT_NODE ? text_of (child (at, "pdb_id", 0)) : NULL;
      g_autofree char *upper = id ? g_ascii_strup (id, -1) : NULL;
      if (upper)
        g_strv_builder_add (ids, upper);
      i += upper != NULL;
    }
  header->pdb_ids = g_strv_builder_end (ids);
}

/* The processing step is named after the method ("singleparticle_processing"), so it is looked for by what it holds. */
static void
read_processing (CfEmdbHeader *header, xmlNode *root)
{
  xmlNode *determination = descend (root, "structure_determination_list/structure_determination");
  header->method = text_of (child (determination, "method", 0));
  for (xmlNode *at = determination ? determination->children : NULL; at; at = at->next)
    {
      xmlNode *final = at->type == XML_ELEMENT_NODE ? child (at, "final_reconstruction", 0) : NULL;
      if (!final)
        continue;
      if (isnan (header->resolution))
        header->resolution = number_of (child (final, "resolution", 0));
      if (!header->symmetry)
        header->symmetry = text_of (descend (final, "applied_symmetry/point_group"));
    }
}

static CfEmdbHeader *
read_document (xmlNode *root)
{
  static const char *const axes[] = { "x", "y", "z" };
  CfEmdbHeader *header = g_new0 (CfEmdbHeader, 1);
  xmlNode *map = child (root, "map", 0);
  xmlChar *id = xmlGetNoNsProp (root, (const xmlChar *) "emdb_id");
  header->id = cf_text_clean (id ? (const char *) id : "", -1);
  xmlFree (id);
  header->title = text_of (descend (root, "admin/title"));
  if (!header->title)
    header->title = g_strdup ("");
  header->resolution = NAN;
  for (int a = 0; a < 3; a++)
    header->pixel[a] = number_of (child (child (map, "pixel_spacing", 0), axes[a], 0));
  read_contour (header, map);
  read_models (header, root);
  read_processing (header, root);
  return header;
}

CfEmdbHeader *
cf_emdb_load (const char *path, GError **error)
{
  g_autoptr (GBytes) bytes = cf_file_load (path, LARGEST_FILE, NULL, error);
  if (!bytes)
    return NULL;
  g_autofree char *name = g_filename_display_name (path);
  gsize n;
  const char *data = g_bytes_get_data (bytes, &n);
  if (n == 0)
    {
      g_set_error (error, CF_INPUT_ERROR, CF_INPUT_ERROR_NOT_THIS, _("%s: looks like an empty file, needs an EMDB header (XML)"), name);
      return NULL;
    }
  xmlDoc *document = xmlReadMemory (data, (int) n, "header", NULL, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
  if (!document)
    {
      const xmlError *problem = xmlGetLastError ();
      g_autofree char *what = cf_text_clean (problem && problem->message ? problem->message : _("not XML"), -1);
      g_set_error (error, CF_INPUT_ERROR, CF_INPUT_ERROR_NOT_THIS, _("%s: cannot be read as XML: line %d: %s, needs an EMDB header (version 3)"), name,
                   problem ? problem->line : 0, what);
      return NULL;
    }
  CfEmdbHeader *header = NULL;
  xmlNode *root = xmlDocGetRootElement (document);
  if (document->intSubset)
    g_set_error (error, CF_INPUT_ERROR, CF_INPUT_ERROR_NOT_THIS, _("%s: declares a document type, needs none (an EMDB header, version 3)"),
                 name);
  else if (root && strcmp ((const char *) root->name, "emd") == 0)
    header = read_document (root);
  else
    {
      g_autofree char *element = cf_text_clean (root ? (const char *) root->name : "nothing", -1);
      g_set_error (error, CF_INPUT_ERROR, CF_INPUT_ERROR_NOT_THIS, _("%s: root element is '%.40s', needs 'emd' (an EMDB header, version 3)"),
                   name, element);
    }
  xmlFreeDoc (document);
  return header;
}

void
cf_emdb_free (CfEmdbHeader *header)
{
  if (!header)
    return;
  g_free (header->id);
  g_free (header->title);
  g_free (header->contour_source);
  g_free (header->method);
  g_free (header->symmetry);
  g_strfreev (header->pdb_ids);
  g_free (header);
}

char *
cf_emdb_find_beside (const char *map_path)
{
  static const char *const folders[] = { ".", "../emdb", "../header" };
  g_autofree char *base = g_path_get_basename (map_path), *folder = g_path_get_dirname (map_path);
  if (g_ascii_strncasecmp (base, "emd_", 4) != 0 && g_ascii_strncasecmp (base, "emd-", 4) != 0)
    return NULL;
  gsize digits = strspn (base + 4, "0123456789");
  if (digits < 4 || digits > 6)
    return NULL;
  g_autofree char *id = g_strndup (base + 4, digits);
  for (guint i = 0; i < G_N_ELEMENTS (folders); i++)
    for (const char *mark = "-_"; *mark; mark++)
      {
        g_autofree char *name = g_strdup_printf ("emd%c%s.xml", *mark, id);
        g_autofree char *path = i == 0 ? g_build_filename (folder, name, NULL) : g_build_filename (folder, folders[i], name, NULL);
        if (g_file_test (path, G_FILE_TEST_IS_REGULAR))
          return g_steal_pointer (&path);
      }
  return NULL;
}
