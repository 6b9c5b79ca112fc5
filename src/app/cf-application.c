/* cf-application.c: the program: its options, files given to it, its keys. */
#include "cf-application.h"

#include "cf-window.h"

struct _CfApplication
{
  GtkApplication parent_instance;
  int epochs;
  gboolean empty;
};

G_DEFINE_FINAL_TYPE (CfApplication, cf_application, GTK_TYPE_APPLICATION)

static CfWindow *
window_of (GtkApplication *application)
{
  GList *windows = gtk_application_get_windows (application);
  for (GList *l = windows; l != NULL; l = l->next)
    if (CF_IS_WINDOW (l->data))
      return l->data;
  CfWindow *window = cf_window_new (application);
  cf_session_set_max_epochs (cf_window_session (window), CF_APPLICATION (application)->epochs);
  return window;
}

static void
cf_application_activate (GApplication *application)
{
  gboolean is_first = gtk_application_get_windows (GTK_APPLICATION (application)) == NULL;
  CfWindow *window = window_of (GTK_APPLICATION (application));
  gtk_window_present (GTK_WINDOW (window));
  if (is_first && !CF_APPLICATION (application)->empty)
    cf_session_open_demo (cf_window_session (window));
}

static void
cf_application_open (GApplication *application, GFile **files, int n, const char *hint)
{
  CfWindow *window = window_of (GTK_APPLICATION (application));
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  for (int i = 0; i < n; i++)
    {
      g_autofree char *path = g_file_get_path (files[i]);
      if (path != NULL)
        g_strv_builder_add (builder, path);
    }
  g_auto (GStrv) paths = g_strv_builder_end (builder);
  gtk_window_present (GTK_WINDOW (window));
  cf_session_open (cf_window_session (window), (const char *const *) paths);
}

static void
quit_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  GtkApplication *application = data;
  GList *windows = gtk_application_get_windows (application);
  if (windows != NULL)
    gtk_window_destroy (windows->data);
  g_application_quit (G_APPLICATION (application));
}

static void
about_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  gtk_show_about_dialog (gtk_application_get_active_window (GTK_APPLICATION (data)), "program-name", "Cryofield", "version", CF_VERSION, "comments",
                         "Neural fields of cryo-EM maps, their density graph, and how it compares with a model", "license-type",
                         GTK_LICENSE_APACHE_2_0, NULL);
}

static void
load_style (void)
{
  g_autoptr (GtkCssProvider) provider = gtk_css_provider_new ();
  gtk_css_provider_load_from_resource (provider, "/org/cryofield/ui/style.css");
  gtk_style_context_add_provider_for_display (gdk_display_get_default (), GTK_STYLE_PROVIDER (provider), GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
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
    { "win.export-neural('')", { "<Control>s" } },
    { "win.export-report('')", { "<Control>e" } },
    { "win.undo", { "<Control>z" } },
    { "win.redo", { "<Control><Shift>z", "<Control>y" } },
    { "win.close-map", { "<Control>w" } },
    { "win.side-panel", { "F9" } },
    { "win.help", { "F1", "<Control>question" } },
    { "app.quit", { "<Control>q" } },
  };
  static const GActionEntry entries[] = {
    { "quit", quit_action, NULL, NULL, NULL, { 0 } },
    { "about", about_action, NULL, NULL, NULL, { 0 } },
  };
  G_APPLICATION_CLASS (cf_application_parent_class)->startup (application);
  load_style ();
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
      g_printerr ("cryofield: --epochs: %d, needs 0 or more\n", epochs);
      return 2;
    }
  self->epochs = epochs;
  self->empty = g_variant_dict_contains (options, "empty");
  return -1;
}

static void
cf_application_class_init (CfApplicationClass *klass)
{
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
    { "epochs", 0, 0, G_OPTION_ARG_INT, NULL, "Train at most N epochs a region; 0: as many as the recipe has", "N" },
    { "empty", 0, 0, G_OPTION_ARG_NONE, NULL, "Start without the demonstration", NULL },
    { "version", 0, 0, G_OPTION_ARG_NONE, NULL, "Print the version", NULL },
    { NULL },
  };
  g_application_add_main_option_entries (G_APPLICATION (self), options);
  g_application_set_option_context_parameter_string (G_APPLICATION (self), "[MAP | MODEL | HEADER.xml | NEURAL.safetensors]…");
  g_application_set_option_context_summary (G_APPLICATION (self), "Opens maps and models together. Without a file: the demonstration.");
}

CfApplication *
cf_application_new (void)
{
  return g_object_new (CF_TYPE_APPLICATION, "application-id", "org.cryofield.Cryofield", "flags",
                       G_APPLICATION_HANDLES_OPEN | G_APPLICATION_NON_UNIQUE, NULL);
}
