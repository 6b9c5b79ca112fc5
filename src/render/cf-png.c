#include <png.h>
#include <string.h>

#include "cf-error.h"
#include "cf-file.h"
#include "cf-offscreen.h"
#include "cf-words.h"

static void
png_append (png_structp png, png_bytep data, png_size_t n)
{
  g_byte_array_append (png_get_io_ptr (png), data, (guint) n);
}

static void
png_nothing (png_structp png)
{
}

static void
png_failed (png_structp png, png_const_charp message)
{
  char **kept = png_get_error_ptr (png);
  g_free (*kept);
  *kept = g_strdup (message);
  png_longjmp (png, 1);
}

static void
png_warned (png_structp png, png_const_charp message)
{
}

static gboolean
is_ascii (const char *text)
{
  for (; *text; text++)
    if ((guchar) *text >= 0x80)
      return FALSE;
  return TRUE;
}

/* tEXt holds Latin-1 only; what is not ASCII goes to iTXt as UTF-8. A keyword may have 79 bytes. */
static png_text *
png_texts (const char *const *text, int *n)
{
  *n = 0;
  for (int i = 0; text && text[i] && text[i + 1]; i += 2)
    (*n)++;
  png_text *out = g_new0 (png_text, *n + 1);
  for (int i = 0; i < *n; i++)
    {
      const char *value = text[2 * i + 1];
      gboolean ascii = is_ascii (value);
      out[i].compression = ascii ? PNG_TEXT_COMPRESSION_NONE : PNG_ITXT_COMPRESSION_NONE;
      out[i].key = (char *) text[2 * i];
      out[i].text = (char *) value;
      out[i].text_length = ascii ? strlen (value) : 0;
      out[i].itxt_length = ascii ? 0 : strlen (value);
      out[i].lang = (char *) "";
      out[i].lang_key = (char *) "";
    }
  return out;
}

static gboolean
png_encode (GByteArray *out, int width, int height, const guint8 *rgba, png_text *texts, int n_texts, char **message)
{
  png_structp png = png_create_write_struct (PNG_LIBPNG_VER_STRING, message, png_failed, png_warned);
  png_infop info = png ? png_create_info_struct (png) : NULL;
  if (!info)
    {
      png_destroy_write_struct (&png, NULL);
      return FALSE;
    }
  if (setjmp (png_jmpbuf (png)))
    {
      png_destroy_write_struct (&png, &info);
      return FALSE;
    }
  png_set_user_limits (png, 0x7fffffff, 0x7fffffff);
  png_set_write_fn (png, out, png_append, png_nothing);
  png_set_compression_level (png, 6);
  png_set_IHDR (png, info, (png_uint_32) width, (png_uint_32) height, 8, PNG_COLOR_TYPE_RGB_ALPHA, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                PNG_FILTER_TYPE_DEFAULT);
  png_set_sRGB (png, info, PNG_sRGB_INTENT_PERCEPTUAL);
  if (n_texts > 0)
    png_set_text (png, info, texts, n_texts);
  png_write_info (png, info);
  for (int y = 0; y < height; y++)
    png_write_row (png, rgba + (gsize) y * width * 4);
  png_write_end (png, info);
  png_destroy_write_struct (&png, &info);
  return TRUE;
}

GBytes *
cf_png_encode (int width, int height, const guint8 *rgba, const char *const *text, GError **error)
{
  g_autoptr (GByteArray) bytes = g_byte_array_new ();
  g_autofree char *message = NULL;
  int n_texts;
  g_autofree png_text *texts = png_texts (text, &n_texts);
  if (png_encode (bytes, width, height, rgba, texts, n_texts, &message))
    return g_byte_array_free_to_bytes (g_steal_pointer (&bytes));
  g_set_error (error, CF_ERROR, CF_ERROR_FAILED, _("a picture cannot be written as PNG: %s"), message ? message : _("no memory"));
  return NULL;
}

gboolean
cf_png_save (const char *path, int width, int height, const guint8 *rgba, const char *const *text, GError **error)
{
  g_autoptr (GBytes) bytes = cf_png_encode (width, height, rgba, text, error);
  if (bytes)
    return cf_file_save (path, g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), error);
  g_prefix_error (error, "%s: ", path);
  return FALSE;
}
