/* test-settings.c: the settings are found where the program was built, have their defaults, and keep what is set. */
#include "cf-settings.h"

static void
test_settings (void)
{
  g_autoptr (GSettings) settings = cf_settings_new ();
  g_assert_nonnull (settings);
  g_autofree char *host = g_settings_get_string (settings, CF_SETTING_EMDB_HOST), *pdb = g_settings_get_string (settings, CF_SETTING_PDB_HOST);
  g_assert_cmpstr (host, ==, "");
  g_assert_cmpstr (pdb, ==, "");
  g_assert_cmpuint (g_settings_get_uint (settings, CF_SETTING_DOWNLOAD_LIMIT), ==, 8);
  g_assert_true (g_settings_set_string (settings, CF_SETTING_EMDB_HOST, "https://mirror.example/emdb"));
  g_autoptr (GSettings) other = cf_settings_new ();
  g_autofree char *kept = g_settings_get_string (other, CF_SETTING_EMDB_HOST);
  g_assert_cmpstr (kept, ==, "https://mirror.example/emdb");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/settings/kept", test_settings);
  return g_test_run ();
}
