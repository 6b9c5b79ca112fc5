#include "cf-demo.h"

#include "cf-core-resources.h"

CfStructure *
cf_demo_structure (GError **error)
{
  /* Named, not only registered: so that the linker keeps the bundle of a static library. */
  g_autoptr (GBytes) bytes =
    g_resource_lookup_data (cf_core_get_resource (), "/org/cryofield/demo/1ejg.cif", G_RESOURCE_LOOKUP_FLAGS_NONE, error);
  if (!bytes)
    return NULL;
  gsize n;
  const char *data = g_bytes_get_data (bytes, &n);
  return cf_structure_parse ("1ejg.cif", data, n, error);
}

CfVolume *
cf_demo_volume (const CfStructure *structure, GCancellable *cancellable, GError **error)
{
  CfSimulateOptions options = { .resolution = CF_DEMO_RESOLUTION, .spacing = CF_DEMO_SPACING };
  return cf_simulate (structure, &options, cancellable, error);
}
