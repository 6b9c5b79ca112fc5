#include "cf-plot-scatter.h"

#include <math.h>

#include "cf-plot-private.h"

static const CfHue hues[CF_SCATTER_HUES] = { CF_HUE_COVERAGE, CF_HUE_PRECISION, CF_HUE_INCLUSION, CF_HUE_NODES };

typedef struct
{
  double lo, hi, step;
} Axis;

typedef struct
{
  cairo_t *cr;
  const CfScatter *scatter;
  const CfPlotTheme *theme;
  CfPlotBox area;
  Axis x, y;
} Plot;

static double
axis_share (const Axis *axis, double value)
{
  return (value - axis->lo) / (axis->hi - axis->lo);
}

static double
to_x (const Plot *plot, double x)
{
  return plot->area.x + plot->area.width * axis_share (&plot->x, x);
}

static double
to_y (const Plot *plot, double y)
{
  return plot->area.y + plot->area.height * (1.0 - axis_share (&plot->y, y));
}

/* 1, 2 or 5 times a power of ten, about `parts` of them between lo and hi. */
static double
nice_step (double lo, double hi, int parts)
{
  double rough = (hi - lo) / parts, power = pow (10.0, floor (log10 (rough))), share = rough / power;

  return power * (share <= 1.0 ? 1.0 : share <= 2.0 ? 2.0 : share <= 5.0 ? 5.0 : 10.0);
}

static Axis
make_axis (double lo, double hi, int parts)
{
  Axis axis;

  if (!(hi > lo))
    {
      double middle = isfinite (lo) ? lo : 0.0, half = MAX (0.5 * fabs (middle), 0.5);
      lo = middle - half;
      hi = middle + half;
    }
  axis.step = nice_step (lo, hi, parts);
  axis.lo = axis.step * floor (lo / axis.step + 1e-9);
  axis.hi = axis.step * ceil (hi / axis.step - 1e-9);
  return axis;
}

static gboolean
shown (const CfScatterSeries *series, gsize i)
{
  return isfinite (series->x[i]) && isfinite (series->y[i]);
}

static gboolean
find_axes (Plot *plot)
{
  const CfScatter *scatter = plot->scatter;
  double x0 = INFINITY, x1 = -INFINITY, y1 = 0.0;

  for (gsize k = 0; k < scatter->n_series; k++)
    for (gsize i = 0; i < scatter->series[k].n; i++)
      if (shown (&scatter->series[k], i))
        {
          x0 = MIN (x0, scatter->series[k].x[i]);
          x1 = MAX (x1, scatter->series[k].x[i]);
          y1 = MAX (y1, scatter->series[k].y[i]);
        }
  if (!(x0 <= x1))
    return FALSE;
  if (isfinite (scatter->mark))
    {
      x0 = MIN (x0, scatter->mark);
      x1 = MAX (x1, scatter->mark);
    }
  plot->y = scatter->percent ? (Axis){ 0.0, 1.0, 0.25 } : make_axis (0.0, y1, 4);
  plot->x = scatter->diagonal ? plot->y : make_axis (x0, x1, 6);
  return TRUE;
}

static void
number_text (char out[32], double value, double step, gboolean percent)
{
  char format[8];

  if (percent)
    {
      g_snprintf (out, 32, "%.0f %%", 100.0 * value);
      return;
    }
  g_snprintf (format, sizeof format, "%%.%df", CLAMP ((int) ceil (-log10 (step) - 1e-9), 0, 9));
  g_ascii_formatd (out, 32, format, fabs (value) < 1e-9 * step ? 0.0 : value);
}

static void
grid_line (const Plot *plot, double x0, double y0, double x1, double y1)
{
  cf_plot_set_grey (plot->cr, plot->theme, 0.12);
  cairo_set_line_width (plot->cr, 1.0);
  cairo_move_to (plot->cr, floor (x0) + 0.5, floor (y0) + 0.5);
  cairo_line_to (plot->cr, floor (x1) + 0.5, floor (y1) + 0.5);
  cairo_stroke (plot->cr);
  cf_plot_set_grey (plot->cr, plot->theme, 0.7);
}

static void
draw_axes (const Plot *plot)
{
  const CfPlotBox *a = &plot->area;
  double line = cf_plot_line_height (plot->theme);
  char text[32];

  for (double v = plot->y.lo; v < plot->y.hi + 0.5 * plot->y.step; v += plot->y.step)
    {
      grid_line (plot, a->x, to_y (plot, v), a->x + a->width, to_y (plot, v));
      number_text (text, v, plot->y.step, plot->scatter->percent);
      cf_plot_label (plot->cr, plot->theme, a->x - 6.0, to_y (plot, v), 1.0, 0.5, text);
    }
  for (double v = plot->x.lo; v < plot->x.hi + 0.5 * plot->x.step; v += plot->x.step)
    {
      grid_line (plot, to_x (plot, v), a->y, to_x (plot, v), a->y + a->height);
      number_text (text, v, plot->x.step, plot->scatter->diagonal);
      cf_plot_label (plot->cr, plot->theme, to_x (plot, v), a->y + a->height + 0.7 * line, 0.5, 0.5, text);
    }
  cf_plot_set_grey (plot->cr, plot->theme, 0.85);
  cf_plot_label (plot->cr, plot->theme, a->x + a->width, a->y + a->height + 1.7 * line, 1.0, 0.5, plot->scatter->x_title);
  cf_plot_label (plot->cr, plot->theme, 0.0, 0.5 * line, 0.0, 0.5, plot->scatter->y_title);
}

static void
draw_marks (const Plot *plot)
{
  static const double dash[] = { 4.0, 3.0 };
  const CfPlotBox *a = &plot->area;

  cf_plot_set_grey (plot->cr, plot->theme, 0.5);
  cairo_set_dash (plot->cr, dash, 2, 0.0);
  if (plot->scatter->diagonal)
    {
      cairo_move_to (plot->cr, to_x (plot, 0.0), to_y (plot, 0.0));
      cairo_line_to (plot->cr, to_x (plot, 1.0), to_y (plot, 1.0));
    }
  if (isfinite (plot->scatter->mark))
    {
      cairo_move_to (plot->cr, to_x (plot, plot->scatter->mark), a->y);
      cairo_line_to (plot->cr, to_x (plot, plot->scatter->mark), a->y + a->height);
    }
  cairo_stroke (plot->cr);
  cairo_set_dash (plot->cr, NULL, 0, 0.0);
  if (isfinite (plot->scatter->mark) && plot->scatter->mark_label)
    cf_plot_text (plot->cr, plot->theme, to_x (plot, plot->scatter->mark) + 5.0, a->y + 8.0, 0.0, 0.5, plot->scatter->mark_label);
}

/* Circle, square, triangle, diamond: kinds are told apart without colour. */
static void
symbol_path (cairo_t *cr, int kind, double x, double y, double r)
{
  cairo_new_sub_path (cr);
  switch (kind)
    {
    case 1:
      cairo_rectangle (cr, x - 0.85 * r, y - 0.85 * r, 1.7 * r, 1.7 * r);
      break;
    case 2:
      cairo_move_to (cr, x, y - 1.1 * r);
      cairo_line_to (cr, x + r, y + 0.7 * r);
      cairo_line_to (cr, x - r, y + 0.7 * r);
      cairo_close_path (cr);
      break;
    case 3:
      cairo_move_to (cr, x, y - 1.15 * r);
      cairo_line_to (cr, x + 1.15 * r, y);
      cairo_line_to (cr, x, y + 1.15 * r);
      cairo_line_to (cr, x - 1.15 * r, y);
      cairo_close_path (cr);
      break;
    default:
      cairo_arc (cr, x, y, r, 0.0, 2.0 * G_PI);
    }
}

static void
draw_symbol (const Plot *plot, const CfScatterSeries *series, double x, double y)
{
  symbol_path (plot->cr, series->hue, x, y, 4.0);
  if (series->hollow)
    cf_plot_set_grey (plot->cr, plot->theme, 0.0);
  else
    cf_plot_set_hue (plot->cr, plot->theme, hues[series->hue], 1.0);
  cairo_fill_preserve (plot->cr);
  cf_plot_set_hue (plot->cr, plot->theme, hues[series->hue], 1.0);
  cairo_set_line_width (plot->cr, 1.3);
  cairo_stroke (plot->cr);
}

static void
draw_series (const Plot *plot, const CfScatterSeries *series)
{
  for (gsize i = 0; i < series->n; i++)
    if (shown (series, i))
      draw_symbol (plot, series, to_x (plot, series->x[i]), to_y (plot, series->y[i]));
}

/* Rows of names above the plot; returns how many. */
static int
legend (const Plot *plot, double width, double top, gboolean draw)
{
  double line = cf_plot_line_height (plot->theme), x = 4.0;
  int row = 0;

  for (gsize k = 0; k < plot->scatter->n_series; k++)
    {
      const CfScatterSeries *series = &plot->scatter->series[k];
      double wide = cf_plot_text_width (plot->cr, plot->theme, series->name) + 26.0;

      if (x > 4.0 && x + wide > width)
        {
          x = 4.0;
          row++;
        }
      if (draw)
        {
          double y = top + (row + 0.5) * line;
          draw_symbol (plot, series, x + 4.0, y);
          cf_plot_set_grey (plot->cr, plot->theme, 0.85);
          cf_plot_label (plot->cr, plot->theme, x + 13.0, y, 0.0, 0.5, series->name);
        }
      x += wide;
    }
  return row + 1;
}

void
cf_plot_scatter (cairo_t *cr, double width, double height, const CfScatter *scatter, const CfPlotTheme *theme)
{
  double line = cf_plot_line_height (theme), left = cf_plot_text_width (cr, theme, "0.0000") + 8.0, head;
  Plot plot = { .cr = cr, .scatter = scatter, .theme = theme };

  cf_plot_begin (cr, width, height, theme);
  if (!find_axes (&plot))
    return;
  head = (1.2 + legend (&plot, width, 0.0, FALSE)) * line;
  plot.area = (CfPlotBox){ left, head + 0.5 * line, width - left - 22.0, height - head - 3.0 * line };
  if (plot.area.height < 3.0 * line || plot.area.width < 6.0 * line)
    return;
  legend (&plot, width, 1.2 * line, TRUE);
  draw_axes (&plot);
  draw_marks (&plot);
  for (gsize k = 0; k < scatter->n_series; k++)
    draw_series (&plot, &scatter->series[k]);
}
