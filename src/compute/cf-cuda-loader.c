/* cf-cuda-loader.c: asks the driver first, so that a machine without one gets a reason rather than a linker's message. */
#include "cf-cuda-loader.h"

#include <dlfcn.h>
#include <string.h>

#include <gio/gio.h>

#include "cf-words.h"

#define DRIVER "libcuda.so.1"
#define MODULE "cryofield-cuda.so"

/* The driver's numbers. */
enum
{
  DRIVER_STUB = 34,
  DRIVER_NO_DEVICE = 100,
  DRIVER_MISMATCH = 803
};

static void
refuse (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

static void
refuse (GError **error, const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error (error, CF_ERROR, CF_ERROR_DEVICE, _("CUDA: %s; use the backend cpu"), text);
}

static gboolean
start_driver (int *version, GError **error)
{
  void *driver = dlopen (DRIVER, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  const char *why = driver == NULL ? dlerror () : NULL;
  int (*init) (unsigned flags), (*get_version) (int *version), status;

  if (driver == NULL)
    {
      if (strstr (why, "No such file") != NULL)
        refuse (error, _("no NVIDIA driver is installed (%s is not found)"), DRIVER);
      else
        refuse (error, _("the NVIDIA driver cannot be opened: %s"), why);
      return FALSE;
    }
  init = dlsym (driver, "cuInit");
  get_version = dlsym (driver, "cuDriverGetVersion");
  if (init == NULL || get_version == NULL)
    {
      refuse (error, _("%s is not an NVIDIA driver: it has no cuInit"), DRIVER);
      return FALSE;
    }
  status = init (0);
  if (status == 0 && get_version (version) == 0)
    return TRUE;
  if (status == DRIVER_STUB)
    refuse (error, _("%s is the stub that programs are linked with, not a driver"), DRIVER);
  else if (status == DRIVER_NO_DEVICE)
    refuse (error, _("the NVIDIA driver finds no device"));
  else if (status == DRIVER_MISMATCH)
    refuse (error, _("the NVIDIA driver and its kernel module are of different versions; restart the machine"));
  else
    refuse (error, _("the NVIDIA driver does not start: error %d"), status);
  return FALSE;
}

static char *
module_path (void)
{
  const char *named = g_getenv ("CRYOFIELD_CUDA_MODULE");
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL), *folder = program != NULL ? g_path_get_dirname (program) : g_strdup (".");
  /* Beside the program, in the build folder, where it is installed. */
  const char *const places[] = { MODULE, "cuda/" MODULE, "../cuda/" MODULE, CF_CUDA_INSTALLED "/" MODULE };

  if (named != NULL)
    return g_strdup (named);
  for (gsize i = 0; i < G_N_ELEMENTS (places); i++)
    {
      g_autofree char *path = g_path_is_absolute (places[i]) ? g_strdup (places[i]) : g_build_filename (folder, places[i], NULL);

      if (g_file_test (path, G_FILE_TEST_IS_REGULAR))
        return g_steal_pointer (&path);
    }
  return g_strdup (CF_CUDA_INSTALLED "/" MODULE);
}

static const CfCudaModule *
open_module (const char *path, GError **error)
{
  CfCudaModuleFunc get;
  const CfCudaModule *module;
  void *library;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    {
      refuse (error, _("this installation has no CUDA module (%s)"), path);
      return NULL;
    }
  /* CUDA's runtime does not survive that its code goes away. */
  library = dlopen (path, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
  if (library == NULL)
    {
      refuse (error, _("the CUDA module cannot be opened: %s"), dlerror ());
      return NULL;
    }
  get = (CfCudaModuleFunc) dlsym (library, CF_CUDA_SYMBOL);
  module = get != NULL ? get () : NULL;
  if (module == NULL || module->abi != CF_CUDA_ABI)
    {
      refuse (error, _("%s belongs to another version of Cryofield"), path);
      return NULL;
    }
  return module;
}

static const CfCudaModule *
load (GError **error)
{
  g_autofree char *path = NULL;
  const CfCudaModule *module;
  int version;

  if (!start_driver (&version, error))
    return NULL;
  path = module_path ();
  module = open_module (path, error);
  if (module != NULL && version < module->needs_driver)
    {
      refuse (error, _("the NVIDIA driver is for CUDA %d.%d, the module needs %d.%d or newer: update the driver"), version / 1000, version % 1000 / 10,
              module->needs_driver / 1000, module->needs_driver % 1000 / 10);
      return NULL;
    }
  return module;
}

const CfCudaModule *
cf_cuda_loader_get (GError **error)
{
  static GMutex mutex;
  static const CfCudaModule *loaded;
  const CfCudaModule *module;

  g_mutex_lock (&mutex);
  if (loaded == NULL)
    loaded = load (error);
  module = loaded;
  g_mutex_unlock (&mutex);
  return module;
}
