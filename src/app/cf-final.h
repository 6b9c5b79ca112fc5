/* cf-final.h: the picture that stands, drawn by the networks themselves on a worker, coarse pixels first: what `render --final` draws.
 * Main thread only. */
#pragma once

#include <gtk/gtk.h>

#include "cf-shot.h"

G_BEGIN_DECLS

typedef struct _CfFinal CfFinal;

/** share: of the work that is done, 1 at the end; NAN when there is no such picture (any more). error: why it ended; NULL. */
typedef void (*CfFinalFunc) (gpointer data, double share, const GError *error);

CfFinal *cf_final_new (CfFinalFunc changed, gpointer data);
/** Cancels; changed is not called again. */
void cf_final_free (CfFinal *final);
/** What shows it, over the viewport: owned by whoever puts it there. */
GtkWidget *cf_final_widget (CfFinal *final);
/** Takes the shot. What is there goes first. */
void cf_final_start (CfFinal *final, CfShot *shot, CfEvaluator *evaluator);
/** Cancels and hides. */
void cf_final_drop (CfFinal *final);
/** Whether all of it is there. */
gboolean cf_final_is_done (CfFinal *final);

G_END_DECLS
