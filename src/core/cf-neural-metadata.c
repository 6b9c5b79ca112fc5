/* cf-neural-metadata.c: a field without its networks, to and from the metadata of a safetensors header. */
#include "cf-neural-private.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "cf-error.h"
#include "cf-file.h"
#include "cf-json.h"
#include "cf-words.h"

static const char *const partition_names[] = { "balanced", "paper", NULL };
static const char *const blend_names[] = { "smooth", "paper", NULL };
static const char *const transform_names[] = { "linear", "sqrt", NULL };
static const char *const truth_names[] = { "false", "true", NULL };
static const char *const recipe_names[] = { "default", "paper", NULL };
static const char *const keep_names[] = { "best", "last", NULL };
static const char *const weight_names[] = { "float16", "float32", NULL };
static const char *const placement_names[] = { "origin", "nstart", "zero", NULL };

void
cf_neural_refuse (GError **error, int code, const char *name, const char *format, ...)
{
  g_autofree char *text = NULL, *message = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  message = cf_text_clean (text, -1);
  g_set_error (error, CF_INPUT_ERROR, code, "%s: %s", name, message);
}

/* -- written ---------------------------------------------------------------------------------------------------------------- */

/* Takes value. */
static void
put (json_t *metadata, const char *key, json_t *value)
{
  char *text = json_dumps (value, JSON_COMPACT | JSON_ENCODE_ANY | JSON_REAL_PRECISION (17));

  json_object_set_new (metadata, key, json_string (text));
  free (text);
  json_decref (value);
}

static void
put_text (json_t *metadata, const char *key, const char *text)
{
  json_object_set_new (metadata, key, json_string (text));
}

static json_t *
region_make (const CfField *field, int index)
{
  const CfRegionFit *fit = &field->fits[index];
  json_t *made = json_object ();
  CfRegion region;

  cf_partition_region (&field->partition, index, &region);
  json_object_set_new (made, "start", cf_json_ints (region.start, 3));
  json_object_set_new (made, "size", cf_json_ints (region.size, 3));
  json_object_set_new (made, "trained", json_boolean (fit->trained));
  json_object_set_new (made, "flat", json_boolean (fit->flat));
  json_object_set_new (made, "value", cf_json_number (fit->value));
  json_object_set_new (made, "epochs", json_integer (fit->epochs));
  json_object_set_new (made, "loss", cf_json_number (fit->loss));
  json_object_set_new (made, "held_out", cf_json_number (fit->held_out));
  json_object_set_new (made, "seconds", cf_json_number (fit->seconds));
  return made;
}

static void
put_shape (json_t *metadata, const CfSirenShape *shape)
{
  put (metadata, "width", json_integer (shape->width));
  put (metadata, "hidden", json_integer (shape->hidden));
  put (metadata, "w0_first", cf_json_number (shape->w0_first));
  put (metadata, "w0", cf_json_number (shape->w0));
}

json_t *
cf_neural_metadata_make (const CfField *field)
{
  json_t *metadata = json_object (), *steps = json_array (), *regions = json_array ();
  g_autofree char *seed = g_strdup_printf ("%" G_GUINT64_FORMAT, field->seed);

  put_text (metadata, "format", "pt");
  put_text (metadata, "cryofield_version", CF_NEURAL_VERSION);
  put_text (metadata, "program", "cryofield " CF_VERSION);
  put_text (metadata, "source_name", field->source_name != NULL ? field->source_name : "");
  put_text (metadata, "source_sha256", field->source_sha256);
  put (metadata, "source_dims", cf_json_ints (field->source_grid.dims, 3));
  put (metadata, "source_origin", cf_json_numbers (field->source_grid.origin, 3));
  for (int a = 0; a < 3; a++)
    json_array_append_new (steps, cf_json_numbers (field->source_grid.step[a], 3));
  put (metadata, "source_step", steps);
  put (metadata, "axes", cf_json_ints (field->axes, 3));
  put_text (metadata, "placement", placement_names[field->placement]);
  put (metadata, "cell", cf_json_numbers (field->cell, 6));
  put (metadata, "m", cf_json_ints (field->m, 3));
  put (metadata, "contour", cf_json_number (field->contour));
  put (metadata, "resolution", cf_json_number (field->resolution));
  put (metadata, "box", field->has_box ? cf_json_numbers (field->box, 6) : json_null ());
  put (metadata, "crop_start", cf_json_ints (field->normalisation.lo, 3));
  put (metadata, "crop_dims", cf_json_ints (field->normalisation.dims, 3));
  put (metadata, "max", cf_json_number (field->normalisation.max));
  put (metadata, "mu", cf_json_number (field->normalisation.mu));
  put (metadata, "sigma", cf_json_number (field->normalisation.sigma));
  put_text (metadata, "partition", partition_names[field->partition.kind]);
  put_text (metadata, "blend", blend_names[field->blend]);
  put_text (metadata, "transform", transform_names[field->transform.kind]);
  put (metadata, "transform_offset", cf_json_number (field->transform.offset));
  put (metadata, "rectified", json_boolean (field->transform.rectified));
  put_text (metadata, "recipe", recipe_names[field->recipe]);
  put_text (metadata, "seed", seed);
  put (metadata, "max_epochs", json_integer (field->max_epochs));
  put_text (metadata, "keep", keep_names[field->keep_last != FALSE]);
  put_text (metadata, "weights", weight_names[field->float32 != FALSE]);
  put_shape (metadata, &field->shape);
  put (metadata, "off_grid", cf_json_number (field->off_grid));
  put (metadata, "held_out", cf_json_number (field->held_out));
  for (int i = 0; i < field->n_regions; i++)
    json_array_append_new (regions, region_make (field, i));
  put (metadata, "regions", regions);
  return metadata;
}

/* -- read ------------------------------------------------------------------------------------------------------------------- */

/* The first thing that is wrong is kept; later reads return zeros. */
typedef struct
{
  const char *name;
  const json_t *metadata;
  GError *error;
} Reader;

static const char *
get_text (Reader *reader, const char *key)
{
  const char *text = json_string_value (json_object_get (reader->metadata, key));

  if (text == NULL && reader->error == NULL)
    cf_neural_refuse (&reader->error, CF_INPUT_ERROR_FIELD, reader->name, _("%s is missing, needs text"), key);
  return text != NULL ? text : "";
}

static int
get_choice (Reader *reader, const char *key, const char *const *names)
{
  const char *text = get_text (reader, key);

  for (int i = 0; names[i] != NULL; i++)
    if (g_str_equal (text, names[i]))
      return i;
  if (reader->error == NULL)
    {
      g_autofree char *all = g_strjoinv (" or ", (char **) names);
      g_autofree char *found = g_strndup (text, 40);

      cf_neural_refuse (&reader->error, CF_INPUT_ERROR_FIELD, reader->name, _("%s is \"%s\", needs %s"), key, found, all);
    }
  return 0;
}

static json_t *
get_json (Reader *reader, const char *key)
{
  json_t *value = json_loads (get_text (reader, key), JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);

  if (value == NULL && reader->error == NULL)
    cf_neural_refuse (&reader->error, CF_INPUT_ERROR_FIELD, reader->name, _("%s is not JSON"), key);
  return value;
}

/* A finite number, or, where allowed, null for NAN. */
static double
as_number (Reader *reader, const char *key, const json_t *value, gboolean may_be_null)
{
  if (may_be_null && json_is_null (value))
    return NAN;
  if (!json_is_number (value) || !isfinite (json_number_value (value)))
    {
      if (reader->error == NULL)
        cf_neural_refuse (&reader->error, CF_INPUT_ERROR_FIELD, reader->name, _("%s is not a number, needs one"), key);
      return 0;
    }
  return json_number_value (value);
}

static float
as_float (Reader *reader, const char *key, const json_t *value)
{
  double found = as_number (reader, key, value, FALSE);

  if (fabs (found) <= G_MAXFLOAT)
    return (float) found;
  if (reader->error == NULL)
    cf_neural_refuse (&reader->error, CF_INPUT_ERROR_FIELD, reader->name, _("%s is %g, needs a number that a float can hold"), key, found);
  return 0;
}

static int
as_integer (Reader *reader, const char *key, const json_t *value, gint64 least, gint64 most)
{
  gint64 found = json_integer_value (value);

  if (!json_is_integer (value) || found < least || found > most)
    {
      if (reader->error == NULL)
        cf_neural_refuse (&reader->error, CF_INPUT_ERROR_FIELD, reader->name,
                          _("%s is %" PRId64 ", needs a whole number from %" PRId64 " to %" PRId64), key, found, least,
                          most);
      return (int) least;
    }
  return (int) found;
}

static gboolean
is_list (Reader *reader, const char *key, const json_t *value, gsize n)
{
  if (json_array_size (value) == n)
    return TRUE;
  if (reader->error == NULL)
    cf_neural_refuse (&reader->error, CF_INPUT_ERROR_FIELD, reader->name, _("%s has %zu values, needs %zu"), key,
                      json_array_size (value), n);
  return FALSE;
}

static double
get_number (Reader *reader, const char *key, gboolean may_be_null)
{
  json_t *value = get_json (reader, key);
  double found = as_number (reader, key, value, may_be_null);

  json_decref (value);
  return found;
}

/* Files of the first versions do not have it. */
static double
get_number_or_0 (Reader *reader, const char *key)
{
  return json_object_get (reader->metadata, key) != NULL ? get_number (reader, key, FALSE) : 0;
}

static int
get_integer (Reader *reader, const char *key, gint64 least, gint64 most)
{
  json_t *value = get_json (reader, key);
  int found = as_integer (reader, key, value, least, most);

  json_decref (value);
  return found;
}

static void
get_numbers (Reader *reader, const char *key, double *out, gsize n)
{
  json_t *value = get_json (reader, key);

  if (is_list (reader, key, value, n))
    for (gsize i = 0; i < n; i++)
      out[i] = as_number (reader, key, json_array_get (value, i), FALSE);
  json_decref (value);
}

static void
get_integers (Reader *reader, const char *key, int *out, gsize n, int least, int most)
{
  json_t *value = get_json (reader, key);

  if (is_list (reader, key, value, n))
    for (gsize i = 0; i < n; i++)
      out[i] = as_integer (reader, key, json_array_get (value, i), least, most);
  json_decref (value);
}

static void
get_grid (Reader *reader, CfGrid *grid)
{
  json_t *rows = get_json (reader, "source_step");
  double origin[3] = { 0 }, step[3][3] = { { 0 } }, volume;
  int dims[3] = { 0 };

  get_integers (reader, "source_dims", dims, 3, 1, 65536);
  get_numbers (reader, "source_origin", origin, 3);
  if (is_list (reader, "source_step", rows, 3))
    for (int a = 0; a < 3; a++)
      if (is_list (reader, "source_step", json_array_get (rows, a), 3))
        for (int b = 0; b < 3; b++)
          step[a][b] = as_number (reader, "source_step", json_array_get (json_array_get (rows, a), b), FALSE);
  json_decref (rows);
  if (reader->error != NULL)
    return;
  volume = step[0][0] * (step[1][1] * step[2][2] - step[1][2] * step[2][1]) - step[0][1] * (step[1][0] * step[2][2] - step[1][2] * step[2][0])
           + step[0][2] * (step[1][0] * step[2][1] - step[1][1] * step[2][0]);
  if (!(fabs (volume) > 1e-12 && fabs (volume) < 1e12))
    {
      cf_neural_refuse (&reader->error, CF_INPUT_ERROR_FIELD, reader->name, _("source_step spans %g A^3 a voxel, needs 1e-12 to 1e12"), volume);
      return;
    }
  cf_grid_init (grid, dims, origin, step);
}

static void
get_shape (Reader *reader, CfSirenShape *shape)
{
  shape->width = get_integer (reader, "width", 1, 4096);
  shape->hidden = get_integer (reader, "hidden", 1, 64);
  shape->w0_first = get_number (reader, "w0_first", FALSE);
  shape->w0 = get_number (reader, "w0", FALSE);
}

static void
get_normalisation (Reader *reader, const CfGrid *grid, CfNormalisation *out)
{
  get_integers (reader, "crop_start", out->lo, 3, 0, 65535);
  get_integers (reader, "crop_dims", out->dims, 3, 1, 65536);
  out->max = get_number (reader, "max", FALSE);
  out->mu = get_number (reader, "mu", FALSE);
  out->sigma = get_number (reader, "sigma", FALSE);
  if (reader->error != NULL)
    return;
  for (int a = 0; a < 3; a++)
    if (out->lo[a] + out->dims[a] > grid->dims[a])
      {
        cf_neural_refuse (&reader->error, CF_INPUT_ERROR_FIELD, reader->name, _("crop ends at voxel %d on axis %d, needs at most %d"),
                          out->lo[a] + out->dims[a], a + 1, grid->dims[a]);
        return;
      }
  if (!(out->max > 0 && out->sigma > 0))
    cf_neural_refuse (&reader->error, CF_INPUT_ERROR_FIELD, reader->name, _("max is %g and sigma is %g, needs both above 0"), out->max, out->sigma);
}

static gboolean
get_flag (Reader *reader, const json_t *region, const char *key)
{
  const json_t *value = json_object_get (region, key);

  if (!json_is_boolean (value) && reader->error == NULL)
    cf_neural_refuse (&reader->error, CF_INPUT_ERROR_FIELD, reader->name, _("regions: %s is missing, needs true or false"), key);
  return json_is_true (value);
}

static void
get_fit (Reader *reader, const json_t *region, CfRegionFit *fit)
{
  fit->trained = get_flag (reader, region, "trained");
  fit->flat = get_flag (reader, region, "flat");
  fit->value = as_float (reader, "regions: value", json_object_get (region, "value"));
  fit->epochs = as_integer (reader, "regions: epochs", json_object_get (region, "epochs"), 0, G_MAXINT32);
  fit->loss = as_number (reader, "regions: loss", json_object_get (region, "loss"), TRUE);
  fit->held_out = as_number (reader, "regions: held_out", json_object_get (region, "held_out"), TRUE);
  fit->seconds = as_number (reader, "regions: seconds", json_object_get (region, "seconds"), TRUE);
}

static CfField *
get_regions (Reader *reader, const CfPartition *partition)
{
  json_t *regions = get_json (reader, "regions");
  int n = cf_partition_n_regions (partition);
  g_autoptr (CfField) field = NULL;

  if (is_list (reader, "regions", regions, n))
    {
      field = cf_field_alloc (n);
      for (int i = 0; i < n && reader->error == NULL; i++)
        get_fit (reader, json_array_get (regions, i), &field->fits[i]);
    }
  json_decref (regions);
  return g_steal_pointer (&field);
}

/* Of a part of the map; files of before have none. */
static void
get_box (Reader *reader, CfField *field)
{
  const char *text = json_string_value (json_object_get (reader->metadata, "box"));

  field->has_box = text != NULL && strcmp (text, "null") != 0;
  if (field->has_box)
    get_numbers (reader, "box", field->box, 6);
}

static void
get_rest (Reader *reader, CfField *field)
{
  const char *hash = get_text (reader, "source_sha256"), *seed = get_text (reader, "seed");

  field->source_name = cf_text_clean (get_text (reader, "source_name"), -1);
  if ((strlen (hash) != 64 || strspn (hash, "0123456789abcdef") != 64) && hash[0] != 0 && reader->error == NULL)
    cf_neural_refuse (&reader->error, CF_INPUT_ERROR_FIELD, reader->name, _("source_sha256 has %zu characters, needs 64 hex digits"),
                      strlen (hash));
  g_strlcpy (field->source_sha256, hash, sizeof field->source_sha256);
  get_box (reader, field);
  get_integers (reader, "axes", field->axes, 3, 1, 3);
  field->placement = get_choice (reader, "placement", placement_names);
  get_numbers (reader, "cell", field->cell, 6);
  get_integers (reader, "m", field->m, 3, G_MININT32, G_MAXINT32);
  field->contour = get_number (reader, "contour", TRUE);
  field->resolution = get_number (reader, "resolution", TRUE);
  field->blend = get_choice (reader, "blend", blend_names);
  field->transform.kind = get_choice (reader, "transform", transform_names);
  field->transform.offset = get_number (reader, "transform_offset", FALSE);
  /* files of before do not have it */
  if (json_object_get (reader->metadata, "rectified") != NULL)
    field->transform.rectified = get_choice (reader, "rectified", truth_names);
  field->recipe = get_choice (reader, "recipe", recipe_names);
  if (json_object_get (reader->metadata, "max_epochs") != NULL)
    field->max_epochs = get_integer (reader, "max_epochs", 0, G_MAXINT32);
  if (json_object_get (reader->metadata, "keep") != NULL)
    field->keep_last = get_choice (reader, "keep", keep_names);
  if (json_object_get (reader->metadata, "weights") != NULL)
    field->float32 = get_choice (reader, "weights", weight_names);
  field->off_grid = get_number_or_0 (reader, "off_grid");
  field->held_out = get_number_or_0 (reader, "held_out");
  if (!g_ascii_string_to_unsigned (seed, 10, 0, G_MAXUINT64, &field->seed, NULL) && reader->error == NULL)
    cf_neural_refuse (&reader->error, CF_INPUT_ERROR_FIELD, reader->name, _("seed is not a whole number, needs one"));
  if (!(field->transform.offset >= 0) && reader->error == NULL)
    cf_neural_refuse (&reader->error, CF_INPUT_ERROR_FIELD, reader->name, _("transform_offset is %g, needs 0 or more"), field->transform.offset);
}

CfField *
cf_neural_metadata_read (const char *name, const json_t *metadata, CfSirenShape *shape, GError **error)
{
  Reader reader = { .name = name, .metadata = metadata };
  CfNormalisation normalisation = { 0 };
  g_autoptr (CfField) field = NULL;
  CfPartition partition;
  CfGrid grid = { 0 };
  int kind;

  if (!json_is_object (metadata) || g_strcmp0 (json_string_value (json_object_get (metadata, "cryofield_version")), CF_NEURAL_VERSION) != 0)
    {
      cf_neural_refuse (error, CF_INPUT_ERROR_UNSUPPORTED, name,
                        _("cryofield_version is not in its metadata, needs %s (a safetensors file, but not a neural map of this program)"),
                        CF_NEURAL_VERSION);
      return NULL;
    }
  get_grid (&reader, &grid);
  get_shape (&reader, shape);
  get_normalisation (&reader, &grid, &normalisation);
  kind = get_choice (&reader, "partition", partition_names);
  if (reader.error == NULL && !cf_partition_init (&partition, kind, normalisation.dims))
    cf_neural_refuse (&reader.error, CF_INPUT_ERROR_FIELD, name, _("crop_dims makes more than %d regions on an axis"), CF_PARTITION_AXIS_MAX);
  if (reader.error == NULL)
    field = get_regions (&reader, &partition);
  if (field != NULL)
    get_rest (&reader, field);
  if (reader.error != NULL)
    {
      g_propagate_error (error, reader.error);
      return NULL;
    }
  field->shape = *shape;
  field->source_grid = grid;
  field->normalisation = normalisation;
  field->partition = partition;
  cf_grid_crop (&grid, normalisation.lo, normalisation.dims, &field->grid);
  return g_steal_pointer (&field);
}
