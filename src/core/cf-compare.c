/* cf-compare.c: matches of nodes with residues and atoms, over the model and by chain, and what chance would give. */
#include <math.h>
#include <string.h>

#include "cf-compare-private.h"
#include "cf-random.h"

#define TRIALS 5

typedef struct
{
  CfMatchKind kind;
  const CfCompareModel *model;
  GCancellable *cancellable;
} Job;

/* What points are worth: the graph's nodes, or as many random ones. */
typedef struct
{
  gsize n_trace, n_atoms;
  gint32 *match;     /* [n_trace] */
  double *distance;  /* [n_trace] */
  double *atom_distance; /* [n_atoms] */
  gboolean *near;    /* [n_trace] */
  CfCoverage ca, atoms;
  gsize residues_near, nodes_near;
  double ca_score, recall, precision, atoms_nodes;
} Score;

typedef struct
{
  CfCoverage coverage;
  double sum;
} Tally;

static void
tally_add (Tally *tally, double distance)
{
  tally->coverage.total++;
  if (isnan (distance))
    return;
  tally->coverage.matched++;
  tally->sum += distance * distance;
}

static CfCoverage
tally_end (const Tally *tally)
{
  CfCoverage c = tally->coverage;
  c.coverage = c.total ? (double) c.matched / c.total : NAN;
  c.rmsd = c.matched ? sqrt (tally->sum / c.matched) : NAN;
  return c;
}

static CfCoverage
coverage_of (gsize n, const double *distance)
{
  Tally tally = { 0 };
  for (gsize i = 0; i < n; i++)
    tally_add (&tally, distance[i]);
  return tally_end (&tally);
}

static double
ca_score_of (const CfCoverage *ca)
{
  return !ca->total ? NAN : ca->matched ? ca->coverage / MAX (0.1, ca->rmsd) : 0;
}

static double
share (gsize part, gsize all)
{
  return all ? (double) part / all : NAN;
}

static void
score_init (Score *score, const Job *job)
{
  *score = (Score){ .n_trace = job->model->trace.n, .n_atoms = job->model->atoms.n };
  score->match = g_new (gint32, score->n_trace);
  score->distance = g_new (double, score->n_trace);
  score->atom_distance = g_new (double, score->n_atoms);
  score->near = g_new (gboolean, score->n_trace);
}

static void
score_clear (Score *score)
{
  g_free (score->match);
  g_free (score->distance);
  g_free (score->atom_distance);
  g_free (score->near);
}

static gboolean
score_pairs (Score *score, const Job *job, const CfPairs *trace, const CfPairs *atoms, gsize n, GError **error)
{
  g_autofree gint32 *atom_match = g_new (gint32, score->n_atoms);
  if (!cf_match (job->kind, trace, score->match, score->distance, job->cancellable, error)
      || !cf_match (job->kind, atoms, atom_match, score->atom_distance, job->cancellable, error))
    return FALSE;
  cf_pairs_count_near (trace, score->near, &score->residues_near, &score->nodes_near);
  score->ca = coverage_of (score->n_trace, score->distance);
  score->atoms = coverage_of (score->n_atoms, score->atom_distance);
  score->ca_score = ca_score_of (&score->ca);
  score->recall = share (score->residues_near, score->n_trace);
  score->precision = score->n_trace ? share (score->nodes_near, n) : NAN;
  score->atoms_nodes = score->n_atoms ? share (score->atoms.matched, n) : NAN;
  return TRUE;
}

static gboolean
score_points (Score *score, const Job *job, const CfPoint *points, gsize n, GError **error)
{
  const CfTargets *trace = &job->model->trace, *atoms = &job->model->atoms;
  g_autoptr (CfPairs) trace_pairs = cf_pairs_new ((const CfPoint *) trace->at, trace->n, points, n, CF_COMPARE_CA_CUTOFF);
  g_autoptr (CfPairs) atom_pairs = cf_pairs_new ((const CfPoint *) atoms->at, atoms->n, points, n, CF_COMPARE_ATOM_CUTOFF);
  return score_pairs (score, job, trace_pairs, atom_pairs, n, error);
}

/* -- by chain ------------------------------------------------------------------------------------------------------------------- */

static void
tally_chains (const Job *job, const CfTargets *targets, const double *distance, Tally *tally)
{
  for (gsize i = 0; i < targets->n; i++)
    tally_add (&tally[job->model->structure->residues[targets->residue[i]].chain], distance[i]);
}

static void
compare_chains (const Job *job, const Score *score, CfComparison *c)
{
  gsize n = job->model->structure->n_chains;
  g_autofree Tally *ca = g_new0 (Tally, n), *atoms = g_new0 (Tally, n);
  g_autofree gsize *near = g_new0 (gsize, n);
  tally_chains (job, &job->model->trace, score->distance, ca);
  tally_chains (job, &job->model->atoms, score->atom_distance, atoms);
  for (gsize i = 0; i < score->n_trace; i++)
    near[job->model->structure->residues[job->model->trace.residue[i]].chain] += score->near[i] != FALSE;
  c->chains = g_new0 (CfChainComparison, n);
  for (guint32 k = 0; k < n; k++)
    {
      if (!ca[k].coverage.total && !atoms[k].coverage.total)
        continue;
      CfChainComparison *chain = &c->chains[c->n_chains++];
      *chain = (CfChainComparison){ .chain = k, .ca = tally_end (&ca[k]), .atoms = tally_end (&atoms[k]) };
      chain->ca_score = ca_score_of (&chain->ca);
      chain->recall = share (near[k], chain->ca.total);
      chain->null_ca = (CfCoverage){ chain->ca.total, 0, NAN, NAN };
    }
}

/* -- chance --------------------------------------------------------------------------------------------------------------------- */

/* As many points as there are nodes, spread over the inside of the contour: seeds above the level, drawn with replacement and
 * moved within their sampling cell. */
static void
draw_inside (const CfPeaks *contour, gsize n_inside, CfRandom *random, CfPoint *out, gsize n)
{
  for (gsize i = 0; i < n; i++)
    {
      gsize k = MIN ((gsize) (cf_random_double (random) * n_inside), n_inside - 1);
      for (int a = 0; a < 3; a++)
        out[i][a] = contour->seed[k][a] + (cf_random_double (random) - 0.5) * contour->spacing;
    }
}

typedef struct
{
  double sum;
  int n;
} Mean;

/* What is not a number in some draw, as the RMSD of no match, is left out of the mean. */
static void
mean_add (Mean *mean, double value)
{
  if (isnan (value))
    return;
  mean->sum += value;
  mean->n++;
}

static double
mean_of (const Mean *mean)
{
  return mean->n ? mean->sum / mean->n : NAN;
}

typedef struct
{
  Mean matched, coverage, rmsd;
} MeanCoverage;

static void
mean_coverage_add (MeanCoverage *mean, const CfCoverage *c)
{
  mean_add (&mean->matched, c->matched);
  mean_add (&mean->coverage, c->coverage);
  mean_add (&mean->rmsd, c->rmsd);
}

static CfCoverage
mean_coverage_of (const MeanCoverage *mean, gsize total)
{
  return (CfCoverage){ total, mean->matched.n ? (gsize) lround (mean_of (&mean->matched)) : 0, mean_of (&mean->coverage), mean_of (&mean->rmsd) };
}

typedef struct
{
  MeanCoverage ca, atoms;
  Mean ca_score, recall, precision, atoms_nodes;
  MeanCoverage *chains; /* [n_chains of the structure] */
} Chance;

static void
chance_add (Chance *chance, const Job *job, const Score *score)
{
  gsize n = job->model->structure->n_chains;
  g_autofree Tally *tally = g_new0 (Tally, n);
  mean_coverage_add (&chance->ca, &score->ca);
  mean_coverage_add (&chance->atoms, &score->atoms);
  mean_add (&chance->ca_score, score->ca_score);
  mean_add (&chance->recall, score->recall);
  mean_add (&chance->precision, score->precision);
  mean_add (&chance->atoms_nodes, score->atoms_nodes);
  tally_chains (job, &job->model->trace, score->distance, tally);
  for (gsize k = 0; k < n; k++)
    {
      CfCoverage one = tally_end (&tally[k]);
      mean_coverage_add (&chance->chains[k], &one);
    }
}

static void
chance_end (const Chance *chance, CfComparison *c)
{
  c->null_ca = mean_coverage_of (&chance->ca, c->ca.total);
  c->null_atoms = mean_coverage_of (&chance->atoms, c->atoms.total);
  c->null_ca_score = mean_of (&chance->ca_score);
  c->null_recall = mean_of (&chance->recall);
  c->null_precision = mean_of (&chance->precision);
  c->null_atoms_nodes = mean_of (&chance->atoms_nodes);
  for (gsize k = 0; k < c->n_chains; k++)
    c->chains[k].null_ca = mean_coverage_of (&chance->chains[c->chains[k].chain], c->chains[k].ca.total);
}

static gboolean
compare_null (const Job *job, const CfCompareOptions *options, const CfGraph *graph, CfComparison *c, GError **error)
{
  CfPeaks *contour = options->contour;
  gsize n = graph->n_nodes, n_inside = contour ? cf_peaks_n_above (contour, graph->level.normalised) : 0;
  if (!n_inside || !n || !job->model->trace.n)
    return TRUE;
  int trials = options->null_trials > 0 ? options->null_trials : TRIALS;
  g_autofree CfPoint *points = g_malloc_n (n, sizeof *points);
  g_autofree MeanCoverage *chains = g_new0 (MeanCoverage, job->model->structure->n_chains);
  Chance chance = { .chains = chains };
  gboolean ok = TRUE;
  Score score;
  score_init (&score, job);
  for (int t = 0; ok && t < trials; t++)
    {
      CfRandom random;
      cf_random_init (&random, options->seed, (guint64) t);
      draw_inside (contour, n_inside, &random, points, n);
      ok = score_points (&score, job, (const CfPoint *) points, n, error);
      if (ok)
        chance_add (&chance, job, &score);
    }
  score_clear (&score);
  if (!ok)
    return FALSE;
  c->has_null = TRUE;
  c->null_trials = trials;
  chance_end (&chance, c);
  return TRUE;
}

/* -- the whole ------------------------------------------------------------------------------------------------------------------ */

static void
take_score (const Job *job, const Score *score, CfComparison *c)
{
  c->ca = score->ca;
  c->atoms = score->atoms;
  c->ca_score = score->ca_score;
  c->residues_near = score->residues_near;
  c->recall = score->recall;
  c->nodes_total = c->n_nodes;
  c->nodes_near = score->nodes_near;
  c->precision = score->precision;
  c->atoms_nodes = score->atoms_nodes;
  for (gsize i = 0; i < score->n_trace; i++)
    {
      guint32 residue = job->model->trace.residue[i];
      c->node_of_residue[residue] = score->match[i];
      c->node_distance[residue] = score->distance[i];
      if (score->match[i] >= 0)
        c->residue_of_node[score->match[i]] = (gint32) residue;
    }
}

static CfComparison *
comparison_new (gsize n_residues, gsize n_nodes)
{
  CfComparison *c = g_new0 (CfComparison, 1);
  c->n_residues = n_residues;
  c->n_nodes = n_nodes;
  c->atom_of_residue = g_new (gint32, n_residues);
  c->node_of_residue = g_new (gint32, n_residues);
  c->node_distance = g_new (double, n_residues);
  c->residue_of_node = g_new (gint32, n_nodes);
  for (gsize i = 0; i < n_residues; i++)
    {
      c->node_of_residue[i] = -1;
      c->node_distance[i] = NAN;
    }
  for (gsize i = 0; i < n_nodes; i++)
    c->residue_of_node[i] = -1;
  c->null_ca.coverage = c->null_ca.rmsd = c->null_atoms.coverage = c->null_atoms.rmsd = NAN;
  c->inclusion_level = (CfLevel){ NAN, NAN, NAN };
  c->inclusion = c->inclusion_backbone = NAN;
  c->null_ca_score = c->null_recall = c->null_precision = c->null_atoms_nodes = NAN;
  return c;
}

CfComparison *
cf_compare_pairs (const CfCompareModel *model, const CfPairs *trace, const CfPairs *atoms, gsize n_nodes, CfMatchKind kind,
                  GCancellable *cancellable, GError **error)
{
  g_autoptr (CfComparison) c = comparison_new (model->structure->n_residues, n_nodes);
  const Job job = { kind, model, cancellable };
  Score score;
  memcpy (c->atom_of_residue, model->atom_of_residue, c->n_residues * sizeof *c->atom_of_residue);
  score_init (&score, &job);
  gboolean ok = score_pairs (&score, &job, trace, atoms, n_nodes, error);
  if (ok)
    {
      take_score (&job, &score, c);
      compare_chains (&job, &score, c);
    }
  score_clear (&score);
  return ok ? g_steal_pointer (&c) : NULL;
}

CfComparison *
cf_compare (const CfGraph *graph, const CfStructure *structure, const CfCompareOptions *options, GCancellable *cancellable, GError **error)
{
  static const CfCompareOptions defaults = { 0 };
  g_auto (CfCompareModel) model = { 0 };
  g_autofree CfPoint *nodes = g_malloc_n (graph->n_nodes, sizeof *nodes);
  options = options ? options : &defaults;
  for (gsize i = 0; i < graph->n_nodes; i++)
    memcpy (nodes[i], graph->nodes[i].pos, sizeof nodes[i]);
  cf_compare_model_init (&model, structure, options->na_atom, options->inside);
  const Job job = { options->match, &model, cancellable };
  g_autoptr (CfPairs) trace = cf_pairs_new ((const CfPoint *) model.trace.at, model.trace.n, (const CfPoint *) nodes, graph->n_nodes,
                                            CF_COMPARE_CA_CUTOFF);
  g_autoptr (CfPairs) atoms = cf_pairs_new ((const CfPoint *) model.atoms.at, model.atoms.n, (const CfPoint *) nodes, graph->n_nodes,
                                            CF_COMPARE_ATOM_CUTOFF);
  g_autoptr (CfComparison) c = cf_compare_pairs (&model, trace, atoms, graph->n_nodes, options->match, cancellable, error);
  return c && compare_null (&job, options, graph, c, error) ? g_steal_pointer (&c) : NULL;
}

void
cf_comparison_free (CfComparison *comparison)
{
  if (!comparison)
    return;
  g_free (comparison->atom_of_residue);
  g_free (comparison->node_of_residue);
  g_free (comparison->node_distance);
  g_free (comparison->residue_of_node);
  g_free (comparison->chains);
  g_free (comparison);
}
