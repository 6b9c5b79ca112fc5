/* cf-train-step.cpp: a tick takes one minibatch, or a part of one, of every slot: gather, forward, backward, and where a batch ends its step. Ticks of
 * the same size are one recorded graph. */
#include <algorithm>

#include "cf-train-kernels.h"

#define GRAPHS_MOST 32

template <typename T> CfOperand
CfTrainer<T>::weight (int layer) const
{
  const void *at = cf_is_half<T> () ? (const void *) (step.halves + cf_weight_at (&pass.shape, layer))
                                    : (const void *) (step.params + cf_weight_at (&pass.shape, layer));

  return CfOperand{ at, (long long) step.params_step, NULL, pass.shape.width };
}

/* Muon's, one after the other. */
template <typename T> CfOperand
CfTrainer<T>::matrix (const float *at) const
{
  return CfOperand{ at, (long long) pass.shape.width * pass.shape.width, NULL, pass.shape.width };
}

template <typename T> void
CfTrainer<T>::point_at_params (void)
{
  CF_LAUNCH (cf_rows_pointers_kernel, cf_thread_grid (n_slots), stream.stream, n_slots, step.params, step.params_step, pointers.as<const float *> ());
}

/* Newton-Schulz on all matrices at once. */
template <typename T> void
CfTrainer<T>::muon_steps (int slots)
{
  const int width = pass.shape.width, count = slots * pass.shape.hidden;
  const dim3 grid ((unsigned) (((size_t) width * width + CF_BLOCK - 1) / CF_BLOCK), (unsigned) count);
  float *x = muon.as<float> (), *next = muon_next.as<float> (), *a = gram.as<float> (), *a2 = gram_square.as<float> ();

  CF_LAUNCH_SYNC (cf_momentum_kernel, dim3 ((unsigned) step.square_blocks, (unsigned) count), stream.stream, slots_memory.as<CfSlot> (), step);
  CF_LAUNCH (cf_normalise_kernel, grid, stream.stream, step);
  for (int i = 0; i < CF_MUON_ROUNDS; i++)
    {
      cf_product (&stream, false, false, true, width, width, width, 1, matrix (x), matrix (x), 0, matrix (a), count);
      cf_product (&stream, false, false, true, width, width, width, 1, matrix (a), matrix (a), 0, matrix (a2), count);
      CF_LAUNCH (cf_quintic_kernel, grid, stream.stream, width, cf_muon_round (i), a, a2);
      cf_product (&stream, false, false, false, width, width, width, 1, matrix (a), matrix (x), 0, matrix (next), count);
      std::swap (x, next);
    }
  CF_LAUNCH (cf_muon_kernel, grid, stream.stream, slots_memory.as<CfSlot> (), step, x);
}

template <typename T> void
CfTrainer<T>::tick (int slots, int rows)
{
  const int width = pass.shape.width, padded = cf_stride_of (rows);
  const size_t small = cf_n_small (&pass.shape), all = cf_n_params (&pass.shape);
  CfSlot *states = slots_memory.as<CfSlot> ();
  const dim3 per_slot ((unsigned) (slots + CF_BLOCK - 1) / CF_BLOCK);

  CF_LAUNCH (cf_plan_kernel, per_slot, stream.stream, states, slots, rows, rows_memory.as<int> ());
  CF_LAUNCH (cf_gather_kernel, dim3 ((unsigned) (padded + CF_BLOCK - 1) / CF_BLOCK, (unsigned) slots), stream.stream, states, pass.stride, padded,
             x_memory.as<float> (), target_memory.as<float> ());
  cf_pass_forward<T> (&stream, pass, *this, padded, slots, true);
  cf_pass_backward<T> (&stream, pass, *this, padded, slots, [&] (int layer) {
    CfOperand gradient = { step.gradient + cf_weight_at (&pass.shape, layer), (long long) step.params_step, NULL, width };

    cf_product (&stream, cf_is_half<T> (), true, false, width, width, padded, 1, dz (), act (cf_act_at (pass, layer - 1, false)), 1, gradient,
                slots);
  });
  CF_LAUNCH ((cf_first_back_kernel<T>), cf_row_grid (padded, slots), stream.stream, pass);
  CF_LAUNCH (cf_sums_kernel, dim3 ((unsigned) ((small + CF_BLOCK - 1) / CF_BLOCK), (unsigned) slots), stream.stream, states, step, pass.sums,
             pass.losses, pass.blocks, padded / CF_ROWS);
  if (rules)
    muon_steps (slots);
  CF_LAUNCH (cf_adam_kernel, dim3 ((unsigned) ((all + CF_BLOCK - 1) / CF_BLOCK), (unsigned) slots), stream.stream, states, step);
  CF_LAUNCH (cf_advance_kernel, per_slot, stream.stream, states, slots);
}

template <typename T> void
CfTrainer<T>::forget_graphs ()
{
  for (auto &each : graphs)
    cudaGraphExecDestroy (each.second);
  graphs.clear ();
}

/* NULL where ticks are launched one by one: a driver or a library that cannot record them. */
template <typename T> cudaGraphExec_t
CfTrainer<T>::graph (int slots, int rows)
{
  auto found = graphs.find ({ slots, rows });
  cudaGraph_t recorded = NULL;
  cudaGraphExec_t made = NULL;

  if (found != graphs.end ())
    return found->second;
  if (!graphs_work)
    return NULL;
  if (graphs.size () >= GRAPHS_MOST)
    forget_graphs ();
  graphs_work = false;
  std::lock_guard<std::mutex> guard (cf_device_calm ());
  if (cudaStreamBeginCapture (stream.stream, cudaStreamCaptureModeThreadLocal) != cudaSuccess)
    return NULL;
  tick (slots, rows);
  if (cudaStreamEndCapture (stream.stream, &recorded) != cudaSuccess || recorded == NULL || stream.refused != 0
      || cudaGraphInstantiateWithFlags (&made, recorded, 0) != cudaSuccess)
    made = NULL;
  if (recorded != NULL)
    cudaGraphDestroy (recorded);
  cudaGetLastError ();
  stream.refused = 0;
  if (made == NULL)
    return NULL;
  graphs_work = true;
  graphs[{ slots, rows }] = made;
  return made;
}

template <typename T> CfCudaStatus
CfTrainer<T>::run (int slots, int rows, int n, char *message)
{
  cudaGraphExec_t recorded;

  TRY (cf_device_use (device->index, message));
  /* Few sizes, so that few graphs are recorded. */
  rows = std::min ((rows + 2 * CF_ROWS - 1) / (2 * CF_ROWS) * (2 * CF_ROWS), (int) pass.stride);
  /* The first of a size is launched kernel by kernel: what is loaded at its first use is not loaded into a recording. */
  if (graphs.find ({ slots, rows }) == graphs.end ())
    {
      tick (slots, rows);
      n--;
    }
  recorded = n > 0 ? graph (slots, rows) : NULL;
  for (int i = 0; i < n; i++)
    if (recorded != NULL)
      TRY (cf_device_status (cudaGraphLaunch (recorded, stream.stream), "launching a step", message));
    else
      tick (slots, rows);
  return stream.finish ("training", message);
}

template class CfTrainer<float>;
template class CfTrainer<CfHalf>;
