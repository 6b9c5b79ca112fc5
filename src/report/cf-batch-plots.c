#include "cf-batch-private.h"

#include <math.h>

#include "cf-plot-scatter.h"

#define ATOMIC 1.6                 /* A; paper, section 4: at and below, atoms are compared */
#define PUBLISHED_NEURAL_MAE 0.0086 /* paper, section 3: mean of the simulated maps */

/* A series by its paths in each row. */
typedef struct
{
  const char *name, *x, *y;
  int hue;
  gboolean hollow;
} Source;

static gsize
collect (const CfBatch *batch, const Source *source, double *x, double *y)
{
  gsize n = 0, i;
  json_t *row;

  json_array_foreach (batch->rows, i, row)
  {
    x[n] = cf_batch_number (row, source->x);
    y[n] = cf_batch_number (row, source->y);
    n += isfinite (x[n]) && isfinite (y[n]);
  }
  return n;
}

static gboolean
has_points (const CfBatch *batch, const Source *source)
{
  gsize n = json_array_size (batch->rows);
  g_autofree double *x = g_new (double, n + 1), *y = g_new (double, n + 1);

  return collect (batch, source, x, y) > 0;
}

static void
draw (cairo_t *cr, double width, double height, const CfBatch *batch, const Source *sources, gsize n_sources, CfScatter scatter)
{
  gsize n = json_array_size (batch->rows) + 1;
  g_autofree double *values = g_new (double, 2 * n * n_sources);
  g_autofree CfScatterSeries *series = g_new0 (CfScatterSeries, n_sources);

  for (gsize k = 0; k < n_sources; k++)
    {
      double *x = values + 2 * n * k, *y = x + n;
      gsize found = collect (batch, &sources[k], x, y);
      series[k] = (CfScatterSeries){ .name = sources[k].name, .hue = sources[k].hue, .hollow = sources[k].hollow, .n = found, .x = x, .y = y };
    }
  scatter.series = series;
  scatter.n_series = n_sources;
  cf_plot_scatter (cr, width, height, &scatter, &cf_plot_theme_light);
}

static const Source coverage[] = {
  { "coverage", "run.resolution", "run.comparison.ca.coverage", 0, FALSE },
  { "coverage by chance", "run.resolution", "run.comparison.null.coverage", 0, TRUE },
  { "precision", "run.resolution", "run.comparison.nodes.precision", 1, FALSE },
  { "precision by chance", "run.resolution", "run.comparison.null.precision", 1, TRUE },
};

static const Source rmsd[] = {
  { "RMSD", "run.resolution", "run.comparison.ca.rmsd", 0, FALSE },
  { "RMSD by chance", "run.resolution", "run.comparison.null.rmsd", 0, TRUE },
};

/* The first of the other models. */
static const Source others[] = {
  { "maps", "others.0.ca.coverage", "run.comparison.ca.coverage", 0, FALSE },
};

static const Source errors[] = {
  { "trilinear", "request.resolution", "interpolate.trilinear.density.mae", 1, TRUE },
  { "tricubic B-spline", "request.resolution", "interpolate.tricubic.density.mae", 2, TRUE },
  { "neural", "request.resolution", "interpolate.neural.density.mae", 0, FALSE },
};

static void
draw_coverage (cairo_t *cr, double width, double height, gpointer batch)
{
  draw (cr, width, height, batch, coverage, G_N_ELEMENTS (coverage),
        (CfScatter){ .x_title = "resolution, \303\205", .y_title = "of C\316\261, of nodes", .mark = ATOMIC, .mark_label = "1.6 \303\205",
                     .percent = TRUE });
}

static void
draw_rmsd (cairo_t *cr, double width, double height, gpointer batch)
{
  draw (cr, width, height, batch, rmsd, G_N_ELEMENTS (rmsd),
        (CfScatter){ .x_title = "resolution, \303\205", .y_title = "C\316\261 RMSD, \303\205", .mark = ATOMIC, .mark_label = "1.6 \303\205" });
}

static void
draw_others (cairo_t *cr, double width, double height, gpointer batch)
{
  draw (cr, width, height, batch, others, G_N_ELEMENTS (others),
        (CfScatter){ .x_title = "coverage of the other model", .y_title = "coverage of the graph", .mark = NAN, .percent = TRUE,
                     .diagonal = TRUE });
}

static void
draw_errors (cairo_t *cr, double width, double height, gpointer batch)
{
  draw (cr, width, height, batch, errors, G_N_ELEMENTS (errors),
        (CfScatter){ .x_title = "resolution, \303\205", .y_title = "mean absolute error, of the map's range", .mark = NAN });
}

gsize
cf_batch_plots (const CfBatch *batch, CfBatchPlot out[CF_BATCH_PLOTS])
{
  static const struct
  {
    const Source *source;
    CfBatchPlot plot;
  } all[] = {
    { &coverage[0],
      { "coverage", "C-alpha coverage and node precision over resolution",
        "C\316\261 with a node of their own within 3 \303\205, and nodes with a C\316\261 within 3 \303\205; hollow: as many random points inside the same "
        "contour.",
        draw_coverage } },
    { &rmsd[0], { "rmsd", "RMSD over resolution", "RMSD of the matched C\316\261; hollow: by chance.", draw_rmsd } },
    { &others[0],
      { "others", "Coverage of the graph over that of the other models",
        "Coverage of the graph beside that of the first other model of each row. On the line both are equal.", draw_others } },
    { &errors[0],
      { "errors", "Error of interpolation over resolution",
        "Mean absolute error on the 0.2 \303\205 truth, aligned. The published neural mean is " G_STRINGIFY (PUBLISHED_NEURAL_MAE) "; the published "
        "trilinear mean, 0.066, measures a shift.",
        draw_errors } },
  };
  gsize n = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (all); i++)
    if (has_points (batch, all[i].source))
      out[n++] = all[i].plot;
  return n;
}
