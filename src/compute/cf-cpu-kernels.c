/* cf-cpu-kernels.c: loops that the compiler turns into vector code, once for each instruction set. */
#include "cf-cpu-kernels.h"

#include <math.h>
#include <stdlib.h>

/* Not under ThreadSanitizer, which is not up yet when the choice is made. */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_THREAD__)
#define KERNEL __attribute__ ((target_clones ("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define KERNEL
#endif
#define INLINE static inline __attribute__ ((always_inline))

/* Cody and Waite's reduction by multiples of pi / 2 in three parts, of which the first two are short enough for exact products up to
 * |x| = 1e4, with or without fused multiply-add; then the minimax polynomials of the Cephes library's coefficients on +-pi / 4. Branch-free, so
 * that the loops around it become vector code without -ffast-math. */
INLINE void
sincos_one (float x, float *s, float *c)
{
  const float magic = 12582912.0f; /* 1.5 * 2^23: adding it rounds to an integer */
  float q = (x * 0.636619772f + magic) - magic;
  float r = ((x - q * 1.5703125f) - q * 4.837512969970703125e-4f) - q * 7.549789948768648e-8f;
  gint32 n = (gint32) q;
  float z = r * r;
  float sp = ((-1.9515295891e-4f * z + 8.3321608736e-3f) * z - 1.6666654611e-1f) * z * r + r;
  float cp = ((2.443315711809948e-5f * z - 1.388731625493765e-3f) * z + 4.166664568298827e-2f) * z * z - 0.5f * z + 1.0f;
  float sign_s = (float) (1 - (n & 2)), sign_c = (float) (1 - ((n + 1) & 2));

  *s = sign_s * ((n & 1) != 0 ? cp : sp);
  *c = sign_c * ((n & 1) != 0 ? sp : cp);
}

KERNEL void
cf_kernel_sincos (gsize n, const float *restrict x, float *restrict s, float *restrict c)
{
  for (gsize i = 0; i < n; i++)
    sincos_one (x[i], &s[i], &c[i]);
}

KERNEL void
cf_kernel_first (gsize rows, gsize width, float w0, const float *restrict x, const float *restrict wt, const float *restrict bias,
                 float *restrict s, float *restrict c)
{
  const float *w_x = wt, *w_y = wt + width, *w_z = wt + 2 * width;

  for (gsize i = 0; i < rows; i++, s += width)
    {
      float px = x[3 * i], py = x[3 * i + 1], pz = x[3 * i + 2], unused;

      if (c == NULL)
        {
          for (gsize j = 0; j < width; j++)
            sincos_one (w0 * (px * w_x[j] + py * w_y[j] + pz * w_z[j] + bias[j]), &s[j], &unused);
          continue;
        }
      for (gsize j = 0; j < width; j++)
        {
          float cosine;

          sincos_one (w0 * (px * w_x[j] + py * w_y[j] + pz * w_z[j] + bias[j]), &s[j], &cosine);
          c[j] = w0 * cosine;
        }
      c += width;
    }
}

KERNEL void
cf_kernel_sine (gsize rows, gsize width, float w0, const float *restrict bias, float *restrict s, float *restrict c)
{
  for (gsize i = 0; i < rows; i++, s += width)
    {
      float unused;

      if (c == NULL)
        {
          for (gsize j = 0; j < width; j++)
            sincos_one (w0 * (s[j] + bias[j]), &s[j], &unused);
          continue;
        }
      for (gsize j = 0; j < width; j++)
        {
          float cosine;

          sincos_one (w0 * (s[j] + bias[j]), &s[j], &cosine);
          c[j] = w0 * cosine;
        }
      c += width;
    }
}

KERNEL void
cf_kernel_last_back (gsize rows, gsize width, const float *restrict dout, const float *restrict w, const float *restrict c,
                     float *restrict dz, float *restrict dbias)
{
  for (gsize i = 0; i < rows; i++, c += width, dz += width)
    {
      if (dbias == NULL)
        {
          for (gsize j = 0; j < width; j++)
            dz[j] = dout[i] * w[j] * c[j];
          continue;
        }
      for (gsize j = 0; j < width; j++)
        {
          float d = dout[i] * w[j] * c[j];

          dz[j] = d;
          dbias[j] += d;
        }
    }
}

KERNEL void
cf_kernel_sine_back (gsize rows, gsize width, float *restrict da, const float *restrict c, float *restrict dbias)
{
  for (gsize i = 0; i < rows; i++, c += width, da += width)
    {
      if (dbias == NULL)
        {
          for (gsize j = 0; j < width; j++)
            da[j] *= c[j];
          continue;
        }
      for (gsize j = 0; j < width; j++)
        {
          float d = da[j] * c[j];

          da[j] = d;
          dbias[j] += d;
        }
    }
}

KERNEL void
cf_kernel_first_back (gsize rows, gsize width, const float *restrict x, const float *restrict dz, float *restrict dwt)
{
  float *d_x = dwt, *d_y = dwt + width, *d_z = dwt + 2 * width;

  for (gsize i = 0; i < rows; i++, dz += width)
    {
      float px = x[3 * i], py = x[3 * i + 1], pz = x[3 * i + 2];

      for (gsize j = 0; j < width; j++)
        {
          d_x[j] += px * dz[j];
          d_y[j] += py * dz[j];
          d_z[j] += pz * dz[j];
        }
    }
}

KERNEL void
cf_kernel_add (gsize n, float *restrict sum, const float *restrict part)
{
  for (gsize i = 0; i < n; i++)
    sum[i] += part[i];
}

KERNEL void
cf_kernel_adam (gsize n, float *restrict w, float *restrict m, float *restrict v, const float *restrict g, float scale, float correction)
{
  for (gsize i = 0; i < n; i++)
    {
      m[i] = 0.9f * m[i] + 0.1f * g[i];
      v[i] = 0.999f * v[i] + 0.001f * g[i] * g[i];
      w[i] -= scale * m[i] / (sqrtf (v[i] * correction) + 1e-8f);
    }
}

KERNEL double
cf_kernel_momentum (gsize n, float *restrict m, const float *restrict g, float *restrict out, float momentum)
{
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    {
      m[i] = momentum * m[i] + (1 - momentum) * g[i];
      out[i] = momentum * m[i] + (1 - momentum) * g[i];
    }
  for (gsize i = 0; i < n; i++)
    sum += (double) out[i] * out[i];
  return sum;
}

KERNEL void
cf_kernel_axpby (gsize n, float a, const float *restrict x, float b, float *restrict y)
{
  for (gsize i = 0; i < n; i++)
    y[i] = a * x[i] + b * y[i];
}

float *
cf_kernel_alloc (gsize n)
{
  gsize bytes = (n * sizeof (float) + CF_KERNEL_ALIGN - 1) / CF_KERNEL_ALIGN * CF_KERNEL_ALIGN;
  float *made = aligned_alloc (CF_KERNEL_ALIGN, bytes);

  if (made == NULL)
    g_error ("out of memory: %" G_GSIZE_FORMAT " bytes", bytes);
  return made;
}
