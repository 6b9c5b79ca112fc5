/* bench-level.c [NODES [MOVES]]: what a move of the threshold costs with so many nodes on the screen (default 100,000), by part, on made-up
 * peaks and a made-up model. Prints processor time, so that a busy machine says the same, median and worst of the moves; "worker" parts are off the main
 * loop, and a software rasteriser draws on all cores. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "cf-findings.h"
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
  PART_CUT,
  PART_DENSITY,
  PART_GRAPH,
  PART_COMPARE,
  PART_FINDINGS,
  PART_SCENE,
  PART_STRIPS,
  PART_CURVES,
  PART_DRAW,
  N_PARTS
};
static const char *const names[N_PARTS]
    = { "worker: sweep cut, centroids", "worker: densities off the samples", "worker: nodes, edges, components", "worker: comparison without chance",
        "worker: findings", "main: scene of spheres and rods", "main: strips in sight", "main: histogram and curves", "main: upload and draw, 800 x 600" };

static double spent[N_PARTS][MAX_MOVES];
static double begun;

static double
processor_ms (void)
{
  struct timespec now;
  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
  return now.tv_sec * 1e3 + now.tv_nsec * 1e-6;
}

static void
begin (void)
{
  begun = processor_ms ();
}

static void
end (int part, int move)
{
  spent[part][move] = processor_ms () - begun;
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
  CfSamples *samples;
  CfStructure *structure;
  CfStrips *strips;
  CfScene *scene;
  CfOffscreen *offscreen; /* NULL: no EGL here */
  gsize nodes, edges;
} Bench;

static void
draw (Bench *b)
{
  const double lo[3] = { 0, 0, 0 };
  double hi[3];
  CfCamera camera = { 0 };
  const CfRenderQuality moving = { .detail = 0.6 };
  for (int a = 0; a < 3; a++)
    hi[a] = b->field->grid.dims[a];
  cf_camera_frame (&camera, lo, hi, 24, 14, 1);
  g_autofree guint8 *rgba = cf_offscreen_draw_with (b->offscreen, 800, 600, b->scene, &camera, &moving, NULL);
}

static void
move (Bench *b, double normalised, int i)
{
  CfLevel level = cf_level_from_normalised (&b->field->normalisation, normalised);
  begin ();
  g_autoptr (CfClusters) clusters = cf_sweep_cut (b->sweep, normalised, FALSE);
  end (PART_CUT, i);
  begin ();
  g_autofree float *density = g_new (float, clusters->n + 1);
  for (gsize k = 0; k < clusters->n; k++)
    density[k] = cf_samples_at (b->samples, clusters->clusters[k].pos);
  end (PART_DENSITY, i);
  begin ();
  g_autoptr (CfGraph) graph = cf_graph_new (clusters, density, b->field, &level, &(CfGraphOptions){ 0 });
  end (PART_GRAPH, i);
  begin ();
  g_autoptr (CfComparison) comparison = cf_compare (graph, b->structure, &(CfCompareOptions){ 0 }, NULL, NULL);
  end (PART_COMPARE, i);
  begin ();
  g_autoptr (CfFindings) findings = cf_findings_new (graph, b->structure, comparison, NULL);
  end (PART_FINDINGS, i);
  begin ();
  const CfMolecules molecules
      = { .graph = graph, .structure = b->structure, .comparison = comparison, .node_colouring = CF_COLOUR_MATCH, .edges = TRUE };
  cf_scene_set_molecules (b->scene, &molecules);
  end (PART_SCENE, i);
  begin ();
  draw_strips (b->strips, b->structure, comparison);
  end (PART_STRIPS, i);
  begin ();
  draw_plots (940, 110);
  end (PART_CURVES, i);
  begin ();
  if (b->offscreen != NULL)
    draw (b);
  end (PART_DRAW, i);
  b->nodes = graph->n_nodes;
  b->edges = graph->n_edges;
}

static int
compare_doubles (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;
  return x < y ? -1 : x > y;
}

int
main (int argc, char **argv)
{
  gsize nodes = argc > 1 ? g_ascii_strtoull (argv[1], NULL, 10) : 100000;
  int moves = argc > 2 ? CLAMP (atoi (argv[2]), 1, MAX_MOVES) : 21;
  double side = cbrt (nodes * VOLUME_OF_A_NODE), total = 0;
  g_autoptr (CfPeaks) peaks = make_peaks (nodes, side);
  Bench b = { .field = make_field (side), .structure = make_structure ((guint) (nodes / NODES_OF_A_RESIDUE), side), .scene = cf_scene_new () };
  b.sweep = cf_sweep_new (peaks, CF_CLUSTER_EPS, NULL, NULL);
  b.samples = make_samples (b.field);
  b.strips = cf_strips_new (b.structure, 20);
  b.offscreen = cf_offscreen_new (NULL);
  for (int i = 0; i < moves; i++)
    move (&b, 0.06 + 0.0005 * i, i);
  printf ("%zu nodes, %zu edges within 4 A, %u residues, %d moves; %s\n", b.nodes, b.edges, b.structure->n_residues, moves,
          b.offscreen != NULL ? cf_renderer_description (cf_offscreen_renderer (b.offscreen)) : "no EGL: nothing drawn");
  for (int p = 0; p < N_PARTS; p++)
    {
      qsort (spent[p], moves, sizeof (double), compare_doubles);
      total += spent[p][moves / 2];
      printf ("%-36s %8.1f ms median %8.1f ms worst\n", names[p], spent[p][moves / 2], spent[p][moves - 1]);
    }
  printf ("%-36s %8.1f ms\n", "sum of the medians", total);
  cf_strips_free (b.strips);
  cf_samples_unref (b.samples);
  cf_sweep_unref (b.sweep);
  cf_scene_free (b.scene);
  cf_structure_unref (b.structure);
  cf_field_unref (b.field);
  g_clear_pointer (&b.offscreen, cf_offscreen_free);
  return 0;
}
