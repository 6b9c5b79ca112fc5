/* cf-window-help.c: the user guide, a page for the browser (made by tools/guide.py), and the window of the keys. */
#include "cf-window-private.h"

#include "cf-words.h"

#include <locale.h>

/* The page in a language, "C" being English: beside a program that was built, or below share/help where it was installed, also in another place than it
 * was built for. NULL where there is none. New string. */
static char *
guide_in (const char *language)
{
  g_autofree char *name = g_str_equal (language, "C") ? g_strdup ("guide.html") : g_strdup_printf ("guide.%s.html", language);
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL), *folder = program != NULL ? g_path_get_dirname (program) : g_strdup (".");
  g_autofree char *beside = g_build_filename (folder, "docs", name, NULL);
  g_autofree char *moved = g_build_filename (folder, "..", "share", "help", language, "cryofield", name, NULL);
  g_autofree char *installed = g_build_filename (CF_HELP_FOLDER, language, "cryofield", name, NULL);
  const char *const places[] = { beside, moved, installed };
  for (gsize i = 0; i < G_N_ELEMENTS (places); i++)
    if (g_file_test (places[i], G_FILE_TEST_EXISTS))
      return g_canonicalize_filename (places[i], NULL);
  return NULL;
}

/* In the language of the window's words, which are English in the locale "C", whatever LANGUAGE says. NULL where there is none. New string. */
static char *
guide_path (void)
{
  static const char *const english[] = { "C", NULL };
  const char *const *languages = g_str_equal (setlocale (LC_MESSAGES, NULL), "C") ? english : g_get_language_names (); /* "C" is the last of them */
  char *path = NULL;
  for (gsize i = 0; languages[i] != NULL && path == NULL; i++)
    path = guide_in (languages[i]);
  return path;
}

static void
guide_shown (GObject *object, GAsyncResult *result, gpointer data)
{
  g_autofree char *path = data;
  g_autoptr (CfWindow) window = CF_WINDOW (object);
  g_autoptr (GError) error = NULL;
  if (gtk_show_uri_full_finish (GTK_WINDOW (object), result, &error))
    return;
  g_autofree char *text = g_strdup_printf (_("No program here opens web pages. The guide is %s"), path);
  cf_window_say (window, TRUE, text, NULL);
}

static void
help_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  CfWindow *window = data;
  g_autofree char *path = guide_path (), *uri = path != NULL ? g_filename_to_uri (path, NULL, NULL) : NULL;
  if (uri == NULL)
    cf_window_say (window, TRUE, _("The guide is not installed"), NULL);
  else
    gtk_show_uri_full (GTK_WINDOW (g_object_ref (window)), uri, GDK_CURRENT_TIME, NULL, guide_shown, g_steal_pointer (&path));
}

/* What GTK's own window leaves without a name. */
static void
name_inside (GtkWidget *widget)
{
  const char *name = GTK_IS_SEARCH_ENTRY (widget)      ? _("Search the keys")
                     : GTK_IS_TOGGLE_BUTTON (widget)   ? _("Search the keys")
                     : GTK_IS_MENU_BUTTON (widget)     ? _("Sections of the keys")
                                                       : NULL;
  if (name != NULL)
    gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    name_inside (child);
}

static void
keys_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  CfWindow *window = data;
  g_autoptr (GtkBuilder) builder = gtk_builder_new_from_resource ("/org/cryofield/ui/help-overlay.ui");
  GtkWindow *keys = GTK_WINDOW (gtk_builder_get_object (builder, "help"));
  name_inside (GTK_WIDGET (keys));
  gtk_window_set_transient_for (keys, GTK_WINDOW (window));
  gtk_window_present (keys);
}

void
cf_window_add_help (CfWindow *window)
{
  static const GActionEntry entries[] = {
    { "help", help_action, NULL, NULL, NULL, { 0 } },
    { "keys", keys_action, NULL, NULL, NULL, { 0 } },
  };
  g_action_map_add_action_entries (G_ACTION_MAP (window), entries, G_N_ELEMENTS (entries), window);
}
