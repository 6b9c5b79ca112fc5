#include "cf-report-private.h"

#include <math.h>

typedef double Point[3];

static double
distance (const double *a, const double *b)
{
  return sqrt ((a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1]) + (a[2] - b[2]) * (a[2] - b[2]));
}

static void
atom_point (const CfAtom *atom, Point out)
{
  for (int a = 0; a < 3; a++)
    out[a] = atom->pos[a];
}

static double
nearest (const Point from, const Point *to, gsize n)
{
  double best = NAN;
  for (gsize i = 0; i < n; i++)
    {
      double d = distance (from, to[i]);
      if (!(d >= best))
        best = d;
    }
  return best;
}

/* Descending by rank, ties by index: the same list each time. */
static int
compare_misses (gconstpointer a, gconstpointer b)
{
  const CfMiss *x = a, *y = b;
  if (x->rank != y->rank)
    return x->rank > y->rank ? -1 : 1;
  return x->index < y->index ? -1 : x->index > y->index;
}

static void
keep_top (GArray *misses)
{
  g_array_sort (misses, compare_misses);
  if (misses->len > CF_REPORT_TOP)
    g_array_set_size (misses, CF_REPORT_TOP);
}

/* The field at each residue's trace atom; NANs where it cannot be asked. */
static void
evaluate_trace (const CfReport *report, const GArray *misses, float *density)
{
  g_autofree double *xyz = g_new (double, 3 * MAX (misses->len, 1));

  for (guint i = 0; i < misses->len; i++)
    {
      const CfResidue *residue = &report->structure->residues[g_array_index (misses, CfMiss, i).index];
      atom_point (&report->structure->atoms[residue->trace], xyz + 3 * i);
      density[i] = NAN;
    }
  if (report->evaluator == NULL || misses->len == 0 || cf_evaluator_query (report->evaluator, misses->len, xyz, density, NULL, NULL, NULL))
    return;
  for (guint i = 0; i < misses->len; i++)
    density[i] = NAN;
}

/* Two residue types at one place of the chain count once in the comparison: one that its neighbour stands for is no miss. */
static gboolean
is_stood_for (const CfReport *report, guint32 r)
{
  const CfResidue *residues = report->structure->residues, *residue = &residues[r];
  for (int step = -1; step <= 1; step += 2)
    {
      gint64 other = (gint64)r + step;
      if (other < 0 || other >= report->structure->n_residues)
        continue;
      const CfResidue *o = &residues[other];
      gboolean same = o->chain == residue->chain && o->seq == residue->seq && o->icode == residue->icode && o->trace >= 0;
      if (same && (report->comparison->node_of_residue[other] >= 0 || step < 0))
        return TRUE;
    }
  return FALSE;
}

static void
find_residues (const CfReport *report, const Point *nodes, CfMisses *out)
{
  const CfStructure *structure = report->structure;

  for (guint32 r = 0; r < structure->n_residues; r++)
    if (structure->residues[r].trace >= 0 && !structure->residues[r].water && r < report->comparison->n_residues
        && report->comparison->node_of_residue[r] < 0 && !is_stood_for (report, r))
      {
        CfMiss miss = { .index = r, .distance = NAN, .density = NAN };
        g_array_append_val (out->residues, miss);
      }
  out->n_residues = out->residues->len;
  g_autofree float *density = g_new (float, MAX (out->residues->len, 1));
  evaluate_trace (report, out->residues, density);
  gboolean by_distance = report->evaluator == NULL;
  for (guint i = 0; i < out->residues->len; i++)
    {
      CfMiss *miss = &g_array_index (out->residues, CfMiss, i);
      Point at;
      atom_point (&structure->atoms[structure->residues[miss->index].trace], at);
      miss->density = density[i];
      if (by_distance)
        miss->distance = nearest (at, nodes, report->graph->n_nodes);
      double rank = by_distance ? miss->distance : miss->density;
      miss->rank = isnan (rank) ? -INFINITY : rank;
    }
  keep_top (out->residues);
  for (guint i = 0; i < out->residues->len && !by_distance; i++)
    {
      CfMiss *miss = &g_array_index (out->residues, CfMiss, i);
      Point at;
      atom_point (&structure->atoms[structure->residues[miss->index].trace], at);
      miss->distance = nearest (at, nodes, report->graph->n_nodes);
    }
}

static void
find_nodes (const CfReport *report, const Point *nodes, CfMisses *out)
{
  const CfStructure *structure = report->structure;
  gsize n = report->graph->n_nodes, n_atoms = 0;
  g_autofree Point *atoms = g_malloc_n (MAX (structure->n_atoms, 1), sizeof *atoms);
  g_autofree gboolean *near = g_new0 (gboolean, MAX (n, 1));

  for (guint32 i = 0; i < structure->n_atoms; i++)
    if (structure->atoms[i].number != 1)
      atom_point (&structure->atoms[i], atoms[n_atoms++]);
  cf_match_near (nodes, n, (const double (*)[3])atoms, n_atoms, CF_COMPARE_CA_CUTOFF, near);
  for (gsize i = 0; i < n; i++)
    if (!near[i])
      {
        const CfNode *node = &report->graph->nodes[i];
        CfMiss miss = { (guint32)i, NAN, node->density, isnan (node->persistence) ? -INFINITY : node->persistence };
        g_array_append_val (out->nodes, miss);
      }
  out->n_nodes = out->nodes->len;
  keep_top (out->nodes);
  for (guint i = 0; i < out->nodes->len; i++)
    {
      CfMiss *miss = &g_array_index (out->nodes, CfMiss, i);
      miss->distance = nearest (nodes[miss->index], (const Point *)atoms, n_atoms);
    }
}

CfMisses *
cf_misses_new (const CfReport *report)
{
  CfMisses *misses = g_new0 (CfMisses, 1);
  gsize n = report->graph->n_nodes;
  g_autofree Point *nodes = g_malloc_n (MAX (n, 1), sizeof *nodes);

  misses->residues = g_array_new (FALSE, FALSE, sizeof (CfMiss));
  misses->nodes = g_array_new (FALSE, FALSE, sizeof (CfMiss));
  for (gsize i = 0; i < n; i++)
    memcpy (nodes[i], report->graph->nodes[i].pos, sizeof nodes[i]);
  find_residues (report, (const Point *)nodes, misses);
  find_nodes (report, (const Point *)nodes, misses);
  return misses;
}

void
cf_misses_free (CfMisses *misses)
{
  if (misses == NULL)
    return;
  g_array_unref (misses->residues);
  g_array_unref (misses->nodes);
  g_free (misses);
}
