/* cf-archive.c: the files of an entry, one after the other. */
#include "cf-archive-private.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "cf-download.h"
#include "cf-emdb.h"
#include "cf-error.h"
#include "cf-words.h"

typedef struct
{
  const CfArchiveOptions *options;
  const CfArchiveId *id; /* of the file at work */
  CfArchiveFile file;
  const char *host;
  CfArchiveProgressFunc progress;
  gpointer user_data;
  CfArchiveProgress at;
  gint64 began;         /* us */
  guint64 began_done;   /* bytes that an earlier run brought */
} Fetch;

/* -- one file ---------------------------------------------------------------------------------------------------------------------- */

static void
file_progress (guint64 done, guint64 total, gboolean waiting, gpointer user_data)
{
  Fetch *f = user_data;
  gint64 now = g_get_monotonic_time ();
  if (f->began == 0 || waiting)
    {
      f->began = now;
      f->began_done = done;
    }
  double seconds = (double) (now - f->began) / G_USEC_PER_SEC;
  f->at.done = done;
  f->at.total = total;
  f->at.waiting = waiting;
  f->at.seconds_left = total > done && done > f->began_done && seconds > 1 ? seconds * (double) (total - done) / (double) (done - f->began_done) : NAN;
  if (f->progress)
    f->progress (&f->at, f->user_data);
}

static gboolean
file_check (const char *part_path, gpointer user_data, GCancellable *cancellable, GError **error)
{
  const Fetch *f = user_data;
  GError *reason = NULL;
  if (cf_archive_check_file (part_path, f->file, f->id->name, cancellable, &reason))
    return TRUE;
  if (g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_propagate_error (error, reason);
      return FALSE;
    }
  g_set_error (error, CF_ERROR, CF_ERROR_FAILED, _("%s: what %s sends %s"), f->at.file, f->host, reason->message);
  g_error_free (reason);
  return FALSE;
}

/* Brings one file of `id`; its path, or NULL. */
static char *
bring (Fetch *f, CfArchiveEntry *entry, const CfArchiveId *id, CfArchiveFile file, const char *host, GCancellable *cancellable, GError **error)
{
  const CfArchiveOptions *o = f->options;
  g_autofree char *name = cf_archive_file_name (id, file), *url = cf_archive_file_url (id, file, host);
  g_autofree char *folder = cf_archive_file_folder (id, host, o->folder), *path = g_build_filename (folder, name, NULL);
  gboolean fetched = FALSE;
  const CfDownloadOptions options = {
    .cap = o->cap ? o->cap : CF_ARCHIVE_CAP,
    .stall = o->stall ? o->stall : CF_ARCHIVE_STALL,
    .again = o->again,
    .check = file_check,
    .progress = file_progress,
    .user_data = f,
  };
  if (!o->folder && g_mkdir_with_parents (folder, 0700) < 0)
    {
      int saved = errno;
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (saved), _("%s: cannot be made: %s"), folder, g_strerror (saved));
      return NULL;
    }
  f->id = id;
  f->file = file;
  f->host = host;
  f->began = 0;
  f->at.file = name;
  f->at.step++;
  gboolean good = cf_download (url, path, &options, &fetched, cancellable, error);
  /* Of an entry that is not there nothing stays, not even its folder; one that holds something cannot be taken away like this. */
  if (!good && !o->folder)
    g_rmdir (folder);
  f->at.file = NULL;
  entry->n_fetched += fetched;
  return good ? g_steal_pointer (&path) : NULL;
}

/* -- entries ----------------------------------------------------------------------------------------------------------------------- */

/* "emd-99999.xml is not in the archive ..." is not what was asked for. */
static void
say_missing (const CfArchiveId *id, gboolean map, const char *host, GError **error)
{
  g_autoptr (GUri) uri = g_uri_parse (host, G_URI_FLAGS_NONE, NULL);
  g_autofree char *shown = uri ? cf_download_host (uri) : g_strdup (host);
  if (error == NULL || !g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    return;
  g_clear_error (error);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, map ? _("the map of %s is not in the archive %s") : _("%s is not in the archive %s"), id->name, shown);
}

static gboolean
read_header (CfArchiveEntry *entry, GError **error)
{
  g_autoptr (CfEmdbHeader) header = cf_emdb_load (entry->header, error);
  if (!header)
    return FALSE;
  entry->contour = header->contour;
  entry->resolution = header->resolution;
  entry->contour_source = g_steal_pointer (&header->contour_source);
  entry->title = g_steal_pointer (&header->title);
  g_strfreev (entry->pdb_ids);
  entry->pdb_ids = g_steal_pointer (&header->pdb_ids);
  return TRUE;
}

static gboolean
bring_model (Fetch *f, CfArchiveEntry *entry, const CfArchiveId *id, GCancellable *cancellable, GError **error)
{
  const char *host = cf_archive_pdb_host (f->options->pdb_host);
  GError *reason = NULL;
  entry->model = bring (f, entry, id, CF_ARCHIVE_FILE_MODEL, host, cancellable, &reason);
  if (entry->model)
    {
      entry->model_id = g_strdup (id->name);
      return TRUE;
    }
  say_missing (id, FALSE, host, &reason);
  if (entry->id.is_map && g_error_matches (reason, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    {
      entry->warning = g_strdup (reason->message);
      g_error_free (reason);
      return TRUE;
    }
  g_propagate_error (error, reason);
  return FALSE;
}

/* The first one that is named; an id of four digits is one of the PDB here. */
static gboolean
fitted_model (const CfArchiveEntry *entry, CfArchiveId *out)
{
  const char *id = entry->pdb_ids[0];
  g_autofree char *extended = id ? g_strconcat (strlen (id) == 4 ? "pdb_0000" : "", id, NULL) : NULL;
  return extended && cf_archive_id_parse (extended, out, NULL) && !out->is_map;
}

/* The header comes first: it is small, and says whether there is an entry at all and which model was fitted. */
static gboolean
bring_map (Fetch *f, CfArchiveEntry *entry, GCancellable *cancellable, GError **error)
{
  const char *host = cf_archive_emdb_host (f->options->emdb_host);
  GError *reason = NULL;
  CfArchiveId model;
  entry->header = bring (f, entry, &entry->id, CF_ARCHIVE_FILE_HEADER, host, cancellable, &reason);
  if (!entry->header)
    {
      say_missing (&entry->id, FALSE, host, &reason);
      g_propagate_error (error, reason);
      return FALSE;
    }
  if (!read_header (entry, error))
    return FALSE;
  gboolean has_model = !f->options->no_model && fitted_model (entry, &model);
  f->at.n_steps = has_model ? 3 : 2;
  entry->map = bring (f, entry, &entry->id, CF_ARCHIVE_FILE_MAP, host, cancellable, &reason);
  if (!entry->map)
    {
      say_missing (&entry->id, TRUE, host, &reason);
      g_propagate_error (error, reason);
      return FALSE;
    }
  return !has_model || bring_model (f, entry, &model, cancellable, error);
}

CfArchiveEntry *
cf_archive_fetch (const CfArchiveId *id, const CfArchiveOptions *options, CfArchiveProgressFunc progress, gpointer user_data,
                  GCancellable *cancellable, GError **error)
{
  g_autoptr (CfArchiveEntry) entry = g_new0 (CfArchiveEntry, 1);
  Fetch f = { .options = options, .progress = progress, .user_data = user_data, .at = { .n_steps = id->is_map ? 3 : 1 } };
  entry->id = *id;
  entry->contour = entry->resolution = NAN;
  entry->pdb_ids = g_new0 (char *, 1);
  if (!cf_archive_check_host (cf_archive_pdb_host (options->pdb_host), error)
      || !cf_archive_check_host (cf_archive_emdb_host (options->emdb_host), error))
    return NULL;
  if (id->is_map ? bring_map (&f, entry, cancellable, error) : bring_model (&f, entry, &entry->id, cancellable, error))
    return g_steal_pointer (&entry);
  return NULL;
}

void
cf_archive_entry_free (CfArchiveEntry *entry)
{
  if (!entry)
    return;
  g_free (entry->map);
  g_free (entry->header);
  g_free (entry->model);
  g_free (entry->model_id);
  g_strfreev (entry->pdb_ids);
  g_free (entry->title);
  g_free (entry->contour_source);
  g_free (entry->warning);
  g_free (entry);
}
