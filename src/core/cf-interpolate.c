/* Values and gradients between voxels: trilinear, and the interpolating B-splines: the cubic one is the baseline to beat. */
#include <math.h>

#include "cf-volume.h"

#define TAPS_MAX 6
#define HORIZON 64 /* a pole to this power is below the last bit of a double's mantissa */

struct _CfInterpolator
{
  CfVolume *volume;
  CfInterpolation kind;
  float *coefficients; /* of a B-spline; NULL for trilinear */
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

/* Poles of the prefilters of the cubic and the quintic B-spline (Unser 1999). */
static const double cubic_poles[] = { -0.26794919243112270 };
static const double quintic_poles[] = { -0.43057534709997379, -0.043096288203264653 };

typedef struct
{
  int degree, n_poles;
  const double *poles;
} Spline;

static const Spline splines[] = {
  [CF_INTERPOLATION_TRILINEAR] = { 1, 0, NULL },
  [CF_INTERPOLATION_TRICUBIC] = { 3, G_N_ELEMENTS (cubic_poles), cubic_poles },
  [CF_INTERPOLATION_TRIQUINTIC] = { 5, G_N_ELEMENTS (quintic_poles), quintic_poles },
};

/* The causal sum over the mirrored line that the recursion starts from. */
static double
causal_start (const double *c, int n, double pole)
{
  double power = pole, first = c[0], edge, back;

  if (n > HORIZON)
    {
      for (int i = 1; i < HORIZON; i++, power *= pole)
        first += power * c[i];
      return first;
    }
  edge = pow (pole, n - 1);
  first += edge * c[n - 1];
  back = edge * edge / pole;
  for (int i = 1; i < n - 1; i++, power *= pole, back /= pole)
    first += (power + back) * c[i];
  return first / (1 - edge * edge);
}

/* Unser 1999: for each pole a causal and an anticausal pass turn samples into coefficients. */
static void
prefilter_line (double *c, int n, const Spline *spline)
{
  if (n == 1)
    return;
  for (int p = 0; p < spline->n_poles; p++)
    {
      double pole = spline->poles[p], gain = (1 - pole) * (1 - 1 / pole);

      for (int i = 0; i < n; i++)
        c[i] *= gain;
      c[0] = causal_start (c, n, pole);
      for (int i = 1; i < n; i++)
        c[i] += pole * c[i - 1];
      c[n - 1] = pole / (pole * pole - 1.0) * (c[n - 1] + pole * c[n - 2]);
      for (int i = n - 2; i >= 0; i--)
        c[i] = pole * (c[i + 1] - c[i]);
    }
}

static void
prefilter (float *data, const int dims[3], const Spline *spline)
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
            prefilter_line (line, dims[axis], spline);
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
  if (splines[kind].n_poles > 0)
    {
      interpolator->coefficients = g_memdup2 (volume->data, cf_grid_n_voxels (&volume->grid) * sizeof (float));
      prefilter (interpolator->coefficients, volume->grid.dims, &splines[kind]);
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
  int index[3][TAPS_MAX];
  double weight[3][TAPS_MAX], slope[3][TAPS_MAX];
  int n; /* taps an axis: degree + 1 */
} Taps;

/* The B-splines of a degree that reach t in [0, 1) of an interval, and their derivatives: de Boor's recursion on whole knots. */
static void
basis (int degree, double t, double *weight, double *slope)
{
  weight[0] = 1;
  slope[0] = 0;
  for (int d = 1; d <= degree; d++)
    {
      double saved = 0;

      if (d == degree)
        for (int k = 0; k <= degree; k++)
          slope[k] = (k > 0 ? weight[k - 1] : 0) - (k < degree ? weight[k] : 0);
      for (int r = 0; r < d; r++)
        {
          double part = weight[r] / d;

          weight[r] = saved + (r + 1 - t) * part;
          saved = (t + d - 1 - r) * part;
        }
      weight[d] = saved;
    }
}

static void
find_taps (Taps *taps, int degree, const int dims[3], const double ijk[3])
{
  taps->n = degree + 1;
  for (int a = 0; a < 3; a++)
    {
      double x = CLAMP (ijk[a], 0.0, dims[a] - 1.0);
      int i = MIN ((int) x, MAX (dims[a] - 2, 0));

      basis (degree, x - i, taps->weight[a], taps->slope[a]);
      for (int k = 0; k <= degree; k++)
        taps->index[a][k] = mirror (i - degree / 2 + k, dims[a]);
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
  const float *data = interpolator->coefficients != NULL ? interpolator->coefficients : interpolator->volume->data;
  int degree = splines[interpolator->kind].degree;
  for (gsize p = 0; p < n; p++)
    {
      double ijk[3], out[4] = { NAN, NAN, NAN, NAN };
      cf_grid_from_world (grid, xyz + 3 * p, ijk);
      if (cf_grid_contains (grid, ijk))
        {
          Taps taps;
          find_taps (&taps, degree, grid->dims, ijk);
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
