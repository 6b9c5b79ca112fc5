/* cf-session-prepare.c: the numbers that need every voxel: normalisation, histogram, sub-regions, and the picture of the voxels. */
#include "cf-session-private.h"

#include <math.h>

#include "cf-error.h"
#include "cf-words.h"
#include "cf-workers.h"

#define PREVIEW_MAX (16 << 20) /* samples of the picture of the voxels */

typedef struct
{
  CfJob job;
  CfVolume *volume;
  CfField *field; /* where there is no volume, or the fit's crop stands */
  double contour;
  gboolean has_box;
  double box[6];
  CfPartitionKind kind;
  CfNormalisation normalisation;
  guint64 histogram[CF_HISTOGRAM_BINS];
  CfPartition partition;
  CfSamples *preview;
} PrepareJob;

static void
prepare_job_free (gpointer data)
{
  PrepareJob *prepare = data;
  g_clear_pointer (&prepare->volume, cf_volume_unref);
  g_clear_pointer (&prepare->field, cf_field_unref);
  g_clear_pointer (&prepare->preview, cf_samples_unref);
  cf_job_clear (&prepare->job);
  g_free (prepare);
}

/* The voxels as they are, every stride-th of them where they are many. */
static CfSamples *
preview_new (CfVolume *volume, const CfNormalisation *normalisation)
{
  CfGrid crop;
  cf_grid_crop (&volume->grid, normalisation->lo, normalisation->dims, &crop);
  int stride = 1;
  while ((double) cf_grid_n_voxels (&crop) / stride / stride / stride > PREVIEW_MAX)
    stride++;
  int dims[3];
  double step[3][3];
  for (int a = 0; a < 3; a++)
    {
      dims[a] = (crop.dims[a] - 1) / stride + 1;
      for (int b = 0; b < 3; b++)
        step[a][b] = crop.step[a][b] * stride;
    }
  CfGrid grid;
  cf_grid_init (&grid, dims, crop.origin, step);
  CfSamples *samples = cf_samples_try_new (&grid);
  if (samples == NULL)
    return NULL;
  samples->voxels = TRUE;
  g_autofree float *slab = g_new (float, (gsize) crop.dims[0] * crop.dims[1]);
  for (int z = 0; z < dims[2]; z++)
    {
      int start[3] = { 0, 0, z * stride }, size[3] = { crop.dims[0], crop.dims[1], 1 };
      cf_normalisation_read (normalisation, volume, start, size, slab);
      for (int y = 0; y < dims[1]; y++)
        for (int x = 0; x < dims[0]; x++)
          samples->data[((gsize) z * dims[1] + y) * dims[0] + x] = slab[(gsize) y * stride * crop.dims[0] + (gsize) x * stride];
    }
  return samples;
}

static void
prepare_run (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  PrepareJob *prepare = data;
  GError *error = NULL;
  cf_session_give_way ();
  if (prepare->field != NULL)
    {
      prepare->normalisation = prepare->field->normalisation;
      prepare->partition = prepare->field->partition;
    }
  else if (!cf_normalisation_compute (prepare->volume, prepare->contour, &prepare->normalisation, &error)
           || (prepare->has_box && !cf_normalisation_narrow (&prepare->normalisation, prepare->volume, prepare->box, &error)))
    {
      g_task_return_error (task, error);
      return;
    }
  else if (!cf_partition_init (&prepare->partition, prepare->kind, prepare->normalisation.dims))
    {
      g_task_return_new_error (task, CF_INPUT_ERROR, CF_INPUT_ERROR_UNSUPPORTED, _("%s: the map has %d x %d x %d voxels, needs at most %d regions an axis"),
                               prepare->volume->name, prepare->normalisation.dims[0], prepare->normalisation.dims[1],
                               prepare->normalisation.dims[2], CF_PARTITION_AXIS_MAX);
      return;
    }
  if (prepare->volume != NULL)
    {
      cf_histogram (prepare->volume, &prepare->normalisation, prepare->histogram);
      prepare->preview = preview_new (prepare->volume, &prepare->normalisation);
    }
  g_task_return_boolean (task, TRUE);
}

void
cf_session_use_voxels (CfSession *session, const CfNormalisation *normalisation, const CfPartition *partition, const guint64 *histogram)
{
  CfSessionState *s = &session->s;
  s->normalisation = *normalisation;
  s->partition = *partition;
  if (histogram != NULL)
    memcpy (s->histogram, histogram, sizeof s->histogram);
  s->n_voxels = 1;
  for (int a = 0; a < 3; a++)
    s->n_voxels *= s->normalisation.dims[a];
  if (s->has_level)
    s->level = cf_level_from_normalised (&s->normalisation, s->level.normalised);
}

static void
prepare_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  PrepareJob *prepare = g_task_get_task_data (G_TASK (result));
  CfSession *session = prepare->job.session;
  CfSessionState *s = &session->s;
  g_autoptr (GError) error = NULL;
  if (!cf_job_is_current (&prepare->job))
    return;
  cf_session_set_activity (session, NULL, -1);
  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      cf_session_error (session, error);
      return;
    }
  cf_session_use_voxels (session, &prepare->normalisation, &prepare->partition, prepare->histogram);
  s->prepared = TRUE;
  if (prepare->preview != NULL && s->trainer == NULL && s->field == NULL)
    {
      g_clear_pointer (&s->samples, cf_samples_unref);
      s->samples = g_steal_pointer (&prepare->preview);
      s->samples_all = TRUE;
    }
  if (!s->has_level)
    cf_session_set_level (session, isnan (session->level_wanted) ? cf_level_start (&s->normalisation).normalised
                                                                 : cf_level_from_file (&s->normalisation, session->level_wanted).normalised, TRUE);
  cf_session_changed (session, CF_CHANGED_DOCUMENT | CF_CHANGED_SAMPLES | CF_CHANGED_LEVEL | CF_CHANGED_TRAINING);
  if (s->field != NULL)
    cf_session_bake_all (session);
  else if (session->train_when_prepared)
    cf_session_train (session);
  session->train_when_prepared = FALSE;
}

void
cf_session_prepare (CfSession *session)
{
  CfSessionState *s = &session->s;
  PrepareJob *prepare = g_new0 (PrepareJob, 1);
  g_autoptr (GError) error = NULL;
  /* The map was changed or placed otherwise since. */
  if (s->has_box && !cf_session_is_part (session, s->box, &error))
    {
      s->has_box = FALSE;
      memset (s->box, 0, sizeof s->box);
      cf_session_error (session, error);
    }
  /* A newer choice of the crop overtakes the one at work. */
  cf_session_next_generation (session);
  cf_job_init (&prepare->job, session);
  prepare->volume = s->volume != NULL ? cf_volume_ref (s->volume) : NULL;
  prepare->field = s->field != NULL ? cf_field_ref (s->field) : NULL;
  prepare->contour = s->crop && !s->has_box ? s->contour : NAN;
  prepare->has_box = s->has_box;
  memcpy (prepare->box, s->box, sizeof prepare->box);
  g_autoptr (GTask) task = g_task_new (NULL, session->cancellable, prepare_done, NULL);
  g_task_set_task_data (task, prepare, prepare_job_free);
  cf_session_set_activity (session, _("Reading the map's numbers"), -1);
  cf_workers_run (task, prepare_run);
}
