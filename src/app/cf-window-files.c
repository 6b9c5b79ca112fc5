/* cf-window-files.c: files and folders that the user chooses in a dialog of the window, or drops on it. */
#include "cf-window-files.h"

#include "cf-words.h"

/* A file chooser that is open. The window closes it. */
typedef struct
{
  CfWindow *window;
  CfFilesQuestion question; /* its words are not kept */
} Pending;

static void
pending_free (gpointer data, GClosure *closure)
{
  Pending *pending = data;
  if (pending->question.free_data != NULL)
    pending->question.free_data (pending->question.data);
  g_free (pending);
}

char **
cf_window_paths_of (CfWindow *window, GSList *files)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  for (GSList *l = files; l != NULL; l = l->next)
    {
      g_autofree char *path = g_file_get_path (l->data), *uri = g_file_get_uri (l->data);
      g_autofree char *text = path == NULL ? g_strdup_printf (_("%s: not a file of this computer; copy it here first"), uri) : NULL;
      if (path != NULL)
        g_strv_builder_add (builder, path);
      else
        cf_window_say (window, TRUE, text, NULL);
    }
  return g_strv_builder_end (builder);
}

static char **
chosen_paths (CfWindow *window, GtkFileChooser *chooser)
{
  g_autoptr (GListModel) files = gtk_file_chooser_get_files (chooser);
  GSList *list = NULL;
  for (guint i = g_list_model_get_n_items (files); i > 0; i--)
    list = g_slist_prepend (list, g_list_model_get_item (files, i - 1));
  char **paths = cf_window_paths_of (window, list);
  g_slist_free_full (list, g_object_unref);
  return paths;
}

static void
keep_folder (CfWindow *window, GtkFileChooser *chooser, const char *path)
{
  g_free (window->last_folder);
  window->last_folder
      = gtk_file_chooser_get_action (chooser) == GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER ? g_strdup (path) : g_path_get_dirname (path);
}

static void
response (GtkNativeDialog *dialog, int answer, Pending *pending)
{
  CfWindow *window = pending->window;
  const CfFilesQuestion *question = &pending->question;
  g_auto (GStrv) paths = answer == GTK_RESPONSE_ACCEPT ? chosen_paths (window, GTK_FILE_CHOOSER (dialog)) : NULL;
  gboolean any = paths != NULL && paths[0] != NULL;
  if (any)
    keep_folder (window, GTK_FILE_CHOOSER (dialog), paths[0]);
  question->chosen (window, any ? (const char *const *) paths : NULL, question->data);
  gtk_native_dialog_destroy (dialog);
  g_object_unref (dialog);
}

static void
window_gone (GtkNativeDialog *dialog)
{
  gtk_native_dialog_destroy (dialog);
  g_object_unref (dialog);
}

static void
add_filters (GtkFileChooser *chooser)
{
  static const char *const suffixes[] = { "mrc", "map", "ccp4", "mrc.gz", "map.gz", "ccp4.gz", "pdb", "ent", "cif", "mmcif", "pdb.gz", "ent.gz", "cif.gz",
                                          "xml", "safetensors", "cryofield", "csv" };
  g_autoptr (GtkFileFilter) known = gtk_file_filter_new (), all = gtk_file_filter_new ();
  gtk_file_filter_set_name (known, _("Maps, models, headers, neural maps, sessions, lists"));
  for (gsize i = 0; i < G_N_ELEMENTS (suffixes); i++)
    gtk_file_filter_add_suffix (known, suffixes[i]); /* in capitals too */
  gtk_file_filter_set_name (all, _("All files"));
  gtk_file_filter_add_pattern (all, "*");
  gtk_file_chooser_add_filter (chooser, known);
  gtk_file_chooser_add_filter (chooser, all);
}

void
cf_window_ask_files (CfWindow *window, const CfFilesQuestion *question)
{
  Pending *pending = g_new0 (Pending, 1);
  const char *usual = question->action == GTK_FILE_CHOOSER_ACTION_SAVE ? _("_Save") : _("_Open");
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (question->title, GTK_WINDOW (window), question->action,
                                                              question->accept != NULL ? question->accept : usual, _("_Cancel"));
  pending->window = window;
  pending->question = *question;
  gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (dialog), question->opens_maps);
  if (question->opens_maps)
    add_filters (GTK_FILE_CHOOSER (dialog));
  if (question->name != NULL)
    gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), question->name);
  if (window->last_folder != NULL)
    {
      g_autoptr (GFile) last = g_file_new_for_path (window->last_folder);
      gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (dialog), last, NULL);
    }
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_data (dialog, "response", G_CALLBACK (response), pending, pending_free, 0);
  g_signal_connect_object (window, "destroy", G_CALLBACK (window_gone), dialog, G_CONNECT_SWAPPED);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}
