/* cf-film-private.h: what writes one kind of film. */
#pragma once

#include "cf-film.h"

G_BEGIN_DECLS

typedef struct
{
  const char *suffix;
  gpointer (*open) (const char *path, int width, int height, int frames_a_second, int n_frames, GError **error);
  gboolean (*add) (gpointer film, const guint8 *rgba, GError **error);
  gboolean (*finish) (gpointer film, GError **error);
  void (*free) (gpointer film);
} CfFilmKind;

#ifdef HAVE_LIBAV
extern const CfFilmKind cf_film_webm, cf_film_mp4;
#endif

G_END_DECLS
