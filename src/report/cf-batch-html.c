#include "cf-batch-private.h"

#include <math.h>

#include "cf-file.h"

typedef struct
{
  GString *out;
  const CfBatch *batch;
} Page;

static void
raw (Page *page, const char *html)
{
  g_string_append (page->out, html);
}

static void
text (Page *page, const char *untrusted)
{
  g_autofree char *safe = cf_text_for_html (untrusted);

  raw (page, safe);
}

static gboolean
has_status (json_t *row, const char *status)
{
  return g_strcmp0 (json_string_value (json_object_get (row, "status")), status) == 0;
}

static int
count_rows (const CfBatch *batch, const char *status)
{
  json_t *row;
  gsize i;
  int n = 0;

  json_array_foreach (batch->rows, i, row)
    n += has_status (row, status);
  return n;
}

static void
write_head (Page *page)
{
  static const char *const titles[] = { "Density graphs of many maps", "Interpolation of simulated maps" };
  const char *title = titles[page->batch->kind];

  raw (page, "<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\">\n<head>\n<meta charset=\"utf-8\" />\n"
             "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\" />\n"
             "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\" />\n<title>");
  raw (page, title);
  raw (page, "</title>\n<style>\n");
  raw (page, cf_report_style ());
  g_string_append_printf (page->out, "</style>\n</head>\n<body>\n<header>\n<h1>%s</h1>\n<p class=\"sub\">%zu rows, %d done, %d failed \302\267 Cryofield %s</p>\n</header>\n",
                          title, json_array_size (page->batch->rows), count_rows (page->batch, "done"), count_rows (page->batch, "failed"), CF_VERSION);
}

static void
write_plots (Page *page)
{
  CfBatchPlot plots[CF_BATCH_PLOTS];
  gsize n = cf_batch_plots (page->batch, plots);

  if (n > 0)
    raw (page, "<section>\n<h2>Over resolution</h2>\n");
  for (gsize i = 0; i < n; i++)
    {
      g_autofree char *wide = g_strconcat (plots[i].id, "-wide", NULL), *narrow = g_strconcat (plots[i].id, "-narrow", NULL);
      g_autofree char *one = cf_svg_inline (wide, plots[i].label, 760.0, 300.0, plots[i].draw, (gpointer) page->batch);
      g_autofree char *two = cf_svg_inline (narrow, plots[i].label, 340.0, 280.0, plots[i].draw, (gpointer) page->batch);
      g_string_append_printf (page->out, "<figure>%s%s<figcaption>%s</figcaption></figure>\n", one, two, plots[i].caption);
    }
  if (n > 0)
    raw (page, "</section>\n");
}

/* -- tables ------------------------------------------------------------------------------------------------------------------ */

static gboolean
in_table (const CfBatchColumn *column, CfBatchTable table)
{
  return column->title && column->table == table;
}

static gboolean
row_has (json_t *row, const CfBatchColumn *columns, CfBatchTable table)
{
  for (const CfBatchColumn *c = columns; c->csv; c++)
    if (in_table (c, table) && isfinite (cf_batch_number (row, c->path)))
      return TRUE;
  return FALSE;
}

/* The name leads to the row's report, where it has one. */
static void
write_name (Page *page, json_t *row)
{
  const char *report = json_string_value (cf_json_at (row, "run.files.report.0")), *folder = json_string_value (json_object_get (row, "folder"));
  g_autofree char *name = cf_batch_row_name (row), *file = report ? g_path_get_basename (report) : NULL;
  g_autofree char *link = file && folder ? g_strdup_printf ("rows/%s/%s", folder, file) : NULL;
  g_autofree char *safe = link ? g_uri_escape_string (link, "/", FALSE) : NULL;

  raw (page, "<th scope=\"row\">");
  if (safe)
    g_string_append_printf (page->out, "<a href=\"%s\">", safe);
  text (page, name);
  raw (page, safe ? "</a></th>" : "</th>");
}

/* Over the rows that have the number. */
static double
mean_of (const CfBatch *batch, const char *path, int *n)
{
  json_t *row;
  double sum = 0;
  gsize i;

  *n = 0;
  json_array_foreach (batch->rows, i, row)
  {
    double value = cf_batch_number (row, path);
    if (isfinite (value))
      {
        sum += value;
        ++*n;
      }
  }
  return *n ? sum / *n : NAN;
}

static void
write_means (Page *page, const CfBatchColumn *columns, CfBatchTable table)
{
  raw (page, "<tr><th scope=\"row\">mean of those with a value</th>");
  for (const CfBatchColumn *c = columns; c->csv; c++)
    if (in_table (c, table))
      {
        char number[G_ASCII_DTOSTR_BUF_SIZE];
        int n;
        double mean = mean_of (page->batch, c->path, &n);
        g_string_append_printf (page->out, "<td class=\"n\">%s</td>",
                                n ? g_ascii_formatd (number, sizeof number, c->format, c->factor * mean) : "\342\200\223");
      }
  raw (page, "</tr>\n");
}

static void
write_table (Page *page, CfBatchTable table, const char *title, const char *note)
{
  const CfBatchColumn *columns = cf_batch_columns (page->batch->kind);
  json_t *row;
  gsize i;
  int rows = 0;

  json_array_foreach (page->batch->rows, i, row)
    rows += row_has (row, columns, table);
  if (rows == 0)
    return;
  g_string_append_printf (page->out, "<section>\n<h2>%s</h2>\n<p class=\"note\">%s</p>\n<div class=\"scroll\"><table>\n<thead><tr><th></th>", title, note);
  for (const CfBatchColumn *c = columns; c->csv; c++)
    if (in_table (c, table))
      g_string_append_printf (page->out, "<th class=\"n\">%s</th>", c->title);
  raw (page, "</tr></thead>\n<tbody>\n");
  json_array_foreach (page->batch->rows, i, row)
  {
    if (!row_has (row, columns, table))
      continue;
    raw (page, "<tr>");
    write_name (page, row);
    for (const CfBatchColumn *c = columns; c->csv; c++)
      if (in_table (c, table))
        {
          g_autofree char *cell = cf_batch_cell (c, row);
          g_string_append_printf (page->out, "<td class=\"n\">%s</td>", *cell ? cell : "\342\200\223");
        }
    raw (page, "</tr>\n");
  }
  if (rows > 1)
    write_means (page, columns, table);
  raw (page, "</tbody>\n</table></div>\n</section>\n");
}

static void
write_failures (Page *page)
{
  json_t *row;
  gsize i;

  json_array_foreach (page->batch->rows, i, row)
  {
    const char *error = json_string_value (json_object_get (row, "error"));
    g_autofree char *name = cf_batch_row_name (row), *clean = cf_text_clean (error ? error : "", -1);

    if (!has_status (row, "failed"))
      continue;
    g_string_append_printf (page->out, "<p class=\"warning\">Row %.0f, ", cf_batch_number (row, "request.row"));
    text (page, name);
    raw (page, ", failed: ");
    text (page, clean);
    raw (page, "</p>\n");
  }
}

static void
write_command (Page *page)
{
  if (!page->batch->command)
    return;
  raw (page, "<section>\n<h2>Repeat it</h2>\n<pre>");
  text (page, page->batch->command);
  raw (page, "</pre>\n</section>\n");
}

gboolean
cf_batch_save_html (const CfBatch *batch, const char *path, GError **error)
{
  g_autoptr (GString) out = g_string_new (NULL);
  Page page = { out, batch };

  write_head (&page);
  write_failures (&page);
  write_plots (&page);
  write_table (&page, CF_BATCH_GRAPH, "Graph and model",
               "Published means: six maps at 1.6 \303\205 and better, coverage 99.4 %, RMSD 0.19 \303\205; 109 others, coverage 84.5 %, precision 61.3 %, RMSD 1.14 "
               "\303\205. By chance: as many random points inside the same contour.");
  write_table (&page, CF_BATCH_ATOMS, "Atoms, within 1 \303\205",
               "Published for the six maps at 1.6 \303\205 and better: 85.2 % of atoms, 88.4 % of nodes. At coarser resolution the figures say little.");
  write_table (&page, CF_BATCH_INTERPOLATION, "Error on the 0.2 \303\205 truth", "Mean absolute errors, density in units of the map's range, gradient in those per \303\205.");
  write_table (&page, CF_BATCH_COST, "Cost", "Published, on their GPUs: 99 s of training a region, 983 s a graph; neural file 1.9 times the map's.");
  write_command (&page);
  raw (&page, "<footer>Made by Cryofield. No script, nothing from the network.</footer>\n</body>\n</html>\n");
  return cf_file_save (path, out->str, out->len, error);
}
