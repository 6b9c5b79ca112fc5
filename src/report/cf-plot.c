#include "cf-plot-private.h"

#include <math.h>

#include "cf-words.h"

void
cf_histogram (const CfVolume *volume, const CfNormalisation *normalisation, guint64 bins[CF_HISTOGRAM_BINS])
{
  const int *dims = volume->grid.dims, *lo = normalisation->lo, *size = normalisation->dims;

  memset (bins, 0, CF_HISTOGRAM_BINS * sizeof *bins);
  for (int z = lo[2]; z < lo[2] + size[2]; z++)
    for (int y = lo[1]; y < lo[1] + size[1]; y++)
      {
        const float *row = volume->data + ((gsize)z * dims[1] + y) * dims[0] + lo[0];
        for (int x = 0; x < size[0]; x++)
          {
            double d = row[x] > 0.0f ? row[x] / normalisation->max : 0.0;
            bins[d < 1.0 ? (int)(d * CF_HISTOGRAM_BINS) : CF_HISTOGRAM_BINS - 1]++;
          }
      }
}

double
cf_histogram_top (const guint64 bins[CF_HISTOGRAM_BINS], double share)
{
  double total = 0.0, above = 0.0;

  for (int i = 0; i < CF_HISTOGRAM_BINS; i++)
    total += (double)bins[i];
  for (int i = CF_HISTOGRAM_BINS - 1; i >= 0 && total > 0.0; i--)
    {
      double here = (double)bins[i], wanted = share * total - above;
      if (here > 0.0 && here >= wanted)
        return (i + 1.0 - wanted / here) / CF_HISTOGRAM_BINS;
      above += here;
    }
  return NAN;
}

gsize
cf_plot_ticks (const CfNormalisation *normalisation, double contour, double plateau, const guint64 bins[CF_HISTOGRAM_BINS],
               CfPlotTick out[CF_PLOT_TICKS])
{
  gsize n = 0;
  CfLevel generic = cf_level_generic (normalisation);
  /* the generic threshold is the larger of the two: the label says which one it is */
  out[n++] = (CfPlotTick){ generic.sigma > 3.001 ? N_("0.1 (\302\265 + 3\317\203 is below)") : "\302\265 + 3\317\203", generic.normalised };
  if (isfinite (contour))
    out[n++] = (CfPlotTick){ N_("author"), cf_level_from_file (normalisation, contour).normalised };
  if (isfinite (plateau))
    out[n++] = (CfPlotTick){ N_("plateau"), plateau };
  double top = bins != NULL ? cf_histogram_top (bins, 0.01) : NAN;
  if (isfinite (top))
    out[n++] = (CfPlotTick){ N_("top 1 %"), top };
  return n;
}

/* -- the histogram ---------------------------------------------------------------------------------------------------------- */

static double
log_count (guint64 count)
{
  return log10 (1.0 + (double)count);
}

static void
draw_bins (cairo_t *cr, const CfPlotBox *area, const guint64 bins[CF_HISTOGRAM_BINS], double top, double level, const CfPlotTheme *theme)
{
  for (int above = 0; above < 2; above++)
    {
      cairo_save (cr);
      double split = isnan (level) ? area->x : cf_plot_level_x (area, level);
      if (above)
        cairo_rectangle (cr, split, area->y, area->x + area->width - split, area->height);
      else
        cairo_rectangle (cr, area->x, area->y, split - area->x, area->height);
      cairo_clip (cr);
      cairo_move_to (cr, area->x, area->y + area->height);
      for (int i = 0; i < CF_HISTOGRAM_BINS; i++)
        {
          double y = area->y + area->height * (1.0 - log_count (bins[i]) / top);
          cairo_line_to (cr, cf_plot_level_x (area, (double)i / CF_HISTOGRAM_BINS), y);
          cairo_line_to (cr, cf_plot_level_x (area, (i + 1.0) / CF_HISTOGRAM_BINS), y);
        }
      cairo_line_to (cr, area->x + area->width, area->y + area->height);
      cairo_close_path (cr);
      cf_plot_set_grey (cr, theme, above ? 0.45 : 0.22);
      cairo_fill (cr);
      cairo_restore (cr);
    }
}

static void
draw_count_axis (cairo_t *cr, const CfPlotBox *area, double top, const CfPlotTheme *theme)
{
  double line = cf_plot_line_height (theme);
  int last = (int)floor (top - 0.5 * line * top / area->height), step = MAX (1, (int)ceil (1.3 * line * top / area->height));

  for (int e = step; e <= last; e += step)
    {
      double y = area->y + area->height * (1.0 - log_count ((guint64)pow (10.0, e)) / top);
      g_autofree char *number = cf_plot_decade_label (e);
      g_autofree char *text = e + step > last ? g_strconcat (number, " ", _("voxels"), NULL) : g_strdup (number);
      cf_plot_set_grey (cr, theme, 0.09);
      cairo_set_line_width (cr, 1.0);
      cairo_move_to (cr, area->x, floor (y) + 0.5);
      cairo_line_to (cr, area->x + area->width, floor (y) + 0.5);
      cairo_stroke (cr);
      cf_plot_set_grey (cr, theme, 0.7);
      cf_plot_label (cr, theme, area->x + 4.0, y, 0.0, 0.5, text);
    }
}

static void
draw_tick_line (cairo_t *cr, const CfPlotBox *area, double x, double top, const CfPlotTheme *theme)
{
  static const double dash[] = { 3.0, 2.0 };
  cf_plot_set_grey (cr, theme, 0.55);
  cairo_set_line_width (cr, 1.0);
  cairo_set_dash (cr, dash, 2, 0.0);
  cairo_move_to (cr, floor (x) + 0.5, top);
  cairo_line_to (cr, floor (x) + 0.5, area->y + area->height);
  cairo_stroke (cr);
  cairo_set_dash (cr, NULL, 0, 0.0);
}

/* Each label stands right of its tick, or left of it where there is no room, in the first row that is free; a tick whose label finds no
 * room is drawn without. */
static void
draw_tick (cairo_t *cr, const CfPlotBox *area, const CfPlotTick *tick, int rows, GArray *taken, const CfPlotTheme *theme)
{
  double x = cf_plot_level_x (area, tick->level), line = cf_plot_line_height (theme);
  const char *text = _(tick->label);
  double width = cf_plot_text_width (cr, theme, text);

  if (isnan (x))
    return;
  for (int row = 0; row < rows; row++)
    for (int side = 0; side < 2; side++)
      {
        CfPlotBox box = { side == 0 ? x + 4.0 : x - 4.0 - width, area->y - rows * line + row * line, width, line };
        if (box.x < area->x || box.x + box.width > area->x + area->width || !cf_placements_claim (taken, &box, 6.0))
          continue;
        draw_tick_line (cr, area, x, box.y + 2.0, theme);
        cf_plot_set_grey (cr, theme, 0.85);
        cf_plot_text (cr, theme, box.x, box.y + 0.5 * line, 0.0, 0.5, text);
        return;
      }
  draw_tick_line (cr, area, x, area->y, theme);
}

void
cf_plot_histogram (cairo_t *cr, double width, double height, const guint64 bins[CF_HISTOGRAM_BINS], const CfPlotTick *ticks, gsize n_ticks,
                   double level, const CfPlotTheme *theme)
{
  double line = cf_plot_line_height (theme), top = 1.0;
  int rows = height < 5.0 * line ? 1 : 2;
  CfPlotBox area = { 0.0, rows * line, width, height - (rows + 1.0) * line - 2.0 };
  g_autoptr (GArray) taken = g_array_new (FALSE, FALSE, sizeof (CfPlotBox));

  cf_plot_begin (cr, width, height, theme);
  if (area.height < line || width < 4.0 * line)
    return;
  for (int i = 0; i < CF_HISTOGRAM_BINS; i++)
    top = MAX (top, 1.1 * log_count (bins[i]));
  cf_plot_level_axis (cr, &area, theme);
  draw_bins (cr, &area, bins, top, level, theme);
  draw_count_axis (cr, &area, top, theme);
  for (gsize i = 0; i < n_ticks; i++)
    draw_tick (cr, &area, &ticks[i], rows, taken, theme);
  cf_plot_level_bar (cr, &area, level, TRUE, theme);
}

/* -- the loss --------------------------------------------------------------------------------------------------------------- */

typedef struct
{
  CfPlotBox box;
  double lo, hi; /* log10 */
  int n;
} LossFrame;

static void
widen_range (LossFrame *frame, const double *values)
{
  for (int i = 0; values && i < frame->n; i++)
    if (values[i] > 0.0 && isfinite (values[i]))
      {
        frame->lo = MIN (frame->lo, log10 (values[i]));
        frame->hi = MAX (frame->hi, log10 (values[i]));
      }
}

static void
loss_point (const LossFrame *frame, int i, double value, double *x, double *y)
{
  *x = frame->box.x + (frame->n > 1 ? frame->box.width * i / (frame->n - 1) : frame->box.width);
  *y = frame->box.y + frame->box.height * (frame->hi - log10 (value)) / (frame->hi - frame->lo);
}

static void
draw_loss_line (cairo_t *cr, const LossFrame *frame, const double *values, CfHue hue, const CfPlotTheme *theme)
{
  static const double dash[] = { 3.0, 2.0 }; /* held out: no colour is needed to know it */
  double x = NAN, y = NAN;

  for (int i = 0; values && i < frame->n; i++)
    if (values[i] > 0.0 && isfinite (values[i]))
      {
        loss_point (frame, i, values[i], &x, &y);
        cairo_line_to (cr, x, y);
      }
  cf_plot_set_hue (cr, theme, hue, 1.0);
  cairo_set_line_width (cr, 1.5);
  cairo_set_dash (cr, dash, hue == CF_HUE_HELD_OUT ? 2 : 0, 0.0);
  cairo_stroke (cr);
  cairo_set_dash (cr, NULL, 0, 0.0);
  if (isnan (x))
    return;
  cairo_arc (cr, x, y, 2.2, 0.0, 2.0 * G_PI);
  cairo_fill (cr);
}

static void
draw_loss_decades (cairo_t *cr, const LossFrame *frame, double left, const CfPlotTheme *theme)
{
  int step = MAX (1, (int)ceil (1.5 * cf_plot_line_height (theme) * (frame->hi - frame->lo) / frame->box.height));

  for (int e = (int)ceil (frame->lo); e <= (int)floor (frame->hi); e += step)
    {
      double x, y;
      char text[16];
      loss_point (frame, 0, pow (10.0, e), &x, &y);
      cf_plot_set_grey (cr, theme, 0.12);
      cairo_set_line_width (cr, 1.0);
      cairo_move_to (cr, left, floor (y) + 0.5);
      cairo_line_to (cr, frame->box.x + frame->box.width, floor (y) + 0.5);
      cairo_stroke (cr);
      g_snprintf (text, sizeof text, "1e%d", e);
      cf_plot_set_grey (cr, theme, 0.7);
      cf_plot_text (cr, theme, 2.0, y, 0.0, 0.5, text);
    }
}

static void
draw_loss_values (cairo_t *cr, const LossFrame *frame, double height, const double *loss, const double *held_out, gboolean names,
                  const CfPlotTheme *theme)
{
  const double *const values[] = { loss, held_out };
  static const char *const name[] = { N_("loss"), N_("held out") };
  static const CfHue hue[] = { CF_HUE_COVERAGE, CF_HUE_HELD_OUT };
  double line = cf_plot_line_height (theme), y[2] = { NAN, NAN }, x, last[2] = { NAN, NAN };

  for (int k = 0; k < 2; k++)
    for (int i = frame->n - 1; values[k] && i >= 0 && isnan (y[k]); i--)
      if (values[k][i] > 0.0 && isfinite (values[k][i]))
        {
          last[k] = values[k][i];
          loss_point (frame, i, last[k], &x, &y[k]);
        }
  if (fabs (y[1] - y[0]) < line) /* false where either is NAN */
    {
      double middle = CLAMP (0.5 * (y[0] + y[1]), line, MAX (line, height - line));
      double sign = y[1] < y[0] ? -0.5 : 0.5;
      y[0] = middle - sign * line;
      y[1] = middle + sign * line;
    }
  for (int k = 0; k < 2; k++)
    if (!isnan (y[k]))
      {
        char number[G_ASCII_DTOSTR_BUF_SIZE];
        g_autofree char *text = g_strconcat (names ? _(name[k]) : "", names ? " " : "",
                                            g_ascii_formatd (number, sizeof number, "%.1e", last[k]), NULL);
        cf_plot_set_hue (cr, theme, hue[k], 1.0);
        cf_plot_text (cr, theme, frame->box.x + frame->box.width + 5.0, CLAMP (y[k], 0.5 * line, MAX (0.5 * line, height - 0.5 * line)),
                      0.0, 0.5, text);
      }
}

void
cf_plot_loss (cairo_t *cr, double width, double height, const double *loss, const double *held_out, int n, const CfPlotTheme *theme)
{
  g_autofree char *held_out_name = g_strconcat (_("held out"), " ", NULL);
  double line = cf_plot_line_height (theme);
  double number = cf_plot_text_width (cr, theme, "0.0e-00") + 10.0, name = cf_plot_text_width (cr, theme, held_out_name);
  gboolean names = width > 4.0 * (number + name) && height > 3.0 * line;
  gboolean values = width > 2.0 * number, axis = height > 3.0 * line && width > 3.0 * number;
  double left = axis ? cf_plot_text_width (cr, theme, "1e-0") + 6.0 : 3.0;
  double right = values ? number + (names ? name : 0.0) : 4.0, bottom = axis ? line : 3.0;
  LossFrame frame = { { left, 0.5 * line, width - left - right, height - bottom - 0.5 * line }, INFINITY, -INFINITY, n };

  cf_plot_begin (cr, width, height, theme);
  widen_range (&frame, loss);
  widen_range (&frame, held_out);
  if (n <= 0 || !(frame.lo <= frame.hi) || frame.box.width < 8.0 || frame.box.height < 4.0)
    return;
  if (frame.hi - frame.lo < 0.5)
    {
      double middle = 0.5 * (frame.lo + frame.hi);
      frame.lo = middle - 0.25;
      frame.hi = middle + 0.25;
    }
  if (axis)
    {
      char text[32];
      draw_loss_decades (cr, &frame, left, theme);
      g_snprintf (text, sizeof text, "%s %d", _("epoch"), n);
      cf_plot_set_grey (cr, theme, 0.7);
      cf_plot_text (cr, theme, frame.box.x + frame.box.width, height, 1.0, 1.0, text);
    }
  draw_loss_line (cr, &frame, held_out, CF_HUE_HELD_OUT, theme);
  draw_loss_line (cr, &frame, loss, CF_HUE_COVERAGE, theme);
  if (values)
    draw_loss_values (cr, &frame, height, loss, held_out, names, theme);
}
