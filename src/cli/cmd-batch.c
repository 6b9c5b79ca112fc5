/* cmd-batch.c: many maps by one command, and the joining of what several machines did. */
#include "cli-batch.h"
#include "cli-train.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <errno.h>
#include <glib/gstdio.h>

#include "cf-file.h"
#include "cf-list.h"
#include "cf-words.h"

/* Rows at work on several threads, told on one line. */
typedef struct
{
  CfCli *cli;
  const CfCliBatch *batch;
  gboolean resume, json, quiet;
  GMutex lock;
  int n_rows, n_done, n_failed, n_kept;
  GError *error; /* the first that ended it */
} Work;

/* -- tables ------------------------------------------------------------------------------------------------------------------ */

static gboolean
write_tables (const char *folder, CfBatchKind kind, json_t *rows, const char *command, GError **error)
{
  const CfBatch batch = { .kind = kind, .rows = rows, .command = command };
  g_autofree char *csv = g_build_filename (folder, "batch.csv", NULL), *html = g_build_filename (folder, "batch.html", NULL);
  g_autofree char *pdf = g_build_filename (folder, "batch.pdf", NULL);

  return cf_batch_save_csv (&batch, csv, error) && cf_batch_save_html (&batch, html, error) && cf_batch_save_pdf (&batch, pdf, error);
}

/* -- progress ---------------------------------------------------------------------------------------------------------------- */

static void
print_object (json_t *object)
{
  json_dumpf (object, stdout, JSON_REAL_PRECISION (9));
  putchar ('\n');
  fflush (stdout);
}

static void
tell_row (int row, const char *step, json_t *line, gpointer data)
{
  Work *work = data;
  g_autofree char *text = NULL;
  json_t *epoch = json_object_get (line, "epoch");

  g_mutex_lock (&work->lock);
  if (work->json)
    {
      json_t *object = json_is_integer (epoch) ? json_copy (line) : json_object ();
      json_object_set_new (object, "row", json_integer (row));
      json_object_set_new (object, "step", json_string (step));
      print_object (object);
      json_decref (object);
    }
  else if (!work->quiet)
    {
      if (json_is_integer (epoch))
        text = g_strdup_printf (_("%d of %d rows; row %d: %s, sub-region %d, epoch %d"), work->n_done, work->n_rows, row, step,
                                (int) json_integer_value (json_object_get (line, "region")), (int) json_integer_value (epoch));
      else
        text = g_strdup_printf (_("%d of %d rows; row %d: %s"), work->n_done, work->n_rows, row, step);
      cf_cli_progress ((double) work->n_done / work->n_rows, text);
    }
  g_mutex_unlock (&work->lock);
}

static void
tell_end (Work *work, json_t *summary, gboolean kept)
{
  int row = (int) json_integer_value (json_object_get (json_object_get (summary, "request"), "row"));
  const char *status = json_string_value (json_object_get (summary, "status")), *why = json_string_value (json_object_get (summary, "error"));
  gboolean failed = strcmp (status, "failed") == 0;
  double seconds = json_number_value (json_object_get (summary, "seconds"));

  g_mutex_lock (&work->lock);
  work->n_done++;
  work->n_failed += failed;
  work->n_kept += kept;
  cf_cli_progress_end ();
  if (work->json)
    {
      json_t *object = json_pack ("{s:i,s:s,s:b,s:f,s:O*,s:s*}", "row", row, "status", status, "kept", kept, "seconds", seconds, "failed",
                                  json_object_get (summary, "failed"), "error", why);
      print_object (object);
      json_decref (object);
    }
  else if (work->quiet)
    ;
  else if (kept)
    cf_cli_note (_("row %d: done before (%.0f s)"), row, seconds);
  else if (failed)
    cf_cli_note (_("row %d: failed after %.0f s: %s"), row, seconds, why);
  else
    cf_cli_note (_("row %d: done in %.0f s"), row, seconds);
  g_mutex_unlock (&work->lock);
}

/* -- the rows ---------------------------------------------------------------------------------------------------------------- */

static void
work_row (gpointer data, gpointer user_data)
{
  json_t *request = data, *summary;
  Work *work = user_data;
  g_autoptr (GError) error = NULL;
  gboolean kept;

  if (g_cancellable_is_cancelled (work->cli->cancellable))
    return;
  summary = work->resume ? cf_cli_batch_row_done (work->batch, request) : NULL;
  kept = summary != NULL;
  if (!kept)
    summary = cf_cli_batch_row_run (work->batch, request, work->resume, tell_row, work, work->cli->cancellable, &error);
  if (summary)
    tell_end (work, summary, kept);
  json_decref (summary);
  g_mutex_lock (&work->lock);
  if (error && !work->error)
    work->error = g_steal_pointer (&error);
  g_mutex_unlock (&work->lock);
}

static gboolean
work_rows (Work *work, json_t *list, int first, int last, int jobs, GError **error)
{
  GThreadPool *pool = g_thread_pool_new (work_row, work, jobs, TRUE, error);
  json_t *request;
  gsize i;

  if (!pool)
    return FALSE;
  json_array_foreach (list, i, request)
    if ((int) i + 1 >= first && (int) i + 1 <= last)
      g_thread_pool_push (pool, request, NULL);
  g_thread_pool_free (pool, FALSE, TRUE);
  cf_cli_progress_end ();
  if (work->error)
    g_propagate_error (error, g_steal_pointer (&work->error));
  return !(error && *error) && !g_cancellable_set_error_if_cancelled (work->cli->cancellable, error);
}

static gboolean
parse_rows (const char *text, int n, int *first, int *last, GError **error)
{
  int end = 0;

  *first = 1;
  *last = n;
  if (!text)
    return TRUE;
  if (sscanf (text, "%d-%d%n", first, last, &end) != 2)
    {
      end = 0;
      if (sscanf (text, "%d%n", first, &end) == 1)
        *last = *first;
    }
  if (end == (int) strlen (text) && *first >= 1 && *first <= *last && *last <= n)
    return TRUE;
  g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, _("--rows is %s, needs A-B or A with 1 <= A <= B <= %d, the rows of the list"), text, n);
  return FALSE;
}

static gboolean
run_batch (CfCli *cli, const CfCliBatch *batch, json_t *list, Work *work, const char *rows, int jobs, char **argv, GError **error)
{
  g_autofree char *command = cf_cli_command_line (argv);
  json_t *all;
  int first, last;
  gboolean good;

  if (!parse_rows (rows, (int) json_array_size (list), &first, &last, error))
    return FALSE;
  if (g_mkdir_with_parents (batch->folder, 0777) != 0)
    {
      g_set_error (error, CF_ERROR, CF_ERROR_FAILED, _("%s: the folder cannot be made: %s"), batch->folder, g_strerror (errno));
      return FALSE;
    }
  work->n_rows = last - first + 1;
  good = work_rows (work, list, first, last, jobs, error);
  if (!good)
    return FALSE;
  all = cf_cli_batch_rows (batch->folder, error);
  good = all && write_tables (batch->folder, batch->kind, all, command, error);
  json_decref (all);
  if (good && work->n_failed > 0)
    {
      g_set_error (error, CF_ERROR, CF_ERROR_FAILED, _("%d of %d rows failed; %s/batch.html says why"), work->n_failed, work->n_rows, batch->folder);
      return FALSE;
    }
  if (good && !work->json)
    printf ("%d rows (%d done before): %s/batch.csv, batch.html, batch.pdf\n", work->n_rows, work->n_kept, batch->folder);
  return good;
}

gboolean
cf_cmd_batch (CfCli *cli, char **argv, GError **error)
{
  static const char *const presets[] = { "default", "paper", NULL }, *const kinds[] = { "bar", "json", "none", NULL };
  g_autofree char *folder = NULL, *preset = NULL, *rows = NULL, *progress = NULL, *emdb_host = NULL, *pdb_host = NULL;
  g_auto (GStrv) files = NULL;
  CfCliBatch batch = { 0 };
  Work work = { .cli = cli, .batch = &batch };
  gboolean simulate = FALSE, good;
  int jobs = 1, chosen = 0, kind = 0;
  json_t *list;
  const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &folder, N_("The folder for the results; made where it is not there"), "DIR" },
    { "preset", 0, 0, G_OPTION_ARG_STRING, &preset, N_("default, or paper: recipe, partition, blend and ascent as published"), "NAME" },
    { "rows", 0, 0, G_OPTION_ARG_STRING, &rows, N_("Only these rows of the list, from 1"), "A-B" },
    { "jobs", 0, 0, G_OPTION_ARG_INT, &jobs, N_("Rows at work at the same time; default 1"), "N" },
    { "resume", 0, 0, G_OPTION_ARG_NONE, &work.resume, N_("Keep the rows, and the sub-regions of a row, that are done"), NULL },
    { "simulate", 0, 0, G_OPTION_ARG_NONE, &simulate, N_("The interpolation experiment on each model and resolution of the list"), NULL },
    { "threads", 0, 0, G_OPTION_ARG_INT, &batch.threads, N_("Processor threads of each row; default: all, divided by the jobs"), "N" },
    { "epochs", 0, 0, G_OPTION_ARG_INT, &batch.epochs, N_("At most so many passes over each sub-region; default: the recipe's"), "N" },
    { "host", 0, 0, G_OPTION_ARG_STRING, &emdb_host, N_("Where EMDB entries come from; default: the archive"), "URL" },
    { "pdb-host", 0, 0, G_OPTION_ARG_STRING, &pdb_host, N_("Where PDB entries come from; default: the archive"), "URL" },
    { "progress", 0, 0, G_OPTION_ARG_STRING, &progress, N_("bar (default), json (one object a line on stdout) or none"), "KIND" },
    { NULL },
  };

  if (!cf_cli_parse (cli, entries, argv, 1, 1, &files, error))
    return FALSE;
  if (!cf_cli_need ("-o", folder, error) || !cf_cli_parse_choice ("--preset", preset, presets, &chosen, error)
      || !cf_cli_parse_choice ("--progress", progress, kinds, &kind, error) || !cf_cli_check_range ("--jobs", jobs, 1, 256, error)
      || !cf_cli_check_range ("--threads", batch.threads, 0, 4096, error) || !cf_cli_check_range ("--epochs", batch.epochs, 0, 1e6, error)
      || !cf_archive_check_host (cf_archive_emdb_host (emdb_host), error)
      || !cf_archive_check_host (cf_archive_pdb_host (pdb_host), error) || (!cf_list_is_own (files[0]) && !cf_cli_check_input (files[0], error)))
    return FALSE;
  batch.kind = simulate ? CF_BATCH_SIMULATED : CF_BATCH_MAPS;
  batch.folder = g_canonicalize_filename (folder, NULL);
  batch.preset = (char *) presets[chosen];
  batch.emdb_host = emdb_host;
  batch.pdb_host = pdb_host;
  if (batch.threads == 0 && jobs > 1)
    batch.threads = MAX (1, (int) g_get_num_processors () / jobs);
  work.json = kind == 1;
  work.quiet = kind == 2;
  list = cf_list_load (files[0], simulate ? CF_LIST_OF_MODELS : CF_LIST_OF_MAPS, error);
  cli->resume = cf_cli_resume_command (argv);
  good = list && run_batch (cli, &batch, list, &work, rows, jobs, argv, error);
  json_decref (list);
  g_free (batch.folder);
  return good;
}

/* -- merge ------------------------------------------------------------------------------------------------------------------- */

static const char *
row_kind (json_t *row)
{
  return json_string_value (json_object_get (row, "kind"));
}

/* Of the same number and name as one that is there. */
static gboolean
has_row (json_t *all, json_t *row)
{
  json_t *other;
  gsize i;

  json_array_foreach (all, i, other)
    if (json_equal (json_object_get (other, "folder"), json_object_get (row, "folder")))
      return TRUE;
  return FALSE;
}

/* The results of a row move by a link to its folder: they can be large. */
static gboolean
link_row (const char *from, const char *to, json_t *row, GError **error)
{
  const char *name = json_string_value (json_object_get (row, "folder"));
  g_autofree char *target = name ? g_build_filename (from, "rows", name, NULL) : NULL, *link = name ? g_build_filename (to, "rows", name, NULL) : NULL;
  g_autofree char *there = link ? g_file_read_link (link, NULL) : NULL;

  if (!name || strchr (name, '/') || g_strcmp0 (from, to) == 0 || g_strcmp0 (there, target) == 0 || symlink (target, link) == 0)
    return TRUE;
  g_set_error (error, CF_ERROR, CF_ERROR_FAILED, _("%s: %s; row %.0f is there already or cannot be linked"), link, g_strerror (errno),
               cf_batch_number (row, "request.row"));
  return FALSE;
}

static gboolean
add_rows (const char *folder, const char *output, json_t *all, GError **error)
{
  g_autofree char *from = g_canonicalize_filename (folder, NULL);
  json_t *rows = cf_cli_batch_rows (from, error), *row;
  gboolean good = rows != NULL;
  gsize i;

  if (!rows)
    cf_cli_refuse (folder, error);
  json_array_foreach (rows, i, row)
  {
    json_t *first = json_array_get (all, 0);

    if (first && g_strcmp0 (row_kind (first), row_kind (row)) != 0)
      {
        g_set_error (error, CF_INPUT_ERROR, CF_INPUT_ERROR_UNSUPPORTED, _("%s: its rows are %s, needs %s as the first folder has"), folder,
                     row_kind (row), row_kind (first));
        good = FALSE;
      }
    if (good && has_row (all, row))
      {
        g_set_error (error, CF_INPUT_ERROR, CF_INPUT_ERROR_UNSUPPORTED, _("%s: row %s is in another folder too, needs each row once"), folder,
                     json_string_value (json_object_get (row, "folder")));
        good = FALSE;
      }
    if (!good || !(good = link_row (from, output, row, error)))
      break;
    json_array_append (all, row);
  }
  json_decref (rows);
  return good;
}

gboolean
cf_cmd_merge_batch (CfCli *cli, char **argv, GError **error)
{
  g_autofree char *folder = NULL, *output = NULL, *rows = NULL, *command = NULL;
  g_auto (GStrv) folders = NULL;
  json_t *all;
  gboolean good = TRUE;
  const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &folder, N_("The folder for the joined table; made where it is not there"), "DIR" },
    { NULL },
  };

  if (!cf_cli_parse (cli, entries, argv, 1, -1, &folders, error) || !cf_cli_need ("-o", folder, error))
    return FALSE;
  output = g_canonicalize_filename (folder, NULL);
  rows = g_build_filename (output, "rows", NULL);
  command = cf_cli_command_line (argv);
  if (g_mkdir_with_parents (rows, 0777) != 0)
    {
      g_set_error (error, CF_ERROR, CF_ERROR_FAILED, _("%s: the folder cannot be made: %s"), rows, g_strerror (errno));
      return FALSE;
    }
  all = json_array ();
  for (int i = 0; good && folders[i]; i++)
    good = add_rows (folders[i], output, all, error);
  if (good && json_array_size (all) == 0)
    {
      g_set_error (error, CF_INPUT_ERROR, CF_INPUT_ERROR_EMPTY, _("%s: no rows in it"), folders[0]);
      good = FALSE;
    }
  if (good)
    good = write_tables (output, g_strcmp0 (row_kind (json_array_get (all, 0)), "simulated") == 0 ? CF_BATCH_SIMULATED : CF_BATCH_MAPS, all, command,
                         error);
  if (good)
    printf ("%zu rows: %s/batch.csv, batch.html, batch.pdf\n", json_array_size (all), output);
  json_decref (all);
  return good;
}
