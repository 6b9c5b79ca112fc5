/* cf-presenter.c: presenter mode. */
#include "cf-presenter.h"

#include <math.h>
#include <string.h>

#include "cf-format.h"
#include "cf-level-bar.h"
#include "cf-window-private.h"
#include "cf-words.h"

#define KEY_MS 1600   /* a key is shown */
#define RING 26.0     /* px */
#define N_NUMBERS 5
#define N_SIZES 2      /* of letters: the large ones, and those for a narrow window */

struct _CfPresenter
{
  GtkBox parent_instance;
  CfWindow *window;
  gboolean on;
  GtkWidget *names[N_SIZES][N_NUMBERS], *values[N_SIZES][N_NUMBERS], *numbers, *state, *bar;
  GtkWidget *ring, *key; /* over the picture */
  guint key_source;
  double x, y;           /* of the pointer over the picture; x < 0: elsewhere */
  gboolean was_full, was_spinning;
};

G_DEFINE_FINAL_TYPE (CfPresenter, cf_presenter, GTK_TYPE_BOX)

/* -- numbers ------------------------------------------------------------------------------------------------------------------------------- */

static void
set_number (CfPresenter *presenter, int i, const char *name, const char *value, gboolean stale)
{
  for (int k = 0; k < N_SIZES; k++)
    {
      gtk_label_set_text (GTK_LABEL (presenter->names[k][i]), name);
      gtk_label_set_text (GTK_LABEL (presenter->values[k][i]), value);
      cf_set_stale (presenter->values[k][i], stale);
    }
}

static void
fill_numbers (CfPresenter *presenter, const CfSessionState *s)
{
  const CfComparison *c = s->comparison;
  g_autofree char *nodes = s->graph != NULL ? g_strdup_printf ("%d", (int) s->graph->n_nodes) : g_strdup ("–");
  g_autofree char *coverage = cf_format_percent (c != NULL ? c->ca.coverage : NAN), *precision = cf_format_percent (c != NULL ? c->precision : NAN);
  g_autofree char *rmsd = cf_format_length (c != NULL ? c->ca.rmsd : NAN);
  g_autofree char *level = s->has_level ? g_strdup_printf ("%.3g · %.1f σ", s->level.file, s->level.sigma) : g_strdup ("–");
  set_number (presenter, 0, _("Level"), level, FALSE);
  set_number (presenter, 1, _("Nodes"), nodes, s->graph_stale);
  set_number (presenter, 2, _("Coverage"), coverage, s->graph_stale);
  set_number (presenter, 3, _("Precision"), precision, s->graph_stale);
  set_number (presenter, 4, _("RMSD"), rmsd, s->graph_stale);
  gtk_widget_set_visible (presenter->numbers, s->prepared);
  gtk_widget_set_visible (presenter->bar, s->prepared);
  /* What goes on, while there is no result. */
  const char *status = gtk_label_get_text (GTK_LABEL (presenter->window->status));
  gtk_label_set_text (GTK_LABEL (presenter->state), s->graph == NULL ? status : "");
  gtk_widget_set_visible (presenter->state, s->graph == NULL && *status != '\0');
  if (s->has_level)
    cf_level_bar_say (presenter->bar, &s->level);
}

static void
session_changed (CfSession *session, guint change, CfPresenter *presenter)
{
  if (!presenter->on)
    return;
  fill_numbers (presenter, cf_session_state (session));
  gtk_widget_queue_draw (presenter->bar);
}

static void
draw_bar (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
  CfPresenter *presenter = data;
  const CfSessionState *s = cf_session_state (presenter->window->session);
  gboolean dark = gtk_widget_has_css_class (GTK_WIDGET (presenter->window), "dark");
  CfPlotTheme theme = dark ? cf_plot_theme_dark : cf_plot_theme_light;
  CfPlotTick ticks[CF_PLOT_TICKS];
  theme.font_size = 17;
  for (int c = 0; c < 3; c++)
    theme.background[c] = dark ? 0 : 1; /* as the numbers above have it */
  if (!s->prepared)
    return;
  gsize n = cf_plot_ticks (&s->normalisation, s->contour, s->plateau, s->volume != NULL ? s->histogram : NULL, ticks);
  cf_plot_histogram (cr, width, height, s->histogram, ticks, n, s->has_level ? s->level.normalised : NAN, &theme);
}

/* -- pointer and keys ---------------------------------------------------------------------------------------------------------------------- */

static void
draw_ring (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
  const CfPresenter *presenter = data;
  if (!presenter->on || presenter->x < 0)
    return;
  cairo_arc (cr, presenter->x, presenter->y, RING, 0, 2 * G_PI);
  cairo_set_source_rgba (cr, 0.1, 0.1, 0.1, 0.7);
  cairo_set_line_width (cr, 7);
  cairo_stroke_preserve (cr);
  cairo_set_source_rgb (cr, 0.94, 0.89, 0.26); /* Okabe and Ito's yellow, with a dark edge: seen on any ground */
  cairo_set_line_width (cr, 4);
  cairo_stroke (cr);
}

static void
pointer_moved (GtkEventControllerMotion *motion, double x, double y, CfPresenter *presenter)
{
  presenter->x = x;
  presenter->y = y;
  if (presenter->on)
    gtk_widget_queue_draw (presenter->ring);
}

static void
pointer_left (GtkEventControllerMotion *motion, CfPresenter *presenter)
{
  pointer_moved (motion, -1, -1, presenter);
}

static gboolean
forget_key (gpointer data)
{
  CfPresenter *presenter = data;
  presenter->key_source = 0;
  gtk_widget_set_visible (presenter->key, FALSE);
  return G_SOURCE_REMOVE;
}

static gboolean
key_pressed (GtkEventControllerKey *key, guint keyval, guint code, GdkModifierType state, CfPresenter *presenter)
{
  GtkWidget *window = GTK_WIDGET (presenter->window);
  if (!presenter->on)
    return FALSE;
  if (keyval == GDK_KEY_Escape && presenter->window->tour == NULL) /* which Escape leaves first */
    {
      g_action_group_change_action_state (G_ACTION_GROUP (window), "present", g_variant_new_boolean (FALSE));
      return TRUE;
    }
  if ((keyval >= GDK_KEY_Shift_L && keyval <= GDK_KEY_Hyper_R) || keyval == GDK_KEY_ISO_Level3_Shift || GTK_IS_TEXT (gtk_window_get_focus (GTK_WINDOW (window))))
    return FALSE;
  g_autofree char *text = gtk_accelerator_get_label (keyval, state & gtk_accelerator_get_default_mod_mask ());
  gtk_label_set_text (GTK_LABEL (presenter->key), text);
  gtk_widget_set_visible (presenter->key, TRUE);
  g_clear_handle_id (&presenter->key_source, g_source_remove);
  presenter->key_source = g_timeout_add_full (G_PRIORITY_DEFAULT, KEY_MS, forget_key, presenter, NULL);
  return FALSE;
}

/* -- on and off ------------------------------------------------------------------------------------------------------------------------------- */

static void
begin (CfPresenter *presenter)
{
  CfWindow *window = presenter->window;
  gboolean animations = TRUE;
  g_object_get (gtk_widget_get_settings (GTK_WIDGET (window)), "gtk-enable-animations", &animations, NULL);
  presenter->was_full = gtk_window_is_fullscreen (GTK_WINDOW (window));
  presenter->was_spinning = !animations && cf_viewport_get_spin (window->viewport);
  if (presenter->was_spinning)
    g_action_group_change_action_state (G_ACTION_GROUP (window), "spin", g_variant_new_boolean (FALSE));
  gtk_window_fullscreen (GTK_WINDOW (window));
}

static void
end (CfPresenter *presenter)
{
  CfWindow *window = presenter->window;
  if (!presenter->was_full)
    gtk_window_unfullscreen (GTK_WINDOW (window));
  if (presenter->was_spinning)
    g_action_group_change_action_state (G_ACTION_GROUP (window), "spin", g_variant_new_boolean (TRUE));
  gtk_widget_set_visible (presenter->key, FALSE);
}

static void
set_on (CfPresenter *presenter, gboolean on)
{
  CfWindow *window = presenter->window;
  GtkWidget *hidden[] = { window->header, GTK_WIDGET (window->steps), GTK_WIDGET (window->threshold), window->tools, window->status };
  if (on == presenter->on)
    return;
  presenter->on = on;
  if (on)
    begin (presenter);
  else
    end (presenter);
  for (gsize i = 0; i < G_N_ELEMENTS (hidden); i++)
    gtk_widget_set_visible (hidden[i], !on);
  gtk_widget_set_visible (window->side, !on && gtk_revealer_get_reveal_child (GTK_REVEALER (window->side)));
  gtk_widget_set_visible (GTK_WIDGET (presenter), on);
  gtk_widget_set_visible (presenter->ring, on);
  if (on)
    gtk_widget_add_css_class (GTK_WIDGET (window), "presenting");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (window), "presenting");
  session_changed (window->session, CF_CHANGED_ALL, presenter);
  gtk_widget_grab_focus (GTK_WIDGET (window->viewport));
}

static void
present_changed (GSimpleAction *action, GVariant *value, gpointer data)
{
  g_simple_action_set_state (action, value);
  set_on (CF_WINDOW (data)->presenter, g_variant_get_boolean (value));
}

/* -- class ---------------------------------------------------------------------------------------------------------------------------------- */

static void
cf_presenter_dispose (GObject *object)
{
  g_clear_handle_id (&CF_PRESENTER (object)->key_source, g_source_remove);
  G_OBJECT_CLASS (cf_presenter_parent_class)->dispose (object);
}

static void
cf_presenter_class_init (CfPresenterClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cf_presenter_dispose;
  gtk_widget_class_set_css_name (GTK_WIDGET_CLASS (klass), "presenter");
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

static GtkWidget *
make_bar (CfPresenter *presenter)
{
  GtkWidget *bar = g_object_new (GTK_TYPE_DRAWING_AREA, "accessible-role", GTK_ACCESSIBLE_ROLE_SLIDER, "focusable", TRUE, "content-height", 150, NULL);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (bar), draw_bar, presenter, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (bar), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Seed threshold"), -1);
  return bar;
}

static GtkWidget *
make_numbers (CfPresenter *presenter, int size)
{
  GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, size == 0 ? 48 : 20);

  gtk_widget_set_halign (row, GTK_ALIGN_CENTER);
  if (size > 0)
    gtk_widget_add_css_class (row, "presenter-narrow");
  for (int i = 0; i < N_NUMBERS; i++)
    {
      GtkWidget *pair = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *name = gtk_label_new (""), *value = gtk_label_new ("");
      gtk_widget_set_valign (pair, GTK_ALIGN_END); /* a name of another script is higher, the numbers stand in one line */
      gtk_widget_add_css_class (name, "presenter-name");
      gtk_widget_add_css_class (value, "presenter-value");
      gtk_widget_add_css_class (value, "numeric");
      gtk_box_append (GTK_BOX (pair), name);
      gtk_box_append (GTK_BOX (pair), value);
      gtk_box_append (GTK_BOX (row), pair);
      presenter->names[size][i] = name;
      presenter->values[size][i] = value;
    }
  return row;
}

static void
cf_presenter_init (CfPresenter *presenter)
{
  GtkWidget *row = adw_squeezer_new ();
  adw_squeezer_set_homogeneous (ADW_SQUEEZER (row), FALSE);
  presenter->x = -1;
  presenter->numbers = row;
  gtk_orientable_set_orientation (GTK_ORIENTABLE (presenter), GTK_ORIENTATION_VERTICAL);
  gtk_widget_set_visible (GTK_WIDGET (presenter), FALSE);
  for (int k = 0; k < N_SIZES; k++)
    adw_squeezer_add (ADW_SQUEEZER (row), make_numbers (presenter, k));
  presenter->state = gtk_label_new ("");
  gtk_widget_add_css_class (presenter->state, "presenter-name");
  presenter->bar = make_bar (presenter);
  gtk_box_append (GTK_BOX (presenter), presenter->state);
  gtk_box_append (GTK_BOX (presenter), row);
  gtk_box_append (GTK_BOX (presenter), presenter->bar);
  presenter->ring = gtk_drawing_area_new ();
  gtk_widget_set_can_target (presenter->ring, FALSE);
  gtk_widget_set_visible (presenter->ring, FALSE);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (presenter->ring), draw_ring, presenter, NULL);
  presenter->key = gtk_label_new ("");
  gtk_widget_add_css_class (presenter->key, "presenter-key");
  gtk_widget_set_can_target (presenter->key, FALSE);
  gtk_widget_set_halign (presenter->key, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (presenter->key, GTK_ALIGN_START);
  gtk_widget_set_visible (presenter->key, FALSE);
}

void
cf_presenter_add (CfWindow *window)
{
  static const GActionEntry entries[] = { { "present", NULL, NULL, "false", present_changed, { 0 } } };
  CfPresenter *presenter = g_object_new (CF_TYPE_PRESENTER, NULL);
  GtkEventController *key = gtk_event_controller_key_new (), *motion = gtk_event_controller_motion_new ();
  presenter->window = window;
  window->presenter = presenter;
  gtk_box_append (GTK_BOX (gtk_widget_get_parent (window->header)), GTK_WIDGET (presenter));
  gtk_overlay_add_overlay (GTK_OVERLAY (window->overlay), presenter->ring);
  gtk_overlay_add_overlay (GTK_OVERLAY (window->overlay), presenter->key);
  cf_level_bar_add (presenter->bar, window->session);
  g_action_map_add_action_entries (G_ACTION_MAP (window), entries, G_N_ELEMENTS (entries), window);
  gtk_event_controller_set_propagation_phase (key, GTK_PHASE_CAPTURE);
  g_signal_connect (key, "key-pressed", G_CALLBACK (key_pressed), presenter);
  gtk_widget_add_controller (GTK_WIDGET (window), key);
  g_signal_connect (motion, "motion", G_CALLBACK (pointer_moved), presenter);
  g_signal_connect (motion, "leave", G_CALLBACK (pointer_left), presenter);
  gtk_widget_add_controller (window->overlay, motion);
  g_signal_connect_object (window->session, "changed", G_CALLBACK (session_changed), presenter, 0);
}
