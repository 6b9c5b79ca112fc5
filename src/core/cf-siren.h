/* cf-siren.h: the parameters of one sine network (Sitzmann et al. 2020, "Implicit Neural Representations with Periodic
 * Activation Functions"). Data only: src/compute evaluates and trains it. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** x in [-1,1]^3 -> sin (w0_first (W x + b)), `width` -> `hidden` times sin (w0 (W h + b)) -> linear, 1. The paper: 256, 4, 30, 30. */
typedef struct
{
  int width;
  int hidden;
  double w0_first, w0;
} CfSirenShape;

extern const CfSirenShape cf_siren_shape_paper; /* 264,449 parameters */

/** All parameters in one allocation (llm.c); immutable once shared. Order: W0 b0 W1 b1 ... , W row-major [out][in]. */
typedef struct _CfSiren
{
  gatomicrefcount ref_count;
  CfSirenShape shape;
  gsize n; /* floats */
  float *params; /* 64-byte aligned */
} CfSiren;

/** Layers are hidden + 2; layer 0 is the first. */
int cf_siren_n_layers (const CfSirenShape *shape);
int cf_siren_layer_in (const CfSirenShape *shape, int layer);
int cf_siren_layer_out (const CfSirenShape *shape, int layer);
gsize cf_siren_n_params (const CfSirenShape *shape);
/** Offsets into params. */
gsize cf_siren_weight_offset (const CfSirenShape *shape, int layer); /* [out][in] */
gsize cf_siren_bias_offset (const CfSirenShape *shape, int layer);   /* [out] */

CfSiren *cf_siren_new (const CfSirenShape *shape); /* zeros */
/** The initialisation of method.md section 3 from a counter-based generator: the same seed and region give the same numbers on
 * every machine. */
CfSiren *cf_siren_new_random (const CfSirenShape *shape, guint64 seed, int region);
CfSiren *cf_siren_ref (CfSiren *siren);
void cf_siren_unref (CfSiren *siren);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfSiren, cf_siren_unref)

G_END_DECLS
