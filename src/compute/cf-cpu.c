/* cf-cpu.c: the CPU backend, the reference of every operation. This half: opening it and queries; cf-cpu-fit.c fits. */
#include "cf-cpu-private.h"

#include <stdio.h>
#include <string.h>

#include "cf-cpu-kernels.h"
#include "cf-cpu-net.h"

/* A tile of one job. */
typedef struct
{
  gsize job, first, rows;
} Tile;

typedef struct
{
  const CfCpuBackend *cpu;
  const CfEvalJob *jobs;
  const Tile *tiles;
} EvalRun;

static void
eval_tile (gpointer data, int i)
{
  const EvalRun *run = data;
  const Tile *tile = &run->tiles[i];
  const CfEvalJob *job = &run->jobs[tile->job];
  CfNet net = { .shape = job->siren->shape, .blas = run->cpu->blas, .params = job->siren->params };

  cf_net_eval (&net, tile->rows, job->local + 3 * tile->first, job->value + tile->first,
               job->gradient != NULL ? job->gradient + 3 * tile->first : NULL);
}

static gboolean
cpu_eval (CfBackend *backend, const CfEvalJob *jobs, gsize n_jobs, int threads, GError **error)
{
  CfCpuBackend *cpu = (CfCpuBackend *) backend;
  g_autoptr (GArray) tiles = g_array_new (FALSE, FALSE, sizeof (Tile));
  EvalRun run = { .cpu = cpu, .jobs = jobs };

  for (gsize j = 0; j < n_jobs; j++)
    for (gsize first = 0; first < jobs[j].n; first += CF_QUERY_ROWS)
      {
        Tile tile = { .job = j, .first = first, .rows = MIN (CF_QUERY_ROWS, jobs[j].n - first) };

        g_array_append_val (tiles, tile);
      }
  run.tiles = (const Tile *) tiles->data;
  cf_pool_run (cpu->pool, threads, tiles->len, eval_tile, &run);
  return TRUE;
}

static void
cpu_free (CfBackend *backend)
{
  cf_pool_free (((CfCpuBackend *) backend)->pool);
  g_free (backend);
}

static const CfBackendClass cpu_class = {
  .name = "cpu",
  .eval = cpu_eval,
  .loss_gradient = cf_cpu_loss_gradient,
  .fit_new = cf_cpu_fit_new,
  .fit_epoch = cf_cpu_fit_epoch,
  .fit_finish = cf_cpu_fit_finish,
  .fit_weights = cf_cpu_fit_weights,
  .fit_get_state = cf_cpu_fit_get_state,
  .fit_set_state = cf_cpu_fit_set_state,
  .fit_free = cf_cpu_fit_free,
  .free = cpu_free,
};

/* "AMD EPYC 9654" from the kernel's list, where there is one. */
static char *
processor_name (void)
{
  g_autofree char *text = NULL;
  const char *line, *colon;

  if (!g_file_get_contents ("/proc/cpuinfo", &text, NULL, NULL) || (line = strstr (text, "model name")) == NULL
      || (colon = strchr (line, ':')) == NULL)
    return g_strdup ("CPU");
  return g_strstrip (g_strndup (colon + 1, strcspn (colon + 1, "\n")));
}

CfBackend *
cf_cpu_backend_open (int threads, GError **error)
{
  const CfBlas *blas = cf_blas_get (error);
  g_autofree char *processor = NULL;
  CfCpuBackend *cpu;

  if (blas == NULL)
    return NULL;
  cpu = g_new0 (CfCpuBackend, 1);
  g_atomic_ref_count_init (&cpu->parent.ref_count);
  cpu->parent.klass = &cpu_class;
  cpu->parent.threads = cpu->parent.lanes = threads > 0 ? threads : (int) g_get_num_processors ();
  processor = processor_name ();
  cpu->parent.description = g_strdup_printf ("%s, %d thread%s, OpenBLAS %s, sines %s", processor, cpu->parent.threads,
                                             cpu->parent.threads == 1 ? "" : "s", blas->core, cf_kernel_set ());
  cpu->blas = blas;
  cpu->pool = cf_pool_new (cpu->parent.threads - 1);
  return &cpu->parent;
}
