/* cf-cuda-fine.c: finer samples of a part, filled on a device a few calls at a time, that stay there until a picture takes them. */
#include "cf-cuda-private.h"

typedef struct
{
  CfBackend *backend; /* a reference */
  CfCudaUnit *unit;
  CfCudaFine *fine;
  gsize n, left;
  GMutex mutex; /* of giving: a window and an export may ask at once */
} Fine;

static CfCudaStatus
ask_more (CfCudaUnit *unit, const CfCudaField *field, gpointer data, char *message)
{
  Fine *fine = data;

  return unit->backend->module->fine_fill (fine->fine, unit->query, field, &fine->left, message);
}

/* The device that draws, as far as that is known yet: what another one has goes through the host. */
static CfCudaUnit *
choose (CfCudaBackend *backend)
{
  CfCudaUnit *draws = g_atomic_pointer_get (&backend->draws);

  return draws != NULL && !g_atomic_int_get (&draws->failed) ? draws : cf_cuda_choose (backend);
}

static CfCudaStatus
fill (Fine *fine, const CfField *field, const CfSiren *like, CfProgressFunc progress, gpointer user_data, GCancellable *cancellable)
{
  CfCudaStatus status = CF_CUDA_OK;

  fine->left = fine->n;
  while (fine->left > 0 && status == CF_CUDA_OK && !g_cancellable_is_cancelled (cancellable))
    {
      cf_cuda_lock (fine->unit);
      status = cf_cuda_ask (fine->unit, field, like, ask_more, fine);
      if (progress != NULL)
        progress (1 - (double) fine->left / fine->n, user_data);
    }
  return status;
}

gpointer
cf_cuda_fine_new (CfBackend *parent, const CfField *field, const CfFineBox *box, CfProgressFunc progress, gpointer user_data, GCancellable *cancellable,
                  GError **error)
{
  const CfSiren *like = cf_cuda_common_shape (field);
  CfCudaUnit *unit = choose ((CfCudaBackend *) parent);
  char message[CF_CUDA_MESSAGE] = "";
  CfCudaStatus status;
  Fine *fine;

  if (like == NULL || unit == NULL)
    return NULL;
  fine = g_new0 (Fine, 1);
  fine->backend = cf_backend_ref (parent);
  fine->unit = unit;
  fine->n = (gsize) box->lattice.dims[0] * box->lattice.dims[1] * box->lattice.dims[2];
  g_mutex_init (&fine->mutex);
  status = unit->backend->module->fine_new (unit->device, box, &fine->fine, message);
  cf_cuda_note (unit, status, message);
  if (status == CF_CUDA_OK)
    status = fill (fine, field, like, progress, user_data, cancellable);
  if (!g_cancellable_set_error_if_cancelled (cancellable, error) && status == CF_CUDA_OK)
    return fine;
  cf_cuda_fine_free (fine);
  return NULL;
}

gboolean
cf_cuda_fine_give (gpointer data, CfFineTarget *target)
{
  Fine *fine = data;
  char message[CF_CUDA_MESSAGE] = "";
  CfCudaStatus status = CF_CUDA_LOST;

  target->in_gl = FALSE;
  g_mutex_lock (&fine->mutex);
  if (!g_atomic_int_get (&fine->unit->failed))
    status = fine->unit->backend->module->fine_give (fine->fine, target, message);
  g_mutex_unlock (&fine->mutex);
  cf_cuda_note (fine->unit, status, message);
  if (status == CF_CUDA_OK && target->gl_texture != 0 && !target->in_gl)
    cf_cuda_shares_gl (fine->backend); /* the next one is made where it is drawn */
  return status == CF_CUDA_OK;
}

gboolean
cf_cuda_fine_lost (gpointer data)
{
  const Fine *fine = data;

  return g_atomic_int_get (&fine->unit->failed);
}

void
cf_cuda_fine_free (gpointer data)
{
  Fine *fine = data;

  if (fine->fine != NULL)
    fine->unit->backend->module->fine_free (fine->fine);
  g_mutex_clear (&fine->mutex);
  cf_backend_unref (fine->backend);
  g_free (fine);
}
