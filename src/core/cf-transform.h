/* cf-transform.h: what the network is trained on as a function of d, for host and device. */
#pragma once

#include <math.h>

#include "cf-both.h"

typedef enum
{
  CF_TRANSFORM_LINEAR, /* t = 2 d - 1 */
  CF_TRANSFORM_SQRT    /* t = 2 (sqrt (d + o) - sqrt (o)) / (sqrt (1 + o) - sqrt (o)) - 1 */
} CfTransformKind;

/** t in [-1, 1], as a function of d in [0, 1]. */
typedef struct
{
  CfTransformKind kind;
  double offset; /* o */
} CfTransform;

double cf_transform_forward (const CfTransform *transform, double d);
/** d and, where dd is not NULL, dd/dt. A t below what d = 0 gives stays on the branch that rises (the square's mirrored part is 0 slope at most). */
double cf_transform_inverse (const CfTransform *transform, double t, double *dd);

/** The same, inline. */
CF_BOTH double
cf_transform_back (const CfTransform *transform, double t, double *dd)
{
  double o = transform->offset, half, root;

  if (transform->kind == CF_TRANSFORM_LINEAR)
    {
      if (dd)
        *dd = 0.5;
      return 0.5 * (t + 1);
    }
  half = 0.5 * (sqrt (1 + o) - sqrt (o));
  root = half * (t + 1) + sqrt (o);
  root = root > 0 ? root : 0;
  if (dd)
    *dd = 2 * root * half;
  return root * root - o;
}
