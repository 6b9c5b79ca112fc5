/* cf-marching.c: the reference: waves of rays on any backend. */
#include "cf-marching.h"

#include "cf-backend-private.h"

#define RAYS 131072 /* at a time */

typedef struct
{
  const CfMarchView *view;
  const CfMarchSpace *space;
  CfMarchTarget *target;
  CfMarchRay *rays;
  guint32 *asks, *hits;   /* those that ask next; those that have arrived */
  gsize n_asks, n_hits;
  double *xyz;
  float *value, *gradient;
} Waves;

static void
waves_init (Waves *waves, gsize most)
{
  waves->rays = g_new (CfMarchRay, most);
  waves->asks = g_new (guint32, most);
  waves->hits = g_new (guint32, most);
  waves->xyz = g_new (double, 3 * most);
  waves->value = g_new (float, most);
  waves->gradient = g_new (float, 3 * most);
}

static void
waves_clear (Waves *waves)
{
  g_free (waves->rays);
  g_free (waves->asks);
  g_free (waves->hits);
  g_free (waves->xyz);
  g_free (waves->value);
  g_free (waves->gradient);
}

/* first: the pixel of rays[0], counted in target. */
static void
pixel_ray (const Waves *waves, gsize first, guint32 i, double origin[3], double direction[3])
{
  gsize pixel = first + i;
  int width = waves->view->width;

  cf_march_pixel (waves->view, (int) (pixel % width), waves->target->first_row + (int) (pixel / width), origin, direction);
}

static void
sort_out (Waves *waves, gsize first, guint32 i, CfMarchState state)
{
  if (state == CF_MARCH_ASKS)
    waves->asks[waves->n_asks++] = i;
  else if (state == CF_MARCH_HIT)
    waves->hits[waves->n_hits++] = i;
  else
    cf_march_end (state, &waves->rays[i], waves->target->hits + 4 * (first + i), waves->target->normals + 4 * (first + i));
}

static gboolean
ask (Waves *waves, CfEvaluator *evaluator, gsize first, gsize n, const guint32 *which, float *gradient, GCancellable *cancellable, GError **error)
{
  for (gsize k = 0; k < n; k++)
    {
      double origin[3], direction[3];

      pixel_ray (waves, first, which[k], origin, direction);
      cf_march_place (origin, direction, waves->rays[which[k]].t, waves->xyz + 3 * k);
    }
  return cf_evaluator_query (evaluator, n, waves->xyz, waves->value, gradient, cancellable, error);
}

static gboolean
march_rays (Waves *waves, CfEvaluator *evaluator, gsize first, gsize n, GCancellable *cancellable, GError **error)
{
  double origin[3], direction[3];

  waves->n_asks = waves->n_hits = 0;
  for (guint32 i = 0; i < n; i++)
    {
      pixel_ray (waves, first, i, origin, direction);
      sort_out (waves, first, i, cf_march_begin (waves->view, waves->space, origin, direction, &waves->rays[i]));
    }
  while (waves->n_asks > 0)
    {
      gsize asked = waves->n_asks;

      if (!ask (waves, evaluator, first, asked, waves->asks, NULL, cancellable, error))
        return FALSE;
      waves->n_asks = 0; /* the list closes up behind the reader */
      for (gsize k = 0; k < asked; k++)
        {
          guint32 i = waves->asks[k];

          pixel_ray (waves, first, i, origin, direction);
          sort_out (waves, first, i, cf_march_next (waves->view, waves->space, origin, direction, waves->value[k], &waves->rays[i]));
        }
    }
  if (!ask (waves, evaluator, first, waves->n_hits, waves->hits, waves->gradient, cancellable, error))
    return FALSE;
  for (gsize k = 0; k < waves->n_hits; k++)
    {
      gsize at = 4 * (first + waves->hits[k]);

      pixel_ray (waves, first, waves->hits[k], origin, direction);
      cf_march_finish (waves->view, direction, &waves->rays[waves->hits[k]], waves->value[k], waves->gradient + 3 * k, waves->target->hits + at,
                       waves->target->normals + at);
    }
  return TRUE;
}

gboolean
cf_evaluator_has_march (CfEvaluator *evaluator)
{
  return cf_evaluator_backend (evaluator)->klass->march != NULL;
}

gboolean
cf_evaluator_march (CfEvaluator *evaluator, const CfMarchView *view, const CfMarchSpace *space, CfMarchTarget *target,
                    GCancellable *cancellable, GError **error)
{
  const gsize all = (gsize) view->width * target->rows, most = MIN (all, RAYS);
  CfBackend *backend = cf_evaluator_backend (evaluator);
  Waves waves = { .view = view, .space = space, .target = target };
  gboolean ok = TRUE;

  target->in_gl = FALSE;
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  if (backend->klass->march != NULL && backend->klass->march (backend, cf_evaluator_field (evaluator), view, space, target))
    return TRUE;
  target->in_gl = FALSE;
  waves_init (&waves, most);
  for (gsize first = 0; ok && first < all; first += most)
    ok = march_rays (&waves, evaluator, first, MIN (most, all - first), cancellable, error);
  waves_clear (&waves);
  return ok;
}
