/* Transfer functions as text, and what an editor does to them. */
#include <math.h>

#include "cf-error.h"
#include "cf-transfer.h"

static CfTransfer
parsed (const char *text)
{
  g_autoptr (GError) error = NULL;
  CfTransfer transfer = { 0 };
  cf_transfer_parse (text, 0.2, &transfer, &error);
  g_assert_no_error (error);
  return transfer;
}

static void
test_text (void)
{
  CfTransfer a = parsed ("0.5:ff8000:0.25, 0.1:#000000:0,0.9:ffffff:1"); /* any order */
  g_assert_cmpint (a.n, ==, 3);
  g_assert_cmpfloat_with_epsilon (a.point[1].level, 0.5, 1e-6);
  g_assert_cmpfloat_with_epsilon (a.point[1].rgb[1], 128 / 255.0, 1e-6);
  g_autofree char *text = cf_transfer_text (&a);
  g_assert_cmpstr (text, ==, "0.1:000000:0,0.5:ff8000:0.25,0.9:ffffff:0.999");
  CfTransfer again = parsed (text);
  g_assert_true (cf_transfer_equal (&a, &again));
  g_assert_cmpint (parsed ("").n, ==, 0);
  for (int i = 0; cf_transfer_presets[i]; i++)
    {
      CfTransfer preset = parsed (cf_transfer_presets[i]);
      g_autofree char *points = cf_transfer_text (&preset);
      again = parsed (points);
      g_assert_cmpint (preset.n, >=, 2);
      g_assert_cmpint (again.n, ==, preset.n);
      for (int k = 1; k < preset.n; k++)
        g_assert_cmpfloat (preset.point[k].level, >, preset.point[k - 1].level);
    }
}

static void
test_refused (void)
{
  static const char *const bad[] = { "0.1:ffffff:0.5", "0.1:fffff:0,0.2:ffffff:1", "0.1:ffffff,0.2:ffffff:1", "0.1:ffffff:0,1.2:ffffff:1",
                                     "0.1:ffffff:0,0.2:ffffff:-1", "0.1:ffffff:0,0.2:gggggg:1", "smoke", "0.1:ffffff:0,,0.2:ffffff:1",
                                     "nan:ffffff:0,0.2:ffffff:1" };
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      CfTransfer out = { .n = 7 };
      g_assert_false (cf_transfer_parse (bad[i], 0.2, &out, &error));
      g_assert_error (error, CF_ERROR, CF_ERROR_ARGUMENT);
      g_assert_cmpint (out.n, ==, 7);
    }
}

static void
test_at (void)
{
  CfTransfer t = parsed ("0.2:000000:0.1,0.4:ff0000:0.5,0.4:00ff00:0.2,0.8:00ff00:0.6");
  const struct
  {
    double d, red, green, opacity;
  } rows[] = { { 0.1, 0, 0, 0 }, { 0.2, 0, 0, 0.1 }, { 0.3, 0.5, 0, 0.3 }, { 0.4, 0, 1, 0.2 }, { 0.6, 0, 1, 0.4 }, { 0.8, 0, 1, 0.6 }, { 1.3, 0, 1, 0.6 } };
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      float rgb[3], opacity;
      cf_transfer_at (&t, rows[i].d, rgb, &opacity);
      g_assert_cmpfloat_with_epsilon (opacity, rows[i].opacity, 1e-5);
      if (opacity > 0)
        {
          g_assert_cmpfloat_with_epsilon (rgb[0], rows[i].red, 1e-5);
          g_assert_cmpfloat_with_epsilon (rgb[1], rows[i].green, 1e-5);
        }
    }
  g_assert_cmpfloat_with_epsilon (cf_transfer_floor (&t), 0.2, 1e-6);
  CfTransfer late = parsed ("0.1:000000:0,0.3:000000:0,0.5:000000:1"), never = parsed ("0.1:000000:0,0.3:000000:0");
  g_assert_cmpfloat_with_epsilon (cf_transfer_floor (&late), 0.3, 1e-6);
  g_assert_cmpfloat (cf_transfer_floor (&never), >, 1);
}

static void
test_edit (void)
{
  CfTransfer t = parsed ("0.2:000000:0,0.6:ffffff:0.4");
  int at = cf_transfer_add (&t, 0.4);
  g_assert_cmpint (at, ==, 1);
  g_assert_cmpfloat_with_epsilon (t.point[1].opacity, 0.2, 1e-6);
  g_assert_cmpfloat_with_epsilon (t.point[1].rgb[2], 0.5, 1e-6);
  cf_transfer_move (&t, 1, 0.9, 5); /* no farther than its neighbour, no more than opaque */
  g_assert_cmpfloat_with_epsilon (t.point[1].level, 0.6, 1e-6);
  g_assert_cmpfloat (t.point[1].opacity, ==, CF_TRANSFER_OPAQUE);
  cf_transfer_move (&t, 0, -1, -1);
  g_assert_cmpfloat (t.point[0].level, ==, 0);
  g_assert_cmpfloat (t.point[0].opacity, ==, 0);
  g_assert_true (cf_transfer_remove (&t, 1));
  g_assert_false (cf_transfer_remove (&t, 0));
  g_assert_cmpint (t.n, ==, 2);
  while (cf_transfer_add (&t, 0.3) >= 0)
    g_assert_cmpint (t.n, <=, CF_TRANSFER_MAX);
  g_assert_cmpint (t.n, ==, CF_TRANSFER_MAX);
  for (int i = 1; i < t.n; i++)
    g_assert_cmpfloat (t.point[i].level, >=, t.point[i - 1].level);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/transfer/text", test_text);
  g_test_add_func ("/transfer/refused", test_refused);
  g_test_add_func ("/transfer/at", test_at);
  g_test_add_func ("/transfer/edit", test_edit);
  return g_test_run ();
}
