#include "cf-curve.h"

#include <math.h>

#include "cf-file.h"
#include "cf-words.h"

static void
make_levels (const CfPeaks *peaks, gsize n, double *levels)
{
  double lo = peaks->lowest, hi = peaks->n > 0 ? MAX (peaks->seed_density[0], lo) : lo;

  for (gsize i = 0; i < n; i++)
    levels[i] = n == 1 ? lo : lo * pow (hi / lo, (double)i / (n - 1));
  /* the ends without what log and pow round: the lowest must not ask for more than was walked */
  levels[0] = lo;
  if (n > 1)
    levels[n - 1] = hi;
}

/* The nodes' own densities are not drawn: they would cost an evaluation of the field at each level. */
static CfGraph *
graph_without_densities (CfEvaluator *evaluator, CfSweep *sweep, const CfLevel *level, const CfGraphOptions *options)
{
  g_autoptr (CfClusters) clusters = cf_sweep_cut (sweep, level->normalised, FALSE);
  g_autofree float *density = g_new0 (float, MAX (clusters->n, 1));
  return cf_graph_new (clusters, density, cf_evaluator_field (evaluator), level, options);
}

static void
take_comparison (CfCurveRow *row, const CfComparison *c)
{
  row->coverage = c->ca.coverage;
  row->rmsd = c->ca.rmsd;
  row->ca_score = c->ca_score;
  row->recall = c->recall;
  row->precision = c->precision;
  row->atoms_coverage = c->atoms.coverage;
  row->atoms_rmsd = c->atoms.rmsd;
  row->atoms_nodes = c->atoms_nodes;
  row->null_coverage = c->null_ca.coverage;
  row->null_rmsd = c->null_ca.rmsd;
  row->null_ca_score = c->null_ca_score;
  row->null_recall = c->null_recall;
  row->null_precision = c->null_precision;
  row->null_atoms_coverage = c->null_atoms.coverage;
  row->null_atoms_nodes = c->null_atoms_nodes;
}

/* The sampling grid's points are as many equal shares of the volume. */
static double
share_inside (CfEvaluator *evaluator, const CfPeaks *peaks, double level)
{
  CfGrid grid;
  cf_walk_grid (cf_evaluator_field (evaluator), peaks->spacing, &grid);
  return (double) cf_peaks_n_above (peaks, level) / cf_grid_n_voxels (&grid);
}

static gboolean
fill_row (CfCurveRow *row, const CfGraph *graph, CfSweep *sweep, const CfField *field, const CfStructure *structure, GCancellable *cancellable,
          GError **error)
{
  row->nodes = graph->n_nodes;
  row->components = graph->n_components;
  if (structure == NULL)
    return !g_cancellable_set_error_if_cancelled (cancellable, error);
  const CfCompareOptions options = { .contour = cf_sweep_get_peaks (sweep), .inside = field->has_box ? &field->grid : NULL };
  g_autoptr (CfComparison) c = cf_compare (graph, structure, &options, cancellable, error);
  if (c != NULL)
    take_comparison (row, c);
  return c != NULL;
}

CfInclusion *
cf_curve_inclusion (CfEvaluator *evaluator, const CfStructure *structure, GCancellable *cancellable, GError **error)
{
  const CfField *field = cf_evaluator_field (evaluator);
  gsize n = structure->n_atoms;
  g_autofree double *xyz = g_new (double, MAX (3 * n, 1));
  g_autofree float *density = g_new (float, MAX (n, 1));

  if (field->has_box)
    return NULL;
  for (gsize i = 0; i < n; i++)
    for (int a = 0; a < 3; a++)
      xyz[3 * i + a] = structure->atoms[i].pos[a];
  if (!cf_evaluator_query (evaluator, n, xyz, density, NULL, cancellable, error))
    return NULL;
  for (gsize i = 0; i < n; i++)
    density[i] *= (float)field->normalisation.max;
  return cf_inclusion_new (structure, density);
}

static gboolean
fill_inclusion (CfCurve *curve, CfEvaluator *evaluator, const CfStructure *structure, GCancellable *cancellable, GError **error)
{
  GError *failed = NULL;
  g_autoptr (CfInclusion) inclusion = cf_curve_inclusion (evaluator, structure, cancellable, &failed);

  for (gsize i = 0; inclusion != NULL && i < curve->n; i++)
    {
      curve->rows[i].inclusion = cf_inclusion_at (inclusion, curve->rows[i].level.file, FALSE);
      curve->rows[i].inclusion_backbone = cf_inclusion_at (inclusion, curve->rows[i].level.file, TRUE);
    }
  if (failed != NULL)
    g_propagate_error (error, failed);
  return failed == NULL;
}

static CfCurveRow
row_at (const CfNormalisation *normalisation, double level)
{
  CfCurveRow row = { .level = cf_level_from_normalised (normalisation, level) };
  row.coverage = row.precision = row.rmsd = row.null_coverage = row.null_precision = row.inclusion = NAN;
  row.ca_score = row.recall = row.null_ca_score = row.null_recall = row.null_rmsd = NAN;
  row.atoms_coverage = row.atoms_nodes = row.atoms_rmsd = row.null_atoms_coverage = row.null_atoms_nodes = NAN;
  row.inclusion_backbone = NAN;
  return row;
}

CfCurve *
cf_curve_new (CfEvaluator *evaluator, CfSweep *sweep, const CfStructure *structure, gsize n, const CfGraphOptions *options,
              GCancellable *cancellable, GError **error)
{
  const CfPeaks *peaks = cf_sweep_get_peaks (sweep);
  const CfNormalisation *normalisation = &cf_evaluator_field (evaluator)->normalisation;

  if (n == 0 || !(peaks->lowest > 0.0))
    {
      g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, _("the curve has %zu levels from %g, needs some from above 0"), n, peaks->lowest);
      return NULL;
    }
  g_autoptr (CfCurve) curve = g_new0 (CfCurve, 1);
  g_autofree double *levels = g_new (double, n);
  curve->n = n;
  curve->rows = g_new0 (CfCurveRow, n);
  curve->plateau = cf_sweep_plateau (sweep, NULL, NULL);
  make_levels (peaks, n, levels);
  for (gsize i = 0; i < n; i++)
    {
      curve->rows[i] = row_at (normalisation, levels[i]);
      curve->rows[i].inside = share_inside (evaluator, peaks, levels[i]);
      g_autoptr (CfGraph) graph = graph_without_densities (evaluator, sweep, &curve->rows[i].level, options);
      if (!fill_row (&curve->rows[i], graph, sweep, cf_evaluator_field (evaluator), structure, cancellable, error))
        return NULL;
    }
  if (structure != NULL && !fill_inclusion (curve, evaluator, structure, cancellable, error))
    return NULL;
  return g_steal_pointer (&curve);
}

void
cf_curve_free (CfCurve *curve)
{
  if (curve == NULL)
    return;
  g_free (curve->rows);
  g_free (curve);
}

static void
append_cell (GString *out, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  g_string_append_c (out, ',');
  if (isfinite (value))
    g_string_append (out, g_ascii_formatd (text, sizeof text, "%.9g", value));
}

#define COLUMN(name, member) { name, G_STRUCT_OFFSET (CfCurveRow, member) }

/* After level, nodes and components. */
static const struct
{
  const char *name;
  gsize offset; /* of a double */
} columns[] = {
  COLUMN ("coverage", coverage),
  COLUMN ("precision", precision),
  COLUMN ("rmsd", rmsd),
  COLUMN ("null_coverage", null_coverage),
  COLUMN ("null_precision", null_precision),
  COLUMN ("atom_inclusion", inclusion),
  COLUMN ("backbone_inclusion", inclusion_backbone),
  COLUMN ("inside", inside),
  COLUMN ("recall", recall),
  COLUMN ("ca_score", ca_score),
  COLUMN ("null_rmsd", null_rmsd),
  COLUMN ("null_recall", null_recall),
  COLUMN ("null_ca_score", null_ca_score),
  COLUMN ("atoms_coverage", atoms_coverage),
  COLUMN ("atoms_nodes", atoms_nodes),
  COLUMN ("atoms_rmsd", atoms_rmsd),
  COLUMN ("null_atoms_coverage", null_atoms_coverage),
  COLUMN ("null_atoms_nodes", null_atoms_nodes),
};

gboolean
cf_curve_save_csv (const CfCurve *curve, const char *path, GError **error)
{
  g_autoptr (GString) out = g_string_new ("level_file,level_normalised,level_sigma,nodes,components");

  for (gsize c = 0; c < G_N_ELEMENTS (columns); c++)
    g_string_append_printf (out, ",%s", columns[c].name);
  g_string_append (out, "\r\n");
  for (gsize i = 0; i < curve->n; i++)
    {
      const CfCurveRow *row = &curve->rows[i];
      char text[G_ASCII_DTOSTR_BUF_SIZE];
      g_string_append (out, g_ascii_formatd (text, sizeof text, "%.9g", row->level.file));
      append_cell (out, row->level.normalised);
      append_cell (out, row->level.sigma);
      g_string_append_printf (out, ",%" G_GSIZE_FORMAT ",%" G_GSIZE_FORMAT, row->nodes, row->components);
      for (gsize c = 0; c < G_N_ELEMENTS (columns); c++)
        append_cell (out, G_STRUCT_MEMBER (double, row, columns[c].offset));
      g_string_append (out, "\r\n");
    }
  return cf_file_save (path, out->str, out->len, error);
}
