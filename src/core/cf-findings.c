/* cf-findings.c: residues without a node, and nodes that no atom explains. */
#include "cf-findings.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cf-findings-private.h"
#include "cf-nearest.h"

static CfNearest *
nearest_node (const CfGraph *graph)
{
  g_autofree CfPoint *at = g_malloc_n (graph->n_nodes, sizeof *at);
  for (gsize i = 0; i < graph->n_nodes; i++)
    memcpy (at[i], graph->nodes[i].pos, sizeof at[i]);
  return cf_nearest_new ((const CfPoint *) at, graph->n_nodes);
}

CfPoint *
cf_findings_atoms (const CfStructure *structure, gsize *n)
{
  CfPoint *at = g_malloc_n (structure->n_atoms, sizeof *at);
  *n = 0;
  for (guint32 i = 0; i < structure->n_atoms; i++)
    if (structure->atoms[i].number != 1)
      {
        for (int a = 0; a < 3; a++)
          at[*n][a] = structure->atoms[i].pos[a];
        ++*n;
      }
  return at;
}

/* Descending, unknown last. */
static int
compare_values (double x, double y)
{
  if (isnan (x) || isnan (y))
    return isnan (x) - isnan (y);
  return x > y ? -1 : x < y;
}

static int
compare_findings (gconstpointer a, gconstpointer b)
{
  const CfFinding *x = a, *y = b;
  int order = x->kind == CF_FINDING_NODE ? compare_values (x->persistence, y->persistence) : compare_values (x->density, y->density);
  if (!order)
    order = compare_values (x->distance, y->distance);
  return order ? order : x->index < y->index ? -1 : x->index > y->index;
}

static void
rank_from (GArray *findings, guint first)
{
  CfFinding *f = &g_array_index (findings, CfFinding, first);
  guint n = findings->len - first;
  if (n)
    qsort (f, n, sizeof *f, compare_findings);
  for (guint i = 0; i < n; i++)
    f[i].rank = i + 1;
}

static void
find_residues (GArray *findings, const CfStructure *structure, const CfComparison *c, const float *density, const double *distance)
{
  for (guint32 r = 0; r < c->n_residues; r++)
    {
      if (!cf_findings_is_missed (c, r))
        continue;
      CfFinding f = { .kind = CF_FINDING_RESIDUE, .index = r, .density = density ? density[r] : NAN, .persistence = NAN };
      for (int a = 0; a < 3; a++)
        f.pos[a] = structure->atoms[c->atom_of_residue[r]].pos[a];
      f.distance = distance[r];
      g_array_append_val (findings, f);
    }
  rank_from (findings, 0);
}

static void
find_nodes (GArray *findings, const CfGraph *graph, const double *distance)
{
  guint first = findings->len;
  for (guint32 i = 0; i < graph->n_nodes; i++)
    {
      const CfNode *node = &graph->nodes[i];
      CfFinding f = { .kind = CF_FINDING_NODE, .index = i, .density = node->density, .persistence = node->persistence };
      memcpy (f.pos, node->pos, sizeof f.pos);
      f.distance = distance[i];
      if (!(f.distance <= CF_FINDING_REACH))
        g_array_append_val (findings, f);
    }
  rank_from (findings, first);
}

CfFindings *
cf_findings_make (const CfGraph *graph, const CfStructure *structure, const CfComparison *comparison, const float *density,
                  const double *node_distance, const double *residue_distance)
{
  CfFindings *out = g_new0 (CfFindings, 1);
  g_autoptr (GArray) findings = g_array_new (FALSE, FALSE, sizeof (CfFinding));
  find_residues (findings, structure, comparison, density, residue_distance);
  out->n_residues = findings->len;
  find_nodes (findings, graph, node_distance);
  out->n_nodes = findings->len - out->n_residues;
  out->findings = (CfFinding *) g_array_free (g_steal_pointer (&findings), FALSE);
  return out;
}

CfFindings *
cf_findings_new (const CfGraph *graph, const CfStructure *structure, const CfComparison *comparison, const float *density)
{
  gsize n_atoms;
  g_autofree CfPoint *atoms = cf_findings_atoms (structure, &n_atoms);
  g_autoptr (CfNearest) atom = cf_nearest_new ((const CfPoint *) atoms, n_atoms), node = nearest_node (graph);
  g_autofree double *node_distance = g_new (double, graph->n_nodes), *residue_distance = g_new (double, comparison->n_residues);
  for (gsize i = 0; i < graph->n_nodes; i++)
    cf_nearest_find (atom, graph->nodes[i].pos, &node_distance[i]);
  for (guint32 r = 0; r < comparison->n_residues; r++)
    if (cf_findings_is_missed (comparison, r))
      {
        const float *pos = structure->atoms[comparison->atom_of_residue[r]].pos;
        cf_nearest_find (node, (double[3]){ pos[0], pos[1], pos[2] }, &residue_distance[r]);
      }
  return cf_findings_make (graph, structure, comparison, density, node_distance, residue_distance);
}

void
cf_findings_free (CfFindings *findings)
{
  if (!findings)
    return;
  g_free (findings->findings);
  g_free (findings);
}
