#include "cf-report-text.h"
#include "cf-sheet.h"

#include <math.h>

#include "cf-file.h"
#include "cf-words.h"

#define PLOT_LEAST 0.55 /* of its height, of a plot at the foot of a page */

typedef struct
{
  CfSheet sheet;
  json_t *root;
  const CfReportParts *parts;
} Paper;

/* -- words ------------------------------------------------------------------------------------------------------------------ */

static void
append_piece (const CfPiece *piece, gpointer user_data)
{
  g_string_append (user_data, piece->text);
}

/* New string; a dash where not all of it is known. */
static char *
say (Paper *paper, const char *row, const char *words)
{
  GString *text = g_string_new (NULL);
  if (words != NULL && cf_report_can_say (paper->root, row, words))
    cf_report_say (paper->root, row, words, append_piece, text);
  else if (words != NULL)
    g_string_append (text, "\342\200\223");
  return g_string_free (text, FALSE);
}

/* What stands in a paragraph is said with dashes inside it. */
static void
write_words (Paper *paper, CfSheetStyle style, const char *words, double after)
{
  g_autoptr (GString) text = g_string_new (NULL);
  cf_report_say (paper->root, NULL, words, append_piece, text);
  cf_sheet_text (&paper->sheet, style, text->str, after);
}

/* -- tables: cells that wrap, columns of given shares ----------------------------------------------------------------------- */

static void
write_facts (Paper *paper, const CfFacts *facts)
{
  static const CfSheetCell cells[] = { { 0.24, FALSE, CF_SHEET_SMALL }, { 0.76, FALSE, CF_SHEET_BODY } };

  double height = 30.0;
  for (const CfFact *fact = facts->facts; fact->label != NULL; fact++)
    height += cf_report_needs (paper->root, fact->need) ? 20.0 : 0.0;
  cf_sheet_heading (&paper->sheet, _(facts->title), MIN (height, 150.0)); /* a short list stays together */
  for (const CfFact *fact = facts->facts; fact->label != NULL; fact++)
    {
      if (!cf_report_needs (paper->root, fact->need))
        continue;
      g_autoptr (GString) text = g_string_new (NULL);
      cf_report_say (paper->root, NULL, fact->words, append_piece, text);
      char *const row[] = { (char *)_(fact->label), text->str };
      cf_sheet_row (&paper->sheet, cells, row, 2);
    }
  paper->sheet.y += 4.0;
  if (facts->note != NULL)
    write_words (paper, CF_SHEET_SMALL, facts->note, 3.0);
}

static void
write_table (Paper *paper, const CfTable *table)
{
  CfSheetCell cells[8], head[8];
  char *texts[8], *titles[8];
  gsize n = 0, rows = cf_report_n_rows (paper->root, table);
  double total = 0.0;

  for (; table->columns[n].title != NULL; n++)
    total += table->columns[n].numeric ? 1.0 : 1.6;
  for (gsize k = 0; k < n; k++)
    {
      cells[k] = (CfSheetCell){ (table->columns[k].numeric ? 1.0 : 1.6) / total, table->columns[k].numeric, CF_SHEET_BODY };
      head[k] = cells[k];
      head[k].style = CF_SHEET_SMALL;
      titles[k] = (char *)_(table->columns[k].title);
    }
  cf_sheet_row (&paper->sheet, head, titles, n);
  for (gsize i = 0; i < rows; i++)
    {
      g_autofree char *row = g_strdup_printf ("%s.%" G_GSIZE_FORMAT, table->list, i);
      for (gsize k = 0; k < n; k++)
        texts[k] = say (paper, row, table->columns[k].words);
      cf_sheet_row_below (&paper->sheet, head, titles, cells, texts, n);
      for (gsize k = 0; k < n; k++)
        g_free (texts[k]);
    }
  paper->sheet.y += 4.0;
}

static void
write_comparison (Paper *paper)
{
  static const CfSheetCell head[]
      = { { 0.52, FALSE, CF_SHEET_SMALL }, { 0.16, TRUE, CF_SHEET_SMALL }, { 0.16, TRUE, CF_SHEET_SMALL }, { 0.16, TRUE, CF_SHEET_SMALL } };
  static const CfSheetCell cells[]
      = { { 0.52, FALSE, CF_SHEET_BODY }, { 0.16, TRUE, CF_SHEET_BODY }, { 0.16, TRUE, CF_SHEET_BODY }, { 0.16, TRUE, CF_SHEET_BODY } };
  char *const titles[] = { (char *)"", (char *)_("count"), (char *)_("this graph"), (char *)_("by chance") };

  if (!cf_report_needs (paper->root, "comparison"))
    return;
  cf_sheet_heading (&paper->sheet, _("Graph against model"), 120.0);
  write_words (paper, CF_SHEET_BODY, cf_report_model_counts, 4.0);
  cf_sheet_row (&paper->sheet, head, titles, 4);
  for (const CfMeasure *measure = cf_report_measures; measure->label != NULL; measure++)
    {
      g_autofree char *label = say (paper, NULL, measure->label), *count = say (paper, NULL, measure->count);
      g_autofree char *value = say (paper, NULL, measure->value),
                      *chance = say (paper, NULL, measure->chance ? measure->chance : "\342\200\223");
      g_autofree char *both = *measure->note ? g_strdup_printf (_("%s (%s)"), label, _(measure->note)) : g_strdup (label);
      char *const row[] = { both, count, value, chance };
      cf_sheet_row (&paper->sheet, cells, row, 4);
    }
  paper->sheet.y += 5.0;
  for (const CfFact *note = cf_report_notes; note->label != NULL; note++)
    if (cf_report_needs (paper->root, note->need))
      write_words (paper, CF_SHEET_SMALL, note->words, 3.0);
}

/* -- head, pictures --------------------------------------------------------------------------------------------------------- */

static void
write_head (Paper *paper)
{
  write_words (paper, CF_SHEET_TITLE, cf_report_of_map, 3.0);
  if (cf_report_needs (paper->root, "map.title"))
    write_words (paper, CF_SHEET_BODY, "{map.title}", 3.0);
  g_autoptr (GString) line = g_string_new (NULL);
  if (cf_report_needs (paper->root, "map.emdb_id"))
    cf_report_say (paper->root, NULL, "{map.emdb_id} \302\267 ", append_piece, line);
  if (cf_report_needs (paper->root, "model.name"))
    {
      cf_report_say (paper->root, NULL, cf_report_against, append_piece, line);
      g_string_append (line, " \302\267 ");
    }
  cf_report_say (paper->root, NULL, "Cryofield {version} \302\267 {date}", append_piece, line);
  cf_sheet_text (&paper->sheet, CF_SHEET_SMALL, line->str, 10.0);
}

static void
write_figures (Paper *paper)
{
  gsize n = 0, i = 0;
  double height = 0.0;

  for (const CfFigure *figure = cf_report_figures; figure->value != NULL; figure++)
    n += cf_report_needs (paper->root, figure->need);
  for (const CfFigure *figure = cf_report_figures; figure->value != NULL; figure++)
    {
      if (!cf_report_needs (paper->root, figure->need))
        continue;
      double width = CF_SHEET_TEXT_WIDTH / n, x = CF_SHEET_MARGIN + width * i++, y = paper->sheet.y;
      const char *const parts[] = { figure->value, figure->label, figure->small };
      static const CfSheetStyle part_styles[] = { CF_SHEET_FIGURE, CF_SHEET_BODY, CF_SHEET_SMALL };
      for (gsize k = 0; k < G_N_ELEMENTS (parts); k++)
        {
          if (k == 2 && !cf_report_can_say (paper->root, NULL, parts[k]))
            continue;
          g_autofree char *text = say (paper, NULL, parts[k]);
          g_autoptr (PangoLayout) layout = cf_sheet_layout (&paper->sheet, part_styles[k], width - 8.0, text);
          cf_sheet_show (&paper->sheet, layout, part_styles[k], x, y);
          y += cf_sheet_layout_height (layout) + 1.0;
        }
      height = MAX (height, y - paper->sheet.y);
    }
  paper->sheet.y += height + 8.0;
}

static void
write_warnings (Paper *paper, char *const *warnings, const char *of)
{
  for (gsize i = 0; warnings != NULL && warnings[i] != NULL; i++)
    {
      g_autofree char *clean = cf_text_clean (warnings[i], -1), *line = g_strdup_printf ("\342\226\262 %s: %s", of, clean);
      cf_sheet_text (&paper->sheet, CF_SHEET_BODY, line, 3.0);
    }
}

static void
write_alarms (Paper *paper)
{
  const CfReport *report = &paper->parts->report;

  write_warnings (paper, report->volume != NULL ? report->volume->warnings : NULL, _("Map"));
  write_warnings (paper, report->structure != NULL ? report->structure->warnings : NULL, _("Model"));
  for (const CfFact *alarm = cf_report_alarms; alarm->label != NULL; alarm++)
    if (cf_report_needs (paper->root, alarm->need))
      write_words (paper, CF_SHEET_BODY, alarm->words, 3.0);
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
show_picture (Paper *paper, cairo_surface_t *picture, double x, double width)
{
  double scale = width / cairo_image_surface_get_width (picture);
  cairo_save (paper->sheet.cr);
  cairo_translate (paper->sheet.cr, x, paper->sheet.y);
  cairo_scale (paper->sheet.cr, scale, scale);
  cairo_set_source_surface (paper->sheet.cr, picture, 0.0, 0.0);
  cairo_paint (paper->sheet.cr);
  cairo_restore (paper->sheet.cr);
  return scale * cairo_image_surface_get_height (picture);
}

/* Side by side, each over its name. */
static void
write_pictures (Paper *paper)
{
  const CfReport *report = &paper->parts->report;
  double gap = 8.0, width = report->n_pictures > 0 ? (CF_SHEET_TEXT_WIDTH + gap) / report->n_pictures - gap : 0.0, height = 0.0;

  cf_sheet_need (&paper->sheet, width + 16.0);
  for (gsize i = 0; i < report->n_pictures; i++)
    {
      double x = CF_SHEET_MARGIN + i * (width + gap);
      cairo_surface_t *picture = read_picture (report->pictures[i].png);
      if (picture == NULL)
        continue;
      double own = show_picture (paper, picture, x, width);
      cairo_surface_destroy (picture);
      g_autoptr (PangoLayout) layout = cf_sheet_layout (&paper->sheet, CF_SHEET_SMALL, width, report->pictures[i].label);
      pango_layout_set_alignment (layout, PANGO_ALIGN_CENTER);
      cf_sheet_show (&paper->sheet, layout, CF_SHEET_SMALL, x, paper->sheet.y + own + 1.0);
      height = MAX (height, own + 14.0);
    }
  paper->sheet.y += height;
  if (height > 0.0)
    cf_sheet_text (&paper->sheet, CF_SHEET_SMALL, cf_report_pictures_caption (cf_report_needs (paper->root, "comparison")), 4.0);
}

/* One whose height follows from its width keeps it. */
static void
write_plot (Paper *paper, const CfReportPlot *plot)
{
  cf_sheet_plot (&paper->sheet, plot->draw, (gpointer)paper->parts, cf_report_plot_height (paper->parts, plot, CF_SHEET_PLOT_WIDTH),
                 plot->height > 0.0 ? PLOT_LEAST : 1.0, _(plot->caption));
}

/* With its heading. */
static double
least_room (const CfReportPlot *plot)
{
  return CF_SHEET_PLOT_SCALE * PLOT_LEAST * plot->height + CF_SHEET_PLOT_CAPTION + 4.0;
}

static void
write_level_plots (Paper *paper)
{
  CfReportPlot plots[CF_REPORT_PLOTS];
  gsize n = cf_report_level_plots (paper->parts, plots);

  if (n > 0)
    cf_sheet_heading (&paper->sheet, _("Every threshold"), least_room (&plots[0]));
  for (gsize i = 0; i < n; i++)
    write_plot (paper, &plots[i]);
}

/* Plots first; where none fits on what is left of the page, the list, which may go on over pages. */
static void
write_levels (Paper *paper)
{
  CfReportPlot plots[CF_REPORT_PLOTS];
  gsize n = cf_report_level_plots (paper->parts, plots);
  gboolean fits = n == 0 || cf_sheet_left (&paper->sheet) > least_room (&plots[0]) + CF_SHEET_HEADING_ROOM;

  if (fits)
    write_level_plots (paper);
  write_facts (paper, &cf_report_level_facts);
  if (!fits)
    write_level_plots (paper);
}

static void
write_map_plots (Paper *paper)
{
  CfReportPlot plots[CF_REPORT_PLOTS];
  gsize n = cf_report_map_plots (paper->parts, plots);

  paper->sheet.y += n > 0 ? 6.0 : 0.0;
  for (gsize i = 0; i < n; i++)
    write_plot (paper, &plots[i]);
}

/* -- residues --------------------------------------------------------------------------------------------------------------- */

static void
write_strips (Paper *paper)
{
  const CfReport *report = &paper->parts->report;
  const CfStrips *strips = paper->parts->strips;
  const double height = 13.0, label = 44.0;
  CfPlotTheme theme = cf_plot_theme_light;

  if (strips == NULL || strips->n_residues == 0)
    return;
  theme.font_size = 7.5;
  cf_sheet_heading (&paper->sheet, _("Residue by residue"), 60.0);
  cf_sheet_text (&paper->sheet, CF_SHEET_BODY, _("Each residue that is compared, by the distance of its node."), 4.0);
  cairo_save (paper->sheet.cr);
  cairo_translate (paper->sheet.cr, CF_SHEET_MARGIN, paper->sheet.y);
  cf_strip_draw_legend (paper->sheet.cr, CF_SHEET_TEXT_WIDTH, height, &theme);
  cairo_restore (paper->sheet.cr);
  paper->sheet.y += height + 5.0;
  for (gsize i = 0; i < strips->n_rows; i++)
    {
      if (i > 0 && strips->rows[i].chain != strips->rows[i - 1].chain)
        paper->sheet.y += 4.0;
      cf_sheet_need (&paper->sheet, height);
      cairo_save (paper->sheet.cr);
      cairo_translate (paper->sheet.cr, CF_SHEET_MARGIN, paper->sheet.y);
      cf_strip_draw_row (paper->sheet.cr, CF_SHEET_TEXT_WIDTH, height, label, CF_REPORT_STRIP, &strips->rows[i], report->structure, report->comparison, G_MAXUINT32,
                         &theme);
      cairo_restore (paper->sheet.cr);
      paper->sheet.y += height + 1.0;
    }
  paper->sheet.y += 4.0;
}

static void
write_left_out (Paper *paper, const CfTable *table)
{
  g_autofree char *text = cf_report_left_out (paper->root, table);

  if (text != NULL)
    cf_sheet_text (&paper->sheet, CF_SHEET_SMALL, text, 3.0);
}

/* Nothing where the list is empty. */
static void
write_titled_table (Paper *paper, const CfTable *table)
{
  if (json_array_size (cf_json_at (paper->root, table->list)) == 0)
    return;
  cf_sheet_heading (&paper->sheet, _(table->title), 50.0);
  write_table (paper, table);
  write_left_out (paper, table);
}

static void
write_findings (Paper *paper)
{
  if (!cf_report_needs (paper->root, "findings"))
    return;
  for (gsize k = 0; k < G_N_ELEMENTS (cf_report_findings); k++)
    {
      const CfTable *table = &cf_report_findings[k];
      gboolean any = json_array_size (cf_json_at (paper->root, table->list)) > 0;
      cf_sheet_heading (&paper->sheet, _(table->title), 60.0);
      write_words (paper, CF_SHEET_BODY, any ? table->some : table->none, 4.0);
      if (any)
        {
          write_table (paper, table);
          write_left_out (paper, table);
        }
    }
}

/* Files and commands stand together, unless they are many. */
static void
write_commands (Paper *paper)
{
  json_t *commands = cf_json_at (paper->root, "commands");
  double height = CF_SHEET_HEADING_ROOM + 20.0;
  for (const CfFact *fact = cf_report_file_facts.facts; fact->label != NULL; fact++)
    height += cf_report_needs (paper->root, fact->need) ? 42.0 : 0.0;
  for (gsize i = 0; i < json_array_size (commands); i++)
    {
      g_autoptr (PangoLayout) layout
          = cf_sheet_layout (&paper->sheet, CF_SHEET_CODE, CF_SHEET_TEXT_WIDTH, json_string_value (json_array_get (commands, i)));
      height += cf_sheet_layout_height (layout) + 3.0;
    }
  if (height < 0.5 * CF_SHEET_FOOT)
    cf_sheet_need (&paper->sheet, height);
  write_facts (paper, &cf_report_file_facts);
  for (gsize i = 0; i < json_array_size (commands); i++)
    {
      g_autofree char *words = g_strdup_printf ("{commands.%" G_GSIZE_FORMAT "}", i);
      write_words (paper, CF_SHEET_CODE, words, 3.0);
    }
}

GBytes *
cf_report_pdf (CfReportParts *parts, GError **error)
{
  Paper paper = { .root = parts->root, .parts = parts };
  const CfReport *report = &parts->report;
  g_autofree char *title
      = g_strdup_printf (_("Density graph of %s"), report->field->source_name != NULL ? report->field->source_name : _("a map"));

  cf_sheet_open (&paper.sheet, title);
  write_head (&paper);
  write_figures (&paper);
  write_alarms (&paper);
  write_pictures (&paper);
  write_comparison (&paper);
  write_titled_table (&paper, &cf_report_chains);
  write_strips (&paper);
  write_levels (&paper);
  write_findings (&paper);
  write_facts (&paper, &cf_report_map_facts);
  write_map_plots (&paper);
  write_facts (&paper, &cf_report_fit_facts);
  write_titled_table (&paper, &cf_report_seams);
  write_titled_table (&paper, &cf_report_regions);
  write_commands (&paper);
  return cf_sheet_close (&paper.sheet, error);
}
