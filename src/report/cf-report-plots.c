#include "cf-report-private.h"

#include <math.h>

#include "cf-words.h"

static double
level_of (const CfReportParts *parts)
{
  return parts->report.graph->level.normalised;
}

static void
draw_curves (cairo_t *cr, double width, double height, gpointer user_data)
{
  const CfReportParts *parts = user_data;
  guint shown = CF_SERIES_ALL & ~(CF_SERIES_BIT (CF_SERIES_NODES) | CF_SERIES_BIT (CF_SERIES_COMPONENTS));
  cf_plot_curves (cr, width, height, parts->report.curve, level_of (parts), shown, &cf_plot_theme_light);
}

static void
draw_counts (cairo_t *cr, double width, double height, gpointer user_data)
{
  const CfReportParts *parts = user_data;
  guint shown = CF_SERIES_BIT (CF_SERIES_NODES) | CF_SERIES_BIT (CF_SERIES_COMPONENTS);
  cf_plot_curves (cr, width, height, parts->report.curve, level_of (parts), shown, &cf_plot_theme_light);
}

static void
draw_histogram (cairo_t *cr, double width, double height, gpointer user_data)
{
  const CfReportParts *parts = user_data;
  CfPlotTick ticks[CF_PLOT_TICKS];
  gsize n = cf_plot_ticks (&parts->report.field->normalisation, parts->report.field->contour,
                           parts->report.curve != NULL ? parts->report.curve->plateau : NAN, parts->bins, ticks);
  cf_plot_histogram (cr, width, height, parts->bins, ticks, n, level_of (parts), &cf_plot_theme_light);
}

static void
draw_volume (cairo_t *cr, double width, double height, gpointer user_data)
{
  const CfReportParts *parts = user_data;
  cf_plot_volume (cr, width, height, parts->bins, cf_report_voxel_volume (&parts->report), level_of (parts), &cf_plot_theme_light);
}

static void
draw_projections (cairo_t *cr, double width, double height, gpointer user_data)
{
  cf_plot_planes (cr, width, height, ((const CfReportParts *)user_data)->planes, 3, &cf_plot_theme_light);
}

static void
draw_slices (cairo_t *cr, double width, double height, gpointer user_data)
{
  cf_plot_planes (cr, width, height, ((const CfReportParts *)user_data)->planes + 3, 3, &cf_plot_theme_light);
}

gsize
cf_report_level_plots (const CfReportParts *parts, CfReportPlot out[CF_REPORT_PLOTS])
{
  static const CfReportPlot curves
      = { "curves", N_("Coverage, precision, RMSD and atom inclusion over the level"),
          N_("Coverage and precision (dashed: by chance), share of the atoms inside the contour (dashed: of the backbone), and RMSD of the matches over the seed threshold. "
          "The bar is the level of this report."),
          230.0, draw_curves };
  static const CfReportPlot counts
      = { "counts", N_("Nodes and components over the level"),
          N_("Number of nodes and of connected components (dotted) over the seed threshold, logarithmic."), 150.0, draw_counts };
  gsize n = 0;

  if (parts->report.curve == NULL || parts->report.curve->n < 2)
    return 0;
  if (parts->report.structure != NULL)
    out[n++] = curves;
  out[n++] = counts;
  return n;
}

gsize
cf_report_map_plots (const CfReportParts *parts, CfReportPlot out[CF_REPORT_PLOTS])
{
  static const CfReportPlot plots[] = {
    { "histogram", N_("Histogram of the voxels"),
      N_("Voxels of the crop by normalised value (counts logarithmic, levels by their square root)."), 150.0, draw_histogram },
    { "volume", N_("Volume inside the contour over the level"), N_("Volume of the crop\342\200\231s voxels at or above a level, logarithmic."),
      140.0, draw_volume },
    { "projections", N_("Projections along X, Y and Z"),
      N_("Mean of all voxels along each axis: in each picture white is the least value and black the largest."), 0.0, draw_projections },
    { "slices", N_("Central slices across X, Y and Z"), N_("The voxels in the middle of each axis, in the same shades."), 0.0, draw_slices },
  };
  if (parts->report.volume == NULL)
    return 0;
  memcpy (out, plots, sizeof plots);
  return G_N_ELEMENTS (plots);
}

double
cf_report_plot_height (const CfReportParts *parts, const CfReportPlot *plot, double width)
{
  if (plot->height > 0.0)
    return plot->height;
  return cf_plot_planes_height (width, plot->draw == draw_slices ? parts->planes + 3 : parts->planes, 3, &cf_plot_theme_light);
}
