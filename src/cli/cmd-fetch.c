/* cmd-fetch.c: map, header and fitted model of an entry from the archives. */
#include "cli.h"

#include <glib/gstdio.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cf-archive.h"
#include "cf-file.h"
#include "cf-words.h"

#define PIECE (1 << 20)

static char *
progress_text (const CfArchiveProgress *p)
{
  g_autofree char *done = g_format_size (p->done), *total = p->total > 0 ? g_format_size (p->total) : NULL;
  g_autofree char *left = isfinite (p->seconds_left) ? g_strdup_printf (_(", %.0f s left"), p->seconds_left) : g_strdup ("");

  if (p->waiting)
    return g_strdup_printf (_("%s: another program downloads it"), p->file);
  if (total)
    return g_strdup_printf (_("%s, %s of %s%s"), p->file, done, total, left);
  return g_strdup_printf ("%s, %s%s", p->file, done, left);
}

static void
show_progress (const CfArchiveProgress *p, gpointer user_data)
{
  g_autofree char *text = progress_text (p);

  cf_cli_progress (p->total > 0 ? (double) p->done / (double) p->total : 0, text);
}

/* Whether two files hold the same, by their hashes. */
static gboolean
is_same (const char *a, const char *b, gboolean *same, CfCli *cli, GError **error)
{
  char of_a[65], of_b[65];

  if (!cf_file_sha256 (a, of_a, cli->cancellable, error) || !cf_file_sha256 (b, of_b, cli->cancellable, error))
    return FALSE;
  *same = strcmp (of_a, of_b) == 0;
  return TRUE;
}

static gboolean
copy (CfCli *cli, const char *from, const char *to, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (from);
  g_autoptr (GFileInputStream) input = g_file_read (file, cli->cancellable, error);
  g_autoptr (CfFileWriter) writer = input ? cf_file_writer_new (to, error) : NULL;
  g_autofree char *piece = g_malloc (PIECE);
  gssize n = 0;

  while (writer && (n = g_input_stream_read (G_INPUT_STREAM (input), piece, PIECE, cli->cancellable, error)) > 0)
    if (!cf_file_writer_write (writer, piece, (gsize) n, error))
      return FALSE;
  return writer && n == 0 && cf_file_writer_commit (writer, error);
}

/* From the cache to the folder: *path becomes the one there. What is there already and differs is the user's own. */
static gboolean
place (CfCli *cli, const char *folder, gboolean replace, char **path, GError **error)
{
  g_autofree char *name = *path ? g_path_get_basename (*path) : NULL;
  g_autofree char *to = name ? g_build_filename (folder, name, NULL) : NULL;
  gboolean same = FALSE;

  if (!to)
    return TRUE;
  if (g_file_test (to, G_FILE_TEST_EXISTS) && !is_same (*path, to, &same, cli, error))
    return FALSE;
  if (!same && !replace && g_file_test (to, G_FILE_TEST_EXISTS))
    {
      g_set_error (error, CF_ERROR, CF_ERROR_FAILED, _("%s: is there and differs from the archive's; move it away, or replace it with --refresh"), to);
      return FALSE;
    }
  if (!same && !copy (cli, *path, to, error))
    return FALSE;
  g_free (*path);
  *path = g_steal_pointer (&to);
  return TRUE;
}

static json_t *
entry_to_json (const CfArchiveEntry *e)
{
  json_t *warnings = json_array ();

  if (e->warning)
    json_array_append_new (warnings, json_string (e->warning));
  return json_pack ("{s:s,s:s?,s:s?,s:s?,s:s?,s:o,s:s?,s:o,s:s?,s:o,s:i,s:o}", "id", e->id.name, "map", e->map, "header", e->header, "model",
                    e->model, "model_id", e->model_id, "pdb_ids", cf_json_strings (e->pdb_ids), "title", e->title, "contour",
                    cf_json_number (e->contour), "contour_source", e->contour_source, "resolution", cf_json_number (e->resolution), "fetched",
                    e->n_fetched, "warnings", warnings);
}

static void
print_entry (const CfArchiveEntry *e)
{
  if (e->map)
    printf ("map         %s\n", e->map);
  if (e->header)
    printf ("header      %s\n", e->header);
  if (e->model)
    printf ("model       %s\n", e->model);
  if (isfinite (e->contour))
    printf ("contour     %.6g in file units (%s)\n", e->contour, e->contour_source ? e->contour_source : "source not given");
  if (isfinite (e->resolution))
    printf ("resolution  %.4g A\n", e->resolution);
}

static gboolean
check_folder (const char *folder, GError **error)
{
  if (g_mkdir_with_parents (folder, 0777) == 0 && g_access (folder, 2) == 0)
    return TRUE;
  g_set_error (error, CF_ERROR, CF_ERROR_FAILED, _("%s: is not a folder that can be written to"), folder);
  return FALSE;
}

static gboolean
fetch (CfCli *cli, const CfArchiveId *id, const CfArchiveOptions *options, const char *folder, gboolean json, GError **error)
{
  g_autoptr (CfArchiveEntry) entry = NULL;

  if (!check_folder (folder, error))
    return FALSE;
  entry = cf_archive_fetch (id, options, show_progress, NULL, cli->cancellable, error);
  cf_cli_progress_end ();
  if (!entry)
    return FALSE;
  if (!options->folder
      && (!place (cli, folder, options->again, &entry->map, error) || !place (cli, folder, options->again, &entry->header, error)
          || !place (cli, folder, options->again, &entry->model, error)))
    return FALSE;
  if (entry->warning)
    cf_cli_warn (id->name, "%s", entry->warning);
  if (json)
    return cf_json_print (entry_to_json (entry), error);
  print_entry (entry);
  return TRUE;
}

gboolean
cf_cmd_fetch (CfCli *cli, char **argv, GError **error)
{
  g_autofree char *output = NULL, *host = NULL, *pdb_host = NULL;
  g_auto (GStrv) files = NULL;
  gint64 cap = CF_ARCHIVE_CAP;
  int stall = CF_ARCHIVE_STALL;
  gboolean json = FALSE, no_model = FALSE, no_cache = FALSE, refresh = FALSE;
  CfArchiveId id;
  const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &output, N_("The folder for the files"), "DIR" },
    { "host", 0, 0, G_OPTION_ARG_STRING, &host, N_("EMDB or a mirror: the address of the folder that holds structures/"), "URL" },
    { "pdb-host", 0, 0, G_OPTION_ARG_STRING, &pdb_host, N_("PDB or a mirror: the address of the folder that holds ID.cif.gz"), "URL" },
    { "max-bytes", 0, 0, G_OPTION_ARG_INT64, &cap, N_("Refuse a file of more bytes; default 8 GiB"), "N" },
    { "stall", 0, 0, G_OPTION_ARG_INT, &stall, N_("Give up after so many seconds without data; default 30"), "S" },
    { "no-model", 0, 0, G_OPTION_ARG_NONE, &no_model, N_("Without the fitted model"), NULL },
    { "no-cache", 0, 0, G_OPTION_ARG_NONE, &no_cache, N_("Straight to DIR, nothing is kept in the user's cache"), NULL },
    { "refresh", 0, 0, G_OPTION_ARG_NONE, &refresh, N_("Ask again although the files are there, and replace them"), NULL },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_("One JSON object on stdout"), NULL },
    { NULL },
  };

  if (!cf_cli_parse (cli, entries, argv, 1, 1, &files, error) || !cf_cli_need ("-o", output, error)
      || !cf_archive_id_parse (files[0], &id, error) || !cf_cli_check_range ("--max-bytes", (double) cap, 1, 1e15, error)
      || !cf_cli_check_range ("--stall", stall, 1, 3600, error))
    return FALSE;
  cli->resume = cf_cli_command_line (argv);
  return fetch (cli, &id,
                &(CfArchiveOptions) { .emdb_host = host,
                                      .pdb_host = pdb_host,
                                      .folder = no_cache ? output : NULL,
                                      .cap = (guint64) cap,
                                      .stall = (guint) stall,
                                      .no_model = no_model,
                                      .again = refresh },
                output, json, error);
}
