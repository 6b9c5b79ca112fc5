/* cf-saved-session.h: what a session file (docs/session-format.md) holds: which files were open, how they were looked at, and notes. Plain
 * data without a window: any thread, one at a time. */
#pragma once

#include <gio/gio.h>

#include "cf-camera.h"
#include "cf-field.h"

G_BEGIN_DECLS

#define CF_SESSION_SUFFIX ".cryofield"
#define CF_SAVED_NOTES_MAX (1 << 20) /* bytes */

typedef enum
{
  CF_SAVED_MAP,
  CF_SAVED_MODEL,
  CF_SAVED_NEURAL,
  CF_N_SAVED_FILES
} CfSavedKind;

typedef struct
{
  char *path;      /* absolute; NULL: there is none */
  char *relative;  /* to the folder of the session file; NULL until it was read */
  char sha256[65]; /* of the bytes as stored, hex; "" unknown */
} CfSavedFile;

typedef enum
{
  CF_SAVED_PICK_NONE,
  CF_SAVED_PICK_NODE,
  CF_SAVED_PICK_ATOM
} CfSavedPickKind;

/** By place: nodes are numbered anew at each level. */
typedef struct
{
  CfSavedPickKind kind;
  double at[3]; /* A */
} CfSavedPick;

typedef struct
{
  CfSavedFile files[CF_N_SAVED_FILES];
  gboolean demo; /* the map and the model are the demonstration's */
  gboolean by_nstart;
  int stack_volume, model; /* from 0 */
  gboolean at_c4;
  double contour, resolution; /* file units, A; NAN */
  gboolean crop;
  gboolean has_box; /* the next fit is of: */
  double box[6];    /* x0, y0, z0, x1, y1, z1, A */
  CfRecipeKind recipe;
  double level;     /* file units; NAN: none was chosen */
  double adjacency; /* A; 0: by the resolution */
  guint min_component;
  gboolean has_camera;
  CfCamera camera;        /* rotation, centre, distance, fov */
  double plane_normal[3]; /* of the free clip plane; 0: none was chosen */
  GVariant *options;      /* a{sv}: states of the actions of the view, by name: b, d or s; NULL: none */
  CfSavedPick picked[2];
  char *notes; /* never NULL */
  char *of;    /* of an automatic copy: the session file that it is a copy of; NULL */
} CfSavedSession;

CfSavedSession *cf_saved_session_new (void);
void cf_saved_session_free (CfSavedSession *saved);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfSavedSession, cf_saved_session_free)

/** JSON. folder: that of the file to be, for the relative paths. New string. */
char *cf_saved_session_text (const CfSavedSession *saved, const char *folder);
/** name is for messages. CF_INPUT_ERROR with the field that is wrong; what a newer minor writer added is passed over. */
CfSavedSession *cf_saved_session_parse (const char *name, const char *text, gsize n, GError **error);
/** Fills in each hash that is "" and writes the file, atomically. */
gboolean cf_saved_session_save (CfSavedSession *saved, const char *path, GCancellable *cancellable, GError **error);
CfSavedSession *cf_saved_session_load (const char *path, GCancellable *cancellable, GError **error);

/** A file that is not what it was. */
typedef struct
{
  CfSavedKind kind;
  char *path;
  char expected[65];
  char found[65]; /* "": the file is missing */
} CfSavedProblem;
void cf_saved_problem_free (CfSavedProblem *problem);

/** Finds each file: where it was, else beside the session file at `path` as it was beside it; of two the one that has the hash. Sets the
 * session's paths to what was found (NULL what is missing). Returns CfSavedProblem, none where all is as it was; NULL with the error
 * where it was cancelled. Reads all of each file. */
GPtrArray *cf_saved_session_find (CfSavedSession *saved, const char *path, GCancellable *cancellable, GError **error);

G_END_DECLS
