#include "cf-seams.h"

#include <math.h>

#include "cf-random.h"

#define DEFAULT_POINTS 256

typedef struct
{
  CfEvaluator *evaluator;
  const CfField *field;
  gsize n;
  double *ijk;    /* [n][3] of the crop */
  float *local;   /* [n][3] */
  float *value[2]; /* [n] d of each region */
} Sampler;

/* What one region alone says at the points. */
static gboolean
ask_region (Sampler *s, const CfRegion *region, float *value, GError **error)
{
  const CfRegionFit *fit = &s->field->fits[region->index];

  for (gsize i = 0; i < s->n; i++)
    {
      for (int a = 0; a < 3; a++)
        s->local[3 * i + a] = region->size[a] > 1 ? (float)(2.0 * (s->ijk[3 * i + a] - region->start[a]) / (region->size[a] - 1) - 1.0) : 0.0f;
      value[i] = fit->value;
    }
  if (s->field->sirens[region->index] == NULL)
    return TRUE;
  if (!cf_backend_eval (cf_evaluator_backend (s->evaluator), s->field->sirens[region->index], s->n, s->local, value, NULL, 0, error))
    return FALSE;
  for (gsize i = 0; i < s->n; i++)
    value[i] = (float)cf_transform_inverse (&s->field->transform, value[i], NULL);
  return TRUE;
}

static gboolean
measure (Sampler *s, CfSeam *seam, GError **error)
{
  CfRegion region[2];
  CfRandom random;

  cf_partition_region (&s->field->partition, seam->a, &region[0]);
  cf_partition_region (&s->field->partition, seam->b, &region[1]);
  if (!s->field->fits[seam->a].trained || !s->field->fits[seam->b].trained)
    return TRUE;
  cf_random_init (&random, 20210402, 3 * (guint64)seam->a + seam->axis);
  for (gsize i = 0; i < s->n; i++)
    for (int a = 0; a < 3; a++)
      {
        int lo = MAX (region[0].start[a], region[1].start[a]);
        int hi = MIN (region[0].start[a] + region[0].size[a], region[1].start[a] + region[1].size[a]) - 1;
        s->ijk[3 * i + a] = lo + cf_random_double (&random) * (hi - lo);
      }
  for (int k = 0; k < 2; k++)
    if (!ask_region (s, &region[k], s->value[k], error))
      return FALSE;
  for (gsize i = 0; i < s->n; i++)
    {
      double difference = fabs ((double)s->value[0][i] - s->value[1][i]);
      seam->n++;
      seam->mean_abs += difference;
      seam->rms += difference * difference;
      seam->max = MAX (seam->max, difference);
    }
  return TRUE;
}

static void
add_to_all (CfSeam *all, const CfSeam *seam)
{
  all->n += seam->n;
  all->mean_abs += seam->mean_abs;
  all->rms += seam->rms;
  all->max = MAX (all->max, seam->max);
}

static void
finish (CfSeam *seam)
{
  seam->mean_abs = seam->n > 0 ? seam->mean_abs / seam->n : NAN;
  seam->rms = seam->n > 0 ? sqrt (seam->rms / seam->n) : NAN;
  seam->max = seam->n > 0 ? seam->max : NAN;
}

static int
compare_seams (gconstpointer a, gconstpointer b)
{
  const CfSeam *x = a, *y = b;
  double p = x->n > 0 ? x->rms : -1.0, q = y->n > 0 ? y->rms : -1.0;
  if (p != q)
    return p > q ? -1 : 1;
  return x->a != y->a ? x->a - y->a : x->axis - y->axis;
}

static GArray *
list_seams (const CfPartition *partition)
{
  const int count[3] = { partition->axis[0].count, partition->axis[1].count, partition->axis[2].count };
  const int step[3] = { 1, count[0], count[0] * count[1] };
  GArray *seams = g_array_new (FALSE, FALSE, sizeof (CfSeam));
  int n = cf_partition_n_regions (partition);

  for (int i = 0; i < n; i++)
    {
      const int at[3] = { i % count[0], i / count[0] % count[1], i / count[0] / count[1] };
      for (int a = 0; a < 3; a++)
        if (at[a] + 1 < count[a])
          {
            CfSeam seam = { .a = i, .b = i + step[a], .axis = a };
            g_array_append_val (seams, seam);
          }
    }
  return seams;
}

CfSeams *
cf_seams_new (CfEvaluator *evaluator, gsize points, GCancellable *cancellable, GError **error)
{
  const CfField *field = cf_evaluator_field (evaluator);
  gsize n = points > 0 ? points : DEFAULT_POINTS;
  g_autofree double *ijk = g_new (double, 3 * n);
  g_autofree float *local = g_new (float, 3 * n), *first = g_new (float, n), *second = g_new (float, n);
  Sampler s = { evaluator, field, n, ijk, local, { first, second } };
  g_autoptr (GArray) list = list_seams (&field->partition);
  g_autoptr (CfSeams) out = g_new0 (CfSeams, 1);

  out->all = (CfSeam){ .a = -1, .b = -1, .axis = -1 };
  for (guint i = 0; i < list->len; i++)
    {
      CfSeam *seam = &g_array_index (list, CfSeam, i);
      if (g_cancellable_set_error_if_cancelled (cancellable, error) || !measure (&s, seam, error))
        return NULL;
      add_to_all (&out->all, seam);
      finish (seam);
    }
  finish (&out->all);
  g_array_sort (list, compare_seams);
  out->n = list->len;
  out->seams = (CfSeam *)g_array_free (g_steal_pointer (&list), FALSE);
  return g_steal_pointer (&out);
}

void
cf_seams_free (CfSeams *seams)
{
  if (seams == NULL)
    return;
  g_free (seams->seams);
  g_free (seams);
}
