/* cf-csv.h: tables of text: comma-separated values as RFC 4180 has them, with a heading. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** Every row has as many cells as the heading. Blank lines and lines that begin with # are left out. Cells are valid UTF-8 without the blanks
 * around them, unless they were quoted. */
typedef struct
{
  char **heading;
  GPtrArray *rows; /* of char **, NULL-terminated */
  GArray *lines;   /* guint: the line of the file on which each row begins, from 1 */
} CfCsv;

/** name is for messages. CF_INPUT_ERROR names the line: cells too few or too many, a quote that is not closed, no heading, not UTF-8. */
CfCsv *cf_csv_parse (const char *name, const char *text, GError **error);
/** At most 64 MiB. */
CfCsv *cf_csv_load (const char *path, GError **error);
void cf_csv_free (CfCsv *csv);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfCsv, cf_csv_free)
/** Index of a column, -1 where there is none. */
int cf_csv_column (const CfCsv *csv, const char *heading);
/** The cell, "" where column is -1; owned by the table. */
const char *cf_csv_cell (const CfCsv *csv, gsize row, int column);

G_END_DECLS
