/* cf-tiles.h: 16 x 16 tiles of matrices that a warp multiplies together: 16-bit operands, fp32 sums. With nvcc they are the matrix units' own; elsewhere the first
 * thread of each warp does the work of all, and what the matrix units ask of addresses is checked. All threads of a warp call together. */
#pragma once

#include "cf-float16.h"

#define CF_TILE 16

#ifdef __CUDACC__

#include <mma.h>

typedef nvcuda::wmma::fragment<nvcuda::wmma::matrix_a, CF_TILE, CF_TILE, CF_TILE, CfHalf, nvcuda::wmma::row_major> CfTileA;
typedef nvcuda::wmma::fragment<nvcuda::wmma::matrix_b, CF_TILE, CF_TILE, CF_TILE, CfHalf, nvcuda::wmma::col_major> CfTileB;
typedef nvcuda::wmma::fragment<nvcuda::wmma::accumulator, CF_TILE, CF_TILE, CF_TILE, float> CfTileSum;

CF_DEVICE void cf_tile_load (CfTileA &tile, const CfHalf *at, unsigned row) { nvcuda::wmma::load_matrix_sync (tile, at, row); }
CF_DEVICE void cf_tile_load (CfTileB &tile, const CfHalf *at, unsigned row) { nvcuda::wmma::load_matrix_sync (tile, at, row); }
CF_DEVICE void cf_tile_clear (CfTileSum &sum) { nvcuda::wmma::fill_fragment (sum, 0.0f); }
CF_DEVICE void cf_tile_add (CfTileSum &sum, const CfTileA &a, const CfTileB &b) { nvcuda::wmma::mma_sync (sum, a, b, sum); }
CF_DEVICE void cf_tile_store (float *at, const CfTileSum &sum) { nvcuda::wmma::store_matrix_sync (at, sum, CF_TILE, nvcuda::wmma::mem_row_major); }

#else

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

struct CfTileA
{
  float x[CF_TILE][CF_TILE];
};
struct CfTileB
{
  float x[CF_TILE][CF_TILE]; /* [column][row] */
};
typedef CfTileA CfTileSum;

static inline bool
cf_tile_leads (void)
{
  return threadIdx.x % 32 == 0;
}

template <typename T> static inline void
cf_tile_load (T &tile, const CfHalf *at, unsigned row)
{
  if ((uintptr_t) at % 32 != 0 || row % 8 != 0)
    {
      fprintf (stderr, "tiles: one at %p with rows of %u, needs steps of 32 bytes and of 8\n", (const void *) at, row);
      abort ();
    }
  for (int r = 0; cf_tile_leads () && r < CF_TILE; r++)
    for (int c = 0; c < CF_TILE; c++)
      tile.x[r][c] = cf_load (&at[r * row + c]);
}

static inline void
cf_tile_clear (CfTileSum &sum)
{
  if (cf_tile_leads ())
    memset (&sum, 0, sizeof sum);
}

static inline void
cf_tile_add (CfTileSum &sum, const CfTileA &a, const CfTileB &b)
{
  for (int r = 0; cf_tile_leads () && r < CF_TILE; r++)
    for (int c = 0; c < CF_TILE; c++)
      for (int k = 0; k < CF_TILE; k++)
        sum.x[r][c] += a.x[r][k] * b.x[c][k];
}

static inline void
cf_tile_store (float *at, const CfTileSum &sum)
{
  if (cf_tile_leads ())
    memcpy (at, sum.x, sizeof sum.x);
}

#endif
