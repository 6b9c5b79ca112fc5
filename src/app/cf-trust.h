/* cf-trust.h: what the picture of the field is held against: the map's voxels, the coefficients of their cubic spline, and the field
 * minus the voxels. Made in a worker, when they are first asked for. */
#pragma once

#include <gio/gio.h>

#include "cf-evaluator.h"
#include "cf-samples.h"

G_BEGIN_DECLS

typedef enum
{
  CF_TRUST_VOXELS,
  CF_TRUST_SPLINE,
  CF_TRUST_DIFFERENCE
} CfTrustKind;
#define CF_N_TRUSTS 3

typedef struct
{
  CfSamples *samples;  /* normalised, on the voxels of the crop */
  double rms;          /* of a difference, d; NAN */
  int n_regions;
  double *region_rms;  /* [n_regions], of a difference; NAN where there is no voxel; else NULL */
  double *region_seam; /* [n_regions]: how far it and the neighbour that it agrees with least disagree where both hold, rms, d; NAN: no seam */
} CfTrust;
void cf_trust_free (CfTrust *trust);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfTrust, cf_trust_free)

/** evaluator: needed for a difference, else NULL. Takes references. */
void cf_trust_make_async (CfTrustKind kind, CfVolume *volume, const CfNormalisation *normalisation, CfEvaluator *evaluator,
                          GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
CfTrust *cf_trust_make_finish (GAsyncResult *result, CfTrustKind *kind, GError **error);

G_END_DECLS
