/* cf-details.c: a text to read and to copy. */
#include "cf-details.h"

#include "cf-appearance.h"
#include "cf-words.h"

static void
copy_clicked (GtkButton *button, GtkTextBuffer *buffer)
{
  GtkTextIter start, end;
  gtk_text_buffer_get_bounds (buffer, &start, &end);
  g_autofree char *text = gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (button)), text);
}

static gboolean
close_idle (gpointer window)
{
  gtk_window_close (GTK_WINDOW (window));
  return G_SOURCE_REMOVE;
}

/* Once the key has been dealt with: GTK still uses the window until then. */
static gboolean
close_key (GtkWidget *widget, GVariant *arguments, gpointer data)
{
  g_idle_add_full (G_PRIORITY_DEFAULT, close_idle, g_object_ref (widget), g_object_unref);
  return TRUE;
}

void
cf_details_show (GtkWindow *parent, const char *title, const char *text)
{
  GtkWidget *view = gtk_text_view_new (), *scroller = gtk_scrolled_window_new (), *copy = gtk_button_new_with_mnemonic (_("_Copy"));
  GtkWidget *header = adw_header_bar_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (GTK_TEXT_VIEW (view));
  gtk_text_buffer_set_text (buffer, text, -1);
  g_object_set (view, "editable", FALSE, "wrap-mode", GTK_WRAP_WORD_CHAR, "left-margin", 14, "right-margin", 14, "top-margin", 12, "bottom-margin", 12, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  gtk_widget_set_vexpand (scroller, TRUE);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), view);
  gtk_widget_set_tooltip_text (copy, _("Copy all of the text"));
  g_signal_connect_object (copy, "clicked", G_CALLBACK (copy_clicked), buffer, 0);
  adw_header_bar_pack_start (ADW_HEADER_BAR (header), copy);
  gtk_box_append (GTK_BOX (box), header);
  gtk_box_append (GTK_BOX (box), scroller);
  GtkWidget *window = g_object_new (ADW_TYPE_WINDOW, "transient-for", parent, "destroy-with-parent", TRUE, "title", title, "content", box, "default-width",
                                    560, "default-height", 280, NULL);
  GtkEventController *keys = gtk_shortcut_controller_new ();
  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (keys), gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0), gtk_callback_action_new (close_key, NULL, NULL)));
  gtk_widget_add_controller (window, keys);
  cf_appearance_follow (window);
  gtk_window_present (GTK_WINDOW (window));
}
