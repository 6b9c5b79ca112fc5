#include "cf-list-results.h"

#include <math.h>
#include <string.h>

#include "cf-list.h"

void
cf_list_entry_free (CfListEntry *entry)
{
  if (entry == NULL)
    return;
  g_free (entry->name);
  g_free (entry->entry);
  g_strfreev (entry->files);
  g_free (entry->error);
  g_free (entry);
}

/* A list of the program's own is known by its name alone, wherever that was said. */
static char *
name_of_list (const char *path)
{
  return g_file_test (path, G_FILE_TEST_EXISTS) ? g_strdup (path) : g_path_get_basename (path);
}

/* -- what batch left ---------------------------------------------------------------------------------------------------------------- */

typedef struct
{
  char *path;
  json_t *summary; /* row.json; NULL while the row is at work */
} Result;

static void
result_free (gpointer data)
{
  Result *result = data;
  json_decref (result->summary);
  g_free (result->path);
  g_free (result);
}

/* Each folder in FOLDER/rows. */
static void
collect_rows (GPtrArray *results, const char *folder)
{
  g_autofree char *rows = g_build_filename (folder, "rows", NULL);
  g_autoptr (GDir) dir = g_dir_open (rows, 0, NULL);
  const char *name;
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      Result *result = g_new0 (Result, 1);
      g_autofree char *summary = NULL;
      result->path = g_build_filename (rows, name, NULL);
      summary = g_build_filename (result->path, "row.json", NULL);
      result->summary = json_load_file (summary, 0, NULL);
      g_ptr_array_add (results, result);
    }
}

static GPtrArray *
find_results (const char *list, const char *folder)
{
  GPtrArray *results = g_ptr_array_new_with_free_func (result_free);
  g_autofree char *full = g_canonicalize_filename (list, NULL), *own = g_path_get_dirname (full);
  g_autoptr (GDir) dir = NULL;
  const char *name;
  collect_rows (results, folder != NULL ? folder : own);
  dir = folder == NULL ? g_dir_open (own, 0, NULL) : NULL;
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (own, name, NULL);
      if (g_file_test (path, G_FILE_TEST_IS_DIR))
        collect_rows (results, path);
    }
  return results;
}

static gboolean
same_member (json_t *a, json_t *b, const char *key)
{
  json_t *x = json_object_get (a, key), *y = json_object_get (b, key);
  return x == y || json_equal (x, y) || (json_is_null (x) && y == NULL) || (x == NULL && json_is_null (y));
}

static gboolean
same_request (json_t *a, json_t *b)
{
  return same_member (a, b, "map") && same_member (a, b, "model") && same_member (a, b, "resolution") && same_member (a, b, "contour");
}

/* Of several a finished one. */
static const Result *
result_of (const GPtrArray *results, json_t *request)
{
  const Result *found = NULL;
  for (guint i = 0; i < results->len; i++)
    {
      const Result *result = results->pdata[i];
      json_t *status = json_object_get (result->summary, "status");
      if (!same_request (json_object_get (result->summary, "request"), request))
        continue;
      if (found == NULL || g_strcmp0 (json_string_value (status), "done") == 0)
        found = result;
    }
  return found;
}

/* A fit that was begun and is kept, in the folder that batch gives to this row. */
static gboolean
is_under_way (const GPtrArray *results, int row, const char *name)
{
  for (guint i = 0; i < results->len; i++)
    {
      const Result *result = results->pdata[i];
      g_autofree char *folder = g_path_get_basename (result->path), *file = NULL;
      g_autoptr (GDir) dir = NULL;
      g_autofree char *start = g_strdup_printf ("%04d-", row);
      const char *in;
      if (result->summary != NULL || !g_str_has_prefix (folder, start) || !g_str_has_prefix (name, folder + strlen (start)))
        continue;
      dir = g_dir_open (result->path, 0, NULL);
      while (dir != NULL && (in = g_dir_read_name (dir)) != NULL)
        if (g_str_has_suffix (in, ".checkpoint"))
          return TRUE;
    }
  return FALSE;
}

/* -- a row ------------------------------------------------------------------------------------------------------------------------- */

static json_t *
member_at (json_t *object, const char *path)
{
  g_auto (GStrv) keys = g_strsplit (path, ".", -1);
  for (int i = 0; keys[i] != NULL; i++)
    object = json_object_get (object, keys[i]);
  return object;
}

static double
number_at (json_t *object, const char *path)
{
  json_t *value = member_at (object, path);
  return json_is_number (value) ? json_number_value (value) : NAN;
}

static gboolean
add_file (GStrvBuilder *files, const char *path)
{
  if (path == NULL || !g_path_is_absolute (path) || !g_file_test (path, G_FILE_TEST_IS_REGULAR))
    return FALSE;
  g_strv_builder_add (files, path);
  return TRUE;
}

/* The neural map lies beside row.json, wherever the folder was moved to. */
static char *
neural_of (const Result *result)
{
  const char *said = result != NULL ? json_string_value (member_at (result->summary, "run.files.neural")) : NULL;
  g_autofree char *name = said != NULL ? g_path_get_basename (said) : NULL;
  return name != NULL ? g_build_filename (result->path, name, NULL) : NULL;
}

static void
find_files (CfListEntry *entry, json_t *request, const Result *result)
{
  g_autoptr (GStrvBuilder) files = g_strv_builder_new ();
  g_autofree char *neural = neural_of (result);
  const char *model = json_string_value (json_object_get (request, "model"));
  entry->has_field = add_file (files, neural);
  add_file (files, json_string_value (json_object_get (request, "map")));
  if (!add_file (files, model) && result != NULL)
    add_file (files, json_string_value (member_at (result->summary, "run.model")));
  entry->files = g_strv_builder_end (files);
}

static CfListEntry *
entry_new (json_t *request, const GPtrArray *results)
{
  CfListEntry *entry = g_new0 (CfListEntry, 1);
  const Result *result = result_of (results, request);
  json_t *summary = result != NULL ? result->summary : NULL;
  const char *map = json_string_value (json_object_get (request, "map")), *status = json_string_value (json_object_get (summary, "status"));
  entry->row = (int) json_integer_value (json_object_get (request, "row"));
  entry->name = g_path_get_basename (map);
  entry->entry = g_path_is_absolute (map) ? NULL : g_strdup (map);
  entry->contour = number_at (request, "contour");
  if (status == NULL)
    entry->state = is_under_way (results, entry->row, entry->name) ? CF_LIST_UNDER_WAY : CF_LIST_NOT_RUN;
  else
    entry->state = strcmp (status, "done") == 0 ? CF_LIST_DONE : CF_LIST_FAILED;
  if (entry->state == CF_LIST_FAILED)
    entry->error = g_strdup (json_string_value (json_object_get (summary, "error")));
  entry->resolution = number_at (summary, "run.resolution");
  if (isnan (entry->resolution))
    entry->resolution = number_at (request, "resolution");
  entry->coverage = number_at (summary, "run.comparison.ca.coverage");
  entry->rmsd = number_at (summary, "run.comparison.ca.rmsd");
  entry->precision = number_at (summary, "run.comparison.nodes.precision");
  entry->nodes = number_at (summary, "run.nodes");
  find_files (entry, request, result);
  return entry;
}

GPtrArray *
cf_list_entries_load (const char *list, const char *folder, GError **error)
{
  g_autofree char *name = name_of_list (list);
  json_t *rows = cf_list_load (name, CF_LIST_OF_MAPS, error), *request;
  g_autoptr (GPtrArray) results = NULL;
  GPtrArray *entries;
  gsize i;
  if (rows == NULL)
    return NULL;
  results = find_results (list, folder);
  entries = g_ptr_array_new_with_free_func ((GDestroyNotify) cf_list_entry_free);
  json_array_foreach (rows, i, request)
    g_ptr_array_add (entries, entry_new (request, results));
  json_decref (rows);
  return entries;
}

gboolean
cf_list_recognise (const char *path)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) stream = g_file_read (file, NULL, NULL);
  char head[4096] = "";
  gsize n = 0;
  g_autofree char *name = name_of_list (path);
  if (stream == NULL)
    return cf_list_is_own (name);
  if (!g_input_stream_read_all (G_INPUT_STREAM (stream), head, sizeof head - 1, &n, NULL, NULL) || memchr (head, 0, n) != NULL)
    return FALSE;
  g_auto (GStrv) all = g_strsplit (g_str_has_prefix (head, "\357\273\277") ? head + 3 : head, "\n", -1);
  for (int i = 0; all[i] != NULL; i++)
    {
      if (*g_strstrip (all[i]) == '\0' || *all[i] == '#')
        continue;
      g_auto (GStrv) cells = g_strsplit (all[i], ",", -1);
      for (int k = 0; cells[k] != NULL; k++)
        if (g_ascii_strcasecmp (g_strstrip (cells[k]), "map") == 0)
          return TRUE;
      return FALSE;
    }
  return FALSE;
}
