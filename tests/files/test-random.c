/* Random numbers: the same everywhere, and with the moments that they should have. Golden values: tests/reference/files_random.py. */
#include <math.h>

#include "cf-random.h"

static void
test_golden (void)
{
  static const guint64 golden[] = {
    G_GUINT64_CONSTANT (0xae3377928baedff4),
    G_GUINT64_CONSTANT (0x949142bf127e441a),
    G_GUINT64_CONSTANT (0x197a2b191384cf4e),
    G_GUINT64_CONSTANT (0xf16f310af700edee),
    G_GUINT64_CONSTANT (0x7d6303bc9dd6b1d9),
    G_GUINT64_CONSTANT (0x2e1568f1382fc904),
  };
  CfRandom random;
  cf_random_init (&random, 20210401, 7);
  for (guint i = 0; i < G_N_ELEMENTS (golden); i++)
    g_assert_cmpuint (cf_random_u64 (&random), ==, golden[i]);
}

static void
test_moments (void)
{
  CfRandom random;
  double sum = 0, squares = 0, cubes = 0, fourth = 0, uniform = 0;
  const int n = 200000;
  cf_random_init (&random, 3, 4);
  for (int i = 0; i < n; i++)
    {
      double x = cf_random_normal (&random), u = cf_random_double (&random);
      g_assert_true (u >= 0 && u < 1 && isfinite (x));
      sum += x;
      squares += x * x;
      cubes += x * x * x;
      fourth += x * x * x * x;
      uniform += u;
    }
  /* Five standard errors each. */
  g_assert_cmpfloat_with_epsilon (sum / n, 0, 5 / sqrt (n));
  g_assert_cmpfloat_with_epsilon (squares / n, 1, 5 * sqrt (2.0 / n));
  g_assert_cmpfloat_with_epsilon (cubes / n, 0, 5 * sqrt (15.0 / n));
  g_assert_cmpfloat_with_epsilon (fourth / n, 3, 5 * sqrt (96.0 / n));
  g_assert_cmpfloat_with_epsilon (uniform / n, 0.5, 5 * sqrt (1 / 12.0 / n));
}

static void
test_shuffle (void)
{
  CfRandom random;
  int counts[6] = { 0 };
  cf_random_init (&random, 9, 0);
  for (int i = 0; i < 60000; i++)
    {
      guint32 values[3] = { 0, 1, 2 };
      cf_random_shuffle (&random, values, 3);
      g_assert_cmpuint (1u << values[0] | 1u << values[1] | 1u << values[2], ==, 7);
      counts[2 * values[0] + (values[1] > values[2])]++;
    }
  for (int i = 0; i < 6; i++)
    g_assert_cmpint (ABS (counts[i] - 10000), <, 460);
  cf_random_shuffle (&random, NULL, 0);
}

static void
test_streams (void)
{
  CfRandom a, b, again;
  int equal = 0;
  cf_random_init (&a, 1, 0);
  cf_random_init (&b, 1, 1);
  cf_random_init (&again, 1, 0);
  for (int i = 0; i < 1000; i++)
    {
      guint64 x = cf_random_u64 (&a);
      equal += x == cf_random_u64 (&b);
      g_assert_cmpuint (x, ==, cf_random_u64 (&again));
    }
  g_assert_cmpint (equal, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/random/golden", test_golden);
  g_test_add_func ("/random/moments", test_moments);
  g_test_add_func ("/random/shuffle", test_shuffle);
  g_test_add_func ("/random/streams", test_streams);
  return g_test_run ();
}
