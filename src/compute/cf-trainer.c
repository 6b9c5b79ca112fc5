/* cf-trainer.c: the queue of regions and the threads that fit them. All of the trainer's state is under its one lock, which is never
 * held while a region computes or a callback runs. */
#include "cf-trainer-private.h"

#include <math.h>
#include <string.h>

#include "cf-region-fit.h"
#include "cf-transform-choice.h"

const char *
cf_region_state_name (CfRegionState state)
{
  static const char *const names[] = { "waiting", "training", "done", "flat", "skipped" };

  return names[state];
}

/* -- made ------------------------------------------------------------------------------------------------------------------- */

static gboolean
check_range (const CfTrainOptions *options, int n_regions, int *first, int *last, GError **error)
{
  *first = options->first_region;
  *last = options->last_region < 0 ? n_regions - 1 : options->last_region;
  if (*first < 0 || *last >= n_regions || *first > *last)
    {
      g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, "regions is %d-%d, needs a range in 0-%d", *first, *last, n_regions - 1);
      return FALSE;
    }
  return TRUE;
}

static const char *
what_differs (const CfField *old, const CfField *new)
{
  if (memcmp (old->grid.dims, new->grid.dims, sizeof old->grid.dims) != 0)
    return "size or crop";
  if (fabs (old->normalisation.max - new->normalisation.max) > 1e-6 * fabs (new->normalisation.max))
    return "largest voxel";
  if (old->source_sha256[0] != 0 && new->source_sha256[0] != 0 && strcmp (old->source_sha256, new->source_sha256) != 0)
    return "map";
  if (old->partition.kind != new->partition.kind || old->n_regions != new->n_regions)
    return "partition";
  if (old->recipe != new->recipe)
    return "recipe";
  if (old->transform.kind != new->transform.kind || old->transform.offset != new->transform.offset)
    return "transform";
  return NULL;
}

static gboolean
take_over (CfTrainer *trainer, CfField *field, GError **error)
{
  CfField *old = trainer->options.resume;
  const char *differs;

  if (old == NULL)
    return TRUE;
  differs = what_differs (old, field);
  if (differs != NULL)
    {
      g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, "cannot resume: the neural map was made with another %s", differs);
      return FALSE;
    }
  for (int i = 0; i < field->n_regions; i++)
    if (old->fits[i].trained)
      cf_field_set_region (field, i, old->sirens[i], &old->fits[i]);
  return TRUE;
}

/* Most samples first: they hold most of the density, and the short ones fill the end, when threads would wait. */
static int
compare_regions (gconstpointer a, gconstpointer b, gpointer data)
{
  const CfTrainerRegion *regions = data;
  int x = *(const int *) a, y = *(const int *) b;

  if (regions[x].samples != regions[y].samples)
    return regions[x].samples > regions[y].samples ? -1 : 1;
  return x - y;
}

/* Reads the voxels of one region after the other. The epochs follow from all regions of the map, also those that are skipped, so that a map
 * fitted in parts comes out as at once. */
static CfRegionSurvey *
survey_regions (const CfTrainer *trainer, const CfField *field, int *epochs)
{
  CfRegionSurvey *surveys = g_new (CfRegionSurvey, field->n_regions);
  double all = 0;

  for (int i = 0; i < field->n_regions; i++)
    {
      CfRegion region;

      cf_partition_region (&field->partition, i, &region);
      cf_region_survey (trainer->volume, &field->normalisation, &region, &trainer->recipe, &surveys[i]);
      all += surveys[i].flat ? 0 : surveys[i].samples;
    }
  for (int i = 0; i < field->n_regions; i++)
    epochs[i] = trainer->options.max_epochs > 0 ? trainer->options.max_epochs : cf_recipe_epochs (&trainer->recipe, surveys[i].samples, all);
  return surveys;
}

static void
take_history (CfTrainerRegion *state, const CfRegionFit *fit)
{
  state->state = fit->flat ? CF_REGION_FLAT : CF_REGION_DONE;
  state->epoch = fit->epochs;
  state->seconds = fit->seconds;
  if (fit->flat)
    return;
  g_array_append_val (state->losses, fit->loss);
  g_array_append_val (state->held_outs, fit->held_out);
}

static void
prepare_regions (CfTrainer *trainer, CfField *field, int first, int last)
{
  g_autofree int *epochs = g_new (int, field->n_regions);
  g_autofree CfRegionSurvey *surveys = survey_regions (trainer, field, epochs);

  trainer->n_regions = field->n_regions;
  trainer->regions = g_new0 (CfTrainerRegion, field->n_regions);
  for (int i = 0; i < field->n_regions; i++)
    {
      CfTrainerRegion *state = &trainer->regions[i];
      CfRegionFit *fit = &field->fits[i];

      state->samples = surveys[i].samples;
      state->max_epochs = epochs[i];
      state->losses = g_array_new (FALSE, FALSE, sizeof (double));
      state->held_outs = g_array_new (FALSE, FALSE, sizeof (double));
      if (fit->trained)
        take_history (state, fit);
      else if (i < first || i > last)
        state->state = CF_REGION_SKIPPED;
      else if (surveys[i].flat)
        {
          state->state = CF_REGION_FLAT;
          *fit = (CfRegionFit){ .trained = TRUE, .flat = TRUE, .value = surveys[i].value, .held_out = NAN };
        }
      else
        g_array_append_val (trainer->queue, i);
    }
  g_array_sort_with_data (trainer->queue, compare_regions, trainer->regions);
}

static CfTrainer *
trainer_alloc (CfBackend *backend, CfVolume *volume, const CfTrainOptions *options)
{
  CfTrainer *trainer = g_new0 (CfTrainer, 1);

  trainer->backend = cf_backend_ref (backend);
  trainer->volume = cf_volume_ref (volume);
  trainer->options = *options;
  if (options->resume != NULL)
    cf_field_ref (options->resume);
  trainer->recipe = *cf_recipe_get (options->recipe);
  g_mutex_init (&trainer->mutex);
  g_cond_init (&trainer->changed);
  trainer->cancellable = g_cancellable_new ();
  trainer->queue = g_array_new (FALSE, FALSE, sizeof (int));
  trainer->workers = g_ptr_array_new ();
  return trainer;
}

CfTrainer *
cf_trainer_new (CfBackend *backend, CfVolume *volume, const CfTrainOptions *options, GError **error)
{
  CfNormalisation normalisation;
  CfPartition partition;
  g_autoptr (CfTrainer) trainer = NULL;
  int first, last;

  if (options->crop && !isfinite (options->contour))
    {
      g_set_error_literal (error, CF_ERROR, CF_ERROR_ARGUMENT, "contour is not given, needs a level in file units to crop to");
      return NULL;
    }
  if (!cf_normalisation_compute (volume, options->crop ? options->contour : NAN, &normalisation, error))
    return NULL;
  if (!cf_partition_init (&partition, options->partition, normalisation.dims))
    {
      g_set_error (error, CF_ERROR, CF_ERROR_FAILED, "map of %d x %d x %d voxels has more than %d sub-regions along an axis",
                   normalisation.dims[0], normalisation.dims[1], normalisation.dims[2], CF_PARTITION_AXIS_MAX);
      return NULL;
    }
  if (!check_range (options, cf_partition_n_regions (&partition), &first, &last, error))
    return NULL;

  trainer = trainer_alloc (backend, volume, options);
  trainer->field = cf_field_new (volume, &normalisation, &partition);
  trainer->field->blend = options->blend;
  trainer->field->contour = options->contour;
  trainer->field->resolution = options->resolution;
  trainer->field->recipe = options->recipe;
  trainer->field->seed = options->seed;
  if (trainer->recipe.choose_transform)
    trainer->recipe.transform = options->resume != NULL ? options->resume->transform : cf_transform_choose (volume, &normalisation);
  trainer->field->transform = trainer->recipe.transform;
  if (!take_over (trainer, trainer->field, error))
    return NULL;
  prepare_regions (trainer, trainer->field, first, last);
  return g_steal_pointer (&trainer);
}

void
cf_trainer_free (CfTrainer *trainer)
{
  if (trainer == NULL)
    return;
  cf_trainer_cancel (trainer);
  for (guint i = 0; i < trainer->workers->len; i++)
    g_thread_join (trainer->workers->pdata[i]);
  g_ptr_array_free (trainer->workers, TRUE);
  for (int i = 0; i < trainer->n_regions; i++)
    {
      g_array_free (trainer->regions[i].losses, TRUE);
      g_array_free (trainer->regions[i].held_outs, TRUE);
      g_clear_pointer (&trainer->regions[i].present, cf_siren_unref);
    }
  g_free (trainer->regions);
  g_array_free (trainer->queue, TRUE);
  g_clear_error (&trainer->failure);
  g_object_unref (trainer->cancellable);
  g_clear_pointer (&trainer->field, cf_field_unref);
  if (trainer->options.resume != NULL)
    cf_field_unref (trainer->options.resume);
  cf_volume_unref (trainer->volume);
  cf_backend_unref (trainer->backend);
  g_mutex_clear (&trainer->mutex);
  g_cond_clear (&trainer->changed);
  g_free (trainer);
}

void
cf_trainer_set_notify (CfTrainer *trainer, CfTrainerNotify notify, gpointer user_data)
{
  g_mutex_lock (&trainer->mutex);
  while (trainer->notifying > 0)
    g_cond_wait (&trainer->changed, &trainer->mutex);
  trainer->notify = notify;
  trainer->notify_data = user_data;
  g_mutex_unlock (&trainer->mutex);
}

/* -- the workers ------------------------------------------------------------------------------------------------------------ */

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
static void
set_state (CfTrainer *trainer, CfTrainerState state)
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
  CfSamples samples;
  CfRegion region;

  notify_changed (trainer);
  cf_partition_region (&field->partition, index, &region);
  cf_samples_read (&samples, trainer->volume, &field->normalisation, &region, &trainer->recipe, trainer->options.seed);
  siren = cf_region_fit (trainer->backend, &trainer->recipe, &samples, trainer->options.seed, index, trainer->regions[index].max_epochs, &hooks,
                         &fit, trainer->cancellable, &failure);
  cf_samples_clear (&samples);
  end_region (trainer, index, siren, &fit, failure);
}

/* With the lock held: what the last worker to end leaves. */
static void
conclude (CfTrainer *trainer)
{
  if (trainer->failure != NULL)
    set_state (trainer, CF_TRAINER_FAILED);
  else
    set_state (trainer, trainer->queue->len > 0 ? CF_TRAINER_CANCELLED : CF_TRAINER_DONE);
}

static gpointer
worker (gpointer data)
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

/* -- commands --------------------------------------------------------------------------------------------------------------- */

void
cf_trainer_start (CfTrainer *trainer)
{
  int wanted;

  g_mutex_lock (&trainer->mutex);
  if (trainer->state != CF_TRAINER_READY)
    {
      g_mutex_unlock (&trainer->mutex);
      return;
    }
  set_state (trainer, CF_TRAINER_RUNNING);
  /* One even where nothing is left to fit, so that the end is always reported from a worker. */
  wanted = CLAMP ((int) trainer->queue->len, 1, cf_backend_lanes (trainer->backend));
  trainer->working = wanted;
  for (int i = 0; i < wanted; i++)
    {
      g_autoptr (GError) error = NULL;
      GThread *thread = g_thread_try_new ("cf-trainer", worker, trainer, &error);

      if (thread != NULL)
        {
          g_ptr_array_add (trainer->workers, thread);
          continue;
        }
      trainer->working--;
      if (trainer->workers->len == 0 && i == wanted - 1)
        {
          trainer->failure = g_steal_pointer (&error);
          set_state (trainer, CF_TRAINER_FAILED);
        }
    }
  g_mutex_unlock (&trainer->mutex);
}

void
cf_trainer_pause (CfTrainer *trainer)
{
  g_mutex_lock (&trainer->mutex);
  if (trainer->state == CF_TRAINER_RUNNING)
    set_state (trainer, CF_TRAINER_PAUSED);
  g_mutex_unlock (&trainer->mutex);
}

void
cf_trainer_resume (CfTrainer *trainer)
{
  g_mutex_lock (&trainer->mutex);
  if (trainer->state == CF_TRAINER_PAUSED)
    set_state (trainer, CF_TRAINER_RUNNING);
  g_mutex_unlock (&trainer->mutex);
}

void
cf_trainer_cancel (CfTrainer *trainer)
{
  g_cancellable_cancel (trainer->cancellable);
  g_mutex_lock (&trainer->mutex);
  if (trainer->state == CF_TRAINER_READY)
    set_state (trainer, CF_TRAINER_CANCELLED);
  g_cond_broadcast (&trainer->changed);
  g_mutex_unlock (&trainer->mutex);
}

void
cf_trainer_prefer (CfTrainer *trainer, int region)
{
  g_mutex_lock (&trainer->mutex);
  for (guint i = 0; i < trainer->queue->len; i++)
    if (g_array_index (trainer->queue, int, i) == region)
      {
        g_array_remove_index (trainer->queue, i);
        g_array_prepend_val (trainer->queue, region);
        break;
      }
  g_mutex_unlock (&trainer->mutex);
}

gboolean
cf_trainer_wait (CfTrainer *trainer, GError **error)
{
  gboolean ok = FALSE;

  g_mutex_lock (&trainer->mutex);
  while (trainer->working > 0)
    g_cond_wait (&trainer->changed, &trainer->mutex);
  if (trainer->state == CF_TRAINER_DONE)
    ok = TRUE;
  else if (trainer->failure != NULL)
    g_propagate_error (error, g_error_copy (trainer->failure));
  else if (trainer->state == CF_TRAINER_CANCELLED)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "training was cancelled");
  else
    g_set_error_literal (error, CF_ERROR, CF_ERROR_FAILED, "training was not started");
  g_mutex_unlock (&trainer->mutex);
  return ok;
}
