/* cf-tour.h: a guided tour of the method in seven steps, on the demonstration: what each step is about is put into the window and pointed
 * at. Leaving it puts back what was. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef struct _CfWindow CfWindow;

#define CF_TYPE_TOUR (cf_tour_get_type ())
/** The card that stands over the picture. */
G_DECLARE_FINAL_TYPE (CfTour, cf_tour, CF, TOUR, GtkBox)

/** Actions: tour (begins; where a map of the user's is open: in a window of its own), tour-next, tour-back, tour-leave, tour-play (the film of a
 * step again; without animations its next moment), tour-step (state: from 0, -1 none), tour-film (state: 0 to 1 of it, -1 none). Keys while
 * it is on: Right, Left, Escape. */
void cf_tour_add (CfWindow *window);

G_END_DECLS
