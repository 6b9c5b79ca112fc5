/* cf-cpu-kernels.c: loops that the compiler turns into vector code, once for each instruction set. */
#include "cf-cpu-kernels.h"

#include <math.h>
#include <stdlib.h>

#include "cf-arithmetic.h"

/* Not under ThreadSanitizer, which is not up yet when the choice is made. */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_THREAD__)
#define KERNEL __attribute__ ((target_clones ("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#define HAS(LEVEL) __builtin_cpu_supports (LEVEL)
#else
#define KERNEL
#define HAS(LEVEL) 0
#endif

const char *
cf_kernel_set (void)
{
  return HAS ("x86-64-v4") ? "AVX-512" : HAS ("x86-64-v3") ? "AVX2" : "baseline";
}

KERNEL void
cf_kernel_sincos (gsize n, const float *restrict x, float *restrict s, float *restrict c)
{
  for (gsize i = 0; i < n; i++)
    cf_sincos (x[i], &s[i], &c[i]);
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
            cf_sincos (cf_first_angle (w0, px, py, pz, w_x[j], w_y[j], w_z[j], bias[j]), &s[j], &unused);
          continue;
        }
      for (gsize j = 0; j < width; j++)
        {
          float cosine;

          cf_sincos (cf_first_angle (w0, px, py, pz, w_x[j], w_y[j], w_z[j], bias[j]), &s[j], &cosine);
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
            cf_sincos (w0 * (s[j] + bias[j]), &s[j], &unused);
          continue;
        }
      for (gsize j = 0; j < width; j++)
        {
          float cosine;

          cf_sincos (w0 * (s[j] + bias[j]), &s[j], &cosine);
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
    cf_adam (&w[i], &m[i], &v[i], g[i], scale, correction);
}

KERNEL double
cf_kernel_momentum (gsize n, float *restrict m, const float *restrict g, float *restrict out, float momentum)
{
  double sum = 0;

  for (gsize i = 0; i < n; i++)
    out[i] = cf_nesterov (&m[i], g[i], momentum);
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
