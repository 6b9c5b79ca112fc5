/* cf-list-window.h: a list of maps as a table: how far `batch` is with each, what it found, and their sessions a double click away. */
#pragma once

#include <adwaita.h>

#include "cf-list-results.h"

G_BEGIN_DECLS

#define CF_TYPE_LIST_WINDOW (cf_list_window_get_type ())
G_DECLARE_FINAL_TYPE (CfListWindow, cf_list_window, CF, LIST_WINDOW, AdwApplicationWindow)

/** Reads the list in a worker, and again when the window comes to the front. Emits "open-row" (const CfListEntry *, borrowed) when a row is activated. */
CfListWindow *cf_list_window_new (GtkApplication *application, const char *path);

G_END_DECLS
