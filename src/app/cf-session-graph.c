/* cf-session-graph.c: from the field to numbers: one walk, one sweep, and for each level asked for a graph and its comparison. */
#include "cf-session-private.h"

#include <math.h>

#include "cf-error.h"
#include "cf-walk.h"

#define CURVE_LEVELS 60

void
cf_session_set_comparison (CfSession *session, CfComparison *comparison)
{
  g_clear_pointer (&session->comparison, cf_holder_unref);
  session->comparison = comparison != NULL ? cf_holder_new (comparison, (GDestroyNotify) cf_comparison_free) : NULL;
  session->s.comparison = comparison;
}

void
cf_session_set_curve (CfSession *session, CfCurve *curve)
{
  g_clear_pointer (&session->curve, cf_holder_unref);
  session->curve = curve != NULL ? cf_holder_new (curve, (GDestroyNotify) cf_curve_free) : NULL;
  session->s.curve = curve;
}

void
cf_session_drop_graph (CfSession *session)
{
  CfSessionState *s = &session->s;
  g_clear_pointer (&s->sweep, cf_sweep_unref);
  g_clear_pointer (&s->graph, cf_graph_unref);
  cf_session_set_comparison (session, NULL);
  cf_session_set_curve (session, NULL);
  g_clear_pointer (&s->findings, cf_findings_free);
  g_clear_pointer (&session->trace, cf_holder_unref);
  s->plateau = s->plateau_lo = s->plateau_hi = NAN;
  s->graph_stale = s->comparison_stale = s->curve_stale = FALSE;
  session->walking = session->graphing = session->graph_wanted = session->curving = session->curve_wanted = FALSE;
  if (session->graph_cancellable != NULL)
    g_cancellable_cancel (session->graph_cancellable);
  g_clear_object (&session->graph_cancellable);
}

static CfGraphOptions
graph_options (const CfSession *session)
{
  return (CfGraphOptions){ .adjacency = session->s.adjacency, .min_component = session->s.min_component };
}

/* -- walk ------------------------------------------------------------------------------------------------------------------------ */

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

static void
walk_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  WalkJob *walk = g_task_get_task_data (G_TASK (result));
  CfSession *session = walk->job.session;
  CfSessionState *s = &session->s;
  g_autoptr (GError) error = NULL;
  if (!cf_job_is_current (&walk->job))
    return;
  session->walking = FALSE;
  cf_session_set_activity (session, NULL, -1);
  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      s->graph_stale = s->comparison_stale = FALSE;
      cf_session_error (session, error);
      cf_session_changed (session, CF_CHANGED_GRAPH);
      return;
    }
  if (s->evaluator == NULL)
    s->evaluator = cf_evaluator_ref (walk->evaluator);
  g_clear_pointer (&s->sweep, cf_sweep_unref);
  s->sweep = g_steal_pointer (&walk->sweep);
  s->plateau = walk->plateau;
  s->plateau_lo = walk->plateau_lo;
  s->plateau_hi = walk->plateau_hi;
  cf_session_changed (session, CF_CHANGED_LEVEL);
  cf_session_update_graph (session);
  cf_session_update_curve (session);
  cf_session_walk (session);
}

static void
walk_start (CfSession *session, double lowest, double below)
{
  CfSessionState *s = &session->s;
  if (session->walking)
    return;
  WalkJob *walk = g_new0 (WalkJob, 1);
  cf_job_init (&walk->job, session);
  walk->field = cf_field_ref (s->field);
  walk->samples = s->samples != NULL && s->samples->walk ? cf_samples_ref (s->samples) : NULL;
  walk->above = s->sweep != NULL ? cf_sweep_ref (s->sweep) : NULL;
  walk->evaluator = s->evaluator != NULL ? cf_evaluator_ref (s->evaluator) : NULL;
  walk->options = (CfWalkOptions){ .lowest = lowest, .below = below };
  session->walking = TRUE;
  g_autoptr (GTask) task = g_task_new (NULL, session->cancellable, walk_done, NULL);
  g_task_set_task_data (task, walk, walk_job_free);
  cf_session_set_activity (session, s->sweep == NULL ? "Climbing from the seeds" : "Climbing from the lower seeds", 0);
  g_task_run_in_thread (task, walk_run);
}

/* First the seeds above the level in use, so that there is a graph soon; then, with that on the screen, the many below it. */
void
cf_session_walk (CfSession *session)
{
  CfSessionState *s = &session->s;
  double floor = MIN (cf_level_floor (&s->normalisation).normalised, s->level.normalised);
  if (s->sweep == NULL)
    walk_start (session, MAX (floor, MIN (cf_level_generic (&s->normalisation).normalised, s->level.normalised)), 0);
  else if (cf_sweep_get_peaks (s->sweep)->lowest > floor)
    walk_start (session, floor, cf_sweep_get_peaks (s->sweep)->lowest);
}

/* -- graph and comparison ---------------------------------------------------------------------------------------------------------- */

typedef struct
{
  CfJob job;
  CfEvaluator *evaluator;
  CfSweep *sweep;
  CfStructure *structure;
  CfLevel level;
  CfGraphOptions options;
  CfSamples *samples; /* while the bar moves: densities are read off these; NULL: the field is asked */
  gboolean quick;     /* while the bar moves: the null is left to the curves */
  CfHolder *trace;    /* NULL: not known yet */
  CfGraph *graph;
  CfComparison *comparison;
  CfFindings *findings;
} GraphJob;

static void
graph_job_free (gpointer data)
{
  GraphJob *job = data;
  g_clear_pointer (&job->evaluator, cf_evaluator_unref);
  g_clear_pointer (&job->sweep, cf_sweep_unref);
  g_clear_pointer (&job->structure, cf_structure_unref);
  g_clear_pointer (&job->graph, cf_graph_unref);
  g_clear_pointer (&job->comparison, cf_comparison_free);
  g_clear_pointer (&job->findings, cf_findings_free);
  g_clear_pointer (&job->samples, cf_samples_unref);
  g_clear_pointer (&job->trace, cf_holder_unref);
  cf_job_clear (&job->job);
  g_free (job);
}

/* The field at the residues' trace atoms: it does not depend on the level, so it is asked for once. */
typedef struct
{
  CfStructure *structure;
  float *density; /* [n_residues] */
} CfTrace;

static void
trace_free (gpointer data)
{
  CfTrace *trace = data;
  cf_structure_unref (trace->structure);
  g_free (trace->density);
  g_free (trace);
}

static CfHolder *
trace_new (GraphJob *job, GCancellable *cancellable, GError **error)
{
  gsize n = job->structure->n_residues;
  g_autofree double *xyz = g_new (double, 3 * n + 1);
  g_autofree float *density = g_new (float, n + 1);
  for (gsize r = 0; r < n; r++)
    {
      gint32 atom = job->comparison->atom_of_residue[r];
      for (int a = 0; a < 3; a++)
        xyz[3 * r + a] = atom >= 0 ? job->structure->atoms[atom].pos[a] : NAN;
    }
  if (!cf_evaluator_query (job->evaluator, n, xyz, density, NULL, cancellable, error))
    return NULL;
  CfTrace *trace = g_new0 (CfTrace, 1);
  trace->structure = cf_structure_ref (job->structure);
  trace->density = g_steal_pointer (&density);
  return cf_holder_new (trace, trace_free);
}

/* Of a moving bar there are more graphs than the networks have time for: the samples that the picture shows are near enough until it
 * stands still. */
static CfGraph *
graph_from_samples (GraphJob *job)
{
  g_autoptr (CfClusters) clusters = cf_sweep_cut (job->sweep, job->level.normalised, FALSE);
  g_autofree float *density = g_new (float, clusters->n + 1);
  for (gsize i = 0; i < clusters->n; i++)
    density[i] = cf_samples_at (job->samples, clusters->clusters[i].pos);
  return cf_graph_new (clusters, density, cf_evaluator_field (job->evaluator), &job->level, &job->options);
}

static gboolean
compare_graph (GraphJob *job, GCancellable *cancellable, GError **error)
{
  CfCompareOptions options = { .contour = job->quick ? NULL : cf_sweep_get_peaks (job->sweep) };
  job->comparison = cf_compare (job->graph, job->structure, &options, cancellable, error);
  if (job->comparison == NULL)
    return FALSE;
  if (job->trace == NULL && !job->quick && (job->trace = trace_new (job, cancellable, error)) == NULL)
    return FALSE;
  job->findings = cf_findings_new (job->graph, job->structure, job->comparison,
                                   job->trace != NULL ? ((const CfTrace *) job->trace->data)->density : NULL);
  return TRUE;
}

static void
graph_run (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GraphJob *job = data;
  GError *error = NULL;
  cf_session_give_way ();
  job->graph = job->samples != NULL ? graph_from_samples (job)
                                    : cf_graph_at_level (job->evaluator, job->sweep, &job->level, &job->options, cancellable, &error);
  if (job->graph == NULL || (job->structure != NULL && !compare_graph (job, cancellable, &error)))
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void
graph_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GraphJob *job = g_task_get_task_data (G_TASK (result));
  CfSession *session = job->job.session;
  CfSessionState *s = &session->s;
  g_autoptr (GError) error = NULL;
  gboolean good = g_task_propagate_boolean (G_TASK (result), &error);
  if (!cf_job_is_current (&job->job))
    return;
  session->graphing = FALSE;
  if (good)
    {
      g_clear_pointer (&s->graph, cf_graph_unref);
      s->graph = g_steal_pointer (&job->graph);
      cf_session_set_comparison (session, g_steal_pointer (&job->comparison));
      g_clear_pointer (&s->findings, cf_findings_free);
      s->findings = g_steal_pointer (&job->findings);
      if (job->trace != NULL && session->trace == NULL && job->structure == s->structure)
        session->trace = cf_holder_ref (job->trace);
      s->graph_stale = session->graph_wanted;
      s->comparison_stale = session->graph_wanted || job->quick;
    }
  else
    cf_session_error (session, error);
  cf_session_changed (session, CF_CHANGED_GRAPH);
  if (session->graph_wanted || (job->quick && !session->dragging))
    cf_session_update_graph (session);
}

/* One at a time, and the newest level next: a drag never queues. */
void
cf_session_update_graph (CfSession *session)
{
  CfSessionState *s = &session->s;
  if (s->sweep == NULL || !s->has_level)
    return;
  session->graph_wanted = TRUE;
  if (!s->graph_stale || !s->comparison_stale)
    {
      s->graph_stale = s->comparison_stale = TRUE;
      cf_session_changed (session, CF_CHANGED_GRAPH);
    }
  double lowest = cf_sweep_get_peaks (s->sweep)->lowest;
  if (s->level.normalised < lowest)
    {
      if (!session->dragging)
        cf_session_walk (session);
      return;
    }
  if (session->graphing)
    {
      if (session->graph_cancellable != NULL)
        g_cancellable_cancel (session->graph_cancellable);
      return;
    }
  GraphJob *job = g_new0 (GraphJob, 1);
  cf_job_init (&job->job, session);
  job->evaluator = cf_evaluator_ref (s->evaluator);
  job->sweep = cf_sweep_ref (s->sweep);
  job->structure = s->structure != NULL ? cf_structure_ref (s->structure) : NULL;
  job->level = s->level;
  job->options = graph_options (session);
  job->quick = session->dragging;
  job->samples = job->quick && s->samples != NULL && s->samples->walk ? cf_samples_ref (s->samples) : NULL;
  if (session->trace != NULL && ((const CfTrace *) session->trace->data)->structure != s->structure)
    g_clear_pointer (&session->trace, cf_holder_unref);
  job->trace = session->trace != NULL ? cf_holder_ref (session->trace) : NULL;
  session->graphing = TRUE;
  session->graph_wanted = FALSE;
  g_clear_object (&session->graph_cancellable);
  /* A drag shows each graph that it gets; only the slow comparison at rest gives way to a newer level. */
  session->graph_cancellable = job->quick ? NULL : g_cancellable_new ();
  g_autoptr (GTask) task = g_task_new (NULL, session->graph_cancellable, graph_done, NULL);
  g_task_set_task_data (task, job, graph_job_free);
  g_task_run_in_thread (task, graph_run);
}

/* -- findings ---------------------------------------------------------------------------------------------------------------------- */

gsize
cf_session_n_findings (const CfSessionState *state)
{
  return state->findings != NULL ? state->findings->n_residues + state->findings->n_nodes : 0;
}

char *
cf_session_finding_text (const CfSessionState *state, const CfFinding *finding)
{
  if (finding->kind == CF_FINDING_NODE)
    return g_strdup_printf ("node %u: no atom within 3 Å, lives over %.2f of the levels", finding->index, finding->persistence);
  g_autofree char *label = cf_structure_atom_label (state->structure, (guint32) state->comparison->atom_of_residue[finding->index]);
  return isnan (finding->density) ? g_strdup_printf ("%s: no node", label) : g_strdup_printf ("%s: no node, density %.2f", label, finding->density);
}

/* -- curves -------------------------------------------------------------------------------------------------------------------------- */

typedef struct
{
  CfJob job;
  CfEvaluator *evaluator;
  CfSweep *sweep;
  CfStructure *structure;
  CfGraphOptions options;
  CfCurve *curve;
} CurveJob;

static void
curve_job_free (gpointer data)
{
  CurveJob *job = data;
  g_clear_pointer (&job->evaluator, cf_evaluator_unref);
  g_clear_pointer (&job->sweep, cf_sweep_unref);
  g_clear_pointer (&job->structure, cf_structure_unref);
  g_clear_pointer (&job->curve, cf_curve_free);
  cf_job_clear (&job->job);
  g_free (job);
}

static void
curve_run (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  CurveJob *job = data;
  GError *error = NULL;
  cf_session_give_way ();
  job->curve = cf_curve_new (job->evaluator, job->sweep, job->structure, CURVE_LEVELS, &job->options, cancellable, &error);
  if (job->curve == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void
curve_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  CurveJob *job = g_task_get_task_data (G_TASK (result));
  CfSession *session = job->job.session;
  CfSessionState *s = &session->s;
  g_autoptr (GError) error = NULL;
  gboolean good = g_task_propagate_boolean (G_TASK (result), &error);
  if (!cf_job_is_current (&job->job))
    return;
  session->curving = FALSE;
  s->curve_stale = session->curve_wanted;
  if (good)
    cf_session_set_curve (session, g_steal_pointer (&job->curve));
  else
    cf_session_error (session, error);
  cf_session_changed (session, CF_CHANGED_CURVE);
  if (session->curve_wanted)
    cf_session_update_curve (session);
}

void
cf_session_update_curve (CfSession *session)
{
  CfSessionState *s = &session->s;
  if (s->sweep == NULL)
    return;
  s->curve_stale = TRUE;
  session->curve_wanted = TRUE;
  cf_session_changed (session, CF_CHANGED_CURVE);
  if (session->curving)
    return;
  CurveJob *job = g_new0 (CurveJob, 1);
  cf_job_init (&job->job, session);
  job->evaluator = cf_evaluator_ref (s->evaluator);
  job->sweep = cf_sweep_ref (s->sweep);
  job->structure = s->structure != NULL ? cf_structure_ref (s->structure) : NULL;
  job->options = graph_options (session);
  session->curving = TRUE;
  session->curve_wanted = FALSE;
  g_autoptr (GTask) task = g_task_new (NULL, session->cancellable, curve_done, NULL);
  g_task_set_task_data (task, job, curve_job_free);
  g_task_run_in_thread (task, curve_run);
}
