/* cf-trainer.h: fits a map, region by region: a long-lived worker that owns its device. Paper: section "Training"; recipes in
 * method.md section 3 and performance notes. */
#pragma once

#include "cf-backend.h"

G_BEGIN_DECLS

typedef struct
{
  CfRecipeKind recipe;
  CfPartitionKind partition;
  CfBlend blend;
  double contour;    /* file units: crops; NAN the whole map. Recorded in the field */
  double resolution; /* A; NAN. Recorded in the field */
  gboolean crop;     /* crop to the contour (needs one) */
  gboolean has_box;  /* instead of that crop only what lies in: */
  double box[6];     /* x0, y0, z0, x1, y1, z1, A; mu, sigma and the largest value are those of the whole map */
  guint64 seed;
  int first_region, last_region; /* inclusive; 0, -1 for all */
  int max_epochs;    /* 0: the recipe's */
  double held_out;   /* share of the voxels to keep from the fit; 0: the recipe's */
  CfField *resume;   /* regions trained in it are taken over; NULL */
  gboolean keep_last; /* the last weights of each region instead of its best: the published fits have those */
  gboolean float32;  /* keeps all weights as float32; else the hidden matrices are rounded to float16 where held-out voxels say that it does not matter */
  const char *checkpoint;  /* folder that holds what is done and what is under way; made where it is not there; NULL: none */
  double checkpoint_every; /* s between two records of a region, inside an epoch too where it is long; 0: at the end of every epoch */
  gboolean recover;        /* goes on from what the folder holds, which has to be of the same map and options; else that is removed */
} CfTrainOptions;

typedef enum
{
  CF_REGION_WAITING,
  CF_REGION_TRAINING,
  CF_REGION_DONE,
  CF_REGION_FLAT,   /* constant: needs no network */
  CF_REGION_SKIPPED /* outside first .. last */
} CfRegionState;

const char *cf_region_state_name (CfRegionState state); /* "waiting", "training", "done", "flat", "skipped" */

typedef struct
{
  CfRegionState state;
  int turn;              /* of a waiting region: how many are taken before it */
  int epoch, max_epochs;
  double loss, held_out; /* latest; NAN before the first epoch */
  double seconds;        /* spent */
  double seconds_left;   /* of this region, from measured epochs; NAN unknown */
} CfRegionProgress;

typedef enum
{
  CF_TRAINER_READY,
  CF_TRAINER_RUNNING,
  CF_TRAINER_PAUSED,
  CF_TRAINER_DONE,
  CF_TRAINER_CANCELLED,
  CF_TRAINER_FAILED
} CfTrainerState;

typedef struct
{
  CfTrainerState state;
  int n_regions, n_done;    /* flat ones count as done; skipped ones are left out of both */
  double fraction;          /* of all epochs expected */
  double seconds, seconds_left; /* running time without pauses; NAN unknown */
} CfTrainerProgress;

typedef struct _CfTrainer CfTrainer;

/** Normalises, partitions and prepares; reads no more of the volume than it needs at a time. CF_ERROR_FAILED where another process works in the
 * checkpoint's folder. */
CfTrainer *cf_trainer_new (CfBackend *backend, CfVolume *volume, const CfTrainOptions *options, GError **error);
/** Cancels, waits for the workers, frees. The checkpoint stays. */
void cf_trainer_free (CfTrainer *trainer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfTrainer, cf_trainer_free)

/** Called from worker threads, at most once an epoch of a region and at every change of state that a worker makes (pause and resume are
 * the caller's own and are not told); not after cf_trainer_free (). */
typedef void (*CfTrainerNotify) (CfTrainer *trainer, gpointer user_data);
/** Waits for calls under way, so that the old user_data is free when it returns; not from within one. notify may be NULL. */
void cf_trainer_set_notify (CfTrainer *trainer, CfTrainerNotify notify, gpointer user_data);

void cf_trainer_start (CfTrainer *trainer);
void cf_trainer_pause (CfTrainer *trainer);  /* at the next epoch's end of each running region */
void cf_trainer_resume (CfTrainer *trainer);
void cf_trainer_cancel (CfTrainer *trainer); /* returns at once; what is done stays in the snapshot */
/** Puts a region first in the queue, before those that were put first earlier, whatever their priorities. */
void cf_trainer_prefer (CfTrainer *trainer, int region);
/** What waits is taken by falling priority, equal ones as before: largest regions first. n of them have one (0 for the others); the latest call counts,
 * a region being fitted is not interrupted. Any thread. */
void cf_trainer_set_priorities (CfTrainer *trainer, const double *priorities, int n);
/** Blocks until done, cancelled or failed. FALSE with the error for the last two. */
gboolean cf_trainer_wait (CfTrainer *trainer, GError **error);

/** TRUE where the checkpoint holds something to go on from. After cf_trainer_wait (). */
gboolean cf_trainer_has_checkpoint (const CfTrainer *trainer);
/** Removes the checkpoint: what was fitted is safe elsewhere, or not wanted. After cf_trainer_wait (). */
void cf_trainer_drop_checkpoint (CfTrainer *trainer);

/* thread safe, cheap: */
/** Why records can no longer be written, one line, told once until one could be; NULL where nothing is new. Training goes on, and tries again. New string. */
char *cf_trainer_take_trouble (CfTrainer *trainer);
void cf_trainer_get_progress (CfTrainer *trainer, CfTrainerProgress *out);
void cf_trainer_get_region (CfTrainer *trainer, int region, CfRegionProgress *out);
/** Losses of the epochs so far, oldest first: copies at most n of each (either may be NULL); returns how many epochs there are. */
int cf_trainer_get_history (CfTrainer *trainer, int region, double *loss, double *held_out, int n);
/** The present field: regions that are done. A new reference. */
CfField *cf_trainer_snapshot (CfTrainer *trainer);
/** The same with the running regions' present weights. */
CfField *cf_trainer_snapshot_running (CfTrainer *trainer);

G_END_DECLS
