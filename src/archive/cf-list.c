#include "cf-list.h"

#include <math.h>
#include <string.h>

#include "cf-csv.h"
#include "cf-error.h"
#include "cf-list-resources.h"
#include "cf-words.h"

typedef struct
{
  const char *path, *folder;
  const CfCsv *csv;
  gsize row;
} Place;

static gboolean
refuse (const Place *place, const char *column, const char *value, const char *need, GError **error)
{
  g_set_error (error, CF_INPUT_ERROR, CF_INPUT_ERROR_FIELD, _("%s: line %u: %s is %s, needs %s"), place->path,
               g_array_index (place->csv->lines, guint, place->row), column, *value ? value : _("empty"), need);
  return FALSE;
}

static const char *
cell (const Place *place, const char *column)
{
  return cf_csv_cell (place->csv, place->row, cf_csv_column (place->csv, column));
}

/* A file of that name wins. */
static gboolean
is_entry (const char *text, gboolean model)
{
  CfArchiveId id;

  return cf_archive_id_parse (text, &id, NULL) && id.is_map != model;
}

/* "" is null. */
static gboolean
read_file (const Place *place, const char *column, const char *text, gboolean model, json_t **out, GError **error)
{
  g_autofree char *path = *text ? g_canonicalize_filename (text, place->folder) : NULL;

  if (!path)
    *out = json_null ();
  else if (g_file_test (path, G_FILE_TEST_IS_REGULAR))
    *out = json_string (path);
  else if (is_entry (text, model))
    *out = json_string (text);
  else
    return refuse (place, column, text, model ? _("a file that is there, or an entry like 6ZU5") : _("a file that is there, or an entry like EMD-11103"),
                   error);
  return TRUE;
}

static gboolean
read_number (const Place *place, const char *column, double lo, json_t **out, GError **error)
{
  const char *text = cell (place, column);
  char *end = NULL;
  double value = *text ? g_ascii_strtod (text, &end) : NAN;

  if (*text && (end == text || *end || !isfinite (value) || value <= lo))
    return refuse (place, column, text, lo == 0 ? _("a number above 0") : _("a number"), error);
  *out = *text ? json_real (value) : json_null ();
  return TRUE;
}

/* Separated by semicolons. */
static gboolean
read_others (const Place *place, json_t **out, GError **error)
{
  g_auto (GStrv) names = g_strsplit (cell (place, "others"), ";", -1);

  *out = json_array ();
  for (int i = 0; names[i]; i++)
    {
      json_t *file = NULL;

      if (!*g_strstrip (names[i]))
        continue;
      if (!read_file (place, "others", names[i], TRUE, &file, error))
        return FALSE;
      json_array_append_new (*out, file);
    }
  return TRUE;
}

static gboolean
read_row (const Place *place, CfListKind kind, json_t *request, GError **error)
{
  json_t *map = NULL, *model = NULL, *resolution = NULL, *contour = NULL, *others = NULL;
  gboolean good = read_file (place, "map", cell (place, "map"), FALSE, &map, error)
                  && read_file (place, "model", cell (place, "model"), TRUE, &model, error)
                  && read_number (place, "resolution", 0, &resolution, error) && read_number (place, "contour", -INFINITY, &contour, error)
                  && read_others (place, &others, error);

  json_object_set_new (request, "row", json_integer ((json_int_t) place->row + 1));
  json_object_set_new (request, "map", map);
  json_object_set_new (request, "model", model);
  json_object_set_new (request, "resolution", resolution);
  json_object_set_new (request, "contour", contour);
  json_object_set_new (request, "others", others);
  if (good && kind == CF_LIST_OF_MAPS && json_is_null (map))
    return refuse (place, "map", "", _("a file or an entry"), error);
  if (good && kind == CF_LIST_OF_MODELS && json_is_null (model))
    return refuse (place, "model", "", _("a file or an entry"), error);
  if (good && kind == CF_LIST_OF_MODELS && json_is_null (resolution))
    return refuse (place, "resolution", "", _("a number above 0"), error);
  return good;
}

static gboolean
check_heading (const char *path, const CfCsv *csv, CfListKind kind, GError **error)
{
  static const char *const known[] = { "map", "model", "resolution", "contour", "others", NULL };
  const char *needed = kind == CF_LIST_OF_MAPS ? "map" : "model";

  for (int i = 0; csv->heading[i]; i++)
    {
      g_autofree char *name = g_ascii_strdown (csv->heading[i], -1);

      if (g_strv_contains (known, name) && cf_csv_column (csv, name) == i)
        continue;
      /* TRANSLATORS: five names of columns, "others" too: as they are written in the list */
      g_set_error (error, CF_INPUT_ERROR, CF_INPUT_ERROR_FIELD, _("%s: heading %d is %s, needs map, model, resolution, contour or others, each once"),
                   path, i + 1, *name ? name : _("empty"));
      return FALSE;
    }
  if (cf_csv_column (csv, needed) >= 0)
    return TRUE;
  g_set_error (error, CF_INPUT_ERROR, CF_INPUT_ERROR_FIELD, _("%s: the heading has no column %s"), path, needed);
  return FALSE;
}

/* Named, not only registered: so that the linker keeps the bundle of a static library. */
static GBytes *
find_own (const char *name)
{
  g_autofree char *key = g_strconcat ("/org/cryofield/lists/", name, NULL);

  return strchr (name, '/') ? NULL : g_resource_lookup_data (cf_lists_get_resource (), key, G_RESOURCE_LOOKUP_FLAGS_NONE, NULL);
}

gboolean
cf_list_is_own (const char *path)
{
  g_autoptr (GBytes) own = g_file_test (path, G_FILE_TEST_EXISTS) ? NULL : find_own (path);

  return own != NULL;
}

static CfCsv *
load_table (const char *path, GError **error)
{
  g_autoptr (GBytes) own = g_file_test (path, G_FILE_TEST_EXISTS) ? NULL : find_own (path);
  g_autofree char *text = own ? g_strndup (g_bytes_get_data (own, NULL), g_bytes_get_size (own)) : NULL;

  return text ? cf_csv_parse (path, text, error) : cf_csv_load (path, error);
}

json_t *
cf_list_load (const char *path, CfListKind kind, GError **error)
{
  g_autoptr (CfCsv) csv = load_table (path, error);
  g_autofree char *full = g_canonicalize_filename (path, NULL), *folder = g_path_get_dirname (full);
  json_t *list = json_array ();
  gboolean good = csv && check_heading (path, csv, kind, error);

  if (good && csv->rows->len == 0)
    {
      g_set_error (error, CF_INPUT_ERROR, CF_INPUT_ERROR_EMPTY, _("%s: no rows in it"), path);
      good = FALSE;
    }
  for (gsize i = 0; good && i < csv->rows->len; i++)
    {
      const Place place = { path, folder, csv, i };
      json_t *request = json_object ();

      good = read_row (&place, kind, request, error);
      json_array_append_new (list, request);
    }
  if (good)
    return list;
  json_decref (list);
  return NULL;
}
