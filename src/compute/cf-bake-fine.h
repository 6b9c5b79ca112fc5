/* cf-bake-fine.h: the field itself in a box of finer samples, where a picture can see it. */
#pragma once

#include "cf-evaluator.h"
#include "cf-fine.h"

G_BEGIN_DECLS

/** How many samples a picture had better not go beyond: a processor asks its networks for about 100,000 a second, so that what is seen of 2.6 million takes
 * it some twenty seconds; a device fills 8 million (32 MiB, and as much again on it) in less than one. */
gsize cf_bake_fine_most (CfEvaluator *evaluator);
/** Fills out, the box's samples (x fastest), d: the field's where the samples around (of the field, on `grid`) reach part->lowest, elsewhere what lies
 * between them; and towards the box's faces from one to the other (cf_fine_taper ()). NAN beside samples that are. Thread safe; outputs are undefined on failure. */
gboolean cf_bake_fine (CfEvaluator *evaluator, const CfGrid *grid, const float *samples, const CfFinePart *part, float *out,
                       CfProgressFunc progress, gpointer user_data, GCancellable *cancellable, GError **error);

/** The same on the device that computes, where the samples stay. */
typedef struct _CfFineSamples CfFineSamples;

/** Like cf_bake_fine (). NULL without an error where the evaluator's backend has no device, or that has no room for them. Thread safe. */
CfFineSamples *cf_bake_fine_there (CfEvaluator *evaluator, const CfGrid *grid, const float *samples, const CfFinePart *part,
                                   CfProgressFunc progress, gpointer user_data, GCancellable *cancellable, GError **error);
CfFineSamples *cf_fine_samples_ref (CfFineSamples *samples);
void cf_fine_samples_unref (CfFineSamples *samples);
/** A CfFineGive: data is a CfFineSamples. Thread safe. */
int cf_fine_samples_give (gpointer data, CfFineTarget *target);
/** Whether their device is lost: there is nothing to give any more. Thread safe. */
gboolean cf_fine_samples_lost (CfFineSamples *samples);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfFineSamples, cf_fine_samples_unref)

G_END_DECLS
