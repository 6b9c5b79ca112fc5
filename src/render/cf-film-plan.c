#include "cf-film-plan.h"

#include <math.h>

#include "cf-film.h"
#include "cf-fine-plan.h"
#include "cf-offscreen.h"
#include "cf-scene-private.h"
#include "cf-words.h"

const char *const cf_film_moves[] = { "turntable", "threshold", "training", NULL };

/* From four times the level, or nearly the largest sample, to half of it and back, evenly in its logarithm. */
static double
level_of_frame (double level, double share)
{
  double high = log (MAX (MIN (4 * level, 0.9), level)), low = log (0.5 * level);
  return exp (high + (low - high) * (1 - fabs (2 * share - 1)));
}

/* The film under way. */
typedef struct
{
  const CfFilmPlan *plan;
  int n;          /* frames */
  double level;   /* as it was */
  CfCamera camera;
  float *samples; /* of a training: as they are in this frame */
  int played;
  GArray *all[2]; /* spheres and cylinders of the field that the training ended with; NULL where the scene has them */
} Film;

static GArray *
first_of (const GArray *all, guint n)
{
  guint size = g_array_get_element_size ((GArray *) all);
  GArray *some = g_array_sized_new (FALSE, FALSE, size, n);
  return g_array_append_vals (some, all->data, MIN (n, all->len));
}

/* Nodes and edges are those of the field that the training ended with: until that is there only the model stands beside it. */
static void
hide_what_was_found (Film *film)
{
  CfScene *scene = film->plan->scene;
  film->all[0] = scene->spheres;
  film->all[1] = scene->cylinders;
  scene->spheres = first_of (scene->spheres, scene->model_spheres);
  scene->cylinders = first_of (scene->cylinders, scene->model_cylinders);
  scene->molecules_serial = cf_scene_next_serial ();
}

static void
show_what_was_found (Film *film)
{
  CfScene *scene = film->plan->scene;
  if (film->all[0] == NULL)
    return;
  g_array_unref (scene->spheres);
  g_array_unref (scene->cylinders);
  scene->spheres = g_steal_pointer (&film->all[0]);
  scene->cylinders = g_steal_pointer (&film->all[1]);
  scene->molecules_serial = cf_scene_next_serial ();
}

static void
play (Film *film, int i)
{
  const CfFilmPlan *plan = film->plan;
  int steps = cf_replay_n_steps (plan->replay), moving = MAX (film->n / 2, film->n - plan->frames_a_second);
  int wanted = MIN ((int) ((gint64) (i + 1) * steps / moving), steps);
  if (wanted == film->played)
    return;
  cf_replay_play (plan->replay, film->played, wanted, film->samples);
  film->played = wanted;
  plan->scene->field.serial = cf_scene_next_serial ();
  if (wanted == steps)
    show_what_was_found (film);
}

/* What is other in frame i than in the one before. */
static void
frame_prepare (Film *film, int i)
{
  const CfFilmPlan *plan = film->plan;
  if (plan->move == CF_FILM_TURNTABLE && i > 0)
    cf_camera_turn (&film->camera, 360.0 / film->n, 0);
  if (plan->move == CF_FILM_THRESHOLD)
    plan->scene->level = level_of_frame (film->level, (double) i / film->n);
  if (plan->move == CF_FILM_TRAINING)
    play (film, i);
}

static gboolean
training_begin (Film *film, GError **error)
{
  const CfReplay *replay = film->plan->replay;
  if (film->plan->move != CF_FILM_TRAINING)
    return TRUE;
  gsize n = cf_grid_n_voxels (cf_replay_grid (replay));
  film->samples = cf_replay_n_steps (replay) > 0 ? g_try_malloc_n (n, sizeof *film->samples) : NULL;
  if (film->samples == NULL)
    {
      g_set_error_literal (error, CF_ERROR, CF_ERROR_FAILED, _("there is no memory for a film of the training"));
      return FALSE;
    }
  for (gsize i = 0; i < n; i++)
    film->samples[i] = NAN;
  film->plan->scene->difference = FALSE;
  film->plan->scene->field = (CfSceneField){ .grid = *cf_replay_grid (replay), .samples = film->samples, .serial = cf_scene_next_serial () };
  hide_what_was_found (film);
  return TRUE;
}

gboolean
cf_film_plan_save (const CfFilmPlan *plan, const char *path, GError **error)
{
  CfScene *scene = plan->scene, before = *scene;
  Film film = { .plan = plan, .n = MAX (2, (int) lround (plan->seconds * plan->frames_a_second)), .level = scene->level, .camera = plan->camera };
  g_autoptr (CfOffscreen) offscreen = cf_offscreen_new (error);
  g_autoptr (CfFilm) written = offscreen ? cf_film_new (path, plan->width, plan->height, plan->frames_a_second, film.n, error) : NULL;
  gboolean good = written != NULL && training_begin (&film, error);
  cf_fine_show (scene, NULL, NULL); /* it is of one view and level */
  for (int i = 0; good && i < film.n; i++)
    {
      g_autofree guint8 *rgba = NULL;
      good = !g_cancellable_set_error_if_cancelled (plan->cancellable, error);
      if (!good)
        break;
      frame_prepare (&film, i);
      good = (rgba = cf_offscreen_draw (offscreen, plan->width, plan->height, scene, &film.camera, error)) != NULL && cf_film_add (written, rgba, error);
      if (good && plan->progress)
        plan->progress ((i + 1.0) / film.n, plan->progress_data);
    }
  show_what_was_found (&film);
  *scene = before;
  g_free (film.samples);
  return good && cf_film_finish (written, error);
}
