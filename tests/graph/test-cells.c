/* Cells: every point once, cells and points in order, and a search that misses no neighbour, wherever the points lie. */
#include <math.h>

#include "cf-cells.h"
#include "cf-random.h"

#define N 400
#define SIDE 1.5

typedef struct
{
  const char *name;
  double extent[3];  /* A */
  double stray;      /* the first point lies here, along x */
  gboolean table;    /* a small box: cells are looked up in a table */
} Set;

static const Set sets[] = {
  { "dense", { 9, 10, 11 }, 0, TRUE },
  { "flat", { 60, 60, 0 }, 0, TRUE },
  { "sparse", { 60, 60, 60 }, 0, FALSE },
  { "one stray atom", { 9, 9, 9 }, 9999.999, FALSE },
  { "beyond the cells that are counted", { 9, 9, 9 }, 1e12, FALSE },
  { "not a number", { 9, 9, 9 }, NAN, FALSE },
};

static void
fill (const Set *set, double (*points)[3])
{
  CfRandom random;
  cf_random_init (&random, 7, 0);
  for (int i = 0; i < N; i++)
    for (int a = 0; a < 3; a++)
      points[i][a] = -20 + set->extent[a] * cf_random_double (&random);
  if (set->stray != 0)
    points[0][0] = set->stray;
}

static gboolean
is_found (const CfCells *cells, const double at[3], guint32 j)
{
  gint32 cell[3];
  gboolean found = FALSE;
  cf_cells_locate (cells, at, cell);
  for (int row = 0; row < 9; row++)
    {
      guint32 first, end;
      cf_cells_find_row (cells, cell, row % 3 - 1, row / 3 - 1, &first, &end);
      g_assert_true (first <= end && end <= cells->n);
      for (guint32 k = first; k < end; k++)
        if (cells->order[k] == j)
          {
            g_assert_false (found);
            found = TRUE;
          }
    }
  return found;
}

static void
check_order (const CfCells *cells, const double (*points)[3])
{
  guint8 seen[N] = { 0 };
  for (guint32 c = 0; c < cells->n_cells; c++)
    {
      g_assert_true (c == 0 || cf_cells_compare (cells->cells[c - 1].at, cells->cells[c].at) < 0);
      g_assert_cmpuint (cells->cells[c].first, <, cells->cells[c + 1].first);
      for (guint32 k = cells->cells[c].first; k < cells->cells[c + 1].first; k++)
        {
          gint32 at[3];
          g_assert_true (k == cells->cells[c].first || cells->order[k - 1] < cells->order[k]);
          g_assert_false (seen[cells->order[k]]++);
          cf_cells_locate (cells, points[cells->order[k]], at);
          g_assert_cmpint (cf_cells_compare (at, cells->cells[c].at), ==, 0);
        }
    }
  g_assert_cmpuint (cells->cells[cells->n_cells].first, ==, N);
}

static void
test_set (gconstpointer data)
{
  const Set *set = data;
  double points[N][3];
  int n_near = 0;
  g_auto (CfCells) cells = { 0 };
  fill (set, points);
  cf_cells_init (&cells, (const double (*)[3]) points, N, SIDE);
  g_assert_cmpint (cells.start != NULL, ==, set->table);
  check_order (&cells, (const double (*)[3]) points);
  for (guint32 i = 0; i < N; i++)
    for (guint32 j = 0; j < N; j++)
      {
        double x = points[i][0] - points[j][0], y = points[i][1] - points[j][1], z = points[i][2] - points[j][2];
        if (!(x * x + y * y + z * z <= SIDE * SIDE))
          continue;
        g_assert_true (is_found (&cells, points[i], j));
        n_near += i != j;
      }
  g_assert_cmpint (n_near, >, 0);
}

/* More points than fit a few digits of the sort, and many in one cell. */
static void
test_many (void)
{
  const gsize n = 200000;
  g_autofree float (*points)[3] = g_malloc_n (n, sizeof *points);
  g_auto (CfCells) cells = { 0 };
  CfRandom random;
  cf_random_init (&random, 8, 0);
  for (gsize i = 0; i < n; i++)
    for (int a = 0; a < 3; a++)
      points[i][a] = (float) (i % 3 ? 300 * cf_random_double (&random) : 7);
  cf_cells_init_float (&cells, (const float (*)[3]) points, n, 0.3);
  g_assert_cmpuint (cells.cells[cells.n_cells].first, ==, n);
  for (guint32 c = 0; c < cells.n_cells; c++)
    {
      g_assert_true (c == 0 || cf_cells_compare (cells.cells[c - 1].at, cells.cells[c].at) < 0);
      for (guint32 k = cells.cells[c].first; k < cells.cells[c + 1].first; k++)
        {
          gint32 at[3];
          double p[3] = { points[cells.order[k]][0], points[cells.order[k]][1], points[cells.order[k]][2] };
          cf_cells_locate (&cells, p, at);
          g_assert_cmpint (cf_cells_compare (at, cells.cells[c].at), ==, 0);
          g_assert_true (k == cells.cells[c].first || cells.order[k - 1] < cells.order[k]);
        }
    }
}

static void
test_none (void)
{
  g_auto (CfCells) cells = { 0 };
  gint32 at[3] = { 0 };
  guint32 first, end;
  cf_cells_init (&cells, NULL, 0, SIDE);
  g_assert_cmpuint (cells.n_cells, ==, 0);
  cf_cells_find_row (&cells, at, 0, 0, &first, &end);
  g_assert_cmpuint (first, ==, end);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (sets); i++)
    {
      g_autofree char *path = g_strconcat ("/cells/", sets[i].name, NULL);
      g_test_add_data_func (path, &sets[i], test_set);
    }
  g_test_add_func ("/cells/many", test_many);
  g_test_add_func ("/cells/none", test_none);
  return g_test_run ();
}
