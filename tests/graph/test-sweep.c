/* The sweep: golden labels of scikit-learn, births and merges, counts, plateau. */
#include <math.h>
#include <string.h>

#include "cf-error.h"
#include "cf-random.h"
#include "cf-sweep.h"

static CfPeaks *
peaks_from_line (gsize n, const float *x, const float *density)
{
  CfPeaks *peaks = cf_peaks_new (n);
  for (gsize i = 0; i < n; i++)
    {
      peaks->peak[i][0] = peaks->seed[i][0] = x[i];
      peaks->seed_density[i] = density[i];
      peaks->peak_density[i] = density[i] + 0.05f;
    }
  cf_peaks_sort (peaks);
  return peaks;
}

/* Equal up to the names of the labels: each of ours goes with one of theirs and the other way round. */
static void
assert_same_labels (guint n, const guint32 *ours, const gint64 *theirs)
{
  g_autoptr (GHashTable) forth = g_hash_table_new (NULL, NULL), back = g_hash_table_new (NULL, NULL);
  for (guint i = 0; i < n; i++)
    {
      gpointer a = GUINT_TO_POINTER (ours[i] + 1), b = GUINT_TO_POINTER ((guint) theirs[i] + 1);
      if (!g_hash_table_contains (forth, a))
        g_hash_table_insert (forth, a, b);
      if (!g_hash_table_contains (back, b))
        g_hash_table_insert (back, b, a);
      g_assert_true (g_hash_table_lookup (forth, a) == b);
      g_assert_true (g_hash_table_lookup (back, b) == a);
    }
}

/* What a cluster says of its members, from the labels. */
static void
check_members (const CfClusters *clusters, const CfPeaks *peaks)
{
  g_autofree double *sum = g_new0 (double, 3 * clusters->n);
  g_autofree guint32 *size = g_new0 (guint32, clusters->n);
  g_autofree float *best = g_new0 (float, clusters->n);
  for (guint i = 0; i < clusters->n_seeds; i++)
    {
      guint32 c = clusters->labels[i];
      if (!size[c]++)
        g_assert_cmpfloat (clusters->clusters[c].birth, ==, peaks->seed_density[i]);
      best[c] = size[c] == 1 ? peaks->peak_density[i] : MAX (best[c], peaks->peak_density[i]);
      for (int a = 0; a < 3; a++)
        sum[3 * c + a] += peaks->peak[i][a];
    }
  for (gsize c = 0; c < clusters->n; c++)
    {
      g_assert_cmpuint (clusters->clusters[c].size, ==, size[c]);
      g_assert_cmpfloat (clusters->clusters[c].best, ==, best[c]);
      for (int a = 0; a < 3; a++)
        g_assert_cmpfloat_with_epsilon (clusters->clusters[c].pos[a], sum[3 * c + a] / size[c], 2e-7);
    }
}

static void
check_level (CfSweep *sweep, const guint32 *original, char **words)
{
  CfPeaks *peaks = cf_sweep_get_peaks (sweep);
  double level = g_ascii_strtod (words[0], NULL);
  g_autoptr (CfClusters) clusters = cf_sweep_cut (sweep, level, TRUE);
  g_autofree gint64 *theirs = g_new (gint64, peaks->n);
  gint64 n_theirs = 0;
  guint n = 0;
  for (guint i = 0; i < peaks->n; i++)
    {
      gint64 label = g_ascii_strtoll (words[1 + original[i]], NULL, 10);
      if (label >= 0)
        theirs[n++] = label;
      n_theirs = MAX (n_theirs, label + 1);
    }
  g_assert_cmpuint (clusters->n_seeds, ==, n);
  g_assert_cmpint (clusters->n, ==, n_theirs);
  assert_same_labels (n, clusters->labels, theirs);
  check_members (clusters, peaks);
}

/* cf_peaks_sort () reorders: the original index travels in the y and z of the seed, which the sweep does not look at. */
static guint
check_set (char **lines, guint n, guint n_levels)
{
  g_autoptr (CfPeaks) peaks = cf_peaks_new (n);
  for (guint i = 0; i < n; i++)
    {
      g_auto (GStrv) words = g_strsplit (lines[i], " ", -1);
      peaks->seed_density[i] = (float) g_ascii_strtod (words[0], NULL);
      for (int a = 0; a < 3; a++)
        peaks->peak[i][a] = (float) g_ascii_strtod (words[1 + a], NULL);
      peaks->seed[i][0] = (float) i;
    }
  cf_peaks_sort (peaks);
  g_autofree guint32 *original = g_new (guint32, n);
  for (guint i = 0; i < n; i++)
    original[i] = (guint32) peaks->seed[i][0];
  g_autoptr (GError) error = NULL;
  g_autoptr (CfSweep) sweep = cf_sweep_new (peaks, CF_CLUSTER_EPS, NULL, &error);
  g_assert_no_error (error);
  for (guint k = 0; k < n_levels; k++)
    {
      g_auto (GStrv) words = g_strsplit (lines[n + k], " ", -1);
      g_assert_cmpuint (g_strv_length (words), ==, n + 1);
      check_level (sweep, original, words);
    }
  return n + n_levels;
}

static void
test_golden (void)
{
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "sweep-golden.txt", NULL), *text = NULL;
  g_autoptr (GError) error = NULL;
  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  int n_sets = 0;
  for (guint i = 0; lines[i] && lines[i][0];)
    {
      g_auto (GStrv) words = g_strsplit (lines[i], " ", -1);
      g_assert_cmpstr (words[0], ==, "set");
      g_test_message ("%s", words[1]);
      i += 1 + check_set (lines + i + 1, (guint) g_ascii_strtoull (words[2], NULL, 10), (guint) g_ascii_strtoull (words[3], NULL, 10));
      n_sets++;
    }
  g_assert_cmpint (n_sets, ==, 13);
}

static void
test_births (void)
{
  /* two hills, 0.3 A apart, joined by a weak seed between them; a third far away */
  const float x[] = { 0, 0.3f, 0.15f, 5, 0.01f }, d[] = { 0.9f, 0.7f, 0.4f, 0.5f, 0.8f };
  g_autoptr (CfPeaks) peaks = peaks_from_line (5, x, d);
  peaks->lowest = 0.25;
  g_autoptr (CfSweep) sweep = cf_sweep_new (peaks, CF_CLUSTER_EPS, NULL, NULL);

  g_autoptr (CfClusters) high = cf_sweep_cut (sweep, 0.6, FALSE);
  g_assert_null (high->labels);
  g_assert_cmpuint (high->n, ==, 2);
  g_assert_cmpuint (high->n_seeds, ==, 3);
  g_assert_cmpuint (high->clusters[0].size, ==, 2);
  g_assert_cmpfloat_with_epsilon (high->clusters[0].pos[0], 0.005, 1e-7);
  g_assert_cmpfloat (high->clusters[0].birth, ==, 0.9f);
  g_assert_cmpfloat (high->clusters[0].merge, ==, 0.25f); /* the eldest never merges */
  g_assert_cmpfloat (high->clusters[0].best, ==, 0.9f + 0.05f);
  g_assert_cmpfloat (high->clusters[1].birth, ==, 0.7f);
  g_assert_cmpfloat (high->clusters[1].merge, ==, 0.4f);

  g_autoptr (CfClusters) low = cf_sweep_cut (sweep, 0.25, TRUE);
  g_assert_cmpuint (low->n, ==, 2);
  g_assert_cmpuint (low->clusters[0].size, ==, 4);
  g_assert_cmpfloat (low->clusters[1].birth, ==, 0.5f);
  g_assert_cmpuint (low->labels[3], ==, 1);

  const double levels[] = { 0.1, 1, 0.89, 0.69, 0.49, 0.39, 0.6 };
  const gsize expected[] = { 2, 0, 1, 2, 3, 2, 2 };
  for (int i = 0; i < 7; i++)
    {
      g_autoptr (CfClusters) cut = cf_sweep_cut (sweep, levels[i], FALSE);
      g_assert_cmpuint (cut->n, ==, expected[i]);
    }
}

/* Nodes on a line, each far from the others: `n` of them spread in ln d about `middle`. Returns how many there are then. */
static gsize
add_heap (float *x, float *d, gsize at, gsize n, double middle, double spread, CfRandom *random)
{
  for (gsize i = at; i < at + n; i++)
    {
      x[i] = (float) i;
      d[i] = (float) (middle * exp (spread * cf_random_normal (random)));
    }
  return at + n;
}

static double
plateau_of_heaps (gsize noise, gsize atoms, gsize strong, double *lo, double *hi)
{
  CfRandom random;
  cf_random_init (&random, 3, 0);
  g_autofree float *x = g_new (float, noise + atoms + strong), *d = g_new (float, noise + atoms + strong);
  gsize n = add_heap (x, d, 0, noise, 0.08, 0.2, &random);
  n = add_heap (x, d, n, atoms, 0.4, 0.2, &random);
  n = add_heap (x, d, n, strong, 0.95, 0.02, &random);
  g_autoptr (CfPeaks) peaks = peaks_from_line (n, x, d);
  peaks->lowest = MIN (0.05, peaks->seed_density[n - 1]);
  g_autoptr (CfSweep) sweep = cf_sweep_new (peaks, CF_CLUSTER_EPS, NULL, NULL);
  return cf_sweep_plateau (sweep, lo, hi);
}

/* Between noise and atoms, however many there are of either and whether a few of the atoms are strong; none where there is but one heap. */
static void
test_plateau (void)
{
  const gsize counts[][3] = { { 2000, 400, 0 }, { 2000, 400, 6 }, { 300, 1500, 0 }, { 400, 400, 0 } };
  double lo, hi;
  for (gsize i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      double level = plateau_of_heaps (counts[i][0], counts[i][1], counts[i][2], &lo, &hi);
      g_assert_cmpfloat (level, >, 0.08 * exp (2 * 0.2));
      g_assert_cmpfloat (level, <, 0.4 * exp (-2 * 0.2));
      g_assert_true (0.08 < lo && lo < level && level < hi && hi < 0.4);
    }
  g_assert_true (isnan (plateau_of_heaps (0, 1, 0, &lo, &hi)) && isnan (lo) && isnan (hi));
  g_assert_true (isnan (plateau_of_heaps (0, 1500, 6, &lo, &hi)));   /* the six would be all that is left */
  g_assert_true (isnan (plateau_of_heaps (20000, 150, 0, &lo, &hi))); /* swamped */
}

/* Up and down, near and far, many seeds of the same level: a level's clusters do not depend on the one before. */
static void
test_wandering (void)
{
  enum { N = 6000, MOVES = 300 };
  CfRandom random;
  cf_random_init (&random, 9, 0);
  g_autoptr (CfPeaks) peaks = cf_peaks_new (N);
  for (int i = 0; i < N; i++)
    {
      for (int a = 0; a < 3; a++)
        peaks->peak[i][a] = (float) (300 + 3 * cf_random_double (&random));
      peaks->seed_density[i] = (float) (floor (400 * cf_random_double (&random)) / 400);
      peaks->peak_density[i] = (float) cf_random_double (&random);
    }
  cf_peaks_sort (peaks);
  g_autoptr (CfSweep) sweep = cf_sweep_new (peaks, CF_CLUSTER_EPS, NULL, NULL);
  double level = 0.5;
  for (int i = 0; i < MOVES; i++)
    {
      level = i % 3 ? CLAMP (level + 0.05 * cf_random_normal (&random), -0.1, 1.1) : cf_random_double (&random);
      g_autoptr (CfClusters) here = cf_sweep_cut (sweep, level, TRUE);
      check_members (here, peaks);
      if (i % 20)
        continue;
      g_autoptr (CfSweep) other = cf_sweep_new (peaks, CF_CLUSTER_EPS, NULL, NULL);
      g_autoptr (CfClusters) there = cf_sweep_cut (other, level, FALSE);
      g_assert_cmpuint (here->n, ==, there->n);
      for (gsize c = 0; c < here->n; c++)
        g_assert_cmpmem (&here->clusters[c], sizeof (CfCluster), &there->clusters[c], sizeof (CfCluster));
    }
}

static void
test_empty_and_wrong (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CfPeaks) none = cf_peaks_new (0);
  g_autoptr (CfSweep) sweep = cf_sweep_new (none, CF_CLUSTER_EPS, NULL, &error);
  g_assert_no_error (error);
  g_autoptr (CfClusters) clusters = cf_sweep_cut (sweep, 0.1, TRUE);
  g_assert_cmpuint (clusters->n, ==, 0);
  g_assert_true (isnan (cf_sweep_plateau (sweep, NULL, NULL)));

  g_autoptr (CfPeaks) bad = cf_peaks_new (1);
  bad->peak[0][1] = NAN;
  g_assert_null (cf_sweep_new (bad, CF_CLUSTER_EPS, NULL, &error));
  g_assert_error (error, CF_ERROR, CF_ERROR_ARGUMENT);
  g_clear_error (&error);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_cancellable_cancel (cancellable);
  bad->peak[0][1] = 0;
  g_assert_null (cf_sweep_new (bad, CF_CLUSTER_EPS, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

static void
test_order (void)
{
  /* ties by position, whatever order they came in */
  const float x[] = { 3, 1, 2, 0 }, d[] = { 0.5f, 0.5f, 0.7f, 0.5f };
  g_autoptr (CfPeaks) peaks = peaks_from_line (4, x, d);
  const float expected[] = { 2, 0, 1, 3 };
  for (int i = 0; i < 4; i++)
    g_assert_cmpfloat (peaks->seed[i][0], ==, expected[i]);
  g_assert_cmpuint (cf_peaks_n_above (peaks, 0.7f), ==, 1);
  g_assert_cmpuint (cf_peaks_n_above (peaks, 0.5), ==, 4);
  g_assert_cmpuint (cf_peaks_n_above (peaks, 0.51), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sweep/golden", test_golden);
  g_test_add_func ("/sweep/births", test_births);
  g_test_add_func ("/sweep/plateau", test_plateau);
  g_test_add_func ("/sweep/empty-and-wrong", test_empty_and_wrong);
  g_test_add_func ("/sweep/wandering", test_wandering);
  g_test_add_func ("/sweep/order", test_order);
  return g_test_run ();
}
