/* cf-evaluator.h: value and analytic gradient of the blended field, anywhere. method.md section 2 (Blend). */
#pragma once

#include "cf-backend.h"

G_BEGIN_DECLS

/** A field on a backend; thread safe. */
typedef struct _CfEvaluator CfEvaluator;
CfEvaluator *cf_evaluator_new (CfBackend *backend, CfField *field);
CfEvaluator *cf_evaluator_ref (CfEvaluator *evaluator);
void cf_evaluator_unref (CfEvaluator *evaluator);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfEvaluator, cf_evaluator_unref)
CfField *cf_evaluator_field (CfEvaluator *evaluator); /* borrowed */
CfBackend *cf_evaluator_backend (CfEvaluator *evaluator); /* borrowed */

/** n points xyz[n][3] in A. value[n]: normalised d, of a rectified field (cf-transform.h) never below 0, with a gradient
 * of 0 where no region finds any, of others not clamped; NAN outside the map and where a region that has weight there is not
 * trained. gradient[n][3]: of d in A^-1, weights' gradient included; NULL for none; NAN where the value is. */
gboolean cf_evaluator_query (CfEvaluator *evaluator, gsize n, const double *xyz, float *value, float *gradient, GCancellable *cancellable,
                             GError **error);

/** The field at every point of a grid (x fastest), d, NAN as above. progress may be NULL. */
gboolean cf_evaluator_bake (CfEvaluator *evaluator, const CfGrid *grid, float *out, CfProgressFunc progress, gpointer user_data,
                            GCancellable *cancellable, GError **error);
/** A volume in file units from the field, placed as the source: at `spacing` A, or like `like`, or (0, NULL) at the map's own voxels. */
CfVolume *cf_evaluator_sample (CfEvaluator *evaluator, double spacing, const CfVolume *like, CfProgressFunc progress, gpointer user_data,
                               GCancellable *cancellable, GError **error);

G_END_DECLS
