#include "cf-report-tree.h"

#include <math.h>

static void
set_residual (json_t *object, const char *key, const CfResidual *residual)
{
  json_t *tree = json_object ();
  cf_tree_set_integer (tree, "samples", residual->n);
  cf_tree_set_real (tree, "mean_abs", residual->mean_abs);
  cf_tree_set_real (tree, "rms", residual->rms);
  cf_tree_set (object, key, tree);
}

static json_t *
region_tree (const CfReport *report, int i)
{
  const CfRegionFit *fit = &report->field->fits[i];
  json_t *object = json_object ();

  cf_tree_set_integer (object, "region", i);
  cf_tree_set_integer (object, "name", i + 1); /* what people read, as in the window */
  cf_tree_set (object, "trained", json_boolean (fit->trained));
  cf_tree_set (object, "flat", json_boolean (fit->flat));
  cf_tree_set_integer (object, "epochs", fit->epochs);
  cf_tree_set_real (object, "loss", fit->trained && !fit->flat ? fit->loss : NAN);
  cf_tree_set_real (object, "held_out", fit->trained && !fit->flat ? fit->held_out : NAN);
  cf_tree_set_real (object, "seconds", fit->seconds);
  if (report->residuals != NULL && i < report->residuals->n_regions)
    {
      set_residual (object, "at_voxels", &report->residuals->region_at[i]);
      set_residual (object, "between_voxels", &report->residuals->region_between[i]);
    }
  return object;
}

/* Losses weigh each fitted region the same. */
/* The part that was fitted: first and last voxel along each axis, and A. */
static json_t *
box_tree (const CfField *field)
{
  const CfNormalisation *n = &field->normalisation;
  json_t *tree = json_object ();
  double size[3];
  int hi[3];

  for (int a = 0; a < 3; a++)
    {
      hi[a] = n->lo[a] + n->dims[a] - 1;
      size[a] = (n->dims[a] - 1) * cf_grid_edge (&field->grid, a);
    }
  cf_tree_set (tree, "lo", cf_json_ints (n->lo, 3));
  cf_tree_set (tree, "hi", cf_json_ints (hi, 3));
  cf_tree_set (tree, "size", cf_json_numbers (size, 3));
  return tree;
}

static void
set_fit_summary (json_t *tree, const CfField *field)
{
  double loss = 0.0, worst = NAN, held_out = 0.0, seconds = 0.0;
  int fitted = 0, flat = 0, held = 0, epochs = 0;
  g_autofree char *part = cf_field_part (field, FALSE);

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
  cf_tree_set_integer (tree, "regions", field->n_regions);
  if (part != NULL)
    {
      cf_tree_set (tree, "part", json_string (part));
      cf_tree_set (tree, "box", box_tree (field));
    }
  cf_tree_set_integer (tree, "trained", cf_field_n_trained (field));
  cf_tree_set_integer (tree, "untrained", field->n_regions - cf_field_n_trained (field));
  cf_tree_set_integer (tree, "flat", flat);
  cf_tree_set_integer (tree, "epochs", epochs);
  cf_tree_set_real (tree, "loss", fitted > 0 ? loss / fitted : NAN);
  cf_tree_set_real (tree, "worst_loss", worst);
  cf_tree_set_real (tree, "held_out", held > 0 ? held_out / held : NAN);
  cf_tree_set_real (tree, "seconds", seconds);
}

static json_t *
seam_tree (const CfSeam *seam)
{
  static const char *const axes[] = { "X", "Y", "Z" };
  json_t *object = json_object ();
  if (seam->a >= 0)
    {
      cf_tree_set_integer (object, "a", seam->a);
      cf_tree_set_integer (object, "b", seam->b);
      cf_tree_set_integer (object, "name_a", seam->a + 1);
      cf_tree_set_integer (object, "name_b", seam->b + 1);
      cf_tree_set (object, "axis", json_string (axes[seam->axis]));
    }
  cf_tree_set_integer (object, "points", (json_int_t)seam->n);
  cf_tree_set_real (object, "mean_abs", seam->mean_abs);
  cf_tree_set_real (object, "rms", seam->rms);
  cf_tree_set_real (object, "max", seam->max);
  return object;
}

/* Null where they were not measured, and where there is one region only. */
static void
set_seams (json_t *tree, const CfSeams *seams)
{
  json_t *all = json_null (), *rows = json_array ();
  if (seams != NULL && seams->n > 0)
    {
      all = seam_tree (&seams->all);
      cf_tree_set_integer (all, "count", (json_int_t)seams->n);
    }
  for (gsize i = 0; seams != NULL && i < seams->n; i++)
    json_array_append_new (rows, seam_tree (&seams->seams[i]));
  cf_tree_set (tree, "seams", all);
  cf_tree_set (tree, "seam", rows);
}

json_t *
cf_tree_field (const CfReport *report)
{
  const CfField *field = report->field;
  json_t *tree = json_object (), *regions = json_array ();

  set_fit_summary (tree, field);
  cf_tree_set (tree, "recipe", json_string (field->recipe == CF_RECIPE_PAPER ? "paper" : "default"));
  cf_tree_set (tree, "partition", json_string (field->partition.kind == CF_PARTITION_PAPER ? "paper" : "balanced"));
  cf_tree_set (tree, "blend", json_string (field->blend == CF_BLEND_PAPER ? "paper" : "smooth"));
  cf_tree_set (tree, "transform", json_string (field->transform.kind == CF_TRANSFORM_SQRT ? "sqrt" : "linear"));
  cf_tree_set_integer (tree, "seed", (json_int_t)field->seed);
  for (int i = 0; i < field->n_regions; i++)
    if (field->sirens[i] != NULL)
      {
        cf_tree_set_integer (tree, "width", field->sirens[i]->shape.width);
        cf_tree_set_integer (tree, "hidden_layers", field->sirens[i]->shape.hidden);
        cf_tree_set_real (tree, "w0", field->sirens[i]->shape.w0);
        cf_tree_set_real (tree, "w0_first", field->sirens[i]->shape.w0_first);
        break;
      }
  if (report->residuals != NULL)
    {
      set_residual (tree, "at_voxels", &report->residuals->at);
      set_residual (tree, "between_voxels", &report->residuals->between);
    }
  set_seams (tree, report->seams);
  for (int i = 0; i < field->n_regions; i++)
    json_array_append_new (regions, region_tree (report, i));
  cf_tree_set (tree, "region", regions);
  return tree;
}
