/* cf-format.h: how numbers, times and staleness look in the window. New strings. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

char *cf_format_seconds (double seconds);   /* "42 s", "3 min 05 s"; "" for NAN */
/** How long a work has been growing, for a guess of what is left. Begin with zeros. Main thread. */
typedef struct
{
  gint64 since; /* monotonic us; 0: none is under way */
  double from;  /* its share then */
} CfPace;
/** Seconds that are left of it, by how it went since the first call; NAN: too early to tell, or as good as done. share: NAN or 1: begins anew. */
double cf_pace_left (CfPace *pace, double share);
char *cf_format_percent (double fraction);  /* "99.4 %"; "–" for NAN */
char *cf_format_count (guint64 n);          /* "1.2 M", "812" */
/** Lengths are given in A and shown in the unit that was chosen for the program: A, or nm. Main thread. */
void cf_format_set_nanometres (gboolean nanometres);
char *cf_format_length (double a);          /* "0.41 Å", "0.041 nm"; "–" for NAN */
char *cf_format_size (double a);            /* as short as it can be: "10 Å", "1 nm" */
/** A number that is being computed anew is dimmed. */
void cf_set_stale (GtkWidget *widget, gboolean stale);
/** What a screen reader says for it: also for the part of a drop down or a colour button that has the focus. */
void cf_set_name (GtkWidget *widget, const char *name);

G_END_DECLS
