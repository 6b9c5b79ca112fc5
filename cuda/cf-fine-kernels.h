/* cf-fine-kernels.h: a box of finer samples: a thread is a sample, or a point that the field is asked at; what a brick has, a block of threads looks for. */
#pragma once

#include "cf-fine-box.h"

CF_DEVICE void
cf_fine_place (const CfFineBox &box, int at, int ijk[3])
{
  ijk[0] = at % box.lattice.dims[0];
  ijk[1] = at / box.lattice.dims[0] % box.lattice.dims[1];
  ijk[2] = at / box.lattice.dims[0] / box.lattice.dims[1];
}

CF_KERNEL void
cf_fine_begin_kernel (CfFineView view, int n)
{
  const CfFineBox &box = view.box;
  int i = blockIdx.x * CF_BLOCK + threadIdx.x, ijk[3];
  size_t block = 0;

  if (i >= n)
    return;
  cf_fine_place (box, i, ijk);
  for (int a = 2; a >= 0; a--)
    {
      int b = ijk[a] / box.block;

      block = block * box.blocks[a] + (b < box.blocks[a] ? b : box.blocks[a] - 1);
    }
  float between = cf_fine_between (box.between, box.part[0], (size_t) box.part[0] * box.part[1], box.factor, ijk[0], ijk[1], ijk[2]);
  view.out[i] = between;
  if (box.seen[block] && !isnan (between))
    view.asks[atomicAdd (view.count, 1)] = i;
}

/* Where the n samples from `first` on of the list lie. */
CF_KERNEL void
cf_fine_places_kernel (CfFineView view, int first, int n, double *xyz)
{
  int k = blockIdx.x * CF_BLOCK + threadIdx.x;

  if (k < n)
    cf_lattice_place (&view.box.lattice, (size_t) view.asks[first + k], xyz + 3 * (size_t) k);
}

/* The field's answers, and towards the faces of the box what was there. */
CF_KERNEL void
cf_fine_answers_kernel (CfFineView view, int first, int n, const float *value)
{
  const CfFineBox &box = view.box;
  int k = blockIdx.x * CF_BLOCK + threadIdx.x, ijk[3];

  if (k >= n || !isfinite (value[k]))
    return;
  int i = view.asks[first + k];
  float share = 1;
  cf_fine_place (box, i, ijk);
  for (int a = 0; a < 3; a++)
    {
      float along = cf_fine_share (box.lo[a], box.part[a], box.of[a], box.factor, ijk[a]);

      share = along < share ? along : share;
    }
  view.out[i] += share * (value[k] - view.out[i]);
}

struct CfFineBricks
{
  int dims[3]; /* samples */
  int edge, first[3], n[3];
};

/* Block b: the smallest and the largest sample of brick b. */
CF_KERNEL void
cf_fine_ranges_kernel (CfFineBricks bricks, const float *samples, float *ranges)
{
  CF_SHARED float least[CF_BLOCK];
  CF_SHARED float most[CF_BLOCK];
  int at = blockIdx.x, begin[3], n[3];
  float low = INFINITY, high = -INFINITY;

  for (int a = 0; a < 3; at /= bricks.n[a++])
    {
      int brick = at % bricks.n[a], end = (brick + 1) * bricks.edge - bricks.first[a];

      begin[a] = brick * bricks.edge - bricks.first[a];
      begin[a] = begin[a] < 0 ? 0 : begin[a];
      n[a] = (brick == bricks.n[a] - 1 || end > bricks.dims[a] ? bricks.dims[a] : end) - begin[a];
      n[a] = n[a] < 0 ? 0 : n[a];
    }
  for (int i = threadIdx.x; i < n[0] * n[1] * n[2]; i += CF_BLOCK)
    {
      const size_t x = begin[0] + i % n[0], y = begin[1] + i / n[0] % n[1], z = begin[2] + i / n[0] / n[1];
      const float v = samples[(z * bricks.dims[1] + y) * bricks.dims[0] + x];

      low = fminf (low, v);
      high = fmaxf (high, v);
    }
  least[threadIdx.x] = low;
  most[threadIdx.x] = high;
  CF_SYNC ();
  for (int half = CF_BLOCK / 2; half > 0; half /= 2)
    {
      if ((int) threadIdx.x < half)
        {
          least[threadIdx.x] = fminf (least[threadIdx.x], least[threadIdx.x + half]);
          most[threadIdx.x] = fmaxf (most[threadIdx.x], most[threadIdx.x + half]);
        }
      CF_SYNC ();
    }
  if (threadIdx.x == 0)
    {
      ranges[2 * (size_t) blockIdx.x] = least[0];
      ranges[2 * (size_t) blockIdx.x + 1] = most[0];
    }
}

CF_KERNEL void
cf_fine_texels_kernel (size_t n, const float *samples, float empty, float *out)
{
  size_t i = (size_t) blockIdx.x * CF_BLOCK + threadIdx.x;

  if (i < n)
    out[i] = isnan (samples[i]) ? empty : samples[i];
}
