#include "cf-graph.h"

#include <math.h>
#include <string.h>

#include "cf-cells.h"
#include "cf-graph-private.h"

#define ADJACENCY_UNKNOWN 4.0 /* A */

CfGraph *
cf_graph_alloc (gsize n_nodes, gsize n_edges)
{
  CfGraph *graph = g_new0 (CfGraph, 1);
  g_atomic_ref_count_init (&graph->ref_count);
  graph->nodes = g_new0 (CfNode, n_nodes);
  graph->edges = g_new0 (CfEdge, n_edges);
  graph->n_nodes = n_nodes;
  graph->n_edges = n_edges;
  graph->level = (CfLevel){ NAN, NAN, NAN };
  return graph;
}

/* A stable counting sort by one end of the edges, at `offset` in them. */
static void
sort_edges (const CfEdge *from, CfEdge *to, gsize n_edges, gsize n_nodes, gsize offset)
{
  g_autofree guint32 *place = g_new0 (guint32, n_nodes + 1);
  for (gsize e = 0; e < n_edges; e++)
    place[G_STRUCT_MEMBER (guint32, &from[e], offset) + 1]++;
  for (gsize i = 1; i <= n_nodes; i++)
    place[i] += place[i - 1];
  for (gsize e = 0; e < n_edges; e++)
    to[place[G_STRUCT_MEMBER (guint32, &from[e], offset)]++] = from[e];
}

/* Edges of node i to those after it, of the places `points` that stand in the cells' order. */
static void
edges_of_node (const CfGraph *graph, const CfCells *cells, const double (*points)[3], guint32 i, GArray *edges)
{
  double limit = graph->adjacency * graph->adjacency;
  const double *p = graph->nodes[i].pos;
  gint32 at[3];
  cf_cells_locate (cells, p, at);
  for (int row = 0; row < 9; row++)
    {
      guint32 first, end;
      cf_cells_find_row (cells, at, row % 3 - 1, row / 3 - 1, &first, &end);
      for (guint32 k = first; k < end; k++)
        {
          const double *q = points[k];
          double d2 = (p[0] - q[0]) * (p[0] - q[0]) + (p[1] - q[1]) * (p[1] - q[1]) + (p[2] - q[2]) * (p[2] - q[2]);
          if (d2 <= limit && cells->order[k] > i)
            {
              CfEdge edge = { i, cells->order[k], (float) sqrt (d2) };
              g_array_append_val (edges, edge);
            }
        }
    }
}

void
cf_graph_find_edges (CfGraph *graph)
{
  gsize n = graph->n_nodes;
  g_autofree double (*points)[3] = g_malloc_n (n, sizeof *points);
  g_auto (CfCells) cells = { 0 };
  for (gsize i = 0; i < n; i++)
    memcpy (points[i], graph->nodes[i].pos, sizeof points[i]);
  double side = cf_cells_side_for ((const double (*)[3]) points, n, MAX (graph->adjacency, 1e-6));
  cf_cells_init (&cells, (const double (*)[3]) points, n, side);
  for (gsize k = 0; k < n; k++)
    memcpy (points[k], graph->nodes[cells.order[k]].pos, sizeof points[k]);
  g_autoptr (GArray) found = g_array_sized_new (FALSE, FALSE, sizeof (CfEdge), (guint) MIN (4 * n, 1 << 24));
  /* in the order of the cells, so that what is looked at is in the processor's cache; then in the order of the nodes */
  for (gsize k = 0; k < n; k++)
    edges_of_node (graph, &cells, (const double (*)[3]) points, cells.order[k], found);
  g_free (graph->edges);
  graph->n_edges = found->len;
  graph->edges = g_new (CfEdge, found->len);
  g_autofree CfEdge *by_b = g_new (CfEdge, found->len);
  sort_edges ((const CfEdge *) found->data, by_b, found->len, n, G_STRUCT_OFFSET (CfEdge, b));
  sort_edges (by_b, graph->edges, found->len, n, G_STRUCT_OFFSET (CfEdge, a));
}

static guint32
find_root (guint32 *up, guint32 i)
{
  while (up[i] != i)
    {
      up[i] = up[up[i]];
      i = up[i];
    }
  return i;
}

static int
compare_sizes (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const guint32 *size = user_data;
  guint32 i = *(const guint32 *) a, j = *(const guint32 *) b;
  if (size[i] != size[j])
    return size[i] > size[j] ? -1 : 1;
  return i < j ? -1 : i > j;
}

/* Numbers the components by descending size, ties by their first node. size_of, where not NULL, receives each one's nodes. */
void
cf_graph_find_components (CfGraph *graph, guint32 **size_of)
{
  gsize n = graph->n_nodes;
  g_autofree guint32 *up = g_new (guint32, n), *size = g_new0 (guint32, n), *roots = g_new (guint32, n), *number = g_new (guint32, n);
  for (guint32 i = 0; i < n; i++)
    up[i] = i;
  for (gsize e = 0; e < graph->n_edges; e++)
    {
      guint32 a = find_root (up, graph->edges[e].a), b = find_root (up, graph->edges[e].b);
      up[MAX (a, b)] = MIN (a, b);
    }
  gsize n_roots = 0;
  for (guint32 i = 0; i < n; i++)
    {
      size[find_root (up, i)]++;
      if (up[i] == i)
        roots[n_roots++] = i;
    }
  if (n_roots)
    g_qsort_with_data (roots, (gint) n_roots, sizeof *roots, compare_sizes, size);
  for (guint32 r = 0; r < n_roots; r++)
    number[roots[r]] = r;
  for (guint32 i = 0; i < n; i++)
    graph->nodes[i].component = number[find_root (up, i)];
  graph->n_components = n_roots;
  if (size_of)
    {
      *size_of = g_new (guint32, n_roots);
      for (gsize r = 0; r < n_roots; r++)
        (*size_of)[r] = size[roots[r]];
    }
}

/* Components stand by descending size, so the small ones are the last numbers. */
static guint32 *
drop_small_components (CfGraph *graph, const guint32 *size_of)
{
  gsize kept = graph->n_components;
  while (kept > 0 && size_of[kept - 1] < graph->min_component)
    kept--;
  if (kept == graph->n_components)
    return NULL;
  guint32 *renumber = g_new (guint32, graph->n_nodes);
  gsize n = 0, m = 0;
  for (gsize i = 0; i < graph->n_nodes; i++)
    {
      renumber[i] = graph->nodes[i].component < kept ? (guint32) n : G_MAXUINT32;
      if (renumber[i] != G_MAXUINT32)
        graph->nodes[n++] = graph->nodes[i];
    }
  for (gsize e = 0; e < graph->n_edges; e++)
    if (renumber[graph->edges[e].a] != G_MAXUINT32)
      {
        graph->edges[m] = graph->edges[e];
        graph->edges[m].a = renumber[graph->edges[e].a];
        graph->edges[m++].b = renumber[graph->edges[e].b];
      }
  graph->n_nodes = n;
  graph->n_edges = m;
  graph->n_components = kept;
  return renumber;
}

void
cf_graph_place_node (CfNode *node, const CfField *field)
{
  node->region = -1;
  node->in_blend = FALSE;
  if (!field)
    return;
  double ijk[3];
  CfRegionWeight weights[CF_PARTITION_OVERLAP_MAX];
  cf_grid_from_world (&field->grid, node->pos, ijk);
  int n = cf_partition_weights (&field->partition, field->blend, ijk, weights);
  double most = -1;
  for (int i = 0; i < n; i++)
    if (weights[i].weight > most)
      {
        most = weights[i].weight;
        node->region = weights[i].region;
      }
  node->in_blend = n > 1;
}

void
cf_graph_fill_node (CfNode *node, const CfCluster *cluster, float density)
{
  memcpy (node->pos, cluster->pos, sizeof node->pos);
  node->density = isnan (density) ? cluster->best : density;
  node->size = cluster->size;
  node->birth = cluster->birth;
  node->merge = cluster->merge;
  node->persistence = cluster->birth - cluster->merge;
}

void
cf_graph_describe (CfGraph *graph, const CfClusters *clusters, const CfField *field, const CfLevel *level, const CfGraphOptions *options)
{
  graph->n_seeds = clusters->n_seeds;
  graph->n_peaks = clusters->n;
  graph->level = *level;
  graph->adjacency = options->adjacency;
  if (!(graph->adjacency > 0))
    graph->adjacency = field && field->resolution > 0 ? 2 * field->resolution : ADJACENCY_UNKNOWN;
  graph->min_component = options->min_component;
  graph->command = g_strdup (options->command);
  graph->map_name = g_strdup (field ? field->source_name : NULL);
  if (field)
    memcpy (graph->map_sha256, field->source_sha256, sizeof graph->map_sha256);
}

void
cf_graph_finish (CfGraph *graph, guint32 **new_of)
{
  g_autofree guint32 *size_of = NULL;
  gsize n = graph->n_nodes;
  cf_graph_find_components (graph, &size_of);
  g_autofree guint32 *renumber = drop_small_components (graph, size_of);
  if (!new_of)
    return;
  if (!renumber)
    {
      renumber = g_new (guint32, n);
      for (guint32 i = 0; i < n; i++)
        renumber[i] = i;
    }
  *new_of = g_steal_pointer (&renumber);
}

CfGraph *
cf_graph_new (const CfClusters *clusters, const float *density, const CfField *field, const CfLevel *level, const CfGraphOptions *options)
{
  CfGraph *graph = cf_graph_alloc (clusters->n, 0);
  for (gsize i = 0; i < clusters->n; i++)
    {
      cf_graph_fill_node (&graph->nodes[i], &clusters->clusters[i], density ? density[i] : NAN);
      cf_graph_place_node (&graph->nodes[i], field);
    }
  cf_graph_describe (graph, clusters, field, level, options);
  cf_graph_find_edges (graph);
  cf_graph_finish (graph, NULL);
  return graph;
}

CfGraph *
cf_graph_ref (CfGraph *graph)
{
  g_atomic_ref_count_inc (&graph->ref_count);
  return graph;
}

void
cf_graph_unref (CfGraph *graph)
{
  if (!g_atomic_ref_count_dec (&graph->ref_count))
    return;
  g_free (graph->nodes);
  g_free (graph->edges);
  g_free (graph->map_name);
  g_free (graph->command);
  g_free (graph);
}
