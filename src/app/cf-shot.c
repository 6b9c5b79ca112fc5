/* cf-shot.c: a picture that is drawn on a worker, finer or by the networks themselves where it has them. */
#include "cf-shot.h"

#include "cf-bake-fine.h"
#include "cf-fine-plan.h"
#include "cf-marching.h"

CfShot *
cf_shot_new (const CfPicture *picture, const CfCamera *camera, int width, int height, gboolean copy_samples)
{
  CfShot *shot = g_new0 (CfShot, 1);
  shot->picture = cf_picture_copy (picture, copy_samples);
  shot->camera = *camera;
  cf_picture_clip (picture, &shot->camera);
  shot->width = width;
  shot->height = height;
  return shot;
}

void
cf_shot_free (CfShot *shot)
{
  cf_picture_free (shot->picture);
  g_free (shot->fine);
  g_free (shot);
}

static gboolean
bake (gpointer data, const CfGrid *grid, const float *samples, const CfFinePart *part, float *out, GError **error)
{
  const CfShotNetworks *networks = data;
  return cf_bake_fine (networks->evaluator, grid, samples, part, out, networks->progress, networks->data, networks->cancellable, error);
}

gboolean
cf_shot_sample (CfShot *shot, CfShotNetworks *networks, GError **error)
{
  const CfSamples *samples = shot->picture->samples;
  if (samples == NULL || samples->voxels || shot->fine != NULL || (shot->final && cf_evaluator_has_march (networks->evaluator)))
    return TRUE;
  return cf_fine_add (shot->picture->scene, &shot->camera, shot->width, shot->height, cf_bake_fine_most (networks->evaluator), bake, networks, &shot->fine,
                      error);
}

static gboolean
query (gpointer data, gsize n, const double *xyz, float *value, float *gradient, GError **error)
{
  CfShotNetworks *networks = data;
  if (!cf_evaluator_query (networks->evaluator, n, xyz, value, gradient, networks->cancellable, error))
    return FALSE;
  networks->points += n;
  if (networks->asked != NULL)
    networks->asked (networks->data);
  return TRUE;
}

static gboolean
march (gpointer data, const CfMarchView *view, const CfMarchSpace *space, CfMarchTarget *target, GError **error)
{
  CfShotNetworks *networks = data;
  return cf_evaluator_march (networks->evaluator, view, space, target, networks->cancellable, error);
}

guint8 *
cf_shot_draw_final (const CfShot *shot, CfOffscreen *offscreen, double detail, CfShotNetworks *networks, GError **error)
{
  const CfRenderQuality quality = { .detail = detail,
                                    .query = query,
                                    .query_data = networks,
                                    .march = cf_evaluator_has_march (networks->evaluator) ? march : NULL,
                                    .march_data = networks };
  return cf_offscreen_draw_with (offscreen, shot->width, shot->height, shot->picture->scene, &shot->camera, &quality, error);
}
