/* Networks as data, and the transforms of what they are trained on. */
#include <math.h>
#include <string.h>

#include "cf-field.h"

static void
test_shape (void)
{
  const CfSirenShape small = { .width = 5, .hidden = 2, .w0_first = 30, .w0 = 30 };

  g_assert_cmpuint (cf_siren_n_params (&cf_siren_shape_paper), ==, 264449);
  g_assert_cmpint (cf_siren_n_layers (&cf_siren_shape_paper), ==, 6);
  g_assert_cmpuint (cf_siren_weight_offset (&small, 0), ==, 0);
  g_assert_cmpuint (cf_siren_bias_offset (&small, 0), ==, 15);
  g_assert_cmpuint (cf_siren_weight_offset (&small, 1), ==, 20);
  g_assert_cmpuint (cf_siren_bias_offset (&small, 2), ==, 75);
  g_assert_cmpuint (cf_siren_weight_offset (&small, 3), ==, 80);
  g_assert_cmpuint (cf_siren_bias_offset (&small, 3), ==, 85);
  g_assert_cmpuint (cf_siren_n_params (&small), ==, 86);
}

/* Uniform in +-bound: extremes near it, the right spread, no drift. */
static void
check_uniform (const float *values, gsize n, double bound)
{
  double sum = 0, squares = 0, most = 0;

  for (gsize i = 0; i < n; i++)
    {
      sum += values[i];
      squares += (double) values[i] * values[i];
      most = MAX (most, fabs (values[i]));
    }
  g_assert_cmpfloat (most, <=, bound * (1 + 1e-6));
  g_assert_cmpfloat (most, >, bound * (1 - 20.0 / n));
  g_assert_cmpfloat (fabs (sum / n), <, 5 * bound / sqrt (3.0 * n));
  g_assert_cmpfloat_with_epsilon (sqrt (squares / n), bound / sqrt (3), 5 * bound / sqrt (n));
}

static void
test_first_values (void)
{
  const CfSirenShape *shape = &cf_siren_shape_paper;
  g_autoptr (CfSiren) siren = cf_siren_new_random (shape, 7, 3), same = cf_siren_new_random (shape, 7, 3);
  g_autoptr (CfSiren) region = cf_siren_new_random (shape, 7, 4), seed = cf_siren_new_random (shape, 8, 3);

  for (int l = 0; l < cf_siren_n_layers (shape); l++)
    {
      int in = cf_siren_layer_in (shape, l), out = cf_siren_layer_out (shape, l);

      check_uniform (siren->params + cf_siren_weight_offset (shape, l), in * out, l == 0 ? 1.0 / 3 : sqrt (6.0 / 256) / 30);
      if (out > 1)
        check_uniform (siren->params + cf_siren_bias_offset (shape, l), out, 1 / sqrt (in));
    }
  g_assert_cmpint (memcmp (siren->params, same->params, siren->n * 4), ==, 0);
  g_assert_cmpint (memcmp (siren->params, region->params, siren->n * 4), !=, 0);
  g_assert_cmpint (memcmp (siren->params, seed->params, siren->n * 4), !=, 0);
  g_assert_cmpint ((gsize) siren->params % 64, ==, 0);
}

static void
test_transforms (void)
{
  const CfTransform transforms[] = { { CF_TRANSFORM_LINEAR, 0 }, { CF_TRANSFORM_SQRT, 0.05 }, { CF_TRANSFORM_SQRT, 0.005 }, { CF_TRANSFORM_SQRT, 0 } };

  for (gsize k = 0; k < G_N_ELEMENTS (transforms); k++)
    {
      const CfTransform *t = &transforms[k];
      double dd, ignored;

      g_assert_cmpfloat_with_epsilon (cf_transform_forward (t, 0), -1, 1e-12);
      g_assert_cmpfloat_with_epsilon (cf_transform_forward (t, 1), 1, 1e-12);
      for (double d = 0.01; d <= 1.2; d += 0.01)
        {
          double x = cf_transform_forward (t, d), h = 1e-6;

          g_assert_cmpfloat_with_epsilon (cf_transform_inverse (t, x, &dd), d, 1e-12);
          g_assert_cmpfloat_with_epsilon (
              dd, (cf_transform_inverse (t, x + h, &ignored) - cf_transform_inverse (t, x - h, NULL)) / (2 * h), 1e-7);
        }
      /* It never turns: what rings below zero stays below. */
      for (double x = -3; x < 2; x += 0.01)
        {
          g_assert_cmpfloat (cf_transform_inverse (t, x, &dd), <=, cf_transform_inverse (t, x + 0.01, NULL));
          g_assert_cmpfloat (dd, >=, 0);
        }
    }
  g_assert_cmpfloat_with_epsilon (cf_transform_forward (&transforms[1], 0.25), 2 * (sqrt (0.3) - sqrt (0.05)) / (sqrt (1.05) - sqrt (0.05)) - 1,
                                  1e-12);
}

/* No density has a t below -1: rectified, there is nothing, and it does not change. */
static void
test_rectified (void)
{
  for (int k = CF_TRANSFORM_LINEAR; k <= CF_TRANSFORM_SQRT; k++)
    {
      const CfTransform plain = { k, 0.05, FALSE }, rectified = { k, 0.05, TRUE };
      double dd = NAN, slope = NAN;

      for (double t = -3; t < -1; t += 0.01)
        {
          g_assert_cmpfloat (cf_transform_inverse (&plain, t, NULL), <, 0);
          g_assert_cmpfloat (cf_transform_inverse (&rectified, t, &dd), ==, 0);
          g_assert_cmpfloat (dd, ==, 0);
        }
      for (double t = -1; t < 1.2; t += 0.01)
        {
          g_assert_cmpfloat (cf_transform_inverse (&rectified, t, &dd), ==, cf_transform_inverse (&plain, t, &slope));
          g_assert_cmpfloat (dd, ==, slope);
        }
      g_assert_false (cf_transform_equal (&plain, &rectified));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/siren/shape", test_shape);
  g_test_add_func ("/siren/first-values", test_first_values);
  g_test_add_func ("/siren/transforms", test_transforms);
  g_test_add_func ("/siren/rectified", test_rectified);
  return g_test_run ();
}
