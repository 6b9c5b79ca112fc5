/* cf-cpu-net.c: forward and backward passes of a sine network. Products by OpenBLAS, the rest by cf-cpu-kernels.c. */
#include "cf-cpu-net.h"

#include <stdlib.h>
#include <string.h>

#include "cf-arithmetic.h"
#include "cf-cpu-kernels.h"

/* A thread's scratch memory, kept between calls: fresh memory for each tile would cost more in page faults than the sines. */
typedef struct
{
  int width, hidden;
  float *memory;
  float *first_t; /* [3][width]: W of the first layer, transposed */
  float *dfirst_t; /* [3][width] */
  float *out, *dout; /* [rows] */
  float *dz[2];   /* [rows][width] */
  float **act;    /* [hidden + 1] of [rows][width]: sines */
  float **slope;  /* [hidden + 1] of [rows][width]: w0 times cosines */
} Scratch;

static void
scratch_free (gpointer data)
{
  Scratch *scratch = data;

  free (scratch->memory);
  g_free (scratch->act);
  g_free (scratch->slope);
  g_free (scratch);
}

static GPrivate scratch_of_thread = G_PRIVATE_INIT (scratch_free);

static Scratch *
scratch_get (const CfSirenShape *shape)
{
  Scratch *scratch = g_private_get (&scratch_of_thread);
  gsize width = shape->width, matrix = CF_TILE_ROWS * (width + 15) / 16 * 16, layers = shape->hidden + 1;
  float *next;

  if (scratch != NULL && scratch->width == shape->width && scratch->hidden == shape->hidden)
    return scratch;
  scratch = g_new0 (Scratch, 1);
  scratch->width = shape->width;
  scratch->hidden = shape->hidden;
  scratch->memory = next = cf_kernel_alloc (matrix * (2 * layers + 2) + 2 * CF_TILE_ROWS + 6 * width);
  scratch->act = g_new (float *, layers);
  scratch->slope = g_new (float *, layers);
  for (gsize l = 0; l < layers; l++, next += 2 * matrix)
    {
      scratch->act[l] = next;
      scratch->slope[l] = next + matrix;
    }
  scratch->dz[0] = next;
  scratch->dz[1] = next + matrix;
  scratch->out = next + 2 * matrix;
  scratch->dout = scratch->out + CF_TILE_ROWS;
  scratch->first_t = scratch->dout + CF_TILE_ROWS;
  scratch->dfirst_t = scratch->first_t + 3 * width;
  g_private_replace (&scratch_of_thread, scratch);
  return scratch;
}

static const float *
weight (const CfNet *net, int layer)
{
  return net->params + cf_siren_weight_offset (&net->shape, layer);
}

static const float *
bias (const CfNet *net, int layer)
{
  return net->params + cf_siren_bias_offset (&net->shape, layer);
}

/* Leaves the sines in act and, with slopes, w0 times the cosines in slope; without, two matrices are used in turn, which stay in the
 * second-level cache. */
static void
forward (const CfNet *net, Scratch *scratch, gsize rows, const float *x, gboolean slopes, float *out)
{
  int width = net->shape.width, hidden = net->shape.hidden;
  const float *first = weight (net, 0), *last;

  for (int j = 0; j < width; j++)
    for (int k = 0; k < 3; k++)
      scratch->first_t[k * width + j] = first[3 * j + k];
  last = scratch->act[0];
  cf_kernel_first (rows, width, net->shape.w0_first, x, scratch->first_t, bias (net, 0), scratch->act[0], slopes ? scratch->slope[0] : NULL);
  for (int l = 1; l <= hidden; l++)
    {
      float *to = scratch->act[slopes ? l : l % 2];

      net->blas->gemm (CF_BLAS_ROWS, CF_BLAS_AS_IS, CF_BLAS_TRANSPOSED, rows, width, width, 1, last, width, weight (net, l), width, 0, to, width);
      cf_kernel_sine (rows, width, net->shape.w0, bias (net, l), to, slopes ? scratch->slope[l] : NULL);
      last = to;
    }
  net->blas->gemv (CF_BLAS_ROWS, CF_BLAS_AS_IS, rows, width, 1, last, width, weight (net, hidden + 1), 1, 0, out, 1);
  for (gsize i = 0; i < rows; i++)
    out[i] += bias (net, hidden + 1)[0];
}

void
cf_net_eval (const CfNet *net, gsize rows, const float *x, float *value, float *gradient)
{
  Scratch *scratch = scratch_get (&net->shape);
  int width = net->shape.width, hidden = net->shape.hidden;
  float *dz = scratch->dz[0], *spare = scratch->dz[1], at[CF_QUERY_ROWS * 3];
  gsize all = (rows + CF_QUERY_UNIT - 1) / CF_QUERY_UNIT * CF_QUERY_UNIT;

  memcpy (at, x, rows * 3 * sizeof *at);
  memset (at + 3 * rows, 0, (all - rows) * 3 * sizeof *at);
  forward (net, scratch, all, at, gradient != NULL, scratch->out);
  memcpy (value, scratch->out, rows * sizeof *value);
  if (gradient == NULL)
    return;
  for (gsize i = 0; i < all; i++)
    scratch->dout[i] = 1;
  cf_kernel_last_back (all, width, scratch->dout, weight (net, hidden + 1), scratch->slope[hidden], dz, NULL);
  for (int l = hidden; l >= 1; l--)
    {
      net->blas->gemm (CF_BLAS_ROWS, CF_BLAS_AS_IS, CF_BLAS_AS_IS, all, width, width, 1, dz, width, weight (net, l), width, 0, spare, width);
      cf_kernel_sine_back (all, width, spare, scratch->slope[l - 1], NULL);
      float *swap = dz;
      dz = spare;
      spare = swap;
    }
  net->blas->gemm (CF_BLAS_ROWS, CF_BLAS_AS_IS, CF_BLAS_AS_IS, all, 3, width, 1, dz, width, weight (net, 0), 3, 0, spare, 3);
  memcpy (gradient, spare, rows * 3 * sizeof *gradient);
}

double
cf_net_loss_gradient (const CfNet *net, gsize rows, const float *x, const float *target, float scale, float *gradient)
{
  Scratch *scratch = scratch_get (&net->shape);
  const CfSirenShape *shape = &net->shape;
  int width = shape->width, hidden = shape->hidden;
  float *dz = scratch->dz[0], *spare = scratch->dz[1];
  double loss = 0;

  forward (net, scratch, rows, x, TRUE, scratch->out);
  /* The products below overwrite their part of gradient; biases and the first layer are sums. */
  for (int l = 0; l <= hidden + 1; l++)
    memset (gradient + cf_siren_bias_offset (shape, l), 0, sizeof (float) * cf_siren_layer_out (shape, l));
  for (gsize i = 0; i < rows; i++)
    {
      float miss = cf_miss (scratch->out[i], target[i]);

      loss += (double) miss * miss;
      scratch->dout[i] = 2 * scale * miss;
      gradient[cf_siren_bias_offset (shape, hidden + 1)] += scratch->dout[i];
    }
  net->blas->gemv (CF_BLAS_ROWS, CF_BLAS_TRANSPOSED, rows, width, 1, scratch->act[hidden], width, scratch->dout, 1, 0,
                   gradient + cf_siren_weight_offset (shape, hidden + 1), 1);
  cf_kernel_last_back (rows, width, scratch->dout, weight (net, hidden + 1), scratch->slope[hidden], dz,
                       gradient + cf_siren_bias_offset (shape, hidden));
  for (int l = hidden; l >= 1; l--)
    {
      net->blas->gemm (CF_BLAS_ROWS, CF_BLAS_TRANSPOSED, CF_BLAS_AS_IS, width, width, rows, 1, dz, width, scratch->act[l - 1], width, 0,
                       gradient + cf_siren_weight_offset (shape, l), width);
      net->blas->gemm (CF_BLAS_ROWS, CF_BLAS_AS_IS, CF_BLAS_AS_IS, rows, width, width, 1, dz, width, weight (net, l), width, 0, spare, width);
      cf_kernel_sine_back (rows, width, spare, scratch->slope[l - 1], gradient + cf_siren_bias_offset (shape, l - 1));
      float *swap = dz;
      dz = spare;
      spare = swap;
    }
  memset (scratch->dfirst_t, 0, sizeof (float) * 3 * width);
  cf_kernel_first_back (rows, width, x, dz, scratch->dfirst_t);
  for (int j = 0; j < width; j++)
    for (int k = 0; k < 3; k++)
      gradient[cf_siren_weight_offset (shape, 0) + 3 * j + k] = scratch->dfirst_t[k * width + j];
  return loss;
}
