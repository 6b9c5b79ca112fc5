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

static int
compare_edges (gconstpointer a, gconstpointer b)
{
  const CfEdge *p = a, *q = b;
  if (p->a != q->a)
    return p->a < q->a ? -1 : 1;
  return p->b < q->b ? -1 : p->b > q->b;
}

static void
edges_of_cell (const CfGraph *graph, const CfCells *cells, guint32 i, gint64 c, GArray *edges)
{
  double limit = graph->adjacency * graph->adjacency;
  for (guint32 o = cells->cells[c].first; o < cells->cells[c + 1].first; o++)
    {
      guint32 j = cells->order[o];
      if (j <= i)
        continue;
      const double *p = graph->nodes[i].pos, *q = graph->nodes[j].pos;
      double d2 = (p[0] - q[0]) * (p[0] - q[0]) + (p[1] - q[1]) * (p[1] - q[1]) + (p[2] - q[2]) * (p[2] - q[2]);
      if (d2 <= limit)
        {
          CfEdge edge = { i, j, (float) sqrt (d2) };
          g_array_append_val (edges, edge);
        }
    }
}

void
cf_graph_find_edges (CfGraph *graph)
{
  g_autoptr (GArray) edges = g_array_new (FALSE, FALSE, sizeof (CfEdge));
  g_autofree double (*points)[3] = g_malloc_n (graph->n_nodes, sizeof *points);
  for (gsize i = 0; i < graph->n_nodes; i++)
    memcpy (points[i], graph->nodes[i].pos, sizeof points[i]);
  g_auto (CfCells) cells = { 0 };
  cf_cells_init (&cells, (const double (*)[3]) points, graph->n_nodes, MAX (graph->adjacency, 1e-6));
  for (guint32 i = 0; i < graph->n_nodes; i++)
    {
      const gint32 *at = cells.cells[cells.cell_of[i]].at;
      guint before = edges->len;
      for (int k = 0; k < 27; k++)
        {
          gint64 c = cf_cells_find (&cells, (gint32[3]){ at[0] + k % 3 - 1, at[1] + k / 3 % 3 - 1, at[2] + k / 9 - 1 });
          if (c >= 0)
            edges_of_cell (graph, &cells, i, c, edges);
        }
      if (edges->len > before)
        qsort ((CfEdge *) edges->data + before, edges->len - before, sizeof (CfEdge), compare_edges);
    }
  g_free (graph->edges);
  graph->n_edges = edges->len;
  graph->edges = (CfEdge *) g_array_free (g_steal_pointer (&edges), FALSE);
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
static void
drop_small_components (CfGraph *graph, const guint32 *size_of)
{
  gsize kept = graph->n_components;
  while (kept > 0 && size_of[kept - 1] < graph->min_component)
    kept--;
  if (kept == graph->n_components)
    return;
  g_autofree guint32 *renumber = g_new (guint32, graph->n_nodes);
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
}

static void
place_in_region (CfNode *node, const CfField *field)
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

static void
fill_node (CfNode *node, const CfCluster *cluster, float density, const CfField *field)
{
  memcpy (node->pos, cluster->pos, sizeof node->pos);
  node->density = isnan (density) ? cluster->best : density;
  node->size = cluster->size;
  node->birth = cluster->birth;
  node->merge = cluster->merge;
  node->persistence = cluster->birth - cluster->merge;
  place_in_region (node, field);
}

CfGraph *
cf_graph_new (const CfClusters *clusters, const float *density, const CfField *field, const CfLevel *level, const CfGraphOptions *options)
{
  CfGraph *graph = cf_graph_alloc (clusters->n, 0);
  for (gsize i = 0; i < clusters->n; i++)
    fill_node (&graph->nodes[i], &clusters->clusters[i], density ? density[i] : NAN, field);
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
  g_autofree guint32 *size_of = NULL;
  cf_graph_find_edges (graph);
  cf_graph_find_components (graph, &size_of);
  drop_small_components (graph, size_of);
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
