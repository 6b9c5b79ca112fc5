/* cf-fused-kernels.h: values of networks of the usual width with 16-bit operands, all layers in one kernel: what lies between two products stays on the
 * multiprocessor, where one kernel after the other writes it to memory and reads it again, which takes longer than the products. */
#pragma once

#include "cf-kernels.h"
#include "cf-tiles.h"

#define CF_FUSED_WIDTH 256
#define CF_FUSED_PITCH (CF_FUSED_WIDTH + 8) /* of the sines, so that rows begin in other banks */
#define CF_FUSED_PIECE_PITCH (CF_TILE + 8)  /* of the weights of CF_TILE inputs */
#define CF_FUSED_DOWN 2                     /* tiles of a warp */
#define CF_FUSED_ALONG 4
#define CF_FUSED_WARPS (CF_BLOCK / 32)
#define CF_FUSED_WARPS_ALONG (CF_FUSED_WIDTH / (CF_FUSED_ALONG * CF_TILE))

static_assert (CF_BLOCK == CF_FUSED_WIDTH, "a thread a column of the first layer");
static_assert (CF_FUSED_WARPS / CF_FUSED_WARPS_ALONG * CF_FUSED_DOWN * CF_TILE == CF_ROWS, "the warps take all rows");

/* 16 bytes, read and written as one. */
struct __attribute__ ((may_alias)) CfFusedPiece
{
  alignas (16) unsigned word[4];
};

static inline bool
cf_fused_fits (const CfCudaShape &shape)
{
  return shape.width == CF_FUSED_WIDTH && shape.hidden > 0;
}

/* Weights of inputs k .. k + 15 of all outputs: two pieces of a thread, neighbours read neighbours. */
CF_DEVICE void
cf_fused_fetch (const CfHalf *weights, int k, CfFusedPiece (&piece)[2])
{
  CF_UNROLL
  for (int i = 0; i < 2; i++)
    piece[i] = *(const CfFusedPiece *) (weights + (size_t) (threadIdx.x / 2 + i * CF_BLOCK / 2) * CF_FUSED_WIDTH + k + threadIdx.x % 2 * 8);
}

CF_DEVICE void
cf_fused_put (CfHalf *staged, const CfFusedPiece (&piece)[2])
{
  CF_UNROLL
  for (int i = 0; i < 2; i++)
    *(CfFusedPiece *) (staged + (threadIdx.x / 2 + i * CF_BLOCK / 2) * CF_FUSED_PIECE_PITCH + threadIdx.x % 2 * 8) = piece[i];
}

/* sum = act weights^T, of the warp's tiles. */
CF_DEVICE void
cf_fused_product (const CfHalf *act, const CfHalf *weights, CfHalf *staged, int row, int column, CfTileSum (&sum)[CF_FUSED_DOWN][CF_FUSED_ALONG])
{
  CfFusedPiece piece[2];

  CF_UNROLL
  for (int d = 0; d < CF_FUSED_DOWN; d++)
    CF_UNROLL
    for (int a = 0; a < CF_FUSED_ALONG; a++)
      cf_tile_clear (sum[d][a]);
  cf_fused_fetch (weights, 0, piece);
  for (int k = 0; k < CF_FUSED_WIDTH; k += CF_TILE)
    {
      CfTileA left[CF_FUSED_DOWN];

      cf_fused_put (staged, piece);
      CF_SYNC ();
      /* The next ones are on their way meanwhile. */
      if (k + CF_TILE < CF_FUSED_WIDTH)
        cf_fused_fetch (weights, k + CF_TILE, piece);
      CF_UNROLL
      for (int d = 0; d < CF_FUSED_DOWN; d++)
        cf_tile_load (left[d], act + (row + d * CF_TILE) * CF_FUSED_PITCH + k, CF_FUSED_PITCH);
      CF_UNROLL
      for (int a = 0; a < CF_FUSED_ALONG; a++)
        {
          CfTileB right;

          cf_tile_load (right, staged + (column + a * CF_TILE) * CF_FUSED_PIECE_PITCH, CF_FUSED_PIECE_PITCH);
          CF_UNROLL
          for (int d = 0; d < CF_FUSED_DOWN; d++)
            cf_tile_add (sum[d][a], left[d], right);
        }
      CF_SYNC ();
    }
}

/* The sines of the warp's tiles, one after the other by way of `own`, which is the warp's. Nobody reads act meanwhile. */
CF_DEVICE void
cf_fused_sines (CfHalf *act, float *own, const float *bias, float w0, int row, int column, const CfTileSum (&sum)[CF_FUSED_DOWN][CF_FUSED_ALONG])
{
  const int lane = threadIdx.x % 32;

  CF_UNROLL
  for (int d = 0; d < CF_FUSED_DOWN; d++)
    CF_UNROLL
    for (int a = 0; a < CF_FUSED_ALONG; a++)
      {
        const int at = column + a * CF_TILE + lane % CF_TILE;
        const float b = bias[at];

        cf_tile_store (own, sum[d][a]);
        CF_SYNC_WARP ();
        for (int i = lane; i < CF_TILE * CF_TILE; i += 32)
          cf_store (&act[(row + d * CF_TILE + i / CF_TILE) * CF_FUSED_PITCH + at], cf_sine (w0 * (own[i] + b)));
        CF_SYNC_WARP ();
      }
}

/* Block (x, y): rows x CF_ROWS .. of group y, as the kernels of layers. weights: [hidden][step], of layers 1 .. hidden of each group. */
CF_KERNEL_TWICE void
cf_fused_kernel (CfPass<CfHalf> pass, const CfHalf *const *weights, int step)
{
  alignas (32) CF_SHARED CfHalf act[CF_ROWS * CF_FUSED_PITCH];
  alignas (32) CF_SHARED CfHalf staged[CF_FUSED_WIDTH * CF_FUSED_PIECE_PITCH]; /* each warp's own between two products */
  CF_SHARED float part[1][CF_BLOCK];
  const int warp = threadIdx.x / 32, row = warp / CF_FUSED_WARPS_ALONG * CF_FUSED_DOWN * CF_TILE, column = warp % CF_FUSED_WARPS_ALONG * CF_FUSED_ALONG * CF_TILE;
  const int lane = threadIdx.x % CF_GROUP, j = threadIdx.x;
  const float *params = pass.params[blockIdx.y], *w = params + cf_weight_at (&pass.shape, pass.shape.hidden + 1);
  const size_t first = blockIdx.y * pass.stride + (size_t) blockIdx.x * CF_ROWS;
  const float *x = pass.x + 3 * first;
  CfTileSum sum[CF_FUSED_DOWN][CF_FUSED_ALONG];

  for (int r = 0; r < CF_ROWS; r++)
    cf_store (&act[r * CF_FUSED_PITCH + j], cf_sine (cf_first_angle (pass.shape.w0_first, x[3 * r], x[3 * r + 1], x[3 * r + 2], params[3 * j], params[3 * j + 1],
                                                                     params[3 * j + 2], params[3 * CF_FUSED_WIDTH + j])));
  for (int l = 1; l <= pass.shape.hidden; l++)
    {
      cf_fused_product (act, weights[(size_t) (l - 1) * step + blockIdx.y], staged, row, column, sum);
      cf_fused_sines (act, (float *) staged + warp * CF_TILE * CF_TILE, params + cf_bias_at (&pass.shape, l), pass.shape.w0, row, column, sum);
      CF_SYNC ();
    }
  for (int base = 0; base < CF_ROWS; base += CF_FUSED_WARPS)
    {
      float mine = 0;

      for (int i = lane; i < CF_FUSED_WIDTH; i += CF_GROUP)
        mine += cf_load (&act[(base + warp) * CF_FUSED_PITCH + i]) * w[i];
      part[0][threadIdx.x] = mine;
      cf_sum_group (part);
      if (lane == 0)
        pass.out[first + base + warp] = part[0][threadIdx.x] + w[CF_FUSED_WIDTH];
      CF_SYNC ();
    }
}
