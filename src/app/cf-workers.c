/* cf-workers.c: a counter, and what waits for it. */
#include "cf-workers.h"

static int n_working = 0; /* atomic */

void
cf_workers_came (void)
{
  g_atomic_int_inc (&n_working);
}

void
cf_workers_left (void)
{
  g_atomic_int_add (&n_working, -1);
  g_main_context_wakeup (NULL);
}

static gboolean
time_is_up (gpointer data)
{
  *(gboolean *)data = TRUE;
  return G_SOURCE_REMOVE;
}

gboolean
cf_workers_wait (double seconds)
{
  gboolean up = FALSE;
  guint source = g_timeout_add_full (G_PRIORITY_DEFAULT, (guint)(1000 * seconds), time_is_up, &up, NULL);
  while (!up && (g_atomic_int_get (&n_working) > 0 || g_main_context_pending (NULL)))
    g_main_context_iteration (NULL, TRUE);
  if (!up)
    g_source_remove (source);
  return g_atomic_int_get (&n_working) == 0;
}

static GQuark
func_quark (void)
{
  return g_quark_from_static_string ("cf-workers-func");
}

static void
run (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GTaskThreadFunc func = (GTaskThreadFunc)g_object_get_qdata (G_OBJECT (task), func_quark ());
  func (task, source, data, cancellable);
  cf_workers_left ();
}

void
cf_workers_run (GTask *task, GTaskThreadFunc func)
{
  g_object_set_qdata (G_OBJECT (task), func_quark (), (gpointer)func);
  cf_workers_came ();
  g_task_run_in_thread (task, run);
}
