/* cf-download.h: one file over HTTP, into PATH.part, checked and renamed; goes on where it stopped. Private to the room. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  guint64 cap;    /* bytes: more is refused, before where the server says its length, else on the way */
  guint stall;    /* seconds without data (or with next to none) after which it is given up */
  gboolean again; /* fetch it although PATH is there; it is replaced once the new one is whole */
  /* Whether the whole file is what it should be; what is not never gets its name. what: the same as below. */
  gboolean (*check) (const char *part_path, gpointer user_data, GCancellable *cancellable, GError **error);
  /* total 0: not known; waiting: another process is at the same file. Called for each piece. NULL: none. */
  void (*progress) (guint64 done, guint64 total, gboolean waiting, gpointer user_data);
  gpointer user_data;
} CfDownloadOptions;

/** Nothing is asked where PATH is there. *fetched says which it was. https, or http from this machine itself; redirects only within
 * that. Range with If-Range goes on with what an earlier call left; what no longer matches starts over. Errors are one line that names
 * the file and the host: G_IO_ERROR_NOT_FOUND for 404 and 410, else CF_ERROR; what came stays for the next call unless it is of no use.
 * Blocks: for a worker thread. */
gboolean cf_download (const char *url, const char *path, const CfDownloadOptions *options, gboolean *fetched, GCancellable *cancellable,
                      GError **error);

/** Whether an address may be used: https with a host, or http with this machine's own ("localhost", 127.0.0.0/8, ::1). */
gboolean cf_download_is_allowed (GUri *uri);
/** "localhost:8080" of it; new string. */
char *cf_download_host (GUri *uri);

G_END_DECLS
