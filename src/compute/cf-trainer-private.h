/* cf-trainer-private.h: the state that the trainer's queue and its reports share, all of it under the one lock. */
#pragma once

#include "cf-recipe.h"
#include "cf-trainer.h"

G_BEGIN_DECLS

typedef struct
{
  CfRegionState state;
  gsize samples; /* an epoch, about */
  int epoch, max_epochs;
  double seconds;
  GArray *losses, *held_outs; /* double */
  CfSiren *present;           /* of a running region, after its last epoch; NULL before */
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
  GPtrArray *workers;
  int working;    /* workers that have not ended */
  int training;   /* regions being fitted */
  double core_seconds, sample_epochs; /* measured: their ratio is the price of a sample in an epoch */
  double seconds; /* running, up to running_since */
  gint64 running_since; /* monotonic us; 0 while it does not run */
};

G_END_DECLS
