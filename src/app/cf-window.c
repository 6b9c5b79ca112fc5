/* cf-window.c: the layout of the window, and what follows the session in it. */
#include "cf-window-files.h"

#include <string.h>

#include "cf-appearance.h"
#include "cf-format.h"
#include "cf-hud.h"
#include "cf-notices.h"
#include "cf-recent.h"
#include "cf-settings.h"
#include "cf-undo.h"
#include "cf-view-panel.h"
#include "cf-words.h"

#define NARROW 1080 /* px: below it the panel at the right folds away */
#define SMALL 980   /* px: below it the steps at the left are icons with numbers */
#define LOW 700     /* px: below it the plots are lower */
#define N_RECENT 10
#define LEVEL_WAITS_MS 50 /* so long a new level waits for its nodes */

G_DEFINE_FINAL_TYPE (CfWindow, cf_window, ADW_TYPE_APPLICATION_WINDOW)

static void
session_message (CfSession *session, gboolean is_error, const char *text, CfWindow *window)
{
  cf_window_say (window, is_error, text, NULL);
}

/* -- the picture ----------------------------------------------------------------------------------------------------------------- */

void
cf_window_redraw (CfWindow *window, CfSessionChange change, gboolean moving)
{
  if (cf_picture_update (window->picture, cf_session_state (window->session), change))
    cf_viewport_refresh (window->viewport, moving);
}

void
cf_window_make_whole (CfWindow *window)
{
  if (window->picture->scene->edge_share >= 1)
    return;
  window->picture->edge_share = 1;
  cf_picture_update (window->picture, cf_session_state (window->session), CF_CHANGED_GRAPH);
}

static void
frame_once (CfWindow *window, const CfSessionState *s)
{
  double lo[3], hi[3];
  gboolean has_map = s->volume != NULL || s->field != NULL;
  if (window->framed || s->title == NULL || (has_map && s->samples == NULL) || !cf_picture_bounds (window->picture, s, lo, hi))
    return;
  cf_viewport_frame (window->viewport, lo, hi);
  if (s->volume != NULL)
    memcpy (window->framed_origin, s->volume->grid.origin, sizeof window->framed_origin);
  window->framed_camera = *cf_viewport_camera (window->viewport);
  window->framed = has_map;
  cf_window_note_view (window, FALSE);
}

gboolean
cf_window_camera_moved (CfWindow *window)
{
  const CfCamera *now = cf_viewport_camera (window->viewport), *then = &window->framed_camera;
  return now->distance != then->distance || memcmp (now->rotation, then->rotation, sizeof now->rotation) != 0
         || memcmp (now->centre, then->centre, sizeof now->centre) != 0;
}

/* The whole box is in view while its regions train; the first graph is looked at closely, unless the user has moved by then. */
static void
frame_first_graph (CfWindow *window, const CfSessionState *s)
{
  double lo[3], hi[3];
  if (!window->framed || window->framed_closely || s->graph == NULL || s->graph_stale)
    return;
  window->framed_closely = TRUE;
  if (!cf_window_camera_moved (window) && cf_picture_bounds (window->picture, s, lo, hi))
    {
      cf_viewport_frame (window->viewport, lo, hi);
      cf_window_note_view (window, FALSE);
    }
}

static void
forget_document (CfWindow *window)
{
  window->framed = window->framed_closely = FALSE;
  window->finding = -1;
  cf_window_select_quietly (window, 0);
  cf_window_drop_exports (window);
}

static void
fill_recent (CfWindow *window)
{
  cf_recent_fill_menu (window->recent_menu, N_RECENT);
  cf_recent_fill_box (GTK_BOX (window->recent), N_RECENT / 2);
}

static void
note_recent (CfWindow *window, const CfSessionState *s)
{
  const char *paths[G_N_ELEMENTS (window->noted)]
      = { s->volume != NULL ? s->volume->path : NULL, s->structure != NULL ? s->structure->path : NULL, s->field_path };
  for (gsize i = 0; i < G_N_ELEMENTS (paths); i++)
    if (g_strcmp0 (paths[i], window->noted[i]) != 0)
      {
        g_free (window->noted[i]);
        window->noted[i] = g_strdup (paths[i]);
        cf_recent_add (paths[i]);
      }
}

/* While the bar moves the picture of a level waits for its nodes, where these follow at once. */
static void
redraw (CfWindow *window, CfSessionChange change)
{
  const CfSessionState *s = cf_session_state (window->session);
  gboolean dragged = cf_session_is_moving_level (window->session);
  if (!(change & CF_CHANGED_DOCUMENT) && window->picture->graph_version == s->graph_version)
    change &= ~CF_CHANGED_GRAPH; /* it only became stale */
  cf_viewport_set_lead (window->viewport, cf_session_follow_time (window->session));
  window->picture->edge_share = dragged ? cf_viewport_edge_share (window->viewport) : 1;
  if (!cf_picture_update (window->picture, s, change))
    return;
  if (change == CF_CHANGED_LEVEL && cf_session_is_following (window->session))
    cf_viewport_refresh_within (window->viewport, LEVEL_WAITS_MS);
  else
    cf_viewport_refresh (window->viewport, dragged || (change & CF_CHANGED_LEVEL));
}

static void
session_changed (CfSession *session, guint change, CfWindow *window)
{
  const CfSessionState *s = cf_session_state (session);
  if (change & CF_CHANGED_DOCUMENT)
    {
      if (s->title == NULL)
        forget_document (window);
      /* Placed otherwise, the map may be out of sight. */
      if (s->volume != NULL && memcmp (window->framed_origin, s->volume->grid.origin, sizeof window->framed_origin) != 0)
        window->framed = FALSE;
      gtk_stack_set_visible_child_name (GTK_STACK (window->stack), s->title != NULL || s->activity != NULL ? "view" : "empty");
      cf_window_fill_title (window);
      note_recent (window, s);
    }
  else if (change & CF_CHANGED_ACTIVITY && s->title == NULL)
    gtk_stack_set_visible_child_name (GTK_STACK (window->stack), s->activity != NULL ? "view" : "empty");
  /* A pick belongs to a graph; the next one numbers its nodes anew. */
  if (change & CF_CHANGED_GRAPH && !s->graph_stale && (window->picked | window->second) & CF_PICK_NODE && window->finding < 0)
    cf_window_select_quietly (window, 0);
  cf_window_view_follow (window, change);
  redraw (window, (CfSessionChange) change);
  if (change & (CF_CHANGED_DOCUMENT | CF_CHANGED_SAMPLES))
    frame_once (window, s);
  if (change & CF_CHANGED_GRAPH)
    {
      frame_first_graph (window, s);
      cf_window_fill_findings (window);
      cf_window_fill_selection (window);
      cf_window_run_exports (window);
    }
  cf_window_session_follow (window, (CfSessionChange) change);
  cf_window_undo_follow (window, (CfSessionChange) change);
  cf_window_fill_status (window, s);
  cf_viewport_set_busy (window->viewport, s->activity != NULL || s->training.state == CF_TRAINER_RUNNING);
  cf_window_update_actions (window);
}

static void
region_activated (CfRegionsList *list, int region, CfWindow *window)
{
  const CfSessionState *s = cf_session_state (window->session);
  CfBox box;
  const guint8 rgba[4] = { 0 };
  double centre[3] = { 0, 0, 0 };
  if (s->field == NULL)
    return;
  cf_session_prefer_region (window->session, region);
  cf_box_from_region (&box, s->field, region, rgba);
  for (int i = 0; i < 8; i++)
    for (int a = 0; a < 3; a++)
      centre[a] += box.corner[i][a] / 8;
  cf_viewport_centre (window->viewport, centre, 0);
}

static void
residue_activated (CfResiduesList *list, guint residue, CfWindow *window)
{
  cf_window_show_residue (window, residue);
}

static void
finding_activated (GtkListView *view, guint position, CfWindow *window)
{
  cf_window_show_finding (window, position);
}

static void
picked (CfViewport *viewport, guint pick, gboolean second, CfWindow *window)
{
  if (second)
    cf_window_select_second (window, pick);
  else
    cf_window_select (window, pick);
}

static void
hovered (CfViewport *viewport, guint pick, CfWindow *window)
{
  cf_window_hover (window, pick);
}

static void
slid (CfViewport *viewport, double step, CfWindow *window)
{
  g_action_group_activate_action (G_ACTION_GROUP (window), "slide", g_variant_new_double (step));
}

static void
divided (CfViewport *viewport, double share, CfWindow *window)
{
  g_action_group_change_action_state (G_ACTION_GROUP (window), "split-at", g_variant_new_double (share));
}

static void
level_nudged (CfViewport *viewport, double fraction, CfWindow *window)
{
  cf_session_nudge_level (window->session, fraction);
}

static void
style_chosen (CfWindow *window)
{
  CfStyle style = (CfStyle) gtk_drop_down_get_selected (GTK_DROP_DOWN (window->style));
  window->picture->options.style = style;
  cf_window_set_state (window, "style", g_variant_new_string (cf_style_name (style)));
  cf_window_redraw (window, CF_CHANGED_LEVEL, FALSE);
}

static void
opacity_changed (CfWindow *window)
{
  window->picture->options.opacity = gtk_range_get_value (GTK_RANGE (window->opacity));
  cf_window_set_state (window, "opacity", g_variant_new_double (window->picture->options.opacity));
  cf_window_redraw (window, CF_CHANGED_LEVEL, TRUE);
}

/* -- appearance and size --------------------------------------------------------------------------------------------------------- */

void
cf_window_follow_appearance (CfWindow *window)
{
  gboolean dark = cf_appearance_is_dark ();
  gboolean white = window->white_picture || g_strcmp0 (window->ground, "white") == 0;
  gboolean dark_ground = g_strcmp0 (window->ground, "dark") == 0 || (dark && g_strcmp0 (window->ground, "light") != 0);
  window->picture->options.background = white ? CF_BACKGROUND_WHITE : dark_ground ? CF_BACKGROUND_DARK : CF_BACKGROUND_LIGHT;
  cf_threshold_panel_set_dark (window->threshold, dark);
  cf_regions_list_set_dark (window->regions, dark);
  cf_residues_list_set_dark (window->residues, dark);
  cf_window_redraw (window, CF_CHANGED_LEVEL, FALSE);
}

void
cf_window_set_side (CfWindow *window, gboolean shown)
{
  gtk_revealer_set_reveal_child (GTK_REVEALER (window->side), shown);
  gtk_widget_set_visible (window->side, shown && !gtk_widget_has_css_class (GTK_WIDGET (window), "presenting")); /* else when that ends */
}

static void
width_changed (GdkSurface *surface, GParamSpec *pspec, CfWindow *window)
{
  gboolean narrow = gdk_surface_get_width (surface) < NARROW;
  cf_steps_panel_set_compact (window->steps, gdk_surface_get_width (surface) < SMALL);
  if (narrow == window->narrow)
    return;
  window->narrow = narrow;
  g_action_group_change_action_state (G_ACTION_GROUP (window), "side-panel", g_variant_new_boolean (!narrow));
}

static void
height_changed (GdkSurface *surface, GParamSpec *pspec, CfWindow *window)
{
  gboolean low = gdk_surface_get_height (surface) < LOW;
  cf_threshold_panel_set_low (window->threshold, low);
  if (low)
    gtk_widget_add_css_class (window->welcome, "compact");
  else
    gtk_widget_remove_css_class (window->welcome, "compact");
}

static void
cf_window_realize (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (cf_window_parent_class)->realize (widget);
  g_signal_connect_object (gtk_native_get_surface (GTK_NATIVE (widget)), "notify::width", G_CALLBACK (width_changed), widget, 0);
  g_signal_connect_object (gtk_native_get_surface (GTK_NATIVE (widget)), "notify::height", G_CALLBACK (height_changed), widget, 0);
}

/* -- dropping files -------------------------------------------------------------------------------------------------------------- */

static gboolean
dropped (GtkDropTarget *target, const GValue *value, double x, double y, CfWindow *window)
{
  g_auto (GStrv) paths = cf_window_paths_of (window, g_value_get_boxed (value));
  cf_window_open_paths (window, (const char *const *) paths);
  return TRUE;
}

/* -- class ----------------------------------------------------------------------------------------------------------------------- */

static void
cf_window_dispose (GObject *object)
{
  CfWindow *window = CF_WINDOW (object);
  /* First: whatever is dropped may change the session. */
  if (window->session != NULL)
    g_signal_handlers_disconnect_by_data (window->session, window);
  cf_window_drop_messages (window);
  g_clear_handle_id (&window->watch_source, g_source_remove);
  cf_window_drop_exports (window);
  cf_window_drop_film (window);
  cf_window_drop_finer (window);
  g_clear_pointer (&window->final, cf_final_free);
  cf_window_drop_session (window);
  g_clear_weak_pointer (&window->preferences);
  g_clear_handle_id (&window->view_source, g_source_remove);
  g_clear_object (&window->settings);
  g_clear_weak_pointer (&window->fetch);
  if (window->session != NULL)
    cf_session_close (window->session);
  G_OBJECT_CLASS (cf_window_parent_class)->dispose (object);
  g_clear_object (&window->session);
}

static void
cf_window_finalize (GObject *object)
{
  CfWindow *window = CF_WINDOW (object);
  g_clear_pointer (&window->picture, cf_picture_free);
  g_string_free (window->errors, TRUE);
  g_free (window->ground);
  cf_undo_free (window->undo);
  g_free (window->last_folder);
  g_clear_object (&window->writing_cancellable);
  for (gsize i = 0; i < G_N_ELEMENTS (window->noted); i++)
    g_free (window->noted[i]);
  G_OBJECT_CLASS (cf_window_parent_class)->finalize (object);
}

static void
cf_window_class_init (CfWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  G_OBJECT_CLASS (klass)->dispose = cf_window_dispose;
  G_OBJECT_CLASS (klass)->finalize = cf_window_finalize;
  widget_class->realize = cf_window_realize;
  g_type_ensure (CF_TYPE_FACTS);
  g_type_ensure (CF_TYPE_STEPS_PANEL);
  g_type_ensure (CF_TYPE_VIEWPORT);
  g_type_ensure (CF_TYPE_REGIONS_LIST);
  g_type_ensure (CF_TYPE_RESIDUES_LIST);
  g_type_ensure (CF_TYPE_THRESHOLD_PANEL);
  gtk_widget_class_set_template_from_resource (widget_class, "/org/cryofield/ui/window.ui");
#define BIND(name) gtk_widget_class_bind_template_child (widget_class, CfWindow, name)
  BIND (window_title);
  BIND (header);
  BIND (tools);
  BIND (undo_button);
  BIND (redo_button);
  BIND (stack);
  BIND (overlay);
  BIND (status);
  BIND (side);
  BIND (findings);
  BIND (findings_title);
  BIND (findings_scroller);
  BIND (regions_title);
  BIND (selection_hint);
  BIND (style);
  BIND (opacity);
  BIND (welcome);
  BIND (recent);
  BIND (recent_menu);
  BIND (view_button);
  BIND (steps);
  BIND (viewport);
  BIND (threshold);
  BIND (regions);
  BIND (residues);
  BIND (selection);
#undef BIND
}

static void
cf_window_init (CfWindow *window)
{
  window->session = cf_session_new ();
  window->settings = cf_settings_new ();
  window->picture = cf_picture_new ();
  window->finding = -1;
  gtk_widget_init_template (GTK_WIDGET (window));
  cf_set_name (window->style, _("Style of the density"));
  cf_window_add_messages (window);
  cf_viewport_set_picture (window->viewport, window->picture);
  window->hud = cf_hud_new (window->viewport, window->picture, window->tools);
  gtk_overlay_add_overlay (GTK_OVERLAY (window->overlay), window->hud);
  cf_steps_panel_set_session (window->steps, window->session);
  cf_threshold_panel_set_session (window->threshold, window->session);
  cf_regions_list_set_session (window->regions, window->session);
  cf_residues_list_set_session (window->residues, window->session);
  cf_window_add_actions (window);
  cf_window_add_export_actions (window);
  cf_window_add_session_actions (window);
  cf_window_add_undo (window);
  cf_window_add_view_actions (window);
  cf_window_add_final (window);
  cf_window_add_finer (window);
  cf_window_add_train_actions (window);
  cf_window_add_film (window);
  cf_window_add_help (window);
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (window->view_button), cf_view_panel_new (G_ACTION_GROUP (window), window->session));
  cf_presenter_add (window);
  cf_notices_add (window);
  cf_tour_add (window);
  g_signal_connect (window->findings, "activate", G_CALLBACK (finding_activated), window);
  g_signal_connect (window->residues, "activated", G_CALLBACK (residue_activated), window);
  g_signal_connect (window->regions, "activated", G_CALLBACK (region_activated), window);
  g_signal_connect_swapped (window->viewport, "whole", G_CALLBACK (cf_window_make_whole), window);
  g_signal_connect (window->viewport, "picked", G_CALLBACK (picked), window);
  g_signal_connect (window->viewport, "hovered", G_CALLBACK (hovered), window);
  g_signal_connect (window->viewport, "slid", G_CALLBACK (slid), window);
  g_signal_connect (window->viewport, "divided", G_CALLBACK (divided), window);
  g_signal_connect (window->viewport, "level-nudged", G_CALLBACK (level_nudged), window);
  g_signal_connect_swapped (window->style, "notify::selected", G_CALLBACK (style_chosen), window);
  g_signal_connect_swapped (window->opacity, "value-changed", G_CALLBACK (opacity_changed), window);
  g_signal_connect (window->session, "changed", G_CALLBACK (session_changed), window);
  g_signal_connect (window->session, "message", G_CALLBACK (session_message), window);
  GtkDropTarget *drop = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);
  g_signal_connect (drop, "drop", G_CALLBACK (dropped), window);
  gtk_widget_add_controller (GTK_WIDGET (window), GTK_EVENT_CONTROLLER (drop));
  g_signal_connect_object (gtk_recent_manager_get_default (), "changed", G_CALLBACK (fill_recent), window, G_CONNECT_SWAPPED);
  fill_recent (window);
  cf_window_add_settings (window);
  cf_appearance_follow (GTK_WIDGET (window));
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark", G_CALLBACK (cf_window_follow_appearance), window, G_CONNECT_SWAPPED);
  cf_window_follow_appearance (window);
  session_changed (window->session, CF_CHANGED_ALL, window);
}

CfWindow *
cf_window_new (GtkApplication *application)
{
  return g_object_new (CF_TYPE_WINDOW, "application", application, NULL);
}

CfSession *
cf_window_session (CfWindow *window)
{
  return window->session;
}
