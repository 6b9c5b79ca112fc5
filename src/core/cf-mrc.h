/* cf-mrc.h: MRC2014 / CCP4 maps, plain or gzip: read and written. Reference: Cheng et al. 2015, J. Struct. Biol. 192:146. */
#pragma once

#include <gio/gio.h>

#include "cf-volume.h"

G_BEGIN_DECLS

/** Opens `path`. Sizes are checked against the file before anything is allocated. What is odd but readable becomes a warning of
 * the volume; what is not is refused with CF_INPUT_ERROR. progress may be NULL. */
CfVolume *cf_mrc_load (const char *path, GCancellable *cancellable, GError **error);

/** Choices where a file leaves one. Zeroed: what cf_mrc_load () does. */
typedef struct
{
  gboolean by_nstart; /* place by NSTART although ORIGIN is set */
  int volume;         /* of a stack of volumes (ISPG 401 to 630), from 0 */
} CfMrcLoadOptions;
CfVolume *cf_mrc_load_with (const char *path, const CfMrcLoadOptions *options, GCancellable *cancellable, GError **error);

typedef struct
{
  int mode;           /* 2 (float32, the default 0 means 2 here) or 12 (float16) */
  const char *label;  /* one label beside program and date; NULL for none */
} CfMrcSaveOptions;

/** Writes MRC2014, little endian, axes 1,2,3, ORIGIN and NSTART both consistent where they can be, true statistics.
 * Atomic: a temporary file beside `path`, synced, renamed. */
gboolean cf_mrc_save (const CfVolume *volume, const char *path, const CfMrcSaveOptions *options, GCancellable *cancellable, GError **error);

G_END_DECLS
