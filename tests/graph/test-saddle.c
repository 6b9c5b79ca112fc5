/* The way up from saddles whose axes are known. */
#include <math.h>

#include "cf-saddle.h"

/* Columns: an orthonormal frame turned by three angles. */
static void
make_frame (double frame[3][3], double a, double b, double c)
{
  const double turned[3][3]
      = { { cos (a) * cos (b), cos (a) * sin (b) * sin (c) - sin (a) * cos (c), cos (a) * sin (b) * cos (c) + sin (a) * sin (c) },
          { sin (a) * cos (b), sin (a) * sin (b) * sin (c) + cos (a) * cos (c), sin (a) * sin (b) * cos (c) - cos (a) * sin (c) },
          { -sin (b), cos (b) * sin (c), cos (b) * cos (c) } };
  for (int i = 0; i < 9; i++)
    frame[i / 3][i % 3] = turned[i / 3][i % 3];
}

static void
make_hessian (double frame[3][3], const double curvature[3], double hessian[3][3])
{
  for (int i = 0; i < 3; i++)
    for (int j = 0; j < 3; j++)
      {
        hessian[i][j] = 0;
        for (int k = 0; k < 3; k++)
          hessian[i][j] += frame[i][k] * curvature[k] * frame[j][k];
      }
}

static void
test_directions (void)
{
  double frame[3][3], hessian[3][3], up[3];
  for (int i = 0; i < 200; i++)
    {
      double curvature[3] = { -1, -0.3, -0.1 };
      int steepest = i % 3;
      make_frame (frame, 0.37 * i, 0.11 * i, 0.73 * i);
      curvature[steepest] = 0.002 + 0.01 * (i % 7);
      make_hessian (frame, curvature, hessian);
      g_assert_true (cf_saddle_direction ((const double (*)[3]) hessian, up));
      double along = 0, square = 0, longest = 0;
      for (int a = 0; a < 3; a++)
        {
          along += up[a] * frame[a][steepest];
          square += up[a] * up[a];
          longest = fabs (up[a]) > fabs (longest) ? up[a] : longest;
        }
      g_assert_cmpfloat_with_epsilon (fabs (along), 1, 1e-9);
      g_assert_cmpfloat_with_epsilon (square, 1, 1e-12);
      g_assert_cmpfloat (longest, >, 0);
      curvature[steepest] = -0.002; /* a maximum, however flat */
      make_hessian (frame, curvature, hessian);
      g_assert_false (cf_saddle_direction ((const double (*)[3]) hessian, up));
    }
}

static void
test_none (void)
{
  const double flat[3][3] = { { 0 } }, unknown[3][3] = { { -1, 0, 0 }, { 0, NAN, 0 }, { 0, 0, 2 } };
  const double rounding[3][3] = { { -1, 0, 0 }, { 0, -1, 0 }, { 0, 0, 5e-4 } };
  double up[3];
  g_assert_false (cf_saddle_direction (flat, up));
  g_assert_false (cf_saddle_direction (unknown, up));
  g_assert_false (cf_saddle_direction (rounding, up));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/saddle/directions", test_directions);
  g_test_add_func ("/saddle/none", test_none);
  return g_test_run ();
}
