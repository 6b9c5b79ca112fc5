/* cf-landscape.h: the field between its samples, near those of a level or more: where most of a climb needs no network. Private to compute. */
#pragma once

#include "cf-ascent.h"
#include "cf-landscape-answer.h"

G_BEGIN_DECLS

/** Samples in bricks. Only those bricks are kept that have a sample of d >= lowest, or a neighbour that has one. */
typedef struct _CfLandscape CfLandscape;
/** threads: of each query, the caller's included. */
CfLandscape *cf_landscape_new (const CfGrid *grid, double lowest, int threads);
void cf_landscape_free (CfLandscape *landscape);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfLandscape, cf_landscape_free)
/** The next n_planes along Z; a multiple of CF_LANDSCAPE_SIDE, but for the last. Not thread safe. */
void cf_landscape_add (CfLandscape *landscape, const float *samples, int n_planes);

/** Where a device finds the bricks; every plane is there. Borrowed from the landscape. */
CfLandscapeView cf_landscape_view (const CfLandscape *landscape);

/** A CfAscentQuery; user_data is the landscape, of which every plane is there. Cubic convolution of six samples an axis: continuous with
 * its gradient, error of fourth order in the spacing (Keys 1981, "Cubic convolution interpolation for digital image processing"). NAN
 * where samples that it needs were not kept or lie outside of the grid. Thread safe. */
gboolean cf_landscape_query (gpointer user_data, gsize n, const double *xyz, float *value, float *gradient, GCancellable *cancellable,
                             GError **error);

G_END_DECLS
