/* cf-recognise.h: what a file is, by its first bytes, never by its name. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  CF_FILE_MAP,
  CF_FILE_STRUCTURE,
  CF_FILE_HEADER,
  CF_FILE_NEURAL
} CfFileKind;

/** Looks through gzip. What looks like nothing known is called a map, whose reader says best what is wrong. Thread safe. */
gboolean cf_file_recognise (const char *path, CfFileKind *out, GError **error);

G_END_DECLS
