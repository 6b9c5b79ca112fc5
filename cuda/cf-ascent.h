/* cf-ascent.h: many climbs on one device; see cf-cuda-module.h for the contracts. */
#pragma once

#include "cf-ascent-step.h"
#include "cf-query.h"

enum
{
  CF_ASCENT_LIVE,
  CF_ASCENT_NEXT,       /* the first start that nobody climbs from yet; grows beyond n */
  CF_ASCENT_UNFINISHED,
  CF_N_ASCENT_COUNTS
};

struct CfAscents
{
  int paper, n;           /* n: starts */
  const float *start;     /* [n][3] */
  CfClimb *climbs;        /* [room] */
  int *counts;            /* [CF_N_ASCENT_COUNTS] */
  const int *live;        /* those that asked */
  int *next;              /* those that ask next */
  float *peak, *density, *shoulder; /* [n][3], [n], [n][3] */
};

struct CfCudaAscent
{
  explicit CfCudaAscent (CfCudaDevice *device_) : device (device_), stream (device_) {}
  ~CfCudaAscent ();
  CfCudaStatus open (int paper, size_t n, const float *start, const CfLandscapeView *samples, char *message);
  CfCudaStatus ascend (CfCudaQuery *query, const CfCudaField *field, size_t *left, char *message);
  CfCudaStatus result (CfCudaPeaks *out, char *message);

private:
  CfCudaStatus copy_samples (const CfLandscapeView *from, char *message);
  CfCudaStatus wave (CfCudaQuery *query, char *message);

  CfCudaDevice *device;
  CfStream stream; /* without cuBLAS: for what no query takes part in */
  CfAscents ascents = {};
  CfLandscapeView view = {};
  bool has_samples = false;
  int n_live = 0, turn = 0;
  int counts_now[CF_N_ASCENT_COUNTS] = {};
  unsigned long long asked = 0;
  CfMemory starts, climbs, lists[2], counts, peaks, densities, shoulders, bricks, pointers;
};

CfCudaStatus cf_ascent_make (CfCudaDevice *device, int paper, size_t n, const float *start, const CfLandscapeView *samples, CfCudaAscent **out,
                             char message[CF_CUDA_MESSAGE]);
