/* Neural maps on disk: what is written is read back, and damaged files are refused before anything is allocated for them. */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "cf-error.h"
#include "cf-half.h"
#include "cf-neural.h"

static char *folder;

/* Without the sync of g_file_set_contents (), which thousands of small files would wait for. */
static void
put_file (const char *path, const void *data, gsize n)
{
  g_assert_true (g_file_set_contents_full (path, data, (gssize) n, G_FILE_SET_CONTENTS_NONE, 0666, NULL));
}

static CfField *
make_field (void)
{
  const CfSirenShape shape = { 6, 1, 15, 30 };
  const int dims[3] = { 70, 5, 4 };
  const double origin[3] = { 1, 2, 3 }, spacing[3] = { 0.5, 0.6, 0.7 };
  const CfRegionFit flat = { .trained = TRUE, .flat = TRUE, .value = 0.5f }, done = { .trained = TRUE, .epochs = 7, .loss = 0.1, .held_out = 0.2, .seconds = 3 };
  g_autoptr (CfSiren) siren = cf_siren_new_random (&shape, 3, 0);
  CfField *field = cf_field_alloc (2);

  cf_grid_init_orthogonal (&field->grid, dims, origin, spacing);
  field->source_grid = field->grid;
  cf_partition_init (&field->partition, CF_PARTITION_PAPER, dims);
  field->source_name = g_strdup ("m\u00e4p.mrc");
  memset (field->source_sha256, 'a', 64);
  field->normalisation = (CfNormalisation){ .dims = { 70, 5, 4 }, .max = 2, .mu = 0.1, .sigma = 0.3 };
  for (int a = 0; a < 3; a++)
    field->axes[a] = 3 - a;
  field->blend = CF_BLEND_PAPER;
  field->transform = (CfTransform){ CF_TRANSFORM_SQRT, 0.05, TRUE };
  field->recipe = CF_RECIPE_PAPER;
  field->contour = 0.7;
  field->seed = 12345678901234567890u;
  field->max_epochs = 7;
  field->keep_last = TRUE;
  field->placement = CF_PLACED_BY_NSTART;
  cf_field_set_region (field, 0, siren, &done);
  cf_field_set_region (field, 1, NULL, &flat);
  return field;
}

static void
test_round_trip (void)
{
  g_autofree char *path = g_build_filename (folder, "a.neural.safetensors", NULL), *text = g_build_filename (folder, "b", NULL);
  g_autoptr (CfField) field = make_field (), back = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_true (cf_neural_save (field, path, NULL, &error));
  g_assert_no_error (error);
  g_assert_true (cf_neural_probe (path));
  put_file (text, "hello, world", 12);
  g_assert_false (cf_neural_probe (text));
  back = cf_neural_load (path, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpint (memcmp (&back->grid, &field->grid, sizeof (CfGrid)), ==, 0);
  g_assert_cmpint (memcmp (&back->source_grid, &field->source_grid, sizeof (CfGrid)), ==, 0);
  g_assert_cmpint (memcmp (&back->normalisation, &field->normalisation, sizeof (CfNormalisation)), ==, 0);
  g_assert_cmpint (memcmp (&back->partition, &field->partition, sizeof (CfPartition)), ==, 0);
  g_assert_true (cf_transform_equal (&back->transform, &field->transform));
  g_assert_cmpint (memcmp (back->axes, field->axes, sizeof back->axes), ==, 0);
  g_assert_cmpstr (back->source_name, ==, field->source_name);
  g_assert_cmpstr (back->source_sha256, ==, field->source_sha256);
  g_assert_cmpint (back->blend, ==, CF_BLEND_PAPER);
  g_assert_cmpint (back->recipe, ==, CF_RECIPE_PAPER);
  g_assert_cmpint (back->placement, ==, CF_PLACED_BY_NSTART);
  g_assert_cmpuint (back->seed, ==, field->seed);
  g_assert_true (back->max_epochs == 7 && back->keep_last && !back->float32);
  g_assert_cmpfloat (back->contour, ==, 0.7);
  g_assert_true (isnan (back->resolution));
  g_assert_cmpint (memcmp (back->sirens[0]->params, field->sirens[0]->params, 4 * field->sirens[0]->n), ==, 0);
  g_assert_null (back->sirens[1]);
  g_assert_true (back->fits[1].flat);
  g_assert_cmpfloat (back->fits[1].value, ==, 0.5f);
  g_assert_cmpint (back->fits[0].epochs, ==, 7);
  g_assert_cmpfloat (back->fits[0].held_out, ==, 0.2);
}

/* Every float16 comes back; what lies between two goes to the nearer, and from the middle to the even one. */
static void
test_half (void)
{
  for (guint h = 0; h < 0x7c00; h++)
    {
      float low = cf_half_to_float (h), high = h + 1 < 0x7c00 ? cf_half_to_float (h + 1) : 65536, middle = 0.5f * (low + high);

      g_assert_cmpuint (cf_half_from_float (low), ==, h);
      g_assert_cmpuint (cf_half_from_float (-low), ==, h | 0x8000);
      g_assert_cmpuint (cf_half_from_float (middle), ==, h + (h & 1));
      g_assert_cmpuint (cf_half_from_float (nextafterf (middle, 0)), ==, h);
      g_assert_cmpuint (cf_half_from_float (nextafterf (middle, INFINITY)), ==, h + 1);
    }
  g_assert_cmpfloat (cf_half_to_float (0x3c00), ==, 1);
  g_assert_cmpfloat (cf_half_to_float (0xc248), ==, -3.140625f);
  g_assert_cmpfloat (cf_half_to_float (1), ==, 0x1p-24f);
  g_assert_cmpuint (cf_half_from_float (1e9f), ==, 0x7c00);
  g_assert_true (isnan (cf_half_to_float (cf_half_from_float (NAN))));
}

/* A region with float16 weights: half of the bytes of its matrices, the same numbers back, and half again when it is saved again. */
static void
test_half_region (void)
{
  g_autofree char *path = g_build_filename (folder, "half", NULL), *full = g_build_filename (folder, "full", NULL), *again = g_build_filename (folder, "again", NULL);
  g_autofree char *first = NULL, *second = NULL, *third = NULL;
  g_autoptr (CfField) field = make_field (), back = NULL;
  g_autoptr (CfSiren) rounded = cf_half_round_siren (field->sirens[0]);
  CfRegionFit fit = field->fits[0];
  gsize n_full, n_half, n_again, matrices = 0;

  g_assert_true (cf_neural_save (field, full, NULL, NULL));
  g_assert_cmpint (memcmp (rounded->params, field->sirens[0]->params, 4 * rounded->n), !=, 0);
  fit.half = TRUE;
  cf_field_set_region (field, 0, rounded, &fit);
  g_assert_true (cf_neural_save (field, path, NULL, NULL));
  back = cf_neural_load (path, NULL, NULL);
  g_assert_cmpint (memcmp (back->sirens[0]->params, rounded->params, 4 * rounded->n), ==, 0);
  g_assert_true (back->fits[0].half);
  g_assert_false (back->fits[1].half);
  g_assert_true (cf_neural_save (back, again, NULL, NULL));
  g_assert_true (g_file_get_contents (full, &first, &n_full, NULL) && g_file_get_contents (path, &second, &n_half, NULL)
                 && g_file_get_contents (again, &third, &n_again, NULL));
  g_assert_cmpmem (second, n_half, third, n_again);
  for (int l = 1; l <= rounded->shape.hidden; l++)
    matrices += cf_siren_bias_offset (&rounded->shape, l) - cf_siren_weight_offset (&rounded->shape, l);
  g_assert_cmpuint (n_full - n_half, >=, 2 * matrices - 32);
  g_assert_cmpuint (n_full - n_half, <=, 2 * matrices + 32);
}

/* The file with one change, and its header's length mended. */
static void
check_changed (const char *find, const char *put)
{
  g_autofree char *path = g_build_filename (folder, "good", NULL), *bad = g_build_filename (folder, "bad", NULL), *data = NULL;
  g_autoptr (CfField) field = make_field (), back = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GString) header = NULL;
  guint64 length;
  gsize n;

  g_assert_true (cf_neural_save (field, path, NULL, NULL));
  g_assert_true (g_file_get_contents (path, &data, &n, NULL));
  memcpy (&length, data, 8);
  header = g_string_new_len (data + 8, length);
  g_assert_cmpint (g_string_replace (header, find, put, 1), ==, 1);
  {
    g_autoptr (GByteArray) made = g_byte_array_new ();
    guint64 new_length = header->len;

    g_byte_array_append (made, (const guint8 *) &new_length, 8);
    g_byte_array_append (made, (const guint8 *) header->str, header->len);
    g_byte_array_append (made, (const guint8 *) data + 8 + length, n - 8 - length);
    put_file (bad, made->data, made->len);
  }
  back = cf_neural_load (bad, NULL, &error);
  g_assert_null (back);
  g_assert_cmpuint (error->domain, ==, CF_INPUT_ERROR);
  g_assert_true (g_str_has_prefix (error->message, bad));
  g_assert_null (strchr (error->message, '\n'));
  g_test_message ("%s", error->message + strlen (bad) + 2);
}

static void
test_refused (void)
{
  check_changed ("\"F32\"", "\"F64\"");
  check_changed ("\"F32\"", "\"F16\"");
  check_changed ("[6,3]", "[3,6]");
  check_changed ("[6,3]", "[6,3,1]");
  check_changed ("[6,3]", "[99999999999,3]");
  check_changed ("[6,3]", "[-6,-3]");
  check_changed ("[6,3]", "[6.0,3]");
  check_changed ("[0,72]", "[0,71]");
  check_changed ("[0,72]", "[4,76]");
  check_changed ("[0,72]", "[-4,68]");
  check_changed ("[72,96]", "[0,24]");
  check_changed ("region.0.layers.0.bias", "region.0.layers.0.bios");
  check_changed ("\"__metadata__\"", "\"__metadota__\"");
  check_changed ("\"cryofield_version\":\"1\"", "\"cryofield_version\":\"2\"");
  check_changed ("\"width\":\"6\"", "\"width\":\"7\"");
  check_changed ("\"width\":\"6\"", "\"width\":\"1e9\"");
  check_changed ("\"width\":\"6\"", "\"width\":\"-6\"");
  check_changed ("\"partition\":\"paper\"", "\"partition\":\"pa\"");
  check_changed ("\"crop_dims\":\"[70,5,4]\"", "\"crop_dims\":\"[71,5,4]\"");
  check_changed ("\"crop_dims\":\"[70,5,4]\"", "\"crop_dims\":\"[60,5,4]\"");
  check_changed ("\"source_dims\":\"[70,5,4]\"", "\"source_dims\":\"[70,5]\"");
  check_changed ("[[0.5,", "[[0,");
  check_changed ("\"max\":\"2.0\"", "\"max\":\"0\"");
  check_changed ("\"max\":\"2.0\"", "\"max\":\"null\"");
  check_changed ("\"seed\":\"1", "\"seed\":\"x1");
  check_changed ("{\"__metadata__\"", "{{\"__metadata__\"");
  check_changed ("\\\"flat\\\":false", "\\\"flat\\\":0");
}

static void
check_bytes (const void *data, gsize n)
{
  g_autofree char *bad = g_build_filename (folder, "bad", NULL);
  g_autoptr (GError) error = NULL;

  put_file (bad, data, n);
  g_assert_null (cf_neural_load (bad, NULL, &error));
  g_assert_cmpuint (error->domain, ==, CF_INPUT_ERROR);
}

static void
test_damaged (void)
{
  g_autofree char *path = g_build_filename (folder, "good", NULL), *data = NULL, *longer = NULL, *nan = NULL, *none = NULL;
  g_autoptr (CfField) field = make_field ();
  g_autoptr (GError) error = NULL;
  g_autoptr (GRand) rand = g_rand_new_with_seed (1);
  gsize n;

  g_assert_true (cf_neural_save (field, path, NULL, NULL));
  g_assert_true (g_file_get_contents (path, &data, &n, NULL));
  for (gsize cut = 0; cut < n; cut += 1 + cut / 20)
    check_bytes (data, cut);
  longer = g_malloc0 (n + 4);
  memcpy (longer, data, n);
  check_bytes (longer, n + 4);
  check_bytes ("\xff\xff\xff\xff\xff\xff\xff\xff{}", 10);
  check_bytes ("\x02\0\0\0\0\0\0\0{}", 10);
  check_bytes ("\x02\0\0\0\0\0\0\0[]", 10);
  nan = g_memdup2 (data, n);
  memset (nan + n - 4, 0xff, 4);
  check_bytes (nan, n);
  /* Any single byte changed: refused, or read, never anything else. */
  for (int i = 0; i < 1000; i++)
    {
      g_autofree char *bad = g_build_filename (folder, "bad", NULL), *changed = g_memdup2 (data, n);
      g_autoptr (CfField) back = NULL;

      changed[g_rand_int_range (rand, 0, (gint32) n)] ^= 1 << g_rand_int_range (rand, 0, 8);
      put_file (bad, changed, n);
      back = cf_neural_load (bad, NULL, NULL);
    }
  none = g_build_filename (folder, "none", NULL);
  g_assert_null (cf_neural_load (none, NULL, &error));
  g_assert_cmpuint (error->domain, ==, CF_INPUT_ERROR);
  g_clear_error (&error);
  g_assert_null (cf_neural_load (folder, NULL, &error));
  g_assert_cmpuint (error->domain, ==, CF_INPUT_ERROR);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("cf-neural-XXXXXX", NULL);
  g_test_add_func ("/neural/round-trip", test_round_trip);
  g_test_add_func ("/neural/half", test_half);
  g_test_add_func ("/neural/half-region", test_half_region);
  g_test_add_func ("/neural/refused", test_refused);
  g_test_add_func ("/neural/damaged", test_damaged);
  status = g_test_run ();
  {
    const char *names[] = { "a.neural.safetensors", "b", "good", "bad" };

    for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
      {
        g_autofree char *path = g_build_filename (folder, names[i], NULL);

        g_unlink (path);
      }
    g_rmdir (folder);
  }
  return status;
}
