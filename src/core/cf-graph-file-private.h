/* cf-graph-file-private.h: what the writers and readers of graph files share. Private to core. */
#pragma once

#include "cf-graph-file.h"

G_BEGIN_DECLS

/* -- what a file says of nodes, and of the graph as a whole --------------------------------------------------------------------- */

typedef enum
{
  CF_FIELD_DOUBLE,
  CF_FIELD_FLOAT,
  CF_FIELD_UINT,
  CF_FIELD_INT,
  CF_FIELD_BOOL
} CfFieldKind;

typedef struct
{
  const char *name; /* the same in every format; none is also an edge's */
  CfFieldKind kind;
  gsize offset;     /* in CfNode */
} CfNodeField;

#define CF_N_NODE_FIELDS 11
extern const CfNodeField cf_node_fields[CF_N_NODE_FIELDS];
double cf_node_get (const CfNode *node, const CfNodeField *field);
/** Clamped to the range of the field's type. */
void cf_node_set (CfNode *node, const CfNodeField *field, double value);

/** One statement about the graph: a text, or a number where text is NULL. */
typedef struct
{
  const char *name;
  const char *text;
  double number;
  gboolean integer;
} CfGraphFact;

#define CF_N_GRAPH_FACTS 12
/** Borrows its texts from graph. */
void cf_graph_facts (const CfGraph *graph, CfGraphFact out[CF_N_GRAPH_FACTS]);

/* -- text that goes out -------------------------------------------------------------------------------------------------------- */

/** An atomic text file. The first error sticks, and cf_out_close () reports it. Numbers do not depend on the locale. */
typedef struct _CfOut CfOut;
CfOut *cf_out_open (const char *path, GError **error);
void cf_out_text (CfOut *out, const char *text);
/** For %s, %d, %u and their like; never for floating point. */
void cf_out_format (CfOut *out, const char *format, ...) G_GNUC_PRINTF (2, 3);
/** As few digits as read back the same; "null" where not finite. */
void cf_out_double (CfOut *out, double value);
void cf_out_float (CfOut *out, float value);
/** A printf format with one conversion of a double, as " x=%.3f". */
void cf_out_number (CfOut *out, const char *format, double value);
/** cf_text_clean () and cf_text_for_html () of it. */
void cf_out_xml (CfOut *out, const char *text);
/** A fact's value as plain clean text. New string. */
char *cf_graph_fact_value (const CfGraphFact *fact);
/** Commits and frees; frees only where an error stuck. */
gboolean cf_out_close (CfOut *out, GError **error);

/* -- the formats --------------------------------------------------------------------------------------------------------------- */

gboolean cf_graph_save_graphml (const CfGraph *graph, const char *path, GError **error);
gboolean cf_graph_save_json (const CfGraph *graph, const char *path, GError **error);
gboolean cf_graph_save_npz (const CfGraph *graph, const char *path, GError **error);
gboolean cf_graph_save_mmcif (const CfGraph *graph, const char *path, GError **error);
gboolean cf_graph_save_pdb (const CfGraph *graph, const char *path, GError **error);
gboolean cf_graph_save_cmm (const CfGraph *graph, const char *path, GError **error);
gboolean cf_graph_save_bild (const CfGraph *graph, const char *path, GError **error);

CfGraph *cf_graph_parse_graphml (const char *name, const char *data, gsize n, GError **error);
CfGraph *cf_graph_parse_json (const char *name, const char *data, gsize n, GError **error);
CfGraph *cf_graph_parse_npz (const char *name, const char *data, gsize n, GError **error);
CfGraph *cf_graph_parse_cmm (const char *name, const char *data, gsize n, GError **error);
CfGraph *cf_graph_parse_bild (const char *name, const char *data, gsize n, GError **error);

/** Collects what a file says; ids are whatever the file calls its nodes. */
typedef struct _CfGraphBuilder CfGraphBuilder;
CfGraphBuilder *cf_graph_builder_new (const char *name);
/** The node that was added as the i-th, from 0, borrowed until the next is added; NULL where there is none. */
CfNode *cf_graph_builder_node (CfGraphBuilder *builder, gsize i);
/** FALSE with an error where the id was there before. The node is borrowed until the next call. */
CfNode *cf_graph_builder_add_node (CfGraphBuilder *builder, const char *id, GError **error);
gboolean cf_graph_builder_add_edge (CfGraphBuilder *builder, const char *source, const char *target, GError **error);
/** text or number, as the fact of that name needs; unknown names are passed over. */
void cf_graph_builder_set_fact (CfGraphBuilder *builder, const char *name, const char *text, double number);
/** Frees the builder. Lengths and components are computed anew. An error where a node has no finite position. */
CfGraph *cf_graph_builder_finish (CfGraphBuilder *builder, GError **error);
void cf_graph_builder_free (CfGraphBuilder *builder);

/** What pseudo-atoms that this program wrote say beside their atoms, which are nodes of the builder already, with their places in the file as ids;
 * files of others say nothing of it. PDB: facts, and edges, has_edges then (FALSE with an error where an edge has no node). mmCIF: facts and
 * all that is known of the nodes. */
gboolean cf_graph_take_remarks (CfGraphBuilder *builder, const char *data, gsize n, gboolean *has_edges, GError **error);
void cf_graph_take_categories (CfGraphBuilder *builder, const char *data, gsize n);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfGraphBuilder, cf_graph_builder_free)

G_END_DECLS
