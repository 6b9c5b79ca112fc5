/* cf-sweep-cursor.c: one pile for each cluster that ever lives. Seeds come and go one by one, piles are put together and taken apart; sums
 * are of integers, so that what is undone leaves no trace. */
#include "cf-sweep-cursor.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define AHEAD 12 /* seeds whose piles are fetched before they are used */
#define UNIT 16777216.0 /* steps of a sum in an A */

typedef struct
{
  gint64 sum[3]; /* A times UNIT */
  guint32 size;
  float best;
} Pile;

/* At `rank` the pile `from` joins `to`; it stays as it is, so that it can be taken out again. */
typedef struct
{
  guint32 rank, from, to;
  float best_before; /* of `to` */
} Union;

struct _CfSweepCursor
{
  const CfPeaks *peaks;
  const guint32 *merged;
  guint32 k;          /* seeds that are in */
  guint32 next_union; /* those before are done */
  guint32 n_born, n_unions;
  guint32 *born;      /* [n_born] rank of the first seed of each pile */
  Pile *piles;        /* [n_born] */
  Union *unions;      /* in the order of their doing */
  guint32 *pile_of;   /* [n] where a seed goes */
  float *best_before; /* [n] of that pile */
};

/* At one rank the younger first: what it brings goes on with the elder. */
static int
compare_unions (gconstpointer a, gconstpointer b)
{
  const Union *x = a, *y = b;
  if (x->rank != y->rank)
    return x->rank < y->rank ? -1 : 1;
  return x->from > y->from ? -1 : x->from < y->from;
}

static void
find_unions (CfSweepCursor *c, const guint32 *parent)
{
  c->unions = g_new (Union, c->n_born);
  for (guint32 p = 0; p < c->n_born; p++)
    {
      guint32 rank = c->merged[c->born[p]];
      if (rank < c->peaks->n)
        c->unions[c->n_unions++] = (Union){ .rank = rank, .from = p, .to = c->pile_of[parent[c->born[p]]] };
    }
  if (c->n_unions)
    qsort (c->unions, c->n_unions, sizeof *c->unions, compare_unions);
}

CfSweepCursor *
cf_sweep_cursor_new (const CfPeaks *peaks, const guint32 *parent, const guint32 *merged)
{
  CfSweepCursor *c = g_new0 (CfSweepCursor, 1);
  c->peaks = peaks;
  c->merged = merged;
  for (guint32 i = 0; i < peaks->n; i++)
    c->n_born += merged[i] != i;
  c->born = g_new (guint32, c->n_born);
  c->piles = g_new (Pile, c->n_born);
  c->pile_of = g_new (guint32, peaks->n);
  c->best_before = g_new (float, peaks->n);
  guint32 n = 0;
  for (guint32 i = 0; i < peaks->n; i++)
    {
      if (merged[i] != i)
        c->born[n] = i;
      c->pile_of[i] = merged[i] != i ? n++ : c->pile_of[parent[i]]; /* the elder stands before */
    }
  for (guint32 p = 0; p < c->n_born; p++)
    c->piles[p] = (Pile){ .best = -G_MAXFLOAT };
  find_unions (c, parent);
  return c;
}

void
cf_sweep_cursor_free (CfSweepCursor *c)
{
  if (!c)
    return;
  g_free (c->born);
  g_free (c->piles);
  g_free (c->unions);
  g_free (c->pile_of);
  g_free (c->best_before);
  g_free (c);
}

guint32
cf_sweep_cursor_n_ids (const CfSweepCursor *c)
{
  return c->n_born;
}

static void
add (gint64 sum[3], const float at[3], int sign)
{
  for (int a = 0; a < 3; a++)
    sum[a] += sign * (gint64) rint (at[a] * UNIT);
}

static void
do_next (CfSweepCursor *c)
{
  guint32 i = c->k++;
  Pile *pile = &c->piles[c->pile_of[i]];
  c->best_before[i] = pile->best;
  add (pile->sum, c->peaks->peak[i], 1);
  pile->size++;
  pile->best = MAX (pile->best, c->peaks->peak_density[i]);
  for (; c->next_union < c->n_unions && c->unions[c->next_union].rank == i; c->next_union++)
    {
      Union *u = &c->unions[c->next_union];
      Pile *to = &c->piles[u->to];
      const Pile *from = &c->piles[u->from];
      for (int a = 0; a < 3; a++)
        to->sum[a] += from->sum[a];
      to->size += from->size;
      u->best_before = to->best;
      to->best = MAX (to->best, from->best);
    }
}

static void
undo_last (CfSweepCursor *c)
{
  guint32 i = --c->k;
  for (; c->next_union > 0 && c->unions[c->next_union - 1].rank == i; c->next_union--)
    {
      const Union *u = &c->unions[c->next_union - 1];
      Pile *to = &c->piles[u->to];
      const Pile *from = &c->piles[u->from];
      for (int a = 0; a < 3; a++)
        to->sum[a] -= from->sum[a];
      to->size -= from->size;
      to->best = u->best_before;
    }
  Pile *pile = &c->piles[c->pile_of[i]];
  add (pile->sum, c->peaks->peak[i], -1);
  pile->size--;
  pile->best = c->best_before[i];
}

static void
start_again (CfSweepCursor *c)
{
  c->k = c->next_union = 0;
  for (guint32 p = 0; p < c->n_born; p++)
    c->piles[p] = (Pile){ .best = -G_MAXFLOAT };
}

static void
take_cluster (const CfSweepCursor *c, guint32 p, CfCluster *out)
{
  const CfPeaks *peaks = c->peaks;
  const Pile *pile = &c->piles[p];
  guint32 first = c->born[p], rank = c->merged[first];
  *out = (CfCluster){ .id = p, .size = pile->size, .best = pile->best, .birth = peaks->seed_density[first] };
  out->merge = rank < peaks->n ? peaks->seed_density[rank] : (float) peaks->lowest;
  for (int a = 0; a < 3; a++)
    out->pos[a] = pile->sum[a] / UNIT / pile->size;
}

void
cf_sweep_cursor_move (CfSweepCursor *c, guint32 k, CfCluster *out, gsize n)
{
  if (k < c->k && c->k - k > k)
    start_again (c);
  while (c->k > k)
    {
      if (c->k > AHEAD)
        __builtin_prefetch (&c->piles[c->pile_of[c->k - AHEAD]], 1);
      undo_last (c);
    }
  while (c->k < k)
    {
      if (c->k + AHEAD < k)
        __builtin_prefetch (&c->piles[c->pile_of[c->k + AHEAD]], 1);
      do_next (c);
    }
  gsize at = 0;
  for (guint32 p = 0; p < c->n_born && c->born[p] < k; p++)
    if (c->merged[c->born[p]] >= k)
      take_cluster (c, p, &out[at++]);
  g_assert (at == n);
}
