#include "cf-batch-private.h"

#include "cf-file.h"
#include "cf-sheet.h"
#include "cf-words.h"

#define NAME_SHARE 0.17 /* of the width */

static void
write_head (CfSheet *sheet, const CfBatch *batch)
{
  g_autofree char *subtitle = cf_batch_subtitle (batch);
  json_t *row;
  gsize i;

  cf_sheet_text (sheet, CF_SHEET_TITLE, cf_batch_title (batch), 3.0);
  cf_sheet_text (sheet, CF_SHEET_SMALL, subtitle, 8.0);
  json_array_foreach (batch->rows, i, row)
  {
    g_autofree char *failure = cf_batch_row_failure (row);

    if (failure)
      cf_sheet_text (sheet, CF_SHEET_BODY, failure, 3.0);
  }
}

static void
write_plots (CfSheet *sheet, const CfBatch *batch)
{
  CfBatchPlot plots[CF_BATCH_PLOTS];
  gsize n = cf_batch_plots (batch, plots);

  if (n > 0)
    cf_sheet_heading (sheet, _("Over resolution"), CF_SHEET_PLOT_SCALE * CF_BATCH_PLOT_HEIGHT + 30.0);
  for (gsize i = 0; i < n; i++)
    cf_sheet_plot (sheet, plots[i].draw, (gpointer) batch, CF_BATCH_PLOT_HEIGHT, 1.0, _(plots[i].caption));
}

static void
write_table (CfSheet *sheet, const CfBatchLines *table)
{
  CfSheetCell cells[CF_SHEET_COLUMNS];
  char *texts[CF_SHEET_COLUMNS], *titles[CF_SHEET_COLUMNS] = { (char *) "" };
  guint n = table->heads->len;

  g_return_if_fail (n + 1 <= CF_SHEET_COLUMNS);
  for (guint k = 0; k <= n; k++)
    cells[k] = (CfSheetCell){ k == 0 ? NAME_SHARE : (1.0 - NAME_SHARE) / n, k > 0, CF_SHEET_DENSE };
  cf_sheet_heading (sheet, table->title, 90.0);
  cf_sheet_text (sheet, CF_SHEET_SMALL, table->note, 4.0);
  for (guint k = 0; k < n; k++)
    titles[k + 1] = table->heads->pdata[k];
  cf_sheet_row (sheet, cells, titles, n + 1);
  for (guint i = 0; i < table->lines->len; i++)
    {
      const CfBatchLine *line = table->lines->pdata[i];

      texts[0] = line->name;
      for (guint k = 0; k < n; k++)
        texts[k + 1] = line->cells->pdata[k];
      cf_sheet_row_below (sheet, cells, titles, cells, texts, n + 1);
    }
}

gboolean
cf_batch_save_pdf (const CfBatch *batch, const char *path, GError **error)
{
  g_autoptr (GPtrArray) tables = cf_batch_tables (batch);
  g_autoptr (GBytes) bytes = NULL;
  CfSheet sheet;

  cf_sheet_open (&sheet, cf_batch_title (batch));
  write_head (&sheet, batch);
  write_plots (&sheet, batch);
  for (guint i = 0; i < tables->len; i++)
    write_table (&sheet, tables->pdata[i]);
  if (batch->command)
    {
      cf_sheet_heading (&sheet, _("Repeat it"), 30.0);
      cf_sheet_text (&sheet, CF_SHEET_CODE, batch->command, 3.0);
    }
  bytes = cf_sheet_close (&sheet, error);
  return bytes && cf_file_save (path, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), error);
}
