#include "cf-input.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "cf-error.h"
#include "cf-words.h"

#define CHUNK (256 * 1024)

struct _CfInput
{
  int fd;
  char *name; /* for messages */
  guint64 stored;
  GChecksum *hash;
  guint8 *chunk;
  gsize at, filled;
  gboolean compressed;
  gboolean between; /* members of the gzip stream */
  gboolean ended;   /* the last member */
  z_stream zip;
};

static gboolean
fail_errno (const CfInput *input, GError **error)
{
  int saved = errno;
  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (saved), _("%s: cannot be read: %s"), input->name, g_strerror (saved));
  return FALSE;
}

static gboolean
fill (CfInput *input, GCancellable *cancellable, GError **error)
{
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  gsize n = 0;
  while (n < CHUNK)
    {
      gssize got = read (input->fd, input->chunk + n, CHUNK - n);
      if (got < 0 && errno == EINTR)
        continue;
      if (got < 0)
        return fail_errno (input, error);
      if (got == 0)
        break;
      n += (gsize) got;
    }
  input->at = 0;
  input->filled = n;
  if (input->hash)
    g_checksum_update (input->hash, input->chunk, (gssize) n);
  return TRUE;
}

static gboolean
looks_gzip (const CfInput *input)
{
  return input->filled - input->at >= 2 && input->chunk[input->at] == 0x1f && input->chunk[input->at + 1] == 0x8b;
}

CfInput *
cf_input_open (const char *path, gboolean hash, GError **error)
{
  g_autofree char *name = g_filename_display_name (path);
  /* Not blocking, so that a pipe without a writer is refused below and not waited for. */
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  struct stat about;
  if (fd < 0 || fstat (fd, &about) < 0)
    {
      int saved = errno;
      g_set_error (error, CF_INPUT_ERROR, CF_INPUT_ERROR_NOT_THIS, _("%s: cannot be opened: %s"), name, g_strerror (saved));
      if (fd >= 0)
        close (fd);
      return NULL;
    }
  if (!S_ISREG (about.st_mode))
    {
      g_set_error (error, CF_INPUT_ERROR, CF_INPUT_ERROR_NOT_THIS, _("%s: is %s, needs a regular file"), name,
                   S_ISDIR (about.st_mode) ? _("a folder") : _("a pipe or a device"));
      close (fd);
      return NULL;
    }
  g_autoptr (CfInput) input = g_new0 (CfInput, 1);
  input->fd = fd;
  input->name = g_steal_pointer (&name);
  input->stored = (guint64) about.st_size;
  input->hash = hash ? g_checksum_new (G_CHECKSUM_SHA256) : NULL;
  input->chunk = g_malloc (CHUNK);
  if (!fill (input, NULL, error))
    return NULL;
  if (looks_gzip (input) && inflateInit2 (&input->zip, 15 + 16) == Z_OK)
    input->compressed = TRUE;
  return g_steal_pointer (&input);
}

void
cf_input_close (CfInput *input)
{
  if (!input)
    return;
  if (input->compressed)
    inflateEnd (&input->zip);
  if (input->fd >= 0)
    close (input->fd);
  g_clear_pointer (&input->hash, g_checksum_free);
  g_free (input->chunk);
  g_free (input->name);
  g_free (input);
}

guint64
cf_input_stored_size (const CfInput *input)
{
  return input->stored;
}

gboolean
cf_input_is_compressed (const CfInput *input)
{
  return input->compressed;
}

guint64
cf_input_largest_size (const CfInput *input)
{
  /* A deflate stream expands at most 1032 times. */
  return input->compressed ? input->stored * 1032 : input->stored;
}

static gboolean
read_plain (CfInput *input, guint8 *buffer, gsize n, gsize *got, GCancellable *cancellable, GError **error)
{
  gsize done = 0;
  while (done < n)
    {
      if (input->at == input->filled)
        {
          if (!fill (input, cancellable, error))
            return FALSE;
          if (input->filled == 0)
            break;
        }
      gsize part = MIN (n - done, input->filled - input->at);
      memcpy (buffer + done, input->chunk + input->at, part);
      input->at += part;
      done += part;
    }
  *got = done;
  return TRUE;
}

/* After the end of a member: another one, or the end. Zeros, which tar and tape leave, and other bytes end the stream. */
static gboolean
next_member (CfInput *input, GCancellable *cancellable, GError **error)
{
  if (input->filled - input->at < 2)
    {
      /* The two bytes of the magic may lie across the edge of a chunk. */
      guint8 kept = input->at < input->filled ? input->chunk[input->at] : 0;
      gsize n = input->filled - input->at;
      if (!fill (input, cancellable, error))
        return FALSE;
      if (n == 1 && kept == 0x1f && input->filled > 0 && input->chunk[0] == 0x8b)
        {
          inflateReset (&input->zip);
          input->zip.next_in = &kept;
          input->zip.avail_in = 1;
          if (inflate (&input->zip, Z_NO_FLUSH) == Z_OK)
            {
              input->between = FALSE;
              return TRUE;
            }
        }
      if (n == 1)
        {
          input->ended = TRUE;
          return TRUE;
        }
    }
  if (looks_gzip (input))
    {
      inflateReset (&input->zip);
      input->between = FALSE;
    }
  else
    input->ended = TRUE;
  return TRUE;
}

static gboolean
read_zip (CfInput *input, guint8 *buffer, gsize n, gsize *got, GCancellable *cancellable, GError **error)
{
  gsize done = 0;
  while (done < n && !input->ended)
    {
      if (input->between)
        {
          if (!next_member (input, cancellable, error))
            return FALSE;
          continue;
        }
      if (input->at == input->filled)
        {
          if (!fill (input, cancellable, error))
            return FALSE;
          if (input->filled == 0)
            {
              g_set_error (error, CF_INPUT_ERROR, CF_INPUT_ERROR_DAMAGED, _("%s: gzip stream ends early, needs its end and checksum"),
                           input->name);
              return FALSE;
            }
        }
      uInt in = (uInt) (input->filled - input->at), out = (uInt) MIN (n - done, 1u << 30);
      input->zip.next_in = input->chunk + input->at;
      input->zip.avail_in = in;
      input->zip.next_out = buffer + done;
      input->zip.avail_out = out;
      int status = inflate (&input->zip, Z_NO_FLUSH);
      input->at += in - input->zip.avail_in;
      done += out - input->zip.avail_out;
      if (status == Z_STREAM_END)
        input->between = TRUE;
      else if (status != Z_OK && status != Z_BUF_ERROR)
        {
          g_set_error (error, CF_INPUT_ERROR, CF_INPUT_ERROR_DAMAGED, _("%s: gzip stream is damaged: %s"), input->name,
                       input->zip.msg ? input->zip.msg : _("no dictionary"));
          return FALSE;
        }
    }
  *got = done;
  return TRUE;
}

gboolean
cf_input_read (CfInput *input, void *buffer, gsize n, gsize *got, GCancellable *cancellable, GError **error)
{
  return (input->compressed ? read_zip : read_plain) (input, buffer, n, got, cancellable, error);
}

gboolean
cf_input_skip (CfInput *input, guint64 limit, guint64 *skipped, GCancellable *cancellable, GError **error)
{
  g_autofree guint8 *waste = g_malloc (65536);
  guint64 done = 0;
  while (done < limit)
    {
      gsize part = (gsize) MIN (limit - done, 65536u), got;
      if (!cf_input_read (input, waste, part, &got, cancellable, error))
        return FALSE;
      done += got;
      if (got < part)
        break;
    }
  *skipped = done;
  return TRUE;
}

gboolean
cf_input_finish (CfInput *input, char out[65], GCancellable *cancellable, GError **error)
{
  while (input->filled > 0)
    if (!fill (input, cancellable, error))
      return FALSE;
  if (input->hash)
    g_strlcpy (out, g_checksum_get_string (input->hash), 65);
  else
    out[0] = '\0';
  return TRUE;
}
