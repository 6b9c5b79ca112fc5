/* cf-settings.h: what the user chose once and for all: GSettings, org.cryofield.Cryofield. Main thread. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

#define CF_SETTING_EMDB_HOST "emdb-host"
#define CF_SETTING_PDB_HOST "pdb-host"
#define CF_SETTING_DOWNLOAD_LIMIT "download-limit" /* GiB */
#define CF_SETTING_AUTOSAVE "autosave-interval" /* s */
#define CF_SETTING_DEVICE "device"                 /* of cf_backend_open () */
#define CF_SETTING_THREADS "threads"               /* 0: all cores */
#define CF_SETTING_RECIPE "recipe"
#define CF_SETTING_MOUSE "mouse"                   /* of cf_viewport_set_mouse () */
#define CF_SETTING_GROUND "ground"                 /* of the picture */
#define CF_SETTING_LENGTH_UNIT "length-unit"
#define CF_SETTING_COLOUR_SCHEME "colour-scheme"   /* of cf_appearance_set_scheme () */

/** The settings of the installed schema, or of the one beside an executable that was built and not installed. NULL where there is none:
 * the program runs with its defaults then. Kept in dconf, or in a file of the user's configuration folder where that is not there. */
GSettings *cf_settings_new (void);

G_END_DECLS
