/* cf-blocks.c: between two polls the main loop works; that time is measured. A watchdog takes the stack while it is still at it. */
#include "cf-blocks.h"

#include <execinfo.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define LONG_MS 50
#define DEPTH 40

static FILE *out = NULL;
static int schedstat = -1;        /* of the main thread */
static pthread_t main_thread;
static gint64 started = 0;        /* us */
static gint working_since = 0;    /* ms since the start; 0: it waits. Atomic */
static void *stack[DEPTH];
static gint stack_depth = 0;      /* of the work that goes on. Atomic */

typedef struct
{
  gint64 wall, processor, delay; /* us; delay -1: not known */
} Clocks;

static gint64
run_delay (void)
{
  char text[96] = "";
  unsigned long long ran, waited;
  if (schedstat < 0 || pread (schedstat, text, sizeof text - 1, 0) <= 0 || sscanf (text, "%llu %llu", &ran, &waited) != 2)
    return -1;
  return (gint64) (waited / 1000);
}

static Clocks
now (void)
{
  struct timespec t;
  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &t);
  return (Clocks){ g_get_monotonic_time (), t.tv_sec * G_USEC_PER_SEC + t.tv_nsec / 1000, run_delay () };
}

static void
take_stack (int number)
{
  g_atomic_int_set (&stack_depth, backtrace (stack, DEPTH));
}

static gpointer
watchdog (gpointer data)
{
  gint taken = 0;
  while (TRUE)
    {
      g_usleep (10000);
      gint since = g_atomic_int_get (&working_since), at = (gint) ((g_get_monotonic_time () - started) / 1000);
      if (since != 0 && since != taken && at - since > LONG_MS)
        {
          taken = since;
          pthread_kill (main_thread, SIGUSR2);
        }
    }
  return NULL;
}

static void
tell (const Clocks *begun, const Clocks *ended)
{
  int depth = g_atomic_int_get (&stack_depth);
  fprintf (out, "%.3f %.1f %.1f %.1f\n", (begun->wall - started) / 1e6, (ended->wall - begun->wall) / 1e3, (ended->processor - begun->processor) / 1e3,
           begun->delay < 0 ? -1.0 : (ended->delay - begun->delay) / 1e3);
  char **names = depth > 0 ? backtrace_symbols (stack, depth) : NULL;
  for (int i = 0; names != NULL && i < depth; i++)
    fprintf (out, "    %s\n", names[i]);
  free (names);
  fflush (out);
}

static int
poll_and_measure (GPollFD *fds, guint n, int timeout)
{
  static Clocks begun = { 0 };
  if (begun.wall != 0)
    {
      Clocks ended = now ();
      if (ended.wall - begun.wall > LONG_MS * 1000)
        tell (&begun, &ended);
    }
  g_atomic_int_set (&working_since, 0);
  int ready = g_poll (fds, n, timeout);
  begun = now ();
  g_atomic_int_set (&stack_depth, 0);
  g_atomic_int_set (&working_since, MAX (1, (gint) ((begun.wall - started) / 1000)));
  return ready;
}

void
cf_blocks_watch (void)
{
  const char *path = g_getenv ("CRYOFIELD_BLOCKS");
  out = path != NULL && *path != '\0' ? fopen (path, "w") : NULL;
  if (out == NULL)
    return;
  struct sigaction action = { .sa_handler = take_stack, .sa_flags = SA_RESTART };
  void *first[1];
  backtrace (first, 1); /* it loads a library the first time, which no handler may */
  sigaction (SIGUSR2, &action, NULL);
  schedstat = open ("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC);
  main_thread = pthread_self ();
  started = g_get_monotonic_time ();
  g_main_context_set_poll_func (NULL, poll_and_measure);
  g_thread_unref (g_thread_new ("blocks", watchdog, NULL));
}
