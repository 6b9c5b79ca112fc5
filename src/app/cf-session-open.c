/* cf-session-open.c: from files to a document: loading, and the demonstration. */
#include "cf-session-private.h"

#include <math.h>

#include "cf-demo.h"
#include "cf-mrc.h"
#include "cf-neural.h"
#include "cf-recognise.h"
#include "cf-words.h"
#include "cf-workers.h"

/* -- loading --------------------------------------------------------------------------------------------------------------- */

typedef struct
{
  CfJob job;
  guint serial;
  gboolean demo; /* its map and model, and the paths */
  char **paths;
  CfSessionChoices *choices; /* NULL: what a new document begins with */
  gboolean again; /* the open map or model, with other options */
  CfMrcLoadOptions map_options;
  int model;
  CfVolume *volume;
  CfStructure *structure;
  CfEmdbHeader *header;
  CfField *field;
  char *field_path;
  GPtrArray *errors; /* GError */
} LoadJob;

static void
load_job_free (gpointer data)
{
  LoadJob *load = data;
  g_strfreev (load->paths);
  g_free (load->choices);
  g_clear_pointer (&load->volume, cf_volume_unref);
  g_clear_pointer (&load->structure, cf_structure_unref);
  g_clear_pointer (&load->header, cf_emdb_free);
  g_clear_pointer (&load->field, cf_field_unref);
  g_free (load->field_path);
  g_ptr_array_unref (load->errors);
  cf_job_clear (&load->job);
  g_free (load);
}

/* Of its kind: a window holds one map, one model, one header, one field. */
static gboolean
is_second (const LoadJob *load, CfFileKind kind)
{
  const gconstpointer first[]
      = { [CF_FILE_MAP] = load->volume, [CF_FILE_STRUCTURE] = load->structure, [CF_FILE_HEADER] = load->header, [CF_FILE_NEURAL] = load->field };
  return first[kind] != NULL;
}

static void
load_file (LoadJob *load, const char *path, GCancellable *cancellable, GError **error)
{
  CfFileKind kind;
  if (!cf_file_recognise (path, &kind, error))
    return;
  if (is_second (load, kind))
    {
      g_set_error (error, CF_INPUT_ERROR, CF_INPUT_ERROR_UNSUPPORTED, _("%s: left out: a window holds one map, one model; open it in another window"), path);
      return;
    }
  switch (kind)
    {
    case CF_FILE_MAP:
      load->volume = cf_mrc_load_with (path, &load->map_options, cancellable, error);
      break;
    case CF_FILE_STRUCTURE:
      load->structure = cf_structure_load_model (path, load->model, cancellable, error);
      break;
    case CF_FILE_HEADER:
      load->header = cf_emdb_load (path, error);
      break;
    case CF_FILE_NEURAL:
      load->field = cf_neural_load (path, cancellable, error);
      g_free (load->field_path);
      load->field_path = g_strdup (path);
      break;
    }
}

static void
load_run (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  LoadJob *load = data;
  GError *error = NULL;
  cf_session_give_way ();
  if (load->demo)
    {
      load->structure = cf_demo_structure (&error);
      if (load->structure != NULL)
        load->volume = cf_demo_volume (load->structure, cancellable, &error);
      if (error != NULL)
        g_ptr_array_add (load->errors, error);
    }
  for (int i = 0; load->paths != NULL && load->paths[i] != NULL && !g_cancellable_is_cancelled (cancellable); i++)
    {
      load_file (load, load->paths[i], cancellable, &error);
      if (error != NULL)
        g_ptr_array_add (load->errors, g_steal_pointer (&error));
    }
  if (load->volume != NULL && load->volume->path != NULL && load->header == NULL && !load->again)
    {
      g_autofree char *beside = cf_emdb_find_beside (load->volume->path);
      if (beside != NULL)
        load->header = cf_emdb_load (beside, &error);
      if (error != NULL)
        g_ptr_array_add (load->errors, g_steal_pointer (&error));
    }
  g_task_return_boolean (task, TRUE);
}

static void
apply_header (CfSessionState *s)
{
  if (s->header == NULL)
    return;
  if (!isnan (s->header->contour))
    s->contour = s->header->contour;
  if (!isnan (s->header->resolution))
    s->resolution = s->header->resolution;
}

/* Takes the reference. */
static void
take_structure (CfSession *session, CfStructure *structure)
{
  CfSessionState *s = &session->s;
  g_clear_pointer (&session->as_read, cf_structure_unref);
  g_clear_pointer (&s->structure, cf_structure_unref);
  session->as_read = structure;
  if (structure != NULL)
    s->structure = s->at_c4 ? cf_structure_with_nucleic_atom (structure, "C4'") : cf_structure_ref (structure);
}

/* The same map, placed otherwise, or another one of its stack. */
static void
apply_map_again (CfSession *session, LoadJob *load)
{
  CfSessionState *s = &session->s;
  cf_volume_unref (s->volume);
  s->volume = g_steal_pointer (&load->volume);
  s->stack_volume = load->map_options.volume;
  g_clear_pointer (&s->samples, cf_samples_unref);
  s->samples_all = TRUE;
  cf_session_changed (session, CF_CHANGED_SAMPLES);
  cf_session_prepare (session);
}

/* Of a session file: before anything is prepared, so that the crop and the level are those of then. */
static void
apply_choices (CfSession *session, const CfSessionChoices *choices)
{
  CfSessionState *s = &session->s;
  s->contour = isnan (choices->contour) ? s->contour : choices->contour;
  s->resolution = isnan (choices->resolution) ? s->resolution : choices->resolution;
  s->crop = choices->crop;
  s->has_box = choices->has_box;
  memcpy (s->box, choices->box, sizeof s->box);
  s->recipe = choices->recipe;
  s->adjacency = choices->adjacency;
  s->min_component = choices->min_component;
  s->stack_volume = choices->stack_volume;
  session->level_wanted = choices->level;
}

/* A new map or neural map begins a new document; a model or a header that comes alone joins the open one. */
static void
apply_load (CfSession *session, LoadJob *load)
{
  CfSessionState *s = &session->s;
  gboolean begins = load->volume != NULL || load->field != NULL;
  if (begins)
    {
      gboolean keep_structure = s->volume == NULL && s->field == NULL && load->structure == NULL && session->as_read != NULL;
      CfStructure *kept = keep_structure ? cf_structure_ref (session->as_read) : NULL;
      cf_session_close (session);
      session->document_serial = load->serial;
      if (load->choices != NULL)
        s->at_c4 = load->choices->at_c4;
      take_structure (session, kept);
      s->volume = g_steal_pointer (&load->volume);
      s->field = g_steal_pointer (&load->field);
      s->field_path = g_steal_pointer (&load->field_path);
      s->demo = load->demo;
      s->title = g_strdup (s->volume != NULL ? s->volume->name : s->field->source_name);
      if (s->field != NULL)
        {
          s->contour = s->field->contour;
          s->resolution = s->field->resolution;
          s->has_box = s->field->has_box;
          memcpy (s->box, s->field->box, sizeof s->box);
        }
      if (s->demo)
        s->resolution = CF_DEMO_RESOLUTION;
    }
  if (load->structure != NULL)
    take_structure (session, g_steal_pointer (&load->structure));
  if (load->header != NULL)
    {
      g_clear_pointer (&s->header, cf_emdb_free);
      s->header = g_steal_pointer (&load->header);
      apply_header (s);
    }
  if (s->title == NULL && s->structure != NULL)
    s->title = g_strdup (s->structure->name);
  if (load->choices != NULL)
    apply_choices (session, load->choices);
  session->train_when_prepared = begins && s->demo && load->choices == NULL;
  if (begins || (s->volume != NULL && s->field == NULL && s->trainer == NULL))
    cf_session_prepare (session);
}

/* A newer choice was made meanwhile, or a fit has begun that stands on the voxels as they are. */
static gboolean
is_overtaken (CfSession *session, const LoadJob *load)
{
  if (!load->again)
    return FALSE;
  return load->volume != NULL ? load->serial != session->map_serial || !cf_session_can_reload (session) : load->serial != session->model_serial;
}

static void
load_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  LoadJob *load = g_task_get_task_data (G_TASK (result));
  CfSession *session = load->job.session;
  session->loading--;
  if (g_cancellable_is_cancelled (g_task_get_cancellable (G_TASK (result))))
    {
      if (session->loading == 0)
        {
          cf_session_set_activity (session, NULL, -1);
          cf_session_changed (session, CF_CHANGED_DOCUMENT);
        }
      return;
    }
  if (load->serial < session->document_serial || is_overtaken (session, load))
    return;
  cf_session_set_activity (session, NULL, -1);
  gboolean any = load->volume != NULL || load->structure != NULL || load->header != NULL || load->field != NULL;
  gboolean new_structure = load->structure != NULL;
  if (load->again && load->volume != NULL)
    apply_map_again (session, load);
  else if (any)
    apply_load (session, load);
  cf_session_changed (session, CF_CHANGED_DOCUMENT | CF_CHANGED_LEVEL);
  if (new_structure && session->s.sweep != NULL)
    {
      cf_session_update_graph (session);
      cf_session_update_curve (session);
    }
  for (guint i = 0; i < load->errors->len; i++)
    cf_session_error (session, load->errors->pdata[i]);
}

static LoadJob *
load_job_new (CfSession *session, const char *const *paths)
{
  LoadJob *load = g_new0 (LoadJob, 1);
  cf_job_init (&load->job, session);
  load->paths = g_strdupv ((char **) paths);
  load->errors = g_ptr_array_new_with_free_func ((GDestroyNotify) g_error_free);
  load->serial = ++session->load_serial;
  return load;
}

static void
load_start (CfSession *session, LoadJob *load, const char *activity)
{
  if (session->load_cancellable == NULL || g_cancellable_is_cancelled (session->load_cancellable))
    {
      g_clear_object (&session->load_cancellable);
      session->load_cancellable = g_cancellable_new ();
    }
  session->loading++;
  g_autoptr (GTask) task = g_task_new (NULL, session->load_cancellable, load_done, NULL);
  g_task_set_task_data (task, load, load_job_free);
  cf_session_set_activity (session, activity, -1);
  cf_workers_run (task, load_run);
}

gboolean
cf_session_is_loading (CfSession *session)
{
  return session->loading > 0;
}

void
cf_session_stop_loading (CfSession *session)
{
  if (session->load_cancellable != NULL)
    g_cancellable_cancel (session->load_cancellable);
}

void
cf_session_open (CfSession *session, const char *const *paths)
{
  if (paths[0] != NULL)
    load_start (session, load_job_new (session, paths), _("Opening"));
}

void
cf_session_open_with (CfSession *session, const char *const *paths, const CfSessionChoices *choices)
{
  LoadJob *load = load_job_new (session, paths);
  load->choices = g_memdup2 (choices, sizeof *choices);
  load->demo = choices->demo;
  load->model = choices->model;
  load->map_options = (CfMrcLoadOptions){ .by_nstart = choices->by_nstart, .volume = choices->stack_volume };
  load_start (session, load, _("Opening"));
}

void
cf_session_open_demo (CfSession *session)
{
  LoadJob *load = load_job_new (session, NULL);
  load->demo = TRUE;
  load_start (session, load, _("Simulating the demonstration's map"));
}

/* -- reading again ----------------------------------------------------------------------------------------------------------- */

gboolean
cf_session_can_reload (CfSession *session)
{
  const CfSessionState *s = &session->s;
  return s->volume != NULL && s->volume->path != NULL && s->field == NULL && s->trainer == NULL && session->starting != session->generation;
}

static void
read_map_again (CfSession *session, const CfMrcLoadOptions *options)
{
  if (!cf_session_can_reload (session))
    return;
  LoadJob *load = load_job_new (session, (const char *const[]){ session->s.volume->path, NULL });
  load->again = TRUE;
  load->map_options = *options;
  session->map_serial = load->serial;
  load_start (session, load, _("Reading the map again"));
}

void
cf_session_set_placement (CfSession *session, gboolean by_nstart)
{
  read_map_again (session, &(CfMrcLoadOptions){ .by_nstart = by_nstart, .volume = session->s.stack_volume });
}

void
cf_session_set_stack_volume (CfSession *session, int volume)
{
  const CfSessionState *s = &session->s;
  gboolean by_nstart = s->volume != NULL && s->volume->header.two_placements && s->volume->header.placement == CF_PLACED_BY_NSTART;
  read_map_again (session, &(CfMrcLoadOptions){ .by_nstart = by_nstart, .volume = volume });
}

void
cf_session_set_model (CfSession *session, int model)
{
  if (session->as_read == NULL || session->as_read->path == NULL)
    return;
  LoadJob *load = load_job_new (session, (const char *const[]){ session->as_read->path, NULL });
  load->again = TRUE;
  load->model = model;
  session->model_serial = load->serial;
  load_start (session, load, _("Reading another model"));
}

void
cf_session_set_at_c4 (CfSession *session, gboolean at_c4)
{
  CfSessionState *s = &session->s;
  if (s->at_c4 == at_c4)
    return;
  s->at_c4 = at_c4;
  take_structure (session, session->as_read != NULL ? cf_structure_ref (session->as_read) : NULL);
  cf_session_changed (session, CF_CHANGED_DOCUMENT);
  if (s->structure != NULL && s->sweep != NULL)
    {
      cf_session_update_graph (session);
      cf_session_update_curve (session);
    }
}
