#include "cf-batch-private.h"

#include <math.h>
#include <string.h>

#include "cf-file.h"

#define CA "run.comparison.ca."
#define ATOMS "run.comparison.atoms."
#define NONE "run.comparison.null."

/* To add a metric: a line here. */
static const CfBatchColumn map_columns[] = {
  { CF_BATCH_INPUT, "row", NULL, "request.row", "%.0f", 1 },
  { CF_BATCH_INPUT, "map", NULL, "request.map", NULL, 1 },
  { CF_BATCH_INPUT, "model", NULL, "request.model", NULL, 1 },
  { CF_BATCH_INPUT, "preset", NULL, "preset", NULL, 1 },
  { CF_BATCH_INPUT, "status", NULL, "status", NULL, 1 },
  { CF_BATCH_INPUT, "error", NULL, "error", NULL, 1 },
  { CF_BATCH_INPUT, "contour", NULL, "run.contour", "%.6g", 1 },
  { CF_BATCH_GRAPH, "resolution", "resolution, \303\205", "run.resolution", "%.2f", 1 },
  { CF_BATCH_INPUT, "level_kind", NULL, "run.level_kind", NULL, 1 },
  { CF_BATCH_INPUT, "level_file", NULL, "run.level.file", "%.6g", 1 },
  { CF_BATCH_GRAPH, "level_normalised", "level, d", "run.level.normalised", "%.3f", 1 },
  { CF_BATCH_INPUT, "level_sigma", NULL, "run.level.sigma", "%.4g", 1 },
  { CF_BATCH_GRAPH, "ca_total", "C\316\261", CA "total", "%.0f", 1 },
  { CF_BATCH_INPUT, "ca_matched", NULL, CA "matched", "%.0f", 1 },
  { CF_BATCH_GRAPH, "ca_coverage", "coverage, %", CA "coverage", "%.1f", 100 },
  { CF_BATCH_GRAPH, "null_coverage", "by chance, %", NONE "coverage", "%.1f", 100 },
  { CF_BATCH_GRAPH, "ca_rmsd", "RMSD, \303\205", CA "rmsd", "%.2f", 1 },
  { CF_BATCH_GRAPH, "null_rmsd", "by chance, \303\205", NONE "rmsd", "%.2f", 1 },
  { CF_BATCH_GRAPH, "precision", "precision, %", "run.comparison.nodes.precision", "%.1f", 100 },
  { CF_BATCH_GRAPH, "null_precision", "by chance, %", NONE "precision", "%.1f", 100 },
  { CF_BATCH_INPUT, "ca_score", NULL, "run.comparison.ca_score", "%.4g", 1 },
  { CF_BATCH_ATOMS, "atoms_total", "atoms", ATOMS "total", "%.0f", 1 },
  { CF_BATCH_ATOMS, "atoms_coverage", "atoms with a node, %", ATOMS "coverage", "%.1f", 100 },
  { CF_BATCH_ATOMS, "null_atoms_coverage", "by chance, %", NONE "atoms.coverage", "%.1f", 100 },
  { CF_BATCH_ATOMS, "atoms_nodes", "nodes with an atom, %", ATOMS "nodes", "%.1f", 100 },
  { CF_BATCH_ATOMS, "null_atoms_nodes", "by chance, %", NONE "atoms.nodes", "%.1f", 100 },
  { CF_BATCH_ATOMS, "atoms_rmsd", "RMSD, \303\205", ATOMS "rmsd", "%.2f", 1 },
  { CF_BATCH_COST, "regions", "sub-regions", "run.regions.total", "%.0f", 1 },
  { CF_BATCH_COST, "seeds", "seeds", "run.seeds", "%.0f", 1 },
  { CF_BATCH_COST, "nodes", "nodes", "run.nodes", "%.0f", 1 },
  { CF_BATCH_COST, "edges", "edges", "run.edges", "%.0f", 1 },
  { CF_BATCH_COST, "train_s", "training, s", "run.seconds.train", "%.1f", 1 },
  { CF_BATCH_COST, "walk_s", "walk, s", "run.seconds.walk", "%.1f", 1 },
  { CF_BATCH_COST, "total_s", "all, s", "run.seconds.total", "%.1f", 1 },
  { CF_BATCH_COST, "map_bytes", "map, bytes", "bytes.map", "%.0f", 1 },
  { CF_BATCH_COST, "neural_bytes", "neural map, bytes", "bytes.neural", "%.0f", 1 },
  { CF_BATCH_INPUT, "loss", NULL, "run.loss", "%.4g", 1 },
  { 0 },
};

static const CfBatchColumn simulated_columns[] = {
  { CF_BATCH_INPUT, "row", NULL, "request.row", "%.0f", 1 },
  { CF_BATCH_INPUT, "model", NULL, "request.model", NULL, 1 },
  { CF_BATCH_INPUT, "preset", NULL, "preset", NULL, 1 },
  { CF_BATCH_INPUT, "status", NULL, "status", NULL, 1 },
  { CF_BATCH_INPUT, "error", NULL, "error", NULL, 1 },
  { CF_BATCH_INTERPOLATION, "resolution", "resolution, \303\205", "request.resolution", "%.2f", 1 },
  { CF_BATCH_INTERPOLATION, "points", "points", "interpolate.points", "%.0f", 1 },
  { CF_BATCH_INTERPOLATION, "trilinear_mae", "trilinear", "interpolate.trilinear.density.mae", "%.5f", 1 },
  { CF_BATCH_INTERPOLATION, "tricubic_mae", "tricubic", "interpolate.tricubic.density.mae", "%.5f", 1 },
  { CF_BATCH_INTERPOLATION, "neural_mae", "neural", "interpolate.neural.density.mae", "%.5f", 1 },
  { CF_BATCH_INPUT, "trilinear_rms", NULL, "interpolate.trilinear.density.rms", "%.6g", 1 },
  { CF_BATCH_INPUT, "tricubic_rms", NULL, "interpolate.tricubic.density.rms", "%.6g", 1 },
  { CF_BATCH_INPUT, "neural_rms", NULL, "interpolate.neural.density.rms", "%.6g", 1 },
  { CF_BATCH_INTERPOLATION, "trilinear_gradient_mae", "gradient, trilinear", "interpolate.trilinear.gradient.mae", "%.5f", 1 },
  { CF_BATCH_INTERPOLATION, "tricubic_gradient_mae", "gradient, tricubic", "interpolate.tricubic.gradient.mae", "%.5f", 1 },
  { CF_BATCH_INTERPOLATION, "neural_gradient_mae", "gradient, neural", "interpolate.neural.gradient.mae", "%.5f", 1 },
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
