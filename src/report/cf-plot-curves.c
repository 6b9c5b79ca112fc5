#include "cf-plot-private.h"

#include <math.h>

/* One line of the plot: how to get it from a row, how to draw it, where its label came to stand. */
typedef struct
{
  const char *name;
  CfHue hue;
  gboolean dashed, logarithmic;
  double (*get) (const CfCurveRow *row);
} Series;

static double
get_coverage (const CfCurveRow *row)
{
  return row->coverage;
}

static double
get_null_coverage (const CfCurveRow *row)
{
  return row->null_coverage;
}

static double
get_precision (const CfCurveRow *row)
{
  return row->precision;
}

static double
get_null_precision (const CfCurveRow *row)
{
  return row->null_precision;
}

static double
get_inclusion (const CfCurveRow *row)
{
  return row->inclusion;
}

static double
get_nodes (const CfCurveRow *row)
{
  return row->nodes > 0 ? (double)row->nodes : NAN;
}

static double
get_rmsd (const CfCurveRow *row)
{
  return row->rmsd;
}

static const Series all_series[] = {
  { "nodes", CF_HUE_NODES, FALSE, TRUE, get_nodes },
  { "coverage by chance", CF_HUE_COVERAGE, TRUE, FALSE, get_null_coverage },
  { "precision by chance", CF_HUE_PRECISION, TRUE, FALSE, get_null_precision },
  { "atom inclusion", CF_HUE_INCLUSION, FALSE, FALSE, get_inclusion },
  { "precision", CF_HUE_PRECISION, FALSE, FALSE, get_precision },
  { "coverage", CF_HUE_COVERAGE, FALSE, FALSE, get_coverage },
};
#define N_SERIES G_N_ELEMENTS (all_series)

typedef struct
{
  cairo_t *cr;
  const CfPlotTheme *theme;
  const CfCurve *curve;
  CfPlotBox area;
  double top_decade; /* log10 of the nodes at the top of the area */
  double level;
} CurvePlot;

/* The nodes go from 1 at the foot to the decade above the most of them. */
static double
series_y (const CurvePlot *plot, const Series *series, double value)
{
  double share = series->logarithmic ? log10 (value) / plot->top_decade : value;
  return plot->area.y + plot->area.height * (1.0 - CLAMP (share, 0.0, 1.0));
}

static int
first_finite (const CurvePlot *plot, const Series *series)
{
  for (gsize i = 0; i < plot->curve->n; i++)
    if (isfinite (series->get (&plot->curve->rows[i])))
      return (int)i;
  return -1;
}

/* Between rows the lines are straight on the screen, so the value at the bar is read off in the same way. */
static double
value_at (const CurvePlot *plot, double (*get) (const CfCurveRow *row), gboolean logarithmic)
{
  const CfCurve *curve = plot->curve;
  double x = cf_plot_level_to_fraction (plot->level);

  for (gsize i = 0; i + 1 < curve->n; i++)
    {
      double x0 = cf_plot_level_to_fraction (curve->rows[i].level.normalised);
      double x1 = cf_plot_level_to_fraction (curve->rows[i + 1].level.normalised);
      double a = get (&curve->rows[i]), b = get (&curve->rows[i + 1]), f = x1 > x0 ? (x - x0) / (x1 - x0) : 0.0;
      if (!(x >= x0 && x <= x1))
        continue;
      return logarithmic ? pow (10.0, log10 (a) + f * (log10 (b) - log10 (a))) : a + f * (b - a);
    }
  return NAN;
}

static void
draw_series (const CurvePlot *plot, const Series *series)
{
  static const double dash[] = { 4.0, 3.0 };
  cairo_t *cr = plot->cr;

  for (gsize i = 0; i < plot->curve->n; i++)
    {
      const CfCurveRow *row = &plot->curve->rows[i];
      double value = series->get (row);
      if (isfinite (value))
        cairo_line_to (cr, cf_plot_level_x (&plot->area, row->level.normalised), series_y (plot, series, value));
      else
        cairo_new_sub_path (cr);
    }
  cf_plot_set_hue (cr, plot->theme, series->hue, series->dashed ? 0.8 : 1.0);
  cairo_set_line_width (cr, series->dashed ? 1.2 : 1.8);
  cairo_set_dash (cr, dash, series->dashed ? 2 : 0, 0.0);
  cairo_stroke (cr);
  cairo_set_dash (cr, NULL, 0, 0.0);
}

static void
draw_dot (const CurvePlot *plot, const Series *series)
{
  double value = value_at (plot, series->get, series->logarithmic);
  if (!isfinite (value))
    return;
  cairo_arc (plot->cr, cf_plot_level_x (&plot->area, plot->level), series_y (plot, series, value), series->dashed ? 2.2 : 3.4, 0.0,
             2.0 * G_PI);
  cf_plot_set_hue (plot->cr, plot->theme, series->hue, 1.0);
  cairo_fill_preserve (plot->cr);
  cairo_set_source_rgb (plot->cr, plot->theme->background[0], plot->theme->background[1], plot->theme->background[2]);
  cairo_set_line_width (plot->cr, 1.0);
  cairo_stroke (plot->cr);
}

static char *
series_label (const CurvePlot *plot, const Series *series)
{
  double value = value_at (plot, series->get, series->logarithmic);
  if (!isfinite (value))
    return g_strdup (series->name);
  if (series->logarithmic)
    /* between two levels of the curve it is read off the line: the graph itself says the number */
    return g_strdup_printf ("\342\211\210 %.0f %s", value, series->name);
  if (series->get == get_coverage)
    {
      double rmsd = value_at (plot, get_rmsd, FALSE);
      if (isfinite (rmsd))
        {
          char text[G_ASCII_DTOSTR_BUF_SIZE];
          return g_strdup_printf ("%s %.0f %%, %s \303\205", series->name, 100.0 * value,
                                  g_ascii_formatd (text, sizeof text, "%.2f", rmsd));
        }
    }
  return g_strdup_printf ("%s %.0f %%", series->name, 100.0 * value);
}

/* -- labels: beside the beginning of each line where there is room, else in rows above the plot ------------------------------ */

typedef struct
{
  const Series *series;
  char *text;
  double width, x, y, label_y;
} Label;

static gsize
collect_labels (const CurvePlot *plot, Label labels[N_SERIES])
{
  gsize n = 0;
  for (gsize k = 0; k < N_SERIES; k++)
    {
      const Series *series = &all_series[k];
      int i = first_finite (plot, series);
      if (i < 0)
        continue;
      const CfCurveRow *row = &plot->curve->rows[i];
      Label *label = &labels[n++];
      label->series = series;
      label->text = series_label (plot, series);
      label->width = cf_plot_text_width (plot->cr, plot->theme, label->text);
      label->x = cf_plot_level_x (&plot->area, row->level.normalised);
      label->y = series_y (plot, series, series->get (row));
    }
  return n;
}

static int
compare_labels (gconstpointer a, gconstpointer b)
{
  double ya = ((const Label *)a)->y, yb = ((const Label *)b)->y;
  return ya < yb ? -1 : ya > yb;
}

static gboolean
labels_fit_beside (const CurvePlot *plot, const Label *labels, gsize n)
{
  double gutter = cf_plot_text_width (plot->cr, plot->theme, "100 %") + 30.0, line = cf_plot_line_height (plot->theme);
  for (gsize i = 0; i < n; i++)
    if (labels[i].x - plot->area.x < labels[i].width + gutter)
      return FALSE;
  return plot->area.height >= n * line;
}

static void
draw_labels_beside (const CurvePlot *plot, Label *labels, gsize n)
{
  double line = cf_plot_line_height (plot->theme), foot = plot->area.y + plot->area.height - 0.5 * line;

  qsort (labels, n, sizeof *labels, compare_labels);
  for (gsize i = 0; i < n; i++)
    labels[i].label_y = MAX (labels[i].y, i > 0 ? labels[i - 1].label_y + line : plot->area.y + 0.5 * line);
  for (gsize i = n; i-- > 0; foot -= line)
    {
      labels[i].label_y = MIN (labels[i].label_y, foot);
      foot = MIN (foot, labels[i].label_y);
    }
  for (gsize i = 0; i < n; i++)
    {
      const Label *label = &labels[i];
      cf_plot_set_hue (plot->cr, plot->theme, label->series->hue, 0.5);
      cairo_set_line_width (plot->cr, 1.0);
      cairo_move_to (plot->cr, label->x - 14.0, label->label_y);
      cairo_line_to (plot->cr, label->x - 2.0, label->y);
      cairo_stroke (plot->cr);
      cf_plot_set_hue (plot->cr, plot->theme, label->series->hue, 1.0);
      cf_plot_text (plot->cr, plot->theme, label->x - 18.0, label->label_y, 1.0, 0.5, label->text);
    }
}

/* Returns the rows that the legend takes; draws it where `draw`. */
static int
legend (const CurvePlot *plot, const Label *labels, gsize n, double width, gboolean draw)
{
  static const double dash[] = { 4.0, 3.0 };
  double line = cf_plot_line_height (plot->theme), swatch = 16.0, x = 4.0;
  int row = 0;

  for (gsize k = n; k-- > 0;)
    {
      const Label *label = &labels[k];
      if (x > 4.0 && x + swatch + 4.0 + label->width > width)
        {
          x = 4.0;
          row++;
        }
      if (draw)
        {
          double y = (row + 0.5) * line;
          cf_plot_set_hue (plot->cr, plot->theme, label->series->hue, 1.0);
          cairo_set_line_width (plot->cr, 1.8);
          cairo_set_dash (plot->cr, dash, label->series->dashed ? 2 : 0, 0.0);
          cairo_move_to (plot->cr, x, y);
          cairo_line_to (plot->cr, x + swatch, y);
          cairo_stroke (plot->cr);
          cairo_set_dash (plot->cr, NULL, 0, 0.0);
          cf_plot_text (plot->cr, plot->theme, x + swatch + 4.0, y, 0.0, 0.5, label->text);
        }
      x += swatch + 4.0 + label->width + 14.0;
    }
  return row + 1;
}

/* -- axes ------------------------------------------------------------------------------------------------------------------- */

static void
draw_share_axis (const CurvePlot *plot)
{
  double line = cf_plot_line_height (plot->theme);
  int parts = plot->area.height > 8.0 * line ? 4 : plot->area.height > 3.0 * line ? 2 : 1;

  for (int i = 1; i <= parts; i++)
    {
      double y = plot->area.y + plot->area.height * (1.0 - (double)i / parts);
      char text[16];
      g_snprintf (text, sizeof text, "%d %%", 100 * i / parts);
      cf_plot_set_grey (plot->cr, plot->theme, 0.09);
      cairo_set_line_width (plot->cr, 1.0);
      cairo_move_to (plot->cr, plot->area.x, floor (y) + 0.5);
      cairo_line_to (plot->cr, plot->area.x + plot->area.width, floor (y) + 0.5);
      cairo_stroke (plot->cr);
      cf_plot_set_grey (plot->cr, plot->theme, 0.7);
      cf_plot_text (plot->cr, plot->theme, plot->area.x + 4.0, y, 0.0, 0.5, text);
    }
}

static void
draw_node_axis (const CurvePlot *plot)
{
  double line = cf_plot_line_height (plot->theme), end = plot->area.x + plot->area.width;
  int step = MAX (1, (int)ceil (1.3 * line * plot->top_decade / plot->area.height));

  for (int e = (int)plot->top_decade; e > 0; e -= step)
    {
      double y = series_y (plot, &all_series[0], pow (10.0, e));
      g_autofree char *number = cf_plot_decade_label (e);
      g_autofree char *text = e == (int)plot->top_decade ? g_strconcat (number, " nodes", NULL) : g_strdup (number);
      cf_plot_set_hue (plot->cr, plot->theme, CF_HUE_NODES, 0.9);
      cairo_set_line_width (plot->cr, 1.0);
      cairo_move_to (plot->cr, end - 4.0, floor (y) + 0.5);
      cairo_line_to (plot->cr, end, floor (y) + 0.5);
      cairo_stroke (plot->cr);
      cf_plot_text (plot->cr, plot->theme, end - 7.0, y, 1.0, 0.5, text);
    }
}

static void
find_top_decade (CurvePlot *plot)
{
  gsize most = 1;
  for (gsize i = 0; i < plot->curve->n; i++)
    most = MAX (most, plot->curve->rows[i].nodes);
  plot->top_decade = MAX (1.0, ceil (log10 ((double)most)));
}

void
cf_plot_curves (cairo_t *cr, double width, double height, const CfCurve *curve, double level, const CfPlotTheme *theme)
{
  double line = cf_plot_line_height (theme);
  CurvePlot plot = { .cr = cr, .theme = theme, .curve = curve, .level = level };
  Label labels[N_SERIES] = { 0 };

  cf_plot_begin (cr, width, height, theme);
  plot.area = (CfPlotBox){ 0.0, 0.6 * line, width, height - 1.6 * line - 2.0 };
  if (curve == NULL || curve->n == 0 || plot.area.height < 2.0 * line || width < 6.0 * line)
    return;
  find_top_decade (&plot);
  gsize n = collect_labels (&plot, labels);
  gboolean beside = labels_fit_beside (&plot, labels, n);
  if (!beside)
    {
      double rows = legend (&plot, labels, n, width, TRUE) * line;
      plot.area.y += rows;
      plot.area.height = MAX (plot.area.height - rows, line);
    }
  cf_plot_level_axis (cr, &plot.area, theme);
  if (n > 1)
    draw_share_axis (&plot);
  for (gsize k = 0; k < N_SERIES; k++)
    draw_series (&plot, &all_series[k]);
  draw_node_axis (&plot);
  if (beside)
    draw_labels_beside (&plot, labels, n);
  cf_plot_level_bar (cr, &plot.area, level, FALSE, theme);
  for (gsize k = 0; k < N_SERIES && !isnan (level); k++)
    draw_dot (&plot, &all_series[k]);
  for (gsize i = 0; i < n; i++)
    g_free (labels[i].text);
}
