/* cf-window-private.h: what cf-window.c and its actions (cf-window-actions.c, cf-window-export.c) share. */
#pragma once

#include "cf-facts.h"
#include "cf-fetch-dialog.h"
#include "cf-picture.h"
#include "cf-regions-list.h"
#include "cf-residues-list.h"
#include "cf-steps-panel.h"
#include "cf-threshold-panel.h"
#include "cf-viewport.h"
#include "cf-window.h"

G_BEGIN_DECLS

struct _CfWindow
{
  GtkApplicationWindow parent_instance;
  CfSession *session;
  CfPicture *picture;
  GtkWidget *title_label, *subtitle_label, *info, *info_label, *info_open, *stack, *overlay, *status, *side;
  GtkWidget *findings, *findings_title, *findings_scroller, *regions_title, *selection_hint, *style, *opacity;
  CfStepsPanel *steps;
  CfViewport *viewport;
  CfThresholdPanel *threshold;
  CfRegionsList *regions;
  CfResiduesList *residues;
  CfFacts *selection;
  char *info_path;          /* what the button of the info bar shows */
  guint info_source;
  gboolean framed;          /* the camera stands on this document */
  gboolean framed_closely;  /* and on what reaches the level, once there was a graph */
  double framed_origin[3];  /* of the map's first voxel, A */
  CfCamera framed_camera;   /* as it was set then: another one is the user's */
  int finding;              /* the one shown last; -1 none */
  CfFindingKind finding_kind;
  guint32 picked, second;   /* pick ids; 0 none */
  gboolean narrow;
  char *last_folder;
  CfFetchDialog *fetch;     /* NULL: not open */
  GtkWidget *recent;        /* of the empty state */
  GMenu *recent_menu;
  char *noted[3];           /* map, model and neural map that are among the recent files already */
  GtkWidget *view_button;
  /* what the voxels beside the field were made of, and what is under way (bits of CfTrustKind) */
  const CfVolume *trust_volume;
  const CfEvaluator *trust_evaluator;
  CfNormalisation trust_normalisation;
  GCancellable *trust_cancellable;
  guint trust_wanted;
  GQueue exports;           /* those that wait for the graph of the present level */
};

/* cf-window.c */
void cf_window_say (CfWindow *window, gboolean is_error, const char *text, const char *path);
void cf_window_redraw (CfWindow *window, CfSessionChange change, gboolean moving);
void cf_window_set_appearance (CfWindow *window, const char *name);
void cf_window_set_side (CfWindow *window, gboolean shown);

/* cf-window-selection.c */
void cf_window_select (CfWindow *window, guint32 pick);
/** Beside what is selected: their distance is shown. */
void cf_window_select_second (CfWindow *window, guint32 pick);
/** What lies under the pointer, for the label beside it. */
void cf_window_hover (CfWindow *window, guint32 pick);
void cf_window_show_finding (CfWindow *window, guint index);
/** Centres and selects it. */
void cf_window_show_residue (CfWindow *window, guint32 residue);
void cf_window_fill_selection (CfWindow *window);
void cf_window_fill_findings (CfWindow *window);

/* cf-window-actions.c */
void cf_window_add_actions (CfWindow *window);
void cf_window_update_actions (CfWindow *window);
void cf_window_set_status_state (CfWindow *window, const char *text);

/* cf-window-view.c */
void cf_window_add_view_actions (CfWindow *window);
/** Drops what was made of voxels or of a field that are no longer open; makes what the picture now asks for. */
void cf_window_view_follow (CfWindow *window, CfSessionChange change);
/** Cancels what is under way too. all: the voxels as well, not only what was made with the field. */
void cf_window_drop_trusts (CfWindow *window, gboolean all);

/* cf-window-export.c */
void cf_window_add_export_actions (CfWindow *window);
/** Starts what waited for the graph. */
void cf_window_run_exports (CfWindow *window);
void cf_window_drop_exports (CfWindow *window);

G_END_DECLS
