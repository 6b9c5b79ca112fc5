#include "cf-plot-private.h"

#include <math.h>

#include "cf-words.h"

#define BELOW 2.7 /* lines: caption and scale */

/* The least value is the page, the largest is ink: what is printed most often is empty. */
static cairo_surface_t *
plane_surface (const CfPlane *plane, const CfPlotTheme *theme)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, plane->width, plane->height);
  guint8 *data = cairo_image_surface_get_data (surface);
  gsize stride = cairo_image_surface_get_stride (surface);
  double range = plane->hi > plane->lo ? plane->hi - plane->lo : 1.0;

  for (int y = 0; y < plane->height; y++)
    for (int x = 0; x < plane->width; x++)
      {
        double f = (plane->value[(gsize)y * plane->width + x] - plane->lo) / range;
        guint32 pixel = 0;
        for (int a = 0; a < 3; a++)
          pixel = pixel << 8 | (guint32)lround (255.0 * (theme->background[a] + f * (theme->foreground[a] - theme->background[a])));
        ((guint32 *)(void *)(data + y * stride))[x] = pixel;
      }
  cairo_surface_mark_dirty (surface);
  return surface;
}

static void
draw_plane (cairo_t *cr, const CfPlane *plane, const CfPlotBox *box, const CfPlotTheme *theme)
{
  cairo_surface_t *surface = plane_surface (plane, theme);

  cairo_save (cr);
  cairo_translate (cr, box->x, box->y);
  cairo_scale (cr, box->width / plane->width, box->height / plane->height);
  cairo_set_source_surface (cr, surface, 0.0, 0.0);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_NEAREST);
  cairo_paint (cr);
  cairo_restore (cr);
  cairo_surface_destroy (surface);
  cf_plot_set_grey (cr, theme, 0.35);
  cairo_set_line_width (cr, 0.6);
  cairo_rectangle (cr, box->x, box->y, box->width, box->height);
  cairo_stroke (cr);
}

/* The first words are left out where the cell has no room for them. */
static void
draw_caption (cairo_t *cr, const CfPlane *plane, double x, double y, double width, const CfPlotTheme *theme)
{
  static const char *const along[] = { "X", "Y", "Z" }, *const axes[] = { "y, z", "x, z", "x, y" };
  gboolean projection = plane->kind == CF_PLANE_PROJECTION;
  g_autofree char *brief = g_strdup_printf (projection ? _("along %s (%s)") : _("across %s (%s)"), along[plane->axis], axes[plane->axis]);
  g_autofree char *text = g_strdup_printf (projection ? _("projection %s") : _("central slice %s"), brief);
  cf_plot_set_grey (cr, theme, 0.8);
  cf_plot_label (cr, theme, x, y, 0.5, 0.0, cf_plot_text_width (cr, theme, text) <= width ? text : brief);
}

/* The longest of these that is at most a third of the widest plane. */
static void
draw_scale_bar (cairo_t *cr, double scale, double widest, double y, const CfPlotTheme *theme)
{
  static const double lengths[] = { 500, 200, 100, 50, 20, 10, 5, 2, 1 };
  gsize i = 0;
  while (i + 1 < G_N_ELEMENTS (lengths) && lengths[i] > widest / 3.0)
    i++;
  double length = lengths[i] * scale;
  g_autofree char *text = g_strdup_printf ("%g \303\205", lengths[i]);
  cf_plot_set_grey (cr, theme, 0.8);
  cairo_set_line_width (cr, 1.5);
  cairo_move_to (cr, 1.0, y);
  cairo_line_to (cr, 1.0 + length, y);
  cairo_stroke (cr);
  cf_plot_label (cr, theme, length + 7.0, y, 0.0, 0.5, text);
}

double
cf_plot_planes_height (double width, CfPlane *const *planes, gsize n, const CfPlotTheme *theme)
{
  double line = cf_plot_line_height (theme), cell = width / n, wide = 0.0, high = 0.0;
  for (gsize i = 0; i < n; i++)
    {
      wide = MAX (wide, planes[i]->extent[0]);
      high = MAX (high, planes[i]->extent[1]);
    }
  return (cell - 12.0) * MIN (high / wide, 1.4) + BELOW * line;
}

void
cf_plot_planes (cairo_t *cr, double width, double height, CfPlane *const *planes, gsize n, const CfPlotTheme *theme)
{
  double line = cf_plot_line_height (theme), cell = width / n, room = height - BELOW * line, scale = INFINITY, widest = 0.0;

  cf_plot_begin (cr, width, height, theme);
  if (room < line || cell < 24.0)
    return;
  for (gsize i = 0; i < n; i++)
    {
      scale = MIN (scale, MIN ((cell - 12.0) / planes[i]->extent[0], room / planes[i]->extent[1]));
      widest = MAX (widest, planes[i]->extent[0]);
    }
  for (gsize i = 0; i < n; i++)
    {
      double w = planes[i]->extent[0] * scale, h = planes[i]->extent[1] * scale, middle = (i + 0.5) * cell;
      const CfPlotBox box = { middle - 0.5 * w, 0.5 * (room - h), w, h };
      draw_plane (cr, planes[i], &box, theme);
      draw_caption (cr, planes[i], middle, room + 0.4 * line, cell - 6.0, theme);
    }
  draw_scale_bar (cr, scale, widest, room + (BELOW - 0.5) * line, theme);
}
