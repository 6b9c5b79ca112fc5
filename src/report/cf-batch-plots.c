#include "cf-batch-private.h"

#include <math.h>

#include "cf-plot-scatter.h"
#include "cf-words.h"

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
      series[k] = (CfScatterSeries){ .name = _(sources[k].name), .hue = sources[k].hue, .hollow = sources[k].hollow, .n = found, .x = x, .y = y };
    }
  scatter.x_title = _(scatter.x_title);
  scatter.y_title = _(scatter.y_title);
  scatter.series = series;
  scatter.n_series = n_sources;
  cf_plot_scatter (cr, width, height, &scatter, &cf_plot_theme_light);
}

static const Source coverage[] = {
  { N_("coverage"), "run.resolution", "run.comparison.ca.coverage", 0, FALSE },
  { N_("coverage by chance"), "run.resolution", "run.comparison.null.coverage", 0, TRUE },
  { N_("precision"), "run.resolution", "run.comparison.nodes.precision", 1, FALSE },
  { N_("precision by chance"), "run.resolution", "run.comparison.null.precision", 1, TRUE },
};

static const Source rmsd[] = {
  { N_("RMSD"), "run.resolution", "run.comparison.ca.rmsd", 0, FALSE },
  { N_("RMSD by chance"), "run.resolution", "run.comparison.null.rmsd", 0, TRUE },
};

/* The first of the other models. */
static const Source others[] = {
  { N_("maps"), "others.0.ca.coverage", "run.comparison.ca.coverage", 0, FALSE },
};

static const Source errors[] = {
  { N_("trilinear"), "request.resolution", "interpolate.trilinear.density.mae", 1, TRUE },
  { N_("tricubic B-spline"), "request.resolution", "interpolate.tricubic.density.mae", 2, TRUE },
  { N_("neural"), "request.resolution", "interpolate.neural.density.mae", 0, FALSE },
};

static const Source shifted[] = {
  { N_("trilinear, misaligned as published"), "request.resolution", "interpolate.misaligned.density.mae", 3, TRUE },
  { N_("trilinear, aligned"), "request.resolution", "interpolate.trilinear.density.mae", 1, TRUE },
  { N_("neural"), "request.resolution", "interpolate.neural.density.mae", 0, FALSE },
};

static void
draw_coverage (cairo_t *cr, double width, double height, gpointer batch)
{
  draw (cr, width, height, batch, coverage, G_N_ELEMENTS (coverage),
        (CfScatter){ .x_title = N_("resolution, \303\205"), .y_title = N_("of C\316\261, of nodes"), .mark = CF_BATCH_ATOMIC, .mark_label = "1.6 \303\205",
                     .percent = TRUE });
}

static void
draw_rmsd (cairo_t *cr, double width, double height, gpointer batch)
{
  draw (cr, width, height, batch, rmsd, G_N_ELEMENTS (rmsd),
        (CfScatter){ .x_title = N_("resolution, \303\205"), .y_title = N_("C\316\261 RMSD, \303\205"), .mark = CF_BATCH_ATOMIC, .mark_label = "1.6 \303\205" });
}

static void
draw_others (cairo_t *cr, double width, double height, gpointer batch)
{
  draw (cr, width, height, batch, others, G_N_ELEMENTS (others),
        (CfScatter){ .x_title = N_("coverage of the other model"), .y_title = N_("coverage of the graph"), .mark = NAN, .percent = TRUE,
                     .diagonal = TRUE });
}

static const CfScatter error_axes = { .x_title = N_("resolution, \303\205"), .y_title = N_("mean absolute error, of the map's range"), .mark = NAN };

static void
draw_errors (cairo_t *cr, double width, double height, gpointer batch)
{
  draw (cr, width, height, batch, errors, G_N_ELEMENTS (errors), error_axes);
}

static void
draw_shifted (cairo_t *cr, double width, double height, gpointer batch)
{
  draw (cr, width, height, batch, shifted, G_N_ELEMENTS (shifted), error_axes);
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
      { "coverage", N_("C-alpha coverage and node precision over resolution"),
        N_("C\316\261 with a node of their own within 3 \303\205, and nodes with a C\316\261 within 3 \303\205; hollow: as many random points inside the same "
        "contour."),
        draw_coverage } },
    { &rmsd[0], { "rmsd", N_("RMSD over resolution"), N_("RMSD of the matched C\316\261; hollow: by chance."), draw_rmsd } },
    { &others[0],
      { "others", N_("Coverage of the graph over that of the other models"),
        N_("Coverage of the graph beside that of the first other model of each row. On the line both are equal."), draw_others } },
    { &errors[0],
      { "errors", N_("Error of interpolation over resolution"),
        /* paper, section 3: mean of the simulated maps */
        N_("Mean absolute error on the 0.2 \303\205 truth, aligned. The published neural mean is 0.0086."),
        draw_errors } },
    { &shifted[0],
      { "misaligned", N_("The published trilinear baseline, misaligned, beside the aligned one"),
        N_("The published trilinear mean, 0.066, is of a grid whose Y and Z origins were set to the X origin: it measures a shift, which differs from model "
        "to model. The same on these models, beside the aligned one."),
        draw_shifted } },
  };
  gsize n = 0;

  for (gsize i = 0; i < G_N_ELEMENTS (all); i++)
    if (has_points (batch, all[i].source))
      out[n++] = all[i].plot;
  return n;
}
