#include "cf-match.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cf-cells.h"

/* Appends the partners of point i, of the places `points` that stand in the cells' order. */
static void
append_pairs (GArray *pairs, const CfCells *cells, const double (*points)[3], guint32 i, const double at[3], double cutoff2)
{
  gint32 cell[3];
  cf_cells_locate (cells, at, cell);
  for (int row = 0; row < 9; row++)
    {
      guint32 first, end;
      cf_cells_find_row (cells, cell, row % 3 - 1, row / 3 - 1, &first, &end);
      for (guint32 k = first; k < end; k++)
        {
          double x = at[0] - points[k][0], y = at[1] - points[k][1], z = at[2] - points[k][2], d2 = x * x + y * y + z * z;
          if (d2 <= cutoff2)
            {
              CfPair pair = { i, cells->order[k], d2 };
              g_array_append_val (pairs, pair);
            }
        }
    }
}

CfPairs *
cf_pairs_new (const double (*a)[3], gsize n_a, const double (*b)[3], gsize n_b, double cutoff)
{
  CfPairs *out = g_new (CfPairs, 1);
  GArray *pairs = g_array_sized_new (FALSE, FALSE, sizeof (CfPair), (guint) MIN (2 * n_a, 1 << 24));
  g_auto (CfCells) cells = { 0 };
  g_autofree double (*points)[3] = g_malloc_n (n_b, sizeof *points);
  /* the least side keeps a cutoff of 0 (equal points only) from dividing by it */
  cf_cells_init (&cells, b, n_b, cf_cells_side_for (b, n_b, MAX (cutoff, 1e-6)));
  for (gsize k = 0; k < n_b; k++)
    memcpy (points[k], b[cells.order[k]], sizeof points[k]);
  for (gsize i = 0; i < n_a; i++)
    append_pairs (pairs, &cells, (const double (*)[3]) points, (guint32) i, a[i], cutoff * cutoff);
  *out = (CfPairs){ n_a, n_b, pairs->len, cutoff, NULL };
  out->pairs = (CfPair *) g_array_free (pairs, FALSE);
  return out;
}

void
cf_pairs_free (CfPairs *pairs)
{
  if (!pairs)
    return;
  g_free (pairs->pairs);
  g_free (pairs);
}

void
cf_pairs_count_near (const CfPairs *pairs, gboolean *near_a, gsize *n_near_a, gsize *n_near_b)
{
  g_autofree guint8 *seen = g_new0 (guint8, pairs->n_b);
  gsize n_a = 0, n_b = 0;
  for (gsize i = 0; near_a && i < pairs->n_a; i++)
    near_a[i] = FALSE;
  for (gsize k = 0; k < pairs->n; k++)
    {
      const CfPair *pair = &pairs->pairs[k];
      n_a += k == 0 || pair->a != pair[-1].a;
      n_b += !seen[pair->b];
      seen[pair->b] = 1;
      if (near_a)
        near_a[pair->a] = TRUE;
    }
  if (n_near_a)
    *n_near_a = n_a;
  if (n_near_b)
    *n_near_b = n_b;
}

/* -- matches ---------------------------------------------------------------------------------------------------------------------- */

/* A pair whose row is of the smaller set, so that there are fewer searches. */
typedef struct
{
  guint32 row, column;
  double cost;
} Pair;

/* By row; a stable counting sort where the rows are b. */
static Pair *
pairs_by_row (const CfPairs *pairs, gboolean swap)
{
  Pair *out = g_new (Pair, pairs->n);
  g_autofree gsize *place = g_new0 (gsize, pairs->n_b + 1);
  for (gsize k = 0; swap && k < pairs->n; k++)
    place[pairs->pairs[k].b + 1]++;
  for (gsize i = 1; swap && i <= pairs->n_b; i++)
    place[i] += place[i - 1];
  for (gsize k = 0; k < pairs->n; k++)
    {
      const CfPair *pair = &pairs->pairs[k];
      if (swap)
        out[place[pair->b]++] = (Pair){ pair->b, pair->a, pair->cost };
      else
        out[k] = (Pair){ pair->a, pair->b, pair->cost };
    }
  return out;
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
match_greedy (Pair *pairs, gsize n, gint32 *column_of, gint32 *row_of)
{
  if (n)
    qsort (pairs, n, sizeof *pairs, compare_cost);
  for (gsize i = 0; i < n; i++)
    {
      const Pair *pair = &pairs[i];
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
match_optimal (const Pair *pairs, gsize n, gsize n_rows, gsize n_columns, double cutoff, gint32 *column_of, gint32 *row_of,
               GCancellable *cancellable, GError **error)
{
  Assignment s = { .n_rows = n_rows, .n_columns = n_columns, .pairs = pairs, .column_of = column_of, .row_of = row_of };
  s.alone = (MIN (n_rows, n_columns) + 1.0) * MAX (cutoff * cutoff, 1e-12);
  s.first = g_new0 (guint32, n_rows + 1);
  for (gsize i = 0; i < n; i++)
    s.first[pairs[i].row + 1]++;
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
cf_match (CfMatchKind kind, const CfPairs *pairs, gint32 *match, double *distance, GCancellable *cancellable, GError **error)
{
  gboolean swap = pairs->n_b < pairs->n_a;
  gsize n_rows = swap ? pairs->n_b : pairs->n_a, n_columns = swap ? pairs->n_a : pairs->n_b;
  g_autofree Pair *by_row = pairs_by_row (pairs, swap);
  g_autofree gint32 *column_of = g_new (gint32, n_rows);
  g_autofree gint32 *row_of = g_new (gint32, n_columns);
  for (gsize i = 0; i < n_rows; i++)
    column_of[i] = -1;
  for (gsize i = 0; i < n_columns; i++)
    row_of[i] = -1;
  if (kind == CF_MATCH_GREEDY)
    match_greedy (by_row, pairs->n, column_of, row_of);
  else if (!match_optimal (by_row, pairs->n, n_rows, n_columns, pairs->cutoff, column_of, row_of, cancellable, error))
    return FALSE;
  for (gsize i = 0; i < pairs->n_a; i++)
    {
      match[i] = swap ? row_of[i] : column_of[i];
      distance[i] = NAN;
    }
  for (gsize k = 0; k < pairs->n; k++)
    if (match[pairs->pairs[k].a] == (gint32) pairs->pairs[k].b)
      distance[pairs->pairs[k].a] = sqrt (pairs->pairs[k].cost);
  return TRUE;
}
