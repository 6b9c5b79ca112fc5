/* cf-application.c: the program: its options, files given to it, its keys. */
#include "cf-application.h"

#include <math.h>

#include "cf-appearance.h"
#include "cf-list-window.h"
#include "cf-ready.h"
#include "cf-settings.h"
#include "cf-window.h"
#include "cf-words.h"

struct _CfApplication
{
  AdwApplication parent_instance;
  GSettings *settings; /* NULL: no schema */
  int epochs;
  gboolean empty;
};

G_DEFINE_FINAL_TYPE (CfApplication, cf_application, ADW_TYPE_APPLICATION)

static CfWindow *
make_window (GtkApplication *application)
{
  CfWindow *window = cf_window_new (application);
  cf_session_set_max_epochs (cf_window_session (window), CF_APPLICATION (application)->epochs);
  return window;
}

static CfWindow *
window_of (GtkApplication *application)
{
  GList *windows = gtk_application_get_windows (application);
  for (GList *l = windows; l != NULL; l = l->next)
    if (CF_IS_WINDOW (l->data))
      return l->data;
  return make_window (application);
}

static void
cf_application_activate (GApplication *application)
{
  gboolean is_first = gtk_application_get_windows (GTK_APPLICATION (application)) == NULL;
  CfWindow *window = window_of (GTK_APPLICATION (application));
  gtk_window_present (GTK_WINDOW (window));
  if (is_first && !CF_APPLICATION (application)->empty)
    cf_session_open_demo (cf_window_session (window));
  if (is_first)
    cf_window_offer_recovery (window);
}

/* Once: the contour of the row, when its map has come. */
static void
set_contour (CfSession *session, guint changes, gpointer data)
{
  double *contour = g_object_get_data (G_OBJECT (session), "list-contour");
  if (contour == NULL || cf_session_state (session)->volume == NULL)
    return;
  double value = *contour;
  g_object_set_data (G_OBJECT (session), "list-contour", NULL);
  g_signal_handlers_disconnect_by_func (session, set_contour, NULL);
  cf_session_set_contour (session, value);
}

/* In a window of its own where the one that there is has something open. A row whose map is an entry of the archive and not here yet goes the way of Ctrl+Shift+O. */
static void
open_row (CfListWindow *list, const CfListEntry *entry, GtkApplication *application)
{
  CfWindow *window = window_of (application);
  if (cf_session_is_open (cf_window_session (window)))
    window = make_window (application);
  CfSession *session = cf_window_session (window);
  gtk_window_present (GTK_WINDOW (window));
  if (entry->entry != NULL && !entry->has_field)
    {
      g_action_group_activate_action (G_ACTION_GROUP (window), "fetch", g_variant_new_string (entry->entry));
      return;
    }
  cf_session_open (session, (const char *const *) entry->files);
  if (isnan (entry->contour) || entry->has_field)
    return;
  g_object_set_data_full (G_OBJECT (session), "list-contour", g_memdup2 (&entry->contour, sizeof entry->contour), g_free);
  g_signal_handlers_disconnect_by_func (session, set_contour, NULL);
  g_signal_connect (session, "changed", G_CALLBACK (set_contour), NULL);
}

static void
open_list (GtkApplication *application, const char *path)
{
  CfListWindow *list = cf_list_window_new (application, path);
  g_signal_connect_object (list, "open-row", G_CALLBACK (open_row), application, 0);
  gtk_window_present (GTK_WINDOW (list));
}

static void
cf_application_open (GApplication *application, GFile **files, int n, const char *hint)
{
  gboolean is_first = gtk_application_get_windows (GTK_APPLICATION (application)) == NULL;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  for (int i = 0; i < n; i++)
    {
      g_autofree char *path = g_file_get_path (files[i]);
      if (path != NULL && cf_list_recognise (path))
        open_list (GTK_APPLICATION (application), path);
      else if (path != NULL)
        g_strv_builder_add (builder, path);
    }
  g_auto (GStrv) paths = g_strv_builder_end (builder);
  if (paths[0] == NULL && n > 0)
    return;
  CfWindow *window = window_of (GTK_APPLICATION (application));
  gtk_window_present (GTK_WINDOW (window));
  cf_window_open_paths (window, (const char *const *) paths);
  if (is_first)
    cf_window_offer_recovery (window);
}

static void
open_list_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  open_list (data, g_variant_get_string (parameter, NULL));
}

/* Each window may ask to be saved first. */
static void
quit_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_autoptr (GList) windows = g_list_copy (gtk_application_get_windows (data));
  for (GList *l = windows; l != NULL; l = l->next)
    if (CF_IS_WINDOW (l->data) || CF_IS_LIST_WINDOW (l->data))
      gtk_window_close (l->data);
}

static void
new_window_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gtk_window_present (GTK_WINDOW (make_window (data)));
}

static void
about_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  static const char *const method[] = { "N. Ranno, D. Si", NULL };
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (data));
  g_autofree char *devices = CF_IS_WINDOW (window) ? cf_window_devices (CF_WINDOW (window)) : NULL;
  GtkWidget *about = g_object_new (ADW_TYPE_ABOUT_WINDOW, "transient-for", window, "debug-info", devices != NULL ? devices : "", "application-name",
                                   "Cryofield", "application-icon", "org.cryofield.Cryofield", "version", CF_VERSION, "comments",
                                   _("Neural fields of cryo-EM maps, their density graph, and how it compares with a model"), "license-type",
                                   GTK_LICENSE_APACHE_2_0, NULL);
  adw_about_window_add_acknowledgement_section (ADW_ABOUT_WINDOW (about), _("The method: arXiv 2104.01468 (2021)"), (const char **) method);
  cf_appearance_follow (about);
  gtk_window_present (GTK_WINDOW (about));
}

static void
load_style (void)
{
  g_autoptr (GtkCssProvider) provider = gtk_css_provider_new ();
  gtk_css_provider_load_from_resource (provider, "/org/cryofield/ui/style.css");
  gtk_style_context_add_provider_for_display (gdk_display_get_default (), GTK_STYLE_PROVIDER (provider), GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
}

static void
scheme_changed (GSettings *settings, const char *key, gpointer data)
{
  g_autofree char *name = g_settings_get_string (settings, CF_SETTING_COLOUR_SCHEME);
  cf_appearance_set_scheme (name);
}

static void
follow_settings (CfApplication *self)
{
  cf_appearance_set_scheme (NULL);
  self->settings = cf_settings_new ();
  if (self->settings == NULL)
    return;
  g_autoptr (GAction) scheme = g_settings_create_action (self->settings, CF_SETTING_COLOUR_SCHEME);
  g_action_map_add_action (G_ACTION_MAP (self), scheme);
  g_signal_connect (self->settings, "changed::" CF_SETTING_COLOUR_SCHEME, G_CALLBACK (scheme_changed), NULL);
  scheme_changed (self->settings, NULL, NULL);
}

static void
cf_application_startup (GApplication *application)
{
  static const struct
  {
    const char *action, *keys[4];
  } keys[] = {
    { "win.open", { "<Control>o" } },
    { "win.fetch('')", { "<Control><Shift>o" } },
    { "app.new-window", { "<Control>n" } },
    { "win.save-session('')", { "<Control>s" } },
    { "win.preferences", { "<Control>comma" } },
    { "win.save-session-as", { "<Control><Shift>s" } },
    { "win.export-report('')", { "<Control>e" } },
    { "win.undo", { "<Control>z" } },
    { "win.redo", { "<Control><Shift>z", "<Control>y" } },
    { "win.close-map", { "<Control>w" } },
    { "win.side-panel", { "F9" } },
    { "win.present", { "F11" } },
    { "win.help", { "F1" } },
    { "win.keys", { "<Control>question" } },
    { "app.quit", { "<Control>q" } },
  };
  static const GActionEntry entries[] = {
    { "quit", quit_action, NULL, NULL, NULL, { 0 } },
    { "new-window", new_window_action, NULL, NULL, NULL, { 0 } },
    { "open-list", open_list_action, "s", NULL, NULL, { 0 } },
    { "about", about_action, NULL, NULL, NULL, { 0 } },
  };
  G_APPLICATION_CLASS (cf_application_parent_class)->startup (application);
  cf_ready_begin ();
  load_style ();
  follow_settings (CF_APPLICATION (application));
  g_action_map_add_action_entries (G_ACTION_MAP (application), entries, G_N_ELEMENTS (entries), application);
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (application), keys[i].action, (const char *const *) keys[i].keys);
}

static int
cf_application_handle_local_options (GApplication *application, GVariantDict *options)
{
  CfApplication *self = CF_APPLICATION (application);
  gint32 epochs = 0;
  if (g_variant_dict_contains (options, "version"))
    {
      g_print ("cryofield %s\n", CF_VERSION);
      return 0;
    }
  if (g_variant_dict_lookup (options, "epochs", "i", &epochs) && epochs < 0)
    {
      g_printerr (_("cryofield: --epochs: %d, needs 0 or more\n"), epochs);
      return 2;
    }
  self->epochs = epochs;
  self->empty = g_variant_dict_contains (options, "empty");
  return -1;
}

static void
cf_application_finalize (GObject *object)
{
  g_clear_object (&CF_APPLICATION (object)->settings);
  G_OBJECT_CLASS (cf_application_parent_class)->finalize (object);
}

static void
cf_application_class_init (CfApplicationClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cf_application_finalize;
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);
  application_class->activate = cf_application_activate;
  application_class->open = cf_application_open;
  application_class->startup = cf_application_startup;
  application_class->handle_local_options = cf_application_handle_local_options;
}

static void
cf_application_init (CfApplication *self)
{
  static const GOptionEntry options[] = {
    { "epochs", 0, 0, G_OPTION_ARG_INT, NULL, N_("Train at most N epochs a region; 0: as many as the recipe has"), "N" },
    { "empty", 0, 0, G_OPTION_ARG_NONE, NULL, N_("Start without the demonstration"), NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, NULL, N_("Print the version"), NULL },
    { NULL },
  };
  g_application_add_main_option_entries (G_APPLICATION (self), options);
  g_application_set_option_context_parameter_string (G_APPLICATION (self), "[SESSION.cryofield | MAP | MODEL | HEADER.xml | NEURAL.safetensors | LIST.csv]…");
  g_application_set_option_context_summary (G_APPLICATION (self), _("Opens maps and models together. Without a file: the demonstration."));
}

CfApplication *
cf_application_new (void)
{
  return g_object_new (CF_TYPE_APPLICATION, "application-id", "org.cryofield.Cryofield", "flags",
                       G_APPLICATION_HANDLES_OPEN | G_APPLICATION_NON_UNIQUE, NULL);
}
