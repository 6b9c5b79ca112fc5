/* bench-level.c [NODES [MOVES [DETAIL [SURFACE]]]]: what a step of a drag of the threshold costs with so many nodes on the screen (default 100,000), by part, on
 * made-up peaks and a made-up model, in a picture of that detail (default 0.5), with the demonstration's surface among them (1, the default) or without (0).
 * Prints processor time, so that a busy machine says the same, median and worst of the steps: of the thread that does it, and of all threads, as a software
 * rasteriser draws on all cores. "worker" is off the main loop. The whole window: bench-window. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "bench-made.h"
#include "cf-follow.h"
#include "cf-offscreen.h"
#include "cf-plot.h"
#include "cf-strip.h"
#include "cf-sweep.h"

#define MAX_MOVES 200
#define WIDTH 1280
#define HEIGHT 720

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
                                            "main: histogram and curves", "main: upload and draw" };

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
  BenchMade made;
  CfSweep *sweep;
  CfFollow *follow;
  CfStrips *strips;
  CfScene *scene;
  CfOffscreen *offscreen; /* NULL: no EGL here */
  double detail;
  float *density; /* [n_residues] as the session has them */
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
    hi[a] = b->made.side;
  cf_camera_frame (&camera, lo, hi, 24, 14, 1);
  g_autofree guint8 *rgba = cf_offscreen_draw_with (b->offscreen, WIDTH, HEIGHT, b->scene, &camera, &moving, NULL);
}

static float
density_at (const double pos[3], gpointer samples)
{
  return cf_samples_at (samples, pos);
}

static void
move (Bench *b, double normalised, int i)
{
  CfLevel level = cf_level_from_normalised (&b->made.normalisation, normalised);
  g_autoptr (GError) error = NULL;
  g_auto (CfFollowed) made = { 0 };
  begin ();
  if (!cf_follow_move (b->follow, &level, density_at, b->made.samples, b->density, &made, NULL, &error))
    g_error ("%s", error->message);
  end (PART_FOLLOW, i);
  begin ();
  CfMolecules molecules
      = { .graph = made.graph, .structure = b->made.structure, .comparison = made.comparison, .node_colouring = CF_COLOUR_MATCH, .edges = TRUE };
  if (b->offscreen != NULL && i > 0) /* as the window does */
    molecules.edge_share = MIN (1, 1.4 * cf_renderer_edge_share (cf_offscreen_renderer (b->offscreen)));
  cf_scene_set_molecules (b->scene, &molecules);
  b->scene->level = cf_level_generic (&b->made.normalisation).normalised + 0.004 * i;
  end (PART_SCENE, i);
  begin ();
  draw_strips (b->strips, b->made.structure, made.comparison);
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
  gboolean surface = argc <= 4 || atoi (argv[4]) != 0;
  Bench b = { .scene = cf_scene_new () };
  b.detail = argc > 3 ? CLAMP (g_ascii_strtod (argv[3], NULL), 0.1, 1) : 0.5;
  bench_made_init (&b.made, nodes);
  b.sweep = cf_sweep_new (b.made.peaks, CF_CLUSTER_EPS, NULL, NULL);
  b.follow = cf_follow_new (b.sweep, b.made.field, b.made.structure, &(CfGraphOptions){ 0 });
  b.strips = cf_strips_new (b.made.structure, 20);
  b.offscreen = cf_offscreen_new (NULL);
  b.density = g_new0 (float, b.made.structure->n_residues);
  if (surface)
    b.scene->field = (CfSceneField){ .grid = b.made.samples->grid, .samples = b.made.samples->data, .serial = 1 };
  for (int i = 0; i < moves; i++)
    move (&b, 0.06 + 0.0005 * i, i);
  printf ("%zu nodes, %zu edges within 4 A, %u residues, %s; %d moves, %d x %d, detail %.2f; %s\n", b.nodes, b.edges, b.made.structure->n_residues,
          surface ? "the demonstration's surface" : "no surface", moves, WIDTH, HEIGHT, b.detail,
          b.offscreen != NULL ? cf_renderer_description (cf_offscreen_renderer (b.offscreen)) : "no EGL: nothing drawn");
  print_times (moves);
  g_free (b.density);
  cf_strips_free (b.strips);
  cf_follow_unref (b.follow);
  cf_sweep_unref (b.sweep);
  cf_scene_free (b.scene);
  bench_made_clear (&b.made);
  g_clear_pointer (&b.offscreen, cf_offscreen_free);
  return 0;
}
