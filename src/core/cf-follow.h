/* cf-follow.h: graph, comparison and findings at a level that moves, each made from those before: what the bar of the threshold asks for. */
#pragma once

#include "cf-findings.h"

G_BEGIN_DECLS

/** d of the field at a place, A; NAN unknown. */
typedef float (*CfDensityFunc) (const double pos[3], gpointer user_data);

/** Follows one sweep with one model. Reference counted; calls of several threads wait for each other. */
typedef struct _CfFollow CfFollow;

/** field: where nodes are placed in sub-regions; structure: what is compared; both may be NULL. All are referenced. options->command is left out. */
CfFollow *cf_follow_new (CfSweep *sweep, CfField *field, CfStructure *structure, const CfGraphOptions *options);
CfFollow *cf_follow_ref (CfFollow *follow);
void cf_follow_unref (CfFollow *follow);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfFollow, cf_follow_unref)
/** Whether it was made of the same. */
gboolean cf_follow_is_of (const CfFollow *follow, const CfSweep *sweep, const CfField *field, const CfStructure *structure,
                          const CfGraphOptions *options);

typedef struct
{
  CfGraph *graph;
  CfComparison *comparison; /* the rest NULL without a structure */
  CfFindings *findings;
} CfFollowed;

/** The graph at the level, the comparison without chance (one-to-one, optimal), and the findings: equal to cf_graph_new (), cf_compare () and
 * cf_findings_new () of the same; where two matches are equally good either may come. What it costs is what the clusters between the last level and
 * this one touch, a pass over nodes, edges and near residues, and the matching. Densities are asked for where a node is new or moved. residue_density as in
 * cf_findings_new (); with it residues rank by that alone, and how far the next node is from them is not looked for (NAN). FALSE only when cancelled. */
gboolean cf_follow_move (CfFollow *follow, const CfLevel *level, CfDensityFunc density, gpointer user_data, const float *residue_density,
                         CfFollowed *out, GCancellable *cancellable, GError **error);
void cf_followed_clear (CfFollowed *followed);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CfFollowed, cf_followed_clear)

G_END_DECLS
