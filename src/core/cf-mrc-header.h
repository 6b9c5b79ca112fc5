/* cf-mrc-header.h: the 1024 bytes in front of an MRC/CCP4 map, decoded and judged. Private to core. */
#pragma once

#include "cf-volume.h"
#include "cf-warnings.h"

G_BEGIN_DECLS

#define CF_MRC_HEADER_SIZE 1024
#define CF_MRC_IMOD_STAMP 1146047817

/** Byte offsets of the words of the header. */
enum
{
  CF_MRC_N = 0,
  CF_MRC_MODE = 12,
  CF_MRC_NSTART = 16,
  CF_MRC_M = 28,
  CF_MRC_CELLA = 40,
  CF_MRC_CELLB = 52,
  CF_MRC_AXES = 64,
  CF_MRC_STATISTICS = 76,
  CF_MRC_ISPG = 88,
  CF_MRC_NSYMBT = 92,
  CF_MRC_LSKFLG = 96,
  CF_MRC_EXTTYP = 104,
  CF_MRC_NVERSION = 108,
  CF_MRC_IMOD_WORD = 152,
  CF_MRC_IMOD_FLAGS = 156,
  CF_MRC_ORIGIN = 196,
  CF_MRC_MAP = 208,
  CF_MRC_STAMP = 212,
  CF_MRC_RMS = 216,
  CF_MRC_NLABL = 220,
  CF_MRC_LABELS = 224
};

/** What the reader works from. Everything is checked: nothing in here is out of its range. */
typedef struct
{
  CfMapHeader map;
  int n[3];             /* NX, NY, NZ of the file: columns, rows, sections of the volume that is read */
  int sections;         /* NZ as written: all volumes of a stack */
  gboolean is_unsigned; /* mode 0 holds uint8 */
  gboolean unmarked;    /* 'MAP ' is missing: right only when the length is */
  guint64 row_bytes;
  guint64 data_bytes; /* of all sections */
  CfGrid grid;
} CfMrcLayout;

/** Decodes `bytes` (CF_MRC_HEADER_SIZE of them). name is for messages; warnings take new strings. Owns layout->map.labels after. */
gboolean cf_mrc_layout_read (CfMrcLayout *layout, const guint8 *bytes, const char *name, gboolean by_nstart, CfWarnings *warnings,
                             GError **error);

/** n values of a row at `in` (of `mode`, other byte order where swap) to float. */
void cf_mrc_decode (const guint8 *in, int mode, gboolean is_unsigned, gboolean swap, gsize n, float *out);
/** Nearest float16, ties to even; overflows to infinity. */
guint16 cf_mrc_half_from_float (float value);
float cf_mrc_half_to_float (guint16 half);

G_END_DECLS
