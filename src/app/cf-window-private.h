/* cf-window-private.h: what cf-window.c and its actions (cf-window-actions.c, cf-window-export.c) share. */
#pragma once

#include "cf-facts.h"
#include "cf-fetch-dialog.h"
#include "cf-final.h"
#include "cf-format.h"
#include "cf-fine.h"
#include "cf-picture.h"
#include "cf-presenter.h"
#include "cf-regions-list.h"
#include "cf-residues-list.h"
#include "cf-saved-session.h"
#include "cf-steps-panel.h"
#include "cf-threshold-panel.h"
#include "cf-tour.h"
#include "cf-viewport.h"
#include "cf-window.h"

G_BEGIN_DECLS

typedef struct _CfKeeper CfKeeper;

/* What is said, one thing at a time: cf-window-messages.c. */
typedef struct
{
  AdwToast *shown; /* NULL: none, or one that is leaving */
  gint64 since;    /* it was put up; monotonic us */
  gboolean shows_error;
  gboolean replaced; /* it left for another one, not by the user or its time */
  guint source;      /* until it may be dismissed, or the next one may come */
  char *error;       /* the newest; all of them are in `errors` */
  gboolean error_is_new, error_returns; /* it has not been shown; it had to make room */
  char *text, *path; /* what is to be said else; NULL */
} CfMessages;

struct _CfWindow
{
  AdwApplicationWindow parent_instance;
  CfSession *session;
  CfPicture *picture;
  AdwWindowTitle *window_title;
  AdwToastOverlay *toasts;
  CfMessages messages;
  GString *errors;               /* whole texts of those that the user has not closed */
  GtkWidget *stack, *overlay, *status, *side;
  GtkWidget *findings, *findings_title, *findings_scroller, *regions_title, *selection_hint, *style, *opacity, *hud;
  CfStepsPanel *steps;
  CfViewport *viewport;
  CfThresholdPanel *threshold;
  CfFinal *final;
  guint finer_source;             /* until the picture has stood for a while */
  GCancellable *finer_cancellable; /* of what samples it finer; NULL */
  CfFinePart finer_part;           /* that is under way */
  CfRegionsList *regions;
  CfResiduesList *residues;
  CfFacts *selection;
  gboolean framed;          /* the camera stands on this document */
  gboolean framed_closely;  /* and on what reaches the level, once there was a graph */
  double framed_origin[3];  /* of the map's first voxel, A */
  CfCamera framed_camera;   /* as it was set then: another one is the user's */
  int finding;              /* the one shown last; -1 none */
  CfFindingKind finding_kind;
  guint32 picked, second;   /* pick ids; 0 none */
  gboolean narrow;
  struct _CfUndo *undo;
  guint view_source;        /* until a view that changes rests */
  GtkWidget *undo_button, *redo_button;
  GSettings *settings;      /* NULL: no schema */
  GtkWidget *preferences;   /* NULL: not open */
  char *ground;             /* of the picture: "window", "dark", "light", "white" */
  gboolean white_picture;   /* for print, whatever the window is */
  char *last_folder;
  CfFetchDialog *fetch;     /* NULL: not open */
  CfKeeper *keeper;         /* of the session file: cf-window-session.h */
  GtkWidget *welcome, *recent; /* of the empty state */
  GMenu *recent_menu;
  char *noted[3];           /* map, model and neural map that are among the recent files already */
  GtkWidget *view_button;
  /* what the voxels beside the field were made of, and what is under way (bits of CfTrustKind) */
  const CfVolume *trust_volume;
  const CfEvaluator *trust_evaluator;
  CfNormalisation trust_normalisation;
  GCancellable *trust_cancellable;
  guint trust_wanted;
  const char *paced; /* the activity whose pace it is */
  CfPace pace;
  /* what the queue of regions was last told */
  CfCamera watched_camera;
  const CfTrainer *watched_trainer, *copied_trainer;
  guint watch_source;
  GtkWidget *header, *tools; /* above all; over the picture */
  CfPresenter *presenter;
  CfTour *tour;             /* NULL: not on tour */
  GCancellable *film_cancellable; /* NULL: no film under way */
  GCancellable *writing_cancellable; /* of what is being written; NULL */
  int n_writing;
  GQueue exports;           /* those that wait for the graph of the present level */
};

/* cf-window.c */
void cf_window_fill_title (CfWindow *window);
void cf_window_fill_status (CfWindow *window, const CfSessionState *s);
/** The picture's scene has all edges from here on: before it is copied, and before a picture of full detail. */
void cf_window_make_whole (CfWindow *window);
void cf_window_redraw (CfWindow *window, CfSessionChange change, gboolean moving);
/** Light or dark as the application is; the picture's ground white where that was asked for. */
void cf_window_follow_appearance (CfWindow *window);
void cf_window_set_side (CfWindow *window, gboolean shown);
/** Since the program framed what is open. */
gboolean cf_window_camera_moved (CfWindow *window);

/* cf-window-selection.c */
void cf_window_select (CfWindow *window, guint32 pick);
/** The same, by no act of the user. */
void cf_window_select_quietly (CfWindow *window, guint32 pick);
/** Beside what is selected: their distance is shown. */
void cf_window_select_second (CfWindow *window, guint32 pick);
/** What lies under the pointer, for the label beside it. */
void cf_window_hover (CfWindow *window, guint32 pick);
void cf_window_show_finding (CfWindow *window, guint index);
/** What is selected, by place, and back: nothing where there is no longer anything within 0.3 A. */
void cf_window_get_picks (CfWindow *window, CfSavedPick picks[2]);
void cf_window_set_picks (CfWindow *window, const CfSavedPick picks[2]);
/** Centres and selects it. */
void cf_window_show_residue (CfWindow *window, guint32 residue);
void cf_window_fill_selection (CfWindow *window);
void cf_window_fill_findings (CfWindow *window);

/* cf-window-actions.c */
void cf_window_add_actions (CfWindow *window);
void cf_window_update_actions (CfWindow *window);
void cf_window_set_state (CfWindow *window, const char *action, GVariant *state);
void cf_window_set_status_state (CfWindow *window, const char *text);

/* cf-window-messages.c */
/** A toast: an error stays until it is closed and has a button for its whole text; else it goes by itself. With a path (NULL: none) it has a
 * button that opens that file. */
void cf_window_say (CfWindow *window, gboolean is_error, const char *text, const char *path);
void cf_window_show_error_details (CfWindow *window);
void cf_window_add_messages (CfWindow *window);
void cf_window_drop_messages (CfWindow *window);

/* cf-window-session.c */
void cf_window_add_session_actions (CfWindow *window);
void cf_window_drop_session (CfWindow *window);
void cf_window_session_follow (CfWindow *window, CfSessionChange change);
/** Of the session file, for the title; NULL. New string. */
char *cf_window_session_name (CfWindow *window);
gboolean cf_window_is_unsaved (CfWindow *window);

/* cf-window-undo.c */
void cf_window_add_undo (CfWindow *window);
void cf_window_update_undo (CfWindow *window);
void cf_window_undo_follow (CfWindow *window, CfSessionChange change);
/** It is what it is now: by the user, which can be taken back, or not. */
void cf_window_note_selection (CfWindow *window, gboolean by_user);
void cf_window_note_view (CfWindow *window, gboolean by_user);
/** Both, as one step. */
void cf_window_note_place (CfWindow *window);

/* cf-window-settings.c */
void cf_window_add_settings (CfWindow *window);

/* cf-window-view.c */
void cf_window_add_view_actions (CfWindow *window);
/** Drops what was made of voxels or of a field that are no longer open; makes what the picture now asks for. */
void cf_window_view_follow (CfWindow *window, CfSessionChange change);
/** Cancels what is under way too. all: the voxels as well, not only what was made with the field. */
void cf_window_drop_trusts (CfWindow *window, gboolean all);

/* cf-window-help.c */
void cf_window_add_help (CfWindow *window);

/* cf-window-finer.c */
/** What is in view is sampled as finely as it shows, once the picture stands. */
void cf_window_add_finer (CfWindow *window);
void cf_window_drop_finer (CfWindow *window);

/* cf-window-final.c */
void cf_window_add_final (CfWindow *window);

/** What a user does who opens the demonstration: asks first where something is unsaved. */
void cf_window_open_demo (CfWindow *window);
/** The field is in a file of the user's: closing the window loses nothing of it. */
void cf_window_note_kept (CfWindow *window, CfField *field);
/** The automatic copy, without waiting for its time: what begins now is worth coming back to. */
void cf_window_copy_now (CfWindow *window);

/* cf-window-train.c */
void cf_window_add_train_actions (CfWindow *window);

/* cf-window-film.c */
void cf_window_add_film (CfWindow *window);
void cf_window_drop_film (CfWindow *window);

/* cf-window-export.c */
void cf_window_add_export_actions (CfWindow *window);
/** Starts what waited for the graph. */
void cf_window_run_exports (CfWindow *window);
void cf_window_drop_exports (CfWindow *window);

G_END_DECLS
