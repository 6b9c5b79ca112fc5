/* cf-archive-private.h: what the parts of the room share. */
#pragma once

#include "cf-archive.h"

G_BEGIN_DECLS

typedef enum
{
  CF_ARCHIVE_FILE_MAP,
  CF_ARCHIVE_FILE_HEADER,
  CF_ARCHIVE_FILE_MODEL
} CfArchiveFile;

/** "emd_11103.map.gz", "emd-11103.xml", "6ZU5.cif.gz"; new string. */
char *cf_archive_file_name (const CfArchiveId *id, CfArchiveFile file);
/** Its address below the host; new string. */
char *cf_archive_file_url (const CfArchiveId *id, CfArchiveFile file, const char *host);
/** The folder that it goes to: `folder`, or the cache's of the host; new string. */
char *cf_archive_file_folder (const CfArchiveId *id, const char *host, const char *folder);

/** Whether what came is what it should be, from its first byte to its last. One line without the name of the file. */
gboolean cf_archive_check_file (const char *path, CfArchiveFile file, const char *id, GCancellable *cancellable, GError **error);

G_END_DECLS
