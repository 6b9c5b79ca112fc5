/* cf-format.h: how numbers, times and staleness look in the window. New strings. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

char *cf_format_seconds (double seconds);   /* "42 s", "3 min 05 s"; "" for NAN */
char *cf_format_percent (double fraction);  /* "99.4 %"; "–" for NAN */
char *cf_format_count (guint64 n);          /* "1.2 M", "812" */
char *cf_format_angstrom (double a);        /* "0.41 Å"; "–" for NAN */
/** A number that is being computed anew is dimmed. */
void cf_set_stale (GtkWidget *widget, gboolean stale);

G_END_DECLS
