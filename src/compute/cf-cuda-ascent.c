/* cf-cuda-ascent.c: climbs on all devices: one worker each takes a stretch of the starts after the other from one queue, climbs it a few questions at a time
 * (between them others may ask, and the caller may cancel), and gives it back where its device is lost. What nobody takes any more the
 * CPU climbs. */
#include "cf-ascent.h"
#include "cf-cuda-private.h"
#include "cf-words.h"

#define STARTS_MOST ((gsize) 1 << 30)
#define STARTS_LEAST 4096 /* that memory is asked for */
#define STARTS_SHARE 256  /* a device at least: fewer are not worth another one */
#define STRETCHES 4       /* a device, where several climb on the field: they end at about the same time, whichever is faster. Samples are copied once each */

typedef struct
{
  gsize first, n;
} Stretch;

/* One call. */
typedef struct
{
  const CfField *field;
  const CfSiren *like;            /* of the field's networks; NULL between samples */
  const CfLandscapeView *samples; /* NULL on the field */
  const CfAscentJob *job;
  GMutex mutex; /* of what follows */
  GCond changed;
  GArray *stretches; /* those that nobody has */
  int at_work;       /* workers that have one */
  gsize ended;       /* climbs */
  CfAscentCost cost;
} Climbs;

/* A device's part in it. */
typedef struct
{
  Climbs *all;
  CfCudaUnit *unit;
  CfCudaAscent *ascent;
  gsize left, told; /* of its stretch: climbs under way, and those that are counted in `ended` */
  gsize most;       /* starts that there is memory for */
  double reported;
  gboolean reports; /* it runs on the caller's thread */
} Worker;

/* -- the queue ------------------------------------------------------------------------------------------------------------------------ */

/* With the lock held. */
static void
report (Worker *worker)
{
  const CfAscentJob *job = worker->all->job;
  double done = (double) worker->all->ended / job->n;

  if (!worker->reports || job->progress == NULL || done < worker->reported)
    return;
  worker->reported = done;
  g_mutex_unlock (&worker->all->mutex);
  job->progress (done, job->progress_data);
  g_mutex_lock (&worker->all->mutex);
}

static void
note_ended (Worker *worker, gsize ended)
{
  Climbs *all = worker->all;

  g_mutex_lock (&all->mutex);
  all->ended += ended - worker->told;
  worker->told = ended;
  report (worker);
  g_cond_broadcast (&all->changed);
  g_mutex_unlock (&all->mutex);
}

/* FALSE where there is nothing left, nor can come back from a device that is lost. */
static gboolean
take (Worker *worker, Stretch *out)
{
  Climbs *all = worker->all;
  gboolean taken;

  g_mutex_lock (&all->mutex);
  while (all->stretches->len == 0 && all->at_work > 0 && !g_cancellable_is_cancelled (all->job->cancellable))
    {
      g_cond_wait (&all->changed, &all->mutex);
      report (worker);
    }
  taken = all->stretches->len > 0 && !g_cancellable_is_cancelled (all->job->cancellable);
  if (taken)
    {
      *out = g_array_index (all->stretches, Stretch, all->stretches->len - 1);
      g_array_set_size (all->stretches, all->stretches->len - 1);
      all->at_work++;
    }
  g_mutex_unlock (&all->mutex);
  return taken;
}

static void
put_back (Climbs *all, Stretch stretch)
{
  g_mutex_lock (&all->mutex);
  g_array_append_val (all->stretches, stretch);
  g_cond_broadcast (&all->changed);
  g_mutex_unlock (&all->mutex);
}

static void
leave (Climbs *all)
{
  g_mutex_lock (&all->mutex);
  all->at_work--;
  g_cond_broadcast (&all->changed);
  g_mutex_unlock (&all->mutex);
}

/* -- a stretch on a device ------------------------------------------------------------------------------------------------------------ */

static CfCudaStatus
ask_waves (CfCudaUnit *unit, const CfCudaField *field, gpointer data, char *message)
{
  Worker *worker = data;

  return unit->backend->module->ascend (worker->ascent, unit->query, field, &worker->left, message);
}

/* Between samples no query is taken, and so no lock. */
static CfCudaStatus
ask_more (Worker *worker)
{
  char message[CF_CUDA_MESSAGE] = "";
  CfCudaStatus status;

  if (worker->all->like != NULL)
    {
      cf_cuda_lock (worker->unit);
      return cf_cuda_ask (worker->unit, worker->all->field, worker->all->like, ask_waves, worker);
    }
  status = worker->unit->backend->module->ascend (worker->ascent, NULL, NULL, &worker->left, message);
  cf_cuda_note (worker->unit, status, message);
  return status;
}

static CfCudaStatus
read_peaks (Worker *worker, gsize first)
{
  Climbs *all = worker->all;
  const CfAscentJob *job = all->job;
  CfCudaPeaks peaks = { .peak = job->peak[first], .density = job->density + first, .shoulder = job->shoulder != NULL ? job->shoulder[first] : NULL };
  char message[CF_CUDA_MESSAGE] = "";
  CfCudaStatus status = worker->unit->backend->module->ascent_result (worker->ascent, &peaks, message);

  cf_cuda_note (worker->unit, status, message);
  if (status != CF_CUDA_OK)
    return status;
  g_mutex_lock (&all->mutex);
  all->cost.gradients += peaks.asked;
  all->cost.unfinished += peaks.unfinished;
  g_mutex_unlock (&all->mutex);
  return CF_CUDA_OK;
}

/* As much of it as there is memory for: half as many starts, and so on; the rest is put back. */
static CfCudaStatus
begin (Worker *worker, Stretch *stretch)
{
  Climbs *all = worker->all;
  CfCudaUnit *unit = worker->unit;
  char message[CF_CUDA_MESSAGE] = "";
  const gsize wanted = stretch->n;
  CfCudaStatus status;

  stretch->n = MIN (stretch->n, worker->most);
  while ((status = unit->backend->module->ascent_new (unit->device, all->job->kind == CF_ASCENT_PAPER, stretch->n, all->job->start[stretch->first], all->samples,
                                                      &worker->ascent, message))
           == CF_CUDA_NO_MEMORY
         && stretch->n > STARTS_LEAST)
    {
      worker->most = stretch->n /= 2;
      cf_cuda_tell (unit->backend, _("CUDA: %s: %s; goes on with %d seeds at once"), unit->name, message, (int) stretch->n);
    }
  cf_cuda_note (unit, status, message);
  if (status == CF_CUDA_NO_MEMORY)
    cf_cuda_tell (unit->backend, _("CUDA: %s: %s; the CPU answers"), unit->name, message);
  if (stretch->n < wanted)
    put_back (all, (Stretch){ stretch->first + stretch->n, wanted - stretch->n });
  return status;
}

/* TRUE where all of it has ended. */
static gboolean
climb_stretch (Worker *worker, Stretch *stretch)
{
  Climbs *all = worker->all;
  CfCudaStatus status = begin (worker, stretch);

  worker->left = stretch->n;
  worker->told = 0;
  while (worker->left > 0 && status == CF_CUDA_OK && !g_cancellable_is_cancelled (all->job->cancellable))
    {
      status = ask_more (worker);
      note_ended (worker, stretch->n - worker->left);
    }
  if (worker->left == 0 && status == CF_CUDA_OK)
    status = read_peaks (worker, stretch->first);
  if (worker->ascent != NULL)
    worker->unit->backend->module->ascent_free (g_steal_pointer (&worker->ascent));
  return worker->left == 0 && status == CF_CUDA_OK;
}

static gpointer
work (gpointer data)
{
  Worker *worker = data;
  gboolean done = TRUE;
  Stretch stretch;

  while (done && take (worker, &stretch))
    {
      done = climb_stretch (worker, &stretch);
      if (!done)
        {
          note_ended (worker, 0);
          put_back (worker->all, stretch);
        }
      leave (worker->all);
    }
  return NULL;
}

/* -- the CPU's part -------------------------------------------------------------------------------------------------------------------- */

static gboolean
query_field (gpointer data, gsize n, const double *xyz, float *value, float *gradient, GCancellable *cancellable, GError **error)
{
  return cf_evaluator_query (data, n, xyz, value, gradient, cancellable, error);
}

/* Where all devices are lost, or have no memory: what they have not climbed on the field. Between samples the caller, who is as quick, climbs all of it again. */
static gboolean
climb_rest (Climbs *all, CfCudaBackend *backend, GError **error)
{
  const CfAscentJob *job = all->job;
  CfBackend *cpu = all->samples == NULL ? cf_cuda_cpu (backend, error) : NULL;
  g_autoptr (CfEvaluator) evaluator = cpu != NULL ? cf_evaluator_new (cpu, (CfField *) all->field) : NULL;
  gboolean good = evaluator != NULL;

  for (guint i = 0; good && i < all->stretches->len; i++)
    {
      const Stretch *stretch = &g_array_index (all->stretches, Stretch, i);
      CfAscentCost cost = { 0 };

      good = cf_ascend (job->kind, query_field, evaluator, stretch->n, job->start + stretch->first, job->peak + stretch->first, job->density + stretch->first,
                        job->shoulder != NULL ? job->shoulder + stretch->first : NULL, NULL, &cost, NULL, NULL, job->cancellable, error);
      all->cost.gradients += cost.gradients;
      all->cost.unfinished += cost.unfinished;
    }
  return good;
}

/* -- all of it -------------------------------------------------------------------------------------------------------------------------- */

/* The devices that take part, the least busy first. */
static GArray *
hire (Climbs *all, CfCudaBackend *backend)
{
  GArray *workers = g_array_new (FALSE, TRUE, sizeof (Worker));
  CfCudaUnit *first = cf_cuda_choose (backend);
  Worker worker = { .all = all, .unit = first, .most = STARTS_MOST, .reports = TRUE };

  if (first != NULL)
    g_array_append_val (workers, worker);
  worker.reports = FALSE;
  for (int i = 0; first != NULL && i < backend->n_units && all->job->n / STARTS_SHARE > workers->len; i++)
    {
      worker.unit = &backend->units[i];
      if (worker.unit != first && !g_atomic_int_get (&worker.unit->failed))
        g_array_append_val (workers, worker);
    }
  return workers;
}

static void
divide (Climbs *all, guint n_workers)
{
  const gsize n = all->job->n, pieces = n_workers > 1 ? n_workers * (all->samples != NULL ? 1 : STRETCHES) : 1;
  const gsize each = MIN (MAX ((n + pieces - 1) / pieces, 1), STARTS_MOST);

  for (gsize first = 0; first < n; first += each)
    {
      const Stretch stretch = { first, MIN (each, n - first) };

      g_array_append_val (all->stretches, stretch);
    }
}

static void
work_together (GArray *workers)
{
  g_autofree GThread **threads = g_new0 (GThread *, workers->len);

  for (guint i = 1; i < workers->len; i++)
    threads[i] = g_thread_new ("climbs", work, &g_array_index (workers, Worker, i));
  work (&g_array_index (workers, Worker, 0));
  for (guint i = 1; i < workers->len; i++)
    g_thread_join (threads[i]);
}

gboolean
cf_cuda_ascend (CfBackend *parent, const CfField *field, const CfLandscapeView *samples, const CfAscentJob *job, GError **error)
{
  CfCudaBackend *backend = (CfCudaBackend *) parent;
  Climbs all = { .field = field, .like = samples == NULL ? cf_cuda_common_shape (field) : NULL, .samples = samples, .job = job };
  g_autoptr (GArray) workers = hire (&all, backend);
  gboolean done = workers->len > 0 && (samples != NULL || all.like != NULL);

  if (!done)
    return FALSE;
  all.stretches = g_array_new (FALSE, FALSE, sizeof (Stretch));
  g_mutex_init (&all.mutex);
  g_cond_init (&all.changed);
  divide (&all, workers->len);
  work_together (workers);
  if (g_cancellable_set_error_if_cancelled (job->cancellable, error))
    done = FALSE;
  else if (all.stretches->len > 0)
    done = climb_rest (&all, backend, error);
  if (job->cost != NULL)
    *job->cost = all.cost;
  g_array_unref (all.stretches);
  g_mutex_clear (&all.mutex);
  g_cond_clear (&all.changed);
  return done;
}
