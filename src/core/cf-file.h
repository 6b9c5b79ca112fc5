/* cf-file.h: files as this program reads and writes them: atomic output, capped gzip input, escaped text. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** Output that appears whole or not at all: written to a temporary file in the folder of `path`, synced and renamed by
 * _commit (); removed by _free () without it. Not thread safe. */
typedef struct _CfFileWriter CfFileWriter;
CfFileWriter *cf_file_writer_new (const char *path, GError **error);
gboolean cf_file_writer_write (CfFileWriter *writer, const void *data, gsize n, GError **error);
gboolean cf_file_writer_printf (CfFileWriter *writer, GError **error, const char *format, ...) G_GNUC_PRINTF (3, 4);
gboolean cf_file_writer_commit (CfFileWriter *writer, GError **error);
void cf_file_writer_free (CfFileWriter *writer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfFileWriter, cf_file_writer_free)
/** For writers of their own: syncs `fd`, which is the file `from`, renames that to `to` and syncs the folder. FALSE with errno. */
gboolean cf_file_sync_and_rename (int fd, const char *from, const char *to);
/** Whether `fd` is still the file of that name, after a wait for its lock: who held it may have renamed it or taken it away. */
gboolean cf_file_is_still (int fd, const char *path);
/** All of a small file at once, atomically. */
gboolean cf_file_save (const char *path, const void *data, gsize n, GError **error);

/** The whole file as bytes, gunzipped where it begins with the gzip magic (several members allowed); at most `cap` bytes of
 * output, CF_INPUT_ERROR_LENGTH beyond. A truncated stream or a bad CRC is CF_INPUT_ERROR_DAMAGED. */
GBytes *cf_file_load (const char *path, gsize cap, GCancellable *cancellable, GError **error);
/** SHA-256 of the bytes as stored, hex. */
gboolean cf_file_sha256 (const char *path, char out[65], GCancellable *cancellable, GError **error);

/** Text from files is untrusted. Each returns a new string. */
char *cf_text_clean (const char *bytes, gssize n);   /* to valid UTF-8, control characters to spaces, trailing blanks off */
char *cf_text_for_html (const char *text);           /* & < > " ' escaped */
char *cf_text_for_csv (const char *text);            /* quoted where needed; a leading = + - @ of a non-number gets a ' */
char *cf_text_for_file_name (const char *text);      /* [A-Za-z0-9._-] only */

G_END_DECLS
