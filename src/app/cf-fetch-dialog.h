/* cf-fetch-dialog.h: "Open from EMDB": an id, its download with progress, and what comes opened together. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CF_TYPE_FETCH_DIALOG (cf_fetch_dialog_get_type ())
G_DECLARE_FINAL_TYPE (CfFetchDialog, cf_fetch_dialog, CF, FETCH_DIALOG, GtkWindow)

/** Above `parent`, not modal. Closing it stops a download, whose bytes are kept. */
CfFetchDialog *cf_fetch_dialog_new (GtkWindow *parent);
/** As if the id had been typed and Open been pressed. */
void cf_fetch_dialog_start (CfFetchDialog *dialog, const char *id);

/* signal "fetched" (const char *const * paths, const char * warning or NULL): what it brought, to be opened */
/* signal "status" (const char *): "", "emd_11103.map.gz, 12.3 MB of 340 MB", "stopped", "opened EMD-11103", or an error */

G_END_DECLS
