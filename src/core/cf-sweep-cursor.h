/* cf-sweep-cursor.h: the clusters at a level that moves: what changes on the way is done or undone. Private to core. */
#pragma once

#include "cf-sweep.h"

G_BEGIN_DECLS

/** Not thread safe. Borrows peaks, parent and merged, which must outlive it (the elder rule, see cf-sweep.c). */
typedef struct _CfSweepCursor CfSweepCursor;
CfSweepCursor *cf_sweep_cursor_new (const CfPeaks *peaks, const guint32 *parent, const guint32 *merged);
void cf_sweep_cursor_free (CfSweepCursor *cursor);
guint32 cf_sweep_cursor_n_ids (const CfSweepCursor *cursor);
/** The clusters of the first k seeds into out[n], descending by birth; n must be their number. The same from wherever it comes. */
void cf_sweep_cursor_move (CfSweepCursor *cursor, guint32 k, CfCluster *out, gsize n);

G_END_DECLS
