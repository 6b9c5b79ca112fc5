/* bench-level.c [NODES [MOVES [DETAIL]]]: what a step of a drag of the threshold costs with so many nodes on the screen (default 100,000), by part, on made-up
 * peaks and a made-up model, in a picture of that detail (default 0.5). Prints processor time, so that a busy machine says the same, median and worst of the
 * steps: of the thread that does it, and of all threads, as a software rasteriser draws on all cores. "worker" is off the main loop. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "cf-follow.h"
#include "cf-offscreen.h"
#include "cf-plot.h"
#include "cf-random.h"
#include "cf-samples.h"
#include "cf-strip.h"
#include "cf-sweep.h"

#define SEEDS_OF_A_NODE 8
#define VOLUME_OF_A_NODE 40.0 /* A^3: about 3.3 nodes a residue */
#define NODES_OF_A_RESIDUE 3.3
#define MAX_MOVES 200

enum
{
  PART_FOLLOW,
  PART_SCENE,
  PART_STRIPS,
  PART_CURVES,
  PART_DRAW,
  N_PARTS
};
static const char *const names[N_PARTS] = { "worker: graph, comparison, findings", "main: scene of spheres and rods", "main: strips in sight",
                                            "main: histogram and curves", "main: upload and draw, 800 x 600" };

/* ms: of one thread, of all */
static double spent[2][N_PARTS][MAX_MOVES], begun[2];

static double
processor_ms (clockid_t clock)
{
  struct timespec now;
  clock_gettime (clock, &now);
  return now.tv_sec * 1e3 + now.tv_nsec * 1e-6;
}

static void
begin (void)
{
  begun[0] = processor_ms (CLOCK_THREAD_CPUTIME_ID);
  begun[1] = processor_ms (CLOCK_PROCESS_CPUTIME_ID);
}

static void
end (int part, int move)
{
  spent[0][part][move] = processor_ms (CLOCK_THREAD_CPUTIME_ID) - begun[0];
  spent[1][part][move] = processor_ms (CLOCK_PROCESS_CPUTIME_ID) - begun[1];
}

static CfPeaks *
make_peaks (gsize nodes, double side)
{
  CfPeaks *peaks = cf_peaks_new (nodes * SEEDS_OF_A_NODE);
  CfRandom random;
  cf_random_init (&random, 1, 0);
  for (gsize i = 0; i < nodes; i++)
    {
      float at[3], top = (float) (0.15 + 0.8 * cf_random_double (&random));
      for (int a = 0; a < 3; a++)
        at[a] = (float) (side * cf_random_double (&random));
      for (int k = 0; k < SEEDS_OF_A_NODE; k++)
        {
          gsize s = i * SEEDS_OF_A_NODE + k;
          for (int a = 0; a < 3; a++)
            {
              peaks->peak[s][a] = at[a] + (float) (0.02 * cf_random_normal (&random));
              peaks->seed[s][a] = at[a] + (float) (0.4 * cf_random_normal (&random));
            }
          peaks->peak_density[s] = top;
          peaks->seed_density[s] = top * (float) (0.6 + 0.4 * cf_random_double (&random));
        }
    }
  peaks->lowest = 0.05;
  peaks->spacing = 0.5;
  cf_peaks_sort (peaks);
  return peaks;
}

static CfStructure *
make_structure (guint n, double side)
{
  g_autoptr (GString) text = g_string_new ("data_X\nloop_\n_atom_site.group_PDB\n_atom_site.id\n_atom_site.type_symbol\n_atom_site.label_atom_id\n"
                                           "_atom_site.label_comp_id\n_atom_site.label_asym_id\n_atom_site.label_seq_id\n_atom_site.Cartn_x\n"
                                           "_atom_site.Cartn_y\n_atom_site.Cartn_z\n_atom_site.occupancy\n");
  g_autoptr (GError) error = NULL;
  CfRandom random;
  cf_random_init (&random, 2, 0);
  for (guint i = 0; i < n; i++)
    {
      double x = side * cf_random_double (&random), y = side * cf_random_double (&random), z = side * cf_random_double (&random);
      g_string_append_printf (text, "ATOM %u C CA ALA A %u %.3f %.3f %.3f 1.0\n", i + 1, i + 1, x, y, z);
    }
  CfStructure *structure = cf_structure_parse ("made-up.cif", text->str, text->len, &error);
  if (structure == NULL)
    g_error ("%s", error->message);
  return structure;
}

static CfField *
make_field (double side)
{
  const int n = (int) (side / 1.0) + 1, dims[3] = { n, n, n };
  const double origin[3] = { 0 }, spacing[3] = { 1, 1, 1 };
  CfPartition partition;
  cf_partition_init (&partition, CF_PARTITION_BALANCED, dims);
  CfField *field = cf_field_alloc (cf_partition_n_regions (&partition));
  cf_grid_init_orthogonal (&field->grid, dims, origin, spacing);
  field->partition = partition;
  field->resolution = 2;
  field->normalisation = (CfNormalisation){ .dims = { n, n, n }, .max = 1, .mu = 0.03, .sigma = 0.04 };
  return field;
}

static CfSamples *
make_samples (const CfField *field)
{
  CfSamples *samples = cf_samples_try_new (&field->grid);
  for (gsize i = 0; i < samples->n; i++)
    samples->data[i] = (float) (0.5 + 0.4 * sin (0.01 * i));
  return samples;
}

static void
draw_plots (int width, int height)
{
  guint64 bins[CF_HISTOGRAM_BINS];
  CfCurveRow rows[60];
  const CfCurve curve = { G_N_ELEMENTS (rows), rows };
  for (int i = 0; i < CF_HISTOGRAM_BINS; i++)
    bins[i] = (guint64) (1e6 * exp (-0.05 * i));
  for (int i = 0; i < 60; i++)
    {
      double d = 0.05 * pow (18, i / 59.0);
      rows[i] = (CfCurveRow){ { d, d, d }, (gsize) (1e5 * exp (-9 * d)) + 1, 3, 1 - d, d, 1 + d, 0.8 - d * 0.5, 0.5, 1 - d };
    }
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, width, height);
  cairo_t *cr = cairo_create (surface);
  cf_plot_histogram (cr, width, 100, bins, NULL, 0, 0.3, &cf_plot_theme_dark);
  cf_plot_curves (cr, width, 108, &curve, 0.3, CF_SERIES_USUAL, &cf_plot_theme_dark);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
}

static void
draw_strips (const CfStrips *strips, const CfStructure *structure, const CfComparison *comparison)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, 244, 15);
  cairo_t *cr = cairo_create (surface);
  for (gsize i = 0; i < MIN (strips->n_rows, 12); i++)
    cf_strip_draw_row (cr, 244, 15, 42, 20, &strips->rows[i], structure, comparison, G_MAXUINT32, &cf_plot_theme_dark);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
}

typedef struct
{
  CfField *field;
  CfSweep *sweep;
  CfFollow *follow;
  CfSamples *samples;
  CfStructure *structure;
  CfStrips *strips;
  CfScene *scene;
  CfOffscreen *offscreen; /* NULL: no EGL here */
  double detail;
  gsize nodes, edges;
} Bench;

static void
draw (Bench *b)
{
  const double lo[3] = { 0, 0, 0 };
  double hi[3];
  CfCamera camera = { 0 };
  const CfRenderQuality moving = { .detail = b->detail };
  for (int a = 0; a < 3; a++)
    hi[a] = b->field->grid.dims[a];
  cf_camera_frame (&camera, lo, hi, 24, 14, 1);
  g_autofree guint8 *rgba = cf_offscreen_draw_with (b->offscreen, 800, 600, b->scene, &camera, &moving, NULL);
}

static float
density_at (const double pos[3], gpointer samples)
{
  return cf_samples_at (samples, pos);
}

static void
move (Bench *b, double normalised, int i)
{
  CfLevel level = cf_level_from_normalised (&b->field->normalisation, normalised);
  g_autoptr (GError) error = NULL;
  g_auto (CfFollowed) made = { 0 };
  begin ();
  if (!cf_follow_move (b->follow, &level, density_at, b->samples, NULL, &made, NULL, &error))
    g_error ("%s", error->message);
  end (PART_FOLLOW, i);
  begin ();
  const CfMolecules molecules
      = { .graph = made.graph, .structure = b->structure, .comparison = made.comparison, .node_colouring = CF_COLOUR_MATCH, .edges = TRUE };
  cf_scene_set_molecules (b->scene, &molecules);
  end (PART_SCENE, i);
  begin ();
  draw_strips (b->strips, b->structure, made.comparison);
  end (PART_STRIPS, i);
  begin ();
  draw_plots (940, 110);
  end (PART_CURVES, i);
  begin ();
  if (b->offscreen != NULL)
    draw (b);
  end (PART_DRAW, i);
  b->nodes = made.graph->n_nodes;
  b->edges = made.graph->n_edges;
}

static int
compare_doubles (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;
  return x < y ? -1 : x > y;
}

static double
median (int whose, int part, int moves)
{
  qsort (spent[whose][part], moves, sizeof (double), compare_doubles);
  return spent[whose][part][moves / 2];
}

/* The way from hand to picture: what one thread does after the other, and what is left to the rasteriser's threads, of which there are as many as cores;
 * the graph's second thread works beside the first. */
static void
print_times (int moves)
{
  double one[N_PARTS], every[N_PARTS], own = 0, all = 0;
  printf ("%-40s %10s %19s %13s\n", "processor time, ms", "thread", "", "all threads");
  for (int p = 0; p < N_PARTS; p++)
    {
      own += one[p] = median (0, p, moves);
      all += every[p] = median (1, p, moves);
      printf ("%-40s %10.1f median %5.1f worst %10.1f median %5.1f worst\n", names[p], one[p], spent[0][p][moves - 1], every[p], spent[1][p][moves - 1]);
    }
  guint cores = g_get_num_processors ();
  printf ("%-40s %10.1f %19s %9.1f\n", "sum of the medians", own, "", all);
  printf ("one after the other, rasteriser on %u cores: %.1f ms\n", cores, own + (every[PART_DRAW] - one[PART_DRAW]) / cores);
}

int
main (int argc, char **argv)
{
  gsize nodes = argc > 1 ? g_ascii_strtoull (argv[1], NULL, 10) : 100000;
  int moves = argc > 2 ? CLAMP (atoi (argv[2]), 1, MAX_MOVES) : 21;
  double side = cbrt (nodes * VOLUME_OF_A_NODE);
  g_autoptr (CfPeaks) peaks = make_peaks (nodes, side);
  Bench b = { .field = make_field (side), .structure = make_structure ((guint) (nodes / NODES_OF_A_RESIDUE), side), .scene = cf_scene_new () };
  b.detail = argc > 3 ? CLAMP (g_ascii_strtod (argv[3], NULL), 0.1, 1) : 0.5;
  b.sweep = cf_sweep_new (peaks, CF_CLUSTER_EPS, NULL, NULL);
  b.follow = cf_follow_new (b.sweep, b.field, b.structure, &(CfGraphOptions){ 0 });
  b.samples = make_samples (b.field);
  b.strips = cf_strips_new (b.structure, 20);
  b.offscreen = cf_offscreen_new (NULL);
  for (int i = 0; i < moves; i++)
    move (&b, 0.06 + 0.0005 * i, i);
  printf ("%zu nodes, %zu edges within 4 A, %u residues, %d moves, detail %.2f; %s\n", b.nodes, b.edges, b.structure->n_residues, moves, b.detail,
          b.offscreen != NULL ? cf_renderer_description (cf_offscreen_renderer (b.offscreen)) : "no EGL: nothing drawn");
  print_times (moves);
  cf_strips_free (b.strips);
  cf_samples_unref (b.samples);
  cf_follow_unref (b.follow);
  cf_sweep_unref (b.sweep);
  cf_scene_free (b.scene);
  cf_structure_unref (b.structure);
  cf_field_unref (b.field);
  g_clear_pointer (&b.offscreen, cf_offscreen_free);
  return 0;
}
