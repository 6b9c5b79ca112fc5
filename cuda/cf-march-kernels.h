/* cf-march-kernels.h: waves of rays. A thread is a ray; those that ask again close ranks by a counter, so that each wave asks for live rays alone. */
#pragma once

#include "cf-cuda-module.h"
#include "cf-simt.h"

enum
{
  CF_WAVES_ASK,
  CF_WAVES_ARRIVED,
  CF_N_WAVES_COUNTS
};

struct CfWaves
{
  CfMarchView view;
  CfMarchSpace space; /* its bricks on the device */
  int first_row;
  size_t first;       /* pixel of rays[0], counted from first_row */
  CfMarchRay *rays;
  int *next, *arrived; /* rays that ask next; that have arrived */
  int *counts;        /* [CF_N_WAVES_COUNTS] */
  double *xyz;        /* where the rays of `next` ask */
  float *hits, *normals; /* of all pixels from first_row on */
};

CF_DEVICE void
cf_waves_pixel (const CfWaves &waves, int i, double origin[3], double direction[3])
{
  size_t pixel = waves.first + i;

  cf_march_pixel (&waves.view, (int) (pixel % waves.view.width), waves.first_row + (int) (pixel / waves.view.width), origin, direction);
}

CF_DEVICE void
cf_waves_sort_out (const CfWaves &waves, int i, CfMarchState state, const double origin[3], const double direction[3])
{
  if (state == CF_MARCH_ASKS)
    {
      int k = atomicAdd (&waves.counts[CF_WAVES_ASK], 1);

      waves.next[k] = i;
      cf_march_place (origin, direction, waves.rays[i].t, waves.xyz + 3 * (size_t) k);
    }
  else if (state == CF_MARCH_HIT)
    waves.arrived[atomicAdd (&waves.counts[CF_WAVES_ARRIVED], 1)] = i;
  else
    cf_march_end (state, &waves.rays[i], waves.hits + 4 * (waves.first + i), waves.normals + 4 * (waves.first + i));
}

CF_KERNEL void
cf_waves_begin_kernel (CfWaves waves, int n)
{
  int i = blockIdx.x * CF_BLOCK + threadIdx.x;
  double origin[3], direction[3];

  if (i >= n)
    return;
  cf_waves_pixel (waves, i, origin, direction);
  cf_waves_sort_out (waves, i, cf_march_begin (&waves.view, &waves.space, origin, direction, &waves.rays[i]), origin, direction);
}

/* xyz is written anew while nobody reads it: the field was asked before. */
CF_KERNEL void
cf_waves_next_kernel (CfWaves waves, int n, const int *asked, const float *value)
{
  int k = blockIdx.x * CF_BLOCK + threadIdx.x;
  double origin[3], direction[3];

  if (k >= n)
    return;
  int i = asked[k];
  cf_waves_pixel (waves, i, origin, direction);
  cf_waves_sort_out (waves, i, cf_march_next (&waves.view, &waves.space, origin, direction, value[k], &waves.rays[i]), origin, direction);
}

CF_KERNEL void
cf_waves_arrive_kernel (CfWaves waves, int n)
{
  int k = blockIdx.x * CF_BLOCK + threadIdx.x;
  double origin[3], direction[3];

  if (k >= n)
    return;
  cf_waves_pixel (waves, waves.arrived[k], origin, direction);
  cf_march_place (origin, direction, waves.rays[waves.arrived[k]].t, waves.xyz + 3 * (size_t) k);
}

CF_KERNEL void
cf_waves_finish_kernel (CfWaves waves, int n, const float *value, const float *gradient)
{
  int k = blockIdx.x * CF_BLOCK + threadIdx.x;
  double origin[3], direction[3];

  if (k >= n)
    return;
  int i = waves.arrived[k];
  cf_waves_pixel (waves, i, origin, direction);
  cf_march_finish (&waves.view, direction, &waves.rays[i], value[k], gradient + 3 * (size_t) k, waves.hits + 4 * (waves.first + i),
                   waves.normals + 4 * (waves.first + i));
}
