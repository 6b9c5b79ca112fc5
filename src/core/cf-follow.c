#include "cf-follow.h"

#include <math.h>
#include <string.h>

#include "cf-findings-private.h"
#include "cf-follow-near.h"
#include "cf-graph-private.h"
#include "cf-nearest.h"

#define BRUTE_RESIDUES 200
#define MANY 10000 /* nodes: from here on a second thread pays */
#define AHEAD 4 /* nodes, in each of the steps of fetching */
#define MOVED (1u << 31)

/* What is known of a cluster as long as it lives and does not move. */
typedef struct
{
  CfNode node;
  double atom_distance; /* A, as cf_findings_make () takes it */
} Slot;

struct _CfFollow
{
  gatomicrefcount ref_count;
  GMutex lock;
  CfSweep *sweep;
  CfField *field;
  CfStructure *structure;
  CfGraphOptions options;
  double adjacency; /* A */
  guint32 move;
  Slot *slots;          /* [cf_sweep_n_ids ()] */
  /* [cf_sweep_n_ids ()] each; what is read most, so each by itself and as small as it can be */
  CfPoint *now;   /* the cluster's place, A */
  guint32 *stand; /* its index among the present clusters, and MOVED where it is new or moved at the present move */
  guint32 *seen;  /* the move at which it lived last */
  GArray *living;       /* ids */
  CfNearMoving *nodes;
  /* of the structure */
  CfCompareModel model;
  CfNearFixed trace, atoms;
  CfNearest *atom;      /* any but hydrogen */
  CfPoint *heavy;       /* those, in the order of their cells */
  CfCells heavy_cells;
};

/* -- the whole ---------------------------------------------------------------------------------------------------------------------- */

static void
find_box (const CfPeaks *peaks, double low[3], double high[3])
{
  for (int a = 0; a < 3; a++)
    {
      low[a] = HUGE_VAL;
      high[a] = -HUGE_VAL;
      for (gsize i = 0; i < peaks->n; i++)
        {
          low[a] = MIN (low[a], peaks->peak[i][a]);
          high[a] = MAX (high[a], peaks->peak[i][a]);
        }
      if (!peaks->n)
        low[a] = high[a] = 0;
    }
}

static void
take_structure (CfFollow *f, CfStructure *structure)
{
  gsize n;
  f->structure = cf_structure_ref (structure);
  cf_compare_model_init (&f->model, structure, NULL, f->field != NULL && f->field->has_box ? &f->field->grid : NULL);
  cf_near_fixed_init (&f->trace, (const CfPoint *) f->model.trace.at, f->model.trace.n, CF_COMPARE_CA_CUTOFF);
  cf_near_fixed_init (&f->atoms, (const CfPoint *) f->model.atoms.at, f->model.atoms.n, CF_COMPARE_ATOM_CUTOFF);
  g_autofree CfPoint *heavy = cf_findings_atoms (structure, &n);
  f->atom = cf_nearest_new ((const CfPoint *) heavy, n);
  cf_cells_init (&f->heavy_cells, (const CfPoint *) heavy, n, CF_FINDING_REACH);
  f->heavy = g_malloc_n (n, sizeof *f->heavy);
  for (gsize k = 0; k < n; k++)
    memcpy (f->heavy[k], heavy[f->heavy_cells.order[k]], sizeof f->heavy[k]);
}

CfFollow *
cf_follow_new (CfSweep *sweep, CfField *field, CfStructure *structure, const CfGraphOptions *options)
{
  static const CfClusters none = { 0 };
  static const CfLevel level = { 0 };
  double low[3], high[3];
  CfFollow *f = g_new0 (CfFollow, 1);
  g_autoptr (CfGraph) graph = cf_graph_alloc (0, 0);
  g_atomic_ref_count_init (&f->ref_count);
  g_mutex_init (&f->lock);
  f->sweep = cf_sweep_ref (sweep);
  f->field = field ? cf_field_ref (field) : NULL;
  f->options = (CfGraphOptions){ .adjacency = options->adjacency, .min_component = options->min_component };
  cf_graph_describe (graph, &none, field, &level, &f->options);
  f->adjacency = graph->adjacency;
  f->slots = g_new0 (Slot, cf_sweep_n_ids (sweep));
  f->now = g_new0 (CfPoint, cf_sweep_n_ids (sweep));
  f->stand = g_new0 (guint32, cf_sweep_n_ids (sweep));
  f->seen = g_new0 (guint32, cf_sweep_n_ids (sweep));
  f->living = g_array_new (FALSE, FALSE, sizeof (guint32));
  find_box (cf_sweep_get_peaks (sweep), low, high);
  f->nodes = cf_near_moving_new (cf_sweep_n_ids (sweep), low, high, f->adjacency);
  if (structure)
    take_structure (f, structure);
  return f;
}

CfFollow *
cf_follow_ref (CfFollow *follow)
{
  g_atomic_ref_count_inc (&follow->ref_count);
  return follow;
}

void
cf_follow_unref (CfFollow *f)
{
  if (!g_atomic_ref_count_dec (&f->ref_count))
    return;
  g_mutex_clear (&f->lock);
  cf_near_moving_free (f->nodes);
  g_array_unref (f->living);
  g_free (f->slots);
  g_free (f->now);
  g_free (f->stand);
  g_free (f->seen);
  if (f->structure)
    {
      cf_near_fixed_clear (&f->trace);
      cf_near_fixed_clear (&f->atoms);
      cf_compare_model_clear (&f->model);
      cf_nearest_free (f->atom);
      cf_cells_clear (&f->heavy_cells);
      g_free (f->heavy);
      cf_structure_unref (f->structure);
    }
  if (f->field)
    cf_field_unref (f->field);
  cf_sweep_unref (f->sweep);
  g_free (f);
}

gboolean
cf_follow_is_of (const CfFollow *f, const CfSweep *sweep, const CfField *field, const CfStructure *structure, const CfGraphOptions *options)
{
  return f->sweep == sweep && f->field == field && f->structure == structure && f->options.adjacency == options->adjacency
         && f->options.min_component == options->min_component;
}

/* -- the clusters that come, go and move ---------------------------------------------------------------------------------------------- */

static gboolean
is_explained (const CfFollow *f, const double at[3])
{
  gint32 cell[3];
  cf_cells_locate (&f->heavy_cells, at, cell);
  for (int row = 0; row < 9; row++)
    {
      guint32 first, end;
      /* its own row first: nearly always that is enough */
      cf_cells_find_row (&f->heavy_cells, cell, (row + 1) % 3 - 1, (row / 3 + 1) % 3 - 1, &first, &end);
      for (guint32 k = first; k < end; k++)
        {
          double x = at[0] - f->heavy[k][0], y = at[1] - f->heavy[k][1], z = at[2] - f->heavy[k][2];
          if (x * x + y * y + z * z <= CF_FINDING_REACH * CF_FINDING_REACH)
            return TRUE;
        }
    }
  return FALSE;
}

static void
settle (CfFollow *f, Slot *slot, const double pos[3], CfDensityFunc density, gpointer user_data)
{
  memcpy (slot->node.pos, pos, sizeof slot->node.pos);
  slot->node.density = density ? density (pos, user_data) : NAN;
  cf_graph_place_node (&slot->node, f->field);
  slot->atom_distance = 0;
  if (f->structure && !is_explained (f, pos))
    cf_nearest_find (f->atom, pos, &slot->atom_distance);
}

static void
take_out (CfFollow *f, guint32 id)
{
  const double *place = cf_near_moving_place (f->nodes, id);
  if (f->structure)
    {
      cf_near_fixed_remove (&f->trace, id, place);
      cf_near_fixed_remove (&f->atoms, id, place);
    }
  cf_near_moving_remove (f->nodes, id);
}

static void
put_in (CfFollow *f, guint32 id, const double pos[3])
{
  cf_near_moving_insert (f->nodes, id, pos);
  if (f->structure)
    {
      cf_near_fixed_add (&f->trace, id, pos);
      cf_near_fixed_add (&f->atoms, id, pos);
    }
}

static void
bury (CfFollow *f)
{
  for (guint i = 0; i < f->living->len; i++)
    {
      guint32 id = g_array_index (f->living, guint32, i);
      if (f->seen[id] != f->move)
        take_out (f, id);
    }
}

static void
follow_clusters (CfFollow *f, const CfClusters *clusters, CfDensityFunc density, gpointer user_data)
{
  f->move++;
  for (guint32 i = 0; i < clusters->n; i++)
    {
      guint32 id = clusters->clusters[i].id;
      f->stand[id] = i;
      f->seen[id] = f->move;
    }
  bury (f);
  g_array_set_size (f->living, (guint) clusters->n);
  for (guint32 i = 0; i < clusters->n; i++)
    {
      const CfCluster *cluster = &clusters->clusters[i];
      gboolean in = cf_near_moving_holds (f->nodes, cluster->id);
      g_array_index (f->living, guint32, i) = cluster->id;
      if (in && !memcmp (f->now[cluster->id], cluster->pos, sizeof cluster->pos))
        continue;
      memcpy (f->now[cluster->id], cluster->pos, sizeof cluster->pos);
      f->stand[cluster->id] |= MOVED;
      settle (f, &f->slots[cluster->id], cluster->pos, density, user_data);
      if (in && !cf_near_moving_drifted (f->nodes, cluster->id, cluster->pos))
        continue;
      if (in)
        take_out (f, cluster->id);
      put_in (f, cluster->id, cluster->pos);
    }
}

/* -- the graph ------------------------------------------------------------------------------------------------------------------------ */

/* Lists lie anywhere in memory: that of the node after next is fetched meanwhile. */
static void
fetch_ahead (const CfFollow *f, const CfNearList *near, guint32 i)
{
  guint n = f->living->len;
  if (i + 2 * AHEAD < n)
    __builtin_prefetch (&near[g_array_index (f->living, guint32, i + 2 * AHEAD)]);
  if (i + AHEAD < n)
    __builtin_prefetch (near[g_array_index (f->living, guint32, i + AHEAD)].links);
}

/* As cf_graph_find_edges () has it; HUGE_VAL beyond the adjacency. */
static float
find_length (const CfFollow *f, const double p[3], const double q[3])
{
  double d2 = (p[0] - q[0]) * (p[0] - q[0]) + (p[1] - q[1]) * (p[1] - q[1]) + (p[2] - q[2]) * (p[2] - q[2]);
  return d2 <= f->adjacency * f->adjacency ? (float) sqrt (d2) : HUGE_VALF;
}

typedef struct
{
  CfEdge *edges;
  gsize n, room;
} Edges;

/* Nodes ascend by their clusters' ids, and so do the lists: edges come in the order of (a, b). A link's length is true unless one of its ends moved; only
 * that with the higher id is kept so. */
static void
append_edges (const CfFollow *f, const CfNearList *list, guint32 i, Edges *out)
{
  guint32 id = g_array_index (f->living, guint32, i), k = list->n, moved = f->stand[id] & MOVED;
  while (k > 0 && list->links[k - 1].id > id)
    k--;
  if (out->n + list->n > out->room)
    {
      out->room = MAX (2 * out->room, out->n + list->n);
      out->edges = g_renew (CfEdge, out->edges, out->room);
    }
  for (; k < list->n; k++)
    {
      CfNearLink *link = &list->links[k];
      guint32 stand = f->stand[link->id];
      if (((stand | moved) & MOVED) || link->length < 0)
        link->length = find_length (f, f->now[id], f->now[link->id]);
      if (link->length < HUGE_VALF)
        out->edges[out->n++] = (CfEdge){ i, stand & ~MOVED, link->length };
    }
}

static void
find_edges (CfFollow *f, CfGraph *graph)
{
  CfNearList *near = cf_near_moving_lists (f->nodes);
  Edges out = { .room = 4 * graph->n_nodes + 1 };
  out.edges = g_new (CfEdge, out.room);
  for (guint32 i = 0; i < graph->n_nodes; i++)
    {
      fetch_ahead (f, near, i);
      append_edges (f, &near[g_array_index (f->living, guint32, i)], i, &out);
    }
  g_free (graph->edges);
  graph->n_edges = out.n;
  graph->edges = out.edges;
}

static CfGraph *
make_nodes (const CfFollow *f, const CfClusters *clusters, const CfLevel *level)
{
  CfGraph *graph = cf_graph_alloc (clusters->n, 0);
  for (guint32 i = 0; i < clusters->n; i++)
    {
      const CfCluster *cluster = &clusters->clusters[i];
      graph->nodes[i] = f->slots[cluster->id].node;
      cf_graph_fill_node (&graph->nodes[i], cluster, graph->nodes[i].density);
    }
  cf_graph_describe (graph, clusters, f->field, level, &f->options);
  return graph;
}

typedef struct
{
  CfFollow *follow;
  CfGraph *graph;
} Linking;

static gpointer
link_nodes (gpointer data)
{
  Linking *linking = data;
  find_edges (linking->follow, linking->graph);
  cf_graph_finish (linking->graph, NULL);
  return NULL;
}

/* Edges and components, which read and write nothing that a comparison does as long as no node is dropped: beside it then, on a thread of their own where
 * there is enough to do. NULL: they are there, and so is new_of. */
static GThread *
begin_linking (Linking *linking, guint32 **new_of)
{
  gsize n = linking->graph->n_nodes;
  gboolean apart = linking->follow->structure && linking->graph->min_component <= 1 && n >= MANY;
  GThread *thread = apart ? g_thread_try_new ("links", link_nodes, linking, NULL) : NULL;
  if (!thread)
    {
      find_edges (linking->follow, linking->graph);
      cf_graph_finish (linking->graph, new_of);
      return NULL;
    }
  *new_of = g_new (guint32, n);
  for (guint32 i = 0; i < n; i++)
    (*new_of)[i] = i;
  return thread;
}

/* -- the comparison --------------------------------------------------------------------------------------------------------------------- */

static CfPairs *
make_pairs (const CfFollow *f, const CfNearFixed *near, double cutoff, const guint32 *new_of, gsize n_nodes)
{
  CfPairs *out = g_new (CfPairs, 1);
  GArray *pairs = g_array_sized_new (FALSE, FALSE, sizeof (CfPair), (guint) MIN (2 * near->cells.n, 1 << 24));
  for (guint32 t = 0; t < near->cells.n; t++)
    {
      if (t + 2 * AHEAD < near->cells.n)
        __builtin_prefetch (near->lists[t + 2 * AHEAD].links);
      for (guint32 k = 0; t + AHEAD < near->cells.n && k < near->lists[t + AHEAD].n; k++)
        __builtin_prefetch (f->now[near->lists[t + AHEAD].links[k].id]);
      for (guint32 k = 0; k < near->lists[t].n; k++)
        {
          guint32 id = near->lists[t].links[k].id, node = f->stand[id] & ~MOVED;
          const double *p = near->fixed[t], *q = f->now[id];
          double x = p[0] - q[0], y = p[1] - q[1], z = p[2] - q[2], d2 = x * x + y * y + z * z;
          if (d2 <= cutoff * cutoff && new_of[node] != G_MAXUINT32)
            {
              CfPair pair = { t, new_of[node], d2 };
              g_array_append_val (pairs, pair);
            }
        }
    }
  *out = (CfPairs){ near->cells.n, n_nodes, pairs->len, cutoff, NULL };
  out->pairs = (CfPair *) g_array_free (pairs, FALSE);
  return out;
}

/* A tree is worth its making only for many residues. */
static void
find_far (const CfGraph *graph, const CfStructure *structure, const CfComparison *c, const GArray *far, double *distance)
{
  g_autofree CfPoint *at = g_malloc_n (graph->n_nodes, sizeof *at);
  g_autoptr (CfNearest) nearest = NULL;
  for (gsize i = 0; i < graph->n_nodes; i++)
    memcpy (at[i], graph->nodes[i].pos, sizeof at[i]);
  if (far->len > BRUTE_RESIDUES)
    nearest = cf_nearest_new ((const CfPoint *) at, graph->n_nodes);
  for (guint k = 0; k < far->len; k++)
    {
      guint32 r = g_array_index (far, guint32, k);
      const float *pos = structure->atoms[c->atom_of_residue[r]].pos;
      double best2 = HUGE_VAL;
      if (nearest)
        cf_nearest_find (nearest, (double[3]){ pos[0], pos[1], pos[2] }, &distance[r]);
      else
        {
          for (gsize i = 0; i < graph->n_nodes; i++)
            {
              double x = at[i][0] - pos[0], y = at[i][1] - pos[1], z = at[i][2] - pos[2], d2 = x * x + y * y + z * z;
              best2 = MIN (best2, d2);
            }
          distance[r] = graph->n_nodes ? sqrt (best2) : NAN;
        }
    }
}

/* Of residues that a node is near, by the pairs; of most others by the cells around them. */
static double *
find_residue_distances (const CfFollow *f, const CfGraph *graph, const CfComparison *c, const CfPairs *pairs)
{
  double *distance = g_new (double, c->n_residues);
  g_autoptr (GArray) far = g_array_new (FALSE, FALSE, sizeof (guint32));
  gboolean whole = graph->n_nodes == f->living->len; /* else some of those in the cells are not nodes */
  for (gsize r = 0; r < c->n_residues; r++)
    distance[r] = HUGE_VAL;
  for (gsize k = 0; k < pairs->n; k++)
    {
      double *least = &distance[f->model.trace.residue[pairs->pairs[k].a]];
      *least = MIN (*least, sqrt (pairs->pairs[k].cost));
    }
  for (guint32 r = 0; r < c->n_residues; r++)
    if (cf_findings_is_missed (c, r) && isinf (distance[r]))
      {
        const float *pos = f->structure->atoms[c->atom_of_residue[r]].pos;
        double best2;
        if (whole && cf_near_moving_nearest (f->nodes, (double[3]){ pos[0], pos[1], pos[2] }, (const CfPoint *) f->now, &best2))
          distance[r] = sqrt (best2);
        else
          g_array_append_val (far, r);
      }
  if (far->len)
    find_far (graph, f->structure, c, far, distance);
  return distance;
}

static double *
no_distances (gsize n)
{
  double *distance = g_new (double, n);
  for (gsize r = 0; r < n; r++)
    distance[r] = NAN;
  return distance;
}

static CfFindings *
make_findings (const CfFollow *f, const CfGraph *graph, const CfComparison *c, const CfPairs *pairs, const guint32 *new_of,
               const float *residue_density)
{
  g_autofree double *node_distance = g_new (double, graph->n_nodes);
  g_autofree double *residue_distance = residue_density == NULL ? find_residue_distances (f, graph, c, pairs) : no_distances (c->n_residues);
  for (guint i = 0; i < f->living->len; i++)
    if (new_of[i] != G_MAXUINT32)
      node_distance[new_of[i]] = f->slots[g_array_index (f->living, guint32, i)].atom_distance;
  return cf_findings_make (graph, f->structure, c, residue_density, node_distance, residue_distance);
}

static gboolean
compare (CfFollow *f, const guint32 *new_of, const float *residue_density, CfFollowed *made, GCancellable *cancellable, GError **error)
{
  gsize n = made->graph->n_nodes;
  g_autoptr (CfPairs) trace = make_pairs (f, &f->trace, CF_COMPARE_CA_CUTOFF, new_of, n);
  g_autoptr (CfPairs) atoms = make_pairs (f, &f->atoms, CF_COMPARE_ATOM_CUTOFF, new_of, n);
  made->comparison = cf_compare_pairs (&f->model, trace, atoms, n, CF_MATCH_OPTIMAL, cancellable, error);
  if (!made->comparison)
    return FALSE;
  made->findings = make_findings (f, made->graph, made->comparison, trace, new_of, residue_density);
  return TRUE;
}

gboolean
cf_follow_move (CfFollow *f, const CfLevel *level, CfDensityFunc density, gpointer user_data, const float *residue_density, CfFollowed *out,
                GCancellable *cancellable, GError **error)
{
  g_autoptr (CfClusters) clusters = cf_sweep_cut (f->sweep, level->normalised, FALSE);
  g_autofree guint32 *new_of = NULL;
  g_auto (CfFollowed) made = { 0 };
  g_mutex_lock (&f->lock);
  follow_clusters (f, clusters, density, user_data);
  made.graph = make_nodes (f, clusters, level);
  Linking linking = { f, made.graph };
  GThread *thread = begin_linking (&linking, &new_of);
  gboolean ok = !f->structure || compare (f, new_of, residue_density, &made, cancellable, error);
  if (thread)
    g_thread_join (thread);
  g_mutex_unlock (&f->lock);
  if (!ok)
    return FALSE;
  *out = made;
  made = (CfFollowed){ 0 };
  return TRUE;
}

void
cf_followed_clear (CfFollowed *followed)
{
  g_clear_pointer (&followed->graph, cf_graph_unref);
  g_clear_pointer (&followed->comparison, cf_comparison_free);
  g_clear_pointer (&followed->findings, cf_findings_free);
}
