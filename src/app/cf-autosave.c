/* cf-autosave.c: places and their locks. */
#include "cf-autosave.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cf-error.h"
#include "cf-words.h"

#define LOCK ".lock"

struct _CfAutosave
{
  int fd;
  char *lock, *path, *neural;
};

char *
cf_autosave_folder (void)
{
  return g_build_filename (g_get_user_state_dir (), "cryofield", "sessions", NULL);
}

/* Locked, and still the file of that name: another process may have removed it between. -1: not now. */
static int
open_locked (const char *path, int flags)
{
  struct stat by_fd, by_name;
  int fd = open (path, O_RDWR | O_CLOEXEC | flags, 0600);
  if (fd < 0)
    return -1;
  if (flock (fd, LOCK_EX | LOCK_NB) == 0 && fstat (fd, &by_fd) == 0 && stat (path, &by_name) == 0 && by_fd.st_ino == by_name.st_ino && by_fd.st_dev == by_name.st_dev)
    return fd;
  close (fd);
  return -1;
}

static CfAutosave *
take (const char *folder, const char *id, int flags)
{
  g_autofree char *name = g_strconcat (id, LOCK, NULL), *lock = g_build_filename (folder, name, NULL);
  int fd = open_locked (lock, flags);
  if (fd < 0)
    return NULL;
  CfAutosave *autosave = g_new0 (CfAutosave, 1);
  autosave->fd = fd;
  autosave->lock = g_steal_pointer (&lock);
  autosave->path = g_strdup_printf ("%s/%s.cryofield", folder, id);
  autosave->neural = g_strdup_printf ("%s/%s.safetensors", folder, id);
  return autosave;
}

CfAutosave *
cf_autosave_new (const char *folder, GError **error)
{
  CfAutosave *autosave = NULL;
  gboolean there = g_mkdir_with_parents (folder, 0700) == 0;
  /* a process that was forked draws the same names as its parent */
  for (int i = 0; there && autosave == NULL && (i == 0 || (errno == EEXIST && i < 100)); i++)
    {
      g_autofree char *id = g_uuid_string_random ();
      autosave = take (folder, id, O_CREAT | O_EXCL);
    }
  if (autosave == NULL)
    g_set_error (error, CF_ERROR, CF_ERROR_FAILED, _("%s: no automatic copies can be kept there: %s"), folder, g_strerror (errno));
  return autosave;
}

CfAutosave *
cf_autosave_take (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  for (const char *name; dir != NULL && (name = g_dir_read_name (dir)) != NULL;)
    {
      if (!g_str_has_suffix (name, LOCK))
        continue;
      g_autofree char *id = g_strndup (name, strlen (name) - strlen (LOCK));
      CfAutosave *autosave = take (folder, id, 0);
      if (autosave != NULL && cf_autosave_written (autosave) > 0)
        return autosave;
      g_clear_pointer (&autosave, cf_autosave_discard);
    }
  return NULL;
}

const char *
cf_autosave_path (const CfAutosave *autosave)
{
  return autosave->path;
}

const char *
cf_autosave_neural_path (const CfAutosave *autosave)
{
  return autosave->neural;
}

gint64
cf_autosave_written (const CfAutosave *autosave)
{
  GStatBuf info;
  return g_stat (autosave->path, &info) == 0 ? (gint64) info.st_mtime : 0;
}

void
cf_autosave_free (CfAutosave *autosave)
{
  close (autosave->fd);
  g_free (autosave->lock);
  g_free (autosave->path);
  g_free (autosave->neural);
  g_free (autosave);
}

void
cf_autosave_discard (CfAutosave *autosave)
{
  g_unlink (autosave->path);
  g_unlink (autosave->neural);
  g_unlink (autosave->lock);
  cf_autosave_free (autosave);
}
