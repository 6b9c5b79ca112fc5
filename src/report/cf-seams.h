/* cf-seams.h: how far the networks of neighbouring sub-regions disagree where both of them have a say. */
#pragma once

#include "cf-evaluator.h"

G_BEGIN_DECLS

/** Of two regions that are neighbours along one axis; |d_a - d_b| over n points in the box that both cover. Normalised units (fractions
 * of the map's largest voxel); NAN where n is 0: one of the two is not trained. */
typedef struct
{
  int a, b;  /* a before b along the axis */
  int axis;
  gsize n;
  double mean_abs, rms, max;
} CfSeam;

typedef struct
{
  gsize n;
  CfSeam *seams; /* the largest rms first, those without points last; ties by a, then axis */
  CfSeam all;    /* over all points; a, b, axis are -1 */
} CfSeams;

/** points: of each seam; 0: 256. The same ones each time. A field of one region has no seams. */
CfSeams *cf_seams_new (CfEvaluator *evaluator, gsize points, GCancellable *cancellable, GError **error);
void cf_seams_free (CfSeams *seams);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfSeams, cf_seams_free)

G_END_DECLS
