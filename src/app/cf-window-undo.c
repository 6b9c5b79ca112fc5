/* cf-window-undo.c: what the user can take back: moves of the level, the crop or part, the selection and the view, in one list. */
#include "cf-window-private.h"

#include <math.h>
#include <string.h>

#include "cf-undo.h"
#include "cf-words.h"

#define VIEW_REST_MS 400 /* a view that has not changed for so long is one step */

enum
{
  LEVEL,     /* double: normalised */
  CROP,      /* Crop */
  SELECTION, /* CfSavedPick[2] */
  VIEW,      /* View */
  N_KINDS
};

/* What of the view can be taken back beside the camera, as actions. */
static const char *const switches[] = { "plane", "orthographic" };
static const char *const numbers[] = { "slice-x", "slice-y", "slice-z", "clip-near", "clip-far", "plane-at" };

/* Doubles alone, compared byte by byte, here and below. */
typedef struct
{
  double on, contour, has_box, box[6];
} Crop;

typedef struct
{
  double rotation[4], centre[3], distance, fov, normal[3], style;
  double on[G_N_ELEMENTS (switches)], at[G_N_ELEMENTS (numbers)];
} View;

static GVariant *
state_of (CfWindow *window, const char *name)
{
  return g_action_group_get_action_state (G_ACTION_GROUP (window), name);
}

static void
get_view (CfWindow *window, View *view)
{
  const CfCamera *camera = cf_viewport_camera (window->viewport);
  for (int i = 0; i < 4; i++)
    view->rotation[i] = camera->rotation[i];
  memcpy (view->centre, camera->centre, sizeof view->centre);
  view->distance = camera->distance;
  view->fov = camera->fov;
  memcpy (view->normal, window->picture->options.plane_normal, sizeof view->normal);
  view->style = window->picture->options.style;
  for (gsize i = 0; i < G_N_ELEMENTS (switches); i++)
    {
      g_autoptr (GVariant) state = state_of (window, switches[i]);
      view->on[i] = g_variant_get_boolean (state);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      g_autoptr (GVariant) state = state_of (window, numbers[i]);
      view->at[i] = g_variant_get_double (state);
    }
}

static void
set_view (CfWindow *window, const View *view)
{
  GActionGroup *actions = G_ACTION_GROUP (window);
  CfCamera camera = *cf_viewport_camera (window->viewport);
  for (int i = 0; i < 4; i++)
    camera.rotation[i] = (float) view->rotation[i];
  memcpy (camera.centre, view->centre, sizeof view->centre);
  camera.distance = view->distance;
  camera.fov = view->fov;
  memcpy (window->picture->options.plane_normal, view->normal, sizeof view->normal);
  g_action_group_change_action_state (actions, "style", g_variant_new_string (cf_style_name ((CfStyle) view->style)));
  for (gsize i = 0; i < G_N_ELEMENTS (switches); i++)
    g_action_group_change_action_state (actions, switches[i], g_variant_new_boolean (view->on[i] != 0));
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    g_action_group_change_action_state (actions, numbers[i], g_variant_new_double (view->at[i]));
  cf_viewport_set_camera (window->viewport, &camera);
}

static void
apply (guint kind, const void *value, gpointer data)
{
  CfWindow *window = data;
  const Crop *crop = value;
  switch (kind)
    {
    case LEVEL:
      cf_session_set_level (window->session, *(const double *) value, TRUE);
      break;
    case CROP:
      cf_session_set_contour (window->session, crop->contour);
      cf_session_set_crop (window->session, crop->on != 0);
      cf_session_set_part (window->session, crop->has_box != 0 ? crop->box : NULL, NULL);
      break;
    case SELECTION:
      cf_window_set_picks (window, value);
      break;
    default:
      set_view (window, value);
    }
}

/* -- notes ----------------------------------------------------------------------------------------------------------------------- */

static void
show_next (CfWindow *window, const char *action, GtkWidget *button, int next, const char *const words[N_KINDS], const char *none)
{
  g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (window), action)), next >= 0);
  gtk_widget_set_tooltip_text (button, next >= 0 ? _(words[next]) : none);
}

void
cf_window_update_undo (CfWindow *window)
{
  static const char *const undo[N_KINDS]
      = { N_("Undo the level (Ctrl+Z)"), N_("Undo the crop (Ctrl+Z)"), N_("Undo the selection (Ctrl+Z)"), N_("Undo the view (Ctrl+Z)") };
  static const char *const redo[N_KINDS] = { N_("Redo the level (Ctrl+Shift+Z)"), N_("Redo the crop (Ctrl+Shift+Z)"), N_("Redo the selection (Ctrl+Shift+Z)"),
                                             N_("Redo the view (Ctrl+Shift+Z)") };
  show_next (window, "undo", window->undo_button, cf_undo_next_undo (window->undo), undo, _("Undo (Ctrl+Z)"));
  show_next (window, "redo", window->redo_button, cf_undo_next_redo (window->undo), redo, _("Redo (Ctrl+Shift+Z)"));
}

void
cf_window_note_selection (CfWindow *window, gboolean by_user)
{
  CfSavedPick picks[2];
  memset (picks, 0, sizeof picks);
  cf_window_get_picks (window, picks);
  if (by_user)
    cf_undo_note (window->undo, SELECTION, picks, TRUE);
  else
    cf_undo_rebase (window->undo, SELECTION, picks);
  cf_window_update_undo (window);
}

static gboolean
view_rests (gpointer data)
{
  CfWindow *window = data;
  if (cf_viewport_is_dragging (window->viewport))
    return G_SOURCE_CONTINUE;
  window->view_source = 0;
  cf_undo_settle (window->undo, VIEW);
  cf_window_update_undo (window);
  return G_SOURCE_REMOVE;
}

void
cf_window_note_view (CfWindow *window, gboolean by_user)
{
  View view;
  memset (&view, 0, sizeof view);
  get_view (window, &view);
  if (!by_user || !window->framed || cf_viewport_get_spin (window->viewport))
    {
      cf_undo_rebase (window->undo, VIEW, &view);
      return;
    }
  cf_undo_note (window->undo, VIEW, &view, FALSE);
  g_clear_handle_id (&window->view_source, g_source_remove);
  window->view_source = g_timeout_add_full (G_PRIORITY_DEFAULT, VIEW_REST_MS, view_rests, window, NULL);
  cf_window_update_undo (window);
}

/* A finding is a place and what stands there: one step. */
void
cf_window_note_place (CfWindow *window)
{
  cf_undo_begin_group (window->undo);
  cf_window_note_selection (window, TRUE);
  cf_window_note_view (window, TRUE);
  cf_undo_settle (window->undo, VIEW);
  cf_undo_end_group (window->undo);
}

void
cf_window_undo_follow (CfWindow *window, CfSessionChange change)
{
  const CfSessionState *s = cf_session_state (window->session);
  if (s->title == NULL && change & CF_CHANGED_DOCUMENT)
    {
      cf_undo_clear (window->undo);
      cf_window_note_selection (window, FALSE);
      return;
    }
  if (change & CF_CHANGED_LEVEL && s->has_level && s->prepared)
    cf_undo_note (window->undo, LEVEL, &s->level.normalised, !cf_session_is_moving_level (window->session));
  if (change & CF_CHANGED_DOCUMENT && s->prepared)
    {
      Crop crop = { .on = s->crop ? 1 : 0, .contour = isnan (s->contour) ? (double) NAN : s->contour, .has_box = s->has_box ? 1 : 0 };
      memcpy (crop.box, s->box, sizeof crop.box);
      cf_undo_note (window->undo, CROP, &crop, TRUE);
    }
  cf_window_update_undo (window);
}

/* -- actions --------------------------------------------------------------------------------------------------------------------- */

static void
undo_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  cf_undo_undo (CF_WINDOW (data)->undo);
  cf_window_update_undo (CF_WINDOW (data));
}

static void
redo_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  cf_undo_redo (CF_WINDOW (data)->undo);
  cf_window_update_undo (CF_WINDOW (data));
}

static void
drawn (CfWindow *window)
{
  cf_window_note_view (window, TRUE);
}

void
cf_window_add_undo (CfWindow *window)
{
  static const gsize sizes[N_KINDS] = { sizeof (double), sizeof (Crop), 2 * sizeof (CfSavedPick), sizeof (View) };
  static const GActionEntry entries[] = {
    { "undo", undo_action, NULL, NULL, NULL, { 0 } },
    { "redo", redo_action, NULL, NULL, NULL, { 0 } },
  };
  window->undo = cf_undo_new (apply, window);
  for (guint k = 0; k < N_KINDS; k++)
    cf_undo_add_kind (window->undo, k, sizes[k]);
  g_action_map_add_action_entries (G_ACTION_MAP (window), entries, G_N_ELEMENTS (entries), window);
  g_signal_connect_object (window->viewport, "drawn", G_CALLBACK (drawn), window, G_CONNECT_SWAPPED);
}
