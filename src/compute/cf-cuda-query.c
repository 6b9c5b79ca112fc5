/* cf-cuda-query.c: queries on a device: its networks are kept, the least recently used make room. */
#include "cf-cuda-private.h"

#include <math.h>

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

/* With the lock held: there is no less to ask for. */
static void
no_room (CfCudaUnit *unit, const char *message)
{
  drop_nets (unit);
  if (!unit->told_no_room)
    cf_cuda_tell (unit->backend, "CUDA: %s: %s; the CPU answers", unit->name, message);
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

/* With the lock held. The network stays for as long as the clock does not move. */
static CfCudaStatus
get_net (CfCudaUnit *unit, CfSiren *siren, guint most, const CfCudaNet **out, char *message)
{
  const CfCudaShape shape = cf_cuda_shape (&siren->shape);
  CfCudaKept *kept = NULL;
  CfCudaStatus status;

  for (guint i = 0; i < unit->nets->len && kept == NULL; i++)
    if (g_array_index (unit->nets, CfCudaKept, i).siren == siren)
      kept = &g_array_index (unit->nets, CfCudaKept, i);
  if (kept == NULL)
    {
      kept = make_room (unit, most);
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

/* With the lock held: the query for networks of this shape. */
static CfCudaStatus
get_query (CfCudaUnit *unit, const CfCudaShape *shape, char *message)
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
      cf_cuda_tell (unit->backend, "CUDA: %s: %s; goes on with %d points at once", unit->name, message, unit->query_rows);
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
  CfCudaStatus status = get_query (unit, &shape, message);

  unit->clock++;
  for (gsize j = 0; status == CF_CUDA_OK && j < n_jobs; j++)
    {
      own[j] = (CfCudaJob){ .n = jobs[j].n, .local = jobs[j].local, .value = jobs[j].value, .gradient = jobs[j].gradient };
      status = get_net (unit, (CfSiren *) jobs[j].siren, NETS_KEPT, &own[j].net, message);
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

/* The device that nobody asks at the moment, else the first; locked. NULL where all are lost. */
static CfCudaUnit *
lock_unit (CfCudaBackend *backend)
{
  for (int i = 0; i < backend->n_units; i++)
    if (!g_atomic_int_get (&backend->units[i].failed) && g_mutex_trylock (&backend->units[i].query_mutex))
      return &backend->units[i];
  for (int i = 0; i < backend->n_units; i++)
    if (!g_atomic_int_get (&backend->units[i].failed))
      {
        g_mutex_lock (&backend->units[i].query_mutex);
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

  while (!done && room && (unit = lock_unit (backend)) != NULL)
    {
      char message[CF_CUDA_MESSAGE] = "";
      CfCudaStatus status = g_atomic_int_get (&unit->failed) ? CF_CUDA_LOST : eval_locked (unit, jobs, n_jobs, message);

      if (status == CF_CUDA_NO_MEMORY)
        no_room (unit, message);
      g_mutex_unlock (&unit->query_mutex);
      cf_cuda_note (unit, status, message);
      done = status == CF_CUDA_OK;
      room = status != CF_CUDA_NO_MEMORY;
    }
  if (done)
    return TRUE;
  cpu = cf_cuda_cpu (backend, error);
  return cpu != NULL && cf_backend_eval_jobs (cpu, jobs, n_jobs, 0, error);
}

static CfCudaStatus
field_locked (CfCudaUnit *unit, const CfField *field, CfCudaField *view, const CfSiren *like, gsize n, const double *xyz, float *value,
              float *gradient, char *message)
{
  g_autofree const CfCudaNet **nets = g_new0 (const CfCudaNet *, field->n_regions);
  const CfCudaShape shape = cf_cuda_shape (&like->shape);
  CfCudaStatus status = get_query (unit, &shape, message);

  unit->clock++;
  for (int r = 0; status == CF_CUDA_OK && r < field->n_regions; r++)
    if (field->fits[r].trained && field->sirens[r] != NULL)
      status = get_net (unit, field->sirens[r], MAX (NETS_KEPT, (guint) field->n_regions), &nets[r], message);
  view->nets = nets;
  if (status == CF_CUDA_OK)
    status = unit->backend->module->field (unit->query, view, n, xyz, value, gradient, message);
  return status;
}

/* Any of the field's networks; NULL where there is none, or their shapes differ. */
static const CfSiren *
common_shape (const CfField *field)
{
  const CfSiren *like = NULL;

  for (int r = 0; r < field->n_regions; r++)
    {
      const CfSiren *siren = field->fits[r].trained ? field->sirens[r] : NULL;

      if (siren == NULL)
        continue;
      if (like != NULL && memcmp (&like->shape, &siren->shape, sizeof like->shape) != 0)
        return NULL;
      like = siren;
    }
  return like;
}

gboolean
cf_cuda_field (CfBackend *parent, const CfField *field, gsize n, const double *xyz, float *value, float *gradient)
{
  CfCudaBackend *backend = (CfCudaBackend *) parent;
  const CfSiren *like = common_shape (field);
  g_autofree float *flat = g_new (float, field->n_regions);
  CfCudaField view = { .blend = field->blend, .transform = field->transform, .n_regions = field->n_regions, .flat = flat };
  CfCudaUnit *unit = like != NULL ? lock_unit (backend) : NULL;
  char message[CF_CUDA_MESSAGE] = "";
  CfCudaStatus status = CF_CUDA_LOST;

  if (unit == NULL)
    return FALSE;
  for (int r = 0; r < field->n_regions; r++)
    flat[r] = field->fits[r].trained && field->fits[r].flat ? field->fits[r].value : NAN;
  memcpy (view.axis, field->partition.axis, sizeof view.axis);
  memcpy (view.origin, field->grid.origin, sizeof view.origin);
  memcpy (view.inverse, field->grid.inverse, sizeof view.inverse);
  if (!g_atomic_int_get (&unit->failed))
    status = field_locked (unit, field, &view, like, n, xyz, value, gradient, message);
  if (status == CF_CUDA_NO_MEMORY)
    no_room (unit, message);
  g_mutex_unlock (&unit->query_mutex);
  cf_cuda_note (unit, status, message);
  return status == CF_CUDA_OK;
}

double
cf_cuda_matrix_rate (CfBackend *parent)
{
  CfCudaUnit *unit = lock_unit ((CfCudaBackend *) parent);
  const CfCudaShape shape = cf_cuda_shape (&cf_siren_shape_paper);
  char message[CF_CUDA_MESSAGE] = "";
  CfCudaStatus status;
  double tflops = 0;

  if (unit == NULL)
    return NAN;
  status = get_query (unit, &shape, message);
  if (status == CF_CUDA_OK)
    status = unit->backend->module->matrix_rate (unit->query, &tflops, message);
  g_mutex_unlock (&unit->query_mutex);
  cf_cuda_note (unit, status, message);
  return status == CF_CUDA_OK ? tflops : NAN;
}
