/* cf-plot-scatter.h: points over two linear axes. */
#pragma once

#include "cf-plot.h"

G_BEGIN_DECLS

#define CF_SCATTER_HUES 4

/** Points of one kind; those with a value that is not finite are left out. */
typedef struct
{
  const char *name;
  int hue;         /* 0 to CF_SCATTER_HUES - 1: blue, vermilion, green, purple; each has its own shape as well */
  gboolean hollow; /* of chance, of a baseline */
  gsize n;
  const double *x, *y;
} CfScatterSeries;

typedef struct
{
  const char *x_title, *y_title;
  const CfScatterSeries *series;
  gsize n_series;
  double mark;            /* a dashed line at this x; NAN for none */
  const char *mark_label;
  gboolean percent;       /* y is a share, shown from 0 to 100 % */
  gboolean diagonal;      /* both axes are shares, with the line y = x */
} CfScatter;

/** The y axis begins at 0. */
void cf_plot_scatter (cairo_t *cr, double width, double height, const CfScatter *scatter, const CfPlotTheme *theme);

G_END_DECLS
