/* cf-transfer.h: what each density looks like in style volume: points of colour and opacity over d, linear between them. Plain data, no GL;
 * thread safe. Light that goes s A through a constant d keeps (1 - opacity)^s of itself. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define CF_TRANSFER_MAX 16 /* points */
#define CF_TRANSFER_OPAQUE 0.999f /* the largest opacity */

typedef struct
{
  float level;   /* d, 0 to 1 */
  float rgb[3];  /* 0 to 1 */
  float opacity; /* taken away by 1 A, 0 to CF_TRANSFER_OPAQUE */
} CfTransferPoint;

/** Points by ascending level. Below the first nothing is seen; above the last it goes on. */
typedef struct
{
  int n; /* 0: the style's own look; else 2 or more */
  CfTransferPoint point[CF_TRANSFER_MAX];
} CfTransfer;

/** "ramp", "shells", "warm": made for a level (d) about which the interesting densities lie; NULL-terminated. */
extern const char *const cf_transfer_presets[];
gboolean cf_transfer_preset (const char *name, double level, CfTransfer *out);

/** A preset's name, or "LEVEL:COLOUR:OPACITY,..." with d, RRGGBB and the opacity of 1 A; "" is n = 0. CF_ERROR_ARGUMENT says which part is
 * wrong. Levels may come in any order. */
gboolean cf_transfer_parse (const char *text, double level, CfTransfer *out, GError **error);
/** The reverse, exact to what is seen; new string. */
char *cf_transfer_text (const CfTransfer *transfer);
gboolean cf_transfer_equal (const CfTransfer *a, const CfTransfer *b);

/** Colour and opacity at d. */
void cf_transfer_at (const CfTransfer *transfer, double d, float rgb[3], float *opacity);
/** d below which nothing is seen. */
double cf_transfer_floor (const CfTransfer *transfer);

/** A new point on the line as it is, so that nothing changes yet; its index, or -1 where there are CF_TRANSFER_MAX. */
int cf_transfer_add (CfTransfer *transfer, double d);
/** A point stays between its neighbours. */
void cf_transfer_move (CfTransfer *transfer, int index, double d, double opacity);
/** FALSE where only two are left. */
gboolean cf_transfer_remove (CfTransfer *transfer, int index);

G_END_DECLS
