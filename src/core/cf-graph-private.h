/* cf-graph-private.h: how a graph is made without clusters. Private to core. */
#pragma once

#include "cf-graph.h"

G_BEGIN_DECLS

/** Zeroed nodes and edges, level unknown (NAN); one reference. */
CfGraph *cf_graph_alloc (gsize n_nodes, gsize n_edges);
/** Replaces the edges by all pairs within graph->adjacency, ordered by (a, b). */
void cf_graph_find_edges (CfGraph *graph);
/** Sets component of each node and n_components. size_of: new array of each component's nodes, descending, or NULL. */
void cf_graph_find_components (CfGraph *graph, guint32 **size_of);

G_END_DECLS
