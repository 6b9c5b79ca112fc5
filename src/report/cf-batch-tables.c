/* cf-batch-tables.c: the lines of a batch's tables, as its page and its PDF show them. */
#include "cf-batch-private.h"

#include <math.h>

#include "cf-file.h"
#include "cf-words.h"

#define ATOMS_FROM 2.0 /* A; method.md section 5: atoms are compared at this resolution and better */
#define DASH "\342\200\223"

typedef struct
{
  CfBatchTable table;
  const char *title, *note;
} Words;

static const Words words[] = {
  { CF_BATCH_GRAPH, N_("Graph and model"),
    N_("Published means: six maps at 1.6 \303\205 and better, coverage 99.4 %, RMSD 0.19 \303\205 (of atoms); 109 others, coverage 84.5 %, precision 61.3 %, RMSD "
    "1.14 \303\205. By chance: as many random points inside the same contour.") },
  { CF_BATCH_ATOMS, N_("Atoms, within 1 \303\205"),
    /* xgettext:no-c-format */
    N_("Maps of 2 \303\205 and better. Published for the six maps at 1.6 \303\205 and better: 85.2 % of atoms, 88.4 % of nodes, RMSD 0.19 \303\205.") },
  { CF_BATCH_INTERPOLATION, N_("Error on the 0.2 \303\205 truth"),
    N_("Mean absolute errors, density in units of the map\342\200\231s range, gradient in those per \303\205. Published means: neural 0.0086, trilinear 0.066, which is "
    "the misaligned one.") },
  { CF_BATCH_COST, N_("Cost"), N_("Published, on their GPUs: 99 s of training a region, 983 s a graph; neural file 1.9 times the map\342\200\231s.") },
};

static gboolean
in_table (const CfBatchColumn *column, CfBatchTable table)
{
  return column->title && column->table == table;
}

static gboolean
belongs (json_t *row, const CfBatchColumn *columns, CfBatchTable table)
{
  if (table == CF_BATCH_ATOMS && !(cf_batch_number (row, "run.resolution") <= ATOMS_FROM))
    return FALSE;
  for (const CfBatchColumn *c = columns; c->csv; c++)
    if (in_table (c, table) && isfinite (cf_batch_number (row, c->path)))
      return TRUE;
  return FALSE;
}

/* Over the rows that have the number, of a resolution above `above` and up to `most`. */
static double
mean_of (const CfBatch *batch, const char *path, double above, double most)
{
  double sum = 0;
  json_t *row;
  int n = 0;
  gsize i;

  json_array_foreach (batch->rows, i, row)
  {
    double value = cf_batch_number (row, path), resolution = cf_batch_number (row, "run.resolution");

    if (!isfinite (value) || (above > -INFINITY && !(resolution > above)) || (most < INFINITY && !(resolution <= most)))
      continue;
    sum += value;
    n++;
  }
  return n ? sum / n : NAN;
}

static void
line_free (gpointer data)
{
  CfBatchLine *line = data;

  g_free (line->name);
  g_ptr_array_unref (line->cells);
  g_free (line);
}

static CfBatchLine *
add_line (CfBatchLines *lines, json_t *row, char *name)
{
  CfBatchLine *line = g_new0 (CfBatchLine, 1);

  line->row = row;
  line->name = name;
  line->cells = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (lines->lines, line);
  return line;
}

static void
add_means (CfBatchLines *lines, const CfBatch *batch, const char *name, double above, double most)
{
  const CfBatchColumn *columns = cf_batch_columns (batch->kind);
  CfBatchLine *line = add_line (lines, NULL, g_strdup (name));
  gboolean any = FALSE;

  for (const CfBatchColumn *c = columns; c->csv; c++)
    if (in_table (c, lines->table))
      {
        char number[G_ASCII_DTOSTR_BUF_SIZE];
        double mean = mean_of (batch, c->path, above, most);

        any = any || isfinite (mean);
        g_ptr_array_add (line->cells, g_strdup (isfinite (mean) ? g_ascii_formatd (number, sizeof number, c->format, c->factor * mean) : DASH));
      }
  if (!any)
    g_ptr_array_remove (lines->lines, line);
}

static CfBatchLines *
lines_new (const CfBatch *batch, const Words *of)
{
  const CfBatchColumn *columns = cf_batch_columns (batch->kind);
  CfBatchLines *lines = g_new0 (CfBatchLines, 1);
  json_t *row;
  gsize i;

  *lines = (CfBatchLines){ of->table, _(of->title), _(of->note), g_ptr_array_new (), g_ptr_array_new_with_free_func (line_free) };
  for (const CfBatchColumn *c = columns; c->csv; c++)
    if (in_table (c, of->table))
      g_ptr_array_add (lines->heads, (gpointer) _(c->title));
  json_array_foreach (batch->rows, i, row)
  {
    CfBatchLine *line;

    if (!belongs (row, columns, of->table))
      continue;
    line = add_line (lines, row, cf_batch_row_name (row));
    for (const CfBatchColumn *c = columns; c->csv; c++)
      if (in_table (c, of->table))
        {
          g_autofree char *cell = cf_batch_cell (c, row);
          g_ptr_array_add (line->cells, g_strdup (*cell ? cell : DASH));
        }
  }
  if (lines->lines->len < 2)
    return lines;
  add_means (lines, batch, _("mean of those with a value"), -INFINITY, of->table == CF_BATCH_ATOMS ? ATOMS_FROM : INFINITY);
  if (of->table == CF_BATCH_GRAPH)
    {
      add_means (lines, batch, _("mean at 1.6 \303\205 and better"), -INFINITY, CF_BATCH_ATOMIC);
      add_means (lines, batch, _("mean of the coarser ones"), CF_BATCH_ATOMIC, INFINITY);
    }
  return lines;
}

static void
lines_free (gpointer data)
{
  CfBatchLines *lines = data;

  g_ptr_array_unref (lines->heads);
  g_ptr_array_unref (lines->lines);
  g_free (lines);
}

GPtrArray *
cf_batch_tables (const CfBatch *batch)
{
  GPtrArray *all = g_ptr_array_new_with_free_func (lines_free);

  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    {
      CfBatchLines *lines = lines_new (batch, &words[i]);

      if (lines->lines->len > 0)
        g_ptr_array_add (all, lines);
      else
        lines_free (lines);
    }
  return all;
}

const char *
cf_batch_title (const CfBatch *batch)
{
  static const char *const titles[] = { N_("Density graphs of many maps"), N_("Interpolation of simulated maps") };

  return _(titles[batch->kind]);
}

static int
count_rows (const CfBatch *batch, const char *status)
{
  json_t *row;
  gsize i;
  int n = 0;

  json_array_foreach (batch->rows, i, row)
    n += cf_batch_row_has_status (row, status);
  return n;
}

gboolean
cf_batch_row_has_status (json_t *row, const char *status)
{
  return g_strcmp0 (json_string_value (json_object_get (row, "status")), status) == 0;
}

char *
cf_batch_subtitle (const CfBatch *batch)
{
  return g_strdup_printf (_("%zu rows, %d done, %d failed \302\267 Cryofield %s"), json_array_size (batch->rows), count_rows (batch, "done"),
                          count_rows (batch, "failed"), CF_VERSION);
}

char *
cf_batch_row_failure (json_t *row)
{
  const char *error = json_string_value (json_object_get (row, "error"));
  g_autofree char *name = cf_batch_row_name (row), *clean = cf_text_clean (error ? error : "", -1);

  if (!cf_batch_row_has_status (row, "failed"))
    return NULL;
  return g_strdup_printf (_("Row %.0f, %s, failed: %s"), cf_batch_number (row, "request.row"), name, clean);
}
