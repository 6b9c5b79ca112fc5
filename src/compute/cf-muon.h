/* cf-muon.h: Muon (Jordan et al. 2024): momentum, orthogonalised by a Newton-Schulz iteration. For square hidden matrices. */
#pragma once

#include "cf-blas.h"

G_BEGIN_DECLS

/** Scratch memory for one matrix; used by one thread at a time. */
typedef struct _CfMuon CfMuon;

CfMuon *cf_muon_new (const CfBlas *blas, int width);
void cf_muon_free (CfMuon *muon);
/** w -= rate O, O being the orthogonalised Nesterov momentum of gradient g (its elements have a root mean square of about
 * 1 / sqrt (width)). momentum: state, [width][width], zeros before the first step. */
void cf_muon_step (CfMuon *muon, float *w, float *momentum, const float *g, float rate);

/** Floating-point operations of a step's products. */
double cf_muon_operations (int width);

G_END_DECLS
