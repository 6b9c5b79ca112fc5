/* cf-siren.c: shapes, offsets and the first values of a sine network. */
#include "cf-siren.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cf-random.h"

const CfSirenShape cf_siren_shape_paper = { .width = 256, .hidden = 4, .w0_first = 30, .w0 = 30 };

int
cf_siren_n_layers (const CfSirenShape *shape)
{
  return shape->hidden + 2;
}

int
cf_siren_layer_in (const CfSirenShape *shape, int layer)
{
  return layer == 0 ? 3 : shape->width;
}

int
cf_siren_layer_out (const CfSirenShape *shape, int layer)
{
  return layer == shape->hidden + 1 ? 1 : shape->width;
}

gsize
cf_siren_weight_offset (const CfSirenShape *shape, int layer)
{
  gsize offset = 0;

  for (int l = 0; l < layer; l++)
    offset += (gsize) cf_siren_layer_out (shape, l) * (cf_siren_layer_in (shape, l) + 1);
  return offset;
}

gsize
cf_siren_bias_offset (const CfSirenShape *shape, int layer)
{
  return cf_siren_weight_offset (shape, layer) + (gsize) cf_siren_layer_out (shape, layer) * cf_siren_layer_in (shape, layer);
}

gsize
cf_siren_n_params (const CfSirenShape *shape)
{
  return cf_siren_weight_offset (shape, cf_siren_n_layers (shape));
}

CfSiren *
cf_siren_new (const CfSirenShape *shape)
{
  CfSiren *siren = g_new0 (CfSiren, 1);
  gsize bytes;

  g_atomic_ref_count_init (&siren->ref_count);
  siren->shape = *shape;
  siren->n = cf_siren_n_params (shape);
  bytes = (siren->n * sizeof (float) + 63) / 64 * 64;
  siren->params = aligned_alloc (64, bytes);
  if (siren->params == NULL)
    g_error ("out of memory: %" G_GSIZE_FORMAT " bytes", bytes);
  memset (siren->params, 0, bytes);
  return siren;
}

static void
fill_uniform (float *values, gsize n, double bound, CfRandom *random)
{
  for (gsize i = 0; i < n; i++)
    values[i] = (float) ((2 * cf_random_double (random) - 1) * bound);
}

/* Paper: section "Network"; the initialisation of Sitzmann et al. 2020, section 3.2, with the biases of a default linear layer. */
CfSiren *
cf_siren_new_random (const CfSirenShape *shape, guint64 seed, int region)
{
  CfSiren *siren = cf_siren_new (shape);

  for (int l = 0; l < cf_siren_n_layers (shape); l++)
    {
      int in = cf_siren_layer_in (shape, l), out = cf_siren_layer_out (shape, l);
      double bound = l == 0 ? 1.0 / in : sqrt (6.0 / in) / shape->w0;
      CfRandom random;

      /* A stream for each layer of each region, so that neither depends on how many numbers another one took. */
      cf_random_init (&random, seed, ((guint64) region << 8) | (guint64) l);
      fill_uniform (siren->params + cf_siren_weight_offset (shape, l), (gsize) in * out, bound, &random);
      fill_uniform (siren->params + cf_siren_bias_offset (shape, l), out, 1 / sqrt (in), &random);
    }
  return siren;
}

CfSiren *
cf_siren_ref (CfSiren *siren)
{
  g_atomic_ref_count_inc (&siren->ref_count);
  return siren;
}

void
cf_siren_unref (CfSiren *siren)
{
  if (!g_atomic_ref_count_dec (&siren->ref_count))
    return;
  free (siren->params);
  g_free (siren);
}
