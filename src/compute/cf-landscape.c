/* cf-landscape.c: cubic convolution over bricks of samples. */
#include "cf-landscape.h"

#include <math.h>
#include <string.h>

#include "cf-pool.h"

#define SIDE CF_LANDSCAPE_SIDE
#define TAPS 6
#define SHARE 2048 /* points of one item of a thread */

typedef float Brick[SIDE][SIDE][SIDE];

struct _CfLandscape
{
  CfGrid grid;
  double lowest;
  int n[3];          /* bricks */
  Brick **bricks;    /* x fastest; NULL not kept */
  guint8 *high;      /* of each brick: a sample reaches `lowest` */
  int n_layers;      /* that are in */
  int threads;
  CfPool *pool;
};

CfLandscape *
cf_landscape_new (const CfGrid *grid, double lowest, int threads)
{
  CfLandscape *l = g_new0 (CfLandscape, 1);
  l->grid = *grid;
  l->lowest = lowest;
  for (int a = 0; a < 3; a++)
    l->n[a] = (grid->dims[a] + SIDE - 1) / SIDE;
  l->bricks = g_new0 (Brick *, (gsize) l->n[0] * l->n[1] * l->n[2]);
  l->high = g_new0 (guint8, (gsize) l->n[0] * l->n[1] * l->n[2]);
  l->threads = threads;
  l->pool = cf_pool_new (threads - 1);
  return l;
}

static gsize
brick_at (const CfLandscape *l, int x, int y, int z)
{
  return ((gsize) z * l->n[1] + y) * l->n[0] + x;
}

void
cf_landscape_free (CfLandscape *l)
{
  for (gsize b = 0; b < (gsize) l->n[0] * l->n[1] * l->n[2]; b++)
    g_free (l->bricks[b]);
  g_free (l->bricks);
  g_free (l->high);
  cf_pool_free (l->pool);
  g_free (l);
}

/* What lies beyond the grid is NAN, so that no point there is answered. */
static void
fill_brick (CfLandscape *l, gsize b, const int first[3], const float *samples, int n_planes)
{
  const int *dims = l->grid.dims;
  Brick *brick = g_malloc (sizeof *brick);
  gboolean high = FALSE;
  for (int z = 0; z < SIDE; z++)
    for (int y = 0; y < SIDE; y++)
      for (int x = 0; x < SIDE; x++)
        {
          gboolean inside = z < n_planes && first[1] + y < dims[1] && first[0] + x < dims[0];
          float d = inside ? samples[((gsize) z * dims[1] + first[1] + y) * dims[0] + first[0] + x] : NAN;
          (*brick)[z][y][x] = d;
          high |= d >= l->lowest;
        }
  l->bricks[b] = brick;
  l->high[b] = high;
}

static gboolean
is_needed (const CfLandscape *l, int x, int y, int z)
{
  for (int k = MAX (z - 1, 0); k <= MIN (z + 1, l->n[2] - 1); k++)
    for (int j = MAX (y - 1, 0); j <= MIN (y + 1, l->n[1] - 1); j++)
      for (int i = MAX (x - 1, 0); i <= MIN (x + 1, l->n[0] - 1); i++)
        if (l->high[brick_at (l, i, j, k)])
          return TRUE;
  return FALSE;
}

/* A layer can be judged once the next one is in. */
static void
thin_layer (CfLandscape *l, int z)
{
  for (int y = 0; y < l->n[1]; y++)
    for (int x = 0; x < l->n[0]; x++)
      if (!is_needed (l, x, y, z))
        g_clear_pointer (&l->bricks[brick_at (l, x, y, z)], g_free);
}

void
cf_landscape_add (CfLandscape *l, const float *samples, int n_planes)
{
  gsize plane = (gsize) l->grid.dims[0] * l->grid.dims[1];
  for (int k = 0; k < n_planes; k += SIDE, l->n_layers++)
    {
      for (int y = 0; y < l->n[1]; y++)
        for (int x = 0; x < l->n[0]; x++)
          fill_brick (l, brick_at (l, x, y, l->n_layers), (int[3]){ x * SIDE, y * SIDE, 0 }, samples + k * plane, MIN (SIDE, n_planes - k));
      if (l->n_layers > 0)
        thin_layer (l, l->n_layers - 1);
      if (l->n_layers == l->n[2] - 1)
        thin_layer (l, l->n_layers);
    }
}

/* Weights of the samples -2 .. 3 around a point at t in [0, 1) from sample 0, and their slopes. */
static void
tap_weights (double t, float w[TAPS], float slope[TAPS])
{
  for (int k = 0; k < TAPS; k++)
    {
      double s = t - (k - 2), a = fabs (s), sign = s < 0 ? -1 : 1;
      if (a < 1)
        {
          w[k] = (float) ((4.0 / 3 * a - 7.0 / 3) * a * a + 1);
          slope[k] = (float) (sign * (4 * a - 14.0 / 3) * a);
        }
      else if (a < 2)
        {
          w[k] = (float) (((-7.0 / 12 * a + 3) * a - 59.0 / 12) * a + 2.5);
          slope[k] = (float) (sign * ((-7.0 / 4 * a + 6) * a - 59.0 / 12));
        }
      else
        {
          w[k] = (float) (((1.0 / 12 * a - 2.0 / 3) * a + 7.0 / 4) * a - 1.5);
          slope[k] = (float) (sign * ((0.25 * a - 4.0 / 3) * a + 7.0 / 4));
        }
    }
}

/* The 6 x 6 x 6 samples around a point; they lie in at most two bricks an axis. FALSE where one is not there. */
static gboolean
gather (const CfLandscape *l, const int first[3], float out[TAPS][TAPS][TAPS])
{
  const Brick *bricks[2][2][2];
  int b[3], top[3];
  for (int a = 0; a < 3; a++)
    {
      if (first[a] < 0 || first[a] + TAPS > l->grid.dims[a])
        return FALSE;
      b[a] = first[a] / SIDE;
      top[a] = (first[a] + TAPS - 1) / SIDE - b[a];
    }
  for (int z = 0; z <= top[2]; z++)
    for (int y = 0; y <= top[1]; y++)
      for (int x = 0; x <= top[0]; x++)
        if (!(bricks[z][y][x] = l->bricks[brick_at (l, b[0] + x, b[1] + y, b[2] + z)]))
          return FALSE;
  for (int k = 0; k < TAPS; k++)
    for (int j = 0; j < TAPS; j++)
      {
        int z = first[2] + k, y = first[1] + j, x = first[0], run = MIN (TAPS, SIDE - x % SIDE);
        const Brick **row = bricks[z / SIDE - b[2]][y / SIDE - b[1]];
        memcpy (out[k][j], &(*row[0])[z % SIDE][y % SIDE][x % SIDE], run * sizeof (float));
        if (run < TAPS)
          memcpy (out[k][j] + run, &(*row[1])[z % SIDE][y % SIDE][0], (TAPS - run) * sizeof (float));
      }
  return TRUE;
}

static void
answer (const CfLandscape *l, const double xyz[3], float *value, float gradient[3])
{
  float s[TAPS][TAPS][TAPS], w[3][TAPS], slope[3][TAPS];
  double ijk[3], sum[4] = { 0 }, by_world[3];
  int first[3];
  cf_grid_from_world (&l->grid, xyz, ijk);
  for (int a = 0; a < 3; a++)
    {
      /* far outside is far outside: an int holds it */
      double low = floor (CLAMP (ijk[a], -8.0, l->grid.dims[a] + 8.0));
      first[a] = (int) low - 2;
      tap_weights (ijk[a] - low, w[a], slope[a]);
    }
  *value = gradient[0] = gradient[1] = gradient[2] = NAN;
  if (!gather (l, first, s))
    return;
  for (int k = 0; k < TAPS; k++)
    for (int j = 0; j < TAPS; j++)
      {
        float v = 0, dv = 0;
        for (int i = 0; i < TAPS; i++)
          {
            v += w[0][i] * s[k][j][i];
            dv += slope[0][i] * s[k][j][i];
          }
        sum[0] += w[2][k] * w[1][j] * v;
        sum[1] += w[2][k] * w[1][j] * dv;
        sum[2] += w[2][k] * slope[1][j] * v;
        sum[3] += slope[2][k] * w[1][j] * v;
      }
  if (isnan (sum[0]))
    return;
  cf_grid_gradient_to_world (&l->grid, sum + 1, by_world);
  *value = (float) sum[0];
  for (int a = 0; a < 3; a++)
    gradient[a] = (float) by_world[a];
}

typedef struct
{
  const CfLandscape *landscape;
  gsize n;
  const double *xyz;
  float *value, *gradient;
} Query;

static void
answer_share (gpointer data, int item)
{
  const Query *q = data;
  gsize first = (gsize) item * SHARE, end = MIN (first + SHARE, q->n);
  for (gsize i = first; i < end; i++)
    answer (q->landscape, q->xyz + 3 * i, q->value + i, q->gradient + 3 * i);
}

gboolean
cf_landscape_query (gpointer user_data, gsize n, const double *xyz, float *value, float *gradient, GCancellable *cancellable, GError **error)
{
  const CfLandscape *l = user_data;
  Query query = { l, n, xyz, value, gradient };
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  cf_pool_run (l->pool, l->threads, (int) ((n + SHARE - 1) / SHARE), answer_share, &query);
  return TRUE;
}
