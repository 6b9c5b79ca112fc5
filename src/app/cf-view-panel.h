/* cf-view-panel.h: the popover "View" of the picture. */
#pragma once

#include <gtk/gtk.h>

#include "cf-session.h"

G_BEGIN_DECLS

/** window: with the actions of cf_window_add_view_actions (); both are borrowed and outlive the popover. */
GtkWidget *cf_view_panel_new (GActionGroup *window, CfSession *session);

G_END_DECLS
