/* cf-residues-list.h: the model's residues as strips, chain by chain, each coloured by how far its node is at the present level. */
#pragma once

#include <gtk/gtk.h>

#include "cf-session.h"

G_BEGIN_DECLS

#define CF_TYPE_RESIDUES_LIST (cf_residues_list_get_type ())
G_DECLARE_FINAL_TYPE (CfResiduesList, cf_residues_list, CF, RESIDUES_LIST, GtkBox)

/* signal: "activated" (guint residue): it was clicked. The list hides itself without a comparison. */
void cf_residues_list_set_session (CfResiduesList *list, CfSession *session);
void cf_residues_list_set_dark (CfResiduesList *list, gboolean dark);
/** G_MAXUINT32 for none. */
void cf_residues_list_set_selected (CfResiduesList *list, guint32 residue);

G_END_DECLS
