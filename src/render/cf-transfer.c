#include "cf-transfer.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cf-error.h"
#include "cf-words.h"

#define SHELLS 3

const char *const cf_transfer_presets[] = { "ramp", "shells", "warm", NULL };

static CfTransferPoint
point_make (double level, guint32 colour, double opacity)
{
  CfTransferPoint point = { .level = (float) CLAMP (level, 0, 1), .opacity = (float) CLAMP (opacity, 0, CF_TRANSFER_OPAQUE) };
  for (int c = 0; c < 3; c++)
    point.rgb[c] = (float) (colour >> (16 - 8 * c) & 0xff) / 255;
  return point;
}

/* Thin sheets about three levels, in Okabe-Ito's colours, the inner ones denser. */
static void
preset_shells (double level, CfTransfer *out)
{
  static const guint32 colours[SHELLS] = { 0x56b4e9, 0xe69f00, 0xd55e00 };
  static const double at[SHELLS] = { 0.6, 1.3, 2.4 }, opacity[SHELLS] = { 0.22, 0.3, 0.95 };
  /* What lies above 0.9 would be one shell. */
  double scale = fmin (level, 0.9 / at[SHELLS - 1]);
  out->n = 0;
  for (int i = 0; i < SHELLS; i++)
    {
      out->point[out->n++] = point_make (0.8 * at[i] * scale, colours[i], 0);
      out->point[out->n++] = point_make (at[i] * scale, colours[i], opacity[i]);
      out->point[out->n++] = point_make (1.2 * at[i] * scale, colours[i], i == SHELLS - 1 ? opacity[i] : 0);
    }
}

gboolean
cf_transfer_preset (const char *name, double level, CfTransfer *out)
{
  CfTransfer made = { 0 };
  level = CLAMP (level, 0.01, 0.9);
  double high = fmin (4 * level, 1), middle = 0.5 * (level + high);
  if (g_strcmp0 (name, "ramp") == 0)
    made = (CfTransfer){ 3, { point_make (0.5 * level, 0x9aa4b0, 0), point_make (level, 0xb8bec6, 0.12), point_make (high, 0xffffff, 0.6) } };
  else if (g_strcmp0 (name, "warm") == 0)
    made = (CfTransfer){ 4,
                         { point_make (0.5 * level, 0x1b2a6b, 0), point_make (level, 0x4a6fb5, 0.06), point_make (middle, 0xe69f00, 0.3),
                           point_make (high, 0xfff3b0, 0.8) } };
  else if (g_strcmp0 (name, "shells") == 0)
    preset_shells (level, &made);
  else
    return FALSE;
  *out = made;
  return TRUE;
}

static int
compare_points (gconstpointer a, gconstpointer b)
{
  float x = ((const CfTransferPoint *) a)->level, y = ((const CfTransferPoint *) b)->level;
  return (x > y) - (x < y);
}

/* A number that is the whole of the text. */
static gboolean
parse_number (const char *text, double lo, double hi, double *out)
{
  char *end = NULL;
  *out = g_ascii_strtod (text, &end);
  return end != text && *end == '\0' && *out >= lo && *out <= hi;
}

static gboolean
parse_point (const char *text, CfTransferPoint *out)
{
  g_auto (GStrv) parts = g_strsplit (text, ":", -1);
  double level, opacity;
  if (g_strv_length (parts) != 3 || !parse_number (parts[0], 0, 1, &level) || !parse_number (parts[2], 0, 1, &opacity))
    return FALSE;
  const char *colour = parts[1] + (parts[1][0] == '#');
  for (int i = 0; i < 6; i++)
    if (!g_ascii_isxdigit (colour[i]))
      return FALSE;
  if (colour[6] != '\0')
    return FALSE;
  *out = point_make (level, (guint32) strtoul (colour, NULL, 16), opacity);
  return TRUE;
}

gboolean
cf_transfer_parse (const char *text, double level, CfTransfer *out, GError **error)
{
  CfTransfer made = { 0 };
  if (*text == '\0' || cf_transfer_preset (text, level, &made))
    {
      *out = made;
      return TRUE;
    }
  g_auto (GStrv) parts = g_strsplit (text, ",", -1);
  guint n = g_strv_length (parts);
  for (guint i = 0; i < n && i < CF_TRANSFER_MAX; i++, made.n++)
    if (!parse_point (g_strstrip (parts[i]), &made.point[i]))
      {
        g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT,
                     _("a transfer function's point is %s, needs LEVEL:RRGGBB:OPACITY with level and opacity from 0 to 1"), parts[i]);
        return FALSE;
      }
  if (n < 2 || n > CF_TRANSFER_MAX)
    {
      g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, _("a transfer function has %u points, needs 2 to %d, or the name ramp, shells or warm"), n,
                   CF_TRANSFER_MAX);
      return FALSE;
    }
  /* Points at one level keep the order that they were given in: a step. */
  g_qsort_with_data (made.point, made.n, sizeof made.point[0], (GCompareDataFunc) (void (*) (void)) compare_points, NULL);
  *out = made;
  return TRUE;
}

char *
cf_transfer_text (const CfTransfer *transfer)
{
  g_autoptr (GString) text = g_string_new (NULL);
  for (int i = 0; i < transfer->n; i++)
    {
      const CfTransferPoint *p = &transfer->point[i];
      char level[G_ASCII_DTOSTR_BUF_SIZE], opacity[G_ASCII_DTOSTR_BUF_SIZE];
      g_ascii_formatd (level, sizeof level, "%.6g", p->level);
      g_ascii_formatd (opacity, sizeof opacity, "%.6g", p->opacity);
      g_string_append_printf (text, "%s%s:%02x%02x%02x:%s", i ? "," : "", level, (guint) lroundf (255 * p->rgb[0]), (guint) lroundf (255 * p->rgb[1]),
                              (guint) lroundf (255 * p->rgb[2]), opacity);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

gboolean
cf_transfer_equal (const CfTransfer *a, const CfTransfer *b)
{
  return a->n == b->n && memcmp (a->point, b->point, a->n * sizeof a->point[0]) == 0;
}

void
cf_transfer_at (const CfTransfer *transfer, double d, float rgb[3], float *opacity)
{
  const CfTransferPoint *p = transfer->point;
  int above = 0, last = transfer->n - 1;
  float x = (float) d;
  while (above < transfer->n && !(x < p[above].level))
    above++;
  const CfTransferPoint *a = &p[MAX (above - 1, 0)], *b = &p[MIN (above, last)];
  float span = b->level - a->level, f = span > 0 ? (x - a->level) / span : 0;
  for (int c = 0; c < 3; c++)
    rgb[c] = a->rgb[c] + f * (b->rgb[c] - a->rgb[c]);
  *opacity = above == 0 ? 0 : a->opacity + f * (b->opacity - a->opacity);
}

double
cf_transfer_floor (const CfTransfer *transfer)
{
  for (int i = 0; i < transfer->n; i++)
    if (transfer->point[i].opacity > 0)
      return transfer->point[MAX (i - 1, 0)].level;
  return 2; /* nothing is */
}

int
cf_transfer_add (CfTransfer *transfer, double d)
{
  int at = 0;
  CfTransferPoint fresh = { .level = (float) CLAMP (d, 0, 1) };
  if (transfer->n >= CF_TRANSFER_MAX || transfer->n == 0)
    return -1;
  cf_transfer_at (transfer, fresh.level, fresh.rgb, &fresh.opacity);
  while (at < transfer->n && transfer->point[at].level <= fresh.level)
    at++;
  memmove (transfer->point + at + 1, transfer->point + at, (transfer->n - at) * sizeof fresh);
  transfer->point[at] = fresh;
  transfer->n++;
  return at;
}

void
cf_transfer_move (CfTransfer *transfer, int index, double d, double opacity)
{
  CfTransferPoint *p = transfer->point;
  if (index < 0 || index >= transfer->n)
    return;
  double lo = index > 0 ? p[index - 1].level : 0, hi = index < transfer->n - 1 ? p[index + 1].level : 1;
  p[index].level = (float) CLAMP (d, lo, hi);
  p[index].opacity = (float) CLAMP (opacity, 0, CF_TRANSFER_OPAQUE);
}

gboolean
cf_transfer_remove (CfTransfer *transfer, int index)
{
  if (transfer->n <= 2 || index < 0 || index >= transfer->n)
    return FALSE;
  memmove (transfer->point + index, transfer->point + index + 1, (transfer->n - index - 1) * sizeof transfer->point[0]);
  transfer->n--;
  return TRUE;
}
