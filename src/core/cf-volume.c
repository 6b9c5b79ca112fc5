#include "cf-volume.h"

#include <math.h>

void
cf_statistics_compute (CfStatistics *statistics, float *data, gsize n)
{
  CfStatistics s = { .min = INFINITY, .max = -INFINITY };
  double sum = 0;
  gsize finite = 0;
  /* Sums by block keep the rounding of a thousand million voxels small, and the result the same on every machine. */
  for (gsize begin = 0; begin < n; begin += 4096)
    {
      gsize end = MIN (n, begin + 4096);
      double part = 0;
      float lo = INFINITY, hi = -INFINITY;
      for (gsize i = begin; i < end; i++)
        {
          float v = data[i];
          if (!isfinite (v))
            {
              s.nonfinite++;
              continue;
            }
          part += v;
          lo = v < lo ? v : lo;
          hi = v > hi ? v : hi;
          finite++;
        }
      sum += part;
      s.min = MIN (s.min, (double) lo);
      s.max = MAX (s.max, (double) hi);
    }
  if (finite == 0)
    s.min = s.max = 0;
  s.mean = finite ? sum / (double) finite : 0;
  double squares = 0;
  for (gsize begin = 0; begin < n; begin += 4096)
    {
      gsize end = MIN (n, begin + 4096);
      double part = 0;
      for (gsize i = begin; i < end; i++)
        {
          double difference = isfinite (data[i]) ? data[i] - s.mean : 0.0;
          part += difference * difference;
        }
      squares += part;
    }
  s.sd = finite ? sqrt (squares / (double) finite) : 0;
  if (s.nonfinite > 0)
    for (gsize i = 0; i < n; i++)
      if (!isfinite (data[i]))
        data[i] = 0;
  *statistics = s;
}

static double
angle_between (const double u[3], const double v[3])
{
  double dot = u[0] * v[0] + u[1] * v[1] + u[2] * v[2];
  if (dot == 0)
    return 90.0;
  double lengths = sqrt ((u[0] * u[0] + u[1] * u[1] + u[2] * u[2]) * (v[0] * v[0] + v[1] * v[1] + v[2] * v[2]));
  return acos (CLAMP (dot / lengths, -1.0, 1.0)) * 180.0 / G_PI;
}

CfVolume *
cf_volume_new (const char *name, const CfGrid *grid, float *data)
{
  CfVolume *volume = g_new0 (CfVolume, 1);
  g_atomic_ref_count_init (&volume->ref_count);
  volume->name = g_strdup (name);
  volume->grid = *grid;
  volume->data = data;
  volume->warnings = g_new0 (char *, 1);
  volume->warnings_plain = g_new0 (char *, 1);
  cf_statistics_compute (&volume->statistics, data, cf_grid_n_voxels (grid));
  CfMapHeader *header = &volume->header;
  header->mode = 2;
  header->ispg = 1;
  header->n_volumes = 1;
  header->placement = CF_PLACED_BY_ORIGIN;
  header->labels = g_new0 (char *, 1);
  for (int a = 0; a < 3; a++)
    {
      header->axes[a] = a + 1;
      header->m[a] = grid->dims[a];
      header->cell[a] = grid->dims[a] * cf_grid_edge (grid, a);
      header->cell[3 + a] = angle_between (grid->step[(a + 1) % 3], grid->step[(a + 2) % 3]);
      header->origin[a] = grid->origin[a];
    }
  return volume;
}

CfVolume *
cf_volume_ref (CfVolume *volume)
{
  g_atomic_ref_count_inc (&volume->ref_count);
  return volume;
}

void
cf_volume_unref (CfVolume *volume)
{
  if (!volume || !g_atomic_ref_count_dec (&volume->ref_count))
    return;
  g_free (volume->name);
  g_free (volume->path);
  g_free (volume->data);
  g_strfreev (volume->header.labels);
  g_strfreev (volume->warnings);
  g_strfreev (volume->warnings_plain);
  g_free (volume);
}
