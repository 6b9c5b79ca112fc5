/* cf-list-results.h: a list of maps beside what `batch` made of it. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  CF_LIST_NOT_RUN,
  CF_LIST_UNDER_WAY, /* a fit was begun and is kept; it may be at work */
  CF_LIST_DONE,
  CF_LIST_FAILED
} CfListState;

/** A row. Numbers are NAN where they are not known. */
typedef struct
{
  int row;             /* from 1 */
  char *name;          /* of the map, without its folder */
  char *entry;         /* "EMD-11103" where the map is one of the archive; NULL: a file */
  char **files;        /* what opens its session: neural map, map, model, as many as are there; NULL-terminated */
  gboolean has_field;  /* the first is a neural map */
  double contour;      /* file units, as the list has it */
  CfListState state;
  char *error;         /* of a row that failed; NULL */
  double resolution;   /* A */
  double coverage, precision; /* shares */
  double rmsd;         /* A */
  double nodes;
} CfListEntry;
void cf_list_entry_free (CfListEntry *entry);

/** The rows of the list, CfListEntry each; a new reference. folder: of results, as batch -o has it; NULL: the list's own folder and those in it. A row's results
 * are those whose request is the row's. A list that has models and no map can have no session: refused. Blocks: for a worker thread. */
GPtrArray *cf_list_entries_load (const char *list, const char *folder, GError **error);

/** Whether a file is a list of maps: its first line that is no comment is a heading with the column map. Reads the first bytes. A path where no file is
 * is one where its last part names a list that comes with the program ("atomic.csv"). */
gboolean cf_list_recognise (const char *path);

G_END_DECLS
