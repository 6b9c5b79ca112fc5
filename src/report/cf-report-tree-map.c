#include "cf-report-tree.h"

#include <math.h>

#include "cf-file.h"
#include "cf-words.h"

static const char *
placement_name (CfPlacement placement)
{
  static const char *const names[] = { "ORIGIN", "NSTART", N_("zero") };
  return names[CLAMP ((int)placement, 0, 2)];
}

static json_t *
normalised_tree (const CfNormalisation *normalisation)
{
  json_t *object = json_object ();
  CfLevel generic = cf_level_generic (normalisation);
  cf_tree_set_real (object, "max", normalisation->max);
  cf_tree_set_real (object, "mu", normalisation->mu);
  cf_tree_set_real (object, "sigma", normalisation->sigma);
  cf_tree_set (object, "threshold", cf_tree_level (&generic));
  cf_tree_set (object, "crop_start", cf_json_ints (normalisation->lo, 3));
  cf_tree_set (object, "crop_dims", cf_json_ints (normalisation->dims, 3));
  cf_tree_set (object, "population", json_string (N_("voxels of the crop, negative ones taken as 0, divided by the largest")));
  return object;
}

static void
set_header (json_t *map, const CfEmdbHeader *header)
{
  if (header == NULL)
    return;
  cf_tree_set_text (map, "emdb_id", header->id);
  cf_tree_set_text (map, "title", header->title);
  cf_tree_set_text (map, "method", header->method);
  cf_tree_set_text (map, "contour_source", header->contour_source);
  cf_tree_set (map, "fitted_models", cf_tree_texts ((const char *const *)header->pdb_ids));
}

static void
set_volume (json_t *map, const CfVolume *volume)
{
  if (volume == NULL)
    return;
  cf_tree_set_integer (map, "mode", volume->header.mode);
  cf_tree_set (map, "byte_order", json_string (volume->header.big_endian ? "big" : "little"));
  cf_tree_set_real (map, "min", volume->statistics.min);
  cf_tree_set_real (map, "max", volume->statistics.max);
  cf_tree_set_real (map, "mean", volume->statistics.mean);
  cf_tree_set_real (map, "sd", volume->statistics.sd);
  cf_tree_set_integer (map, "nonfinite", volume->statistics.nonfinite);
}

/* Of the crop, by the voxels themselves. Protein takes up about 1.21 A^3 a dalton (Harpaz, Gerstein and Chothia 1994). */
static json_t *
volume_above_tree (const CfReport *report)
{
  if (report->volume == NULL)
    return json_null ();
  const CfNormalisation *normalisation = &report->field->normalisation;
  const int *dims = report->volume->grid.dims, *lo = normalisation->lo, *size = normalisation->dims;
  double level = report->graph->level.file;
  gsize n = 0;
  for (int z = lo[2]; z < lo[2] + size[2]; z++)
    for (int y = lo[1]; y < lo[1] + size[1]; y++)
      for (int x = lo[0]; x < lo[0] + size[0]; x++)
        n += report->volume->data[((gsize)z * dims[1] + y) * dims[0] + x] >= level;
  double volume = n * cf_report_voxel_volume (report);
  json_t *tree = json_object ();
  cf_tree_set_integer (tree, "voxels", (json_int_t)n);
  cf_tree_set_real (tree, "cubic_angstrom", volume);
  cf_tree_set_real (tree, "kilodalton", volume / 1210.0);
  return tree;
}

json_t *
cf_tree_map (const CfReportParts *parts)
{
  const CfReport *report = &parts->report;
  const CfField *field = report->field;
  const CfGrid *grid = &field->source_grid;
  const double voxel[3] = { cf_grid_edge (grid, 0), cf_grid_edge (grid, 1), cf_grid_edge (grid, 2) };
  json_t *map = json_object ();

  cf_tree_set_text (map, "name", field->source_name);
  cf_tree_set_text (map, "sha256", field->source_sha256);
  cf_tree_set (map, "dims", cf_json_ints (grid->dims, 3));
  cf_tree_set (map, "voxel", cf_json_numbers (voxel, 3));
  cf_tree_set (map, "cell", cf_json_numbers (field->cell, 6));
  cf_tree_set (map, "origin", cf_json_numbers (grid->origin, 3));
  cf_tree_set (map, "axes", cf_json_ints (field->axes, 3));
  cf_tree_set (map, "placement", json_string (placement_name (field->placement)));
  cf_tree_set_real (map, "resolution", field->resolution);
  cf_tree_set_real (map, "contour", field->contour);
  set_volume (map, report->volume);
  cf_tree_set (map, "above_level", volume_above_tree (report));
  gboolean differs = report->volume != NULL && *report->volume->sha256 != '\0' && *field->source_sha256 != '\0'
                     && strcmp (report->volume->sha256, field->source_sha256) != 0;
  cf_tree_set_integer (map, "differs", differs);
  set_header (map, report->header);
  CfLevel contour = cf_level_from_file (&field->normalisation, field->contour);
  cf_tree_set (map, "contour_level", isfinite (field->contour) ? cf_tree_level (&contour) : json_null ());
  cf_tree_set (map, "normalised", normalised_tree (&field->normalisation));
  cf_tree_set (map, "warnings", cf_tree_texts (report->volume != NULL ? (const char *const *)report->volume->warnings_plain : NULL));
  return map;
}

/* Of the file as it is now; null where there is none, or it cannot be read any more. */
static void
set_file (json_t *object, const char *path)
{
  char sha256[65];
  gboolean good = path != NULL && cf_file_sha256 (path, sha256, NULL, NULL);
  g_autofree char *name = path != NULL ? g_path_get_basename (path) : NULL;
  cf_tree_set_text (object, "file", name);
  cf_tree_set_text (object, "sha256", good ? sha256 : NULL);
}

json_t *
cf_tree_neural (const CfReport *report)
{
  json_t *neural = json_object ();
  set_file (neural, report->neural_path);
  return neural;
}

json_t *
cf_tree_model (const CfReport *report)
{
  const CfStructure *structure = report->structure;
  if (structure == NULL)
    return json_null ();
  json_t *model = json_object ();
  set_file (model, structure->path);
  cf_tree_set_text (model, "name", structure->name);
  cf_tree_set_text (model, "id", structure->id);
  cf_tree_set_integer (model, "atoms", structure->n_atoms);
  cf_tree_set_integer (model, "residues", structure->n_residues);
  cf_tree_set_integer (model, "chains", structure->n_chains);
  cf_tree_set_integer (model, "models", structure->n_models);
  cf_tree_set_integer (model, "models_left_out", MAX (structure->n_models - 1, 0));
  cf_tree_set (model, "trace", json_string (structure->n_p == 0 ? "C\316\261" : structure->n_ca == 0 ? "P" : N_("C\316\261 and P")));
  cf_tree_set_integer (model, "ca", structure->n_ca);
  cf_tree_set_integer (model, "p", structure->n_p);
  cf_tree_set_integer (model, "hydrogens", structure->n_hydrogens);
  cf_tree_set_integer (model, "waters", structure->n_waters);
  cf_tree_set_integer (model, "altlocs", structure->n_altlocs);
  cf_tree_set_integer (model, "rejected", structure->n_rejected);
  cf_tree_set (model, "warnings", cf_tree_texts ((const char *const *)structure->warnings_plain));
  return model;
}
