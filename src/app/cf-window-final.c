/* cf-window-final.c: the picture by the networks themselves, in the window: begun by a key, gone as soon as anything moves. */
#include "cf-window-private.h"

#include <math.h>

#include "cf-words.h"

/* The action's state is the share that is done, -1 where there is none. */
static void
final_changed (gpointer data, double share, const GError *error)
{
  CfWindow *window = data;
  window->picture->final = share;
  GAction *action = g_action_map_lookup_action (G_ACTION_MAP (window), "final");
  g_simple_action_set_state (G_SIMPLE_ACTION (action), g_variant_new_double (isnan (share) ? -1 : share));
  if (error != NULL)
    cf_window_say (window, TRUE, error->message, NULL);
  gtk_widget_queue_draw (window->hud);
}

static void
viewport_changed (CfViewport *viewport, CfWindow *window)
{
  if (window->final != NULL)
    cf_final_drop (window->final);
}

static const char *
why_not (const CfWindow *window)
{
  const CfSessionState *s = cf_session_state (window->session);
  const CfPictureOptions *o = &window->picture->options;
  if (s->evaluator == NULL || s->samples == NULL || s->samples->voxels)
    return _("The networks draw the picture once they are fitted and sampled");
  if (o->style != CF_STYLE_SURFACE || o->difference || !o->field)
    return _("The networks themselves draw the style Surface");
  return NULL;
}

/* Again: it is stopped. */
static void
final_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  CfWindow *window = data;
  int width, height;
  if (!isnan (window->picture->final))
    {
      cf_final_drop (window->final);
      return;
    }
  const char *missing = why_not (window);
  if (missing != NULL)
    {
      cf_window_say (window, FALSE, missing, NULL);
      return;
    }
  cf_viewport_size (window->viewport, &width, &height);
  cf_window_make_whole (window);
  cf_final_start (window->final, cf_shot_new (window->picture, cf_viewport_camera (window->viewport), width, height, FALSE),
                  cf_session_state (window->session)->evaluator);
}

void
cf_window_add_final (CfWindow *window)
{
  window->final = cf_final_new (final_changed, window);
  g_autoptr (GSimpleAction) action = g_simple_action_new_stateful ("final", NULL, g_variant_new_double (-1));
  g_signal_connect (action, "activate", G_CALLBACK (final_action), window);
  g_action_map_add_action (G_ACTION_MAP (window), G_ACTION (action));
  g_signal_connect (window->viewport, "changed", G_CALLBACK (viewport_changed), window);
  /* Over the viewport, under all that is written on it. */
  GtkWidget *widget = cf_final_widget (window->final);
  gtk_overlay_add_overlay (GTK_OVERLAY (window->overlay), widget);
  gtk_widget_insert_after (widget, window->overlay, GTK_WIDGET (window->viewport));
}
