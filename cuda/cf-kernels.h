/* cf-kernels.h: one pass of many groups of rows through their networks: what lies between the products. A group is a region in training, a tile
 * of points in a query. Operands of products are stored as T (float or CfHalf), everything else is fp32.
 *
 * Layout: matrices [group][stride][width]; sine layers 0 .. hidden follow each other at layer_step. Rows beyond a group's own are padding:
 * forward they hold finite numbers, backward zeros, so that products over all rows are right. */
#pragma once

#include "cf-arithmetic.h"
#include "cf-cuda-module.h"
#include "cf-float16.h"

/* Parameters in CfSiren's order. */
CF_BOTH size_t
cf_weight_at (const CfCudaShape *shape, int layer)
{
  size_t w = shape->width;

  return layer == 0 ? 0 : 4 * w + (layer - 1) * (w * w + w);
}

CF_BOTH size_t
cf_bias_at (const CfCudaShape *shape, int layer)
{
  size_t w = shape->width;

  return layer == 0 ? 3 * w : cf_weight_at (shape, layer) + (layer <= shape->hidden ? w * w : w);
}

CF_BOTH size_t
cf_n_params (const CfCudaShape *shape)
{
  return cf_bias_at (shape, shape->hidden + 1) + 1;
}

/* Those that no product makes the gradient of: biases and both ends of the network, as they lie in the sums of a block of rows:
 * hidden x [width] biases of layers 1 .. hidden, [width] weights of the last layer, its bias, then for the first layer [width] of bias, x, y, z. */
CF_BOTH size_t
cf_n_small (const CfCudaShape *shape)
{
  return (size_t) shape->width * (shape->hidden + 5) + 1;
}

CF_BOTH size_t
cf_small_to_param (const CfCudaShape *shape, size_t small)
{
  size_t w = shape->width, rest;
  int hidden = shape->hidden;

  if (small < w * hidden)
    return cf_bias_at (shape, 1 + (int) (small / w)) + small % w;
  rest = small - w * hidden;
  if (rest < w)
    return cf_weight_at (shape, hidden + 1) + rest;
  if (rest == w)
    return cf_bias_at (shape, hidden + 1);
  rest -= w + 1;
  return rest < w ? cf_bias_at (shape, 0) + rest : 3 * (rest % w) + rest / w - 1;
}

template <typename T> struct CfPass
{
  CfCudaShape shape;
  long stride;                /* rows from one group to the next */
  size_t layer_step;          /* elements from one sine layer to the next in act and slope */
  const float *const *params; /* [group] */
  const int *rows;            /* [group] */
  const float *x;             /* [group][stride][3] */
  const float *target;        /* [group][stride]; NULL in a query */
  float *out, *dout;          /* [group][stride] */
  float *z;                   /* [group][stride][width]: of products */
  T *act, *slope;             /* sines; w0 times cosines */
  T *dz;                      /* [group][stride][width] */
  float *sums;                /* [group][blocks][small]; NULL in a query */
  double *losses;             /* [group][blocks] */
  int blocks;                 /* stride / CF_ROWS */
  float dout_scale;           /* keeps 16-bit gradients away from 0 */
};

/* All kernels of layers: block (x, y) goes through rows x CF_ROWS .. of group y, a thread through columns threadIdx.x, + CF_BLOCK ... What is read of CF_AHEAD
 * rows is asked for before any of them is written: the compiler may not, as what is written could be what is read next, and each row would wait for memory. */
#define CF_AHEAD 4

/* Column j of the rows from `at` on. */
template <typename T> CF_DEVICE void
cf_fetch (const T *array, size_t at, int width, float (&out)[CF_AHEAD])
{
  CF_UNROLL
  for (int k = 0; k < CF_AHEAD; k++)
    out[k] = cf_load (&array[at + (size_t) k * width]);
}

template <typename T> CF_KERNEL void
cf_first_kernel (CfPass<T> pass, bool slopes)
{
  const int width = pass.shape.width;
  const float *params = pass.params[blockIdx.y], w0 = pass.shape.w0_first;
  const long begin = (long) blockIdx.x * CF_ROWS;
  const float *x = pass.x + 3 * (blockIdx.y * pass.stride + begin);

  for (int j = threadIdx.x; j < width; j += CF_BLOCK)
    {
      float wx = params[3 * j], wy = params[3 * j + 1], wz = params[3 * j + 2], bias = params[3 * width + j];
      size_t at = (blockIdx.y * pass.stride + begin) * width + j;

      for (int r = 0; r < CF_ROWS; r++, at += width)
        {
          float s, c;

          cf_sincos (cf_first_angle (w0, x[3 * r], x[3 * r + 1], x[3 * r + 2], wx, wy, wz, bias), &s, &c);
          cf_store (&pass.act[at], s);
          if (slopes)
            cf_store (&pass.slope[at], w0 * c);
        }
    }
}

/* z holds the product of layer >= 1; the sines go to act + act_at. */
template <typename T> CF_KERNEL void
cf_sine_kernel (CfPass<T> pass, int layer, size_t act_at, bool slopes)
{
  const int width = pass.shape.width;
  const float *bias = pass.params[blockIdx.y] + cf_bias_at (&pass.shape, layer), w0 = pass.shape.w0;
  const size_t begin = (blockIdx.y * pass.stride + (long) blockIdx.x * CF_ROWS) * width;
  T *act = pass.act + act_at, *slope = pass.slope + layer * pass.layer_step;

  for (int j = threadIdx.x; j < width; j += CF_BLOCK)
    {
      float b = bias[j];
      size_t at = begin + j;

      for (int r = 0; r < CF_ROWS; r += CF_AHEAD)
        {
          float z[CF_AHEAD];

          cf_fetch (pass.z, at, width, z);
          CF_UNROLL
          for (int k = 0; k < CF_AHEAD; k++, at += width)
            {
              float s, c;

              cf_sincos (w0 * (z[k] + b), &s, &c);
              cf_store (&act[at], s);
              if (slopes)
                cf_store (&slope[at], w0 * c);
            }
        }
    }
}

/* CF_GROUP neighbouring threads add up what each has in part[0] .. part[N - 1]; the first of them holds the sums. */
template <int N> CF_DEVICE void
cf_sum_group (float (&part)[N][CF_BLOCK])
{
  int lane = threadIdx.x % CF_GROUP;

  CF_SYNC ();
  for (int half = CF_GROUP / 2; half > 0; half /= 2)
    {
      if (lane < half)
        for (int a = 0; a < N; a++)
          part[a][threadIdx.x] += part[a][threadIdx.x + half];
      CF_SYNC ();
    }
}

/* Last layer, from the sines at act + act_at; with targets also the loss and its derivative by the output. */
template <typename T> CF_KERNEL void
cf_output_kernel (CfPass<T> pass, size_t act_at)
{
  CF_SHARED float part[1][CF_BLOCK];
  CF_SHARED float misses[CF_ROWS];
  const int width = pass.shape.width, lane = threadIdx.x % CF_GROUP, group = threadIdx.x / CF_GROUP;
  const float *w = pass.params[blockIdx.y] + cf_weight_at (&pass.shape, pass.shape.hidden + 1);
  const long first = blockIdx.y * pass.stride;
  const int rows = pass.rows[blockIdx.y];

  for (int base = 0; base < CF_ROWS; base += CF_BLOCK / CF_GROUP)
    {
      int row = blockIdx.x * CF_ROWS + base + group;
      const T *act = pass.act + act_at + (first + row) * width;
      float sum = 0;

      for (int j = lane; j < width; j += CF_GROUP)
        sum += cf_load (&act[j]) * w[j];
      part[0][threadIdx.x] = sum;
      cf_sum_group (part);
      if (lane == 0)
        {
          float out = part[0][threadIdx.x] + w[width], miss = 0;

          pass.out[first + row] = out;
          if (pass.target != NULL)
            miss = row < rows ? cf_miss (out, pass.target[first + row]) : 0;
          misses[base + group] = miss;
          if (pass.dout != NULL)
            pass.dout[first + row] = row >= rows ? 0 : pass.target != NULL ? 2 * miss * pass.dout_scale : pass.dout_scale;
        }
      CF_SYNC ();
    }
  if (threadIdx.x == 0 && pass.target != NULL)
    {
      double loss = 0;
      float sum = 0;

      for (int r = 0; r < CF_ROWS; r++)
        {
          loss += (double) misses[r] * misses[r];
          sum += 2 * misses[r] * pass.dout_scale;
        }
      pass.losses[blockIdx.y * pass.blocks + blockIdx.x] = loss;
      pass.sums[(blockIdx.y * pass.blocks + blockIdx.x) * cf_n_small (&pass.shape) + (size_t) width * (pass.shape.hidden + 1)] = sum;
    }
}

/* dz of the last sine layer; with sums, of the last layer's weights and that layer's biases. */
template <typename T> CF_KERNEL void
cf_last_back_kernel (CfPass<T> pass)
{
  const int width = pass.shape.width, hidden = pass.shape.hidden;
  const float *w = pass.params[blockIdx.y] + cf_weight_at (&pass.shape, hidden + 1);
  const long first = blockIdx.y * pass.stride + (long) blockIdx.x * CF_ROWS;
  const size_t last = hidden * pass.layer_step;
  float *sums = pass.sums != NULL ? pass.sums + (blockIdx.y * pass.blocks + blockIdx.x) * cf_n_small (&pass.shape) : NULL;

  for (int j = threadIdx.x; j < width; j += CF_BLOCK)
    {
      float sum_dz = 0, sum_w = 0;

      for (int r = 0; r < CF_ROWS; r += CF_AHEAD)
        {
          const size_t at = (first + r) * width + j;
          float dout[CF_AHEAD], slope[CF_AHEAD], act[CF_AHEAD] = {};

          cf_fetch (pass.dout, first + r, 1, dout);
          cf_fetch (pass.slope, last + at, width, slope);
          if (sums != NULL)
            cf_fetch (pass.act, last + at, width, act);
          CF_UNROLL
          for (int k = 0; k < CF_AHEAD; k++)
            {
              float d = dout[k] * w[j] * slope[k];

              cf_store (&pass.dz[at + (size_t) k * width], d);
              sum_dz += d;
              sum_w += dout[k] * act[k];
            }
        }
      if (sums != NULL)
        {
          sums[(size_t) width * (hidden - 1) + j] = sum_dz;
          sums[(size_t) width * hidden + j] = sum_w;
        }
    }
}

/* z holds the derivative by the sines of layer >= 1: makes dz of it, and sums its biases' gradient. */
template <typename T> CF_KERNEL void
cf_sine_back_kernel (CfPass<T> pass, int layer)
{
  const int width = pass.shape.width;
  const size_t begin = (blockIdx.y * pass.stride + (long) blockIdx.x * CF_ROWS) * width;
  const T *slope = pass.slope + layer * pass.layer_step;

  for (int j = threadIdx.x; j < width; j += CF_BLOCK)
    {
      size_t at = begin + j;
      float sum = 0;

      for (int r = 0; r < CF_ROWS; r += CF_AHEAD)
        {
          float z[CF_AHEAD], steep[CF_AHEAD];

          cf_fetch (pass.z, at, width, z);
          cf_fetch (slope, at, width, steep);
          CF_UNROLL
          for (int k = 0; k < CF_AHEAD; k++, at += width)
            {
              float d = z[k] * steep[k];

              cf_store (&pass.dz[at], d);
              sum += d;
            }
        }
      if (pass.sums != NULL)
        pass.sums[(blockIdx.y * pass.blocks + blockIdx.x) * cf_n_small (&pass.shape) + (size_t) width * (layer - 1) + j] = sum;
    }
}

/* The same for layer 0, of which training needs the sums only. */
template <typename T> CF_KERNEL void
cf_first_back_kernel (CfPass<T> pass)
{
  const int width = pass.shape.width;
  const long first = blockIdx.y * pass.stride + (long) blockIdx.x * CF_ROWS;
  const float *x = pass.x + 3 * first;
  float *sums = pass.sums + (blockIdx.y * pass.blocks + blockIdx.x) * cf_n_small (&pass.shape) + (size_t) width * (pass.shape.hidden + 1) + 1;

  for (int j = threadIdx.x; j < width; j += CF_BLOCK)
    {
      float sum = 0, sum_x = 0, sum_y = 0, sum_z = 0;

      for (int r = 0; r < CF_ROWS; r++)
        {
          size_t at = (first + r) * width + j;
          float d = pass.z[at] * cf_load (&pass.slope[at]);

          sum += d;
          sum_x += d * x[3 * r];
          sum_y += d * x[3 * r + 1];
          sum_z += d * x[3 * r + 2];
        }
      sums[j] = sum;
      sums[width + j] = sum_x;
      sums[2 * width + j] = sum_y;
      sums[3 * width + j] = sum_z;
    }
}

/* And for a query: the derivative by the input. gradient: [group][stride][3]. */
template <typename T> CF_KERNEL void
cf_input_gradient_kernel (CfPass<T> pass, float *gradient)
{
  CF_SHARED float part[3][CF_BLOCK];
  const int width = pass.shape.width, lane = threadIdx.x % CF_GROUP, group = threadIdx.x / CF_GROUP;
  const float *w = pass.params[blockIdx.y];

  for (int base = 0; base < CF_ROWS; base += CF_BLOCK / CF_GROUP)
    {
      long row = blockIdx.y * pass.stride + (long) blockIdx.x * CF_ROWS + base + group;
      float sum[3] = { 0, 0, 0 };

      for (int j = lane; j < width; j += CF_GROUP)
        {
          float d = pass.z[row * width + j] * cf_load (&pass.slope[row * width + j]);

          for (int a = 0; a < 3; a++)
            sum[a] += d * w[3 * j + a];
        }
      for (int a = 0; a < 3; a++)
        part[a][threadIdx.x] = sum[a];
      cf_sum_group (part);
      for (int a = 0; a < 3 && lane == 0; a++)
        gradient[3 * row + a] = part[a][threadIdx.x] / pass.dout_scale;
      CF_SYNC ();
    }
}

/* The 16-bit copies of parameters. */
template <typename T> CF_KERNEL void
cf_halves_kernel (size_t n, const float *params, T *halves)
{
  size_t i = (size_t) blockIdx.x * CF_BLOCK + threadIdx.x;

  if (i < n)
    cf_store (&halves[i], params[i]);
}
