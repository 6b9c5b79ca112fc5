/* cf-trainer-private.h: the state that the trainer's queue and its reports share, all of it under the one lock. */
#pragma once

#include "cf-checkpoint.h"
#include "cf-recipe.h"
#include "cf-region-fit.h"
#include "cf-trainer.h"

G_BEGIN_DECLS

typedef struct
{
  CfRegionState state;
  gsize samples; /* an epoch, about */
  double priority;
  int preferred; /* 0, or the number of the call that put it first */
  int epoch, max_epochs;
  double seconds;
  GArray *losses, *held_outs; /* double */
  CfSiren *present;           /* of a running region, after its last epoch; NULL before */
  CfRegionPoint *point;       /* of a waiting region: where its fit goes on; NULL: from the start */
  gint64 recorded;            /* monotonic us: when its last record was written, or its fit began */
} CfTrainerRegion;

struct _CfTrainer
{
  CfBackend *backend;
  CfVolume *volume;
  CfTrainOptions options;
  CfRecipe recipe;
  CfTrainerNotify notify;
  gpointer notify_data;
  int notifying; /* calls under way */

  GMutex mutex;
  GCond changed;
  CfTrainerState state;
  GError *failure;
  GCancellable *cancellable;
  CfField *field; /* the snapshot: replaced, never changed */
  CfTrainerRegion *regions;
  int n_regions;
  GArray *queue;  /* int: regions that wait, next first */
  int n_preferred; /* calls so far */
  GPtrArray *workers;
  int working;    /* workers that have not ended */
  int training;   /* regions being fitted */
  double core_seconds, sample_epochs; /* measured: their ratio is the price of a sample in an epoch */
  char *checkpoint_folder;  /* what options.checkpoint points to */
  CfCheckpoint *checkpoint; /* NULL: none; used without the lock, by region */
  gboolean unsafe; /* its latest record could not be written; */
  char *trouble;  /* why, until that is told; NULL */
  double seconds; /* running, up to running_since */
  gint64 running_since; /* monotonic us; 0 while it does not run */
};

/* cf-trainer-prepare.c */
/** The range of regions that the options ask for. */
gboolean cf_trainer_check_range (const CfTrainOptions *options, int n_regions, int *first, int *last, GError **error);
/** Takes regions over from the neural map to resume. */
gboolean cf_trainer_take_over (CfTrainer *trainer, CfField *field, GError **error);
/** With the lock held: what waits in the order in which it is to be taken. */
void cf_trainer_order_queue (CfTrainer *trainer);
/** Opens the checkpoint and takes over what it holds; then the states and the queue. */
gboolean cf_trainer_prepare (CfTrainer *trainer, CfField *field, int first, int last, GError **error);

/* cf-trainer-work.c */
/** With the lock held. */
void cf_trainer_set_state (CfTrainer *trainer, CfTrainerState state);
/** A worker's thread function; data is the trainer. */
gpointer cf_trainer_worker (gpointer data);

G_END_DECLS
