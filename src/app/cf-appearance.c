/* cf-appearance.c: the one place that asks the style manager. */
#include "cf-appearance.h"

void
cf_appearance_set_scheme (const char *name)
{
  AdwColorScheme scheme = g_strcmp0 (name, "light") == 0  ? ADW_COLOR_SCHEME_FORCE_LIGHT
                          : g_strcmp0 (name, "dark") == 0 ? ADW_COLOR_SCHEME_FORCE_DARK
                                                          : ADW_COLOR_SCHEME_PREFER_DARK;
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (), scheme);
}

gboolean
cf_appearance_is_dark (void)
{
  return adw_style_manager_get_dark (adw_style_manager_get_default ());
}

static void
set_class (GtkWidget *window, const char *name, gboolean on)
{
  if (on)
    gtk_widget_add_css_class (window, name);
  else
    gtk_widget_remove_css_class (window, name);
}

static void
apply (AdwStyleManager *manager, GParamSpec *pspec, GtkWidget *window)
{
  gboolean dark = adw_style_manager_get_dark (manager);
  set_class (window, "dark", dark);
  set_class (window, "light", !dark);
  set_class (window, "high-contrast", adw_style_manager_get_high_contrast (manager));
}

void
cf_appearance_follow (GtkWidget *window)
{
  AdwStyleManager *manager = adw_style_manager_get_default ();
  g_signal_connect_object (manager, "notify::dark", G_CALLBACK (apply), window, 0);
  g_signal_connect_object (manager, "notify::high-contrast", G_CALLBACK (apply), window, 0);
  apply (manager, NULL, window);
}
