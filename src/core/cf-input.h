/* cf-input.h: a file read once from front to end, gunzipped on the way, hashed as stored. Private to the readers of core. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** One file, read by one thread. */
typedef struct _CfInput CfInput;

/** Refuses what is not a regular file, and what cannot be opened, with CF_INPUT_ERROR_NOT_THIS. hash: SHA-256 on the way. */
CfInput *cf_input_open (const char *path, gboolean hash, GError **error);
void cf_input_close (CfInput *input);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfInput, cf_input_close)

/** Bytes of the file as stored. */
guint64 cf_input_stored_size (const CfInput *input);
/** TRUE where the file begins with the gzip magic. */
gboolean cf_input_is_compressed (const CfInput *input);
/** The most bytes that could come out: the stored size, or what deflate could make of it. */
guint64 cf_input_largest_size (const CfInput *input);

/** Up to n bytes; *got < n only at the end. CF_INPUT_ERROR_DAMAGED for a truncated or wrong gzip stream, G_IO_ERROR otherwise. */
gboolean cf_input_read (CfInput *input, void *buffer, gsize n, gsize *got, GCancellable *cancellable, GError **error);
/** Takes up to `limit` more bytes of output and throws them away; *skipped of them. So a stream's checksum is seen. */
gboolean cf_input_skip (CfInput *input, guint64 limit, guint64 *skipped, GCancellable *cancellable, GError **error);
/** Reads what is left of the stored bytes, without inflating it, and gives their SHA-256. */
gboolean cf_input_finish (CfInput *input, char out[65], GCancellable *cancellable, GError **error);

G_END_DECLS
