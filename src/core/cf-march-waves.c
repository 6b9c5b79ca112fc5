#include "cf-march-waves.h"

typedef struct
{
  const CfMarchView *view;
  const CfMarchSpace *space;
  const guint32 *pixels;
  CfFieldQuery query;
  gpointer data;
  float *hits, *normals;
  CfMarchRay *rays;
  gsize *asking, *arrived; /* those that ask next; those that have arrived */
  gsize n_asking, n_arrived;
  double *xyz;
  float *value, *gradient;
} Waves;

static void
waves_init (Waves *waves, gsize n)
{
  waves->rays = g_new (CfMarchRay, n);
  waves->asking = g_new (gsize, n);
  waves->arrived = g_new (gsize, n);
  waves->xyz = g_new (double, 3 * n);
  waves->value = g_new (float, n);
  waves->gradient = g_new (float, 3 * n);
}

static void
waves_clear (Waves *waves)
{
  g_free (waves->rays);
  g_free (waves->asking);
  g_free (waves->arrived);
  g_free (waves->xyz);
  g_free (waves->value);
  g_free (waves->gradient);
}

static void
pixel_ray (const Waves *waves, gsize i, double origin[3], double direction[3])
{
  guint32 width = (guint32) waves->view->width;

  cf_march_pixel (waves->view, (int) (waves->pixels[i] % width), (int) (waves->pixels[i] / width), origin, direction);
}

static void
sort_out (Waves *waves, gsize i, CfMarchState state)
{
  if (state == CF_MARCH_ASKS)
    waves->asking[waves->n_asking++] = i;
  else if (state == CF_MARCH_HIT)
    waves->arrived[waves->n_arrived++] = i;
  else
    cf_march_end (state, &waves->rays[i], waves->hits + 4 * i, waves->normals + 4 * i);
}

static CfMarchState
begin (Waves *waves, gsize i, const float *starts)
{
  double origin[3], direction[3], start[3], step[3];
  CfMarchRay *ray = &waves->rays[i];

  pixel_ray (waves, i, origin, direction);
  CfMarchState state = cf_march_begin (waves->view, waves->space, origin, direction, ray);
  if (state != CF_MARCH_ASKS || !starts || starts[i] <= ray->t)
    return state;
  ray->t = ray->before = starts[i];
  cf_march_to_samples (waves->space, origin, direction, start, step);
  return cf_march_skip (waves->space, start, step, cf_march_step_length (waves->view, step), ray);
}

static gboolean
ask (Waves *waves, gsize n, const gsize *which, float *gradient, GError **error)
{
  for (gsize k = 0; k < n; k++)
    {
      double origin[3], direction[3];

      pixel_ray (waves, which[k], origin, direction);
      cf_march_place (origin, direction, waves->rays[which[k]].t, waves->xyz + 3 * k);
    }
  return n == 0 || waves->query (waves->data, n, waves->xyz, waves->value, gradient, error);
}

static gboolean
march (Waves *waves, gsize n, const float *starts, GError **error)
{
  double origin[3], direction[3];

  for (gsize i = 0; i < n; i++)
    sort_out (waves, i, begin (waves, i, starts));
  while (waves->n_asking > 0)
    {
      gsize asked = waves->n_asking;

      if (!ask (waves, asked, waves->asking, NULL, error))
        return FALSE;
      waves->n_asking = 0; /* the list closes up behind the reader */
      for (gsize k = 0; k < asked; k++)
        {
          gsize i = waves->asking[k];

          pixel_ray (waves, i, origin, direction);
          sort_out (waves, i, cf_march_next (waves->view, waves->space, origin, direction, waves->value[k], &waves->rays[i]));
        }
    }
  if (!ask (waves, waves->n_arrived, waves->arrived, waves->gradient, error))
    return FALSE;
  for (gsize k = 0; k < waves->n_arrived; k++)
    {
      gsize i = waves->arrived[k];

      pixel_ray (waves, i, origin, direction);
      cf_march_finish (waves->view, direction, &waves->rays[i], waves->value[k], waves->gradient + 3 * k, waves->hits + 4 * i, waves->normals + 4 * i);
    }
  return TRUE;
}

gboolean
cf_march_rays (const CfMarchView *view, const CfMarchSpace *space, gsize n, const guint32 *pixels, const float *starts, CfFieldQuery query, gpointer data,
               float *hits, float *normals, GError **error)
{
  Waves waves = { .view = view, .space = space, .pixels = pixels, .query = query, .data = data, .hits = hits, .normals = normals };

  waves_init (&waves, MAX (n, 1));
  gboolean good = march (&waves, n, starts, error);
  waves_clear (&waves);
  return good;
}
