#include "cf-report-tree.h"

#include <math.h>

#include "cf-words.h"

static json_t *
coverage_tree (const CfCoverage *coverage)
{
  json_t *object = json_object ();
  cf_tree_set_integer (object, "total", coverage->total);
  cf_tree_set_integer (object, "matched", coverage->matched);
  cf_tree_set_real (object, "coverage", coverage->coverage);
  cf_tree_set_real (object, "rmsd", coverage->rmsd);
  return object;
}

static json_t *
null_tree (const CfComparison *c)
{
  json_t *null = json_object (), *atoms = json_object ();

  cf_tree_set_real (null, "coverage", c->null_ca.coverage);
  cf_tree_set_real (null, "rmsd", c->null_ca.rmsd);
  cf_tree_set_real (null, "recall", c->null_recall);
  cf_tree_set_real (null, "precision", c->null_precision);
  cf_tree_set_real (null, "ca_score", c->null_ca_score);
  cf_tree_set_real (atoms, "coverage", c->null_atoms.coverage);
  cf_tree_set_real (atoms, "rmsd", c->null_atoms.rmsd);
  cf_tree_set_real (atoms, "nodes", c->null_atoms_nodes);
  cf_tree_set (null, "atoms", atoms);
  cf_tree_set_integer (null, "trials", c->null_trials);
  return null;
}

static json_t *
chains_tree (const CfComparison *c, const CfStructure *structure)
{
  json_t *chains = json_array ();

  for (gsize i = 0; i < c->n_chains; i++)
    {
      const CfChainComparison *chain = &c->chains[i];
      json_t *object = json_object (), *ca = coverage_tree (&chain->ca);

      cf_tree_set_text (object, "chain", structure->chains[chain->chain].name);
      cf_tree_set_real (ca, "recall", chain->recall);
      cf_tree_set (object, "ca", ca);
      cf_tree_set_real (object, "ca_score", chain->ca_score);
      cf_tree_set (object, "atoms", coverage_tree (&chain->atoms));
      cf_tree_set_real (object, "null_coverage", chain->null_ca.coverage);
      cf_tree_set_real (object, "null_rmsd", chain->null_ca.rmsd);
      json_array_append_new (chains, object);
    }
  return chains;
}

static json_t *
inclusion_tree (const CfComparison *c)
{
  json_t *object = json_object ();
  cf_tree_set_real (object, "all", c->inclusion);
  cf_tree_set_real (object, "backbone", c->inclusion_backbone);
  cf_tree_set (object, "level", cf_tree_level (&c->inclusion_level));
  return object;
}

json_t *
cf_comparison_tree (const CfComparison *c, const CfStructure *structure)
{
  json_t *root = json_object (), *nodes = json_object (), *ca = coverage_tree (&c->ca), *atoms = coverage_tree (&c->atoms);

  cf_tree_set_integer (ca, "near", c->residues_near);
  cf_tree_set_real (ca, "recall", c->recall);
  cf_tree_set (root, "ca", ca);
  cf_tree_set_integer (nodes, "total", c->nodes_total);
  cf_tree_set_integer (nodes, "near", c->nodes_near);
  cf_tree_set_real (nodes, "precision", c->precision);
  cf_tree_set (root, "nodes", nodes);
  cf_tree_set_real (atoms, "nodes", c->atoms_nodes);
  cf_tree_set (root, "atoms", atoms);
  cf_tree_set (root, "atom_inclusion", isfinite (c->inclusion) ? inclusion_tree (c) : json_null ());
  cf_tree_set (root, "null", c->has_null ? null_tree (c) : json_null ());
  cf_tree_set_real (root, "ca_score", c->ca_score);
  cf_tree_set (root, "chains", chains_tree (c, structure));
  return root;
}

char *
cf_comparison_to_json (const CfComparison *comparison, const CfStructure *structure)
{
  json_t *root = cf_comparison_tree (comparison, structure);
  char *dumped = json_dumps (root, JSON_INDENT (2) | JSON_REAL_PRECISION (9));
  char *text = g_strdup (dumped);
  free (dumped);
  json_decref (root);
  return text;
}

json_t *
cf_tree_graph (const CfGraph *graph, const CfComparison *comparison)
{
  json_t *tree = json_object ();

  cf_tree_set_integer (tree, "seeds", graph->n_seeds);
  cf_tree_set_integer (tree, "peaks", graph->n_peaks);
  cf_tree_set_integer (tree, "nodes", graph->n_nodes);
  cf_tree_set_integer (tree, "edges", graph->n_edges);
  cf_tree_set_integer (tree, "components", graph->n_components);
  cf_tree_set_real (tree, "nodes_per_residue",
            comparison != NULL && comparison->ca.total > 0 ? (double)graph->n_nodes / comparison->ca.total : NAN);
  cf_tree_set_real (tree, "adjacency", graph->adjacency);
  cf_tree_set_integer (tree, "min_component", graph->min_component);
  gsize largest = 0, in_blend = 0;
  for (gsize i = 0; i < graph->n_nodes; i++)
    {
      largest += graph->nodes[i].component == 0;
      in_blend += graph->nodes[i].in_blend != FALSE;
    }
  cf_tree_set_integer (tree, "largest_component", largest);
  cf_tree_set_integer (tree, "nodes_in_blend", in_blend);
  return tree;
}

json_t *
cf_tree_curve (const CfCurve *curve)
{
  if (curve == NULL)
    return json_null ();
  json_t *rows = json_array ();
  for (gsize i = 0; i < curve->n; i++)
    {
      const CfCurveRow *row = &curve->rows[i];
      json_t *object = json_object ();
      cf_tree_set (object, "level", cf_tree_level (&row->level));
      cf_tree_set_integer (object, "nodes", row->nodes);
      cf_tree_set_integer (object, "components", row->components);
      cf_tree_set_real (object, "coverage", row->coverage);
      cf_tree_set_real (object, "precision", row->precision);
      cf_tree_set_real (object, "rmsd", row->rmsd);
      cf_tree_set_real (object, "null_coverage", row->null_coverage);
      cf_tree_set_real (object, "null_precision", row->null_precision);
      cf_tree_set_real (object, "atom_inclusion", row->inclusion);
      cf_tree_set_real (object, "backbone_inclusion", row->inclusion_backbone);
      json_array_append_new (rows, object);
    }
  return rows;
}

static json_t *
residue_tree (const CfStructure *structure, guint32 r)
{
  const CfResidue *residue = &structure->residues[r];
  const char icode[2] = { residue->icode, '\0' };
  json_t *object = json_object ();

  cf_tree_set_text (object, "chain", structure->chains[residue->chain].name);
  cf_tree_set_text (object, "name", residue->name);
  cf_tree_set_integer (object, "seq", residue->seq);
  cf_tree_set_text (object, "icode", icode);
  g_autofree char *number = g_strdup_printf ("%d%s", residue->seq, icode);
  cf_tree_set_text (object, "number", number);
  return object;
}

json_t *
cf_tree_residues (const CfReport *report)
{
  json_t *rows = json_array ();
  if (report->structure == NULL || report->comparison == NULL)
    return rows;
  for (guint32 r = 0; r < report->structure->n_residues && r < report->comparison->n_residues; r++)
    {
      if (report->structure->residues[r].trace < 0 || report->structure->residues[r].water)
        continue;
      json_t *object = residue_tree (report->structure, r);
      gint32 node = report->comparison->node_of_residue[r];
      gboolean has = node >= 0 && (gsize)node < report->graph->n_nodes;
      cf_tree_set (object, "node", has ? json_integer (node) : json_null ());
      cf_tree_set_real (object, "distance", report->comparison->node_distance[r]);
      cf_tree_set_real (object, "density", has ? report->graph->nodes[node].density : NAN);
      json_array_append_new (rows, object);
    }
  return rows;
}

static json_t *
missed_residue_tree (const CfReport *report, const CfFinding *finding)
{
  json_t *object = residue_tree (report->structure, finding->index);
  cf_tree_set_integer (object, "rank", finding->rank);
  cf_tree_set (object, "pos", cf_json_numbers (finding->pos, 3));
  cf_tree_set_real (object, "nearest_node", finding->distance);
  cf_tree_set_real (object, "density", finding->density);
  return object;
}

static json_t *
far_node_tree (const CfReport *report, const CfFinding *finding)
{
  const CfNode *node = &report->graph->nodes[finding->index];
  json_t *object = json_object ();
  cf_tree_set_integer (object, "rank", finding->rank);
  cf_tree_set_integer (object, "node", finding->index);
  cf_tree_set (object, "pos", cf_json_numbers (finding->pos, 3));
  cf_tree_set_real (object, "density", finding->density);
  cf_tree_set_real (object, "persistence", finding->persistence);
  cf_tree_set_real (object, "birth", node->birth);
  cf_tree_set_real (object, "nearest_atom", finding->distance);
  cf_tree_set_integer (object, "region", (gint32)node->region);
  cf_tree_set (object, "in_blend", json_boolean (node->in_blend));
  return object;
}

json_t *
cf_tree_findings (const CfReportParts *parts)
{
  const CfFindings *findings = parts->findings;
  if (findings == NULL)
    return json_null ();
  json_t *tree = json_object (), *residues = json_array (), *nodes = json_array ();
  for (gsize i = 0; i < findings->n_residues + findings->n_nodes; i++)
    {
      const CfFinding *finding = &findings->findings[i];
      if (finding->kind == CF_FINDING_RESIDUE)
        json_array_append_new (residues, missed_residue_tree (&parts->report, finding));
      else
        json_array_append_new (nodes, far_node_tree (&parts->report, finding));
    }
  cf_tree_set_integer (tree, "residues_without_node", (json_int_t)findings->n_residues);
  cf_tree_set (tree, "residues_order",
               json_string (parts->report.evaluator != NULL ? N_("where the field is densest first") : N_("farthest from any node first")));
  cf_tree_set (tree, "residues", residues);
  cf_tree_set_integer (tree, "nodes_without_atom", (json_int_t)findings->n_nodes);
  cf_tree_set (tree, "nodes", nodes);
  return tree;
}

json_t *
cf_tree_histogram (const CfReportParts *parts)
{
  if (parts->report.volume == NULL)
    return json_null ();
  json_t *counts = json_array ();
  for (int i = 0; i < CF_HISTOGRAM_BINS; i++)
    json_array_append_new (counts, json_integer ((json_int_t)parts->bins[i]));
  return counts;
}
