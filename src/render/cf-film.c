#include "cf-film-private.h"

#include <string.h>
#include <zlib.h>

#include "cf-error.h"
#include "cf-file.h"
#include "cf-words.h"

/* -- animated PNG: a PNG whose further frames lie in chunks of their own --------------------------------------------------------- */

typedef struct
{
  CfFileWriter *writer;
  int width, height, fps, n_frames, n;
  guint32 sequence;
} Apng;

static void
put32 (guint8 *out, guint32 v)
{
  for (int i = 0; i < 4; i++)
    out[i] = (guint8) (v >> (24 - 8 * i));
}

static gboolean
write_chunk (Apng *film, const char *kind, const guint8 *data, gsize n, GError **error)
{
  guint8 head[8], tail[4];
  put32 (head, (guint32) n);
  memcpy (head + 4, kind, 4);
  uLong crc = crc32 (crc32 (0, NULL, 0), head + 4, 4);
  put32 (tail, (guint32) (n ? crc32 (crc, data, (uInt) n) : crc));
  return cf_file_writer_write (film->writer, head, sizeof head, error) && (!n || cf_file_writer_write (film->writer, data, n, error))
         && cf_file_writer_write (film->writer, tail, sizeof tail, error);
}

static void
apng_free (gpointer data)
{
  Apng *film = data;
  g_clear_pointer (&film->writer, cf_file_writer_free);
  g_free (film);
}

static gpointer
apng_open (const char *path, int width, int height, int fps, int n_frames, GError **error)
{
  static const guint8 signature[8] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n' };
  guint8 header[13] = { 0 }, control[8] = { 0 };
  Apng *film = g_new0 (Apng, 1);
  *film = (Apng){ .writer = cf_file_writer_new (path, error), .width = width, .height = height, .fps = fps, .n_frames = n_frames };
  put32 (header, (guint32) width);
  put32 (header + 4, (guint32) height);
  header[8] = 8; /* bits a channel */
  header[9] = 2; /* red, green, blue */
  put32 (control, (guint32) n_frames); /* and played for ever */
  if (film->writer && cf_file_writer_write (film->writer, signature, sizeof signature, error)
      && write_chunk (film, "IHDR", header, sizeof header, error) && write_chunk (film, "acTL", control, sizeof control, error))
    return film;
  apng_free (film);
  return NULL;
}

/* The difference to the pixel at the left (filter 1), deflated. */
static guint8 *
apng_pack (const Apng *film, const guint8 *rgba, gsize room_before, uLong *n)
{
  gsize row = 1 + 3 * (gsize) film->width;
  g_autofree guint8 *filtered = g_malloc (row * film->height);
  for (int y = 0; y < film->height; y++)
    {
      const guint8 *in = rgba + (gsize) y * film->width * 4;
      guint8 *out = filtered + y * row;
      out[0] = 1;
      for (int x = 0; x < film->width; x++)
        for (int c = 0; c < 3; c++)
          out[1 + 3 * x + c] = (guint8) (in[4 * x + c] - (x > 0 ? in[4 * (x - 1) + c] : 0));
    }
  *n = compressBound (row * film->height);
  guint8 *packed = g_malloc (room_before + *n);
  compress2 (packed + room_before, n, filtered, row * film->height, 6);
  return packed;
}

static gboolean
apng_add (gpointer data, const guint8 *rgba, GError **error)
{
  Apng *film = data;
  guint8 control[26] = { 0 };
  uLong n;
  g_autofree guint8 *packed = apng_pack (film, rgba, 4, &n);
  put32 (control, film->sequence++);
  put32 (control + 4, (guint32) film->width);
  put32 (control + 8, (guint32) film->height);
  control[21] = 1; /* shown for 1 / fps s */
  control[22] = (guint8) (film->fps >> 8);
  control[23] = (guint8) film->fps;
  if (!write_chunk (film, "fcTL", control, sizeof control, error))
    return FALSE;
  if (film->n++ == 0)
    return write_chunk (film, "IDAT", packed + 4, n, error);
  put32 (packed, film->sequence++);
  return write_chunk (film, "fdAT", packed, n + 4, error);
}

static gboolean
apng_finish (gpointer data, GError **error)
{
  Apng *film = data;
  if (film->n != film->n_frames)
    {
      g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, _("a film of %d frames was given %d"), film->n_frames, film->n);
      return FALSE;
    }
  return write_chunk (film, "IEND", NULL, 0, error) && cf_file_writer_commit (film->writer, error);
}

static const CfFilmKind film_png = { ".png", apng_open, apng_add, apng_finish, apng_free };
static const CfFilmKind film_apng = { ".apng", apng_open, apng_add, apng_finish, apng_free };

/* -- by suffix ------------------------------------------------------------------------------------------------------------------- */

struct _CfFilm
{
  const CfFilmKind *kind;
  gpointer film;
};

static const CfFilmKind *
kind_of (const char *path, GError **error)
{
  static const CfFilmKind *const kinds[] = {
    &film_png,
    &film_apng,
#ifdef HAVE_LIBAV
    &cf_film_webm,
    &cf_film_mp4,
#endif
  };
  g_autofree char *lower = g_ascii_strdown (path, -1);
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_str_has_suffix (lower, kinds[i]->suffix))
      return kinds[i];
#ifdef HAVE_LIBAV
  const char *needs = _(".webm, .mp4, .png or .apng");
#else
  const char *needs = _(".png or .apng (this build has no libav for .webm and .mp4)");
#endif
  g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, _("%s: the name of a film needs one of %s"), path, needs);
  return NULL;
}

gboolean
cf_film_check (const char *path, GError **error)
{
  return kind_of (path, error) != NULL;
}

CfFilm *
cf_film_new (const char *path, int width, int height, int frames_a_second, int n_frames, GError **error)
{
  const CfFilmKind *kind = kind_of (path, error);
  if (!kind)
    return NULL;
  if (width < 2 || height < 2 || frames_a_second < 1 || frames_a_second > 240 || n_frames < 1)
    {
      g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, _("a film of %d x %d pixels, %d frames at %d a second cannot be made"), width, height, n_frames,
                   frames_a_second);
      return NULL;
    }
  gpointer film = kind->open (path, width, height, frames_a_second, n_frames, error);
  if (!film)
    return NULL;
  CfFilm *result = g_new0 (CfFilm, 1);
  *result = (CfFilm){ kind, film };
  return result;
}

gboolean
cf_film_add (CfFilm *film, const guint8 *rgba, GError **error)
{
  return film->kind->add (film->film, rgba, error);
}

gboolean
cf_film_finish (CfFilm *film, GError **error)
{
  return film->kind->finish (film->film, error);
}

void
cf_film_free (CfFilm *film)
{
  if (!film)
    return;
  film->kind->free (film->film);
  g_free (film);
}
