/* cf-fine-box.h: a box of finer samples that is filled on a device and stays there; see cf-cuda-module.h for the contracts. */
#pragma once

#include "cf-query.h"

struct CfFineView
{
  CfFineBox box; /* its arrays on the device */
  float *out;    /* [lattice] */
  int *asks;     /* [lattice]: those samples that the field is asked for */
  int *count;    /* how many */
};

struct CfCudaFine
{
  explicit CfCudaFine (CfCudaDevice *device_) : device (device_), stream (device_) {}
  ~CfCudaFine ();
  CfCudaStatus open (const CfFineBox *box, char *message);
  CfCudaStatus fill (CfCudaQuery *query, const CfCudaField *field, size_t *left, char *message);
  CfCudaStatus give (CfFineTarget *target, char *message);

private:
  CfCudaStatus to_gl (CfFineTarget *target, char *message);

  CfCudaDevice *device;
  CfStream stream; /* without cuBLAS: for what no query takes part in */
  CfFineView view = {};
  int n = 0, n_asks = 0, asked = 0;
  CfMemory between, seen, out, asks, count;
};

CfCudaStatus cf_fine_make (CfCudaDevice *device, const CfFineBox *box, CfCudaFine **out, char message[CF_CUDA_MESSAGE]);
