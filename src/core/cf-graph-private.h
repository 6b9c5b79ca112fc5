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

/** As cf_graph_new (), but of nodes whose places, densities, regions and numbers are there, and of all edges among them (taken): numbers the
 * components and drops the small ones. new_of, where not NULL, receives a new array: each node's index afterwards, G_MAXUINT32 dropped. */
void cf_graph_finish (CfGraph *graph, guint32 **new_of);
/** What a graph says of the level, the field (NULL: none) and the options. */
void cf_graph_describe (CfGraph *graph, const CfClusters *clusters, const CfField *field, const CfLevel *level, const CfGraphOptions *options);
void cf_graph_fill_node (CfNode *node, const CfCluster *cluster, float density);
void cf_graph_place_node (CfNode *node, const CfField *field);

G_END_DECLS
