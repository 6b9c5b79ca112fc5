/* cf-session-bake.c: the boxes of samples that the picture and the seeds are taken from, filled region by region. */
#include "cf-session-private.h"

#include <math.h>

#include "cf-error.h"
#include "cf-fine.h"
#include "cf-walk.h"
#include "cf-words.h"
#include "cf-workers.h"

#define PREVIEW_REST 9 /* times what a look at a region under way took */
#define SAMPLES_MAX ((gsize) 128 << 20) /* of the picture; beyond it the picture is coarser than the walk */

/* -- filling the picture ------------------------------------------------------------------------------------------------------ */

typedef struct
{
  CfJob job;
  CfField *field;
  int region;
  gboolean preview; /* of a region that is still being fitted */
  gint64 begun;     /* monotonic us */
  CfGrid grid; /* of all samples */
  double done, share; /* of all that is to be baked: before this one, and this one */
  int lo[3], dims[3];
  float *block;
  CfEvaluator *evaluator;
} BakeJob;

static void
bake_job_free (gpointer data)
{
  BakeJob *bake = data;
  g_clear_pointer (&bake->field, cf_field_unref);
  g_clear_pointer (&bake->evaluator, cf_evaluator_unref);
  g_free (bake->block);
  cf_job_clear (&bake->job);
  g_free (bake);
}

/* The samples that lie in a region, from its first to its last voxel centre. */
static gboolean
region_samples (BakeJob *bake)
{
  CfRegion region;
  cf_partition_region (&bake->field->partition, bake->region, &region);
  for (int a = 0; a < 3; a++)
    {
      double scale = cf_grid_edge (&bake->field->grid, a) / cf_grid_edge (&bake->grid, a);
      int lo = (int) ceil (region.start[a] * scale - 1e-6);
      int hi = (int) floor ((region.start[a] + region.size[a] - 1) * scale + 1e-6) + 1;
      bake->lo[a] = CLAMP (lo, 0, bake->grid.dims[a]);
      bake->dims[a] = CLAMP (hi, 0, bake->grid.dims[a]) - bake->lo[a];
      if (bake->dims[a] <= 0)
        return FALSE;
    }
  return TRUE;
}

static void
bake_progress (double fraction, gpointer user_data)
{
  const BakeJob *bake = user_data;
  if (bake->preview)
    return;
  cf_session_progress (bake->done + fraction * bake->share, bake->job.session);
}

/* A look at what is still to change costs a sample a voxel: what is left of the region is trilinear between those. */
static int
preview_factor (const BakeJob *bake)
{
  double voxel = cf_grid_smallest_edge (&bake->field->grid), spacing = cf_grid_smallest_edge (&bake->grid);
  int factor = bake->preview ? (int) floor (voxel / spacing + 1e-6) : 1;
  for (int a = 0; a < 3; a++)
    factor = MIN (factor, bake->dims[a] - 1);
  return MAX (factor, 1);
}

static gboolean
bake_block (BakeJob *bake, GCancellable *cancellable, GError **error)
{
  CfFinePart part = { .factor = preview_factor (bake) };
  CfGrid first, asked;
  double step[3][3];
  for (int a = 0; a < 3; a++)
    {
      part.dims[a] = (bake->dims[a] - 1) / part.factor + 1;
      bake->dims[a] = (part.dims[a] - 1) * part.factor + 1;
      for (int b = 0; b < 3; b++)
        step[a][b] = bake->grid.step[a][b] * part.factor;
    }
  cf_grid_crop (&bake->grid, bake->lo, part.dims, &first);
  cf_grid_init (&asked, part.dims, first.origin, step);
  g_autofree float *samples = g_new (float, cf_grid_n_voxels (&asked));
  if (!cf_evaluator_bake (bake->evaluator, &asked, samples, bake_progress, bake, cancellable, error))
    return FALSE;
  if (part.factor == 1)
    {
      bake->block = g_steal_pointer (&samples);
      return TRUE;
    }
  bake->block = g_new (float, (gsize) bake->dims[0] * bake->dims[1] * bake->dims[2]);
  cf_fine_fill (&asked, samples, &part, bake->block);
  return TRUE;
}

static void
bake_run (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  BakeJob *bake = data;
  GError *error = NULL;
  cf_session_give_way ();
  g_autoptr (CfBackend) backend = cf_session_backend (bake->job.session, &error);
  if (backend != NULL)
    bake->evaluator = cf_evaluator_new (backend, bake->field);
  if (bake->evaluator != NULL && region_samples (bake))
    bake_block (bake, cancellable, &error);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void
bake_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  BakeJob *bake = g_task_get_task_data (G_TASK (result));
  CfSession *session = bake->job.session;
  CfSessionState *s = &session->s;
  g_autoptr (GError) error = NULL;
  if (!cf_job_is_current (&bake->job))
    return;
  session->baking = FALSE;
  g_clear_object (&session->bake_cancellable);
  /* A tenth of the time is for what is still to change, and a second is as often as one looks. */
  if (bake->preview)
    session->preview_next = g_get_monotonic_time () + MAX (G_USEC_PER_SEC, PREVIEW_REST * (g_get_monotonic_time () - bake->begun));
  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) && !bake->preview)
        g_queue_push_head (&session->bakes, GINT_TO_POINTER (bake->region)); /* stopped: it is still to come */
      cf_session_error (session, error);
    }
  else if (bake->block != NULL && s->samples != NULL && !(bake->preview && session->trained))
    {
      cf_samples_put (s->samples, bake->lo, bake->dims, bake->block);
      if (s->replay != NULL)
        cf_replay_add (s->replay, bake->lo, bake->dims, bake->block);
      session->n_baked += !bake->preview;
      s->samples_all = FALSE;
      for (int a = 0; a < 3; a++)
        {
          s->dirty_lo[a] = bake->lo[a];
          s->dirty_hi[a] = bake->lo[a] + bake->dims[a];
        }
      cf_session_changed (session, CF_CHANGED_SAMPLES);
    }
  cf_session_bake_next (session);
}

static void
histogram_from_samples (CfSession *session)
{
  CfSessionState *s = &session->s;
  memset (s->histogram, 0, sizeof s->histogram);
  for (gsize i = 0; i < s->samples->n; i++)
    if (!isnan (s->samples->data[i]))
      s->histogram[CLAMP ((int) (s->samples->data[i] * CF_HISTOGRAM_BINS), 0, CF_HISTOGRAM_BINS - 1)]++;
  cf_session_changed (session, CF_CHANGED_LEVEL);
}

static void
all_is_baked (CfSession *session)
{
  CfSessionState *s = &session->s;
  if (s->field == NULL || s->samples == NULL || session->n_baked == 0)
    return;
  if (s->volume == NULL)
    histogram_from_samples (session);
  cf_session_walk (session);
}

static void
start_bake (CfSession *session, BakeJob *bake)
{
  cf_job_init (&bake->job, session);
  bake->grid = session->s.samples->grid;
  bake->begun = g_get_monotonic_time ();
  session->baking = TRUE;
  session->bake_cancellable = g_cancellable_new ();
  g_autoptr (GTask) task = g_task_new (NULL, session->bake_cancellable, bake_done, NULL);
  g_task_set_task_data (task, bake, bake_job_free);
  cf_workers_run (task, bake_run);
}

static void
bake_preview (CfSession *session)
{
  int region = GPOINTER_TO_INT (g_queue_pop_head (&session->previews));
  BakeJob *bake;
  if (session->region_states[region] != CF_REGION_TRAINING)
    return; /* it is done: its own bake follows */
  bake = g_new0 (BakeJob, 1);
  bake->preview = TRUE;
  bake->field = cf_field_ref (session->running);
  bake->region = region;
  start_bake (session, bake);
}

void
cf_session_bake_next (CfSession *session)
{
  CfSessionState *s = &session->s;
  if (session->baking || s->samples == NULL || s->field == NULL)
    return;
  if (s->sampling_stopped)
    {
      cf_session_set_activity (session, NULL, -1);
      return;
    }
  if (g_queue_is_empty (&session->bakes))
    {
      if (session->trained)
        all_is_baked (session);
      else if (!g_queue_is_empty (&session->previews))
        bake_preview (session);
      return;
    }
  BakeJob *bake = g_new0 (BakeJob, 1);
  bake->field = cf_field_ref (s->field);
  bake->region = GPOINTER_TO_INT (g_queue_pop_head (&session->bakes));
  bake->share = 1.0 / (g_queue_get_length (&session->bakes) + 1 + session->n_baked);
  bake->done = session->n_baked * bake->share;
  double done = bake->done;
  start_bake (session, bake);
  if (session->trained)
    {
      cf_session_set_activity (session, _("Sampling the field"), done);
      cf_session_progress (done, session);
    }
}

/* While regions are fitted, what they still fill the picture with is no work of its own. */
gboolean
cf_session_is_sampling (CfSession *session)
{
  return session->trained && !session->s.sampling_stopped && (session->baking || !g_queue_is_empty (&session->bakes));
}

void
cf_session_stop_sampling (CfSession *session)
{
  if (!cf_session_is_sampling (session))
    return;
  session->s.sampling_stopped = TRUE;
  g_cancellable_cancel (session->bake_cancellable);
  cf_session_bake_next (session);
  cf_session_changed (session, CF_CHANGED_GRAPH);
}

void
cf_session_sample_on (CfSession *session)
{
  if (!session->s.sampling_stopped)
    return;
  session->s.sampling_stopped = FALSE;
  cf_session_bake_next (session);
  cf_session_changed (session, CF_CHANGED_GRAPH);
}

/* The grid of the walk, or where that is too much for the picture every second, fourth ... of its points. */
CfSamples *
cf_session_samples_new (const CfField *field)
{
  CfGrid grid;
  cf_walk_grid (field, 0, &grid);
  double spacing = cf_grid_smallest_edge (&grid);
  int k = 1;
  while (cf_grid_n_voxels (&grid) > SAMPLES_MAX)
    {
      k *= 2;
      cf_walk_grid (field, spacing * k, &grid);
    }
  CfSamples *samples = cf_samples_try_new (&grid);
  if (samples != NULL)
    samples->walk = k == 1;
  return samples;
}

/* -- a neural map that was opened ---------------------------------------------------------------------------------------------- */

typedef struct
{
  CfJob job;
  CfField *field;
  CfSamples *samples;
} AllJob;

static void
all_job_free (gpointer data)
{
  AllJob *all = data;
  g_clear_pointer (&all->field, cf_field_unref);
  g_clear_pointer (&all->samples, cf_samples_unref);
  cf_job_clear (&all->job);
  g_free (all);
}

static void
bake_all_run (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  AllJob *all = data;
  cf_session_give_way ();
  all->samples = cf_session_samples_new (all->field);
  if (all->samples == NULL)
    g_task_return_new_error (task, CF_ERROR, CF_ERROR_FAILED, _("%s: not enough memory for the samples of the picture"),
                             all->field->source_name);
  else
    g_task_return_boolean (task, TRUE);
}

static void
bake_all_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  AllJob *all = g_task_get_task_data (G_TASK (result));
  CfSession *session = all->job.session;
  CfSessionState *s = &session->s;
  g_autoptr (GError) error = NULL;
  if (!cf_job_is_current (&all->job))
    return;
  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      cf_session_error (session, error);
      return;
    }
  g_clear_pointer (&s->samples, cf_samples_unref);
  s->samples = g_steal_pointer (&all->samples);
  s->samples_all = TRUE;
  cf_session_changed (session, CF_CHANGED_SAMPLES);
  for (int i = 0; i < s->field->n_regions; i++)
    if (s->field->fits[i].trained || s->field->fits[i].flat)
      g_queue_push_tail (&session->bakes, GINT_TO_POINTER (i));
  session->trained = TRUE;
  cf_session_bake_next (session);
}

void
cf_session_bake_all (CfSession *session)
{
  AllJob *all = g_new0 (AllJob, 1);
  cf_job_init (&all->job, session);
  all->field = cf_field_ref (session->s.field);
  g_autoptr (GTask) task = g_task_new (NULL, session->cancellable, bake_all_done, NULL);
  g_task_set_task_data (task, all, all_job_free);
  cf_session_set_activity (session, _("Sampling the field"), -1);
  cf_workers_run (task, bake_all_run);
}
