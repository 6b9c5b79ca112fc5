/* cf-graph.h: the density graph: nodes at density maxima, edges by adjacency. Paper: section "Graph". */
#pragma once

#include "cf-field.h"
#include "cf-sweep.h"

G_BEGIN_DECLS

typedef struct
{
  double pos[3];      /* A */
  float density;      /* d of the field at the centroid */
  guint32 size;       /* seeds in the cluster */
  float birth, merge, persistence; /* levels, d; persistence = birth - merge */
  gint32 region;      /* sub-region of the largest weight; -1 unknown */
  gboolean in_blend;  /* in an overlap of sub-regions */
  guint32 component;  /* 0 .. n_components - 1, by descending size */
} CfNode;

typedef struct
{
  guint32 a, b; /* a < b */
  float length; /* A */
} CfEdge;

typedef struct _CfGraph
{
  gatomicrefcount ref_count;
  CfNode *nodes;
  CfEdge *edges;
  gsize n_nodes, n_edges, n_components;
  gsize n_seeds, n_peaks; /* seeds at the level; distinct clusters before small components were dropped */
  CfLevel level;
  double adjacency;     /* A */
  guint min_component;
  char *map_name;
  char map_sha256[65];
  char *command;        /* that repeats it; NULL unknown */
} CfGraph;

typedef struct
{
  double adjacency;    /* A; 0: 2 x the field's resolution, or 4 A where none is known */
  guint min_component; /* components of fewer nodes are dropped */
  const char *command;
} CfGraphOptions;

/** clusters as cut at level; density[i] is the field's d at clusters[i].pos. field may be NULL (no regions, no names). */
CfGraph *cf_graph_new (const CfClusters *clusters, const float *density, const CfField *field, const CfLevel *level,
                       const CfGraphOptions *options);
CfGraph *cf_graph_ref (CfGraph *graph);
void cf_graph_unref (CfGraph *graph);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfGraph, cf_graph_unref)

G_END_DECLS
