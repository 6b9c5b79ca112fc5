/* cf-window-messages.c: what the window has to say: toasts above the picture; an error stays until it is closed, and can be read in full. */
#include "cf-window-private.h"

#include "cf-details.h"
#include "cf-words.h"

#define SAY_S 9

static void
open_clicked (AdwToast *toast, CfWindow *window)
{
  g_autofree char *uri = g_filename_to_uri (g_object_get_data (G_OBJECT (toast), "cf-path"), NULL, NULL);
  if (uri != NULL)
    gtk_show_uri (GTK_WINDOW (window), uri, GDK_CURRENT_TIME);
}

/* libadwaita 1.2 frees a toast twice that is dismissed while it still comes in, again by its own button, or while another one comes: so there is
 * one at a time, dismissed once and not before it stands, and the next one comes when it has left. */
#define COMES_MS 600
#define LEAVES_MS 400

static gboolean show_next (gpointer data);

static void
toast_gone (AdwToast *toast, CfWindow *window)
{
  CfMessages *m = &window->messages;
  if (m->shown != toast)
    return;
  g_clear_weak_pointer (&m->shown);
  g_clear_handle_id (&m->source, g_source_remove);
  if (m->shows_error && m->replaced)
    m->error_returns = window->errors->len > 0;
  else if (m->shows_error)
    g_string_set_size (window->errors, 0);
  m->source = g_timeout_add_full (G_PRIORITY_DEFAULT, LEAVES_MS, show_next, window, NULL);
  cf_window_update_actions (window);
}

static gboolean
dismiss (gpointer data)
{
  CfMessages *m = &CF_WINDOW (data)->messages;
  m->source = 0;
  m->replaced = TRUE;
  adw_toast_dismiss (m->shown);
  return G_SOURCE_REMOVE;
}

/* What is shown makes room; at once where nothing is. */
static void
make_room (CfWindow *window)
{
  CfMessages *m = &window->messages;
  gint64 stood = (g_get_monotonic_time () - m->since) / 1000;
  if (m->source != 0)
    return; /* it is on its way */
  if (m->shown == NULL)
    show_next (window);
  else
    m->source = g_timeout_add_full (G_PRIORITY_DEFAULT, (guint) MAX (0, COMES_MS - stood), dismiss, window, NULL);
}

static void
show (CfWindow *window, gboolean is_error, const char *text, const char *path)
{
  CfMessages *m = &window->messages;
  g_autofree char *title = g_markup_escape_text (text, -1);
  AdwToast *toast = adw_toast_new (g_strdelimit (title, "\n", ' '));
  adw_toast_set_timeout (toast, is_error ? 0 : SAY_S);
  if (is_error)
    {
      adw_toast_set_button_label (toast, _("_Details"));
      adw_toast_set_action_name (toast, "win.error-details");
    }
  else if (path != NULL)
    {
      g_object_set_data_full (G_OBJECT (toast), "cf-path", g_strdup (path), g_free);
      adw_toast_set_button_label (toast, _("_Open it"));
      g_signal_connect_object (toast, "button-clicked", G_CALLBACK (open_clicked), window, 0);
    }
  g_signal_connect_object (toast, "dismissed", G_CALLBACK (toast_gone), window, 0);
  g_set_weak_pointer (&m->shown, toast);
  m->since = g_get_monotonic_time ();
  m->shows_error = is_error;
  m->replaced = FALSE;
  adw_toast_overlay_add_toast (window->toasts, toast);
}

/* A new error, then what else is new, then an error that had to make room: it stays until the user closes it. */
static gboolean
show_next (gpointer data)
{
  CfWindow *window = data;
  CfMessages *m = &window->messages;
  m->source = 0;
  if (m->error_is_new || (m->text == NULL && m->error_returns))
    {
      m->error_is_new = m->error_returns = FALSE;
      show (window, TRUE, m->error, NULL);
    }
  else if (m->text != NULL)
    {
      g_autofree char *text = g_steal_pointer (&m->text), *path = g_steal_pointer (&m->path);
      show (window, FALSE, text, path);
    }
  if (m->shown != NULL && (m->error_is_new || m->text != NULL))
    make_room (window);
  return G_SOURCE_REMOVE;
}

void
cf_window_say (CfWindow *window, gboolean is_error, const char *text, const char *path)
{
  CfMessages *m = &window->messages;
  if (is_error)
    {
      if (window->errors->len > 0)
        g_string_append (window->errors, "\n\n");
      g_string_append (window->errors, text);
      g_free (m->error);
      m->error = g_strdup (text);
      m->error_is_new = TRUE;
      cf_window_update_actions (window);
    }
  else
    {
      g_free (m->text);
      g_free (m->path);
      m->text = g_strdup (text);
      m->path = g_strdup (path);
    }
  make_room (window);
}

void
cf_window_show_error_details (CfWindow *window)
{
  CfMessages *m = &window->messages;
  if (window->errors->len == 0)
    return;
  cf_details_show (GTK_WINDOW (window), _("What went wrong"), window->errors->str);
  g_string_set_size (window->errors, 0);
  m->error_is_new = m->error_returns = FALSE;
  if (m->shown != NULL && m->shows_error)
    make_room (window);
  cf_window_update_actions (window);
}

void
cf_window_drop_messages (CfWindow *window)
{
  CfMessages *m = &window->messages;
  g_clear_weak_pointer (&m->shown);
  g_clear_handle_id (&m->source, g_source_remove);
  g_clear_pointer (&m->error, g_free);
  g_clear_pointer (&m->text, g_free);
  g_clear_pointer (&m->path, g_free);
}

/* Toasts stand above the picture, not above the threshold: the stack moves into their overlay. */
void
cf_window_add_messages (CfWindow *window)
{
  GtkWidget *toasts = adw_toast_overlay_new (), *before = gtk_widget_get_prev_sibling (window->stack);
  GtkBox *box = GTK_BOX (gtk_widget_get_parent (window->stack));
  g_autoptr (GtkWidget) stack = g_object_ref (window->stack);
  window->errors = g_string_new (NULL);
  window->toasts = ADW_TOAST_OVERLAY (toasts);
  gtk_box_remove (box, stack);
  adw_toast_overlay_set_child (window->toasts, stack);
  gtk_box_insert_child_after (box, toasts, before);
}
