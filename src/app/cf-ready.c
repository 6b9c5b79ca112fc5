/* cf-ready.c: one worker; the style that a window begins with first, then the others. */
#include "cf-ready.h"

#include <gio/gio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "cf-warm-up.h"

typedef struct
{
  GWeakRef object;
  void (*func) (GObject *object);
} Waiting;

static enum { NOT_BEGUN, UNDER_WAY, READY } state;
static GList *waiting;
static GThread *thread;
static int drawing; /* atomic */

static void
call (gpointer data)
{
  Waiting *w = data;
  g_autoptr (GObject) object = g_weak_ref_get (&w->object);
  if (object != NULL)
    w->func (object);
  g_weak_ref_clear (&w->object);
  g_free (w);
}

static gboolean
first_ready (gpointer data)
{
  state = READY;
  g_list_free_full (g_steal_pointer (&waiting), call);
  return G_SOURCE_REMOVE;
}

void
cf_ready_choose_renderer (void)
{
  static const char *const cards[] = { "/dev/nvidiactl", "/dev/dxg", "/dev/kgsl-3d0", "/dev/mali0" };
  gboolean card = FALSE;
  g_autoptr (GDir) dir = g_dir_open ("/dev/dri", 0, NULL);
  for (const char *name; dir != NULL && (name = g_dir_read_name (dir)) != NULL;)
    card |= g_str_has_prefix (name, "renderD");
  for (gsize i = 0; i < G_N_ELEMENTS (cards); i++)
    card |= g_file_test (cards[i], G_FILE_TEST_EXISTS);
  if (!card)
    g_setenv ("GSK_RENDERER", "cairo", FALSE);
}

/* Twice: a program that comes back from Mesa's cache is not in all cases the one that was put there, and has machine code of its own. What fails
 * here fails again in the window, and is said there. */
static gpointer
run (gpointer data)
{
  cf_render_warm_up (CF_STYLE_SURFACE, NULL);
  cf_render_warm_up (CF_STYLE_SURFACE, NULL);
  g_idle_add_full (G_PRIORITY_DEFAULT, first_ready, NULL, NULL);
  (void) setpriority (PRIO_PROCESS, (id_t) gettid (), 10);
  for (int style = 0; style < CF_N_STYLES; style++)
    if (style != CF_STYLE_SURFACE)
      cf_render_warm_up ((CfStyle) style, NULL);
  g_atomic_int_set (&drawing, 0);
  return NULL;
}

void
cf_ready_begin (void)
{
  if (state != NOT_BEGUN)
    return;
  state = UNDER_WAY;
  drawing = 1;
  thread = g_thread_new ("shaders", run, NULL);
}

gboolean
cf_ready_end (void)
{
  if (g_atomic_int_get (&drawing))
    return FALSE;
  g_clear_pointer (&thread, g_thread_join);
  return TRUE;
}

void
cf_ready_then (GObject *object, void (*func) (GObject *object))
{
  if (state != UNDER_WAY)
    {
      func (object);
      return;
    }
  Waiting *w = g_new0 (Waiting, 1);
  g_weak_ref_init (&w->object, object);
  w->func = func;
  waiting = g_list_append (waiting, w);
}
