#include "cf-file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cf-error.h"
#include "cf-input.h"
#include "cf-words.h"

#define BUFFERED (256 * 1024)

struct _CfFileWriter
{
  char *path;      /* as asked for, in messages */
  char *target;    /* what is replaced: the end of a chain of links */
  char *temporary; /* NULL where `target` is a device or a pipe, which is written to directly */
  int fd;
  GByteArray *pending;
  gboolean failed;
};

static gboolean
fail_writing (const CfFileWriter *writer, GError **error)
{
  int saved = errno;
  g_autofree char *name = g_filename_display_name (writer->path);
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (saved), _("%s: cannot be written: %s"), name, g_strerror (saved));
  return FALSE;
}

static gboolean
open_beside (CfFileWriter *writer, mode_t mode, gboolean keep_mode, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (writer->target);
  g_autofree char *temporary = g_build_filename (folder, ".cryofield-XXXXXX", NULL);
  writer->fd = g_mkstemp_full (temporary, O_RDWR | O_CLOEXEC, 0666);
  if (writer->fd < 0)
    return fail_writing (writer, error);
  writer->temporary = g_steal_pointer (&temporary);
  if (keep_mode && fchmod (writer->fd, mode & 0777) < 0)
    return fail_writing (writer, error);
  return TRUE;
}

CfFileWriter *
cf_file_writer_new (const char *path, GError **error)
{
  g_autoptr (CfFileWriter) writer = g_new0 (CfFileWriter, 1);
  writer->fd = -1;
  writer->path = g_strdup (path);
  writer->pending = g_byte_array_sized_new (BUFFERED + 4096);
  struct stat about;
  gboolean there = stat (path, &about) == 0;
  char *resolved = there ? realpath (path, NULL) : NULL;
  writer->target = g_strdup (resolved ? resolved : path);
  free (resolved);
  if (there && S_ISDIR (about.st_mode))
    errno = EISDIR;
  else if (there && access (path, W_OK) < 0)
    ; /* errno says why */
  else if (there && !S_ISREG (about.st_mode))
    {
      writer->fd = open (path, O_WRONLY | O_CLOEXEC);
      if (writer->fd >= 0)
        return g_steal_pointer (&writer);
    }
  else
    return open_beside (writer, about.st_mode, there, error) ? g_steal_pointer (&writer) : NULL;
  fail_writing (writer, error);
  return NULL;
}

static gboolean
write_all (CfFileWriter *writer, const guint8 *data, gsize n, GError **error)
{
  while (n > 0)
    {
      gssize done = write (writer->fd, data, MIN (n, 1u << 30));
      if (done < 0 && errno == EINTR)
        continue;
      if (done < 0)
        {
          writer->failed = TRUE;
          return fail_writing (writer, error);
        }
      data += done;
      n -= (gsize) done;
    }
  return TRUE;
}

static gboolean
flush (CfFileWriter *writer, GError **error)
{
  if (!write_all (writer, writer->pending->data, writer->pending->len, error))
    return FALSE;
  g_byte_array_set_size (writer->pending, 0);
  return TRUE;
}

gboolean
cf_file_writer_write (CfFileWriter *writer, const void *data, gsize n, GError **error)
{
  if (n >= BUFFERED)
    return flush (writer, error) && write_all (writer, data, n, error);
  g_byte_array_append (writer->pending, data, (guint) n);
  return writer->pending->len < BUFFERED || flush (writer, error);
}

gboolean
cf_file_writer_printf (CfFileWriter *writer, GError **error, const char *format, ...)
{
  va_list arguments;
  va_start (arguments, format);
  g_autofree char *text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  return cf_file_writer_write (writer, text, strlen (text), error);
}

gboolean
cf_file_sync_and_rename (int fd, const char *from, const char *to)
{
  /* Some file systems know no fsync and say EINVAL; the rename still holds there. */
  if ((fsync (fd) < 0 && errno != EINVAL && errno != ENOSYS) || rename (from, to) < 0)
    return FALSE;
  g_autofree char *folder = g_path_get_dirname (to);
  int folder_fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder_fd >= 0)
    {
      /* The new name is in place already: a folder that cannot be synced takes nothing back. */
      fsync (folder_fd);
      close (folder_fd);
    }
  return TRUE;
}

gboolean
cf_file_writer_commit (CfFileWriter *writer, GError **error)
{
  if (writer->failed)
    {
      errno = EIO;
      return fail_writing (writer, error);
    }
  if (!flush (writer, error))
    return FALSE;
  if (!writer->temporary)
    return TRUE;
  if (!cf_file_sync_and_rename (writer->fd, writer->temporary, writer->target))
    return fail_writing (writer, error);
  g_clear_pointer (&writer->temporary, g_free);
  return TRUE;
}

void
cf_file_writer_free (CfFileWriter *writer)
{
  if (!writer)
    return;
  if (writer->fd >= 0)
    close (writer->fd);
  if (writer->temporary)
    unlink (writer->temporary);
  g_byte_array_unref (writer->pending);
  g_free (writer->temporary);
  g_free (writer->target);
  g_free (writer->path);
  g_free (writer);
}

gboolean
cf_file_is_still (int fd, const char *path)
{
  struct stat held, named;
  return fstat (fd, &held) == 0 && stat (path, &named) == 0 && held.st_dev == named.st_dev && held.st_ino == named.st_ino;
}

gboolean
cf_file_save (const char *path, const void *data, gsize n, GError **error)
{
  g_autoptr (CfFileWriter) writer = cf_file_writer_new (path, error);
  return writer && cf_file_writer_write (writer, data, n, error) && cf_file_writer_commit (writer, error);
}

GBytes *
cf_file_load (const char *path, gsize cap, GCancellable *cancellable, GError **error)
{
  g_autoptr (CfInput) input = cf_input_open (path, FALSE, error);
  if (!input)
    return NULL;
  guint64 stored = cf_input_stored_size (input);
  cap = MIN (cap, G_MAXSIZE / 2);
  gsize size = (gsize) MIN (cf_input_is_compressed (input) ? 4 * stored + 4096 : stored + 1, (guint64) cap + 1), used = 0;
  g_autofree char *data = g_try_malloc (size);
  for (;;)
    {
      gsize got;
      if (!data)
        {
          g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, _("%s: needs more memory than there is"), path);
          return NULL;
        }
      if (!cf_input_read (input, data + used, size - used, &got, cancellable, error))
        return NULL;
      used += got;
      if (used > cap)
        {
          g_autofree char *name = g_filename_display_name (path);
          g_set_error (error, CF_INPUT_ERROR, CF_INPUT_ERROR_LENGTH,
                       _("%s: length is over %zu bytes, needs to be no more than that"), name, cap);
          return NULL;
        }
      if (used < size)
        break;
      size = MIN (2 * size, cap + 1);
      char *more = g_try_realloc (data, size);
      if (!more)
        g_free (data);
      data = more;
    }
  return g_bytes_new_take (g_steal_pointer (&data), used);
}

gboolean
cf_file_sha256 (const char *path, char out[65], GCancellable *cancellable, GError **error)
{
  g_autoptr (CfInput) input = cf_input_open (path, TRUE, error);
  return input && cf_input_finish (input, out, cancellable, error);
}
