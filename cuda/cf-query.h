/* cf-query.h: values and gradients of networks and of the blended field on one device; see cf-cuda-module.h for the contracts. */
#pragma once

#include "cf-device.h"

struct CfCudaNet
{
  const CfCudaDevice *device;
  CfCudaShape shape;
  CfMemory params, halves;
};

struct CfCudaQuery
{
  explicit CfCudaQuery (CfCudaDevice *device_) : device (device_) {}
  virtual ~CfCudaQuery () {}
  virtual CfCudaStatus eval (const CfCudaJob *jobs, size_t n_jobs, char *message) = 0;
  virtual CfCudaStatus field (const CfCudaField *field, size_t n, const double *xyz, float *value, float *gradient, char *message) = 0;
  virtual CfCudaStatus matrix_rate (double *tflops, char *message) = 0;

  CfCudaDevice *device;
};

CfCudaStatus cf_net_set (CfCudaDevice *device, const CfCudaShape *shape, const float *params, CfCudaNet **net, char message[CF_CUDA_MESSAGE]);
CfCudaStatus cf_query_make (CfCudaDevice *device, const CfCudaShape *shape, int rows, CfCudaQuery **out, char message[CF_CUDA_MESSAGE]);
