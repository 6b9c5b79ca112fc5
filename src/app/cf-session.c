/* cf-session.c: the session's life, its signals, its options and its level. */
#include "cf-session-private.h"

#include <math.h>
#include <sys/resource.h>
#include <unistd.h>

G_DEFINE_FINAL_TYPE (CfSession, cf_session, G_TYPE_OBJECT)

enum
{
  SIGNAL_CHANGED,
  SIGNAL_MESSAGE,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

/* -- jobs ------------------------------------------------------------------------------------------------------------------ */

void
cf_job_init (CfJob *job, CfSession *session)
{
  job->session = g_object_ref (session);
  job->generation = session->generation;
}

/* Jobs are freed on whichever thread drops the task last; the session is a main thread object. */
static gboolean
unref_in_main (gpointer data)
{
  g_object_unref (data);
  return G_SOURCE_REMOVE;
}

void
cf_job_clear (CfJob *job)
{
  g_idle_add_full (G_PRIORITY_DEFAULT, unref_in_main, g_steal_pointer (&job->session), NULL);
}

gboolean
cf_job_is_current (const CfJob *job)
{
  return job->generation == job->session->generation;
}

void
cf_session_next_generation (CfSession *session)
{
  session->generation++;
  g_cancellable_cancel (session->cancellable);
  g_cancellable_cancel (session->walk_cancellable);
  g_cancellable_cancel (session->bake_cancellable);
  g_clear_object (&session->cancellable);
  session->cancellable = g_cancellable_new ();
}

void
cf_session_give_way (void)
{
  /* On Linux a nice value is of a thread. Where it cannot be set the work is only less polite. */
  (void) setpriority (PRIO_PROCESS, (id_t) gettid (), 5);
}

CfBackend *
cf_session_backend (CfSession *session, GError **error)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&session->backend_lock);
  if (session->backend == NULL)
    session->backend = cf_backend_open (session->device != NULL ? session->device : "auto", session->threads, error);
  return session->backend != NULL ? cf_backend_ref (session->backend) : NULL;
}

void
cf_session_set_device (CfSession *session, const char *name, int threads)
{
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&session->backend_lock);
  if (g_strcmp0 (session->device, name) == 0 && session->threads == threads)
    return;
  g_free (session->device);
  session->device = g_strdup (name);
  session->threads = threads;
  g_clear_pointer (&session->backend, cf_backend_unref);
}

/* -- signals --------------------------------------------------------------------------------------------------------------- */

void
cf_session_changed (CfSession *session, CfSessionChange change)
{
  if (change & CF_CHANGED_SAMPLES)
    session->s.samples_version++;
  g_signal_emit (session, signals[SIGNAL_CHANGED], 0, (guint) change);
}

void
cf_session_message (CfSession *session, gboolean is_error, const char *text)
{
  g_signal_emit (session, signals[SIGNAL_MESSAGE], 0, is_error, text);
}

void
cf_session_error (CfSession *session, const GError *error)
{
  if (error != NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    cf_session_message (session, TRUE, error->message);
}

static gboolean
progress_tick (gpointer data)
{
  CfSession *session = data;
  session->s.fraction = g_atomic_int_get (&session->progress) / 10000.0;
  cf_session_changed (session, CF_CHANGED_ACTIVITY);
  return G_SOURCE_CONTINUE;
}

void
cf_session_progress (double fraction, gpointer user_data)
{
  CfSession *session = user_data;
  g_atomic_int_set (&session->progress, (int) (CLAMP (fraction, 0, 1) * 10000));
}

void
cf_session_set_activity (CfSession *session, const char *activity, double fraction)
{
  session->s.activity = activity;
  session->s.fraction = fraction;
  g_atomic_int_set (&session->progress, 0);
  g_clear_handle_id (&session->progress_source, g_source_remove);
  if (activity != NULL && fraction >= 0)
    session->progress_source = g_timeout_add_full (G_PRIORITY_DEFAULT, 100, progress_tick, session, NULL);
  cf_session_changed (session, CF_CHANGED_ACTIVITY);
}

/* -- life ------------------------------------------------------------------------------------------------------------------ */

static void
drop_document (CfSession *session)
{
  CfSessionState *s = &session->s;
  cf_session_next_generation (session);
  cf_session_drop_training (session);
  cf_session_drop_graph (session);
  session->train_when_prepared = FALSE;
  session->level_wanted = NAN;
  session->fitted_here = FALSE;
  g_clear_handle_id (&session->settle_source, g_source_remove);
  g_clear_pointer (&s->volume, cf_volume_unref);
  g_clear_pointer (&s->structure, cf_structure_unref);
  g_clear_pointer (&session->as_read, cf_structure_unref);
  g_clear_pointer (&s->header, cf_emdb_free);
  g_clear_pointer (&s->title, g_free);
  g_clear_pointer (&s->field_path, g_free);
  g_clear_pointer (&s->samples, cf_samples_unref);
  g_clear_pointer (&s->replay, cf_replay_free);
  s->demo = FALSE;
  s->stack_volume = 0;
  s->contour = s->resolution = NAN;
  s->prepared = FALSE;
  s->has_level = FALSE;
  s->crop = TRUE;
  s->has_box = FALSE;
  memset (s->box, 0, sizeof s->box);
  session->dragging = FALSE;
  cf_session_set_activity (session, NULL, -1);
}

static void
cf_session_dispose (GObject *object)
{
  CfSession *session = CF_SESSION (object);
  if (session->cancellable != NULL)
    drop_document (session);
  g_clear_object (&session->cancellable);
  if (session->load_cancellable != NULL)
    g_cancellable_cancel (session->load_cancellable);
  g_clear_object (&session->load_cancellable);
  g_clear_object (&session->graph_cancellable);
  g_clear_object (&session->walk_cancellable);
  G_OBJECT_CLASS (cf_session_parent_class)->dispose (object);
}

static void
cf_session_finalize (GObject *object)
{
  CfSession *session = CF_SESSION (object);
  g_clear_pointer (&session->backend, cf_backend_unref);
  g_free (session->device);
  g_mutex_clear (&session->backend_lock);
  G_OBJECT_CLASS (cf_session_parent_class)->finalize (object);
}

static void
cf_session_class_init (CfSessionClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  object_class->dispose = cf_session_dispose;
  object_class->finalize = cf_session_finalize;
  signals[SIGNAL_CHANGED]
      = g_signal_new ("changed", CF_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
  signals[SIGNAL_MESSAGE] = g_signal_new ("message", CF_TYPE_SESSION, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_BOOLEAN,
                                          G_TYPE_STRING);
}

static void
cf_session_init (CfSession *session)
{
  CfSessionState *s = &session->s;
  g_mutex_init (&session->backend_lock);
  session->checkpoint_every = 20;
  session->cancellable = g_cancellable_new ();
  g_queue_init (&session->bakes);
  session->level_wanted = NAN;
  s->contour = s->resolution = NAN;
  s->plateau = s->plateau_lo = s->plateau_hi = NAN;
  s->crop = TRUE;
  s->fraction = -1;
}

CfSession *
cf_session_new (void)
{
  return g_object_new (CF_TYPE_SESSION, NULL);
}

const CfSessionState *
cf_session_state (CfSession *session)
{
  return &session->s;
}

void
cf_session_close (CfSession *session)
{
  drop_document (session);
  session->document_serial = ++session->load_serial;
  session->s.samples_all = TRUE;
  cf_session_changed (session, CF_CHANGED_ALL);
}

gboolean
cf_session_is_open (CfSession *session)
{
  return session->s.title != NULL;
}

/* -- options --------------------------------------------------------------------------------------------------------------- */

void
cf_session_set_contour (CfSession *session, double file_units)
{
  CfSessionState *s = &session->s;
  if (s->contour == file_units || (isnan (s->contour) && isnan (file_units)))
    return;
  s->contour = file_units;
  /* A fit stands on its crop: what is trained keeps the one that it has. */
  if (s->volume != NULL && s->trainer == NULL && s->field == NULL && s->crop)
    cf_session_prepare (session);
  cf_session_changed (session, CF_CHANGED_DOCUMENT | CF_CHANGED_LEVEL);
}

void
cf_session_set_crop (CfSession *session, gboolean crop)
{
  CfSessionState *s = &session->s;
  if (s->crop == crop)
    return;
  s->crop = crop;
  if (s->volume != NULL && s->trainer == NULL && s->field == NULL && !isnan (s->contour))
    cf_session_prepare (session);
  cf_session_changed (session, CF_CHANGED_DOCUMENT);
}

gboolean
cf_session_is_of_part (const CfSessionState *state)
{
  return state->field != NULL ? state->field->has_box : state->has_box;
}

gboolean
cf_session_is_part (CfSession *session, const double box[6], GError **error)
{
  const CfVolume *volume = session->s.volume;
  if (volume == NULL)
    return TRUE;
  CfNormalisation whole = { 0 };
  memcpy (whole.dims, volume->grid.dims, sizeof whole.dims);
  return cf_normalisation_narrow (&whole, volume, box, error);
}

gboolean
cf_session_set_part (CfSession *session, const double box[6], GError **error)
{
  CfSessionState *s = &session->s;
  double part[6] = { 0 };
  for (int i = 0; box != NULL && i < 6; i++)
    part[i] = round (box[i] * 1000) / 1000;
  if (box != NULL && !cf_session_is_part (session, part, error))
    return FALSE;
  if (s->has_box == (box != NULL) && memcmp (s->box, part, sizeof part) == 0)
    return TRUE;
  s->has_box = box != NULL;
  memcpy (s->box, part, sizeof part);
  if (s->volume != NULL && s->trainer == NULL && s->field == NULL)
    cf_session_prepare (session);
  cf_session_changed (session, CF_CHANGED_DOCUMENT);
  return TRUE;
}

void
cf_session_set_recipe (CfSession *session, CfRecipeKind recipe)
{
  session->s.recipe = recipe;
  cf_session_changed (session, CF_CHANGED_DOCUMENT);
}

void
cf_session_set_max_epochs (CfSession *session, int epochs)
{
  session->s.max_epochs = MAX (epochs, 0);
  cf_session_changed (session, CF_CHANGED_DOCUMENT);
}

void
cf_session_set_graph_options (CfSession *session, double adjacency, guint min_component)
{
  CfSessionState *s = &session->s;
  if (s->adjacency == adjacency && s->min_component == min_component)
    return;
  s->adjacency = adjacency;
  s->min_component = min_component;
  cf_session_update_graph (session);
  cf_session_update_curve (session);
}

/* -- level ----------------------------------------------------------------------------------------------------------------- */

static void
apply_level (CfSession *session, double normalised)
{
  CfSessionState *s = &session->s;
  s->level = cf_level_from_normalised (&s->normalisation, normalised);
  s->has_level = TRUE;
  cf_session_update_graph (session); /* first, so that whoever draws the level knows what is on its way */
  cf_session_changed (session, CF_CHANGED_LEVEL);
}

void
cf_session_set_level (CfSession *session, double normalised, gboolean settled)
{
  CfSessionState *s = &session->s;
  if (!s->prepared || !isfinite (normalised))
    return;
  normalised = CLAMP (normalised, 0.005, 1.0);
  gboolean was_dragging = session->dragging;
  session->dragging = !settled;
  if (s->has_level && s->level.normalised == normalised && !(settled && was_dragging))
    return;
  apply_level (session, normalised);
  if (settled)
    cf_session_walk_to_level (session);
}

static gboolean
settle (gpointer data)
{
  CfSession *session = data;
  session->settle_source = 0;
  cf_session_set_level (session, session->s.level.normalised, TRUE);
  return G_SOURCE_REMOVE;
}

void
cf_session_nudge_level (CfSession *session, double fraction)
{
  CfSessionState *s = &session->s;
  if (!s->has_level)
    return;
  double at = cf_plot_level_to_fraction (s->level.normalised) + fraction;
  cf_session_set_level (session, cf_plot_fraction_to_level (CLAMP (at, 0, 1)), FALSE);
  g_clear_handle_id (&session->settle_source, g_source_remove);
  session->settle_source = g_timeout_add_full (G_PRIORITY_DEFAULT, 350, settle, session, NULL);
}

gboolean
cf_session_is_moving_level (CfSession *session)
{
  return session->dragging;
}

gint64
cf_session_follow_time (CfSession *session)
{
  return session->dragging && session->follow != NULL ? session->follow_time : 0;
}

gboolean
cf_session_is_following (CfSession *session)
{
  return session->dragging && session->following;
}

/* -- what others hold on to --------------------------------------------------------------------------------------------------- */

CfHolder *
cf_holder_new (gpointer data, GDestroyNotify free_data)
{
  CfHolder *holder = g_atomic_rc_box_new0 (CfHolder);
  holder->data = data;
  holder->free_data = free_data;
  return holder;
}

CfHolder *
cf_holder_ref (CfHolder *holder)
{
  return g_atomic_rc_box_acquire (holder);
}

static void
holder_clear (gpointer data)
{
  CfHolder *holder = data;
  holder->free_data (holder->data);
}

void
cf_holder_unref (CfHolder *holder)
{
  g_atomic_rc_box_release_full (holder, holder_clear);
}

CfDocument *
cf_session_take_document (CfSession *session)
{
  const CfSessionState *s = &session->s;
  CfDocument *document = g_new0 (CfDocument, 1);
  document->volume = s->volume ? cf_volume_ref (s->volume) : NULL;
  document->structure = s->structure ? cf_structure_ref (s->structure) : NULL;
  if (s->header != NULL)
    {
      CfEmdbHeader *copy = g_memdup2 (s->header, sizeof *s->header);
      copy->id = g_strdup (s->header->id);
      copy->title = g_strdup (s->header->title);
      copy->contour_source = g_strdup (s->header->contour_source);
      copy->method = g_strdup (s->header->method);
      copy->pdb_ids = g_strdupv (s->header->pdb_ids);
      document->header = copy;
    }
  document->field = s->field ? cf_field_ref (s->field) : NULL;
  document->evaluator = s->evaluator ? cf_evaluator_ref (s->evaluator) : NULL;
  gboolean all = s->sweep != NULL && s->samples != NULL && s->samples->walk && cf_field_is_complete (s->field);
  document->samples = all ? cf_samples_ref (s->samples) : NULL;
  document->sweep = s->sweep ? cf_sweep_ref (s->sweep) : NULL;
  document->graph = s->graph ? cf_graph_ref (s->graph) : NULL;
  document->comparison = session->comparison ? cf_holder_ref (session->comparison) : NULL;
  document->curve = session->curve ? cf_holder_ref (session->curve) : NULL;
  document->demo = s->demo;
  document->field_path = g_strdup (s->field_path);
  document->fitted_here = session->fitted_here;
  document->training = session->fitted_here ? session->fitted : cf_session_train_options (session);
  document->stack_volume = s->stack_volume;
  document->at_c4 = s->at_c4 && s->structure != NULL && s->structure->n_p > 0;
  document->level = s->level;
  document->adjacency = s->adjacency;
  document->min_component = s->min_component;
  return document;
}

void
cf_document_free (CfDocument *document)
{
  g_clear_pointer (&document->volume, cf_volume_unref);
  g_clear_pointer (&document->structure, cf_structure_unref);
  g_clear_pointer (&document->header, cf_emdb_free);
  g_clear_pointer (&document->evaluator, cf_evaluator_unref);
  g_clear_pointer (&document->field, cf_field_unref);
  g_clear_pointer (&document->samples, cf_samples_unref);
  g_clear_pointer (&document->sweep, cf_sweep_unref);
  g_clear_pointer (&document->graph, cf_graph_unref);
  g_clear_pointer (&document->comparison, cf_holder_unref);
  g_clear_pointer (&document->curve, cf_holder_unref);
  g_free (document->field_path);
  g_free (document);
}
