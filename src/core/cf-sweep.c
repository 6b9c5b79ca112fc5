#include "cf-sweep.h"

#include <math.h>
#include <string.h>

#include "cf-cells.h"
#include "cf-error.h"
#include "cf-plateau.h"
#include "cf-sweep-cursor.h"
#include "cf-words.h"

#define NEVER G_MAXUINT32
#define REACH 2  /* cells along an axis that a point of a clique may reach */
#define AHEAD 24 /* points that are fetched before they are used: they stand in the order of their ranks, anywhere */
#define ROWS 13  /* of cells along x: the cell's own and the 12 after it among the 5 x 5 around it */

/* A seed's rank is its index in the peaks: descending density, so that the seeds above any level are a prefix. parent and merged
 * are the forest under the elder rule: the cluster first seen at rank i lives while merged[i] ranks are in, and belongs to
 * parent[i] < i from then on. A seed that is born into a cluster has merged[i] == i. */
struct _CfSweep
{
  gatomicrefcount ref_count;
  CfPeaks *peaks;
  guint32 *parent;
  guint32 *merged;
  guint32 *count; /* [n + 1] clusters of the first k seeds */
  GMutex lock;    /* of the cursor */
  CfSweepCursor *cursor;
};

/* Of two cells: it is there once the seed of rank `high` is in. */
typedef struct
{
  guint32 high, c, d;
} Edge;

typedef struct
{
  guint32 rank;
  double at[3];
} Member;

typedef struct
{
  const CfPeaks *peaks;
  double eps2;
  CfCells cells;
  float (*at)[3];   /* peaks in the cells' order */
  guint32 *cell_of; /* [n] by rank */
  float (*box)[6];  /* per cell: low and high corner of its points */
  GArray *edges;
  GArray *members[2];
} Builder;

static void
builder_boxes (Builder *b)
{
  const CfCells *cells = &b->cells;
  const float (*peak)[3] = (const float (*)[3]) b->peaks->peak;
  b->at = g_malloc_n (cells->n, sizeof *b->at);
  b->cell_of = g_new (guint32, cells->n);
  b->box = g_malloc_n (cells->n_cells, sizeof *b->box);
  for (guint32 c = 0; c < cells->n_cells; c++)
    for (guint32 k = cells->cells[c].first; k < cells->cells[c + 1].first; k++)
      {
        gboolean first = k == cells->cells[c].first;
        if (k + AHEAD < cells->n)
          {
            __builtin_prefetch (peak[cells->order[k + AHEAD]]);
            __builtin_prefetch (&b->cell_of[cells->order[k + AHEAD]], 1);
          }
        memcpy (b->at[k], peak[cells->order[k]], sizeof *b->at);
        b->cell_of[cells->order[k]] = c;
        for (int a = 0; a < 3; a++)
          {
            float v = b->at[k][a];
            b->box[c][a] = first ? v : MIN (b->box[c][a], v);
            b->box[c][3 + a] = first ? v : MAX (b->box[c][3 + a], v);
          }
      }
}

static double
distance2_to_box (const double at[3], const float box[6])
{
  double sum = 0;
  for (int a = 0; a < 3; a++)
    {
      double gap = at[a] < box[a] ? box[a] - at[a] : at[a] > box[3 + a] ? at[a] - box[3 + a] : 0;
      sum += gap * gap;
    }
  return sum;
}

/* The members of a cell that can reach the other cell's box, by rank. The slack covers the rounding of the box distance. */
static void
gather (Builder *b, guint32 cell, const float other[6], GArray *out)
{
  g_array_set_size (out, 0);
  for (guint32 k = b->cells.cells[cell].first; k < b->cells.cells[cell + 1].first; k++)
    {
      Member m = { .rank = b->cells.order[k] };
      for (int a = 0; a < 3; a++)
        m.at[a] = b->at[k][a];
      if (distance2_to_box (m.at, other) <= b->eps2 * (1 + 1e-12))
        g_array_append_val (out, m);
    }
}

static gboolean
find_near (const Member *m, const Member *others, guint n, double eps2)
{
  for (guint i = 0; i < n; i++)
    {
      double x = m->at[0] - others[i].at[0], y = m->at[1] - others[i].at[1], z = m->at[2] - others[i].at[2];
      if (x * x + y * y + z * z <= eps2)
        return TRUE;
    }
  return FALSE;
}

static gboolean
are_near (const float p[3], const float q[3], double eps2)
{
  double x = (double) p[0] - q[0], y = (double) p[1] - q[1], z = (double) p[2] - q[2];
  return x * x + y * y + z * z <= eps2;
}

/* The rank at which the first edge between two cells appears; NEVER. */
static guint32
first_edge (Builder *b, guint32 c, guint32 d)
{
  guint32 k = b->cells.cells[c].first, l = b->cells.cells[d].first, at[2] = { 0, 0 };
  if (are_near (b->at[k], b->at[l], b->eps2)) /* each cell's highest: no edge is there before */
    return MAX (b->cells.order[k], b->cells.order[l]);
  gather (b, c, b->box[d], b->members[0]);
  gather (b, d, b->box[c], b->members[1]);
  while (at[0] < b->members[0]->len || at[1] < b->members[1]->len)
    {
      const Member *m[2] = { (Member *) b->members[0]->data, (Member *) b->members[1]->data };
      int side = at[1] >= b->members[1]->len
                 || (at[0] < b->members[0]->len && m[0][at[0]].rank < m[1][at[1]].rank) ? 0 : 1;
      const Member *present = &m[side][at[side]];
      if (find_near (present, m[!side], at[!side], b->eps2))
        return present->rank;
      at[side]++;
    }
  return NEVER;
}

/* Between two cells only the first edge to appear matters: each cell is a clique, so both are connected within already. */
static void
join_cells (Builder *b, guint32 c, guint32 d)
{
  double gap2 = 0;
  for (int a = 0; a < 3; a++)
    {
      double gap = MAX (MAX ((double) b->box[c][a] - b->box[d][3 + a], (double) b->box[d][a] - b->box[c][3 + a]), 0);
      gap2 += gap * gap;
    }
  if (gap2 > b->eps2 * (1 + 1e-12))
    return;
  Edge edge = { first_edge (b, c, d), c, d };
  if (edge.high != NEVER)
    g_array_append_val (b->edges, edge);
}

/* The cells of one row that the cell may reach. The cells ascend in space, so `cursor` only ever moves on. */
static void
join_row (Builder *b, guint32 c, guint32 *cursor, int dy, int dz)
{
  const CfCell *cells = b->cells.cells;
  const gint32 *at = cells[c].at;
  gint32 from[3] = { at[0] - REACH, at[1] + dy, at[2] + dz }, to[3] = { at[0] + REACH, at[1] + dy, at[2] + dz };
  while (*cursor < b->cells.n_cells && (*cursor <= c || cf_cells_compare (cells[*cursor].at, from) < 0))
    ++*cursor;
  for (guint32 d = *cursor; d < b->cells.n_cells && cf_cells_compare (cells[d].at, to) <= 0; d++)
    join_cells (b, c, d);
}

static gboolean
builder_edges (Builder *b, GCancellable *cancellable, GError **error)
{
  guint32 cursor[ROWS] = { 0 };
  for (guint32 c = 0; c < b->cells.n_cells; c++)
    {
      if (c % 4096 == 0 && g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      for (int row = 0; row < ROWS; row++)
        join_row (b, c, &cursor[row], (row + REACH) % 5 - REACH, (row + REACH) / 5);
    }
  return TRUE;
}

/* A cell among those joined so far, and the rank of its highest seed. */
typedef struct
{
  guint32 up, highest;
} Joined;

static guint32
find_root (Joined *joined, guint32 c)
{
  while (joined[c].up != c)
    {
      joined[c].up = joined[joined[c].up].up;
      c = joined[c].up;
    }
  return c;
}

/* The root of joined cells is that with the highest seed of them all: the cluster's elder. */
static void
unite (CfSweep *sweep, Joined *joined, guint32 c, guint32 d, guint32 when)
{
  guint32 elder = find_root (joined, c), younger = find_root (joined, d);
  if (elder == younger)
    return;
  if (joined[younger].highest < joined[elder].highest)
    {
      guint32 swap = elder;
      elder = younger;
      younger = swap;
    }
  joined[younger].up = elder;
  sweep->parent[joined[younger].highest] = joined[elder].highest;
  sweep->merged[joined[younger].highest] = when;
}

/* Kruskal over cells, seed by seed: one that has a higher one in its cell is born into its cluster; then the edges that appear with it. */
static void
grow_forest (const Builder *b, CfSweep *sweep, const guint32 *start, const guint32 (*ends)[2])
{
  guint32 n = (guint32) b->peaks->n;
  g_autofree Joined *joined = g_new (Joined, b->cells.n_cells);
  for (guint32 c = 0; c < b->cells.n_cells; c++)
    joined[c] = (Joined){ c, b->cells.order[b->cells.cells[c].first] };
  for (guint32 i = 0; i < n; i++)
    {
      guint32 cell = b->cell_of[i];
      gboolean first = joined[cell].highest == i;
      if (i + AHEAD < n)
        __builtin_prefetch (&joined[b->cell_of[i + AHEAD]]);
      sweep->parent[i] = first ? i : joined[find_root (joined, cell)].highest;
      sweep->merged[i] = first ? NEVER : i;
      for (guint32 e = start[i]; e < start[i + 1]; e++)
        unite (sweep, joined, ends[e][0], ends[e][1], i);
    }
}

static void
builder_forest (const Builder *b, CfSweep *sweep)
{
  gsize n = b->peaks->n;
  g_autofree guint32 *start = g_new0 (guint32, n + 2);
  g_autofree guint32 (*ends)[2] = g_malloc_n (b->edges->len, sizeof *ends);
  const Edge *edges = (const Edge *) b->edges->data;
  for (guint e = 0; e < b->edges->len; e++)
    start[edges[e].high + 2]++;
  for (gsize i = 2; i < n + 2; i++)
    start[i] += start[i - 1];
  for (guint e = 0; e < b->edges->len; e++)
    {
      guint32 *end = ends[start[edges[e].high + 1]++];
      end[0] = edges[e].c;
      end[1] = edges[e].d;
    }
  grow_forest (b, sweep, start, (const guint32 (*)[2]) ends);
}

static void
count_clusters (CfSweep *sweep)
{
  gsize n = sweep->peaks->n;
  for (gsize i = 0; i < n; i++)
    {
      sweep->count[i + 1]++;
      if (sweep->merged[i] != NEVER)
        sweep->count[sweep->merged[i] + 1]--; /* unsigned wrap is undone by the sum */
    }
  for (gsize i = 1; i <= n; i++)
    sweep->count[i] += sweep->count[i - 1];
}

static gboolean
check_peaks (const CfPeaks *peaks, double eps, GError **error)
{
  if (!(eps > 0) || peaks->n >= G_MAXINT32)
    {
      g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, _("sweep: distance %g A of %zu seeds is outside of its range"), eps,
                   peaks->n);
      return FALSE;
    }
  for (gsize i = 0; i < peaks->n; i++)
    for (int a = 0; a < 3; a++)
      if (!(fabs (peaks->peak[i][a]) <= 1e7 * eps))
        {
          g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, _("sweep: a peak at %g A is outside of its range"), peaks->peak[i][a]);
          return FALSE;
        }
  return TRUE;
}

CfSweep *
cf_sweep_new (CfPeaks *peaks, double eps, GCancellable *cancellable, GError **error)
{
  if (!check_peaks (peaks, eps, error))
    return NULL;
  gsize n = peaks->n;
  CfSweep *sweep = g_new0 (CfSweep, 1);
  g_atomic_ref_count_init (&sweep->ref_count);
  g_mutex_init (&sweep->lock);
  sweep->peaks = cf_peaks_ref (peaks);

  Builder b = { .peaks = peaks, .eps2 = eps * eps };
  /* a hair less than eps / sqrt 3, so that rounding never puts two points further apart than eps into one cell */
  cf_cells_init_float (&b.cells, (const float (*)[3]) peaks->peak, n, eps / sqrt (3) * (1 - 1e-7));
  builder_boxes (&b);
  b.edges = g_array_new (FALSE, FALSE, sizeof (Edge));
  for (int k = 0; k < 2; k++)
    b.members[k] = g_array_new (FALSE, FALSE, sizeof (Member));
  gboolean done = builder_edges (&b, cancellable, error);
  sweep->parent = g_new (guint32, n);
  sweep->merged = g_new (guint32, n);
  sweep->count = g_new0 (guint32, n + 1);
  if (done)
    builder_forest (&b, sweep);
  cf_cells_clear (&b.cells);
  g_free (b.at);
  g_free (b.cell_of);
  g_free (b.box);
  g_array_unref (b.edges);
  for (int k = 0; k < 2; k++)
    g_array_unref (b.members[k]);
  if (!done)
    {
      cf_sweep_unref (sweep);
      return NULL;
    }
  count_clusters (sweep);
  sweep->cursor = cf_sweep_cursor_new (peaks, sweep->parent, sweep->merged);
  return sweep;
}

CfSweep *
cf_sweep_ref (CfSweep *sweep)
{
  g_atomic_ref_count_inc (&sweep->ref_count);
  return sweep;
}

void
cf_sweep_unref (CfSweep *sweep)
{
  if (!g_atomic_ref_count_dec (&sweep->ref_count))
    return;
  cf_sweep_cursor_free (sweep->cursor);
  g_mutex_clear (&sweep->lock);
  cf_peaks_unref (sweep->peaks);
  g_free (sweep->parent);
  g_free (sweep->merged);
  g_free (sweep->count);
  g_free (sweep);
}

CfPeaks *
cf_sweep_get_peaks (CfSweep *sweep)
{
  return sweep->peaks;
}

guint32
cf_sweep_n_ids (const CfSweep *sweep)
{
  return cf_sweep_cursor_n_ids (sweep->cursor);
}

static guint32 *
label_seeds (const CfSweep *sweep, guint32 k)
{
  guint32 *labels = g_new (guint32, k), n = 0;
  for (guint32 i = 0; i < k; i++)
    labels[i] = sweep->merged[i] >= k ? n++ : labels[sweep->parent[i]]; /* the elder stands before */
  return labels;
}

CfClusters *
cf_sweep_cut (CfSweep *sweep, double level, gboolean with_labels)
{
  guint32 k = (guint32) cf_peaks_n_above (sweep->peaks, level);
  CfClusters *out = g_new0 (CfClusters, 1);
  out->n_seeds = k;
  out->n = sweep->count[k];
  out->clusters = g_new (CfCluster, out->n);
  g_mutex_lock (&sweep->lock);
  cf_sweep_cursor_move (sweep->cursor, k, out->clusters, out->n);
  g_mutex_unlock (&sweep->lock);
  if (with_labels)
    out->labels = label_seeds (sweep, k);
  return out;
}

void
cf_clusters_free (CfClusters *clusters)
{
  if (!clusters)
    return;
  g_free (clusters->clusters);
  g_free (clusters->labels);
  g_free (clusters);
}

double
cf_sweep_plateau (const CfSweep *sweep, double *lo, double *hi)
{
  const CfPeaks *peaks = sweep->peaks;
  g_autofree float *births = g_new (float, MAX (cf_sweep_n_ids (sweep), 1));
  gsize n = 0;
  for (gsize i = 0; i < peaks->n; i++)
    if (sweep->merged[i] != i && peaks->seed_density[i] > 0)
      births[n++] = peaks->seed_density[i];
  double lowest = n ? MIN (peaks->lowest, births[n - 1]) : 0;
  return cf_plateau_find (births, n, lowest, lo, hi);
}
