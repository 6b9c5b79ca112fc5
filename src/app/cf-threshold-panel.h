/* cf-threshold-panel.h: the heart of the window: histogram and curves over the level, the bar to drag, the level in its three units. */
#pragma once

#include <gtk/gtk.h>

#include "cf-session.h"

G_BEGIN_DECLS

#define CF_TYPE_THRESHOLD_PANEL (cf_threshold_panel_get_type ())
G_DECLARE_FINAL_TYPE (CfThresholdPanel, cf_threshold_panel, CF, THRESHOLD_PANEL, GtkBox)

void cf_threshold_panel_set_session (CfThresholdPanel *panel, CfSession *session);
void cf_threshold_panel_set_dark (CfThresholdPanel *panel, gboolean dark);
/** Lower plots, for a low window. */
void cf_threshold_panel_set_low (CfThresholdPanel *panel, gboolean low);

G_END_DECLS
