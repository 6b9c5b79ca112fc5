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
  int rectified; /* a t below -1, which no density has, says d = 0: where there is nothing a network has to be low, not exact */
} CfTransform;

int cf_transform_equal (const CfTransform *a, const CfTransform *b);
/** Of a d below 0 too, as far as the kind has one: from -o on the root does not fall any more. */
double cf_transform_forward (const CfTransform *transform, double d);
/** d and, where dd is not NULL, dd/dt. A t below what d = 0 gives stays on the branch that rises (the square's mirrored part is 0 slope at most);
 * rectified, both are 0 there. */
double cf_transform_inverse (const CfTransform *transform, double t, double *dd);

/** The same, inline. */
CF_BOTH double
cf_transform_back (const CfTransform *transform, double t, double *dd)
{
  double o = transform->offset, half, root;

  if (transform->rectified && t < -1)
    {
      if (dd)
        *dd = 0;
      return 0;
    }
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
