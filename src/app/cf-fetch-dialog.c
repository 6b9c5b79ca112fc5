/* cf-fetch-dialog.c: downloads in a worker; the dialog looks ten times a second at how far it is. */
#include "cf-fetch-dialog.h"

#include <math.h>

#include "cf-archive.h"
#include "cf-format.h"
#include "cf-settings.h"
#include "cf-words.h"
#include "cf-workers.h"

#define TICK_MS 100

/* What the worker and the dialog share. */
typedef struct
{
  gatomicrefcount ref_count;
  CfArchiveId id;
  char *emdb_host, *pdb_host;
  guint64 cap;
  GMutex lock; /* of the next */
  CfArchiveProgress progress;
  char *file; /* progress.file */
} FetchJob;

struct _CfFetchDialog
{
  GtkWindow parent_instance;
  GSettings *settings; /* NULL */
  GtkWidget *id, *work, *file, *bar, *amount, *error, *details, *emdb_host, *pdb_host, *limit, *cache, *stop, *open;
  FetchJob *job; /* NULL: at rest */
  GCancellable *cancellable;
  guint tick;
};

G_DEFINE_FINAL_TYPE (CfFetchDialog, cf_fetch_dialog, GTK_TYPE_WINDOW)

static guint status_signal, fetched_signal;

static void
fetch_job_unref (gpointer data)
{
  FetchJob *job = data;
  if (!g_atomic_ref_count_dec (&job->ref_count))
    return;
  g_mutex_clear (&job->lock);
  g_free (job->file);
  g_free (job->emdb_host);
  g_free (job->pdb_host);
  g_free (job);
}

/* -- what it shows ----------------------------------------------------------------------------------------------------------------- */

static void
say_status (CfFetchDialog *dialog, const char *text)
{
  g_signal_emit (dialog, status_signal, 0, text);
}

static void
show_error (CfFetchDialog *dialog, const char *text)
{
  gtk_label_set_text (GTK_LABEL (dialog->error), text);
  gtk_widget_set_visible (dialog->error, *text != '\0');
}

static void
show_running (CfFetchDialog *dialog, gboolean running)
{
  /* An entry that has the focus must not lose it by becoming insensitive. */
  if (running)
    gtk_widget_grab_focus (dialog->stop);
  gtk_widget_set_visible (dialog->work, running);
  gtk_widget_set_sensitive (dialog->id, !running);
  gtk_widget_set_sensitive (dialog->details, !running);
  gtk_widget_set_sensitive (dialog->open, !running);
  gtk_button_set_label (GTK_BUTTON (dialog->stop), running ? _("Stop") : _("Close"));
}

static char *
amount_text (const CfArchiveProgress *p)
{
  g_autofree char *done = g_format_size (p->done), *total = g_format_size (p->total), *left = cf_format_seconds (p->seconds_left);
  if (p->waiting)
    return g_strdup (_("another program downloads it; waiting"));
  if (p->done == 0)
    return g_strdup (_("asking the archive"));
  if (p->total == 0)
    return g_strdup (done);
  return g_strdup_printf (*left != '\0' ? _("%s of %s, about %s left") : _("%s of %s"), done, total, left);
}

static gboolean
tick (gpointer data)
{
  CfFetchDialog *dialog = data;
  FetchJob *job = dialog->job;
  g_mutex_lock (&job->lock);
  CfArchiveProgress p = job->progress;
  g_autofree char *file = g_strdup (job->file);
  g_mutex_unlock (&job->lock);
  g_autofree char *amount = amount_text (&p);
  g_autofree char *title = file != NULL ? g_strdup_printf (_("%s (%d of %d)"), file, p.step, p.n_steps) : g_strdup (job->id.name);
  g_autofree char *status = g_strdup_printf ("%s, %s", title, amount);
  gtk_label_set_text (GTK_LABEL (dialog->file), title);
  gtk_label_set_text (GTK_LABEL (dialog->amount), amount);
  if (p.total > 0 && !p.waiting)
    gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (dialog->bar), (double) p.done / (double) p.total);
  else
    gtk_progress_bar_pulse (GTK_PROGRESS_BAR (dialog->bar));
  say_status (dialog, status);
  return G_SOURCE_CONTINUE;
}

/* -- the worker -------------------------------------------------------------------------------------------------------------------- */

static void
note_progress (const CfArchiveProgress *progress, gpointer user_data)
{
  FetchJob *job = user_data;
  g_mutex_lock (&job->lock);
  job->progress = *progress;
  job->progress.file = NULL;
  if (g_strcmp0 (job->file, progress->file) != 0)
    {
      g_free (job->file);
      job->file = g_strdup (progress->file);
    }
  g_mutex_unlock (&job->lock);
}

static void
fetch_run (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  FetchJob *job = data;
  GError *error = NULL;
  const CfArchiveOptions options = { .emdb_host = job->emdb_host, .pdb_host = job->pdb_host, .cap = job->cap };
  CfArchiveEntry *entry = cf_archive_fetch (&job->id, &options, note_progress, job, cancellable, &error);
  if (entry != NULL)
    g_task_return_pointer (task, entry, (GDestroyNotify) cf_archive_entry_free);
  else
    g_task_return_error (task, error);
}

static void
open_entry (CfFetchDialog *dialog, const CfArchiveEntry *entry)
{
  const char *paths[4] = { NULL };
  int n = 0;
  for (int i = 0; i < 3; i++)
    {
      const char *path = i == 0 ? entry->map : i == 1 ? entry->header : entry->model;
      if (path != NULL)
        paths[n++] = path;
    }
  g_autofree char *status = g_strdup_printf (_("opened %s"), entry->id.name);
  say_status (dialog, status);
  g_signal_emit (dialog, fetched_signal, 0, paths, entry->warning);
}

static void
end_job (CfFetchDialog *dialog)
{
  g_clear_handle_id (&dialog->tick, g_source_remove);
  g_clear_object (&dialog->cancellable);
  g_clear_pointer (&dialog->job, fetch_job_unref);
  show_running (dialog, FALSE);
}

static void
fetch_done (GObject *source, GAsyncResult *result, gpointer user_data)
{
  CfFetchDialog *dialog = CF_FETCH_DIALOG (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (CfArchiveEntry) entry = g_task_propagate_pointer (G_TASK (result), &error);
  /* Closed meanwhile, or stopped and started anew. */
  if (dialog->job != g_task_get_task_data (G_TASK (result)))
    return;
  end_job (dialog);
  if (entry != NULL)
    {
      open_entry (dialog, entry);
      gtk_window_close (GTK_WINDOW (dialog));
      return;
    }
  gboolean stopped = g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  show_error (dialog, stopped ? _("Stopped. What came is kept: Open goes on from there.") : error->message);
  say_status (dialog, stopped ? _("stopped") : error->message);
  gtk_widget_grab_focus (dialog->open);
}

/* -- controls ---------------------------------------------------------------------------------------------------------------------- */

static gboolean
read_host (GtkWidget *entry, char **out, GError **error)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (entry))));
  if (*text != '\0' && !cf_archive_check_host (text, error))
    return FALSE;
  g_free (*out);
  *out = g_steal_pointer (&text);
  return TRUE;
}

static void
save_settings (CfFetchDialog *dialog, const FetchJob *job)
{
  if (dialog->settings == NULL)
    return;
  g_settings_set_string (dialog->settings, CF_SETTING_EMDB_HOST, job->emdb_host);
  g_settings_set_string (dialog->settings, CF_SETTING_PDB_HOST, job->pdb_host);
  g_settings_set_uint (dialog->settings, CF_SETTING_DOWNLOAD_LIMIT, (guint) gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (dialog->limit)));
}

static void
start (CfFetchDialog *dialog)
{
  g_autoptr (GError) error = NULL;
  if (dialog->job != NULL)
    return;
  FetchJob *job = g_new0 (FetchJob, 1);
  g_atomic_ref_count_init (&job->ref_count);
  g_mutex_init (&job->lock);
  job->cap = (guint64) gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (dialog->limit)) << 30;
  job->progress.seconds_left = NAN;
  if (!cf_archive_id_parse (gtk_editable_get_text (GTK_EDITABLE (dialog->id)), &job->id, &error)
      || !read_host (dialog->emdb_host, &job->emdb_host, &error) || !read_host (dialog->pdb_host, &job->pdb_host, &error))
    {
      show_error (dialog, error->message);
      say_status (dialog, error->message);
      fetch_job_unref (job);
      return;
    }
  save_settings (dialog, job);
  show_error (dialog, "");
  show_running (dialog, TRUE);
  dialog->job = job;
  dialog->cancellable = g_cancellable_new ();
  dialog->tick = g_timeout_add_full (G_PRIORITY_DEFAULT, TICK_MS, tick, dialog, NULL);
  tick (dialog);
  g_autoptr (GTask) task = g_task_new (dialog, dialog->cancellable, fetch_done, NULL);
  g_atomic_ref_count_inc (&job->ref_count);
  g_task_set_task_data (task, job, fetch_job_unref);
  /* Stopping waits for the worker: the next start finds the part free. */
  g_task_set_return_on_cancel (task, FALSE);
  cf_workers_run (task, fetch_run);
}

static void
stop_clicked (CfFetchDialog *dialog)
{
  if (dialog->job != NULL)
    g_cancellable_cancel (dialog->cancellable);
  else
    gtk_window_close (GTK_WINDOW (dialog));
}

static gboolean
key_pressed (GtkEventControllerKey *key, guint keyval, guint code, GdkModifierType state, CfFetchDialog *dialog)
{
  if (keyval != GDK_KEY_Escape)
    return FALSE;
  stop_clicked (dialog);
  return TRUE;
}

static void
fill_settings (CfFetchDialog *dialog)
{
  g_autofree char *cache = g_build_filename (g_get_user_cache_dir (), "cryofield", "archive", NULL);
  g_autofree char *kept = g_strdup_printf (_("Files are kept in %s and used again."), cache);
  gtk_label_set_text (GTK_LABEL (dialog->cache), kept);
  gtk_entry_set_placeholder_text (GTK_ENTRY (dialog->emdb_host), cf_archive_emdb_host (NULL));
  gtk_entry_set_placeholder_text (GTK_ENTRY (dialog->pdb_host), cf_archive_pdb_host (NULL));
  if (dialog->settings == NULL)
    return;
  g_autofree char *emdb = g_settings_get_string (dialog->settings, CF_SETTING_EMDB_HOST);
  g_autofree char *pdb = g_settings_get_string (dialog->settings, CF_SETTING_PDB_HOST);
  gtk_editable_set_text (GTK_EDITABLE (dialog->emdb_host), emdb);
  gtk_editable_set_text (GTK_EDITABLE (dialog->pdb_host), pdb);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (dialog->limit), g_settings_get_uint (dialog->settings, CF_SETTING_DOWNLOAD_LIMIT));
}

/* -- class ------------------------------------------------------------------------------------------------------------------------- */

static void
cf_fetch_dialog_dispose (GObject *object)
{
  CfFetchDialog *dialog = CF_FETCH_DIALOG (object);
  if (dialog->cancellable != NULL)
    g_cancellable_cancel (dialog->cancellable);
  g_clear_handle_id (&dialog->tick, g_source_remove);
  g_clear_object (&dialog->cancellable);
  g_clear_pointer (&dialog->job, fetch_job_unref);
  g_clear_object (&dialog->settings);
  G_OBJECT_CLASS (cf_fetch_dialog_parent_class)->dispose (object);
}

static void
cf_fetch_dialog_class_init (CfFetchDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  G_OBJECT_CLASS (klass)->dispose = cf_fetch_dialog_dispose;
  status_signal
      = g_signal_new ("status", CF_TYPE_FETCH_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  fetched_signal
      = g_signal_new ("fetched", CF_TYPE_FETCH_DIALOG, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRV, G_TYPE_STRING);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/cryofield/ui/fetch-dialog.ui");
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, CfFetchDialog, name)
  BIND (id);
  BIND (work);
  BIND (file);
  BIND (bar);
  BIND (amount);
  BIND (error);
  BIND (details);
  BIND (emdb_host);
  BIND (pdb_host);
  BIND (limit);
  BIND (cache);
  BIND (stop);
  BIND (open);
#undef BIND
}

static void
cf_fetch_dialog_init (CfFetchDialog *dialog)
{
  gtk_widget_init_template (GTK_WIDGET (dialog));
  dialog->settings = cf_settings_new ();
  fill_settings (dialog);
  show_running (dialog, FALSE);
  g_signal_connect_swapped (dialog->open, "clicked", G_CALLBACK (start), dialog);
  g_signal_connect_swapped (dialog->id, "activate", G_CALLBACK (start), dialog);
  g_signal_connect_swapped (dialog->stop, "clicked", G_CALLBACK (stop_clicked), dialog);
  GtkEventController *key = gtk_event_controller_key_new ();
  g_signal_connect (key, "key-pressed", G_CALLBACK (key_pressed), dialog);
  gtk_widget_add_controller (GTK_WIDGET (dialog), key);
}

CfFetchDialog *
cf_fetch_dialog_new (GtkWindow *parent)
{
  return g_object_new (CF_TYPE_FETCH_DIALOG, "transient-for", parent, "destroy-with-parent", TRUE, NULL);
}

void
cf_fetch_dialog_start (CfFetchDialog *dialog, const char *id)
{
  gtk_editable_set_text (GTK_EDITABLE (dialog->id), id);
  start (dialog);
}
