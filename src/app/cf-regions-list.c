/* cf-regions-list.c: a row a sub-region. Only rows on screen exist, and only they are filled again. */
#include "cf-regions-list.h"

#include <math.h>

#include "cf-format.h"
#include "cf-picture.h"
#include "cf-words.h"

#define SPARK_POINTS 400

struct _CfRegionsList
{
  GtkBox parent_instance;
  CfSession *session;
  gboolean dark;
  GtkStringList *model;
  GPtrArray *bound; /* GtkListItem, borrowed */
};

G_DEFINE_FINAL_TYPE (CfRegionsList, cf_regions_list, GTK_TYPE_BOX)

typedef struct
{
  CfRegionsList *list;
  GtkWidget *swatch, *title, *detail, *spark, *first;
  int region;
} Row;

static guint activated_signal;

/* -- one row --------------------------------------------------------------------------------------------------------------------- */

/* A neural map from a file has regions but no trainer. */
static void
region_progress (const CfSessionState *s, int region, CfRegionProgress *out)
{
  *out = (CfRegionProgress){ .loss = NAN, .held_out = NAN, .seconds_left = NAN };
  if (s->trainer != NULL)
    cf_trainer_get_region (s->trainer, region, out);
  else if (s->field != NULL && region < s->field->n_regions)
    {
      const CfRegionFit *fit = &s->field->fits[region];
      out->state = fit->flat ? CF_REGION_FLAT : fit->trained ? CF_REGION_DONE : CF_REGION_WAITING;
      out->epoch = out->max_epochs = fit->epochs;
      out->loss = fit->loss;
      out->held_out = fit->held_out;
      out->seconds = fit->seconds;
    }
}

static void
draw_swatch (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
  Row *row = data;
  CfRegionProgress progress;
  guint8 rgba[4];
  region_progress (cf_session_state (row->list->session), row->region, &progress);
  cf_region_state_rgba (progress.state, rgba);
  cairo_set_source_rgba (cr, rgba[0] / 255.0, rgba[1] / 255.0, rgba[2] / 255.0, MAX (rgba[3] / 255.0, 0.5));
  cairo_arc (cr, width / 2.0, height / 2.0, MIN (width, height) / 2.0 - 1, 0, 2 * G_PI);
  cairo_fill (cr);
}

static void
draw_spark (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
  Row *row = data;
  const CfSessionState *s = cf_session_state (row->list->session);
  double loss[SPARK_POINTS], held_out[SPARK_POINTS];
  if (s->trainer == NULL)
    return;
  int n = MIN (cf_trainer_get_history (s->trainer, row->region, loss, held_out, SPARK_POINTS), SPARK_POINTS);
  CfPlotTheme theme = row->list->dark ? cf_plot_theme_dark : cf_plot_theme_light;
  theme.font_size = 8;
  if (n > 1)
    cf_plot_loss (cr, width, height, loss, held_out, n, &theme);
}

static char *
row_detail (const CfRegionProgress *p)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autofree char *left = cf_format_seconds (p->state == CF_REGION_TRAINING ? p->seconds_left : NAN);
  g_autofree char *spent = cf_format_seconds (p->state == CF_REGION_DONE && p->seconds > 0 ? p->seconds : NAN);
  if (!isnan (p->loss) && p->state != CF_REGION_WAITING && p->state != CF_REGION_FLAT)
    g_string_append_printf (text, _("loss %.1e"), p->loss);
  if (!isnan (p->held_out) && p->state != CF_REGION_WAITING && p->state != CF_REGION_FLAT)
    g_string_append_printf (text, _("\nheld out %.1e"), p->held_out);
  if (*left != '\0')
    g_string_append_printf (text, _("\n%s left"), left);
  if (*spent != '\0')
    g_string_append_printf (text, "\n%s", spent);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
row_fill (Row *row)
{
  CfRegionProgress p;
  region_progress (cf_session_state (row->list->session), row->region, &p);
  gboolean epochs = p.state == CF_REGION_TRAINING || p.state == CF_REGION_DONE;
  gboolean waits = p.state == CF_REGION_WAITING && cf_session_state (row->list->session)->trainer != NULL;
  g_autofree char *title = waits && p.turn == 0 ? g_strdup_printf (_("#%d next"), row->region + 1)
                           : waits ? g_strdup_printf (_("#%d waiting, %d before it"), row->region + 1, p.turn)
                           : epochs ? g_strdup_printf ("#%d %d/%d %s", row->region + 1, p.epoch, p.max_epochs, _(cf_region_state_name (p.state)))
                                  : g_strdup_printf ("#%d %s", row->region + 1, _(cf_region_state_name (p.state)));
  g_autofree char *detail = row_detail (&p);
  gtk_label_set_text (GTK_LABEL (row->title), title);
  gtk_widget_set_tooltip_text (row->title, title); /* a narrow panel cuts its end */
  gtk_label_set_text (GTK_LABEL (row->detail), detail);
  gtk_widget_set_visible (row->detail, *detail != '\0');
  gtk_widget_set_visible (row->spark, p.epoch > 1 && cf_session_state (row->list->session)->trainer != NULL);
  gtk_widget_set_visible (row->first, waits && p.turn > 0);
  gtk_widget_queue_draw (row->swatch);
  gtk_widget_queue_draw (row->spark);
}

static GtkWidget *
small_label (const char *css_class)
{
  GtkWidget *label = gtk_label_new ("");
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "numeric");
  gtk_widget_add_css_class (label, css_class);
  return label;
}

static void
row_setup (GtkSignalListItemFactory *factory, GtkListItem *item, CfRegionsList *list)
{
  Row *row = g_new0 (Row, 1);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8), *texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  row->list = list;
  row->swatch = gtk_drawing_area_new ();
  gtk_widget_set_size_request (row->swatch, 12, 12);
  gtk_widget_set_valign (row->swatch, GTK_ALIGN_CENTER);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (row->swatch), draw_swatch, row, NULL);
  row->title = small_label ("region-title");
  row->detail = small_label ("small-text");
  gtk_widget_add_css_class (row->detail, "dim-text");
  gtk_label_set_ellipsize (GTK_LABEL (row->title), PANGO_ELLIPSIZE_END);
  gtk_label_set_ellipsize (GTK_LABEL (row->detail), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (texts, TRUE);
  gtk_widget_set_valign (texts, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (texts), row->title);
  gtk_box_append (GTK_BOX (texts), row->detail);
  row->spark = gtk_drawing_area_new ();
  gtk_widget_set_size_request (row->spark, 84, 44);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (row->spark), draw_spark, row, NULL);
  gtk_widget_set_tooltip_text (row->spark, _("Loss by epoch, logarithmic, with the held-out voxels"));
  gtk_box_append (GTK_BOX (box), row->swatch);
  gtk_box_append (GTK_BOX (box), texts);
  gtk_box_append (GTK_BOX (box), row->spark);
  row->first = gtk_button_new_from_icon_name ("go-top-symbolic");
  gtk_widget_add_css_class (row->first, "flat");
  gtk_widget_set_valign (row->first, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (row->first, _("Train this region first"));
  gtk_actionable_set_action_target (GTK_ACTIONABLE (row->first), "i", 0);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (row->first), "win.train-first");
  gtk_box_append (GTK_BOX (box), row->first);
  g_object_set_data_full (G_OBJECT (item), "row", row, g_free);
  gtk_list_item_set_child (item, box);
}

static void
row_bind (GtkSignalListItemFactory *factory, GtkListItem *item, CfRegionsList *list)
{
  Row *row = g_object_get_data (G_OBJECT (item), "row");
  row->region = (int) gtk_list_item_get_position (item);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (row->first), "i", row->region);
  g_ptr_array_add (list->bound, item);
  row_fill (row);
}

static void
row_unbind (GtkSignalListItemFactory *factory, GtkListItem *item, CfRegionsList *list)
{
  g_ptr_array_remove_fast (list->bound, item);
}

/* -- the list -------------------------------------------------------------------------------------------------------------------- */

static void
set_n_rows (CfRegionsList *list, guint n)
{
  guint have = g_list_model_get_n_items (G_LIST_MODEL (list->model));
  if (have == n)
    return;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  for (guint i = 0; i < n; i++)
    g_strv_builder_add (builder, "");
  g_auto (GStrv) strings = g_strv_builder_end (builder);
  gtk_string_list_splice (list->model, 0, have, (const char *const *) strings);
}

static void
session_changed (CfSession *session, guint change, CfRegionsList *list)
{
  const CfSessionState *s = cf_session_state (session);
  if (!(change & (CF_CHANGED_TRAINING | CF_CHANGED_DOCUMENT)))
    return;
  set_n_rows (list, s->field != NULL ? (guint) s->field->n_regions : 0);
  for (guint i = 0; i < list->bound->len; i++)
    row_fill (g_object_get_data (list->bound->pdata[i], "row"));
}

static void
row_activated (GtkListView *view, guint position, CfRegionsList *list)
{
  g_signal_emit (list, activated_signal, 0, (int) position);
}

static void
cf_regions_list_dispose (GObject *object)
{
  CfRegionsList *list = CF_REGIONS_LIST (object);
  g_ptr_array_set_size (list->bound, 0);
  g_clear_object (&list->session);
  G_OBJECT_CLASS (cf_regions_list_parent_class)->dispose (object);
}

static void
cf_regions_list_finalize (GObject *object)
{
  g_ptr_array_unref (CF_REGIONS_LIST (object)->bound);
  G_OBJECT_CLASS (cf_regions_list_parent_class)->finalize (object);
}

static void
cf_regions_list_class_init (CfRegionsListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cf_regions_list_dispose;
  G_OBJECT_CLASS (klass)->finalize = cf_regions_list_finalize;
  activated_signal
      = g_signal_new ("activated", CF_TYPE_REGIONS_LIST, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_INT);
}

static void
cf_regions_list_init (CfRegionsList *list)
{
  list->bound = g_ptr_array_new ();
  list->model = gtk_string_list_new (NULL);
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_signal_connect_object (factory, "setup", G_CALLBACK (row_setup), list, 0);
  g_signal_connect_object (factory, "bind", G_CALLBACK (row_bind), list, 0);
  g_signal_connect_object (factory, "unbind", G_CALLBACK (row_unbind), list, 0);
  GtkWidget *view = gtk_list_view_new (GTK_SELECTION_MODEL (gtk_no_selection_new (G_LIST_MODEL (list->model))), factory);
  gtk_list_view_set_single_click_activate (GTK_LIST_VIEW (view), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Sub-regions"), -1);
  g_signal_connect_object (view, "activate", G_CALLBACK (row_activated), list, 0);
  GtkWidget *scroller = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), view);
  gtk_widget_set_vexpand (scroller, TRUE);
  gtk_widget_set_hexpand (scroller, TRUE);
  gtk_box_append (GTK_BOX (list), scroller);
}

void
cf_regions_list_set_session (CfRegionsList *list, CfSession *session)
{
  list->session = g_object_ref (session);
  g_signal_connect_object (session, "changed", G_CALLBACK (session_changed), list, 0);
  session_changed (session, CF_CHANGED_ALL, list);
}

void
cf_regions_list_set_dark (CfRegionsList *list, gboolean dark)
{
  list->dark = dark;
  session_changed (list->session, CF_CHANGED_TRAINING, list);
}
