#include "cf-final.h"

#include <math.h>

#include "cf-session-private.h"
#include "cf-workers.h"

struct _CfFinal
{
  CfFinalFunc changed;
  gpointer data;
  GtkWidget *widget;
  GCancellable *cancellable; /* of what is under way or shown; NULL none */
  gboolean done;
};

/* Pixels a side of the picture's; the last is what a file gets, if not too large. */
static const double passes[] = { 0.25, 0.5, 1, 2 };
#define SAMPLES_AT 2     /* the first pass that shows finer samples */
#define SAMPLES_COST 1.5 /* about, of the picture at one pixel a pixel */

typedef struct
{
  CfFinal *final; /* looked at on the main thread, where the cancellable is still its own */
  CfShot *shot;
  CfShotNetworks networks;
  double before, weight; /* shares of the work: of the passes before, of this one */
  double told;
  gsize expected; /* points of this pass */
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;
  cf_shot_free (job->shot);
  cf_evaluator_unref (job->networks.evaluator);
  g_object_unref (job->networks.cancellable);
  g_free (job);
}

static gboolean
is_current (const Job *job)
{
  return !g_cancellable_is_cancelled (job->networks.cancellable);
}

/* -- to the main thread ------------------------------------------------------------------------------------------------------------ */

typedef struct
{
  CfFinal *final;
  GCancellable *cancellable;
  double share;
  GdkTexture *texture;
} Message;

static void
message_free (gpointer data)
{
  Message *message = data;
  g_clear_object (&message->texture);
  g_object_unref (message->cancellable);
  g_free (message);
}

static gboolean
message_show (gpointer data)
{
  Message *message = data;
  CfFinal *final = message->final;
  if (g_cancellable_is_cancelled (message->cancellable))
    return G_SOURCE_REMOVE;
  if (message->texture != NULL)
    {
      gtk_picture_set_paintable (GTK_PICTURE (final->widget), GDK_PAINTABLE (message->texture));
      gtk_widget_set_visible (final->widget, TRUE);
    }
  final->done = message->share >= 1;
  final->changed (final->data, message->share, NULL);
  return G_SOURCE_REMOVE;
}

static void
tell (const Job *job, double share, guint8 *rgba)
{
  Message *message = g_new0 (Message, 1);
  message->final = job->final;
  message->cancellable = g_object_ref (job->networks.cancellable);
  message->share = share;
  if (rgba != NULL)
    {
      gsize row = (gsize) job->shot->width * 4;
      g_autoptr (GBytes) bytes = g_bytes_new_take (rgba, row * job->shot->height);
      message->texture = gdk_memory_texture_new (job->shot->width, job->shot->height, GDK_MEMORY_R8G8B8A8, bytes, row);
    }
  g_idle_add_full (G_PRIORITY_DEFAULT, message_show, message, message_free);
}

/* -- the worker -------------------------------------------------------------------------------------------------------------------- */

/* fraction: of this pass. */
static void
progress (double fraction, gpointer data)
{
  Job *job = data;
  double share = job->before + job->weight * MIN (1, fraction);
  if (share - job->told > 0.01)
    {
      job->told = share;
      tell (job, share, NULL);
    }
}

static void
asked (gpointer data)
{
  const Job *job = data;
  progress ((double) job->networks.points / job->expected, data);
}

static guint8 *
draw_pass (Job *job, CfOffscreen *offscreen, gsize pass, double *hits, GError **error)
{
  const CfShot *shot = job->shot;
  double pixels = passes[pass] * passes[pass] * shot->width * shot->height;
  job->networks.points = 0;
  job->expected = (gsize) (3 * *hits * pixels) + 1;
  guint8 *rgba = cf_shot_draw_final (shot, offscreen, passes[pass], &job->networks, error);
  *hits = job->networks.points / (3 * pixels);
  return rgba;
}

static void
run (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Job *job = data;
  GError *error = NULL;
  cf_session_give_way ();
  g_autoptr (CfOffscreen) offscreen = cf_offscreen_new (&error);
  double all = SAMPLES_COST, hits = 0.4; /* of the pixels, until the first pass has told */
  gsize n = G_N_ELEMENTS (passes);
  if (offscreen != NULL && cf_offscreen_detail (offscreen, job->shot->width, job->shot->height) < passes[n - 1])
    n--;
  for (gsize i = 0; i < n; i++)
    all += passes[i] * passes[i];
  for (gsize i = 0; i < n && error == NULL && is_current (job); i++)
    {
      job->weight = SAMPLES_COST / all;
      if (i == SAMPLES_AT && !cf_shot_sample (job->shot, &job->networks, &error))
        break;
      job->before += i == SAMPLES_AT ? job->weight : 0;
      job->weight = passes[i] * passes[i] / all;
      guint8 *rgba = draw_pass (job, offscreen, i, &hits, &error);
      job->before += job->weight;
      if (rgba != NULL)
        tell (job, i + 1 < n ? MIN (job->before, 0.999) : 1, rgba);
    }
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void
ended (GObject *source, GAsyncResult *result, gpointer data)
{
  Job *job = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  if (g_task_propagate_boolean (G_TASK (result), &error) || !is_current (job))
    return;
  CfFinal *final = job->final;
  g_clear_object (&final->cancellable);
  gtk_widget_set_visible (final->widget, FALSE);
  final->changed (final->data, NAN, error);
}

/* -- all --------------------------------------------------------------------------------------------------------------------------- */

CfFinal *
cf_final_new (CfFinalFunc changed, gpointer data)
{
  CfFinal *final = g_new0 (CfFinal, 1);
  final->changed = changed;
  final->data = data;
  final->widget = gtk_picture_new ();
  gtk_widget_set_can_target (final->widget, FALSE);
  gtk_widget_set_visible (final->widget, FALSE);
  gtk_picture_set_can_shrink (GTK_PICTURE (final->widget), TRUE);
  gtk_picture_set_content_fit (GTK_PICTURE (final->widget), GTK_CONTENT_FIT_FILL);
  return final;
}

void
cf_final_free (CfFinal *final)
{
  if (final->cancellable != NULL)
    g_cancellable_cancel (final->cancellable);
  g_clear_object (&final->cancellable);
  g_free (final);
}

GtkWidget *
cf_final_widget (CfFinal *final)
{
  return final->widget;
}

void
cf_final_start (CfFinal *final, CfShot *shot, CfEvaluator *evaluator)
{
  cf_final_drop (final);
  final->cancellable = g_cancellable_new ();
  Job *job = g_new0 (Job, 1);
  shot->final = TRUE;
  job->final = final;
  job->shot = shot;
  job->networks = (CfShotNetworks){ .evaluator = cf_evaluator_ref (evaluator), .cancellable = g_object_ref (final->cancellable), .progress = progress, .data = job, .asked = asked };
  g_autoptr (GTask) task = g_task_new (NULL, NULL, ended, NULL);
  g_task_set_task_data (task, job, job_free);
  cf_workers_run (task, run);
  final->changed (final->data, 0, NULL);
}

void
cf_final_drop (CfFinal *final)
{
  if (final->cancellable == NULL)
    return;
  g_cancellable_cancel (final->cancellable);
  g_clear_object (&final->cancellable);
  final->done = FALSE;
  gtk_widget_set_visible (final->widget, FALSE);
  gtk_picture_set_paintable (GTK_PICTURE (final->widget), NULL);
  final->changed (final->data, NAN, NULL);
}

gboolean
cf_final_is_done (CfFinal *final)
{
  return final->done;
}
