/* cf-appearance.h: light, dark and high contrast, of the whole program, as the user or the desktop has them. Main thread. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/** "system" (as the desktop says; dark where it says nothing, for pictures are looked at), "light", "dark". Another name is as "system". */
void cf_appearance_set_scheme (const char *name);
gboolean cf_appearance_is_dark (void);
/** The style classes "dark" or "light", and "high-contrast", stand on the window from now on, as long as it lives. */
void cf_appearance_follow (GtkWidget *window);

G_END_DECLS
