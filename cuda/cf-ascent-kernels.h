/* cf-ascent-kernels.h: a thread is a climb; one that ends writes down where, and takes the next start. Those that go on close ranks by a counter, so that each
 * wave asks for live climbs alone. */
#pragma once

#include "cf-ascent.h"

#define CF_ASCENT_STEPS 8 /* of a climb between samples in one launch: some ms on a small device */

CF_KERNEL void
cf_ascent_begin_kernel (CfAscents ascents, int n)
{
  int i = blockIdx.x * CF_BLOCK + threadIdx.x;

  if (i >= n)
    return;
  cf_climb_begin (&ascents.climbs[i], i, ascents.start + 3 * (size_t) i);
  ascents.next[i] = i;
}

CF_KERNEL void
cf_ascent_place_kernel (CfAscents ascents, int n, double *xyz)
{
  int k = blockIdx.x * CF_BLOCK + threadIdx.x;

  if (k < n)
    cf_climb_place (&ascents.climbs[ascents.live[k]], xyz + 3 * (size_t) k);
}

/* The climb's answer. 0 where it has ended and there is no other start. */
CF_DEVICE int
cf_ascent_goes_on (const CfAscents &ascents, CfClimb *climb, float value, const float *gradient)
{
  CfClimbOutcome outcome = cf_climb_on (climb, ascents.paper, value, gradient);
  int start;

  if (outcome == CF_CLIMB_GOES_ON)
    return 1;
  cf_climb_result (climb, outcome, ascents.peak + 3 * climb->index, &ascents.density[climb->index], ascents.shoulder + 3 * climb->index);
  if (climb->n_steps >= CF_CLIMB_MOST_STEPS)
    atomicAdd (&ascents.counts[CF_ASCENT_UNFINISHED], 1);
  start = atomicAdd (&ascents.counts[CF_ASCENT_NEXT], 1);
  if (start >= ascents.n)
    return 0;
  cf_climb_begin (climb, start, ascents.start + 3 * (size_t) start);
  return 1;
}

CF_KERNEL void
cf_ascent_field_kernel (CfAscents ascents, int n, const float *value, const float *gradient)
{
  int k = blockIdx.x * CF_BLOCK + threadIdx.x;

  if (k >= n)
    return;
  int i = ascents.live[k];
  CfClimb climb = ascents.climbs[i];
  if (!cf_ascent_goes_on (ascents, &climb, value[k], gradient + 3 * (size_t) k))
    return;
  ascents.climbs[i] = climb;
  ascents.next[atomicAdd (&ascents.counts[CF_ASCENT_LIVE], 1)] = i;
}

/* Several steps at once: no network is asked. */
CF_KERNEL void
cf_ascent_samples_kernel (CfAscents ascents, int n, CfLandscapeView samples)
{
  int k = blockIdx.x * CF_BLOCK + threadIdx.x;

  if (k >= n)
    return;
  int i = ascents.live[k];
  CfClimb climb = ascents.climbs[i];
  for (int step = 0; step < CF_ASCENT_STEPS; step++)
    {
      float value, gradient[3];
      double xyz[3];

      cf_climb_place (&climb, xyz);
      cf_landscape_answer (&samples, xyz, &value, gradient);
      if (!cf_ascent_goes_on (ascents, &climb, value, gradient))
        return;
    }
  ascents.climbs[i] = climb;
  ascents.next[atomicAdd (&ascents.counts[CF_ASCENT_LIVE], 1)] = i;
}

/* Where each kept brick lies on the device; which: its place in `samples`, -1 where it is not kept. */
CF_KERNEL void
cf_ascent_bricks_kernel (size_t n, const int *which, const float *samples, const float **out)
{
  size_t i = (size_t) blockIdx.x * CF_BLOCK + threadIdx.x;

  if (i < n)
    out[i] = which[i] < 0 ? NULL : samples + (size_t) which[i] * CF_LANDSCAPE_BRICK;
}
