#include "cf-trust.h"

#include <math.h>
#include <string.h>

#include "cf-error.h"
#include "cf-seams.h"
#include "cf-words.h"
#include "cf-workers.h"

typedef struct
{
  CfTrustKind kind;
  CfVolume *volume;
  CfNormalisation normalisation;
  CfEvaluator *evaluator;
} Request;

static void
request_free (gpointer data)
{
  Request *request = data;
  cf_volume_unref (request->volume);
  g_clear_pointer (&request->evaluator, cf_evaluator_unref);
  g_free (request);
}

void
cf_trust_free (CfTrust *trust)
{
  g_clear_pointer (&trust->samples, cf_samples_unref);
  g_free (trust->region_rms);
  g_free (trust->region_seam);
  g_free (trust);
}

static gboolean
make_spline (CfSamples *samples, const char *name)
{
  float *copy = g_try_malloc_n (samples->n, sizeof *copy);
  if (copy == NULL)
    return FALSE;
  memcpy (copy, samples->data, samples->n * sizeof *copy);
  g_autoptr (CfVolume) volume = cf_volume_new (name, &samples->grid, copy);
  g_autoptr (CfInterpolator) spline = cf_interpolator_new (volume, CF_INTERPOLATION_TRICUBIC);
  memcpy (samples->data, cf_interpolator_coefficients (spline), samples->n * sizeof *copy);
  return TRUE;
}

static double
root_mean_square (const CfSamples *samples, const int lo[3], const int dims[3])
{
  const int *n = samples->grid.dims;
  double sum = 0;
  gsize count = 0;
  for (int k = lo[2]; k < lo[2] + dims[2]; k++)
    for (int j = lo[1]; j < lo[1] + dims[1]; j++)
      for (int i = lo[0]; i < lo[0] + dims[0]; i++)
        {
          double v = samples->data[((gsize) k * n[1] + j) * n[0] + i];
          if (isnan (v))
            continue;
          sum += v * v;
          count++;
        }
  return count > 0 ? sqrt (sum / count) : NAN;
}

static gboolean
make_seams (CfTrust *trust, CfEvaluator *evaluator, GCancellable *cancellable, GError **error)
{
  g_autoptr (CfSeams) seams = cf_seams_new (evaluator, 0, cancellable, error);
  if (seams == NULL)
    return FALSE;
  trust->region_seam = g_new (double, trust->n_regions);
  for (int r = 0; r < trust->n_regions; r++)
    trust->region_seam[r] = NAN;
  for (gsize i = 0; i < seams->n; i++)
    {
      const CfSeam *seam = &seams->seams[i];
      trust->region_seam[seam->a] = fmax (trust->region_seam[seam->a], seam->rms);
      trust->region_seam[seam->b] = fmax (trust->region_seam[seam->b], seam->rms);
    }
  return TRUE;
}

static gboolean
make_difference (CfTrust *trust, const Request *request, GCancellable *cancellable, GError **error)
{
  static const int zero[3] = { 0 };
  const CfField *field = cf_evaluator_field (request->evaluator);
  CfSamples *samples = trust->samples;
  g_autofree float *of_field = g_try_malloc_n (samples->n, sizeof *of_field);
  if (of_field == NULL)
    {
      g_set_error (error, CF_ERROR, CF_ERROR_FAILED, _("%s: not enough memory for the field minus the voxels"), request->volume->name);
      return FALSE;
    }
  if (!cf_evaluator_bake (request->evaluator, &samples->grid, of_field, NULL, NULL, cancellable, error))
    return FALSE;
  for (gsize i = 0; i < samples->n; i++)
    samples->data[i] = of_field[i] - samples->data[i];
  trust->rms = root_mean_square (samples, zero, samples->grid.dims);
  trust->n_regions = field->n_regions;
  trust->region_rms = g_new (double, field->n_regions);
  for (int r = 0; r < field->n_regions; r++)
    {
      CfRegion region;
      cf_partition_region (&field->partition, r, &region);
      trust->region_rms[r] = root_mean_square (samples, region.start, region.size);
    }
  return make_seams (trust, request->evaluator, cancellable, error);
}

static void
make_run (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  static const int zero[3] = { 0 };
  const Request *request = data;
  g_autoptr (CfTrust) trust = g_new0 (CfTrust, 1);
  GError *error = NULL;
  CfGrid grid;
  trust->rms = NAN;
  cf_grid_crop (&request->volume->grid, request->normalisation.lo, request->normalisation.dims, &grid);
  trust->samples = cf_samples_try_new (&grid);
  gboolean memory = trust->samples != NULL;
  if (memory)
    cf_normalisation_read (&request->normalisation, request->volume, zero, grid.dims, trust->samples->data);
  if (memory && request->kind == CF_TRUST_SPLINE)
    memory = make_spline (trust->samples, request->volume->name);
  if (!memory)
    error = g_error_new (CF_ERROR, CF_ERROR_FAILED, _("%s: not enough memory to show its voxels beside the field"), request->volume->name);
  else if (request->kind == CF_TRUST_DIFFERENCE)
    make_difference (trust, request, cancellable, &error);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, g_steal_pointer (&trust), (GDestroyNotify) cf_trust_free);
}

void
cf_trust_make_async (CfTrustKind kind, CfVolume *volume, const CfNormalisation *normalisation, CfEvaluator *evaluator,
                     GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data)
{
  Request *request = g_new0 (Request, 1);
  request->kind = kind;
  request->volume = cf_volume_ref (volume);
  request->normalisation = *normalisation;
  request->evaluator = evaluator != NULL ? cf_evaluator_ref (evaluator) : NULL;
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  g_task_set_task_data (task, request, request_free);
  cf_workers_run (task, make_run);
}

CfTrust *
cf_trust_make_finish (GAsyncResult *result, CfTrustKind *kind, GError **error)
{
  const Request *request = g_task_get_task_data (G_TASK (result));
  *kind = request->kind;
  return g_task_propagate_pointer (G_TASK (result), error);
}
