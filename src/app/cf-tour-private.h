/* cf-tour-private.h: what the parts of the tour share: cf-tour.c, cf-tour-film.c, cf-tour-steps.c. */
#pragma once

#include "cf-paths.h"
#include "cf-tour.h"
#include "cf-window-private.h"

G_BEGIN_DECLS

typedef enum
{
  CF_FILM_NONE,
  CF_FILM_SEEDS, /* seeds climb, each on the way that the walk took */
  CF_FILM_LEVEL  /* the level moves through the window */
} CfFilmKind;

typedef enum
{
  CF_TARGET_MAP,
  CF_TARGET_REGIONS,
  CF_TARGET_TRAIN,
  CF_TARGET_VIEW,
  CF_TARGET_GRAPH,
  CF_TARGET_THRESHOLD,
  CF_TARGET_COMPARE
} CfTourTarget;

typedef struct
{
  const char *title, *text; /* to be translated */
  const char *settings[8];  /* "action=state", the state as GVariant text; beside those of every step; NULL at the end */
  double zoom;              /* of the whole in view */
  CfTourTarget target;      /* what is pointed at */
  CfFilmKind film;
} CfTourStep;

#define CF_TOUR_STEPS 7
extern const CfTourStep cf_tour_steps[CF_TOUR_STEPS];
/** What every step begins from. */
extern const char *const cf_tour_settings[];

typedef struct
{
  CfWindow *window;
  CfFilmKind kind;
  gboolean ready;       /* what it shows is there */
  double at;            /* 0 to 1 */
  guint tick;
  gint64 begun;         /* us, of the frame clock */
  const CfEvaluator *evaluator; /* of the field that it shows; compared only */
  /* seeds */
  CfPaths *paths;
  double longest; /* A */
  GCancellable *cancellable;
  /* the level, normalised */
  double level_before, level_set; /* NAN: not moved */
  void (*changed) (gpointer data); /* another moment, or ready */
  gpointer data;
} CfTourFilm;

void cf_tour_film_begin (CfTourFilm *film, CfFilmKind kind);
/** Puts the level back, takes the seeds away. */
void cf_tour_film_end (CfTourFilm *film);
/** After each change of the session: begins once what it needs is there. */
void cf_tour_film_follow (CfTourFilm *film);
/** From the beginning; where the user wants no animations: the next moment. */
void cf_tour_film_play (CfTourFilm *film);
/** "37 of 200 seeds have arrived"; new string, "" where there is nothing to say. */
char *cf_tour_film_text (const CfTourFilm *film);
/** As the user has it for all programs. */
gboolean cf_tour_animates (CfWindow *window);

G_END_DECLS
