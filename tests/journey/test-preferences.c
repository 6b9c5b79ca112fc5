/* test-preferences.c: each row of the preferences is its setting, both ways. Needs a display. */
#include "cf-format.h"
#include "cf-preferences.h"
#include "cf-settings.h"

static GtkWidget *
find (GtkWidget *widget, const char *name)
{
  if (g_strcmp0 (gtk_widget_get_name (widget), name) == 0)
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find (child, name);
      if (found != NULL)
        return found;
    }
  return NULL;
}

static GtkWidget *
find_spin (GtkWidget *widget)
{
  if (GTK_IS_SPIN_BUTTON (widget))
    return widget;
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_spin (child);
      if (found != NULL)
        return found;
    }
  return NULL;
}

/* Every key of the schema has a row, and every value of it is a choice there. */
static void
test_rows (void)
{
  g_autoptr (GSettings) settings = cf_settings_new ();
  GtkWidget *window = g_object_ref_sink (cf_preferences_new (NULL, settings));
  g_autoptr (GSettingsSchema) schema = NULL;
  g_object_get (settings, "settings-schema", &schema, NULL);
  g_auto (GStrv) keys = g_settings_schema_list_keys (schema);
  for (int k = 0; keys[k] != NULL; k++)
    {
      GtkWidget *row = find (window, keys[k]);
      if (row == NULL)
        g_error ("no row for %s", keys[k]);
      g_autoptr (GSettingsSchemaKey) key = g_settings_schema_get_key (schema, keys[k]);
      if (ADW_IS_COMBO_ROW (row))
        {
          g_autoptr (GVariant) range = g_settings_schema_key_get_range (key), values = NULL;
          g_variant_get (range, "(&sv)", NULL, &values);
          g_assert_cmpuint (g_list_model_get_n_items (adw_combo_row_get_model (ADW_COMBO_ROW (row))), ==, g_variant_n_children (values));
          for (guint i = 0; i < g_variant_n_children (values); i++)
            {
              adw_combo_row_set_selected (ADW_COMBO_ROW (row), i);
              g_autofree char *now = g_settings_get_string (settings, keys[k]);
              g_autoptr (GVariant) expected = g_variant_get_child_value (values, i);
              g_assert_cmpstr (now, ==, g_variant_get_string (expected, NULL));
            }
          g_settings_reset (settings, keys[k]);
          g_autofree char *first = g_settings_get_string (settings, keys[k]);
          g_autoptr (GVariant) zero = g_variant_get_child_value (values, 0);
          g_assert_cmpstr (first, ==, g_variant_get_string (zero, NULL)); /* all defaults are the first choice */
          g_assert_cmpuint (adw_combo_row_get_selected (ADW_COMBO_ROW (row)), ==, 0);
        }
      else if (ADW_IS_ENTRY_ROW (row))
        {
          gtk_editable_set_text (GTK_EDITABLE (row), "ftp://nowhere");
          g_signal_emit_by_name (row, "apply");
          g_autofree char *refused = g_settings_get_string (settings, keys[k]);
          g_assert_cmpstr (refused, ==, "");
          g_assert_true (gtk_widget_has_css_class (row, "error"));
          gtk_editable_set_text (GTK_EDITABLE (row), "https://mirror.example/x");
          g_signal_emit_by_name (row, "apply");
          g_autofree char *taken = g_settings_get_string (settings, keys[k]);
          g_assert_cmpstr (taken, ==, "https://mirror.example/x");
          g_assert_false (gtk_widget_has_css_class (row, "error"));
        }
      else
        {
          GtkWidget *spin = find_spin (row);
          gtk_spin_button_set_value (GTK_SPIN_BUTTON (spin), 17);
          g_assert_cmpuint (g_settings_get_uint (settings, keys[k]), ==, 17);
          g_settings_set_uint (settings, keys[k], 5);
          g_assert_cmpfloat (gtk_spin_button_get_value (GTK_SPIN_BUTTON (spin)), ==, 5);
        }
    }
  gtk_window_destroy (GTK_WINDOW (window));
  g_object_unref (window);
}

static void
test_lengths (void)
{
  g_autofree char *a = cf_format_length (0.412), *b = cf_format_size (10), *none = cf_format_length (0.0 / 0.0);
  g_assert_cmpstr (a, ==, "0.41 Å");
  g_assert_cmpstr (b, ==, "10 Å");
  g_assert_cmpstr (none, ==, "–");
  cf_format_set_nanometres (TRUE);
  g_autofree char *c = cf_format_length (0.412), *d = cf_format_size (10);
  cf_format_set_nanometres (FALSE);
  g_assert_cmpstr (c, ==, "0.041 nm");
  g_assert_cmpstr (d, ==, "1 nm");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/preferences/lengths", test_lengths);
  if (gtk_init_check ())
    {
      adw_init ();
      g_test_add_func ("/preferences/rows", test_rows);
    }
  return g_test_run ();
}
