/* cf-half.h: IEEE 754 binary16, as weights are stored. */
#pragma once

#include "cf-siren.h"

G_BEGIN_DECLS

/** To the nearest, ties to even; beyond 65504 to infinity. */
guint16 cf_half_from_float (float value);
float cf_half_to_float (guint16 half);
/** A copy whose hidden matrices are rounded to float16; the first and the last layer and the biases, few and sensitive, are as they were. */
CfSiren *cf_half_round_siren (const CfSiren *siren);

G_END_DECLS
