/* cf-findings.h: where a graph and a model disagree, both ways, the most telling first. */
#pragma once

#include "cf-compare.h"

G_BEGIN_DECLS

#define CF_FINDING_REACH 3.0 /* A: a node with an atom nearer than this is explained */

typedef enum
{
  CF_FINDING_RESIDUE, /* compared, and no node was matched to it */
  CF_FINDING_NODE     /* no atom but hydrogen within CF_FINDING_REACH */
} CfFindingKind;

typedef struct
{
  CfFindingKind kind;
  guint32 index;      /* of the structure's residues, or of the graph's nodes */
  guint32 rank;       /* 1 the first of its kind */
  double pos[3];      /* A: of the trace atom, or of the node */
  double distance;    /* A: to the nearest node, or to the nearest atom; NAN where there is none */
  double density;     /* d at pos; NAN unknown */
  double persistence; /* of the node, d; NAN for a residue */
} CfFinding;

typedef struct
{
  gsize n_residues, n_nodes; /* findings of each kind */
  CfFinding *findings;       /* [n_residues + n_nodes]: residues, then nodes, each by rank */
} CfFindings;

/** Residues rank by density, highest first: there is density, and no node; those of unknown density, farthest from a node first, come
 * last. Nodes rank by persistence, highest first: the longest-lived that no atom explains. comparison must be of this graph and
 * structure. density: [n_residues] d of the field at each residue's trace atom (comparison->atom_of_residue), NAN unknown; NULL: all
 * unknown. Thread safe. */
CfFindings *cf_findings_new (const CfGraph *graph, const CfStructure *structure, const CfComparison *comparison, const float *density);
void cf_findings_free (CfFindings *findings);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfFindings, cf_findings_free)

G_END_DECLS
