/* cf-preferences.h: the window of what the user chooses once and for all: each row is a setting, and acts at once. */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/** Takes its own reference of the settings. Its rows have their keys as names (gtk_widget_get_name ()). */
GtkWidget *cf_preferences_new (GtkWindow *parent, GSettings *settings);

G_END_DECLS
