#include "cf-cells.h"

#include <math.h>
#include <stdlib.h>

#define CELL_LIMIT (1 << 30)

typedef struct
{
  const double (*doubles)[3];
  const float (*floats)[3];
} Points;

static inline void
points_get (const Points *points, gsize i, double out[3])
{
  for (int a = 0; a < 3; a++)
    out[a] = points->doubles ? points->doubles[i][a] : (double) points->floats[i][a];
}

static inline guint32
hash_cell (const gint32 at[3])
{
  guint64 h = (guint32) at[0] * G_GUINT64_CONSTANT (0x9E3779B97F4A7C15);
  h = (h ^ (h >> 29) ^ (guint32) at[1]) * G_GUINT64_CONSTANT (0xBF58476D1CE4E5B9);
  h = (h ^ (h >> 31) ^ (guint32) at[2]) * G_GUINT64_CONSTANT (0x94D049BB133111EB);
  return (guint32) (h >> 32);
}

void
cf_cells_locate (const CfCells *cells, const double point[3], gint32 at[3])
{
  for (int a = 0; a < 3; a++)
    {
      double v = floor ((point[a] - cells->low[a]) / cells->side);
      /* written so that NaN lands in a cell too: its distances then compare false */
      at[a] = v > -CELL_LIMIT ? v < CELL_LIMIT ? (gint32) v : CELL_LIMIT : -CELL_LIMIT;
    }
}

static guint32
slot_of (const CfCells *cells, const gint32 at[3])
{
  guint32 slot = hash_cell (at) & cells->mask;
  while (cells->table[slot])
    {
      const CfCell *cell = &cells->cells[cells->table[slot] - 1];
      if (cell->at[0] == at[0] && cell->at[1] == at[1] && cell->at[2] == at[2])
        break;
      slot = (slot + 1) & cells->mask;
    }
  return slot;
}

gint64
cf_cells_find (const CfCells *cells, const gint32 at[3])
{
  if (!cells->n_cells)
    return -1;
  return (gint64) cells->table[slot_of (cells, at)] - 1;
}

static void
table_resize (CfCells *cells, guint32 size)
{
  g_free (cells->table);
  cells->table = g_new0 (guint32, size);
  cells->mask = size - 1;
  for (guint32 c = 0; c < cells->n_cells; c++)
    cells->table[slot_of (cells, cells->cells[c].at)] = c + 1;
}

/* The cell of one point, made where it is new; `first` counts points until the cells are laid out. */
static guint32
add_point (CfCells *cells, const double point[3], guint32 *allocated)
{
  gint32 at[3];
  cf_cells_locate (cells, point, at);
  guint32 slot = slot_of (cells, at);
  if (!cells->table[slot])
    {
      if (cells->n_cells + 2 > *allocated)
        {
          *allocated *= 2;
          cells->cells = g_renew (CfCell, cells->cells, *allocated);
        }
      cells->cells[cells->n_cells] = (CfCell){ .at = { at[0], at[1], at[2] } };
      cells->n_cells++;
      cells->table[slot] = cells->n_cells;
      if (cells->n_cells > cells->mask / 2)
        table_resize (cells, (cells->mask + 1) * 2);
      slot = slot_of (cells, at);
    }
  return cells->table[slot] - 1;
}

int
cf_cells_compare (const gint32 a[3], const gint32 b[3])
{
  for (int axis = 2; axis >= 0; axis--)
    if (a[axis] != b[axis])
      return a[axis] < b[axis] ? -1 : 1;
  return 0;
}

static int
compare_cells (gconstpointer a, gconstpointer b)
{
  return cf_cells_compare (((const CfCell *) a)->at, ((const CfCell *) b)->at);
}

/* Cells in order of space, so that neighbours are near in memory too. */
static void
sort_cells (CfCells *cells)
{
  g_autofree guint32 *size = g_new (guint32, cells->n_cells), *number = g_new (guint32, cells->n_cells);
  for (guint32 c = 0; c < cells->n_cells; c++)
    {
      size[c] = cells->cells[c].first;
      cells->cells[c].first = c;
    }
  if (cells->n_cells)
    qsort (cells->cells, cells->n_cells, sizeof *cells->cells, compare_cells);
  for (guint32 c = 0; c < cells->n_cells; c++)
    {
      number[cells->cells[c].first] = c;
      cells->cells[c].first = size[cells->cells[c].first];
    }
  for (gsize i = 0; i < cells->n; i++)
    cells->cell_of[i] = number[cells->cell_of[i]];
  table_resize (cells, cells->mask + 1);
}

static void
lay_out (CfCells *cells)
{
  guint32 sum = 0;
  for (guint32 c = 0; c < cells->n_cells; c++)
    {
      guint32 count = cells->cells[c].first;
      cells->cells[c].first = sum;
      sum += count;
    }
  cells->cells[cells->n_cells].first = sum;
  for (gsize i = 0; i < cells->n; i++)
    cells->order[cells->cells[cells->cell_of[i]].first++] = (guint32) i;
  for (guint32 c = cells->n_cells; c > 0; c--)
    cells->cells[c].first = cells->cells[c - 1].first;
  cells->cells[0].first = 0;
}

static void
cells_init (CfCells *cells, const Points *points, gsize n, double side)
{
  g_assert (n < G_MAXUINT32 && side > 0);
  *cells = (CfCells){ .n = n, .side = side };
  cells->order = g_new (guint32, n);
  cells->cell_of = g_new (guint32, n);
  for (int a = 0; a < 3; a++)
    cells->low[a] = HUGE_VAL;
  for (gsize i = 0; i < n; i++)
    {
      double p[3];
      points_get (points, i, p);
      for (int a = 0; a < 3; a++)
        if (isfinite (p[a]) && p[a] < cells->low[a])
          cells->low[a] = p[a];
    }
  for (int a = 0; a < 3; a++)
    if (!isfinite (cells->low[a]))
      cells->low[a] = 0;
  guint32 allocated = 64;
  cells->cells = g_new (CfCell, allocated);
  table_resize (cells, 128);
  for (gsize i = 0; i < n; i++)
    {
      double p[3];
      points_get (points, i, p);
      guint32 c = add_point (cells, p, &allocated);
      cells->cell_of[i] = c;
      cells->cells[c].first++;
    }
  sort_cells (cells);
  lay_out (cells);
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
  g_clear_pointer (&cells->cell_of, g_free);
  g_clear_pointer (&cells->cells, g_free);
  g_clear_pointer (&cells->table, g_free);
}
