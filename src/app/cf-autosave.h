/* cf-autosave.h: a place for the automatic copy of one window's session, in the user's state folder, under a lock that the kernel gives back
 * when its process dies: so a copy without a lock is of a session that was not closed. Main thread. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _CfAutosave CfAutosave;

/** ~/.local/state/cryofield/sessions. New string. */
char *cf_autosave_folder (void);
/** A new place in the folder, which is made where it is not there. */
CfAutosave *cf_autosave_new (const char *folder, GError **error);
/** One whose process died with a copy written, taken over; NULL where there is none. Places without a copy are removed. */
CfAutosave *cf_autosave_take (const char *folder);
const char *cf_autosave_path (const CfAutosave *autosave);        /* of the copy: ID.cryofield */
const char *cf_autosave_neural_path (const CfAutosave *autosave); /* of a fit that was not saved: ID.safetensors */
gint64 cf_autosave_written (const CfAutosave *autosave);          /* s since 1970; 0: not yet */
/** The session was closed as it should be: removes what is there. */
void cf_autosave_discard (CfAutosave *autosave);
/** Gives the lock back and leaves what is there. */
void cf_autosave_free (CfAutosave *autosave);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfAutosave, cf_autosave_free)

G_END_DECLS
