/* cf-part.h: a file while it is being downloaded: PATH.part, and beside it what has to be known to go on with it. Private to the room. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** Held by one process at a time, through a lock on PATH.part that ends with the process. Used by one thread. */
typedef struct
{
  char *path;      /* what it becomes */
  char *part_path; /* PATH.part */
  char *note_path; /* PATH.part.info: where the bytes come from, so that they are only ever continued with their own */
  int fd;
  guint64 n;       /* bytes there */
  char *validator; /* for If-Range: a strong ETag or a Last-Modified date; NULL: cannot be continued */
  guint64 total;   /* bytes of the whole; 0 unknown */
} CfPart;

/** Opens PATH.part, or waits while another process (or thread) holds it; waiting (NULL: none) is called now and then meanwhile.
 * What is there of another URL is emptied. *out is NULL with TRUE where PATH is there by then, unless `again`: it is to be replaced. */
gboolean cf_part_open (const char *path, const char *url, gboolean again, void (*waiting) (gpointer), gpointer user_data,
                       GCancellable *cancellable, CfPart **out, GError **error);
/** Empties it and notes what the bytes to come are of. */
gboolean cf_part_begin (CfPart *part, const char *url, const char *validator, guint64 total, GError **error);
gboolean cf_part_write (CfPart *part, const void *data, gsize n, GError **error);
/** Synced and renamed to PATH. */
gboolean cf_part_commit (CfPart *part, GError **error);
/** Takes it away: nothing of it is of use. */
void cf_part_discard (CfPart *part);
/** Lets go of it; what is there stays for the next time. */
void cf_part_close (CfPart *part);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfPart, cf_part_close)

G_END_DECLS
