#include "cf-plot-private.h"

#include <math.h>

/* Voxels at or above the lower edge of bin i. */
static double
count_from (const guint64 bins[CF_HISTOGRAM_BINS], int i)
{
  double n = 0.0;
  for (; i < CF_HISTOGRAM_BINS; i++)
    n += (double)bins[i];
  return n;
}

typedef struct
{
  CfPlotBox box;
  double top, decades; /* log10 of the volume at the top; how many decades the plot has */
} VolumeFrame;

static double
volume_y (const VolumeFrame *frame, double volume)
{
  return frame->box.y + frame->box.height * CLAMP ((frame->top - log10 (volume)) / frame->decades, 0.0, 1.0);
}

static void
draw_decades (cairo_t *cr, const VolumeFrame *frame, const CfPlotTheme *theme)
{
  int first = (int)ceil (frame->top - frame->decades), last = (int)floor (frame->top);
  for (int e = first; e <= last; e++)
    {
      double y = volume_y (frame, pow (10.0, e));
      g_autofree char *number = cf_plot_decade_label (MAX (e, 0));
      g_autofree char *text = e == last ? g_strconcat (number, " \303\205\302\263", NULL) : g_strdup (number);
      cf_plot_set_grey (cr, theme, 0.09);
      cairo_set_line_width (cr, 1.0);
      cairo_move_to (cr, frame->box.x, floor (y) + 0.5);
      cairo_line_to (cr, frame->box.x + frame->box.width, floor (y) + 0.5);
      cairo_stroke (cr);
      cf_plot_set_grey (cr, theme, 0.7);
      cf_plot_text (cr, theme, frame->box.x + 4.0, y, 0.0, 0.5, text);
    }
}

void
cf_plot_volume (cairo_t *cr, double width, double height, const guint64 bins[CF_HISTOGRAM_BINS], double voxel_volume, double level,
                const CfPlotTheme *theme)
{
  double line = cf_plot_line_height (theme), all = count_from (bins, 0) * voxel_volume;
  VolumeFrame frame = { { 0.0, 0.6 * line, width, height - 1.6 * line - 2.0 }, ceil (log10 (MAX (all, 10.0))), 0.0 };

  cf_plot_begin (cr, width, height, theme);
  if (frame.box.height < 2.0 * line || width < 6.0 * line || !(all > 0.0))
    return;
  frame.decades = MAX (1.0, frame.top - floor (log10 (MAX (voxel_volume, 1.0))));
  cf_plot_level_axis (cr, &frame.box, theme);
  draw_decades (cr, &frame, theme);
  for (int i = 0; i < CF_HISTOGRAM_BINS; i++)
    {
      double volume = count_from (bins, i) * voxel_volume;
      if (volume > 0.0)
        cairo_line_to (cr, cf_plot_level_x (&frame.box, (double)i / CF_HISTOGRAM_BINS), volume_y (&frame, volume));
    }
  cf_plot_set_hue (cr, theme, CF_HUE_COVERAGE, 1.0);
  cairo_set_line_width (cr, 1.8);
  cairo_stroke (cr);
  cf_plot_level_bar (cr, &frame.box, level, FALSE, theme);
}
