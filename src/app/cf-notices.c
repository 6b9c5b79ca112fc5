/* cf-notices.c: notifications of the desktop when long work ends. */
#include "cf-notices.h"

#include <string.h>

#include "cf-window-private.h"
#include "cf-words.h"

#define LONG_US (10 * G_USEC_PER_SEC)
#define REST_MS 700 /* between two pieces of the same work there may be a moment's rest */

typedef struct
{
  CfWindow *window;
  gint64 since;  /* us; 0: nothing is at work */
  gint64 rested; /* us */
  guint source;
} Notices;

static char *
notice_id (CfWindow *window)
{
  return g_strdup_printf ("work-%u", gtk_application_window_get_id (GTK_APPLICATION_WINDOW (window)));
}

static void
send (CfWindow *window, const char *result)
{
  GApplication *application = G_APPLICATION (gtk_window_get_application (GTK_WINDOW (window)));
  const CfSessionState *s = cf_session_state (window->session);
  if (application == NULL || s->title == NULL)
    return;
  g_autofree char *id = notice_id (window);
  g_autofree char *title = g_strdup_printf (_("%s: the work has ended"), s->demo ? _("Demonstration") : s->title);
  g_autoptr (GNotification) notification = g_notification_new (title);
  if (*result != '\0')
    g_notification_set_body (notification, result);
  g_application_send_notification (application, id, notification);
}

static gboolean
rest_over (gpointer data)
{
  Notices *notices = data;
  gboolean was_long = notices->rested - notices->since > LONG_US;
  notices->source = 0;
  notices->since = 0;
  if (was_long && !gtk_window_is_active (GTK_WINDOW (notices->window)))
    {
      const char *status = gtk_label_get_text (GTK_LABEL (notices->window->status));
      g_autofree char *result = g_strndup (status, strcspn (status, "\n"));
      send (notices->window, result);
    }
  return G_SOURCE_REMOVE;
}

void
cf_notices_ended (CfWindow *window, gint64 since, const char *result)
{
  if (g_get_monotonic_time () - since > LONG_US && !gtk_window_is_active (GTK_WINDOW (window)))
    send (window, result);
}

static void
session_changed (CfSession *session, guint change, Notices *notices)
{
  const CfSessionState *s = cf_session_state (session);
  gboolean busy = s->activity != NULL || (s->trainer != NULL && s->training.state == CF_TRAINER_RUNNING);
  if (busy)
    g_clear_handle_id (&notices->source, g_source_remove);
  if (busy && notices->since == 0)
    notices->since = g_get_monotonic_time ();
  if (busy || notices->since == 0 || notices->source != 0)
    return;
  notices->rested = g_get_monotonic_time ();
  notices->source = g_timeout_add_full (G_PRIORITY_DEFAULT, REST_MS, rest_over, notices, NULL);
}

static void
active_changed (GtkWindow *window, GParamSpec *pspec, Notices *notices)
{
  GApplication *application = G_APPLICATION (gtk_window_get_application (window));
  g_autofree char *id = notice_id (notices->window);
  if (application != NULL && gtk_window_is_active (window))
    g_application_withdraw_notification (application, id);
}

static void
notices_free (gpointer data)
{
  Notices *notices = data;
  g_clear_handle_id (&notices->source, g_source_remove);
  g_signal_handlers_disconnect_by_data (notices->window->session, notices);
  g_signal_handlers_disconnect_by_data (notices->window, notices);
  g_free (notices);
}

void
cf_notices_add (CfWindow *window)
{
  Notices *notices = g_new0 (Notices, 1);
  notices->window = window;
  g_signal_connect (window->session, "changed", G_CALLBACK (session_changed), notices);
  g_signal_connect (window, "notify::is-active", G_CALLBACK (active_changed), notices);
  g_signal_connect_swapped (window, "destroy", G_CALLBACK (notices_free), notices);
}
