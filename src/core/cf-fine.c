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
cf_fine_same (const CfFinePart *a, const CfFinePart *b)
{
  gboolean same = a->factor == b->factor && a->lowest == b->lowest;
  for (int i = 0; i < 3; i++)
    same &= a->lo[i] == b->lo[i] && a->dims[i] == b->dims[i];
  return same;
}

/* Row j, k of the box: between four rows of the field. */
static void
fill_row (const CfGrid *field, const float *samples, const CfFinePart *part, int j, int k, float *out)
{
  const gsize row = field->dims[0], layer = row * field->dims[1];
  const float *first = samples + part->lo[2] * layer + part->lo[1] * row + part->lo[0];
  for (int i = 0; i <= (part->dims[0] - 1) * part->factor; i++)
    out[i] = cf_fine_between (first, row, layer, part->factor, i, j, k);
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

static float
share_along (const CfGrid *field, const CfFinePart *part, int axis, int at)
{
  return cf_fine_share (part->lo[axis], part->dims[axis], field->dims[axis], part->factor, at);
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
