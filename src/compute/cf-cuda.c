/* cf-cuda.c: the CUDA backend: devices are opened, watched and given up. */
#include "cf-cuda-private.h"

#include <string.h>

#include "cf-words.h"

#define LANES 64             /* regions in flight on a device */
#define LANE_ROWS 4096
#define LANE_SAMPLES 262144
#define TRAINING_SHARE 0.6   /* of the memory that is free when a device is opened */

void
cf_cuda_tell (CfCudaBackend *backend, const char *format, ...)
{
  g_autofree char *line = NULL, *before = NULL;
  va_list args;

  va_start (args, format);
  line = g_strdup_vprintf (format, args);
  va_end (args);
  g_mutex_lock (&backend->mutex);
  before = backend->notice;
  backend->notice = before != NULL ? g_strconcat (before, "\n", line, NULL) : g_steal_pointer (&line);
  g_mutex_unlock (&backend->mutex);
}

gboolean
cf_cuda_note (CfCudaUnit *unit, CfCudaStatus status, const char *message)
{
  if (status == CF_CUDA_OK || status == CF_CUDA_NO_MEMORY)
    return TRUE;
  if (g_atomic_int_compare_and_exchange (&unit->failed, 0, 1))
    cf_cuda_tell (unit->backend,
                  cf_cuda_choose (unit->backend) != NULL
                    ? _("CUDA: %s is not used any more: %s; work goes on from the last epoch on the other devices")
                    : _("CUDA: %s is not used any more: %s; work goes on from the last epoch on the CPU"), unit->name, message);
  return FALSE;
}

CfCudaUnit *
cf_cuda_choose (CfCudaBackend *backend)
{
  CfCudaUnit *best = NULL;
  int least = G_MAXINT;

  for (int i = 0; i < backend->n_units; i++)
    {
      CfCudaUnit *unit = &backend->units[i];
      int fits = g_atomic_int_get (&unit->n_fits);

      if (!g_atomic_int_get (&unit->failed) && fits < least)
        {
          best = unit;
          least = fits;
        }
    }
  return best;
}

CfBackend *
cf_cuda_cpu (CfCudaBackend *backend, GError **error)
{
  CfBackend *cpu;

  g_mutex_lock (&backend->mutex);
  if (backend->cpu == NULL)
    backend->cpu = cf_cpu_backend_open (0, error);
  cpu = backend->cpu;
  g_mutex_unlock (&backend->mutex);
  return cpu;
}

CfCudaShape
cf_cuda_shape (const CfSirenShape *shape)
{
  return (CfCudaShape){ .width = shape->width, .hidden = shape->hidden, .w0_first = (float) shape->w0_first, .w0 = (float) shape->w0 };
}

static char *
cuda_take_notice (CfBackend *parent)
{
  CfCudaBackend *backend = (CfCudaBackend *) parent;
  char *notice;

  g_mutex_lock (&backend->mutex);
  notice = g_steal_pointer (&backend->notice);
  g_mutex_unlock (&backend->mutex);
  return notice;
}

static void
unit_clear (CfCudaUnit *unit)
{
  const CfCudaModule *module = unit->backend->module;

  if (unit->device == NULL)
    return;
  for (guint i = 0; i < unit->crews->len; i++)
    cf_cuda_crew_free (unit->crews->pdata[i]);
  g_ptr_array_free (unit->crews, TRUE);
  cf_cuda_unit_clear_queries (unit);
  g_array_free (unit->nets, TRUE);
  module->close (unit->device);
  g_free (unit->name);
  g_mutex_clear (&unit->query_mutex);
  g_mutex_clear (&unit->mutex);
  g_cond_clear (&unit->changed);
}

static void
cuda_free (CfBackend *parent)
{
  CfCudaBackend *backend = (CfCudaBackend *) parent;

  for (int i = 0; i < backend->n_units; i++)
    unit_clear (&backend->units[i]);
  g_free (backend->units);
  g_clear_pointer (&backend->cpu, cf_backend_unref);
  g_mutex_clear (&backend->mutex);
  g_cond_clear (&backend->cpu_free);
  g_free (backend->notice);
  g_free (backend);
}

static const CfBackendClass cuda_class = {
  .name = "cuda",
  .eval = cf_cuda_eval,
  .loss_gradient = cf_cuda_loss_gradient,
  .fit_new = cf_cuda_fit_new,
  .fit_epoch = cf_cuda_fit_epoch,
  .fit_finish = cf_cuda_fit_finish,
  .fit_weights = cf_cuda_fit_weights,
  .fit_get_state = cf_cuda_fit_get_state,
  .fit_set_state = cf_cuda_fit_set_state,
  .fit_free = cf_cuda_fit_free,
  .free = cuda_free,
  .field = cf_cuda_field,
  .bake = cf_cuda_bake,
  .march = cf_cuda_march,
  .ascend = cf_cuda_ascend,
  .fine_new = cf_cuda_fine_new,
  .fine_give = cf_cuda_fine_give,
  .fine_lost = cf_cuda_fine_lost,
  .fine_free = cf_cuda_fine_free,
  .shares_gl = cf_cuda_shares_gl,
  .matrix_rate = cf_cuda_matrix_rate,
  .take_notice = cuda_take_notice,
};

static gboolean
unit_open (CfCudaUnit *unit, CfCudaBackend *backend, int index, GError **error)
{
  const CfCudaModule *module = backend->module;
  const CfCudaShape shape = cf_cuda_shape (&cf_siren_shape_paper);
  char message[CF_CUDA_MESSAGE] = "";
  CfCudaInfo info;
  gsize lane;

  unit->backend = backend;
  if (module->open (index, backend->precision, &unit->device, message) != CF_CUDA_OK)
    {
      g_set_error (error, CF_ERROR, CF_ERROR_DEVICE, _("CUDA: %s; use the backend cpu"), message);
      return FALSE;
    }
  if (module->info (unit->device, &info, message) != CF_CUDA_OK)
    {
      g_set_error (error, CF_ERROR, CF_ERROR_DEVICE, _("CUDA: device %d: %s; use the backend cpu"), index, message);
      module->close (g_steal_pointer (&unit->device));
      return FALSE;
    }
  unit->budget = (gsize) (TRAINING_SHARE * info.memory_free);
  lane = module->trainer_bytes (&shape, backend->precision, TRUE, 1, LANE_ROWS, LANE_SAMPLES);
  unit->lanes = (int) CLAMP (unit->budget / lane, 1, LANES);
  unit->name = g_strdup_printf ("%s (%.0f GiB, compute %d.%d)", info.name, info.memory / 1073741824.0, info.major, info.minor);
  unit->nets = g_array_new (FALSE, FALSE, sizeof (CfCudaKept));
  unit->crews = g_ptr_array_new ();
  g_mutex_init (&unit->query_mutex);
  g_mutex_init (&unit->mutex);
  g_cond_init (&unit->changed);
  return TRUE;
}

static gboolean
parse_precision (const char *text, CfCudaPrecision *out, GError **error)
{
  static const char *const names[] = { [CF_CUDA_FP32] = "fp32", [CF_CUDA_TF32] = "tf32", [CF_CUDA_FP16] = "fp16" };

  *out = CF_CUDA_TF32;
  if (text == NULL)
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    if (g_str_equal (text, names[i]))
      {
        *out = (CfCudaPrecision) i;
        return TRUE;
      }
  g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, _("precision of the backend cuda is \"%s\", needs fp32, tf32 or fp16"), text);
  return FALSE;
}

static void
describe (CfCudaBackend *backend)
{
  static const char *const products[] = { [CF_CUDA_FP32] = "fp32", [CF_CUDA_TF32] = "TF32", [CF_CUDA_FP16] = "16-bit" };
  g_autoptr (GString) names = g_string_new (NULL);

  for (int i = 0; i < backend->n_units; i++)
    {
      g_string_append_printf (names, "%s%s", i > 0 ? " + " : "", backend->units[i].name);
      backend->parent.lanes += backend->units[i].lanes;
    }
  /* Each lane is served as if it had a thread of its own. */
  backend->parent.threads = backend->parent.lanes;
  backend->parent.description = g_strdup_printf ("%s, %s products, %d regions at once, %s", names->str, products[backend->precision],
                                                 backend->parent.lanes, backend->module->built);
}

CfBackend *
cf_cuda_backend_open (int device, const char *precision, GError **error)
{
  CfCudaPrecision wanted;
  const CfCudaModule *module;
  CfCudaBackend *backend;
  char message[CF_CUDA_MESSAGE] = "";
  int n, first = MAX (device, 0);

  if (!parse_precision (precision, &wanted, error) || (module = cf_cuda_loader_get (error)) == NULL)
    return NULL;
  if (module->count (&n, message) != CF_CUDA_OK)
    {
      g_set_error (error, CF_ERROR, CF_ERROR_DEVICE, _("CUDA: %s; use the backend cpu"), message);
      return NULL;
    }
  if (device >= 0)
    n = 1;
  backend = g_new0 (CfCudaBackend, 1);
  g_atomic_ref_count_init (&backend->parent.ref_count);
  backend->parent.klass = &cuda_class;
  backend->module = module;
  backend->precision = wanted;
  g_mutex_init (&backend->mutex);
  g_cond_init (&backend->cpu_free);
  backend->units = g_new0 (CfCudaUnit, n);
  for (int i = 0; i < n; i++)
    {
      /* One of several that does not start is left out. */
      g_autoptr (GError) failure = NULL;

      if (unit_open (&backend->units[backend->n_units], backend, first + i, &failure))
        backend->n_units++;
      else if (i == n - 1 && backend->n_units == 0)
        {
          g_propagate_error (error, g_steal_pointer (&failure));
          cuda_free (&backend->parent);
          return NULL;
        }
      else
        cf_cuda_tell (backend, "%s", failure->message);
    }
  describe (backend);
  return &backend->parent;
}
