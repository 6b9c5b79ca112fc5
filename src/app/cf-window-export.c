/* cf-window-export.c: what the window writes out. Each action takes a path; '' asks for one, a bare suffix asks for one of that format. */
#include "cf-window-private.h"

#include <string.h>

#include "cf-export.h"
#include "cf-words.h"

/* A file chooser that is open. */
typedef struct
{
  CfWindow *window;
  CfExportKind kind;
} Pending;

static const struct
{
  const char *action;
  CfExportKind kind;
  const char *title;
} exports[] = {
  { "export-graph", CF_EXPORT_GRAPH, N_("Export the graph") },
  { "export-neural", CF_EXPORT_NEURAL, N_("Save the neural map") },
  { "export-map", CF_EXPORT_MAP, N_("Export the field as an MRC map") },
  { "export-report", CF_EXPORT_REPORT, N_("Export the report") },
  { "export-table", CF_EXPORT_TABLE, N_("Export the table by residue") },
  { "export-curve", CF_EXPORT_CURVE, N_("Export the table by level") },
  { "export-all", CF_EXPORT_ALL, N_("Export everything to a folder") },
  { "screenshot", CF_EXPORT_PICTURE, N_("Save the picture") },
};

static void
exported (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CfWindow) window = user_data;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  int n = cf_export_finish (result, &path, &error);
  if (error != NULL)
    cf_window_say (window, TRUE, error->message, NULL);
  else
    {
      g_autofree char *text = n > 1 ? g_strdup_printf (CF_PLURAL ("%d file was written to %s", "%d files were written to %s", n), n, path) : g_strdup_printf (_("%s was written"), path);
      cf_window_say (window, FALSE, text, path);
    }
}

/* The picture as it stands on the screen, at least 1600 pixels wide. */
static CfShot *
take_shot (CfWindow *window)
{
  int width, height;
  const CfSessionState *s = cf_session_state (window->session);
  cf_viewport_size (window->viewport, &width, &height);
  int scale = MAX (1, (1600 + width - 1) / width);
  gboolean filling = s->trainer != NULL && s->training.state != CF_TRAINER_DONE;
  CfShot *shot = cf_shot_new (window->picture, cf_viewport_camera (window->viewport), MIN (width * scale, 4096), MIN (height * scale, 4096), filling);
  shot->final = cf_final_is_done (window->final);
  return shot;
}

static void
run_export (CfWindow *window, CfExportKind kind, const char *path)
{
  gboolean has_picture = kind == CF_EXPORT_PICTURE || kind == CF_EXPORT_REPORT || kind == CF_EXPORT_ALL;
  cf_export_async (kind, path, cf_session_take_document (window->session), has_picture ? take_shot (window) : NULL, NULL, exported,
                   g_object_ref (window));
}

typedef struct
{
  CfExportKind kind;
  char *path;
} Waiting;

static void
waiting_free (gpointer data)
{
  g_free (((Waiting *) data)->path);
  g_free (data);
}

void
cf_window_drop_exports (CfWindow *window)
{
  g_queue_clear_full (&window->exports, waiting_free);
}

void
cf_window_run_exports (CfWindow *window)
{
  const CfSessionState *s = cf_session_state (window->session);
  while (!s->graph_stale && !s->comparison_stale && !g_queue_is_empty (&window->exports))
    {
      Waiting *waiting = g_queue_pop_head (&window->exports);
      run_export (window, waiting->kind, waiting->path);
      waiting_free (waiting);
    }
}

/* A graph of another level than the one on the screen is not what was asked for: it is waited for. */
static void
start_export (CfWindow *window, CfExportKind kind, const char *path)
{
  Waiting *waiting = g_new0 (Waiting, 1);
  waiting->kind = kind;
  waiting->path = g_strdup (path);
  g_queue_push_tail (&window->exports, waiting);
  g_autofree char *text = g_strdup_printf (_("Writing %s …"), path);
  cf_window_say (window, FALSE, text, NULL);
  cf_window_run_exports (window);
}

static void
save_response (GtkNativeDialog *dialog, int response, Pending *pending)
{
  CfWindow *window = pending->window;
  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
      g_autofree char *path = g_file_get_path (file);
      if (path != NULL)
        {
          g_free (window->last_folder);
          window->last_folder = pending->kind == CF_EXPORT_ALL ? g_strdup (path) : g_path_get_dirname (path);
          start_export (window, pending->kind, path);
        }
    }
  g_object_unref (dialog);
  g_free (pending);
}

static void
ask_path (CfWindow *window, gsize index, const char *suffix)
{
  CfExportKind kind = exports[index].kind;
  gboolean folder = kind == CF_EXPORT_ALL;
  Pending *pending = g_new0 (Pending, 1);
  pending->window = window;
  pending->kind = kind;
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (_(exports[index].title), GTK_WINDOW (window),
                                                              folder ? GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER : GTK_FILE_CHOOSER_ACTION_SAVE,
                                                              folder ? _("_Export here") : _("_Save"), _("_Cancel"));
  g_autoptr (CfDocument) document = cf_session_take_document (window->session);
  g_autofree char *name = cf_export_name (document, kind, *suffix != '\0' ? suffix : NULL);
  if (!folder)
    gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), name);
  if (window->last_folder != NULL)
    {
      g_autoptr (GFile) last = g_file_new_for_path (window->last_folder);
      gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (dialog), last, NULL);
    }
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect (dialog, "response", G_CALLBACK (save_response), pending);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static void
export_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  const char *path = g_variant_get_string (parameter, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (exports); i++)
    if (strcmp (exports[i].action, g_action_get_name (G_ACTION (action))) == 0)
      {
        if (*path == '\0' || (*path == '.' && strchr (path, '/') == NULL))
          ask_path (CF_WINDOW (data), i, path);
        else
          start_export (CF_WINDOW (data), exports[i].kind, path);
      }
}

static void
copy_command_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  CfWindow *window = data;
  g_autoptr (CfDocument) document = cf_session_take_document (window->session);
  const char *step = g_variant_get_string (parameter, NULL);
  CfShot *shot = strcmp (step, "render") == 0 ? take_shot (window) : NULL;
  g_autofree char *command = cf_export_command (document, step, shot);
  g_clear_pointer (&shot, cf_shot_free);
  if (command == NULL)
    {
      cf_window_say (window, FALSE, _("There is no result yet for this command"), NULL);
      return;
    }
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (window)), command);
  g_autofree char *text = g_strdup_printf (_("Copied: %s"), command);
  cf_window_say (window, FALSE, text, NULL);
}

void
cf_window_add_export_actions (CfWindow *window)
{
  for (gsize i = 0; i < G_N_ELEMENTS (exports); i++)
    {
      const GActionEntry entry = { exports[i].action, export_action, "s", NULL, NULL, { 0 } };
      g_action_map_add_action_entries (G_ACTION_MAP (window), &entry, 1, window);
    }
  const GActionEntry copy = { "copy-command", copy_command_action, "s", NULL, NULL, { 0 } };
  g_action_map_add_action_entries (G_ACTION_MAP (window), &copy, 1, window);
}
