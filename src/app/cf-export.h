/* cf-export.h: what is written out, each on a worker, and the command lines that repeat it. */
#pragma once

#include <gio/gio.h>

#include "cf-session.h"
#include "cf-shot.h"

G_BEGIN_DECLS

typedef enum
{
  CF_EXPORT_GRAPH,   /* format by the suffix */
  CF_EXPORT_NEURAL,
  CF_EXPORT_MAP,
  CF_EXPORT_REPORT,  /* .html or .json */
  CF_EXPORT_PICTURE, /* .png */
  CF_EXPORT_TABLE,   /* .csv: by residue */
  CF_EXPORT_CURVE,   /* .csv: by level */
  CF_EXPORT_ALL      /* a folder: all of the above that there is */
} CfExportKind;

/** Takes document and shot (may be NULL where there is none to draw). progress is called on the worker, until _finish is. _finish returns how many
 * files were written, 0 with the error. */
void cf_export_async (CfExportKind kind, const char *path, CfDocument *document, CfShot *shot, CfProgressFunc progress, gpointer progress_data,
                      GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
int cf_export_finish (GAsyncResult *result, char **path, GError **error);

/** "emd_20026.graph.graphml": what a file chooser proposes. New string. */
char *cf_export_name (const CfDocument *document, CfExportKind kind, const char *suffix);
/** The command line of a step: "train", "graph", "compare", "report", "render"; NULL where it has none. shot: what "render" repeats, view and
 * all; NULL gives the field alone, as the command itself frames it. New string. */
char *cf_export_command (const CfDocument *document, const char *step, const CfShot *shot);
/** " --camera=... --opacity=...": how a shot is seen; NULL where the command line cannot draw it so. New string. */
char *cf_export_view_options (const CfShot *shot);

G_END_DECLS
