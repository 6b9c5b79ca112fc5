/* cf-workers.h: the threads that work beside the window, counted: the process does not end under them. */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/** g_task_run_in_thread () of a task that cf_workers_wait () waits for. Any thread. */
void cf_workers_run (GTask *task, GTaskThreadFunc func);
/** A thread that is no task: counted from before it is made until it calls cf_workers_left (). Any thread. */
void cf_workers_came (void);
void cf_workers_left (void);
/** Before the process ends: goes on with the main context, that many seconds at most, until each worker has left and what it had to tell is
 * told. FALSE: some did not leave, and exit () would take libraries away under them. Whoever calls it has cancelled them. Main thread. */
gboolean cf_workers_wait (double seconds);

G_END_DECLS
