/* cf-train.h: training on one device; see cf-cuda-module.h for the contracts. */
#pragma once

#include "cf-device.h"

struct CfCudaTrainer
{
  explicit CfCudaTrainer (CfCudaDevice *device_) : device (device_) {}
  virtual ~CfCudaTrainer () {}
  virtual CfCudaStatus load (int slot, const CfCudaSamples *samples, const CfCudaState *state, char *message) = 0;
  virtual CfCudaStatus save (int slot, CfCudaState *state, char *message) = 0;
  virtual CfCudaStatus move (int from, int to, char *message) = 0;
  virtual CfCudaStatus epoch (int slot, long long turn, long long rest, int *ticks, int *rows, unsigned *samples, char *message) = 0;
  virtual CfCudaStatus run (int slots, int rows, int n, char *message) = 0;
  virtual CfCudaStatus result (int slot, double *sum, CfCudaState *state, char *message) = 0;
  virtual CfCudaStatus gradient (int slot, double *loss, float *gradient, char *message) = 0;

  CfCudaDevice *device;
};

size_t cf_trainer_bytes (const CfCudaShape *shape, CfCudaPrecision precision, int muon, int slots, int rows, unsigned samples);
CfCudaStatus cf_trainer_make (CfCudaDevice *device, const CfCudaShape *shape, int muon, int slots, int rows, unsigned samples,
                              CfCudaTrainer **out, char message[CF_CUDA_MESSAGE]);
