/* cf-samples.c: baked samples, shared by reference. */
#include "cf-samples.h"

#include <math.h>

CfSamples *
cf_samples_try_new (const CfGrid *grid)
{
  gsize n = cf_grid_n_voxels (grid);
  float *data = g_try_malloc_n (n, sizeof (float));
  if (data == NULL)
    return NULL;
  for (gsize i = 0; i < n; i++)
    data[i] = NAN;
  CfSamples *samples = g_atomic_rc_box_new0 (CfSamples);
  samples->grid = *grid;
  samples->n = n;
  samples->data = data;
  return samples;
}

CfSamples *
cf_samples_new_on_device (const CfGrid *grid, CfFineSamples *on_device)
{
  CfSamples *samples = g_atomic_rc_box_new0 (CfSamples);
  samples->grid = *grid;
  samples->n = cf_grid_n_voxels (grid);
  samples->on_device = on_device;
  return samples;
}

CfSamples *
cf_samples_ref (CfSamples *samples)
{
  return g_atomic_rc_box_acquire (samples);
}

static void
samples_clear (gpointer data)
{
  CfSamples *samples = data;
  g_free (samples->data);
  g_clear_pointer (&samples->on_device, cf_fine_samples_unref);
}

void
cf_samples_unref (CfSamples *samples)
{
  if (samples != NULL)
    g_atomic_rc_box_release_full (samples, samples_clear);
}

void
cf_samples_put (CfSamples *samples, const int lo[3], const int dims[3], const float *block)
{
  const int *n = samples->grid.dims;
  for (int z = 0; z < dims[2]; z++)
    for (int y = 0; y < dims[1]; y++)
      {
        float *to = samples->data + ((gsize) (lo[2] + z) * n[1] + (lo[1] + y)) * n[0] + lo[0];
        const float *from = block + ((gsize) z * dims[1] + y) * dims[0];
        for (int x = 0; x < dims[0]; x++)
          if (!isnan (from[x]))
            to[x] = from[x];
      }
}

float
cf_samples_at (const CfSamples *samples, const double xyz[3])
{
  const int *dims = samples->grid.dims;
  double ijk[3], f[3], sum = 0;
  gsize base[3];
  cf_grid_from_world (&samples->grid, xyz, ijk);
  if (!cf_grid_contains (&samples->grid, ijk))
    return NAN;
  for (int a = 0; a < 3; a++)
    {
      base[a] = (gsize) CLAMP (floor (ijk[a]), 0, MAX (dims[a] - 2, 0));
      f[a] = CLAMP (ijk[a] - base[a], 0, 1);
    }
  for (int k = 0; k < 8; k++)
    {
      double w = 1;
      gsize at[3];
      for (int a = 0; a < 3; a++)
        {
          w *= k >> a & 1 ? f[a] : 1 - f[a];
          at[a] = MIN (base[a] + (k >> a & 1), (gsize) dims[a] - 1);
        }
      if (w > 0)
        sum += w * samples->data[(at[2] * dims[1] + at[1]) * dims[0] + at[0]];
    }
  return (float) sum;
}
