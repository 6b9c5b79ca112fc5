/* Values and gradients between voxels: trilinear, and the interpolating cubic B-spline that is the baseline to beat. */
#include <math.h>

#include "cf-volume.h"

struct _CfInterpolator
{
  CfVolume *volume;
  CfInterpolation kind;
  float *coefficients; /* of the B-spline; NULL for trilinear */
};

/* Whole-sample mirror: ... 2 1 0 1 2 ... n-2 n-1 n-2 ... */
static int
mirror (int i, int n)
{
  if (n == 1)
    return 0;
  int period = 2 * (n - 1);
  i %= period;
  if (i < 0)
    i += period;
  return i < n ? i : period - i;
}

/* Unser 1999: one causal and one anticausal pass with the pole of the cubic spline turn samples into coefficients. */
static void
prefilter_line (double *c, int n)
{
  const double pole = sqrt (3.0) - 2.0, gain = 6.0;
  if (n == 1)
    return;
  for (int i = 0; i < n; i++)
    c[i] *= gain;
  double first;
  if (n > 40)
    {
      /* pole^40 is below the last bit of a double's mantissa. */
      double power = pole;
      first = c[0];
      for (int i = 1; i < 40; i++, power *= pole)
        first += power * c[i];
    }
  else
    {
      double power = pole, back = pow (pole, n - 1), edge = back;
      first = c[0] + edge * c[n - 1];
      back = edge * edge / pole;
      for (int i = 1; i < n - 1; i++, power *= pole, back /= pole)
        first += (power + back) * c[i];
      first /= 1.0 - edge * edge;
    }
  c[0] = first;
  for (int i = 1; i < n; i++)
    c[i] += pole * c[i - 1];
  c[n - 1] = pole / (pole * pole - 1.0) * (c[n - 1] + pole * c[n - 2]);
  for (int i = n - 2; i >= 0; i--)
    c[i] = pole * (c[i + 1] - c[i]);
}

static void
prefilter (float *data, const int dims[3])
{
  const gsize stride[3] = { 1, dims[0], (gsize) dims[0] * dims[1] };
  g_autofree double *line = g_new (double, MAX (dims[0], MAX (dims[1], dims[2])));
  for (int axis = 0; axis < 3; axis++)
    {
      int u = axis == 0 ? 1 : 0, v = axis == 2 ? 1 : 2;
      for (int j = 0; j < dims[v]; j++)
        for (int i = 0; i < dims[u]; i++)
          {
            float *at = data + i * stride[u] + j * stride[v];
            for (int k = 0; k < dims[axis]; k++)
              line[k] = at[k * stride[axis]];
            prefilter_line (line, dims[axis]);
            for (int k = 0; k < dims[axis]; k++)
              at[k * stride[axis]] = (float) line[k];
          }
    }
}

CfInterpolator *
cf_interpolator_new (CfVolume *volume, CfInterpolation kind)
{
  CfInterpolator *interpolator = g_new0 (CfInterpolator, 1);
  interpolator->volume = cf_volume_ref (volume);
  interpolator->kind = kind;
  if (kind == CF_INTERPOLATION_TRICUBIC)
    {
      interpolator->coefficients = g_memdup2 (volume->data, cf_grid_n_voxels (&volume->grid) * sizeof (float));
      prefilter (interpolator->coefficients, volume->grid.dims);
    }
  return interpolator;
}

void
cf_interpolator_free (CfInterpolator *interpolator)
{
  if (!interpolator)
    return;
  cf_volume_unref (interpolator->volume);
  g_free (interpolator->coefficients);
  g_free (interpolator);
}

typedef struct
{
  int index[3][4];
  double weight[3][4], slope[3][4];
  int n; /* taps an axis: 2 or 4 */
} Taps;

static void
taps_linear (Taps *taps, const int dims[3], const double ijk[3])
{
  taps->n = 2;
  for (int a = 0; a < 3; a++)
    {
      double x = CLAMP (ijk[a], 0.0, dims[a] - 1.0);
      int i = MIN ((int) x, MAX (dims[a] - 2, 0));
      double t = x - i;
      gboolean flat = dims[a] == 1;
      taps->index[a][0] = i;
      taps->index[a][1] = flat ? i : i + 1;
      taps->weight[a][0] = 1 - t;
      taps->weight[a][1] = t;
      taps->slope[a][0] = flat ? 0 : -1;
      taps->slope[a][1] = flat ? 0 : 1;
    }
}

static void
taps_cubic (Taps *taps, const int dims[3], const double ijk[3])
{
  taps->n = 4;
  for (int a = 0; a < 3; a++)
    {
      double x = CLAMP (ijk[a], 0.0, dims[a] - 1.0);
      int i = MIN ((int) x, MAX (dims[a] - 2, 0));
      double t = x - i, r = 1 - t;
      for (int k = 0; k < 4; k++)
        taps->index[a][k] = mirror (i - 1 + k, dims[a]);
      taps->weight[a][0] = r * r * r / 6;
      taps->weight[a][1] = 2.0 / 3 - t * t * (2 - t) / 2;
      taps->weight[a][2] = 2.0 / 3 - r * r * (2 - r) / 2;
      taps->weight[a][3] = t * t * t / 6;
      taps->slope[a][0] = -r * r / 2;
      taps->slope[a][1] = t * (1.5 * t - 2);
      taps->slope[a][2] = -r * (1.5 * r - 2);
      taps->slope[a][3] = t * t / 2;
    }
}

/* The sum over the taps: out[0] the value, out[1..3] the derivatives by voxel. */
static void
gather (const Taps *taps, const float *data, const int dims[3], double out[4])
{
  out[0] = out[1] = out[2] = out[3] = 0;
  for (int k = 0; k < taps->n; k++)
    {
      double plane = 0, plane_x = 0, plane_y = 0;
      for (int j = 0; j < taps->n; j++)
        {
          const float *row = data + ((gsize) taps->index[2][k] * dims[1] + taps->index[1][j]) * dims[0];
          double v = 0, dv = 0;
          for (int i = 0; i < taps->n; i++)
            {
              double sample = row[taps->index[0][i]];
              v += taps->weight[0][i] * sample;
              dv += taps->slope[0][i] * sample;
            }
          plane += taps->weight[1][j] * v;
          plane_x += taps->weight[1][j] * dv;
          plane_y += taps->slope[1][j] * v;
        }
      out[0] += taps->weight[2][k] * plane;
      out[1] += taps->weight[2][k] * plane_x;
      out[2] += taps->weight[2][k] * plane_y;
      out[3] += taps->slope[2][k] * plane;
    }
}

void
cf_interpolator_query (const CfInterpolator *interpolator, gsize n, const double *xyz, double *value, double *gradient)
{
  const CfGrid *grid = &interpolator->volume->grid;
  gboolean cubic = interpolator->kind == CF_INTERPOLATION_TRICUBIC;
  const float *data = cubic ? interpolator->coefficients : interpolator->volume->data;
  for (gsize p = 0; p < n; p++)
    {
      double ijk[3], out[4] = { NAN, NAN, NAN, NAN };
      cf_grid_from_world (grid, xyz + 3 * p, ijk);
      if (cf_grid_contains (grid, ijk))
        {
          Taps taps;
          (cubic ? taps_cubic : taps_linear) (&taps, grid->dims, ijk);
          gather (&taps, data, grid->dims, out);
        }
      value[p] = out[0];
      if (gradient)
        cf_grid_gradient_to_world (grid, out + 1, gradient + 3 * p);
    }
}

const float *
cf_interpolator_coefficients (const CfInterpolator *interpolator)
{
  return interpolator->coefficients;
}
