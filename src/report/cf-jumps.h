/* cf-jumps.h: how far a blended field and its gradient jump where a sub-region begins or ends: the seams of the published blend (method.md
 * section 2), measured, beside those of ours. */
#pragma once

#include "cf-evaluator.h"

G_BEGIN_DECLS

/** Of n points: |jump| of d, and the length of the jump of its gradient, A^-1. NAN where n is 0. */
typedef struct
{
  gsize n;
  double value_mean, value_rms, value_max;
  double gradient_mean, gradient_rms, gradient_max;
} CfJump;

typedef struct
{
  CfBlend blend;
  CfJump planes;    /* at points drawn over all planes where a region begins or ends */
  CfJump crossings; /* at points of these planes where regions overlap along another axis too */
} CfJumps;

/** A point and what was found there, for a table. */
typedef struct
{
  gboolean crossing;
  int axis;      /* across which it jumps */
  double xyz[3]; /* A */
  double value[2], gradient[2]; /* |jump| with blend paper, with blend smooth; NAN where a region is not trained */
} CfJumpPoint;

/** Both blends on the same networks, at the same points, the same ones each time: `points` (0: 256) a plane, and as many at its crossings. out[0] is of
 * blend paper, out[1] of blend smooth. list (NULL: not wanted): a new array of CfJumpPoint. A field of one region has no points. FALSE with an error. */
gboolean cf_jumps_measure (CfEvaluator *evaluator, gsize points, CfJumps out[2], GArray **list, GCancellable *cancellable, GError **error);

G_END_DECLS
