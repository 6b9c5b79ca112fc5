#include "cf-cells.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define CELL_LIMIT (1 << 30)
#define KEY_BITS 62       /* of a cell's number in the box of all */
#define DIGIT_BITS 11     /* of a pass of the sort */
#define EMPTY_A_POINT 8   /* cells in a box that is worth a table */

typedef struct
{
  const double (*doubles)[3];
  const float (*floats)[3];
} Points;

/* A point's cell, before the points are sorted by it. */
typedef struct
{
  guint64 key;
  guint32 index;
} Entry;

static inline void
points_get (const Points *points, gsize i, double out[3])
{
  for (int a = 0; a < 3; a++)
    out[a] = points->doubles ? points->doubles[i][a] : (double) points->floats[i][a];
}

static inline gint32
locate_along (const CfCells *cells, double value, int axis)
{
  double v = floor ((value - cells->low[axis]) / cells->side);
  /* written so that NaN lands in a cell too: its distances then compare false */
  return v > -CELL_LIMIT ? v < CELL_LIMIT ? (gint32) v : CELL_LIMIT : -CELL_LIMIT;
}

void
cf_cells_locate (const CfCells *cells, const double point[3], gint32 at[3])
{
  for (int a = 0; a < 3; a++)
    at[a] = locate_along (cells, point[a], a);
}

int
cf_cells_compare (const gint32 a[3], const gint32 b[3])
{
  for (int axis = 2; axis >= 0; axis--)
    if (a[axis] != b[axis])
      return a[axis] < b[axis] ? -1 : 1;
  return 0;
}

/* Of those that are finite; FALSE where some are not. */
static gboolean
find_box (const Points *points, gsize n, double low[3], double high[3])
{
  gboolean all = TRUE;
  for (int a = 0; a < 3; a++)
    {
      low[a] = HUGE_VAL;
      high[a] = -HUGE_VAL;
    }
  for (gsize i = 0; i < n; i++)
    {
      double p[3];
      points_get (points, i, p);
      for (int a = 0; a < 3; a++)
        if (isfinite (p[a]))
          {
            low[a] = MIN (low[a], p[a]);
            high[a] = MAX (high[a], p[a]);
          }
        else
          all = FALSE;
    }
  for (int a = 0; a < 3; a++)
    if (!(low[a] <= high[a]))
      low[a] = high[a] = 0;
  return all;
}

/* -- sorting ---------------------------------------------------------------------------------------------------------------------- */

/* One stable pass of a radix sort; ends[d], where not NULL, receives the end of digit d. */
static void
sort_pass (const Entry *from, Entry *to, gsize n, int shift, int bits, guint32 *ends)
{
  guint32 here[1 << DIGIT_BITS] = { 0 }, sum = 0, mask = (1u << bits) - 1;
  for (gsize i = 0; i < n; i++)
    here[from[i].key >> shift & mask]++;
  for (guint32 d = 0; d <= mask; d++)
    {
      guint32 count = here[d];
      here[d] = sum;
      sum += count;
    }
  for (gsize i = 0; i < n; i++)
    to[here[from[i].key >> shift & mask]++] = from[i];
  if (ends)
    memcpy (ends, here, (mask + 1) * sizeof *ends);
}

/* Sorts by the lowest `bits` of the keys; the result may lie in either, and is returned. */
static Entry *
sort_low (Entry *from, Entry *to, gsize n, int bits)
{
  if (n > 1)
    for (int passes = (bits + DIGIT_BITS - 1) / DIGIT_BITS, shift = 0; passes > 0; passes--)
      {
        int width = (bits - shift + passes - 1) / passes;
        Entry *t = from;
        sort_pass (from, to, n, shift, width, NULL);
        shift += width;
        from = to;
        to = t;
      }
  return from;
}

static void
append_cell (CfCells *cells, const gint32 at[3], gsize first)
{
  /* room grows by doubling: at 64, 128, ... */
  if (cells->n_cells >= 63 && !((cells->n_cells + 1) & cells->n_cells))
    cells->cells = g_renew (CfCell, cells->cells, 2 * (gsize) (cells->n_cells + 1));
  cells->cells[cells->n_cells++] = (CfCell){ .at = { at[0], at[1], at[2] }, .first = (guint32) first };
}

/* The entries of one highest digit: no cell reaches into the next. */
static void
take_entries (CfCells *cells, const Entry *sorted, gsize n, gsize first)
{
  for (gsize i = 0; i < n; i++)
    {
      guint64 key = sorted[i].key, row = key / cells->dims[0];
      cells->order[first + i] = sorted[i].index;
      if (i == 0 || sorted[i - 1].key != key)
        append_cell (cells, (gint32[3]){ key % cells->dims[0], row % cells->dims[1], row / cells->dims[1] }, first + i);
    }
}

/* The highest digit first, so that what is left to sort lies in the cache. */
static void
sort_entries (CfCells *cells, Entry *entries, Entry *spare, int bits)
{
  guint32 ends[1 << DIGIT_BITS];
  int top = MIN (bits, DIGIT_BITS);
  sort_pass (entries, spare, cells->n, bits - top, top, ends);
  for (guint32 d = 0, first = 0; d < 1u << top; first = ends[d++])
    if (ends[d] > first)
      take_entries (cells, sort_low (spare + first, entries + first, ends[d] - first, bits - top), ends[d] - first, first);
}

static void
sort_by_number (CfCells *cells, const Points *points, int bits)
{
  g_autofree Entry *entries = g_new (Entry, cells->n), *spare = g_new (Entry, cells->n);
  const double low[3] = { cells->low[0], cells->low[1], cells->low[2] }, side = cells->side;
  for (gsize i = 0; i < cells->n; i++)
    {
      double p[3];
      points_get (points, i, p);
      guint64 x = (guint64) ((p[0] - low[0]) / side), y = (guint64) ((p[1] - low[1]) / side), z = (guint64) ((p[2] - low[2]) / side);
      entries[i] = (Entry){ (z * cells->dims[1] + y) * cells->dims[0] + x, (guint32) i };
    }
  sort_entries (cells, entries, spare, bits);
}

/* Points too far apart for a number, or not finite. */
typedef struct
{
  gint32 at[3];
  guint32 index;
} FarEntry;

static int
compare_far (gconstpointer a, gconstpointer b)
{
  const FarEntry *x = a, *y = b;
  int order = cf_cells_compare (x->at, y->at);
  return order ? order : x->index < y->index ? -1 : x->index > y->index;
}

static void
sort_by_place (CfCells *cells, const Points *points)
{
  g_autofree FarEntry *entries = g_new (FarEntry, cells->n);
  for (gsize i = 0; i < cells->n; i++)
    {
      double p[3];
      points_get (points, i, p);
      cf_cells_locate (cells, p, entries[i].at);
      entries[i].index = (guint32) i;
    }
  if (cells->n)
    qsort (entries, cells->n, sizeof *entries, compare_far);
  for (gsize i = 0; i < cells->n; i++)
    {
      cells->order[i] = entries[i].index;
      if (i == 0 || cf_cells_compare (entries[i - 1].at, entries[i].at))
        append_cell (cells, entries[i].at, i);
    }
}

/* -- the whole -------------------------------------------------------------------------------------------------------------------- */

static void
fill_table (CfCells *cells)
{
  gsize n = (gsize) cells->dims[0] * cells->dims[1] * cells->dims[2], next = 0;
  cells->start = g_new (guint32, n + 1);
  for (guint32 c = 0; c <= cells->n_cells; c++)
    {
      const gint32 *at = cells->cells[c].at;
      gsize number = c < cells->n_cells ? ((gsize) at[2] * cells->dims[1] + at[1]) * cells->dims[0] + at[0] : n;
      while (next <= number)
        cells->start[next++] = cells->cells[c].first;
    }
}

static void
cells_init (CfCells *cells, const Points *points, gsize n, double side)
{
  g_assert (n < G_MAXUINT32 && side > 0);
  double high[3], box = 1;
  *cells = (CfCells){ .n = n, .side = side };
  cells->order = g_new (guint32, n);
  cells->cells = g_new (CfCell, 64);
  gboolean numbered = find_box (points, n, cells->low, high);
  for (int a = 0; a < 3; a++)
    {
      cells->dims[a] = locate_along (cells, high[a], a) + 1;
      box *= cells->dims[a];
      numbered = numbered && cells->dims[a] <= CELL_LIMIT;
    }
  numbered = numbered && box < (double) (G_GUINT64_CONSTANT (1) << KEY_BITS);
  if (numbered)
    sort_by_number (cells, points, n ? g_bit_storage ((gulong) (box - 1)) : 1);
  else
    sort_by_place (cells, points);
  append_cell (cells, (gint32[3]){ 0 }, n);
  cells->n_cells--;
  if (numbered && box <= EMPTY_A_POINT * (double) n + 4096)
    fill_table (cells);
}

void
cf_cells_init (CfCells *cells, const double (*points)[3], gsize n, double side)
{
  cells_init (cells, &(Points){ .doubles = points }, n, side);
}

void
cf_cells_init_float (CfCells *cells, const float (*points)[3], gsize n, double side)
{
  cells_init (cells, &(Points){ .floats = points }, n, side);
}

void
cf_cells_clear (CfCells *cells)
{
  g_clear_pointer (&cells->order, g_free);
  g_clear_pointer (&cells->cells, g_free);
  g_clear_pointer (&cells->start, g_free);
}

double
cf_cells_side_for (const double (*points)[3], gsize n, double reach)
{
  double low[3], high[3], volume = 1;
  (void) find_box (&(Points){ .doubles = points }, n, low, high);
  for (int a = 0; a < 3; a++)
    volume *= high[a] - low[a] + reach;
  /* few points far from each other must not draw all others into one cell */
  return CLAMP (cbrt (volume / (2 * (double) n + 1)), reach, 4 * reach);
}

/* -- search ----------------------------------------------------------------------------------------------------------------------- */

/* The first cell that does not stand before `at`. */
static guint32
first_from (const CfCells *cells, const gint32 at[3])
{
  guint32 lo = 0, hi = cells->n_cells;
  while (lo < hi)
    {
      guint32 middle = lo + (hi - lo) / 2;
      if (cf_cells_compare (cells->cells[middle].at, at) < 0)
        lo = middle + 1;
      else
        hi = middle;
    }
  return lo;
}

void
cf_cells_find_row (const CfCells *cells, const gint32 at[3], int dy, int dz, guint32 *first, guint32 *end)
{
  gint32 x0 = at[0] - 1, x1 = at[0] + 1, y = at[1] + dy, z = at[2] + dz;
  if (cells->start)
    {
      x0 = MAX (x0, 0);
      x1 = MIN (x1, cells->dims[0] - 1);
      *first = *end = 0;
      if (y < 0 || z < 0 || y >= cells->dims[1] || z >= cells->dims[2] || x0 > x1)
        return;
      gsize row = ((gsize) z * cells->dims[1] + y) * cells->dims[0];
      *first = cells->start[row + x0];
      *end = cells->start[row + x1 + 1];
      return;
    }
  guint32 c = first_from (cells, (gint32[3]){ x0, y, z });
  *first = cells->cells[c].first;
  while (c < cells->n_cells && cf_cells_compare (cells->cells[c].at, (gint32[3]){ x1, y, z }) <= 0)
    c++;
  *end = cells->cells[c].first;
}
