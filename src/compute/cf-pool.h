/* cf-pool.h: threads that help callers with their items. A caller always works on its own items too, so that it never waits for a
 * free thread, and several callers can share one pool. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _CfPool CfPool;

/** helpers may be 0. */
CfPool *cf_pool_new (int helpers);
/** No call may be running. */
void cf_pool_free (CfPool *pool);

/** func (data, i) for i = 0 .. n - 1, each once, in any order, on the calling thread and at most threads - 1 others; returns when all are
 * done. Thread safe. */
void cf_pool_run (CfPool *pool, int threads, int n, void (*func) (gpointer data, int i), gpointer data);

G_END_DECLS
