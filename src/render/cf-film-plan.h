/* cf-film-plan.h: a film of a scene: once around, through the levels, or through a fit. Draws without a display, on the calling thread. */
#pragma once

#include "cf-camera.h"
#include "cf-error.h"
#include "cf-replay.h"
#include "cf-scene.h"

G_BEGIN_DECLS

typedef enum
{
  CF_FILM_TURNTABLE, /* once around */
  CF_FILM_THRESHOLD, /* from a high level to a low one and back */
  CF_FILM_TRAINING   /* what a fit did to the samples, one change after the other, and a second of rest (half of a shorter film), in which what was found in the field is there too */
} CfFilmMove;
extern const char *const cf_film_moves[]; /* "turntable", "threshold", "training"; NULL-terminated */

typedef struct
{
  CfFilmMove move;
  int width, height, frames_a_second;
  double seconds;
  CfScene *scene;   /* its level, or in a training its field, is changed on the way and put back; a finer part of it is not drawn */
  CfCamera camera;
  const CfReplay *replay; /* of a training: one step or more */
  CfProgressFunc progress; /* NULL */
  gpointer progress_data;
  GCancellable *cancellable; /* NULL; nothing is left behind */
} CfFilmPlan;

/** To a file, as cf_film_new () has them. */
gboolean cf_film_plan_save (const CfFilmPlan *plan, const char *path, GError **error);

G_END_DECLS
