/* cf-train.cpp: regions enter, leave and report. */
#include "cf-trainer.h"

#include <stdlib.h>
#include <string.h>

#define HALF_UNIT 64.0f /* what 16-bit gradients are multiplied with */

namespace
{
/* 16 bytes in front of each slot's matrices also in 16 bit, which the fast products need. */
size_t
params_step (const CfCudaShape &shape)
{
  return (cf_n_params (&shape) + 63) / 64 * 64;
}

struct Sizes
{
  size_t params, halves, act, rows, width_rows, sums, losses, samples, muon, squares;
  int square_blocks;

  Sizes (const CfCudaShape &shape, bool half, bool muon_rules, int slots, int stride, unsigned samples_most)
  {
    size_t width = shape.width, square = width * width, element = half ? 2 : 4;

    params = slots * params_step (shape) * sizeof (float);
    halves = half ? slots * params_step (shape) * 2 : 0;
    rows = (size_t) slots * stride * sizeof (float);
    width_rows = (size_t) slots * stride * width;
    act = width_rows * (shape.hidden + 1) * element;
    sums = (size_t) slots * (stride / CF_ROWS) * cf_n_small (&shape) * sizeof (float);
    losses = (size_t) slots * (stride / CF_ROWS) * sizeof (double);
    samples = (size_t) slots * samples_most * 4 * sizeof (float);
    muon = muon_rules ? slots * shape.hidden * square * sizeof (float) : 0;
    square_blocks = (int) ((square + CF_BLOCK * CF_MUON_EACH - 1) / (CF_BLOCK * CF_MUON_EACH));
    squares = muon_rules ? (size_t) slots * shape.hidden * square_blocks * sizeof (float) : 0;
  }

  size_t
  all (bool half) const
  {
    return 4 * params + halves + 2 * act + 6 * rows + width_rows * (half ? 6 : 8) + sums + losses + samples + 4 * muon + squares;
  }
};
}

template <typename T> CfCudaStatus
CfTrainer<T>::allocate (char *message)
{
  const Sizes sizes (pass.shape, cf_is_half<T> (), rules, n_slots, (int) pass.stride, samples_most);
  const struct
  {
    CfMemory *memory;
    size_t bytes;
  } wanted[] = {
    { &params, sizes.params }, { &first, sizes.params }, { &second, sizes.params }, { &gradients, sizes.params }, { &halves, sizes.halves },
    { &act_memory, sizes.act }, { &slope_memory, sizes.act }, { &z_memory, sizes.width_rows * 4 }, { &dz_memory, sizes.width_rows * sizeof (T) },
    { &x_memory, 3 * sizes.rows }, { &target_memory, sizes.rows }, { &out_memory, sizes.rows }, { &dout_memory, sizes.rows },
    { &sums, sizes.sums }, { &losses, sizes.losses }, { &samples_memory, sizes.samples }, { &slots_memory, n_slots * sizeof (CfSlot) },
    { &rows_memory, n_slots * sizeof (int) }, { &pointers, n_slots * sizeof (float *) }, { &muon, sizes.muon }, { &muon_next, sizes.muon },
    { &gram, sizes.muon }, { &gram_square, sizes.muon }, { &squares, sizes.squares },
  };

  for (const auto &each : wanted)
    if (each.bytes > 0)
      TRY (cf_device_status (each.memory->need (each.bytes), "memory for training", message));
  step.square_blocks = sizes.square_blocks;
  return cf_device_status (staging.need (3 * params_step (pass.shape) * sizeof (float)), "memory for results", message);
}

template <typename T> CfCudaStatus
CfTrainer<T>::open (char *message)
{
  TRY (stream.open (message));
  TRY (allocate (message));
  step.params_step = params_step (pass.shape);
  step.params = params.as<float> ();
  step.first = first.as<float> ();
  step.second = second.as<float> ();
  step.gradient = gradients.as<float> ();
  step.halves = halves.as<CfHalf> ();
  step.muon = muon.as<float> ();
  step.squares = squares.as<float> ();
  pass.dout_scale = cf_is_half<T> () ? HALF_UNIT : 1;
  step.gradient_unit = 1 / pass.dout_scale;
  pass.layer_step = (size_t) n_slots * pass.stride * pass.shape.width;
  pass.params = pointers.as<const float *> ();
  pass.rows = rows_memory.as<int> ();
  pass.x = x_memory.as<float> ();
  pass.target = target_memory.as<float> ();
  pass.out = out_memory.as<float> ();
  pass.dout = dout_memory.as<float> ();
  pass.z = z_memory.as<float> ();
  pass.act = act_memory.as<T> ();
  pass.slope = slope_memory.as<T> ();
  pass.dz = dz_memory.as<T> ();
  pass.sums = sums.as<float> ();
  pass.losses = losses.as<double> ();
  pass.blocks = (int) (pass.stride / CF_ROWS);
  point_at_params ();
  /* Slots that nothing was loaded into rest: no epoch, and finite numbers everywhere. */
  cudaMemsetAsync (slots_memory.as<void> (), 0, n_slots * sizeof (CfSlot), stream.stream);
  for (float *array : { step.params, step.first, step.second, step.gradient })
    cudaMemsetAsync (array, 0, n_slots * step.params_step * sizeof (float), stream.stream);
  if (step.halves != NULL)
    cudaMemsetAsync (step.halves, 0, n_slots * step.params_step * sizeof (CfHalf), stream.stream);
  return stream.finish ("preparing training", message);
}

template <typename T> CfCudaStatus
CfTrainer<T>::copy (void *to, const void *from, size_t bytes, cudaMemcpyKind kind, char *message)
{
  return cf_device_status (cudaMemcpyAsync (to, from, bytes, kind, stream.stream), "copying", message);
}

template <typename T> CfCudaStatus
CfTrainer<T>::read_slot (int slot, CfSlot *out, char *message)
{
  TRY (cf_device_use (device->index, message));
  TRY (copy (out, slots_memory.as<CfSlot> () + slot, sizeof *out, cudaMemcpyDeviceToHost, message));
  return stream.finish ("reading the state", message);
}

static_assert (sizeof (CfSlot) <= CF_CUDA_PROGRESS, "the progress of a fit");

static CfSlot
make_slot (const CfCudaSamples *samples, const CfCudaState *state)
{
  CfSlot made = CfSlot ();

  if (state->has_progress)
    {
      memcpy (&made, state->progress, sizeof made);
      return made;
    }
  made.n = samples->n;
  made.n_rare = samples->n_rare;
  made.rare_parts = samples->rare_parts;
  made.batch = samples->batch;
  made.seed = samples->seed;
  made.rate = samples->rate;
  made.muon_rate = samples->muon_rate;
  made.total_steps = samples->total_steps;
  made.step = state->step;
  made.epoch = state->epoch;
  return made;
}

template <typename T> CfCudaStatus
CfTrainer<T>::load (int slot, const CfCudaSamples *samples, const CfCudaState *state, char *message)
{
  const size_t n = cf_n_params (&pass.shape), at = slot * step.params_step, bytes = n * sizeof (float);
  float *local = samples_memory.as<float> () + (size_t) slot * samples_most * 4, *target = local + (size_t) 3 * samples_most;
  CfSlot made = make_slot (samples, state);

  TRY (cf_device_use (device->index, message));
  made.local = local;
  made.target = target;
  TRY (copy (local, samples->local, (size_t) samples->n * 3 * sizeof (float), cudaMemcpyHostToDevice, message));
  TRY (copy (target, samples->target, samples->n * sizeof (float), cudaMemcpyHostToDevice, message));
  TRY (copy (slots_memory.as<CfSlot> () + slot, &made, sizeof made, cudaMemcpyHostToDevice, message));
  TRY (copy (step.params + at, state->params, bytes, cudaMemcpyHostToDevice, message));
  TRY (copy (step.first + at, state->first, bytes, cudaMemcpyHostToDevice, message));
  TRY (copy (step.second + at, state->second, bytes, cudaMemcpyHostToDevice, message));
  TRY (copy (step.gradient + at, state->gradient, bytes, cudaMemcpyHostToDevice, message));
  if (step.halves != NULL)
    CF_LAUNCH ((cf_halves_kernel<CfHalf>), dim3 ((unsigned) ((n + CF_BLOCK - 1) / CF_BLOCK)), stream.stream, n, step.params + at, step.halves + at);
  return stream.finish ("loading a region", message);
}

template <typename T> CfCudaStatus
CfTrainer<T>::save (int slot, CfCudaState *state, char *message)
{
  const size_t at = slot * step.params_step, bytes = cf_n_params (&pass.shape) * sizeof (float);
  CfSlot present;

  TRY (read_slot (slot, &present, message));
  TRY (copy (state->params, step.params + at, bytes, cudaMemcpyDeviceToHost, message));
  TRY (copy (state->first, step.first + at, bytes, cudaMemcpyDeviceToHost, message));
  TRY (copy (state->second, step.second + at, bytes, cudaMemcpyDeviceToHost, message));
  TRY (copy (state->gradient, step.gradient + at, bytes, cudaMemcpyDeviceToHost, message));
  TRY (stream.finish ("saving a region", message));
  memcpy (state->progress, &present, sizeof present);
  state->has_progress = 1;
  state->step = present.step;
  state->epoch = present.epoch;
  return CF_CUDA_OK;
}

template <typename T> CfCudaStatus
CfTrainer<T>::move (int from, int to, char *message)
{
  const size_t bytes = cf_n_params (&pass.shape) * sizeof (float), sample_bytes = (size_t) samples_most * 4 * sizeof (float);
  char *samples = samples_memory.as<char> ();
  CfSlot moved, rests = {};

  TRY (read_slot (from, &moved, message));
  moved.local = (const float *) (samples + to * sample_bytes);
  moved.target = moved.local + (size_t) 3 * samples_most;
  for (float *array : { step.params, step.first, step.second, step.gradient })
    TRY (copy (array + to * step.params_step, array + from * step.params_step, bytes, cudaMemcpyDeviceToDevice, message));
  if (step.halves != NULL)
    TRY (copy (step.halves + to * step.params_step, step.halves + from * step.params_step, bytes / 2, cudaMemcpyDeviceToDevice, message));
  TRY (copy (samples + to * sample_bytes, samples + from * sample_bytes, sample_bytes, cudaMemcpyDeviceToDevice, message));
  TRY (copy (slots_memory.as<CfSlot> () + to, &moved, sizeof moved, cudaMemcpyHostToDevice, message));
  TRY (copy (slots_memory.as<CfSlot> () + from, &rests, sizeof rests, cudaMemcpyHostToDevice, message));
  return stream.finish ("moving a region", message);
}

template <typename T> CfCudaStatus
CfTrainer<T>::epoch (int slot, long long turn, long long rest, int *ticks, int *rows, unsigned *samples, char *message)
{
  CfSlot begun;

  TRY (read_slot (slot, &begun, message));
  if (!begun.in_epoch)
    cf_slot_begin (&begun);
  begun.turn = turn;
  begun.rest = rest;
  TRY (copy (slots_memory.as<CfSlot> () + slot, &begun, sizeof begun, cudaMemcpyHostToDevice, message));
  TRY (stream.finish ("beginning an epoch", message));
  *ticks = *rows = 0;
  *samples = begun.n_epoch;
  for (unsigned b = begun.at_batch; b < begun.n_batches; b++)
    {
      unsigned begin = cf_slot_batch_begin (&begun, b) + (b == begun.at_batch ? begun.at_row : 0);
      int batch = (int) (cf_slot_batch_begin (&begun, b + 1) - begin);

      *ticks += (int) ((batch + pass.stride - 1) / pass.stride);
      *rows = batch > *rows ? batch : *rows;
    }
  if (*rows > pass.stride)
    *rows = (int) pass.stride;
  return CF_CUDA_OK;
}

template <typename T> CfCudaStatus
CfTrainer<T>::result (int slot, double *sum, CfCudaState *state, char *message)
{
  const size_t bytes = cf_n_params (&pass.shape) * sizeof (float);
  float *read = staging.as<float> ();
  CfSlot present;

  TRY (read_slot (slot, &present, message));
  for (int k = 0; k < 3; k++)
    TRY (copy (read + k * step.params_step, (k == 0 ? step.params : k == 1 ? step.first : step.second) + slot * step.params_step, bytes,
               cudaMemcpyDeviceToHost, message));
  TRY (stream.finish ("reading weights", message));
  memcpy (state->params, read, bytes);
  memcpy (state->first, read + step.params_step, bytes);
  memcpy (state->second, read + 2 * step.params_step, bytes);
  state->step = present.step;
  state->epoch = present.epoch;
  *sum = fabs (present.sum) <= 1e300 ? present.sum : NAN;
  return CF_CUDA_OK;
}

template <typename T> CfCudaStatus
CfTrainer<T>::gradient (int slot, double *loss, float *out, char *message)
{
  const size_t at = slot * step.params_step, n = cf_n_params (&pass.shape);
  int ticks, rows;
  unsigned samples;
  CfSlot plain;

  TRY (read_slot (slot, &plain, message));
  plain.in_order = 1;
  plain.batch = 0;
  plain.n_rare = 0;
  TRY (copy (slots_memory.as<CfSlot> () + slot, &plain, sizeof plain, cudaMemcpyHostToDevice, message));
  TRY (epoch (slot, 0, 0, &ticks, &rows, &samples, message));
  TRY (run (slot + 1, rows, ticks, message));
  TRY (read_slot (slot, &plain, message));
  TRY (copy (out, step.gradient + at, n * sizeof (float), cudaMemcpyDeviceToHost, message));
  TRY (stream.finish ("reading a gradient", message));
  *loss = plain.sum / plain.n;
  for (size_t i = 0; i < n; i++)
    out[i] *= step.gradient_unit / plain.n;
  return CF_CUDA_OK;
}

template <typename T> static CfCudaStatus
make (CfCudaDevice *device, const CfCudaShape *shape, int muon, int slots, int rows, unsigned samples, CfCudaTrainer **out, char *message)
{
  CfTrainer<T> *made = new CfTrainer<T> (device, shape, muon, slots, rows, samples);
  CfCudaStatus status = made->open (message);

  if (status == CF_CUDA_OK)
    *out = made;
  else
    delete made;
  return status;
}

size_t
cf_trainer_bytes (const CfCudaShape *shape, CfCudaPrecision precision, int muon, int slots, int rows, unsigned samples)
{
  bool half = precision == CF_CUDA_FP16;

  return Sizes (*shape, half, muon, slots, cf_stride_of (rows), samples).all (half);
}

CfCudaStatus
cf_trainer_make (CfCudaDevice *device, const CfCudaShape *shape, int muon, int slots, int rows, unsigned samples, CfCudaTrainer **out,
                 char message[CF_CUDA_MESSAGE])
{
  return device->precision == CF_CUDA_FP16 ? make<CfHalf> (device, shape, muon, slots, rows, samples, out, message)
                                           : make<float> (device, shape, muon, slots, rows, samples, out, message);
}
