/* cf-session-train.c: the fit, followed region by region, and the boxes of samples that it fills. */
#include "cf-session-private.h"

#include <math.h>

#include "cf-error.h"
#include "cf-walk.h"

/* -- from the trainer's threads to the main loop ---------------------------------------------------------------------------- */

/* Outlives the session for as long as the trainer's threads may still call. */
struct _CfTrainLink
{
  gatomicrefcount ref_count;
  GMutex lock;
  CfSession *session; /* not owned; NULL once the session has let go */
  guint source;
};

static void follow_training (CfSession *session);

static CfTrainLink *
link_new (void)
{
  CfTrainLink *link = g_new0 (CfTrainLink, 1);
  g_atomic_ref_count_init (&link->ref_count);
  g_mutex_init (&link->lock);
  return link;
}

static void
link_unref (gpointer data)
{
  CfTrainLink *link = data;
  if (!g_atomic_ref_count_dec (&link->ref_count))
    return;
  g_mutex_clear (&link->lock);
  g_free (link);
}

static gboolean
link_tell (gpointer data)
{
  CfTrainLink *link = data;
  g_mutex_lock (&link->lock);
  link->source = 0;
  CfSession *session = link->session;
  g_mutex_unlock (&link->lock);
  if (session != NULL)
    follow_training (session);
  return G_SOURCE_REMOVE;
}

static void
link_notify (CfTrainer *trainer, gpointer user_data)
{
  CfTrainLink *link = user_data;
  g_mutex_lock (&link->lock);
  if (link->session != NULL && link->source == 0)
    {
      g_atomic_ref_count_inc (&link->ref_count);
      link->source = g_timeout_add_full (G_PRIORITY_DEFAULT, 50, link_tell, link, link_unref);
    }
  g_mutex_unlock (&link->lock);
}

typedef struct
{
  CfTrainer *trainer;
  CfTrainLink *link;
} EndJob;

static gpointer
end_trainer (gpointer data)
{
  EndJob *end = data;
  cf_trainer_free (end->trainer);
  link_unref (end->link);
  g_free (end);
  return NULL;
}

/* cf_trainer_free () waits for its workers, so it is not for this thread. Takes both. */
static void
let_go_of_trainer (CfTrainer *trainer, CfTrainLink *link)
{
  g_mutex_lock (&link->lock);
  link->session = NULL;
  g_mutex_unlock (&link->lock);
  cf_trainer_cancel (trainer);
  EndJob *end = g_new0 (EndJob, 1);
  end->trainer = trainer;
  end->link = link;
  g_thread_unref (g_thread_new ("end-trainer", end_trainer, end));
}

void
cf_session_drop_training (CfSession *session)
{
  CfSessionState *s = &session->s;
  if (s->trainer != NULL)
    let_go_of_trainer (g_steal_pointer (&s->trainer), g_steal_pointer (&session->link));
  g_clear_pointer (&s->evaluator, cf_evaluator_unref);
  g_clear_pointer (&s->field, cf_field_unref);
  g_clear_pointer (&session->region_states, g_free);
  session->n_region_states = 0;
  g_queue_clear (&session->bakes);
  session->baking = session->trained = FALSE;
  session->n_baked = 0;
  memset (&s->training, 0, sizeof s->training);
}

/* -- the fit ------------------------------------------------------------------------------------------------------------------- */

static void
follow_training (CfSession *session)
{
  CfSessionState *s = &session->s;
  gboolean new_regions = FALSE;
  CfTrainerState before = s->training.state;
  g_autofree char *notice = session->backend != NULL ? cf_backend_take_notice (session->backend) : NULL;

  if (notice != NULL)
    cf_session_message (session, TRUE, notice);
  cf_trainer_get_progress (s->trainer, &s->training);
  for (int i = 0; i < session->n_region_states; i++)
    {
      CfRegionProgress region;
      cf_trainer_get_region (s->trainer, i, &region);
      CfRegionState was = session->region_states[i];
      session->region_states[i] = region.state;
      if (was != region.state && (region.state == CF_REGION_DONE || region.state == CF_REGION_FLAT))
        {
          g_queue_push_tail (&session->bakes, GINT_TO_POINTER (i));
          new_regions = TRUE;
        }
    }
  if (new_regions)
    {
      g_clear_pointer (&s->field, cf_field_unref);
      s->field = cf_trainer_snapshot (s->trainer);
    }
  CfTrainerState state = s->training.state;
  if (state != before && (state == CF_TRAINER_DONE || state == CF_TRAINER_CANCELLED || state == CF_TRAINER_FAILED))
    {
      g_autoptr (GError) error = NULL;
      if (state == CF_TRAINER_FAILED && !cf_trainer_wait (s->trainer, &error))
        cf_session_error (session, error);
      session->trained = TRUE;
      if (session->baking || !g_queue_is_empty (&session->bakes))
        cf_session_set_activity (session, "Sampling the field", -1);
    }
  cf_session_changed (session, CF_CHANGED_TRAINING);
  cf_session_bake_next (session);
}

typedef struct
{
  CfJob job;
  CfField *field;
  CfVolume *volume;
  CfTrainOptions options;
  CfTrainer *trainer;
  CfTrainLink *link;
  CfSamples *samples;
} StartJob;

static void
start_job_free (gpointer data)
{
  StartJob *start = data;
  g_clear_pointer (&start->field, cf_field_unref);
  g_clear_pointer (&start->volume, cf_volume_unref);
  g_clear_pointer (&start->options.resume, cf_field_unref);
  if (start->trainer != NULL)
    let_go_of_trainer (start->trainer, start->link);
  g_clear_pointer (&start->samples, cf_samples_unref);
  cf_job_clear (&start->job);
  g_free (start);
}

static void
start_run (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  StartJob *start = data;
  GError *error = NULL;
  cf_session_give_way ();
  g_autoptr (CfBackend) backend = cf_session_backend (start->job.session, &error);
  if (backend != NULL)
    start->trainer = cf_trainer_new (backend, start->volume, &start->options, &error);
  if (start->trainer != NULL)
    {
      start->link = link_new ();
      cf_trainer_set_notify (start->trainer, link_notify, start->link);
      start->field = cf_trainer_snapshot (start->trainer);
      start->samples = cf_session_samples_new (start->field);
      if (start->samples == NULL)
        g_set_error (&error, CF_ERROR, CF_ERROR_FAILED, "%s: not enough memory for the samples of the picture", start->volume->name);
    }
  /* From here, so that its threads give way as this one does. */
  if (error == NULL)
    cf_trainer_start (start->trainer);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void
start_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  StartJob *start = g_task_get_task_data (G_TASK (result));
  CfSession *session = start->job.session;
  CfSessionState *s = &session->s;
  g_autoptr (GError) error = NULL;
  if (!cf_job_is_current (&start->job))
    return;
  session->starting = 0;
  cf_session_set_activity (session, NULL, -1);
  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      cf_session_error (session, error);
      return;
    }
  s->trainer = g_steal_pointer (&start->trainer);
  s->field = g_steal_pointer (&start->field);
  s->normalisation = s->field->normalisation;
  s->partition = s->field->partition;
  g_clear_pointer (&s->samples, cf_samples_unref);
  s->samples = g_steal_pointer (&start->samples);
  s->samples_all = TRUE;
  session->n_region_states = s->field->n_regions;
  session->region_states = g_new0 (CfRegionState, session->n_region_states);
  session->link = g_steal_pointer (&start->link);
  g_mutex_lock (&session->link->lock);
  session->link->session = session;
  g_mutex_unlock (&session->link->lock);
  cf_session_changed (session, CF_CHANGED_ALL);
  follow_training (session);
}

gboolean
cf_session_can_train (CfSession *session)
{
  const CfSessionState *s = &session->s;
  if (!s->prepared || s->volume == NULL)
    return FALSE;
  return s->trainer == NULL || (s->training.state != CF_TRAINER_RUNNING && s->training.state != CF_TRAINER_PAUSED);
}

CfTrainOptions
cf_session_train_options (CfSession *session)
{
  const CfSessionState *s = &session->s;
  return (CfTrainOptions){ .recipe = s->recipe,
                           .contour = s->contour,
                           .resolution = s->resolution,
                           .crop = s->crop && !isnan (s->contour),
                           .seed = s->seed,
                           .last_region = -1,
                           .max_epochs = s->max_epochs };
}

void
cf_session_train (CfSession *session)
{
  CfSessionState *s = &session->s;
  if (!cf_session_can_train (session))
    return;
  StartJob *start = g_new0 (StartJob, 1);
  start->volume = cf_volume_ref (s->volume);
  session->fitted = start->options = cf_session_train_options (session);
  session->fitted_here = TRUE;
  if (s->field != NULL && !cf_field_is_complete (s->field))
    start->options.resume = cf_field_ref (s->field);
  cf_session_next_generation (session);
  cf_job_init (&start->job, session);
  cf_session_drop_training (session);
  cf_session_drop_graph (session);
  g_autoptr (GTask) task = g_task_new (NULL, session->cancellable, start_done, NULL);
  g_task_set_task_data (task, start, start_job_free);
  session->starting = session->generation;
  cf_session_set_activity (session, "Preparing the training", -1);
  g_task_run_in_thread (task, start_run);
}

void
cf_session_pause (CfSession *session, gboolean pause)
{
  if (session->s.trainer == NULL)
    return;
  if (pause)
    cf_trainer_pause (session->s.trainer);
  else
    cf_trainer_resume (session->s.trainer);
  /* Regions tell at the end of their epochs; the button answers now. */
  follow_training (session);
}

void
cf_session_cancel (CfSession *session)
{
  if (session->s.trainer == NULL)
    return;
  cf_trainer_cancel (session->s.trainer);
  follow_training (session);
}

void
cf_session_prefer_region (CfSession *session, int region)
{
  if (session->s.trainer != NULL)
    cf_trainer_prefer (session->s.trainer, region);
}
