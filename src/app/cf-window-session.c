/* cf-window-session.c: the window as a session that is saved and opened again, and its automatic copy. */
#include "cf-window-session.h"

#include <math.h>
#include <string.h>

#include "cf-appearance.h"
#include "cf-neural.h"
#include "cf-recent.h"
#include "cf-settings.h"
#include "cf-window-files.h"
#include "cf-words.h"
#include "cf-workers.h"

#define CHECK_MS 700 /* after a change: whether what is open differs from what was saved */
#define FIT_SUFFIX ".neural.safetensors"

/* -- writing --------------------------------------------------------------------------------------------------------------------- */

typedef struct
{
  CfWindow *window;
  CfSavedSession *saved;
  char *path, *clean;
  CfField *field; /* a fit that is in no file yet: goes to neural_path; NULL */
  char *neural_path;
  CfField *fitted; /* that is in a file once this is done; NULL */
  gboolean automatic;
} SaveJob;

static void
save_job_free (gpointer data)
{
  SaveJob *job = data;
  cf_saved_session_free (job->saved);
  g_clear_pointer (&job->field, cf_field_unref);
  g_clear_pointer (&job->fitted, cf_field_unref);
  g_free (job->neural_path);
  g_free (job->clean);
  g_free (job->path);
  g_free (job);
}

static void
save_run (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  SaveJob *job = data;
  GError *error = NULL;
  if ((job->field != NULL && !cf_neural_save (job->field, job->neural_path, cancellable, &error))
      || !cf_saved_session_save (job->saved, job->path, cancellable, &error))
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void save_to (CfWindow *window, const char *path, gboolean automatic);

/* Where it goes away when the window is closed. */
static gboolean
is_automatic (const CfKeeper *keeper, const char *path)
{
  return keeper->autosave != NULL && g_strcmp0 (path, cf_autosave_neural_path (keeper->autosave)) == 0;
}

void
cf_window_note_kept (CfWindow *window, CfField *field)
{
  if (window->keeper == NULL || field == NULL)
    return;
  g_clear_pointer (&window->keeper->safe_field, cf_field_unref);
  window->keeper->safe_field = cf_field_ref (field);
  cf_window_session_check (window);
}

static void
note_saved (CfWindow *window, SaveJob *job)
{
  CfKeeper *keeper = window->keeper;
  if (job->field != NULL)
    {
      g_clear_pointer (&keeper->kept_field, cf_field_unref);
      keeper->kept_field = g_steal_pointer (&job->field);
      g_free (keeper->kept_path);
      keeper->kept_path = g_steal_pointer (&job->neural_path);
    }
  if (job->automatic)
    return;
  cf_window_note_kept (window, job->fitted);
  g_free (keeper->path);
  keeper->path = g_strdup (job->path);
  g_free (keeper->clean);
  keeper->clean = g_steal_pointer (&job->clean);
  cf_recent_add (keeper->path);
  cf_window_session_check (window);
  g_autofree char *text = g_strdup_printf (_("%s was saved"), job->path);
  cf_window_say (window, FALSE, text, NULL);
}

static void
save_done (GObject *source, GAsyncResult *result, gpointer data)
{
  CfWindow *window = CF_WINDOW (source);
  CfKeeper *keeper = window->keeper;
  SaveJob *job = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  gboolean good = g_task_propagate_boolean (G_TASK (result), &error);
  if (keeper == NULL)
    return; /* closed meanwhile */
  g_autofree char *next = g_steal_pointer (&keeper->next_path);
  keeper->saving = CF_SAVING_NOTHING;
  if (good)
    note_saved (window, job);
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    cf_window_say (window, TRUE, error->message, NULL);
  if (next != NULL)
    {
      save_to (window, next, FALSE);
      return;
    }
  CfWindowThen then = job->automatic ? NULL : g_steal_pointer (&keeper->then);
  if (good && then != NULL && cf_window_may_drop (window, then)) /* it may have changed meanwhile */
    then (window);
}

/* One at a time: what the user saves meanwhile follows. */
static void
save_to (CfWindow *window, const char *path, gboolean automatic)
{
  CfKeeper *keeper = window->keeper;
  const CfSessionState *s = cf_session_state (window->session);
  if (keeper->saving != CF_SAVING_NOTHING)
    {
      if (!automatic)
        {
          g_free (keeper->next_path);
          keeper->next_path = g_strdup (path);
        }
      return;
    }
  SaveJob *job = g_new0 (SaveJob, 1);
  job->saved = cf_window_collect_session (window);
  job->path = g_strdup (path);
  job->clean = cf_window_session_text (window, FALSE);
  job->automatic = automatic;
  if (automatic)
    job->saved->of = g_strdup (keeper->path);
  if (s->field != NULL && (s->field_path == NULL || is_automatic (keeper, s->field_path)) && cf_field_n_trained (s->field) > 0)
    {
      gsize stem = strlen (path) - (g_str_has_suffix (path, CF_SESSION_SUFFIX) ? strlen (CF_SESSION_SUFFIX) : 0);
      job->neural_path = automatic ? g_strdup (cf_autosave_neural_path (keeper->autosave)) : g_strdup_printf ("%.*s" FIT_SUFFIX, (int) stem, path);
      g_free (job->saved->files[CF_SAVED_NEURAL].path);
      job->saved->files[CF_SAVED_NEURAL].path = g_strdup (job->neural_path);
      job->fitted = cf_field_ref (s->field);
      if (s->field != keeper->kept_field || g_strcmp0 (job->neural_path, keeper->kept_path) != 0)
        job->field = cf_field_ref (s->field);
    }
  g_autoptr (GTask) task = g_task_new (window, keeper->cancellable, save_done, NULL);
  g_task_set_task_data (task, job, save_job_free);
  keeper->saving = automatic ? CF_SAVING_COPY : CF_SAVING_FILE;
  cf_workers_run (task, save_run);
}

static void
path_chosen (CfWindow *window, const char *const *paths, gpointer data)
{
  if (paths == NULL)
    {
      window->keeper->then = NULL;
      return;
    }
  g_autofree char *path = g_str_has_suffix (paths[0], CF_SESSION_SUFFIX) ? g_strdup (paths[0]) : g_strconcat (paths[0], CF_SESSION_SUFFIX, NULL);
  save_to (window, path, FALSE);
}

static void
ask_where (CfWindow *window)
{
  const CfSessionState *s = cf_session_state (window->session);
  g_autofree char *stem = g_strdup (s->title != NULL ? s->title : "session");
  if (strchr (stem, '.') != NULL)
    *strchr (stem, '.') = '\0';
  g_autofree char *name = g_strconcat (stem, CF_SESSION_SUFFIX, NULL);
  const CfFilesQuestion question = { .title = _("Save the session"), .action = GTK_FILE_CHOOSER_ACTION_SAVE, .name = name, .chosen = path_chosen };
  cf_window_ask_files (window, &question);
}

/* '' saves to where it was saved, or asks. */
static void
save_session_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  CfWindow *window = data;
  const char *path = g_variant_get_string (parameter, NULL);
  if (*path == '\0')
    path = window->keeper->path;
  if (path != NULL)
    save_to (window, path, FALSE);
  else
    ask_where (window);
}

static void
save_session_as_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  ask_where (CF_WINDOW (data));
}

/* -- automatic copies ------------------------------------------------------------------------------------------------------------ */

static gboolean
autosave_tick (gpointer data)
{
  CfWindow *window = data;
  CfKeeper *keeper = window->keeper;
  g_autoptr (GError) error = NULL;
  g_autofree char *now = cf_window_session_text (window, TRUE);
  const CfField *field = cf_session_state (window->session)->field;
  if (!cf_session_is_open (window->session) || keeper->saving != CF_SAVING_NOTHING
      || (g_strcmp0 (now, keeper->copied) == 0 && (field == keeper->copied_field || field == keeper->kept_field)))
    return G_SOURCE_CONTINUE;
  g_autofree char *folder = cf_autosave_folder ();
  if (keeper->autosave == NULL && (keeper->autosave = cf_autosave_new (folder, &error)) == NULL)
    {
      cf_window_say (window, TRUE, error->message, NULL);
      keeper->autosave_source = 0;
      return G_SOURCE_REMOVE; /* said once */
    }
  g_free (keeper->copied);
  keeper->copied = g_steal_pointer (&now);
  keeper->copied_field = field;
  save_to (window, cf_autosave_path (keeper->autosave), TRUE);
  return G_SOURCE_CONTINUE;
}

void
cf_window_copy_now (CfWindow *window)
{
  if (window->keeper != NULL && window->keeper->autosave_source != 0)
    autosave_tick (window);
}

static void
start_autosave (CfWindow *window)
{
  guint seconds = window->settings != NULL ? g_settings_get_uint (window->settings, CF_SETTING_AUTOSAVE) : 60;
  g_clear_handle_id (&window->keeper->autosave_source, g_source_remove);
  window->keeper->autosave_source = g_timeout_add_seconds_full (G_PRIORITY_DEFAULT, seconds, autosave_tick, window, NULL);
}

static void
recover_response (AdwMessageDialog *dialog, const char *response, CfWindow *window)
{
  CfKeeper *keeper = window->keeper;
  CfAutosave *found = g_steal_pointer (&keeper->found);
  if (strcmp (response, "open") == 0)
    {
      g_clear_pointer (&keeper->autosave, cf_autosave_discard);
      keeper->autosave = found;
      cf_window_open_session (window, cf_autosave_path (found), TRUE);
    }
  else if (strcmp (response, "discard") == 0)
    cf_autosave_discard (found);
  else
    cf_autosave_free (found);
}

void
cf_window_offer_recovery (CfWindow *window)
{
  CfKeeper *keeper = window->keeper;
  g_autofree char *folder = cf_autosave_folder ();
  if (keeper->found != NULL || (keeper->found = cf_autosave_take (folder)) == NULL)
    return;
  g_autoptr (GDateTime) when = g_date_time_new_from_unix_local (cf_autosave_written (keeper->found));
  g_autofree char *at = g_date_time_format (when, "%Y-%m-%d %H:%M");
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (window), _("A Session Was Not Closed"), NULL);
  adw_message_dialog_format_body (ADW_MESSAGE_DIALOG (dialog), _("The program ended without closing it. There is a copy of %s."), at);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "later", _("_Later"), "discard", _("_Discard"), "open", _("_Open It"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "discard", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "open", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "open");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "later");
  g_signal_connect_object (dialog, "response", G_CALLBACK (recover_response), window, 0);
  cf_appearance_follow (dialog);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* -- what is unsaved ------------------------------------------------------------------------------------------------------------- */

static gboolean
check (gpointer data)
{
  CfWindow *window = data;
  window->keeper->check_source = 0;
  cf_window_session_check (window);
  return G_SOURCE_REMOVE;
}

/* A fit that was trained to its end, or brought back, and that only an automatic copy holds. One that was stopped goes on where it was, and the
 * demonstration makes its own again. */
static gboolean
has_unsaved_fit (CfWindow *window)
{
  const CfKeeper *keeper = window->keeper;
  const CfSessionState *s = cf_session_state (window->session);
  gboolean done = s->trainer != NULL && s->training.state == CF_TRAINER_DONE && s->field_path == NULL;
  return s->field != NULL && !s->demo && s->field != keeper->safe_field && (done || is_automatic (keeper, s->field_path));
}

void
cf_window_session_check (CfWindow *window)
{
  CfKeeper *keeper = window->keeper;
  g_autofree char *now = cf_window_session_text (window, FALSE);
  gboolean kept = keeper->path != NULL || cf_window_has_notes (window);
  keeper->unsaved = keeper->restoring == NULL && ((kept && g_strcmp0 (now, keeper->clean) != 0) || has_unsaved_fit (window));
  cf_window_fill_title (window);
  g_action_map_lookup_action (G_ACTION_MAP (window), "unsaved");
  g_simple_action_set_state (G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (window), "unsaved")), g_variant_new_boolean (keeper->unsaved));
}

static void
check_soon (CfWindow *window)
{
  CfKeeper *keeper = window->keeper;
  if (keeper->check_source == 0)
    keeper->check_source = g_timeout_add_full (G_PRIORITY_DEFAULT, CHECK_MS, check, window, NULL);
}

static gboolean
discard (gpointer data)
{
  CfWindow *window = data;
  CfWindowThen then = window->keeper != NULL ? g_steal_pointer (&window->keeper->then) : NULL;
  if (then != NULL)
    then (window);
  return G_SOURCE_REMOVE;
}

/* The question is gone before its window may go: it would look at it once more. */
static void
unsaved_response (AdwMessageDialog *dialog, const char *response, CfWindow *window)
{
  if (strcmp (response, "save") == 0)
    g_action_group_activate_action (G_ACTION_GROUP (window), "save-session", g_variant_new_string (""));
  else if (strcmp (response, "discard") == 0)
    g_idle_add_full (G_PRIORITY_DEFAULT, discard, g_object_ref (window), g_object_unref);
  else
    window->keeper->then = NULL;
}

gboolean
cf_window_may_drop (CfWindow *window, CfWindowThen then)
{
  if (window->keeper->saving == CF_SAVING_FILE || window->keeper->next_path != NULL)
    {
      window->keeper->then = then;
      return FALSE;
    }
  cf_window_session_check (window);
  if (!window->keeper->unsaved)
    return TRUE;
  window->keeper->then = then;
  const char *why = has_unsaved_fit (window) ? _("The trained networks are in no file yet. They would have to be trained again.")
                                             : _("The session has changes that are not saved.");
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (window), _("Save Changes?"), why);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"), "discard", _("_Discard"), "save", _("_Save"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "discard", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "save", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "save");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (unsaved_response), window, 0);
  cf_appearance_follow (dialog);
  gtk_window_present (GTK_WINDOW (dialog));
  return FALSE;
}

static void
close_window (CfWindow *window)
{
  gtk_window_destroy (GTK_WINDOW (window));
}

static gboolean
close_request (CfWindow *window)
{
  return !cf_window_may_drop (window, close_window);
}

static void
close_map (CfWindow *window)
{
  cf_session_close (window->session);
}

static void
close_map_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  if (cf_window_may_drop (data, close_map))
    close_map (data);
}

/* -- life ------------------------------------------------------------------------------------------------------------------------ */

char *
cf_window_session_name (CfWindow *window)
{
  CfKeeper *keeper = window->keeper;
  return keeper->path != NULL ? g_path_get_basename (keeper->path) : NULL;
}

gboolean
cf_window_is_unsaved (CfWindow *window)
{
  return window->keeper->unsaved;
}

void
cf_window_session_follow (CfWindow *window, CfSessionChange change)
{
  CfKeeper *keeper = window->keeper;
  const CfSessionState *s = cf_session_state (window->session);
  if (keeper->restoring != NULL)
    cf_window_go_on_restoring (window, change);
  else if (change & CF_CHANGED_DOCUMENT && s->title == NULL)
    {
      g_clear_pointer (&keeper->path, g_free);
      g_clear_pointer (&keeper->clean, g_free);
      g_clear_pointer (&keeper->safe_field, cf_field_unref);
      cf_window_set_notes (window, "");
      keeper->unsaved = FALSE;
    }
  check_soon (window);
}

void
cf_window_add_session_actions (CfWindow *window)
{
  static const GActionEntry entries[] = {
    { "save-session", save_session_action, "s", NULL, NULL, { 0 } },
    { "save-session-as", save_session_as_action, NULL, NULL, NULL, { 0 } },
    { "close-map", close_map_action, NULL, NULL, NULL, { 0 } },
    { "unsaved", NULL, NULL, "false", NULL, { 0 } },
  };
  CfKeeper *keeper = window->keeper = g_new0 (CfKeeper, 1);
  keeper->cancellable = g_cancellable_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (window), entries, G_N_ELEMENTS (entries), window);
  cf_window_add_notes (window);
  g_signal_connect (window, "action-state-changed", G_CALLBACK (check_soon), NULL);
  g_signal_connect (window, "close-request", G_CALLBACK (close_request), NULL);
  start_autosave (window);
  if (window->settings != NULL)
    g_signal_connect_object (window->settings, "changed::" CF_SETTING_AUTOSAVE, G_CALLBACK (start_autosave), window, G_CONNECT_SWAPPED);
}

/* The window is closed, as it should be. */
void
cf_window_drop_session (CfWindow *window)
{
  CfKeeper *keeper = g_steal_pointer (&window->keeper);
  if (keeper == NULL)
    return;
  g_signal_handlers_disconnect_by_func (window, check_soon, NULL);
  g_cancellable_cancel (keeper->cancellable);
  g_object_unref (keeper->cancellable);
  g_clear_handle_id (&keeper->check_source, g_source_remove);
  g_clear_handle_id (&keeper->autosave_source, g_source_remove);
  g_clear_pointer (&keeper->autosave, cf_autosave_discard);
  g_clear_pointer (&keeper->found, cf_autosave_free);
  g_clear_pointer (&keeper->restoring, cf_saved_session_free);
  g_clear_pointer (&keeper->kept_field, cf_field_unref);
  g_clear_pointer (&keeper->safe_field, cf_field_unref);
  g_strfreev (keeper->opening);
  g_clear_object (&keeper->notes);
  g_free (keeper->path);
  g_free (keeper->next_path);
  g_free (keeper->clean);
  g_free (keeper->copied);
  g_free (keeper->kept_path);
  g_free (keeper);
}
