/* cf-cuda-query.c: queries of networks on a device, which keeps them: the least recently used make room. */
#include "cf-cuda-private.h"

#include <math.h>

#include "cf-words.h"

#define ROWS_MOST 65536 /* points in flight */
#define ROWS_LEAST 2048
#define NETS_KEPT 64    /* at least; as many as the largest field asked for has */

static void
kept_clear (const CfCudaModule *module, CfCudaKept *kept)
{
  if (kept->net != NULL)
    module->net_free (kept->net);
  if (kept->siren != NULL)
    cf_siren_unref (kept->siren);
}

/* With the lock held. */
static void
drop_nets (CfCudaUnit *unit)
{
  for (guint i = 0; i < unit->nets->len; i++)
    kept_clear (unit->backend->module, &g_array_index (unit->nets, CfCudaKept, i));
  g_array_set_size (unit->nets, 0);
}

void
cf_cuda_unit_clear_queries (CfCudaUnit *unit)
{
  drop_nets (unit);
  if (unit->query != NULL)
    unit->backend->module->query_free (g_steal_pointer (&unit->query));
}

void
cf_cuda_no_room (CfCudaUnit *unit, const char *message)
{
  drop_nets (unit);
  if (!unit->told_no_room)
    cf_cuda_tell (unit->backend, _("CUDA: %s: %s; the CPU answers"), unit->name, message);
  unit->told_no_room = TRUE;
}

/* With the lock held: a place for one more network: a new one while there are few, else the one that was not used for longest. */
static CfCudaKept *
make_room (CfCudaUnit *unit, guint most)
{
  CfCudaKept fresh = { 0 }, *oldest = NULL;

  for (guint i = 0; i < unit->nets->len && unit->nets->len >= most; i++)
    {
      CfCudaKept *kept = &g_array_index (unit->nets, CfCudaKept, i);

      if (kept->used != unit->clock && (oldest == NULL || kept->used < oldest->used))
        oldest = kept;
    }
  if (oldest != NULL)
    return oldest;
  g_array_append_val (unit->nets, fresh);
  return &g_array_index (unit->nets, CfCudaKept, unit->nets->len - 1);
}

CfCudaStatus
cf_cuda_get_net (CfCudaUnit *unit, CfSiren *siren, guint at_least, const CfCudaNet **out, char *message)
{
  const CfCudaShape shape = cf_cuda_shape (&siren->shape);
  CfCudaKept *kept = NULL;
  CfCudaStatus status;

  for (guint i = 0; i < unit->nets->len && kept == NULL; i++)
    if (g_array_index (unit->nets, CfCudaKept, i).siren == siren)
      kept = &g_array_index (unit->nets, CfCudaKept, i);
  if (kept == NULL)
    {
      kept = make_room (unit, MAX (NETS_KEPT, at_least));
      g_clear_pointer (&kept->siren, cf_siren_unref);
      status = unit->backend->module->net_set (unit->device, &shape, siren->params, &kept->net, message);
      if (status != CF_CUDA_OK)
        return status;
      kept->siren = cf_siren_ref (siren);
    }
  kept->used = unit->clock;
  *out = kept->net;
  return CF_CUDA_OK;
}

CfCudaStatus
cf_cuda_get_query (CfCudaUnit *unit, const CfCudaShape *shape, char *message)
{
  const CfCudaModule *module = unit->backend->module;
  CfCudaStatus status;

  if (unit->query != NULL && memcmp (&unit->query_shape, shape, sizeof *shape) == 0)
    return CF_CUDA_OK;
  if (unit->query != NULL)
    module->query_free (g_steal_pointer (&unit->query));
  if (unit->query_rows == 0)
    unit->query_rows = ROWS_MOST;
  while ((status = module->query_new (unit->device, shape, unit->query_rows, &unit->query, message)) == CF_CUDA_NO_MEMORY
         && unit->query_rows > ROWS_LEAST)
    {
      drop_nets (unit);
      unit->query_rows /= 2;
      cf_cuda_tell (unit->backend, _("CUDA: %s: %s; goes on with %d points at once"), unit->name, message, unit->query_rows);
    }
  unit->query_shape = *shape;
  return status;
}

/* With the lock held. */
static CfCudaStatus
eval_locked (CfCudaUnit *unit, const CfEvalJob *jobs, gsize n_jobs, char *message)
{
  g_autofree CfCudaJob *own = g_new (CfCudaJob, n_jobs);
  const CfCudaShape shape = cf_cuda_shape (&jobs[0].siren->shape);
  CfCudaStatus status = cf_cuda_get_query (unit, &shape, message);

  unit->clock++;
  for (gsize j = 0; status == CF_CUDA_OK && j < n_jobs; j++)
    {
      own[j] = (CfCudaJob){ .n = jobs[j].n, .local = jobs[j].local, .value = jobs[j].value, .gradient = jobs[j].gradient };
      status = cf_cuda_get_net (unit, (CfSiren *) jobs[j].siren, 0, &own[j].net, message);
    }
  if (status == CF_CUDA_OK)
    status = unit->backend->module->eval (unit->query, own, n_jobs, message);
  return status;
}

static gboolean
same_shapes (const CfEvalJob *jobs, gsize n_jobs)
{
  for (gsize j = 1; j < n_jobs; j++)
    if (memcmp (&jobs[j].siren->shape, &jobs[0].siren->shape, sizeof (CfSirenShape)) != 0)
      return FALSE;
  return TRUE;
}

void
cf_cuda_lock (CfCudaUnit *unit)
{
  g_atomic_int_inc (&unit->n_waiting);
  g_mutex_lock (&unit->query_mutex);
  g_atomic_int_add (&unit->n_waiting, -1);
}

void
cf_cuda_unlock (CfCudaUnit *unit)
{
  g_mutex_unlock (&unit->query_mutex);
  /* A lock that is taken again at once is not seen free by those who have to wake up first: a window that draws. */
  if (g_atomic_int_get (&unit->n_waiting) > 0)
    g_usleep (200);
}

CfCudaUnit *
cf_cuda_lock_unit (CfCudaBackend *backend)
{
  for (int i = 0; i < backend->n_units; i++)
    if (!g_atomic_int_get (&backend->units[i].failed) && g_mutex_trylock (&backend->units[i].query_mutex))
      return &backend->units[i];
  for (int i = 0; i < backend->n_units; i++)
    if (!g_atomic_int_get (&backend->units[i].failed))
      {
        cf_cuda_lock (&backend->units[i]);
        return &backend->units[i];
      }
  return NULL;
}

gboolean
cf_cuda_eval (CfBackend *parent, const CfEvalJob *jobs, gsize n_jobs, int threads, GError **error)
{
  CfCudaBackend *backend = (CfCudaBackend *) parent;
  gboolean done = n_jobs == 0, room = same_shapes (jobs, n_jobs);
  CfCudaUnit *unit;
  CfBackend *cpu;

  while (!done && room && (unit = cf_cuda_lock_unit (backend)) != NULL)
    {
      char message[CF_CUDA_MESSAGE] = "";
      CfCudaStatus status = g_atomic_int_get (&unit->failed) ? CF_CUDA_LOST : eval_locked (unit, jobs, n_jobs, message);

      if (status == CF_CUDA_NO_MEMORY)
        cf_cuda_no_room (unit, message);
      cf_cuda_unlock (unit);
      cf_cuda_note (unit, status, message);
      done = status == CF_CUDA_OK;
      room = status != CF_CUDA_NO_MEMORY;
    }
  if (done)
    return TRUE;
  cpu = cf_cuda_cpu (backend, error);
  return cpu != NULL && cf_backend_eval_jobs (cpu, jobs, n_jobs, 0, error);
}

double
cf_cuda_matrix_rate (CfBackend *parent)
{
  CfCudaUnit *unit = cf_cuda_lock_unit ((CfCudaBackend *) parent);
  const CfCudaShape shape = cf_cuda_shape (&cf_siren_shape_paper);
  char message[CF_CUDA_MESSAGE] = "";
  CfCudaStatus status;
  double tflops = 0;

  if (unit == NULL)
    return NAN;
  status = cf_cuda_get_query (unit, &shape, message);
  if (status == CF_CUDA_OK)
    status = unit->backend->module->matrix_rate (unit->query, &tflops, message);
  cf_cuda_unlock (unit);
  cf_cuda_note (unit, status, message);
  return status == CF_CUDA_OK ? tflops : NAN;
}
