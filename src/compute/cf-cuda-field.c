/* cf-cuda-field.c: a device is asked for a whole field: points, pictures. */
#include "cf-cuda-private.h"

#include <math.h>
#include <string.h>

const CfSiren *
cf_cuda_common_shape (const CfField *field)
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

static CfCudaStatus
ask_locked (CfCudaUnit *unit, const CfField *field, const CfSiren *like, CfCudaAsk ask, gpointer data, char *message)
{
  g_autofree const CfCudaNet **nets = g_new0 (const CfCudaNet *, field->n_regions);
  g_autofree float *flat = g_new (float, field->n_regions);
  CfCudaField view = { .blend = field->blend, .transform = field->transform, .n_regions = field->n_regions, .flat = flat, .nets = nets };
  const CfCudaShape shape = cf_cuda_shape (&like->shape);
  CfCudaStatus status = cf_cuda_get_query (unit, &shape, message);

  unit->clock++;
  for (int r = 0; r < field->n_regions; r++)
    flat[r] = field->fits[r].trained && field->fits[r].flat ? field->fits[r].value : NAN;
  memcpy (view.axis, field->partition.axis, sizeof view.axis);
  memcpy (view.origin, field->grid.origin, sizeof view.origin);
  memcpy (view.inverse, field->grid.inverse, sizeof view.inverse);
  for (int r = 0; status == CF_CUDA_OK && r < field->n_regions; r++)
    if (field->fits[r].trained && field->sirens[r] != NULL)
      status = cf_cuda_get_net (unit, field->sirens[r], (guint) field->n_regions, &nets[r], message);
  return status == CF_CUDA_OK ? ask (unit, &view, data, message) : status;
}

CfCudaStatus
cf_cuda_ask (CfCudaUnit *unit, const CfField *field, const CfSiren *like, CfCudaAsk ask, gpointer data)
{
  char message[CF_CUDA_MESSAGE] = "";
  CfCudaStatus status = CF_CUDA_LOST;

  if (!g_atomic_int_get (&unit->failed))
    status = ask_locked (unit, field, like, ask, data, message);
  if (status == CF_CUDA_NO_MEMORY)
    cf_cuda_no_room (unit, message);
  cf_cuda_unlock (unit);
  cf_cuda_note (unit, status, message);
  return status;
}

/* unit: locked; NULL: there is none. */
static gboolean
ask_unit (CfCudaUnit *unit, const CfField *field, const CfSiren *like, CfCudaAsk ask, gpointer data)
{
  return unit != NULL && cf_cuda_ask (unit, field, like, ask, data) == CF_CUDA_OK;
}

/* -- points ------------------------------------------------------------------------------------------------------------------------- */

typedef struct
{
  gsize n;
  const double *xyz;
  float *value, *gradient;
} Points;

static CfCudaStatus
ask_points (CfCudaUnit *unit, const CfCudaField *field, gpointer data, char *message)
{
  const Points *points = data;

  return unit->backend->module->field (unit->query, field, points->n, points->xyz, points->value, points->gradient, message);
}

gboolean
cf_cuda_field (CfBackend *parent, const CfField *field, gsize n, const double *xyz, float *value, float *gradient)
{
  const CfSiren *like = cf_cuda_common_shape (field);
  Points points = { n, xyz, value, gradient };

  return like != NULL && ask_unit (cf_cuda_lock_unit ((CfCudaBackend *) parent), field, like, ask_points, &points);
}

/* -- lattices ----------------------------------------------------------------------------------------------------------------------- */

typedef struct
{
  CfLattice lattice;
  gsize first, n;
  float *value;
} Samples;

static CfCudaStatus
ask_samples (CfCudaUnit *unit, const CfCudaField *field, gpointer data, char *message)
{
  const Samples *samples = data;

  return unit->backend->module->bake (unit->query, field, &samples->lattice, samples->first, samples->n, samples->value, message);
}

gboolean
cf_cuda_bake (CfBackend *parent, const CfField *field, const CfGrid *grid, gsize first, gsize n, float *value)
{
  const CfSiren *like = cf_cuda_common_shape (field);
  Samples samples = { .first = first, .n = n, .value = value };

  memcpy (samples.lattice.dims, grid->dims, sizeof grid->dims);
  memcpy (samples.lattice.origin, grid->origin, sizeof grid->origin);
  memcpy (samples.lattice.step, grid->step, sizeof grid->step);
  return like != NULL && ask_unit (cf_cuda_lock_unit ((CfCudaBackend *) parent), field, like, ask_samples, &samples);
}

/* -- pictures ----------------------------------------------------------------------------------------------------------------------- */

typedef struct
{
  const CfMarchView *view;
  const CfMarchSpace *space;
  CfMarchTarget *target;
} Picture;

static CfCudaStatus
ask_picture (CfCudaUnit *unit, const CfCudaField *field, gpointer data, char *message)
{
  const Picture *picture = data;

  return unit->backend->module->march (unit->query, field, picture->view, picture->space, picture->target, message);
}

/* The device whose GL context is current; NULL where that is none of ours. */
static CfCudaUnit *
unit_of_gl (CfCudaBackend *backend)
{
  for (int i = 0; i < backend->n_units; i++)
    if (!g_atomic_int_get (&backend->units[i].failed) && backend->module->shares_gl (backend->units[i].device))
      {
        g_atomic_pointer_set (&backend->draws, &backend->units[i]);
        return &backend->units[i];
      }
  return NULL;
}

gboolean
cf_cuda_shares_gl (CfBackend *parent)
{
  return unit_of_gl ((CfCudaBackend *) parent) != NULL;
}

/* The device that draws, where it is one of ours; else any. Locked. */
static CfCudaUnit *
lock_for_picture (CfCudaBackend *backend, const CfMarchTarget *target)
{
  CfCudaUnit *unit = target->gl_hits != 0 ? unit_of_gl (backend) : NULL;

  if (unit == NULL)
    return cf_cuda_lock_unit (backend);
  cf_cuda_lock (unit);
  return unit;
}

gboolean
cf_cuda_march (CfBackend *parent, const CfField *field, const CfMarchView *view, const CfMarchSpace *space, CfMarchTarget *target)
{
  const CfSiren *like = cf_cuda_common_shape (field);
  Picture picture = { view, space, target };

  return like != NULL && ask_unit (lock_for_picture ((CfCudaBackend *) parent, target), field, like, ask_picture, &picture);
}
