/* cf-window-finer.c: once the picture stands, what is in view is sampled as finely as it shows, on a worker; a move cancels it. */
#include "cf-window-private.h"

#include <math.h>

#include "cf-bake-fine.h"
#include "cf-fine-plan.h"
#include "cf-session-private.h"
#include "cf-workers.h"

#define STANDS_MS 500
#define BUSY_MS 1000 /* while other work has the cores */

typedef struct
{
  CfWindow *window; /* looked at on the main thread, where the cancellable is still the window's */
  CfSamples *samples, *made;
  CfEvaluator *evaluator;
  CfFinePart part;
  GCancellable *cancellable;
  int percent; /* atomic */
} Finer;

static void
finer_free (gpointer data)
{
  Finer *finer = data;
  cf_samples_unref (finer->samples);
  g_clear_pointer (&finer->made, cf_samples_unref);
  cf_evaluator_unref (finer->evaluator);
  g_object_unref (finer->cancellable);
  g_free (finer);
}

static void
stand (CfWindow *window, guint milliseconds);

/* Whether there are finer samples that the picture could show. */
static gboolean
can_be_finer (const CfWindow *window)
{
  const CfSessionState *s = cf_session_state (window->session);
  const CfPicture *picture = window->picture;
  return s->evaluator != NULL && s->samples != NULL && picture->samples == s->samples && !s->samples->voxels && picture->scene->field.serial != 0
         && !picture->scene->difference;
}

static gboolean
plan (CfWindow *window, CfFinePart *part)
{
  int width, height;
  CfCamera camera = *cf_viewport_camera (window->viewport);
  cf_picture_clip (window->picture, &camera);
  cf_viewport_size (window->viewport, &width, &height);
  return can_be_finer (window)
         && cf_fine_plan (window->picture->scene, &camera, width, height, cf_bake_fine_most (cf_session_state (window->session)->evaluator), part);
}

static gboolean
is_there (const CfPicture *picture, const CfFinePart *part)
{
  return picture->fine != NULL && (picture->fine->on_device == NULL || !cf_fine_samples_lost (picture->fine->on_device)) && cf_fine_same (&picture->scene->fine_part, part);
}

/* What the picture says of its detail. */
static void
note_detail (CfWindow *window, const CfFinePart *part, double share)
{
  CfPicture *picture = window->picture;
  picture->finer = share;
  picture->detail = NAN;
  if (part != NULL)
    picture->detail = cf_grid_smallest_edge (&picture->samples->grid) / (is_there (picture, part) ? picture->scene->fine_part.factor : 1);
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (window), "detail");
  g_simple_action_set_state (G_SIMPLE_ACTION (action), g_variant_new_double (isnan (picture->detail) ? 0 : picture->detail));
  gtk_widget_queue_draw (window->hud);
}

static void
progress (double fraction, gpointer data)
{
  Finer *finer = data;
  g_atomic_int_set (&finer->percent, (int) (100 * fraction));
}

static void
run (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Finer *finer = data;
  GError *error = NULL;
  CfGrid grid;
  cf_session_give_way ();
  cf_fine_grid (&finer->samples->grid, &finer->part, &grid);
  CfFineSamples *there = cf_bake_fine_there (finer->evaluator, &finer->samples->grid, finer->samples->data, &finer->part, progress, finer,
                                             finer->cancellable, &error);
  if (error == NULL)
    finer->made = there != NULL ? cf_samples_new_on_device (&grid, there) : cf_samples_try_new (&grid);
  if (error != NULL)
    g_task_return_error (task, error);
  else if (finer->made == NULL) /* the picture stays as it is */
    g_task_return_boolean (task, FALSE);
  else if (there != NULL)
    g_task_return_boolean (task, TRUE);
  else if (cf_bake_fine (finer->evaluator, &finer->samples->grid, finer->samples->data, &finer->part, finer->made->data, progress, finer,
                         finer->cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
ended (GObject *source, GAsyncResult *result, gpointer data)
{
  Finer *finer = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  gboolean good = g_task_propagate_boolean (G_TASK (result), &error);
  if (g_cancellable_is_cancelled (finer->cancellable))
    return;
  CfWindow *window = finer->window;
  g_clear_object (&window->finer_cancellable);
  if (good && can_be_finer (window) && window->picture->samples == finer->samples)
    {
      cf_picture_set_fine (window->picture, &finer->part, g_steal_pointer (&finer->made), cf_evaluator_ref (finer->evaluator));
      cf_viewport_refine (window->viewport);
    }
  if (error != NULL)
    cf_window_say (window, TRUE, error->message, NULL);
  note_detail (window, &finer->part, NAN);
}

static gboolean
follow (gpointer data)
{
  Finer *finer = g_task_get_task_data (data);
  if (g_task_get_completed (data) || g_cancellable_is_cancelled (finer->cancellable))
    return G_SOURCE_REMOVE;
  note_detail (finer->window, &finer->part, g_atomic_int_get (&finer->percent) / 100.0);
  return G_SOURCE_CONTINUE;
}

static void
begin (CfWindow *window, const CfFinePart *part)
{
  const CfSessionState *s = cf_session_state (window->session);
  Finer *finer = g_new0 (Finer, 1);
  window->finer_cancellable = g_cancellable_new ();
  finer->window = window;
  finer->samples = cf_samples_ref (s->samples);
  finer->evaluator = cf_evaluator_ref (s->evaluator);
  finer->part = *part;
  finer->cancellable = g_object_ref (window->finer_cancellable);
  window->finer_part = *part;
  g_autoptr (GTask) task = g_task_new (NULL, NULL, ended, NULL);
  g_task_set_task_data (task, finer, finer_free);
  cf_workers_run (task, run);
  g_timeout_add_full (G_PRIORITY_DEFAULT, 250, follow, g_object_ref (task), g_object_unref);
}

static gboolean
stood (gpointer data)
{
  CfWindow *window = data;
  const CfSessionState *s = cf_session_state (window->session);
  CfFinePart part;
  gboolean wanted = plan (window, &part);
  window->finer_source = 0;
  note_detail (window, wanted ? &part : NULL, NAN);
  if (!wanted || is_there (window->picture, &part))
    return G_SOURCE_REMOVE;
  if (s->activity != NULL || !isnan (window->picture->final) || !isnan (window->picture->film))
    stand (window, BUSY_MS);
  else
    begin (window, &part);
  return G_SOURCE_REMOVE;
}

static void
stand (CfWindow *window, guint milliseconds)
{
  window->finer_source = g_timeout_add_full (G_PRIORITY_DEFAULT, milliseconds, stood, window, NULL);
}

void
cf_window_drop_finer (CfWindow *window)
{
  g_clear_handle_id (&window->finer_source, g_source_remove);
  if (window->finer_cancellable != NULL)
    g_cancellable_cancel (window->finer_cancellable);
  g_clear_object (&window->finer_cancellable);
}

/* Newest wins; what does not change the view, as a selection, leaves what is under way. */
static void
viewport_changed (CfViewport *viewport, CfWindow *window)
{
  CfFinePart part;
  gboolean wanted = plan (window, &part);
  if (wanted && window->finer_cancellable != NULL && cf_fine_same (&window->finer_part, &part))
    return;
  cf_window_drop_finer (window);
  note_detail (window, wanted ? &part : NULL, NAN);
  stand (window, STANDS_MS);
}

void
cf_window_add_finer (CfWindow *window)
{
  /* Its state: A between the samples in view; 0 where the pixels show no more. */
  g_autoptr (GSimpleAction) action = g_simple_action_new_stateful ("detail", NULL, g_variant_new_double (0));
  g_action_map_add_action (G_ACTION_MAP (window), G_ACTION (action));
  g_signal_connect (window->viewport, "changed", G_CALLBACK (viewport_changed), window);
}
