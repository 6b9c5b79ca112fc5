#include "cli-bench-follow.h"

#include <math.h>
#include <stdlib.h>
#include <time.h>

#include "cf-follow.h"
#include "cf-random.h"

#define SEEDS_OF_A_NODE 20
#define VOLUME_OF_A_NODE 40.0  /* A^3 */
#define NODES_OF_A_RESIDUE 3.3 /* the median of method.md */
#define STEPS 100
#define JUMPS 10
#define ANEW 5

static float
density_at (const double pos[3], gpointer user_data)
{
  return (float) (0.5 + 0.1 * sin (pos[0] + pos[1] + pos[2]));
}

static CfPeaks *
make_peaks (gsize nodes, double side)
{
  CfPeaks *peaks = cf_peaks_new (nodes * SEEDS_OF_A_NODE);
  CfRandom random;
  cf_random_init (&random, 1, 0);
  for (gsize i = 0; i < nodes; i++)
    {
      double at[3], top = 0.15 + 0.8 * cf_random_double (&random);
      for (int a = 0; a < 3; a++)
        at[a] = side * cf_random_double (&random);
      for (gsize s = i * SEEDS_OF_A_NODE; s < (i + 1) * SEEDS_OF_A_NODE; s++)
        {
          for (int a = 0; a < 3; a++)
            {
              peaks->peak[s][a] = (float) (at[a] + 0.02 * cf_random_normal (&random));
              peaks->seed[s][a] = (float) (at[a] + 0.8 * cf_random_normal (&random));
            }
          peaks->peak_density[s] = (float) top;
          peaks->seed_density[s] = (float) (top * (0.3 + 0.7 * cf_random_double (&random)));
        }
    }
  peaks->lowest = 0.04;
  peaks->spacing = 0.5;
  cf_peaks_sort (peaks);
  return peaks;
}

static CfStructure *
make_structure (guint n, double side, GError **error)
{
  g_autoptr (GString) text = g_string_new ("data_X\nloop_\n_atom_site.group_PDB\n_atom_site.id\n_atom_site.type_symbol\n_atom_site.label_atom_id\n"
                                           "_atom_site.label_comp_id\n_atom_site.label_asym_id\n_atom_site.label_seq_id\n_atom_site.Cartn_x\n"
                                           "_atom_site.Cartn_y\n_atom_site.Cartn_z\n_atom_site.occupancy\n");
  CfRandom random;
  cf_random_init (&random, 2, 0);
  for (guint i = 0; i < n; i++)
    {
      double x = side * cf_random_double (&random), y = side * cf_random_double (&random), z = side * cf_random_double (&random);
      g_string_append_printf (text, "ATOM %u C CA ALA A %u %.3f %.3f %.3f 1.0\n", i + 1, i + 1, x, y, z);
    }
  return cf_structure_parse ("made-up.cif", text->str, text->len, error);
}

/* By the clock, and of the processor: a busy machine says the same of the second. */
typedef struct
{
  double clock[STEPS], processor[STEPS]; /* ms */
  int n;
} Times;

typedef struct
{
  CfCli *cli;
  CfSweep *sweep;
  CfStructure *structure;
  CfFollow *follow;
  gsize nodes, edges;
} Bench;

double
cf_cli_processor_ms (void)
{
  struct timespec now;
  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * 1e3 + now.tv_nsec * 1e-6;
}

static gboolean
move (Bench *b, double level, Times *times, GError **error)
{
  static const CfGraphOptions options = { 0 };
  const CfLevel at = { level, level, NAN };
  double processor = cf_cli_processor_ms ();
  gint64 start = g_get_monotonic_time ();
  g_autoptr (CfFollow) anew = b->follow ? NULL : cf_follow_new (b->sweep, NULL, b->structure, &options);
  g_auto (CfFollowed) made = { 0 };
  if (!cf_follow_move (anew ? anew : b->follow, &at, density_at, NULL, NULL, &made, b->cli->cancellable, error))
    return FALSE;
  b->nodes = made.graph->n_nodes;
  b->edges = made.graph->n_edges;
  if (times)
    {
      times->clock[times->n] = (g_get_monotonic_time () - start) / 1e3;
      times->processor[times->n++] = cf_cli_processor_ms () - processor;
    }
  return TRUE;
}

static int
compare_doubles (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;
  return (x > y) - (x < y);
}

static json_t *
percentiles (Times *times)
{
  int n = times->n, high = MIN (n * 99 / 100, n - 1);
  qsort (times->clock, n, sizeof (double), compare_doubles);
  qsort (times->processor, n, sizeof (double), compare_doubles);
  return json_pack ("{s:f,s:f,s:f,s:f}", "p50", times->clock[n / 2], "p99", times->clock[high], "processor_p50", times->processor[n / 2],
                    "processor_p99", times->processor[high]);
}

/* A hand goes down and up again over a part of the axis, five hundred steps to its length. */
static double
step_level (int i)
{
  return 0.12 * pow (25, -(i < STEPS / 2 ? i : STEPS - i) / 500.0);
}

static json_t *
measure (Bench *b, GError **error)
{
  static const CfGraphOptions options = { 0 };
  Times steps = { 0 }, jumps = { 0 }, anew = { 0 };
  for (int i = 0; i < ANEW; i++)
    if (!move (b, step_level (i), &anew, error))
      return NULL;
  b->follow = cf_follow_new (b->sweep, NULL, b->structure, &options);
  for (int i = 0; i < JUMPS; i++)
    if (!move (b, 0.05 * pow (16, i * 3 % JUMPS / (double) JUMPS), &jumps, error))
      return NULL;
  if (!move (b, step_level (0), NULL, error))
    return NULL;
  for (int i = 0; i < STEPS; i++)
    if (!move (b, step_level (i), &steps, error))
      return NULL;
  return json_pack ("{s:I,s:I,s:i,s:o,s:o,s:o}", "nodes", (json_int_t) b->nodes, "edges", (json_int_t) b->edges, "residues",
                    (int) b->structure->n_residues, "move_ms", percentiles (&steps), "jump_ms", percentiles (&jumps), "anew_ms",
                    percentiles (&anew));
}

json_t *
cf_cli_bench_follow (CfCli *cli, gsize n_nodes, GError **error)
{
  double side = cbrt (n_nodes * VOLUME_OF_A_NODE);
  g_autoptr (CfPeaks) peaks = make_peaks (n_nodes, side);
  g_autoptr (CfSweep) sweep = cf_sweep_new (peaks, CF_CLUSTER_EPS, cli->cancellable, error);
  g_autoptr (CfStructure) structure = sweep ? make_structure ((guint) (n_nodes / NODES_OF_A_RESIDUE), side, error) : NULL;
  Bench b = { .cli = cli, .sweep = sweep, .structure = structure };
  json_t *made = structure ? measure (&b, error) : NULL;
  g_clear_pointer (&b.follow, cf_follow_unref);
  return made;
}
