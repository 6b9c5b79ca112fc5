/* cf-plot.h: plots on a cairo context: the same routine draws in the window, the PDF and the SVG of the report. */
#pragma once

#include <cairo.h>

#include "cf-curve.h"
#include "cf-planes.h"

G_BEGIN_DECLS

typedef struct
{
  double foreground[3], background[3], accent[3]; /* sRGB */
  double font_size; /* points of the context */
} CfPlotTheme;
extern const CfPlotTheme cf_plot_theme_light, cf_plot_theme_dark;

#define CF_HISTOGRAM_BINS 256
/** Voxels of the crop by d, [0, 1] in equal bins. */
void cf_histogram (const CfVolume *volume, const CfNormalisation *normalisation, guint64 bins[CF_HISTOGRAM_BINS]);

typedef struct
{
  const char *label; /* "mu + 3 sigma" */
  double level;      /* d */
} CfPlotTick;

/** The marks of a map's histogram: the generic threshold, the author's contour (file units; NAN), the plateau (d; NAN) and the top 1 % of
 * the crop's voxels (read off the bins, which may be NULL: left out). Returns how many. Labels are static. */
#define CF_PLOT_TICKS 4
gsize cf_plot_ticks (const CfNormalisation *normalisation, double contour, double plateau, const guint64 bins[CF_HISTOGRAM_BINS],
                     CfPlotTick out[CF_PLOT_TICKS]);
/** The level above which `share` of all voxels lies, straight within a bin; NAN without voxels. */
double cf_histogram_top (const guint64 bins[CF_HISTOGRAM_BINS], double share);

/** Level axis of all threshold plots: d to a fraction of the width and back, square-root scaled so that low levels have room. */
double cf_plot_level_to_fraction (double d);
double cf_plot_fraction_to_level (double fraction);
/* Plots over the level fill the whole width that they are given: fraction x width is where a level stands. */

/** The histogram (log counts) with ticks; `level` is the bar, NAN for none. */
void cf_plot_histogram (cairo_t *cr, double width, double height, const guint64 bins[CF_HISTOGRAM_BINS], const CfPlotTick *ticks, gsize n_ticks,
                        double level, const CfPlotTheme *theme);

/** The lines that there are over the level, from the lowest to the uppermost as drawn. */
typedef enum
{
  CF_SERIES_NODES,
  CF_SERIES_COMPONENTS,
  CF_SERIES_NULL_COVERAGE,
  CF_SERIES_NULL_PRECISION,
  CF_SERIES_INCLUSION_BACKBONE,
  CF_SERIES_INCLUSION,
  CF_SERIES_RMSD,
  CF_SERIES_PRECISION,
  CF_SERIES_COVERAGE,
  CF_N_SERIES
} CfSeries;
#define CF_SERIES_BIT(series) (1u << (series))
#define CF_SERIES_ALL (CF_SERIES_BIT (CF_N_SERIES) - 1)
/** What is shown until the user chooses: all but the components, chance's precision and the backbone's inclusion. */
#define CF_SERIES_USUAL \
  (CF_SERIES_ALL & ~(CF_SERIES_BIT (CF_SERIES_COMPONENTS) | CF_SERIES_BIT (CF_SERIES_NULL_PRECISION) | CF_SERIES_BIT (CF_SERIES_INCLUSION_BACKBONE)))
const char *cf_series_name (CfSeries series); /* "coverage by chance"; static, marked with N_ () */
/** Whether the curve has any value of it: without a model there are nodes and components only. */
gboolean cf_series_is_known (CfSeries series, const CfCurve *curve);
/** Read off the line as it is drawn, straight between two levels of the curve; NAN beyond its ends. */
double cf_curve_value_at (const CfCurve *curve, CfSeries series, double level);
/** "coverage 97 %", "RMSD 0.84 A"; a count begins with the sign of about equal, as it was read off a line. New string. */
char *cf_series_label (CfSeries series, double value);
/** The lines of `shown` (CF_SERIES_BIT) over the level: shares and RMSD (3 A at the top) on the left axis, counts (log) on the right. */
void cf_plot_curves (cairo_t *cr, double width, double height, const CfCurve *curve, double level, guint shown, const CfPlotTheme *theme);
/** Volume of the voxels at or above a level (A^3, log), from the bins: exact at their edges. voxel_volume: A^3. */
void cf_plot_volume (cairo_t *cr, double width, double height, const guint64 bins[CF_HISTOGRAM_BINS], double voxel_volume, double level,
                     const CfPlotTheme *theme);
/** Planes side by side at one scale, with a bar that tells it; the least value of each is the ground, the largest is ink. */
void cf_plot_planes (cairo_t *cr, double width, double height, CfPlane *const *planes, gsize n, const CfPlotTheme *theme);
/** The height at which n planes fill this width. */
double cf_plot_planes_height (double width, CfPlane *const *planes, gsize n, const CfPlotTheme *theme);
/** Loss (and held-out, may be NULL) by epoch, log scale; small. */
void cf_plot_loss (cairo_t *cr, double width, double height, const double *loss, const double *held_out, int n, const CfPlotTheme *theme);

G_END_DECLS
