#include "cf-match.h"

#include <math.h>
#include <string.h>

#include "cf-cells.h"

typedef struct
{
  guint32 row, column;
  double cost; /* squared distance, A^2 */
} Pair;

typedef void (*PairFunc) (guint32 a, guint32 b, double cost, gpointer user_data);

/* All pairs within the cutoff, a ascending. */
static void
for_each_pair (const double (*a)[3], gsize n_a, const double (*b)[3], const CfCells *cells, double cutoff, PairFunc func,
               gpointer user_data)
{
  double cutoff2 = cutoff * cutoff;
  for (gsize i = 0; i < n_a; i++)
    {
      gint32 at[3];
      cf_cells_locate (cells, a[i], at);
      for (int k = 0; k < 27; k++)
        {
          gint64 c = cf_cells_find (cells, (gint32[3]){ at[0] + k % 3 - 1, at[1] + k / 3 % 3 - 1, at[2] + k / 9 - 1 });
          if (c < 0)
            continue;
          for (guint32 o = cells->cells[c].first; o < cells->cells[c + 1].first; o++)
            {
              guint32 j = cells->order[o];
              double x = a[i][0] - b[j][0], y = a[i][1] - b[j][1], z = a[i][2] - b[j][2];
              double d2 = x * x + y * y + z * z;
              if (d2 <= cutoff2)
                func ((guint32) i, j, d2, user_data);
            }
        }
    }
}

static void
append_pair (guint32 a, guint32 b, double cost, gpointer user_data)
{
  Pair pair = { a, b, cost };
  g_array_append_val ((GArray *) user_data, pair);
}

static GArray *
pairs_within (const double (*a)[3], gsize n_a, const double (*b)[3], gsize n_b, double cutoff)
{
  GArray *pairs = g_array_new (FALSE, FALSE, sizeof (Pair));
  g_auto (CfCells) cells = { 0 };
  /* the least side keeps a cutoff of 0 (equal points only) from dividing by it */
  cf_cells_init (&cells, b, n_b, MAX (cutoff, 1e-6));
  for_each_pair (a, n_a, b, &cells, cutoff, append_pair, pairs);
  return pairs;
}

static int
compare_cost (gconstpointer a, gconstpointer b)
{
  const Pair *p = a, *q = b;
  if (p->cost != q->cost)
    return p->cost < q->cost ? -1 : 1;
  if (p->row != q->row)
    return p->row < q->row ? -1 : 1;
  return p->column < q->column ? -1 : p->column > q->column;
}

static void
match_greedy (GArray *pairs, gint32 *column_of, gint32 *row_of)
{
  g_array_sort (pairs, compare_cost);
  for (guint i = 0; i < pairs->len; i++)
    {
      const Pair *pair = &g_array_index (pairs, Pair, i);
      if (column_of[pair->row] < 0 && row_of[pair->column] < 0)
        {
          column_of[pair->row] = (gint32) pair->column;
          row_of[pair->column] = (gint32) pair->row;
        }
    }
}

typedef struct
{
  double distance;
  guint32 column;
} HeapEntry;

/* Sparse assignment by shortest augmenting paths with duals u, v (Jonker and Volgenant 1987, "A shortest augmenting path algorithm
 * for dense and sparse linear assignment problems"). Each row also has a column of its own that costs `alone`, more than any
 * rearrangement of the others can save: so the least cost has the most pairs, and a row stays alone only where it must. */
typedef struct
{
  gsize n_rows, n_columns;
  guint32 *first; /* [n_rows + 1] into pairs */
  const Pair *pairs;
  double alone;
  double *u, *v;
  gint32 *column_of, *row_of;
  double *distance; /* [n_columns] of the present search */
  gint32 *from;     /* [n_columns] the row that reached it */
  guint8 *state;    /* [n_columns] */
  GArray *touched;  /* columns to reset */
  GArray *scanned;  /* columns done in the present search */
  GArray *heap;
} Assignment;

enum
{
  UNSEEN,
  SEEN,
  DONE
};

static inline gboolean
heap_before (const HeapEntry *a, const HeapEntry *b)
{
  return a->distance < b->distance || (a->distance == b->distance && a->column < b->column);
}

static void
heap_push (GArray *heap, HeapEntry entry)
{
  g_array_append_val (heap, entry);
  HeapEntry *h = (HeapEntry *) heap->data;
  guint i = heap->len - 1;
  while (i > 0 && heap_before (&entry, &h[(i - 1) / 2]))
    {
      h[i] = h[(i - 1) / 2];
      i = (i - 1) / 2;
    }
  h[i] = entry;
}

static HeapEntry
heap_pop (GArray *heap)
{
  HeapEntry *h = (HeapEntry *) heap->data;
  HeapEntry top = h[0], last = h[heap->len - 1];
  guint n = heap->len - 1, i = 0;
  g_array_set_size (heap, n);
  while (2 * i + 1 < n)
    {
      guint child = 2 * i + 1;
      if (child + 1 < n && heap_before (&h[child + 1], &h[child]))
        child++;
      if (!heap_before (&h[child], &last))
        break;
      h[i] = h[child];
      i = child;
    }
  if (n)
    h[i] = last;
  return top;
}

static void
scan_row (Assignment *s, guint32 row, double reached)
{
  for (guint32 e = s->first[row]; e < s->first[row + 1]; e++)
    {
      guint32 column = s->pairs[e].column;
      if (s->state[column] == DONE)
        continue;
      double distance = reached + (s->pairs[e].cost - s->u[row] - s->v[column]);
      if (s->state[column] == SEEN && distance >= s->distance[column])
        continue;
      if (s->state[column] == UNSEEN)
        g_array_append_val (s->touched, column);
      s->state[column] = SEEN;
      s->distance[column] = distance;
      s->from[column] = (gint32) row;
      heap_push (s->heap, (HeapEntry){ distance, column });
    }
}

static gboolean
next_column (Assignment *s, guint32 *column)
{
  while (s->heap->len)
    {
      HeapEntry entry = heap_pop (s->heap);
      if (s->state[entry.column] == DONE || entry.distance > s->distance[entry.column])
        continue; /* overtaken by a shorter way */
      *column = entry.column;
      return TRUE;
    }
  return FALSE;
}

/* Searches from a free row to the nearest free column, or to the row that is best left alone. Returns the path's length. */
static double
search (Assignment *s, guint32 start, gint32 *end_column, gint32 *end_row)
{
  double reached = 0, best_alone = HUGE_VAL;
  guint32 row = start;
  for (;;)
    {
      double leave = reached + (s->alone - s->u[row]);
      if (leave < best_alone)
        {
          best_alone = leave;
          *end_row = (gint32) row;
        }
      scan_row (s, row, reached);
      guint32 column;
      if (!next_column (s, &column) || s->distance[column] >= best_alone)
        {
          *end_column = -1;
          return best_alone;
        }
      reached = s->distance[column];
      if (s->row_of[column] < 0)
        {
          *end_column = (gint32) column;
          return reached;
        }
      s->state[column] = DONE;
      g_array_append_val (s->scanned, column);
      row = (guint32) s->row_of[column];
    }
}

static void
augment (Assignment *s, guint32 start)
{
  gint32 column = -1, row = -1;
  double length = search (s, start, &column, &row);
  s->u[start] += length;
  for (guint i = 0; i < s->scanned->len; i++)
    {
      guint32 c = g_array_index (s->scanned, guint32, i);
      s->u[s->row_of[c]] += length - s->distance[c];
      s->v[c] -= length - s->distance[c];
    }
  if (column < 0)
    {
      column = s->column_of[row];
      s->column_of[row] = -1;
    }
  while (column >= 0)
    {
      gint32 owner = s->from[column], next = s->column_of[owner];
      s->row_of[column] = owner;
      s->column_of[owner] = column;
      column = owner == (gint32) start ? -1 : next;
    }
  for (guint i = 0; i < s->touched->len; i++)
    s->state[g_array_index (s->touched, guint32, i)] = UNSEEN;
  g_array_set_size (s->touched, 0);
  g_array_set_size (s->scanned, 0);
  g_array_set_size (s->heap, 0);
}

/* Each row's cheapest edge is tight from the start; where its column is still free, that is a match. */
static void
begin_tight (Assignment *s)
{
  for (gsize row = 0; row < s->n_rows; row++)
    {
      s->u[row] = s->alone;
      guint32 nearest = 0;
      for (guint32 e = s->first[row]; e < s->first[row + 1]; e++)
        if (s->pairs[e].cost < s->u[row])
          {
            s->u[row] = s->pairs[e].cost;
            nearest = s->pairs[e].column;
          }
      if (s->first[row] < s->first[row + 1] && s->row_of[nearest] < 0)
        {
          s->row_of[nearest] = (gint32) row;
          s->column_of[row] = (gint32) nearest;
        }
    }
}

static gboolean
match_optimal (GArray *pairs, gsize n_rows, gsize n_columns, double cutoff, gint32 *column_of, gint32 *row_of, GCancellable *cancellable,
               GError **error)
{
  Assignment s = { .n_rows = n_rows, .n_columns = n_columns, .pairs = (const Pair *)pairs->data, .column_of = column_of, .row_of = row_of };
  s.alone = (MIN (n_rows, n_columns) + 1.0) * MAX (cutoff * cutoff, 1e-12);
  s.first = g_new0 (guint32, n_rows + 1);
  for (guint i = 0; i < pairs->len; i++)
    s.first[s.pairs[i].row + 1]++;
  for (gsize i = 0; i < n_rows; i++)
    s.first[i + 1] += s.first[i];
  s.u = g_new (double, n_rows);
  s.v = g_new0 (double, n_columns);
  s.distance = g_new (double, n_columns);
  s.from = g_new (gint32, n_columns);
  s.state = g_new0 (guint8, n_columns);
  s.touched = g_array_new (FALSE, FALSE, sizeof (guint32));
  s.scanned = g_array_new (FALSE, FALSE, sizeof (guint32));
  s.heap = g_array_new (FALSE, FALSE, sizeof (HeapEntry));
  begin_tight (&s);
  gboolean done = TRUE;
  for (gsize row = 0; row < n_rows && done; row++)
    {
      if (row % 256 == 0 && g_cancellable_set_error_if_cancelled (cancellable, error))
        done = FALSE;
      else if (column_of[row] < 0 && s.first[row] < s.first[row + 1])
        augment (&s, (guint32) row);
    }
  g_free (s.first);
  g_free (s.u);
  g_free (s.v);
  g_free (s.distance);
  g_free (s.from);
  g_free (s.state);
  g_array_unref (s.touched);
  g_array_unref (s.scanned);
  g_array_unref (s.heap);
  return done;
}

gboolean
cf_match (CfMatchKind kind, const double (*a)[3], gsize n_a, const double (*b)[3], gsize n_b, double cutoff, gint32 *match,
          double *distance, GCancellable *cancellable, GError **error)
{
  /* fewer rows are fewer searches */
  gboolean swap = n_b < n_a;
  gsize n_rows = swap ? n_b : n_a, n_columns = swap ? n_a : n_b;
  g_autoptr (GArray) pairs = swap ? pairs_within (b, n_b, a, n_a, cutoff) : pairs_within (a, n_a, b, n_b, cutoff);
  g_autofree gint32 *column_of = g_new (gint32, n_rows);
  g_autofree gint32 *row_of = g_new (gint32, n_columns);
  for (gsize i = 0; i < n_rows; i++)
    column_of[i] = -1;
  for (gsize i = 0; i < n_columns; i++)
    row_of[i] = -1;
  if (kind == CF_MATCH_GREEDY)
    match_greedy (pairs, column_of, row_of);
  else if (!match_optimal (pairs, n_rows, n_columns, cutoff, column_of, row_of, cancellable, error))
    return FALSE;
  for (gsize i = 0; i < n_a; i++)
    {
      match[i] = swap ? row_of[i] : column_of[i];
      distance[i] = NAN;
      if (match[i] < 0)
        continue;
      double x = a[i][0] - b[match[i]][0], y = a[i][1] - b[match[i]][1], z = a[i][2] - b[match[i]][2];
      distance[i] = sqrt (x * x + y * y + z * z);
    }
  return TRUE;
}

static void
mark_near (guint32 a, guint32 b, double cost, gpointer user_data)
{
  ((gboolean *) user_data)[a] = TRUE;
}

gsize
cf_match_near (const double (*a)[3], gsize n_a, const double (*b)[3], gsize n_b, double cutoff, gboolean *near)
{
  g_autofree gboolean *found = g_new0 (gboolean, n_a);
  g_auto (CfCells) cells = { 0 };
  cf_cells_init (&cells, b, n_b, MAX (cutoff, 1e-6));
  for_each_pair (a, n_a, b, &cells, cutoff, mark_near, found);
  gsize n = 0;
  for (gsize i = 0; i < n_a; i++)
    n += found[i] != FALSE;
  if (near && n_a)
    memcpy (near, found, n_a * sizeof *near);
  return n;
}
