/* cf-findings-private.h: findings of distances that are known. Private to core. */
#pragma once

#include "cf-compare-private.h"
#include "cf-findings.h"

G_BEGIN_DECLS

/** New array of all atoms but hydrogen. Waters and ligands too: they explain a node as well as a residue does. */
CfPoint *cf_findings_atoms (const CfStructure *structure, gsize *n);

static inline gboolean
cf_findings_is_missed (const CfComparison *comparison, guint32 residue)
{
  return comparison->atom_of_residue[residue] >= 0 && comparison->node_of_residue[residue] < 0;
}

/** cf_findings_new () with node_distance[n_nodes], A, to the nearest of those atoms (of an explained node any value up to CF_FINDING_REACH
 * will do), and residue_distance[n_residues] to the nearest node, read for those that are missed. */
CfFindings *cf_findings_make (const CfGraph *graph, const CfStructure *structure, const CfComparison *comparison, const float *density,
                              const double *node_distance, const double *residue_distance);

G_END_DECLS
