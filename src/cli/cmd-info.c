/* cmd-info.c: what a map, a model or a neural map holds. */
#include "cli-field.h"

#include <glib/gstdio.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cf-locale.h"
#include "cf-neural.h"
#include "cf-words.h"

/* The normalisation of the whole map, or FALSE: why goes to stderr and into *warning (new). */
static gboolean
normalise (const CfVolume *volume, CfNormalisation *n, char **warning)
{
  g_autoptr (GError) flat = NULL;
  gboolean possible = cf_normalisation_compute (volume, NAN, n, &flat);
  const char *message = possible ? NULL : flat->message;

  if (message && g_str_has_prefix (message, volume->name) && g_str_has_prefix (message + strlen (volume->name), ": "))
    message += strlen (volume->name) + 2;
  if (message)
    cf_cli_warn (volume->path, "%s", message);
  *warning = g_strdup (message);
  return possible;
}

static json_t *
map_to_json (const CfVolume *volume, const CfEmdbHeader *header)
{
  const CfStatistics *s = &volume->statistics;
  const double voxel[3] = { cf_grid_edge (&volume->grid, 0), cf_grid_edge (&volume->grid, 1), cf_grid_edge (&volume->grid, 2) };
  static const char *const placements[] = { "ORIGIN", "NSTART", "zero" };
  g_autofree char *warning = NULL;
  CfNormalisation n;
  json_t *object = json_pack ("{s:s,s:s,s:o,s:o,s:o,s:o,s:o,s:i,s:s,s:s}", "file", volume->name, "kind", "map", "dims",
                              cf_json_ints (volume->grid.dims, 3), "voxel", cf_json_numbers (voxel, 3), "cell",
                              cf_json_numbers (volume->header.cell, 6), "origin", cf_json_numbers (volume->grid.origin, 3), "axes",
                              cf_json_ints (volume->header.axes, 3), "mode", volume->header.mode, "byte_order",
                              volume->header.big_endian ? "big" : "little", "placed_by", placements[volume->header.placement]);
  json_t *warnings = cf_json_strings (volume->warnings_plain);

  json_object_set_new (object, "min", cf_json_number (s->min));
  json_object_set_new (object, "max", cf_json_number (s->max));
  json_object_set_new (object, "mean", cf_json_number (s->mean));
  json_object_set_new (object, "sd", cf_json_number (s->sd));
  json_object_set_new (object, "nonfinite", json_integer (s->nonfinite));
  if (normalise (volume, &n, &warning))
    json_object_set_new (object, "normalised",
                         json_pack ("{s:o,s:o,s:o,s:o,s:s}", "mu", cf_json_number (n.mu), "sigma", cf_json_number (n.sigma), "threshold",
                                    cf_json_number (cf_level_generic (&n).normalised), "start",
                                    cf_json_number (cf_level_start (&n).normalised), "population", "whole map"));
  else
    json_object_set_new (object, "normalised", json_null ());
  if (warning)
    json_array_append_new (warnings, json_string (warning));
  json_object_set_new (object, "contour", header ? cf_json_number (header->contour) : json_null ());
  if (header)
    json_object_set_new (object, "emdb",
                         json_pack ("{s:s?,s:s?,s:o,s:s?,s:o,s:s?,s:o,s:s?}", "id", header->id, "title", header->title, "resolution",
                                    cf_json_number (header->resolution), "method", header->method, "pdb_ids", cf_json_strings (header->pdb_ids),
                                    "contour_source", header->contour_source, "pixel", cf_json_numbers (header->pixel, 3), "symmetry",
                                    header->symmetry));
  json_object_set_new (object, "sha256", json_string (volume->sha256));
  json_object_set_new (object, "labels", cf_json_strings (volume->header.labels));
  json_object_set_new (object, "warnings", warnings);
  return object;
}

static void
print_map (const CfVolume *volume, const CfEmdbHeader *header)
{
  const CfGrid *g = &volume->grid;
  const CfStatistics *s = &volume->statistics;
  const CfMapHeader *h = &volume->header;
  static const char *const placements[] = { "ORIGIN", "NSTART", "nothing, so at 0" };
  g_autofree char *warning = NULL;
  CfNormalisation n;

  printf ("map         %s\n", volume->name);
  printf ("dims        %d x %d x %d voxels\n", g->dims[0], g->dims[1], g->dims[2]);
  printf ("voxel       %.6g x %.6g x %.6g A\n", cf_grid_edge (g, 0), cf_grid_edge (g, 1), cf_grid_edge (g, 2));
  printf ("cell        %.6g %.6g %.6g A, %.6g %.6g %.6g degrees\n", h->cell[0], h->cell[1], h->cell[2], h->cell[3], h->cell[4], h->cell[5]);
  printf ("origin      %.6g %.6g %.6g A, placed by %s\n", g->origin[0], g->origin[1], g->origin[2], placements[h->placement]);
  printf ("axes        %d,%d,%d\n", h->axes[0], h->axes[1], h->axes[2]);
  printf ("mode        %d, %s endian\n", h->mode, h->big_endian ? "big" : "little");
  printf ("values      min %.6g, max %.6g, mean %.6g, sd %.6g, %" G_GINT64_FORMAT " not finite\n", s->min, s->max, s->mean, s->sd, s->nonfinite);
  if (normalise (volume, &n, &warning))
    {
      CfLevel level = cf_level_generic (&n);
      g_autofree char *unreached = cf_level_warning (&n);
      printf ("normalised  mu %.6g, sigma %.6g (negatives as 0, by the largest, over the whole map)\n", n.mu, n.sigma);
      printf ("threshold   %.6g in file units, %.6g normalised, %.4g sigma: the larger of 0.1 and mu + 3 sigma\n", level.file, level.normalised,
              level.sigma);
      if (unreached)
        printf ("            %s\n", unreached);
    }
  else
    printf ("normalised  not possible: %s\n", warning);
  if (header && isfinite (header->contour))
    printf ("contour     %.6g in file units (%s)\n", header->contour, header->contour_source ? header->contour_source : "source not given");
  if (header && header->id)
    printf ("entry       %s%s%s\n", header->id, header->title ? ": " : "", header->title ? header->title : "");
  if (header && isfinite (header->resolution))
    printf ("resolution  %.4g A\n", header->resolution);
}

static gboolean
info_map (CfCli *cli, const char *path, const char *header_path, gboolean json, GError **error)
{
  g_autoptr (CfVolume) volume = NULL;
  g_autoptr (CfEmdbHeader) header = NULL;

  volume = cf_cli_load_map (cli, path, error);
  if (!volume || !cf_cli_load_header (header_path, path, &header, error))
    return FALSE;
  if (json)
    return cf_json_print (map_to_json (volume, header), error);
  print_map (volume, header);
  return TRUE;
}

static gboolean
info_model (CfCli *cli, const char *path, gboolean json, GError **error)
{
  g_autoptr (CfStructure) s = cf_cli_load_model (cli, path, error);

  if (!s)
    return FALSE;
  if (json)
    return cf_json_print (json_pack ("{s:s,s:s,s:s?,s:i,s:i,s:i,s:i,s:i,s:i,s:i,s:i,s:i,s:i,s:o}", "file", s->name, "kind", "model", "id", s->id,
                                     "atoms", (int) s->n_atoms, "residues", (int) s->n_residues, "chains", (int) s->n_chains, "models",
                                     s->n_models, "ca", (int) s->n_ca, "p", (int) s->n_p, "hydrogens", (int) s->n_hydrogens, "waters",
                                     (int) s->n_waters, "altlocs", (int) s->n_altlocs, "rejected", (int) s->n_rejected, "warnings",
                                     cf_json_strings (s->warnings_plain)),
                          error);
  printf ("model       %s%s%s\n", s->name, s->id ? ", PDB " : "", s->id ? s->id : "");
  printf ("atoms       %u in %u residues of %u chains; %u hydrogens, %u waters, %u with alternates, %u rejected\n", s->n_atoms, s->n_residues,
          s->n_chains, s->n_hydrogens, s->n_waters, s->n_altlocs, s->n_rejected);
  printf ("trace       %u C-alpha, %u P\n", s->n_ca, s->n_p);
  if (s->n_models > 1)
    printf ("models      %d; number %d is used\n", s->n_models, s->model + 1);
  else
    puts ("models      1");
  return TRUE;
}

static const char *
recipe_name (CfRecipeKind recipe)
{
  return recipe == CF_RECIPE_PAPER ? "paper" : "default";
}

/* Of the voxels that it stands for, as float32. */
static double
map_bytes (const CfField *field)
{
  return 4.0 * cf_grid_n_voxels (&field->grid);
}

static int
n_half (const CfField *field)
{
  int n = 0;

  for (int i = 0; i < field->n_regions; i++)
    n += field->fits[i].half;
  return n;
}

static json_t *
neural_to_json (const CfField *f, gint64 bytes)
{
  const CfPartition *p = &f->partition;
  const int counts[3] = { p->axis[0].count, p->axis[1].count, p->axis[2].count };
  const int sizes[3] = { p->axis[0].size, p->axis[1].size, p->axis[2].size };
  json_t *regions = json_array ();
  g_autofree char *part = NULL;

  for (int i = 0; i < f->n_regions; i++)
    json_array_append_new (regions, json_pack ("{s:b,s:i,s:o,s:o,s:o,s:b}", "trained", f->fits[i].trained, "epochs", f->fits[i].epochs, "loss",
                                               cf_json_number (f->fits[i].loss), "held_out", cf_json_number (f->fits[i].held_out), "seconds",
                                               cf_json_number (f->fits[i].seconds), "flat", f->fits[i].flat));
  part = cf_field_part (f, FALSE);
  return json_pack ("{s:s,s:s?,s:o,s:{s:s,s:s},s:{s:s,s:o,s:o,s:s},s:o,s:s,s:I,s:o,s:o,s:{s:o,s:o,s:o},s:o,s:o,s:I,s:f,s:i,s:{s:i,s:i,s:f,s:f}}", "kind", "neural", "part", part, "box",
                    f->has_box ? cf_json_numbers (f->box, 6) : json_null (), "source", "name",
                    f->source_name ? f->source_name : "", "sha256", f->source_sha256, "partition", "kind",
                    p->kind == CF_PARTITION_PAPER ? "paper" : "balanced", "counts", cf_json_ints (counts, 3), "sizes", cf_json_ints (sizes, 3),
                    "blend", f->blend == CF_BLEND_PAPER ? "paper" : "smooth", "regions", regions, "recipe", recipe_name (f->recipe), "seed",
                    (json_int_t) f->seed, "dims", cf_json_ints (f->grid.dims, 3), "origin", cf_json_numbers (f->grid.origin, 3), "normalised",
                    "mu", cf_json_number (f->normalisation.mu), "sigma", cf_json_number (f->normalisation.sigma), "max",
                    cf_json_number (f->normalisation.max), "contour", cf_json_number (f->contour), "resolution", cf_json_number (f->resolution),
                    "bytes", (json_int_t) bytes, "bytes_of_map", bytes / map_bytes (f), "float16_regions", n_half (f), "network", "width", f->shape.width,
                    "hidden", f->shape.hidden, "w0_first", f->shape.w0_first, "w0", f->shape.w0);
}

static gboolean
info_neural (CfCli *cli, const char *path, gboolean json, GError **error)
{
  g_autoptr (CfField) field = cf_cli_load_neural (cli, path, error);
  g_autofree char *part = field ? cf_field_part (field, FALSE) : NULL;
  double loss = 0, seconds = 0;
  int fitted = 0, flat = 0;
  GStatBuf status = { 0 };

  if (!field)
    return FALSE;
  g_stat (path, &status);
  if (json)
    return cf_json_print (neural_to_json (field, status.st_size), error);
  for (int i = 0; i < field->n_regions; i++)
    {
      seconds += field->fits[i].seconds;
      flat += field->fits[i].flat;
      if (field->fits[i].trained && !field->fits[i].flat)
        {
          fitted++;
          loss += field->fits[i].loss;
        }
    }
  printf ("neural map  of %s\n", field->source_name);
  printf ("sha256      %s\n", field->source_sha256);
  printf ("regions     %d x %d x %d of %d x %d x %d voxels; %d trained, %d flat, %d not yet\n", field->partition.axis[0].count,
          field->partition.axis[1].count, field->partition.axis[2].count, field->partition.axis[0].size, field->partition.axis[1].size,
          field->partition.axis[2].size, fitted, flat, field->n_regions - cf_field_n_trained (field));
  if (part)
    printf ("part        %s; the rest of the map is not fitted\n", part);
  printf ("recipe      %s, seed %" G_GUINT64_FORMAT "\n", recipe_name (field->recipe), field->seed);
  printf ("network     %d hidden layers of %d, w0 %g in the first layer, %g in the others\n", field->shape.hidden, field->shape.width,
          field->shape.w0_first, field->shape.w0);
  printf ("loss        %.4g (mean of the trained regions), %.1f s of training\n", fitted > 0 ? loss / fitted : NAN, seconds);
  printf ("bytes       %" G_GINT64_FORMAT ", %.2f x the float32 voxels; %d regions with float16 weights\n", (gint64) status.st_size,
          status.st_size / map_bytes (field), n_half (field));
  return TRUE;
}

gboolean
cf_cmd_info (CfCli *cli, char **argv, GError **error)
{
  g_autofree char *header = NULL;
  g_auto (GStrv) files = NULL;
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "header", 0, 0, G_OPTION_ARG_FILENAME, &header, N_("The map's EMDB header; default: the one beside the map"), "XML" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_("One JSON object on stdout"), NULL },
    { NULL },
  };

  if (!cf_cli_parse (cli, entries, argv, 1, 1, &files, error))
    return FALSE;
  if (json)
    cf_locale_plain ();
  switch (cf_cli_input_kind (files[0]))
    {
    case CF_INPUT_MODEL:
      return info_model (cli, files[0], json, error);
    case CF_INPUT_NEURAL:
      return info_neural (cli, files[0], json, error);
    default:
      return info_map (cli, files[0], header, json, error);
    }
}
