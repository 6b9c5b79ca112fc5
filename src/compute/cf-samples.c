/* cf-samples.c: what a region's network learns: its voxels, points between them, and voxels kept from it. */
#include "cf-region-fit.h"

#include <math.h>
#include <string.h>

#include "cf-holes.h"
#include "cf-random.h"

#define HELD_OUT_LEAST 2000 /* voxels of a region below which none is held out */
#define SPLINE_MARGIN 12    /* voxels: the quintic spline's memory fades below 1e-4 */
#define TRIES 20            /* for a point that is not at the edge of a mask */
#define STREAM_HELD_OUT (G_GUINT64_CONSTANT (1) << 40)
#define STREAM_OFF_GRID (G_GUINT64_CONSTANT (3) << 40)

static gsize
region_voxels (const CfRegion *region)
{
  return (gsize) region->size[0] * region->size[1] * region->size[2];
}

gboolean
cf_voxel_is_held_out (guint64 seed, double share, guint64 voxel)
{
  CfRandom random;

  if (!(share > 0))
    return FALSE;
  cf_random_init (&random, seed, STREAM_HELD_OUT | voxel);
  return cf_random_double (&random) < share;
}

/* Rectified: with their signs, which say how density goes on below 0. */
static void
read_voxels (const CfNormalisation *normalisation, const CfVolume *volume, const int start[3], const int size[3], const CfTransform *transform,
             float *d)
{
  if (transform->rectified)
    cf_normalisation_read_signed (normalisation, volume, start, size, d);
  else
    cf_normalisation_read (normalisation, volume, start, size, d);
}

/* A voxel that tells only that no density is there: outside a mask, or lower than a root goes. A root is chosen for maps that fade to 0 smoothly:
 * there 0 is a value as others are. */
static gboolean
is_nothing (const CfTransform *transform, double d)
{
  return transform->rectified && (transform->kind == CF_TRANSFORM_LINEAR ? d == 0 : d <= -transform->offset);
}

/* The voxels of a box of the crop, x fastest. */
typedef struct
{
  gsize voxel;     /* of the box */
  guint64 of_crop;
  const int *start, *size, *dims;
  int at[3];
} BoxWalk;

static void
box_walk_set (BoxWalk *walk)
{
  walk->of_crop = walk->start[0] + walk->at[0]
                  + (guint64) walk->dims[0] * (walk->start[1] + walk->at[1] + (guint64) walk->dims[1] * (walk->start[2] + walk->at[2]));
}

static void
box_walk_begin (BoxWalk *walk, const CfNormalisation *normalisation, const int start[3], const int size[3])
{
  *walk = (BoxWalk){ .start = start, .size = size, .dims = normalisation->dims };
  box_walk_set (walk);
}

static void
box_walk_next (BoxWalk *walk)
{
  walk->voxel++;
  for (int a = 0; a < 3 && ++walk->at[a] == walk->size[a] && a < 2; a++)
    walk->at[a] = 0;
  box_walk_set (walk);
}

static void
local_of_voxel (const CfRegion *region, gsize voxel, float local[3])
{
  for (int a = 0; a < 3; a++)
    {
      gsize size = region->size[a], at = voxel % size;

      voxel /= size;
      local[a] = size > 1 ? (float) (2.0 * at / (size - 1) - 1) : 0;
    }
}

/* Along one axis: TRUE where anything within `margin` is TRUE. */
static void
widen (guint8 *near, const int size[3], int axis, int margin)
{
  gsize stride = axis == 0 ? 1 : axis == 1 ? (gsize) size[0] : (gsize) size[0] * size[1], n = (gsize) size[0] * size[1] * size[2];
  g_autofree guint8 *before = g_memdup2 (near, n);
  gsize length = stride * size[axis];

  for (gsize block = 0; block < n; block += length)
    for (int shift = 1; shift <= margin && shift < size[axis]; shift++)
      {
        gsize by = shift * stride;

        for (gsize i = block; i < block + length - by; i++)
          {
            near[i] |= before[i + by];
            near[i + by] |= before[i];
          }
      }
}

/* TRUE for voxels within the recipe's margin of one that is not empty. */
static guint8 *
find_near (const float *d, const CfRegion *region, const CfRecipe *recipe)
{
  gsize n = region_voxels (region);
  guint8 *near = g_new (guint8, n);

  for (gsize i = 0; i < n; i++)
    near[i] = d[i] >= recipe->empty_below;
  for (int a = 0; a < 3; a++)
    widen (near, region->size, a, recipe->empty_margin);
  return near;
}

void
cf_region_survey (const CfVolume *volume, const CfNormalisation *normalisation, const CfRegion *region, const CfRecipe *recipe,
                  CfRegionSurvey *out)
{
  gsize n = region_voxels (region), n_near = 0;
  g_autofree float *d = g_new (float, n);
  g_autofree guint8 *near = NULL;

  cf_normalisation_read (normalisation, volume, region->start, region->size, d);
  *out = (CfRegionSurvey){ .flat = TRUE, .value = d[0], .samples = n };
  for (gsize i = 1; i < n && out->flat; i++)
    out->flat = d[i] == d[0];
  if (out->flat || recipe->empty_parts < 2)
    return;
  near = find_near (d, region, recipe);
  for (gsize i = 0; i < n; i++)
    n_near += near[i];
  out->samples = (gsize) (n_near * (1 + recipe->off_grid)) + (n - n_near) / recipe->empty_parts;
}

/* Voxels of the region in `order`: those near density, those far from it, those that are held out. */
typedef struct
{
  gsize n_near, n_far, n_held;
  guint32 *order;
} Sorted;

static void
sort_voxels (Sorted *sorted, const float *d, const CfNormalisation *normalisation, const CfRegion *region, const CfRecipe *recipe, guint64 seed)
{
  gsize n = region_voxels (region);
  double share = n >= HELD_OUT_LEAST ? recipe->held_out : 0;
  g_autofree guint8 *near = recipe->empty_parts > 1 ? find_near (d, region, recipe) : NULL;
  g_autofree guint32 *far = g_new (guint32, n), *held = g_new (guint32, n);
  BoxWalk walk;

  *sorted = (Sorted){ .order = g_new (guint32, n) };
  for (box_walk_begin (&walk, normalisation, region->start, region->size); walk.voxel < n; box_walk_next (&walk))
    if (cf_voxel_is_held_out (seed, share, walk.of_crop))
      held[sorted->n_held++] = walk.voxel;
    else if (near == NULL || near[walk.voxel])
      sorted->order[sorted->n_near++] = walk.voxel;
    else
      far[sorted->n_far++] = walk.voxel;
  memcpy (sorted->order + sorted->n_near, far, sizeof (guint32) * sorted->n_far);
  memcpy (sorted->order + sorted->n_near + sorted->n_far, held, sizeof (guint32) * sorted->n_held);
  /* Nothing but emptiness: all of it counts. */
  if (sorted->n_near == 0)
    {
      sorted->n_near = sorted->n_far;
      sorted->n_far = 0;
    }
}

/* Of an epoch's samples: the rare ones count as often as they are seen. */
static double
epoch_variance (const CfSamples *samples, int parts)
{
  gsize often = samples->n - samples->n_rare;
  double weight = samples->n_rare > 0 ? 1.0 / parts : 0, total = often + weight * samples->n_rare, sum = 0, squares = 0;

  for (gsize i = 0; i < samples->n; i++)
    {
      double w = i < often ? 1 : weight, t = isnan (samples->target[i]) ? -1 : samples->target[i];

      sum += w * t;
      squares += w * t * t;
    }
  return MAX (0, squares / total - sum / total * (sum / total));
}

/* The region and what lies around it within the crop, as the quintic B-spline of the transformed values. Held-out voxels are filled from the others,
 * so that the spline does not tell what they hold. */
static CfInterpolator *
make_spline (const CfVolume *volume, const CfNormalisation *normalisation, const CfRegion *region, const CfRecipe *recipe, guint64 seed,
             gboolean any_held, double from[3])
{
  static const double unit[3] = { 1, 1, 1 };
  g_autoptr (CfVolume) box = NULL;
  g_autoptr (GArray) holes = g_array_new (FALSE, FALSE, sizeof (guint32));
  int start[3], size[3];
  CfGrid grid;
  BoxWalk walk;
  float *t;
  gsize n;

  for (int a = 0; a < 3; a++)
    {
      start[a] = MAX (region->start[a] - SPLINE_MARGIN, 0);
      size[a] = MIN (region->start[a] + region->size[a] + SPLINE_MARGIN, normalisation->dims[a]) - start[a];
      from[a] = region->start[a] - start[a];
    }
  n = (gsize) size[0] * size[1] * size[2];
  t = g_new (float, n);
  read_voxels (normalisation, volume, start, size, &recipe->transform, t);
  for (gsize i = 0; i < n; i++)
    t[i] = (float) cf_transform_forward (&recipe->transform, t[i]);
  for (box_walk_begin (&walk, normalisation, start, size); any_held && walk.voxel < n; box_walk_next (&walk))
    if (cf_voxel_is_held_out (seed, recipe->held_out, walk.of_crop))
      {
        guint32 hole = (guint32) walk.voxel;

        g_array_append_val (holes, hole);
      }
  cf_holes_fill (t, size, (const guint32 *) holes->data, holes->len, 6);
  cf_grid_init_orthogonal (&grid, size, (const double[]){ 0, 0, 0 }, unit);
  box = cf_volume_new ("region", &grid, t);
  return cf_interpolator_new (box, CF_INTERPOLATION_TRIQUINTIC);
}

/* What an error of t costs in d, over the most that it can. */
static double
worth (const CfTransform *transform, double d)
{
  double here, most;

  cf_transform_inverse (transform, cf_transform_forward (transform, d), &here);
  cf_transform_inverse (transform, 1, &most);
  return here / most;
}

/* A random point around the voxel of the region. */
static void
draw_point (CfRandom *random, const CfRegion *region, gsize voxel, double at[3])
{
  for (int a = 0; a < 3; a++)
    {
      int size = region->size[a];
      double x = voxel % size + cf_random_double (random) - 0.5;

      at[a] = CLAMP (x, 0, size - 1);
      voxel /= size;
    }
}

/* TRUE where a spline would have to pass the edge of a mask. least: the lowest voxel around the point. */
static gboolean
is_at_nothing (const CfRegion *region, const CfTransform *transform, const float *d, const double at[3], double *least)
{
  gboolean found = FALSE;

  *least = INFINITY;
  for (int corner = 0; corner < 8; corner++)
    {
      gsize voxel = 0;

      for (int a = 2; a >= 0; a--)
        voxel = voxel * region->size[a] + MIN ((int) at[a] + (corner >> a & 1), region->size[a] - 1);
      found = found || is_nothing (transform, d[voxel]);
      *least = MIN (*least, isnan (d[voxel]) ? INFINITY : d[voxel]);
    }
  return found;
}

/* Random points around voxels that are near density, with what the spline says there, but not where a mask ends. Under a root most of them go where
 * density is high: an error of t costs more there. */
static void
add_off_grid (float *local, float *target, gsize n, const CfVolume *volume, const CfNormalisation *normalisation, const CfRegion *region,
              const CfRecipe *recipe, guint64 seed, const Sorted *sorted, const float *d)
{
  double from[3];
  g_autoptr (CfInterpolator) spline = make_spline (volume, normalisation, region, recipe, seed, sorted->n_held > 0, from);
  const CfTransform *transform = &recipe->transform;
  CfRandom random;

  cf_random_init (&random, seed, STREAM_OFF_GRID | (guint64) region->index);
  for (gsize i = 0; i < n; i++)
    {
      double at[3], t, least;
      gboolean nothing;
      gsize voxel;
      int tries = 0;

      do
        {
          do
            voxel = sorted->order[(gsize) (cf_random_double (&random) * sorted->n_near)];
          while (cf_random_double (&random) > worth (transform, MAX (d[voxel], 0)));
          draw_point (&random, region, voxel, at);
          nothing = is_at_nothing (region, transform, d, at, &least);
        }
      while (nothing && ++tries < TRIES);
      for (int a = 0; a < 3; a++)
        {
          local[3 * i + a] = region->size[a] > 1 ? (float) (2 * at[a] / (region->size[a] - 1) - 1) : 0;
          at[a] += from[a];
        }
      cf_interpolator_query (spline, 1, at, &t, NULL);
      /* Where density ends the spline swings below it. */
      if (nothing && t < -1)
        target[i] = NAN;
      else
        target[i] = (float) (least >= 0 && !(transform->rectified && transform->kind == CF_TRANSFORM_LINEAR) ? MAX (t, -1) : t);
    }
}

static void
put_places (float *local, const guint32 *voxels, gsize n, const CfRegion *region)
{
  for (gsize i = 0; i < n; i++)
    local_of_voxel (region, voxels[i], local + 3 * i);
}

void
cf_samples_read (CfSamples *samples, const CfVolume *volume, const CfNormalisation *normalisation, const CfRegion *region,
                 const CfRecipe *recipe, guint64 seed)
{
  gsize n = region_voxels (region), n_kept, n_off;
  g_autofree float *d = g_new (float, n);
  Sorted sorted;

  const CfTransform *transform = &recipe->transform;

  read_voxels (normalisation, volume, region->start, region->size, transform, d);
  sort_voxels (&sorted, d, normalisation, region, recipe, seed);
  n_kept = sorted.n_near + sorted.n_far;
  n_off = recipe->empty_parts * (gsize) (recipe->off_grid * sorted.n_near);
  *samples = (CfSamples){ .n = n_kept + n_off, .n_held = sorted.n_held, .n_rare = sorted.n_far + n_off, .rectified = transform->rectified };
  samples->local = g_new (float, 3 * (samples->n + samples->n_held));
  samples->target = g_new (float, samples->n + samples->n_held);
  samples->held_local = samples->local + 3 * samples->n;
  samples->held_target = samples->target + samples->n;
  put_places (samples->local, sorted.order, n_kept, region);
  for (gsize i = 0; i < n_kept; i++)
    {
      float value = d[sorted.order[i]];

      samples->target[i] = is_nothing (transform, value) ? NAN : (float) cf_transform_forward (transform, value);
    }
  put_places (samples->held_local, sorted.order + n_kept, sorted.n_held, region);
  for (gsize i = 0; i < sorted.n_held; i++)
    {
      float *value = &d[sorted.order[n_kept + i]];

      samples->held_target[i] = (float) cf_transform_forward (transform, MAX (*value, 0));
      *value = NAN; /* not known to what follows */
    }
  if (n_off > 0)
    add_off_grid (samples->local + 3 * n_kept, samples->target + n_kept, n_off, volume, normalisation, region, recipe, seed, &sorted, d);
  samples->variance = epoch_variance (samples, recipe->empty_parts);
  g_free (sorted.order);
}

gsize
cf_samples_an_epoch (const CfSamples *samples, const CfRecipe *recipe)
{
  return samples->n - samples->n_rare + (samples->n_rare > 0 ? samples->n_rare / recipe->empty_parts : 0);
}

gboolean
cf_samples_held_out_error (const CfSamples *samples, CfBackend *backend, const CfSiren *siren, int threads, double *out, GError **error)
{
  g_autofree float *values = g_new (float, MAX (1, samples->n_held));
  double sum = 0;

  if (samples->n_held > 0 && !cf_backend_eval (backend, siren, samples->n_held, samples->held_local, values, NULL, threads, error))
    return FALSE;
  for (gsize i = 0; i < samples->n_held; i++)
    {
      double miss = (samples->rectified ? MAX (values[i], -1) : values[i]) - (double) samples->held_target[i];

      sum += miss * miss;
    }
  *out = samples->n_held > 0 ? sum / samples->n_held : NAN;
  return TRUE;
}

void
cf_samples_clear (CfSamples *samples)
{
  g_clear_pointer (&samples->local, g_free);
  g_clear_pointer (&samples->target, g_free);
}

