#include "cf-clumps.h"

#include <math.h>

#define FEW 4000 /* things: up to here they are one clump */
#define IN_A_CLUMP 256
#define SIDE_MAX 24    /* clumps along an axis */
#define SAMPLED 17     /* things: one of so many tells where all of them lie */
#define SAMPLES 32     /* parts of a clump, each an even sample of it */
#define MOST 500000    /* things that a frame of nearly full detail draws */
#define SPHERES_OF 0.8 /* of those at most */

static float
lesser (float a, float b)
{
  return a < b ? a : b;
}

static float
greater (float a, float b)
{
  return a > b ? a : b;
}

static void
clump_add (CfClump *clump, const float a[3], const float b[3], float radius)
{
  clump->n++;
  if (!isfinite (a[0] + a[1] + a[2] + b[0] + b[1] + b[2]))
    return;
  for (int k = 0; k < 3; k++)
    {
      clump->lo[k] = lesser (clump->lo[k], lesser (a[k], b[k]) - radius);
      clump->hi[k] = greater (clump->hi[k], greater (a[k], b[k]) + radius);
    }
  clump->radius = greater (clump->radius, radius);
}

static const CfClump nothing = { .lo = { INFINITY, INFINITY, INFINITY }, .hi = { -INFINITY, -INFINITY, -INFINITY } };

static int
place (float a, float b, float lo, float scale, int side)
{
  float at = (0.5f * (a + b) - lo) * scale;
  return at > 0 ? MIN ((int)lesser (at, 1e6f), side - 1) : 0; /* what is no number too */
}

/* Of each thing its clump, and within that the sample that it belongs to. */
static void
find_places (const CfClump *all, int side, gsize n, gsize size, const guint8 *things, CfClumpReach reach, const guint32 *order,
             CfClump *clumps, guint32 *key)
{
  float scale[3], a[3], b[3], radius;
  for (int k = 0; k < 3; k++)
    scale[k] = side / greater (all->hi[k] - all->lo[k], 1e-6f);
  for (gsize i = 0; i < n; i++)
    {
      reach (things + order[i] * size, a, b, &radius);
      guint32 cell = 0;
      for (int k = 0; k < 3; k++)
        cell = cell * side + place (a[k], b[k], all->lo[k], scale[k], side);
      clump_add (&clumps[cell], a, b, radius);
      key[i] = cell * SAMPLES + ((guint32)i * 2654435761u >> 27);
    }
}

/* A counting sort. */
static void
sort (gsize n, gsize n_keys, const guint32 *key, guint32 *order)
{
  g_autofree gsize *start = g_new0 (gsize, n_keys + 1);
  g_autofree guint32 *before = g_memdup2 (order, n * sizeof *order);
  for (gsize i = 0; i < n; i++)
    start[key[i] + 1]++;
  for (gsize k = 0; k < n_keys; k++)
    start[k + 1] += start[k];
  for (gsize i = 0; i < n; i++)
    order[start[key[i]]++] = before[i];
}

static CfClump
clump_of (gsize n, gsize stride, gsize size, const guint8 *things, CfClumpReach reach, const guint32 *order)
{
  CfClump all = nothing;
  float a[3], b[3], radius;
  for (gsize i = 0; i < n; i += stride)
    {
      reach (things + order[i] * size, a, b, &radius);
      clump_add (&all, a, b, radius);
    }
  return all;
}

void
cf_clumps_order (CfClumps *clumps, gsize n, gsize size, gconstpointer things, CfClumpReach reach, guint32 *order)
{
  /* of many a sample shows well enough where they lie; what lies beyond goes to the nearest clump */
  CfClump all = clump_of (n, n <= FEW ? 1 : SAMPLED, size, things, reach, order);
  cf_clumps_clear (clumps);
  if (n <= FEW)
    {
      clumps->clumps = g_memdup2 (&all, sizeof all);
      clumps->n = n > 0;
      return;
    }
  int side = MIN ((int)cbrt ((double)n / IN_A_CLUMP) + 1, SIDE_MAX);
  gsize n_cells = (gsize)side * side * side, first = 0;
  g_autofree guint32 *key = g_new (guint32, n);
  clumps->clumps = g_new (CfClump, n_cells);
  for (gsize c = 0; c < n_cells; c++)
    clumps->clumps[c] = nothing;
  find_places (&all, side, n, size, things, reach, order, clumps->clumps, key);
  sort (n, n_cells * SAMPLES, key, order);
  for (gsize c = 0; c < n_cells; c++)
    if (clumps->clumps[c].n > 0)
      {
        CfClump clump = clumps->clumps[c];
        clump.first = first;
        first += clump.n;
        clumps->clumps[clumps->n++] = clump;
      }
}

void
cf_clumps_clear (CfClumps *clumps)
{
  g_clear_pointer (&clumps->clumps, g_free);
  clumps->n = 0;
}

CfClumpView
cf_clump_view (const CfClump *clump, const CfGlFrame *frame)
{
  const float *m = frame->view;
  float at[3], half[3], behind = -frame->plane[3];
  for (int r = 0; r < 3; r++)
    {
      at[r] = m[12 + r];
      half[r] = 0;
      for (int k = 0; k < 3; k++)
        {
          at[r] += m[4 * k + r] * 0.5f * (clump->lo[k] + clump->hi[k]);
          half[r] += fabsf (m[4 * k + r]) * 0.5f * (clump->hi[k] - clump->lo[k]);
        }
      behind += frame->plane[r] * at[r] - fabsf (frame->plane[r]) * half[r];
    }
  gboolean orthographic = frame->ray[2] > 0.5f;
  float near = -at[2] - half[2], far = -at[2] + half[2];
  CfClumpView view = { .nearest = near, .within = near > frame->range[0] };
  view.away = far < frame->range[2] || near > frame->range[3] || behind > 0;
  for (int r = 0; r < 2; r++)
    {
      view.away = view.away || fabsf (at[r]) - half[r] > frame->ray[r] * (orthographic ? 1 : far);
      view.within = view.within && fabsf (at[r]) + half[r] < frame->ray[r] * (orthographic ? 1 : near);
    }
  view.radius = clump->radius / (frame->ray[3] * (orthographic ? 1 : fmaxf (near, frame->range[0])));
  return view;
}

gboolean
cf_frame_is_cut (const CfGlFrame *frame)
{
  return frame->plane[0] != 0 || frame->plane[1] != 0 || frame->plane[2] != 0 || frame->range[2] > frame->range[0]
         || frame->range[3] < frame->range[1];
}

void
cf_clumps_shares (double detail, gsize spheres, gsize cylinders, double *of_spheres, double *of_cylinders)
{
  double most = detail < 1 ? MOST * detail * detail : INFINITY;
  *of_spheres = spheres > 0 ? fmin (1, fmax (SPHERES_OF * most, most - cylinders) / spheres) : 1;
  *of_cylinders = cylinders > 0 ? fmin (1, (most - *of_spheres * spheres) / cylinders) : 1;
}
