/* cf-slot.h: where the fit of one region stands, for host and device: which samples the next tick takes, and the sizes of its step. The device
 * moves it on by itself, so that many ticks can be queued at once. */
#pragma once

#include <math.h>

#include "cf-arithmetic.h"
#include "cf-permute.h"

typedef struct
{
  const float *local, *target; /* [n][3], [n] on the device */
  unsigned n, n_rare;
  int rare_parts, batch;
  unsigned long long seed;
  double rate, muon_rate;
  long long total_steps, turn, rest; /* of the schedule: cf_cosine_schedule () */
  /* from epoch to epoch */
  long long step;
  unsigned long long epoch;
  /* of the present epoch */
  int in_epoch, in_order;      /* in_order: samples are not shuffled, no step is taken */
  unsigned n_epoch, rare_begin;
  unsigned n_batches, at_batch, at_row;
  double sum, sum_batches;     /* of squared errors: all; those of batches that ended */
  /* of the present tick */
  unsigned first;              /* its first sample, counted in the epoch's order */
  int rows, ends_batch;
  float gradient_scale;        /* 1 / samples of the batch */
  float adam_scale, adam_correction, muon_step;
} CfSlot;

#define CF_SLOT_CYCLE (1ull << 62)

/** Begins an epoch. */
CF_BOTH void
cf_slot_begin (CfSlot *slot)
{
  unsigned parts = slot->rare_parts > 0 ? slot->rare_parts : 1;
  unsigned long long part = slot->epoch % parts;

  slot->rare_begin = (unsigned) (part * slot->n_rare / parts);
  slot->n_epoch = slot->n - slot->n_rare + (unsigned) ((part + 1) * slot->n_rare / parts) - slot->rare_begin;
  slot->n_batches = slot->batch > 0 ? (unsigned) (((unsigned long long) slot->n_epoch + slot->batch / 2) / slot->batch) : 1;
  if (slot->n_batches < 1)
    slot->n_batches = 1;
  slot->at_batch = slot->at_row = 0;
  slot->sum = slot->sum_batches = 0;
  slot->in_epoch = 1;
}

CF_BOTH unsigned
cf_slot_batch_begin (const CfSlot *slot, unsigned batch)
{
  return (unsigned) ((unsigned long long) batch * slot->n_epoch / slot->n_batches);
}

/** What the next tick of at most `most` rows does. */
CF_BOTH void
cf_slot_plan (CfSlot *slot, int most)
{
  unsigned begin, end;
  double cosine = cf_cosine_schedule (slot->step, slot->total_steps, slot->turn, slot->rest), t = (double) slot->step + 1;

  slot->rows = slot->ends_batch = 0;
  if (!slot->in_epoch)
    return;
  begin = cf_slot_batch_begin (slot, slot->at_batch);
  end = cf_slot_batch_begin (slot, slot->at_batch + 1);
  slot->first = begin + slot->at_row;
  slot->rows = end - slot->first < (unsigned) most ? (int) (end - slot->first) : most;
  slot->ends_batch = slot->first + slot->rows == end;
  slot->gradient_scale = 1.0f / (float) (end - begin);
  slot->adam_scale = (float) (cosine * slot->rate / (1 - pow (0.9, t)));
  slot->adam_correction = (float) (1 / (1 - pow (0.999, t)));
  slot->muon_step = (float) (cosine * slot->muon_rate);
}

/** After the tick, whose errors are in sum. Steps from a diverged batch would only spread the damage: it ends the epoch. */
CF_BOTH void
cf_slot_advance (CfSlot *slot)
{
  if (!slot->in_epoch)
    return;
  slot->at_row += slot->rows;
  if (slot->ends_batch)
    {
      slot->step++;
      slot->at_batch++;
      slot->at_row = 0;
      slot->sum_batches = slot->sum;
    }
  if (slot->at_batch == slot->n_batches || !(fabs (slot->sum) <= 1e300))
    {
      slot->in_epoch = 0;
      slot->epoch++;
    }
}

/** The sample at a position of the epoch's order; the rare ones in an order that is kept for as many epochs as they have parts. */
CF_BOTH unsigned
cf_slot_sample (const CfSlot *slot, unsigned position)
{
  unsigned often = slot->n - slot->n_rare;
  unsigned long long parts = slot->rare_parts > 0 ? slot->rare_parts : 1;

  if (slot->batch > 0 && !slot->in_order)
    position = cf_permute (position, slot->n_epoch, cf_permute_mix (slot->seed + slot->epoch));
  if (position < often || slot->in_order)
    return position;
  return often
         + cf_permute (slot->rare_begin + position - often, slot->n_rare, cf_permute_mix (slot->seed + CF_SLOT_CYCLE + slot->epoch / parts));
}
