/* cf-marching.c: the reference: waves of rays on any backend. */
#include "cf-marching.h"

#include "cf-backend-private.h"
#include "cf-march-waves.h"

#define RAYS 131072 /* at a time */

typedef struct
{
  CfEvaluator *evaluator;
  GCancellable *cancellable;
} Asked;

static gboolean
query (gpointer data, gsize n, const double *xyz, float *value, float *gradient, GError **error)
{
  const Asked *asked = data;

  return cf_evaluator_query (asked->evaluator, n, xyz, value, gradient, asked->cancellable, error);
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
  Asked asked = { evaluator, cancellable };
  gboolean ok = TRUE;

  target->in_gl = FALSE;
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  if (backend->klass->march != NULL && backend->klass->march (backend, cf_evaluator_field (evaluator), view, space, target))
    return TRUE;
  target->in_gl = FALSE;
  g_autofree guint32 *pixels = g_new (guint32, MAX (most, 1));
  for (gsize first = 0; ok && first < all; first += most)
    {
      gsize n = MIN (most, all - first);

      for (gsize i = 0; i < n; i++)
        pixels[i] = (guint32) (first + i + (gsize) target->first_row * view->width);
      ok = cf_march_rays (view, space, n, pixels, NULL, query, &asked, target->hits + 4 * first, target->normals + 4 * first, error);
    }
  return ok;
}
