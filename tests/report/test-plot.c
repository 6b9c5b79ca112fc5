/* test-plot.c: the plots by their pixels, on made-up numbers. CRYOFIELD_PLOT_DIR keeps the pictures to be looked at. */
#include <libintl.h>
#include <locale.h>
#include <math.h>
#include <string.h>

#include "cf-plot.h"

static cairo_surface_t *
surface_new (int width, int height, cairo_t **cr)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
  *cr = cairo_create (surface);
  return surface;
}

static void
surface_done (cairo_surface_t *surface, cairo_t *cr, const char *name)
{
  const char *dir = g_getenv ("CRYOFIELD_PLOT_DIR");
  g_assert_cmpint (cairo_status (cr), ==, CAIRO_STATUS_SUCCESS);
  cairo_destroy (cr);
  cairo_surface_flush (surface);
  if (dir != NULL)
    {
      g_autofree char *path = g_build_filename (dir, name, NULL);
      g_assert_cmpint (cairo_surface_write_to_png (surface, path), ==, CAIRO_STATUS_SUCCESS);
    }
}

static guint32
pixel (cairo_surface_t *surface, int x, int y)
{
  const unsigned char *row = cairo_image_surface_get_data (surface) + (gsize)y * cairo_image_surface_get_stride (surface);
  return ((const guint32 *)row)[x] & 0xffffff;
}

static guint32
colour (const double c[3])
{
  return ((guint32)lround (255 * c[0]) << 16) | ((guint32)lround (255 * c[1]) << 8) | (guint32)lround (255 * c[2]);
}

/* cairo rounds a colour to eight bits in its own way. */
static gboolean
alike (guint32 a, guint32 b)
{
  for (int shift = 0; shift < 24; shift += 8)
    if (abs ((int)(a >> shift & 255) - (int)(b >> shift & 255)) > 1)
      return FALSE;
  return TRUE;
}

/* How many pixels of a column are of this colour. */
static int
count_in_column (cairo_surface_t *surface, int x, int height, guint32 wanted)
{
  int n = 0;
  for (int y = 0; y < height; y++)
    n += alike (pixel (surface, x, y), wanted);
  return n;
}

static gboolean
differ (cairo_surface_t *a, cairo_surface_t *b, int x0, int x1, int height)
{
  for (int y = 0; y < height; y++)
    for (int x = x0; x < x1; x++)
      if (pixel (a, x, y) != pixel (b, x, y))
        return TRUE;
  return FALSE;
}

static void
make_bins (guint64 bins[CF_HISTOGRAM_BINS])
{
  for (int i = 0; i < CF_HISTOGRAM_BINS; i++)
    {
      double d = (i + 0.5) / CF_HISTOGRAM_BINS;
      bins[i] = (guint64)(900000.0 * exp (-d * 60.0) + 6000.0 * exp (-pow ((d - 0.28) / 0.16, 2.0)));
    }
}

static void
make_curve (CfCurve *curve, CfCurveRow *rows, gsize n, double lowest, gboolean model)
{
  curve->n = n;
  curve->plateau = NAN;
  curve->rows = rows;
  for (gsize i = 0; i < n; i++)
    {
      double d = lowest * pow (0.9 / lowest, (double)i / (n - 1)), u = d / 0.4;
      rows[i] = (CfCurveRow){ .level = { d * 0.11, d, (d - 0.02) / 0.05 },
                              .nodes = (gsize)(9000.0 * exp (-9.0 * d)) + 1,
                              .components = 3,
                              .coverage = NAN,
                              .precision = NAN,
                              .rmsd = NAN,
                              .null_coverage = NAN,
                              .null_precision = NAN,
                              .inclusion = NAN,
                              .inclusion_backbone = NAN };
      if (!model)
        continue;
      rows[i].coverage = 1.0 / (1.0 + pow (u, 4.0));
      rows[i].precision = 1.0 - 0.75 * exp (-6.0 * d);
      rows[i].rmsd = 0.4 + d;
      rows[i].null_coverage = 0.85 / (1.0 + pow (1.6 * u, 3.0));
      rows[i].null_precision = 0.3 + 0.45 * d;
      rows[i].inclusion = exp (-pow (1.2 * u, 2.0));
      rows[i].inclusion_backbone = exp (-pow (1.1 * u, 2.0));
    }
}

static const CfPlotTick some_ticks[] = {
  { "\316\274 + 3\317\203", 0.162 }, { "author", 0.181 }, { "plateau", 0.21 }, { "top 1 %", 0.34 }, { "at the end", 0.99 },
};

static void
test_axis (void)
{
  g_assert_cmpfloat (cf_plot_level_to_fraction (0.0), ==, 0.0);
  g_assert_cmpfloat (cf_plot_level_to_fraction (1.0), ==, 1.0);
  g_assert_cmpfloat (cf_plot_level_to_fraction (0.25), ==, 0.5);
  g_assert_cmpfloat (cf_plot_level_to_fraction (-0.1), ==, 0.0);
  g_assert_true (isnan (cf_plot_level_to_fraction (NAN)));
  for (double d = 0.0; d <= 1.0; d += 0.0625)
    g_assert_cmpfloat_with_epsilon (cf_plot_fraction_to_level (cf_plot_level_to_fraction (d)), d, 1e-15);
  g_assert_cmpfloat (cf_plot_fraction_to_level (7.0), ==, 1.0);
}

/* The bar is where the pointer is told that it is, in the light and the dark, and nothing else has its colour. */
static void
test_histogram_bar (void)
{
  guint64 bins[CF_HISTOGRAM_BINS];
  const CfPlotTheme *themes[] = { &cf_plot_theme_light, &cf_plot_theme_dark };
  const char *names[] = { "histogram-light.png", "histogram-dark.png" };

  make_bins (bins);
  for (int k = 0; k < 2; k++)
    for (double level = 0.04; level < 0.9; level += 0.14)
      {
        int width = 1000, height = 130, bar = (int)lround (width * cf_plot_level_to_fraction (level));
        cairo_t *cr;
        cairo_surface_t *surface = surface_new (width, height, &cr);
        cf_plot_histogram (cr, width, height, bins, some_ticks, G_N_ELEMENTS (some_ticks), level, themes[k]);
        surface_done (surface, cr, names[k]);
        guint32 accent = colour (themes[k]->accent);
        int left = count_in_column (surface, bar - 1, height, accent), right = count_in_column (surface, bar, height, accent);
        g_assert_cmpint (MAX (left, right), >, height / 3);
        for (int x = 0; x < width; x++)
          if (abs (x - bar) > 8)
            g_assert_cmpint (count_in_column (surface, x, height, accent), ==, 0);
        cairo_surface_destroy (surface);
      }
}

/* More voxels, a higher bin: the height of the ink follows log (1 + count). */
static void
test_histogram_heights (void)
{
  guint64 bins[CF_HISTOGRAM_BINS] = { 0 };
  CfPlotTheme theme = cf_plot_theme_light;
  int width = 1024, height = 300, columns[2], ink[2];
  cairo_t *cr;

  bins[64] = 999;    /* from d = 0.25, fraction 0.5 */
  bins[144] = 99999; /* from d = 0.5625, fraction 0.75 */
  cairo_surface_t *surface = surface_new (width, height, &cr);
  cf_plot_histogram (cr, width, height, bins, NULL, 0, NAN, &theme);
  surface_done (surface, cr, "histogram-two.png");
  columns[0] = (int)(width * cf_plot_level_to_fraction (64.5 / 256));
  columns[1] = (int)(width * cf_plot_level_to_fraction (144.5 / 256));
  for (int k = 0; k < 2; k++)
    {
      guint32 fill = pixel (surface, columns[k], 300 - 30);
      ink[k] = count_in_column (surface, columns[k], height, fill);
    }
  g_assert_cmpfloat_with_epsilon ((double)ink[0] / ink[1], 3.0 / 5.0, 0.03);
  cairo_surface_destroy (surface);
}

static void
test_curves (void)
{
  CfCurveRow rows[48], more[48];
  CfCurve curve, low;
  const struct
  {
    const char *name;
    const CfPlotTheme *theme;
    const CfCurve *curve;
    int width, height;
  } cases[] = {
    { "curves-light.png", &cf_plot_theme_light, &curve, 1000, 180 },
    { "curves-dark.png", &cf_plot_theme_dark, &curve, 1000, 180 },
    { "curves-narrow.png", &cf_plot_theme_light, &curve, 360, 240 },
    { "curves-flat.png", &cf_plot_theme_light, &low, 700, 80 },
  };

  make_curve (&curve, rows, G_N_ELEMENTS (rows), 0.05, TRUE);
  make_curve (&low, more, G_N_ELEMENTS (more), 0.004, FALSE);
  for (gsize k = 0; k < G_N_ELEMENTS (cases); k++)
    {
      int width = cases[k].width, height = cases[k].height;
      cairo_t *cr;
      cairo_surface_t *with = surface_new (width, height, &cr);
      cf_plot_curves (cr, width, height, cases[k].curve, 0.25, CF_SERIES_ALL, cases[k].theme);
      surface_done (with, cr, cases[k].name);
      guint32 accent = colour (cases[k].theme->accent);
      int left = count_in_column (with, width / 2 - 1, height, accent), right = count_in_column (with, width / 2, height, accent);
      g_assert_cmpint (MAX (left, right), >, height / 5);
      cairo_surface_t *without = surface_new (width, height, &cr);
      cf_plot_curves (cr, width, height, cases[k].curve, NAN, CF_SERIES_ALL, cases[k].theme);
      surface_done (without, cr, "curves-no-bar.png");
      g_assert_true (differ (with, without, width / 2 - 2, width / 2 + 2, height));
      g_assert_cmpint (count_in_column (without, width / 2, height, accent), ==, 0);
      cairo_surface_destroy (with);
      cairo_surface_destroy (without);
    }
}

/* How many pixels of the colour that a line alone has. */
static int
ink_of (const CfCurve *curve, guint shown, guint32 wanted)
{
  int width = 900, height = 200, n = 0;
  cairo_t *cr;
  cairo_surface_t *surface = surface_new (width, height, &cr);
  cf_plot_curves (cr, width, height, curve, NAN, shown, &cf_plot_theme_light);
  surface_done (surface, cr, "curves-chosen.png");
  for (int x = 0; x < width; x++)
    n += count_in_column (surface, x, height, wanted);
  cairo_surface_destroy (surface);
  return n;
}

/* A line that is not chosen leaves no ink, and neither its label nor its axis. */
static void
test_chosen (void)
{
  const double coverage[] = { 0.000, 0.447, 0.698 }, nodes[] = { 0.655, 0.365, 0.530 };
  CfCurveRow rows[48], more[48];
  CfCurve curve, alone;

  make_curve (&curve, rows, G_N_ELEMENTS (rows), 0.05, TRUE);
  make_curve (&alone, more, G_N_ELEMENTS (more), 0.05, FALSE);
  g_assert_cmpint (ink_of (&curve, CF_SERIES_ALL, colour (coverage)), >, 200);
  g_assert_cmpint (ink_of (&curve, CF_SERIES_ALL, colour (nodes)), >, 200);
  g_assert_cmpint (ink_of (&curve, CF_SERIES_BIT (CF_SERIES_COVERAGE), colour (nodes)), ==, 0);
  g_assert_cmpint (ink_of (&curve, CF_SERIES_BIT (CF_SERIES_NODES), colour (coverage)), ==, 0);
  g_assert_cmpint (ink_of (&curve, 0, colour (nodes)) + ink_of (&curve, 0, colour (coverage)), ==, 0);
  for (int k = 0; k < CF_N_SERIES; k++)
    {
      g_assert_true (cf_series_is_known (k, &curve));
      g_assert_cmpint (cf_series_is_known (k, &alone), ==, k == CF_SERIES_NODES || k == CF_SERIES_COMPONENTS);
    }
}

/* Where there is ink of whatever colour, below the legend. */
static GByteArray *
ink_below_legend (const CfCurve *curve, CfSeries series)
{
  int width = 700, height = 200;
  cairo_t *cr;
  GByteArray *ink = g_byte_array_new ();
  cairo_surface_t *surface = surface_new (width, height, &cr);
  guint8 there;
  cf_plot_curves (cr, width, height, curve, NAN, CF_SERIES_BIT (series), &cf_plot_theme_light);
  surface_done (surface, cr, "curves-alone.png");
  for (int y = 40; y < 180; y++)
    for (int x = 120; x < width - 60; x++) /* beside what the axes say */
      {
        there = (pixel (surface, x, y) & 255) < 200 || (pixel (surface, x, y) >> 8 & 255) < 200 || (pixel (surface, x, y) >> 16 & 255) < 200;
        g_byte_array_append (ink, &there, 1);
      }
  cairo_surface_destroy (surface);
  return ink;
}

/* Lines that run alike differ by their marks or dashes: no colour is needed to know one. */
static void
test_without_colour (void)
{
  CfCurveRow rows[48];
  CfCurve curve;
  GByteArray *ink[CF_N_SERIES];
  const CfSeries same[] = { CF_SERIES_NULL_COVERAGE, CF_SERIES_NULL_PRECISION, CF_SERIES_INCLUSION, CF_SERIES_RMSD, CF_SERIES_PRECISION, CF_SERIES_COVERAGE };

  make_curve (&curve, rows, G_N_ELEMENTS (rows), 0.05, TRUE);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      rows[i].null_coverage = rows[i].null_precision = rows[i].inclusion = rows[i].precision = rows[i].coverage;
      rows[i].rmsd = 3.0 * rows[i].coverage; /* of the 3 A at the top */
    }
  for (gsize i = 0; i < G_N_ELEMENTS (same); i++)
    {
      ink[i] = ink_below_legend (&curve, same[i]);
      for (gsize k = 0; k < i; k++)
        {
          int n = 0;
          for (guint j = 0; j < ink[i]->len; j++)
            n += ink[i]->data[j] != ink[k]->data[j];
          if (n <= 40)
            g_error ("%s and %s differ by %d pixels", cf_series_name (same[i]), cf_series_name (same[k]), n);
        }
    }
  for (gsize i = 0; i < G_N_ELEMENTS (same); i++)
    g_byte_array_unref (ink[i]);
}

/* A count beside the bar is read off the line between two levels, and says so; at a level of the curve it is that level's. */
static void
test_labels (void)
{
  CfCurveRow rows[3];
  const CfCurve curve = { 2, rows };
  make_curve (&(CfCurve){ 0 }, rows, 2, 0.09, TRUE);
  rows[0].level.normalised = 0.09;
  rows[1].level.normalised = 0.25;
  rows[0].nodes = 1000;
  rows[1].nodes = 10;
  rows[0].rmsd = 0.5;
  rows[1].rmsd = 1.0;
  rows[0].coverage = 1.0;
  rows[1].coverage = 0.5;
  /* halfway on the screen, whose levels go by the square root */
  g_autofree char *nodes = cf_series_label (CF_SERIES_NODES, cf_curve_value_at (&curve, CF_SERIES_NODES, 0.16));
  g_autofree char *rmsd = cf_series_label (CF_SERIES_RMSD, cf_curve_value_at (&curve, CF_SERIES_RMSD, 0.16));
  g_autofree char *coverage = cf_series_label (CF_SERIES_COVERAGE, cf_curve_value_at (&curve, CF_SERIES_COVERAGE, 0.16));
  g_autofree char *beyond = cf_series_label (CF_SERIES_NODES, cf_curve_value_at (&curve, CF_SERIES_NODES, 0.3));
  g_assert_cmpstr (nodes, ==, "\342\211\210 100 nodes");
  g_assert_cmpstr (rmsd, ==, "RMSD 0.75 \303\205");
  g_assert_cmpstr (coverage, ==, "coverage 75 %");
  g_assert_cmpstr (beyond, ==, "nodes");
  g_autofree char *chance = cf_series_label (CF_SERIES_NULL_COVERAGE, 0.77);
  g_assert_cmpstr (chance, ==, "coverage by chance \342\211\210 77 %");
}

/* The generic threshold is the larger of 0.1 and mu + 3 sigma, and its mark says which. */
static void
test_ticks (void)
{
  const CfNormalisation high = { .max = 2.0, .mu = 0.02, .sigma = 0.05 }, low = { .max = 2.0, .mu = 0.01, .sigma = 0.02 };
  guint64 bins[CF_HISTOGRAM_BINS] = { 0 };
  CfPlotTick ticks[CF_PLOT_TICKS];

  bins[0] = 9800;
  bins[100] = 200;
  g_assert_cmpuint (cf_plot_ticks (&high, 0.5, 0.3, bins, ticks), ==, 4);
  g_assert_cmpstr (ticks[0].label, ==, "\302\265 + 3\317\203");
  g_assert_cmpfloat_with_epsilon (ticks[0].level, 0.17, 1e-12);
  g_assert_cmpstr (ticks[1].label, ==, "author");
  g_assert_cmpfloat_with_epsilon (ticks[1].level, 0.25, 1e-12);
  g_assert_cmpfloat (ticks[2].level, ==, 0.3);
  /* a hundred of ten thousand voxels: the upper half of those in bin 100 */
  g_assert_cmpstr (ticks[3].label, ==, "top 1 %");
  g_assert_cmpfloat_with_epsilon (ticks[3].level, 100.5 / 256, 1e-12);
  g_assert_cmpuint (cf_plot_ticks (&low, NAN, NAN, NULL, ticks), ==, 1);
  g_assert_cmpstr (ticks[0].label, ==, "0.1 (\302\265 + 3\317\203 is below)");
  g_assert_cmpfloat (ticks[0].level, ==, 0.1);
  memset (bins, 0, sizeof bins);
  g_assert_true (isnan (cf_histogram_top (bins, 0.01)));
}

static void
test_loss (void)
{
  double loss[30], held_out[30], nothing[3] = { NAN, 0.0, -1.0 };
  const struct
  {
    const char *name;
    int width, height;
  } cases[] = { { "loss-small.png", 120, 32 }, { "loss-large.png", 520, 160 }, { "loss-tiny.png", 20, 8 } };

  for (int i = 0; i < 30; i++)
    {
      loss[i] = 2e-2 * exp (-0.22 * i) + 1e-5;
      held_out[i] = i == 0 ? NAN : 2e-2 * exp (-0.18 * i) + 9e-5;
    }
  for (gsize k = 0; k < G_N_ELEMENTS (cases); k++)
    {
      cairo_t *cr, *blank_cr;
      cairo_surface_t *surface = surface_new (cases[k].width, cases[k].height, &cr);
      cairo_surface_t *blank = surface_new (cases[k].width, cases[k].height, &blank_cr);
      cf_plot_loss (cr, cases[k].width, cases[k].height, loss, held_out, 30, &cf_plot_theme_light);
      surface_done (surface, cr, cases[k].name);
      cf_plot_loss (blank_cr, cases[k].width, cases[k].height, nothing, NULL, 3, &cf_plot_theme_light);
      surface_done (blank, blank_cr, "loss-blank.png");
      if (cases[k].width > 100)
        g_assert_true (differ (surface, blank, 0, cases[k].width, cases[k].height));
      cairo_surface_destroy (surface);
      cairo_surface_destroy (blank);
    }
}

/* No size is too small to be drawn: a window that is being folded away passes through all of them. */
static void
test_sizes (void)
{
  guint64 bins[CF_HISTOGRAM_BINS];
  CfCurveRow rows[2];
  CfCurve curve, empty = { 0, NULL };
  double loss[] = { 0.1, 0.01 };

  make_bins (bins);
  make_curve (&curve, rows, 2, 0.05, TRUE);
  for (int width = 1; width < 400; width += 33)
    for (int height = 1; height < 120; height += 17)
      {
        cairo_t *cr;
        cairo_surface_t *surface = surface_new (width, height, &cr);
        cf_plot_histogram (cr, width, height, bins, some_ticks, G_N_ELEMENTS (some_ticks), 0.3, &cf_plot_theme_dark);
        cf_plot_curves (cr, width, height, &curve, 0.3, CF_SERIES_USUAL, &cf_plot_theme_dark);
        cf_plot_curves (cr, width, height, &empty, 0.3, CF_SERIES_ALL, &cf_plot_theme_dark);
        cf_plot_curves (cr, width, height, NULL, NAN, CF_SERIES_ALL, &cf_plot_theme_dark);
        cf_plot_loss (cr, width, height, loss, NULL, 2, &cf_plot_theme_dark);
        cf_plot_loss (cr, width, height, loss, loss, 1, &cf_plot_theme_dark);
        surface_done (surface, cr, "sizes.png");
        cairo_surface_destroy (surface);
      }
}

static GBytes *
plot_bytes (const CfCurve *curve, const char *name)
{
  cairo_t *cr;
  cairo_surface_t *surface = surface_new (900, 200, &cr);
  cf_plot_curves (cr, 900, 200, curve, 0.2, CF_SERIES_USUAL, &cf_plot_theme_light);
  surface_done (surface, cr, name);
  GBytes *bytes = g_bytes_new (cairo_image_surface_get_data (surface), (gsize)cairo_image_surface_get_stride (surface) * 200);
  cairo_surface_destroy (surface);
  return bytes;
}

/* In another language plots speak it. The last of the tests: the language stays. */
static void
test_translated (void)
{
  const char *folder = g_getenv ("CRYOFIELD_PO");
  g_autofree char *german = folder ? g_build_filename (folder, "de", "LC_MESSAGES", GETTEXT_PACKAGE ".mo", NULL) : NULL;
  CfCurveRow rows[48];
  CfCurve curve;

  make_curve (&curve, rows, G_N_ELEMENTS (rows), 0.05, TRUE);
  g_autoptr (GBytes) english = plot_bytes (&curve, "curves-english.png");
  g_setenv ("LANGUAGE", "de", TRUE);
  if (german == NULL || !g_file_test (german, G_FILE_TEST_EXISTS) || setlocale (LC_MESSAGES, "C.UTF-8") == NULL)
    {
      g_test_skip ("no German words, or no C.UTF-8");
      return;
    }
  bindtextdomain (GETTEXT_PACKAGE, folder);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE); /* g_dgettext () asks whether the program has a translation */
  g_autoptr (GBytes) translated = plot_bytes (&curve, "curves-german.png");
  g_assert_false (g_bytes_equal (english, translated));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plot/axis", test_axis);
  g_test_add_func ("/plot/histogram/bar", test_histogram_bar);
  g_test_add_func ("/plot/histogram/heights", test_histogram_heights);
  g_test_add_func ("/plot/curves", test_curves);
  g_test_add_func ("/plot/curves/chosen", test_chosen);
  g_test_add_func ("/plot/curves/without-colour", test_without_colour);
  g_test_add_func ("/plot/curves/labels", test_labels);
  g_test_add_func ("/plot/ticks", test_ticks);
  g_test_add_func ("/plot/loss", test_loss);
  g_test_add_func ("/plot/sizes", test_sizes);
  g_test_add_func ("/plot/translated", test_translated);
  return g_test_run ();
}
