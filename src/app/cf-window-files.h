/* cf-window-files.h: files and folders that the user chooses in a dialog of the window, or drops on it. */
#pragma once

#include "cf-window-private.h"

G_BEGIN_DECLS

/** Paths, NULL-terminated, valid during the call; NULL: given up. */
typedef void (*CfFilesChosen) (CfWindow *window, const char *const *paths, gpointer data);

typedef struct
{
  const char *title;
  const char *accept;             /* the button's words; NULL: "Save" or "Open" */
  GtkFileChooserAction action;
  const char *name;               /* proposed to save to; NULL */
  gboolean opens_maps;            /* several, and what this program reads is shown alone at first */
  CfFilesChosen chosen;           /* never after the window is closed */
  gpointer data;
  GDestroyNotify free_data;       /* NULL */
} CfFilesQuestion;

/** Asks, beginning in the folder that was used last. */
void cf_window_ask_files (CfWindow *window, const CfFilesQuestion *question);
/** The paths of GFiles; what has none, a place that only the network knows, is told and left out. New, NULL-terminated. */
char **cf_window_paths_of (CfWindow *window, GSList *files);

G_END_DECLS
