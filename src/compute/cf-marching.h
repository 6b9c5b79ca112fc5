/* cf-marching.h: rays through the field itself, without samples between. */
#pragma once

#include "cf-evaluator.h"
#include "cf-march.h"

G_BEGIN_DECLS

/** Where the rays of target's rows meet the surface at view->level: fills target as cf-march.h has it. On a backend that can, on its device, and
 * there straight into target's textures where the current GL context is the device's own; otherwise in waves of cf_evaluator_query (). space
 * says where nothing is. Call it on the thread of the GL context where target has textures. CF_ERROR as cf_evaluator_query (). */
gboolean cf_evaluator_march (CfEvaluator *evaluator, const CfMarchView *view, const CfMarchSpace *space, CfMarchTarget *target,
                             GCancellable *cancellable, GError **error);

/** Whether the backend has a device for this: then all along a ray the networks are asked; otherwise a picture had better ask where samples say that the
 * surface is. */
gboolean cf_evaluator_has_march (CfEvaluator *evaluator);

G_END_DECLS
