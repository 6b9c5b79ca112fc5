/* cf-recognise.c: what a file is, by its first bytes. */
#include "cf-recognise.h"

#include <string.h>

#include "cf-neural.h"

#define HEAD 8192

static gssize
read_head (const char *path, guint8 *head, GError **error)
{
  g_autoptr (GFile) file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) raw = g_file_read (file, NULL, error);
  if (raw == NULL)
    return -1;
  gsize n = 0;
  if (!g_input_stream_read_all (G_INPUT_STREAM (raw), head, HEAD, &n, NULL, error))
    return -1;
  if (n < 2 || head[0] != 0x1f || head[1] != 0x8b)
    return n;
  if (!g_seekable_seek (G_SEEKABLE (raw), 0, G_SEEK_SET, NULL, error))
    return -1;
  g_autoptr (GZlibDecompressor) gunzip = g_zlib_decompressor_new (G_ZLIB_COMPRESSOR_FORMAT_GZIP);
  g_autoptr (GInputStream) plain = g_converter_input_stream_new (G_INPUT_STREAM (raw), G_CONVERTER (gunzip));
  g_autoptr (GError) damage = NULL;
  /* A damaged stream is the reader's to report, with its field. */
  if (!g_input_stream_read_all (plain, head, HEAD, &n, NULL, &damage))
    return n;
  return n;
}

static gboolean
is_text (const guint8 *head, gssize n)
{
  for (gssize i = 0; i < n; i++)
    if (head[i] == 0 || (head[i] < 32 && head[i] != '\t' && head[i] != '\n' && head[i] != '\r' && head[i] != '\f'))
      return FALSE;
  return n > 0;
}

static gboolean
has_line (const char *text, const char *const *starts)
{
  for (const char *line = text; line != NULL; line = strchr (line, '\n') != NULL ? strchr (line, '\n') + 1 : NULL)
    for (gsize i = 0; starts[i] != NULL; i++)
      if (g_str_has_prefix (line, starts[i]))
        return TRUE;
  return FALSE;
}

gboolean
cf_file_recognise (const char *path, CfFileKind *out, GError **error)
{
  static const char *const model_lines[] = { "data_", "loop_", "_atom_site", "HEADER", "ATOM  ", "HETATM", "CRYST1", "REMARK", "MODEL ", NULL };
  g_autofree guint8 *head = g_malloc0 (HEAD + 1);
  gssize n = read_head (path, head, error);
  if (n < 0)
    return FALSE;
  if (cf_neural_probe (path))
    *out = CF_FILE_NEURAL;
  else if (n >= 212 && memcmp (head + 208, "MAP", 3) == 0)
    *out = CF_FILE_MAP;
  else if (is_text (head, n) && (g_str_has_prefix ((char *) head, "<?xml") || g_str_has_prefix ((char *) head, "<emd")))
    *out = CF_FILE_HEADER;
  else if (is_text (head, n) && has_line ((char *) head, model_lines))
    *out = CF_FILE_STRUCTURE;
  else
    *out = CF_FILE_MAP;
  return TRUE;
}
