/* cf-threshold-panel.c: histogram and curves over the level, the bar to drag, the level in its three units. */
#include "cf-threshold-panel.h"

#include <math.h>

#include "cf-format.h"

enum
{
  UNIT_FILE,
  UNIT_NORMALISED,
  UNIT_SIGMA
};

struct _CfThresholdPanel
{
  GtkBox parent_instance;
  CfSession *session;
  gboolean dark;
  GtkWidget *curves, *histogram;
  GtkWidget *value, *unit, *three, *notice, *generic, *author, *plateau, *contour;
};

G_DEFINE_FINAL_TYPE (CfThresholdPanel, cf_threshold_panel, GTK_TYPE_BOX)

/* -- drawing --------------------------------------------------------------------------------------------------------------------- */

static CfPlotTheme
theme_of (CfThresholdPanel *panel)
{
  CfPlotTheme theme = panel->dark ? cf_plot_theme_dark : cf_plot_theme_light;
  theme.font_size = 11;
  return theme;
}

static gsize
collect_ticks (const CfSessionState *s, CfPlotTick ticks[3])
{
  gsize n = 0;
  CfLevel generic = cf_level_generic (&s->normalisation);
  ticks[n++] = (CfPlotTick){ generic.sigma > 3.001 ? "0.1 (µ + 3σ is below)" : "µ + 3σ", generic.normalised };
  if (!isnan (s->contour))
    ticks[n++] = (CfPlotTick){ "author", cf_level_from_file (&s->normalisation, s->contour).normalised };
  if (!isnan (s->plateau))
    ticks[n++] = (CfPlotTick){ "plateau", s->plateau };
  return n;
}

static void
draw_histogram (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
  CfThresholdPanel *panel = data;
  const CfSessionState *s = cf_session_state (panel->session);
  CfPlotTheme theme = theme_of (panel);
  CfPlotTick ticks[3];
  if (s->prepared)
    cf_plot_histogram (cr, width, height, s->histogram, ticks, collect_ticks (s, ticks), s->has_level ? s->level.normalised : NAN, &theme);
}

static void
draw_curves (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
  CfThresholdPanel *panel = data;
  const CfSessionState *s = cf_session_state (panel->session);
  CfPlotTheme theme = theme_of (panel);
  if (s->curve != NULL)
    cf_plot_curves (cr, width, height, s->curve, s->has_level ? s->level.normalised : NAN, &theme);
}

/* -- the bar --------------------------------------------------------------------------------------------------------------------- */

static void
set_from_x (CfThresholdPanel *panel, double x, gboolean settled)
{
  double fraction = x / MAX (gtk_widget_get_width (panel->histogram), 1);
  cf_session_set_level (panel->session, cf_plot_fraction_to_level (CLAMP (fraction, 0, 1)), settled);
}

static void
drag_begin (GtkGestureDrag *drag, double x, double y, CfThresholdPanel *panel)
{
  gtk_widget_grab_focus (panel->histogram);
  set_from_x (panel, x, FALSE);
}

static void
drag_update (GtkGestureDrag *drag, double dx, double dy, CfThresholdPanel *panel)
{
  double x, y;
  gtk_gesture_drag_get_start_point (drag, &x, &y);
  set_from_x (panel, x + dx, FALSE);
}

static void
drag_end (GtkGestureDrag *drag, double dx, double dy, CfThresholdPanel *panel)
{
  const CfSessionState *s = cf_session_state (panel->session);
  if (s->has_level)
    cf_session_set_level (panel->session, s->level.normalised, TRUE);
}

static gboolean
scrolled (GtkEventControllerScroll *scroll, double dx, double dy, CfThresholdPanel *panel)
{
  GdkModifierType state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (scroll));
  double delta = dy != 0 ? -dy : dx;
  cf_session_nudge_level (panel->session, delta * (state & GDK_SHIFT_MASK ? 0.001 : 0.01));
  return TRUE;
}

static gboolean
key_pressed (GtkEventControllerKey *key, guint keyval, guint code, GdkModifierType state, CfThresholdPanel *panel)
{
  double step = state & GDK_SHIFT_MASK ? 0.001 : 0.01;
  switch (keyval)
    {
    case GDK_KEY_Left:
    case GDK_KEY_Down:
      cf_session_nudge_level (panel->session, -step);
      return TRUE;
    case GDK_KEY_Right:
    case GDK_KEY_Up:
      cf_session_nudge_level (panel->session, step);
      return TRUE;
    case GDK_KEY_Page_Up:
      cf_session_nudge_level (panel->session, 10 * step);
      return TRUE;
    case GDK_KEY_Page_Down:
      cf_session_nudge_level (panel->session, -10 * step);
      return TRUE;
    default:
      return FALSE;
    }
}

/* -- numbers --------------------------------------------------------------------------------------------------------------------- */

static double
in_unit (const CfLevel *level, guint unit)
{
  return unit == UNIT_FILE ? level->file : unit == UNIT_NORMALISED ? level->normalised : level->sigma;
}

static void
fill_value (CfThresholdPanel *panel)
{
  const CfSessionState *s = cf_session_state (panel->session);
  char text[64] = "";
  if (s->has_level)
    g_ascii_formatd (text, sizeof text, "%.5g", in_unit (&s->level, gtk_drop_down_get_selected (GTK_DROP_DOWN (panel->unit))));
  gtk_editable_set_text (GTK_EDITABLE (panel->value), text);
}

static gboolean
read_number (GtkWidget *entry, double *out)
{
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (entry))));
  char *end;
  *out = g_ascii_strtod (text, &end);
  gboolean good = end != text && *end == '\0' && isfinite (*out);
  if (good || *text == '\0')
    gtk_widget_remove_css_class (entry, "error");
  else
    gtk_widget_add_css_class (entry, "error");
  return good;
}

static void
value_activated (CfThresholdPanel *panel)
{
  const CfSessionState *s = cf_session_state (panel->session);
  double value;
  if (!s->prepared || !read_number (panel->value, &value))
    return;
  guint unit = gtk_drop_down_get_selected (GTK_DROP_DOWN (panel->unit));
  CfLevel level = unit == UNIT_FILE         ? cf_level_from_file (&s->normalisation, value)
                  : unit == UNIT_NORMALISED ? cf_level_from_normalised (&s->normalisation, value)
                                            : cf_level_from_sigma (&s->normalisation, value);
  cf_session_set_level (panel->session, level.normalised, TRUE);
}

static void
contour_activated (CfThresholdPanel *panel)
{
  double value = NAN;
  const char *text = gtk_editable_get_text (GTK_EDITABLE (panel->contour));
  if (!read_number (panel->contour, &value))
    value = NAN;
  if (*text == '\0' || !isnan (value))
    cf_session_set_contour (panel->session, value);
}

static void
generic_clicked (CfThresholdPanel *panel)
{
  const CfSessionState *s = cf_session_state (panel->session);
  cf_session_set_level (panel->session, cf_level_generic (&s->normalisation).normalised, TRUE);
}

static void
author_clicked (CfThresholdPanel *panel)
{
  const CfSessionState *s = cf_session_state (panel->session);
  cf_session_set_level (panel->session, cf_level_from_file (&s->normalisation, s->contour).normalised, TRUE);
}

static void
plateau_clicked (CfThresholdPanel *panel)
{
  cf_session_set_level (panel->session, cf_session_state (panel->session)->plateau, TRUE);
}

static void
fill_three (CfThresholdPanel *panel)
{
  const CfSessionState *s = cf_session_state (panel->session);
  g_autofree char *text = NULL;
  if (s->has_level)
    {
      const int *dims = s->normalisation.dims;
      text = g_strdup_printf ("%.4g in the file · %.4f normalised · %.2f σ\nσ over the %d × %d × %d normalised voxels in use", s->level.file,
                              s->level.normalised, s->level.sigma, dims[0], dims[1], dims[2]);
    }
  gtk_label_set_text (GTK_LABEL (panel->three), text != NULL ? text : "");
}

static void
say_value (CfThresholdPanel *panel)
{
  const CfSessionState *s = cf_session_state (panel->session);
  if (!s->has_level)
    return;
  g_autofree char *text = g_strdup_printf ("%.4f normalised, %.2f sigma", s->level.normalised, s->level.sigma);
  gtk_accessible_update_property (GTK_ACCESSIBLE (panel->histogram), GTK_ACCESSIBLE_PROPERTY_VALUE_MIN, 0.0, GTK_ACCESSIBLE_PROPERTY_VALUE_MAX,
                                  1.0, GTK_ACCESSIBLE_PROPERTY_VALUE_NOW, s->level.normalised, GTK_ACCESSIBLE_PROPERTY_VALUE_TEXT, text, -1);
}

static void
fill_contour (CfThresholdPanel *panel)
{
  const CfSessionState *s = cf_session_state (panel->session);
  char text[64] = "";
  if (!isnan (s->contour))
    g_ascii_formatd (text, sizeof text, "%.6g", s->contour);
  if (!gtk_widget_has_focus (panel->contour))
    gtk_editable_set_text (GTK_EDITABLE (panel->contour), text);
}

static void
session_changed (CfSession *session, guint change, CfThresholdPanel *panel)
{
  const CfSessionState *s = cf_session_state (session);
  if (!(change & (CF_CHANGED_DOCUMENT | CF_CHANGED_LEVEL | CF_CHANGED_CURVE)))
    return;
  gtk_widget_set_visible (panel->curves, s->curve != NULL);
  gtk_widget_set_sensitive (GTK_WIDGET (panel), s->prepared);
  gtk_widget_queue_draw (panel->curves);
  gtk_widget_queue_draw (panel->histogram);
  cf_set_stale (panel->curves, s->curve_stale);
  fill_three (panel);
  fill_value (panel);
  fill_contour (panel);
  say_value (panel);
  gtk_widget_set_sensitive (panel->author, !isnan (s->contour));
  gtk_widget_set_tooltip_text (panel->author, isnan (s->contour) ? "No author contour is known: type it below" : "The authors' contour level");
  gtk_widget_set_sensitive (panel->plateau, !isnan (s->plateau));
  gtk_widget_set_tooltip_text (panel->plateau,
                               isnan (s->plateau)
                                   ? "Known once the seeds have climbed"
                                   : "The middle of the longest interval over which the number of nodes hardly changes. Model-free; it "
                                     "may choose a level so high that only strong atoms are left");
  gtk_label_set_text (GTK_LABEL (panel->notice), s->curve_stale && s->sweep != NULL ? "curves: computing" : "");
}

/* -- class ----------------------------------------------------------------------------------------------------------------------- */

static void
add_bar (CfThresholdPanel *panel, GtkWidget *area)
{
  GtkGesture *drag = gtk_gesture_drag_new ();
  g_signal_connect (drag, "drag-begin", G_CALLBACK (drag_begin), panel);
  g_signal_connect (drag, "drag-update", G_CALLBACK (drag_update), panel);
  g_signal_connect (drag, "drag-end", G_CALLBACK (drag_end), panel);
  gtk_widget_add_controller (area, GTK_EVENT_CONTROLLER (drag));
  GtkEventController *scroll = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_BOTH_AXES);
  g_signal_connect (scroll, "scroll", G_CALLBACK (scrolled), panel);
  gtk_widget_add_controller (area, scroll);
  gtk_widget_set_cursor_from_name (area, "col-resize");
}

static void
cf_threshold_panel_dispose (GObject *object)
{
  g_clear_object (&CF_THRESHOLD_PANEL (object)->session);
  G_OBJECT_CLASS (cf_threshold_panel_parent_class)->dispose (object);
}

static void
cf_threshold_panel_class_init (CfThresholdPanelClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  G_OBJECT_CLASS (klass)->dispose = cf_threshold_panel_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/org/cryofield/ui/threshold-panel.ui");
  gtk_widget_class_bind_template_child (widget_class, CfThresholdPanel, curves);
  gtk_widget_class_bind_template_child (widget_class, CfThresholdPanel, histogram);
  gtk_widget_class_bind_template_child (widget_class, CfThresholdPanel, value);
  gtk_widget_class_bind_template_child (widget_class, CfThresholdPanel, unit);
  gtk_widget_class_bind_template_child (widget_class, CfThresholdPanel, three);
  gtk_widget_class_bind_template_child (widget_class, CfThresholdPanel, notice);
  gtk_widget_class_bind_template_child (widget_class, CfThresholdPanel, generic);
  gtk_widget_class_bind_template_child (widget_class, CfThresholdPanel, author);
  gtk_widget_class_bind_template_child (widget_class, CfThresholdPanel, plateau);
  gtk_widget_class_bind_template_child (widget_class, CfThresholdPanel, contour);
}

static void
cf_threshold_panel_init (CfThresholdPanel *panel)
{
  gtk_widget_init_template (GTK_WIDGET (panel));
}

void
cf_threshold_panel_set_session (CfThresholdPanel *panel, CfSession *session)
{
  panel->session = g_object_ref (session);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (panel->histogram), draw_histogram, panel, NULL);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (panel->curves), draw_curves, panel, NULL);
  add_bar (panel, panel->histogram);
  add_bar (panel, panel->curves);
  GtkEventController *key = gtk_event_controller_key_new ();
  g_signal_connect (key, "key-pressed", G_CALLBACK (key_pressed), panel);
  gtk_widget_add_controller (panel->histogram, key);
  g_signal_connect_swapped (panel->value, "activate", G_CALLBACK (value_activated), panel);
  g_signal_connect_swapped (panel->unit, "notify::selected", G_CALLBACK (fill_value), panel);
  g_signal_connect_swapped (panel->contour, "activate", G_CALLBACK (contour_activated), panel);
  g_signal_connect_swapped (panel->generic, "clicked", G_CALLBACK (generic_clicked), panel);
  g_signal_connect_swapped (panel->author, "clicked", G_CALLBACK (author_clicked), panel);
  g_signal_connect_swapped (panel->plateau, "clicked", G_CALLBACK (plateau_clicked), panel);
  g_signal_connect_object (session, "changed", G_CALLBACK (session_changed), panel, 0);
  session_changed (session, CF_CHANGED_ALL, panel);
}

void
cf_threshold_panel_set_dark (CfThresholdPanel *panel, gboolean dark)
{
  panel->dark = dark;
  gtk_widget_queue_draw (panel->histogram);
  gtk_widget_queue_draw (panel->curves);
}

void
cf_threshold_panel_set_low (CfThresholdPanel *panel, gboolean low)
{
  gtk_drawing_area_set_content_height (GTK_DRAWING_AREA (panel->curves), low ? 92 : 108);
  gtk_drawing_area_set_content_height (GTK_DRAWING_AREA (panel->histogram), low ? 64 : 88);
}
