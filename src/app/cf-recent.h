/* cf-recent.h: files that were opened lately, shared with the desktop (GtkRecentManager). Main thread. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/** Notes what is open by its path; NULL and what cannot be named are passed over. */
void cf_recent_add (const char *path);
/** The newest `max` files of this program that are still there: each activates win.open-files. Replaces what is in the menu. */
void cf_recent_fill_menu (GMenu *menu, guint max);
/** The same as buttons, for the empty state. */
void cf_recent_fill_box (GtkBox *box, guint max);

G_END_DECLS
