/* cf-trainer.c: a trainer is made, told what to do, and freed. All of its state is under its one lock, which is never held while a
 * region computes or a callback runs. */
#include "cf-trainer-private.h"

#include <math.h>
#include <string.h>

#include "cf-transform-choice.h"
#include "cf-words.h"

const char *
cf_region_state_name (CfRegionState state)
{
  static const char *const names[] = { N_("waiting"), N_("training"), N_("done"), N_("flat"), N_("skipped") };

  return names[state];
}

static CfTrainer *
trainer_alloc (CfBackend *backend, CfVolume *volume, const CfTrainOptions *options)
{
  CfTrainer *trainer = g_new0 (CfTrainer, 1);

  trainer->backend = cf_backend_ref (backend);
  trainer->volume = cf_volume_ref (volume);
  trainer->options = *options;
  trainer->options.checkpoint = trainer->checkpoint_folder = g_strdup (options->checkpoint);
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
  gboolean crop = options->crop && !options->has_box;

  if (crop && !isfinite (options->contour))
    {
      g_set_error_literal (error, CF_ERROR, CF_ERROR_ARGUMENT, _("contour is not given, needs a level in file units to crop to"));
      return NULL;
    }
  if (!cf_normalisation_compute (volume, crop ? options->contour : NAN, &normalisation, error)
      || (options->has_box && !cf_normalisation_narrow (&normalisation, volume, options->box, error)))
    return NULL;
  if (!cf_partition_init (&partition, options->partition, normalisation.dims))
    {
      g_set_error (error, CF_ERROR, CF_ERROR_FAILED, _("map of %d x %d x %d voxels has more than %d sub-regions along an axis"),
                   normalisation.dims[0], normalisation.dims[1], normalisation.dims[2], CF_PARTITION_AXIS_MAX);
      return NULL;
    }
  if (!cf_trainer_check_range (options, cf_partition_n_regions (&partition), &first, &last, error))
    return NULL;

  trainer = trainer_alloc (backend, volume, options);
  trainer->field = cf_field_new (volume, &normalisation, &partition);
  trainer->field->blend = options->blend;
  trainer->field->contour = options->contour;
  trainer->field->has_box = options->has_box;
  memcpy (trainer->field->box, options->box, sizeof options->box);
  trainer->field->resolution = options->resolution;
  trainer->field->recipe = options->recipe;
  trainer->field->seed = options->seed;
  trainer->field->max_epochs = MAX (options->max_epochs, 0);
  trainer->field->keep_last = options->keep_last;
  trainer->field->float32 = options->float32;
  if (trainer->recipe.choose_transform)
    {
      CfTransform chosen = options->resume != NULL ? options->resume->transform : cf_transform_choose (volume, &normalisation);

      if (options->resume == NULL)
        chosen.rectified = trainer->recipe.transform.rectified;
      trainer->recipe.transform = chosen;
    }
  trainer->recipe.keep_last = options->keep_last;
  if (options->held_out > 0)
    trainer->recipe.held_out = options->held_out;
  trainer->field->transform = trainer->recipe.transform;
  trainer->field->shape = trainer->recipe.shape;
  trainer->field->off_grid = trainer->recipe.off_grid;
  trainer->field->held_out = trainer->recipe.held_out;
  if (!cf_trainer_take_over (trainer, trainer->field, error) || !cf_trainer_prepare (trainer, trainer->field, first, last, error))
    return NULL;
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
      if (trainer->regions[i].point != NULL)
        cf_region_point_clear (trainer->regions[i].point);
      g_free (trainer->regions[i].point);
    }
  cf_checkpoint_free (trainer->checkpoint);
  g_free (trainer->trouble);
  g_free (trainer->checkpoint_folder);
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
  cf_trainer_set_state (trainer, CF_TRAINER_RUNNING);
  /* One even where nothing is left to fit, so that the end is always reported from a worker. */
  wanted = CLAMP ((int) trainer->queue->len, 1, cf_backend_lanes (trainer->backend));
  trainer->working = wanted;
  for (int i = 0; i < wanted; i++)
    {
      g_autoptr (GError) error = NULL;
      GThread *thread = g_thread_try_new ("cf-trainer", cf_trainer_worker, trainer, &error);

      if (thread != NULL)
        {
          g_ptr_array_add (trainer->workers, thread);
          continue;
        }
      trainer->working--;
      if (trainer->workers->len == 0 && i == wanted - 1)
        {
          trainer->failure = g_steal_pointer (&error);
          cf_trainer_set_state (trainer, CF_TRAINER_FAILED);
        }
    }
  g_mutex_unlock (&trainer->mutex);
}

void
cf_trainer_pause (CfTrainer *trainer)
{
  g_mutex_lock (&trainer->mutex);
  if (trainer->state == CF_TRAINER_RUNNING)
    cf_trainer_set_state (trainer, CF_TRAINER_PAUSED);
  g_mutex_unlock (&trainer->mutex);
}

void
cf_trainer_resume (CfTrainer *trainer)
{
  g_mutex_lock (&trainer->mutex);
  if (trainer->state == CF_TRAINER_PAUSED)
    cf_trainer_set_state (trainer, CF_TRAINER_RUNNING);
  g_mutex_unlock (&trainer->mutex);
}

void
cf_trainer_cancel (CfTrainer *trainer)
{
  g_cancellable_cancel (trainer->cancellable);
  g_mutex_lock (&trainer->mutex);
  if (trainer->state == CF_TRAINER_READY)
    cf_trainer_set_state (trainer, CF_TRAINER_CANCELLED);
  g_cond_broadcast (&trainer->changed);
  g_mutex_unlock (&trainer->mutex);
}

void
cf_trainer_prefer (CfTrainer *trainer, int region)
{
  g_return_if_fail (region >= 0 && region < trainer->n_regions);

  g_mutex_lock (&trainer->mutex);
  trainer->regions[region].preferred = ++trainer->n_preferred;
  cf_trainer_order_queue (trainer);
  g_mutex_unlock (&trainer->mutex);
}

void
cf_trainer_set_priorities (CfTrainer *trainer, const double *priorities, int n)
{
  g_mutex_lock (&trainer->mutex);
  for (int i = 0; i < trainer->n_regions; i++)
    trainer->regions[i].priority = i < n && isfinite (priorities[i]) ? priorities[i] : 0;
  cf_trainer_order_queue (trainer);
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
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, _("training was cancelled"));
  else
    g_set_error_literal (error, CF_ERROR, CF_ERROR_FAILED, _("training was not started"));
  g_mutex_unlock (&trainer->mutex);
  return ok;
}

gboolean
cf_trainer_has_checkpoint (const CfTrainer *trainer)
{
  return trainer->checkpoint != NULL && !cf_checkpoint_is_empty (trainer->checkpoint);
}

void
cf_trainer_drop_checkpoint (CfTrainer *trainer)
{
  g_return_if_fail (trainer->working == 0);
  g_clear_pointer (&trainer->checkpoint, cf_checkpoint_remove);
}

char *
cf_trainer_take_trouble (CfTrainer *trainer)
{
  char *trouble;

  g_mutex_lock (&trainer->mutex);
  trouble = g_steal_pointer (&trainer->trouble);
  g_mutex_unlock (&trainer->mutex);
  return trouble;
}
