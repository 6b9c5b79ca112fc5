/* cf-cuda-fit.c: the fit of a region on a device, and on the CPU once the device is lost. */
#include "cf-cuda-private.h"

#include <string.h>

#include "cf-slot.h"
#include "cf-words.h"

typedef struct
{
  CfFit parent;
  CfFitSpec spec;
  CfSirenShape shape;
  gsize n;
  CfCudaUnit *unit;    /* NULL once the CPU has it */
  CfCudaMember member;
  CfFit *cpu;
} CudaFit;

/* The longest batch, and a little more for regions that have somewhat more samples: one that does not fit takes two steps' time. */
static int
rows_of (const CfFitSpec *spec, gsize n)
{
  gsize epoch = n - spec->n_rare + (spec->n_rare > 0 ? spec->n_rare / spec->rare_parts + 1 : 0), batches, rows;

  if (spec->batch == 0)
    return (int) MIN (n, G_MAXINT);
  batches = MAX (1, (epoch + spec->batch / 2) / spec->batch);
  rows = (epoch + batches - 1) / batches;
  return (int) MIN (rows + rows / 32, G_MAXINT);
}

static void
join_crew (CudaFit *fit, CfCudaUnit *unit)
{
  const CfCudaShape shape = cf_cuda_shape (&fit->shape);

  fit->unit = unit;
  g_atomic_int_inc (&unit->n_fits);
  fit->member.slot = -1;
  fit->member.crew = cf_cuda_crew_get (unit, &shape, fit->spec.optimiser == CF_OPTIMISER_MUON, (unsigned) fit->n, rows_of (&fit->spec, fit->n));
}

static void
leave_crew (CudaFit *fit)
{
  cf_cuda_crew_leave (&fit->member);
  g_atomic_int_dec_and_test (&fit->unit->n_fits);
  fit->unit = NULL;
}

CfFit *
cf_cuda_fit_new (CfBackend *parent, const CfSiren *start, const CfFitSpec *spec, gsize n, const float *local, const float *target,
                 GError **error)
{
  CfCudaBackend *backend = (CfCudaBackend *) parent;
  CfCudaUnit *unit = cf_cuda_choose (backend);
  CudaFit *fit = g_new0 (CudaFit, 1);
  CfCudaMember *member = &fit->member;

  fit->parent.backend = cf_backend_ref (parent);
  fit->spec = *spec;
  fit->shape = start->shape;
  fit->n = n;
  member->samples = (CfCudaSamples){ .rate = spec->rate,
                                     .muon_rate = spec->muon_rate,
                                     .total_steps = spec->total_steps,
                                     .seed = spec->seed,
                                     .n = (unsigned) n,
                                     .n_rare = (unsigned) spec->n_rare,
                                     .rare_parts = spec->rare_parts,
                                     .batch = spec->batch,
                                     .local = g_memdup2 (local, sizeof (float) * 3 * n),
                                     .target = g_memdup2 (target, sizeof (float) * n) };
  member->state.params = g_new0 (float, 4 * start->n);
  member->state.first = member->state.params + start->n;
  member->state.second = member->state.first + start->n;
  member->state.gradient = member->state.second + start->n;
  memcpy (member->state.params, start->params, sizeof (float) * start->n);
  if (unit != NULL)
    join_crew (fit, unit);
  return &fit->parent;
}

void
cf_cuda_fit_free (CfFit *parent)
{
  CudaFit *fit = (CudaFit *) parent;

  if (fit->unit != NULL)
    leave_crew (fit);
  cf_fit_free (fit->cpu);
  g_free ((float *) fit->member.samples.local);
  g_free ((float *) fit->member.samples.target);
  g_free (fit->member.state.params);
  cf_backend_unref (fit->parent.backend);
  g_free (fit);
}

static CfSiren *
present_weights (const CudaFit *fit)
{
  CfSiren *siren = cf_siren_new (&fit->shape);

  memcpy (siren->params, fit->member.state.params, sizeof (float) * siren->n);
  return siren;
}

void
cf_cuda_fit_finish (CfFit *parent, gint64 from, gint64 steps)
{
  CudaFit *fit = (CudaFit *) parent;

  fit->member.samples.turn = from;
  fit->member.samples.rest = steps;
  if (fit->cpu != NULL)
    cf_fit_finish (fit->cpu, from, steps);
}

CfSiren *
cf_cuda_fit_weights (CfFit *parent, GError **error)
{
  CudaFit *fit = (CudaFit *) parent;

  return fit->cpu != NULL ? cf_fit_weights (fit->cpu, error) : present_weights (fit);
}

/* A state of whole batches: what a batch that was cut short has of its gradient is left out, and the batch taken again. */
static void
own_state (const CudaFit *fit, CfFitState *out)
{
  const CfCudaState *state = &fit->member.state;
  gsize n = cf_siren_n_params (&fit->shape), bytes = sizeof (float) * n;
  CfSlot slot;

  cf_fit_state_init (out, n);
  out->step = state->step;
  out->epoch = state->epoch;
  memcpy (out->weights, state->params, bytes);
  memcpy (out->first, state->first, bytes);
  memcpy (out->second, state->second, bytes);
  if (!state->has_progress)
    return;
  memcpy (&slot, state->progress, sizeof slot);
  if (!slot.in_epoch)
    return;
  out->batch = slot.at_batch;
  out->sum = slot.sum_batches;
}

void
cf_cuda_fit_get_state (CfFit *parent, CfFitState *out)
{
  const CudaFit *fit = (const CudaFit *) parent;

  if (fit->cpu != NULL)
    cf_fit_get_state (fit->cpu, out);
  else
    own_state (fit, out);
}

void
cf_cuda_fit_set_state (CfFit *parent, const CfFitState *from)
{
  CudaFit *fit = (CudaFit *) parent;
  CfCudaState *state = &fit->member.state;
  const CfCudaSamples *samples = &fit->member.samples;
  gsize bytes = sizeof (float) * from->n;
  CfSlot slot = { .n = samples->n, .n_rare = samples->n_rare, .rare_parts = samples->rare_parts, .batch = samples->batch, .seed = samples->seed,
                  .rate = samples->rate, .muon_rate = samples->muon_rate, .total_steps = samples->total_steps, .step = from->step,
                  .epoch = from->epoch };

  if (fit->cpu != NULL)
    {
      cf_fit_set_state (fit->cpu, from, NULL);
      return;
    }
  state->step = from->step;
  state->epoch = from->epoch;
  memcpy (state->params, from->weights, bytes);
  memcpy (state->first, from->first, bytes);
  memcpy (state->second, from->second, bytes);
  memset (state->gradient, 0, bytes);
  state->has_progress = from->batch > 0;
  if (from->batch == 0)
    return;
  cf_slot_begin (&slot);
  slot.at_batch = (unsigned) from->batch;
  slot.sum = slot.sum_batches = from->sum;
  memcpy (state->progress, &slot, sizeof slot);
}

static gboolean
move_to_cpu (CudaFit *fit, GError **error)
{
  CfBackend *cpu = cf_cuda_cpu ((CfCudaBackend *) fit->parent.backend, error);
  g_autoptr (CfSiren) start = NULL;
  g_autoptr (CfFit) moved = NULL;
  CfFitState state;
  gboolean ok;

  if (cpu == NULL)
    return FALSE;
  start = present_weights (fit);
  moved = cf_fit_new (cpu, start, &fit->spec, fit->n, fit->member.samples.local, fit->member.samples.target, error);
  if (moved == NULL)
    return FALSE;
  own_state (fit, &state);
  ok = cf_fit_set_state (moved, &state, error);
  if (fit->member.samples.rest > 0)
    cf_fit_finish (moved, fit->member.samples.turn, fit->member.samples.rest);
  cf_fit_state_clear (&state);
  if (ok)
    fit->cpu = g_steal_pointer (&moved);
  return ok;
}

/* As many at once as it has threads, one each, because there are as many callers as the device had lanes. */
static gboolean
cpu_epoch (CudaFit *fit, double *loss, GCancellable *cancellable, GError **error)
{
  CfCudaBackend *backend = (CfCudaBackend *) fit->parent.backend;
  int most = cf_backend_threads (backend->cpu);
  gboolean done;

  g_mutex_lock (&backend->mutex);
  while (backend->cpu_fits >= most)
    g_cond_wait (&backend->cpu_free, &backend->mutex);
  backend->cpu_fits++;
  g_mutex_unlock (&backend->mutex);
  done = cf_fit_epoch (fit->cpu, 1, loss, cancellable, error);
  g_mutex_lock (&backend->mutex);
  backend->cpu_fits--;
  g_cond_signal (&backend->cpu_free);
  g_mutex_unlock (&backend->mutex);
  return done;
}

gboolean
cf_cuda_fit_epoch (CfFit *parent, int threads, double *loss, GCancellable *cancellable, GError **error)
{
  CudaFit *fit = (CudaFit *) parent;
  CfCudaBackend *backend = (CfCudaBackend *) parent->backend;

  while (fit->unit != NULL)
    {
      CfCudaUnit *lost = fit->unit, *other;

      if (cf_cuda_crew_epoch (&fit->member, cancellable, error))
        {
          *loss = fit->member.sum / fit->member.n_epoch;
          return TRUE;
        }
      if (g_cancellable_is_cancelled (cancellable))
        return FALSE;
      if (!g_atomic_int_get (&lost->failed))
        cf_cuda_tell (backend, _("CUDA: %s has no memory for another region; the CPU fits it"), lost->name);
      leave_crew (fit);
      other = g_atomic_int_get (&lost->failed) ? cf_cuda_choose (backend) : NULL;
      if (other != NULL)
        join_crew (fit, other);
    }
  if (fit->cpu == NULL && !move_to_cpu (fit, error))
    return FALSE;
  return cpu_epoch (fit, loss, cancellable, error);
}

/* A trainer of its own, for one region. */
static CfCudaStatus
gradient_on (CfCudaUnit *unit, const CfSiren *siren, const CfCudaSamples *samples, double *loss, float *gradient, char *message)
{
  const CfCudaModule *module = unit->backend->module;
  const CfCudaShape shape = cf_cuda_shape (&siren->shape);
  g_autofree float *zeros = g_new0 (float, siren->n);
  CfCudaState state = { .params = siren->params, .first = zeros, .second = zeros, .gradient = zeros };
  CfCudaTrainer *trainer = NULL;
  CfCudaStatus status = module->trainer_new (unit->device, &shape, FALSE, 1, (int) MIN (samples->n, 4096), samples->n, &trainer, message);

  if (status == CF_CUDA_OK)
    status = module->load (trainer, 0, samples, &state, message);
  if (status == CF_CUDA_OK)
    status = module->gradient (trainer, 0, loss, gradient, message);
  if (trainer != NULL)
    module->trainer_free (trainer);
  return status;
}

gboolean
cf_cuda_loss_gradient (CfBackend *parent, const CfSiren *siren, gsize n, const float *local, const float *target, double *loss,
                       float *gradient, GError **error)
{
  CfCudaBackend *backend = (CfCudaBackend *) parent;
  const CfCudaSamples samples = { .rate = 1, .n = (unsigned) n, .local = local, .target = target };
  CfCudaUnit *unit = cf_cuda_choose (backend);
  char message[CF_CUDA_MESSAGE] = "";
  CfBackend *cpu;

  if (unit != NULL)
    {
      CfCudaStatus status = gradient_on (unit, siren, &samples, loss, gradient, message);

      cf_cuda_note (unit, status, message);
      if (status == CF_CUDA_OK)
        return TRUE;
    }
  cpu = cf_cuda_cpu (backend, error);
  return cpu != NULL && cf_backend_loss_gradient (cpu, siren, n, local, target, loss, gradient, error);
}
