/* cf-graph-file.h: graphs to and from files: GraphML, node-link JSON, NPZ, mmCIF and PDB pseudo-atoms, Chimera CMM, BILD. formats.md. */
#pragma once

#include <gio/gio.h>

#include "cf-graph.h"

G_BEGIN_DECLS

/** One entry a format; to add one, add a row to the table in cf-graph-file.c. */
typedef struct
{
  const char *suffix;      /* ".graphml" */
  const char *description; /* "GraphML" */
  gboolean (*save) (const CfGraph *graph, const char *path, GError **error);
} CfGraphFormat;

/** NULL-suffix-terminated table. */
const CfGraphFormat *cf_graph_formats (void);
/** Format from the suffix; CF_ERROR_ARGUMENT names the known ones. Atomic. */
gboolean cf_graph_save (const CfGraph *graph, const char *path, GError **error);
/** Reads back every format that is written, by its content: GraphML and JSON, also after NetworkX; NPZ with an array `pos` (and `edge_index`), CMM
 * and BILD, where markers or spheres are nodes and links or cylinders between them edges; or any PDB/mmCIF: each C-alpha, and of each
 * nucleotide the atom na_atom (NULL: P) as cf_structure_with_nucleic_atom () has it, is a node; where there is neither C-alpha nor P each atom. What a
 * format does not hold (densities in CMM and BILD) is NAN. */
CfGraph *cf_graph_load (const char *path, const char *na_atom, GCancellable *cancellable, GError **error);

G_END_DECLS
