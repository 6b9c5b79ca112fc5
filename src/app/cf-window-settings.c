/* cf-window-settings.c: the settings that a window follows, each as it changes. */
#include "cf-window-private.h"

#include <string.h>

#include "cf-format.h"
#include "cf-preferences.h"
#include "cf-settings.h"

static void
follow (CfWindow *window, const char *key)
{
  if (strcmp (key, CF_SETTING_THREADS) == 0 || strcmp (key, CF_SETTING_DEVICE) == 0)
    {
      g_autofree char *device = g_settings_get_string (window->settings, CF_SETTING_DEVICE);
      cf_session_set_device (window->session, device, (int) g_settings_get_uint (window->settings, CF_SETTING_THREADS));
      return;
    }
  g_autofree char *value = g_settings_get_string (window->settings, key);
  if (strcmp (key, CF_SETTING_RECIPE) == 0)
    cf_session_set_recipe (window->session, strcmp (value, "paper") == 0 ? CF_RECIPE_PAPER : CF_RECIPE_DEFAULT);
  else if (strcmp (key, CF_SETTING_MOUSE) == 0)
    g_action_group_change_action_state (G_ACTION_GROUP (window), "mouse", g_variant_new_string (value));
  else if (strcmp (key, CF_SETTING_GROUND) == 0)
    {
      g_free (window->ground);
      window->ground = g_steal_pointer (&value);
      cf_window_follow_appearance (window);
    }
  else if (strcmp (key, CF_SETTING_LENGTH_UNIT) == 0)
    {
      cf_format_set_nanometres (strcmp (value, "nanometre") == 0);
      g_signal_emit_by_name (window->session, "changed", (guint) (CF_CHANGED_DOCUMENT | CF_CHANGED_GRAPH));
      cf_window_fill_selection (window);
      cf_viewport_refresh (window->viewport, FALSE);
    }
}

static void
setting_changed (GSettings *settings, const char *key, CfWindow *window)
{
  static const char *const keys[] = { CF_SETTING_DEVICE, CF_SETTING_THREADS, CF_SETTING_RECIPE, CF_SETTING_MOUSE, CF_SETTING_GROUND, CF_SETTING_LENGTH_UNIT };
  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    if (key == NULL || strcmp (key, keys[i]) == 0)
      follow (window, keys[i]);
}

/* What is chosen in the menu is kept. */
static void
mouse_changed (CfWindow *window, const char *action, GVariant *state)
{
  g_autofree char *kept = g_settings_get_string (window->settings, CF_SETTING_MOUSE);
  if (strcmp (kept, g_variant_get_string (state, NULL)) != 0)
    g_settings_set_string (window->settings, CF_SETTING_MOUSE, g_variant_get_string (state, NULL));
}

static void
preferences_action (GSimpleAction *action, GVariant *parameter, gpointer data)
{
  CfWindow *window = data;
  if (window->preferences == NULL)
    g_set_weak_pointer (&window->preferences, cf_preferences_new (GTK_WINDOW (window), window->settings));
  gtk_window_present (GTK_WINDOW (window->preferences));
}

void
cf_window_add_settings (CfWindow *window)
{
  static const GActionEntry entries[] = { { "preferences", preferences_action, NULL, NULL, NULL, { 0 } } };
  if (window->settings == NULL)
    return;
  g_action_map_add_action_entries (G_ACTION_MAP (window), entries, G_N_ELEMENTS (entries), window);
  g_signal_connect_object (window->settings, "changed", G_CALLBACK (setting_changed), window, 0);
  g_signal_connect (window, "action-state-changed::mouse", G_CALLBACK (mouse_changed), NULL);
  setting_changed (window->settings, NULL, window);
}
