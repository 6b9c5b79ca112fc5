/* cli-batch-row.c: one row of a batch. Each step is this program again, so that a row that fails or crashes leaves the others alone; what it
 * said on stderr stays in the row's folder. */
#include "cli-batch.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <string.h>

#include <gio/gio.h>
#include <glib/gstdio.h>

#include "cf-archive.h"
#include "cf-file.h"
#include "cf-words.h"
#include "cli-job.h"

typedef struct
{
  const CfCliBatch *batch;
  json_t *request, *summary;
  const char *folder;
  gboolean resume;
  CfCliBatchRowFunc tell;
  gpointer data;
  GCancellable *cancellable;
} Row;

static int
row_number (json_t *request)
{
  return (int) json_integer_value (json_object_get (request, "row"));
}

static const char *
request_text (json_t *request, const char *key)
{
  return json_string_value (json_object_get (request, key));
}

char *
cf_cli_batch_row_folder (const CfCliBatch *batch, json_t *request)
{
  const char *of = request_text (request, batch->kind == CF_BATCH_MAPS ? "map" : "model");
  g_autofree char *base = cf_cli_base_name (of);
  g_autofree char *name = g_strdup_printf ("%04d-%.80s", row_number (request), base);

  return g_build_filename (batch->folder, "rows", name, NULL);
}

static void
tell (const Row *row, const char *step, json_t *line)
{
  if (!line)
    json_object_set_new (row->summary, "failed", json_pack ("{s:s}", "step", step)); /* until the row is done */
  if (row->tell)
    row->tell (row_number (row->request), step, line, row->data);
}

/* What programs read of a failure, whose words are in the user's language. */
static void
keep_exit_status (const Row *row, int status)
{
  json_t *failed = json_object_get (row->summary, "failed");

  if (!json_object_get (failed, "exit_status"))
    json_object_set_new (failed, "exit_status", json_integer (status));
}

/* -- a step as a program of its own ------------------------------------------------------------------------------------------ */

/* The last line of the log that is not a warning, without the program's name. */
static char *
last_words (const char *log)
{
  g_autofree char *text = NULL, *warning = NULL;
  g_auto (GStrv) lines = NULL;

  if (!g_file_get_contents (log, &text, NULL, NULL))
    return NULL;
  lines = g_strsplit (text, "\n", -1);
  warning = g_strdup_printf (": %s: ", _("warning")); /* a row speaks the language of the batch */
  for (int i = (int) g_strv_length (lines); i-- > 0;)
    if (g_str_has_prefix (lines[i], "cryofield-cli: ") && !strstr (lines[i], warning))
      return cf_text_clean (lines[i] + strlen ("cryofield-cli: "), -1);
  return NULL;
}

static gboolean
check_exit (const Row *row, GSubprocess *child, const char *step, const char *log, GError **error)
{
  gboolean signaled = g_subprocess_get_if_signaled (child);
  int status = signaled ? 128 + g_subprocess_get_term_sig (child) : g_subprocess_get_exit_status (child);
  g_autofree char *words = NULL;

  if (status == 0)
    return TRUE;
  keep_exit_status (row, status);
  words = last_words (log);
  if (signaled)
    g_set_error (error, CF_ERROR, CF_ERROR_FAILED, _("%s: ended by signal %d"), step, status - 128);
  else
    g_set_error (error, CF_ERROR, CF_ERROR_FAILED, "%s: %s", step, words ? words : _("failed, and did not say why"));
  return FALSE;
}

/* An object is one line, or begins and ends with a brace at the beginning of a line. NULL until it is whole. */
static json_t *
object_ends (GString *text, const char *line)
{
  json_t *object = NULL;

  g_string_append (text, line);
  g_string_append_c (text, '\n');
  if (*line == '}' || (*line == '{' && g_str_has_suffix (line, "}")))
    {
      object = json_loads (text->str, 0, NULL);
      g_string_truncate (text, 0);
    }
  return object;
}

/* The last object that it printed goes to *last; every one is told. */
static gboolean
read_lines (const Row *row, GSubprocess *child, const char *step, json_t **last, GError **error)
{
  g_autoptr (GDataInputStream) lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (child));
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError) reading = NULL;
  char *line;

  while ((line = g_data_input_stream_read_line (lines, NULL, row->cancellable, &reading)))
    {
      json_t *object = object_ends (text, line);

      g_free (line);
      if (!object)
        continue;
      tell (row, step, object);
      json_decref (*last);
      *last = object;
    }
  if (!reading)
    return !g_cancellable_set_error_if_cancelled (row->cancellable, error);
  g_propagate_error (error, g_steal_pointer (&reading));
  return FALSE;
}

/* last (NULL: nobody asks): a new reference. */
static gboolean
run_step (const Row *row, const char *step, GPtrArray *argv, json_t **last, GError **error)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE);
  g_autofree char *name = g_strconcat (step, ".log", NULL), *log = g_build_filename (row->folder, name, NULL);
  g_autoptr (GSubprocess) child = NULL;
  g_autoptr (GError) reading = NULL;
  json_t *object = NULL;
  gboolean good;

  tell (row, step, NULL);
  g_ptr_array_insert (argv, 0, g_strdup ("/proc/self/exe"));
  g_ptr_array_add (argv, NULL);
  g_subprocess_launcher_set_stderr_file_path (launcher, log);
  child = g_subprocess_launcher_spawnv (launcher, (const char *const *) argv->pdata, error);
  if (!child)
    return FALSE;
  good = read_lines (row, child, step, &object, &reading);
  if (!good)
    g_subprocess_send_signal (child, SIGTERM);
  g_subprocess_wait (child, NULL, NULL);
  if (!good)
    g_propagate_error (error, g_steal_pointer (&reading));
  good = good && check_exit (row, child, step, log, error);
  if (good && last)
    *last = json_incref (object);
  json_decref (object);
  return good;
}

static GPtrArray *
arguments (const char *first, ...)
{
  GPtrArray *argv = g_ptr_array_new_with_free_func (g_free);
  va_list list;

  va_start (list, first);
  for (const char *text = first; text; text = va_arg (list, const char *))
    g_ptr_array_add (argv, g_strdup (text));
  va_end (list);
  return argv;
}

static void
add_option (GPtrArray *argv, const char *option, const char *value)
{
  if (!value)
    return;
  g_ptr_array_add (argv, g_strdup (option));
  g_ptr_array_add (argv, g_strdup (value));
}

static void
add_number (GPtrArray *argv, const char *option, json_t *value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  if (json_is_number (value))
    add_option (argv, option, g_ascii_formatd (text, sizeof text, "%.9g", json_number_value (value)));
}

static void
add_train_options (const Row *row, GPtrArray *argv)
{
  const CfCliBatch *batch = row->batch;
  g_autofree char *threads = g_strdup_printf ("%d", batch->threads), *epochs = g_strdup_printf ("%d", batch->epochs);

  add_option (argv, "--threads", batch->threads > 0 ? threads : NULL);
  add_option (argv, "--epochs", batch->epochs > 0 ? epochs : NULL);
  if (strcmp (batch->preset, "paper") != 0)
    return;
  add_option (argv, "--recipe", "paper");
  add_option (argv, "--partition", "paper");
  add_option (argv, "--blend", "paper");
}

/* -- the inputs -------------------------------------------------------------------------------------------------------------- */

typedef struct
{
  char *map, *header, *model;
  json_t *contour, *resolution; /* borrowed */
} Inputs;

static void
inputs_clear (Inputs *inputs)
{
  g_free (inputs->map);
  g_free (inputs->header);
  g_free (inputs->model);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Inputs, inputs_clear)

/* An entry of an archive comes through the user's cache. */
static CfArchiveEntry *
fetch (const Row *row, const char *name, gboolean no_model, GError **error)
{
  const CfArchiveOptions options = { .emdb_host = cf_archive_emdb_host (row->batch->emdb_host), .pdb_host = cf_archive_pdb_host (row->batch->pdb_host),
                                     .no_model = no_model };
  CfArchiveId id;

  tell (row, "fetch", NULL);
  return cf_archive_id_parse (name, &id, error) ? cf_archive_fetch (&id, &options, NULL, NULL, row->cancellable, error) : NULL;
}

static gboolean
find_model (const Row *row, const char *name, char **out, GError **error)
{
  g_autoptr (CfArchiveEntry) entry = NULL;

  if (!name || g_path_is_absolute (name))
    {
      *out = g_strdup (name);
      return TRUE;
    }
  entry = fetch (row, name, FALSE, error);
  *out = entry ? g_strdup (entry->model) : NULL;
  return entry != NULL;
}

static gboolean
find_inputs (const Row *row, Inputs *inputs, GError **error)
{
  const char *map = request_text (row->request, "map"), *model = request_text (row->request, "model");
  g_autoptr (CfArchiveEntry) entry = NULL;

  inputs->contour = json_object_get (row->request, "contour");
  inputs->resolution = json_object_get (row->request, "resolution");
  if (!map || g_path_is_absolute (map))
    inputs->map = g_strdup (map);
  else
    {
      entry = fetch (row, map, model != NULL, error);
      if (!entry)
        return FALSE;
      inputs->map = g_strdup (entry->map);
      inputs->header = g_strdup (entry->header);
      inputs->model = model ? NULL : g_strdup (entry->model);
    }
  return inputs->model || find_model (row, model, &inputs->model, error);
}

/* -- the work ---------------------------------------------------------------------------------------------------------------- */

static json_t *
file_size (const char *path)
{
  GStatBuf info;

  return path && g_stat (path, &info) == 0 ? json_integer (info.st_size) : json_null ();
}

/* What run left beside its results. */
static gboolean
keep_summary (const Row *row, const char *map, GError **error)
{
  g_autofree char *base = cf_cli_base_name (map), *name = g_strconcat (base, ".run.json", NULL);
  g_autofree char *path = g_build_filename (row->folder, name, NULL), *neural = NULL;
  json_error_t why;
  json_t *run = json_load_file (path, 0, &why), *files;

  if (!run)
    {
      g_set_error (error, CF_ERROR, CF_ERROR_FAILED, "%s: %s", path, why.text);
      return FALSE;
    }
  files = json_object_get (run, "files");
  json_object_set_new (row->summary, "bytes", json_pack ("{s:o,s:o}", "map", file_size (map), "neural",
                                                         file_size (json_string_value (json_object_get (files, "neural")))));
  json_object_set_new (row->summary, "run", run);
  return TRUE;
}

static gboolean
compare_others (const Row *row, const char *model, GError **error)
{
  json_t *others = json_object_get (row->request, "others"), *other, *results = json_array ();
  gsize i;

  json_object_set_new (row->summary, "others", results);
  json_array_foreach (others, i, other)
  {
    g_autofree char *file = NULL, *step = g_strdup_printf ("compare-%zu", i + 1);
    g_autoptr (GPtrArray) argv = NULL;
    json_t *result = NULL;

    if (!find_model (row, json_string_value (other), &file, error))
      return FALSE;
    argv = arguments ("compare", file, model, "--json", NULL);
    if (!run_step (row, step, argv, &result, error))
      return FALSE;
    json_object_set (result, "model", other);
    json_array_append_new (results, result);
  }
  return TRUE;
}

static gboolean
work_map (const Row *row, GError **error)
{
  g_auto (Inputs) inputs = { 0 };
  g_autoptr (GPtrArray) argv = NULL;

  if (!find_inputs (row, &inputs, error))
    return FALSE;
  argv = arguments ("run", inputs.map, "-o", row->folder, "--progress", "json", NULL);
  add_option (argv, "--model", inputs.model);
  add_option (argv, "--header", inputs.header);
  add_number (argv, "--contour", inputs.contour);
  add_number (argv, "--resolution", inputs.resolution);
  add_train_options (row, argv);
  if (strcmp (row->batch->preset, "paper") == 0)
    add_option (argv, "--ascent", "paper");
  if (row->resume)
    g_ptr_array_add (argv, g_strdup ("--resume"));
  return run_step (row, "run", argv, NULL, error) && keep_summary (row, inputs.map, error)
         && (!inputs.model || compare_others (row, inputs.model, error));
}

static gboolean
work_simulated (const Row *row, GError **error)
{
  g_auto (Inputs) inputs = { 0 };
  g_autoptr (GPtrArray) argv = NULL;
  json_t *result = NULL;

  if (!find_inputs (row, &inputs, error))
    return FALSE;
  argv = arguments ("interpolate", inputs.model, "--json", "--baseline", "misaligned", NULL);
  add_number (argv, "--resolution", inputs.resolution);
  add_train_options (row, argv);
  if (!run_step (row, "interpolate", argv, &result, error))
    return FALSE;
  json_object_set_new (row->summary, "interpolate", result);
  return TRUE;
}

/* -- the summary ------------------------------------------------------------------------------------------------------------- */

static json_t *
load_summary (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "row.json", NULL);

  return json_load_file (path, 0, NULL);
}

static gboolean
save_summary (const Row *row, GError **error)
{
  g_autofree char *path = g_build_filename (row->folder, "row.json", NULL);

  return cf_json_save (row->summary, path, error);
}

static gboolean
same_request (const CfCliBatch *batch, json_t *summary, json_t *request)
{
  return json_equal (json_object_get (summary, "request"), request)
         && g_strcmp0 (json_string_value (json_object_get (summary, "preset")), batch->preset) == 0
         && json_integer_value (json_object_get (summary, "epochs")) == batch->epochs;
}

json_t *
cf_cli_batch_row_done (const CfCliBatch *batch, json_t *request)
{
  g_autofree char *folder = cf_cli_batch_row_folder (batch, request);
  json_t *summary = load_summary (folder);

  if (g_strcmp0 (json_string_value (json_object_get (summary, "status")), "done") == 0 && same_request (batch, summary, request))
    return summary;
  json_decref (summary);
  return NULL;
}

static json_t *
new_summary (const CfCliBatch *batch, json_t *request, const char *folder)
{
  g_autofree char *name = g_path_get_basename (folder);

  return json_pack ("{s:s,s:s,s:i,s:O,s:s}", "kind", cf_batch_kind_name (batch->kind), "preset", batch->preset, "epochs", batch->epochs, "request",
                    request, "folder", name);
}

json_t *
cf_cli_batch_row_run (const CfCliBatch *batch, json_t *request, gboolean resume, CfCliBatchRowFunc tell_func, gpointer data,
                      GCancellable *cancellable, GError **error)
{
  g_autofree char *folder = cf_cli_batch_row_folder (batch, request);
  json_t *before = load_summary (folder);
  const Row row = { batch, request, new_summary (batch, request, folder), folder, resume && (!before || same_request (batch, before, request)),
                    tell_func, data, cancellable };
  gint64 started = g_get_monotonic_time ();
  g_autoptr (GError) failed = NULL;
  gboolean good;

  json_decref (before);
  if (g_mkdir_with_parents (folder, 0777) != 0)
    {
      g_set_error (error, CF_ERROR, CF_ERROR_FAILED, _("%s: the folder cannot be made: %s"), folder, g_strerror (errno));
      json_decref (row.summary);
      return NULL;
    }
  good = batch->kind == CF_BATCH_MAPS ? work_map (&row, &failed) : work_simulated (&row, &failed);
  json_object_set_new (row.summary, "seconds", json_real ((g_get_monotonic_time () - started) * 1e-6));
  json_object_set_new (row.summary, "status", json_string (good ? "done" : "failed"));
  if (good)
    json_object_del (row.summary, "failed");
  else
    {
      keep_exit_status (&row, cf_cli_exit_status (failed));
      json_object_set_new (row.summary, "error", json_string (failed->message));
    }
  if (!good && g_error_matches (failed, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_propagate_error (error, g_steal_pointer (&failed));
  else if (save_summary (&row, error))
    return row.summary;
  json_decref (row.summary);
  return NULL;
}

static int
by_row (gconstpointer a, gconstpointer b)
{
  json_t *const *one = a, *const *two = b;

  return row_number (json_object_get (*one, "request")) - row_number (json_object_get (*two, "request"));
}

json_t *
cf_cli_batch_rows (const char *folder, GError **error)
{
  g_autofree char *rows = g_build_filename (folder, "rows", NULL);
  g_autoptr (GDir) dir = g_dir_open (rows, 0, error);
  g_autoptr (GPtrArray) found = g_ptr_array_new ();
  json_t *all;
  const char *name;

  if (!dir)
    return NULL;
  while ((name = g_dir_read_name (dir)))
    {
      g_autofree char *one = g_build_filename (rows, name, NULL);
      json_t *summary = load_summary (one);

      if (json_is_object (json_object_get (summary, "request")))
        g_ptr_array_add (found, summary);
      else
        json_decref (summary);
    }
  g_ptr_array_sort (found, by_row);
  all = json_array ();
  for (guint i = 0; i < found->len; i++)
    json_array_append_new (all, g_ptr_array_index (found, i));
  return all;
}
