/* cf-cpu-fit.c: the fit of one region on the CPU: minibatches, gradients in tiles, Adam and Muon. */
#include "cf-arithmetic.h"
#include "cf-cpu-private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cf-cpu-kernels.h"
#include "cf-cpu-net.h"
#include "cf-muon.h"
#include "cf-random.h"

/* Tiles whose gradients are held at once: each wave of them is summed in order. A constant, so that a sum does not depend on the number
 * of threads. */
#define WAVE 8
#define SLICE 16384 /* parameters that one thread sums or steps at a time */

/* Computes the mean squared error and its gradient over one batch of samples. */
typedef struct
{
  CfPool *pool;
  CfNet net;
  gsize n_params;
  const float *local, *target; /* all samples */
  const guint32 *order;        /* of the batch; NULL: in order */
  gsize n;                     /* samples in the batch */
  float *gradient;             /* [n_params] */
  float *parts;                /* [WAVE][n_params] */
  double losses[WAVE];
  gsize first_tile, wave;      /* of the present wave */
} Batch;

static void
batch_tile (gpointer data, int i)
{
  Batch *batch = data;
  gsize first = (batch->first_tile + i) * CF_TILE_ROWS, rows = MIN (CF_TILE_ROWS, batch->n - first);
  float x[CF_TILE_ROWS * 3], t[CF_TILE_ROWS];

  for (gsize k = 0; k < rows; k++)
    {
      gsize from = batch->order != NULL ? batch->order[first + k] : first + k;

      memcpy (x + 3 * k, batch->local + 3 * from, sizeof (float) * 3);
      t[k] = batch->target[from];
    }
  batch->losses[i] = cf_net_loss_gradient (&batch->net, rows, x, t, (float) (1.0 / batch->n), batch->parts + i * batch->n_params);
}

static void
sum_slice (gpointer data, int i)
{
  Batch *batch = data;
  gsize first = (gsize) i * SLICE, n = MIN (SLICE, batch->n_params - first);
  gsize part = 0;

  if (batch->first_tile == 0)
    memcpy (batch->gradient + first, batch->parts + first, sizeof (float) * n), part = 1;
  for (; part < batch->wave; part++)
    cf_kernel_add (n, batch->gradient + first, batch->parts + part * batch->n_params + first);
}

static int
n_slices (gsize n_params)
{
  return (int) ((n_params + SLICE - 1) / SLICE);
}

/* Returns the sum of squared errors. */
static double
batch_run (Batch *batch, int threads)
{
  gsize n_tiles = (batch->n + CF_TILE_ROWS - 1) / CF_TILE_ROWS;
  double loss = 0;

  for (batch->first_tile = 0; batch->first_tile < n_tiles; batch->first_tile += WAVE)
    {
      batch->wave = MIN (WAVE, n_tiles - batch->first_tile);
      cf_pool_run (batch->pool, threads, (int) batch->wave, batch_tile, batch);
      cf_pool_run (batch->pool, threads, n_slices (batch->n_params), sum_slice, batch);
      for (gsize i = 0; i < batch->wave; i++)
        loss += batch->losses[i];
    }
  return loss;
}

gboolean
cf_cpu_loss_gradient (CfBackend *backend, const CfSiren *siren, gsize n, const float *local, const float *target, double *loss,
                      float *gradient, GError **error)
{
  CfCpuBackend *cpu = (CfCpuBackend *) backend;
  Batch batch = { .pool = cpu->pool,
                  .net = { .shape = siren->shape, .blas = cpu->blas, .params = siren->params },
                  .n_params = siren->n,
                  .local = local,
                  .target = target,
                  .n = n,
                  .gradient = gradient };

  batch.parts = cf_kernel_alloc (WAVE * siren->n);
  *loss = batch_run (&batch, backend->threads) / n;
  free (batch.parts);
  return TRUE;
}

typedef struct
{
  CfFit parent;
  CfFitSpec spec;
  CfSiren *weights;   /* own, changed in place */
  gsize n;
  float *local, *target;
  guint32 *order;     /* of this epoch */
  guint32 *rare;      /* [n_rare]: in the order in which they are taken */
  float *first, *second; /* [n_params]: Adam's moments; first holds Muon's momentum where Muon rules */
  Batch batch;
  CfMuon **muon;      /* [hidden], or NULL */
  gint64 step;
  gint64 finish_from, finish_steps; /* cf_cpu_fit_finish (); 0 steps: as the spec says */
  guint64 epoch;
  gsize next_batch;   /* of an epoch that was cancelled, else 0; and */
  double sum;         /* the squared errors of its batches so far */
} CpuFit;

CfFit *
cf_cpu_fit_new (CfBackend *backend, const CfSiren *start, const CfFitSpec *spec, gsize n, const float *local, const float *target,
                GError **error)
{
  CfCpuBackend *cpu = (CfCpuBackend *) backend;
  CpuFit *fit = g_new0 (CpuFit, 1);

  fit->parent.backend = cf_backend_ref (backend);
  fit->spec = *spec;
  fit->weights = cf_siren_new (&start->shape);
  memcpy (fit->weights->params, start->params, sizeof (float) * start->n);
  fit->n = n;
  fit->local = g_memdup2 (local, sizeof (float) * 3 * n);
  fit->target = g_memdup2 (target, sizeof (float) * n);
  fit->order = g_new (guint32, n);
  fit->rare = g_new (guint32, spec->n_rare);
  fit->first = g_new0 (float, start->n);
  fit->second = g_new0 (float, start->n);
  fit->batch = (Batch){ .pool = cpu->pool,
                        .net = { .shape = start->shape, .blas = cpu->blas, .params = fit->weights->params },
                        .n_params = start->n,
                        .local = fit->local,
                        .target = fit->target };
  fit->batch.gradient = cf_kernel_alloc (start->n);
  fit->batch.parts = cf_kernel_alloc (WAVE * start->n);
  if (spec->optimiser == CF_OPTIMISER_MUON)
    {
      fit->muon = g_new0 (CfMuon *, start->shape.hidden);
      for (int l = 0; l < start->shape.hidden; l++)
        fit->muon[l] = cf_muon_new (cpu->blas, start->shape.width);
    }
  return &fit->parent;
}

void
cf_cpu_fit_free (CfFit *parent)
{
  CpuFit *fit = (CpuFit *) parent;

  for (int l = 0; fit->muon != NULL && l < fit->weights->shape.hidden; l++)
    cf_muon_free (fit->muon[l]);
  g_free (fit->muon);
  free (fit->batch.gradient);
  free (fit->batch.parts);
  g_free (fit->first);
  g_free (fit->second);
  g_free (fit->order);
  g_free (fit->rare);
  g_free (fit->local);
  g_free (fit->target);
  cf_siren_unref (fit->weights);
  cf_backend_unref (fit->parent.backend);
  g_free (fit);
}

void
cf_cpu_fit_finish (CfFit *parent, gint64 from, gint64 steps)
{
  CpuFit *fit = (CpuFit *) parent;

  fit->finish_from = from;
  fit->finish_steps = steps;
}

CfSiren *
cf_cpu_fit_weights (CfFit *parent, GError **error)
{
  CpuFit *fit = (CpuFit *) parent;
  CfSiren *copy = cf_siren_new (&fit->weights->shape);

  memcpy (copy->params, fit->weights->params, sizeof (float) * copy->n);
  return copy;
}

void
cf_cpu_fit_get_state (CfFit *parent, CfFitState *out)
{
  const CpuFit *fit = (const CpuFit *) parent;
  gsize n = fit->weights->n, bytes = sizeof (float) * n;

  cf_fit_state_init (out, n);
  out->step = fit->step;
  out->epoch = fit->epoch;
  out->batch = (gint64) fit->next_batch;
  out->sum = fit->sum;
  memcpy (out->weights, fit->weights->params, bytes);
  memcpy (out->first, fit->first, bytes);
  memcpy (out->second, fit->second, bytes);
}

static void
shuffle_rare (CpuFit *fit, CfRandom *random)
{
  gsize n_rare = fit->spec.n_rare;

  for (gsize i = 0; i < n_rare; i++)
    fit->rare[i] = fit->n - n_rare + i;
  cf_random_shuffle (random, fit->rare, n_rare);
}

void
cf_cpu_fit_set_state (CfFit *parent, const CfFitState *state)
{
  CpuFit *fit = (CpuFit *) parent;
  gsize bytes = sizeof (float) * state->n;

  fit->step = state->step;
  fit->epoch = state->epoch;
  fit->next_batch = (gsize) state->batch;
  fit->sum = state->sum;
  memcpy (fit->weights->params, state->weights, bytes);
  memcpy (fit->first, state->first, bytes);
  memcpy (fit->second, state->second, bytes);
  if (fit->spec.n_rare > 0)
    {
      CfRandom random;

      cf_random_init (&random, fit->spec.seed, fit->epoch - fit->epoch % fit->spec.rare_parts);
      shuffle_rare (fit, &random);
    }
}

typedef struct
{
  CpuFit *fit;
  double cosine; /* of the schedule, 1 to 0 */
  int slices;
} Step;

static gboolean
muon_rules (const CpuFit *fit, gsize first, gsize *end)
{
  const CfSirenShape *shape = &fit->weights->shape;

  *end = fit->weights->n;
  for (int l = 1; fit->muon != NULL && l <= shape->hidden; l++)
    {
      gsize begin = cf_siren_weight_offset (shape, l), stop = cf_siren_bias_offset (shape, l);

      if (first >= begin && first < stop)
        {
          *end = stop;
          return TRUE;
        }
      if (first < begin)
        {
          *end = begin;
          return FALSE;
        }
    }
  return FALSE;
}

static void
adam_slice (const Step *step, int i)
{
  CpuFit *fit = step->fit;
  double t = (double) fit->step;
  float scale = (float) (step->cosine * fit->spec.rate / (1 - pow (0.9, t))), correction = (float) (1 / (1 - pow (0.999, t)));
  gsize at = (gsize) i * SLICE, stop = MIN (at + SLICE, fit->weights->n), end;

  for (; at < stop; at = end)
    {
      gboolean muon = muon_rules (fit, at, &end);

      end = MIN (end, stop);
      if (!muon)
        cf_kernel_adam (end - at, fit->weights->params + at, fit->first + at, fit->second + at, fit->batch.gradient + at, scale, correction);
    }
}

/* Muon's matrices come first, because they take longest. */
static void
step_item (gpointer data, int i)
{
  const Step *step = data;
  CpuFit *fit = step->fit;
  int n_muon = fit->muon != NULL ? fit->weights->shape.hidden : 0;

  if (i < n_muon)
    {
      gsize at = cf_siren_weight_offset (&fit->weights->shape, i + 1);

      cf_muon_step (fit->muon[i], fit->weights->params + at, fit->first + at, fit->batch.gradient + at,
                    (float) (step->cosine * fit->spec.muon_rate));
    }
  else
    adam_slice (step, i - n_muon);
}

static void
take_step (CpuFit *fit, int threads)
{
  Step step = { .fit = fit, .cosine = cf_cosine_schedule (fit->step, fit->spec.total_steps, fit->finish_from, fit->finish_steps) };
  int n_muon = fit->muon != NULL ? fit->weights->shape.hidden : 0;

  fit->step++;
  cf_pool_run (fit->batch.pool, threads, n_muon + n_slices (fit->weights->n), step_item, &step);
}

/* The samples of this epoch in a random order; returns how many. */
static gsize
draw_samples (CpuFit *fit)
{
  gsize n_rare = fit->spec.n_rare, n = fit->n - n_rare;
  CfRandom random;

  cf_random_init (&random, fit->spec.seed, fit->epoch);
  for (gsize i = 0; i < n; i++)
    fit->order[i] = i;
  if (n_rare > 0)
    {
      gsize parts = fit->spec.rare_parts, part = fit->epoch % parts;
      gsize begin = part * n_rare / parts, end = (part + 1) * n_rare / parts;

      if (part == 0)
        shuffle_rare (fit, &random);
      memcpy (fit->order + n, fit->rare + begin, sizeof (guint32) * (end - begin));
      n += end - begin;
    }
  if (fit->spec.batch > 0)
    cf_random_shuffle (&random, fit->order, n);
  return n;
}

gboolean
cf_cpu_fit_epoch (CfFit *parent, int threads, double *loss, GCancellable *cancellable, GError **error)
{
  CpuFit *fit = (CpuFit *) parent;
  gsize begun = fit->next_batch, n = draw_samples (fit), n_batches = fit->spec.batch > 0 ? MAX (1, (n + fit->spec.batch / 2) / fit->spec.batch) : 1;

  for (gsize b = fit->next_batch; b < n_batches; b++)
    {
      gsize first = b * n / n_batches;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        {
          fit->next_batch = b;
          return FALSE;
        }
      /* One batch at least, so that it gets on however late the time is. */
      if (parent->pause_at != 0 && b > begun && g_get_monotonic_time () >= parent->pause_at)
        {
          g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PENDING, "the epoch is not at its end");
          fit->next_batch = b;
          return FALSE;
        }
      fit->batch.order = fit->order + first;
      fit->batch.n = (b + 1) * n / n_batches - first;
      fit->sum += batch_run (&fit->batch, threads);
      /* Steps from a diverged batch would only spread the damage. */
      if (!isfinite (fit->sum))
        break;
      take_step (fit, threads);
    }
  fit->epoch++;
  *loss = fit->sum / n;
  fit->next_batch = 0;
  fit->sum = 0;
  return TRUE;
}
