/* cf-arithmetic.h: what one element goes through in a sine layer and in the optimisers, for host and device: the CPU's kernels and the GPU's are
 * loops around it. */
#pragma once

#include <math.h>

#include "cf-both.h"

/* Adam (Kingma and Ba 2015). */
#define CF_ADAM_FIRST 0.9f
#define CF_ADAM_SECOND 0.999f
#define CF_ADAM_EPSILON 1e-8f
/* Muon (Jordan et al. 2024). */
#define CF_MUON_MOMENTUM 0.95f
#define CF_MUON_ROUNDS 4

/* Below what d = 0 is trained as (-1), so that a network that is a little off still says nothing. */
#define CF_FLOOR -1.05f

typedef struct
{
  float a, b, c;
} CfMuonRound;

/** X <- a X + (b A + c A^2) X with A = X X^T, four times, takes every singular value to about 1: tests/reference/muon-coefficients.py */
CF_BOTH CfMuonRound
cf_muon_round (int i)
{
  const CfMuonRound rounds[CF_MUON_ROUNDS] = {
    { 8.3837f, -24.7659f, 18.3571f },
    { 4.0434f, -3.0114f, 0.5695f },
    { 3.5056f, -2.6267f, 0.5257f },
    { 2.4901f, -1.8343f, 0.4368f },
  };

  return rounds[i];
}

/** The factor of the rates before a step: from 1 down to 0 over `total` steps (0: always 1); what is left of that at step `turn` takes `rest` steps
 * where rest is not 0. */
CF_BOTH double
cf_cosine_schedule (long long step, long long total, long long turn, long long rest)
{
  double phase, turned;

  if (total <= 0)
    return 1;
  turned = (double) turn / (double) total;
  phase = rest == 0 || step < turn ? (double) step / (double) total : turned + (1 - turned) * (double) (step - turn) / (double) rest;
  return 0.5 * (1 + cos (3.14159265358979323846 * (phase < 1 ? phase : 1)));
}

/* Cody and Waite's reduction by multiples of pi / 2 in three parts, of which the first two are short enough for exact products up to
 * |x| = 1e4, with or without fused multiply-add; then the minimax polynomials of the Cephes library's coefficients on +-pi / 4. Branch-free, so
 * that the loops around it become vector code without -ffast-math. */
CF_BOTH void
cf_sincos (float x, float *s, float *c)
{
  const float magic = 12582912.0f; /* 1.5 * 2^23: adding it rounds to an integer */
  float q = (x * 0.636619772f + magic) - magic;
  float r = ((x - q * 1.5703125f) - q * 4.837512969970703125e-4f) - q * 7.549789948768648e-8f;
  int n = (int) q;
  float z = r * r;
  float sp = ((-1.9515295891e-4f * z + 8.3321608736e-3f) * z - 1.6666654611e-1f) * z * r + r;
  float cp = ((2.443315711809948e-5f * z - 1.388731625493765e-3f) * z + 4.166664568298827e-2f) * z * z - 0.5f * z + 1.0f;
  float sign_s = (float) (1 - (n & 2)), sign_c = (float) (1 - ((n + 1) & 2));

  *s = sign_s * ((n & 1) != 0 ? cp : sp);
  *c = sign_c * ((n & 1) != 0 ? sp : cp);
}

/** The sine alone, to 2e-6: for what is kept in 16 bits. Reduction by multiples of pi, then an odd polynomial of degree 7 on +-pi / 2. */
CF_BOTH float
cf_sine (float x)
{
  const float magic = 12582912.0f;
  float q = (x * 0.318309886f + magic) - magic;
  float r = (x - q * 3.140625f) - q * 9.67653589793e-4f;
  float z = r * r;
  float s = ((-1.8524670e-4f * z + 8.3139502e-3f) * z - 1.6665852e-1f) * z * r + r;

  return ((int) q & 1) != 0 ? -s : s;
}

/** What a network's answer misses a target by. NAN as a target: nothing is there, and t has to be low, no matter how low. */
CF_BOTH float
cf_miss (float t, float target)
{
  if (target == target)
    return t - target;
  return t > CF_FLOOR ? t - CF_FLOOR : 0;
}

/** First layer, one unit: sin (w0 (w x + b)). */
CF_BOTH float
cf_first_angle (float w0, float x, float y, float z, float wx, float wy, float wz, float b)
{
  return w0 * (x * wx + y * wy + z * wz + b);
}

/** scale = rate / (1 - 0.9^t), correction = 1 / (1 - 0.999^t). */
CF_BOTH void
cf_adam (float *w, float *m, float *v, float g, float scale, float correction)
{
  *m = CF_ADAM_FIRST * *m + 0.1f * g;
  *v = CF_ADAM_SECOND * *v + 0.001f * g * g;
  *w -= scale * *m / (sqrtf (*v * correction) + CF_ADAM_EPSILON);
}

/** Moves the momentum and returns Nesterov's. */
CF_BOTH float
cf_nesterov (float *m, float g, float momentum)
{
  *m = momentum * *m + (1 - momentum) * g;
  return momentum * *m + (1 - momentum) * g;
}
