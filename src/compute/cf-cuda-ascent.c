/* cf-cuda-ascent.c: climbs on a device, a few questions at a time: between them others may ask, and the caller may cancel. */
#include "cf-ascent.h"
#include "cf-cuda-private.h"
#include "cf-words.h"

#define STARTS_MOST ((gsize) 1 << 30)
#define STARTS_LEAST 4096

typedef struct
{
  CfCudaUnit *unit;
  CfCudaAscent *ascent;
  gsize left;
} Climbs;

static CfCudaStatus
ask_waves (CfCudaUnit *unit, const CfCudaField *field, gpointer data, char *message)
{
  Climbs *climbs = data;

  return unit->backend->module->ascend (climbs->ascent, unit->query, field, &climbs->left, message);
}

/* like NULL: between samples, which takes no query and so no lock. */
static CfCudaStatus
ask_more (Climbs *climbs, const CfField *field, const CfSiren *like)
{
  char message[CF_CUDA_MESSAGE] = "";
  CfCudaStatus status;

  if (like != NULL)
    {
      cf_cuda_lock (climbs->unit);
      return cf_cuda_ask (climbs->unit, field, like, ask_waves, climbs);
    }
  status = climbs->unit->backend->module->ascend (climbs->ascent, NULL, NULL, &climbs->left, message);
  cf_cuda_note (climbs->unit, status, message);
  return status;
}

static CfCudaStatus
read_peaks (const Climbs *climbs, const CfAscentJob *job, gsize first)
{
  CfCudaPeaks peaks = { .peak = job->peak[first], .density = job->density + first, .shoulder = job->shoulder != NULL ? job->shoulder[first] : NULL };
  char message[CF_CUDA_MESSAGE] = "";
  CfCudaStatus status = climbs->unit->backend->module->ascent_result (climbs->ascent, &peaks, message);

  cf_cuda_note (climbs->unit, status, message);
  if (status == CF_CUDA_OK && job->cost != NULL)
    {
      job->cost->gradients += peaks.asked;
      job->cost->unfinished += peaks.unfinished;
    }
  return status;
}

/* Starts first .. first + n - 1. */
static CfCudaStatus
climb_part (Climbs *climbs, const CfField *field, const CfSiren *like, const CfAscentJob *job, gsize first, gsize n)
{
  CfCudaStatus status = CF_CUDA_OK;

  climbs->left = n;
  while (climbs->left > 0 && status == CF_CUDA_OK && !g_cancellable_is_cancelled (job->cancellable))
    {
      status = ask_more (climbs, field, like);
      if (job->progress != NULL)
        job->progress ((double) (first + n - climbs->left) / job->n, job->progress_data);
    }
  return climbs->left > 0 || status != CF_CUDA_OK ? status : read_peaks (climbs, job, first);
}

/* As many starts as there is memory for, *n at most, which becomes half as many, and so on. */
static CfCudaStatus
begin (Climbs *climbs, const CfAscentJob *job, const CfLandscapeView *samples, gsize first, gsize *n)
{
  const CfCudaModule *module = climbs->unit->backend->module;
  char message[CF_CUDA_MESSAGE] = "";
  CfCudaStatus status;

  while ((status = module->ascent_new (climbs->unit->device, job->kind == CF_ASCENT_PAPER, MIN (*n, job->n - first), job->start[first], samples, &climbs->ascent,
                                       message))
           == CF_CUDA_NO_MEMORY
         && *n > STARTS_LEAST)
    {
      *n = MIN (*n, job->n - first) / 2;
      cf_cuda_tell (climbs->unit->backend, _("CUDA: %s: %s; goes on with %d seeds at once"), climbs->unit->name, message, (int) *n);
    }
  cf_cuda_note (climbs->unit, status, message);
  if (status == CF_CUDA_NO_MEMORY)
    cf_cuda_tell (climbs->unit->backend, _("CUDA: %s: %s; the CPU answers"), climbs->unit->name, message);
  return status;
}

gboolean
cf_cuda_ascend (CfBackend *parent, const CfField *field, const CfLandscapeView *samples, const CfAscentJob *job, GError **error)
{
  CfCudaBackend *backend = (CfCudaBackend *) parent;
  const CfSiren *like = samples == NULL ? cf_cuda_common_shape (field) : NULL;
  Climbs climbs = { .unit = cf_cuda_choose (backend) };
  CfCudaStatus status = CF_CUDA_OK;
  gsize part = MIN (job->n, STARTS_MOST);

  if (climbs.unit == NULL || (samples == NULL && like == NULL))
    return FALSE;
  if (job->cost != NULL)
    *job->cost = (CfAscentCost){ 0 };
  for (gsize first = 0; status == CF_CUDA_OK && first < job->n && !g_cancellable_is_cancelled (job->cancellable);)
    {
      gsize n;

      status = begin (&climbs, job, samples, first, &part);
      if (status != CF_CUDA_OK)
        break;
      n = MIN (part, job->n - first);
      status = climb_part (&climbs, field, like, job, first, n);
      backend->module->ascent_free (g_steal_pointer (&climbs.ascent));
      first += n;
    }
  return !g_cancellable_set_error_if_cancelled (job->cancellable, error) && status == CF_CUDA_OK;
}
