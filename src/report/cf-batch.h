/* cf-batch.h: many maps side by side: the tables and plots of the published evaluation. */
#pragma once

#include <jansson.h>

#include "cf-plot.h"

G_BEGIN_DECLS

typedef enum
{
  CF_BATCH_MAPS,     /* train, graph, compare */
  CF_BATCH_SIMULATED /* the interpolation experiment */
} CfBatchKind;

/** "maps", "simulated". */
const char *cf_batch_kind_name (CfBatchKind kind);

/** The summaries of the rows as `row.json` holds them: `request` {`row`, `map`, `model`, `resolution`, `contour`}, `preset`, `status`, of one
 * that failed `failed` {`step`, `exit_status`} for programs and `error` for people, in the language of the batch, `folder` (its name under rows/), `seconds`, and what was measured: `run` (the JSON of the command run), `bytes` {`map`, `neural`}, `others` [] (of
 * compare, with `model`), or `interpolate` (the JSON of that command). What is not there is left empty. */
typedef struct
{
  CfBatchKind kind;
  json_t *rows;        /* borrowed array */
  const char *command; /* the line that repeats it, NULL */
} CfBatch;

/** One line a row; text from files is made safe for spreadsheets. Atomic. */
gboolean cf_batch_save_csv (const CfBatch *batch, const char *path, GError **error);
/** One page without scripts: means, plots, tables, and a link to the report of each row (relative: rows/NAME/...). Atomic. */
gboolean cf_batch_save_html (const CfBatch *batch, const char *path, GError **error);
/** The same plots and tables on pages of A4. Atomic. */
gboolean cf_batch_save_pdf (const CfBatch *batch, const char *path, GError **error);
/** The number at "run.comparison.ca.coverage" of a row; NAN where there is none. */
double cf_batch_number (json_t *row, const char *path);

G_END_DECLS
