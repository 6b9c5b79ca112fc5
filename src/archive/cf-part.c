/* cf-part.c: PATH.part and its note. */
#include "cf-part.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cf-file.h"
#include "cf-words.h"

#define GROUP "part"
#define WAIT_US (100 * 1000)

static gboolean
fail (const char *path, const char *what, GError **error)
{
  int saved = errno;
  g_autofree char *name = g_filename_display_name (path);
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (saved), "%s: %s: %s", name, what, g_strerror (saved));
  return FALSE;
}

static gboolean
wait_for_lock (int fd, const char *path, void (*waiting) (gpointer), gpointer user_data, GCancellable *cancellable, GError **error)
{
  while (flock (fd, LOCK_EX | LOCK_NB) < 0)
    {
      if (errno == EINTR)
        continue;
      if (errno != EWOULDBLOCK)
        return fail (path, _("cannot be locked"), error);
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      if (waiting)
        waiting (user_data);
      g_usleep (WAIT_US);
    }
  return TRUE;
}

static gboolean
open_locked (CfPart *part, void (*waiting) (gpointer), gpointer user_data, GCancellable *cancellable, GError **error)
{
  for (;;)
    {
      part->fd = open (part->part_path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0666);
      if (part->fd < 0)
        return fail (part->part_path, _("cannot be written"), error);
      if (!wait_for_lock (part->fd, part->part_path, waiting, user_data, cancellable, error))
        return FALSE;
      if (cf_file_is_still (part->fd, part->part_path))
        return TRUE;
      close (part->fd);
      part->fd = -1;
    }
}

/* Bytes without a note that fits them are of no use. */
static gboolean
read_note (CfPart *part, const char *url, GError **error)
{
  g_autoptr (GKeyFile) note = g_key_file_new ();
  g_autofree char *from = NULL;
  struct stat about;
  if (fstat (part->fd, &about) < 0)
    return fail (part->part_path, _("cannot be read"), error);
  if (g_key_file_load_from_file (note, part->note_path, G_KEY_FILE_NONE, NULL))
    {
      from = g_key_file_get_string (note, GROUP, "url", NULL);
      part->validator = g_key_file_get_string (note, GROUP, "validator", NULL);
      part->total = g_key_file_get_uint64 (note, GROUP, "total", NULL);
    }
  part->n = (guint64) about.st_size;
  if (g_strcmp0 (from, url) == 0 && part->validator && (part->total == 0 || part->n <= part->total))
    return TRUE;
  return cf_part_begin (part, url, NULL, 0, error);
}

gboolean
cf_part_open (const char *path, const char *url, gboolean again, void (*waiting) (gpointer), gpointer user_data, GCancellable *cancellable,
              CfPart **out, GError **error)
{
  g_autoptr (CfPart) part = g_new0 (CfPart, 1);
  part->fd = -1;
  part->path = g_strdup (path);
  part->part_path = g_strconcat (path, ".part", NULL);
  part->note_path = g_strconcat (path, ".part.info", NULL);
  if (!open_locked (part, waiting, user_data, cancellable, error))
    return FALSE;
  if (!again && g_file_test (path, G_FILE_TEST_IS_REGULAR))
    {
      cf_part_discard (part);
      *out = NULL;
      return TRUE;
    }
  if (!read_note (part, url, error))
    return FALSE;
  *out = g_steal_pointer (&part);
  return TRUE;
}

gboolean
cf_part_begin (CfPart *part, const char *url, const char *validator, guint64 total, GError **error)
{
  /* Emptied before the note is changed: a crash between the two leaves nothing that could be taken for something else. */
  if (ftruncate (part->fd, 0) < 0)
    return fail (part->part_path, _("cannot be written"), error);
  g_autofree char *kept = g_strdup (validator);
  g_free (part->validator);
  part->validator = g_steal_pointer (&kept);
  part->n = 0;
  part->total = total;
  if (!part->validator)
    {
      g_unlink (part->note_path);
      return TRUE;
    }
  g_autoptr (GKeyFile) note = g_key_file_new ();
  g_key_file_set_string (note, GROUP, "url", url);
  g_key_file_set_string (note, GROUP, "validator", part->validator);
  g_key_file_set_uint64 (note, GROUP, "total", total);
  return g_key_file_save_to_file (note, part->note_path, error);
}

gboolean
cf_part_write (CfPart *part, const void *data, gsize n, GError **error)
{
  const guint8 *at = data;
  while (n > 0)
    {
      gssize done = pwrite (part->fd, at, n, (off_t) part->n);
      if (done < 0 && errno == EINTR)
        continue;
      if (done < 0)
        return fail (part->part_path, _("cannot be written"), error);
      at += done;
      n -= (gsize) done;
      part->n += (guint64) done;
    }
  return TRUE;
}

gboolean
cf_part_commit (CfPart *part, GError **error)
{
  if (!cf_file_sync_and_rename (part->fd, part->part_path, part->path))
    return fail (part->path, _("cannot be written"), error);
  g_unlink (part->note_path);
  return TRUE;
}

void
cf_part_discard (CfPart *part)
{
  g_unlink (part->note_path);
  g_unlink (part->part_path);
}

void
cf_part_close (CfPart *part)
{
  if (!part)
    return;
  if (part->fd >= 0)
    close (part->fd);
  g_free (part->path);
  g_free (part->part_path);
  g_free (part->note_path);
  g_free (part->validator);
  g_free (part);
}
