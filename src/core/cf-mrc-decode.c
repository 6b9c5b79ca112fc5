/* The number formats of MRC maps. */
#include <string.h>

#include "cf-mrc-header.h"

float
cf_mrc_half_to_float (guint16 half)
{
  guint32 sign = (guint32) (half & 0x8000) << 16, exponent = half >> 10 & 31, fraction = half & 0x3ff, bits;
  if (exponent == 31)
    bits = sign | 0x7f800000 | fraction << 13;
  else if (exponent > 0)
    bits = sign | (exponent + 112) << 23 | fraction << 13;
  else
    {
      float small = (float) fraction * 0x1p-24f;
      return sign ? -small : small;
    }
  float value;
  memcpy (&value, &bits, sizeof value);
  return value;
}

guint16
cf_mrc_half_from_float (float value)
{
  guint32 bits;
  memcpy (&bits, &value, sizeof bits);
  guint16 sign = (guint16) (bits >> 16 & 0x8000);
  guint32 magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000)
    return sign | 0x7e00;
  if (magnitude >= 0x477ff000) /* 65520: halfway from the largest to what would be the next */
    return sign | 0x7c00;
  if (magnitude < 0x38800000) /* below 2^-14: subnormal, in units of 2^-24 */
    {
      float absolute;
      memcpy (&absolute, &magnitude, sizeof absolute);
      /* Adding 1.5 x 2^23 leaves the nearest whole number, ties to even, in the low bits. */
      float rounded = absolute * 0x1p24f + 0x1.8p23f;
      memcpy (&bits, &rounded, sizeof bits);
      return sign | (guint16) (bits & 0x7ff);
    }
  guint32 low = magnitude & 0x1fff, kept = (magnitude - 0x38000000) >> 13;
  if (low > 0x1000 || (low == 0x1000 && (kept & 1)))
    kept++;
  return sign | (guint16) kept;
}

static guint16
word16 (const guint8 *in, gboolean swap)
{
  guint16 v;
  memcpy (&v, in, sizeof v);
  return swap ? GUINT16_SWAP_LE_BE (v) : v;
}

void
cf_mrc_decode (const guint8 *in, int mode, gboolean is_unsigned, gboolean swap, gsize n, float *out)
{
  switch (mode)
    {
    case 0:
      for (gsize i = 0; i < n; i++)
        out[i] = is_unsigned ? (float) in[i] : (float) (gint8) in[i];
      break;
    case 1:
      for (gsize i = 0; i < n; i++)
        out[i] = (gint16) word16 (in + 2 * i, swap);
      break;
    case 6:
      for (gsize i = 0; i < n; i++)
        out[i] = word16 (in + 2 * i, swap);
      break;
    case 12:
      for (gsize i = 0; i < n; i++)
        out[i] = cf_mrc_half_to_float (word16 (in + 2 * i, swap));
      break;
    case 101:
      for (gsize i = 0; i < n; i++)
        out[i] = in[i / 2] >> (i % 2 ? 4 : 0) & 15;
      break;
    case 2:
    default:
      if (!swap)
        {
          memcpy (out, in, n * sizeof (float));
          break;
        }
      for (gsize i = 0; i < n; i++)
        {
          guint32 bits;
          memcpy (&bits, in + 4 * i, sizeof bits);
          bits = GUINT32_SWAP_LE_BE (bits);
          memcpy (out + i, &bits, sizeof bits);
        }
    }
}
