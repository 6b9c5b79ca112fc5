/* cf-archive-check.c: whether what an archive sent is a map, a header, a model. A page of HTML comes with status 200 too. */
#include <string.h>

#include "cf-archive-private.h"
#include "cf-emdb.h"
#include "cf-error.h"
#include "cf-input.h"
#include "cf-words.h"

#define HEAD 4096
#define LARGEST (G_GUINT64_CONSTANT (1) << 36) /* bytes of output: more is no map of this archive */

static gboolean
fail (GError **error, const char *found, const char *needed)
{
  g_set_error (error, CF_ERROR, CF_ERROR_FAILED, _("holds %s, needs %s"), found, needed);
  return FALSE;
}

static const char *
what_it_looks_like (const char *head, gsize n)
{
  g_autofree char *lower = g_ascii_strdown (head, (gssize) MIN (n, 256));
  if (n == 0)
    return _("nothing");
  if (strstr (lower, "<html") || strstr (lower, "<!doctype"))
    return _("a web page (HTML)");
  return *head == '<' ? "XML" : _("something else");
}

static gboolean
is_right (CfArchiveFile file, const char *head, gsize n)
{
  if (file == CF_ARCHIVE_FILE_MAP)
    return n >= 1024 && memcmp (head + 208, "MAP", 3) == 0;
  return n > 5 && (g_str_has_prefix (head, "data_") || strstr (head, "\ndata_"));
}

static gboolean
check_stream (const char *path, CfArchiveFile file, GCancellable *cancellable, GError **error)
{
  const char *needed = file == CF_ARCHIVE_FILE_MAP ? _("an MRC map in gzip") : _("an mmCIF model in gzip");
  g_autoptr (CfInput) input = cf_input_open (path, FALSE, error);
  char head[HEAD + 1] = "";
  gsize n = 0;
  guint64 skipped = 0;
  if (!input)
    return FALSE;
  GError *damage = NULL;
  if (!cf_input_read (input, head, HEAD, &n, cancellable, &damage) || !cf_input_is_compressed (input) || !is_right (file, head, n))
    {
      if (g_error_matches (damage, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        {
          g_propagate_error (error, damage);
          return FALSE;
        }
      const char *found = damage ? _("a damaged gzip stream") : what_it_looks_like (head, n);
      g_clear_error (&damage);
      return fail (error, found, needed);
    }
  if (!cf_input_skip (input, LARGEST, &skipped, cancellable, &damage))
    {
      if (g_error_matches (damage, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        {
          g_propagate_error (error, damage);
          return FALSE;
        }
      g_clear_error (&damage);
      return fail (error, _("a damaged gzip stream"), needed);
    }
  return skipped < LARGEST || fail (error, _("a gzip stream of over 64 GiB"), needed);
}

static gboolean
check_header (const char *path, const char *id, GError **error)
{
  g_autoptr (CfEmdbHeader) header = cf_emdb_load (path, NULL);
  if (!header)
    {
      char head[HEAD + 1] = "";
      gsize n = 0;
      g_autoptr (CfInput) input = cf_input_open (path, FALSE, NULL);
      if (!input || !cf_input_read (input, head, HEAD, &n, NULL, NULL))
        n = 0;
      return fail (error, what_it_looks_like (head, n), _("an EMDB header"));
    }
  if (g_ascii_strcasecmp (header->id, id) == 0)
    return TRUE;
  g_autofree char *found = g_strdup_printf (_("the header of '%.40s'"), header->id), *needed = g_strdup_printf (_("that of %s"), id);
  return fail (error, found, needed);
}

gboolean
cf_archive_check_file (const char *path, CfArchiveFile file, const char *id, GCancellable *cancellable, GError **error)
{
  return file == CF_ARCHIVE_FILE_HEADER ? check_header (path, id, error) : check_stream (path, file, cancellable, error);
}
