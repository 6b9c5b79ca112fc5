/* cf-trainer-prepare.c: which regions there are to fit: taken over from a neural map or a checkpoint, flat, skipped, or in the queue. */
#include "cf-trainer-private.h"

#include <math.h>
#include <string.h>

#include "cf-words.h"

gboolean
cf_trainer_check_range (const CfTrainOptions *options, int n_regions, int *first, int *last, GError **error)
{
  *first = options->first_region;
  *last = options->last_region < 0 ? n_regions - 1 : options->last_region;
  if (*first < 0 || *last >= n_regions || *first > *last)
    {
      g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, _("regions is %d-%d, needs a range in 0-%d"), *first, *last, n_regions - 1);
      return FALSE;
    }
  return TRUE;
}

static const char *
what_differs (const CfField *old, const CfField *new)
{
  if (memcmp (old->grid.dims, new->grid.dims, sizeof old->grid.dims) != 0
      || memcmp (old->normalisation.lo, new->normalisation.lo, sizeof old->normalisation.lo) != 0)
    return _("size or crop");
  if (fabs (old->normalisation.max - new->normalisation.max) > 1e-6 * fabs (new->normalisation.max))
    return _("largest voxel");
  if (old->source_sha256[0] != 0 && new->source_sha256[0] != 0 && strcmp (old->source_sha256, new->source_sha256) != 0)
    return _("map");
  if (old->partition.kind != new->partition.kind || old->n_regions != new->n_regions)
    return _("partition");
  if (old->recipe != new->recipe)
    return _("recipe");
  if (!cf_transform_equal (&old->transform, &new->transform))
    return _("transform");
  if (memcmp (&old->shape, &new->shape, sizeof old->shape) != 0)
    return _("network");
  return NULL;
}

gboolean
cf_trainer_take_over (CfTrainer *trainer, CfField *field, GError **error)
{
  CfField *old = trainer->options.resume;
  const char *differs;

  if (old == NULL)
    return TRUE;
  differs = what_differs (old, field);
  if (differs != NULL)
    {
      g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, _("cannot resume: the neural map was made with another %s"), differs);
      return FALSE;
    }
  for (int i = 0; i < field->n_regions; i++)
    if (old->fits[i].trained)
      cf_field_set_region (field, i, old->sirens[i], &old->fits[i]);
  return TRUE;
}

/* What was put first, the latest before the others; then by priority; then most samples first: they hold most of the density, and the short ones
 * fill the end, when threads would wait. */
static int
compare_regions (gconstpointer a, gconstpointer b, gpointer data)
{
  const CfTrainerRegion *regions = data;
  int i = *(const int *) a, j = *(const int *) b;
  const CfTrainerRegion *x = &regions[i], *y = &regions[j];

  if (x->preferred != y->preferred)
    return x->preferred > y->preferred ? -1 : 1;
  if (x->priority != y->priority)
    return x->priority > y->priority ? -1 : 1;
  if (x->samples != y->samples)
    return x->samples > y->samples ? -1 : 1;
  return i - j;
}

void
cf_trainer_order_queue (CfTrainer *trainer)
{
  g_array_sort_with_data (trainer->queue, compare_regions, trainer->regions);
}

/* Reads the voxels of one region after the other. The epochs follow from all regions of the map, also those that are skipped, so that a map
 * fitted in parts comes out as at once. */
static CfRegionSurvey *
survey_regions (const CfTrainer *trainer, const CfField *field, int *epochs)
{
  CfRegionSurvey *surveys = g_new (CfRegionSurvey, field->n_regions);
  double all = 0;

  for (int i = 0; i < field->n_regions; i++)
    {
      CfRegion region;

      cf_partition_region (&field->partition, i, &region);
      cf_region_survey (trainer->volume, &field->normalisation, &region, &trainer->recipe, &surveys[i]);
      all += surveys[i].flat ? 0 : surveys[i].samples;
    }
  for (int i = 0; i < field->n_regions; i++)
    epochs[i] = trainer->options.max_epochs > 0 ? trainer->options.max_epochs : cf_recipe_epochs (&trainer->recipe, surveys[i].samples, all);
  return surveys;
}

/* -- the checkpoint ----------------------------------------------------------------------------------------------------------- */

/* One line each for what a record cannot be taken over without. */
static char *
about_fit (const CfTrainer *trainer, const CfField *field)
{
  const CfRecipe *recipe = &trainer->recipe;
  const CfNormalisation *normalisation = &field->normalisation;
  const int *lo = normalisation->lo, *dims = normalisation->dims;
  GString *text = g_string_new ("Cryofield checkpoint: 1\n");

  g_string_append_printf (text, "map: %s %s\n", field->source_sha256[0] != 0 ? field->source_sha256 : "-",
                          field->source_sha256[0] != 0 || field->source_name == NULL ? "" : field->source_name);
  g_string_append_printf (text, "crop: %d %d %d, %d x %d x %d voxels\n", lo[0], lo[1], lo[2], dims[0], dims[1], dims[2]);
  g_string_append_printf (text, "normalisation: %.17g %.17g %.17g\n", normalisation->max, normalisation->mu, normalisation->sigma);
  g_string_append_printf (text, "partition: %d, %d regions\n", field->partition.kind, field->n_regions);
  g_string_append_printf (text, "transform: %d %.17g %d\n", recipe->transform.kind, recipe->transform.offset, recipe->transform.rectified);
  g_string_append_printf (text, "network: %d %d %.17g %.17g\n", recipe->shape.width, recipe->shape.hidden, recipe->shape.w0_first,
                          recipe->shape.w0);
  g_string_append_printf (text, "recipe: %d %d %.17g %.17g, %d %d %d, %d %d %.17g %.17g %d, %" G_GINT64_FORMAT " %d, %.17g %d %d, %.17g %d %.17g %.17g, %.17g %.17g %d %.17g\n",
                          recipe->kind, recipe->optimiser, recipe->rate, recipe->muon_rate, recipe->batch, recipe->batch_least,
                          recipe->batches_least, recipe->cosine, recipe->epochs, recipe->map_samples, recipe->map_samples_root,
                          recipe->epochs_small_map, recipe->least_steps, recipe->epochs_small, recipe->empty_below, recipe->empty_margin,
                          recipe->empty_parts, recipe->held_out, recipe->patience, recipe->patience_below, recipe->stop_below,
                          recipe->off_grid, recipe->plateau, recipe->plateau_epochs, recipe->slack);
  if (recipe->keep_last)
    g_string_append (text, "keep: last\n");
  g_string_append_printf (text, "number of epochs: %d\n", trainer->options.max_epochs);
  g_string_append_printf (text, "weights: %s\n", trainer->options.float32 ? "float32" : "float16 where it does not matter");
  g_string_append_printf (text, "seed: %" G_GUINT64_FORMAT "\n", trainer->options.seed);
  g_string_append_printf (text, "backend: %s\n", cf_backend_name (trainer->backend));
  g_string_append_printf (text, "byte order: %d\n", G_BYTE_ORDER);
  return g_string_free (text, FALSE);
}

/* A region that is done goes into the field, one under way goes on where it was. */
static void
take_record (CfTrainer *trainer, CfField *field, int region)
{
  CfTrainerRegion *state = &trainer->regions[region];
  CfRegionPoint point;

  if (field->fits[region].trained || !cf_checkpoint_read (trainer->checkpoint, region, &trainer->recipe.shape, &point))
    return;
  g_array_append_vals (state->losses, point.losses, point.n);
  g_array_append_vals (state->held_outs, point.held_outs, point.n);
  state->epoch = point.fit.epochs;
  state->seconds = point.fit.seconds;
  if (point.done)
    {
      cf_field_set_region (field, region, point.best, &point.fit);
      cf_region_point_clear (&point);
    }
  else
    state->point = g_memdup2 (&point, sizeof point);
}

static gboolean
open_checkpoint (CfTrainer *trainer, CfField *field, GError **error)
{
  g_autofree char *about = about_fit (trainer, field);
  g_autoptr (GError) failed = NULL;

  if (trainer->options.checkpoint == NULL)
    return TRUE;
  trainer->checkpoint = cf_checkpoint_open (trainer->options.checkpoint, about, field->n_regions, trainer->options.recover, &failed);
  if (trainer->checkpoint == NULL && failed->domain == G_IO_ERROR)
    {
      trainer->trouble = g_strdup (failed->message);
      return TRUE;
    }
  if (trainer->checkpoint == NULL)
    {
      g_propagate_error (error, g_steal_pointer (&failed));
      return FALSE;
    }
  for (int i = 0; i < field->n_regions; i++)
    take_record (trainer, field, i);
  return TRUE;
}

/* -- the regions -------------------------------------------------------------------------------------------------------------- */

static void
take_history (CfTrainerRegion *state, const CfRegionFit *fit)
{
  state->state = fit->flat ? CF_REGION_FLAT : CF_REGION_DONE;
  state->epoch = fit->epochs;
  state->seconds = fit->seconds;
  if (fit->flat || state->losses->len > 0)
    return;
  g_array_append_val (state->losses, fit->loss);
  g_array_append_val (state->held_outs, fit->held_out);
}

static void
prepare_region (CfTrainer *trainer, CfField *field, int index, gboolean wanted, const CfRegionSurvey *survey)
{
  CfTrainerRegion *state = &trainer->regions[index];
  CfRegionFit *fit = &field->fits[index];

  if (fit->trained)
    take_history (state, fit);
  else if (!wanted)
    state->state = CF_REGION_SKIPPED;
  else if (survey->flat)
    {
      state->state = CF_REGION_FLAT;
      *fit = (CfRegionFit){ .trained = TRUE, .flat = TRUE, .value = survey->value, .held_out = NAN };
    }
  else
    g_array_append_val (trainer->queue, index);
}

gboolean
cf_trainer_prepare (CfTrainer *trainer, CfField *field, int first, int last, GError **error)
{
  g_autofree int *epochs = g_new (int, field->n_regions);
  g_autofree CfRegionSurvey *surveys = survey_regions (trainer, field, epochs);

  trainer->n_regions = field->n_regions;
  trainer->regions = g_new0 (CfTrainerRegion, field->n_regions);
  for (int i = 0; i < field->n_regions; i++)
    {
      CfTrainerRegion *state = &trainer->regions[i];

      state->samples = surveys[i].samples;
      state->max_epochs = epochs[i];
      state->losses = g_array_new (FALSE, FALSE, sizeof (double));
      state->held_outs = g_array_new (FALSE, FALSE, sizeof (double));
    }
  if (!open_checkpoint (trainer, field, error))
    return FALSE;
  for (int i = 0; i < field->n_regions; i++)
    prepare_region (trainer, field, i, i >= first && i <= last, &surveys[i]);
  cf_trainer_order_queue (trainer);
  return TRUE;
}
