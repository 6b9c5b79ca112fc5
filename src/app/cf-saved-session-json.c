/* cf-saved-session-json.c: a saved session as JSON, and back: docs/session-format.md. */
#include "cf-saved-session.h"

#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <string.h>

#include "cf-error.h"
#include "cf-json.h"
#include "cf-words.h"

#define FORMAT "cryofield-session"
#define VERSION 1

static const char *const file_keys[CF_N_SAVED_FILES] = { "map", "model", "neural" };
static const char *const pick_names[] = { "none", "node", "atom" };

/* -- to text --------------------------------------------------------------------------------------------------------------------- */

static json_t *
text_or_null (const char *text)
{
  json_t *value = text != NULL ? json_string (text) : NULL; /* NULL for what is not UTF-8 too */
  return value != NULL ? value : json_null ();
}

/* From a folder to a file, with as many ".." as that takes. */
static char *
relative_path (const char *folder, const char *path)
{
  g_autofree char *full = g_canonicalize_filename (folder, NULL);
  g_auto (GStrv) from = g_strsplit (g_str_equal (full, "/") ? "" : full, "/", -1), to = g_strsplit (path, "/", -1);
  GString *out = g_string_new (NULL);
  guint same = 0;
  while (from[same] != NULL && to[same] != NULL && strcmp (from[same], to[same]) == 0)
    same++;
  for (guint i = same; from[i] != NULL; i++)
    g_string_append (out, "../");
  for (guint i = same; to[i] != NULL; i++)
    g_string_append_printf (out, "%s%s", i > same ? "/" : "", to[i]);
  return g_string_free (out, FALSE);
}

static json_t *
file_json (const CfSavedSession *saved, CfSavedKind kind, const char *folder)
{
  const CfSavedFile *file = &saved->files[kind];
  if (file->path == NULL)
    return json_null ();
  g_autofree char *relative = relative_path (folder, file->path);
  json_t *object = json_pack ("{s:o, s:o, s:s}", "path", text_or_null (file->path), "relative", text_or_null (relative), "sha256", file->sha256);
  if (kind == CF_SAVED_MAP)
    {
      json_object_set_new (object, "placement", json_string (saved->by_nstart ? "nstart" : "origin"));
      json_object_set_new (object, "volume", json_integer (saved->stack_volume));
    }
  if (kind == CF_SAVED_MODEL)
    json_object_set_new (object, "model", json_integer (saved->model));
  return object;
}

static json_t *
options_json (GVariant *options)
{
  json_t *object = json_object ();
  GVariantIter iter;
  const char *name;
  GVariant *value;
  if (options == NULL)
    return object;
  g_variant_iter_init (&iter, options);
  while (g_variant_iter_loop (&iter, "{&sv}", &name, &value))
    if (g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
      json_object_set_new (object, name, json_boolean (g_variant_get_boolean (value)));
    else if (g_variant_is_of_type (value, G_VARIANT_TYPE_DOUBLE))
      json_object_set_new (object, name, cf_json_number (g_variant_get_double (value)));
    else if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
      json_object_set_new (object, name, json_string (g_variant_get_string (value, NULL)));
  return object;
}

static json_t *
view_json (const CfSavedSession *saved)
{
  const CfCamera *c = &saved->camera;
  const double rotation[4] = { c->rotation[0], c->rotation[1], c->rotation[2], c->rotation[3] };
  json_t *camera = saved->has_camera ? json_pack ("{s:o, s:o, s:f, s:f}", "rotation", cf_json_numbers (rotation, 4), "centre",
                                                  cf_json_numbers (c->centre, 3), "distance", c->distance, "fov", c->fov)
                                     : json_null ();
  return json_pack ("{s:o, s:o, s:o}", "camera", camera, "plane_normal", cf_json_numbers (saved->plane_normal, 3), "options", options_json (saved->options));
}

char *
cf_saved_session_text (const CfSavedSession *saved, const char *folder)
{
  json_t *root = json_pack ("{s:s, s:i, s:s, s:b}", "format", FORMAT, "version", VERSION, "program", "Cryofield " CF_VERSION, "demonstration", saved->demo);
  for (int k = 0; k < CF_N_SAVED_FILES; k++)
    json_object_set_new (root, file_keys[k], file_json (saved, (CfSavedKind) k, folder));
  json_object_set_new (root, "nucleotides_at", json_string (saved->at_c4 ? "C4'" : "P"));
  json_object_set_new (root, "contour", cf_json_number (saved->contour));
  json_object_set_new (root, "resolution", cf_json_number (saved->resolution));
  json_object_set_new (root, "crop", json_boolean (saved->crop));
  json_object_set_new (root, "box", saved->has_box ? cf_json_numbers (saved->box, 6) : json_null ());
  json_object_set_new (root, "recipe", json_string (saved->recipe == CF_RECIPE_PAPER ? "paper" : "default"));
  json_object_set_new (root, "level", cf_json_number (saved->level));
  json_object_set_new (root, "adjacency", cf_json_number (saved->adjacency));
  json_object_set_new (root, "min_component", json_integer (saved->min_component));
  json_object_set_new (root, "view", view_json (saved));
  json_t *picks = json_array ();
  for (int i = 0; i < 2; i++)
    if (saved->picked[i].kind != CF_SAVED_PICK_NONE)
      json_array_append_new (picks, json_pack ("{s:s, s:o}", "kind", pick_names[saved->picked[i].kind], "at", cf_json_numbers (saved->picked[i].at, 3)));
  json_object_set_new (root, "selection", picks);
  json_object_set_new (root, "notes", text_or_null (saved->notes));
  if (saved->of != NULL)
    json_object_set_new (root, "copy_of", text_or_null (saved->of));
  char *raw = json_dumps (root, JSON_INDENT (1) | JSON_REAL_PRECISION (17)), *text = g_strconcat (raw, "\n", NULL);
  free (raw);
  json_decref (root);
  return text;
}

/* -- from text ------------------------------------------------------------------------------------------------------------------- */

typedef struct
{
  const char *name;
  GError **error;
  gboolean failed;
} Reader;

static void
refuse (Reader *r, const char *field, const char *need)
{
  if (!r->failed)
    g_set_error (r->error, CF_INPUT_ERROR, CF_INPUT_ERROR_FIELD, _("%s: %s is not what it has to be, needs %s"), r->name, field, need);
  r->failed = TRUE;
}

/* null and a missing member are NAN. */
static double
get_number (Reader *r, const json_t *object, const char *field)
{
  const json_t *value = json_object_get (object, field);
  if (value == NULL || json_is_null (value))
    return NAN;
  if (!json_is_number (value) || !isfinite (json_number_value (value)))
    {
      refuse (r, field, _("a number"));
      return NAN;
    }
  return json_number_value (value);
}

static int
get_integer (Reader *r, const json_t *object, const char *field)
{
  const json_t *value = json_object_get (object, field);
  if (value == NULL || json_is_null (value))
    return 0;
  json_int_t number_of = json_is_integer (value) ? json_integer_value (value) : -1;
  if (number_of >= 0 && number_of <= G_MAXINT)
    return (int) number_of;
  refuse (r, field, _("a whole number from 0"));
  return 0;
}

static gboolean
get_boolean (Reader *r, const json_t *object, const char *field, gboolean otherwise)
{
  const json_t *value = json_object_get (object, field);
  if (value != NULL && !json_is_boolean (value))
    refuse (r, field, _("true or false"));
  return json_is_boolean (value) ? json_is_true (value) : otherwise;
}

static char *
get_text (Reader *r, const json_t *object, const char *field)
{
  const json_t *value = json_object_get (object, field);
  if (value == NULL || json_is_null (value))
    return NULL;
  if (json_is_string (value) && json_string_length (value) <= CF_SAVED_NOTES_MAX && strlen (json_string_value (value)) == json_string_length (value))
    return g_strdup (json_string_value (value));
  refuse (r, field, _("a text of at most 1 MiB"));
  return NULL;
}

/* FALSE, leaving out as it is, where the member is missing or null. */
static gboolean
get_numbers (Reader *r, const json_t *object, const char *field, double *out, int n)
{
  const json_t *array = json_object_get (object, field);
  double values[6];
  if (array == NULL || json_is_null (array))
    return FALSE;
  for (int i = 0; i < n; i++)
    {
      const json_t *value = json_array_get (array, (size_t) i);
      values[i] = json_is_number (value) ? json_number_value (value) : NAN;
      if (!isfinite (values[i]) || fabs (values[i]) > 1e9)
        {
          refuse (r, field, n == 6 ? _("six numbers") : n == 4 ? _("four numbers") : _("three numbers"));
          return FALSE;
        }
    }
  memcpy (out, values, sizeof *out * (gsize) n);
  return TRUE;
}

static void
get_file (Reader *r, const json_t *root, CfSavedKind kind, CfSavedSession *saved)
{
  const json_t *object = json_object_get (root, file_keys[kind]);
  CfSavedFile *file = &saved->files[kind];
  if (object == NULL || json_is_null (object))
    return;
  file->path = get_text (r, object, "path");
  file->relative = get_text (r, object, "relative");
  g_autofree char *hash = get_text (r, object, "sha256");
  if ((file->path == NULL && file->relative == NULL) || (file->path != NULL && !g_path_is_absolute (file->path)))
    refuse (r, file_keys[kind], _("an absolute path"));
  if (hash != NULL && *hash != '\0' && (strlen (hash) != 64 || strspn (hash, "0123456789abcdef") != 64))
    refuse (r, "sha256", _("64 hexadecimal digits"));
  else
    g_strlcpy (file->sha256, hash != NULL ? hash : "", sizeof file->sha256);
  if (kind == CF_SAVED_MAP)
    {
      g_autofree char *placement = get_text (r, object, "placement");
      saved->by_nstart = g_strcmp0 (placement, "nstart") == 0;
      saved->stack_volume = get_integer (r, object, "volume");
    }
  if (kind == CF_SAVED_MODEL)
    saved->model = get_integer (r, object, "model");
}

static void
get_view (Reader *r, const json_t *view, CfSavedSession *saved)
{
  const json_t *camera = json_object_get (view, "camera");
  double rotation[4], length = 0;
  CfCamera *c = &saved->camera;
  if (json_is_object (camera) && get_numbers (r, camera, "rotation", rotation, 4) && get_numbers (r, camera, "centre", c->centre, 3))
    {
      for (int i = 0; i < 4; i++)
        length += rotation[i] * rotation[i];
      c->distance = get_number (r, camera, "distance");
      c->fov = get_number (r, camera, "fov");
      if (!(length > 1e-6) || !(c->distance > 0 && c->distance < 1e6) || !(c->fov > 0.1 && c->fov < 179))
        refuse (r, "camera", _("a rotation, a distance and a field of view that can be looked from"));
      for (int i = 0; i < 4; i++)
        c->rotation[i] = (float) (rotation[i] / sqrt (length));
      c->near_clip = -INFINITY;
      c->far_clip = INFINITY;
      saved->has_camera = TRUE;
    }
  get_numbers (r, view, "plane_normal", saved->plane_normal, 3);
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  const char *key;
  json_t *value;
  json_object_foreach (json_object_get (view, "options"), key, value)
    if (json_is_boolean (value))
      g_variant_dict_insert (&dict, key, "b", json_is_true (value));
    else if (json_is_number (value))
      g_variant_dict_insert (&dict, key, "d", json_number_value (value));
    else if (json_is_string (value))
      g_variant_dict_insert (&dict, key, "s", json_string_value (value));
  saved->options = g_variant_ref_sink (g_variant_dict_end (&dict));
}

static void
get_selection (Reader *r, const json_t *array, CfSavedSession *saved)
{
  for (size_t i = 0; i < MIN (json_array_size (array), 2); i++)
    {
      const json_t *pick = json_array_get (array, i);
      g_autofree char *kind = get_text (r, pick, "kind");
      for (int k = CF_SAVED_PICK_NODE; k <= CF_SAVED_PICK_ATOM; k++)
        if (g_strcmp0 (kind, pick_names[k]) == 0 && get_numbers (r, pick, "at", saved->picked[i].at, 3))
          saved->picked[i].kind = (CfSavedPickKind) k;
    }
}

static void
read_root (Reader *r, const json_t *root, CfSavedSession *saved)
{
  saved->demo = get_boolean (r, root, "demonstration", FALSE);
  for (int k = 0; k < CF_N_SAVED_FILES; k++)
    get_file (r, root, (CfSavedKind) k, saved);
  g_autofree char *at = get_text (r, root, "nucleotides_at"), *recipe = get_text (r, root, "recipe"), *notes = get_text (r, root, "notes");
  saved->at_c4 = g_strcmp0 (at, "C4'") == 0;
  saved->recipe = g_strcmp0 (recipe, "paper") == 0 ? CF_RECIPE_PAPER : CF_RECIPE_DEFAULT;
  saved->contour = get_number (r, root, "contour");
  saved->resolution = get_number (r, root, "resolution");
  saved->crop = get_boolean (r, root, "crop", TRUE);
  saved->has_box = get_numbers (r, root, "box", saved->box, 6);
  saved->level = get_number (r, root, "level");
  double adjacency = get_number (r, root, "adjacency");
  saved->adjacency = adjacency > 0 ? adjacency : 0;
  saved->min_component = (guint) get_integer (r, root, "min_component");
  get_view (r, json_object_get (root, "view"), saved);
  get_selection (r, json_object_get (root, "selection"), saved);
  if (notes != NULL)
    {
      g_free (saved->notes);
      saved->notes = g_steal_pointer (&notes);
    }
  saved->of = get_text (r, root, "copy_of");
}

CfSavedSession *
cf_saved_session_parse (const char *name, const char *text, gsize n, GError **error)
{
  json_error_t trouble;
  json_t *root = json_loadb (text, n, JSON_REJECT_DUPLICATES, &trouble);
  if (root == NULL)
    {
      g_set_error (error, CF_INPUT_ERROR, CF_INPUT_ERROR_NOT_THIS, _("%s: line %d is not JSON (%s), needs a session of Cryofield"), name, trouble.line, trouble.text);
      return NULL;
    }
  g_autoptr (CfSavedSession) saved = cf_saved_session_new ();
  Reader reader = { .name = name, .error = error };
  const char *format = json_string_value (json_object_get (root, "format"));
  json_int_t version = json_integer_value (json_object_get (root, "version"));
  if (g_strcmp0 (format, FORMAT) != 0)
    {
      g_set_error (error, CF_INPUT_ERROR, CF_INPUT_ERROR_NOT_THIS, _("%s: format is %s, needs %s"), name, format != NULL ? format : _("missing"), "\"" FORMAT "\"");
      reader.failed = TRUE;
    }
  else if (version != VERSION)
    {
      g_set_error (error, CF_INPUT_ERROR, CF_INPUT_ERROR_UNSUPPORTED, _("%s: version is %" PRId64 ", needs %d"), name, (gint64) version, VERSION);
      reader.failed = TRUE;
    }
  else
    read_root (&reader, root, saved);
  json_decref (root);
  return reader.failed ? NULL : g_steal_pointer (&saved);
}
