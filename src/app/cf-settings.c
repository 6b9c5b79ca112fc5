/* cf-settings.c: finds the schema, and a place for the values. */
#define G_SETTINGS_ENABLE_BACKEND
#include "cf-settings.h"

#include <gio/gsettingsbackend.h>
#include <string.h>

#define SCHEMA "org.cryofield.Cryofield"

static GSettingsSchema *
find_schema (void)
{
  GSettingsSchemaSource *installed = g_settings_schema_source_get_default ();
  GSettingsSchema *schema = installed != NULL ? g_settings_schema_source_lookup (installed, SCHEMA, TRUE) : NULL;
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  if (schema != NULL || program == NULL)
    return schema;
  g_autofree char *folder = g_path_get_dirname (program), *beside = g_build_filename (folder, "resources", NULL);
  GSettingsSchemaSource *built = g_settings_schema_source_new_from_directory (beside, NULL, TRUE, NULL);
  if (built == NULL)
    return NULL;
  schema = g_settings_schema_source_lookup (built, SCHEMA, FALSE);
  g_settings_schema_source_unref (built);
  return schema;
}

/* Without dconf GLib forgets what is set when the program ends. */
static GSettingsBackend *
backend_new (void)
{
  static GSettingsBackend *own = NULL; /* one for all, so that each hears of what another one sets */
  if (own != NULL)
    return g_object_ref (own);
  GSettingsBackend *backend = g_settings_backend_get_default ();
  if (g_getenv ("GSETTINGS_BACKEND") != NULL || strcmp (G_OBJECT_TYPE_NAME (backend), "GMemorySettingsBackend") != 0)
    return backend;
  g_object_unref (backend);
  g_autofree char *path = g_build_filename (g_get_user_config_dir (), "cryofield", "settings.ini", NULL);
  own = g_keyfile_settings_backend_new (path, "/", NULL);
  return g_object_ref (own);
}

GSettings *
cf_settings_new (void)
{
  GSettingsSchema *schema = find_schema ();
  if (schema == NULL)
    return NULL;
  g_autoptr (GSettingsBackend) backend = backend_new ();
  GSettings *settings = g_settings_new_full (schema, backend, NULL);
  g_settings_schema_unref (schema);
  return settings;
}
