/* cf-pool.c: a pool of helping threads. */
#include "cf-pool.h"

typedef struct
{
  void (*func) (gpointer data, int i);
  gpointer data;
  int n;
  gint next;     /* atomic */
  int wanted;    /* helpers that may still join; under the pool's lock */
  int helping;   /* helpers at work; under the pool's lock */
} Job;

struct _CfPool
{
  GMutex mutex;
  GCond work, idle;
  GQueue jobs; /* Job: those that want helpers */
  GPtrArray *threads;
  gboolean stop;
};

static void
work_on (Job *job)
{
  int i;

  while ((i = g_atomic_int_add (&job->next, 1)) < job->n)
    job->func (job->data, i);
}

static gpointer
helper (gpointer data)
{
  CfPool *pool = data;

  g_mutex_lock (&pool->mutex);
  while (TRUE)
    {
      Job *job = g_queue_peek_head (&pool->jobs);

      if (job == NULL && pool->stop)
        break;
      if (job == NULL)
        {
          g_cond_wait (&pool->work, &pool->mutex);
          continue;
        }
      if (--job->wanted == 0)
        g_queue_remove (&pool->jobs, job);
      job->helping++;
      g_mutex_unlock (&pool->mutex);
      work_on (job);
      g_mutex_lock (&pool->mutex);
      if (--job->helping == 0)
        g_cond_broadcast (&pool->idle);
    }
  g_mutex_unlock (&pool->mutex);
  return NULL;
}

CfPool *
cf_pool_new (int helpers)
{
  CfPool *pool = g_new0 (CfPool, 1);

  g_mutex_init (&pool->mutex);
  g_cond_init (&pool->work);
  g_cond_init (&pool->idle);
  g_queue_init (&pool->jobs);
  pool->threads = g_ptr_array_new ();
  for (int i = 0; i < helpers; i++)
    {
      GThread *thread = g_thread_try_new ("cf-pool", helper, pool, NULL);

      /* Fewer helpers are slower, not wrong. */
      if (thread == NULL)
        break;
      g_ptr_array_add (pool->threads, thread);
    }
  return pool;
}

void
cf_pool_free (CfPool *pool)
{
  g_mutex_lock (&pool->mutex);
  pool->stop = TRUE;
  g_cond_broadcast (&pool->work);
  g_mutex_unlock (&pool->mutex);
  for (guint i = 0; i < pool->threads->len; i++)
    g_thread_join (pool->threads->pdata[i]);
  g_ptr_array_free (pool->threads, TRUE);
  g_mutex_clear (&pool->mutex);
  g_cond_clear (&pool->work);
  g_cond_clear (&pool->idle);
  g_free (pool);
}

void
cf_pool_run (CfPool *pool, int threads, int n, void (*func) (gpointer data, int i), gpointer data)
{
  Job job = { .func = func, .data = data, .n = n, .wanted = MIN (MIN (threads, n) - 1, (int) pool->threads->len) };

  if (job.wanted <= 0)
    {
      work_on (&job);
      return;
    }
  g_mutex_lock (&pool->mutex);
  g_queue_push_tail (&pool->jobs, &job);
  for (int i = 0; i < job.wanted; i++)
    g_cond_signal (&pool->work);
  g_mutex_unlock (&pool->mutex);

  work_on (&job);

  g_mutex_lock (&pool->mutex);
  g_queue_remove (&pool->jobs, &job);
  while (job.helping > 0)
    g_cond_wait (&pool->idle, &pool->mutex);
  g_mutex_unlock (&pool->mutex);
}
