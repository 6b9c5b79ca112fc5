/* cf-climb.h: from seeds to peaks of the field. Private to compute. */
#pragma once

#include "cf-landscape.h"

G_BEGIN_DECLS

/** Fills peak, peak_density, gradients and dropped of peaks from its seeds, and closes the gaps of those that left the map. landscape:
 * of all samples of d >= the lowest seed's; NULL: the paper's ascent. trail[peaks->n], may be NULL: arrays of float[3] that get the places
 * of each climb, numbered as the seeds were before the gaps were closed. Paper: section "Gradient ascent". */
gboolean cf_climb (CfEvaluator *evaluator, CfLandscape *landscape, CfPeaks *peaks, GArray **trail, CfProgressFunc progress, gpointer user_data,
                   GCancellable *cancellable, GError **error);

G_END_DECLS
