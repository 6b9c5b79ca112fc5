/* cmd-bench.c: measures training, queries, ascent, sweep and pictures here and now; each with the peak resident memory. */
#include "cli.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "cf-bench.h"
#include "cf-curve.h"
#include "cf-demo.h"
#include "cf-random.h"
#include "cf-words.h"
#include "cli-bench-field.h"
#include "cli-bench-follow.h"
#include "cli-bench-render.h"
#include "cli-bench-torch.h"
#include "cli-picture.h"
#include "cli-train.h"

#define SWEEP_SEEDS 1000000
#define FOLLOW_NODES 100000
#define SKLEARN_SEEDS 3000000 /* more take it minutes and all memory */

typedef struct
{
  gboolean torch, vtk;
  char *python;
  int seeds; /* of the sweep, and of the walk */
  int nodes; /* to follow */
} Request;

static double
seconds_since (gint64 start)
{
  return (g_get_monotonic_time () - start) / 1e6;
}

/* Before minutes are spent on measuring. */
static gboolean
check_torch (const Request *request, GError **error)
{
  CfCliTorch torch;

  if (!request->torch)
    return TRUE;
  if (!cf_cli_bench_torch (request->python, "version", &cf_siren_shape_paper, 1, 1, 0, &torch, error))
    return FALSE;
  cf_cli_torch_clear (&torch);
  return TRUE;
}

/* Adds what PyTorch does of the same to made; takes and returns it, NULL with the error. */
static json_t *
add_torch (json_t *made, const Request *request, CfBackend *backend, const char *kind, const char *prefix, int batch, double operations, double ours,
           GError **error)
{
  CfCliTorch torch;
  g_autofree char *gflops = g_strconcat (prefix, "torch_gflops", NULL), *ratio = g_strconcat (prefix, "torch_ratio", NULL);
  g_autofree char *how = g_strconcat (prefix, "torch_how", NULL);
  double rate;

  if (!request->torch)
    return made;
  /* beside a GPU the same GPU */
  if (!cf_cli_bench_torch (request->python, kind, &cf_siren_shape_paper, batch, g_str_equal (cf_backend_name (backend), "cuda") ? 0 : cf_backend_threads (backend),
                           6, &torch, error))
    {
      json_decref (made);
      return NULL;
    }
  rate = torch.rows_a_second * operations * 1e-9 * cf_siren_n_params (&cf_siren_shape_paper);
  json_object_set_new (made, gflops, json_real (rate));
  json_object_set_new (made, ratio, json_real (ours / rate));
  json_object_set_new (made, how, json_string (torch.how));
  json_object_set_new (made, "torch_version", json_string (torch.version));
  cf_cli_torch_clear (&torch);
  return made;
}

static json_t *
bench_train (CfCli *cli, CfBackend *backend, const Request *request, GError **error)
{
  CfBenchMachine machine;
  CfBenchTrain train;
  json_t *made;

  if (!cf_bench_machine (backend, 3, &machine, error) || !cf_bench_train (backend, 0, 6, &train, cli->cancellable, error))
    return NULL;
  made = json_pack ("{s:f,s:f,s:f,s:f,s:f,s:f,s:f,s:f,s:f,s:s,s:i,s:s}", "gflops", train.muon, "all_gflops", train.muon_all, "peak_gflops", machine.peak,
                    "gemm_gflops", machine.gemm, "adam_gflops", train.adam, "one_region_gflops", train.alone, "share", train.muon / machine.peak,
                    "all_share", train.muon_all / machine.peak, "adam_share", train.adam / machine.peak, "vectors", machine.vectors, "batch", train.batch,
                    "kernels", machine.kernels);
  return add_torch (made, request, backend, "train", "", train.batch, 6, train.adam, error);
}

static json_t *
bench_query (CfCli *cli, CfBackend *backend, const Request *request, GError **error)
{
  CfBenchMachine machine;
  CfBenchQuery query;
  json_t *made;

  if (!cf_bench_machine (backend, 3, &machine, error) || !cf_bench_query (backend, 6, &query, cli->cancellable, error))
    return NULL;
  made = json_pack ("{s:f,s:f,s:f,s:f,s:f,s:f,s:f,s:s}", "gflops", query.value, "gradient_gflops", query.gradient, "peak_gflops", machine.peak, "share",
                    query.value / machine.peak, "gradient_share", query.gradient / machine.peak, "values_per_s", query.values_a_second,
                    "gradients_per_s", query.gradients_a_second, "kernels", machine.kernels);
  made = add_torch (made, request, backend, "value", "", 4096, 2, query.value, error);
  return made ? add_torch (made, request, backend, "gradient", "gradient_", 4096, 4, query.gradient, error) : NULL;
}

/* The demonstration, fitted for a few epochs: enough for a landscape with its peaks. */
static CfEvaluator *
fit_demonstration (CfCli *cli, CfBackend *backend, GError **error)
{
  const CfTrainOptions options = { .contour = NAN, .resolution = CF_DEMO_RESOLUTION, .last_region = -1, .max_epochs = 4 };
  g_autoptr (CfStructure) model = cf_demo_structure (error);
  g_autoptr (CfVolume) volume = model ? cf_demo_volume (model, cli->cancellable, error) : NULL;
  g_autoptr (CfField) field = volume ? cf_cli_train (cli, backend, volume, &options, CF_CLI_PROGRESS_NONE, NULL, error) : NULL;

  return field ? cf_evaluator_new (backend, field) : NULL;
}

static json_t *
bench_ascent (CfCli *cli, CfBackend *backend, const Request *request, GError **error)
{
  g_autoptr (CfEvaluator) evaluator = fit_demonstration (cli, backend, error);
  g_auto (CfCliSamples) samples = { 0 };
  g_autoptr (CfPeaks) peaks = NULL;
  CfWalkOptions options = { 0 };
  gint64 start;
  double seconds;

  if (!evaluator || !cf_cli_samples_from_field (cli, evaluator, &samples, error))
    return NULL;
  options.lowest = cf_level_floor (&cf_evaluator_field (evaluator)->normalisation).normalised;
  start = g_get_monotonic_time ();
  peaks = cf_walk_from_samples (evaluator, &samples.grid, samples.data, &options, NULL, NULL, cli->cancellable, error);
  seconds = seconds_since (start);
  if (!peaks)
    return NULL;
  return json_pack ("{s:I,s:f,s:f,s:f}", "seeds", (json_int_t) peaks->n, "seconds", seconds, "seeds_per_s", peaks->n / seconds, "gradients_per_seed",
                    (double) peaks->gradients / MAX (peaks->n, 1));
}

/* Seeds that climbed to a thirtieth as many maxima and stopped within a few hundredths of an A of them. */
static CfPeaks *
make_peaks (gsize n)
{
  const gsize n_maxima = n / 30;
  const double side = cbrt ((double) n_maxima) * 1.5;
  g_autofree float *maxima = g_new (float, 3 * n_maxima);
  CfPeaks *peaks = cf_peaks_new (n);
  CfRandom random;

  cf_random_init (&random, 1, 0);
  for (gsize i = 0; i < 3 * n_maxima; i++)
    maxima[i] = (float) (side * cf_random_double (&random));
  for (gsize i = 0; i < n; i++)
    {
      gsize m = (gsize) (cf_random_double (&random) * n_maxima);
      float depth = (float) cf_random_double (&random);

      for (int a = 0; a < 3; a++)
        {
          peaks->peak[i][a] = maxima[3 * m + a] + 0.02f * (float) cf_random_normal (&random);
          peaks->seed[i][a] = maxima[3 * m + a] + 0.5f * (float) cf_random_normal (&random);
        }
      peaks->peak_density[i] = 0.2f + 0.8f * (float) m / n_maxima;
      peaks->seed_density[i] = peaks->peak_density[i] * (0.2f + 0.8f * depth);
    }
  peaks->lowest = 0.04;
  peaks->spacing = 0.5;
  cf_peaks_sort (peaks);
  return peaks;
}

static int
compare_doubles (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;
  return (x > y) - (x < y);
}

/* DBSCAN of scikit-learn on the same peaks; null where that is not installed. */
static json_t *
time_sklearn (const CfPeaks *peaks)
{
  static const char script[] = "import sys, time, numpy\n"
                               "from sklearn.cluster import DBSCAN\n"
                               "x = numpy.fromfile (sys.argv[1], dtype=numpy.float32).reshape (-1, 3)\n"
                               "t = time.perf_counter ()\n"
                               "DBSCAN (eps=0.2, min_samples=1).fit (x)\n"
                               "print (time.perf_counter () - t)\n";
  g_autofree char *path = NULL, *text = NULL;
  int fd = g_file_open_tmp ("cryofield-XXXXXX.f32", &path, NULL), status = 1;
  json_t *result = json_null ();

  if (fd < 0)
    return result;
  close (fd);
  if (g_file_set_contents (path, (const char *) peaks->peak, peaks->n * sizeof *peaks->peak, NULL)
      && g_spawn_sync (NULL, (char *[]) { "/usr/bin/python3", "-c", (char *) script, path, NULL }, NULL, G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL,
                       &text, NULL, &status, NULL)
      && g_spawn_check_wait_status (status, NULL))
    {
      json_decref (result);
      result = json_real (g_ascii_strtod (text, NULL));
    }
  unlink (path);
  return result;
}

static json_t *
bench_sweep (CfCli *cli, CfBackend *backend, const Request *request, GError **error)
{
  enum
  {
    MOVES = 200
  };
  g_autoptr (CfPeaks) peaks = make_peaks ((gsize) request->seeds);
  g_autoptr (CfSweep) sweep = NULL;
  double moves[MOVES], build, processor = cf_cli_processor_ms ();
  gint64 start = g_get_monotonic_time ();

  sweep = cf_sweep_new (peaks, CF_CLUSTER_EPS, cli->cancellable, error);
  if (!sweep)
    return NULL;
  build = seconds_since (start);
  processor = (cf_cli_processor_ms () - processor) / 1e3;
  for (int i = 0; i < MOVES; i++)
    {
      /* over the whole range in an order that jumps, as a hand does */
      double level = 0.04 * pow (20, (double) (i * 77 % MOVES) / MOVES);
      g_autoptr (CfClusters) clusters = NULL;

      start = g_get_monotonic_time ();
      clusters = cf_sweep_cut (sweep, level, FALSE);
      moves[i] = seconds_since (start) * 1e3;
      if (g_cancellable_set_error_if_cancelled (cli->cancellable, error))
        return NULL;
    }
  qsort (moves, MOVES, sizeof *moves, compare_doubles);
  return json_pack ("{s:I,s:f,s:f,s:{s:f,s:f},s:o}", "seeds", (json_int_t) peaks->n, "build_s", build, "build_processor_s", processor, "move_ms", "p50", moves[MOVES / 2], "p99",
                    moves[MOVES * 99 / 100], "sklearn_s", peaks->n <= SKLEARN_SEEDS ? time_sklearn (peaks) : json_null ());
}

static json_t *
bench_follow (CfCli *cli, CfBackend *backend, const Request *request, GError **error)
{
  return cf_cli_bench_follow (cli, (gsize) request->nodes, error);
}

static json_t *
bench_render (CfCli *cli, CfBackend *backend, const Request *request, GError **error)
{
  return cf_cli_bench_render (cli, request->vtk ? request->python : NULL, error);
}

static json_t *
bench_walk (CfCli *cli, CfBackend *backend, const Request *request, GError **error)
{
  g_autoptr (CfEvaluator) evaluator = fit_demonstration (cli, backend, error);

  return evaluator ? cf_cli_bench_walk (cli, evaluator, (gsize) request->seeds, error) : NULL;
}

static json_t *
bench_bake (CfCli *cli, CfBackend *backend, const Request *request, GError **error)
{
  g_autoptr (CfEvaluator) evaluator = fit_demonstration (cli, backend, error);

  return evaluator ? cf_cli_bench_bake (cli, evaluator, error) : NULL;
}

static json_t *
bench_march (CfCli *cli, CfBackend *backend, const Request *request, GError **error)
{
  g_autoptr (CfEvaluator) evaluator = fit_demonstration (cli, backend, error);

  return evaluator ? cf_cli_bench_march (cli, evaluator, error) : NULL;
}

static const struct
{
  const char *name;
  json_t *(*run) (CfCli *cli, CfBackend *backend, const Request *request, GError **error);
  gboolean named; /* only where it is asked for by its name: minutes on a processor */
} benches[] = {
  { "train", bench_train }, { "query", bench_query }, { "ascent", bench_ascent }, { "sweep", bench_sweep }, { "follow", bench_follow }, { "render", bench_render },
  { "walk", bench_walk, TRUE }, { "bake", bench_bake, TRUE }, { "march", bench_march, TRUE },
};

static void
print_result (const char *name, json_t *result)
{
  g_autofree char *text = json_dumps (result, JSON_REAL_PRECISION (4));
  printf ("%-7s %s\n", name, text);
  fflush (stdout);
}

gboolean
cf_cmd_bench (CfCli *cli, char **argv, GError **error)
{
  g_autofree char *backend_name = NULL, *versus = NULL, *python = NULL;
  g_auto (GStrv) names = NULL;
  g_autoptr (CfBackend) backend = NULL;
  json_t *all;
  gboolean json = FALSE;
  int threads = 0, torch = -1, seeds = SWEEP_SEEDS, nodes = FOLLOW_NODES;
  Request request;
  const GOptionEntry entries[] = {
    { "backend", 0, 0, G_OPTION_ARG_STRING, &backend_name, N_("auto (default), cpu, cuda, cuda:N"), "NAME" },
    { "threads", 0, 0, G_OPTION_ARG_INT, &threads, N_("Processor threads; default: all"), "N" },
    { "vs", 0, 0, G_OPTION_ARG_STRING, &versus, N_("torch: training and queries in PyTorch; vtk: pictures by VTK; in the same run"), "WHAT" },
    { "python", 0, 0, G_OPTION_ARG_FILENAME, &python, N_("The Python that has PyTorch or VTK; default: python3 on the PATH"), "PYTHON" },
    { "nodes", 0, 0, G_OPTION_ARG_INT, &nodes, N_("Nodes on the screen, of follow; default: 100,000"), "N" },
    { "seeds", 0, 0, G_OPTION_ARG_INT, &seeds, N_("Seeds of the sweep; default: a million"), "N" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_("One JSON object on stdout"), NULL },
    { NULL },
  };
  static const char *const others[] = { "torch", "vtk", NULL };

  if (!cf_cli_parse (cli, entries, argv, 0, -1, &names, error) || !cf_cli_parse_choice ("--vs", versus, others, &torch, error) || !cf_cli_check_range ("--threads", threads, 0, 4096, error)
      || !cf_cli_check_range ("--nodes", nodes, 100, 10 * 1000 * 1000, error)
      || !cf_cli_check_range ("--seeds", seeds, 1000, 100 * 1000 * 1000, error))
    return FALSE;
  for (int i = 0; names[i]; i++)
    {
      static const char *const known[] = { "train", "query", "ascent", "sweep", "follow", "render", "walk", "bake", "march", NULL };
      int choice;
      if (!cf_cli_parse_choice ("the measurement", names[i], known, &choice, error))
        return FALSE;
    }
  request = (Request) { .torch = torch == 0, .vtk = torch == 1, .python = python ? python : (char *) "python3", .seeds = seeds, .nodes = nodes };
  backend = cf_backend_open (backend_name ? backend_name : "auto", threads, error);
  if (!backend || !check_torch (&request, error))
    return FALSE;
  all = json_pack ("{s:s,s:s}", "backend", cf_backend_name (backend), "device", cf_backend_description (backend));
  for (gsize i = 0; i < G_N_ELEMENTS (benches); i++)
    {
      struct rusage usage;
      json_t *result;

      if (names[0] ? !g_strv_contains ((const char *const *) names, benches[i].name) : benches[i].named)
        continue;
      cf_cli_note (_("measuring %s"), benches[i].name);
      result = benches[i].run (cli, backend, &request, error);
      if (!result)
        {
          json_decref (all);
          return FALSE;
        }
      getrusage (RUSAGE_SELF, &usage);
      json_object_set_new (result, "peak_rss_mib", json_integer (usage.ru_maxrss / 1024));
      if (!json)
        print_result (benches[i].name, result);
      json_object_set_new (all, benches[i].name, result);
    }
  if (!json)
    {
      json_decref (all);
      return TRUE;
    }
  /* one measurement alone: its keys lie at the top, as scripts want them */
  if (names[0] && !names[1])
    json_object_update (all, json_object_get (all, names[0]));
  return cf_json_print (all, error);
}
