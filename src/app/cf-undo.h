/* cf-undo.h: one list of steps to take back, of several kinds of value. What changes a value notes it here; what it was before is known from
 * the note before. Main thread. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define CF_UNDO_KINDS_MAX 8
#define CF_UNDO_STEPS_MAX 500 /* the oldest are forgotten */

typedef struct _CfUndo CfUndo;

/** Sets a value of that kind back, or forward again. What it notes meanwhile is no step. */
typedef void (*CfUndoApply) (guint kind, const void *value, gpointer user_data);

CfUndo *cf_undo_new (CfUndoApply apply, gpointer user_data);
void cf_undo_free (CfUndo *undo);

/** Bytes of a value of this kind: compared and copied as they are. Before its first note. */
void cf_undo_add_kind (CfUndo *undo, guint kind, gsize size);
/** The value of that kind is this one now. settled FALSE: a move that goes on; all of it becomes one step, up to the note that is settled or
 * cf_undo_settle (). The first note of a kind is where it begins, and no step. */
void cf_undo_note (CfUndo *undo, guint kind, const void *value, gboolean settled);
void cf_undo_settle (CfUndo *undo, guint kind);
/** The value is this one now, by no act of the user: no step. */
void cf_undo_rebase (CfUndo *undo, guint kind, const void *value);
/** What is noted between the two is one step. */
void cf_undo_begin_group (CfUndo *undo);
void cf_undo_end_group (CfUndo *undo);
/** Another document: no steps, no values. */
void cf_undo_clear (CfUndo *undo);

/** The kind of the step that would be next; -1: there is none. */
int cf_undo_next_undo (const CfUndo *undo);
int cf_undo_next_redo (const CfUndo *undo);
void cf_undo_undo (CfUndo *undo);
void cf_undo_redo (CfUndo *undo);

G_END_DECLS
