/* cf-session-graph.c: for each level asked for a graph of what was walked, its comparison, and the curves over all levels. */
#include "cf-session-private.h"

#include <math.h>

#include "cf-words.h"
#include "cf-workers.h"

#define CURVE_LEVELS 60

void
cf_session_set_comparison (CfSession *session, CfComparison *comparison)
{
  g_clear_pointer (&session->comparison, cf_holder_unref);
  session->comparison = comparison != NULL ? cf_holder_new (comparison, (GDestroyNotify) cf_comparison_free) : NULL;
  session->s.comparison = comparison;
  session->s.graph_version++;
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
  g_clear_pointer (&session->follow, cf_follow_unref);
  session->readying = FALSE;
  s->plateau = s->plateau_lo = s->plateau_hi = NAN;
  s->graph_stale = s->comparison_stale = s->curve_stale = FALSE;
  s->walking = s->walk_stopped = FALSE;
  g_cancellable_cancel (session->walk_cancellable);
  g_clear_object (&session->walk_cancellable);
  session->graphing = session->following = session->graph_wanted = session->curving = session->curve_wanted = FALSE;
  if (session->graph_cancellable != NULL)
    g_cancellable_cancel (session->graph_cancellable);
  g_clear_object (&session->graph_cancellable);
}

static CfGraphOptions
graph_options (const CfSession *session)
{
  return (CfGraphOptions){ .adjacency = session->s.adjacency, .min_component = session->s.min_component };
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
  CfFollow *follow;   /* while the bar moves; NULL where it is not ready */
  gint64 begun;       /* us */
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
  g_clear_pointer (&job->follow, cf_follow_unref);
  g_clear_pointer (&job->trace, cf_holder_unref);
  cf_job_clear (&job->job);
  g_free (job);
}

/* The field at the residues' trace atoms and at all atoms: it does not depend on the level, so it is asked for once. */
typedef struct
{
  CfStructure *structure;
  float *density;         /* [n_residues] */
  CfInclusion *inclusion; /* NULL of a part of a map */
} CfTrace;

static void
trace_free (gpointer data)
{
  CfTrace *trace = data;
  cf_structure_unref (trace->structure);
  g_free (trace->density);
  cf_inclusion_free (trace->inclusion);
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
  GError *failed = NULL;
  CfInclusion *inclusion = cf_curve_inclusion (job->evaluator, job->structure, cancellable, &failed);
  if (failed != NULL || !cf_evaluator_query (job->evaluator, n, xyz, density, NULL, cancellable, &failed))
    {
      g_propagate_error (error, failed);
      cf_inclusion_free (inclusion);
      return NULL;
    }
  CfTrace *trace = g_new0 (CfTrace, 1);
  trace->structure = cf_structure_ref (job->structure);
  trace->density = g_steal_pointer (&density);
  trace->inclusion = inclusion;
  return cf_holder_new (trace, trace_free);
}

static CfGraph *
graph_from_samples (GraphJob *job)
{
  g_autoptr (CfClusters) clusters = cf_sweep_cut (job->sweep, job->level.normalised, FALSE);
  g_autofree float *density = g_new (float, clusters->n + 1);
  for (gsize i = 0; i < clusters->n; i++)
    density[i] = cf_session_sampled_density (clusters->clusters[i].pos, job->samples);
  return cf_graph_new (clusters, density, cf_evaluator_field (job->evaluator), &job->level, &job->options);
}

static const float *
trace_density (const GraphJob *job)
{
  return job->trace != NULL ? ((const CfTrace *) job->trace->data)->density : NULL;
}

static void
set_inclusion (GraphJob *job)
{
  const CfTrace *trace = job->trace != NULL ? job->trace->data : NULL;
  if (trace != NULL && trace->inclusion != NULL && job->comparison != NULL)
    cf_comparison_set_inclusion (job->comparison, trace->inclusion, &job->level);
}

static gboolean
compare_graph (GraphJob *job, GCancellable *cancellable, GError **error)
{
  const CfField *field = cf_evaluator_field (job->evaluator);
  CfCompareOptions options = { .contour = job->quick ? NULL : cf_sweep_get_peaks (job->sweep), .inside = field->has_box ? &field->grid : NULL };
  job->comparison = cf_compare (job->graph, job->structure, &options, cancellable, error);
  if (job->comparison == NULL)
    return FALSE;
  if (job->trace == NULL && !job->quick && (job->trace = trace_new (job, cancellable, error)) == NULL)
    return FALSE;
  set_inclusion (job);
  job->findings = cf_findings_new (job->graph, job->structure, job->comparison, trace_density (job));
  return TRUE;
}

static gboolean
follow_level (GraphJob *job, GCancellable *cancellable, GError **error)
{
  CfFollowed made;
  if (!cf_follow_move (job->follow, &job->level, cf_session_sampled_density, job->samples, trace_density (job), &made, cancellable, error))
    return FALSE;
  job->graph = made.graph;
  job->comparison = made.comparison;
  job->findings = made.findings;
  set_inclusion (job);
  return TRUE;
}

static gboolean
make_graph (GraphJob *job, GCancellable *cancellable, GError **error)
{
  if (job->follow != NULL)
    return follow_level (job, cancellable, error);
  job->graph = job->samples != NULL ? graph_from_samples (job)
                                    : cf_graph_at_level (job->evaluator, job->sweep, &job->level, &job->options, cancellable, error);
  return job->graph != NULL && (job->structure == NULL || compare_graph (job, cancellable, error));
}

static void
graph_run (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GraphJob *job = data;
  GError *error = NULL;
  cf_session_give_way ();
  if (make_graph (job, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
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
  session->graphing = session->following = FALSE;
  if (good)
    {
      session->follow_time = job->follow != NULL ? g_get_monotonic_time () - job->begun : 0;
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
  else if (good)
    cf_session_ready_follow (session);
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
  if (!cf_session_is_level_walked (s))
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
  if (job->samples != NULL && cf_session_get_follow (session) != NULL)
    job->follow = cf_follow_ref (cf_session_get_follow (session));
  if (session->trace != NULL && ((const CfTrace *) session->trace->data)->structure != s->structure)
    g_clear_pointer (&session->trace, cf_holder_unref);
  job->trace = session->trace != NULL ? cf_holder_ref (session->trace) : NULL;
  job->begun = g_get_monotonic_time ();
  session->following = job->follow != NULL;
  session->graphing = TRUE;
  session->graph_wanted = FALSE;
  g_clear_object (&session->graph_cancellable);
  /* A drag shows each graph that it gets; only the slow comparison at rest gives way to a newer level. */
  session->graph_cancellable = job->quick ? NULL : g_cancellable_new ();
  g_autoptr (GTask) task = g_task_new (NULL, session->graph_cancellable, graph_done, NULL);
  g_task_set_task_data (task, job, graph_job_free);
  cf_workers_run (task, graph_run);
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
    return g_strdup_printf (_("node %u: no atom within 3 Å, lives over %.2f of the levels"), finding->index, finding->persistence);
  g_autofree char *label = cf_structure_atom_label (state->structure, (guint32) state->comparison->atom_of_residue[finding->index]);
  return isnan (finding->density) ? g_strdup_printf (_("%s: no node"), label) : g_strdup_printf (_("%s: no node, density %.2f"), label, finding->density);
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
  cf_workers_run (task, curve_run);
}
