/* cf-landscape.c: cubic convolution over bricks of samples. */
#include "cf-landscape.h"

#include <string.h>

#include "cf-pool.h"

#define SIDE CF_LANDSCAPE_SIDE
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

CfLandscapeView
cf_landscape_view (const CfLandscape *l)
{
  CfLandscapeView view = { .bricks = (const float *const *) l->bricks };
  memcpy (view.dims, l->grid.dims, sizeof view.dims);
  memcpy (view.n, l->n, sizeof view.n);
  memcpy (view.origin, l->grid.origin, sizeof view.origin);
  memcpy (view.inverse, l->grid.inverse, sizeof view.inverse);
  return view;
}

typedef struct
{
  CfLandscapeView view;
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
    cf_landscape_answer (&q->view, q->xyz + 3 * i, q->value + i, q->gradient + 3 * i);
}

gboolean
cf_landscape_query (gpointer user_data, gsize n, const double *xyz, float *value, float *gradient, GCancellable *cancellable, GError **error)
{
  const CfLandscape *l = user_data;
  Query query = { cf_landscape_view (l), n, xyz, value, gradient };
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  cf_pool_run (l->pool, l->threads, (int) ((n + SHARE - 1) / SHARE), answer_share, &query);
  return TRUE;
}
