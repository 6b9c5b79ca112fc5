/* cf-step.h: one step of the work in the left panel: its number, name, state and key number; clicking shows its controls. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef enum
{
  CF_STEP_WAITING, /* for the step before */
  CF_STEP_READY,   /* for the user */
  CF_STEP_BUSY,
  CF_STEP_DONE
} CfStepState;

#define CF_TYPE_STEP (cf_step_get_type ())
G_DECLARE_FINAL_TYPE (CfStep, cf_step, CF, STEP, GtkBox)

/* properties: "number" (int), "title", "icon-name" (string), "content" (GtkWidget), "expanded" (boolean) */

/** fraction: of the bar under the title; < 0 none. stale dims the value. */
void cf_step_set (CfStep *step, CfStepState state, const char *value, gboolean stale, double fraction);
void cf_step_set_expanded (CfStep *step, gboolean expanded);
/** An icon with the number and the key number; its controls come beside it when it is clicked. */
void cf_step_set_compact (CfStep *step, gboolean compact);

G_END_DECLS
