/* cf-window.c: the layout of the window, and what follows the session in it. */
#include "cf-window-private.h"

#include <math.h>
#include <string.h>

#include "cf-format.h"
#include "cf-hud.h"
#include "cf-recent.h"
#include "cf-view-panel.h"

#define NARROW 1080 /* px: below it the panel at the right folds away */
#define LOW 700     /* px: below it the plots are lower */
#define SAY_MS 9000
#define N_RECENT 10

G_DEFINE_FINAL_TYPE (CfWindow, cf_window, GTK_TYPE_APPLICATION_WINDOW)

/* -- messages -------------------------------------------------------------------------------------------------------------------- */

static gboolean
hide_info (gpointer data)
{
  CfWindow *window = data;
  window->info_source = 0;
  gtk_info_bar_set_revealed (GTK_INFO_BAR (window->info), FALSE);
  return G_SOURCE_REMOVE;
}

void
cf_window_say (CfWindow *window, gboolean is_error, const char *text, const char *path)
{
  gtk_info_bar_set_message_type (GTK_INFO_BAR (window->info), is_error ? GTK_MESSAGE_ERROR : GTK_MESSAGE_INFO);
  gtk_label_set_text (GTK_LABEL (window->info_label), text);
  gtk_widget_set_visible (window->info_open, path != NULL);
  g_free (window->info_path);
  window->info_path = g_strdup (path);
  gtk_info_bar_set_revealed (GTK_INFO_BAR (window->info), TRUE);
  g_clear_handle_id (&window->info_source, g_source_remove);
  if (!is_error)
    window->info_source = g_timeout_add_full (G_PRIORITY_DEFAULT, SAY_MS, hide_info, window, NULL);
}

static void
info_response (GtkInfoBar *info, int response, CfWindow *window)
{
  gtk_info_bar_set_revealed (info, FALSE);
}

static void
info_open_clicked (CfWindow *window)
{
  if (window->info_path == NULL)
    return;
  g_autofree char *uri = g_filename_to_uri (window->info_path, NULL, NULL);
  if (uri != NULL)
    gtk_show_uri (GTK_WINDOW (window), uri, GDK_CURRENT_TIME);
}

static void
session_message (CfSession *session, gboolean is_error, const char *text, CfWindow *window)
{
  cf_window_say (window, is_error, text, NULL);
}

/* -- title and status ------------------------------------------------------------------------------------------------------------ */

static void
fill_title (CfWindow *window, const CfSessionState *s)
{
  g_autoptr (GString) text = g_string_new (NULL);
  const char *title = s->demo ? "Demonstration: crambin" : s->title != NULL ? s->title : "Cryofield";
  if (s->header != NULL && s->header->id != NULL)
    g_string_append_printf (text, "%s  ·  ", s->header->id);
  const CfGrid *grid = s->volume != NULL ? &s->volume->grid : s->field != NULL ? &s->field->source_grid : NULL;
  if (grid != NULL)
    g_string_append_printf (text, "%d × %d × %d  ·  %.4g Å", grid->dims[0], grid->dims[1], grid->dims[2], cf_grid_smallest_edge (grid));
  if (grid != NULL && !isnan (s->resolution))
    g_string_append_printf (text, "  ·  resolution %.3g Å", s->resolution);
  if (s->structure != NULL && !s->demo)
    g_string_append_printf (text, "%s%s", text->len > 0 ? "  ·  " : "", s->structure->name);
  gtk_label_set_text (GTK_LABEL (window->title_label), title);
  gtk_label_set_text (GTK_LABEL (window->subtitle_label), text->str);
  gtk_widget_set_visible (window->subtitle_label, text->len > 0);
  g_autofree char *full = s->title != NULL ? g_strdup_printf ("%s – Cryofield", title) : g_strdup ("Cryofield");
  gtk_window_set_title (GTK_WINDOW (window), full);
}

static char *
training_status (const CfSessionState *s)
{
  g_autofree char *left = cf_format_seconds (s->training.seconds_left);
  if (s->training.state == CF_TRAINER_PAUSED)
    return g_strdup_printf ("Paused: %d of %d regions are trained", s->training.n_done, s->training.n_regions);
  if (*left == '\0')
    return g_strdup_printf ("Training region by region: %d of %d", s->training.n_done, s->training.n_regions);
  return g_strdup_printf ("Training region by region: %d of %d, about %s left", s->training.n_done, s->training.n_regions, left);
}

static char *
result_status (const CfSessionState *s)
{
  gsize n = s->graph->n_nodes;
  g_autofree char *nodes = g_strdup_printf (n == 1 ? "%" G_GSIZE_FORMAT " node" : "%" G_GSIZE_FORMAT " nodes", n);
  if (s->comparison == NULL)
    return g_steal_pointer (&nodes);
  g_autofree char *coverage = cf_format_percent (s->comparison->ca.coverage), *rmsd = cf_format_angstrom (s->comparison->ca.rmsd);
  return g_strdup_printf ("%s, coverage %s, RMSD %s", nodes, coverage, rmsd);
}

/* What goes on, or what to do next. */
static char *
status_text (CfWindow *window, const CfSessionState *s)
{
  if (s->trainer != NULL && (s->training.state == CF_TRAINER_RUNNING || s->training.state == CF_TRAINER_PAUSED))
    return training_status (s);
  g_autofree char *activity = s->activity == NULL ? NULL
                              : s->fraction >= 0   ? g_strdup_printf ("%s: %.0f %%", s->activity, 100 * s->fraction)
                                                   : g_strdup_printf ("%s …", s->activity);
  if (s->graph == NULL && activity != NULL)
    return g_steal_pointer (&activity);
  if (s->graph != NULL)
    {
      g_autofree char *result = result_status (s);
      const char *hint = s->structure != NULL ? "Drag the threshold below, or export the report" : "Open a model to compare with, or export the report";
      return g_strdup_printf ("%s\n%s", result, activity != NULL ? activity : hint);
    }
  if (s->field == NULL && cf_session_can_train (window->session))
    return g_strdup ("These are the map's voxels. Train to make them a field");
  return g_strdup ("");
}

static void
fill_status (CfWindow *window, const CfSessionState *s)
{
  g_autofree char *text = status_text (window, s);
  if (strcmp (text, gtk_label_get_text (GTK_LABEL (window->status))) != 0)
    gtk_label_set_text (GTK_LABEL (window->status), text);
  gtk_widget_set_visible (window->status, *text != '\0');
  cf_window_set_status_state (window, text);
}

/* -- the picture ----------------------------------------------------------------------------------------------------------------- */

void
cf_window_redraw (CfWindow *window, CfSessionChange change, gboolean moving)
{
  if (cf_picture_update (window->picture, cf_session_state (window->session), change))
    cf_viewport_refresh (window->viewport, moving);
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
}

/* The whole box is in view while its regions train; the first graph is looked at closely, unless the user has moved by then. */
static void
frame_first_graph (CfWindow *window, const CfSessionState *s)
{
  const CfCamera *now = cf_viewport_camera (window->viewport), *then = &window->framed_camera;
  double lo[3], hi[3];
  if (!window->framed || window->framed_closely || s->graph == NULL || s->graph_stale)
    return;
  window->framed_closely = TRUE;
  gboolean moved = now->distance != then->distance || memcmp (now->rotation, then->rotation, sizeof now->rotation) != 0
                   || memcmp (now->centre, then->centre, sizeof now->centre) != 0;
  if (!moved && cf_picture_bounds (window->picture, s, lo, hi))
    cf_viewport_frame (window->viewport, lo, hi);
}

static void
forget_document (CfWindow *window)
{
  window->framed = window->framed_closely = FALSE;
  window->finding = -1;
  cf_window_select (window, 0);
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
      fill_title (window, s);
      note_recent (window, s);
    }
  else if (change & CF_CHANGED_ACTIVITY && s->title == NULL)
    gtk_stack_set_visible_child_name (GTK_STACK (window->stack), s->activity != NULL ? "view" : "empty");
  /* A pick belongs to a graph; the next one numbers its nodes anew. */
  if (change & CF_CHANGED_GRAPH && !s->graph_stale && (window->picked | window->second) & CF_PICK_NODE && window->finding < 0)
    cf_window_select (window, 0);
  cf_window_view_follow (window, change);
  cf_window_redraw (window, change, (change & CF_CHANGED_LEVEL) != 0);
  if (change & (CF_CHANGED_DOCUMENT | CF_CHANGED_SAMPLES))
    frame_once (window, s);
  if (change & CF_CHANGED_GRAPH)
    {
      frame_first_graph (window, s);
      cf_window_fill_findings (window);
      cf_window_fill_selection (window);
      cf_window_run_exports (window);
    }
  fill_status (window, s);
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
  window->picture->options.style = (CfStyle) gtk_drop_down_get_selected (GTK_DROP_DOWN (window->style));
  cf_window_redraw (window, CF_CHANGED_LEVEL, FALSE);
}

static void
opacity_changed (CfWindow *window)
{
  window->picture->options.opacity = gtk_range_get_value (GTK_RANGE (window->opacity));
  cf_window_redraw (window, CF_CHANGED_LEVEL, TRUE);
}

/* -- appearance and size --------------------------------------------------------------------------------------------------------- */

void
cf_window_set_appearance (CfWindow *window, const char *name)
{
  gboolean dark = strcmp (name, "dark") == 0;
  g_object_set (gtk_widget_get_settings (GTK_WIDGET (window)), "gtk-application-prefer-dark-theme", dark, NULL);
  gtk_widget_remove_css_class (GTK_WIDGET (window), dark ? "light" : "dark");
  gtk_widget_add_css_class (GTK_WIDGET (window), dark ? "dark" : "light");
  window->picture->options.background = dark                          ? CF_BACKGROUND_DARK
                                        : strcmp (name, "print") == 0 ? CF_BACKGROUND_WHITE
                                                                      : CF_BACKGROUND_LIGHT;
  cf_threshold_panel_set_dark (window->threshold, dark);
  cf_regions_list_set_dark (window->regions, dark);
  cf_residues_list_set_dark (window->residues, dark);
  cf_window_redraw (window, CF_CHANGED_LEVEL, FALSE);
}

void
cf_window_set_side (CfWindow *window, gboolean shown)
{
  gtk_revealer_set_reveal_child (GTK_REVEALER (window->side), shown);
  gtk_widget_set_visible (window->side, shown);
}

static void
width_changed (GdkSurface *surface, GParamSpec *pspec, CfWindow *window)
{
  gboolean narrow = gdk_surface_get_width (surface) < NARROW;
  if (narrow == window->narrow)
    return;
  window->narrow = narrow;
  g_action_group_change_action_state (G_ACTION_GROUP (window), "side-panel", g_variant_new_boolean (!narrow));
}

static void
height_changed (GdkSurface *surface, GParamSpec *pspec, CfWindow *window)
{
  cf_threshold_panel_set_low (window->threshold, gdk_surface_get_height (surface) < LOW);
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
  GSList *files = g_value_get_boxed (value);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  for (GSList *l = files; l != NULL; l = l->next)
    {
      g_autofree char *path = g_file_get_path (l->data);
      if (path != NULL)
        g_strv_builder_add (builder, path);
    }
  g_auto (GStrv) paths = g_strv_builder_end (builder);
  cf_session_open (window->session, (const char *const *) paths);
  return TRUE;
}

/* -- class ----------------------------------------------------------------------------------------------------------------------- */

static void
cf_window_dispose (GObject *object)
{
  CfWindow *window = CF_WINDOW (object);
  g_clear_handle_id (&window->info_source, g_source_remove);
  cf_window_drop_exports (window);
  g_clear_weak_pointer (&window->fetch);
  if (window->session != NULL)
    {
      g_signal_handlers_disconnect_by_data (window->session, window);
      cf_session_close (window->session);
    }
  G_OBJECT_CLASS (cf_window_parent_class)->dispose (object);
  g_clear_object (&window->session);
}

static void
cf_window_finalize (GObject *object)
{
  CfWindow *window = CF_WINDOW (object);
  g_clear_pointer (&window->picture, cf_picture_free);
  g_free (window->info_path);
  g_free (window->last_folder);
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
  BIND (title_label);
  BIND (subtitle_label);
  BIND (info);
  BIND (info_label);
  BIND (info_open);
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
  window->picture = cf_picture_new ();
  window->finding = -1;
  gtk_widget_init_template (GTK_WIDGET (window));
  cf_viewport_set_picture (window->viewport, window->picture);
  GtkWidget *hud = cf_hud_new (window->viewport, window->picture);
  gtk_overlay_add_overlay (GTK_OVERLAY (window->overlay), hud);
  cf_steps_panel_set_session (window->steps, window->session);
  cf_threshold_panel_set_session (window->threshold, window->session);
  cf_regions_list_set_session (window->regions, window->session);
  cf_residues_list_set_session (window->residues, window->session);
  cf_window_add_actions (window);
  cf_window_add_export_actions (window);
  cf_window_add_view_actions (window);
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (window->view_button), cf_view_panel_new (G_ACTION_GROUP (window)));
  g_signal_connect (window->info, "response", G_CALLBACK (info_response), window);
  g_signal_connect_swapped (window->info_open, "clicked", G_CALLBACK (info_open_clicked), window);
  g_signal_connect (window->findings, "activate", G_CALLBACK (finding_activated), window);
  g_signal_connect (window->residues, "activated", G_CALLBACK (residue_activated), window);
  g_signal_connect (window->regions, "activated", G_CALLBACK (region_activated), window);
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
  cf_window_set_appearance (window, "dark");
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
