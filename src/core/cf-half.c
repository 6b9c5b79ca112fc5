#include "cf-half.h"

#include <math.h>
#include <string.h>

float
cf_half_to_float (guint16 half)
{
  int exponent = half >> 10 & 31, fraction = half & 1023;
  float value;

  if (exponent == 31)
    value = fraction == 0 ? INFINITY : NAN;
  else if (exponent == 0)
    value = ldexpf (fraction, -24);
  else
    value = ldexpf (fraction + 1024, exponent - 25);
  return half >> 15 ? -value : value;
}

guint16
cf_half_from_float (float value)
{
  guint16 sign = signbit (value) ? 0x8000 : 0;
  float size = fabsf (value);
  int exponent;

  if (isnan (value))
    return sign | 0x7e00;
  if (size >= 65520)
    return sign | 0x7c00;
  /* Below the smallest normal number the steps are 2^-24; above, the significand has eleven bits. rintf () rounds ties to even, and a carry
   * into the exponent is what it should be. */
  if (size < 0x1p-14f)
    return sign | (guint16) rintf (ldexpf (size, 24));
  frexpf (size, &exponent);
  return sign | (guint16) (((exponent + 13) << 10) + (int) rintf (ldexpf (size, 11 - exponent)));
}

CfSiren *
cf_half_round_siren (const CfSiren *siren)
{
  CfSiren *made = cf_siren_new (&siren->shape);

  memcpy (made->params, siren->params, sizeof (float) * siren->n);
  for (int l = 1; l <= siren->shape.hidden; l++)
    for (gsize i = cf_siren_weight_offset (&siren->shape, l); i < cf_siren_bias_offset (&siren->shape, l); i++)
      made->params[i] = cf_half_to_float (cf_half_from_float (made->params[i]));
  return made;
}
