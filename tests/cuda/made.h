/* made.h: what the tests of the backend cuda share: fields; and, for kernels that are carried out on the host, fits with errors on order. */
#pragma once

#include "cf-backend.h"
#include "cf-field.h"

/** A field on the grid, in balanced regions. shape: of the random networks that all of them get, from seed on; NULL: no region is trained yet. */
CfField *made_field (const CfGrid *grid, const CfSirenShape *shape, guint32 seed);
/** The same of side voxels a side, 1 A each. */
CfField *made_cube (int side, const CfSirenShape *shape, guint32 seed);
/** What a share of n values stays below. */
double made_level (const float *values, gsize n, double share);

#define MADE_SAMPLES 600
extern const CfSirenShape made_shape;
/** Samples of a function: places in the cube, and values there. */
extern float made_x[3 * MADE_SAMPLES], made_t[MADE_SAMPLES];
void made_init (void);

/** cuda/fp32; each argument a number of cf-simt-host.h, or "". */
CfBackend *made_backend (const char *launches, const char *memory, const char *devices);
CfFit *made_fit (CfBackend *backend, int seed);
/** The last epoch's loss. */
double made_epochs (CfFit *fit, int epochs);
/** Three epochs of n fits at once, and their losses. */
void made_regions (CfBackend *backend, int n, double *losses);
