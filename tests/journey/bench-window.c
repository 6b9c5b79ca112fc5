/* bench-window.c [NODES [MOVES [EVERY]]]: a drag of the threshold in the program's own window, with so many nodes on the screen (default 100,000) and the
 * demonstration's surface among them, in a picture of 1280 x 720. Each step is given when the one before is on the screen and so many ms (default 30) have
 * gone by; from its event to the end of the frame that shows its nodes is its time: by the clock, and in processor time of the main thread and of all threads,
 * as a busy machine tells no more than those. Needs a display of 1920 x 1200. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "bench-made.h"
#include "cf-application.h"
#include "cf-backend.h"
#include "cf-locale.h"
#include "cf-ready.h"
#include "cf-session-private.h"
#include "cf-viewport-private.h"
#include "cf-window-private.h"

#define MAX_MOVES 400
#define WIDTH 1280
#define HEIGHT 720
#define FIRST 0.06 /* d: from here on, up and down again */
#define STEP 0.0005
#define LEFT_OUT 20 /* steps: until the detail has found its place */

typedef struct
{
  BenchMade made;
  CfWindow *window;
  int moves, move; /* -1: before the first */
  guint every;
  gboolean waits; /* the frame of a step is still to come */
  gint64 begun_clock;
  double begun[2];
  int drawn; /* pictures in this step */
  double clock[MAX_MOVES], own[MAX_MOVES], all[MAX_MOVES], detail[MAX_MOVES], pictures[MAX_MOVES];
} Bench;

static double
processor_ms (clockid_t clock)
{
  struct timespec now;
  clock_gettime (clock, &now);
  return now.tv_sec * 1e3 + now.tv_nsec * 1e-6;
}

static CfCurve *
made_curve (void)
{
  enum { LEVELS = 60 };
  CfCurve *curve = g_new0 (CfCurve, 1);
  curve->n = LEVELS;
  curve->rows = g_new (CfCurveRow, LEVELS);
  for (int i = 0; i < LEVELS; i++)
    {
      double d = 0.05 * pow (18, i / (LEVELS - 1.0));
      curve->rows[i] = (CfCurveRow){ { d, d, d }, (gsize) (1e5 * exp (-9 * d)) + 1, 3, 1 - d, d, 1 + d, 0.8 - d * 0.5, 0.5, 1 - d };
    }
  return curve;
}

/* What opening, training and walking would have left in the session. */
static void
fill_session (Bench *b)
{
  CfSession *session = b->window->session;
  CfSessionState *s = &session->s;
  g_autoptr (CfBackend) backend = cf_backend_open ("cpu", 0, NULL);
  s->title = g_strdup ("made up");
  s->resolution = 2;
  s->prepared = TRUE;
  s->normalisation = b->made.normalisation;
  s->partition = b->made.field->partition;
  for (int i = 0; i < CF_HISTOGRAM_BINS; i++)
    s->histogram[i] = 1 + 1000000 / (i + 1);
  s->field = cf_field_ref (b->made.field);
  s->samples = cf_samples_ref (b->made.samples);
  s->samples_all = TRUE;
  s->structure = cf_structure_ref (b->made.structure);
  s->evaluator = cf_evaluator_new (backend, s->field);
  s->sweep = cf_sweep_new (b->made.peaks, CF_CLUSTER_EPS, NULL, NULL);
  s->level = cf_level_from_normalised (&s->normalisation, FIRST);
  s->has_level = TRUE;
  cf_session_set_curve (session, made_curve ());
  cf_session_changed (session, CF_CHANGED_ALL);
  cf_session_update_graph (session);
}

static int
compare_doubles (const void *a, const void *b)
{
  double x = *(const double *) a, y = *(const double *) b;
  return (x > y) - (x < y);
}

static void
print_row (const char *name, double *values, int n)
{
  qsort (values, n, sizeof *values, compare_doubles);
  printf ("%-52s %8.1f %8.1f %8.1f\n", name, values[n / 2], values[MIN (n * 95 / 100, n - 1)], values[n - 1]);
}

static void
end (Bench *b)
{
  const CfSessionState *s = cf_session_state (b->window->session);
  int n = b->moves - LEFT_OUT, width, height;
  double sum[MAX_MOVES];
  guint cores = g_get_num_processors ();
  cf_viewport_size (b->window->viewport, &width, &height);
  for (int i = 0; i < n; i++)
    sum[i] = b->own[LEFT_OUT + i] + (b->all[LEFT_OUT + i] - b->own[LEFT_OUT + i]) / cores;
  printf ("%zu nodes, %zu edges, %u residues; picture of %d x %d; %s\n", s->graph->n_nodes, s->graph->n_edges, s->structure->n_residues, width, height,
          cf_viewport_description (b->window->viewport));
  printf ("%-52s %8s %8s %8s\n", "from the event to the end of the frame with its nodes", "median", "95 %", "worst");
  print_row ("ms by the clock", b->clock + LEFT_OUT, n);
  print_row ("ms of the processor, main thread", b->own + LEFT_OUT, n);
  print_row ("ms of the processor, all threads", b->all + LEFT_OUT, n);
  print_row ("ms, were the other threads on all cores beside", sum, n);
  print_row ("detail of the picture", b->detail + LEFT_OUT, n);
  print_row ("pictures drawn in a step", b->pictures + LEFT_OUT, n);
  gtk_window_destroy (GTK_WINDOW (b->window));
}

static gboolean
step (gpointer data)
{
  Bench *b = data;
  if (++b->move >= b->moves)
    {
      end (b);
      return G_SOURCE_REMOVE;
    }
  int at = b->move % 100;
  b->waits = TRUE;
  b->drawn = 0;
  b->begun_clock = g_get_monotonic_time ();
  b->begun[0] = processor_ms (CLOCK_THREAD_CPUTIME_ID);
  b->begun[1] = processor_ms (CLOCK_PROCESS_CPUTIME_ID);
  cf_session_set_level (b->window->session, FIRST + STEP * (at < 50 ? at + 1 : 99 - at), FALSE);
  return G_SOURCE_REMOVE;
}

static void
painted (GdkFrameClock *clock, Bench *b)
{
  CfSession *session = b->window->session;
  const CfSessionState *s = cf_session_state (session);
  if (!b->waits || s->graph == NULL || s->graph_stale || b->window->picture->graph_version != s->graph_version || b->window->viewport->within_source != 0)
    return;
  b->waits = FALSE;
  b->clock[b->move] = (g_get_monotonic_time () - b->begun_clock) / 1e3;
  b->own[b->move] = processor_ms (CLOCK_THREAD_CPUTIME_ID) - b->begun[0];
  b->all[b->move] = processor_ms (CLOCK_PROCESS_CPUTIME_ID) - b->begun[1];
  b->pictures[b->move] = b->drawn;
  b->detail[b->move] = b->window->viewport->frame_detail;
  g_timeout_add (b->every, step, b);
}

static void
drawn (CfViewport *viewport, Bench *b)
{
  b->drawn++;
}

/* The picture of the size asked for, whatever stands beside it; then the drag, once what follows it is ready. */
static gboolean
begin (gpointer data)
{
  Bench *b = data;
  CfSession *session = b->window->session;
  int width, height, wide, high;
  cf_viewport_size (b->window->viewport, &width, &height);
  if (session->s.sweep == NULL)
    fill_session (b);
  if (b->window->viewport->renderer == NULL || b->window->viewport->warm_up != NULL)
    return G_SOURCE_CONTINUE;
  gtk_window_get_default_size (GTK_WINDOW (b->window), &wide, &high);
  if (width != WIDTH || height != HEIGHT)
    gtk_window_set_default_size (GTK_WINDOW (b->window), wide + WIDTH - width, high + HEIGHT - height);
  if (width != WIDTH || height != HEIGHT || cf_session_get_follow (session) == NULL || session->s.graph_stale)
    return G_SOURCE_CONTINUE;
  g_signal_connect (gtk_widget_get_frame_clock (GTK_WIDGET (b->window)), "after-paint", G_CALLBACK (painted), b);
  g_signal_connect (b->window->viewport, "drawn", G_CALLBACK (drawn), b);
  g_timeout_add (500, step, b);
  return G_SOURCE_REMOVE;
}

static void
window_added (GtkApplication *application, GtkWindow *window, Bench *b)
{
  b->window = CF_WINDOW (window);
  g_timeout_add (200, begin, b);
}

int
main (int argc, char **argv)
{
  Bench b = { .move = -1 };
  b.moves = CLAMP (argc > 2 ? atoi (argv[2]) : 120, LEFT_OUT + 1, MAX_MOVES);
  b.every = argc > 3 ? (guint) atoi (argv[3]) : 30;
  bench_made_init (&b.made, argc > 1 ? g_ascii_strtoull (argv[1], NULL, 10) : 100000);
  cf_locale_init ();
  gtk_disable_setlocale ();
  cf_compute_init ();
  cf_ready_choose_renderer ();
  g_autoptr (CfApplication) application = cf_application_new ();
  g_signal_connect (application, "window-added", G_CALLBACK (window_added), &b);
  char *empty[] = { argv[0], (char *) "--empty", NULL };
  int status = g_application_run (G_APPLICATION (application), 2, empty);
  bench_made_clear (&b.made);
  fflush (NULL);
  _Exit (status); /* as the program ends where somebody still works */
}
