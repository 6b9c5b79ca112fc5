/* cf-fine.h: a box of a field whose samples lie closer than the field's own, for a picture that is seen from near. Thread safe. */
#pragma once

#include "cf-fine-sample.h"
#include "cf-grid.h"

G_BEGIN_DECLS

typedef struct
{
  int lo[3], dims[3]; /* samples of the field: the first, and how many, those at both ends included */
  int factor;         /* steps of the box by step of the field; 1: the field's own samples are fine enough */
  double lowest;      /* d: only beside samples of the field that reach it is the box finer than between them */
} CfFinePart;

/** The box's own samples: dims[a] = (part->dims[a] - 1) factor + 1, each factor-th one a sample of the field. */
void cf_fine_grid (const CfGrid *field, const CfFinePart *part, CfGrid *out);
/** Whether two boxes of one field have the same samples. */
gboolean cf_fine_same (const CfFinePart *a, const CfFinePart *b);
/** Trilinear between the field's samples, at each of the box's (x fastest): NAN beside a NAN. */
void cf_fine_fill (const CfGrid *field, const float *samples, const CfFinePart *part, float *out);
/** Lets out run, over the outermost CF_FINE_MARGIN voxels, into what cf_fine_fill () gives, so that a picture of the box goes on in one of the field
 * without a step. Not at faces where the field ends too. */
void cf_fine_taper (const CfGrid *field, const float *samples, const CfFinePart *part, float *out);

G_END_DECLS
