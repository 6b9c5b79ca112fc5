/* Maps written and read back, refusals that leave nothing, and headers in which every word was changed. Values and placements against
 * other programs are judged by tests/reference/files-maps.py. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <glib/gstdio.h>

#include "cf-error.h"
#include "cf-file.h"
#include "cf-mrc-header.h"
#include "cf-mrc.h"

static char *folder, *path;

static CfVolume *
make_volume (const double step[3][3], const double origin[3])
{
  CfGrid grid;
  cf_grid_init (&grid, (const int[]){ 5, 4, 3 }, origin, step);
  float *data = g_new (float, 60);
  for (int i = 0; i < 60; i++)
    data[i] = (float) (i - 17) / 8;
  return cf_volume_new ("made", &grid, data);
}

static guint
count_files (void)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;
  while (g_dir_read_name (dir))
    n++;
  return n;
}

static void
test_round_trip (void)
{
  double step[3][3];
  g_autoptr (GError) error = NULL;
  cf_grid_steps_from_cell ((const double[]){ 5.5, 6, 4.2, 90, 111.5, 90 }, (const int[]){ 5, 4, 3 }, step);
  g_autoptr (CfVolume) volume = make_volume (step, (const double[]){ 100.25, -7.5, 3 });
  for (int mode = 2; mode <= 12; mode += 10)
    {
      CfMrcSaveOptions options = { mode, "a label" };
      g_assert_true (cf_mrc_save (volume, path, &options, NULL, &error));
      g_autoptr (CfVolume) back = cf_mrc_load (path, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpmem (back->data, 60 * sizeof (float), volume->data, 60 * sizeof (float));
      for (int a = 0; a < 3; a++)
        {
          g_assert_cmpint (back->grid.dims[a], ==, volume->grid.dims[a]);
          g_assert_cmpfloat_with_epsilon (back->grid.origin[a], volume->grid.origin[a], 1e-5);
          for (int b = 0; b < 3; b++)
            g_assert_cmpfloat_with_epsilon (back->grid.step[a][b], volume->grid.step[a][b], 1e-6);
        }
      g_assert_cmpuint (g_strv_length (back->warnings), ==, 0);
      g_assert_cmpuint (g_strv_length (back->header.labels), ==, 2);
      g_assert_cmpstr (back->header.labels[1], ==, "a label");
      char hex[65];
      g_assert_true (cf_file_sha256 (path, hex, NULL, NULL));
      g_assert_cmpstr (back->sha256, ==, hex);
      g_assert_cmpstr (back->path, ==, path);
      g_assert_cmpstr (back->name, ==, "map.mrc");
    }
  g_remove (path);
}

/* A map whose origin lies on its lattice carries NSTART too; one off it does not pretend to. */
static void
test_placement (void)
{
  static const double step[3][3] = { { 1.5, 0, 0 }, { 0, 1.25, 0 }, { 0, 0, 2 } };
  g_autoptr (GError) error = NULL;
  for (int on = 0; on <= 1; on++)
    {
      g_autoptr (CfVolume) volume = make_volume (step, (const double[]){ 15, -12.5, on ? 6 : 6.7 });
      g_assert_true (cf_mrc_save (volume, path, NULL, NULL, &error));
      g_autoptr (CfVolume) back = cf_mrc_load (path, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpint (back->header.nstart[0], ==, on ? 10 : 0);
      g_assert_cmpint (back->header.nstart[1], ==, on ? -10 : 0);
      g_assert_cmpint (back->header.nstart[2], ==, on ? 3 : 0);
      g_assert_false (back->header.two_placements);
      g_assert_cmpfloat_with_epsilon (back->grid.origin[2], on ? 6 : 6.7, 1e-6);
    }
  g_remove (path);
}

static void
test_not_saved (void)
{
  static const double step[3][3] = { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } }, turned[3][3] = { { 0, 1, 0 }, { -1, 0, 0 }, { 0, 0, 1 } };
  static const double zero[3] = { 0 };
  g_autoptr (CfVolume) volume = make_volume (step, zero), rotated = make_volume (turned, zero);
  g_autoptr (GError) axes = NULL, mode = NULL, large = NULL, cancelled = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  guint before = count_files ();
  g_assert_false (cf_mrc_save (rotated, path, NULL, NULL, &axes));
  g_assert_error (axes, CF_ERROR, CF_ERROR_ARGUMENT);
  g_assert_false (cf_mrc_save (volume, path, &(CfMrcSaveOptions){ 1, NULL }, NULL, &mode));
  g_assert_error (mode, CF_ERROR, CF_ERROR_ARGUMENT);
  float *data = g_new0 (float, 60);
  data[7] = 70000;
  g_autoptr (CfVolume) high = cf_volume_new ("high", &volume->grid, data);
  g_assert_false (cf_mrc_save (high, path, &(CfMrcSaveOptions){ 12, NULL }, NULL, &large));
  g_assert_error (large, CF_ERROR, CF_ERROR_ARGUMENT);
  g_cancellable_cancel (cancellable);
  g_assert_false (cf_mrc_save (volume, path, NULL, cancellable, &cancelled));
  g_assert_error (cancelled, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpuint (count_files (), ==, before);
}

static void
test_cancelled (void)
{
  static const double step[3][3] = { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } }, zero[3] = { 0 };
  g_autoptr (CfVolume) volume = make_volume (step, zero);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GError) error = NULL;
  g_assert_true (cf_mrc_save (volume, path, NULL, NULL, NULL));
  g_cancellable_cancel (cancellable);
  g_assert_null (cf_mrc_load (path, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_remove (path);
}

static void
test_halves (void)
{
  /* Every float16 and back; ties to even between neighbours. */
  for (guint32 half = 0; half < 65536; half++)
    {
      float value = cf_mrc_half_to_float ((guint16) half);
      if ((half & 0x7fff) > 0x7c00)
        g_assert_true (isnan (value));
      else
        g_assert_cmpuint (cf_mrc_half_from_float (value), ==, half);
    }
  for (guint16 half = 0; half < 0x7bff; half++)
    {
      float low = cf_mrc_half_to_float (half), high = cf_mrc_half_to_float (half + 1), middle = low + (high - low) / 2;
      g_assert_cmpuint (cf_mrc_half_from_float (middle), ==, half & 1 ? half + 1 : half);
      g_assert_cmpuint (cf_mrc_half_from_float (nextafterf (middle, 1e9f)), ==, half + 1);
      g_assert_cmpuint (cf_mrc_half_from_float (-nextafterf (middle, -1e9f)), ==, half | 0x8000);
    }
  g_assert_cmpuint (cf_mrc_half_from_float (65519.99f), ==, 0x7bff);
  g_assert_cmpuint (cf_mrc_half_from_float (65520.0f), ==, 0x7c00);
}

/* Read or refused with one line that names the file; never a crash, a hang or an allocation beyond the file. */
static void
try_bytes (const char *bytes, gsize n)
{
  g_autoptr (GError) error = NULL;
  FILE *file = g_fopen (path, "wb");
  g_assert_true (file && fwrite (bytes, 1, n, file) == n && fclose (file) == 0);
  g_autoptr (CfVolume) volume = cf_mrc_load (path, NULL, &error);
  if (!volume)
    {
      g_assert_true (error->domain == CF_INPUT_ERROR);
      g_assert_true (g_str_has_prefix (error->message, path));
      g_assert_null (strchr (error->message, '\n'));
      return;
    }
  g_assert_cmpuint (cf_grid_n_voxels (&volume->grid), <=, 8 * n);
  g_assert_true (isfinite (volume->statistics.mean) && isfinite (volume->grid.origin[0]) && isfinite (volume->grid.inverse[2][2]));
}

static void
test_mutations (void)
{
  static const gint32 words[] = { 0, 1, -1, 2, 3, 4, 7, 12, 101, 401, 1000, 65536, G_MAXINT32, G_MININT32, 0x7fc00000, 0x7f800000, 0x00000001 };
  static const double step[3][3] = { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } }, zero[3] = { 0 };
  g_autoptr (CfVolume) volume = make_volume (step, zero);
  g_autofree char *whole = NULL;
  gsize n;
  g_assert_true (cf_mrc_save (volume, path, NULL, NULL, NULL));
  g_assert_true (g_file_get_contents (path, &whole, &n, NULL));
  for (gsize offset = 0; offset < 228; offset += 4)
    for (guint i = 0; i < 2 * G_N_ELEMENTS (words); i++)
      {
        g_autofree char *bytes = g_memdup2 (whole, n);
        gint32 word = i % 2 ? (gint32) GUINT32_SWAP_LE_BE ((guint32) words[i / 2]) : words[i / 2];
        memcpy (bytes + offset, &word, 4);
        try_bytes (bytes, n);
      }
  for (gsize cut = 0; cut < n; cut += cut < 1024 ? 37 : 1)
    try_bytes (whole, cut);
  g_remove (path);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("cryofield-mrc-XXXXXX", NULL);
  path = g_build_filename (folder, "map.mrc", NULL);
  g_test_add_func ("/mrc/round-trip", test_round_trip);
  g_test_add_func ("/mrc/placement", test_placement);
  g_test_add_func ("/mrc/not-saved", test_not_saved);
  g_test_add_func ("/mrc/cancelled", test_cancelled);
  g_test_add_func ("/mrc/halves", test_halves);
  g_test_add_func ("/mrc/mutations", test_mutations);
  int status = g_test_run ();
  g_rmdir (folder);
  g_free (folder);
  g_free (path);
  return status;
}
