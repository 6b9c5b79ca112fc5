/* cf-film.h: pictures after each other to one file: WebM or MP4 where the build has libav, animated PNG always. Not thread safe. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _CfFilm CfFilm;

/** By the suffix of path: .webm (VP9), .mp4 (H.264), .png or .apng; CF_ERROR_ARGUMENT for another, or one that this build cannot write.
 * n_frames: as many as will be added. Films of libav have even sides: an odd row or column is left out. */
CfFilm *cf_film_new (const char *path, int width, int height, int frames_a_second, int n_frames, GError **error);
/** width * height * 4 bytes RGBA, first row on top; alpha is dropped. */
gboolean cf_film_add (CfFilm *film, const guint8 *rgba, GError **error);
/** After the last frame: the file appears, whole. */
gboolean cf_film_finish (CfFilm *film, GError **error);
/** Without cf_film_finish () nothing is left behind. */
void cf_film_free (CfFilm *film);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfFilm, cf_film_free)
/** Whether path has a suffix that this build writes. */
gboolean cf_film_check (const char *path, GError **error);

G_END_DECLS
