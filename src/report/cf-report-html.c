#include "cf-html.h"
#include "cf-report-text.h"

#include <math.h>

#include "cf-file.h"
#include "cf-words.h"

/* The page is written from the tree of numbers that the JSON report is, so both say the same; it is XML as well, so that it can be
 * checked by a strict parser. */
typedef struct
{
  GString *out;
  json_t *root;
  const CfReportParts *parts;
} Page;

static void
raw (Page *page, const char *html)
{
  g_string_append (page->out, html);
}

/* Text of a file, cleaned and escaped. */
static void
text (Page *page, const char *untrusted)
{
  g_autofree char *clean = cf_text_clean (untrusted, -1), *safe = cf_text_for_html (clean);
  raw (page, safe);
}

/* Marked words that no number is in. */
static void
own (Page *page, const char *words)
{
  if (*words != '\0')
    text (page, _(words));
}

static void
element (Page *page, const char *name, const char *words)
{
  g_string_append_printf (page->out, "<%s>", name);
  own (page, words);
  g_string_append_printf (page->out, "</%s>\n", name);
}

/* A number travels with its exact value and its path in the JSON. */
static void
append_piece (const CfPiece *piece, gpointer user_data)
{
  Page *page = user_data;
  g_autofree char *safe = cf_text_for_html (piece->text);
  char exact[G_ASCII_DTOSTR_BUF_SIZE];

  if (piece->is_number)
    g_string_append_printf (page->out, "<data value=\"%s\" data-key=\"%s\">%s</data>",
                            g_ascii_formatd (exact, sizeof exact, "%.9g", piece->value), piece->key, safe);
  else if (piece->key != NULL && g_str_has_suffix (piece->key, ".sha256"))
    g_string_append_printf (page->out, "<code>%s</code>", safe);
  else
    raw (page, safe);
}

static void
say (Page *page, const char *words)
{
  cf_report_say (page->root, NULL, words, append_piece, page);
}

/* What a cell holds: nothing, a dash, or words. */
static void
say_cell (Page *page, const char *row, const char *words)
{
  if (words == NULL)
    return;
  if (cf_report_can_say (page->root, row, words))
    cf_report_say (page->root, row, words, append_piece, page);
  else
    raw (page, "\342\200\223");
}

/* -- strips ----------------------------------------------------------------------------------------------------------------- */

static guint
byte (double x)
{
  return (guint)lround (255.0 * CLAMP (x, 0.0, 1.0));
}

static char *
strip_style (void)
{
  GString *out = g_string_new (NULL);


  for (int k = 0; k <= CF_STRIP_MISSED; k++)
    {
      double ground[3], letter[3];
      cf_strip_step_colours (k, ground, letter);
      g_string_append_printf (out, ".s%d { background: #%02x%02x%02x; color: #%02x%02x%02x; }\n", k, byte (ground[0]), byte (ground[1]),
                              byte (ground[2]), byte (letter[0]), byte (letter[1]), byte (letter[2]));
    }
  g_string_append_printf (out, ".s%d { box-shadow: inset 0 0 0 1.5px #d55e00; }\n", CF_STRIP_MISSED);
  return g_string_free (out, FALSE);
}

static void
write_strip_legend (Page *page)
{
  raw (page, "<p class=\"note\">");
  for (int k = 0; k <= CF_STRIP_MISSED; k++)
    g_string_append_printf (page->out, "<i class=\"cell s%d\">\302\240</i> %s \302\240 ", k, _(cf_strip_step_name (k)));
  raw (page, "</p>\n");
}

/* Ten residues are kept together, with the number of the first above them. */
static void
write_strip_cell (Page *page, guint32 residue, guint32 at)
{
  const CfReport *report = &page->parts->report;
  const CfResidue *r = &report->structure->residues[residue];
  g_autofree char *label = cf_strip_residue_label (report->structure, report->comparison, residue, _("no node"));
  g_autofree char *clean = cf_text_clean (label, -1), *safe = cf_text_for_html (clean);
  if (at % 10 == 0)
    g_string_append_printf (page->out, "%s<span class=\"ten\"><small>%d</small>", at > 0 ? "</span>" : "", r->seq);
  g_string_append_printf (page->out, "<i class=\"cell s%d\" title=\"%s\">%c</i>", cf_strip_step (report->comparison, residue), safe,
                          cf_residue_letter (r->name));
}

static void
write_strips (Page *page)
{
  const CfStrips *strips = page->parts->strips;
  if (strips == NULL || strips->n_residues == 0)
    return;
  raw (page, "<section>\n");
  element (page, "h2", N_("Residue by residue"));
  element (page, "p", N_("Each residue that is compared, by the distance of its node."));
  write_strip_legend (page);
  guint32 at = 0;
  for (gsize i = 0; i < strips->n_rows; i++)
    {
      const CfStripRow *row = &strips->rows[i];
      if (i == 0 || row->chain != strips->rows[i - 1].chain)
        {
          g_autofree char *title = g_strdup_printf (_("Chain %s"), page->parts->report.structure->chains[row->chain].name);
          raw (page, i > 0 ? "</span></div>\n<h3>" : "<h3>");
          text (page, title);
          raw (page, "</h3>\n<div class=\"strip\">");
          at = 0;
        }
      for (guint32 k = 0; k < row->n; k++)
        write_strip_cell (page, row->residues[k], at++);
    }
  raw (page, "</span></div>\n</section>\n");
}

/* -- head ------------------------------------------------------------------------------------------------------------------- */

static void
write_head (Page *page)
{
  g_autoptr (GString) title = g_string_new (NULL);
  g_autofree char *style = strip_style ();
  Page in_title = { title, page->root, page->parts };

  say (&in_title, cf_report_page_title);
  cf_html_begin (page->out, title->str, style);
  raw (page, "<header>\n<h1>");
  say (page, cf_report_of_map);
  raw (page, "</h1>\n");
  if (cf_report_needs (page->root, "map.title"))
    {
      raw (page, "<p>");
      say (page, "{map.title}");
      raw (page, "</p>\n");
    }
  raw (page, "<p class=\"sub\">");
  if (cf_report_needs (page->root, "map.emdb_id"))
    say (page, "{map.emdb_id} \302\267 ");
  if (cf_report_needs (page->root, "model.name"))
    {
      say (page, cf_report_against);
      raw (page, " \302\267 ");
    }
  say (page, "Cryofield {version} \302\267 {date}");
  raw (page, "</p>\n</header>\n");
}

static void
write_figures (Page *page)
{
  raw (page, "<div class=\"figures\">\n");
  for (const CfFigure *figure = cf_report_figures; figure->value != NULL; figure++)
    {
      if (!cf_report_needs (page->root, figure->need))
        continue;
      raw (page, "<div class=\"figure\"><b>");
      say_cell (page, NULL, figure->value);
      raw (page, "</b>");
      say (page, figure->label);
      raw (page, "<small>");
      if (cf_report_can_say (page->root, NULL, figure->small))
        say (page, figure->small);
      raw (page, "</small></div>\n");
    }
  raw (page, "</div>\n");
}

static void
write_warnings (Page *page, char *const *warnings, const char *of)
{
  for (gsize i = 0; warnings != NULL && warnings[i] != NULL; i++)
    {
      g_string_append_printf (page->out, "<p class=\"warning\">%s: ", of);
      text (page, warnings[i]);
      raw (page, "</p>\n");
    }
}

static void
write_alarms (Page *page)
{
  const CfReport *report = &page->parts->report;

  write_warnings (page, report->volume != NULL ? report->volume->warnings : NULL, _("Map"));
  write_warnings (page, report->structure != NULL ? report->structure->warnings : NULL, _("Model"));
  for (const CfFact *alarm = cf_report_alarms; alarm->label != NULL; alarm++)
    if (cf_report_needs (page->root, alarm->need))
      {
        raw (page, "<p class=\"warning\">");
        say (page, alarm->words);
        raw (page, "</p>\n");
      }
}

static void
write_pictures (Page *page)
{
  const CfReport *report = &page->parts->report;
  if (report->n_pictures == 0)
    return;
  raw (page, "<figure><div class=\"pictures\">");
  for (gsize i = 0; i < report->n_pictures; i++)
    {
      gsize n;
      const guint8 *data = g_bytes_get_data (report->pictures[i].png, &n);
      g_autofree char *encoded = g_base64_encode (data, n), *label = cf_text_for_html (report->pictures[i].label);
      g_autofree char *alt = g_strdup_printf (_("The field with the graph and the model: %s"), report->pictures[i].label), *safe = cf_text_for_html (alt);
      g_string_append_printf (page->out, "<div><img alt=\"%s\" src=\"data:image/png;base64,%s\" /><small>%s</small></div>", safe, encoded, label);
    }
  raw (page, "</div><figcaption>");
  text (page, cf_report_pictures_caption (cf_report_needs (page->root, "comparison")));
  raw (page, "</figcaption></figure>\n");
}

/* -- tables ----------------------------------------------------------------------------------------------------------------- */

static void
write_facts (Page *page, const CfFacts *facts)
{
  raw (page, "<section>\n");
  element (page, "h2", facts->title);
  raw (page, "<table class=\"facts\"><tbody>\n");
  for (const CfFact *fact = facts->facts; fact->label != NULL; fact++)
    {
      if (!cf_report_needs (page->root, fact->need))
        continue;
      raw (page, "<tr><th scope=\"row\">");
      own (page, fact->label);
      raw (page, "</th><td>");
      say (page, fact->words);
      raw (page, "</td></tr>\n");
    }
  raw (page, "</tbody></table>\n");
  if (facts->note == NULL)
    return;
  raw (page, "<p class=\"note\">");
  say (page, facts->note);
  raw (page, "</p>\n");
}

static void
write_table (Page *page, const CfTable *table)
{
  gsize n = cf_report_n_rows (page->root, table);

  raw (page, "<div class=\"scroll\"><table><thead><tr>");
  for (const CfColumn *column = table->columns; column->title != NULL; column++)
    {
      g_string_append_printf (page->out, "<th scope=\"col\"%s>", column->numeric ? " class=\"n\"" : "");
      own (page, column->title);
      raw (page, "</th>");
    }
  raw (page, "</tr></thead><tbody>\n");
  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *row = g_strdup_printf ("%s.%" G_GSIZE_FORMAT, table->list, i);
      raw (page, "<tr>");
      for (const CfColumn *column = table->columns; column->title != NULL; column++)
        {
          raw (page, column->numeric ? "<td class=\"n\">" : "<td>");
          say_cell (page, row, column->words);
          raw (page, "</td>");
        }
      raw (page, "</tr>\n");
    }
  raw (page, "</tbody></table></div>\n");
}

static void
write_folded (Page *page, const CfTable *table)
{
  gsize n = json_array_size (cf_json_at (page->root, table->list));
  if (n == 0)
    return;
  g_autofree char *title = g_strdup_printf (_("%s: table of %zu"), _(table->title), n);
  raw (page, "<details><summary>");
  text (page, title);
  raw (page, "</summary>\n");
  write_table (page, table);
  raw (page, "</details>\n");
}

static void
write_measures (Page *page)
{
  static const char *const heads[] = { N_("count"), N_("this graph"), N_("by chance") };

  raw (page, "<div class=\"scroll\"><table><thead><tr><th></th>");
  for (gsize k = 0; k < G_N_ELEMENTS (heads); k++)
    {
      raw (page, "<th scope=\"col\" class=\"n\">");
      own (page, heads[k]);
      raw (page, "</th>");
    }
  raw (page, "</tr></thead><tbody>\n");
  for (const CfMeasure *measure = cf_report_measures; measure->label != NULL; measure++)
    {
      raw (page, "<tr><th scope=\"row\">");
      say (page, measure->label);
      raw (page, "<small>");
      own (page, measure->note);
      raw (page, "</small></th><td class=\"n\">");
      say_cell (page, NULL, measure->count);
      raw (page, "</td><td class=\"n\">");
      say_cell (page, NULL, measure->value);
      raw (page, "</td><td class=\"n\">");
      say_cell (page, NULL, measure->chance != NULL ? measure->chance : "\342\200\223");
      raw (page, "</td></tr>\n");
    }
  raw (page, "</tbody></table></div>\n");
}

static void
write_chains (Page *page)
{
  if (json_array_size (cf_json_at (page->root, cf_report_chains.list)) == 0)
    return;
  element (page, "h3", cf_report_chains.title);
  write_table (page, &cf_report_chains);
}

static void
write_comparison (Page *page)
{
  if (!cf_report_needs (page->root, "comparison"))
    return;
  raw (page, "<section>\n");
  element (page, "h2", N_("Graph against model"));
  raw (page, "<p>");
  say (page, cf_report_model_counts);
  raw (page, "</p>\n");
  write_measures (page);
  for (const CfFact *note = cf_report_notes; note->label != NULL; note++)
    if (cf_report_needs (page->root, note->need))
      {
        raw (page, "<p class=\"note\">");
        say (page, note->words);
        raw (page, "</p>\n");
      }
  write_chains (page);
  raw (page, "</section>\n");
}

static void
write_left_out (Page *page, const CfTable *table)
{
  g_autofree char *words = cf_report_left_out (page->root, table);

  if (words == NULL)
    return;
  raw (page, "<p class=\"note\">");
  text (page, words);
  raw (page, "</p>\n");
}

static void
write_findings (Page *page)
{
  if (!cf_report_needs (page->root, "findings"))
    return;
  raw (page, "<section>\n");
  element (page, "h2", N_("Where they disagree"));
  for (gsize k = 0; k < G_N_ELEMENTS (cf_report_findings); k++)
    {
      const CfTable *table = &cf_report_findings[k];
      gboolean any = json_array_size (cf_json_at (page->root, table->list)) > 0;
      element (page, "h3", table->title);
      raw (page, "<p>");
      say (page, any ? table->some : table->none);
      raw (page, "</p>\n");
      if (any)
        {
          write_table (page, table);
          write_left_out (page, table);
        }
    }
  raw (page, "</section>\n");
}

/* -- plots, commands -------------------------------------------------------------------------------------------------------- */

static void
write_plot (Page *page, const CfReportPlot *plot)
{
  double heights[2];

  for (int k = 0; k < 2; k++)
    heights[k] = cf_report_plot_height (page->parts, plot, cf_html_figure_widths[k]);
  cf_html_figure (page->out, plot->id, _(plot->label), _(plot->caption), heights, plot->draw, (gpointer)page->parts);
}

static void
write_level_plots (Page *page)
{
  CfReportPlot plots[CF_REPORT_PLOTS];
  gsize n = cf_report_level_plots (page->parts, plots);

  if (n == 0)
    return;
  raw (page, "<section>\n");
  element (page, "h2", N_("Every threshold"));
  for (gsize i = 0; i < n; i++)
    write_plot (page, &plots[i]);
  raw (page, "</section>\n");
}

static void
write_map_plots (Page *page)
{
  CfReportPlot plots[CF_REPORT_PLOTS];
  gsize n = cf_report_map_plots (page->parts, plots);
  for (gsize i = 0; i < n; i++)
    write_plot (page, &plots[i]);
}

static void
write_commands (Page *page)
{
  json_t *commands = cf_json_at (page->root, "commands"), *line;
  gsize i;

  write_facts (page, &cf_report_file_facts);
  raw (page, "<pre>");
  json_array_foreach (commands, i, line)
  {
    text (page, json_is_string (line) ? json_string_value (line) : "");
    raw (page, "\n");
  }
  raw (page, "</pre>\n</section>\n");
}

static void
write_fit (Page *page)
{
  write_facts (page, &cf_report_fit_facts);
  if (json_array_size (cf_json_at (page->root, cf_report_seams.list)) > 0)
    {
      element (page, "h3", cf_report_seams.title);
      write_table (page, &cf_report_seams);
      write_left_out (page, &cf_report_seams);
    }
  write_folded (page, &cf_report_regions);
  raw (page, "</section>\n");
}

char *
cf_report_html (CfReportParts *parts)
{
  Page page = { g_string_new (NULL), parts->root, parts };

  write_head (&page);
  write_figures (&page);
  write_alarms (&page);
  write_pictures (&page);
  write_comparison (&page);
  write_strips (&page);
  write_folded (&page, &cf_report_residues);
  write_level_plots (&page);
  write_facts (&page, &cf_report_level_facts);
  raw (&page, "</section>\n");
  write_findings (&page);
  write_facts (&page, &cf_report_map_facts);
  write_map_plots (&page);
  raw (&page, "</section>\n");
  write_fit (&page);
  write_commands (&page);
  cf_html_end (page.out, _("No script, nothing from the network: this file is all of it."));
  return g_string_free (page.out, FALSE);
}
