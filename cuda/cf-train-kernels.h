/* cf-train-kernels.h: what a tick of training does besides the pass through the networks: samples, sums, optimisers. Arrays of parameters are
 * [slot][params_step]. */
#pragma once

#include "cf-trainer.h"

CF_KERNEL void
cf_plan_kernel (CfSlot *slots, int n, int rows_most, int *rows)
{
  int i = blockIdx.x * CF_BLOCK + threadIdx.x;

  if (i >= n)
    return;
  cf_slot_plan (&slots[i], rows_most);
  rows[i] = slots[i].rows;
}

CF_KERNEL void
cf_advance_kernel (CfSlot *slots, int n)
{
  int i = blockIdx.x * CF_BLOCK + threadIdx.x;

  if (i < n)
    cf_slot_advance (&slots[i]);
}

/* The samples of the tick; padding rows lie at the centre. */
CF_KERNEL void
cf_gather_kernel (const CfSlot *slots, long stride, int rows, float *x, float *target)
{
  const CfSlot *slot = &slots[blockIdx.y];
  int row = blockIdx.x * CF_BLOCK + threadIdx.x;
  size_t at = blockIdx.y * stride + row;

  if (row >= rows)
    return;
  if (row >= slot->rows)
    {
      x[3 * at] = x[3 * at + 1] = x[3 * at + 2] = target[at] = 0;
      return;
    }
  size_t from = cf_slot_sample (slot, slot->first + row);
  for (int a = 0; a < 3; a++)
    x[3 * at + a] = slot->local[3 * from + a];
  target[at] = slot->target[from];
}

/* Adds the blocks' sums to the gradient, in their order, so that a fit comes out the same each time. */
CF_KERNEL void
cf_sums_kernel (CfSlot *slots, CfStep step, const float *sums, const double *losses, int blocks, int blocks_used)
{
  size_t n = cf_n_small (&step.shape), small = (size_t) blockIdx.x * CF_BLOCK + threadIdx.x;
  const float *from = sums + (size_t) blockIdx.y * blocks * n + small;
  float sum = 0;

  if (small >= n)
    return;
  for (int b = 0; b < blocks_used; b++)
    sum += from[b * n];
  step.gradient[blockIdx.y * step.params_step + cf_small_to_param (&step.shape, small)] += sum;
  if (small == 0)
    {
      double loss = 0;

      for (int b = 0; b < blocks_used; b++)
        loss += losses[blockIdx.y * blocks + b];
      slots[blockIdx.y].sum += loss;
    }
}

CF_DEVICE bool
cf_steps_now (const CfSlot *slot)
{
  return slot->ends_batch && !slot->in_order && fabs (slot->sum) <= 1e300;
}

/* The hidden matrix that parameter i belongs to, counted from 0; -1 for others. */
CF_BOTH int
cf_matrix_of (const CfCudaShape *shape, size_t i)
{
  size_t square = (size_t) shape->width * shape->width, layer, begin = cf_weight_at (shape, 1);

  if (i < begin)
    return -1;
  layer = (i - begin) / (square + shape->width);
  return layer < (size_t) shape->hidden && (i - begin) % (square + shape->width) < square ? (int) layer : -1;
}

/* One parameter's step by Adam, unless Muon has the matrix; the gradient is left empty for the next batch. */
CF_KERNEL void
cf_adam_kernel (const CfSlot *slots, CfStep step)
{
  const CfSlot *slot = &slots[blockIdx.y];
  size_t i = (size_t) blockIdx.x * CF_BLOCK + threadIdx.x, at = blockIdx.y * step.params_step + i;
  bool hidden;

  if (i >= cf_n_params (&step.shape) || !slot->ends_batch || slot->in_order)
    return;
  hidden = cf_matrix_of (&step.shape, i) >= 0;
  float gradient = step.gradient[at] * slot->gradient_scale * step.gradient_unit;
  step.gradient[at] = 0;
  if ((hidden && step.muon != NULL) || !cf_steps_now (slot))
    return;
  cf_adam (&step.params[at], &step.first[at], &step.second[at], gradient, slot->adam_scale, slot->adam_correction);
  if (hidden && step.halves != NULL)
    cf_store (&step.halves[at], step.params[at]);
}

/* Block (x, y): CF_BLOCK * CF_MUON_EACH elements of matrix y % hidden of slot y / hidden. */
CF_KERNEL void
cf_momentum_kernel (const CfSlot *slots, CfStep step)
{
  CF_SHARED float part[CF_BLOCK];
  const int hidden = step.shape.hidden, slot = blockIdx.y / hidden;
  const size_t square = (size_t) step.shape.width * step.shape.width;
  const size_t from = slot * step.params_step + cf_weight_at (&step.shape, 1 + blockIdx.y % hidden);
  const bool now = cf_steps_now (&slots[slot]);
  const float scale = slots[slot].gradient_scale * step.gradient_unit;
  float sum = 0;

  for (int k = 0; k < CF_MUON_EACH; k++)
    {
      size_t i = ((size_t) blockIdx.x * CF_MUON_EACH + k) * CF_BLOCK + threadIdx.x;

      if (i >= square)
        break;
      float x = now ? cf_nesterov (&step.first[from + i], step.gradient[from + i] * scale, CF_MUON_MOMENTUM) : 0;
      step.muon[blockIdx.y * square + i] = x;
      sum += x * x;
    }
  part[threadIdx.x] = sum;
  CF_SYNC ();
  for (int half = CF_BLOCK / 2; half > 0; half /= 2)
    {
      if ((int) threadIdx.x < half)
        part[threadIdx.x] += part[threadIdx.x + half];
      CF_SYNC ();
    }
  if (threadIdx.x == 0)
    step.squares[blockIdx.y * step.square_blocks + blockIdx.x] = part[0];
}

/* Divides by the Frobenius norm. */
CF_KERNEL void
cf_normalise_kernel (CfStep step)
{
  const size_t square = (size_t) step.shape.width * step.shape.width, i = (size_t) blockIdx.x * CF_BLOCK + threadIdx.x;
  double sum = 0;

  if (i >= square)
    return;
  for (int b = 0; b < step.square_blocks; b++)
    sum += step.squares[blockIdx.y * step.square_blocks + b];
  step.muon[blockIdx.y * square + i] *= (float) (1 / (sqrt (sum) + 1e-12));
}

/* gram = a + b gram + c gram^2, the factor of a round of Muon. */
CF_KERNEL void
cf_quintic_kernel (int width, CfMuonRound round, float *gram, const float *gram_square)
{
  const size_t square = (size_t) width * width, i = (size_t) blockIdx.x * CF_BLOCK + threadIdx.x, at = blockIdx.y * square + i;

  if (i < square)
    gram[at] = round.c * gram_square[at] + round.b * gram[at] + (i / width == i % width ? round.a : 0);
}

CF_KERNEL void
cf_muon_kernel (const CfSlot *slots, CfStep step, const float *direction)
{
  const int hidden = step.shape.hidden, slot = blockIdx.y / hidden;
  const size_t square = (size_t) step.shape.width * step.shape.width, i = (size_t) blockIdx.x * CF_BLOCK + threadIdx.x;
  const size_t at = slot * step.params_step + cf_weight_at (&step.shape, 1 + blockIdx.y % hidden) + i;

  if (i >= square || !cf_steps_now (&slots[slot]))
    return;
  step.params[at] -= slots[slot].muon_step * direction[blockIdx.y * square + i];
  if (step.halves != NULL)
    cf_store (&step.halves[at], step.params[at]);
}

CF_KERNEL void
cf_rows_pointers_kernel (int n, float *params, size_t params_step, const float **out)
{
  int i = blockIdx.x * CF_BLOCK + threadIdx.x;

  if (i < n)
    out[i] = params + i * params_step;
}
