#include "cf-jumps.h"

#include <math.h>

#include "cf-random.h"

#define DEFAULT_POINTS 256
#define STEP 1e-4 /* voxels to either side of a plane */

static const CfBlend blends[2] = { CF_BLEND_PAPER, CF_BLEND_SMOOTH };

/* Where regions i and i + 1 of an axis overlap. */
static void
overlap (const CfPartitionAxis *axis, int i, double *lo, double *hi)
{
  *lo = axis->start[i + 1];
  *hi = axis->start[i] + axis->size - 1;
}

/* Over the plane; where it is to be a crossing, within an overlap of one of the other axes that have any. FALSE where none has. */
static gboolean
draw_point (const CfPartition *partition, int axis, double at, gboolean crossing, CfRandom *random, double ijk[3])
{
  int others[2], n = 0;

  for (int a = 0; a < 3; a++)
    {
      ijk[a] = a == axis ? at : cf_random_double (random) * (partition->axis[a].n - 1);
      if (a != axis && partition->axis[a].count > 1)
        others[n++] = a;
    }
  if (crossing && n > 0)
    {
      const int a = others[MIN (n - 1, (int) (cf_random_double (random) * n))];
      const CfPartitionAxis *other = &partition->axis[a];
      double lo, hi;

      overlap (other, MIN (other->count - 2, (int) (cf_random_double (random) * (other->count - 1))), &lo, &hi);
      ijk[a] = lo + cf_random_double (random) * (hi - lo);
    }
  return !crossing || n > 0;
}

typedef struct
{
  const CfField *field;
  GArray *points; /* CfJumpPoint */
  GArray *sides;  /* double[6] a point: A, before the plane and behind it */
} Draw;

static void
draw_plane (Draw *draw, int axis, double at, gsize n, guint64 stream)
{
  const CfGrid *grid = &draw->field->grid;
  CfRandom random;

  cf_random_init (&random, 20210402, stream);
  for (gsize i = 0; i < 2 * n; i++)
    {
      CfJumpPoint point = { .crossing = i >= n, .axis = axis, .value = { NAN, NAN }, .gradient = { NAN, NAN } };
      double ijk[3], sides[6];

      if (!draw_point (&draw->field->partition, axis, at, point.crossing, &random, ijk))
        continue;
      cf_grid_to_world (grid, ijk, point.xyz);
      for (int k = 0; k < 2; k++)
        {
          ijk[axis] = at + (k == 0 ? -STEP : STEP);
          cf_grid_to_world (grid, ijk, sides + 3 * k);
        }
      g_array_append_val (draw->points, point);
      g_array_append_vals (draw->sides, sides, 6);
    }
}

static void
draw_all (Draw *draw, gsize n)
{
  guint64 stream = 0;

  for (int a = 0; a < 3; a++)
    for (int i = 0; i + 1 < draw->field->partition.axis[a].count; i++)
      {
        double at[2];

        overlap (&draw->field->partition.axis[a], i, &at[0], &at[1]);
        for (int k = 0; k < 2; k++)
          draw_plane (draw, a, at[k], n, stream++);
      }
}

/* What the field does by itself between the two sides is taken off the jump of its value: its slope times the way. */
static void
find_jump (const CfField *field, const float value[2], const float gradient[6], CfJumpPoint *point, int k)
{
  double along = 0, square = 0;

  for (int a = 0; a < 3; a++)
    {
      double difference = (double) gradient[3 + a] - gradient[a];

      square += difference * difference;
      along += ((double) gradient[3 + a] + gradient[a]) * field->grid.step[point->axis][a];
    }
  point->value[k] = fabs ((double) value[1] - value[0] - STEP * along);
  point->gradient[k] = sqrt (square);
}

static void
sum_up (const GArray *points, int k, gboolean crossing, CfJump *out)
{
  *out = (CfJump){ 0 };
  for (guint i = 0; i < points->len; i++)
    {
      const CfJumpPoint *point = &g_array_index (points, CfJumpPoint, i);
      double value = point->value[k], gradient = point->gradient[k];

      if (point->crossing != crossing || !isfinite (value) || !isfinite (gradient))
        continue;
      out->n++;
      out->value_mean += value;
      out->value_rms += value * value;
      out->value_max = MAX (out->value_max, value);
      out->gradient_mean += gradient;
      out->gradient_rms += gradient * gradient;
      out->gradient_max = MAX (out->gradient_max, gradient);
    }
  if (out->n == 0)
    {
      *out = (CfJump){ 0, NAN, NAN, NAN, NAN, NAN, NAN };
      return;
    }
  out->value_mean /= out->n;
  out->value_rms = sqrt (out->value_rms / out->n);
  out->gradient_mean /= out->n;
  out->gradient_rms = sqrt (out->gradient_rms / out->n);
}

gboolean
cf_jumps_measure (CfEvaluator *evaluator, gsize points, CfJumps out[2], GArray **list, GCancellable *cancellable, GError **error)
{
  const CfField *field = cf_evaluator_field (evaluator);
  g_autoptr (GArray) found = g_array_new (FALSE, FALSE, sizeof (CfJumpPoint)), sides = g_array_new (FALSE, FALSE, sizeof (double));
  Draw draw = { field, found, sides };
  g_autofree float *value = NULL, *gradient = NULL;

  draw_all (&draw, points > 0 ? points : DEFAULT_POINTS);
  value = g_new (float, 2 * (gsize) found->len + 1);
  gradient = g_new (float, 6 * (gsize) found->len + 1);
  for (int k = 0; k < 2; k++)
    {
      g_autoptr (CfField) other = cf_field_copy (field);
      g_autoptr (CfEvaluator) asked = NULL;

      other->blend = blends[k];
      asked = cf_evaluator_new (cf_evaluator_backend (evaluator), other);
      if (found->len > 0
          && !cf_evaluator_query (asked, 2 * (gsize) found->len, (const double *) sides->data, value, gradient, cancellable, error))
        return FALSE;
      for (guint i = 0; i < found->len; i++)
        find_jump (field, value + 2 * i, gradient + 6 * i, &g_array_index (found, CfJumpPoint, i), k);
      out[k].blend = blends[k];
      sum_up (found, k, FALSE, &out[k].planes);
      sum_up (found, k, TRUE, &out[k].crossings);
    }
  if (list)
    *list = g_steal_pointer (&found);
  return TRUE;
}
