/* cf-window-notes.c: a page of text that goes with the session. */
#include "cf-window-session.h"

#include "cf-appearance.h"
#include "cf-words.h"

char *
cf_window_get_notes (CfWindow *window)
{
  GtkTextIter start, end;
  gtk_text_buffer_get_bounds (window->keeper->notes, &start, &end);
  return gtk_text_buffer_get_text (window->keeper->notes, &start, &end, FALSE);
}

gboolean
cf_window_has_notes (CfWindow *window)
{
  return gtk_text_buffer_get_char_count (window->keeper->notes) > 0;
}

void
cf_window_set_notes (CfWindow *window, const char *text)
{
  g_autofree char *now = cf_window_get_notes (window);
  if (g_strcmp0 (now, text) != 0)
    gtk_text_buffer_set_text (window->keeper->notes, text, -1);
}

/* A full page takes no more: the file has a limit. */
static void
notes_changed (GtkTextBuffer *buffer, CfWindow *window)
{
  g_autofree char *text = cf_window_get_notes (window);
  if (strlen (text) > CF_SAVED_NOTES_MAX)
    gtk_text_buffer_undo (buffer);
  g_action_change_state (g_action_map_lookup_action (G_ACTION_MAP (window), "notes-text"), g_variant_new_string (text));
}

/* Over the bus too: what a program writes down of what it did. */
static void
notes_text_changed (GSimpleAction *action, GVariant *value, gpointer data)
{
  g_simple_action_set_state (action, value);
  cf_window_set_notes (CF_WINDOW (data), g_variant_get_string (value, NULL));
}

static void
notes_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  CfWindow *window = data;
  CfKeeper *keeper = window->keeper;
  if (keeper->notes_window != NULL)
    {
      gtk_window_present (GTK_WINDOW (keeper->notes_window));
      return;
    }
  GtkWidget *view = gtk_text_view_new_with_buffer (keeper->notes), *scroller = gtk_scrolled_window_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  g_object_set (view, "wrap-mode", GTK_WRAP_WORD_CHAR, "left-margin", 14, "right-margin", 14, "top-margin", 12, "bottom-margin", 12, "accepts-tab", FALSE, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Notes"), -1);
  gtk_widget_set_vexpand (scroller, TRUE);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), view);
  gtk_box_append (GTK_BOX (box), adw_header_bar_new ());
  gtk_box_append (GTK_BOX (box), scroller);
  GtkWidget *notes = g_object_new (ADW_TYPE_WINDOW, "transient-for", window, "destroy-with-parent", TRUE, "title", _("Notes"), "content", box, "default-width", 420,
                                   "default-height", 360, NULL);
  g_set_weak_pointer (&keeper->notes_window, notes);
  cf_appearance_follow (notes);
  gtk_window_present (GTK_WINDOW (notes));
}

void
cf_window_add_notes (CfWindow *window)
{
  static const GActionEntry entries[] = {
    { "notes", notes_action, NULL, NULL, NULL, { 0 } },
    { "notes-text", NULL, NULL, "''", notes_text_changed, { 0 } },
  };
  g_action_map_add_action_entries (G_ACTION_MAP (window), entries, G_N_ELEMENTS (entries), window);
  window->keeper->notes = gtk_text_buffer_new (NULL);
  gtk_text_buffer_set_enable_undo (window->keeper->notes, TRUE);
  g_signal_connect_object (window->keeper->notes, "changed", G_CALLBACK (notes_changed), window, 0);
}
