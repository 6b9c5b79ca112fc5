/* cf-window-actions.c: the actions of the window and its keys. They are on D-Bus too (org.gtk.Actions), as every GtkApplication's. */
#include "cf-window-files.h"

#include "cf-words.h"

#include <math.h>
#include <string.h>

#include "cf-appearance.h"

void
cf_window_set_state (CfWindow *window, const char *name, GVariant *state)
{
  g_simple_action_set_state (G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (window), name)), state);
}

/* -- opening --------------------------------------------------------------------------------------------------------------------- */

static void
paths_chosen (CfWindow *window, const char *const *paths, gpointer data)
{
  if (paths != NULL)
    cf_window_open_paths (window, paths);
}

static void
open_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  const CfFilesQuestion question = { .title = _("Open a map, and a model with it"), .action = GTK_FILE_CHOOSER_ACTION_OPEN, .opens_maps = TRUE, .chosen = paths_chosen };
  cf_window_ask_files (CF_WINDOW (data), &question);
}

static void
open_files_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  g_autofree const char **paths = g_variant_get_strv (parameter, NULL);
  cf_window_open_paths (CF_WINDOW (data), paths);
}

static void
fetch_status (CfFetchDialog *dialog, const char *text, CfWindow *window)
{
  cf_window_set_state (window, "fetch-status", g_variant_new_string (text));
}

static void
fetched (CfFetchDialog *dialog, const char *const *paths, const char *warning, CfWindow *window)
{
  cf_window_open_paths (window, paths);
  if (warning != NULL)
    cf_window_say (window, FALSE, warning, NULL);
}

/* The id to begin with; '' asks for one. */
static void
fetch_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  CfWindow *window = data;
  const char *id = g_variant_get_string (parameter, NULL);
  if (window->fetch == NULL)
    {
      g_set_weak_pointer (&window->fetch, cf_fetch_dialog_new (GTK_WINDOW (window)));
      cf_appearance_follow (GTK_WIDGET (window->fetch));
      g_signal_connect_object (window->fetch, "status", G_CALLBACK (fetch_status), window, 0);
      g_signal_connect_object (window->fetch, "fetched", G_CALLBACK (fetched), window, 0);
    }
  gtk_window_present (GTK_WINDOW (window->fetch));
  if (*id != '\0')
    cf_fetch_dialog_start (window->fetch, id);
}

static void
contour_changed (GSimpleAction *action, GVariant *value, gpointer data)
{
  cf_session_set_contour (CF_WINDOW (data)->session, g_variant_get_double (value));
}

static void
demo_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  cf_window_open_demo (CF_WINDOW (data));
}

/* -- training -------------------------------------------------------------------------------------------------------------------- */

static void
train_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  cf_session_train (CF_WINDOW (data)->session);
}

static void
cancel_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  cf_session_cancel (CF_WINDOW (data)->session);
}

static void
pause_changed (GSimpleAction *action, GVariant *value, gpointer data)
{
  cf_session_pause (CF_WINDOW (data)->session, g_variant_get_boolean (value));
  g_simple_action_set_state (action, value);
}

/* -- level ----------------------------------------------------------------------------------------------------------------------- */

static void
nudge_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  cf_session_nudge_level (CF_WINDOW (data)->session, g_variant_get_double (parameter));
}

static void
level_changed (GSimpleAction *action, GVariant *value, gpointer data)
{
  cf_session_set_level (CF_WINDOW (data)->session, g_variant_get_double (value), TRUE);
}

static void
author_level_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  CfSession *session = CF_WINDOW (data)->session;
  const CfSessionState *s = cf_session_state (session);
  cf_session_set_level (session, cf_level_from_file (&s->normalisation, s->contour).normalised, TRUE);
}

/* -- picture --------------------------------------------------------------------------------------------------------------------- */

static void
view_all_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  CfWindow *window = data;
  double lo[3], hi[3];
  if (cf_picture_bounds (window->picture, cf_session_state (window->session), lo, hi))
    cf_viewport_frame (window->viewport, lo, hi);
}

static void
spin_changed (GSimpleAction *action, GVariant *value, gpointer data)
{
  cf_viewport_set_spin (CF_WINDOW (data)->viewport, g_variant_get_boolean (value));
  g_simple_action_set_state (action, value);
}

static void
style_changed (GSimpleAction *action, GVariant *value, gpointer data)
{
  CfStyle style;
  if (cf_style_parse (g_variant_get_string (value, NULL), &style))
    gtk_drop_down_set_selected (GTK_DROP_DOWN (CF_WINDOW (data)->style), style);
}

static void
opacity_changed (GSimpleAction *action, GVariant *value, gpointer data)
{
  gtk_range_set_value (GTK_RANGE (CF_WINDOW (data)->opacity), g_variant_get_double (value));
}

static void
show_changed (GSimpleAction *action, GVariant *value, gpointer data)
{
  CfWindow *window = data;
  CfPictureOptions *o = &window->picture->options;
  const char *name = g_action_get_name (G_ACTION (action));
  gboolean on = g_variant_get_boolean (value);
  g_simple_action_set_state (action, value);
  if (strcmp (name, "show-field") == 0)
    o->field = on;
  else if (strcmp (name, "show-nodes") == 0)
    o->nodes = on;
  else if (strcmp (name, "show-edges") == 0)
    o->edges = on;
  else if (strcmp (name, "show-atoms") == 0)
    o->atoms = on;
  else
    o->all_atoms = on;
  cf_window_redraw (window, CF_CHANGED_ALL, FALSE);
}

static void
choice_changed (GSimpleAction *action, GVariant *value, gpointer data)
{
  static const struct
  {
    const char *name;
    int value;
  } choices[] = { { "plain", CF_COLOUR_PLAIN },     { "match", CF_COLOUR_MATCH },       { "persistence", CF_COLOUR_PERSISTENCE },
                  { "density", CF_COLOUR_DENSITY }, { "element", CF_COLOUR_ELEMENT },   { "chain", CF_COLOUR_CHAIN },
                  { "never", CF_BOXES_NEVER },      { "training", CF_BOXES_TRAINING },  { "always", CF_BOXES_ALWAYS } };
  CfWindow *window = data;
  CfPictureOptions *o = &window->picture->options;
  const char *name = g_action_get_name (G_ACTION (action)), *text = g_variant_get_string (value, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (choices); i++)
    if (strcmp (text, choices[i].name) == 0)
      {
        if (strcmp (name, "boxes") == 0)
          o->boxes = (CfBoxes) choices[i].value;
        else if (strcmp (name, "node-colour") == 0)
          o->node_colouring = (CfColouring) choices[i].value;
        else
          o->atom_colouring = (CfColouring) choices[i].value;
        g_simple_action_set_state (action, value);
      }
  cf_window_redraw (window, CF_CHANGED_ALL, FALSE);
}

static void
step_finding (CfWindow *window, int step)
{
  int n = (int) cf_session_n_findings (cf_session_state (window->session));
  if (n == 0)
    return;
  int at = window->finding < 0 ? (step > 0 ? 0 : n - 1) : (window->finding + step + n) % n;
  cf_window_show_finding (window, (guint) at);
}

static void
next_finding_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  step_finding (CF_WINDOW (data), 1);
}

static void
previous_finding_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  step_finding (CF_WINDOW (data), -1);
}

/* -- window ---------------------------------------------------------------------------------------------------------------------- */

static void
white_picture_changed (GSimpleAction *action, GVariant *value, gpointer data)
{
  CfWindow *window = data;
  window->white_picture = g_variant_get_boolean (value);
  g_simple_action_set_state (action, value);
  cf_window_follow_appearance (window);
}

static void
error_details_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  cf_window_show_error_details (CF_WINDOW (data));
}

static void
side_panel_changed (GSimpleAction *action, GVariant *value, gpointer data)
{
  cf_window_set_side (CF_WINDOW (data), g_variant_get_boolean (value));
  g_simple_action_set_state (action, value);
}

static const GActionEntry entries[] = {
  { "open", open_action, NULL, NULL, NULL, { 0 } },
  { "open-files", open_files_action, "as", NULL, NULL, { 0 } },
  { "fetch", fetch_action, "s", NULL, NULL, { 0 } },
  { "fetch-status", NULL, NULL, "''", NULL, { 0 } },
  { "demo", demo_action, NULL, NULL, NULL, { 0 } },
  { "train", train_action, NULL, NULL, NULL, { 0 } },
  { "cancel", cancel_action, NULL, NULL, NULL, { 0 } },
  { "pause", NULL, NULL, "false", pause_changed, { 0 } },
  { "nudge", nudge_action, "d", NULL, NULL, { 0 } },
  { "contour", NULL, NULL, "0.0", contour_changed, { 0 } },
  { "author-level", author_level_action, NULL, NULL, NULL, { 0 } },
  { "level", NULL, NULL, "0.0", level_changed, { 0 } },
  { "view-all", view_all_action, NULL, NULL, NULL, { 0 } },
  { "spin", NULL, NULL, "false", spin_changed, { 0 } },
  { "style", NULL, "s", "'surface'", style_changed, { 0 } },
  { "opacity", NULL, NULL, "0.4", opacity_changed, { 0 } },
  { "show-field", NULL, NULL, "true", show_changed, { 0 } },
  { "show-nodes", NULL, NULL, "true", show_changed, { 0 } },
  { "show-edges", NULL, NULL, "true", show_changed, { 0 } },
  { "show-atoms", NULL, NULL, "true", show_changed, { 0 } },
  { "all-atoms", NULL, NULL, "false", show_changed, { 0 } },
  { "node-colour", NULL, "s", "'match'", choice_changed, { 0 } },
  { "atom-colour", NULL, "s", "'plain'", choice_changed, { 0 } },
  { "boxes", NULL, "s", "'training'", choice_changed, { 0 } },
  { "next-finding", next_finding_action, NULL, NULL, NULL, { 0 } },
  { "previous-finding", previous_finding_action, NULL, NULL, NULL, { 0 } },
  { "finding", NULL, NULL, "-1", NULL, { 0 } },
  { "white-picture", NULL, NULL, "false", white_picture_changed, { 0 } },
  { "error-details", error_details_action, NULL, NULL, NULL, { 0 } },
  { "side-panel", NULL, NULL, "true", side_panel_changed, { 0 } },
  { "recipe", NULL, NULL, "'default'", NULL, { 0 } },
  { "status", NULL, NULL, "''", NULL, { 0 } },
};

static void
enable (CfWindow *window, const char *name, gboolean enabled)
{
  g_simple_action_set_enabled (G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (window), name)), enabled);
}

void
cf_window_set_status_state (CfWindow *window, const char *text)
{
  cf_window_set_state (window, "status", g_variant_new_string (text));
}

void
cf_window_update_actions (CfWindow *window)
{
  const CfSessionState *s = cf_session_state (window->session);
  gboolean running = s->trainer != NULL && (s->training.state == CF_TRAINER_RUNNING || s->training.state == CF_TRAINER_PAUSED);
  enable (window, "error-details", window->errors->len > 0);
  enable (window, "save-session", cf_session_is_open (window->session));
  enable (window, "save-session-as", cf_session_is_open (window->session));
  enable (window, "close-map", cf_session_is_open (window->session));
  enable (window, "train", cf_session_can_train (window->session));
  enable (window, "train-around", cf_session_can_train (window->session));
  enable (window, "train-whole", s->has_box && cf_session_can_train (window->session));
  enable (window, "pause", running);
  enable (window, "cancel", running);
  enable (window, "author-level", s->prepared && !isnan (s->contour));
  enable (window, "next-finding", cf_session_n_findings (s) > 0);
  enable (window, "previous-finding", cf_session_n_findings (s) > 0);
  enable (window, "export-report", s->graph != NULL);
  enable (window, "export-graph", s->graph != NULL);
  enable (window, "export-table", s->comparison != NULL);
  enable (window, "export-curve", s->curve != NULL);
  enable (window, "export-neural", s->field != NULL && cf_field_n_trained (s->field) > 0);
  enable (window, "export-map", s->evaluator != NULL);
  enable (window, "export-all", s->graph != NULL);
  enable (window, "screenshot", cf_session_is_open (window->session));
  enable (window, "copy-command", s->prepared);
  cf_window_set_state (window, "pause", g_variant_new_boolean (running && s->training.state == CF_TRAINER_PAUSED));
  cf_window_set_state (window, "recipe", g_variant_new_string (s->recipe == CF_RECIPE_PAPER ? "paper" : "default"));
  cf_window_set_state (window, "contour", g_variant_new_double (s->contour));
  cf_window_set_state (window, "finding", g_variant_new_int32 (window->finding));
  cf_window_set_state (window, "level", g_variant_new_double (s->has_level ? s->level.normalised : 0));
}

/* -- keys ------------------------------------------------------------------------------------------------------------------------ */

static void
activate (CfWindow *window, const char *name, GVariant *parameter)
{
  g_action_group_activate_action (G_ACTION_GROUP (window), name, parameter);
}

/* Plain letters are taken only when no entry wanted them: this controller comes last. */
static gboolean
key_pressed (GtkEventControllerKey *key, guint keyval, guint code, GdkModifierType state, CfWindow *window)
{
  double step = state & GDK_SHIFT_MASK ? 0.001 : 0.01;
  if (state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK))
    return FALSE;
  switch (keyval)
    {
    case GDK_KEY_plus:
    case GDK_KEY_KP_Add:
    case GDK_KEY_equal:
      activate (window, "nudge", g_variant_new_double (keyval == GDK_KEY_plus ? 0.01 : step));
      return TRUE;
    case GDK_KEY_minus:
    case GDK_KEY_KP_Subtract:
    case GDK_KEY_underscore:
      activate (window, "nudge", g_variant_new_double (keyval == GDK_KEY_minus ? -0.01 : -step));
      return TRUE;
    case GDK_KEY_v:
      activate (window, "view-all", NULL);
      return TRUE;
    case GDK_KEY_s:
      activate (window, "screenshot", g_variant_new_string (""));
      return TRUE;
    case GDK_KEY_i:
      activate (window, "spin", NULL);
      return TRUE;
    case GDK_KEY_bracketleft:
    case GDK_KEY_bracketright:
      activate (window, "slide", g_variant_new_double (keyval == GDK_KEY_bracketright ? 0.02 : -0.02));
      return TRUE;
    case GDK_KEY_t:
      activate (window, "train-first", g_variant_new_int32 (-1));
      return TRUE;
    case GDK_KEY_o:
      activate (window, "orthographic", NULL);
      return TRUE;
    case GDK_KEY_c:
      activate (window, "plane", NULL);
      return TRUE;
    case GDK_KEY_d:
      activate (window, "difference", NULL);
      return TRUE;
    case GDK_KEY_w:
      activate (window, "split", NULL);
      return TRUE;
    case GDK_KEY_g:
      activate (window, "next-finding", NULL);
      return TRUE;
    case GDK_KEY_G:
      activate (window, "previous-finding", NULL);
      return TRUE;
    case GDK_KEY_f:
      activate (window, "final", NULL);
      return TRUE;
    case GDK_KEY_h:
      activate (window, "help", NULL);
      return TRUE;
    default:
      if (keyval < GDK_KEY_1 || keyval >= GDK_KEY_1 + CF_N_STYLES)
        return FALSE;
      activate (window, "style", g_variant_new_string (cf_style_name ((CfStyle) (keyval - GDK_KEY_1))));
      return TRUE;
    }
}

/* What is under way is stopped before a message is closed, which is the toast overlay's own Escape. */
static gboolean
escape_pressed (GtkEventControllerKey *key, guint keyval, guint code, GdkModifierType state, CfWindow *window)
{
  const CfPicture *picture = window->picture;
  const char *name = !isnan (picture->writing) ? "writing" : !isnan (picture->film) ? "film" : !isnan (picture->final) ? "final" : NULL;
  gboolean loading = cf_session_is_loading (window->session);
  if (keyval != GDK_KEY_Escape || (name == NULL && !loading))
    return FALSE;
  if (loading)
    cf_session_stop_loading (window->session);
  else
    activate (window, name, NULL);
  return TRUE;
}

static gboolean
viewport_key_pressed (GtkEventControllerKey *key, guint keyval, guint code, GdkModifierType state, CfWindow *window)
{
  double step = state & GDK_SHIFT_MASK ? 1 : 10;
  switch (keyval)
    {
    case GDK_KEY_Left:
      cf_viewport_turn (window->viewport, -step, 0);
      return TRUE;
    case GDK_KEY_Right:
      cf_viewport_turn (window->viewport, step, 0);
      return TRUE;
    case GDK_KEY_Up:
      cf_viewport_turn (window->viewport, 0, step);
      return TRUE;
    case GDK_KEY_Down:
      cf_viewport_turn (window->viewport, 0, -step);
      return TRUE;
    case GDK_KEY_Page_Up:
      cf_viewport_zoom (window->viewport, 1 + step / 50);
      return TRUE;
    case GDK_KEY_Page_Down:
      cf_viewport_zoom (window->viewport, 1 / (1 + step / 50));
      return TRUE;
    default:
      return FALSE;
    }
}

static void
add_keys (GtkWidget *widget, GCallback pressed, CfWindow *window)
{
  GtkEventController *key = gtk_event_controller_key_new ();
  g_signal_connect (key, "key-pressed", pressed, window);
  gtk_widget_add_controller (widget, key);
}

void
cf_window_add_actions (CfWindow *window)
{
  g_action_map_add_action_entries (G_ACTION_MAP (window), entries, G_N_ELEMENTS (entries), window);
  add_keys (GTK_WIDGET (window), G_CALLBACK (key_pressed), window);
  add_keys (GTK_WIDGET (window), G_CALLBACK (escape_pressed), window);
  add_keys (GTK_WIDGET (window->toasts), G_CALLBACK (escape_pressed), window);
  add_keys (GTK_WIDGET (window->viewport), G_CALLBACK (viewport_key_pressed), window);
}
