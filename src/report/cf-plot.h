/* cf-plot.h: plots on a cairo context: the same routine draws in the window, the PDF and the SVG of the report. */
#pragma once

#include <cairo.h>

#include "cf-curve.h"

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

/** Level axis of all threshold plots: d to a fraction of the width and back, square-root scaled so that low levels have room. */
double cf_plot_level_to_fraction (double d);
double cf_plot_fraction_to_level (double fraction);
/* Plots over the level fill the whole width that they are given: fraction x width is where a level stands. */

/** The histogram (log counts) with ticks; `level` is the bar, NAN for none. */
void cf_plot_histogram (cairo_t *cr, double width, double height, const guint64 bins[CF_HISTOGRAM_BINS], const CfPlotTick *ticks, gsize n_ticks,
                        double level, const CfPlotTheme *theme);
/** Coverage, precision, their nulls, inclusion, and nodes (log, right axis) over the level. */
void cf_plot_curves (cairo_t *cr, double width, double height, const CfCurve *curve, double level, const CfPlotTheme *theme);
/** Loss (and held-out, may be NULL) by epoch, log scale; small. */
void cf_plot_loss (cairo_t *cr, double width, double height, const double *loss, const double *held_out, int n, const CfPlotTheme *theme);

G_END_DECLS
