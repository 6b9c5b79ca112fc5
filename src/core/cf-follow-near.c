#include "cf-follow-near.h"

#include <math.h>
#include <string.h>

#define NONE G_MAXUINT32
#define RINGS 3 /* of cells around a place that are searched */
#define CELLS_MAX (1 << 22)

static void
list_add (CfNearList *list, guint32 id)
{
  if (list->n == list->room)
    {
      list->room = MAX (4, 2 * list->room);
      list->links = g_renew (CfNearLink, list->links, list->room);
    }
  guint32 k = list->n++;
  for (; k > 0 && list->links[k - 1].id > id; k--)
    list->links[k] = list->links[k - 1];
  list->links[k] = (CfNearLink){ id, CF_NEAR_UNKNOWN };
}

static void
list_remove (CfNearList *list, guint32 id)
{
  guint32 k = 0;
  while (k < list->n && list->links[k].id != id)
    k++;
  if (k == list->n)
    return;
  list->n--;
  memmove (list->links + k, list->links + k + 1, (list->n - k) * sizeof *list->links);
}

static double
distance2 (const double p[3], const double q[3])
{
  double x = p[0] - q[0], y = p[1] - q[1], z = p[2] - q[2];
  return x * x + y * y + z * z;
}

/* -- among themselves --------------------------------------------------------------------------------------------------------------- */

typedef struct
{
  double at[3];       /* where it was put */
  guint32 cell;       /* NONE: it is not in */
  guint32 next, last; /* of the same cell; NONE */
} Point;

struct _CfNearMoving
{
  guint32 n_ids;
  double low[3], side, reach2;
  int dims[3];
  guint32 *head; /* [dims] a point of each cell; NONE */
  Point *points; /* [n_ids] */
  CfNearList *lists; /* [n_ids] */
};

CfNearMoving *
cf_near_moving_new (guint32 n_ids, const double low[3], const double high[3], double reach)
{
  CfNearMoving *near = g_new0 (CfNearMoving, 1);
  double volume = 1;
  near->n_ids = n_ids;
  near->reach2 = (reach + CF_NEAR_SKIN) * (reach + CF_NEAR_SKIN);
  for (int a = 0; a < 3; a++)
    {
      near->low[a] = low[a];
      volume *= high[a] - low[a] + reach;
    }
  near->side = MAX (reach + CF_NEAR_SKIN, cbrt (volume / CELLS_MAX));
  gsize n_cells = 1;
  for (int a = 0; a < 3; a++)
    {
      near->dims[a] = (int) ((high[a] - low[a]) / near->side) + 1;
      n_cells *= near->dims[a];
    }
  near->head = g_new (guint32, n_cells);
  for (gsize c = 0; c < n_cells; c++)
    near->head[c] = NONE;
  near->points = g_new0 (Point, n_ids);
  near->lists = g_new0 (CfNearList, n_ids);
  for (guint32 i = 0; i < n_ids; i++)
    near->points[i].cell = NONE;
  return near;
}

void
cf_near_moving_free (CfNearMoving *near)
{
  if (!near)
    return;
  for (guint32 i = 0; i < near->n_ids; i++)
    g_free (near->lists[i].links);
  g_free (near->lists);
  g_free (near->points);
  g_free (near->head);
  g_free (near);
}

gboolean
cf_near_moving_holds (const CfNearMoving *near, guint32 id)
{
  return near->points[id].cell != NONE;
}

const double *
cf_near_moving_place (const CfNearMoving *near, guint32 id)
{
  return near->points[id].at;
}

CfNearList *
cf_near_moving_lists (CfNearMoving *near)
{
  return near->lists;
}

static void
find_cell (const CfNearMoving *near, const double at[3], int cell[3])
{
  for (int a = 0; a < 3; a++)
    cell[a] = (int) CLAMP ((at[a] - near->low[a]) / near->side, 0, near->dims[a] - 1);
}

static void
meet_cell (CfNearMoving *near, guint32 id, guint32 first)
{
  Point *point = &near->points[id];
  for (guint32 other = first; other != NONE; other = near->points[other].next)
    if (distance2 (point->at, near->points[other].at) <= near->reach2)
      {
        list_add (&near->lists[id], other);
        list_add (&near->lists[other], id);
      }
}

void
cf_near_moving_insert (CfNearMoving *near, guint32 id, const double at[3])
{
  Point *point = &near->points[id];
  int cell[3];
  find_cell (near, at, cell);
  memcpy (point->at, at, sizeof point->at);
  for (int z = MAX (cell[2] - 1, 0); z <= MIN (cell[2] + 1, near->dims[2] - 1); z++)
    for (int y = MAX (cell[1] - 1, 0); y <= MIN (cell[1] + 1, near->dims[1] - 1); y++)
      for (int x = MAX (cell[0] - 1, 0); x <= MIN (cell[0] + 1, near->dims[0] - 1); x++)
        meet_cell (near, id, near->head[((gsize) z * near->dims[1] + y) * near->dims[0] + x]);
  point->cell = (guint32) (((gsize) cell[2] * near->dims[1] + cell[1]) * near->dims[0] + cell[0]);
  point->last = NONE;
  point->next = near->head[point->cell];
  if (point->next != NONE)
    near->points[point->next].last = id;
  near->head[point->cell] = id;
}

void
cf_near_moving_remove (CfNearMoving *near, guint32 id)
{
  Point *point = &near->points[id];
  CfNearList *list = &near->lists[id];
  for (guint32 k = 0; k < list->n; k++)
    list_remove (&near->lists[list->links[k].id], id);
  list->n = 0;
  if (point->last != NONE)
    near->points[point->last].next = point->next;
  else
    near->head[point->cell] = point->next;
  if (point->next != NONE)
    near->points[point->next].last = point->last;
  point->cell = NONE;
}

gboolean
cf_near_moving_drifted (const CfNearMoving *near, guint32 id, const double at[3])
{
  return distance2 (near->points[id].at, at) > 0.9999 * CF_NEAR_SKIN * CF_NEAR_SKIN / 4; /* a hair less: rounding */
}

static void
search_cell (const CfNearMoving *near, const int cell[3], const double at[3], const double (*now)[3], double *best2)
{
  for (int a = 0; a < 3; a++)
    if (cell[a] < 0 || cell[a] >= near->dims[a])
      return;
  for (guint32 id = near->head[((gsize) cell[2] * near->dims[1] + cell[1]) * near->dims[0] + cell[0]]; id != NONE; id = near->points[id].next)
    *best2 = MIN (*best2, distance2 (now[id], at));
}

gboolean
cf_near_moving_nearest (const CfNearMoving *near, const double at[3], const double (*now)[3], double *best2)
{
  int middle[3];
  find_cell (near, at, middle);
  *best2 = HUGE_VAL;
  for (int ring = 0; ring <= RINGS; ring++)
    {
      for (int z = -ring; z <= ring; z++)
        for (int y = -ring; y <= ring; y++)
          {
            /* of the inner rows only their two ends are new */
            int step = ABS (z) == ring || ABS (y) == ring ? 1 : 2 * ring;
            for (int x = -ring; x <= ring; x += step)
              search_cell (near, (int[3]){ middle[0] + x, middle[1] + y, middle[2] + z }, at, now, best2);
          }
      double sure = ring * near->side - CF_NEAR_SKIN / 2;
      if (sure > 0 && *best2 <= sure * sure)
        return TRUE;
    }
  return FALSE;
}

/* -- near fixed ones ---------------------------------------------------------------------------------------------------------------- */

void
cf_near_fixed_init (CfNearFixed *near, const double (*fixed)[3], gsize n, double reach)
{
  *near = (CfNearFixed){ .fixed = fixed, .reach = reach + CF_NEAR_SKIN / 2, .lists = g_new0 (CfNearList, n) };
  cf_cells_init (&near->cells, fixed, n, cf_cells_side_for (fixed, n, near->reach));
}

void
cf_near_fixed_clear (CfNearFixed *near)
{
  for (gsize i = 0; near->lists && i < near->cells.n; i++)
    g_free (near->lists[i].links);
  g_clear_pointer (&near->lists, g_free);
  cf_cells_clear (&near->cells);
}

static void
change_lists (CfNearFixed *near, guint32 id, const double place[3], void (*change) (CfNearList *list, guint32 id))
{
  gint32 cell[3];
  cf_cells_locate (&near->cells, place, cell);
  for (int row = 0; row < 9; row++)
    {
      guint32 first, end;
      cf_cells_find_row (&near->cells, cell, row % 3 - 1, row / 3 - 1, &first, &end);
      for (guint32 k = first; k < end; k++)
        if (distance2 (near->fixed[near->cells.order[k]], place) <= near->reach * near->reach)
          change (&near->lists[near->cells.order[k]], id);
    }
}

void
cf_near_fixed_add (CfNearFixed *near, guint32 id, const double place[3])
{
  change_lists (near, id, place, list_add);
}

void
cf_near_fixed_remove (CfNearFixed *near, guint32 id, const double place[3])
{
  change_lists (near, id, place, list_remove);
}
