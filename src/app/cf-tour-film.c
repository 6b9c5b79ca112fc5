/* cf-tour-film.c: what moves in the tour. Seeds on the way that the walk took, and the level on its way through the window. */
#include <math.h>

#include "cf-plot.h"
#include "cf-tour-private.h"
#include "cf-words.h"
#include "cf-walk.h"
#include "cf-workers.h"

#define N_SEEDS 240
#define SEEDS_US 7e6
#define LEVEL_US 16e6
#define MOMENT 0.2 /* of the film: a step without animation */

gboolean
cf_tour_animates (CfWindow *window)
{
  gboolean on = TRUE;
  g_object_get (gtk_widget_get_settings (GTK_WIDGET (window)), "gtk-enable-animations", &on, NULL);
  return on;
}

/* -- the ways of the seeds ------------------------------------------------------------------------------------------------------------- */

typedef struct
{
  CfDocument *document;
  gsize n;
  float (*seed)[3];
  CfWalkOptions options;
} PathsJob;

static void
paths_job_free (gpointer data)
{
  PathsJob *job = data;
  cf_document_free (job->document);
  g_free (job->seed);
  g_free (job);
}

static void
paths_run (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const PathsJob *job = data;
  const CfSamples *samples = job->document->samples;
  GError *error = NULL;
  CfPaths *paths = cf_walk_paths (job->document->evaluator, &samples->grid, samples->data, &job->options, job->n,
                                  (const float (*)[3]) job->seed, cancellable, &error);
  if (paths != NULL)
    g_task_return_pointer (task, paths, (GDestroyNotify) cf_paths_free);
  else
    g_task_return_error (task, error);
}

static void
become_ready (CfTourFilm *film)
{
  film->ready = TRUE;
  film->at = -MOMENT;
  cf_tour_film_play (film);
}

static void
paths_done (GObject *source, GAsyncResult *result, gpointer data)
{
  g_autoptr (GError) error = NULL;
  CfPaths *paths = g_task_propagate_pointer (G_TASK (result), &error);
  if (paths == NULL)
    return; /* cancelled, and then `data` may be gone; or out of memory: the step stands without its film */
  CfTourFilm *film = data;
  film->paths = paths;
  film->longest = 0;
  for (gsize i = 0; i < paths->n; i++)
    film->longest = fmax (film->longest, cf_paths_length (paths, i));
  become_ready (film);
}

/* A sample of the seeds above the level, evenly over their densities. */
static void
begin_paths (CfTourFilm *film, const CfSessionState *s)
{
  const CfPeaks *peaks = cf_sweep_get_peaks (s->sweep);
  gsize above = cf_peaks_n_above (peaks, s->level.normalised), n = MIN (above, N_SEEDS);
  PathsJob *job = g_new0 (PathsJob, 1);
  job->document = cf_session_take_document (film->window->session);
  job->n = n;
  job->seed = g_malloc_n (MAX (n, 1), sizeof *job->seed);
  job->options = (CfWalkOptions){ .lowest = peaks->lowest };
  for (gsize i = 0; i < n; i++)
    for (int a = 0; a < 3; a++)
      job->seed[i][a] = peaks->seed[i * above / n][a];
  film->cancellable = g_cancellable_new ();
  g_autoptr (GTask) task = g_task_new (film->window, film->cancellable, paths_done, film);
  g_task_set_task_data (task, job, paths_job_free);
  if (job->document->samples != NULL)
    cf_workers_run (task, paths_run);
  else
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, _("the samples of the walk are not in memory"));
}

static void
drop_paths (CfTourFilm *film)
{
  if (film->cancellable != NULL)
    g_cancellable_cancel (film->cancellable);
  g_clear_object (&film->cancellable);
  g_clear_pointer (&film->paths, cf_paths_free);
  film->window->picture->seeds = NULL;
}

/* -- moments ------------------------------------------------------------------------------------------------------------------------------ */

/* Up, down, and back to where it was. */
static double
level_at (const CfTourFilm *film, const CfSessionState *s)
{
  const CfPeaks *peaks = cf_sweep_get_peaks (s->sweep);
  double lo = cf_plot_level_to_fraction (peaks->lowest * 1.001), at = film->at;
  double hi = peaks->n > 0 ? cf_plot_level_to_fraction (0.95 * peaks->seed_density[0]) : lo, from = cf_plot_level_to_fraction (film->level_before);
  double fraction = at < 0.4 ? from + (hi - from) * at / 0.4 : at < 0.8 ? hi + (lo - hi) * (at - 0.4) / 0.4 : lo + (from - lo) * (at - 0.8) / 0.2;
  return at >= 1 ? film->level_before : cf_plot_fraction_to_level (fraction);
}

static void
show_moment (CfTourFilm *film)
{
  CfWindow *window = film->window;
  const CfSessionState *s = cf_session_state (window->session);
  if (film->kind == CF_FILM_SEEDS)
    {
      window->picture->seeds = film->paths;
      window->picture->seeds_length = film->at * film->longest;
      cf_window_redraw (window, CF_CHANGED_GRAPH, film->tick != 0);
    }
  else if (film->kind == CF_FILM_LEVEL)
    {
      cf_session_set_level (window->session, level_at (film, s), FALSE);
      film->level_set = s->level.normalised;
    }
  film->changed (film->data);
}

static void
put_level_back (CfTourFilm *film)
{
  double before = film->level_before;
  film->level_before = film->level_set = NAN;
  if (!isnan (before) && cf_session_state (film->window->session)->has_level)
    cf_session_set_level (film->window->session, before, TRUE);
}

static void
stop (CfTourFilm *film)
{
  if (film->tick != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (film->window->viewport), film->tick);
  film->tick = 0;
}

static gboolean
tick (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  CfTourFilm *film = data;
  const CfSessionState *s = cf_session_state (film->window->session);
  gint64 now = gdk_frame_clock_get_frame_time (clock);
  if (film->begun == 0)
    film->begun = now;
  /* Who takes the bar, has it. */
  if (film->kind == CF_FILM_LEVEL && !isnan (film->level_set) && s->level.normalised != film->level_set)
    {
      film->level_before = film->level_set = NAN;
      film->tick = 0;
      return G_SOURCE_REMOVE;
    }
  film->at = MIN (1, (double) (now - film->begun) / (film->kind == CF_FILM_LEVEL ? LEVEL_US : SEEDS_US));
  gboolean over = film->at >= 1;
  if (over)
    film->tick = 0;
  show_moment (film);
  if (over && film->kind == CF_FILM_LEVEL)
    put_level_back (film);
  return over ? G_SOURCE_REMOVE : G_SOURCE_CONTINUE;
}

void
cf_tour_film_play (CfTourFilm *film)
{
  const CfSessionState *s = cf_session_state (film->window->session);
  if (!film->ready)
    return;
  stop (film);
  if (film->kind == CF_FILM_LEVEL && isnan (film->level_before))
    film->level_before = s->level.normalised;
  if (cf_tour_animates (film->window))
    {
      film->at = film->begun = 0;
      film->level_set = NAN;
      film->tick = gtk_widget_add_tick_callback (GTK_WIDGET (film->window->viewport), tick, film, NULL);
      return;
    }
  film->at = film->at > 1 - MOMENT / 2 ? 0 : MIN (1, film->at + MOMENT);
  show_moment (film);
  if (film->at >= 1 && film->kind == CF_FILM_LEVEL)
    put_level_back (film);
}

/* -- begin and end ---------------------------------------------------------------------------------------------------------------------- */

void
cf_tour_film_begin (CfTourFilm *film, CfFilmKind kind)
{
  film->kind = kind;
  film->ready = FALSE;
  film->at = 0;
  film->evaluator = NULL;
  film->level_before = film->level_set = NAN;
  cf_tour_film_follow (film);
}

void
cf_tour_film_end (CfTourFilm *film)
{
  stop (film);
  drop_paths (film);
  put_level_back (film);
  film->kind = CF_FILM_NONE;
  film->ready = FALSE;
}

void
cf_tour_film_follow (CfTourFilm *film)
{
  const CfSessionState *s = cf_session_state (film->window->session);
  /* Of one field: that lower seeds have climbed too changes nothing for those that are shown. */
  const CfEvaluator *of = s->sweep != NULL && s->has_level ? s->evaluator : NULL;
  if (film->kind == CF_FILM_NONE || of == film->evaluator)
    return;
  stop (film);
  drop_paths (film);
  film->ready = FALSE;
  film->evaluator = of;
  if (of == NULL)
    return;
  if (film->kind == CF_FILM_SEEDS)
    begin_paths (film, s);
  else
    become_ready (film);
}

char *
cf_tour_film_text (const CfTourFilm *film)
{
  if (film->kind != CF_FILM_SEEDS || film->paths == NULL)
    return g_strdup ("");
  gsize arrived = 0, n = film->paths->n;
  for (gsize i = 0; i < n; i++)
    arrived += film->at > 0 && cf_paths_length (film->paths, i) <= film->at * film->longest;
  return g_strdup_printf (CF_PLURAL ("%d of %d seed has arrived", "%d of %d seeds have arrived", n), (int) arrived, (int) n);
}
