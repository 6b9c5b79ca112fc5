/* cf-backend.c: the public face of the backends: checks, then dispatches. */
#include "cf-backend-private.h"

#include <inttypes.h>
#include <math.h>

#include "cf-blas.h"
#include "cf-words.h"

void
cf_compute_init (void)
{
  cf_blas_prepare ();
}

#define REFUSED N_("backend is \"%s\", needs auto, cpu, cuda or cuda:N, with /fp32, /tf32 or /fp16 after the last two")

static CfBackend *
open_cuda (const char *name, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (name, "/", 2);
  guint64 number;

  if (g_str_equal (parts[0], "cuda"))
    return cf_cuda_backend_open (-1, parts[1], error);
  if (g_ascii_string_to_unsigned (parts[0] + strlen ("cuda:"), 10, 0, 255, &number, NULL))
    return cf_cuda_backend_open ((int) number, parts[1], error);
  g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, _(REFUSED), name);
  return NULL;
}

CfBackend *
cf_backend_open (const char *name, int threads, GError **error)
{
  if (threads < 0 || threads > 1024)
    {
      g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, _("threads is %d, needs 0 to 1024"), threads);
      return NULL;
    }
  cf_compute_init ();
  if (name == NULL || g_str_equal (name, "auto"))
    {
      CfBackend *backend = cf_cuda_backend_open (-1, NULL, NULL);

      return backend != NULL ? backend : cf_cpu_backend_open (threads, error);
    }
  if (g_str_equal (name, "cpu"))
    return cf_cpu_backend_open (threads, error);
  if (g_str_equal (name, "cuda") || g_str_has_prefix (name, "cuda:") || g_str_has_prefix (name, "cuda/"))
    return open_cuda (name, error);
  g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, _(REFUSED), name);
  return NULL;
}

CfBackend *
cf_backend_ref (CfBackend *backend)
{
  g_atomic_ref_count_inc (&backend->ref_count);
  return backend;
}

void
cf_backend_unref (CfBackend *backend)
{
  if (g_atomic_ref_count_dec (&backend->ref_count))
    {
      g_free (backend->description);
      backend->klass->free (backend);
    }
}

const char *
cf_backend_name (const CfBackend *backend)
{
  return backend->klass->name;
}

const char *
cf_backend_description (const CfBackend *backend)
{
  return backend->description;
}

int
cf_backend_threads (const CfBackend *backend)
{
  return backend->threads;
}

int
cf_backend_lanes (const CfBackend *backend)
{
  return backend->lanes;
}

char *
cf_backend_take_notice (CfBackend *backend)
{
  return backend->klass->take_notice != NULL ? backend->klass->take_notice (backend) : NULL;
}

gboolean
cf_backend_shares_gl (CfBackend *backend)
{
  return backend->klass->shares_gl != NULL && backend->klass->shares_gl (backend);
}

double
cf_backend_matrix_rate (CfBackend *backend)
{
  return backend->klass->matrix_rate != NULL ? backend->klass->matrix_rate (backend) : NAN;
}

static gboolean
check_siren (const CfSiren *siren, GError **error)
{
  const CfSirenShape *shape = &siren->shape;

  if (shape->width < 1 || shape->width > 4096 || shape->hidden < 1 || shape->hidden > 64 || siren->n != cf_siren_n_params (shape))
    {
      g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, _("network is %d wide with %d hidden layers, needs 1 to 4096 and 1 to 64"), shape->width,
                   shape->hidden);
      return FALSE;
    }
  return TRUE;
}

gboolean
cf_backend_eval_jobs (CfBackend *backend, const CfEvalJob *jobs, gsize n_jobs, int threads, GError **error)
{
  for (gsize i = 0; i < n_jobs; i++)
    if (!check_siren (jobs[i].siren, error))
      return FALSE;
  if (threads <= 0 || threads > backend->threads)
    threads = backend->threads;
  return backend->klass->eval (backend, jobs, n_jobs, threads, error);
}

gboolean
cf_backend_eval (CfBackend *backend, const CfSiren *siren, gsize n, const float *local, float *value, float *gradient, int threads,
                 GError **error)
{
  CfEvalJob job = { .siren = siren, .n = n, .local = local, .value = value, .gradient = gradient };

  return cf_backend_eval_jobs (backend, &job, 1, threads, error);
}

static gboolean
check_samples (gsize n, GError **error)
{
  if (n < 1 || n > G_MAXINT32)
    {
      g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, _("samples is %zu, needs 1 to %d"), n, G_MAXINT32);
      return FALSE;
    }
  return TRUE;
}

gboolean
cf_backend_loss_gradient (CfBackend *backend, const CfSiren *siren, gsize n, const float *local, const float *target, double *loss,
                          float *gradient, GError **error)
{
  return check_siren (siren, error) && check_samples (n, error)
         && backend->klass->loss_gradient (backend, siren, n, local, target, loss, gradient, error);
}

CfFit *
cf_fit_new (CfBackend *backend, const CfSiren *start, const CfFitSpec *spec, gsize n, const float *local, const float *target, GError **error)
{
  if (!check_siren (start, error) || !check_samples (n, error))
    return NULL;
  if (!(spec->rate > 0 && isfinite (spec->rate)) || spec->batch < 0 || spec->total_steps < 0
      || (spec->optimiser == CF_OPTIMISER_MUON && !(spec->muon_rate > 0 && isfinite (spec->muon_rate))))
    {
      g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, _("fit: rate %g, Muon's rate %g, batch %d, steps %" PRId64
                   ": needs rates above 0, and a batch and steps of 0 or more"), spec->rate, spec->muon_rate, spec->batch, spec->total_steps);
      return NULL;
    }
  if (spec->n_rare >= n || (spec->n_rare > 0 && spec->rare_parts < 1))
    {
      g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, _("fit: %zu of %zu samples are rare, in %d parts: needs "
                   "fewer than all, and 1 part or more"), spec->n_rare, n, spec->rare_parts);
      return NULL;
    }
  return backend->klass->fit_new (backend, start, spec, n, local, target, error);
}

void
cf_fit_pause_at (CfFit *fit, gint64 time)
{
  fit->pause_at = time;
}

gboolean
cf_fit_epoch (CfFit *fit, int threads, double *loss, GCancellable *cancellable, GError **error)
{
  if (threads <= 0 || threads > fit->backend->threads)
    threads = fit->backend->threads;
  return fit->backend->klass->fit_epoch (fit, threads, loss, cancellable, error);
}

void
cf_fit_finish (CfFit *fit, gint64 from, gint64 steps)
{
  if (fit->backend->klass->fit_finish != NULL)
    fit->backend->klass->fit_finish (fit, from, MAX (steps, 1));
}

CfSiren *
cf_fit_weights (CfFit *fit, GError **error)
{
  return fit->backend->klass->fit_weights (fit, error);
}

void
cf_fit_state_init (CfFitState *state, gsize n)
{
  *state = (CfFitState){ .n = n, .weights = g_new (float, 3 * n) };
  state->first = state->weights + n;
  state->second = state->first + n;
}

void
cf_fit_state_clear (CfFitState *state)
{
  g_free (state->weights);
  *state = (CfFitState){ 0 };
}

gboolean
cf_fit_get_state (CfFit *fit, CfFitState *out)
{
  if (fit->backend->klass->fit_get_state == NULL)
    return FALSE;
  fit->backend->klass->fit_get_state (fit, out);
  return TRUE;
}

gboolean
cf_fit_set_state (CfFit *fit, const CfFitState *state, GError **error)
{
  g_autoptr (CfSiren) weights = cf_fit_weights (fit, error);

  if (weights == NULL)
    return FALSE;
  if (fit->backend->klass->fit_set_state == NULL || state->n != weights->n)
    {
      g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, _("fit: state has %zu parameters, needs %zu"
                   " on a backend that takes one"), state->n, weights->n);
      return FALSE;
    }
  fit->backend->klass->fit_set_state (fit, state);
  return TRUE;
}

void
cf_fit_free (CfFit *fit)
{
  if (fit != NULL)
    fit->backend->klass->fit_free (fit);
}
