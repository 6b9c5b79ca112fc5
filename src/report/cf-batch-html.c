#include "cf-batch-private.h"

#include "cf-file.h"
#include "cf-html.h"
#include "cf-words.h"

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

static void
write_head (Page *page)
{
  const char *title = cf_batch_title (page->batch);
  g_autofree char *subtitle = cf_batch_subtitle (page->batch);

  cf_html_begin (page->out, title, NULL);
  g_string_append_printf (page->out, "<header>\n<h1>%s</h1>\n<p class=\"sub\">%s</p>\n</header>\n", title, subtitle);
}

static void
write_failures (Page *page)
{
  json_t *row;
  gsize i;

  json_array_foreach (page->batch->rows, i, row)
  {
    g_autofree char *failure = cf_batch_row_failure (row);

    if (!failure)
      continue;
    raw (page, "<p class=\"warning\">");
    text (page, failure);
    raw (page, "</p>\n");
  }
}

static void
write_plots (Page *page)
{
  static const double heights[] = { CF_BATCH_PLOT_HEIGHT, 280.0 };
  CfBatchPlot plots[CF_BATCH_PLOTS];
  gsize n = cf_batch_plots (page->batch, plots);

  if (n > 0)
    {
      raw (page, "<section>\n<h2>");
      text (page, _("Over resolution"));
      raw (page, "</h2>\n");
    }
  for (gsize i = 0; i < n; i++)
    cf_html_figure (page->out, plots[i].id, _(plots[i].label), _(plots[i].caption), heights, plots[i].draw, (gpointer) page->batch);
  if (n > 0)
    raw (page, "</section>\n");
}

/* The name leads to the row's report, where it has one. */
static void
write_name (Page *page, const CfBatchLine *line)
{
  json_t *row = line->row;
  const char *report = json_string_value (cf_json_at (row, "run.files.report.0")), *folder = json_string_value (json_object_get (row, "folder"));
  g_autofree char *file = report ? g_path_get_basename (report) : NULL;
  g_autofree char *link = file && folder ? g_strdup_printf ("rows/%s/%s", folder, file) : NULL;
  g_autofree char *safe = link ? g_uri_escape_string (link, "/", FALSE) : NULL;

  raw (page, "<th scope=\"row\">");
  if (safe)
    g_string_append_printf (page->out, "<a href=\"%s\">", safe);
  text (page, line->name);
  raw (page, safe ? "</a></th>" : "</th>");
}

static void
write_table (Page *page, const CfBatchLines *table)
{
  raw (page, "<section>\n<h2>");
  text (page, table->title);
  raw (page, "</h2>\n<p class=\"note\">");
  text (page, table->note);
  raw (page, "</p>\n<div class=\"scroll\"><table>\n<thead><tr><th></th>");
  for (guint k = 0; k < table->heads->len; k++)
    {
      raw (page, "<th class=\"n\">");
      text (page, table->heads->pdata[k]);
      raw (page, "</th>");
    }
  raw (page, "</tr></thead>\n<tbody>\n");
  for (guint i = 0; i < table->lines->len; i++)
    {
      const CfBatchLine *line = table->lines->pdata[i];

      raw (page, "<tr>");
      write_name (page, line);
      for (guint k = 0; k < line->cells->len; k++)
        {
          raw (page, "<td class=\"n\">");
          text (page, line->cells->pdata[k]);
          raw (page, "</td>");
        }
      raw (page, "</tr>\n");
    }
  raw (page, "</tbody>\n</table></div>\n</section>\n");
}

static void
write_command (Page *page)
{
  if (!page->batch->command)
    return;
  raw (page, "<section>\n<h2>");
  text (page, _("Repeat it"));
  raw (page, "</h2>\n<pre>");
  text (page, page->batch->command);
  raw (page, "</pre>\n</section>\n");
}

gboolean
cf_batch_save_html (const CfBatch *batch, const char *path, GError **error)
{
  g_autoptr (GString) out = g_string_new (NULL);
  g_autoptr (GPtrArray) tables = cf_batch_tables (batch);
  Page page = { out, batch };

  write_head (&page);
  write_failures (&page);
  write_plots (&page);
  for (guint i = 0; i < tables->len; i++)
    write_table (&page, tables->pdata[i]);
  write_command (&page);
  cf_html_end (out, NULL);
  return cf_file_save (path, out->str, out->len, error);
}
