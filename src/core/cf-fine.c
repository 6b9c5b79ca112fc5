#include "cf-fine.h"

#include <math.h>

void
cf_fine_grid (const CfGrid *field, const CfFinePart *part, CfGrid *out)
{
  const double first[3] = { part->lo[0], part->lo[1], part->lo[2] };
  double origin[3], step[3][3];
  int dims[3];
  cf_grid_to_world (field, first, origin);
  for (int a = 0; a < 3; a++)
    {
      dims[a] = (part->dims[a] - 1) * part->factor + 1;
      for (int b = 0; b < 3; b++)
        step[a][b] = field->step[a][b] / part->factor;
    }
  cf_grid_init (out, dims, origin, step);
}

gboolean
cf_fine_covers (const CfFinePart *have, const CfFinePart *want)
{
  gboolean covers = have->factor >= want->factor;
  for (int a = 0; a < 3; a++)
    covers &= have->lo[a] <= want->lo[a] && have->lo[a] + have->dims[a] >= want->lo[a] + want->dims[a];
  return covers;
}

/* Row j, k of the box: between four rows of the field. */
static void
fill_row (const CfGrid *field, const float *samples, const CfFinePart *part, int j, int k, float *out)
{
  const int f = part->factor, at[2] = { j, k }, stride[2] = { field->dims[0], field->dims[0] * field->dims[1] };
  const float *corner = samples + part->lo[0];
  float share[2];
  gsize next[2];
  for (int a = 0; a < 2; a++)
    {
      corner += (gsize)(part->lo[1 + a] + at[a] / f) * stride[a];
      share[a] = (float)(at[a] % f) / f;
      next[a] = at[a] % f > 0 ? stride[a] : 0;
    }
  for (int i = 0; i <= (part->dims[0] - 1) * f; i++)
    {
      const float *c = corner + i / f;
      const gsize x = i % f > 0;
      float u = (float)(i % f) / f, v = share[0], w = share[1];
      float low = (1 - v) * ((1 - u) * c[0] + u * c[x]) + v * ((1 - u) * c[next[0]] + u * c[next[0] + x]);
      c += next[1];
      float high = (1 - v) * ((1 - u) * c[0] + u * c[x]) + v * ((1 - u) * c[next[0]] + u * c[next[0] + x]);
      out[i] = (1 - w) * low + w * high;
    }
}

void
cf_fine_fill (const CfGrid *field, const float *samples, const CfFinePart *part, float *out)
{
  CfGrid fine;
  cf_fine_grid (field, part, &fine);
  for (int k = 0; k < fine.dims[2]; k++)
    for (int j = 0; j < fine.dims[1]; j++)
      fill_row (field, samples, part, j, k, out + ((gsize)k * fine.dims[1] + j) * fine.dims[0]);
}

/* 0 at a face of the box beyond which the field goes on, 1 from the margin on. */
static float
share_along (const CfGrid *field, const CfFinePart *part, int axis, int at)
{
  const double margin = (double)CF_FINE_MARGIN * part->factor, last = (double)(part->dims[axis] - 1) * part->factor;
  double t = 1;
  if (part->lo[axis] > 0)
    t = fmin (t, at / margin);
  if (part->lo[axis] + part->dims[axis] < field->dims[axis])
    t = fmin (t, (last - at) / margin);
  return (float)(t * t * (3 - 2 * t));
}

void
cf_fine_taper (const CfGrid *field, const float *samples, const CfFinePart *part, float *out)
{
  CfGrid fine;
  cf_fine_grid (field, part, &fine);
  g_autofree float *between = g_new (float, fine.dims[0]), *along = g_new (float, fine.dims[0]);
  for (int i = 0; i < fine.dims[0]; i++)
    along[i] = share_along (field, part, 0, i);
  for (int k = 0; k < fine.dims[2]; k++)
    for (int j = 0; j < fine.dims[1]; j++)
      {
        float *row = out + ((gsize)k * fine.dims[1] + j) * fine.dims[0];
        float aside = fminf (share_along (field, part, 1, j), share_along (field, part, 2, k));
        fill_row (field, samples, part, j, k, between);
        for (int i = 0; i < fine.dims[0]; i++)
          row[i] = between[i] + fminf (aside, along[i]) * (row[i] - between[i]);
      }
}
