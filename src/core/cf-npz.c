#include "cf-npz.h"

#include <string.h>
#include <zlib.h>

#include "cf-error.h"
#include "cf-file.h"
#include "cf-words.h"

#define ZIP_LIMIT G_GUINT64_CONSTANT (0xfff00000) /* leaves room for the directory */
#define MIDNIGHT_1980 (1 << 5 | 1)                /* MS-DOS date 1980-01-01: the same bytes at every run */

struct _CfNpz
{
  CfFileWriter *writer;
  guint64 at;
  GByteArray *directory;
  guint16 n_entries;
  char *path;
};

CfNpz *
cf_npz_new (const char *path, GError **error)
{
  CfFileWriter *writer = cf_file_writer_new (path, error);
  if (!writer)
    return NULL;
  CfNpz *npz = g_new0 (CfNpz, 1);
  npz->writer = writer;
  npz->directory = g_byte_array_new ();
  npz->path = g_strdup (path);
  return npz;
}

void
cf_npz_free (CfNpz *npz)
{
  if (!npz)
    return;
  cf_file_writer_free (npz->writer);
  g_byte_array_unref (npz->directory);
  g_free (npz->path);
  g_free (npz);
}

static void
put (GByteArray *out, int bytes, guint64 value)
{
  for (int i = 0; i < bytes; i++)
    g_byte_array_append (out, &(guint8){ (guint8) (value >> (8 * i)) }, 1);
}

static gboolean
write_counted (CfNpz *npz, gconstpointer data, gsize n, GError **error)
{
  npz->at += n;
  return n == 0 || cf_file_writer_write (npz->writer, data, n, error);
}

/* The fields that the local header and the directory share. */
static void
put_common (GByteArray *out, guint32 crc, guint32 size, const char *name)
{
  put (out, 2, 20); /* version needed */
  put (out, 2, 0);
  put (out, 2, 0); /* stored */
  put (out, 2, 0);
  put (out, 2, MIDNIGHT_1980);
  put (out, 4, crc);
  put (out, 4, size);
  put (out, 4, size);
  put (out, 2, strlen (name));
  put (out, 2, 0);
}

static gboolean
add_entry (CfNpz *npz, const char *name, const GString *header, gconstpointer data, gsize n, GError **error)
{
  guint64 size = header->len + n;
  if (npz->at + size > ZIP_LIMIT || npz->n_entries == G_MAXUINT16)
    {
      g_set_error (error, CF_ERROR, CF_ERROR_FAILED, _("%s: would be longer than 4 GiB"), npz->path);
      return FALSE;
    }
  uLong crc = crc32_z (0, (const Bytef *) header->str, header->len);
  if (n)
    crc = crc32_z (crc, data, n);
  put (npz->directory, 4, 0x02014b50);
  put (npz->directory, 2, 20);
  put_common (npz->directory, (guint32) crc, (guint32) size, name);
  put (npz->directory, 2, 0);
  put (npz->directory, 2, 0);
  put (npz->directory, 2, 0);
  put (npz->directory, 4, 0);
  put (npz->directory, 4, npz->at);
  g_byte_array_append (npz->directory, (const guint8 *) name, strlen (name));
  npz->n_entries++;
  g_autoptr (GByteArray) local = g_byte_array_new ();
  put (local, 4, 0x04034b50);
  put_common (local, (guint32) crc, (guint32) size, name);
  g_byte_array_append (local, (const guint8 *) name, strlen (name));
  return write_counted (npz, local->data, local->len, error) && write_counted (npz, header->str, header->len, error)
         && write_counted (npz, data, n, error);
}

gboolean
cf_npz_add (CfNpz *npz, const char *name, const char *type, int n_dims, const gsize *shape, gconstpointer data, GError **error)
{
  g_return_val_if_fail (n_dims >= 0 && n_dims <= CF_NPZ_DIMS_MAX, FALSE);
  char order = type[0] == 'b' ? '|' : G_BYTE_ORDER == G_LITTLE_ENDIAN ? '<' : '>';
  g_autoptr (GString) dict = g_string_new (NULL);
  gsize n = type[0] == 'U' ? 4 : 1;
  n *= g_ascii_strtoull (type + 1, NULL, 10);
  g_string_printf (dict, "{'descr': '%c%s', 'fortran_order': False, 'shape': (", order, type);
  for (int i = 0; i < n_dims; i++)
    {
      g_string_append_printf (dict, "%" G_GSIZE_FORMAT "%s", shape[i], n_dims == 1 ? "," : i + 1 < n_dims ? ", " : "");
      if (!g_size_checked_mul (&n, n, shape[i]))
        n = G_MAXSIZE / 2;
    }
  g_string_append (dict, "), }");
  /* magic, version and length take 10 bytes; the data begin at a multiple of 64 */
  gsize padded = (10 + dict->len + 1 + 63) / 64 * 64 - 10;
  while (dict->len + 1 < padded)
    g_string_append_c (dict, ' ');
  g_string_append_c (dict, '\n');
  g_autoptr (GString) header = g_string_new_len ("\x93NUMPY\x01\x00", 8);
  g_string_append_c (header, (char) (dict->len & 0xff));
  g_string_append_c (header, (char) (dict->len >> 8));
  g_string_append_len (header, dict->str, dict->len);
  g_autofree char *entry = g_strconcat (name, ".npy", NULL);
  return add_entry (npz, entry, header, data, n, error);
}

gboolean
cf_npz_add_text (CfNpz *npz, const char *name, const char *text, GError **error)
{
  g_autofree char *clean = cf_text_clean (text ? text : "", -1);
  glong n = 0;
  g_autofree gunichar *characters = g_utf8_to_ucs4_fast (clean, -1, &n);
  g_autofree char *type = g_strdup_printf ("U%ld", MAX (n, 1)); /* NumPy has no string of width 0; the closing 0 stands for it */
  return cf_npz_add (npz, name, type, 0, NULL, characters, error);
}

gboolean
cf_npz_commit (CfNpz *npz, GError **error)
{
  g_autoptr (GByteArray) end = g_byte_array_new ();
  put (end, 4, 0x06054b50);
  put (end, 4, 0);
  put (end, 2, npz->n_entries);
  put (end, 2, npz->n_entries);
  put (end, 4, npz->directory->len);
  put (end, 4, npz->at);
  put (end, 2, 0);
  return cf_file_writer_write (npz->writer, npz->directory->data, npz->directory->len, error)
         && cf_file_writer_write (npz->writer, end->data, end->len, error) && cf_file_writer_commit (npz->writer, error);
}
