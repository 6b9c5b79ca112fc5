/* cf-details.h: a small window with a text that is too long for a toast, and a button that copies it. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/** Presents it beside its parent. The text is shown as it is. */
void cf_details_show (GtkWindow *parent, const char *title, const char *text);

G_END_DECLS
