/* cf-float16.h: 16-bit floats (IEEE binary16) as they lie in memory; arithmetic is done in fp32. */
#pragma once

#include "cf-simt.h"

#ifdef __CUDACC__
#include <cuda_fp16.h>
typedef __half CfHalf;

CF_DEVICE float cf_load (const float *p) { return *p; }
CF_DEVICE float cf_load (const CfHalf *p) { return __half2float (*p); }
CF_DEVICE void cf_store (float *p, float x) { *p = x; }
CF_DEVICE void cf_store (CfHalf *p, float x) { *p = __float2half_rn (x); }
#else
#include <stdint.h>

typedef struct
{
  uint16_t bits;
} CfHalf;

static inline float
cf_load (const float *p)
{
  return *p;
}

static inline float
cf_load (const CfHalf *p)
{
  int exponent = p->bits >> 10 & 31, fraction = p->bits & 1023;
  float size = exponent == 31 ? (fraction ? NAN : INFINITY) : exponent == 0 ? ldexpf ((float) fraction, -24)
                                                                          : ldexpf ((float) (1024 + fraction), exponent - 25);

  return p->bits >> 15 ? -size : size;
}

static inline void
cf_store (float *p, float x)
{
  *p = x;
}

static inline void
cf_store (CfHalf *p, float x)
{
  uint16_t sign = signbit (x) ? 0x8000 : 0;
  float size = fabsf (x);
  int exponent;

  if (isnan (x))
    p->bits = 0x7e00;
  else if (size >= 65520.0f)
    p->bits = sign | 0x7c00;
  else
    {
      /* rint rounds halves to even; a fraction that rounds up to the next power of two carries into the exponent by itself. */
      frexpf (size, &exponent);
      exponent = exponent < -13 || size == 0 ? -13 : exponent;
      uint32_t steps = (uint32_t) rintf (ldexpf (size, 11 - exponent));
      p->bits = (uint16_t) (sign | (steps + ((uint32_t) (exponent + 13) << 10)));
    }
}
#endif
