/* cf-regions-list.h: a row a sub-region: its state in its box's colour, epoch, loss curve, time left, held-out error. */
#pragma once

#include <gtk/gtk.h>

#include "cf-session.h"

G_BEGIN_DECLS

#define CF_TYPE_REGIONS_LIST (cf_regions_list_get_type ())
G_DECLARE_FINAL_TYPE (CfRegionsList, cf_regions_list, CF, REGIONS_LIST, GtkBox)

/* signal: "activated" (int region) */
void cf_regions_list_set_session (CfRegionsList *list, CfSession *session);
void cf_regions_list_set_dark (CfRegionsList *list, gboolean dark);

G_END_DECLS
