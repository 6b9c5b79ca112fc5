/* cf-map-choices.h: where a file leaves a choice: which of two placements, which volume of a stack, which model, which atom stands for a
 * nucleotide. Rows are shown only where there is something to choose. */
#pragma once

#include <gtk/gtk.h>

#include "cf-session.h"

G_BEGIN_DECLS

#define CF_TYPE_MAP_CHOICES (cf_map_choices_get_type ())
G_DECLARE_FINAL_TYPE (CfMapChoices, cf_map_choices, CF, MAP_CHOICES, GtkGrid)

void cf_map_choices_set_session (CfMapChoices *choices, CfSession *session);

G_END_DECLS
