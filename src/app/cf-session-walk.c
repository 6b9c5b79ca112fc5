/* cf-session-walk.c: the walk of the seeds over the field, which no threshold is needed for, and the sweep of its peaks. */
#include "cf-session-private.h"

#include <math.h>

#include "cf-walk.h"
#include "cf-words.h"
#include "cf-workers.h"

typedef struct
{
  CfJob job;
  CfField *field;
  CfSamples *samples; /* NULL: the walk samples for itself */
  CfSweep *above;     /* what is walked already; NULL */
  CfWalkOptions options;
  CfEvaluator *evaluator;
  CfSweep *sweep;
  double plateau, plateau_lo, plateau_hi;
} WalkJob;

static void
walk_job_free (gpointer data)
{
  WalkJob *walk = data;
  g_clear_pointer (&walk->field, cf_field_unref);
  g_clear_pointer (&walk->samples, cf_samples_unref);
  g_clear_pointer (&walk->above, cf_sweep_unref);
  g_clear_pointer (&walk->evaluator, cf_evaluator_unref);
  g_clear_pointer (&walk->sweep, cf_sweep_unref);
  cf_job_clear (&walk->job);
  g_free (walk);
}

static CfPeaks *
walk_peaks (WalkJob *walk, GCancellable *cancellable, GError **error)
{
  CfSession *session = walk->job.session;
  g_autoptr (CfBackend) backend = cf_session_backend (session, error);
  if (backend == NULL)
    return NULL;
  if (walk->evaluator == NULL)
    walk->evaluator = cf_evaluator_new (backend, walk->field);
  g_autoptr (CfPeaks) peaks
      = walk->samples != NULL ? cf_walk_from_samples (walk->evaluator, &walk->samples->grid, walk->samples->data, &walk->options,
                                                      cf_session_progress, session, cancellable, error)
                              : cf_walk (walk->evaluator, &walk->options, cf_session_progress, session, cancellable, error);
  if (peaks == NULL || walk->above == NULL)
    return g_steal_pointer (&peaks);
  return cf_peaks_join (cf_sweep_get_peaks (walk->above), peaks);
}

static void
walk_run (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  WalkJob *walk = data;
  GError *error = NULL;
  cf_session_give_way ();
  g_autoptr (CfPeaks) peaks = walk_peaks (walk, cancellable, &error);
  if (peaks != NULL)
    walk->sweep = cf_sweep_new (peaks, CF_CLUSTER_EPS, cancellable, &error);
  if (walk->sweep == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  walk->plateau = cf_sweep_plateau (walk->sweep, &walk->plateau_lo, &walk->plateau_hi);
  g_task_return_boolean (task, TRUE);
}

/* Stopped or failed: no walk begins by itself from here on. A graph of another level is stale since that was left. */
static void
end_early (CfSession *session, const GError *error)
{
  CfSessionState *s = &session->s;
  s->walk_stopped = TRUE;
  cf_session_set_activity (session, NULL, -1);
  cf_session_error (session, error);
  cf_session_changed (session, CF_CHANGED_GRAPH);
}

static void
walk_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  WalkJob *walk = g_task_get_task_data (G_TASK (result));
  CfSession *session = walk->job.session;
  CfSessionState *s = &session->s;
  g_autoptr (GError) error = NULL;
  if (!cf_job_is_current (&walk->job))
    return;
  s->walking = FALSE;
  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      end_early (session, error);
      return;
    }
  cf_session_set_activity (session, NULL, -1);
  if (s->evaluator == NULL)
    s->evaluator = cf_evaluator_ref (walk->evaluator);
  g_clear_pointer (&s->sweep, cf_sweep_unref);
  s->sweep = g_steal_pointer (&walk->sweep);
  gboolean whole = cf_session_is_walked (s);
  s->plateau = whole ? walk->plateau : NAN;
  s->plateau_lo = whole ? walk->plateau_lo : NAN;
  s->plateau_hi = whole ? walk->plateau_hi : NAN;
  s->walk_stopped = s->walk_stopped && !whole;
  cf_session_changed (session, CF_CHANGED_LEVEL);
  cf_session_update_graph (session);
  cf_session_update_curve (session);
  if (!session->dragging)
    cf_session_walk_to_level (session); /* a lower one was set meanwhile */
  cf_session_walk (session);
}

static void
walk_start (CfSession *session, double lowest, double below)
{
  CfSessionState *s = &session->s;
  if (s->walking)
    return;
  WalkJob *walk = g_new0 (WalkJob, 1);
  cf_job_init (&walk->job, session);
  walk->field = cf_field_ref (s->field);
  walk->samples = s->samples != NULL && s->samples->walk ? cf_samples_ref (s->samples) : NULL;
  walk->above = s->sweep != NULL ? cf_sweep_ref (s->sweep) : NULL;
  walk->evaluator = s->evaluator != NULL ? cf_evaluator_ref (s->evaluator) : NULL;
  walk->options = (CfWalkOptions){ .lowest = lowest, .below = below };
  s->walking = TRUE;
  g_clear_object (&session->walk_cancellable);
  session->walk_cancellable = g_cancellable_new ();
  g_autoptr (GTask) task = g_task_new (NULL, session->walk_cancellable, walk_done, NULL);
  g_task_set_task_data (task, walk, walk_job_free);
  cf_session_set_activity (session, s->sweep == NULL ? _("Climbing from the seeds") : _("Climbing from the lower seeds"), 0);
  cf_workers_run (task, walk_run);
}

gboolean
cf_session_is_walked (const CfSessionState *s)
{
  return s->sweep != NULL && cf_sweep_get_peaks (s->sweep)->lowest <= cf_level_floor (&s->normalisation).normalised;
}

gboolean
cf_session_is_level_walked (const CfSessionState *s)
{
  return s->sweep != NULL && s->has_level && s->level.normalised >= cf_sweep_get_peaks (s->sweep)->lowest;
}

/* First the seeds above the level in use, so that there is a graph soon; then, with that on the screen, the many below it. */
void
cf_session_walk (CfSession *session)
{
  CfSessionState *s = &session->s;
  double floor = MIN (cf_level_floor (&s->normalisation).normalised, s->level.normalised);
  if (s->walk_stopped)
    return;
  if (s->sweep == NULL)
    walk_start (session, MAX (floor, MIN (cf_level_generic (&s->normalisation).normalised, s->level.normalised)), 0);
  else if (cf_sweep_get_peaks (s->sweep)->lowest > floor)
    walk_start (session, floor, cf_sweep_get_peaks (s->sweep)->lowest);
}

void
cf_session_walk_to_level (CfSession *session)
{
  CfSessionState *s = &session->s;
  if (s->walk_stopped && s->sweep != NULL && !cf_session_is_level_walked (s))
    walk_start (session, s->level.normalised, cf_sweep_get_peaks (s->sweep)->lowest);
}

/* A fit that ends is baked first, and walks by itself then. */
gboolean
cf_session_can_walk (CfSession *session)
{
  const CfSessionState *s = &session->s;
  return s->walk_stopped && !s->walking && (!cf_session_is_walked (s) || !cf_session_is_level_walked (s));
}

void
cf_session_walk_on (CfSession *session)
{
  if (!cf_session_can_walk (session))
    return;
  session->s.walk_stopped = FALSE;
  cf_session_walk (session);
}

void
cf_session_stop_walk (CfSession *session)
{
  if (session->s.walking)
    g_cancellable_cancel (session->walk_cancellable);
}
