/* cf-window-train.c: what is fitted first: what the camera looks at, and what the user puts first; and what alone is fitted. */
#include "cf-window-private.h"

#include <math.h>
#include <string.h>

#include "cf-selection.h"
#include "cf-words.h"

#define MARGIN 5.0 /* A: as train --margin has it */
#define FOLLOW_MS 200 /* after the camera began to move; and again while it does */

/* The most that any place of the region has: corners, middles of edges and sides, centre. */
static double
interest_of (const CfCamera *camera, const CfBox *box)
{
  double most = 0;
  for (int k = 0; k < 27; k++)
    {
      const double at[3] = { k % 3 / 2.0, k / 3 % 3 / 2.0, k / 9 / 2.0 };
      double xyz[3] = { 0, 0, 0 };
      for (int i = 0; i < 8; i++)
        for (int a = 0; a < 3; a++)
          xyz[a] += box->corner[i][a] * (i & 1 ? at[0] : 1 - at[0]) * (i & 2 ? at[1] : 1 - at[1]) * (i & 4 ? at[2] : 1 - at[2]);
      most = MAX (most, cf_camera_interest (camera, xyz));
    }
  return most;
}

/* Of each region of the field. */
static double *
interests (CfWindow *window, const CfField *field)
{
  const guint8 rgba[4] = { 0 };
  const CfCamera *camera = cf_viewport_camera (window->viewport);
  double *found = g_new (double, field->n_regions);
  for (int i = 0; i < field->n_regions; i++)
    {
      CfBox box;
      cf_box_from_region (&box, field, i, rgba);
      found[i] = interest_of (camera, &box);
    }
  return found;
}

/* "3 7 1": regions that wait, next first, counted from 1 as in the list. */
static void
tell_queue (CfWindow *window)
{
  const CfSessionState *s = cf_session_state (window->session);
  int n = s->trainer != NULL && s->field != NULL ? s->field->n_regions : 0;
  g_autofree int *in_turn = g_new0 (int, n + 1);
  g_autoptr (GString) text = g_string_new (NULL);
  for (int i = 0; i < n; i++)
    {
      CfRegionProgress progress;
      cf_trainer_get_region (s->trainer, i, &progress);
      if (progress.state == CF_REGION_WAITING && progress.turn < n)
        in_turn[progress.turn] = i + 1;
    }
  for (int i = 0; i < n && in_turn[i] > 0; i++)
    g_string_append_printf (text, "%s%d", i > 0 ? " " : "", in_turn[i]);
  g_simple_action_set_state (G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (window), "queue")), g_variant_new_string (text->str));
}

static void
session_changed (CfSession *session, guint change, CfWindow *window)
{
  const CfSessionState *s = cf_session_state (session);
  if (!(change & CF_CHANGED_TRAINING))
    return;
  tell_queue (window);
  /* A fit that is killed in its first minute is offered too. */
  if (s->trainer != window->copied_trainer && s->trainer != NULL)
    cf_window_copy_now (window);
  window->copied_trainer = s->trainer;
}

static gboolean
follow_now (gpointer data)
{
  CfWindow *window = data;
  const CfSessionState *s = cf_session_state (window->session);
  window->watch_source = 0;
  window->watched_camera = *cf_viewport_camera (window->viewport);
  window->watched_trainer = s->trainer;
  /* As it was framed by the program, the camera says nothing about what the user wants to see. */
  if (s->trainer == NULL || s->field == NULL || !cf_window_camera_moved (window))
    return G_SOURCE_REMOVE;
  g_autofree double *priorities = interests (window, s->field);
  cf_session_set_region_priorities (window->session, priorities, s->field->n_regions);
  return G_SOURCE_REMOVE;
}

/* After each frame. */
static void
follow_camera (CfViewport *viewport, CfWindow *window)
{
  const CfSessionState *s = cf_session_state (window->session);
  gboolean same = memcmp (&window->watched_camera, cf_viewport_camera (viewport), sizeof window->watched_camera) == 0;
  if (s->trainer == NULL || (same && window->watched_trainer == s->trainer) || window->watch_source != 0)
    return;
  window->watch_source = g_timeout_add (FOLLOW_MS, follow_now, window);
}

static int
region_in_the_middle (CfWindow *window, const CfField *field)
{
  g_autofree double *found = interests (window, field);
  int best = 0;
  for (int i = 1; i < field->n_regions; i++)
    if (found[i] > found[best])
      best = i;
  return best;
}

/* The region of the parameter; -1: what is in the middle of the picture. */
static void
train_first (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  CfWindow *window = data;
  const CfSessionState *s = cf_session_state (window->session);
  int region = g_variant_get_int32 (parameter);
  CfRegionProgress progress;
  if (s->trainer == NULL || s->field == NULL || region >= s->field->n_regions)
    return;
  if (region < 0)
    region = region_in_the_middle (window, s->field);
  cf_trainer_get_region (s->trainer, region, &progress);
  cf_session_prefer_region (window->session, region);
  g_autofree char *text = g_strdup_printf (progress.state == CF_REGION_WAITING    ? _("Region #%d is trained next.")
                                           : progress.state == CF_REGION_TRAINING ? _("Region #%d is being trained.")
                                                                                  : _("Region #%d is trained already."),
                                           region + 1);
  cf_window_say (window, FALSE, text, NULL);
}

/* FALSE, having said why, where there is nothing of that name. */
static gboolean
box_around (CfWindow *window, const char *range, double box[6], GError **error)
{
  const CfSessionState *s = cf_session_state (window->session);
  CfSavedPick picks[2];
  gboolean any = FALSE;
  if (*range != '\0' && s->structure == NULL)
    {
      g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, _("No model is open that has residues %s"), range);
      return FALSE;
    }
  if (*range != '\0')
    return cf_selection_box (s->structure, range, MARGIN, box, error);
  cf_window_get_picks (window, picks);
  for (int a = 0; a < 3; a++)
    {
      box[a] = INFINITY;
      box[3 + a] = -INFINITY;
    }
  for (int i = 0; i < 2; i++)
    for (int a = 0; a < 3 && picks[i].kind != CF_SAVED_PICK_NONE; a++)
      {
        box[a] = MIN (box[a], picks[i].at[a] - MARGIN);
        box[3 + a] = MAX (box[3 + a], picks[i].at[a] + MARGIN);
        any = TRUE;
      }
  if (!any)
    g_set_error_literal (error, CF_ERROR, CF_ERROR_ARGUMENT, _("Nothing is selected: click an atom or a node, or name residues, A/10-40"));
  return any;
}

/* The residues of the parameter; empty: what is selected. */
static void
train_around (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  CfWindow *window = data;
  g_autofree char *range = g_strstrip (g_strdup (g_variant_get_string (parameter, NULL)));
  g_autoptr (GError) error = NULL;
  double box[6];
  if (!box_around (window, range, box, &error) || !cf_session_set_part (window->session, box, &error))
    cf_window_say (window, TRUE, error->message, NULL);
}

static void
train_whole (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  cf_session_set_part (CF_WINDOW (data)->session, NULL, NULL);
}

void
cf_window_add_train_actions (CfWindow *window)
{
  static const GActionEntry entries[] = {
    { .name = "train-first", .activate = train_first, .parameter_type = "i" },
    { .name = "train-around", .activate = train_around, .parameter_type = "s" },
    { .name = "train-whole", .activate = train_whole },
    { .name = "queue", .state = "''" },
  };
  g_action_map_add_action_entries (G_ACTION_MAP (window), entries, G_N_ELEMENTS (entries), window);
  g_signal_connect (window->viewport, "drawn", G_CALLBACK (follow_camera), window);
  g_signal_connect (window->session, "changed", G_CALLBACK (session_changed), window);
}
