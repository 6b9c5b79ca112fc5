#include "cf-list-window.h"

#include <math.h>

#include "cf-appearance.h"
#include "cf-words.h"
#include "cf-workers.h"

/* -- a row as an object of the list model --------------------------------------------------------------------------------------------- */

#define CF_TYPE_LIST_ROW (cf_list_row_get_type ())
G_DECLARE_FINAL_TYPE (CfListRow, cf_list_row, CF, LIST_ROW, GObject)
struct _CfListRow
{
  GObject parent_instance;
  CfListEntry *entry;
};
G_DEFINE_FINAL_TYPE (CfListRow, cf_list_row, G_TYPE_OBJECT)

static void
cf_list_row_finalize (GObject *object)
{
  cf_list_entry_free (CF_LIST_ROW (object)->entry);
  G_OBJECT_CLASS (cf_list_row_parent_class)->finalize (object);
}

static void
cf_list_row_class_init (CfListRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cf_list_row_finalize;
}

static void
cf_list_row_init (CfListRow *row)
{
}

/* -- columns ------------------------------------------------------------------------------------------------------------------------- */

static char *
number_text (const char *format, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  return isfinite (value) ? g_strdup (g_ascii_formatd (text, sizeof text, format, value)) : g_strdup ("\342\200\223");
}

static char *
row_text (const CfListEntry *e)
{
  return g_strdup_printf ("%d", e->row);
}

static char *
name_text (const CfListEntry *e)
{
  return g_strdup (e->name);
}

static char *
resolution_text (const CfListEntry *e)
{
  return number_text ("%.2f", e->resolution);
}

static char *
state_text (const CfListEntry *e)
{
  static const char *const states[] = { N_("not run"), N_("under way"), N_("done"), N_("failed") };
  return g_strdup (_(states[e->state]));
}

static char *
coverage_text (const CfListEntry *e)
{
  return number_text ("%.1f", 100 * e->coverage);
}

static char *
rmsd_text (const CfListEntry *e)
{
  return number_text ("%.2f", e->rmsd);
}

static char *
precision_text (const CfListEntry *e)
{
  return number_text ("%.1f", 100 * e->precision);
}

static char *
nodes_text (const CfListEntry *e)
{
  return number_text ("%.0f", e->nodes);
}

typedef struct
{
  const char *title;
  char *(*text) (const CfListEntry *entry);
  gboolean numeric;
} Column;

static const Column columns[] = {
  { N_("Row"), row_text, TRUE },
  { N_("Map"), name_text, FALSE },
  { N_("Resolution, \303\205"), resolution_text, TRUE },
  { N_("State"), state_text, FALSE },
  { N_("Coverage, %"), coverage_text, TRUE },
  { N_("RMSD, \303\205"), rmsd_text, TRUE },
  { N_("Precision, %"), precision_text, TRUE },
  { N_("Nodes"), nodes_text, TRUE },
};

static void
cell_setup (GtkSignalListItemFactory *factory, GtkListItem *item, const Column *column)
{
  GtkWidget *label = gtk_label_new ("");
  gtk_label_set_xalign (GTK_LABEL (label), column->numeric ? 1 : 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  if (column->numeric)
    gtk_widget_add_css_class (label, "numeric");
  gtk_list_item_set_child (item, label);
}

static void
cell_bind (GtkSignalListItemFactory *factory, GtkListItem *item, const Column *column)
{
  const CfListEntry *entry = CF_LIST_ROW (gtk_list_item_get_item (item))->entry;
  GtkWidget *label = gtk_list_item_get_child (item);
  g_autofree char *text = column->text (entry);
  gtk_label_set_text (GTK_LABEL (label), text);
  gtk_widget_set_tooltip_text (label, column->text == state_text ? entry->error : NULL);
}

/* -- the window ---------------------------------------------------------------------------------------------------------------------- */

struct _CfListWindow
{
  AdwApplicationWindow parent_instance;
  char *path, *folder; /* folder: of the results, where the user chose one; NULL */
  GListStore *rows;
  GtkWidget *stack, *status, *view;
  AdwWindowTitle *title;
  GCancellable *cancellable;
  gboolean reading;
};

G_DEFINE_FINAL_TYPE (CfListWindow, cf_list_window, ADW_TYPE_APPLICATION_WINDOW)

static guint open_signal;

static void
show_entries (CfListWindow *window, GPtrArray *entries)
{
  guint done = 0, n = entries->len;
  g_autofree char *text = NULL;
  g_autoptr (GPtrArray) objects = g_ptr_array_new_with_free_func (g_object_unref);
  g_ptr_array_set_free_func (entries, NULL); /* the rows have them now */
  for (guint i = 0; i < n; i++)
    {
      CfListRow *row = g_object_new (CF_TYPE_LIST_ROW, NULL);
      row->entry = entries->pdata[i];
      done += row->entry->state == CF_LIST_DONE;
      g_ptr_array_add (objects, row);
    }
  g_list_store_splice (window->rows, 0, g_list_model_get_n_items (G_LIST_MODEL (window->rows)), objects->pdata, n);
  text = g_strdup_printf (CF_PLURAL ("%u row, %u done", "%u rows, %u done", n), n, done);
  adw_window_title_set_subtitle (window->title, text);
  gtk_stack_set_visible_child_name (GTK_STACK (window->stack), "table");
}

typedef struct
{
  char *path, *folder;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;
  g_free (job->path);
  g_free (job->folder);
  g_free (job);
}

static void
read_in_worker (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  GError *error = NULL;
  GPtrArray *entries = cf_list_entries_load (job->path, job->folder, &error);
  if (entries != NULL)
    g_task_return_pointer (task, entries, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

static void
read_done (GObject *source, GAsyncResult *result, gpointer data)
{
  CfListWindow *window = CF_LIST_WINDOW (source);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) entries = g_task_propagate_pointer (G_TASK (result), &error);
  window->reading = FALSE;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  if (entries != NULL)
    {
      show_entries (window, entries);
      return;
    }
  g_autofree char *safe = g_markup_escape_text (error->message, -1);
  adw_status_page_set_description (ADW_STATUS_PAGE (window->status), safe);
  gtk_stack_set_visible_child_name (GTK_STACK (window->stack), "error");
}

static void
read_again (CfListWindow *window)
{
  if (window->reading)
    return;
  Job *job = g_new0 (Job, 1);
  g_autoptr (GTask) task = g_task_new (window, window->cancellable, read_done, NULL);
  window->reading = TRUE;
  job->path = g_strdup (window->path);
  job->folder = g_strdup (window->folder);
  g_task_set_task_data (task, job, job_free);
  cf_workers_run (task, read_in_worker);
}

static void
active_changed (CfListWindow *window)
{
  if (gtk_window_is_active (GTK_WINDOW (window)))
    read_again (window);
}

static void
row_activated (GtkColumnView *view, guint position, CfListWindow *window)
{
  g_autoptr (CfListRow) row = g_list_model_get_item (G_LIST_MODEL (window->rows), position);
  if (row != NULL)
    g_signal_emit (window, open_signal, 0, row->entry);
}

static void
folder_chosen (GtkNativeDialog *dialog, int response, CfListWindow *window)
{
  if (response == GTK_RESPONSE_ACCEPT)
    {
      g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
      g_free (window->folder);
      window->folder = g_file_get_path (file);
      read_again (window);
    }
  gtk_native_dialog_destroy (dialog);
  g_object_unref (dialog);
}

static void
choose_folder (GtkButton *button, CfListWindow *window)
{
  GtkFileChooserNative *dialog
      = gtk_file_chooser_native_new (_("Folder of results"), GTK_WINDOW (window), GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, NULL, NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect_object (dialog, "response", G_CALLBACK (folder_chosen), window, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static GtkWidget *
make_view (CfListWindow *window)
{
  GtkSelectionModel *selection = GTK_SELECTION_MODEL (gtk_single_selection_new (g_object_ref (G_LIST_MODEL (window->rows))));
  GtkWidget *view = gtk_column_view_new (selection), *scrolled = gtk_scrolled_window_new ();
  for (gsize i = 0; i < G_N_ELEMENTS (columns); i++)
    {
      GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
      g_signal_connect (factory, "setup", G_CALLBACK (cell_setup), (gpointer) &columns[i]);
      g_signal_connect (factory, "bind", G_CALLBACK (cell_bind), (gpointer) &columns[i]);
      g_autoptr (GtkColumnViewColumn) column = gtk_column_view_column_new (_(columns[i].title), factory);
      gtk_column_view_column_set_resizable (column, TRUE);
      gtk_column_view_column_set_expand (column, columns[i].text == name_text);
      gtk_column_view_append_column (GTK_COLUMN_VIEW (view), column);
    }
  gtk_column_view_set_show_row_separators (GTK_COLUMN_VIEW (view), TRUE);
  g_signal_connect (view, "activate", G_CALLBACK (row_activated), window);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), view);
  gtk_widget_set_vexpand (scrolled, TRUE);
  window->view = view;
  return scrolled;
}

static GtkWidget *
make_header (CfListWindow *window)
{
  GtkWidget *header = adw_header_bar_new (), *again = gtk_button_new_from_icon_name ("view-refresh-symbolic");
  GtkWidget *results = gtk_button_new_with_mnemonic (_("_Results…"));
  window->title = ADW_WINDOW_TITLE (adw_window_title_new ("", ""));
  adw_header_bar_set_title_widget (ADW_HEADER_BAR (header), GTK_WIDGET (window->title));
  gtk_widget_set_tooltip_text (again, _("Read again"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (again), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Read again"), -1);
  gtk_widget_set_tooltip_text (results, _("The folder that batch wrote to; else those beside the list are looked through"));
  g_signal_connect_swapped (again, "clicked", G_CALLBACK (read_again), window);
  g_signal_connect (results, "clicked", G_CALLBACK (choose_folder), window);
  adw_header_bar_pack_start (ADW_HEADER_BAR (header), again);
  adw_header_bar_pack_end (ADW_HEADER_BAR (header), results);
  return header;
}

static void
cf_list_window_init (CfListWindow *window)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  window->cancellable = g_cancellable_new ();
  window->rows = g_list_store_new (CF_TYPE_LIST_ROW);
  window->stack = gtk_stack_new ();
  window->status = adw_status_page_new ();
  adw_status_page_set_title (ADW_STATUS_PAGE (window->status), _("The list cannot be read"));
  adw_status_page_set_icon_name (ADW_STATUS_PAGE (window->status), "dialog-warning-symbolic");
  gtk_stack_add_named (GTK_STACK (window->stack), make_view (window), "table");
  gtk_stack_add_named (GTK_STACK (window->stack), window->status, "error");
  gtk_box_append (GTK_BOX (box), make_header (window));
  gtk_box_append (GTK_BOX (box), window->stack);
  adw_application_window_set_content (ADW_APPLICATION_WINDOW (window), box);
  gtk_window_set_default_size (GTK_WINDOW (window), 900, 480);
  g_signal_connect (window, "notify::is-active", G_CALLBACK (active_changed), NULL);
  cf_appearance_follow (GTK_WIDGET (window));
}

static void
cf_list_window_dispose (GObject *object)
{
  CfListWindow *window = CF_LIST_WINDOW (object);
  g_cancellable_cancel (window->cancellable);
  G_OBJECT_CLASS (cf_list_window_parent_class)->dispose (object);
}

static void
cf_list_window_finalize (GObject *object)
{
  CfListWindow *window = CF_LIST_WINDOW (object);
  g_object_unref (window->cancellable);
  g_object_unref (window->rows);
  g_free (window->path);
  g_free (window->folder);
  G_OBJECT_CLASS (cf_list_window_parent_class)->finalize (object);
}

static void
cf_list_window_class_init (CfListWindowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cf_list_window_dispose;
  G_OBJECT_CLASS (klass)->finalize = cf_list_window_finalize;
  open_signal = g_signal_new ("open-row", CF_TYPE_LIST_WINDOW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
}

CfListWindow *
cf_list_window_new (GtkApplication *application, const char *path)
{
  CfListWindow *window = g_object_new (CF_TYPE_LIST_WINDOW, "application", application, NULL);
  g_autofree char *name = g_path_get_basename (path);
  window->path = g_strdup (path);
  gtk_window_set_title (GTK_WINDOW (window), name);
  adw_window_title_set_title (window->title, name);
  read_again (window);
  return window;
}
