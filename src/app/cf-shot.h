/* cf-shot.h: a picture that is drawn on a worker: the scene as it stands, seen from a camera. A shot belongs to one thread at a time. */
#pragma once

#include "cf-camera.h"
#include "cf-error.h"
#include "cf-evaluator.h"
#include "cf-offscreen.h"
#include "cf-picture.h"

G_BEGIN_DECLS

typedef struct
{
  CfPicture *picture; /* a copy; freed with the shot */
  CfCamera camera;
  int width, height;
  gboolean final; /* by the networks themselves, where there are any */
  float *fine;    /* what cf_shot_sample () made; NULL none */
} CfShot;

/** Whom the networks are asked by. */
typedef struct
{
  CfEvaluator *evaluator;
  GCancellable *cancellable; /* NULL */
  CfProgressFunc progress;   /* of cf_shot_sample (); NULL */
  gpointer data;
  gsize points; /* out: that cf_shot_draw_final () asked for so far */
  void (*asked) (gpointer data); /* after each time; NULL */
} CfShotNetworks;

CfShot *cf_shot_new (const CfPicture *picture, const CfCamera *camera, int width, int height, gboolean copy_samples);
void cf_shot_free (CfShot *shot);
/** Samples what is in view as finely as it shows, where the shot has field samples that are too coarse for it: a piece of the surface that samples
 * miss altogether is missed by a picture that is then refined by the networks too. Where a device marches rays through the networks themselves a final picture needs none. */
gboolean cf_shot_sample (CfShot *shot, CfShotNetworks *networks, GError **error);
/** width * height * 4 bytes RGBA, by the networks themselves. detail: as CfRenderQuality has it. */
guint8 *cf_shot_draw_final (const CfShot *shot, CfOffscreen *offscreen, double detail, CfShotNetworks *networks, GError **error);

G_END_DECLS
