/* Output whole or not at all; capped gzip input; text that does no harm. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <signal.h>
#include <zlib.h>

#include <glib/gstdio.h>

#include "cf-error.h"
#include "cf-file.h"

static char *folder;

static char *
in_folder (const char *name)
{
  return g_build_filename (folder, name, NULL);
}

static guint
count_files (void)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;
  while (g_dir_read_name (dir))
    n++;
  return n;
}

static void
clear_folder (void)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  while ((name = g_dir_read_name (dir)))
    {
      g_autofree char *path = in_folder (name);
      if (g_remove (path) != 0)
        g_assert_no_errno (g_rmdir (path));
    }
}

static void
assert_holds (const char *path, const char *text)
{
  g_autofree char *found = NULL;
  g_assert_true (g_file_get_contents (path, &found, NULL, NULL));
  g_assert_cmpstr (found, ==, text);
}

static void
test_atomic (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = in_folder ("out.txt");
  g_assert_true (cf_file_save (path, "old", 3, &error));
  {
    g_autoptr (CfFileWriter) writer = cf_file_writer_new (path, &error);
    g_assert_no_error (error);
    g_assert_true (cf_file_writer_printf (writer, &error, "%s %d", "new", 7));
    g_autofree char *much = g_strnfill (600000, 'x');
    g_assert_true (cf_file_writer_write (writer, much, 600000, &error));
    assert_holds (path, "old");
    g_assert_cmpuint (count_files (), ==, 2);
  }
  /* Not committed: as before, and nothing left beside. */
  assert_holds (path, "old");
  g_assert_cmpuint (count_files (), ==, 1);
  g_assert_true (cf_file_save (path, "newer", 5, &error));
  assert_holds (path, "newer");
  g_assert_cmpuint (count_files (), ==, 1);
  clear_folder ();
}

/* A full disk, as a limit on the size of files: the write fails, the old file stays, nothing is left. */
static void
test_full (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = in_folder ("out.txt"), *much = g_strnfill (1 << 20, 'x');
  g_assert_true (cf_file_save (path, "old", 3, &error));
  struct rlimit before, small = { 100000, RLIM_INFINITY };
  g_assert_no_errno (getrlimit (RLIMIT_FSIZE, &before));
  small.rlim_max = before.rlim_max;
  signal (SIGXFSZ, SIG_IGN);
  g_assert_no_errno (setrlimit (RLIMIT_FSIZE, &small));
  gboolean saved = cf_file_save (path, much, 1 << 20, &error);
  g_assert_no_errno (setrlimit (RLIMIT_FSIZE, &before));
  g_assert_false (saved);
  g_assert_nonnull (error);
  g_assert_true (g_str_has_prefix (error->message, path));
  assert_holds (path, "old");
  g_assert_cmpuint (count_files (), ==, 1);
  g_autoptr (GError) device = NULL;
  if (g_access ("/dev/full", W_OK) == 0)
    {
      g_assert_false (cf_file_save ("/dev/full", much, 1 << 20, &device));
      g_assert_error (device, G_IO_ERROR, G_IO_ERROR_NO_SPACE);
    }
  clear_folder ();
}

static void
test_places (void)
{
  g_autoptr (GError) none = NULL, is_folder = NULL, error = NULL;
  g_autofree char *missing = in_folder ("no/such/folder/out.txt");
  g_assert_false (cf_file_save (missing, "x", 1, &none));
  g_assert_error (none, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_false (cf_file_save (folder, "x", 1, &is_folder));
  g_assert_error (is_folder, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY);
  /* A link stays a link; the mode of the file stays. */
  g_autofree char *real = in_folder ("real.txt"), *link = in_folder ("link.txt");
  g_assert_true (cf_file_save (real, "one", 3, &error));
  g_assert_no_errno (g_chmod (real, 0640));
  g_assert_no_errno (symlink ("real.txt", link));
  g_assert_true (cf_file_save (link, "two", 3, &error));
  assert_holds (real, "two");
  g_assert_true (g_file_test (link, G_FILE_TEST_IS_SYMLINK));
  GStatBuf about;
  g_assert_no_errno (g_stat (real, &about));
  g_assert_cmpuint (about.st_mode & 0777, ==, 0640);
  g_assert_true (cf_file_save ("/dev/null", "x", 1, &error));
  clear_folder ();
}

static GByteArray *
zip (const char *data, gsize n)
{
  GByteArray *out = g_byte_array_new ();
  g_byte_array_set_size (out, (guint) compressBound (n) + 64);
  z_stream z = { 0 };
  g_assert_cmpint (deflateInit2 (&z, 9, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY), ==, Z_OK);
  z.next_in = (Bytef *) data;
  z.avail_in = (uInt) n;
  z.next_out = out->data;
  z.avail_out = out->len;
  g_assert_cmpint (deflate (&z, Z_FINISH), ==, Z_STREAM_END);
  g_byte_array_set_size (out, (guint) z.total_out);
  deflateEnd (&z);
  return out;
}

static GBytes *
load_bytes (const guint8 *data, gsize n, gsize cap, GError **error)
{
  g_autofree char *path = in_folder ("in.gz");
  g_assert_true (g_file_set_contents (path, (const char *) data, (gssize) n, NULL));
  return cf_file_load (path, cap, NULL, error);
}

static void
test_gzip (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GByteArray) first = zip ("hello ", 6), second = zip ("world", 5);
  g_autoptr (GByteArray) both = g_byte_array_new ();
  g_byte_array_append (both, first->data, first->len);
  g_byte_array_append (both, second->data, second->len);
  g_autoptr (GBytes) text = load_bytes (both->data, both->len, 100, &error);
  g_assert_no_error (error);
  g_assert_cmpmem (g_bytes_get_data (text, NULL), g_bytes_get_size (text), "hello world", 11);
  /* Exactly at the cap is not over it. */
  g_autoptr (GBytes) exact = load_bytes (both->data, both->len, 11, &error);
  g_assert_nonnull (exact);
  g_autoptr (GError) over = NULL;
  g_assert_null (load_bytes (both->data, both->len, 10, &over));
  g_assert_error (over, CF_INPUT_ERROR, CF_INPUT_ERROR_LENGTH);
  for (guint cut = 2; cut < both->len; cut++)
    {
      if (cut == first->len)
        continue; /* the end of a member is an end */
      g_autoptr (GError) damaged = NULL;
      g_autoptr (GBytes) part = load_bytes (both->data, cut, 100, &damaged);
      if (cut == first->len + 1)
        continue; /* one byte that is not yet another member */
      g_assert_null (part);
      g_assert_error (damaged, CF_INPUT_ERROR, CF_INPUT_ERROR_DAMAGED);
    }
  both->data[first->len - 6] ^= 1; /* the checksum */
  g_autoptr (GError) crc = NULL;
  g_assert_null (load_bytes (both->data, both->len, 100, &crc));
  g_assert_error (crc, CF_INPUT_ERROR, CF_INPUT_ERROR_DAMAGED);
  clear_folder ();
}

/* Members whose edge lies at the edge of the reader's chunks. */
static void
test_members (void)
{
  CfFileWriter *unused = NULL;
  cf_file_writer_free (unused);
  g_autoptr (GByteArray) member = zip ("a", 1);
  for (int shift = -2; shift <= 2; shift++)
    {
      g_autoptr (GByteArray) all = g_byte_array_new ();
      g_autoptr (GError) error = NULL;
      /* A stored block of random length: incompressible bytes of a known size. */
      gsize target = (gsize) (256 * 1024 + shift);
      g_autofree char *noise = g_malloc (target);
      guint32 state = 1;
      for (gsize i = 0; i < target; i++)
        noise[i] = (char) ((state = state * 1664525 + 1013904223) >> 24);
      gsize n = target - 100;
      g_autoptr (GByteArray) big = NULL;
      for (;; n++)
        {
          g_clear_pointer (&big, g_byte_array_unref);
          big = zip (noise, n);
          if (big->len >= target)
            break;
        }
      g_byte_array_append (all, big->data, big->len);
      g_byte_array_append (all, member->data, member->len);
      g_autoptr (GBytes) out = load_bytes (all->data, all->len, 1 << 20, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (g_bytes_get_size (out), ==, n + 1);
    }
  clear_folder ();
}

static void
test_refused (void)
{
  g_autoptr (GError) missing = NULL, is_folder = NULL, pipe = NULL;
  g_autofree char *nothing = in_folder ("nothing"), *fifo = in_folder ("fifo");
  g_assert_null (cf_file_load (nothing, 10, NULL, &missing));
  g_assert_error (missing, CF_INPUT_ERROR, CF_INPUT_ERROR_NOT_THIS);
  g_assert_null (cf_file_load (folder, 10, NULL, &is_folder));
  g_assert_error (is_folder, CF_INPUT_ERROR, CF_INPUT_ERROR_NOT_THIS);
  g_assert_no_errno (mkfifo (fifo, 0600));
  g_assert_null (cf_file_load (fifo, 10, NULL, &pipe));
  g_assert_error (pipe, CF_INPUT_ERROR, CF_INPUT_ERROR_NOT_THIS);
  clear_folder ();
}

static void
test_sha256 (void)
{
  g_autofree char *path = in_folder ("abc");
  char hex[65];
  g_assert_true (cf_file_save (path, "abc", 3, NULL));
  g_assert_true (cf_file_sha256 (path, hex, NULL, NULL));
  /* FIPS 180-2, appendix B.1 */
  g_assert_cmpstr (hex, ==, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  clear_folder ();
}

static void
test_text (void)
{
  static const struct
  {
    char *(*make) (const char *);
    const char *in, *out;
  } cases[] = {
    { cf_text_for_html, "<b a=\"1\">&'", "&lt;b a=&quot;1&quot;&gt;&amp;&#39;" },
    { cf_text_for_csv, "plain", "plain" },
    { cf_text_for_csv, "=1+1", "'=1+1" },
    { cf_text_for_csv, "-1.5e3", "-1.5e3" },
    { cf_text_for_csv, "-x", "'-x" },
    { cf_text_for_csv, "@sum,\"a\"", "\"'@sum,\"\"a\"\"\"" },
    { cf_text_for_csv, "a\nb", "\"a\nb\"" },
    { cf_text_for_file_name, "../../etc/passwd", "___.._etc_passwd" },
    { cf_text_for_file_name, "-rf", "_rf" },
    { cf_text_for_file_name, "map \xc3\xa5 1.mrc", "map___1.mrc" },
    { cf_text_for_file_name, "", "unnamed" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *out = cases[i].make (cases[i].in);
      g_assert_cmpstr (out, ==, cases[i].out);
    }
  g_autofree char *clean = cf_text_clean ("a\0b\x1b[31mc\xff \n  ", 14);
  g_assert_true (g_utf8_validate (clean, -1, NULL));
  g_assert_cmpstr (clean, ==, "a b [31mc\xef\xbf\xbd");
  g_autofree char *turned = cf_text_clean ("x\xe2\x80\xaey", -1);
  g_assert_cmpstr (turned, ==, "x y");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("cryofield-file-XXXXXX", NULL);
  g_test_add_func ("/file/atomic", test_atomic);
  g_test_add_func ("/file/full", test_full);
  g_test_add_func ("/file/places", test_places);
  g_test_add_func ("/file/gzip", test_gzip);
  g_test_add_func ("/file/members", test_members);
  g_test_add_func ("/file/refused", test_refused);
  g_test_add_func ("/file/sha256", test_sha256);
  g_test_add_func ("/file/text", test_text);
  int status = g_test_run ();
  g_rmdir (folder);
  g_free (folder);
  return status;
}
