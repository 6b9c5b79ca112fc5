/* cli-batch.h: many maps one after the other: the work of one of its rows as programs of their own. */
#pragma once

#include "cf-batch.h"
#include "cli.h"

G_BEGIN_DECLS

/** What is the same for all rows. */
typedef struct
{
  CfBatchKind kind;
  char *folder; /* absolute */
  char *preset; /* "default" or "paper" */
  char *emdb_host, *pdb_host; /* NULL: the archives themselves */
  int threads, epochs; /* 0: not said */
} CfCliBatch;

/** What a row tells while it works: a line of JSON that `train --progress json` printed, or NULL where only the step changed. */
typedef void (*CfCliBatchRowFunc) (int row, const char *step, json_t *line, gpointer data);

/** The folder of a row; new string. */
char *cf_cli_batch_row_folder (const CfCliBatch *batch, json_t *request);
/** The finished summary of the same request, a new reference; NULL where there is none. */
json_t *cf_cli_batch_row_done (const CfCliBatch *batch, json_t *request);
/** Works a row off: its files and `row.json` in its folder. Returns the summary, whose `status` is "done" or "failed" with `failed` and `error`;
 * NULL with an error only where it was cancelled or the folder cannot be written. Thread safe. */
json_t *cf_cli_batch_row_run (const CfCliBatch *batch, json_t *request, gboolean resume, CfCliBatchRowFunc tell, gpointer data,
                              GCancellable *cancellable, GError **error);
/** All summaries under the folder, by row; a new reference. */
json_t *cf_cli_batch_rows (const char *folder, GError **error);

G_END_DECLS
