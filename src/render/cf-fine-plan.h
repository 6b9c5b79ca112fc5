/* cf-fine-plan.h: which part of a field, and how finely sampled, shows its full detail from where a camera stands. No GL. */
#pragma once

#include "cf-camera.h"
#include "cf-fine.h"
#include "cf-scene.h"

G_BEGIN_DECLS

/** The part that is in view, from before the centre to as far behind it as samples_max samples reach, a little wider, so that where it goes over into the
 * field is out of sight. Where they do not reach as far as the picture is wide: first the spacing gives way, down to half of the field's own, then the far ends of
 * the part. height: pixels. FALSE where samples are no farther apart than pixels, or nothing is in view. What is seen alone decides, not what was seen before: a
 * picture is the same each time. */
gboolean cf_fine_plan (const CfScene *scene, const CfCamera *camera, int width, int height, gsize samples_max, CfFinePart *out);
/** Fills the samples of a part: what cf_bake_fine () of compute does. */
typedef gboolean (*CfFineBake) (gpointer data, const CfGrid *grid, const float *samples, const CfFinePart *part, float *out, GError **error);
/** For a picture that is drawn once: plans with at most samples_max samples, lets bake, shows. *samples: what the scene then borrows, to be freed after it; NULL where what it has
 * is fine enough, or there is no memory for others. */
gboolean cf_fine_add (CfScene *scene, const CfCamera *camera, int width, int height, gsize samples_max, CfFineBake bake, gpointer data, float **samples,
                      GError **error);
/** Gives the scene the samples of a part of its field; NULL: none. They are borrowed. */
void cf_fine_show (CfScene *scene, const CfFinePart *part, float *samples);
/** The same of samples that lie on a device. data is borrowed. */
void cf_fine_show_given (CfScene *scene, const CfFinePart *part, CfFineGive give, gpointer data);

G_END_DECLS
