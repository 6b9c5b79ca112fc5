/* cf-plot-private.h: what the plots of this room share: text, colours, axes. Lengths are units of the cairo context, y downwards. */
#pragma once

#include <pango/pangocairo.h>

#include "cf-plot.h"

G_BEGIN_DECLS

/* Okabe and Ito's colours, by what they stand for in every plot. */
typedef enum
{
  CF_HUE_COVERAGE,
  CF_HUE_PRECISION,
  CF_HUE_INCLUSION,
  CF_HUE_NODES,
  CF_HUE_RMSD,
  CF_HUE_HELD_OUT
} CfHue;

typedef struct
{
  double x, y, width, height;
} CfPlotBox;

void cf_plot_begin (cairo_t *cr, double width, double height, const CfPlotTheme *theme);
void cf_plot_set_hue (cairo_t *cr, const CfPlotTheme *theme, CfHue hue, double alpha);
/** Foreground at a strength in [0, 1] over the background. */
void cf_plot_set_grey (cairo_t *cr, const CfPlotTheme *theme, double strength);
/** Distance from one line of text to the next. */
double cf_plot_line_height (const CfPlotTheme *theme);
double cf_plot_text_width (cairo_t *cr, const CfPlotTheme *theme, const char *text);
/** Text in the present colour over a patch of the background; (x, y) is the point at (xalign, yalign) of its box. */
void cf_plot_text (cairo_t *cr, const CfPlotTheme *theme, double x, double y, double xalign, double yalign, const char *text);
/** The same without the patch: where no line can cross it. */
void cf_plot_label (cairo_t *cr, const CfPlotTheme *theme, double x, double y, double xalign, double yalign, const char *text);

/** placements: CfPlotBox that are taken. FALSE where the box meets one of them (margin: at its sides); else it is taken too. */
gboolean cf_placements_claim (GArray *placements, const CfPlotBox *box, double margin);

/** The level axis under `area`: grid lines in it, numbers below it that do not overlap, its title. */
void cf_plot_level_axis (cairo_t *cr, const CfPlotBox *area, const CfPlotTheme *theme);
/** x of a level in the area. */
double cf_plot_level_x (const CfPlotBox *area, double level);
/** The bar and, where `grip`, the handle at its foot. */
void cf_plot_level_bar (cairo_t *cr, const CfPlotBox *area, double level, gboolean grip, const CfPlotTheme *theme);

/** "1", "10", "10 k": a power of ten. */
char *cf_plot_decade_label (int exponent);

G_END_DECLS
