#include "cf-plot-private.h"

#include <math.h>

#include "cf-words.h"

#define FONT_FAMILY "Cantarell, Sans"

const CfPlotTheme cf_plot_theme_light = { { 0.16, 0.18, 0.20 }, { 1.0, 1.0, 1.0 }, { 0.11, 0.44, 0.85 }, 10.0 };
const CfPlotTheme cf_plot_theme_dark = { { 0.90, 0.91, 0.92 }, { 0.12, 0.12, 0.13 }, { 0.47, 0.68, 0.93 }, 10.0 };

/* Okabe and Ito, "Color Universal Design", 2008; the blue and the vermilion are too dark to be read on black, so their light
 * neighbours in the set stand in there. */
static const double hues_light[][3] = {
  [CF_HUE_COVERAGE] = { 0.000, 0.447, 0.698 },  /* blue */
  [CF_HUE_PRECISION] = { 0.835, 0.369, 0.000 }, /* vermilion */
  [CF_HUE_INCLUSION] = { 0.000, 0.620, 0.451 }, /* bluish green */
  [CF_HUE_NODES] = { 0.655, 0.365, 0.530 },     /* reddish purple, darkened to be read as text on white */
  [CF_HUE_RMSD] = { 0.35, 0.37, 0.40 },
  [CF_HUE_HELD_OUT] = { 0.835, 0.369, 0.000 },
};
static const double hues_dark[][3] = {
  [CF_HUE_COVERAGE] = { 0.337, 0.706, 0.914 },  /* sky blue */
  [CF_HUE_PRECISION] = { 0.902, 0.624, 0.000 }, /* orange */
  [CF_HUE_INCLUSION] = { 0.090, 0.720, 0.545 }, [CF_HUE_NODES] = { 0.800, 0.475, 0.655 },
  [CF_HUE_RMSD] = { 0.75, 0.76, 0.78 },         [CF_HUE_HELD_OUT] = { 0.902, 0.624, 0.000 },
};

static gboolean
theme_is_dark (const CfPlotTheme *theme)
{
  return 0.2126 * theme->background[0] + 0.7152 * theme->background[1] + 0.0722 * theme->background[2] < 0.5;
}

void
cf_plot_begin (cairo_t *cr, double width, double height, const CfPlotTheme *theme)
{
  cairo_set_source_rgb (cr, theme->background[0], theme->background[1], theme->background[2]);
  cairo_rectangle (cr, 0.0, 0.0, width, height);
  cairo_fill (cr);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
}

void
cf_plot_set_hue (cairo_t *cr, const CfPlotTheme *theme, CfHue hue, double alpha)
{
  const double *c = theme_is_dark (theme) ? hues_dark[hue] : hues_light[hue];
  cairo_set_source_rgba (cr, c[0], c[1], c[2], alpha);
}

void
cf_plot_set_grey (cairo_t *cr, const CfPlotTheme *theme, double strength)
{
  double c[3];
  for (int i = 0; i < 3; i++)
    c[i] = theme->background[i] + strength * (theme->foreground[i] - theme->background[i]);
  cairo_set_source_rgb (cr, c[0], c[1], c[2]);
}

double
cf_plot_line_height (const CfPlotTheme *theme)
{
  return ceil (1.4 * theme->font_size);
}

static PangoLayout *
make_layout (cairo_t *cr, const CfPlotTheme *theme, const char *text)
{
  PangoLayout *layout = pango_cairo_create_layout (cr);
  PangoFontDescription *font = pango_font_description_from_string (FONT_FAMILY);
  pango_font_description_set_absolute_size (font, theme->font_size * PANGO_SCALE);
  pango_layout_set_font_description (layout, font);
  pango_font_description_free (font);
  pango_layout_set_single_paragraph_mode (layout, TRUE);
  pango_layout_set_text (layout, text, -1);
  /* whole pixels are for pixels; on paper letters keep their own widths */
  cairo_surface_type_t target = cairo_surface_get_type (cairo_get_target (cr));
  if (target == CAIRO_SURFACE_TYPE_SVG || target == CAIRO_SURFACE_TYPE_PDF)
    {
      pango_context_set_round_glyph_positions (pango_layout_get_context (layout), FALSE);
      pango_layout_context_changed (layout);
    }
  return layout;
}

static void
layout_size (PangoLayout *layout, double *width, double *height)
{
  int w, h;
  pango_layout_get_size (layout, &w, &h);
  *width = (double)w / PANGO_SCALE;
  *height = (double)h / PANGO_SCALE;
}

double
cf_plot_text_width (cairo_t *cr, const CfPlotTheme *theme, const char *text)
{
  g_autoptr (PangoLayout) layout = make_layout (cr, theme, text);
  double width, height;
  layout_size (layout, &width, &height);
  return width;
}

static void
draw_text (cairo_t *cr, const CfPlotTheme *theme, double x, double y, double xalign, double yalign, const char *text, gboolean ground)
{
  g_autoptr (PangoLayout) layout = make_layout (cr, theme, text);
  double width, height;
  layout_size (layout, &width, &height);
  x -= xalign * width;
  y -= yalign * height;
  if (ground)
    {
      cairo_save (cr);
      cairo_set_source_rgba (cr, theme->background[0], theme->background[1], theme->background[2], 0.85);
      cairo_rectangle (cr, x - 2.0, y + 0.1 * height, width + 4.0, 0.8 * height);
      cairo_fill (cr);
      cairo_restore (cr);
    }
  cairo_move_to (cr, x, y);
  pango_cairo_show_layout (cr, layout);
  cairo_new_path (cr);
}

void
cf_plot_text (cairo_t *cr, const CfPlotTheme *theme, double x, double y, double xalign, double yalign, const char *text)
{
  draw_text (cr, theme, x, y, xalign, yalign, text, TRUE);
}

void
cf_plot_label (cairo_t *cr, const CfPlotTheme *theme, double x, double y, double xalign, double yalign, const char *text)
{
  draw_text (cr, theme, x, y, xalign, yalign, text, FALSE);
}

gboolean
cf_placements_claim (GArray *placements, const CfPlotBox *box, double margin)
{
  for (guint i = 0; i < placements->len; i++)
    {
      const CfPlotBox *other = &g_array_index (placements, CfPlotBox, i);
      if (box->x < other->x + other->width + margin && other->x < box->x + box->width + margin && box->y < other->y + other->height
          && other->y < box->y + box->height)
        return FALSE;
    }
  g_array_append_val (placements, *box);
  return TRUE;
}

/* The square root is applied to |d| so that a slightly negative level of a network does not become NAN on the screen. */
double
cf_plot_level_to_fraction (double d)
{
  return isnan (d) ? NAN : sqrt (CLAMP (d, 0.0, 1.0));
}

double
cf_plot_fraction_to_level (double fraction)
{
  if (isnan (fraction))
    return NAN;
  double f = CLAMP (fraction, 0.0, 1.0);
  return f * f;
}

double
cf_plot_level_x (const CfPlotBox *area, double level)
{
  return area->x + area->width * cf_plot_level_to_fraction (level);
}

void
cf_plot_level_axis (cairo_t *cr, const CfPlotBox *area, const CfPlotTheme *theme)
{
  static const double marks[] = { 0.0, 0.1, 1.0, 0.5, 0.3, 0.01, 0.2, 0.05, 0.7, 0.02, 0.4, 0.6, 0.8, 0.03, 0.15, 0.9, 0.005 };
  const char *title = _("level, normalised");
  g_autoptr (GArray) taken = g_array_new (FALSE, FALSE, sizeof (CfPlotBox));
  double y = area->y + area->height, line = cf_plot_line_height (theme), end = area->x + area->width;
  double one = cf_plot_text_width (cr, theme, "1"), title_width = cf_plot_text_width (cr, theme, title);
  CfPlotBox title_box = { end - one - 10.0 - title_width, y, title_width, line };

  if (title_width < 0.4 * area->width)
    {
      cf_placements_claim (taken, &title_box, 0.0);
      cf_plot_set_grey (cr, theme, 0.6);
      cf_plot_label (cr, theme, title_box.x, y + 0.5 * line + 1.0, 0.0, 0.5, title);
    }
  cairo_set_line_width (cr, 1.0);
  for (gsize i = 0; i < G_N_ELEMENTS (marks); i++)
    {
      char text[16];
      g_ascii_formatd (text, sizeof text, "%g", marks[i]);
      double x = cf_plot_level_x (area, marks[i]), width = cf_plot_text_width (cr, theme, text);
      double left = CLAMP (x - 0.5 * width, area->x + 1.0, end - width - 1.0);
      CfPlotBox box = { left, y, width, line };
      if (!cf_placements_claim (taken, &box, 8.0))
        continue;
      cf_plot_set_grey (cr, theme, 0.09);
      cairo_move_to (cr, floor (x) + 0.5, area->y);
      cairo_line_to (cr, floor (x) + 0.5, y);
      cairo_stroke (cr);
      cf_plot_set_grey (cr, theme, 0.7);
      cf_plot_label (cr, theme, left, y + 0.5 * line + 1.0, 0.0, 0.5, text);
    }
  cf_plot_set_grey (cr, theme, 0.35);
  cairo_move_to (cr, area->x, floor (y) + 0.5);
  cairo_line_to (cr, end, floor (y) + 0.5);
  cairo_stroke (cr);
}

void
cf_plot_level_bar (cairo_t *cr, const CfPlotBox *area, double level, gboolean grip, const CfPlotTheme *theme)
{
  if (isnan (level))
    return;
  double x = cf_plot_level_x (area, level), foot = area->y + area->height, half = 0.45 * theme->font_size;
  cairo_set_source_rgb (cr, theme->accent[0], theme->accent[1], theme->accent[2]);
  cairo_set_line_width (cr, 2.0);
  cairo_move_to (cr, x, area->y);
  cairo_line_to (cr, x, foot);
  cairo_stroke (cr);
  if (!grip)
    return;
  /* above the axis, so that its numbers stay readable */
  cairo_move_to (cr, x, foot - 2.4 * half);
  cairo_line_to (cr, x + half, foot - 1.4 * half);
  cairo_line_to (cr, x + half, foot);
  cairo_line_to (cr, x - half, foot);
  cairo_line_to (cr, x - half, foot - 1.4 * half);
  cairo_close_path (cr);
  cairo_fill_preserve (cr);
  cairo_set_source_rgb (cr, theme->background[0], theme->background[1], theme->background[2]);
  cairo_set_line_width (cr, 1.0);
  cairo_stroke (cr);
}

char *
cf_plot_decade_label (int exponent)
{
  static const char *const prefix[] = { "", " k", " M", " G", " T" };
  int thousands = CLAMP (exponent / 3, 0, 4);
  static const char *const digits[] = { "1", "10", "100" };
  return g_strdup_printf ("%s%s", digits[CLAMP (exponent - 3 * thousands, 0, 2)], prefix[thousands]);
}
