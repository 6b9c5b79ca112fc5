#include "cli-replay.h"

#include <math.h>

#include "cf-evaluator.h"
#include "cf-words.h"

#define BYTES_MAX ((gsize) 512 << 20)
#define LOOK_EVERY (G_USEC_PER_SEC / 20)

typedef struct
{
  CfCli *cli;
  CfTrainer *trainer;
  CfBackend *backend;
  CfReplay *replay;
  int n_regions;
  int *kept; /* [n_regions]: the epoch that was kept last */
} Watch;

static gboolean
keep_region (Watch *watch, CfEvaluator *evaluator, int region, GError **error)
{
  const CfField *field = cf_evaluator_field (evaluator);
  CfRegion box;
  CfGrid grid;

  cf_partition_region (&field->partition, region, &box);
  cf_grid_crop (&field->grid, box.start, box.size, &grid);
  g_autofree float *block = g_new (float, cf_grid_n_voxels (&grid));
  if (!cf_evaluator_bake (evaluator, &grid, block, NULL, NULL, watch->cli->cancellable, error))
    return FALSE;
  cf_replay_add (watch->replay, box.start, box.size, block);
  return TRUE;
}

/* The regions that have learned since they were kept last. */
static gboolean
keep_stage (Watch *watch, GError **error)
{
  g_autoptr (CfField) field = cf_trainer_snapshot_running (watch->trainer);
  g_autoptr (CfEvaluator) evaluator = cf_evaluator_new (watch->backend, field);

  for (int i = 0; i < watch->n_regions; i++)
    {
      CfRegionProgress p;

      cf_trainer_get_region (watch->trainer, i, &p);
      int now = p.state == CF_REGION_DONE || p.state == CF_REGION_FLAT ? G_MAXINT : p.epoch;
      if (now == watch->kept[i] || !(field->fits[i].trained || field->fits[i].flat))
        continue;
      if (!keep_region (watch, evaluator, i, error))
        return FALSE;
      watch->kept[i] = now;
    }
  return TRUE;
}

static gboolean
watch_fit (Watch *watch, GError **error)
{
  CfTrainerProgress p;
  double next = 0;

  do
    {
      g_usleep (LOOK_EVERY);
      if (g_cancellable_is_cancelled (watch->cli->cancellable))
        cf_trainer_cancel (watch->trainer);
      cf_trainer_get_progress (watch->trainer, &p);
      cf_cli_progress (p.fraction, (gpointer) _("training for the film"));
      if (p.state != CF_TRAINER_RUNNING || p.fraction < next)
        continue;
      if (!keep_stage (watch, error))
        return FALSE;
      next = p.fraction + 1.0 / CF_CLI_REPLAY_STAGES;
    }
  while (p.state == CF_TRAINER_RUNNING || p.state == CF_TRAINER_READY || p.state == CF_TRAINER_PAUSED);
  cf_cli_progress_end ();
  return cf_trainer_wait (watch->trainer, error) && keep_stage (watch, error);
}

CfReplay *
cf_cli_replay_fit (CfCli *cli, CfVolume *volume, int epochs, gint64 seed, GError **error)
{
  const CfTrainOptions options = { .contour = NAN, .resolution = NAN, .seed = (guint64) seed, .last_region = -1, .max_epochs = epochs };
  g_autoptr (CfBackend) backend = cf_backend_open ("auto", 0, error);
  g_autoptr (CfTrainer) trainer = backend ? cf_trainer_new (backend, volume, &options, error) : NULL;
  g_autoptr (CfReplay) replay = NULL;
  g_autofree int *kept = NULL;

  if (!trainer)
    return NULL;
  g_autoptr (CfField) field = cf_trainer_snapshot (trainer);
  replay = cf_replay_new (&field->grid, BYTES_MAX);
  kept = g_new0 (int, field->n_regions);
  Watch watch = { cli, trainer, backend, replay, field->n_regions, kept };
  cf_trainer_start (trainer);
  return watch_fit (&watch, error) ? g_steal_pointer (&replay) : NULL;
}
