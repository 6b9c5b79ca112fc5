/* cf-facts.c: rows of a name and a value. Labels are kept from one filling to the next, so that a number may change 20 times a second. */
#include "cf-facts.h"

struct _CfFacts
{
  GtkGrid parent_instance;
  GPtrArray *names, *values; /* GtkLabel, of the grid */
  guint at;
};

G_DEFINE_FINAL_TYPE (CfFacts, cf_facts, GTK_TYPE_GRID)

static void
cf_facts_finalize (GObject *object)
{
  CfFacts *facts = CF_FACTS (object);
  g_ptr_array_unref (facts->names);
  g_ptr_array_unref (facts->values);
  G_OBJECT_CLASS (cf_facts_parent_class)->finalize (object);
}

static void
cf_facts_class_init (CfFactsClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cf_facts_finalize;
}

static void
cf_facts_init (CfFacts *facts)
{
  facts->names = g_ptr_array_new ();
  facts->values = g_ptr_array_new ();
  gtk_grid_set_column_spacing (GTK_GRID (facts), 8);
  gtk_grid_set_row_spacing (GTK_GRID (facts), 2);
}

void
cf_facts_begin (CfFacts *facts)
{
  facts->at = 0;
}

/* A name that is too long for a line goes on in the next one as it is: a hyphen would be read as its own. */
static void
wrap_without_hyphens (GtkLabel *label)
{
  PangoAttrList *attributes = pango_attr_list_new ();
  pango_attr_list_insert (attributes, pango_attr_insert_hyphens_new (FALSE));
  gtk_label_set_attributes (label, attributes);
  pango_attr_list_unref (attributes);
  gtk_label_set_wrap (label, TRUE);
  gtk_label_set_wrap_mode (label, PANGO_WRAP_WORD_CHAR);
}

static void
add_row (CfFacts *facts)
{
  GtkWidget *name = gtk_label_new (""), *value = gtk_label_new ("");
  gtk_label_set_xalign (GTK_LABEL (name), 0);
  gtk_widget_set_valign (name, GTK_ALIGN_BASELINE); /* lines of two scripts differ in height */
  gtk_widget_add_css_class (name, "dim-text");
  gtk_label_set_xalign (GTK_LABEL (value), 1);
  wrap_without_hyphens (GTK_LABEL (value));
  gtk_label_set_justify (GTK_LABEL (value), GTK_JUSTIFY_RIGHT);
  gtk_label_set_selectable (GTK_LABEL (value), TRUE);
  gtk_widget_set_focusable (value, FALSE);
  gtk_widget_set_valign (value, GTK_ALIGN_BASELINE);
  gtk_widget_set_hexpand (value, TRUE);
  gtk_widget_add_css_class (value, "numeric");
  gtk_grid_attach (GTK_GRID (facts), name, 0, (int) facts->at, 1, 1);
  gtk_grid_attach (GTK_GRID (facts), value, 1, (int) facts->at, 1, 1);
  g_ptr_array_add (facts->names, name);
  g_ptr_array_add (facts->values, value);
}

void
cf_facts_add (CfFacts *facts, const char *name, const char *value, const char *tooltip)
{
  if (facts->at == facts->names->len)
    add_row (facts);
  GtkWidget *left = facts->names->pdata[facts->at], *right = facts->values->pdata[facts->at];
  gtk_label_set_text (GTK_LABEL (left), name);
  gtk_label_set_text (GTK_LABEL (right), value);
  /* A tooltip that is set is made anew: of twenty rows, at each step of a drag. */
  if (g_strcmp0 (gtk_widget_get_tooltip_text (left), tooltip) != 0)
    {
      gtk_widget_set_tooltip_text (left, tooltip);
      gtk_widget_set_tooltip_text (right, tooltip);
    }
  gtk_widget_set_visible (left, TRUE);
  gtk_widget_set_visible (right, TRUE);
  facts->at++;
}

void
cf_facts_addf (CfFacts *facts, const char *name, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *value = g_strdup_vprintf (format, args);
  va_end (args);
  cf_facts_add (facts, name, value, NULL);
}

void
cf_facts_end (CfFacts *facts)
{
  for (guint i = facts->at; i < facts->names->len; i++)
    {
      gtk_widget_set_visible (facts->names->pdata[i], FALSE);
      gtk_widget_set_visible (facts->values->pdata[i], FALSE);
    }
}
