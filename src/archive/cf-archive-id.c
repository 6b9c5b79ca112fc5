/* cf-archive-id.c: ids of entries, hosts, and where the files of an entry lie. */
#include <string.h>

#include "cf-archive-private.h"
#include "cf-download.h"
#include "cf-error.h"
#include "cf-file.h"
#include "cf-words.h"

#define URI_FLAGS (G_URI_FLAGS_ENCODED | G_URI_FLAGS_SCHEME_NORMALIZE)

static gboolean
parse_emdb (const char *text, CfArchiveId *out)
{
  if (g_str_has_prefix (text, "emd-") || g_str_has_prefix (text, "emd_"))
    text += 4;
  gsize n = strlen (text);
  if (n < 4 || n > 6 || strspn (text, "0123456789") != n)
    return FALSE;
  out->is_map = TRUE;
  g_snprintf (out->name, sizeof out->name, "EMD-%s", text);
  return TRUE;
}

static gboolean
is_plain (const char *text, gsize n)
{
  gsize i = 0;
  while (i < n && g_ascii_isalnum (text[i]))
    i++;
  return i == n && text[n] == '\0';
}

/* An extended id that a short one stands for is the same entry. */
static gboolean
parse_pdb (const char *text, CfArchiveId *out)
{
  out->is_map = FALSE;
  if (g_str_has_prefix (text, "pdb_") && is_plain (text + 4, 8))
    {
      if (strncmp (text + 4, "0000", 4) != 0)
        {
          g_strlcpy (out->name, text, sizeof out->name);
          return TRUE;
        }
      text += 8;
    }
  if (!is_plain (text, 4) || text[0] < '1' || text[0] > '9')
    return FALSE;
  g_autofree char *upper = g_ascii_strup (text, -1);
  g_strlcpy (out->name, upper, sizeof out->name);
  return TRUE;
}

gboolean
cf_archive_id_parse (const char *text, CfArchiveId *out, GError **error)
{
  g_autofree char *lower = g_strstrip (g_ascii_strdown (text, -1)), *shown = cf_text_clean (text, -1);
  CfArchiveId id = { 0 };
  if (parse_emdb (lower, &id) || parse_pdb (lower, &id))
    {
      *out = id;
      return TRUE;
    }
  g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, _("the id is '%.40s', needs one like EMD-11103 or 6ZU5"), shown);
  return FALSE;
}

gboolean
cf_archive_check_host (const char *url, GError **error)
{
  g_autoptr (GUri) uri = g_uri_parse (url, URI_FLAGS, NULL);
  if (uri && cf_download_is_allowed (uri) && !g_uri_get_query (uri) && !g_uri_get_fragment (uri))
    return TRUE;
  g_autofree char *shown = cf_text_clean (url, -1);
  g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, _("the host is '%.100s', needs an https address like %s"), shown, CF_ARCHIVE_EMDB);
  return FALSE;
}

static const char *
host_in_use (const char *chosen, const char *variable, const char *own)
{
  const char *told = g_getenv (variable);
  return chosen && *chosen ? chosen : told && *told ? told : own;
}

const char *
cf_archive_emdb_host (const char *chosen)
{
  return host_in_use (chosen, "CRYOFIELD_EMDB_HOST", CF_ARCHIVE_EMDB);
}

const char *
cf_archive_pdb_host (const char *chosen)
{
  return host_in_use (chosen, "CRYOFIELD_PDB_HOST", CF_ARCHIVE_PDB);
}

char *
cf_archive_file_name (const CfArchiveId *id, CfArchiveFile file)
{
  if (file == CF_ARCHIVE_FILE_MODEL)
    return g_strconcat (id->name, ".cif.gz", NULL);
  return file == CF_ARCHIVE_FILE_MAP ? g_strdup_printf ("emd_%s.map.gz", id->name + 4) : g_strdup_printf ("emd-%s.xml", id->name + 4);
}

char *
cf_archive_file_url (const CfArchiveId *id, CfArchiveFile file, const char *host)
{
  g_autofree char *name = cf_archive_file_name (id, file);
  const char *slash = g_str_has_suffix (host, "/") ? "" : "/";
  if (file == CF_ARCHIVE_FILE_MODEL)
    return g_strconcat (host, slash, name, NULL);
  return g_strconcat (host, slash, "structures/", id->name, file == CF_ARCHIVE_FILE_MAP ? "/map/" : "/header/", name, NULL);
}

char *
cf_archive_file_folder (const CfArchiveId *id, const char *host, const char *folder)
{
  if (folder)
    return g_strdup (folder);
  const char *after = strstr (host, "://");
  g_autofree char *place = cf_text_for_file_name (after ? after + 3 : host);
  return g_build_filename (g_get_user_cache_dir (), "cryofield", "archive", place, id->is_map ? id->name : NULL, NULL);
}
