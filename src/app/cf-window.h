/* cf-window.h: the one window: what is in it, and what its actions do. */
#pragma once

#include <gtk/gtk.h>

#include "cf-session.h"

G_BEGIN_DECLS

#define CF_TYPE_WINDOW (cf_window_get_type ())
G_DECLARE_FINAL_TYPE (CfWindow, cf_window, CF, WINDOW, GtkApplicationWindow)

CfWindow *cf_window_new (GtkApplication *application);
CfSession *cf_window_session (CfWindow *window); /* borrowed */

G_END_DECLS
