/* cf-window-session.h: what the parts that save and open a window's session share: cf-window-session.c, -restore.c, cf-window-notes.c. */
#pragma once

#include "cf-autosave.h"
#include "cf-saved-session.h"
#include "cf-window-private.h"

G_BEGIN_DECLS

/* What was put off until the session is saved, or given up. */
typedef void (*CfWindowThen) (CfWindow *window);

/* What is being written just now. */
typedef enum
{
  CF_SAVING_NOTHING,
  CF_SAVING_COPY, /* an automatic one: given up when the window is closed */
  CF_SAVING_FILE  /* the user's: waited for */
} CfSaving;

struct _CfKeeper
{
  char *path;     /* of the session file; NULL: never saved */
  char *clean;    /* cf_window_session_text () as it was saved; NULL */
  gboolean unsaved;
  CfSaving saving;
  char *next_path; /* to be saved to after that; NULL */
  CfWindowThen then; /* once it is saved; NULL */
  char **opening;    /* what is to be opened then; NULL */
  CfSavedSession *restoring; /* what is still to be brought back; NULL */
  gboolean recovered;        /* it is an automatic copy */
  GCancellable *cancellable;
  guint check_source;
  CfField *kept_field; /* a fit that was written with the session, and where */
  char *kept_path;
  CfField *safe_field; /* the user has it in a file; NULL */
  GtkTextBuffer *notes;
  GtkWidget *notes_window; /* NULL: not open */
  /* automatic copies */
  CfAutosave *autosave; /* NULL before the first */
  CfAutosave *found;    /* of a process that died: offered now; NULL */
  guint autosave_source;
  char *copied; /* what the last one held */
  const CfField *copied_field;
};

/* cf-window-session.c */
void cf_window_session_check (CfWindow *window);
/** TRUE: nothing is unsaved. Otherwise the user is asked, unless it is being saved, and `then` follows when all is saved or given up. */
gboolean cf_window_may_drop (CfWindow *window, CfWindowThen then);

/* cf-window-restore.c */
CfSavedSession *cf_window_collect_session (CfWindow *window);
/** To be compared with another one. camera: with where it is seen from. */
char *cf_window_session_text (CfWindow *window, gboolean camera);
void cf_window_open_session (CfWindow *window, const char *path, gboolean recovered);
void cf_window_go_on_restoring (CfWindow *window, CfSessionChange change);

/* cf-window-notes.c */
void cf_window_add_notes (CfWindow *window);
void cf_window_set_notes (CfWindow *window, const char *text);
char *cf_window_get_notes (CfWindow *window);
gboolean cf_window_has_notes (CfWindow *window);

G_END_DECLS
