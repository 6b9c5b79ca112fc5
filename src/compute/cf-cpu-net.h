/* cf-cpu-net.h: one network on one tile of samples: forward, and backward to the input or to the parameters. */
#pragma once

#include "cf-blas.h"
#include "cf-siren.h"

G_BEGIN_DECLS

/** Rows of a tile. Its matrices stay in the caches; a minibatch is always cut into tiles of this size, whatever the thread count. */
#define CF_TILE_ROWS 512

/** Rows that a query asks for at once, and what they are filled up to a multiple of: a BLAS takes 4 to 48 rows at a time and rounds what is left over in another
 * way. With OpenBLAS's kernels for AVX-512 (SkylakeX) a point's value is then the same whichever others are asked for with it; those for AVX2 (Haswell) round a
 * row by its place among twelve too. */
#define CF_QUERY_ROWS 480
#define CF_QUERY_UNIT 48

/** A view of parameters that live elsewhere. */
typedef struct
{
  CfSirenShape shape;
  const CfBlas *blas;
  const float *params; /* in CfSiren's order */
} CfNet;

/** t at rows <= CF_QUERY_ROWS points x[rows][3]; gradient[rows][3] = dt / dx, or NULL. Thread safe: its scratch memory belongs to the thread. */
void cf_net_eval (const CfNet *net, gsize rows, const float *x, float *value, float *gradient);

/** The sum over rows of (t - target)^2, returned, and scale times its derivative by each parameter, written to gradient (all of it). */
double cf_net_loss_gradient (const CfNet *net, gsize rows, const float *x, const float *target, float scale, float *gradient);

G_END_DECLS
