/* cf-trainer.h: the regions in flight: their memory, and what is done with it. cf-train.cpp fills and empties it, cf-train-step.cpp computes. */
#pragma once

#include <map>
#include <utility>

#include "cf-net-pass.h"
#include "cf-slot.h"
#include "cf-train.h"

/* What the optimisers work on. halves: the hidden matrices in 16 bit, or NULL. */
struct CfStep
{
  CfCudaShape shape;
  size_t params_step; /* elements from one slot to the next */
  float *params, *first, *second, *gradient;
  CfHalf *halves;
  float *muon;        /* [slot][hidden][width][width]: orthogonalised momentum; NULL without Muon */
  float *squares;     /* [slot][hidden][blocks]: sums of its squares */
  int square_blocks;
  float gradient_unit; /* what the gradients are multiplied with */
};

#define CF_MUON_EACH 16 /* elements of a matrix that a thread sums */

/** Rows of a slot: whole blocks of a layer's kernel. */
static inline int
cf_stride_of (int rows)
{
  return (rows + CF_ROWS - 1) / CF_ROWS * CF_ROWS;
}

template <typename T> class CfTrainer : public CfCudaTrainer, private CfOperands<T>
{
public:
  CfTrainer (CfCudaDevice *device, const CfCudaShape *shape, bool muon, int slots, int rows, unsigned samples)
    : CfCudaTrainer (device), stream (device), n_slots (slots), samples_most (samples), rules (muon)
  {
    pass.shape = step.shape = *shape;
    pass.stride = cf_stride_of (rows);
  }

  ~CfTrainer () override
  {
    /* The members' memory is freed after the device has finished with it. */
    cudaSetDevice (device->index);
    if (stream.stream != NULL)
      stream.drain ();
    forget_graphs ();
  }

  CfCudaStatus open (char *message);
  CfCudaStatus load (int slot, const CfCudaSamples *samples, const CfCudaState *state, char *message) override;
  CfCudaStatus save (int slot, CfCudaState *state, char *message) override;
  CfCudaStatus move (int from, int to, char *message) override;
  CfCudaStatus epoch (int slot, long long turn, long long rest, int *ticks, int *rows, unsigned *samples, char *message) override;
  CfCudaStatus run (int slots, int rows, int n, char *message) override;
  CfCudaStatus result (int slot, double *sum, CfCudaState *state, char *message) override;
  CfCudaStatus gradient (int slot, double *loss, float *out, char *message) override;

private:
  CfOperand strided (const void *at) const { return CfOperand{ at, (long long) (pass.stride * pass.shape.width), NULL, pass.shape.width }; }
  CfOperand act (size_t at) const override { return strided (pass.act + at); }
  CfOperand z () const override { return strided (pass.z); }
  CfOperand dz () const override { return strided (pass.dz); }
  CfOperand weight (int layer) const override;
  CfOperand matrix (const float *at) const;

  CfCudaStatus allocate (char *message);
  CfCudaStatus copy (void *to, const void *from, size_t bytes, cudaMemcpyKind kind, char *message);
  CfCudaStatus read_slot (int slot, CfSlot *out, char *message);
  void point_at_params (void);
  void tick (int slots, int rows);
  void muon_steps (int slots);
  cudaGraphExec_t graph (int slots, int rows);
  void forget_graphs ();

  CfStream stream;
  int n_slots;
  unsigned samples_most;
  bool rules; /* Muon */
  CfPass<T> pass = {};
  CfStep step = {};
  CfMemory params, first, second, gradients, halves, act_memory, slope_memory, z_memory, dz_memory, x_memory, target_memory, out_memory,
    dout_memory, sums, losses, samples_memory, slots_memory, rows_memory, pointers, muon, muon_next, gram, gram_square, squares;
  std::map<std::pair<int, int>, cudaGraphExec_t> graphs;
  bool graphs_work = true;
  CfMemory staging{ true }; /* an epoch's results come at the bus's full rate */
};
