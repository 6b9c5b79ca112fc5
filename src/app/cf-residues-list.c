/* cf-residues-list.c: rows of a list view, so that only those in sight are drawn, however long the model. */
#include "cf-residues-list.h"

#include "cf-format.h"
#include "cf-strip.h"
#include "cf-words.h"

#define PER_ROW 20
#define ROW_HEIGHT 15
#define LABEL 42

struct _CfResiduesList
{
  GtkBox parent_instance;
  CfSession *session;
  gboolean dark;
  GtkWidget *title, *legend, *scroller, *view;
  CfStrips *strips;
  CfStructure *structure; /* that the strips are of */
  guint32 selected;
  GPtrArray *areas; /* that show a row now */
};

G_DEFINE_FINAL_TYPE (CfResiduesList, cf_residues_list, GTK_TYPE_BOX)

static guint activated_signal;

static CfPlotTheme
theme_of (CfResiduesList *list)
{
  CfPlotTheme theme = list->dark ? cf_plot_theme_dark : cf_plot_theme_light;
  theme.font_size = 10;
  return theme;
}

/* -- rows ------------------------------------------------------------------------------------------------------------------------ */

/* NULL where nothing is compared, or an area shows no row. */
static const CfStripRow *
row_of (CfResiduesList *list, GtkWidget *area)
{
  guint at = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (area), "row")); /* from 1 */
  const CfSessionState *s = cf_session_state (list->session);
  return at > 0 && list->strips != NULL && at <= list->strips->n_rows && s->comparison != NULL && s->structure == list->structure
             ? &list->strips->rows[at - 1]
             : NULL;
}

static void
draw_row (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
  CfResiduesList *list = data;
  const CfSessionState *s = cf_session_state (list->session);
  const CfStripRow *row = row_of (list, GTK_WIDGET (area));
  CfPlotTheme theme = theme_of (list);
  if (row != NULL)
    cf_strip_draw_row (cr, width, height, LABEL, PER_ROW, row, s->structure, s->comparison, list->selected, &theme);
}

static guint32
residue_at (CfResiduesList *list, GtkWidget *area, double x)
{
  const CfStripRow *row = row_of (list, area);
  return row != NULL ? cf_strip_residue_at (row, x, gtk_widget_get_width (area), LABEL, PER_ROW) : G_MAXUINT32;
}

static gboolean
query_tooltip (GtkWidget *area, int x, int y, gboolean keyboard, GtkTooltip *tooltip, CfResiduesList *list)
{
  const CfSessionState *s = cf_session_state (list->session);
  guint32 residue = residue_at (list, area, x);
  if (residue == G_MAXUINT32)
    return FALSE;
  g_autofree char *text = cf_strip_residue_label (s->structure, s->comparison, residue, _("no node"));
  gtk_tooltip_set_text (tooltip, text);
  return TRUE;
}

static void
clicked (GtkGestureClick *click, int n, double x, double y, CfResiduesList *list)
{
  guint32 residue = residue_at (list, gtk_event_controller_get_widget (GTK_EVENT_CONTROLLER (click)), x);
  if (residue != G_MAXUINT32)
    g_signal_emit (list, activated_signal, 0, residue);
}

static void
set_up_row (GtkSignalListItemFactory *factory, GtkListItem *item, CfResiduesList *list)
{
  GtkWidget *area = gtk_drawing_area_new ();
  GtkGesture *click = gtk_gesture_click_new ();
  gtk_drawing_area_set_content_height (GTK_DRAWING_AREA (area), ROW_HEIGHT);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (area), draw_row, list, NULL);
  gtk_widget_set_has_tooltip (area, TRUE);
  g_signal_connect (area, "query-tooltip", G_CALLBACK (query_tooltip), list);
  g_signal_connect (click, "released", G_CALLBACK (clicked), list);
  gtk_widget_add_controller (area, GTK_EVENT_CONTROLLER (click));
  gtk_list_item_set_child (item, area);
  gtk_list_item_set_selectable (item, FALSE);
}

static void
bind_row (GtkSignalListItemFactory *factory, GtkListItem *item, CfResiduesList *list)
{
  GtkWidget *area = gtk_list_item_get_child (item);
  g_object_set_data (G_OBJECT (area), "row", GUINT_TO_POINTER (gtk_list_item_get_position (item) + 1));
  g_ptr_array_add (list->areas, area);
  gtk_widget_queue_draw (area);
}

static void
unbind_row (GtkSignalListItemFactory *factory, GtkListItem *item, CfResiduesList *list)
{
  GtkWidget *area = gtk_list_item_get_child (item);
  g_object_set_data (G_OBJECT (area), "row", NULL);
  g_ptr_array_remove_fast (list->areas, area);
}

static void
draw_all (CfResiduesList *list)
{
  for (guint i = 0; i < list->areas->len; i++)
    gtk_widget_queue_draw (list->areas->pdata[i]);
}

/* -- the model, and what is compared --------------------------------------------------------------------------------------------- */

static void
take_structure (CfResiduesList *list, CfStructure *structure)
{
  if (structure == list->structure)
    return;
  gtk_list_view_set_model (GTK_LIST_VIEW (list->view), NULL);
  g_clear_pointer (&list->strips, cf_strips_free);
  g_clear_pointer (&list->structure, cf_structure_unref);
  list->selected = G_MAXUINT32;
  if (structure == NULL)
    return;
  list->structure = cf_structure_ref (structure);
  list->strips = cf_strips_new (structure, PER_ROW);
  g_autoptr (GtkStringList) rows = gtk_string_list_new (NULL);
  for (gsize i = 0; i < list->strips->n_rows; i++)
    gtk_string_list_append (rows, "");
  g_autoptr (GtkNoSelection) model = gtk_no_selection_new (G_LIST_MODEL (g_object_ref (rows)));
  gtk_list_view_set_model (GTK_LIST_VIEW (list->view), GTK_SELECTION_MODEL (model));
}

static void
say_title (CfResiduesList *list, const CfSessionState *s)
{
  g_autofree char *text = g_strdup_printf (_("Residues: %zu of %zu with a node"), s->comparison->ca.matched,
                                           s->comparison->ca.total);
  gtk_label_set_text (GTK_LABEL (list->title), text);
}

static void
session_changed (CfSession *session, guint change, CfResiduesList *list)
{
  const CfSessionState *s = cf_session_state (session);
  if (!(change & (CF_CHANGED_DOCUMENT | CF_CHANGED_GRAPH)))
    return;
  take_structure (list, s->structure);
  gtk_widget_set_visible (GTK_WIDGET (list), s->comparison != NULL && list->strips != NULL && list->strips->n_residues > 0);
  if (s->comparison != NULL)
    say_title (list, s);
  /* the matches are of the graph that is shown; only chance is left out while the bar moves */
  cf_set_stale (list->scroller, s->graph_stale);
  draw_all (list);
}

/* -- class ----------------------------------------------------------------------------------------------------------------------- */

static void
draw_legend (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
  CfPlotTheme theme = theme_of (data);
  theme.font_size = 8.5;
  cf_strip_draw_scale (cr, width, height, &theme);
}

static void
cf_residues_list_dispose (GObject *object)
{
  CfResiduesList *list = CF_RESIDUES_LIST (object);
  if (list->view != NULL)
    gtk_list_view_set_model (GTK_LIST_VIEW (list->view), NULL);
  list->view = NULL;
  g_clear_object (&list->session);
  g_clear_pointer (&list->strips, cf_strips_free);
  g_clear_pointer (&list->structure, cf_structure_unref);
  G_OBJECT_CLASS (cf_residues_list_parent_class)->dispose (object);
}

static void
cf_residues_list_finalize (GObject *object)
{
  g_ptr_array_unref (CF_RESIDUES_LIST (object)->areas);
  G_OBJECT_CLASS (cf_residues_list_parent_class)->finalize (object);
}

static void
cf_residues_list_class_init (CfResiduesListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cf_residues_list_dispose;
  G_OBJECT_CLASS (klass)->finalize = cf_residues_list_finalize;
  activated_signal = g_signal_new ("activated", CF_TYPE_RESIDUES_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
}

static void
cf_residues_list_init (CfResiduesList *list)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  list->areas = g_ptr_array_new ();
  list->selected = G_MAXUINT32;
  gtk_orientable_set_orientation (GTK_ORIENTABLE (list), GTK_ORIENTATION_VERTICAL);
  list->title = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (list->title), 0);
  gtk_widget_add_css_class (list->title, "panel-title");
  list->legend = gtk_drawing_area_new ();
  gtk_drawing_area_set_content_height (GTK_DRAWING_AREA (list->legend), 26);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (list->legend), draw_legend, list, NULL);
  g_signal_connect (factory, "setup", G_CALLBACK (set_up_row), list);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_row), list);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind_row), list);
  list->view = gtk_list_view_new (NULL, factory);
  gtk_widget_add_css_class (list->view, "strips");
  list->scroller = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (list->scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (list->scroller), 60);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (list->scroller), 170);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (list->scroller), TRUE);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (list->scroller), list->view);
  gtk_box_append (GTK_BOX (list), list->title);
  gtk_box_append (GTK_BOX (list), list->legend);
  gtk_box_append (GTK_BOX (list), list->scroller);
  gtk_accessible_update_property (GTK_ACCESSIBLE (list->view), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Residues by the distance of their nodes"), -1);
}

void
cf_residues_list_set_session (CfResiduesList *list, CfSession *session)
{
  list->session = g_object_ref (session);
  g_signal_connect_object (session, "changed", G_CALLBACK (session_changed), list, 0);
  session_changed (session, CF_CHANGED_ALL, list);
}

void
cf_residues_list_set_dark (CfResiduesList *list, gboolean dark)
{
  list->dark = dark;
  gtk_widget_queue_draw (list->legend);
  draw_all (list);
}

void
cf_residues_list_set_selected (CfResiduesList *list, guint32 residue)
{
  if (list->selected == residue)
    return;
  list->selected = residue;
  draw_all (list);
  for (gsize i = 0; list->strips != NULL && residue != G_MAXUINT32 && i < list->strips->n_rows; i++)
    for (guint32 k = 0; k < list->strips->rows[i].n; k++)
      if (list->strips->rows[i].residues[k] == residue)
        gtk_widget_activate_action (list->view, "list.scroll-to-item", "u", (guint) i);
}
