/* cf-batch-private.h: the columns and plots of a batch, shared by its forms. */
#pragma once

#include "cf-batch.h"
#include "cf-report-private.h"

G_BEGIN_DECLS

typedef enum
{
  CF_BATCH_GRAPH, /* how well the graph agrees with the model */
  CF_BATCH_ATOMS, /* by atom, at atomic resolution */
  CF_BATCH_COST,
  CF_BATCH_INTERPOLATION,
  CF_BATCH_INPUT  /* CSV only */
} CfBatchTable;

typedef struct
{
  CfBatchTable table;
  const char *csv, *title; /* title NULL: not in the page */
  const char *path;        /* in the row */
  const char *format;      /* of the number; NULL for text */
  double factor;           /* of what the page shows; the CSV has the number as it is */
} CfBatchColumn;

/** Those of a kind, ends with a NULL csv. */
const CfBatchColumn *cf_batch_columns (CfBatchKind kind);
/** As the page shows it: new string, "" where it is not known. */
char *cf_batch_cell (const CfBatchColumn *column, json_t *row);
/** The name by which a row is known: of its map or model, without the folder. New string. */
char *cf_batch_row_name (json_t *row);

/** "Row 3, name, failed: why"; new string, NULL where it did not fail. */
char *cf_batch_row_failure (json_t *row);
gboolean cf_batch_row_has_status (json_t *row, const char *status);
/** What stands at the head of page and PDF; the second is a new string. */
const char *cf_batch_title (const CfBatch *batch);
char *cf_batch_subtitle (const CfBatch *batch);

#define CF_BATCH_ATOMIC 1.6 /* A; paper, section 4: the class of the six maps of atomic resolution */

/** A line of a table: of a row, or of means. */
typedef struct
{
  json_t *row;      /* borrowed; NULL for means */
  char *name;
  GPtrArray *cells; /* texts, as many as heads; a dash where nothing is known */
} CfBatchLine;
typedef struct
{
  CfBatchTable table;
  const char *title, *note;
  GPtrArray *heads; /* texts */
  GPtrArray *lines; /* CfBatchLine */
} CfBatchLines;
/** The tables that have a line, in order, CfBatchLines each; they borrow from the batch. A new reference. */
GPtrArray *cf_batch_tables (const CfBatch *batch);

#define CF_BATCH_PLOT_HEIGHT 300.0
typedef struct
{
  const char *id, *label, *caption;
  void (*draw) (cairo_t *cr, double width, double height, gpointer batch);
} CfBatchPlot;
#define CF_BATCH_PLOTS 5
/** Those that the rows have points for; returns how many. */
gsize cf_batch_plots (const CfBatch *batch, CfBatchPlot out[CF_BATCH_PLOTS]);

G_END_DECLS
