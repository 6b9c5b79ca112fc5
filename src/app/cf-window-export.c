/* cf-window-export.c: what the window writes out. Each action takes a path; '' asks for one, a bare suffix asks for one of that format. */
#include "cf-window-files.h"

#include <math.h>
#include <string.h>

#include "cf-export.h"
#include "cf-notices.h"
#include "cf-words.h"

#define FOLLOW_MS 400 /* what is written sooner shows no progress */

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

/* What is being written. */
typedef struct
{
  CfWindow *window;
  CfExportKind kind;
  CfField *field; /* NULL */
  GCancellable *cancellable;
  guint source;
  gint64 since; /* monotonic us */
  int percent;  /* atomic */
} Writing;

/* The action's state is the share that is written, -1 where nothing is. */
static void
show (CfWindow *window, double share)
{
  window->picture->writing = share;
  cf_window_set_state (window, "writing", g_variant_new_double (isnan (share) ? -1 : share));
  gtk_widget_queue_draw (window->hud);
}

static gboolean
follow (gpointer data)
{
  Writing *writing = data;
  if (writing->window->keeper != NULL) /* not closed meanwhile */
    show (writing->window, g_atomic_int_get (&writing->percent) / 100.0);
  return G_SOURCE_CONTINUE;
}

static void
progress (double fraction, gpointer data)
{
  Writing *writing = data;
  g_atomic_int_set (&writing->percent, (int) (100 * fraction));
}

static void
writing_free (Writing *writing)
{
  g_clear_handle_id (&writing->source, g_source_remove);
  g_clear_pointer (&writing->field, cf_field_unref);
  g_object_unref (writing->cancellable);
  g_object_unref (writing->window);
  g_free (writing);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Writing, writing_free)

static char *
what_became (int n, const char *path, const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return g_strdup_printf (_("Stopped: %s was not written"), path);
  if (error != NULL)
    return g_strdup (error->message);
  return n > 1 ? g_strdup_printf (CF_PLURAL ("%d file was written to %s", "%d files were written to %s", n), n, path)
               : g_strdup_printf (_("%s was written"), path);
}

static void
exported (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Writing) writing = user_data;
  CfWindow *window = writing->window;
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  int n = cf_export_finish (result, &path, &error);
  if (window->keeper == NULL)
    return; /* closed meanwhile */
  if (--window->n_writing == 0)
    show (window, NAN);
  if (error == NULL && (writing->kind == CF_EXPORT_NEURAL || writing->kind == CF_EXPORT_ALL))
    cf_window_note_kept (window, writing->field);
  gboolean stopped = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_autofree char *text = what_became (n, path, error);
  cf_window_say (window, error != NULL && !stopped, text, error == NULL ? path : NULL);
  if (!stopped)
    cf_notices_ended (window, writing->since, text);
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
  cf_window_make_whole (window);
  CfShot *shot = cf_shot_new (window->picture, cf_viewport_camera (window->viewport), MIN (width * scale, 4096), MIN (height * scale, 4096), filling);
  shot->final = cf_final_is_done (window->final);
  return shot;
}

static void
run_export (CfWindow *window, CfExportKind kind, const char *path)
{
  gboolean has_picture = kind == CF_EXPORT_PICTURE || kind == CF_EXPORT_REPORT || kind == CF_EXPORT_ALL;
  CfDocument *document = cf_session_take_document (window->session);
  Writing *writing = g_new0 (Writing, 1);
  if (window->writing_cancellable == NULL || g_cancellable_is_cancelled (window->writing_cancellable))
    {
      g_clear_object (&window->writing_cancellable);
      window->writing_cancellable = g_cancellable_new ();
    }
  writing->window = g_object_ref (window);
  writing->kind = kind;
  writing->since = g_get_monotonic_time ();
  writing->field = document->field != NULL ? cf_field_ref (document->field) : NULL;
  writing->cancellable = g_object_ref (window->writing_cancellable);
  writing->source = g_timeout_add_full (G_PRIORITY_DEFAULT, FOLLOW_MS, follow, writing, NULL);
  window->n_writing++;
  cf_export_async (kind, path, document, has_picture ? take_shot (window) : NULL, progress, writing, writing->cancellable, exported, writing);
}

static void
stop_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  if (CF_WINDOW (data)->writing_cancellable != NULL)
    g_cancellable_cancel (CF_WINDOW (data)->writing_cancellable);
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
path_chosen (CfWindow *window, const char *const *paths, gpointer data)
{
  if (paths != NULL)
    start_export (window, (CfExportKind) GPOINTER_TO_INT (data), paths[0]);
}

static void
ask_path (CfWindow *window, gsize index, const char *suffix)
{
  CfExportKind kind = exports[index].kind;
  gboolean folder = kind == CF_EXPORT_ALL;
  g_autoptr (CfDocument) document = cf_session_take_document (window->session);
  g_autofree char *name = cf_export_name (document, kind, *suffix != '\0' ? suffix : NULL);
  const CfFilesQuestion question = { .title = _(exports[index].title),
                                     .accept = folder ? _("_Export here") : NULL,
                                     .action = folder ? GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER : GTK_FILE_CHOOSER_ACTION_SAVE,
                                     .name = folder ? NULL : name,
                                     .chosen = path_chosen,
                                     .data = GINT_TO_POINTER (kind) };
  cf_window_ask_files (window, &question);
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
  g_autoptr (GSimpleAction) stop = g_simple_action_new_stateful ("writing", NULL, g_variant_new_double (-1));
  g_signal_connect (stop, "activate", G_CALLBACK (stop_action), window);
  g_action_map_add_action (G_ACTION_MAP (window), G_ACTION (stop));
  const GActionEntry copy = { "copy-command", copy_command_action, "s", NULL, NULL, { 0 } };
  g_action_map_add_action_entries (G_ACTION_MAP (window), &copy, 1, window);
}
