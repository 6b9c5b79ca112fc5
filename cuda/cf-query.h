/* cf-query.h: values and gradients of networks and of the blended field on one device; see cf-cuda-module.h for the contracts. */
#pragma once

#include "cf-device.h"

struct CfCudaNet
{
  const CfCudaDevice *device;
  CfCudaShape shape;
  CfMemory params, halves;
};

#define CF_QUERY_POINTS 131072 /* of a field at once: some ms of a large device's time */

/** What marching keeps between pictures; see cf-march.cpp. */
struct CfMarchMemory
{
  CfMemory rays, asks[2], arrived, counts, empty, hits, normals;
};

struct CfCudaQuery
{
  explicit CfCudaQuery (CfCudaDevice *device_) : device (device_) {}
  virtual ~CfCudaQuery () {}
  virtual CfCudaStatus eval (const CfCudaJob *jobs, size_t n_jobs, char *message) = 0;
  virtual CfCudaStatus field (const CfCudaField *field, size_t n, const double *xyz, float *value, float *gradient, char *message) = 0;
  virtual CfCudaStatus bake (const CfCudaField *field, const CfLattice *lattice, size_t first, size_t n, float *value, char *message) = 0;
  virtual CfCudaStatus matrix_rate (double *tflops, char *message) = 0;

  /* For what makes its points on the device: the field, for up to so many points at once; then n points that were put into `xyz` in the stream's
   * order get their answers into `value` and, where asked for, `gradient`. about: values may be those of 16-bit operands, which are quicker; never with fp32. */
  virtual CfCudaStatus begin_field (const CfCudaField *field, size_t most, char *message) = 0;
  virtual CfCudaStatus points (int n, bool gradients, char *message) = 0;
  virtual CfCudaStatus points_about (int n, char *message) = 0;
  virtual CfStream &queue () = 0;

  CfCudaDevice *device;
  CfMemory xyz, value, gradient; /* [most][3] double, [most], [most][3] */
  CfMarchMemory march;
};

CfCudaStatus cf_net_set (CfCudaDevice *device, const CfCudaShape *shape, const float *params, CfCudaNet **net, char message[CF_CUDA_MESSAGE]);
CfCudaStatus cf_query_make (CfCudaDevice *device, const CfCudaShape *shape, int rows, CfCudaQuery **out, char message[CF_CUDA_MESSAGE]);
