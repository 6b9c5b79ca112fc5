/* cf-half-choice.h: whether a network that was fitted can be stored in half the bytes. */
#pragma once

#include "cf-region-fit.h"

G_BEGIN_DECLS

/** The network with its hidden matrices rounded to float16, fit->half and fit->held_out set, where that changes its error at the held-out samples by
 * no more than 1 %; else, and where none are held out, siren itself, and fit as it was. A new reference. */
CfSiren *cf_half_choose (CfBackend *backend, CfSiren *siren, const CfSamples *samples, int threads, CfRegionFit *fit);

G_END_DECLS
