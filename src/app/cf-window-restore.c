/* cf-window-restore.c: the window's state as a saved session, and back. */
#include "cf-window-session.h"

#include <math.h>
#include <string.h>

#include "cf-appearance.h"
#include "cf-list-results.h"
#include "cf-recent.h"
#include "cf-words.h"
#include "cf-workers.h"

/* The actions whose states are how the picture looks. */
static const char *const view_actions[]
    = { "style",      "opacity",     "show-field",   "show-nodes", "show-edges", "show-atoms",   "all-atoms",        "node-colour",  "atom-colour",
        "boxes",      "box-colour",  "outline",      "depth-cue",  "orthographic", "slice-x",    "slice-y",          "slice-z",      "clip-near",
        "clip-far",   "plane",       "plane-at",     "second",     "second-ratio", "difference", "difference-level", "split-filter", "split-at",
        "split",      "white-picture" };

/* -- from the window ------------------------------------------------------------------------------------------------------------- */

static GVariant *
collect_options (CfWindow *window)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (view_actions); i++)
    {
      g_autoptr (GVariant) state = g_action_group_get_action_state (G_ACTION_GROUP (window), view_actions[i]);
      if (state != NULL)
        g_variant_dict_insert_value (&dict, view_actions[i], state);
    }
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

CfSavedSession *
cf_window_collect_session (CfWindow *window)
{
  const CfSessionState *s = cf_session_state (window->session);
  CfSavedSession *saved = cf_saved_session_new ();
  const char *map = s->volume != NULL ? s->volume->path : NULL, *model = s->structure != NULL ? s->structure->path : NULL;
  const char *paths[CF_N_SAVED_FILES] = { map, model, s->field_path };
  for (int k = 0; k < CF_N_SAVED_FILES; k++)
    saved->files[k].path = paths[k] != NULL ? g_canonicalize_filename (paths[k], NULL) : NULL;
  if (map != NULL)
    g_strlcpy (saved->files[CF_SAVED_MAP].sha256, s->volume->sha256, sizeof saved->files[CF_SAVED_MAP].sha256);
  saved->demo = s->demo;
  saved->by_nstart = s->volume != NULL && s->volume->header.two_placements && s->volume->header.placement == CF_PLACED_BY_NSTART;
  saved->stack_volume = s->stack_volume;
  saved->model = s->structure != NULL ? s->structure->model : 0;
  saved->at_c4 = s->at_c4;
  saved->contour = s->contour;
  saved->resolution = s->resolution;
  saved->crop = s->crop;
  saved->has_box = s->has_box;
  memcpy (saved->box, s->box, sizeof saved->box);
  saved->recipe = s->recipe;
  saved->level = s->has_level ? s->level.file : NAN;
  saved->adjacency = s->adjacency;
  saved->min_component = s->min_component;
  saved->has_camera = window->framed;
  saved->camera = *cf_viewport_camera (window->viewport);
  memcpy (saved->plane_normal, window->picture->options.plane_normal, sizeof saved->plane_normal);
  saved->options = collect_options (window);
  cf_window_get_picks (window, saved->picked);
  g_free (saved->notes);
  saved->notes = cf_window_get_notes (window);
  return saved;
}

char *
cf_window_session_text (CfWindow *window, gboolean camera)
{
  g_autoptr (CfSavedSession) saved = cf_window_collect_session (window);
  saved->has_camera = saved->has_camera && camera;
  return cf_saved_session_text (saved, "/");
}

/* -- to the window --------------------------------------------------------------------------------------------------------------- */

static void
restore_options (CfWindow *window, CfSavedSession *saved)
{
  double *normal = window->picture->options.plane_normal, length = 0;
  for (int a = 0; a < 3; a++)
    length += saved->plane_normal[a] * saved->plane_normal[a];
  for (int a = 0; a < 3; a++)
    normal[a] = length > 1e-12 ? saved->plane_normal[a] / sqrt (length) : 0;
  for (gsize i = 0; saved->options != NULL && i < G_N_ELEMENTS (view_actions); i++)
    {
      const GVariantType *type = g_action_group_get_action_state_type (G_ACTION_GROUP (window), view_actions[i]);
      g_autoptr (GVariant) value = g_variant_lookup_value (saved->options, view_actions[i], type);
      if (value != NULL)
        g_action_group_change_action_state (G_ACTION_GROUP (window), view_actions[i], value);
    }
}

/* The camera waits for the map, the selection for what it is of. */
void
cf_window_go_on_restoring (CfWindow *window, CfSessionChange change)
{
  CfKeeper *keeper = window->keeper;
  CfSavedSession *saved = keeper->restoring;
  const CfSessionState *s = cf_session_state (window->session);
  gboolean has_map = s->volume != NULL || s->field != NULL;
  gboolean waits_for_graph = s->field != NULL && cf_field_is_complete (s->field) && s->graph == NULL;
  gboolean failed = s->title == NULL && s->activity == NULL && change & CF_CHANGED_DOCUMENT && !(change & CF_CHANGED_SAMPLES);
  if (failed)
    g_clear_pointer (&keeper->restoring, cf_saved_session_free);
  if (s->title == NULL)
    return;
  if (saved->has_camera && window->framed)
    {
      saved->has_camera = FALSE;
      window->framed_closely = TRUE;
      cf_viewport_set_camera (window->viewport, &saved->camera);
      cf_window_note_view (window, FALSE);
    }
  if (waits_for_graph || (has_map && !window->framed) || (s->graph != NULL && s->graph_stale))
    return;
  cf_window_set_picks (window, saved->picked);
  g_clear_pointer (&keeper->restoring, cf_saved_session_free);
  g_free (keeper->clean);
  keeper->clean = keeper->recovered ? NULL : cf_window_session_text (window, FALSE);
}

/* Takes saved. */
static void
apply (CfWindow *window, CfSavedSession *saved, const char *path)
{
  CfKeeper *keeper = window->keeper;
  CfSessionChoices choices = { .demo = saved->demo, .by_nstart = saved->by_nstart, .stack_volume = saved->stack_volume, .model = saved->model,
                               .at_c4 = saved->at_c4, .crop = saved->crop, .has_box = saved->has_box, .contour = saved->contour, .resolution = saved->resolution, .level = saved->level,
                               .recipe = saved->recipe, .adjacency = saved->adjacency, .min_component = saved->min_component };
  memcpy (choices.box, saved->box, sizeof choices.box);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  for (int k = 0; k < CF_N_SAVED_FILES; k++)
    if (saved->files[k].path != NULL)
      g_strv_builder_add (builder, saved->files[k].path);
  g_auto (GStrv) paths = g_strv_builder_end (builder);
  g_clear_pointer (&keeper->restoring, cf_saved_session_free);
  cf_session_close (window->session);
  keeper->restoring = saved;
  g_free (keeper->path);
  keeper->path = g_strdup (keeper->recovered ? saved->of : path);
  g_clear_pointer (&keeper->clean, g_free);
  if (!keeper->recovered)
    cf_recent_add (path);
  cf_window_set_notes (window, saved->notes);
  restore_options (window, saved);
  cf_session_open_with (window->session, (const char *const *) paths, &choices);
}

/* -- opening --------------------------------------------------------------------------------------------------------------------- */

typedef struct
{
  char *path;
  CfSavedSession *saved;
  GPtrArray *problems;
} OpenJob;

static void
open_job_free (gpointer data)
{
  OpenJob *job = data;
  g_clear_pointer (&job->saved, cf_saved_session_free);
  g_clear_pointer (&job->problems, g_ptr_array_unref);
  g_free (job->path);
  g_free (job);
}

static void
open_run (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  OpenJob *job = data;
  GError *error = NULL;
  job->saved = cf_saved_session_load (job->path, cancellable, &error);
  if (job->saved != NULL)
    job->problems = cf_saved_session_find (job->saved, job->path, cancellable, &error);
  if (job->problems == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void
problems_response (AdwMessageDialog *dialog, const char *response, OpenJob *job)
{
  CfWindow *window = CF_WINDOW (gtk_window_get_transient_for (GTK_WINDOW (dialog)));
  if (window != NULL && window->keeper != NULL && strcmp (response, "open") == 0)
    apply (window, g_steal_pointer (&job->saved), job->path);
}

static void
tell_problems (CfWindow *window, OpenJob *job)
{
  g_autoptr (GString) text = g_string_new (NULL);
  for (guint i = 0; i < job->problems->len; i++)
    {
      const CfSavedProblem *problem = job->problems->pdata[i];
      g_autofree char *name = g_filename_display_name (problem->path);
      if (text->len > 0)
        g_string_append (text, "\n\n");
      if (problem->found[0] == '\0')
        g_string_append_printf (text, _("%s is missing.\nIt was expected with SHA-256 %s"), name, problem->expected);
      else
        g_string_append_printf (text, _("%s has changed.\nIt was expected with SHA-256 %s\nand has %s"), name, problem->expected, problem->found);
    }
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (window), _("Files Are Not as They Were"), NULL);
  adw_message_dialog_set_body (ADW_MESSAGE_DIALOG (dialog), text->str);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"), "open", _("_Open What Is There"), NULL);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "open");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_data (dialog, "response", G_CALLBACK (problems_response), job, (GClosureNotify) (void (*) (void)) open_job_free, 0);
  cf_appearance_follow (dialog);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
open_done (GObject *source, GAsyncResult *result, gpointer data)
{
  CfWindow *window = CF_WINDOW (source);
  g_autoptr (GError) error = NULL;
  OpenJob *job = data;
  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        cf_window_say (window, TRUE, error->message, NULL);
    }
  else if (job->problems->len > 0)
    {
      tell_problems (window, job);
      return; /* the dialog has the job now */
    }
  else
    apply (window, g_steal_pointer (&job->saved), job->path);
  open_job_free (job);
}

void
cf_window_open_session (CfWindow *window, const char *path, gboolean recovered)
{
  OpenJob *job = g_new0 (OpenJob, 1);
  job->path = g_canonicalize_filename (path, NULL);
  window->keeper->recovered = recovered;
  g_autoptr (GTask) task = g_task_new (window, window->keeper->cancellable, open_done, job);
  g_task_set_task_data (task, job, NULL);
  cf_workers_run (task, open_run);
}

/* Models and headers, by their names: they join what is open. */
static gboolean
joins (const char *const *paths)
{
  static const char *const suffixes[] = { ".pdb", ".ent", ".cif", ".mmcif", ".xml", NULL };
  for (; *paths != NULL; paths++)
    {
      g_autofree char *lower = g_ascii_strdown (*paths, -1);
      gboolean any = FALSE;
      if (g_str_has_suffix (lower, ".gz"))
        lower[strlen (lower) - 3] = '\0';
      for (int i = 0; suffixes[i] != NULL; i++)
        any = any || g_str_has_suffix (lower, suffixes[i]);
      if (!any)
        return FALSE;
    }
  return TRUE;
}

static void
open_now (CfWindow *window)
{
  g_auto (GStrv) paths = g_steal_pointer (&window->keeper->opening);
  for (int i = 0; paths[i] != NULL; i++)
    if (g_str_has_suffix (paths[i], CF_SESSION_SUFFIX))
      {
        cf_window_open_session (window, paths[i], FALSE);
        return;
      }
  g_clear_pointer (&window->keeper->restoring, cf_saved_session_free);
  cf_session_open (window->session, (const char *const *) paths);
}

static void
open_demo_now (CfWindow *window)
{
  cf_session_open_demo (window->session);
}

void
cf_window_open_demo (CfWindow *window)
{
  if (cf_window_may_drop (window, open_demo_now))
    open_demo_now (window);
}

/* Lists have windows of their own. */
static char **
take_lists (CfWindow *window, const char *const *paths)
{
  g_autoptr (GStrvBuilder) rest = g_strv_builder_new ();
  GActionGroup *application = G_ACTION_GROUP (gtk_window_get_application (GTK_WINDOW (window)));
  for (; *paths != NULL; paths++)
    if (cf_list_recognise (*paths))
      g_action_group_activate_action (application, "open-list", g_variant_new_string (*paths));
    else
      g_strv_builder_add (rest, *paths);
  return g_strv_builder_end (rest);
}

void
cf_window_open_paths (CfWindow *window, const char *const *paths)
{
  CfKeeper *keeper = window->keeper;
  g_strfreev (keeper->opening);
  keeper->opening = take_lists (window, paths);
  if (keeper->opening[0] != NULL && (joins ((const char *const *) keeper->opening) || cf_window_may_drop (window, open_now)))
    open_now (window);
}
