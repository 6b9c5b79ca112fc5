#include "cf-report-private.h"

#include <math.h>

static void
draw_curves (cairo_t *cr, double width, double height, gpointer user_data)
{
  const CfReport *report = user_data;
  cf_plot_curves (cr, width, height, report->curve, report->graph->level.normalised, CF_SERIES_ALL, &cf_plot_theme_light);
}

static void
draw_histogram (cairo_t *cr, double width, double height, gpointer user_data)
{
  const CfReport *report = user_data;
  const CfNormalisation *normalisation = &report->field->normalisation;
  CfPlotTick ticks[CF_PLOT_TICKS];
  guint64 bins[CF_HISTOGRAM_BINS];

  cf_histogram (report->volume, normalisation, bins);
  gsize n = cf_plot_ticks (normalisation, report->field->contour, NAN, bins, ticks);
  cf_plot_histogram (cr, width, height, bins, ticks, n, report->graph->level.normalised, &cf_plot_theme_light);
}

gsize
cf_report_plots (const CfReport *report, CfReportPlot out[CF_REPORT_PLOTS])
{
  static const CfReportPlot with_model = {
    "curves", "Coverage, precision, atom inclusion and nodes over the level",
    "Coverage and precision (dashed: by chance), share of atoms inside the contour, and number of nodes (right axis, logarithmic) over the "
    "seed threshold. The bar is the level of this report.",
    240.0, draw_curves
  };
  static const CfReportPlot without_model
      = { "curves", "Nodes over the level", "Number of nodes over the seed threshold. The bar is the level of this report.", 200.0,
          draw_curves };
  static const CfReportPlot histogram
      = { "histogram", "Histogram of the voxels",
          "Voxels of the crop by normalised value (counts logarithmic, levels by their square root).", 150.0, draw_histogram };
  gsize n = 0;

  if (report->curve != NULL && report->curve->n > 1)
    out[n++] = report->structure != NULL ? with_model : without_model;
  if (report->volume != NULL)
    out[n++] = histogram;
  return n;
}
