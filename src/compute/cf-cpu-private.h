/* cf-cpu-private.h: the CPU backend's own struct and the two halves of its vtable. */
#pragma once

#include "cf-backend-private.h"
#include "cf-blas.h"
#include "cf-pool.h"

G_BEGIN_DECLS

typedef struct
{
  CfBackend parent;
  const CfBlas *blas;
  CfPool *pool;
} CfCpuBackend;

gboolean cf_cpu_loss_gradient (CfBackend *backend, const CfSiren *siren, gsize n, const float *local, const float *target, double *loss,
                               float *gradient, GError **error);
CfFit *cf_cpu_fit_new (CfBackend *backend, const CfSiren *start, const CfFitSpec *spec, gsize n, const float *local, const float *target,
                       GError **error);
gboolean cf_cpu_fit_epoch (CfFit *fit, int threads, double *loss, GCancellable *cancellable, GError **error);
void cf_cpu_fit_finish (CfFit *fit, gint64 from, gint64 steps);
CfSiren *cf_cpu_fit_weights (CfFit *fit, GError **error);
void cf_cpu_fit_get_state (CfFit *fit, CfFitState *out);
void cf_cpu_fit_set_state (CfFit *fit, const CfFitState *state);
void cf_cpu_fit_free (CfFit *fit);

G_END_DECLS
