/* cf-cells.h: points sorted into cubic cells, for searches within a radius. Private to core. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  gint32 at[3];
  guint32 first; /* into order; the next cell's `first` ends it */
} CfCell;

/** Points of one cell stand together in `order`, ascending by index; cells ascend by z, then y, then x: so do the points of neighbours along
 * x. Read-only once made. */
typedef struct
{
  gsize n;
  double side, low[3]; /* A */
  guint32 *order;      /* [n] indices of points */
  CfCell *cells;       /* [n_cells + 1] */
  guint32 n_cells;
  guint32 *start;      /* where the box of cells is small: [dims + 1] into order, x fastest; else NULL */
  gint32 dims[3];
} CfCells;

/** Cells beyond 2^30 along an axis share the last one: harmless for a search within `side`. n < 2^32 - 1. */
void cf_cells_init (CfCells *cells, const double (*points)[3], gsize n, double side);
void cf_cells_init_float (CfCells *cells, const float (*points)[3], gsize n, double side);
void cf_cells_clear (CfCells *cells);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CfCells, cf_cells_clear)

/** A side of at least `reach` with which a search among these points has few empty cells to pass. */
double cf_cells_side_for (const double (*points)[3], gsize n, double reach);
void cf_cells_locate (const CfCells *cells, const double point[3], gint32 at[3]);
/** Negative, 0 or positive as a stands before, at or after b. */
int cf_cells_compare (const gint32 a[3], const gint32 b[3]);
/** The points of the three cells from x - 1 to x + 1 at y + dy, z + dz are order[*first] to order[*end - 1]. */
void cf_cells_find_row (const CfCells *cells, const gint32 at[3], int dy, int dz, guint32 *first, guint32 *end);

G_END_DECLS
