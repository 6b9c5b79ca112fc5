/* cf-backend-private.h: what a backend fills in. Arguments arrive checked (cf-backend.c), so that backends stay thin. */
#pragma once

#include "cf-backend.h"
#include "cf-fine-sample.h"
#include "cf-landscape-answer.h"
#include "cf-march.h"

G_BEGIN_DECLS

typedef struct _CfBackendClass CfBackendClass;
typedef struct _CfAscentJob CfAscentJob;

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
  gint64 pause_at;    /* monotonic us; 0: never */
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

/** Entries are needed where nothing else is said; the pair of the state is there or NULL together. The contracts are those of the public calls of
 * the same name. */
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
  /* optional: the blended field in one go, contract of cf_evaluator_query (). FALSE where this backend cannot at the moment: the caller sorts
   * the points itself and asks eval */
  gboolean (*field) (CfBackend *backend, const CfField *field, gsize n, const double *xyz, float *value, float *gradient);
  /* optional: the same without gradient at points first .. first + n - 1 of a grid, X fastest, so that no points have to be sent */
  gboolean (*bake) (CfBackend *backend, const CfField *field, const CfGrid *grid, gsize first, gsize n, float *value);
  /* optional: rays through the field, contract of cf_evaluator_march (). FALSE where this backend cannot at the moment: the caller asks in waves */
  gboolean (*march) (CfBackend *backend, const CfField *field, const CfMarchView *view, const CfMarchSpace *space, CfMarchTarget *target);
  /* optional: climbs on the field, or between samples where they are given (cf-landscape.h); cf_ascend () says the rest. FALSE without an error where this
   * backend cannot at the moment: the caller climbs itself. With G_IO_ERROR_CANCELLED where it was cancelled */
  gboolean (*ascend) (CfBackend *backend, const CfField *field, const CfLandscapeView *samples, const CfAscentJob *job, GError **error);
  /* optional, all four or none: a box of finer samples on the device, contract of cf_bake_fine_there (). NULL without an error where this backend cannot at
   * the moment; lost: its samples are gone */
  gpointer (*fine_new) (CfBackend *backend, const CfField *field, const CfFineBox *box, CfProgressFunc progress, gpointer user_data,
                        GCancellable *cancellable, GError **error);
  gboolean (*fine_give) (gpointer fine, CfFineTarget *target);
  gboolean (*fine_lost) (gpointer fine);
  void (*fine_free) (gpointer fine);
  /* optional: contract of cf_backend_shares_gl () */
  gboolean (*shares_gl) (CfBackend *backend);
  /* optional: measured TFLOP/s of the products that it makes; NAN where that fails */
  double (*matrix_rate) (CfBackend *backend);
  /* optional */
  char *(*take_notice) (CfBackend *backend);
};

/** Several networks in one call, so that a device is full where each has few points. Contract of cf_backend_eval (). */
gboolean cf_backend_eval_jobs (CfBackend *backend, const CfEvalJob *jobs, gsize n_jobs, int threads, GError **error);

CfBackend *cf_cpu_backend_open (int threads, GError **error);
/** device -1: all that there are. precision: "fp32", "tf32" or "fp16" operands of products, NULL for TF32; CF_ERROR_ARGUMENT for another.
 * CF_ERROR_DEVICE where no device works, with the reason. */
CfBackend *cf_cuda_backend_open (int device, const char *precision, GError **error);

G_END_DECLS
