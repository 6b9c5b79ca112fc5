/* cf-trainer-work.c: the threads that fit regions from the queue. */
#include "cf-trainer-private.h"

#include "cf-half-choice.h"

static void
notify_changed (CfTrainer *trainer)
{
  CfTrainerNotify notify;
  gpointer data;

  g_mutex_lock (&trainer->mutex);
  notify = trainer->notify;
  data = trainer->notify_data;
  trainer->notifying++;
  g_mutex_unlock (&trainer->mutex);
  if (notify != NULL)
    notify (trainer, data);
  g_mutex_lock (&trainer->mutex);
  if (--trainer->notifying == 0)
    g_cond_broadcast (&trainer->changed);
  g_mutex_unlock (&trainer->mutex);
}

/* With the lock held. */
void
cf_trainer_set_state (CfTrainer *trainer, CfTrainerState state)
{
  gint64 now = g_get_monotonic_time ();

  if (trainer->running_since != 0)
    trainer->seconds += (now - trainer->running_since) * 1e-6;
  trainer->running_since = state == CF_TRAINER_RUNNING ? now : 0;
  trainer->state = state;
  g_cond_broadcast (&trainer->changed);
}

typedef struct
{
  CfTrainer *trainer;
  int region;
  int threads; /* of the present epoch */
} Work;

/* The backend's cores are shared out among the regions being fitted, so that the last one gets all of them. */
static int
hook_threads (gpointer data)
{
  Work *work = data;
  CfTrainer *trainer = work->trainer;
  int rank = 0, all = cf_backend_threads (trainer->backend);

  g_mutex_lock (&trainer->mutex);
  for (int i = 0; i < work->region; i++)
    rank += trainer->regions[i].state == CF_REGION_TRAINING;
  work->threads = MAX (1, all / trainer->training + (rank < all % trainer->training));
  g_mutex_unlock (&trainer->mutex);
  return work->threads;
}

/* With the lock held. */
static void
wait_while_paused (CfTrainer *trainer)
{
  while (trainer->state == CF_TRAINER_PAUSED && !g_cancellable_is_cancelled (trainer->cancellable))
    g_cond_wait (&trainer->changed, &trainer->mutex);
}

static void
hook_epoch (gpointer data, const CfEpoch *epoch)
{
  Work *work = data;
  CfTrainer *trainer = work->trainer;
  CfTrainerRegion *state = &trainer->regions[work->region];

  g_mutex_lock (&trainer->mutex);
  state->epoch = epoch->epoch;
  state->max_epochs = epoch->max_epochs;
  state->seconds += epoch->seconds;
  g_array_append_val (state->losses, epoch->loss);
  g_array_append_val (state->held_outs, epoch->held_out);
  g_clear_pointer (&state->present, cf_siren_unref);
  state->present = cf_siren_ref (epoch->weights);
  trainer->core_seconds += epoch->seconds * work->threads;
  trainer->sample_epochs += state->samples;
  g_mutex_unlock (&trainer->mutex);
  notify_changed (trainer);

  g_mutex_lock (&trainer->mutex);
  wait_while_paused (trainer);
  g_mutex_unlock (&trainer->mutex);
}

static gboolean
hook_wants_point (gpointer data)
{
  const Work *work = data;

  return (g_get_monotonic_time () - work->trainer->regions[work->region].recorded) * 1e-6 >= work->trainer->options.checkpoint_every;
}

static gint64
hook_due (gpointer data)
{
  const Work *work = data;
  double every = work->trainer->options.checkpoint_every;

  return every > 0 ? work->trainer->regions[work->region].recorded + (gint64) (every * G_USEC_PER_SEC) : 0;
}

/* A record that cannot be written is told, and tried again with the next: a full disk does not end the training. */
static void
hook_point (gpointer data, const CfRegionPoint *given)
{
  const Work *work = data;
  CfTrainer *trainer = work->trainer;
  CfTrainerRegion *state = &trainer->regions[work->region];
  CfRegionPoint point = *given;
  g_autoptr (GError) error = NULL;
  gboolean is_new;

  /* Only this thread adds to them. */
  point.n = (int) state->losses->len;
  point.losses = (double *) state->losses->data;
  point.held_outs = (double *) state->held_outs->data;
  cf_checkpoint_write (trainer->checkpoint, work->region, &point, &error);
  state->recorded = g_get_monotonic_time ();
  g_mutex_lock (&trainer->mutex);
  is_new = error != NULL && !trainer->unsafe;
  trainer->unsafe = error != NULL;
  if (!trainer->unsafe)
    g_clear_pointer (&trainer->trouble, g_free);
  else if (is_new)
    trainer->trouble = g_strdup (error->message);
  g_mutex_unlock (&trainer->mutex);
  if (is_new)
    notify_changed (trainer);
}

/* With the lock held. */
static void
forget_epochs (CfTrainerRegion *state)
{
  state->epoch = 0;
  g_array_set_size (state->losses, 0);
  g_array_set_size (state->held_outs, 0);
  g_clear_pointer (&state->present, cf_siren_unref);
}

static void
hook_restart (gpointer data)
{
  Work *work = data;

  g_mutex_lock (&work->trainer->mutex);
  forget_epochs (&work->trainer->regions[work->region]);
  g_mutex_unlock (&work->trainer->mutex);
  notify_changed (work->trainer);
}

/* -1 where there is nothing left to do. */
static int
next_region (CfTrainer *trainer)
{
  int region = -1;

  g_mutex_lock (&trainer->mutex);
  wait_while_paused (trainer);
  if (trainer->queue->len > 0 && !g_cancellable_is_cancelled (trainer->cancellable))
    {
      region = g_array_index (trainer->queue, int, 0);
      g_array_remove_index (trainer->queue, 0);
      trainer->regions[region].state = CF_REGION_TRAINING;
      trainer->training++;
    }
  g_mutex_unlock (&trainer->mutex);
  return region;
}

/* With the lock held. A snapshot that others hold stays as it is. */
static void
publish (CfTrainer *trainer, int region, CfSiren *siren, const CfRegionFit *fit)
{
  CfField *next = cf_field_copy (trainer->field);

  cf_field_set_region (next, region, siren, fit);
  cf_field_unref (trainer->field);
  trainer->field = next;
}

static void
end_region (CfTrainer *trainer, int region, CfSiren *siren, const CfRegionFit *fit, const GError *failure)
{
  CfTrainerRegion *state = &trainer->regions[region];

  g_mutex_lock (&trainer->mutex);
  trainer->training--;
  if (siren != NULL)
    {
      state->state = CF_REGION_DONE;
      g_clear_pointer (&state->present, cf_siren_unref);
      publish (trainer, region, siren, fit);
    }
  else
    {
      state->state = CF_REGION_WAITING;
      forget_epochs (state);
      g_array_prepend_val (trainer->queue, region);
      if (trainer->failure == NULL && !g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        trainer->failure = g_error_copy (failure);
    }
  g_mutex_unlock (&trainer->mutex);
  if (siren == NULL)
    cf_trainer_cancel (trainer);
  notify_changed (trainer);
}

static void
train_region (CfTrainer *trainer, int index)
{
  Work work = { .trainer = trainer, .region = index };
  CfRegionHooks hooks = { .threads = hook_threads, .epoch = hook_epoch, .restart = hook_restart, .data = &work };
  g_autoptr (CfField) field = cf_trainer_snapshot (trainer);
  g_autoptr (CfSiren) siren = NULL;
  g_autoptr (GError) failure = NULL;
  CfRegionFit fit = { 0 };
  g_autofree CfRegionPoint *from = NULL;
  CfSamples samples;
  CfRegion region;

  if (trainer->checkpoint != NULL)
    {
      hooks.wants_point = hook_wants_point;
      hooks.point = hook_point;
      hooks.due = hook_due;
    }
  hooks.from = from = g_steal_pointer (&trainer->regions[index].point);
  trainer->regions[index].recorded = g_get_monotonic_time ();
  notify_changed (trainer);
  cf_partition_region (&field->partition, index, &region);
  cf_samples_read (&samples, trainer->volume, &field->normalisation, &region, &trainer->recipe, trainer->options.seed);
  siren = cf_region_fit (trainer->backend, &trainer->recipe, &samples, trainer->options.seed, index, trainer->regions[index].max_epochs, &hooks,
                         &fit, trainer->cancellable, &failure);
  if (siren != NULL && !trainer->options.float32)
    {
      CfSiren *kept = cf_half_choose (trainer->backend, siren, &samples, work.threads, &fit);

      cf_siren_unref (siren);
      siren = kept;
    }
  cf_samples_clear (&samples);
  if (from != NULL)
    cf_region_point_clear (from);
  if (siren != NULL && trainer->checkpoint != NULL)
    hook_point (&work, &(CfRegionPoint){ .done = TRUE, .fit = fit, .best = siren });
  end_region (trainer, index, siren, &fit, failure);
}

/* With the lock held: what the last worker to end leaves. */
static void
conclude (CfTrainer *trainer)
{
  if (trainer->failure != NULL)
    cf_trainer_set_state (trainer, CF_TRAINER_FAILED);
  else
    cf_trainer_set_state (trainer, trainer->queue->len > 0 ? CF_TRAINER_CANCELLED : CF_TRAINER_DONE);
}

gpointer
cf_trainer_worker (gpointer data)
{
  CfTrainer *trainer = data;
  int region;

  while ((region = next_region (trainer)) >= 0)
    train_region (trainer, region);
  g_mutex_lock (&trainer->mutex);
  if (--trainer->working == 0)
    conclude (trainer);
  g_mutex_unlock (&trainer->mutex);
  notify_changed (trainer);
  return NULL;
}

