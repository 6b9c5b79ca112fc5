#include "cf-sheet.h"

#include <cairo-pdf.h>

#include "cf-words.h"

static const struct
{
  const char *font;
  double size, grey;
} styles[] = {
  [CF_SHEET_BODY] = { "Cantarell, Sans", 9.0, 0.13 },        [CF_SHEET_SMALL] = { "Cantarell, Sans", 8.0, 0.38 },
  [CF_SHEET_TITLE] = { "Cantarell, Sans Bold", 17.0, 0.1 },  [CF_SHEET_HEADING] = { "Cantarell, Sans Bold", 11.5, 0.1 },
  [CF_SHEET_FIGURE] = { "Cantarell, Sans Bold", 15.0, 0.1 }, [CF_SHEET_CODE] = { "Monospace", 7.5, 0.13 },
  [CF_SHEET_DENSE] = { "Cantarell, Sans", 7.0, 0.2 },
};

PangoLayout *
cf_sheet_layout (CfSheet *sheet, CfSheetStyle style, double width, const char *text)
{
  PangoLayout *layout = pango_cairo_create_layout (sheet->cr);
  PangoFontDescription *font = pango_font_description_from_string (styles[style].font);
  pango_font_description_set_absolute_size (font, styles[style].size * PANGO_SCALE);
  pango_layout_set_font_description (layout, font);
  pango_font_description_free (font);
  pango_layout_set_width (layout, (int)(width * PANGO_SCALE));
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_text (layout, text, -1);
  /* a hash or a command line that is broken must not gain a hyphen, and letters keep their own widths */
  PangoAttrList *attributes = pango_attr_list_new ();
  pango_attr_list_insert (attributes, pango_attr_insert_hyphens_new (FALSE));
  pango_layout_set_attributes (layout, attributes);
  pango_attr_list_unref (attributes);
  pango_context_set_round_glyph_positions (pango_layout_get_context (layout), FALSE);
  pango_layout_context_changed (layout);
  return layout;
}

double
cf_sheet_layout_height (PangoLayout *layout)
{
  int height;
  pango_layout_get_size (layout, NULL, &height);
  return (double)height / PANGO_SCALE;
}

void
cf_sheet_show (CfSheet *sheet, PangoLayout *layout, CfSheetStyle style, double x, double y)
{
  cairo_set_source_rgb (sheet->cr, styles[style].grey, styles[style].grey, styles[style].grey);
  cairo_move_to (sheet->cr, x, y);
  pango_cairo_show_layout (sheet->cr, layout);
}

static void
finish_page (CfSheet *sheet)
{
  char text[32];
  g_snprintf (text, sizeof text, "%d", sheet->page);
  g_autoptr (PangoLayout) layout = cf_sheet_layout (sheet, CF_SHEET_SMALL, CF_SHEET_TEXT_WIDTH, text);
  pango_layout_set_alignment (layout, PANGO_ALIGN_CENTER);
  cf_sheet_show (sheet, layout, CF_SHEET_SMALL, CF_SHEET_MARGIN, CF_SHEET_FOOT + 14.0);
  cairo_show_page (sheet->cr);
}

/* Makes sure that so much fits on this page. */
void
cf_sheet_need (CfSheet *sheet, double height)
{
  if (sheet->y + height <= CF_SHEET_FOOT)
    return;
  finish_page (sheet);
  sheet->page++;
  sheet->y = CF_SHEET_MARGIN;
}

void
cf_sheet_text (CfSheet *sheet, CfSheetStyle style, const char *text, double after)
{
  g_autoptr (PangoLayout) layout = cf_sheet_layout (sheet, style, CF_SHEET_TEXT_WIDTH, text);
  double height = cf_sheet_layout_height (layout);
  cf_sheet_need (sheet, height);
  cf_sheet_show (sheet, layout, style, CF_SHEET_MARGIN, sheet->y);
  sheet->y += height + after;
}

static void
write_rule (CfSheet *sheet, double x, double width)
{
  cairo_set_source_rgb (sheet->cr, 0.85, 0.87, 0.89);
  cairo_set_line_width (sheet->cr, 0.5);
  cairo_move_to (sheet->cr, x, sheet->y);
  cairo_line_to (sheet->cr, x + width, sheet->y);
  cairo_stroke (sheet->cr);
}

/* A heading does not stand alone at the foot of a page. */
void
cf_sheet_heading (CfSheet *sheet, const char *title, double with)
{
  cf_sheet_need (sheet, CF_SHEET_HEADING_ROOM + with);
  sheet->y += 12.0;
  cf_sheet_text (sheet, CF_SHEET_HEADING, title, 4.0);
}

/* The cells of a row, laid out; returns its height. */
static double
lay_row (CfSheet *sheet, const CfSheetCell *cells, char *const *texts, gsize n, PangoLayout *layouts[CF_SHEET_COLUMNS])
{
  const double gap = 6.0;
  double height = 0.0;

  for (gsize i = 0; i < n; i++)
    {
      layouts[i] = cf_sheet_layout (sheet, cells[i].style, cells[i].share * CF_SHEET_TEXT_WIDTH - gap, texts[i]);
      pango_layout_set_alignment (layouts[i], cells[i].numeric ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT);
      height = MAX (height, cf_sheet_layout_height (layouts[i]));
    }
  return height;
}

/* Frees the layouts. */
static void
show_row (CfSheet *sheet, const CfSheetCell *cells, PangoLayout *layouts[CF_SHEET_COLUMNS], gsize n, double height)
{
  double x = CF_SHEET_MARGIN;

  for (gsize i = 0; i < n; i++)
    {
      cf_sheet_show (sheet, layouts[i], cells[i].style, x, sheet->y + 2.0);
      x += cells[i].share * CF_SHEET_TEXT_WIDTH;
      g_object_unref (layouts[i]);
    }
  sheet->y += height + 4.0;
  write_rule (sheet, CF_SHEET_MARGIN, CF_SHEET_TEXT_WIDTH);
  sheet->y += 1.0;
}

void
cf_sheet_row (CfSheet *sheet, const CfSheetCell *cells, char *const *texts, gsize n)
{
  PangoLayout *layouts[CF_SHEET_COLUMNS];
  double height = lay_row (sheet, cells, texts, n, layouts);

  cf_sheet_need (sheet, height + 5.0);
  show_row (sheet, cells, layouts, n, height);
}

void
cf_sheet_row_below (CfSheet *sheet, const CfSheetCell *head, char *const *titles, const CfSheetCell *cells, char *const *texts, gsize n)
{
  PangoLayout *layouts[CF_SHEET_COLUMNS];
  double height = lay_row (sheet, cells, texts, n, layouts);
  int page = sheet->page;

  cf_sheet_need (sheet, height + 5.0);
  if (sheet->page != page)
    cf_sheet_row (sheet, head, titles, n);
  show_row (sheet, cells, layouts, n, height);
}

/* -- plots, the document --------------------------------------------------------------------------------------------------- */

double
cf_sheet_left (const CfSheet *sheet)
{
  return CF_SHEET_FOOT - sheet->y;
}

void
cf_sheet_plot (CfSheet *sheet, CfDrawFunc draw, gpointer user_data, double height, double least, const char *caption)
{
  cf_sheet_need (sheet, CF_SHEET_PLOT_SCALE * height * least + CF_SHEET_PLOT_CAPTION);
  height = MIN (height, (cf_sheet_left (sheet) - CF_SHEET_PLOT_CAPTION) / CF_SHEET_PLOT_SCALE);
  cairo_save (sheet->cr);
  cairo_translate (sheet->cr, CF_SHEET_MARGIN, sheet->y);
  cairo_scale (sheet->cr, CF_SHEET_PLOT_SCALE, CF_SHEET_PLOT_SCALE);
  draw (sheet->cr, CF_SHEET_PLOT_WIDTH, height, user_data);
  cairo_restore (sheet->cr);
  sheet->y += CF_SHEET_PLOT_SCALE * height + 4.0;
  cf_sheet_text (sheet, CF_SHEET_SMALL, caption, 8.0);
}

static cairo_status_t
append_bytes (void *closure, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

void
cf_sheet_open (CfSheet *sheet, const char *title)
{
  g_autofree char *valid = g_utf8_make_valid (title, -1);

  sheet->bytes = g_byte_array_new ();
  sheet->surface = cairo_pdf_surface_create_for_stream (append_bytes, sheet->bytes, CF_SHEET_WIDTH, CF_SHEET_HEIGHT);
  sheet->cr = cairo_create (sheet->surface);
  sheet->y = CF_SHEET_MARGIN;
  sheet->page = 1;
  cairo_pdf_surface_set_metadata (sheet->surface, CAIRO_PDF_METADATA_TITLE, valid);
  cairo_pdf_surface_set_metadata (sheet->surface, CAIRO_PDF_METADATA_CREATOR, "Cryofield " CF_VERSION);
}

GBytes *
cf_sheet_close (CfSheet *sheet, GError **error)
{
  cairo_status_t status;

  finish_page (sheet);
  status = cairo_status (sheet->cr);
  cairo_destroy (sheet->cr);
  cairo_surface_finish (sheet->surface);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_status (sheet->surface);
  cairo_surface_destroy (sheet->surface);
  if (status == CAIRO_STATUS_SUCCESS)
    return g_byte_array_free_to_bytes (sheet->bytes);
  g_byte_array_unref (sheet->bytes);
  g_set_error (error, CF_ERROR, CF_ERROR_FAILED, _("the PDF could not be drawn: %s"), cairo_status_to_string (status));
  return NULL;
}
