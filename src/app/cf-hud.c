/* cf-hud.c: what stands over the picture: scale bar, axes, a label for voxels or reduced detail. */
#include "cf-hud.h"

#include "cf-format.h"
#include "cf-words.h"

#include <math.h>

#define MARGIN 16.0

typedef struct
{
  CfViewport *viewport;
  CfPicture *picture;
  GtkWidget *tools;
  CfPace writing, film, final;
} Hud;

static void
set_ink (cairo_t *cr, const Hud *hud, double alpha)
{
  double v = hud->picture->options.background == CF_BACKGROUND_DARK ? 0.92 : 0.1;
  cairo_set_source_rgba (cr, v, v, v, alpha);
}

static void
draw_text (cairo_t *cr, GtkWidget *widget, double x, double y, double xalign, const char *text)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (widget, text);
  int width, height;
  pango_layout_get_pixel_size (layout, &width, &height);
  cairo_move_to (cr, x - xalign * width, y - height);
  pango_cairo_show_layout (cr, layout);
}

/* 1, 2 or 5 times a power of ten, at most a fifth of the width. */
static void
draw_scale_bar (cairo_t *cr, GtkWidget *widget, const Hud *hud, int width, int height)
{
  double pixel = cf_camera_pixel_size (cf_viewport_camera (hud->viewport), height);
  double longest = 0.2 * width * pixel, decade = pow (10, floor (log10 (longest)));
  double length = longest >= 5 * decade ? 5 * decade : longest >= 2 * decade ? 2 * decade : decade;
  double x = width - MARGIN, y = height - MARGIN, w = length / pixel;
  g_autofree char *text = cf_format_size (length);
  cairo_set_line_width (cr, 2);
  cairo_move_to (cr, x - w, y - 4);
  cairo_line_to (cr, x - w, y);
  cairo_line_to (cr, x, y);
  cairo_line_to (cr, x, y - 4);
  cairo_stroke (cr);
  draw_text (cr, widget, x - w / 2, y - 6, 0.5, text);
}

static void
draw_axes (cairo_t *cr, GtkWidget *widget, const Hud *hud, int height)
{
  static const double hues[3][3] = { { 0.84, 0.37, 0.0 }, { 0.0, 0.62, 0.45 }, { 0.34, 0.71, 0.91 } };
  static const char *const names[3] = { "x", "y", "z" };
  float view[16];
  cf_camera_view (cf_viewport_camera (hud->viewport), view);
  double x0 = MARGIN + 26, y0 = height - MARGIN - 26;
  cairo_set_line_width (cr, 2);
  for (int a = 0; a < 3; a++)
    {
      double x = x0 + 22 * view[4 * a], y = y0 - 22 * view[4 * a + 1];
      cairo_set_source_rgb (cr, hues[a][0], hues[a][1], hues[a][2]);
      cairo_move_to (cr, x0, y0);
      cairo_line_to (cr, x, y);
      cairo_stroke (cr);
      set_ink (cr, hud, 0.8);
      draw_text (cr, widget, x0 + 30 * view[4 * a], y0 - 30 * view[4 * a + 1] + 8, 0.5, names[a]);
    }
}

/* A label on a ground of its own, kept within the widget. */
static void
draw_label (cairo_t *cr, GtkWidget *widget, const Hud *hud, double x, double y, const char *text)
{
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (widget, text);
  int width, height;
  gboolean dark = hud->picture->options.background == CF_BACKGROUND_DARK;
  pango_layout_get_pixel_size (layout, &width, &height);
  x = CLAMP (x, 6, MAX (6, gtk_widget_get_width (widget) - width - 6));
  y = CLAMP (y, 4, MAX (4, gtk_widget_get_height (widget) - height - 4));
  cairo_rectangle (cr, x - 5, y - 3, width + 10, height + 6);
  cairo_set_source_rgba (cr, dark ? 0.1 : 1, dark ? 0.1 : 1, dark ? 0.11 : 1, 0.82);
  cairo_fill (cr);
  set_ink (cr, hud, 0.95);
  cairo_move_to (cr, x, y);
  pango_cairo_show_layout (cr, layout);
}

static void
draw_measure (cairo_t *cr, GtkWidget *widget, const Hud *hud, int width, int height)
{
  const double (*ends)[3] = (const double (*)[3]) hud->picture->measure;
  double middle[3], d2 = 0, x, y;
  if (isnan (ends[0][0]))
    return;
  for (int a = 0; a < 3; a++)
    {
      middle[a] = (ends[0][a] + ends[1][a]) / 2;
      d2 += (ends[0][a] - ends[1][a]) * (ends[0][a] - ends[1][a]);
    }
  g_autofree char *text = cf_format_length (sqrt (d2));
  if (cf_camera_project (cf_viewport_camera (hud->viewport), middle, width, height, &x, &y) && x > 0 && y > 0 && x < width && y < height)
    draw_label (cr, widget, hud, x + 8, y - 8, text);
}

/* notes: where those end. */
static void
draw_divider (cairo_t *cr, GtkWidget *widget, const Hud *hud, int width, int height, double notes)
{
  static const char *const filters[] = { [CF_FILTER_LINEAR] = N_("voxels, trilinear"), [CF_FILTER_NEAREST] = N_("voxels"), [CF_FILTER_CUBIC] = N_("voxels, tricubic") };
  const CfScene *scene = hud->picture->scene;
  if (scene->split <= 0 || scene->other.serial == 0)
    return;
  double x = scene->split * width, y = MAX (height * 0.12, notes + 8);
  if (scene->split >= 1) /* all of it is the other field: there is nothing to divide */
    {
      draw_label (cr, widget, hud, MARGIN, y, _(filters[scene->other_filter]));
      return;
    }
  set_ink (cr, hud, 0.8);
  cairo_set_line_width (cr, 1.5);
  cairo_move_to (cr, x, 0);
  cairo_line_to (cr, x, height);
  cairo_stroke (cr);
  cairo_arc (cr, x, height / 2.0, 5, 0, 2 * G_PI);
  cairo_fill (cr);
  const char *field = scene->difference ? _("field − voxels") : hud->picture->samples != NULL && hud->picture->samples->voxels ? _("voxels") : _("neural field");
  const char *voxels = _(filters[scene->other_filter]);
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (widget, voxels);
  int label;
  pango_layout_get_pixel_size (layout, &label, NULL);
  draw_label (cr, widget, hud, x - label - 14, y, voxels);
  draw_label (cr, widget, hud, x + 14, y, field);
}

static void
draw_hover (cairo_t *cr, GtkWidget *widget, const Hud *hud)
{
  double x, y;
  cf_viewport_hover_position (hud->viewport, &x, &y);
  if (hud->picture->hover != NULL && x >= 0)
    draw_label (cr, widget, hud, x + 16, y + 14, hud->picture->hover);
}

/* Whether the text ends before the tools begin, which stand at the right. */
static gboolean
fits_beside_tools (GtkWidget *widget, const Hud *hud, const char *text)
{
  graphene_rect_t tools;
  int width;
  if (!gtk_widget_get_mapped (hud->tools) || !gtk_widget_compute_bounds (hud->tools, widget, &tools))
    return TRUE;
  g_autoptr (PangoLayout) layout = gtk_widget_create_pango_layout (widget, text);
  pango_layout_get_pixel_size (layout, &width, NULL);
  return MARGIN + width + MARGIN <= tools.origin.x;
}

/* NULL: nothing is under way. */
static char *
work_text (CfPace *pace, double share, const char *name)
{
  g_autofree char *left = cf_format_seconds (cf_pace_left (pace, share));
  if (isnan (share) || share >= 1)
    return isnan (share) ? NULL : g_strdup (name);
  return *left == '\0' ? g_strdup_printf (_("%s: %.0f %% (Esc stops)"), name, 100 * share)
                       : g_strdup_printf (_("%s: %.0f %%, about %s left (Esc stops)"), name, 100 * share, left);
}

/* The first stands beside the tools where it fits, else all of them below. Returns where they end. */
static double
draw_notes (cairo_t *cr, GtkWidget *widget, Hud *hud)
{
  const CfPicture *picture = hud->picture;
  const char *lines[8];
  g_autofree char *writing = work_text (&hud->writing, picture->writing, _("writing"));
  g_autofree char *film = work_text (&hud->film, picture->film, _("film"));
  g_autofree char *final = work_text (&hud->final, picture->final, _("drawn by the networks"));
  g_autofree char *spacing = cf_format_length (picture->detail);
  g_autofree char *detail = isnan (picture->finer) ? g_strdup_printf (_("samples every %s"), spacing)
                                                   : g_strdup_printf (_("samples every %s, finer ones: %.0f %%"), spacing, 100 * picture->finer);
  g_autofree char *beyond = g_strdup_printf (_("field − voxels beyond %.1f × RMS"), picture->options.difference_level);
  int n = 0;
  if (picture->samples != NULL && picture->samples->voxels && picture->scene->field.serial != 0)
    lines[n++] = _("voxels of the map, not trained yet");
  if (writing != NULL)
    lines[n++] = writing;
  if (film != NULL)
    lines[n++] = film;
  if (final != NULL)
    lines[n++] = final;
  else if (cf_viewport_is_reduced (hud->viewport))
    lines[n++] = _("reduced detail");
  if (final == NULL && !isnan (picture->detail))
    lines[n++] = detail;
  if (picture->options.difference)
    {
      lines[n++] = beyond;
      lines[n++] = picture->scene->difference ? _("blue: the field has more, striped vermilion: less") : _("not there yet: it needs the fitted field and its map");
    }
  if (picture->options.split && picture->scene->other.serial == 0)
    lines[n++] = _("no voxels beside it yet: they need the map");
  int row = n > 0 && !fits_beside_tools (widget, hud, lines[0]);
  double y = 0;
  for (int i = 0; i < n; i++, row++)
    {
      y = MARGIN + 18 + 24 * row + (row > 0 ? 14 : 0); /* the tools end between the first row and the next */
      draw_label (cr, widget, hud, MARGIN, y - 18, lines[i]);
    }
  return y;
}

static void
draw (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
  Hud *hud = data;
  GtkWidget *widget = GTK_WIDGET (area);
  if (hud->picture->scene->field.serial == 0 && hud->picture->scene->spheres->len == 0 && hud->picture->scene->boxes->len == 0)
    return;
  set_ink (cr, hud, 0.85);
  draw_scale_bar (cr, widget, hud, width, height);
  draw_axes (cr, widget, hud, height);
  draw_divider (cr, widget, hud, width, height, draw_notes (cr, widget, hud));
  draw_measure (cr, widget, hud, width, height);
  draw_hover (cr, widget, hud);
}

/* In the render handler of another widget a redraw cannot be asked for within the same frame. */
static void
follow (CfViewport *viewport, GtkWidget *area)
{
  gtk_widget_queue_draw (area);
}

static void
follow_pointer (CfViewport *viewport, guint pick, GtkWidget *area)
{
  gtk_widget_queue_draw (area);
}

GtkWidget *
cf_hud_new (CfViewport *viewport, CfPicture *picture, GtkWidget *tools)
{
  GtkWidget *area = gtk_drawing_area_new ();
  Hud *hud = g_new0 (Hud, 1);
  hud->viewport = viewport;
  hud->picture = picture;
  hud->tools = tools;
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (area), draw, hud, g_free);
  gtk_widget_set_can_target (area, FALSE);
  gtk_widget_set_hexpand (area, TRUE);
  gtk_widget_set_vexpand (area, TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (area), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Scale bar and axes"), -1);
  g_signal_connect_object (viewport, "drawn", G_CALLBACK (follow), area, 0);
  g_signal_connect_object (viewport, "hovered", G_CALLBACK (follow_pointer), area, 0);
  return area;
}
