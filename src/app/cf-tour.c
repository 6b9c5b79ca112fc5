/* cf-tour.c: the card of the tour, its keys, and what it puts into the window and back again. */
#include "cf-tour-private.h"
#include "cf-words.h"

#include <math.h>
#include <string.h>

#define ABOVE_CARD 0.13 /* of the height: what is looked at stands higher than the middle */

struct _CfTour
{
  GtkBox parent_instance;
  CfWindow *window;
  int step; /* -1: not begun */
  GtkWidget *number, *title, *text, *live, *play, *back, *next;
  GtkWidget *target;  /* what is pointed at; NULL */
  CfTourFilm film;
  /* as it was before */
  GVariant *settings; /* a{sv} */
  char *style;
  double opacity;
  CfCamera camera;
  gboolean keep_camera;
};

G_DEFINE_FINAL_TYPE (CfTour, cf_tour, GTK_TYPE_BOX)

static void
set_state (CfWindow *window, const char *name, GVariant *state)
{
  g_simple_action_set_state (G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (window), name)), state);
}

/* -- what is set, and what was ----------------------------------------------------------------------------------------------------------- */

/* "name=text": the name, new string, and the text. */
static char *
split_setting (const char *setting, const char **text)
{
  const char *mark = strchr (setting, '=');
  *text = mark + 1;
  return g_strndup (setting, (gsize) (mark - setting));
}

static void
set_one (CfWindow *window, const char *name, GVariant *value)
{
  g_autoptr (GVariant) is = g_action_group_get_action_state (G_ACTION_GROUP (window), name);
  g_autoptr (GVariant) wanted = g_variant_ref_sink (value);
  if (is != NULL && !g_variant_equal (is, wanted))
    g_action_group_change_action_state (G_ACTION_GROUP (window), name, wanted);
}

static void
apply (CfWindow *window, const char *const *settings)
{
  for (int i = 0; settings[i] != NULL; i++)
    {
      const char *text;
      g_autofree char *name = split_setting (settings[i], &text);
      GVariant *value = g_variant_parse (NULL, text, NULL, NULL, NULL);
      g_return_if_fail (value != NULL);
      set_one (window, name, value);
    }
}

static void
remember (CfTour *tour)
{
  CfWindow *window = tour->window;
  GVariantDict dict;
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "side-panel", "b", gtk_widget_get_visible (window->side));
  for (int i = 0; cf_tour_settings[i] != NULL; i++)
    {
      const char *text;
      g_autofree char *name = split_setting (cf_tour_settings[i], &text);
      g_autoptr (GVariant) state = g_action_group_get_action_state (G_ACTION_GROUP (window), name);
      if (state != NULL)
        g_variant_dict_insert_value (&dict, name, state);
    }
  tour->settings = g_variant_ref_sink (g_variant_dict_end (&dict));
  tour->style = g_strdup (cf_style_name (window->picture->options.style));
  tour->opacity = window->picture->options.opacity;
  tour->camera = *cf_viewport_camera (window->viewport);
  tour->keep_camera = cf_session_state (window->session)->demo && window->framed;
}

static void
put_back (CfTour *tour)
{
  CfWindow *window = tour->window;
  GVariantIter iter;
  const char *name;
  GVariant *value;
  g_variant_iter_init (&iter, tour->settings);
  while (g_variant_iter_loop (&iter, "{&sv}", &name, &value))
    set_one (window, name, value);
  g_action_group_activate_action (G_ACTION_GROUP (window), "style", g_variant_new_string (tour->style));
  gtk_range_set_value (GTK_RANGE (window->opacity), tour->opacity);
  if (tour->keep_camera)
    cf_viewport_set_camera (window->viewport, &tour->camera);
  else
    g_action_group_activate_action (G_ACTION_GROUP (window), "view-all", NULL);
}

/* -- pointing -------------------------------------------------------------------------------------------------------------------------------- */

static GtkWidget *
part_of (gpointer widget, const char *name)
{
  return GTK_WIDGET (gtk_widget_get_template_child (widget, G_OBJECT_TYPE (widget), name));
}

static GtkWidget *
find_target (CfWindow *window, CfTourTarget target)
{
  switch (target)
    {
    case CF_TARGET_MAP:
      return part_of (window->steps, "map_step");
    case CF_TARGET_REGIONS:
      return GTK_WIDGET (window->regions);
    case CF_TARGET_TRAIN:
      return part_of (window->steps, "train_step");
    case CF_TARGET_VIEW:
      return window->view_button;
    case CF_TARGET_GRAPH:
      return part_of (window->steps, "graph_step");
    case CF_TARGET_THRESHOLD:
      return part_of (window->threshold, "histogram");
    case CF_TARGET_COMPARE:
    default:
      return part_of (window->steps, "compare_step");
    }
}

static void
point_at (CfTour *tour, GtkWidget *target)
{
  if (tour->target != NULL)
    gtk_widget_remove_css_class (tour->target, "tour-target");
  g_set_weak_pointer (&tour->target, target);
  if (target != NULL)
    gtk_widget_add_css_class (target, "tour-target");
}

/* -- the card -------------------------------------------------------------------------------------------------------------------------------- */

static char *
live_text (CfTour *tour)
{
  const CfSessionState *s = cf_session_state (tour->window->session);
  const CfTourStep *step = &cf_tour_steps[tour->step];
  char *film = cf_tour_film_text (&tour->film);
  if (*film != '\0')
    return film;
  g_free (film);
  if (step->film != CF_FILM_NONE && !tour->film.ready)
    return g_strdup (_("This starts by itself as soon as the networks are trained."));
  if (step->film == CF_FILM_LEVEL && s->graph != NULL)
    return g_strdup_printf (_("Level %.3f normalised (%.1f σ): %d nodes, %d edges"), s->level.normalised, s->level.sigma,
                            (int) s->graph->n_nodes, (int) s->graph->n_edges);
  gboolean tells = s->graph == NULL || tour->step == CF_TOUR_STEPS - 1;
  const char *status = gtk_label_get_text (GTK_LABEL (tour->window->status));
  return tells ? g_strndup (status, strcspn (status, "\n")) : g_strdup ("");
}

static void
fill_live (CfTour *tour)
{
  g_autofree char *text = live_text (tour);
  if (strcmp (text, gtk_label_get_text (GTK_LABEL (tour->live))) != 0)
    gtk_label_set_text (GTK_LABEL (tour->live), text);
  gtk_widget_set_visible (tour->live, *text != '\0');
  gtk_widget_set_sensitive (tour->play, tour->film.ready);
}

static void
film_changed (gpointer data)
{
  CfTour *tour = data;
  set_state (tour->window, "tour-film", g_variant_new_double (tour->film.ready ? tour->film.at : -1));
  fill_live (tour);
}

/* What is seen of the whole: the camera of "view all", nearer. */
static void
frame (CfTour *tour, double zoom)
{
  CfWindow *window = tour->window;
  double lo[3], hi[3];
  if (!cf_picture_bounds (window->picture, cf_session_state (window->session), lo, hi))
    return;
  cf_viewport_frame (window->viewport, lo, hi);
  CfCamera camera = *cf_viewport_camera (window->viewport);
  int width = gtk_widget_get_width (GTK_WIDGET (window->viewport)), height = gtk_widget_get_height (GTK_WIDGET (window->viewport));
  cf_camera_zoom (&camera, zoom);
  if (height > 0)
    cf_camera_pan (&camera, 0, -ABOVE_CARD * height, width, height);
  cf_viewport_set_camera (window->viewport, &camera);
}

static void
say_step (CfTour *tour, const CfTourStep *step)
{
  gboolean last = tour->step == CF_TOUR_STEPS - 1;
  g_autofree char *number = g_strdup_printf (_("Tour: %d of %d"), tour->step + 1, CF_TOUR_STEPS);
  g_autofree char *name = g_strdup_printf (_("Tour, step %d of %d: %s"), tour->step + 1, CF_TOUR_STEPS, _(step->title));
  gtk_label_set_text (GTK_LABEL (tour->number), number);
  gtk_label_set_text (GTK_LABEL (tour->title), _(step->title));
  gtk_label_set_text (GTK_LABEL (tour->text), _(step->text));
  gtk_accessible_update_property (GTK_ACCESSIBLE (tour), GTK_ACCESSIBLE_PROPERTY_LABEL, name, GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, _(step->text), -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (tour->next), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, name, -1);
  gtk_button_set_label (GTK_BUTTON (tour->next), last ? _("_Finish") : _("_Next"));
  gtk_widget_set_sensitive (tour->back, tour->step > 0);
  gtk_widget_set_visible (tour->play, step->film != CF_FILM_NONE);
  gtk_button_set_label (GTK_BUTTON (tour->play), cf_tour_animates (tour->window) ? _("_Play again") : _("_Step"));
}

static void
go_to (CfTour *tour, int at)
{
  const CfTourStep *step = &cf_tour_steps[at];
  CfWindow *window = tour->window;
  cf_tour_film_end (&tour->film);
  tour->step = at;
  apply (window, cf_tour_settings);
  apply (window, step->settings);
  g_action_group_activate_action (G_ACTION_GROUP (window), "style", g_variant_new_string ("surface"));
  gtk_range_set_value (GTK_RANGE (window->opacity), step->film == CF_FILM_SEEDS ? 0.2 : tour->opacity);
  if (step->target == CF_TARGET_REGIONS)
    set_one (window, "side-panel", g_variant_new_boolean (TRUE));
  frame (tour, step->zoom);
  point_at (tour, find_target (window, step->target));
  say_step (tour, step);
  set_state (window, "tour-step", g_variant_new_int32 (at));
  set_state (window, "tour-film", g_variant_new_double (-1));
  cf_tour_film_begin (&tour->film, step->film);
  cf_window_redraw (window, CF_CHANGED_ALL, FALSE);
  fill_live (tour);
  gtk_widget_set_visible (GTK_WIDGET (tour), TRUE);
  gtk_widget_grab_focus (tour->next);
}

static void
leave (CfTour *tour, gboolean restore)
{
  CfWindow *window = tour->window;
  cf_tour_film_end (&tour->film);
  point_at (tour, NULL);
  window->tour = NULL;
  g_signal_handlers_disconnect_by_data (window->session, tour);
  gtk_widget_remove_css_class (GTK_WIDGET (window), "touring");
  set_state (window, "tour-step", g_variant_new_int32 (-1));
  set_state (window, "tour-film", g_variant_new_double (-1));
  if (restore)
    put_back (tour);
  gtk_overlay_remove_overlay (GTK_OVERLAY (window->overlay), GTK_WIDGET (tour));
  cf_window_redraw (window, CF_CHANGED_ALL, FALSE);
  gtk_widget_grab_focus (GTK_WIDGET (window->viewport));
}

/* The demonstration may come a moment after the tour has begun; another map ends it. */
static void
session_changed (CfSession *session, guint change, CfTour *tour)
{
  const CfSessionState *s = cf_session_state (session);
  if (!s->demo)
    {
      if (tour->step >= 0 || s->title != NULL)
        leave (tour, FALSE);
      return;
    }
  if (tour->step < 0 && s->samples != NULL)
    go_to (tour, 0);
  if (tour->step < 0)
    return;
  cf_tour_film_follow (&tour->film);
  fill_live (tour);
}

static void
cf_tour_dispose (GObject *object)
{
  CfTour *tour = CF_TOUR (object);
  g_clear_weak_pointer (&tour->target);
  g_clear_pointer (&tour->settings, g_variant_unref);
  g_clear_pointer (&tour->style, g_free);
  G_OBJECT_CLASS (cf_tour_parent_class)->dispose (object);
}

static void
cf_tour_class_init (CfTourClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cf_tour_dispose;
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "tour");
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

static GtkWidget *
add_label (CfTour *tour, const char *css_class)
{
  GtkWidget *label = gtk_label_new ("");
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_widget_add_css_class (label, css_class);
  gtk_box_append (GTK_BOX (tour), label);
  return label;
}

static GtkWidget *
add_button (GtkWidget *box, const char *label, const char *action, const char *tooltip)
{
  GtkWidget *button = gtk_button_new_with_mnemonic (label);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  gtk_widget_set_tooltip_text (button, tooltip);
  gtk_box_append (GTK_BOX (box), button);
  return button;
}

static void
cf_tour_init (CfTour *tour)
{
  GtkWidget *buttons = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *space = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *widget = GTK_WIDGET (tour);
  tour->step = -1;
  gtk_widget_set_visible (widget, FALSE); /* until there is a step */
  gtk_orientable_set_orientation (GTK_ORIENTABLE (tour), GTK_ORIENTATION_VERTICAL);
  gtk_box_set_spacing (GTK_BOX (tour), 4);
  gtk_widget_set_halign (widget, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (widget, GTK_ALIGN_END);
  tour->number = add_label (tour, "tour-number");
  tour->title = add_label (tour, "tour-title");
  tour->text = add_label (tour, "tour-text");
  gtk_label_set_width_chars (GTK_LABEL (tour->text), 46);
  gtk_label_set_max_width_chars (GTK_LABEL (tour->text), 64);
  tour->live = g_object_new (GTK_TYPE_LABEL, "accessible-role", GTK_ACCESSIBLE_ROLE_STATUS, "xalign", 0.0, NULL);
  gtk_widget_add_css_class (tour->live, "tour-live");
  gtk_box_append (GTK_BOX (tour), tour->live);
  gtk_label_set_ellipsize (GTK_LABEL (tour->live), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (tour->live, "numeric");
  gtk_widget_set_hexpand (space, TRUE);
  add_button (buttons, _("_Leave the tour"), "win.tour-leave", _("Everything is as it was before (Escape)"));
  gtk_box_append (GTK_BOX (buttons), space);
  tour->play = add_button (buttons, _("_Play again"), "win.tour-play", _("Once more from the beginning; without animations: one step on"));
  tour->back = add_button (buttons, _("_Back"), "win.tour-back", _("The step before (Left)"));
  tour->next = add_button (buttons, _("_Next"), "win.tour-next", _("The next step (Right)"));
  gtk_widget_add_css_class (tour->next, "suggested-action");
  gtk_box_append (GTK_BOX (tour), buttons);
}

/* -- actions and keys ---------------------------------------------------------------------------------------------------------------------- */

static void
begin (CfWindow *window)
{
  const CfSessionState *s = cf_session_state (window->session);
  CfTour *tour = g_object_new (CF_TYPE_TOUR, NULL);
  tour->window = window;
  tour->film = (CfTourFilm){ .window = window, .changed = film_changed, .data = tour, .level_before = NAN, .level_set = NAN };
  window->tour = tour;
  remember (tour);
  gtk_widget_add_css_class (GTK_WIDGET (window), "touring");
  gtk_overlay_add_overlay (GTK_OVERLAY (window->overlay), GTK_WIDGET (tour));
  g_signal_connect (window->session, "changed", G_CALLBACK (session_changed), tour);
  if (!s->demo)
    cf_session_open_demo (window->session);
  session_changed (window->session, CF_CHANGED_ALL, tour);
}

/* The user's own map stays where it is. */
static void
tour_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  CfWindow *window = data;
  const CfSessionState *s = cf_session_state (window->session);
  if (window->tour != NULL)
    return;
  if (s->title != NULL && !s->demo)
    {
      CfWindow *other = cf_window_new (gtk_window_get_application (GTK_WINDOW (window)));
      cf_session_set_max_epochs (cf_window_session (other), s->max_epochs);
      gtk_window_present (GTK_WINDOW (other));
      window = other;
    }
  begin (window);
}

static void
tour_next_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  CfTour *tour = CF_WINDOW (data)->tour;
  if (tour == NULL || tour->step < 0)
    return;
  if (tour->step < CF_TOUR_STEPS - 1)
    go_to (tour, tour->step + 1);
  else
    leave (tour, TRUE);
}

static void
tour_back_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  CfTour *tour = CF_WINDOW (data)->tour;
  if (tour != NULL && tour->step > 0)
    go_to (tour, tour->step - 1);
}

static void
tour_leave_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  CfTour *tour = CF_WINDOW (data)->tour;
  if (tour != NULL)
    leave (tour, TRUE);
}

static void
tour_play_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  CfTour *tour = CF_WINDOW (data)->tour;
  if (tour != NULL)
    cf_tour_film_play (&tour->film);
}

/* Before the picture, which would turn. What is typed into, or moves by arrows, keeps its keys. */
static gboolean
key_pressed (GtkEventControllerKey *key, guint keyval, guint code, GdkModifierType state, CfWindow *window)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (window));
  if (window->tour == NULL || state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK | GDK_SHIFT_MASK))
    return FALSE;
  const char *action = keyval == GDK_KEY_Right ? "tour-next" : keyval == GDK_KEY_Left ? "tour-back" : keyval == GDK_KEY_Escape ? "tour-leave" : NULL;
  gboolean wants_arrows = focus != NULL && (GTK_IS_TEXT (focus) || gtk_accessible_get_accessible_role (GTK_ACCESSIBLE (focus)) == GTK_ACCESSIBLE_ROLE_SLIDER);
  if (action == NULL || (wants_arrows && keyval != GDK_KEY_Escape))
    return FALSE;
  g_action_group_activate_action (G_ACTION_GROUP (window), action, NULL);
  return TRUE;
}

void
cf_tour_add (CfWindow *window)
{
  static const GActionEntry entries[] = {
    { "tour", tour_action, NULL, NULL, NULL, { 0 } },
    { "tour-next", tour_next_action, NULL, NULL, NULL, { 0 } },
    { "tour-back", tour_back_action, NULL, NULL, NULL, { 0 } },
    { "tour-leave", tour_leave_action, NULL, NULL, NULL, { 0 } },
    { "tour-play", tour_play_action, NULL, NULL, NULL, { 0 } },
    { "tour-step", NULL, NULL, "-1", NULL, { 0 } },
    { "tour-film", NULL, NULL, "-1.0", NULL, { 0 } },
  };
  GtkEventController *key = gtk_event_controller_key_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (window), entries, G_N_ELEMENTS (entries), window);
  gtk_event_controller_set_propagation_phase (key, GTK_PHASE_CAPTURE);
  g_signal_connect (key, "key-pressed", G_CALLBACK (key_pressed), window);
  gtk_widget_add_controller (GTK_WIDGET (window), key);
}
