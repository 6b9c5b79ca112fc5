/* cf-backend-private.h: what a backend fills in. Arguments arrive checked (cf-backend.c), so that backends stay thin. */
#pragma once

#include "cf-backend.h"

G_BEGIN_DECLS

typedef struct _CfBackendClass CfBackendClass;

/** Begins every backend's own struct. */
struct _CfBackend
{
  const CfBackendClass *klass;
  gatomicrefcount ref_count;
  char *description;
  int threads;
  int lanes;
};

/** Begins every backend's own fit. */
struct _CfFit
{
  CfBackend *backend; /* a reference */
};

/** Points of one network; see cf_backend_eval (). */
typedef struct
{
  const CfSiren *siren;
  gsize n;
  const float *local; /* [n][3] */
  float *value;       /* [n] */
  float *gradient;    /* [n][3] or NULL; the same choice in all jobs of a call */
} CfEvalJob;

/** All entries are needed but the pair of the state, which are both there or both NULL. The contracts are those of the public calls of the same name. */
struct _CfBackendClass
{
  const char *name;
  gboolean (*eval) (CfBackend *backend, const CfEvalJob *jobs, gsize n_jobs, int threads, GError **error);
  gboolean (*loss_gradient) (CfBackend *backend, const CfSiren *siren, gsize n, const float *local, const float *target, double *loss,
                             float *gradient, GError **error);
  CfFit *(*fit_new) (CfBackend *backend, const CfSiren *start, const CfFitSpec *spec, gsize n, const float *local, const float *target,
                     GError **error);
  gboolean (*fit_epoch) (CfFit *fit, int threads, double *loss, GCancellable *cancellable, GError **error);
  void (*fit_finish) (CfFit *fit, gint64 from, gint64 steps);
  CfSiren *(*fit_weights) (CfFit *fit, GError **error);
  void (*fit_get_state) (CfFit *fit, CfFitState *out);
  void (*fit_set_state) (CfFit *fit, const CfFitState *state);
  void (*fit_free) (CfFit *fit);
  void (*free) (CfBackend *backend);
};

/** Several networks in one call, so that a device is full where each has few points. Contract of cf_backend_eval (). */
gboolean cf_backend_eval_jobs (CfBackend *backend, const CfEvalJob *jobs, gsize n_jobs, int threads, GError **error);

CfBackend *cf_cpu_backend_open (int threads, GError **error);
/** device -1: the first. CF_ERROR_DEVICE where there is none that works. */
CfBackend *cf_cuda_backend_open (int device, GError **error);

G_END_DECLS
