/* cf-window-film.c: films from the window: each is drawn on a worker from the scene as it stands, with progress, and can be stopped. */
#include "cf-window-files.h"

#include <math.h>
#include <string.h>

#include "cf-export.h"
#include "cf-film-plan.h"
#include "cf-film.h"
#include "cf-notices.h"
#include "cf-session-private.h"
#include "cf-words.h"
#include "cf-workers.h"

#define WIDTH_MAX 1280
#define SECONDS 8
#define FRAMES_A_SECOND 25

typedef struct
{
  CfWindow *window; /* looked at on the main thread, where the cancellable is still the window's */
  CfShot *shot;
  CfFilmMove move;
  CfReplay *replay; /* NULL but of a training */
  char *path;
  GCancellable *cancellable;
  gint64 since; /* monotonic us */
  int percent; /* atomic */
} Film;

static void
film_free (gpointer data)
{
  Film *film = data;
  cf_shot_free (film->shot);
  g_clear_pointer (&film->replay, cf_replay_free);
  g_free (film->path);
  g_object_unref (film->cancellable);
  g_free (film);
}

/* -- on the main thread ------------------------------------------------------------------------------------------------------------ */

static void
show (CfWindow *window, double share)
{
  window->picture->film = share;
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (window), "film");
  g_simple_action_set_state (G_SIMPLE_ACTION (action), g_variant_new_double (isnan (share) ? -1 : share));
  gtk_widget_queue_draw (window->hud);
}

static gboolean
follow (gpointer data)
{
  GTask *task = data;
  Film *film = g_task_get_task_data (task);
  if (g_task_get_completed (task) || g_cancellable_is_cancelled (film->cancellable))
    return G_SOURCE_REMOVE;
  show (film->window, g_atomic_int_get (&film->percent) / 100.0);
  return G_SOURCE_CONTINUE;
}

static void
finished (GObject *source, GAsyncResult *result, gpointer data)
{
  Film *film = g_task_get_task_data (G_TASK (result));
  CfWindow *window = film->window;
  g_autoptr (GError) error = NULL;
  gboolean good = g_task_propagate_boolean (G_TASK (result), &error);
  if (g_cancellable_is_cancelled (film->cancellable))
    return;
  g_clear_object (&window->film_cancellable);
  show (window, NAN);
  g_autofree char *text = good ? g_strdup_printf (_("%s was written"), film->path) : NULL;
  cf_window_say (window, !good, good ? text : error->message, good ? film->path : NULL);
  cf_notices_ended (window, film->since, good ? text : error->message);
}

void
cf_window_drop_film (CfWindow *window)
{
  if (window->film_cancellable == NULL)
    return;
  g_cancellable_cancel (window->film_cancellable);
  g_clear_object (&window->film_cancellable);
}

/* -- the worker -------------------------------------------------------------------------------------------------------------------- */

static void
progress (double fraction, gpointer data)
{
  Film *film = data;
  g_atomic_int_set (&film->percent, (int) (100 * fraction));
}

static void
run (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Film *film = data;
  const CfShot *shot = film->shot;
  GError *error = NULL;
  cf_session_give_way ();
  const CfFilmPlan plan = { .move = film->move,
                            .width = shot->width,
                            .height = shot->height,
                            .frames_a_second = FRAMES_A_SECOND,
                            .seconds = SECONDS,
                            .scene = shot->picture->scene,
                            .camera = shot->camera,
                            .replay = film->replay,
                            .progress = progress,
                            .progress_data = film,
                            .cancellable = film->cancellable };
  if (cf_film_plan_save (&plan, film->path, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* -- from the menu to the worker --------------------------------------------------------------------------------------------------- */

static void
start (CfWindow *window, CfFilmMove move, const char *path)
{
  int width, height;
  const CfSessionState *s = cf_session_state (window->session);
  cf_viewport_size (window->viewport, &width, &height);
  double scale = MIN (1, (double) WIDTH_MAX / width);
  gboolean filling = s->trainer != NULL && s->training.state != CF_TRAINER_DONE;
  Film *film = g_new0 (Film, 1);
  cf_window_drop_film (window);
  window->film_cancellable = g_cancellable_new ();
  film->window = window;
  film->since = g_get_monotonic_time ();
  film->cancellable = g_object_ref (window->film_cancellable);
  film->path = g_strdup (path);
  film->move = move;
  film->replay = move == CF_FILM_TRAINING ? cf_replay_copy (s->replay) : NULL;
  cf_window_make_whole (window);
  film->shot = cf_shot_new (window->picture, cf_viewport_camera (window->viewport), MAX (2, (int) (width * scale) & ~1), MAX (2, (int) (height * scale) & ~1),
                            filling);
  show (window, 0);
  g_autoptr (GTask) task = g_task_new (NULL, NULL, finished, NULL);
  g_task_set_task_data (task, film, film_free);
  cf_workers_run (task, run);
  g_timeout_add_full (G_PRIORITY_DEFAULT, 200, follow, g_object_ref (task), g_object_unref);
}

static void
path_chosen (CfWindow *window, const char *const *paths, gpointer data)
{
  if (paths != NULL)
    start (window, (CfFilmMove) GPOINTER_TO_INT (data), paths[0]);
}

static void
ask_path (CfWindow *window, CfFilmMove move)
{
  g_autoptr (CfDocument) document = cf_session_take_document (window->session);
  g_autofree char *suffix = g_strdup_printf (".%s%s", cf_film_moves[move], cf_film_check ("a.webm", NULL) ? ".webm" : ".apng");
  g_autofree char *name = cf_export_name (document, CF_EXPORT_PICTURE, suffix);
  const CfFilesQuestion question = { .title = _("Save the film"),
                                     .action = GTK_FILE_CHOOSER_ACTION_SAVE,
                                     .name = name,
                                     .chosen = path_chosen,
                                     .data = GINT_TO_POINTER (move) };
  cf_window_ask_files (window, &question);
}

static gboolean
has_replay (CfWindow *window)
{
  const CfSessionState *s = cf_session_state (window->session);
  return s->replay != NULL && cf_replay_n_steps (s->replay) > 0;
}

/* Its parameter: where to; '' asks. */
static void
film_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  CfWindow *window = data;
  const char *path = g_variant_get_string (parameter, NULL);
  CfFilmMove move = CF_FILM_TURNTABLE;
  const char *name = g_action_get_name (G_ACTION (action)) + strlen ("film-");
  g_autoptr (GError) error = NULL;
  if (!cf_session_is_open (window->session))
    return;
  while (strcmp (cf_film_moves[move], name) != 0)
    move++;
  if (move == CF_FILM_TRAINING && !has_replay (window))
    {
      cf_window_say (window, FALSE, _("A film of the training needs one that ran in this window"), NULL);
      return;
    }
  if (*path == '\0')
    ask_path (window, move);
  else if (cf_film_check (path, &error))
    start (window, move, path);
  else
    cf_window_say (window, TRUE, error->message, NULL);
}

static void
stop_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  CfWindow *window = data;
  cf_window_drop_film (window);
  show (window, NAN);
}

void
cf_window_add_film (CfWindow *window)
{
  static const GActionEntry entries[] = {
    { "film-turntable", film_action, "s", NULL, NULL, { 0 } },
    { "film-threshold", film_action, "s", NULL, NULL, { 0 } },
    { "film-training", film_action, "s", NULL, NULL, { 0 } },
  };
  g_action_map_add_action_entries (G_ACTION_MAP (window), entries, G_N_ELEMENTS (entries), window);
  /* Its state is the share that is drawn, -1 where there is no film under way; activated, it stops it. */
  g_autoptr (GSimpleAction) action = g_simple_action_new_stateful ("film", NULL, g_variant_new_double (-1));
  g_signal_connect (action, "activate", G_CALLBACK (stop_action), window);
  g_action_map_add_action (G_ACTION_MAP (window), G_ACTION (action));
}
