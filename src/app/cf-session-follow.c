/* cf-session-follow.c: makes ready what follows a bar that is dragged, while nothing else is asked for. */
#include "cf-session-private.h"

#include "cf-workers.h"

typedef struct
{
  CfJob job;
  CfSweep *sweep;
  CfField *field;
  CfStructure *structure; /* NULL */
  CfSamples *samples;
  CfGraphOptions options;
  CfLevel level;
  CfFollow *follow;
} ReadyJob;

static void
ready_job_free (gpointer data)
{
  ReadyJob *ready = data;
  g_clear_pointer (&ready->sweep, cf_sweep_unref);
  g_clear_pointer (&ready->field, cf_field_unref);
  g_clear_pointer (&ready->structure, cf_structure_unref);
  g_clear_pointer (&ready->samples, cf_samples_unref);
  g_clear_pointer (&ready->follow, cf_follow_unref);
  cf_job_clear (&ready->job);
  g_free (ready);
}

/* Of a moving bar there are more graphs than the networks have time for: the samples that the picture shows are near enough until it
 * stands still. */
float
cf_session_sampled_density (const double pos[3], gpointer user_data)
{
  return cf_samples_at (user_data, pos);
}

/* The first move is the one that costs: it is made here, at the level in use, and what it brings is not needed. */
static void
ready_run (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  ReadyJob *ready = data;
  GError *error = NULL;
  g_auto (CfFollowed) made = { 0 };
  cf_session_give_way ();
  ready->follow = cf_follow_new (ready->sweep, ready->field, ready->structure, &ready->options);
  if (cf_follow_move (ready->follow, &ready->level, cf_session_sampled_density, ready->samples, NULL, &made, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
ready_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  ReadyJob *ready = g_task_get_task_data (G_TASK (result));
  CfSession *session = ready->job.session;
  if (!cf_job_is_current (&ready->job))
    return;
  session->readying = FALSE;
  g_clear_pointer (&session->follow, cf_follow_unref);
  if (g_task_propagate_boolean (G_TASK (result), NULL)) /* else cancelled */
    session->follow = g_steal_pointer (&ready->follow);
  if (session->follow != NULL)
    cf_session_ready_follow (session);
}

CfFollow *
cf_session_get_follow (CfSession *session)
{
  const CfSessionState *s = &session->s;
  const CfGraphOptions options = { .adjacency = s->adjacency, .min_component = s->min_component };
  return session->follow != NULL && s->sweep != NULL && cf_follow_is_of (session->follow, s->sweep, s->field, s->structure, &options)
             ? session->follow
             : NULL;
}

void
cf_session_ready_follow (CfSession *session)
{
  const CfSessionState *s = &session->s;
  if (session->readying || s->sweep == NULL || s->samples == NULL || !s->samples->walk || cf_session_get_follow (session) != NULL)
    return;
  ReadyJob *ready = g_new0 (ReadyJob, 1);
  cf_job_init (&ready->job, session);
  ready->sweep = cf_sweep_ref (s->sweep);
  ready->field = cf_field_ref (s->field);
  ready->structure = s->structure != NULL ? cf_structure_ref (s->structure) : NULL;
  ready->samples = cf_samples_ref (s->samples);
  ready->options = (CfGraphOptions){ .adjacency = s->adjacency, .min_component = s->min_component };
  ready->level = s->level;
  session->readying = TRUE;
  g_autoptr (GTask) task = g_task_new (NULL, session->cancellable, ready_done, NULL);
  g_task_set_task_data (task, ready, ready_job_free);
  cf_workers_run (task, ready_run);
}
