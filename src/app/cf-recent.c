/* cf-recent.c: the desktop's list of recent files, as far as it is of this program. */
#include "cf-recent.h"

#include <string.h>

#include "cf-words.h"

#define NAME "Cryofield"

void
cf_recent_add (const char *path)
{
  g_autofree char *uri = path != NULL && g_path_is_absolute (path) ? g_filename_to_uri (path, NULL, NULL) : NULL;
  g_autofree char *type = uri != NULL ? g_content_type_guess (path, NULL, 0, NULL) : NULL;
  g_autofree char *mime = type != NULL ? g_content_type_get_mime_type (type) : NULL;
  GtkRecentData data = { .mime_type = mime != NULL ? mime : (char *) "application/octet-stream", .app_name = (char *) NAME, .app_exec = (char *) "cryofield %u" };
  if (uri != NULL)
    gtk_recent_manager_add_full (gtk_recent_manager_get_default (), uri, &data);
}

static int
newest_first (gconstpointer a, gconstpointer b)
{
  return g_date_time_compare (gtk_recent_info_get_modified ((GtkRecentInfo *) b), gtk_recent_info_get_modified ((GtkRecentInfo *) a));
}

/* Paths, NULL-terminated. */
static char **
list (guint max)
{
  g_autoptr (GStrvBuilder) paths = g_strv_builder_new ();
  GList *all = g_list_sort (gtk_recent_manager_get_items (gtk_recent_manager_get_default ()), newest_first);
  guint n = 0;
  for (GList *l = all; l != NULL && n < max; l = l->next)
    {
      GtkRecentInfo *info = l->data;
      g_autofree char *path = gtk_recent_info_has_application (info, NAME) ? g_filename_from_uri (gtk_recent_info_get_uri (info), NULL, NULL) : NULL;
      if (path == NULL || !g_file_test (path, G_FILE_TEST_IS_REGULAR))
        continue;
      g_strv_builder_add (paths, path);
      n++;
    }
  g_list_free_full (all, (GDestroyNotify) gtk_recent_info_unref);
  return g_strv_builder_end (paths);
}

static GVariant *
target (const char *path)
{
  return g_variant_new_strv (&path, 1);
}

void
cf_recent_fill_menu (GMenu *menu, guint max)
{
  g_auto (GStrv) paths = list (max);
  g_menu_remove_all (menu);
  for (char **path = paths; *path != NULL; path++)
    {
      g_autofree char *name = g_filename_display_basename (*path);
      /* an underscore would mark the key of the item */
      g_auto (GStrv) parts = g_strsplit (name, "_", -1);
      g_autofree char *label = g_strjoinv ("__", parts);
      g_autoptr (GMenuItem) item = g_menu_item_new (label, NULL);
      g_menu_item_set_action_and_target_value (item, "win.open-files", target (*path));
      g_menu_append_item (menu, item);
    }
}

void
cf_recent_fill_box (GtkBox *box, guint max)
{
  g_auto (GStrv) paths = list (max);
  for (GtkWidget *child; (child = gtk_widget_get_first_child (GTK_WIDGET (box))) != NULL;)
    gtk_box_remove (box, child);
  GtkWidget *title = gtk_label_new (_("Recent"));
  gtk_widget_add_css_class (title, "dim-text");
  gtk_box_append (box, title);
  for (char **path = paths; *path != NULL; path++)
    {
      g_autofree char *name = g_filename_display_basename (*path), *where = g_filename_display_name (*path);
      GtkWidget *button = gtk_button_new_with_label (name);
      gtk_button_set_has_frame (GTK_BUTTON (button), FALSE);
      gtk_widget_set_tooltip_text (button, where);
      gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "win.open-files");
      gtk_actionable_set_action_target_value (GTK_ACTIONABLE (button), target (*path));
      gtk_box_append (box, button);
    }
  gtk_widget_set_visible (GTK_WIDGET (box), paths[0] != NULL);
}
