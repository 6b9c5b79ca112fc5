/* cf-window.h: the one window: what is in it, and what its actions do. */
#pragma once

#include <adwaita.h>

#include "cf-session.h"

G_BEGIN_DECLS

#define CF_TYPE_WINDOW (cf_window_get_type ())
G_DECLARE_FINAL_TYPE (CfWindow, cf_window, CF, WINDOW, AdwApplicationWindow)

CfWindow *cf_window_new (GtkApplication *application);
CfSession *cf_window_session (CfWindow *window); /* borrowed */
/** cf_session_open (), or a session file where one is among them, or a list in a window of its own. Asks first where something unsaved would go. */
void cf_window_open_paths (CfWindow *window, const char *const *paths);
/** What draws and computes, and whether they share pictures: lines for people. g_free () it. */
char *cf_window_devices (CfWindow *window);
/** Asks whether to open what a process left that died, where there is such a thing. */
void cf_window_offer_recovery (CfWindow *window);

G_END_DECLS
