/* cf-view-panel.h: the popover "View" of the picture. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/** window: with the actions of cf_window_add_view_actions (); borrowed, outlives the popover. */
GtkWidget *cf_view_panel_new (GActionGroup *window);

G_END_DECLS
