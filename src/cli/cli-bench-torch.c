/* cli-bench-torch.c: runs bench-torch.py, which this program carries, and reads what it prints. */
#include "cli-bench-torch.h"

#include <gio/gio.h>
#include <jansson.h>
#include <string.h>
#include <unistd.h>

#include "cf-error.h"
#include "cf-words.h"

#define SCRIPT "/org/cryofield/cli/bench-torch.py"

void
cf_cli_torch_clear (CfCliTorch *torch)
{
  g_clear_pointer (&torch->version, g_free);
  g_clear_pointer (&torch->how, g_free);
}

/* The last line of what Python said is the error itself. */
static void
set_failure (const char *python, const char *said, GError **error)
{
  g_autofree char *text = g_utf8_make_valid (said, -1);
  const char *last;

  g_strchomp (text);
  last = strrchr (text, '\n');
  last = last != NULL ? last + 1 : text;
  if (strstr (last, "No module named 'torch'") != NULL)
    g_set_error (error, CF_ERROR, CF_ERROR_DEVICE, _("%s has no PyTorch; install it (python3-torch), or name a Python that has it with --python"), python);
  else
    g_set_error (error, CF_ERROR, CF_ERROR_DEVICE, _("PyTorch by %s failed: %s"), python, last[0] != '\0' ? last : _("it said nothing"));
}

static gboolean
run_script (const char *python, const char *path, char **words, char **out, GError **error)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autofree char *said = NULL;
  g_autoptr (GError) failed = NULL;
  int status;

  g_ptr_array_add (argv, (gpointer) python);
  g_ptr_array_add (argv, (gpointer) path);
  for (int i = 0; words[i] != NULL; i++)
    g_ptr_array_add (argv, words[i]);
  g_ptr_array_add (argv, NULL);
  if (!g_spawn_sync (NULL, (char **) argv->pdata, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, out, &said, &status, &failed))
    {
      g_set_error (error, CF_ERROR, CF_ERROR_DEVICE, _("--python %s cannot be run: %s"), python, failed->message);
      return FALSE;
    }
  if (g_spawn_check_wait_status (status, NULL))
    return TRUE;
  set_failure (python, said, error);
  g_clear_pointer (out, g_free);
  return FALSE;
}

static gboolean
read_result (const char *python, const char *text, CfCliTorch *out, GError **error)
{
  json_t *found = json_loads (text, 0, NULL);
  const char *version = json_string_value (json_object_get (found, "version")), *how = json_string_value (json_object_get (found, "how"));
  double rows = json_number_value (json_object_get (found, "rows_per_s"));
  gboolean ok = version != NULL && how != NULL && rows > 0;

  if (ok)
    *out = (CfCliTorch){ .version = g_strdup (version), .how = g_strdup (how), .rows_a_second = rows };
  else
    set_failure (python, _("no figures came back"), error);
  json_decref (found);
  return ok;
}

gboolean
cf_cli_bench_torch (const char *python, const char *kind, const CfSirenShape *shape, int batch, int threads, double seconds, CfCliTorch *out,
                    GError **error)
{
  g_autoptr (GBytes) script = g_resources_lookup_data (SCRIPT, G_RESOURCE_LOOKUP_FLAGS_NONE, error);
  g_autofree char *path = NULL, *text = NULL, *line = NULL;
  g_auto (GStrv) words = NULL;
  gboolean ok;
  int fd;

  if (script == NULL || (fd = g_file_open_tmp ("cryofield-XXXXXX.py", &path, error)) < 0)
    return FALSE;
  close (fd);
  line = g_strdup_printf ("%s %d %d %g %g %d %d %g", kind, shape->width, shape->hidden, shape->w0_first, shape->w0, batch, threads, seconds);
  words = g_strsplit (line, " ", -1);
  ok = g_file_set_contents (path, g_bytes_get_data (script, NULL), (gssize) g_bytes_get_size (script), error)
       && run_script (python, path, words, &text, error) && read_result (python, text, out, error);
  unlink (path);
  return ok;
}
