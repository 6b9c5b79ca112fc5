#include "cf-batch-private.h"

#include <math.h>
#include <string.h>

#include "cf-file.h"
#include "cf-words.h"

#define CA "run.comparison.ca."
#define ATOMS "run.comparison.atoms."
#define NONE "run.comparison.null."

/* What every row has: what was asked for, and what came of it. */
#define OUTCOME \
  { CF_BATCH_INPUT, "model", NULL, "request.model", NULL, 1 }, \
  { CF_BATCH_INPUT, "preset", NULL, "preset", NULL, 1 }, \
  { CF_BATCH_INPUT, "status", NULL, "status", NULL, 1 }, \
  { CF_BATCH_INPUT, "failed_step", NULL, "failed.step", NULL, 1 }, \
  { CF_BATCH_INPUT, "exit_status", NULL, "failed.exit_status", "%.0f", 1 }, \
  { CF_BATCH_INPUT, "error", NULL, "error", NULL, 1 }

/* To add a metric: a line here. */
static const CfBatchColumn map_columns[] = {
  { CF_BATCH_INPUT, "row", NULL, "request.row", "%.0f", 1 },
  { CF_BATCH_INPUT, "map", NULL, "request.map", NULL, 1 },
  OUTCOME,
  { CF_BATCH_INPUT, "contour", NULL, "run.contour", "%.6g", 1 },
  { CF_BATCH_GRAPH, "resolution", N_("resolution, \303\205"), "run.resolution", "%.2f", 1 },
  { CF_BATCH_INPUT, "level_kind", NULL, "run.level_kind", NULL, 1 },
  { CF_BATCH_INPUT, "level_file", NULL, "run.level.file", "%.6g", 1 },
  { CF_BATCH_GRAPH, "level_normalised", N_("level, d"), "run.level.normalised", "%.3f", 1 },
  { CF_BATCH_INPUT, "level_sigma", NULL, "run.level.sigma", "%.4g", 1 },
  { CF_BATCH_GRAPH, "ca_total", "C\316\261", CA "total", "%.0f", 1 },
  { CF_BATCH_INPUT, "ca_matched", NULL, CA "matched", "%.0f", 1 },
  { CF_BATCH_GRAPH, "ca_coverage", N_("coverage, %"), CA "coverage", "%.1f", 100 },
  { CF_BATCH_GRAPH, "null_coverage", N_("by chance, %"), NONE "coverage", "%.1f", 100 },
  { CF_BATCH_GRAPH, "ca_rmsd", N_("RMSD, \303\205"), CA "rmsd", "%.2f", 1 },
  { CF_BATCH_GRAPH, "null_rmsd", N_("by chance, \303\205"), NONE "rmsd", "%.2f", 1 },
  { CF_BATCH_GRAPH, "precision", N_("precision, %"), "run.comparison.nodes.precision", "%.1f", 100 },
  { CF_BATCH_GRAPH, "null_precision", N_("by chance, %"), NONE "precision", "%.1f", 100 },
  { CF_BATCH_INPUT, "ca_score", NULL, "run.comparison.ca_score", "%.4g", 1 },
  { CF_BATCH_ATOMS, "atoms_total", N_("atoms"), ATOMS "total", "%.0f", 1 },
  { CF_BATCH_ATOMS, "atoms_coverage", N_("atoms with a node, %"), ATOMS "coverage", "%.1f", 100 },
  { CF_BATCH_ATOMS, "null_atoms_coverage", N_("by chance, %"), NONE "atoms.coverage", "%.1f", 100 },
  { CF_BATCH_ATOMS, "atoms_nodes", N_("nodes with an atom, %"), ATOMS "nodes", "%.1f", 100 },
  { CF_BATCH_ATOMS, "null_atoms_nodes", N_("by chance, %"), NONE "atoms.nodes", "%.1f", 100 },
  { CF_BATCH_ATOMS, "atoms_rmsd", N_("RMSD, \303\205"), ATOMS "rmsd", "%.2f", 1 },
  { CF_BATCH_COST, "regions", N_("sub-regions"), "run.regions.total", "%.0f", 1 },
  { CF_BATCH_COST, "seeds", N_("seeds"), "run.seeds", "%.0f", 1 },
  { CF_BATCH_COST, "nodes", N_("nodes"), "run.nodes", "%.0f", 1 },
  { CF_BATCH_COST, "edges", N_("edges"), "run.edges", "%.0f", 1 },
  { CF_BATCH_COST, "train_s", N_("training, s"), "run.seconds.train", "%.1f", 1 },
  { CF_BATCH_COST, "train_cpu_s", N_("training, CPU s"), "run.cpu_seconds.train", "%.1f", 1 },
  { CF_BATCH_COST, "walk_s", N_("walk, s"), "run.seconds.walk", "%.1f", 1 },
  { CF_BATCH_COST, "total_s", N_("all, s"), "run.seconds.total", "%.1f", 1 },
  { CF_BATCH_COST, "map_bytes", N_("map, MB"), "bytes.map", "%.2f", 1e-6 },
  { CF_BATCH_COST, "neural_bytes", N_("neural map, MB"), "bytes.neural", "%.2f", 1e-6 },
  { CF_BATCH_INPUT, "loss", NULL, "run.loss", "%.4g", 1 },
  { 0 },
};

static const CfBatchColumn simulated_columns[] = {
  { CF_BATCH_INPUT, "row", NULL, "request.row", "%.0f", 1 },
  OUTCOME,
  { CF_BATCH_INTERPOLATION, "resolution", N_("resolution, \303\205"), "request.resolution", "%.2f", 1 },
  { CF_BATCH_INTERPOLATION, "points", N_("points"), "interpolate.points", "%.0f", 1 },
  { CF_BATCH_INTERPOLATION, "trilinear_mae", N_("trilinear"), "interpolate.trilinear.density.mae", "%.5f", 1 },
  { CF_BATCH_INTERPOLATION, "tricubic_mae", N_("tricubic"), "interpolate.tricubic.density.mae", "%.5f", 1 },
  { CF_BATCH_INTERPOLATION, "neural_mae", N_("neural"), "interpolate.neural.density.mae", "%.5f", 1 },
  { CF_BATCH_INTERPOLATION, "misaligned_mae", N_("trilinear, misaligned"), "interpolate.misaligned.density.mae", "%.5f", 1 },
  { CF_BATCH_INPUT, "trilinear_rms", NULL, "interpolate.trilinear.density.rms", "%.6g", 1 },
  { CF_BATCH_INPUT, "tricubic_rms", NULL, "interpolate.tricubic.density.rms", "%.6g", 1 },
  { CF_BATCH_INPUT, "neural_rms", NULL, "interpolate.neural.density.rms", "%.6g", 1 },
  { CF_BATCH_INTERPOLATION, "trilinear_gradient_mae", N_("gradient, trilinear"), "interpolate.trilinear.gradient.mae", "%.5f", 1 },
  { CF_BATCH_INTERPOLATION, "tricubic_gradient_mae", N_("gradient, tricubic"), "interpolate.tricubic.gradient.mae", "%.5f", 1 },
  { CF_BATCH_INTERPOLATION, "neural_gradient_mae", N_("gradient, neural"), "interpolate.neural.gradient.mae", "%.5f", 1 },
  { CF_BATCH_INPUT, "seconds", NULL, "seconds", "%.1f", 1 },
  { 0 },
};

const CfBatchColumn *
cf_batch_columns (CfBatchKind kind)
{
  return kind == CF_BATCH_MAPS ? map_columns : simulated_columns;
}

const char *
cf_batch_kind_name (CfBatchKind kind)
{
  return kind == CF_BATCH_MAPS ? "maps" : "simulated";
}

double
cf_batch_number (json_t *row, const char *path)
{
  json_t *value = cf_json_at (row, path);

  return json_is_number (value) ? json_number_value (value) : NAN;
}

static char *
number_text (const char *format, double value)
{
  char text[64];

  return isfinite (value) ? g_strdup (g_ascii_formatd (text, sizeof text, format, value)) : g_strdup ("");
}

char *
cf_batch_cell (const CfBatchColumn *column, json_t *row)
{
  const char *text = json_string_value (cf_json_at (row, column->path));

  if (column->format)
    return number_text (column->format, column->factor * cf_batch_number (row, column->path));
  return cf_text_clean (text ? text : "", -1);
}

char *
cf_batch_row_name (json_t *row)
{
  json_t *request = json_object_get (row, "request");
  const char *map = json_string_value (json_object_get (request, "map")), *model = json_string_value (json_object_get (request, "model"));
  g_autofree char *base = g_path_get_basename (map ? map : model ? model : "?");

  return cf_text_clean (base, -1);
}

static char *
csv_cell (const CfBatchColumn *column, json_t *row)
{
  g_autofree char *text = column->format ? number_text ("%.9g", cf_batch_number (row, column->path)) : cf_batch_cell (column, row);

  return cf_text_for_csv (text);
}

gboolean
cf_batch_save_csv (const CfBatch *batch, const char *path, GError **error)
{
  g_autoptr (GString) out = g_string_new (NULL);
  const CfBatchColumn *columns = cf_batch_columns (batch->kind);
  json_t *row;
  gsize i;

  for (const CfBatchColumn *c = columns; c->csv; c++)
    g_string_append_printf (out, "%s%s", c == columns ? "" : ",", c->csv);
  g_string_append_c (out, '\n');
  json_array_foreach (batch->rows, i, row)
  {
    for (const CfBatchColumn *c = columns; c->csv; c++)
      {
        g_autofree char *cell = csv_cell (c, row);
        g_string_append_printf (out, "%s%s", c == columns ? "" : ",", cell);
      }
    g_string_append_c (out, '\n');
  }
  return cf_file_save (path, out->str, out->len, error);
}
