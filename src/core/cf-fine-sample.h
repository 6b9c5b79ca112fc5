/* cf-fine-sample.h: a box of finer samples (cf-fine.h), sample by sample, for host and device; and who fills them on a device is asked for them. */
#pragma once

#include "cf-lattice.h"

#define CF_FINE_MARGIN 2 /* of the field's voxels inside the box's faces: there its samples go over into what lies between the field's */

/** A box that a device is to fill: see cf_bake_fine () of compute. */
typedef struct
{
  CfLattice lattice;         /* of the finer samples: dims[a] = (part[a] - 1) factor + 1 */
  int lo[3], part[3], of[3]; /* the field's samples: the first of the box, those of the box, all */
  int factor;
  const float *between;      /* [part], x fastest: the field's samples of the box */
  int block, blocks[3];      /* finer samples a side of a block; the last also has the box's far face */
  const unsigned char *seen; /* [blocks], x fastest: 1 where the field itself is asked, elsewhere what lies between its samples does */
} CfFineBox;

/** Trilinear between a field's samples, at i, j, k finer samples from `first`; row, layer: from one of its samples to the next in y, z. */
CF_BOTH float
cf_fine_between (const float *first, size_t row, size_t layer, int factor, int i, int j, int k)
{
  const float *c = first + (size_t) (k / factor) * layer + (size_t) (j / factor) * row + i / factor;
  const size_t x = i % factor > 0, y = j % factor > 0 ? row : 0, z = k % factor > 0 ? layer : 0;
  const float u = (float) (i % factor) / factor, v = (float) (j % factor) / factor, w = (float) (k % factor) / factor;
  const float low = (1 - v) * ((1 - u) * c[0] + u * c[x]) + v * ((1 - u) * c[y] + u * c[y + x]);
  const float high = (1 - v) * ((1 - u) * c[z] + u * c[z + x]) + v * ((1 - u) * c[z + y] + u * c[z + y + x]);

  return (1 - w) * low + w * high;
}

/** Along one axis: 0 at a face of the box beyond which the field goes on, 1 from the margin on. */
CF_BOTH float
cf_fine_share (int lo, int part, int of, int factor, int at)
{
  const double margin = (double) CF_FINE_MARGIN * factor, last = (double) (part - 1) * factor;
  double t = 1;

  if (lo > 0 && at / margin < t)
    t = at / margin;
  if (lo + part < of && (last - at) / margin < t)
    t = (last - at) / margin;
  return (float) (t * t * (3 - 2 * t));
}

/** What becomes of samples that lie on a device. */
typedef struct
{
  unsigned gl_texture; /* 3D, R32F, as large as the samples, in the current GL context; 0: there is none */
  float empty;         /* what NAN becomes in it */
  int edge, first[3];  /* finer samples a side of a brick; the first sample, counted from the first brick's */
  int n[3];            /* bricks; the last of each axis has all that follows */
  float *ranges;       /* [n][2], x fastest: the smallest and the largest sample in each brick, INFINITY and -INFINITY where there is none */
  float *samples;      /* on the host; NULL: they are not wanted there */
  int in_gl;           /* out: texture and ranges were filled; not samples */
} CfFineTarget;

/** Fills the texture where its GL context is the device's own, else the samples where they are wanted. 0 where the device is lost. On the thread whose GL
 * context is current; nothing of it is held afterwards. */
typedef int (*CfFineGive) (void *data, CfFineTarget *target);
