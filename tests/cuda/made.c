#include "made.h"

#include <math.h>
#include <stdlib.h>

#include "cf-random.h"

CfField *
made_field (const CfGrid *grid, const CfSirenShape *shape, guint32 seed)
{
  CfPartition partition;
  CfField *field;

  g_assert_true (cf_partition_init (&partition, CF_PARTITION_BALANCED, grid->dims));
  field = cf_field_alloc (cf_partition_n_regions (&partition));
  field->grid = field->source_grid = *grid;
  field->partition = partition;
  field->normalisation = (CfNormalisation){ .dims = { grid->dims[0], grid->dims[1], grid->dims[2] }, .max = 1, .sigma = 1 };
  for (int r = 0; shape != NULL && r < field->n_regions; r++)
    {
      g_autoptr (CfSiren) siren = cf_siren_new_random (shape, seed, r);
      const CfRegionFit fit = { .trained = TRUE };

      cf_field_set_region (field, r, siren, &fit);
    }
  return field;
}

CfField *
made_cube (int side, const CfSirenShape *shape, guint32 seed)
{
  const double origin[3] = { 0, 0, 0 }, spacing[3] = { 1, 1, 1 };
  CfGrid grid;

  cf_grid_init_orthogonal (&grid, (int[3]){ side, side, side }, origin, spacing);
  return made_field (&grid, shape, seed);
}

static int
by_value (gconstpointer a, gconstpointer b)
{
  return *(const float *) a < *(const float *) b ? -1 : *(const float *) a > *(const float *) b;
}

double
made_level (const float *values, gsize n, double share)
{
  g_autofree float *sorted = g_memdup2 (values, n * sizeof (float));

  qsort (sorted, n, sizeof *sorted, by_value);
  return sorted[(gsize) (share * n)];
}

const CfSirenShape made_shape = { 16, 2, 10, 10 };
float made_x[3 * MADE_SAMPLES], made_t[MADE_SAMPLES];

void
made_init (void)
{
  CfRandom random;

  cf_random_init (&random, 1, 1);
  for (int i = 0; i < MADE_SAMPLES; i++)
    {
      for (int a = 0; a < 3; a++)
        made_x[3 * i + a] = (float) (2 * cf_random_double (&random) - 1);
      made_t[i] = sinf (2 * made_x[3 * i]) * cosf (2 * made_x[3 * i + 1] + made_x[3 * i + 2]);
    }
}

CfBackend *
made_backend (const char *launches, const char *memory, const char *devices)
{
  g_autoptr (GError) error = NULL;
  CfBackend *backend;

  g_setenv ("CF_SIMT_LAUNCHES", launches, TRUE);
  g_setenv ("CF_SIMT_MEMORY", memory, TRUE);
  g_setenv ("CF_SIMT_DEVICES", devices, TRUE);
  backend = cf_backend_open ("cuda/fp32", 0, &error);
  g_assert_no_error (error);
  return backend;
}

CfFit *
made_fit (CfBackend *backend, int seed)
{
  const CfFitSpec spec = { .optimiser = CF_OPTIMISER_MUON, .rate = 1e-3, .muon_rate = 1e-3, .batch = 100, .total_steps = 60, .seed = seed };
  g_autoptr (CfSiren) start = cf_siren_new_random (&made_shape, 1, seed);

  return cf_fit_new (backend, start, &spec, MADE_SAMPLES, made_x, made_t, NULL);
}

double
made_epochs (CfFit *fit, int epochs)
{
  double loss = NAN;

  for (int e = 0; e < epochs; e++)
    g_assert_true (cf_fit_epoch (fit, 0, &loss, NULL, NULL));
  return loss;
}

typedef struct
{
  CfBackend *backend;
  int seed;
  gint *there; /* atomic: threads that have begun; all wait for the last, so that the device has all regions at once */
  int n;
  double loss;
} Region;

static gpointer
region_thread (gpointer data)
{
  Region *region = data;
  g_autoptr (CfFit) fit = made_fit (region->backend, region->seed);

  g_atomic_int_inc (region->there);
  while (g_atomic_int_get (region->there) < region->n)
    g_usleep (1000);
  region->loss = made_epochs (fit, 3);
  return NULL;
}

void
made_regions (CfBackend *backend, int n, double *losses)
{
  g_autofree Region *regions = g_new (Region, n);
  g_autofree GThread **threads = g_new (GThread *, n);
  gint there = 0;

  for (int i = 0; i < n; i++)
    {
      regions[i] = (Region){ .backend = backend, .seed = i, .there = &there, .n = n };
      threads[i] = g_thread_new ("region", region_thread, &regions[i]);
    }
  for (int i = 0; i < n; i++)
    g_thread_join (threads[i]);
  for (int i = 0; i < n; i++)
    losses[i] = regions[i].loss;
}
