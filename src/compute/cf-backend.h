/* cf-backend.h: what computes: one interface, several backends. The public calls validate every argument once and dispatch to a const
 * vtable (cf-backend-private.h). The CPU backend is the reference; a backend that is not there is a stub that still links. */
#pragma once

#include <gio/gio.h>

#include "cf-error.h"

#include "cf-field.h"
#include "cf-siren.h"

G_BEGIN_DECLS

typedef struct _CfBackend CfBackend;

/** Call first in main (), before threads: tells OpenBLAS its core type before it is opened. */
void cf_compute_init (void);

/** "auto", "cpu", "cuda" (all devices), "cuda:N" (one), either with "/fp32", "/tf32" (default) or "/fp16" after it for the operands of products.
 * threads: 0 for all cores. CF_ERROR_DEVICE where it is not there, CF_ERROR_ARGUMENT for another name. */
CfBackend *cf_backend_open (const char *name, int threads, GError **error);
CfBackend *cf_backend_ref (CfBackend *backend);
void cf_backend_unref (CfBackend *backend);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfBackend, cf_backend_unref)

const char *cf_backend_name (const CfBackend *backend);        /* "cpu" */
const char *cf_backend_description (const CfBackend *backend); /* "AMD EPYC, 2 threads, OpenBLAS SkylakeX, sines AVX-512" */
int cf_backend_threads (const CfBackend *backend);
/** How many regions it wants to fit at once. */
int cf_backend_lanes (const CfBackend *backend);
/** What the user has to know since the last call: a device that was lost and who goes on, less memory than asked for. Lines without a full
 * stop, or NULL. Thread safe. */
char *cf_backend_take_notice (CfBackend *backend);
/** Whether the calling thread's current GL context runs on a device of this backend, so that pictures of cf_evaluator_march () get there without the host. */
gboolean cf_backend_shares_gl (CfBackend *backend);
/** Measured TFLOP/s of the products that it makes; NAN for a backend that does not measure. */
double cf_backend_matrix_rate (CfBackend *backend);

/* -- queries of one network; thread safe ------------------------------------------------------------------------------------ */

/** n points local[n][3] in [-1,1]; value[n] = t (the network's own units); gradient[n][3] = dt / dlocal, or NULL. Runs on the
 * calling thread and up to `threads` of the backend's (0: all). */
gboolean cf_backend_eval (CfBackend *backend, const CfSiren *siren, gsize n, const float *local, float *value, float *gradient,
                          int threads, GError **error);

/* -- the fit of one region -------------------------------------------------------------------------------------------------- */

typedef enum
{
  CF_OPTIMISER_ADAM, /* all parameters */
  CF_OPTIMISER_MUON  /* hidden matrices by orthogonalised momentum, the rest by Adam */
} CfOptimiser;

typedef struct
{
  CfOptimiser optimiser;
  double rate;       /* Adam's */
  double muon_rate;  /* of the hidden matrices */
  int batch;         /* samples a step; 0: the whole region as one (recipe paper) */
  gint64 total_steps; /* of the cosine schedule; 0: constant rate */
  guint64 seed;      /* of the shuffling */
  gsize n_rare;      /* the last so many samples are taken in turn, one part of `rare_parts` of them an epoch; 0: all samples in each epoch */
  int rare_parts;
} CfFitSpec;

/** Training state of one region on a device: weights, moments, samples. Used by one thread at a time. */
typedef struct _CfFit CfFit;

/** n samples: local[n][3] and target t[n] (copied). NAN as a target: there is no density, and the loss only counts by what t is above -1.05
 * (cf_miss () in cf-arithmetic.h). */
CfFit *cf_fit_new (CfBackend *backend, const CfSiren *start, const CfFitSpec *spec, gsize n, const float *local, const float *target,
                   GError **error);
/** One pass over the samples in a new order (of the rare ones: over the next part). loss: MSE over the pass, each batch before its step. threads: cores that it may use;
 * the result does not depend on it. Cancelled between batches: the next call goes on from there. */
gboolean cf_fit_epoch (CfFit *fit, int threads, double *loss, GCancellable *cancellable, GError **error);
/** cf_fit_epoch () stops between two batches once that time (monotonic us; 0: never) has come, with G_IO_ERROR_PENDING: the next call goes on from
 * there. A backend whose epochs are short may not look. */
void cf_fit_pause_at (CfFit *fit, gint64 time);
/** Ends the cosine schedule sooner or later than it was to: from step `from` (not before the present one) what is left of it takes `steps` steps.
 * Not part of a CfFitState: called again after cf_fit_set_state (). */
void cf_fit_finish (CfFit *fit, gint64 from, gint64 steps);
/** A copy of the present weights. */
CfSiren *cf_fit_weights (CfFit *fit, GError **error);

/** Where a fit stands: what cf_fit_set_state () needs to go on as if it had never stopped, bit for bit on the CPU. */
typedef struct
{
  gint64 step;    /* steps taken */
  guint64 epoch;  /* passes begun and ended */
  gint64 batch;   /* batches taken of the pass that was cancelled; 0 between two passes */
  double sum;     /* squared errors over them */
  gsize n;        /* parameters */
  float *weights, *first, *second; /* [n] each, in one allocation that begins at weights: weights, moments of the optimisers */
} CfFitState;

void cf_fit_state_init (CfFitState *state, gsize n);
void cf_fit_state_clear (CfFitState *state);
/** A copy of the state, also after a cancelled epoch. out is cleared by the caller. FALSE without an error where the backend has none to give. */
gboolean cf_fit_get_state (CfFit *fit, CfFitState *out);
/** For a new fit of the same start, spec and samples as that which the state was taken from. CF_ERROR_ARGUMENT where n differs. */
gboolean cf_fit_set_state (CfFit *fit, const CfFitState *state, GError **error);
void cf_fit_free (CfFit *fit);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfFit, cf_fit_free)

/** One gradient of the loss (MSE) with respect to all parameters at n samples; for tests and the parity suite. */
gboolean cf_backend_loss_gradient (CfBackend *backend, const CfSiren *siren, gsize n, const float *local, const float *target, double *loss,
                                   float *gradient, GError **error);

G_END_DECLS
