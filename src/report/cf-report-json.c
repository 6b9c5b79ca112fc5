#include "cf-report-private.h"

#include <math.h>

/* JSON has no NAN: what is not known is null. */
json_t *
cf_json_real_or_null (double value)
{
  return isfinite (value) ? json_real (value) : json_null ();
}

/* Text from files may hold anything; jansson takes valid UTF-8 only. */
static json_t *
text_or_null (const char *text)
{
  if (text == NULL || *text == '\0')
    return json_null ();
  g_autofree char *valid = g_utf8_make_valid (text, -1);
  return json_string (valid);
}

static json_t *
texts (const char *const *strings)
{
  json_t *array = json_array ();
  for (; strings != NULL && *strings != NULL; strings++)
    json_array_append_new (array, text_or_null (*strings));
  return array;
}

static json_t *
reals (const double *values, int n)
{
  json_t *array = json_array ();
  for (int i = 0; i < n; i++)
    json_array_append_new (array, cf_json_real_or_null (values[i]));
  return array;
}

static json_t *
integers (const int *values, int n)
{
  json_t *array = json_array ();
  for (int i = 0; i < n; i++)
    json_array_append_new (array, json_integer (values[i]));
  return array;
}

static void
set (json_t *object, const char *key, json_t *value)
{
  json_object_set_new (object, key, value);
}

static void
set_real (json_t *object, const char *key, double value)
{
  set (object, key, cf_json_real_or_null (value));
}

static void
set_integer (json_t *object, const char *key, json_int_t value)
{
  set (object, key, json_integer (value));
}

json_t *
cf_json_at (json_t *root, const char *path)
{
  g_auto (GStrv) parts = g_strsplit (path, ".", -1);
  json_t *at = root;
  for (char **part = parts; *part != NULL && at != NULL; part++)
    at = json_is_array (at) ? json_array_get (at, g_ascii_strtoull (*part, NULL, 10)) : json_object_get (at, *part);
  return at;
}

/* -- comparison ------------------------------------------------------------------------------------------------------------- */

static json_t *
coverage_tree (const CfCoverage *coverage)
{
  json_t *object = json_object ();
  set_integer (object, "total", coverage->total);
  set_integer (object, "matched", coverage->matched);
  set_real (object, "coverage", coverage->coverage);
  set_real (object, "rmsd", coverage->rmsd);
  return object;
}

static json_t *
null_tree (const CfComparison *c)
{
  json_t *null = json_object (), *atoms = json_object ();

  set_real (null, "coverage", c->null_ca.coverage);
  set_real (null, "rmsd", c->null_ca.rmsd);
  set_real (null, "recall", c->null_recall);
  set_real (null, "precision", c->null_precision);
  set_real (null, "ca_score", c->null_ca_score);
  set_real (atoms, "coverage", c->null_atoms.coverage);
  set_real (atoms, "rmsd", c->null_atoms.rmsd);
  set_real (atoms, "nodes", c->null_atoms_nodes);
  set (null, "atoms", atoms);
  set_integer (null, "trials", c->null_trials);
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

      set (object, "chain", text_or_null (structure->chains[chain->chain].name));
      set_real (ca, "recall", chain->recall);
      set (object, "ca", ca);
      set_real (object, "ca_score", chain->ca_score);
      set (object, "atoms", coverage_tree (&chain->atoms));
      set_real (object, "null_coverage", chain->null_ca.coverage);
      set_real (object, "null_rmsd", chain->null_ca.rmsd);
      json_array_append_new (chains, object);
    }
  return chains;
}

json_t *
cf_comparison_tree (const CfComparison *c, const CfStructure *structure)
{
  json_t *root = json_object (), *nodes = json_object (), *ca = coverage_tree (&c->ca), *atoms = coverage_tree (&c->atoms);

  set_integer (ca, "near", c->residues_near);
  set_real (ca, "recall", c->recall);
  set (root, "ca", ca);
  set_integer (nodes, "total", c->nodes_total);
  set_integer (nodes, "near", c->nodes_near);
  set_real (nodes, "precision", c->precision);
  set (root, "nodes", nodes);
  set_real (atoms, "nodes", c->atoms_nodes);
  set (root, "atoms", atoms);
  set (root, "null", c->has_null ? null_tree (c) : json_null ());
  set_real (root, "ca_score", c->ca_score);
  set (root, "chains", chains_tree (c, structure));
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

/* -- map, model, field ------------------------------------------------------------------------------------------------------ */

static const char *
placement_name (CfPlacement placement)
{
  static const char *const names[] = { "ORIGIN", "NSTART", "zero" };
  return names[CLAMP ((int)placement, 0, 2)];
}

static json_t *
level_tree (const CfLevel *level)
{
  json_t *object = json_object ();
  set_real (object, "file", level->file);
  set_real (object, "normalised", level->normalised);
  set_real (object, "sigma", level->sigma);
  return object;
}

static json_t *
normalised_tree (const CfNormalisation *normalisation)
{
  json_t *object = json_object ();
  CfLevel generic = cf_level_generic (normalisation);
  set_real (object, "max", normalisation->max);
  set_real (object, "mu", normalisation->mu);
  set_real (object, "sigma", normalisation->sigma);
  set (object, "threshold", level_tree (&generic));
  set (object, "crop_start", integers (normalisation->lo, 3));
  set (object, "crop_dims", integers (normalisation->dims, 3));
  set (object, "population", json_string (CF_REPORT_POPULATION));
  return object;
}

static void
set_header (json_t *map, const CfEmdbHeader *header)
{
  if (header == NULL)
    return;
  set (map, "emdb_id", text_or_null (header->id));
  set (map, "title", text_or_null (header->title));
  set (map, "method", text_or_null (header->method));
  set (map, "contour_source", text_or_null (header->contour_source));
  set (map, "fitted_models", texts ((const char *const *)header->pdb_ids));
}

static void
set_volume (json_t *map, const CfVolume *volume)
{
  if (volume == NULL)
    return;
  set_integer (map, "mode", volume->header.mode);
  set (map, "byte_order", json_string (volume->header.big_endian ? "big" : "little"));
  set_real (map, "min", volume->statistics.min);
  set_real (map, "max", volume->statistics.max);
  set_real (map, "mean", volume->statistics.mean);
  set_real (map, "sd", volume->statistics.sd);
  set_integer (map, "nonfinite", volume->statistics.nonfinite);
}

static json_t *
map_tree (const CfReport *report)
{
  const CfField *field = report->field;
  const CfGrid *grid = &field->source_grid;
  const double voxel[3] = { cf_grid_edge (grid, 0), cf_grid_edge (grid, 1), cf_grid_edge (grid, 2) };
  json_t *map = json_object ();

  set (map, "name", text_or_null (field->source_name));
  set (map, "sha256", text_or_null (field->source_sha256));
  set (map, "dims", integers (grid->dims, 3));
  set (map, "voxel", reals (voxel, 3));
  set (map, "cell", reals (field->cell, 6));
  set (map, "origin", reals (grid->origin, 3));
  set (map, "axes", integers (field->axes, 3));
  set (map, "placement", json_string (placement_name (field->placement)));
  set_real (map, "resolution", field->resolution);
  set_real (map, "contour", field->contour);
  set_volume (map, report->volume);
  set_header (map, report->header);
  CfLevel contour = cf_level_from_file (&field->normalisation, field->contour);
  set (map, "contour_level", isfinite (field->contour) ? level_tree (&contour) : json_null ());
  set (map, "normalised", normalised_tree (&field->normalisation));
  set (map, "warnings", texts (report->volume != NULL ? (const char *const *)report->volume->warnings : NULL));
  return map;
}

static json_t *
model_tree (const CfStructure *structure)
{
  if (structure == NULL)
    return json_null ();
  json_t *model = json_object ();
  set (model, "name", text_or_null (structure->name));
  set (model, "id", text_or_null (structure->id));
  set_integer (model, "atoms", structure->n_atoms);
  set_integer (model, "residues", structure->n_residues);
  set_integer (model, "chains", structure->n_chains);
  set_integer (model, "models", structure->n_models);
  set_integer (model, "models_left_out", MAX (structure->n_models - 1, 0));
  set (model, "trace", json_string (structure->n_p == 0 ? "C\316\261" : structure->n_ca == 0 ? "P" : "C\316\261 and P"));
  set_integer (model, "ca", structure->n_ca);
  set_integer (model, "p", structure->n_p);
  set_integer (model, "hydrogens", structure->n_hydrogens);
  set_integer (model, "waters", structure->n_waters);
  set_integer (model, "altlocs", structure->n_altlocs);
  set_integer (model, "rejected", structure->n_rejected);
  set (model, "warnings", texts ((const char *const *)structure->warnings));
  return model;
}

static void
set_residual (json_t *object, const char *key, const CfResidual *residual)
{
  json_t *tree = json_object ();
  set_integer (tree, "samples", residual->n);
  set_real (tree, "mean_abs", residual->mean_abs);
  set_real (tree, "rms", residual->rms);
  set (object, key, tree);
}

static json_t *
region_tree (const CfReport *report, int i)
{
  const CfRegionFit *fit = &report->field->fits[i];
  json_t *object = json_object ();

  set_integer (object, "region", i);
  set (object, "trained", json_boolean (fit->trained));
  set (object, "flat", json_boolean (fit->flat));
  set_integer (object, "epochs", fit->epochs);
  set_real (object, "loss", fit->trained && !fit->flat ? fit->loss : NAN);
  set_real (object, "held_out", fit->trained && !fit->flat ? fit->held_out : NAN);
  set_real (object, "seconds", fit->seconds);
  if (report->residuals != NULL && i < report->residuals->n_regions)
    {
      set_residual (object, "at_voxels", &report->residuals->region_at[i]);
      set_residual (object, "between_voxels", &report->residuals->region_between[i]);
    }
  return object;
}

/* Losses weigh each fitted region the same. */
static void
set_fit_summary (json_t *tree, const CfField *field)
{
  double loss = 0.0, worst = NAN, held_out = 0.0, seconds = 0.0;
  int fitted = 0, flat = 0, held = 0, epochs = 0;

  for (int i = 0; i < field->n_regions; i++)
    {
      const CfRegionFit *fit = &field->fits[i];
      flat += fit->flat;
      seconds += fit->seconds;
      epochs += fit->epochs;
      if (!fit->trained || fit->flat)
        continue;
      fitted++;
      loss += fit->loss;
      worst = isnan (worst) ? fit->loss : MAX (worst, fit->loss);
      if (isfinite (fit->held_out))
        {
          held++;
          held_out += fit->held_out;
        }
    }
  set_integer (tree, "regions", field->n_regions);
  set_integer (tree, "trained", cf_field_n_trained (field));
  set_integer (tree, "untrained", field->n_regions - cf_field_n_trained (field));
  set_integer (tree, "flat", flat);
  set_integer (tree, "epochs", epochs);
  set_real (tree, "loss", fitted > 0 ? loss / fitted : NAN);
  set_real (tree, "worst_loss", worst);
  set_real (tree, "held_out", held > 0 ? held_out / held : NAN);
  set_real (tree, "seconds", seconds);
}

static json_t *
field_tree (const CfReport *report)
{
  const CfField *field = report->field;
  json_t *tree = json_object (), *regions = json_array ();

  set_fit_summary (tree, field);
  set (tree, "recipe", json_string (field->recipe == CF_RECIPE_PAPER ? "paper" : "default"));
  set (tree, "partition", json_string (field->partition.kind == CF_PARTITION_PAPER ? "paper" : "balanced"));
  set (tree, "blend", json_string (field->blend == CF_BLEND_PAPER ? "paper" : "smooth"));
  set (tree, "transform", json_string (field->transform.kind == CF_TRANSFORM_SQRT ? "sqrt" : "linear"));
  set_integer (tree, "seed", (json_int_t)field->seed);
  for (int i = 0; i < field->n_regions; i++)
    if (field->sirens[i] != NULL)
      {
        set_integer (tree, "width", field->sirens[i]->shape.width);
        set_integer (tree, "hidden_layers", field->sirens[i]->shape.hidden);
        set_real (tree, "w0", field->sirens[i]->shape.w0);
        set_real (tree, "w0_first", field->sirens[i]->shape.w0_first);
        break;
      }
  if (report->residuals != NULL)
    {
      set_residual (tree, "at_voxels", &report->residuals->at);
      set_residual (tree, "between_voxels", &report->residuals->between);
    }
  for (int i = 0; i < field->n_regions; i++)
    json_array_append_new (regions, region_tree (report, i));
  set (tree, "region", regions);
  return tree;
}

/* -- graph, curve, misses --------------------------------------------------------------------------------------------------- */

static json_t *
graph_tree (const CfGraph *graph, const CfComparison *comparison)
{
  json_t *tree = json_object ();

  set_integer (tree, "seeds", graph->n_seeds);
  set_integer (tree, "peaks", graph->n_peaks);
  set_integer (tree, "nodes", graph->n_nodes);
  set_integer (tree, "edges", graph->n_edges);
  set_integer (tree, "components", graph->n_components);
  set_real (tree, "nodes_per_residue",
            comparison != NULL && comparison->ca.total > 0 ? (double)graph->n_nodes / comparison->ca.total : NAN);
  set_real (tree, "adjacency", graph->adjacency);
  set_integer (tree, "min_component", graph->min_component);
  gsize largest = 0, in_blend = 0;
  for (gsize i = 0; i < graph->n_nodes; i++)
    {
      largest += graph->nodes[i].component == 0;
      in_blend += graph->nodes[i].in_blend != FALSE;
    }
  set_integer (tree, "largest_component", largest);
  set_integer (tree, "nodes_in_blend", in_blend);
  return tree;
}

static json_t *
curve_tree (const CfCurve *curve)
{
  if (curve == NULL)
    return json_null ();
  json_t *rows = json_array ();
  for (gsize i = 0; i < curve->n; i++)
    {
      const CfCurveRow *row = &curve->rows[i];
      json_t *object = json_object ();
      set (object, "level", level_tree (&row->level));
      set_integer (object, "nodes", row->nodes);
      set_integer (object, "components", row->components);
      set_real (object, "coverage", row->coverage);
      set_real (object, "precision", row->precision);
      set_real (object, "rmsd", row->rmsd);
      set_real (object, "null_coverage", row->null_coverage);
      set_real (object, "null_precision", row->null_precision);
      set_real (object, "atom_inclusion", row->inclusion);
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

  set (object, "chain", text_or_null (structure->chains[residue->chain].name));
  set (object, "name", text_or_null (residue->name));
  set_integer (object, "seq", residue->seq);
  set (object, "icode", text_or_null (icode));
  g_autofree char *number = g_strdup_printf ("%d%s", residue->seq, icode);
  set (object, "number", text_or_null (number));
  return object;
}

static json_t *
residues_tree (const CfReport *report)
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
      set (object, "node", has ? json_integer (node) : json_null ());
      set_real (object, "distance", report->comparison->node_distance[r]);
      set_real (object, "density", has ? report->graph->nodes[node].density : NAN);
      json_array_append_new (rows, object);
    }
  return rows;
}

static json_t *
misses_tree (const CfReport *report)
{
  if (report->structure == NULL || report->comparison == NULL)
    return json_null ();
  g_autoptr (CfMisses) misses = cf_misses_new (report);
  json_t *tree = json_object (), *residues = json_array (), *nodes = json_array ();

  for (guint i = 0; i < misses->residues->len; i++)
    {
      const CfMiss *miss = &g_array_index (misses->residues, CfMiss, i);
      json_t *object = residue_tree (report->structure, miss->index);
      set_real (object, "nearest_node", miss->distance);
      set_real (object, "density", miss->density);
      json_array_append_new (residues, object);
    }
  for (guint i = 0; i < misses->nodes->len; i++)
    {
      const CfMiss *miss = &g_array_index (misses->nodes, CfMiss, i);
      const CfNode *node = &report->graph->nodes[miss->index];
      json_t *object = json_object ();
      set_integer (object, "node", miss->index);
      set (object, "pos", reals (node->pos, 3));
      set_real (object, "density", node->density);
      set_real (object, "persistence", node->persistence);
      set_real (object, "birth", node->birth);
      set_real (object, "nearest_atom", miss->distance);
      set_integer (object, "region", node->region);
      set (object, "in_blend", json_boolean (node->in_blend));
      json_array_append_new (nodes, object);
    }
  set_integer (tree, "residues_without_node", misses->n_residues);
  set (tree, "residues_order",
       json_string (report->evaluator != NULL ? "where the field is densest first" : "farthest from any node first"));
  set (tree, "residues", residues);
  set_integer (tree, "nodes_without_atom", misses->n_nodes);
  set (tree, "nodes", nodes);
  return tree;
}

static json_t *
histogram_tree (const CfReport *report)
{
  if (report->volume == NULL)
    return json_null ();
  guint64 bins[CF_HISTOGRAM_BINS];
  json_t *counts = json_array ();
  cf_histogram (report->volume, &report->field->normalisation, bins);
  for (int i = 0; i < CF_HISTOGRAM_BINS; i++)
    json_array_append_new (counts, json_integer ((json_int_t)bins[i]));
  return counts;
}

json_t *
cf_report_tree (const CfReport *given)
{
  CfReport full = *given;
  const CfReport *report = &full;
  g_autoptr (CfResiduals) residuals = NULL;
  if (full.residuals == NULL && full.evaluator != NULL && full.volume != NULL)
    /* the volume is only referenced; where this fails the report does without */
    full.residuals = residuals = cf_residuals_new (full.evaluator, (CfVolume *)full.volume, 0, NULL, NULL);
  json_t *root = json_object ();
  g_autoptr (GDateTime) now = g_date_time_new_now_utc ();
  g_autofree char *date = g_date_time_format (now, "%Y-%m-%dT%H:%M:%SZ");

  set (root, "program", json_string ("Cryofield"));
  set (root, "version", json_string (CF_VERSION));
  set (root, "date", json_string (date));
  set (root, "map", map_tree (report));
  set (root, "model", model_tree (report->structure));
  set (root, "level", level_tree (&report->graph->level));
  set (root, "field", field_tree (report));
  set (root, "graph", graph_tree (report->graph, report->comparison));
  set (root, "comparison", report->comparison != NULL ? cf_comparison_tree (report->comparison, report->structure) : json_null ());
  set (root, "misses", misses_tree (report));
  set (root, "curve", curve_tree (report->curve));
  set (root, "histogram", histogram_tree (report));
  set (root, "residues", residues_tree (report));
  set (root, "commands", texts (report->commands));
  return root;
}

char *
cf_report_to_json (const CfReport *report)
{
  json_t *root = cf_report_tree (report);
  char *dumped = json_dumps (root, JSON_INDENT (2) | JSON_REAL_PRECISION (9));
  char *text = g_strconcat (dumped, "\n", NULL);
  free (dumped);
  json_decref (root);
  return text;
}
