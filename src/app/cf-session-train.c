/* cf-session-train.c: the fit, followed region by region, and the boxes of samples that it fills. */
#include "cf-session-private.h"

#include <math.h>

#include "cf-error.h"
#include "cf-walk.h"
#include "cf-words.h"
#include "cf-workers.h"

#define REPLAY_MAX ((gsize) 192 << 20) /* bytes of what is kept for a film of the training */

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
  gboolean drop; /* what was kept of the fit */
} EndJob;

static gpointer
end_trainer (gpointer data)
{
  EndJob *end = data;
  cf_trainer_wait (end->trainer, NULL);
  if (end->drop)
    cf_trainer_drop_checkpoint (end->trainer);
  cf_trainer_free (end->trainer);
  link_unref (end->link);
  g_free (end);
  cf_workers_left ();
  return NULL;
}

/* cf_trainer_free () waits for its workers, so it is not for this thread. Takes both. */
static void
let_go_of_trainer (CfTrainer *trainer, CfTrainLink *link)
{
  g_mutex_lock (&link->lock);
  link->session = NULL;
  g_mutex_unlock (&link->lock);
  CfTrainerProgress progress;
  cf_trainer_get_progress (trainer, &progress);
  cf_trainer_cancel (trainer);
  EndJob *end = g_new0 (EndJob, 1);
  end->drop = progress.state == CF_TRAINER_DONE;
  end->trainer = trainer;
  end->link = link;
  cf_workers_came ();
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
  g_clear_pointer (&session->shown_epochs, g_free);
  g_clear_pointer (&session->running, cf_field_unref);
  g_queue_clear (&session->previews);
  session->n_region_states = 0;
  g_queue_clear (&session->bakes);
  session->baking = session->trained = s->sampling_stopped = FALSE;
  g_clear_object (&session->bake_cancellable);
  session->n_baked = 0;
  memset (&s->training, 0, sizeof s->training);
}

/* -- the fit ------------------------------------------------------------------------------------------------------------------- */

/* Regions whose weights moved since the picture had them, as they are now; not before the last ones are shown and their time has come. */
static void
queue_previews (CfSession *session)
{
  CfSessionState *s = &session->s;
  if (session->baking || !g_queue_is_empty (&session->bakes) || !g_queue_is_empty (&session->previews)
      || g_get_monotonic_time () < session->preview_next)
    return;
  for (int i = 0; i < session->n_region_states; i++)
    {
      CfRegionProgress region;
      cf_trainer_get_region (s->trainer, i, &region);
      if (region.state != CF_REGION_TRAINING || region.epoch == 0 || region.epoch == session->shown_epochs[i])
        continue;
      session->shown_epochs[i] = region.epoch;
      g_queue_push_tail (&session->previews, GINT_TO_POINTER (i));
    }
  if (g_queue_is_empty (&session->previews))
    return;
  g_clear_pointer (&session->running, cf_field_unref);
  session->running = cf_trainer_snapshot_running (s->trainer);
}

/* A fit that ended early leaves no weights of the regions under way: what the picture has of them goes, and the others' samples are made anew,
 * as they reach into each other. */
static void
drop_previews (CfSession *session)
{
  CfSessionState *s = &session->s;
  gboolean any = FALSE;
  for (int i = 0; i < session->n_region_states; i++)
    any = any || (session->shown_epochs[i] > 0 && session->region_states[i] != CF_REGION_DONE);
  g_queue_clear (&session->previews);
  if (!any || s->samples == NULL)
    return;
  for (gsize i = 0; i < s->samples->n; i++)
    s->samples->data[i] = NAN;
  s->samples_all = TRUE;
  g_queue_clear (&session->bakes);
  session->n_baked = 0;
  for (int i = 0; i < session->n_region_states; i++)
    if (s->field->fits[i].trained)
      g_queue_push_tail (&session->bakes, GINT_TO_POINTER (i));
  cf_session_changed (session, CF_CHANGED_SAMPLES);
}

/* Regions that have their weights; without any there is nothing to sample, though a preview may still be under way. */
static gboolean
has_fitted_region (const CfSession *session)
{
  for (int i = 0; i < session->n_region_states; i++)
    if (session->region_states[i] == CF_REGION_DONE || session->region_states[i] == CF_REGION_FLAT)
      return TRUE;
  return FALSE;
}

static void
follow_training (CfSession *session)
{
  CfSessionState *s = &session->s;
  gboolean new_regions = FALSE;
  CfTrainerState before = s->training.state;
  g_autofree char *notice = session->backend != NULL ? cf_backend_take_notice (session->backend) : NULL;

  g_autofree char *trouble = cf_trainer_take_trouble (s->trainer);
  g_autofree char *unsafe = trouble != NULL ? g_strdup_printf (_("%s; training goes on, but what is under way is not safe"), trouble) : NULL;
  if (unsafe != NULL)
    cf_session_message (session, TRUE, unsafe);
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
      drop_previews (session);
      if (has_fitted_region (session) && (session->baking || !g_queue_is_empty (&session->bakes)))
        cf_session_set_activity (session, _("Sampling the field"), -1);
    }
  queue_previews (session);
  cf_session_changed (session, CF_CHANGED_TRAINING);
  cf_session_bake_next (session);
}

typedef struct
{
  CfJob job;
  CfField *field;
  CfVolume *volume;
  CfTrainOptions options;
  CfNormalisation known; /* whose histogram there is */
  guint64 histogram[CF_HISTOGRAM_BINS];
  CfTrainer *trainer;
  CfTrainLink *link;
  CfSamples *samples;
  char *checkpoint; /* a folder */
  gboolean goes_on; /* from what it holds */
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
  g_free (start->checkpoint);
  cf_job_clear (&start->job);
  g_free (start);
}

static gboolean
is_same_crop (const CfNormalisation *a, const CfNormalisation *b)
{
  return memcmp (a->lo, b->lo, sizeof a->lo) == 0 && memcmp (a->dims, b->dims, sizeof a->dims) == 0;
}

/* Of this map and these options, so that each fit finds its own. */
static char *
checkpoint_folder (const CfVolume *volume, const CfTrainOptions *options)
{
  const int *dims = volume->grid.dims;
  const double *b = options->box;
  g_autofree char *box = options->has_box ? g_strdup_printf (" %.3f %.3f %.3f %.3f %.3f %.3f", b[0], b[1], b[2], b[3], b[4], b[5]) : g_strdup ("");
  g_autofree char *about = g_strdup_printf ("%s %s %d %d %d, %d %d %d, %.9g %d, %" G_GUINT64_FORMAT " %d%s", volume->sha256, volume->name, dims[0],
                                            dims[1], dims[2], options->recipe, options->partition, options->crop, options->contour, options->has_box,
                                            options->seed, options->max_epochs, box);
  g_autofree char *key = g_compute_checksum_for_string (G_CHECKSUM_SHA256, about, -1);
  key[16] = '\0';
  return g_build_filename (g_get_user_state_dir (), "cryofield", "fits", key, NULL);
}

/* Another program's lock, or what an older version left, is no reason not to train. */
static void
make_trainer (StartJob *start, CfBackend *backend, GError **error)
{
  CfTrainOptions options = start->options;
  g_autoptr (GError) failed = NULL;
  options.checkpoint = start->checkpoint;
  options.recover = TRUE;
  start->trainer = cf_trainer_new (backend, start->volume, &options, &failed);
  if (start->trainer == NULL && g_error_matches (failed, CF_ERROR, CF_ERROR_ARGUMENT))
    {
      options.recover = FALSE;
      start->trainer = cf_trainer_new (backend, start->volume, &options, NULL);
    }
  options.checkpoint = NULL;
  if (start->trainer == NULL)
    start->trainer = cf_trainer_new (backend, start->volume, &options, error);
}

/* Regions that the field to go on with does not have, and that have epochs behind them. */
static gboolean
was_kept (const StartJob *start, int n_regions)
{
  for (int i = 0; i < n_regions; i++)
    {
      CfRegionProgress region;
      cf_trainer_get_region (start->trainer, i, &region);
      if (region.epoch > 0 && (start->options.resume == NULL || !start->options.resume->fits[i].trained))
        return TRUE;
    }
  return FALSE;
}

static void
start_run (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  StartJob *start = data;
  GError *error = NULL;
  cf_session_give_way ();
  g_autoptr (CfBackend) backend = cf_session_backend (start->job.session, &error);
  if (backend != NULL)
    make_trainer (start, backend, &error);
  if (start->trainer != NULL)
    {
      start->link = link_new ();
      cf_trainer_set_notify (start->trainer, link_notify, start->link);
      start->field = cf_trainer_snapshot (start->trainer);
      start->goes_on = was_kept (start, start->field->n_regions);
      if (!is_same_crop (&start->field->normalisation, &start->known))
        cf_histogram (start->volume, &start->field->normalisation, start->histogram);
      start->samples = cf_session_samples_new (start->field);
      if (start->samples == NULL)
        g_set_error (&error, CF_ERROR, CF_ERROR_FAILED, _("%s: not enough memory for the samples of the picture"), start->volume->name);
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
  cf_session_use_voxels (session, &s->field->normalisation, &s->field->partition,
                         is_same_crop (&s->field->normalisation, &start->known) ? NULL : start->histogram);
  g_clear_pointer (&s->samples, cf_samples_unref);
  s->samples = g_steal_pointer (&start->samples);
  s->samples_all = TRUE;
  g_clear_pointer (&s->replay, cf_replay_free);
  s->replay = cf_replay_new (&s->samples->grid, REPLAY_MAX);
  session->n_region_states = s->field->n_regions;
  session->region_states = g_new0 (CfRegionState, session->n_region_states);
  session->shown_epochs = g_new0 (int, session->n_region_states);
  session->preview_next = 0;
  session->link = g_steal_pointer (&start->link);
  g_mutex_lock (&session->link->lock);
  session->link->session = session;
  g_mutex_unlock (&session->link->lock);
  if (start->goes_on)
    cf_session_message (session, FALSE, _("Training goes on from what was kept of it."));
  cf_session_changed (session, CF_CHANGED_ALL);
  follow_training (session);
}

void
cf_session_set_checkpoint_every (CfSession *session, double seconds)
{
  session->checkpoint_every = seconds;
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
  CfTrainOptions options = { .recipe = s->recipe,
                             .contour = s->contour,
                             .resolution = s->resolution,
                             .crop = s->crop && !isnan (s->contour),
                             .seed = s->seed,
                             .last_region = -1,
                             .has_box = s->has_box,
                             .max_epochs = s->max_epochs };
  memcpy (options.box, s->box, sizeof options.box);
  return options;
}

/* What is trained in part is gone on with, unless it is of another part of the map. */
static gboolean
goes_on (const CfSessionState *s)
{
  return s->field != NULL && !cf_field_is_complete (s->field) && s->field->has_box == s->has_box
         && (!s->has_box || memcmp (s->field->box, s->box, sizeof s->box) == 0);
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
  start->options.checkpoint_every = session->checkpoint_every;
  start->checkpoint = checkpoint_folder (s->volume, &start->options);
  start->known = s->normalisation;
  if (goes_on (s))
    start->options.resume = cf_field_ref (s->field);
  cf_session_next_generation (session);
  cf_job_init (&start->job, session);
  cf_session_drop_training (session);
  cf_session_drop_graph (session);
  g_autoptr (GTask) task = g_task_new (NULL, session->cancellable, start_done, NULL);
  g_task_set_task_data (task, start, start_job_free);
  session->starting = session->generation;
  cf_session_set_activity (session, _("Preparing the training"), -1);
  cf_workers_run (task, start_run);
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
  if (session->s.trainer == NULL)
    return;
  cf_trainer_prefer (session->s.trainer, region);
  cf_session_changed (session, CF_CHANGED_TRAINING);
}

void
cf_session_set_region_priorities (CfSession *session, const double *priorities, int n)
{
  if (session->s.trainer == NULL)
    return;
  cf_trainer_set_priorities (session->s.trainer, priorities, n);
  cf_session_changed (session, CF_CHANGED_TRAINING);
}
