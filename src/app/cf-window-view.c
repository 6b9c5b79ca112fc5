/* cf-window-view.c: what is seen of the picture and how, each an action with a state: the panel "View", keys and D-Bus share them. */
#include "cf-window-private.h"

#include <math.h>
#include <string.h>

#include "cf-trust.h"
#include "cf-words.h"

/* -- the voxels beside the field ---------------------------------------------------------------------------------------------- */

static void
trust_made (GObject *source, GAsyncResult *result, gpointer data)
{
  CfTrustKind kind;
  g_autoptr (GError) error = NULL;
  CfTrust *trust = cf_trust_make_finish (result, &kind, &error);
  if (trust == NULL && g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return; /* the window may be gone */
  CfWindow *window = data;
  window->trust_wanted &= ~(1u << kind);
  if (trust == NULL)
    {
      cf_window_say (window, TRUE, error->message, NULL);
      return;
    }
  g_clear_pointer (&window->picture->trusts[kind], cf_trust_free);
  window->picture->trusts[kind] = trust;
  cf_window_redraw (window, CF_CHANGED_ALL, FALSE);
}

static void
need_trust (CfWindow *window, CfTrustKind kind)
{
  const CfSessionState *s = cf_session_state (window->session);
  gboolean difference = kind == CF_TRUST_DIFFERENCE;
  if (window->picture->trusts[kind] != NULL || window->trust_wanted & 1u << kind || s->volume == NULL || !s->prepared
      || (difference && s->evaluator == NULL))
    return;
  if (window->trust_cancellable == NULL)
    window->trust_cancellable = g_cancellable_new ();
  window->trust_wanted |= 1u << kind;
  cf_trust_make_async (kind, s->volume, &s->normalisation, difference ? s->evaluator : NULL, window->trust_cancellable, trust_made, window);
}

/* What the picture asks for and has not. */
static void
need_trusts (CfWindow *window)
{
  const CfPictureOptions *o = &window->picture->options;
  if (o->split)
    need_trust (window, o->split_filter == CF_FILTER_CUBIC ? CF_TRUST_SPLINE : CF_TRUST_VOXELS);
  if (o->difference || o->box_colour == CF_BOX_COLOUR_DIFFERENCE || o->box_colour == CF_BOX_COLOUR_SEAM)
    need_trust (window, CF_TRUST_DIFFERENCE);
}

void
cf_window_drop_trusts (CfWindow *window, gboolean all)
{
  if (window->trust_cancellable != NULL)
    g_cancellable_cancel (window->trust_cancellable);
  g_clear_object (&window->trust_cancellable);
  window->trust_wanted = 0;
  for (int kind = 0; kind < CF_N_TRUSTS; kind++)
    if (all || kind == CF_TRUST_DIFFERENCE)
      cf_picture_drop_trust (window->picture, (CfTrustKind) kind);
}

void
cf_window_view_follow (CfWindow *window, CfSessionChange change)
{
  const CfSessionState *s = cf_session_state (window->session);
  if (window->trust_volume != s->volume || (change & CF_CHANGED_DOCUMENT && memcmp (&window->trust_normalisation, &s->normalisation, sizeof s->normalisation) != 0))
    cf_window_drop_trusts (window, TRUE);
  else if (window->trust_evaluator != s->evaluator)
    cf_window_drop_trusts (window, FALSE);
  window->trust_volume = s->volume;
  window->trust_normalisation = s->normalisation;
  window->trust_evaluator = s->evaluator;
  need_trusts (window);
}

/* -- actions ------------------------------------------------------------------------------------------------------------------ */

#define OPTION(name) G_STRUCT_OFFSET (CfPictureOptions, name)

static const struct
{
  const char *name;
  gsize offset;
} switches[] = {
  { "outline", OPTION (outline) },       { "depth-cue", OPTION (depth_cue) },   { "orthographic", OPTION (orthographic) },
  { "plane", OPTION (plane) },           { "second", OPTION (second) },         { "difference", OPTION (difference) },
  { "split", OPTION (split) },
};

static const struct
{
  const char *name;
  gsize offset;
  double lo, hi;
} numbers[] = {
  { "slice-x", OPTION (slice[0]), 0, 1 },           { "slice-y", OPTION (slice[1]), 0, 1 },
  { "slice-z", OPTION (slice[2]), 0, 1 },           { "clip-near", OPTION (clip[0]), 0, 1 },
  { "clip-far", OPTION (clip[1]), 0, 1 },           { "plane-at", OPTION (plane_at), 0, 1 },
  { "second-ratio", OPTION (second_ratio), 0.1, 4 }, { "difference-level", OPTION (difference_level), 0.5, 12 },
  { "split-at", OPTION (split_at), 0, 1 },
};

static const struct
{
  const char *action, *name;
  int value;
} choices[] = {
  { "split-filter", "nearest", CF_FILTER_NEAREST },       { "split-filter", "trilinear", CF_FILTER_LINEAR },
  { "split-filter", "tricubic", CF_FILTER_CUBIC },        { "box-colour", "state", CF_BOX_COLOUR_STATE },
  { "box-colour", "loss", CF_BOX_COLOUR_LOSS },           { "box-colour", "difference", CF_BOX_COLOUR_DIFFERENCE }, { "box-colour", "seam", CF_BOX_COLOUR_SEAM },
};

static void
face_plane (CfWindow *window)
{
  float view[16];
  CfPictureOptions *o = &window->picture->options;
  cf_camera_view (cf_viewport_camera (window->viewport), view);
  for (int a = 0; a < 3; a++)
    o->plane_normal[a] = view[4 * a + 2];
}

static void
switch_changed (GSimpleAction *action, GVariant *value, gpointer data)
{
  CfWindow *window = data;
  CfPictureOptions *o = &window->picture->options;
  const char *name = g_action_get_name (G_ACTION (action));
  for (gsize i = 0; i < G_N_ELEMENTS (switches); i++)
    if (strcmp (name, switches[i].name) == 0)
      G_STRUCT_MEMBER (gboolean, o, switches[i].offset) = g_variant_get_boolean (value);
  if (o->plane && o->plane_normal[0] == 0 && o->plane_normal[1] == 0 && o->plane_normal[2] == 0)
    face_plane (window);
  g_simple_action_set_state (action, value);
  need_trusts (window);
  cf_window_redraw (window, CF_CHANGED_ALL, FALSE);
}

static void
number_changed (GSimpleAction *action, GVariant *value, gpointer data)
{
  CfWindow *window = data;
  const char *name = g_action_get_name (G_ACTION (action));
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (strcmp (name, numbers[i].name) == 0)
      {
        double number = g_variant_get_double (value);
        if (isnan (number))
          return;
        number = CLAMP (number, numbers[i].lo, numbers[i].hi);
        G_STRUCT_MEMBER (double, &window->picture->options, numbers[i].offset) = number;
        g_simple_action_set_state (action, g_variant_new_double (number));
      }
  cf_window_redraw (window, CF_CHANGED_LEVEL, TRUE);
}

static void
choice_changed (GSimpleAction *action, GVariant *value, gpointer data)
{
  CfWindow *window = data;
  CfPictureOptions *o = &window->picture->options;
  const char *name = g_action_get_name (G_ACTION (action)), *text = g_variant_get_string (value, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (choices); i++)
    if (strcmp (name, choices[i].action) == 0 && strcmp (text, choices[i].name) == 0)
      {
        if (strcmp (name, "split-filter") == 0)
          o->split_filter = (CfFilter) choices[i].value;
        else
          o->box_colour = (CfBoxColour) choices[i].value;
        g_simple_action_set_state (action, value);
      }
  need_trusts (window);
  cf_window_redraw (window, CF_CHANGED_ALL, FALSE);
}

/* A preset's name becomes its points for the present level. What is chosen is shown. */
static void
transfer_changed (GSimpleAction *action, GVariant *value, gpointer data)
{
  CfWindow *window = data;
  g_autoptr (GError) error = NULL;
  CfPictureOptions *o = &window->picture->options;
  const CfSessionState *s = cf_session_state (window->session);
  if (!cf_transfer_parse (g_variant_get_string (value, NULL), s->has_level ? s->level.normalised : 0.2, &o->transfer, &error))
    {
      cf_window_say (window, TRUE, error->message, NULL);
      return;
    }
  g_autofree char *text = cf_transfer_text (&o->transfer);
  g_simple_action_set_state (action, g_variant_new_string (text));
  if (o->transfer.n > 0 && o->style != CF_STYLE_VOLUME)
    g_action_group_activate_action (G_ACTION_GROUP (window), "style", g_variant_new_string (cf_style_name (CF_STYLE_VOLUME)));
  cf_window_redraw (window, CF_CHANGED_LEVEL, TRUE);
}

static void
mouse_changed (GSimpleAction *action, GVariant *value, gpointer data)
{
  if (cf_viewport_set_mouse (CF_WINDOW (data)->viewport, g_variant_get_string (value, NULL)))
    g_simple_action_set_state (action, value);
}

static void
face_plane_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  CfWindow *window = data;
  face_plane (window);
  g_action_change_state (g_action_map_lookup_action (G_ACTION_MAP (window), "plane"), g_variant_new_boolean (TRUE));
}

/* The key slides what slides: of the slices the one that is seen flattest, else the free plane where it is on, else the near clip. */
static void
slide_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  static const char *const slices[3] = { "slice-x", "slice-y", "slice-z" };
  CfWindow *window = data;
  const CfPictureOptions *o = &window->picture->options;
  const CfGrid *grid = &window->picture->scene->field.grid;
  const char *name = o->plane ? "plane-at" : "clip-near";
  double step = g_variant_get_double (parameter);
  if (o->style == CF_STYLE_SLICES)
    {
      float view[16];
      double best = -1;
      cf_camera_view (cf_viewport_camera (window->viewport), view);
      for (int a = 0; a < 3; a++)
        {
          double facing = 0;
          for (int b = 0; b < 3; b++)
            facing += view[4 * b + 2] * grid->inverse[a][b];
          facing = fabs (facing) * cf_grid_edge (grid, a);
          name = facing > best ? slices[a] : name;
          best = fmax (best, facing);
        }
    }
  GAction *slid = g_action_map_lookup_action (G_ACTION_MAP (window), name);
  g_autoptr (GVariant) state = g_action_get_state (slid);
  g_action_change_state (slid, g_variant_new_double (g_variant_get_double (state) + step));
}

static void
viewport_lost (CfViewport *viewport, CfWindow *window)
{
  cf_window_say (window, FALSE, _("The graphics device was reset; the picture is drawn anew"), NULL);
}

static void
add_stateful (CfWindow *window, const char *name, GVariant *state, GCallback changed, const GVariantType *parameter)
{
  g_autoptr (GSimpleAction) action = g_simple_action_new_stateful (name, parameter, state);
  g_signal_connect (action, "change-state", changed, window);
  g_action_map_add_action (G_ACTION_MAP (window), G_ACTION (action));
}

void
cf_window_add_view_actions (CfWindow *window)
{
  static const GActionEntry entries[] = {
    { "face-plane", face_plane_action, NULL, NULL, NULL, { 0 } },
    { "slide", slide_action, "d", NULL, NULL, { 0 } },
    { "mouse", NULL, "s", "'chimerax'", mouse_changed, { 0 } },
  };
  const CfPictureOptions *o = &window->picture->options;
  g_action_map_add_action_entries (G_ACTION_MAP (window), entries, G_N_ELEMENTS (entries), window);
  for (gsize i = 0; i < G_N_ELEMENTS (switches); i++)
    add_stateful (window, switches[i].name, g_variant_new_boolean (G_STRUCT_MEMBER (gboolean, o, switches[i].offset)),
                  G_CALLBACK (switch_changed), NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    add_stateful (window, numbers[i].name, g_variant_new_double (G_STRUCT_MEMBER (double, o, numbers[i].offset)), G_CALLBACK (number_changed), NULL);
  g_signal_connect (window->viewport, "lost", G_CALLBACK (viewport_lost), window);
  add_stateful (window, "split-filter", g_variant_new_string ("trilinear"), G_CALLBACK (choice_changed), G_VARIANT_TYPE_STRING);
  add_stateful (window, "transfer", g_variant_new_string (""), G_CALLBACK (transfer_changed), G_VARIANT_TYPE_STRING);
  add_stateful (window, "box-colour", g_variant_new_string ("state"), G_CALLBACK (choice_changed), G_VARIANT_TYPE_STRING);
}
