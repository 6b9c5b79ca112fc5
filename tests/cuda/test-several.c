/* test-several.c: several devices behind one backend, and seeds in parts: whatever the split, the numbers are those of one device; a device that is lost leaves
 * its work to the others. Kernels are carried out on the host, with errors on order. */
#include <locale.h>
#include <math.h>
#include <string.h>

#include "cf-ascent.h"
#include "cf-evaluator.h"
#include "cf-landscape.h"
#include "made.h"

/* -- seeds between samples ------------------------------------------------------------------------------------------------------------ */

enum { SEEDS = 10000, SIDE = 16 };

typedef struct
{
  float peak[SEEDS][3], density[SEEDS];
} Peaks;

static CfLandscape *
make_landscape (void)
{
  const int dims[3] = { SIDE, SIDE, SIDE };
  const double origin[3] = { 0, 0, 0 }, spacing[3] = { 1, 1, 1 };
  float samples[SIDE * SIDE * SIDE];
  CfLandscape *landscape;
  CfGrid grid;

  cf_grid_init_orthogonal (&grid, dims, origin, spacing);
  for (int i = 0; i < SIDE * SIDE * SIDE; i++)
    samples[i] = (float) exp (-0.02 * (pow (i % SIDE - 7.3, 2) + pow (i / SIDE % SIDE - 8.1, 2) + pow (i / (SIDE * SIDE) - 7.7, 2)));
  landscape = cf_landscape_new (&grid, 0.01, 1);
  cf_landscape_add (landscape, samples, SIDE);
  return landscape;
}

static gboolean
climb_samples (CfBackend *backend, CfLandscape *landscape, Peaks *out)
{
  g_autofree float (*start)[3] = g_malloc_n (SEEDS, 12);
  const CfLandscapeView view = cf_landscape_view (landscape);
  CfAscentCost cost;
  const CfAscentJob job = { .n = SEEDS, .start = (const float (*)[3]) start, .peak = out->peak, .density = out->density, .cost = &cost };

  for (int i = 0; i < SEEDS; i++)
    for (int a = 0; a < 3; a++)
      start[i][a] = 3 + 9 * (made_x[3 * (i % MADE_SAMPLES) + a] + 1) / 2;
  memset (out, 0, sizeof *out);
  return backend->klass->ascend (backend, NULL, &view, &job, NULL);
}

/* Room for half of the seeds: the rest climbs after them, and all come out as with plenty. */
static void
test_seeds_in_parts (void)
{
  g_autoptr (CfLandscape) landscape = make_landscape ();
  g_autofree Peaks *peaks = g_new (Peaks, 2);

  for (int little = 0; little < 2; little++)
    {
      g_autoptr (CfBackend) backend = made_backend ("", "", "1");
      g_autofree char *notice = NULL;

      g_setenv ("CF_SIMT_MEMORY_LATER", little ? "2200000" : "1000000000", TRUE);
      g_assert_true (climb_samples (backend, landscape, &peaks[little]));
      g_unsetenv ("CF_SIMT_MEMORY_LATER");
      notice = cf_backend_take_notice (backend);
      g_assert_cmpint (notice != NULL, ==, little);
      g_assert_true (!little || strstr (notice, "out of memory; goes on with 5000 seeds at once") != NULL);
    }
  g_assert_cmpmem (&peaks[1], sizeof *peaks, &peaks[0], sizeof *peaks);
  g_assert_cmpfloat_with_epsilon (peaks[0].peak[SEEDS - 1][0], 7.3, 0.05);
}

/* -- errors of one device ------------------------------------------------------------------------------------------------------------- */

/* The device `which` is lost after so many launches of its own. */
static CfBackend *
open_failing (const char *devices, const char *which, const char *launches)
{
  CfBackend *backend;

  g_setenv ("CF_SIMT_FAILS_ON", which, TRUE);
  backend = made_backend (launches, "", devices);
  g_unsetenv ("CF_SIMT_FAILS_ON");
  return backend;
}

static void
assert_notice (CfBackend *backend, const char *words)
{
  g_autofree char *notice = cf_backend_take_notice (backend);

  g_test_message ("%s", notice);
  if (words == NULL)
    {
      g_assert_null (notice);
      return;
    }
  g_assert_nonnull (notice);
  g_assert_nonnull (strstr (notice, words));
  g_assert_null (strchr (notice, '\n'));
}

static void
test_samples (void)
{
  g_autoptr (CfLandscape) landscape = make_landscape ();
  g_autofree Peaks *expected = g_new (Peaks, 1), *found = g_new (Peaks, 1);
  g_autoptr (CfBackend) single = made_backend ("", "", "1");

  g_assert_true (climb_samples (single, landscape, expected));
  for (int n = 2; n <= 3; n++)
    for (int failing = 0; failing < 2; failing++)
      {
        g_autofree char *devices = g_strdup_printf ("%d", n), *last = g_strdup_printf ("%d", n - 1);
        g_autoptr (CfBackend) several = open_failing (devices, last, failing ? "3" : "");

        g_assert_true (climb_samples (several, landscape, found));
        g_assert_cmpmem (found, sizeof *found, expected, sizeof *expected);
        assert_notice (several, failing ? "on the other devices" : NULL);
      }
}

/* -- seeds on the field --------------------------------------------------------------------------------------------------------------- */

enum { STARTS = 530 };

typedef struct
{
  float peak[STARTS][3], density[STARTS], shoulder[STARTS][3];
  CfAscentCost cost;
} Climbed;

static void
note_progress (double fraction, gpointer data)
{
  double *last = data;

  g_assert_cmpfloat (fraction, >=, *last);
  *last = fraction;
}

static void
climb_field (CfBackend *backend, CfField *field, Climbed *out)
{
  g_autofree float (*start)[3] = g_malloc_n (STARTS, 12);
  double last = 0;
  const CfAscentJob job = { .kind = CF_ASCENT_DEFAULT, .n = STARTS, .start = (const float (*)[3]) start, .peak = out->peak, .density = out->density,
                            .shoulder = out->shoulder, .cost = &out->cost, .progress = note_progress, .progress_data = &last };

  for (int i = 0; i < STARTS; i++)
    for (int a = 0; a < 3; a++)
      start[i][a] = (float) (1 + i / MADE_SAMPLES + 3.5 * (made_x[3 * (i % MADE_SAMPLES) + a] + 1));
  memset (out, 0, sizeof *out);
  g_assert_true (backend->klass->ascend (backend, field, NULL, &job, NULL));
  g_test_message ("%.1f questions each", (double) out->cost.gradients / STARTS);
}

/* Bytes are the same for any split, and for any moment at which a device is lost; what the CPU climbs is as near as parity asks. */
static void
test_field (void)
{
  const struct
  {
    const char *devices, *which, *launches, *told;
  } cases[] = { { "2", "", "", NULL }, { "2", "0", "200", "on the other devices" } };
  const CfSirenShape smooth = { 8, 1, 6, 5 };
  g_autoptr (CfField) field = made_cube (12, &smooth, 4);
  g_autofree Climbed *expected = g_new (Climbed, 1), *found = g_new (Climbed, 1);
  g_autoptr (CfBackend) single = made_backend ("", "", "1"), none = NULL;
  gsize others = 0;

  climb_field (single, field, expected);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (CfBackend) several = open_failing (cases[i].devices, cases[i].which, cases[i].launches);

      climb_field (several, field, found);
      g_assert_cmpmem (found, sizeof *found, expected, sizeof *expected);
      assert_notice (several, cases[i].told);
    }
  none = made_backend ("100", "", "1");
  climb_field (none, field, found);
  assert_notice (none, "on the CPU");
  for (int i = 0; i < STARTS; i++)
    others += isnan (found->density[i]) != isnan (expected->density[i]) || fabsf (found->density[i] - expected->density[i]) > 1e-4;
  g_test_message ("%zu of %d climbs end elsewhere", others, STARTS);
  g_assert_cmpuint (others, <, STARTS / 100);
}

/* -- regions -------------------------------------------------------------------------------------------------------------------------- */

/* One queue, all devices: the same numbers as with one; the loss of one sends its regions to the others, from their last epoch. */
static void
test_regions (void)
{
  enum { REGIONS = 6 };
  double one[REGIONS], two[REGIONS];
  g_autoptr (CfBackend) single = made_backend ("", "", "1");
  g_autoptr (CfBackend) both = NULL, second = NULL;
  g_autoptr (GError) error = NULL;

  made_regions (single, REGIONS, one);
  both = made_backend ("", "", "2");
  g_assert_cmpint (cf_backend_lanes (both), ==, 2 * cf_backend_lanes (single));
  g_assert_nonnull (strstr (cf_backend_description (both), " + "));
  made_regions (both, REGIONS, two);
  g_assert_cmpmem (two, sizeof two, one, sizeof one);
  second = cf_backend_open ("cuda:1/fp32", 0, NULL);
  g_assert_nonnull (second);
  g_assert_cmpint (cf_backend_lanes (second), ==, cf_backend_lanes (single));
  g_assert_null (cf_backend_open ("cuda:2", 0, &error));
  g_assert_error (error, CF_ERROR, CF_ERROR_DEVICE);
  g_assert_nonnull (strstr (error->message, "no device 2: there are 0 to 1"));
}

static void
test_lost_regions (void)
{
  enum { REGIONS = 6 };
  const char *const launches[] = { "5", "300" };
  double one[REGIONS], left[REGIONS];
  g_autoptr (CfBackend) single = made_backend ("", "", "1");

  made_regions (single, REGIONS, one);
  for (gsize i = 0; i < G_N_ELEMENTS (launches); i++)
    {
      g_autoptr (CfBackend) both = open_failing ("2", i ? "0" : "1", launches[i]);

      made_regions (both, REGIONS, left);
      assert_notice (both, "on the other devices");
      g_assert_cmpmem (left, sizeof left, one, sizeof one);
    }
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  cf_compute_init ();
  g_test_init (&argc, &argv, NULL);
  made_init ();
  g_test_add_func ("/several/seeds-in-parts", test_seeds_in_parts);
  g_test_add_func ("/several/samples", test_samples);
  g_test_add_func ("/several/field", test_field);
  g_test_add_func ("/several/regions", test_regions);
  g_test_add_func ("/several/lost-regions", test_lost_regions);
  return g_test_run ();
}
