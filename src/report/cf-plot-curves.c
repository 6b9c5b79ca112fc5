#include "cf-plot-private.h"

#include <math.h>

#include "cf-words.h"

typedef enum
{
  SCALE_SHARE, /* 0 at the foot, 1 at the top */
  SCALE_COUNT, /* logarithmic, from 1 to the decade above the largest */
  SCALE_LENGTH /* 0 at the foot, the cutoff of a match at the top */
} Scale;

typedef enum
{
  LINE_SOLID,
  LINE_DASHED,
  LINE_DOTTED
} LineKind;

/* What stands on a line, so that no colour is needed to know it. */
typedef enum
{
  MARK_NONE,
  MARK_CIRCLE,
  MARK_SQUARE,
  MARK_TRIANGLE,
  MARK_DIAMOND,
  MARK_CROSS
} Mark;

#define MARK_SPACING 110.0
#define MARK_RADIUS 2.8

/* One line of the plot: how to get it from a row, how to draw it. */
typedef struct
{
  const char *name;
  CfHue hue;
  LineKind line;
  Mark mark;
  Scale scale;
  double (*get) (const CfCurveRow *row);
} Series;

#define GETTER(field)                                                                                                                      \
  static double get_##field (const CfCurveRow *row)                                                                                        \
  {                                                                                                                                        \
    return row->field;                                                                                                                     \
  }
GETTER (coverage)
GETTER (null_coverage)
GETTER (precision)
GETTER (null_precision)
GETTER (inclusion)
GETTER (inclusion_backbone)
GETTER (rmsd)
#undef GETTER

static double
get_nodes (const CfCurveRow *row)
{
  return row->nodes > 0 ? (double)row->nodes : NAN;
}

static double
get_components (const CfCurveRow *row)
{
  return row->components > 0 ? (double)row->components : NAN;
}

static const Series all_series[CF_N_SERIES] = {
  [CF_SERIES_NODES] = { N_("nodes"), CF_HUE_NODES, LINE_SOLID, MARK_DIAMOND, SCALE_COUNT, get_nodes },
  [CF_SERIES_COMPONENTS] = { N_("components"), CF_HUE_NODES, LINE_DOTTED, MARK_DIAMOND, SCALE_COUNT, get_components },
  [CF_SERIES_NULL_COVERAGE] = { N_("coverage by chance"), CF_HUE_COVERAGE, LINE_DASHED, MARK_NONE, SCALE_SHARE, get_null_coverage },
  [CF_SERIES_NULL_PRECISION] = { N_("precision by chance"), CF_HUE_PRECISION, LINE_DASHED, MARK_SQUARE, SCALE_SHARE, get_null_precision },
  [CF_SERIES_INCLUSION_BACKBONE] = { N_("backbone inclusion"), CF_HUE_INCLUSION, LINE_DASHED, MARK_TRIANGLE, SCALE_SHARE, get_inclusion_backbone },
  [CF_SERIES_INCLUSION] = { N_("atom inclusion"), CF_HUE_INCLUSION, LINE_SOLID, MARK_TRIANGLE, SCALE_SHARE, get_inclusion },
  [CF_SERIES_RMSD] = { N_("RMSD"), CF_HUE_RMSD, LINE_SOLID, MARK_CROSS, SCALE_LENGTH, get_rmsd },
  [CF_SERIES_PRECISION] = { N_("precision"), CF_HUE_PRECISION, LINE_SOLID, MARK_SQUARE, SCALE_SHARE, get_precision },
  [CF_SERIES_COVERAGE] = { N_("coverage"), CF_HUE_COVERAGE, LINE_SOLID, MARK_CIRCLE, SCALE_SHARE, get_coverage },
};

const char *
cf_series_name (CfSeries series)
{
  g_return_val_if_fail ((guint)series < CF_N_SERIES, "");
  return all_series[series].name;
}

gboolean
cf_series_is_known (CfSeries series, const CfCurve *curve)
{
  g_return_val_if_fail ((guint)series < CF_N_SERIES, FALSE);
  for (gsize i = 0; curve != NULL && i < curve->n; i++)
    if (isfinite (all_series[series].get (&curve->rows[i])))
      return TRUE;
  return FALSE;
}

typedef struct
{
  cairo_t *cr;
  const CfPlotTheme *theme;
  const CfCurve *curve;
  CfPlotBox area;
  double top_decade; /* log10 of the count at the top of the area */
  double level;
  guint shown; /* CF_SERIES_BIT () */
} CurvePlot;

static gboolean
is_shown (const CurvePlot *plot, gsize k)
{
  return (plot->shown & CF_SERIES_BIT (k)) != 0;
}

static double
series_y (const CurvePlot *plot, const Series *series, double value)
{
  double share = series->scale == SCALE_COUNT    ? log10 (value) / plot->top_decade
                 : series->scale == SCALE_LENGTH ? value / CF_COMPARE_CA_CUTOFF
                                                 : value;
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

double
cf_curve_value_at (const CfCurve *curve, CfSeries which, double level)
{
  const Series *series = &all_series[which];
  double x = cf_plot_level_to_fraction (level);

  for (gsize i = 0; i + 1 < curve->n; i++)
    {
      double x0 = cf_plot_level_to_fraction (curve->rows[i].level.normalised);
      double x1 = cf_plot_level_to_fraction (curve->rows[i + 1].level.normalised);
      double a = series->get (&curve->rows[i]), b = series->get (&curve->rows[i + 1]), f = x1 > x0 ? (x - x0) / (x1 - x0) : 0.0;
      if (!(x >= x0 && x <= x1))
        continue;
      return series->scale == SCALE_COUNT ? pow (10.0, log10 (a) + f * (log10 (b) - log10 (a))) : a + f * (b - a);
    }
  return NAN;
}

/* What tells the lines of one colour apart. */
static void
set_line (cairo_t *cr, LineKind line)
{
  static const double dash[] = { 4.0, 3.0 }, dot[] = { 1.5, 2.5 };
  cairo_set_line_width (cr, line == LINE_SOLID ? 1.8 : 1.2);
  if (line == LINE_SOLID)
    cairo_set_dash (cr, NULL, 0, 0.0);
  else
    cairo_set_dash (cr, line == LINE_DASHED ? dash : dot, 2, 0.0);
}

/* A path around (x, y). */
static void
mark_path (cairo_t *cr, Mark mark, double x, double y, double r)
{
  static const struct
  {
    int n;
    double at[12][2];
  } corners[] = {
    [MARK_SQUARE] = { 4, { { -0.9, -0.9 }, { 0.9, -0.9 }, { 0.9, 0.9 }, { -0.9, 0.9 } } },
    [MARK_TRIANGLE] = { 3, { { 0, -1.3 }, { 1.2, 0.9 }, { -1.2, 0.9 } } },
    [MARK_DIAMOND] = { 4, { { 0, -1.4 }, { 1.4, 0 }, { 0, 1.4 }, { -1.4, 0 } } },
    [MARK_CROSS] = { 12, { { -1.4, -0.8 }, { -0.8, -1.4 }, { 0, -0.6 }, { 0.8, -1.4 }, { 1.4, -0.8 }, { 0.6, 0 }, { 1.4, 0.8 }, { 0.8, 1.4 }, { 0, 0.6 },
                           { -0.8, 1.4 }, { -1.4, 0.8 }, { -0.6, 0 } } },
  };
  cairo_new_path (cr);
  if (mark == MARK_NONE || mark == MARK_CIRCLE)
    cairo_arc (cr, x, y, r, 0.0, 2.0 * G_PI);
  else
    for (int i = 0; i < corners[mark].n; i++)
      cairo_line_to (cr, x + r * corners[mark].at[i][0], y + r * corners[mark].at[i][1]);
  cairo_close_path (cr);
}

/* Along the line, beside those of the others. */
static void
draw_marks (const CurvePlot *plot, gsize k)
{
  const Series *series = &all_series[k];
  for (double x = MARK_SPACING * (k + 0.5) / CF_N_SERIES; x < plot->area.width && series->mark != MARK_NONE; x += MARK_SPACING)
    {
      double value = cf_curve_value_at (plot->curve, k, cf_plot_fraction_to_level (x / plot->area.width));
      if (!isfinite (value))
        continue;
      mark_path (plot->cr, series->mark, plot->area.x + x, series_y (plot, series, value), MARK_RADIUS);
      cairo_fill (plot->cr);
    }
}

static void
draw_series (const CurvePlot *plot, gsize k)
{
  cairo_t *cr = plot->cr;
  const Series *series = &all_series[k];

  for (gsize i = 0; i < plot->curve->n; i++)
    {
      const CfCurveRow *row = &plot->curve->rows[i];
      double value = series->get (row);
      if (isfinite (value))
        cairo_line_to (cr, cf_plot_level_x (&plot->area, row->level.normalised), series_y (plot, series, value));
      else
        cairo_new_sub_path (cr);
    }
  cf_plot_set_hue (cr, plot->theme, series->hue, series->line == LINE_SOLID ? 1.0 : 0.8);
  set_line (cr, series->line);
  cairo_stroke (cr);
  set_line (cr, LINE_SOLID);
  draw_marks (plot, k);
}

static void
draw_dot (const CurvePlot *plot, CfSeries k)
{
  const Series *series = &all_series[k];
  double value = cf_curve_value_at (plot->curve, k, plot->level);
  if (!isfinite (value))
    return;
  mark_path (plot->cr, series->mark, cf_plot_level_x (&plot->area, plot->level), series_y (plot, series, value), series->line == LINE_SOLID ? 3.8 : 2.4);
  cf_plot_set_hue (plot->cr, plot->theme, series->hue, 1.0);
  cairo_fill_preserve (plot->cr);
  cairo_set_source_rgb (plot->cr, plot->theme->background[0], plot->theme->background[1], plot->theme->background[2]);
  cairo_set_line_width (plot->cr, 1.0);
  cairo_stroke (plot->cr);
}

static char *
label_text (const Series *series, const char *name, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  if (!isfinite (value))
    return g_strdup (name);
  if (series->scale == SCALE_COUNT)
    /* between two levels of the curve it is read off the line: the graph itself says the number */
    return g_strdup_printf ("\342\211\210 %.0f %s", value, name);
  if (series->scale == SCALE_LENGTH)
    return g_strdup_printf ("%s %s \303\205", name, g_ascii_formatd (text, sizeof text, "%.2f", value));
  const gboolean drawn_by_lot = series == &all_series[CF_SERIES_NULL_COVERAGE] || series == &all_series[CF_SERIES_NULL_PRECISION];
  return g_strdup_printf (drawn_by_lot ? "%s \342\211\210 %.0f %%" : "%s %.0f %%", name, 100.0 * value); /* another draw at each of the curve's levels */
}

char *
cf_series_label (CfSeries which, double value)
{
  return label_text (&all_series[which], all_series[which].name, value);
}

/* -- labels: beside the beginning of each line where there is room, else in rows above the plot ------------------------------ */

typedef struct
{
  const Series *series;
  char *text;
  double width, x, y, label_y;
} Label;

static gsize
collect_labels (const CurvePlot *plot, Label labels[CF_N_SERIES])
{
  gsize n = 0;
  for (gsize k = 0; k < CF_N_SERIES; k++)
    {
      const Series *series = &all_series[k];
      int i = is_shown (plot, k) ? first_finite (plot, series) : -1;
      if (i < 0)
        continue;
      const CfCurveRow *row = &plot->curve->rows[i];
      Label *label = &labels[n++];
      label->series = series;
      label->text = label_text (series, _(series->name), cf_curve_value_at (plot->curve, k, plot->level));
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
          set_line (plot->cr, label->series->line);
          cairo_move_to (plot->cr, x, y);
          cairo_line_to (plot->cr, x + swatch, y);
          cairo_stroke (plot->cr);
          set_line (plot->cr, LINE_SOLID);
          if (label->series->mark != MARK_NONE)
            {
              mark_path (plot->cr, label->series->mark, x + 0.5 * swatch, y, MARK_RADIUS + 0.4);
              cairo_fill (plot->cr);
            }
          cf_plot_text (plot->cr, plot->theme, x + swatch + 4.0, y, 0.0, 0.5, label->text);
        }
      x += swatch + 4.0 + label->width + 14.0;
    }
  return row + 1;
}

/* -- axes ------------------------------------------------------------------------------------------------------------------- */

/* Shares, and the lengths that have the same grid. */
static void
draw_share_axis (const CurvePlot *plot, gboolean shares, gboolean lengths)
{
  double line = cf_plot_line_height (plot->theme);
  int parts = plot->area.height > 8.0 * line ? 4 : plot->area.height > 3.0 * line ? 2 : 1;

  for (int i = 1; i <= parts; i++)
    {
      double y = plot->area.y + plot->area.height * (1.0 - (double)i / parts);
      char number[G_ASCII_DTOSTR_BUF_SIZE];
      g_ascii_formatd (number, sizeof number, "%g", CF_COMPARE_CA_CUTOFF * i / parts);
      g_autofree char *share = shares ? g_strdup_printf ("%d %%", 100 * i / parts) : NULL;
      g_autofree char *length = lengths ? g_strdup_printf ("%s \303\205", number) : NULL;
      g_autofree char *text = share && length ? g_strconcat (share, " \302\267 ", length, NULL) : g_strdup (share ? share : length);
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
draw_count_axis (const CurvePlot *plot, const char *unit)
{
  double line = cf_plot_line_height (plot->theme), end = plot->area.x + plot->area.width;
  int step = MAX (1, (int)ceil (1.3 * line * plot->top_decade / plot->area.height));

  for (int e = (int)plot->top_decade; e > 0; e -= step)
    {
      double y = series_y (plot, &all_series[CF_SERIES_NODES], pow (10.0, e));
      g_autofree char *number = cf_plot_decade_label (e);
      g_autofree char *text = e == (int)plot->top_decade ? g_strconcat (number, " ", unit, NULL) : g_strdup (number);
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
    most = MAX (most, is_shown (plot, CF_SERIES_NODES) ? plot->curve->rows[i].nodes : plot->curve->rows[i].components);
  plot->top_decade = MAX (1.0, ceil (log10 ((double)most)));
}

static gboolean
any_of (const Label *labels, gsize n, Scale scale)
{
  for (gsize i = 0; i < n; i++)
    if (labels[i].series->scale == scale)
      return TRUE;
  return FALSE;
}

static void
draw_axes (const CurvePlot *plot, const Label *labels, gsize n)
{
  gboolean shares = any_of (labels, n, SCALE_SHARE), lengths = any_of (labels, n, SCALE_LENGTH);
  cf_plot_level_axis (plot->cr, &plot->area, plot->theme);
  if (shares || lengths)
    draw_share_axis (plot, shares, lengths);
  if (any_of (labels, n, SCALE_COUNT))
    draw_count_axis (plot, _(all_series[is_shown (plot, CF_SERIES_NODES) ? CF_SERIES_NODES : CF_SERIES_COMPONENTS].name));
}

void
cf_plot_curves (cairo_t *cr, double width, double height, const CfCurve *curve, double level, guint shown, const CfPlotTheme *theme)
{
  double line = cf_plot_line_height (theme);
  CurvePlot plot = { .cr = cr, .theme = theme, .curve = curve, .level = level, .shown = shown };
  Label labels[CF_N_SERIES] = { 0 };

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
  for (gsize k = 0; k < CF_N_SERIES; k++)
    if (is_shown (&plot, k))
      draw_series (&plot, k);
  draw_axes (&plot, labels, n);
  if (beside)
    draw_labels_beside (&plot, labels, n);
  cf_plot_level_bar (cr, &plot.area, level, FALSE, theme);
  for (gsize k = 0; k < CF_N_SERIES && !isnan (level); k++)
    if (is_shown (&plot, k))
      draw_dot (&plot, k);
  for (gsize i = 0; i < n; i++)
    g_free (labels[i].text);
}
