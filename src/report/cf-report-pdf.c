#include "cf-report-text.h"

#include <cairo-pdf.h>
#include <math.h>

#include <pango/pangocairo.h>

/* A4, in points. */
#define PAGE_WIDTH 595.28
#define PAGE_HEIGHT 841.89
#define MARGIN 51.0
#define WIDTH (PAGE_WIDTH - 2.0 * MARGIN)
#define FOOT (PAGE_HEIGHT - MARGIN)

typedef struct
{
  cairo_t *cr;
  json_t *root;
  const CfReportParts *parts;
  double y;
  int page;
} Sheet;

typedef enum
{
  STYLE_BODY,
  STYLE_SMALL,
  STYLE_TITLE,
  STYLE_HEADING,
  STYLE_FIGURE,
  STYLE_CODE
} Style;

static const struct
{
  const char *font;
  double size, grey;
} styles[] = {
  [STYLE_BODY] = { "Cantarell, Sans", 9.0, 0.13 },        [STYLE_SMALL] = { "Cantarell, Sans", 8.0, 0.38 },
  [STYLE_TITLE] = { "Cantarell, Sans Bold", 17.0, 0.1 },  [STYLE_HEADING] = { "Cantarell, Sans Bold", 11.5, 0.1 },
  [STYLE_FIGURE] = { "Cantarell, Sans Bold", 15.0, 0.1 }, [STYLE_CODE] = { "Monospace", 7.5, 0.13 },
};

static PangoLayout *
make_layout (Sheet *sheet, Style style, double width, const char *text)
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

static double
layout_height (PangoLayout *layout)
{
  int height;
  pango_layout_get_size (layout, NULL, &height);
  return (double)height / PANGO_SCALE;
}

static void
show_layout (Sheet *sheet, PangoLayout *layout, Style style, double x, double y)
{
  cairo_set_source_rgb (sheet->cr, styles[style].grey, styles[style].grey, styles[style].grey);
  cairo_move_to (sheet->cr, x, y);
  pango_cairo_show_layout (sheet->cr, layout);
}

static void
finish_page (Sheet *sheet)
{
  char text[32];
  g_snprintf (text, sizeof text, "%d", sheet->page);
  g_autoptr (PangoLayout) layout = make_layout (sheet, STYLE_SMALL, WIDTH, text);
  pango_layout_set_alignment (layout, PANGO_ALIGN_CENTER);
  show_layout (sheet, layout, STYLE_SMALL, MARGIN, FOOT + 14.0);
  cairo_show_page (sheet->cr);
}

/* Makes sure that so much fits on this page. */
static void
need (Sheet *sheet, double height)
{
  if (sheet->y + height <= FOOT)
    return;
  finish_page (sheet);
  sheet->page++;
  sheet->y = MARGIN;
}

static void
write_text (Sheet *sheet, Style style, const char *text, double after)
{
  g_autoptr (PangoLayout) layout = make_layout (sheet, style, WIDTH, text);
  double height = layout_height (layout);
  need (sheet, height);
  show_layout (sheet, layout, style, MARGIN, sheet->y);
  sheet->y += height + after;
}

static void
write_rule (Sheet *sheet, double x, double width)
{
  cairo_set_source_rgb (sheet->cr, 0.85, 0.87, 0.89);
  cairo_set_line_width (sheet->cr, 0.5);
  cairo_move_to (sheet->cr, x, sheet->y);
  cairo_line_to (sheet->cr, x + width, sheet->y);
  cairo_stroke (sheet->cr);
}

/* A heading does not stand alone at the foot of a page. */
static void
write_heading (Sheet *sheet, const char *title, double with)
{
  need (sheet, 30.0 + with);
  sheet->y += 12.0;
  write_text (sheet, STYLE_HEADING, title, 4.0);
}

/* -- words ------------------------------------------------------------------------------------------------------------------ */

static void
append_piece (const CfPiece *piece, gpointer user_data)
{
  g_string_append (user_data, piece->text);
}

/* New string; a dash where not all of it is known. */
static char *
say (Sheet *sheet, const char *row, const char *words)
{
  GString *text = g_string_new (NULL);
  if (words != NULL && cf_report_can_say (sheet->root, row, words))
    cf_report_say (sheet->root, row, words, append_piece, text);
  else if (words != NULL)
    g_string_append (text, "\342\200\223");
  return g_string_free (text, FALSE);
}

/* What stands in a paragraph is said with dashes inside it. */
static void
write_words (Sheet *sheet, Style style, const char *words, double after)
{
  g_autoptr (GString) text = g_string_new (NULL);
  cf_report_say (sheet->root, NULL, words, append_piece, text);
  write_text (sheet, style, text->str, after);
}

/* -- tables: cells that wrap, columns of given shares ----------------------------------------------------------------------- */

typedef struct
{
  double share; /* of the width */
  gboolean numeric;
  Style style;
} Cell;

static void
write_row (Sheet *sheet, const Cell *cells, char *const *texts, gsize n)
{
  const double gap = 6.0;
  PangoLayout *layouts[8];
  double height = 0.0, x = MARGIN;

  for (gsize i = 0; i < n; i++)
    {
      layouts[i] = make_layout (sheet, cells[i].style, cells[i].share * WIDTH - gap, texts[i]);
      pango_layout_set_alignment (layouts[i], cells[i].numeric ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT);
      height = MAX (height, layout_height (layouts[i]));
    }
  need (sheet, height + 5.0);
  for (gsize i = 0; i < n; i++)
    {
      show_layout (sheet, layouts[i], cells[i].style, x, sheet->y + 2.0);
      x += cells[i].share * WIDTH;
      g_object_unref (layouts[i]);
    }
  sheet->y += height + 4.0;
  write_rule (sheet, MARGIN, WIDTH);
  sheet->y += 1.0;
}

static void
write_facts (Sheet *sheet, const CfFacts *facts)
{
  static const Cell cells[] = { { 0.24, FALSE, STYLE_SMALL }, { 0.76, FALSE, STYLE_BODY } };

  write_heading (sheet, facts->title, 40.0);
  for (const CfFact *fact = facts->facts; fact->label != NULL; fact++)
    {
      if (!cf_report_needs (sheet->root, fact->need))
        continue;
      g_autoptr (GString) text = g_string_new (NULL);
      cf_report_say (sheet->root, NULL, fact->words, append_piece, text);
      char *const row[] = { (char *)fact->label, text->str };
      write_row (sheet, cells, row, 2);
    }
  sheet->y += 4.0;
  if (facts->note != NULL)
    write_text (sheet, STYLE_SMALL, facts->note, 3.0);
}

static void
write_table (Sheet *sheet, const CfTable *table)
{
  Cell cells[8], head[8];
  char *texts[8];
  gsize n = 0, rows = cf_report_n_rows (sheet->root, table);
  double total = 0.0;

  for (; table->columns[n].title != NULL; n++)
    total += table->columns[n].numeric ? 1.0 : 1.6;
  for (gsize k = 0; k < n; k++)
    {
      cells[k] = (Cell){ (table->columns[k].numeric ? 1.0 : 1.6) / total, table->columns[k].numeric, STYLE_BODY };
      head[k] = cells[k];
      head[k].style = STYLE_SMALL;
      texts[k] = (char *)table->columns[k].title;
    }
  write_row (sheet, head, texts, n);
  for (gsize i = 0; i < rows; i++)
    {
      g_autofree char *row = g_strdup_printf ("%s.%" G_GSIZE_FORMAT, table->list, i);
      for (gsize k = 0; k < n; k++)
        texts[k] = say (sheet, row, table->columns[k].words);
      write_row (sheet, cells, texts, n);
      for (gsize k = 0; k < n; k++)
        g_free (texts[k]);
    }
  sheet->y += 4.0;
}

static void
write_comparison (Sheet *sheet)
{
  static const Cell head[]
      = { { 0.52, FALSE, STYLE_SMALL }, { 0.16, TRUE, STYLE_SMALL }, { 0.16, TRUE, STYLE_SMALL }, { 0.16, TRUE, STYLE_SMALL } };
  static const Cell cells[]
      = { { 0.52, FALSE, STYLE_BODY }, { 0.16, TRUE, STYLE_BODY }, { 0.16, TRUE, STYLE_BODY }, { 0.16, TRUE, STYLE_BODY } };
  static char *const titles[] = { "", "count", "this graph", "by chance" };

  if (!cf_report_needs (sheet->root, "comparison"))
    return;
  write_heading (sheet, "Graph against model", 120.0);
  write_words (sheet, STYLE_BODY, "{model.name}: {model.atoms} atom{+s}, {model.residues} residue{+s}, {model.chains} chain{+s}.", 4.0);
  write_row (sheet, head, titles, 4);
  for (const CfMeasure *measure = cf_report_measures; measure->label != NULL; measure++)
    {
      g_autofree char *label = say (sheet, NULL, measure->label), *count = say (sheet, NULL, measure->count);
      g_autofree char *value = say (sheet, NULL, measure->value),
                      *chance = say (sheet, NULL, measure->chance ? measure->chance : "\342\200\223");
      g_autofree char *both = *measure->note ? g_strdup_printf ("%s (%s)", label, measure->note) : g_strdup (label);
      char *const row[] = { both, count, value, chance };
      write_row (sheet, cells, row, 4);
    }
  sheet->y += 5.0;
  for (const CfFact *note = cf_report_notes; note->label != NULL; note++)
    if (cf_report_needs (sheet->root, note->need))
      write_words (sheet, STYLE_SMALL, note->words, 3.0);
}

/* -- head, pictures --------------------------------------------------------------------------------------------------------- */

static void
write_head (Sheet *sheet)
{
  write_words (sheet, STYLE_TITLE, "Density graph of {map.name}", 3.0);
  if (cf_report_needs (sheet->root, "map.title"))
    write_words (sheet, STYLE_BODY, "{map.title}", 3.0);
  g_autoptr (GString) line = g_string_new (NULL);
  if (cf_report_needs (sheet->root, "map.emdb_id"))
    cf_report_say (sheet->root, NULL, "{map.emdb_id} \302\267 ", append_piece, line);
  if (cf_report_needs (sheet->root, "model.name"))
    cf_report_say (sheet->root, NULL, "against {model.name} \302\267 ", append_piece, line);
  cf_report_say (sheet->root, NULL, "Cryofield {version} \302\267 {date}", append_piece, line);
  write_text (sheet, STYLE_SMALL, line->str, 10.0);
}

static void
write_figures (Sheet *sheet)
{
  gsize n = 0, i = 0;
  double height = 0.0;

  for (const CfFigure *figure = cf_report_figures; figure->value != NULL; figure++)
    n += cf_report_needs (sheet->root, figure->need);
  for (const CfFigure *figure = cf_report_figures; figure->value != NULL; figure++)
    {
      if (!cf_report_needs (sheet->root, figure->need))
        continue;
      double width = WIDTH / n, x = MARGIN + width * i++, y = sheet->y;
      const char *const parts[] = { figure->value, figure->label, figure->small };
      static const Style part_styles[] = { STYLE_FIGURE, STYLE_BODY, STYLE_SMALL };
      for (gsize k = 0; k < G_N_ELEMENTS (parts); k++)
        {
          if (k == 2 && !cf_report_can_say (sheet->root, NULL, parts[k]))
            continue;
          g_autofree char *text = say (sheet, NULL, parts[k]);
          g_autoptr (PangoLayout) layout = make_layout (sheet, part_styles[k], width - 8.0, text);
          show_layout (sheet, layout, part_styles[k], x, y);
          y += layout_height (layout) + 1.0;
        }
      height = MAX (height, y - sheet->y);
    }
  sheet->y += height + 8.0;
}

static void
write_alarms (Sheet *sheet)
{
  static const struct
  {
    const char *key, *of;
  } lists[] = { { "map.warnings", "Map: " }, { "model.warnings", "Model: " } };

  for (gsize k = 0; k < G_N_ELEMENTS (lists); k++)
    for (gsize i = 0; i < json_array_size (cf_json_at (sheet->root, lists[k].key)); i++)
      {
        g_autofree char *words = g_strdup_printf ("\342\226\262 %s{%s.%" G_GSIZE_FORMAT "}", lists[k].of, lists[k].key, i);
        write_words (sheet, STYLE_BODY, words, 3.0);
      }
  for (const CfFact *alarm = cf_report_alarms; alarm->label != NULL; alarm++)
    if (cf_report_needs (sheet->root, alarm->need))
      write_words (sheet, STYLE_BODY, alarm->words, 3.0);
}

typedef struct
{
  const guint8 *data;
  gsize n;
} Bytes;

static cairo_status_t
read_bytes (void *closure, unsigned char *data, unsigned int length)
{
  Bytes *bytes = closure;
  if (length > bytes->n)
    return CAIRO_STATUS_READ_ERROR;
  memcpy (data, bytes->data, length);
  bytes->data += length;
  bytes->n -= length;
  return CAIRO_STATUS_SUCCESS;
}

static cairo_surface_t *
read_picture (GBytes *png)
{
  Bytes bytes;
  bytes.data = g_bytes_get_data (png, &bytes.n);
  cairo_surface_t *picture = cairo_image_surface_create_from_png_stream (read_bytes, &bytes);
  if (cairo_surface_status (picture) == CAIRO_STATUS_SUCCESS)
    return picture;
  cairo_surface_destroy (picture);
  return NULL;
}

static double
show_picture (Sheet *sheet, cairo_surface_t *picture, double x, double width)
{
  double scale = width / cairo_image_surface_get_width (picture);
  cairo_save (sheet->cr);
  cairo_translate (sheet->cr, x, sheet->y);
  cairo_scale (sheet->cr, scale, scale);
  cairo_set_source_surface (sheet->cr, picture, 0.0, 0.0);
  cairo_paint (sheet->cr);
  cairo_restore (sheet->cr);
  return scale * cairo_image_surface_get_height (picture);
}

/* Side by side, each over its name. */
static void
write_pictures (Sheet *sheet)
{
  const CfReport *report = &sheet->parts->report;
  double gap = 8.0, width = report->n_pictures > 0 ? (WIDTH + gap) / report->n_pictures - gap : 0.0, height = 0.0;

  need (sheet, width + 16.0);
  for (gsize i = 0; i < report->n_pictures; i++)
    {
      double x = MARGIN + i * (width + gap);
      cairo_surface_t *picture = read_picture (report->pictures[i].png);
      if (picture == NULL)
        continue;
      double own = show_picture (sheet, picture, x, width);
      cairo_surface_destroy (picture);
      g_autoptr (PangoLayout) layout = make_layout (sheet, STYLE_SMALL, width, report->pictures[i].label);
      pango_layout_set_alignment (layout, PANGO_ALIGN_CENTER);
      show_layout (sheet, layout, STYLE_SMALL, x, sheet->y + own + 1.0);
      height = MAX (height, own + 14.0);
    }
  sheet->y += height;
  if (height > 0.0)
    write_text (sheet, STYLE_SMALL, cf_report_needs (sheet->root, "comparison") ? CF_REPORT_PICTURES_COMPARED : CF_REPORT_PICTURES, 4.0);
}

/* The plots draw their letters for a page of this width; on paper all of it is a little smaller. */
#define PLOT_SCALE 0.8

static void
write_plot (Sheet *sheet, const CfReportPlot *plot, double with)
{
  double width = WIDTH / PLOT_SCALE, height = cf_report_plot_height (sheet->parts, plot, width);

  need (sheet, PLOT_SCALE * height + 26.0 + with);
  cairo_save (sheet->cr);
  cairo_translate (sheet->cr, MARGIN, sheet->y);
  cairo_scale (sheet->cr, PLOT_SCALE, PLOT_SCALE);
  plot->draw (sheet->cr, width, height, (gpointer)sheet->parts);
  cairo_restore (sheet->cr);
  sheet->y += PLOT_SCALE * height + 4.0;
  write_text (sheet, STYLE_SMALL, plot->caption, 8.0);
}

static void
write_level_plots (Sheet *sheet)
{
  CfReportPlot plots[CF_REPORT_PLOTS];
  gsize n = cf_report_level_plots (sheet->parts, plots);

  if (n > 0)
    write_heading (sheet, "Every threshold", PLOT_SCALE * plots[0].height + 30.0);
  for (gsize i = 0; i < n; i++)
    write_plot (sheet, &plots[i], 0.0);
}

static void
write_map_plots (Sheet *sheet)
{
  CfReportPlot plots[CF_REPORT_PLOTS];
  gsize n = cf_report_map_plots (sheet->parts, plots);

  sheet->y += n > 0 ? 6.0 : 0.0;
  for (gsize i = 0; i < n; i++)
    write_plot (sheet, &plots[i], 0.0);
}

/* -- residues --------------------------------------------------------------------------------------------------------------- */

static void
write_strips (Sheet *sheet)
{
  const CfReport *report = &sheet->parts->report;
  const CfStrips *strips = sheet->parts->strips;
  const double height = 13.0, label = 44.0;
  CfPlotTheme theme = cf_plot_theme_light;

  if (strips == NULL || strips->n_residues == 0)
    return;
  theme.font_size = 7.5;
  write_heading (sheet, "Residue by residue", 60.0);
  write_text (sheet, STYLE_BODY, "Each residue that is compared, by the distance of its node.", 4.0);
  cairo_save (sheet->cr);
  cairo_translate (sheet->cr, MARGIN, sheet->y);
  cf_strip_draw_legend (sheet->cr, WIDTH, height, &theme);
  cairo_restore (sheet->cr);
  sheet->y += height + 5.0;
  for (gsize i = 0; i < strips->n_rows; i++)
    {
      if (i > 0 && strips->rows[i].chain != strips->rows[i - 1].chain)
        sheet->y += 4.0;
      need (sheet, height);
      cairo_save (sheet->cr);
      cairo_translate (sheet->cr, MARGIN, sheet->y);
      cf_strip_draw_row (sheet->cr, WIDTH, height, label, CF_REPORT_STRIP, &strips->rows[i], report->structure, report->comparison, G_MAXUINT32,
                         &theme);
      cairo_restore (sheet->cr);
      sheet->y += height + 1.0;
    }
  sheet->y += 4.0;
}

static void
write_left_out (Sheet *sheet, const CfTable *table)
{
  gsize all = json_array_size (cf_json_at (sheet->root, table->list)), shown = cf_report_n_rows (sheet->root, table);
  if (all <= shown)
    return;
  g_autofree char *text = g_strdup_printf ("The first %" G_GSIZE_FORMAT " of %" G_GSIZE_FORMAT "; the JSON and the tables (.csv) have all.", shown, all);
  write_text (sheet, STYLE_SMALL, text, 3.0);
}

/* Nothing where the list is empty. */
static void
write_titled_table (Sheet *sheet, const CfTable *table)
{
  if (json_array_size (cf_json_at (sheet->root, table->list)) == 0)
    return;
  write_heading (sheet, table->title, 50.0);
  write_table (sheet, table);
  write_left_out (sheet, table);
}

static void
write_findings (Sheet *sheet)
{
  if (!cf_report_needs (sheet->root, "findings"))
    return;
  for (gsize k = 0; k < G_N_ELEMENTS (cf_report_findings); k++)
    {
      const CfTable *table = &cf_report_findings[k];
      gboolean any = json_array_size (cf_json_at (sheet->root, table->list)) > 0;
      write_heading (sheet, table->title, 60.0);
      write_words (sheet, STYLE_BODY, any ? table->some : table->none, 4.0);
      if (any)
        {
          write_table (sheet, table);
          write_left_out (sheet, table);
        }
    }
}

static void
write_commands (Sheet *sheet)
{
  json_t *commands = cf_json_at (sheet->root, "commands");
  write_facts (sheet, &cf_report_file_facts);
  for (gsize i = 0; i < json_array_size (commands); i++)
    {
      g_autofree char *words = g_strdup_printf ("{commands.%" G_GSIZE_FORMAT "}", i);
      write_words (sheet, STYLE_CODE, words, 3.0);
    }
}

static cairo_status_t
append_bytes (void *closure, const unsigned char *data, unsigned int length)
{
  g_byte_array_append (closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

GBytes *
cf_report_pdf (CfReportParts *parts, GError **error)
{
  GByteArray *bytes = g_byte_array_new ();
  cairo_surface_t *surface = cairo_pdf_surface_create_for_stream (append_bytes, bytes, PAGE_WIDTH, PAGE_HEIGHT);
  Sheet sheet = { cairo_create (surface), parts->root, parts, MARGIN, 1 };
  const CfReport *report = &parts->report;
  g_autofree char *title
      = g_strdup_printf ("Density graph of %s", report->field->source_name != NULL ? report->field->source_name : "a map");
  g_autofree char *valid = g_utf8_make_valid (title, -1);

  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_TITLE, valid);
  cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_CREATOR, "Cryofield " CF_VERSION);
  write_head (&sheet);
  write_figures (&sheet);
  write_alarms (&sheet);
  write_pictures (&sheet);
  write_comparison (&sheet);
  write_titled_table (&sheet, &cf_report_chains);
  write_strips (&sheet);
  write_level_plots (&sheet);
  write_facts (&sheet, &cf_report_level_facts);
  write_findings (&sheet);
  write_facts (&sheet, &cf_report_map_facts);
  write_map_plots (&sheet);
  write_facts (&sheet, &cf_report_fit_facts);
  write_titled_table (&sheet, &cf_report_seams);
  write_titled_table (&sheet, &cf_report_regions);
  write_commands (&sheet);
  finish_page (&sheet);
  cairo_status_t status = cairo_status (sheet.cr);
  cairo_destroy (sheet.cr);
  cairo_surface_finish (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_status (surface);
  cairo_surface_destroy (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    return g_byte_array_free_to_bytes (bytes);
  g_byte_array_unref (bytes);
  g_set_error (error, CF_ERROR, CF_ERROR_FAILED, "the PDF could not be drawn: %s", cairo_status_to_string (status));
  return NULL;
}
