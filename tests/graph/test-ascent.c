/* Climbs on a sum of Gaussians, whose peaks Newton's method finds in double precision. */
#include <math.h>
#include <string.h>

#include "cf-ascent.h"
#include "cf-random.h"

#define BOX 12.0 /* A */

typedef struct
{
  int n;
  double at[200][3], height[200], width;
} Hills;

static void
hills_init (Hills *hills, int n, double width)
{
  CfRandom random;
  cf_random_init (&random, 11, 0);
  hills->n = n;
  hills->width = width;
  for (int i = 0; i < n; i++)
    {
      for (int a = 0; a < 3; a++)
        hills->at[i][a] = 1 + (BOX - 2) * cf_random_double (&random);
      hills->height[i] = 0.3 + 0.7 * cf_random_double (&random);
    }
}

static double
hills_at (const Hills *hills, const double x[3], double g[3], double h[3][3])
{
  double d = 0, w2 = hills->width * hills->width;
  memset (g, 0, 3 * sizeof *g);
  if (h)
    memset (h, 0, 9 * sizeof (double));
  for (int i = 0; i < hills->n; i++)
    {
      double r[3] = { x[0] - hills->at[i][0], x[1] - hills->at[i][1], x[2] - hills->at[i][2] };
      double e = hills->height[i] * exp (-0.5 * (r[0] * r[0] + r[1] * r[1] + r[2] * r[2]) / w2);
      d += e;
      for (int a = 0; a < 3; a++)
        {
          g[a] -= e * r[a] / w2;
          for (int b = 0; h && b < 3; b++)
            h[a][b] += e * (r[a] * r[b] / w2 - (a == b)) / w2;
        }
    }
  return d;
}

static gboolean
query_hills (gpointer user_data, gsize n, const double *xyz, float *value, float *gradient, GCancellable *cancellable, GError **error)
{
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  for (gsize i = 0; i < n; i++)
    {
      double g[3];
      gboolean inside = TRUE;
      for (int a = 0; a < 3; a++)
        inside = inside && xyz[3 * i + a] >= 0 && xyz[3 * i + a] <= BOX;
      value[i] = inside ? (float) hills_at (user_data, xyz + 3 * i, g, NULL) : NAN;
      for (int a = 0; a < 3; a++)
        gradient[3 * i + a] = inside ? (float) g[a] : NAN;
    }
  return TRUE;
}

/* Newton by Cramer's rule; FALSE where it leaves the neighbourhood of x, so that x was at no peak. */
static gboolean
newton (const Hills *hills, double x[3])
{
  double from[3], g[3], h[3][3];
  memcpy (from, x, sizeof from);
  for (int k = 0; k < 20; k++)
    {
      hills_at (hills, x, g, h);
      double det = h[0][0] * (h[1][1] * h[2][2] - h[1][2] * h[2][1]) - h[0][1] * (h[1][0] * h[2][2] - h[1][2] * h[2][0])
                   + h[0][2] * (h[1][0] * h[2][1] - h[1][1] * h[2][0]);
      for (int a = 0; a < 3; a++)
        {
          double m[3][3];
          memcpy (m, h, sizeof m);
          for (int b = 0; b < 3; b++)
            m[b][a] = g[b];
          x[a] -= (m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1]) - m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0])
                   + m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0]))
                  / det;
        }
    }
  return hypot (hypot (x[0] - from[0], x[1] - from[1]), x[2] - from[2]) < 0.5;
}

typedef struct
{
  gsize n;
  float (*start)[3], (*peak)[3], *density;
  CfAscentCost cost;
} Climbs;

static void
climbs_run (Climbs *climbs, Hills *hills, CfAscent kind)
{
  g_autoptr (GError) error = NULL;
  const int m = 25;
  climbs->n = 0;
  climbs->start = g_malloc_n (m * m * m, 12);
  climbs->peak = g_malloc_n (m * m * m, 12);
  climbs->density = g_new (float, m * m * m);
  for (int i = 0; i < m * m * m; i++)
    {
      double x[3] = { i % m * 0.5, i / m % m * 0.5, i / m / m * 0.5 }, g[3];
      if (hills_at (hills, x, g, NULL) < 0.15)
        continue;
      for (int a = 0; a < 3; a++)
        climbs->start[climbs->n][a] = (float) x[a];
      climbs->n++;
    }
  cf_ascend (kind, query_hills, hills, climbs->n, (const float (*)[3])climbs->start, climbs->peak, climbs->density, NULL, NULL, &climbs->cost, NULL,
             NULL, NULL, &error);
  g_assert_no_error (error);
}

static void
climbs_clear (Climbs *climbs)
{
  g_free (climbs->start);
  g_free (climbs->peak);
  g_free (climbs->density);
}

/* Share of the climbs that ended within `tolerance` of a true peak. */
static double
share_at_peaks (const Climbs *climbs, const Hills *hills, double tolerance)
{
  gsize near = 0, kept = 0;
  for (gsize i = 0; i < climbs->n; i++)
    {
      if (isnan (climbs->density[i]))
        continue;
      double x[3] = { climbs->peak[i][0], climbs->peak[i][1], climbs->peak[i][2] };
      kept++;
      if (newton (hills, x)
          && hypot (hypot (x[0] - climbs->peak[i][0], x[1] - climbs->peak[i][1]), x[2] - climbs->peak[i][2]) <= tolerance)
        near++;
    }
  return (double) near / kept;
}

static void
test_default (gconstpointer width)
{
  Hills hills;
  Climbs climbs;
  hills_init (&hills, 60, *(const double *) width);
  climbs_run (&climbs, &hills, CF_ASCENT_DEFAULT);
  double share = share_at_peaks (&climbs, &hills, 0.02), each = (double) climbs.cost.gradients / climbs.n;
  g_test_message ("%" G_GSIZE_FORMAT " climbs, %.2f gradients each, %.4f within 0.02 A, %.4f within 0.002 A", climbs.n, each, share,
                  share_at_peaks (&climbs, &hills, 0.002));
  g_assert_cmpuint (climbs.n, >, 900);
  g_assert_cmpuint (climbs.cost.unfinished, ==, 0);
  g_assert_cmpfloat (share, >, 0.998);
  g_assert_cmpfloat (each, <, 25);
  for (gsize i = 0; i < climbs.n; i++)
    {
      double x[3] = { climbs.start[i][0], climbs.start[i][1], climbs.start[i][2] }, g[3];
      g_assert_false (climbs.density[i] < (float) hills_at (&hills, x, g, NULL) - 1e-6f);
    }
  climbs_clear (&climbs);
}

static double
distance (const float a[3], const float b[3])
{
  return sqrt (pow (a[0] - b[0], 2) + pow (a[1] - b[1], 2) + pow (a[2] - b[2], 2));
}

static void
test_paper_agrees (void)
{
  Hills hills;
  Climbs ours, theirs;
  hills_init (&hills, 60, 0.7);
  climbs_run (&ours, &hills, CF_ASCENT_DEFAULT);
  climbs_run (&theirs, &hills, CF_ASCENT_PAPER);
  gsize same = 0, both = 0;
  for (gsize i = 0; i < ours.n; i++)
    if (!isnan (ours.density[i]) && !isnan (theirs.density[i]))
      {
        both++;
        same += distance (ours.peak[i], theirs.peak[i]) < 0.1;
      }
  g_test_message ("%.4f of %" G_GSIZE_FORMAT " climbs reach the same peak; paper: %.1f gradients each", (double) same / both, both,
                  (double) theirs.cost.gradients / theirs.n);
  g_assert_cmpfloat ((double) same / both, >, 0.98);
  climbs_clear (&ours);
  climbs_clear (&theirs);
}

/* A slope that rises out of the box: all climbs leave it. */
static gboolean
query_slope (gpointer user_data, gsize n, const double *xyz, float *value, float *gradient, GCancellable *cancellable, GError **error)
{
  for (gsize i = 0; i < n; i++)
    {
      gboolean inside = xyz[3 * i] <= 1;
      value[i] = inside ? (float) xyz[3 * i] : NAN;
      gradient[3 * i] = inside ? 1 : NAN;
      gradient[3 * i + 1] = gradient[3 * i + 2] = inside ? 0 : NAN;
    }
  return TRUE;
}

static void
test_leaves (void)
{
  const float start[2][3] = { { 0, 0, 0 }, { 0.93f, 0, 0 } };
  for (int kind = CF_ASCENT_DEFAULT; kind <= CF_ASCENT_PAPER; kind++)
    {
      float peak[2][3], density[2];
      g_assert_true (cf_ascend (kind, query_slope, NULL, 2, start, peak, density, NULL, NULL, NULL, NULL, NULL, NULL, NULL));
      g_assert_true (isnan (density[0]));
      g_assert_true (isnan (density[1]));
    }
}

static void
test_batches (void)
{
  /* more climbs than one batch, each as if alone */
  Hills hills;
  hills_init (&hills, 60, 0.7);
  const gsize n = 70000;
  g_autofree float (*start)[3] = g_malloc_n (n, sizeof *start), (*peak)[3] = g_malloc_n (n, sizeof *peak);
  g_autofree float *density = g_new (float, n);
  for (gsize i = 0; i < n; i++)
    for (int a = 0; a < 3; a++)
      start[i][a] = (float) (hills.at[i % 60][a] + 0.1 * (i % 7));
  g_assert_true (
      cf_ascend (CF_ASCENT_DEFAULT, query_hills, &hills, n, (const float (*)[3])start, peak, density, NULL, NULL, NULL, NULL, NULL, NULL, NULL));
  for (gsize i = 420; i < n; i++)
    g_assert_cmpmem (peak[i], sizeof peak[i], peak[i % 420], sizeof peak[i]);
}

static void
test_cancel (void)
{
  Hills hills;
  const float start[1][3] = { { 5, 5, 5 } };
  float peak[1][3], density[1];
  g_autoptr (GError) error = NULL;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_cancellable_cancel (cancellable);
  hills_init (&hills, 60, 0.7);
  g_assert_false (cf_ascend (CF_ASCENT_DEFAULT, query_hills, &hills, 1, start, peak, density, NULL, NULL, NULL, NULL, NULL, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* A ridge that rises all the way but for one place where it is nearly level: d = 10 + x + a sin x - y^2 / 2 along x, with 1 + a cos x > 0. */
static gboolean
query_stairs (gpointer user_data, gsize n, const double *xyz, float *value, float *gradient, GCancellable *cancellable, GError **error)
{
  for (gsize i = 0; i < n; i++)
    {
      double x = xyz[3 * i], y = xyz[3 * i + 1], z = xyz[3 * i + 2];
      value[i] = (float) (10 + x + 0.98 * sin (x) - 0.5 * (y * y + z * z) - (x > 6 ? (x - 6) * (x - 6) * (x - 6) : 0));
      gradient[3 * i] = (float) (1 + 0.98 * cos (x) - (x > 6 ? 3 * (x - 6) * (x - 6) : 0));
      gradient[3 * i + 1] = (float) -y;
      gradient[3 * i + 2] = (float) -z;
    }
  return TRUE;
}

static void
test_shoulder (void)
{
  float start[2][3] = { { 1, 0.01f, 0 }, { 5, 0, 0.01f } }, peak[2][3], density[2], shoulder[2][3];
  g_assert_true (cf_ascend (CF_ASCENT_DEFAULT, query_stairs, NULL, 2, start, peak, density, shoulder, NULL, NULL, NULL, NULL, NULL, NULL));
  g_assert_cmpfloat_with_epsilon (shoulder[0][0], G_PI, 0.25); /* level at pi: seen to a step */
  g_assert_true (isnan (shoulder[1][0]));                      /* begun above it */
  g_assert_cmpfloat_with_epsilon (peak[0][0], peak[1][0], 0.01);
}

int
main (int argc, char **argv)
{
  static const double widths[] = { 0.45, 0.7, 1.1 };
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/ascent/default/narrow", &widths[0], test_default);
  g_test_add_data_func ("/ascent/default/middle", &widths[1], test_default);
  g_test_add_data_func ("/ascent/default/wide", &widths[2], test_default);
  g_test_add_func ("/ascent/paper-agrees", test_paper_agrees);
  g_test_add_func ("/ascent/leaves", test_leaves);
  g_test_add_func ("/ascent/batches", test_batches);
  g_test_add_func ("/ascent/cancel", test_cancel);
  g_test_add_func ("/ascent/shoulder", test_shoulder);
  return g_test_run ();
}
