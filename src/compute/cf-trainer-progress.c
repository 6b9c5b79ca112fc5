/* cf-trainer-progress.c: what the trainer tells while it runs: progress, time left, losses, snapshots. */
#include "cf-trainer-private.h"

#include <math.h>
#include <string.h>

/* With the lock held: the mean epochs of the regions that are done; 0 where none is. */
static int
mean_epochs (const CfTrainer *trainer)
{
  double sum = 0;
  int n = 0;

  for (int i = 0; i < trainer->n_regions; i++)
    if (trainer->regions[i].state == CF_REGION_DONE)
      {
        sum += trainer->regions[i].epoch;
        n++;
      }
  return n > 0 ? (int) (sum / n) : 0;
}

/* With the lock held. A recipe without a schedule runs until it fits, far below its cap: then the regions done so far tell, and before the first
 * a number that keeps growing. */
static int
expected_epochs (const CfTrainer *trainer, const CfTrainerRegion *state, int mean)
{
  if (trainer->recipe.cosine)
    return state->max_epochs;
  return CLAMP (mean, MIN (state->epoch * 5 / 4 + 25, state->max_epochs), state->max_epochs);
}

/* With the lock held: samples times epochs, done and to do. A region may stop early, so what is to do is an upper bound. */
static void
region_work (const CfTrainer *trainer, const CfTrainerRegion *state, int mean, double *done, double *left)
{
  int epochs = expected_epochs (trainer, state, mean);

  *done = *left = 0;
  switch (state->state)
    {
    case CF_REGION_WAITING:
    case CF_REGION_TRAINING:
      *done = (double) state->samples * state->epoch;
      *left = (double) state->samples * (epochs - state->epoch);
      break;
    case CF_REGION_DONE:
      *done = (double) state->samples * epochs;
      break;
    case CF_REGION_FLAT:
    case CF_REGION_SKIPPED:
      break;
    }
}

void
cf_trainer_get_progress (CfTrainer *trainer, CfTrainerProgress *out)
{
  double done = 0, left = 0;
  int mean;

  g_mutex_lock (&trainer->mutex);
  mean = mean_epochs (trainer);
  *out = (CfTrainerProgress){ .state = trainer->state, .seconds = trainer->seconds, .seconds_left = NAN };
  if (trainer->running_since != 0)
    out->seconds += (g_get_monotonic_time () - trainer->running_since) * 1e-6;
  for (int i = 0; i < trainer->n_regions; i++)
    {
      const CfTrainerRegion *state = &trainer->regions[i];
      double region_done, region_left;

      out->n_regions += state->state != CF_REGION_SKIPPED;
      out->n_done += state->state == CF_REGION_DONE || state->state == CF_REGION_FLAT;
      region_work (trainer, state, mean, &region_done, &region_left);
      done += region_done;
      left += region_left;
    }
  out->fraction = done + left > 0 ? done / (done + left) : 1;
  if (left == 0)
    out->seconds_left = 0;
  else if (trainer->sample_epochs > 0)
    out->seconds_left = left * trainer->core_seconds / trainer->sample_epochs / cf_backend_threads (trainer->backend);
  g_mutex_unlock (&trainer->mutex);
}

void
cf_trainer_get_region (CfTrainer *trainer, int region, CfRegionProgress *out)
{
  const CfTrainerRegion *state = &trainer->regions[region];
  guint n;

  g_mutex_lock (&trainer->mutex);
  n = state->losses->len;
  *out = (CfRegionProgress){ .state = state->state,
                             .epoch = state->epoch,
                             .max_epochs = state->max_epochs,
                             .loss = n > 0 ? g_array_index (state->losses, double, n - 1) : NAN,
                             .held_out = n > 0 ? g_array_index (state->held_outs, double, n - 1) : NAN,
                             .seconds = state->seconds,
                             .seconds_left = NAN };
  for (guint i = 0; state->state == CF_REGION_WAITING && i < trainer->queue->len && g_array_index (trainer->queue, int, i) != region; i++)
    out->turn++;
  if (state->state == CF_REGION_DONE || state->state == CF_REGION_FLAT || state->state == CF_REGION_SKIPPED)
    out->seconds_left = 0;
  else if (state->epoch > 0)
    out->seconds_left = state->seconds / state->epoch * (expected_epochs (trainer, state, mean_epochs (trainer)) - state->epoch);
  g_mutex_unlock (&trainer->mutex);
}

int
cf_trainer_get_history (CfTrainer *trainer, int region, double *loss, double *held_out, int n)
{
  const CfTrainerRegion *state = &trainer->regions[region];
  int epochs;

  g_mutex_lock (&trainer->mutex);
  epochs = (int) state->losses->len;
  n = CLAMP (n, 0, epochs);
  if (loss != NULL && n > 0)
    memcpy (loss, state->losses->data, sizeof (double) * n);
  if (held_out != NULL && n > 0)
    memcpy (held_out, state->held_outs->data, sizeof (double) * n);
  g_mutex_unlock (&trainer->mutex);
  return epochs;
}

CfField *
cf_trainer_snapshot (CfTrainer *trainer)
{
  CfField *field;

  g_mutex_lock (&trainer->mutex);
  field = cf_field_ref (trainer->field);
  g_mutex_unlock (&trainer->mutex);
  return field;
}

CfField *
cf_trainer_snapshot_running (CfTrainer *trainer)
{
  CfField *field;

  g_mutex_lock (&trainer->mutex);
  field = cf_field_copy (trainer->field);
  for (int i = 0; i < trainer->n_regions; i++)
    {
      const CfTrainerRegion *state = &trainer->regions[i];
      guint last = state->losses->len - 1;
      CfRegionFit fit = { .trained = TRUE, .epochs = state->epoch, .seconds = state->seconds };

      if (state->present == NULL)
        continue;
      fit.loss = g_array_index (state->losses, double, last);
      fit.held_out = g_array_index (state->held_outs, double, last);
      cf_field_set_region (field, i, state->present, &fit);
    }
  g_mutex_unlock (&trainer->mutex);
  return field;
}
