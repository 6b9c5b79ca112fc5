/* cf-notices.h: tells who looks elsewhere that long work has ended. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef struct _CfWindow CfWindow;

/** From now on: where work of over ten seconds ends while the window does not have the focus, the desktop shows a notification with the
 * result (GNotification; its click brings the window). It goes when the window is looked at again. */
void cf_notices_add (CfWindow *window);
/** Of work that is not the session's, as a film: the same, where it took so long. since: monotonic us. */
void cf_notices_ended (CfWindow *window, gint64 since, const char *result);

G_END_DECLS
