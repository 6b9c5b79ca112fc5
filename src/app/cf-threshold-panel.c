/* cf-threshold-panel.c: histogram and curves over the level, the bar to drag, the level in its three units. */
#include "cf-threshold-panel.h"

#include <math.h>

#include "cf-format.h"
#include "cf-level-bar.h"
#include "cf-words.h"

struct _CfThresholdPanel
{
  GtkBox parent_instance;
  CfSession *session;
  gboolean dark;
  guint shown; /* of the curves: CF_SERIES_BIT () */
  GtkWidget *curves, *histogram;
  GtkWidget *in_file, *normalised, *sigma, *population, *notice, *generic, *author, *plateau, *top, *contour, *choice, *choices;
  GtkWidget *checks[CF_N_SERIES];
  double shown_contour; /* what the entry was filled with; NAN none */
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

static void
draw_histogram (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
  CfThresholdPanel *panel = data;
  const CfSessionState *s = cf_session_state (panel->session);
  CfPlotTheme theme = theme_of (panel);
  CfPlotTick ticks[CF_PLOT_TICKS];
  if (!s->prepared)
    return;
  gsize n = cf_plot_ticks (&s->normalisation, s->contour, s->plateau, s->volume != NULL ? s->histogram : NULL, ticks);
  cf_plot_histogram (cr, width, height, s->histogram, ticks, n, s->has_level ? s->level.normalised : NAN, &theme);
}

static void
draw_curves (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
  CfThresholdPanel *panel = data;
  const CfSessionState *s = cf_session_state (panel->session);
  CfPlotTheme theme = theme_of (panel);
  if (s->curve != NULL)
    cf_plot_curves (cr, width, height, s->curve, s->has_level ? s->level.normalised : NAN, panel->shown, &theme);
}

/* -- numbers --------------------------------------------------------------------------------------------------------------------- */

static void
fill_entry (GtkWidget *entry, const CfSessionState *s, const char *format, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE] = "";
  if (s->has_level)
    g_ascii_formatd (text, sizeof text, format, value);
  gtk_editable_set_text (GTK_EDITABLE (entry), text);
  gtk_widget_remove_css_class (entry, "error");
}

static void
fill_values (CfThresholdPanel *panel)
{
  const CfSessionState *s = cf_session_state (panel->session);
  fill_entry (panel->in_file, s, "%.5g", s->level.file);
  fill_entry (panel->normalised, s, "%.4f", s->level.normalised);
  fill_entry (panel->sigma, s, "%.2f", s->level.sigma);
  g_autofree char *text = NULL;
  if (s->prepared)
    {
      gboolean part = cf_session_is_of_part (s);
      const CfGrid *whole = s->volume != NULL ? &s->volume->grid : &s->field->source_grid;
      const int *dims = part ? whole->dims : s->normalisation.dims;
      text = g_strdup_printf (part ? _("σ over all %d × %d × %d normalised voxels") : _("σ over the %d × %d × %d normalised voxels in use"),
                              dims[0], dims[1], dims[2]);
    }
  gtk_label_set_text (GTK_LABEL (panel->population), text != NULL ? text : "");
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
value_activated (GtkWidget *entry, CfThresholdPanel *panel)
{
  const CfSessionState *s = cf_session_state (panel->session);
  double value;
  if (!s->prepared || !read_number (entry, &value))
    return;
  CfLevel level = entry == panel->in_file      ? cf_level_from_file (&s->normalisation, value)
                  : entry == panel->normalised ? cf_level_from_normalised (&s->normalisation, value)
                                               : cf_level_from_sigma (&s->normalisation, value);
  cf_session_set_level (panel->session, level.normalised, TRUE);
  fill_values (panel); /* as it was taken: within the map's range */
  gtk_widget_grab_focus (panel->histogram); /* where plain letters are keys again */
}

static void
show_contour (CfThresholdPanel *panel)
{
  double contour = cf_session_state (panel->session)->contour;
  char text[64] = "";
  if (!isnan (contour))
    g_ascii_formatd (text, sizeof text, "%.6g", contour);
  panel->shown_contour = contour;
  gtk_editable_set_text (GTK_EDITABLE (panel->contour), text);
  gtk_widget_remove_css_class (panel->contour, "error");
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
  cf_session_set_level (panel->session, cf_level_start (&s->normalisation).normalised, TRUE);
}

/* A number that is typed is meant, with Enter or without. What is no number gives way to the one in use. */
static void
contour_left (CfThresholdPanel *panel)
{
  contour_activated (panel);
  show_contour (panel);
}

static void
update_author (CfThresholdPanel *panel)
{
  gboolean known = !isnan (cf_session_state (panel->session)->contour);
  g_autofree char *typed = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (panel->contour))));
  gtk_widget_set_sensitive (panel->author, known || *typed != '\0');
  gtk_widget_set_tooltip_text (panel->author, known ? _("The authors' contour level") : _("No author contour is known: type it below"));
}

static void
author_clicked (CfThresholdPanel *panel)
{
  const CfSessionState *s = cf_session_state (panel->session);
  contour_left (panel);
  if (isnan (s->contour))
    return;
  cf_session_set_level (panel->session, cf_level_from_file (&s->normalisation, s->contour).normalised, TRUE);
}

static void
plateau_clicked (CfThresholdPanel *panel)
{
  cf_session_set_level (panel->session, cf_session_state (panel->session)->plateau, TRUE);
}

static void
top_clicked (CfThresholdPanel *panel)
{
  cf_session_set_level (panel->session, cf_histogram_top (cf_session_state (panel->session)->histogram, 0.01), TRUE);
}

static void
say_value (CfThresholdPanel *panel)
{
  const CfSessionState *s = cf_session_state (panel->session);
  if (s->has_level)
    cf_level_bar_say (panel->histogram, &s->level);
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
  if (change & (CF_CHANGED_DOCUMENT | CF_CHANGED_LEVEL)) /* what is being typed stays when curves come */
    fill_values (panel);
  /* Only when it is another one: what is being typed stays while a map is prepared or trained. */
  if (s->contour != panel->shown_contour && !(isnan (s->contour) && isnan (panel->shown_contour)))
    show_contour (panel);
  update_author (panel);
  say_value (panel);
  gtk_widget_set_sensitive (panel->plateau, !isnan (s->plateau));
  gtk_widget_set_tooltip_text (panel->plateau,
                               !cf_session_is_walked (s) ? _("Known once the seeds have climbed")
                               : isnan (s->plateau)
                                   ? _("None: the nodes do not part into those of noise and those of atoms")
                                   : _("Between the nodes of noise and those of atoms, where fewest nodes appear as the level falls. Model-free; it may "
                                       "fail where noise swamps the atoms, or a few strong atoms stand apart from the rest"));
  gtk_widget_set_sensitive (panel->top, s->volume != NULL);
  gtk_widget_set_visible (panel->choice, s->curve != NULL);
  for (int k = 0; k < CF_N_SERIES; k++)
    gtk_widget_set_sensitive (panel->checks[k], cf_series_is_known (k, s->curve));
  gtk_label_set_text (GTK_LABEL (panel->notice), s->curve_stale && s->sweep != NULL ? _("curves: computing") : "");
}

/* -- class ----------------------------------------------------------------------------------------------------------------------- */

static void
choice_toggled (GtkCheckButton *check, CfThresholdPanel *panel)
{
  panel->shown = 0;
  for (int k = 0; k < CF_N_SERIES; k++)
    if (gtk_check_button_get_active (GTK_CHECK_BUTTON (panel->checks[k])))
      panel->shown |= CF_SERIES_BIT (k);
  gtk_widget_queue_draw (panel->curves);
}

/* The uppermost line first. */
static void
add_choices (CfThresholdPanel *panel)
{
  panel->shown = CF_SERIES_USUAL;
  for (int k = CF_N_SERIES - 1; k >= 0; k--)
    {
      panel->checks[k] = gtk_check_button_new_with_label (_(cf_series_name (k)));
      gtk_check_button_set_active (GTK_CHECK_BUTTON (panel->checks[k]), (panel->shown & CF_SERIES_BIT (k)) != 0);
      gtk_box_append (GTK_BOX (panel->choices), panel->checks[k]);
    }
  for (int k = 0; k < CF_N_SERIES; k++)
    g_signal_connect (panel->checks[k], "toggled", G_CALLBACK (choice_toggled), panel);
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
  gtk_widget_class_bind_template_child (widget_class, CfThresholdPanel, in_file);
  gtk_widget_class_bind_template_child (widget_class, CfThresholdPanel, normalised);
  gtk_widget_class_bind_template_child (widget_class, CfThresholdPanel, sigma);
  gtk_widget_class_bind_template_child (widget_class, CfThresholdPanel, population);
  gtk_widget_class_bind_template_child (widget_class, CfThresholdPanel, top);
  gtk_widget_class_bind_template_child (widget_class, CfThresholdPanel, choice);
  gtk_widget_class_bind_template_child (widget_class, CfThresholdPanel, choices);
  gtk_widget_class_bind_template_child (widget_class, CfThresholdPanel, notice);
  gtk_widget_class_bind_template_child (widget_class, CfThresholdPanel, generic);
  gtk_widget_class_bind_template_child (widget_class, CfThresholdPanel, author);
  gtk_widget_class_bind_template_child (widget_class, CfThresholdPanel, plateau);
  gtk_widget_class_bind_template_child (widget_class, CfThresholdPanel, contour);
}

static void
cf_threshold_panel_init (CfThresholdPanel *panel)
{
  panel->shown_contour = NAN;
  gtk_widget_init_template (GTK_WIDGET (panel));
}

void
cf_threshold_panel_set_session (CfThresholdPanel *panel, CfSession *session)
{
  panel->session = g_object_ref (session);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (panel->histogram), draw_histogram, panel, NULL);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (panel->curves), draw_curves, panel, NULL);
  cf_level_bar_add (panel->histogram, session);
  cf_level_bar_add (panel->curves, session);
  add_choices (panel);
  g_signal_connect (panel->in_file, "activate", G_CALLBACK (value_activated), panel);
  g_signal_connect (panel->normalised, "activate", G_CALLBACK (value_activated), panel);
  g_signal_connect (panel->sigma, "activate", G_CALLBACK (value_activated), panel);
  g_signal_connect_swapped (panel->top, "clicked", G_CALLBACK (top_clicked), panel);
  g_signal_connect_swapped (panel->contour, "activate", G_CALLBACK (contour_activated), panel);
  g_signal_connect_swapped (panel->contour, "changed", G_CALLBACK (update_author), panel);
  GtkEventController *focus = gtk_event_controller_focus_new ();
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (contour_left), panel);
  gtk_widget_add_controller (panel->contour, focus);
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
  gtk_drawing_area_set_content_height (GTK_DRAWING_AREA (panel->histogram), low ? 80 : 100);
}
