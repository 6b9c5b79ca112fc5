#include "cf-residual.h"

#include <math.h>

#include "cf-random.h"
#include "cf-words.h"

#define DEFAULT_SAMPLES 20000

typedef struct
{
  CfEvaluator *evaluator;
  const CfField *field;
  const CfVolume *volume;
  CfInterpolator *spline;
  GCancellable *cancellable;
  gsize n;       /* samples a region */
  double *xyz;   /* [n][3] A */
  float *value;  /* [n] of the field */
  double *truth; /* [n] file units, from voxels or spline */
} Sampler;

static void
residual_add (CfResidual *sum, double difference)
{
  sum->n++;
  sum->mean_abs += fabs (difference);
  sum->rms += difference * difference;
}

static void
residual_finish (CfResidual *sum)
{
  sum->mean_abs = sum->n > 0 ? sum->mean_abs / sum->n : NAN;
  sum->rms = sum->n > 0 ? sqrt (sum->rms / sum->n) : NAN;
}

/* Points of a region's box: voxel centres with their voxels, or anywhere between the first and the last. */
static void
draw_points (Sampler *s, const CfRegion *region, gboolean between)
{
  const int *lo = s->field->normalisation.lo, *dims = s->volume->grid.dims;
  CfRandom random;

  cf_random_init (&random, 20210401, 2 * (guint64)region->index + (between ? 1 : 0));
  for (gsize i = 0; i < s->n; i++)
    {
      double ijk[3];
      gsize voxel[3];
      for (int a = 0; a < 3; a++)
        {
          double u = cf_random_double (&random);
          ijk[a] = region->start[a] + (between ? u * (region->size[a] - 1) : floor (u * region->size[a]));
          voxel[a] = lo[a] + (gsize)ijk[a];
        }
      cf_grid_to_world (&s->field->grid, ijk, s->xyz + 3 * i);
      s->truth[i] = s->volume->data[(voxel[2] * dims[1] + voxel[1]) * dims[0] + voxel[0]];
    }
  if (between)
    cf_interpolator_query (s->spline, s->n, s->xyz, s->truth, NULL);
}

static gboolean
sample_region (Sampler *s, int index, gboolean between, CfResidual *out, CfResidual *all, GError **error)
{
  CfRegion region;

  cf_partition_region (&s->field->partition, index, &region);
  draw_points (s, &region, between);
  if (!cf_evaluator_query (s->evaluator, s->n, s->xyz, s->value, NULL, s->cancellable, error))
    return FALSE;
  for (gsize i = 0; i < s->n; i++)
    if (isfinite (s->value[i]) && isfinite (s->truth[i]))
      {
        double difference = s->value[i] - MAX (s->truth[i], 0.0) / s->field->normalisation.max;
        residual_add (out, difference);
        residual_add (all, difference);
      }
  residual_finish (out);
  return TRUE;
}

static gboolean
check_same_map (const CfField *field, const CfVolume *volume, GError **error)
{
  const int *a = field->source_grid.dims, *b = volume->grid.dims;

  if (a[0] == b[0] && a[1] == b[1] && a[2] == b[2])
    return TRUE;
  g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, _("%s: is %d x %d x %d voxels, needs the %d x %d x %d of the map that was fitted"),
               volume->name, b[0], b[1], b[2], a[0], a[1], a[2]);
  return FALSE;
}

CfResiduals *
cf_residuals_new (CfEvaluator *evaluator, CfVolume *volume, gsize samples, GCancellable *cancellable, GError **error)
{
  const CfField *field = cf_evaluator_field (evaluator);
  int trained = cf_field_n_trained (field);

  if (!check_same_map (field, volume, error))
    return NULL;
  g_autoptr (CfInterpolator) spline = cf_interpolator_new (volume, CF_INTERPOLATION_TRICUBIC);
  gsize n = MAX ((samples > 0 ? samples : DEFAULT_SAMPLES) / MAX (trained, 1), 1);
  g_autofree double *xyz = g_new (double, 3 * n), *truth = g_new (double, n);
  g_autofree float *value = g_new (float, n);
  Sampler s = { evaluator, field, volume, spline, cancellable, n, xyz, value, truth };
  g_autoptr (CfResiduals) r = g_new0 (CfResiduals, 1);
  r->n_regions = field->n_regions;
  r->region_at = g_new0 (CfResidual, MAX (field->n_regions, 1));
  r->region_between = g_new0 (CfResidual, MAX (field->n_regions, 1));
  for (int i = 0; i < field->n_regions; i++)
    {
      if (!field->fits[i].trained)
        {
          residual_finish (&r->region_at[i]);
          residual_finish (&r->region_between[i]);
          continue;
        }
      if (!sample_region (&s, i, FALSE, &r->region_at[i], &r->at, error)
          || !sample_region (&s, i, TRUE, &r->region_between[i], &r->between, error))
        return NULL;
    }
  residual_finish (&r->at);
  residual_finish (&r->between);
  return g_steal_pointer (&r);
}

void
cf_residuals_free (CfResiduals *residuals)
{
  if (residuals == NULL)
    return;
  g_free (residuals->region_at);
  g_free (residuals->region_between);
  g_free (residuals);
}
