/* test-pieces.c: what a report is put together from: planes of a map, seams of a field, strips of residues. Expected values by hand. */
#include <math.h>
#include <string.h>

#include "cf-backend.h"
#include "cf-planes.h"
#include "cf-plot.h"
#include "cf-seams.h"
#include "cf-strip.h"
#include "made-up.h"

/* -- planes ----------------------------------------------------------------------------------------------------------------- */

static CfVolume *
numbered_volume (const int dims[3])
{
  const double origin[3] = { 0 }, spacing[3] = { 1.0, 2.0, 0.5 };
  gsize n = (gsize)dims[0] * dims[1] * dims[2];
  float *data = g_new (float, n);
  CfGrid grid;

  for (int z = 0; z < dims[2]; z++)
    for (int y = 0; y < dims[1]; y++)
      for (int x = 0; x < dims[0]; x++)
        data[((gsize)z * dims[1] + y) * dims[0] + x] = (float)(100 * x + 10 * y + z);
  cf_grid_init_orthogonal (&grid, dims, origin, spacing);
  return cf_volume_new ("numbers", &grid, data);
}

/* (column, row from the top) of a plane. */
static double
at (const CfPlane *plane, int x, int y)
{
  return plane->value[(gsize)y * plane->width + x];
}

static void
test_planes (void)
{
  const int dims[3] = { 4, 3, 5 };
  g_autoptr (CfVolume) volume = numbered_volume (dims);
  g_autoptr (CfPlane) along_z = cf_plane_new (volume, CF_PLANE_PROJECTION, 2), across_z = cf_plane_new (volume, CF_PLANE_SLICE, 2);
  g_autoptr (CfPlane) along_x = cf_plane_new (volume, CF_PLANE_PROJECTION, 0), across_y = cf_plane_new (volume, CF_PLANE_SLICE, 1);

  /* x to the right, y upwards; z goes from 0 to 4: its mean and its middle are 2 */
  g_assert_cmpint (along_z->width, ==, 4);
  g_assert_cmpint (along_z->height, ==, 3);
  g_assert_cmpfloat (along_z->extent[0], ==, 4.0);
  g_assert_cmpfloat (along_z->extent[1], ==, 6.0);
  for (int y = 0; y < 3; y++)
    for (int x = 0; x < 4; x++)
      {
        g_assert_cmpfloat_with_epsilon (at (along_z, x, y), 100 * x + 10 * (2 - y) + 2, 1e-4);
        g_assert_cmpfloat_with_epsilon (at (across_z, x, y), 100 * x + 10 * (2 - y) + 2, 1e-4);
      }
  g_assert_cmpfloat_with_epsilon (along_z->lo, 2, 1e-4);
  g_assert_cmpfloat_with_epsilon (along_z->hi, 322, 1e-4);
  /* y to the right, z upwards; the mean of x is 1.5 */
  g_assert_cmpint (along_x->width, ==, 3);
  g_assert_cmpint (along_x->height, ==, 5);
  g_assert_cmpfloat_with_epsilon (at (along_x, 2, 0), 150 + 20 + 4, 1e-4);
  g_assert_cmpfloat_with_epsilon (at (along_x, 0, 4), 150, 1e-4);
  /* x to the right, z upwards; the middle of three is 1 */
  g_assert_cmpfloat_with_epsilon (at (across_y, 3, 0), 300 + 10 + 4, 1e-4);
  g_assert_cmpfloat (across_y->extent[1], ==, 2.5);
}

/* Whatever the width, no caption runs into the next: between two cells there is no ink below the planes. */
static void
test_planes_side_by_side (void)
{
  const int dims[3] = { 40, 30, 50 };
  g_autoptr (CfVolume) volume = numbered_volume (dims);
  CfPlane *planes[3];

  for (int k = 0; k < 3; k++)
    planes[k] = cf_plane_new (volume, CF_PLANE_PROJECTION, k);
  for (int width = 300; width <= 900; width += 60)
    {
      int height = (int)ceil (cf_plot_planes_height (width, planes, 3, &cf_plot_theme_light)), ink = 0;
      cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
      cairo_t *cr = cairo_create (surface);
      cf_plot_planes (cr, width, height, planes, 3, &cf_plot_theme_light);
      cairo_destroy (cr);
      cairo_surface_flush (surface);
      for (int y = 0; y < height; y++)
        for (int k = 1; k < 3; k++)
          {
            const guint32 *row = (const guint32 *)(const void *)(cairo_image_surface_get_data (surface) + y * cairo_image_surface_get_stride (surface));
            ink += (row[k * width / 3] & 0xff) < 200;
          }
      g_assert_cmpint (ink, ==, 0);
      cairo_surface_destroy (surface);
    }
  for (int k = 0; k < 3; k++)
    cf_plane_free (planes[k]);
}

/* A larger map is averaged: no voxel is lost, so the mean stays. */
static void
test_large_plane (void)
{
  const int dims[3] = { 2 * CF_PLANE_PIXELS, CF_PLANE_PIXELS, 2 };
  g_autoptr (CfVolume) volume = numbered_volume (dims);
  g_autoptr (CfPlane) plane = cf_plane_new (volume, CF_PLANE_PROJECTION, 2);
  double mean = 0;

  g_assert_cmpint (plane->width, ==, CF_PLANE_PIXELS);
  g_assert_cmpint (plane->height, ==, CF_PLANE_PIXELS / 2);
  g_assert_cmpfloat (plane->extent[0], ==, 2 * CF_PLANE_PIXELS);
  for (int i = 0; i < plane->width * plane->height; i++)
    mean += plane->value[i] / (plane->width * plane->height);
  g_assert_cmpfloat_with_epsilon (mean, 100 * (dims[0] - 1) / 2.0 + 10 * (dims[1] - 1) / 2.0 + 0.5, 0.01);
}

/* -- seams ------------------------------------------------------------------------------------------------------------------ */

static CfField *
flat_field (int regions, gboolean all_trained)
{
  const int dims[3] = { 60 * regions + 4, 40, 40 };
  const double origin[3] = { 0 }, spacing[3] = { 1, 1, 1 };
  CfPartition partition;

  g_assert_true (cf_partition_init (&partition, CF_PARTITION_BALANCED, dims));
  g_assert_cmpint (cf_partition_n_regions (&partition), ==, regions);
  CfField *field = cf_field_alloc (regions);
  cf_grid_init_orthogonal (&field->grid, dims, origin, spacing);
  field->partition = partition;
  field->normalisation = (CfNormalisation){ .dims = { dims[0], dims[1], dims[2] }, .max = 1 };
  for (int i = 0; i < regions; i++)
    {
      /* 0.1, 0.2, 0.4: the seams differ by 0.1 and 0.2 */
      const CfRegionFit fit = { .trained = all_trained || i != 1, .flat = TRUE, .value = (float)(0.1 * (1 << i)) };
      cf_field_set_region (field, i, NULL, &fit);
    }
  return field;
}

static void
test_seams (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CfBackend) backend = cf_backend_open ("cpu", 1, &error);
  g_assert_no_error (error);
  for (int regions = 1; regions <= 3; regions += 2)
    {
      g_autoptr (CfField) field = flat_field (regions, TRUE);
      g_autoptr (CfEvaluator) evaluator = cf_evaluator_new (backend, field);
      g_autoptr (CfSeams) seams = cf_seams_new (evaluator, 32, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (seams->n, ==, regions - 1);
      if (regions == 1)
        {
          g_assert_true (isnan (seams->all.rms));
          continue;
        }
      g_assert_cmpint (seams->seams[0].a, ==, 1); /* the larger one first */
      g_assert_cmpint (seams->seams[0].b, ==, 2);
      g_assert_cmpint (seams->seams[0].axis, ==, 0);
      g_assert_cmpuint (seams->seams[0].n, ==, 32);
      g_assert_cmpfloat_with_epsilon (seams->seams[0].rms, 0.2, 1e-6);
      g_assert_cmpfloat_with_epsilon (seams->seams[1].max, 0.1, 1e-6);
      g_assert_cmpuint (seams->all.n, ==, 64);
      g_assert_cmpfloat_with_epsilon (seams->all.mean_abs, 0.15, 1e-6);
      g_assert_cmpfloat_with_epsilon (seams->all.rms, sqrt ((0.01 + 0.04) / 2), 1e-6);
      g_assert_cmpfloat_with_epsilon (seams->all.max, 0.2, 1e-6);
    }
  g_autoptr (CfField) part = flat_field (3, FALSE);
  g_autoptr (CfEvaluator) evaluator = cf_evaluator_new (backend, part);
  g_autoptr (CfSeams) seams = cf_seams_new (evaluator, 32, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (seams->n, ==, 2);
  g_assert_cmpuint (seams->all.n, ==, 0);
  g_assert_true (isnan (seams->seams[0].rms));
}

/* Two networks that are one function, seen from two boxes, do not disagree; the weights are told by the same linear piece. */
static void
test_seam_of_networks (void)
{
  const CfSirenShape shape = { 8, 1, 1, 1 };
  g_autoptr (GError) error = NULL;
  g_autoptr (CfBackend) backend = cf_backend_open ("cpu", 1, &error);
  g_autoptr (CfField) field = flat_field (2, TRUE);
  CfRegion region;
  for (int r = 0; r < 2; r++)
    {
      /* sin (sin (u)) of u = x / 200 in A of the map: a box of `size` voxels from `start` has x = start + (local + 1) / 2 (size - 1) */
      g_autoptr (CfSiren) siren = cf_siren_new (&shape);
      cf_partition_region (&field->partition, r, &region);
      double half = 0.5 * (region.size[0] - 1);
      siren->params[cf_siren_weight_offset (&shape, 0)] = (float)(half / 200);
      siren->params[cf_siren_bias_offset (&shape, 0)] = (float)((region.start[0] + half) / 200);
      siren->params[cf_siren_weight_offset (&shape, 1)] = 1.0f;
      siren->params[cf_siren_weight_offset (&shape, 2)] = 1.0f;
      const CfRegionFit fit = { .trained = TRUE };
      cf_field_set_region (field, r, siren, &fit);
    }
  g_autoptr (CfEvaluator) evaluator = cf_evaluator_new (backend, field);
  g_autoptr (CfSeams) seams = cf_seams_new (evaluator, 64, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (seams->all.n, ==, 64);
  g_assert_cmpfloat (seams->all.max, <, 1e-5);
}

/* -- strips ----------------------------------------------------------------------------------------------------------------- */

static void
test_strips (void)
{
  MadeUp made;

  made_up_init (&made);
  g_autoptr (CfStrips) strips = cf_strips_new (made.structure, 25);
  g_assert_cmpuint (strips->n_residues, ==, 60);
  g_assert_cmpuint (strips->n_rows, ==, 3);
  g_assert_cmpuint (strips->rows[0].n, ==, 25);
  g_assert_cmpuint (strips->rows[2].n, ==, 10);
  g_assert_cmpuint (strips->rows[2].residues[0], ==, 50);
  /* ten pixels a cell after a label of 40 */
  g_assert_cmpuint (cf_strip_residue_at (&strips->rows[2], 40.5, 290, 40, 25), ==, 50);
  g_assert_cmpuint (cf_strip_residue_at (&strips->rows[2], 139.0, 290, 40, 25), ==, 59);
  g_assert_cmpuint (cf_strip_residue_at (&strips->rows[2], 141.0, 290, 40, 25), ==, G_MAXUINT32);
  g_assert_cmpuint (cf_strip_residue_at (&strips->rows[2], 39.0, 290, 40, 25), ==, G_MAXUINT32);
  int counts[CF_STRIP_STEPS + 1] = { 0 };
  for (guint32 r = 0; r < 60; r++)
    {
      double d = made.comparison->node_distance[r];
      int step = cf_strip_step (made.comparison, r);
      counts[step]++;
      if (made.comparison->node_of_residue[r] < 0)
        g_assert_cmpint (step, ==, CF_STRIP_MISSED);
      else
        g_assert_true (d >= 0.5 * step - 1e-9 && (d < 0.5 * (step + 1) || step == CF_STRIP_STEPS - 1));
    }
  g_assert_cmpint (counts[0], >, 0); /* nodes at 0.4 A */
  made_up_clear (&made);
}

static void
test_letters (void)
{
  static const struct
  {
    const char *name;
    char letter;
  } cases[] = { { "LEU", 'L' }, { "TRP", 'W' }, { "MSE", 'M' }, { "A", 'A' }, { "DG", 'G' }, { "U", 'U' }, { "HOH", 'X' }, { "", 'X' }, { "DX", 'X' } };
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    g_assert_cmpint (cf_residue_letter (cases[i].name), ==, cases[i].letter);
}

/* Letter and ground differ enough to be read: WCAG's contrast of 4.5, also on the vermilion frame's page. */
static double
luminance (const double c[3])
{
  double l[3];
  for (int a = 0; a < 3; a++)
    l[a] = c[a] <= 0.04045 ? c[a] / 12.92 : pow ((c[a] + 0.055) / 1.055, 2.4);
  return 0.2126 * l[0] + 0.7152 * l[1] + 0.0722 * l[2];
}

static void
test_contrast (void)
{
  for (int k = 0; k <= CF_STRIP_MISSED; k++)
    {
      double ground[3], letter[3];
      cf_strip_step_colours (k, ground, letter);
      double a = luminance (ground), b = luminance (letter), ratio = (MAX (a, b) + 0.05) / (MIN (a, b) + 0.05);
      g_assert_cmpfloat (ratio, >, k == CF_STRIP_MISSED ? 3.0 : 4.5);
    }
}

int
main (int argc, char **argv)
{
  cf_compute_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/pieces/planes", test_planes);
  g_test_add_func ("/pieces/planes/side-by-side", test_planes_side_by_side);
  g_test_add_func ("/pieces/planes/large", test_large_plane);
  g_test_add_func ("/pieces/seams", test_seams);
  g_test_add_func ("/pieces/seams/networks", test_seam_of_networks);
  g_test_add_func ("/pieces/strips", test_strips);
  g_test_add_func ("/pieces/letters", test_letters);
  g_test_add_func ("/pieces/contrast", test_contrast);
  return g_test_run ();
}
