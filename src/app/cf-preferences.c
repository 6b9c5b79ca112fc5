/* cf-preferences.c: rows of settings, from tables. */
#include "cf-preferences.h"

#include "cf-appearance.h"
#include "cf-archive.h"
#include "cf-settings.h"
#include "cf-words.h"

#define MAX_CHOICES 5

typedef struct
{
  const char *key, *title, *subtitle;
  const char *values[MAX_CHOICES], *words[MAX_CHOICES];
} Choice;

static const Choice appearance[] = {
  { CF_SETTING_COLOUR_SCHEME, N_("Colours of the window"), NULL, { "system", "light", "dark" }, { N_("As the system"), N_("Light"), N_("Dark") } },
  { CF_SETTING_GROUND, N_("Ground of the picture"), NULL, { "window", "dark", "light", "white" }, { N_("As the window"), N_("Dark"), N_("Light"), N_("White") } },
  { CF_SETTING_LENGTH_UNIT, N_("Unit of lengths"), N_("Coordinates stay in Å, as in the files"), { "angstrom", "nanometre" }, { N_("Ångström"), N_("Nanometre") } },
  { CF_SETTING_MOUSE, N_("Mouse as in"), NULL, { "chimerax", "coot", "pymol" }, { "ChimeraX", "Coot", "PyMOL" } },
};

static const Choice computing[] = {
  { CF_SETTING_DEVICE, N_("Device"), N_("For fits and walks that begin from now on"), { "auto", "cpu", "cuda" }, { N_("The best there is"), N_("Processor"), N_("NVIDIA GPU") } },
  { CF_SETTING_RECIPE, N_("Recipe"), N_("How new fits are made"), { "default", "paper" }, { N_("Default"), N_("As published") } },
};

/* -- choices --------------------------------------------------------------------------------------------------------------------- */

static gboolean
to_index (GValue *value, GVariant *variant, gpointer data)
{
  const Choice *choice = data;
  for (guint i = 0; i < MAX_CHOICES && choice->values[i] != NULL; i++)
    if (g_strcmp0 (g_variant_get_string (variant, NULL), choice->values[i]) == 0)
      {
        g_value_set_uint (value, i);
        return TRUE;
      }
  return FALSE;
}

static GVariant *
from_index (const GValue *value, const GVariantType *type, gpointer data)
{
  const Choice *choice = data;
  guint i = g_value_get_uint (value);
  return i < MAX_CHOICES && choice->values[i] != NULL ? g_variant_new_string (choice->values[i]) : NULL;
}

static void
add_row (AdwPreferencesGroup *group, GtkWidget *row, const char *key, const char *title, const char *subtitle)
{
  gtk_widget_set_name (row, key);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  if (subtitle != NULL)
    adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_preferences_group_add (group, row);
}

static void
add_choices (AdwPreferencesGroup *group, GSettings *settings, const Choice *choices, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      GtkWidget *row = adw_combo_row_new ();
      g_autoptr (GtkStringList) words = gtk_string_list_new (NULL);
      for (int w = 0; w < MAX_CHOICES && choices[i].words[w] != NULL; w++)
        gtk_string_list_append (words, _(choices[i].words[w]));
      adw_combo_row_set_model (ADW_COMBO_ROW (row), G_LIST_MODEL (words));
      add_row (group, row, choices[i].key, _(choices[i].title), choices[i].subtitle != NULL ? _(choices[i].subtitle) : NULL);
      g_settings_bind_with_mapping (settings, choices[i].key, row, "selected", G_SETTINGS_BIND_DEFAULT, to_index, from_index, (gpointer) &choices[i], NULL);
    }
}

/* -- numbers --------------------------------------------------------------------------------------------------------------------- */

static void
add_number (AdwPreferencesGroup *group, GSettings *settings, const char *key, const char *title, const char *subtitle, double lo, double hi)
{
  GtkWidget *row = adw_action_row_new (), *spin = gtk_spin_button_new_with_range (lo, hi, 1);
  gtk_widget_set_valign (spin, GTK_ALIGN_CENTER);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), spin);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), spin);
  add_row (group, row, key, title, subtitle);
  g_settings_bind (settings, key, gtk_spin_button_get_adjustment (GTK_SPIN_BUTTON (spin)), "value", G_SETTINGS_BIND_DEFAULT);
}

/* -- hosts ----------------------------------------------------------------------------------------------------------------------- */

/* Taken when it is an address that may be asked, and is shown as wrong until then. */
static void
host_applied (AdwEntryRow *row, GSettings *settings)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (row))));
  if (*text != '\0' && !cf_archive_check_host (text, &error))
    {
      gtk_widget_add_css_class (GTK_WIDGET (row), "error");
      gtk_widget_set_tooltip_text (GTK_WIDGET (row), error->message);
      return;
    }
  gtk_widget_remove_css_class (GTK_WIDGET (row), "error");
  gtk_widget_set_tooltip_text (GTK_WIDGET (row), NULL);
  g_settings_set_string (settings, gtk_widget_get_name (GTK_WIDGET (row)), text);
}

static void
add_host (AdwPreferencesGroup *group, GSettings *settings, const char *key, const char *title)
{
  GtkWidget *row = adw_entry_row_new ();
  g_autofree char *host = g_settings_get_string (settings, key);
  gtk_widget_set_name (row, key);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  gtk_editable_set_text (GTK_EDITABLE (row), host);
  adw_entry_row_set_show_apply_button (ADW_ENTRY_ROW (row), TRUE);
  g_signal_connect_object (row, "apply", G_CALLBACK (host_applied), settings, 0);
  adw_preferences_group_add (group, row);
}

/* -- window ---------------------------------------------------------------------------------------------------------------------- */

static AdwPreferencesGroup *
add_group (AdwPreferencesPage *page, const char *title)
{
  GtkWidget *group = adw_preferences_group_new ();
  adw_preferences_group_set_title (ADW_PREFERENCES_GROUP (group), title);
  adw_preferences_page_add (page, ADW_PREFERENCES_GROUP (group));
  return ADW_PREFERENCES_GROUP (group);
}

GtkWidget *
cf_preferences_new (GtkWindow *parent, GSettings *settings)
{
  GtkWidget *window = g_object_new (ADW_TYPE_PREFERENCES_WINDOW, "transient-for", parent, "destroy-with-parent", TRUE, "title", _("Preferences"), "default-width", 560,
                                    "default-height", 640, "search-enabled", FALSE, NULL);
  AdwPreferencesPage *page = ADW_PREFERENCES_PAGE (adw_preferences_page_new ());
  g_object_set_data_full (G_OBJECT (window), "cf-settings", g_object_ref (settings), g_object_unref);
  add_choices (add_group (page, _("Appearance")), settings, appearance, G_N_ELEMENTS (appearance));
  AdwPreferencesGroup *group = add_group (page, _("Computing"));
  add_choices (group, settings, computing, G_N_ELEMENTS (computing));
  add_number (group, settings, CF_SETTING_THREADS, _("Threads"), _("0: as many as the processor has cores"), 0, 1024);
  group = add_group (page, _("Sessions"));
  add_number (group, settings, CF_SETTING_AUTOSAVE, _("Seconds between automatic copies"), NULL, 1, 3600);
  group = add_group (page, _("Archives"));
  add_host (group, settings, CF_SETTING_EMDB_HOST, _("Address of EMDB, or of a mirror; empty: EMDB itself"));
  add_host (group, settings, CF_SETTING_PDB_HOST, _("Address of the PDB, or of a mirror; empty: the PDB itself"));
  add_number (group, settings, CF_SETTING_DOWNLOAD_LIMIT, _("Largest download, GiB"), NULL, 1, 1024);
  adw_preferences_window_add (ADW_PREFERENCES_WINDOW (window), page);
  cf_appearance_follow (window);
  return window;
}
