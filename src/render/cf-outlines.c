#include "cf-outlines.h"

#include <math.h>
#include <string.h>

#define JUMP 8.0   /* pixels: beside each other such a step along the rays is an outline, not a slope */
#define MOVED 2.0  /* pixels: a hit that has moved so far may have moved beside it too */
#define AT_ONCE 65536

typedef struct
{
  const CfOutlines *of;
  int width;
  float *begun;   /* [rows][width] A along the ray, where it was marched from at last; INFINITY: not yet */
  guint8 *wanted; /* [rows][width] */
  GArray *next;   /* guint32: index in the rows */
  float *solid; /* [rows][width] A along the ray */
} Mend;

static gboolean
is_hit (const Mend *mend, guint32 i)
{
  return mend->of->hits[4 * (gsize) i] > -1e8f;
}

/* A along a ray, of a window depth. */
static float
length_to (const Mend *mend, guint32 i, float depth)
{
  const CfGlFrame *frame = mend->of->frame;
  const float *p = frame->projection;
  double ndc = 2.0 * depth - 1, distance = -(p[14] - ndc * p[15]) / (ndc * p[11] - p[10]);
  if (depth >= 1)
    return INFINITY;
  if (frame->ray[2] > 0.5f)
    return (float) distance;
  double x = ((i % mend->width + 0.5) / mend->width * 2 - 1) * frame->ray[0];
  double y = ((mend->of->first_row + i / mend->width + 0.5) / mend->of->view->height * 2 - 1) * frame->ray[1];
  return (float) (distance * sqrt (x * x + y * y + 1));
}

static double
pixel_at (const Mend *mend, double t)
{
  const CfGlFrame *frame = mend->of->frame;
  return frame->ray[3] * (frame->ray[2] > 0.5f ? 1 : t);
}

/* Between two rays an outline of the field passes; not where something solid before it ends one of them. */
static gboolean
part_at (const Mend *mend, guint32 i, guint32 j)
{
  double a = mend->of->hits[4 * (gsize) i], b = mend->of->hits[4 * (gsize) j];
  if (is_hit (mend, i) && is_hit (mend, j))
    return fabs (a - b) > JUMP * pixel_at (mend, fmin (a, b));
  if (!is_hit (mend, i) && !is_hit (mend, j))
    return FALSE;
  return is_hit (mend, i) ? mend->solid[j] > a : mend->solid[i] > b;
}

/* The eight around a pixel, as far as they are there; how many. */
static int
neighbours (const Mend *mend, guint32 i, guint32 out[8])
{
  int x = (int) (i % mend->width), y = (int) (i / mend->width), n = 0;
  for (int dy = -1; dy <= 1; dy++)
    for (int dx = -1; dx <= 1; dx++)
      if ((dx != 0 || dy != 0) && x + dx >= mend->of->x0 && x + dx < mend->of->x1 && y + dy >= 0 && y + dy < mend->of->rows)
        out[n++] = (guint32) ((y + dy) * mend->width + x + dx);
  return n;
}

/* Where a ray had better begin: before whatever it and those around it meet. */
static float
start_of (const Mend *mend, guint32 i)
{
  guint32 around[9];
  float nearest = INFINITY;
  int n = neighbours (mend, i, around);
  around[n++] = i;
  for (int k = 0; k < n; k++)
    if (is_hit (mend, around[k]))
      nearest = fminf (nearest, mend->of->hits[4 * (gsize) around[k]]);
  return isfinite (nearest) ? (float) (nearest - mend->of->margin) : 0;
}

/* Anew where those around it have come much nearer since. */
static void
want (Mend *mend, guint32 i)
{
  if (mend->wanted[i] || !(start_of (mend, i) < mend->begun[i] - 0.5 * mend->of->margin))
    return;
  mend->wanted[i] = 1;
  g_array_append_val (mend->next, i);
}

static void
find_outlines (Mend *mend)
{
  for (int y = 0; y < mend->of->rows; y++)
    for (int x = mend->of->x0; x < mend->of->x1; x++)
      {
        guint32 i = (guint32) (y * mend->width + x);
        const float *hit = mend->of->hits + 4 * (gsize) i;
        if (is_hit (mend, i) && hit[1] < 0.5f && mend->of->normals[4 * (gsize) i + 3] < 0.5f)
          want (mend, i);
        for (int side = 0; side < 2; side++)
          {
            guint32 j = side == 0 ? i + 1 : i + (guint32) mend->width;
            if ((side == 0 ? x + 1 < mend->of->x1 : y + 1 < mend->of->rows) && part_at (mend, i, j))
              {
                want (mend, i);
                want (mend, j);
              }
          }
      }
}

static void
take (Mend *mend, guint32 i, const float hit[4], const float normal[4])
{
  float *old = mend->of->hits + 4 * (gsize) i, before = old[0];
  gboolean was = is_hit (mend, i), is = hit[0] > -1e8f && hit[0] <= mend->solid[i];
  guint32 around[8];
  memcpy (old, hit, 4 * sizeof (float));
  memcpy (mend->of->normals + 4 * (gsize) i, normal, 4 * sizeof (float));
  if (!is)
    {
      for (int k = 0; k < 4; k++)
        old[k] = CF_MARCH_NOWHERE;
      memset (mend->of->normals + 4 * (gsize) i, 0, 4 * sizeof (float));
    }
  if (was == is && (!is || fabs (old[0] - before) <= MOVED * pixel_at (mend, old[0])))
    return;
  int n = neighbours (mend, i, around);
  for (int k = 0; k < n; k++)
    want (mend, around[k]);
}

static gboolean
march_some (Mend *mend, const guint32 *which, gsize n, CfFieldQuery query, gpointer data, GError **error)
{
  g_autofree guint32 *pixels = g_new (guint32, n);
  g_autofree float *starts = g_new (float, n), *hits = g_new (float, 4 * n), *normals = g_new (float, 4 * n);
  for (gsize k = 0; k < n; k++)
    {
      pixels[k] = which[k] + (guint32) mend->of->first_row * (guint32) mend->width;
      starts[k] = mend->begun[which[k]] = start_of (mend, which[k]);
      mend->wanted[which[k]] = 0;
    }
  if (!cf_march_rays (mend->of->view, mend->of->space, n, pixels, starts, query, data, hits, normals, error))
    return FALSE;
  for (gsize k = 0; k < n; k++)
    take (mend, which[k], hits + 4 * k, normals + 4 * k);
  return TRUE;
}

gboolean
cf_outlines_mend (const CfOutlines *outlines, CfFieldQuery query, gpointer data, GError **error)
{
  gsize n = (gsize) outlines->rows * outlines->view->width;
  g_autofree guint8 *wanted = g_new0 (guint8, MAX (n, 1));
  g_autofree float *begun = g_new (float, MAX (n, 1)), *solid = g_new (float, MAX (n, 1));
  Mend mend = { outlines, outlines->view->width, begun, wanted, g_array_new (FALSE, FALSE, sizeof (guint32)), solid };
  gboolean good = TRUE;
  for (gsize i = 0; i < n; i++)
    begun[i] = INFINITY;
  for (gsize i = 0; i < n; i++)
    solid[i] = length_to (&mend, (guint32) i, outlines->solid[i]);
  find_outlines (&mend);
  while (good && mend.next->len > 0)
    {
      g_autoptr (GArray) now = g_steal_pointer (&mend.next);
      mend.next = g_array_new (FALSE, FALSE, sizeof (guint32));
      for (guint first = 0; good && first < now->len; first += AT_ONCE)
        good = march_some (&mend, (const guint32 *) now->data + first, MIN (AT_ONCE, now->len - first), query, data, error);
    }
  g_array_unref (mend.next);
  return good;
}
