/* cf-steps-panel.h: the left panel: five steps with their key numbers, controls and warnings. */
#pragma once

#include <gtk/gtk.h>

#include "cf-session.h"

G_BEGIN_DECLS

#define CF_TYPE_STEPS_PANEL (cf_steps_panel_get_type ())
G_DECLARE_FINAL_TYPE (CfStepsPanel, cf_steps_panel, CF, STEPS_PANEL, GtkBox)

void cf_steps_panel_set_session (CfStepsPanel *panel, CfSession *session);
/** For a narrow window: the steps as icons with numbers. */
void cf_steps_panel_set_compact (CfStepsPanel *panel, gboolean compact);

G_END_DECLS
