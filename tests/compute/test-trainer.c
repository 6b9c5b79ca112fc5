/* The trainer on a small map of two regions: learns it, pauses, cancels, resumes, takes regions over, hands out snapshots that do not change. */
#include <math.h>
#include <string.h>

#include "cf-evaluator.h"
#include "cf-recipe.h"
#include "cf-region-fit.h"
#include "cf-random.h"
#include "cf-trainer.h"
#include "cf-transform-choice.h"

static CfBackend *backend;

/* Two blobs; `flat_from`: voxels from there on along x are 0. */
static CfVolume *
make_volume (const int dims[3], int flat_from)
{
  const double origin[3] = { 1, 2, 3 }, spacing[3] = { 1, 1, 1 };
  float *data = g_new (float, (gsize) dims[0] * dims[1] * dims[2]), *next = data;
  CfGrid grid;

  cf_grid_init_orthogonal (&grid, dims, origin, spacing);
  for (int k = 0; k < dims[2]; k++)
    for (int j = 0; j < dims[1]; j++)
      for (int i = 0; i < dims[0]; i++)
        {
          double y = j - dims[1] / 2.0, z = k - dims[2] / 2.0, a = i - dims[0] * 0.25, b = i - dims[0] * 0.8;

          *next++ = i >= flat_from ? 0 : (float) (5 * exp (-(a * a + y * y + z * z) / 18) + 3 * exp (-(b * b + y * y + z * z) / 8));
        }
  return cf_volume_new ("blobs", &grid, data);
}

static CfTrainOptions
plain_options (void)
{
  return (CfTrainOptions){ .contour = NAN, .resolution = NAN, .last_region = -1, .max_epochs = 12 };
}

static double
mean_error (CfField *field, const CfVolume *volume)
{
  g_autoptr (CfEvaluator) evaluator = cf_evaluator_new (backend, field);
  gsize n = cf_grid_n_voxels (&volume->grid);
  g_autofree float *baked = g_new (float, n);
  double sum = 0;

  g_assert_true (cf_evaluator_bake (evaluator, &volume->grid, baked, NULL, NULL, NULL, NULL));
  for (gsize i = 0; i < n; i++)
    sum += fabs (baked[i] - MAX (volume->data[i], 0) / volume->statistics.max);
  return sum / n;
}

static void
count_call (CfTrainer *trainer, gpointer data)
{
  g_atomic_int_inc ((gint *) data);
}

static double
least_of (CfTrainer *trainer, int region)
{
  double held[100], least = INFINITY;
  int n = cf_trainer_get_history (trainer, region, NULL, held, 100);

  for (int i = 0; i < n; i++)
    least = MIN (least, held[i]);
  return least;
}

static void
test_learns (void)
{
  g_autoptr (CfVolume) volume = make_volume ((const int[]){ 68, 8, 9 }, 1000);
  CfTrainOptions options = plain_options ();
  g_autoptr (CfTrainer) trainer = cf_trainer_new (backend, volume, &options, NULL);
  g_autoptr (CfField) before = NULL, field = NULL;
  CfTrainerProgress progress;
  CfRegionProgress region;
  double losses[100], held[100];
  gint calls = 0;
  int n;

  g_assert_nonnull (trainer);
  cf_trainer_set_notify (trainer, count_call, &calls);
  before = cf_trainer_snapshot (trainer);
  cf_trainer_get_progress (trainer, &progress);
  g_assert_cmpint (progress.state, ==, CF_TRAINER_READY);
  g_assert_cmpint (progress.n_regions, ==, 2);
  g_assert_cmpfloat (progress.fraction, ==, 0);
  cf_trainer_start (trainer);
  {
    g_autoptr (GError) error = NULL;

    cf_trainer_wait (trainer, &error);
    g_assert_no_error (error);
  }
  cf_trainer_get_progress (trainer, &progress);
  g_assert_cmpint (progress.state, ==, CF_TRAINER_DONE);
  g_assert_cmpint (progress.n_done, ==, 2);
  g_assert_cmpfloat (progress.fraction, ==, 1);
  g_assert_cmpfloat (progress.seconds_left, ==, 0);
  g_assert_cmpfloat (progress.seconds, >, 0);
  cf_trainer_get_region (trainer, 1, &region);
  g_assert_cmpint (region.state, ==, CF_REGION_DONE);
  n = cf_trainer_get_history (trainer, 1, losses, held, 100);
  g_assert_cmpint (n, ==, region.epoch);
  g_assert_cmpfloat (losses[n - 1], <, 0.1 * losses[0]);
  g_assert_true (isfinite (held[n - 1]));
  g_assert_cmpint (g_atomic_int_get (&calls), >=, n);

  field = cf_trainer_snapshot (trainer);
  g_assert_true (cf_field_is_complete (field));
  g_assert_false (cf_field_is_complete (before));
  g_assert_null (before->sirens[0]);
  g_assert_cmpint (field->fits[0].epochs, >, 0);
  g_assert_cmpfloat (field->fits[0].loss, >, 0);
  g_assert_cmpfloat (mean_error (field, volume), <, 0.03);
  /* Held-out voxels say that float16 does, and the last epoch's weights were not rounded yet. */
  g_assert_true (field->fits[0].half);
  g_assert_cmpfloat_with_epsilon (sqrt (field->fits[0].held_out), sqrt (least_of (trainer, 0)), 0.01 * sqrt (least_of (trainer, 0)));
}

static void
wait_for_epoch (CfTrainer *trainer, int region, int epoch)
{
  CfRegionProgress now;

  do
    {
      g_usleep (1000);
      cf_trainer_get_region (trainer, region, &now);
    }
  while (now.epoch < epoch && now.state != CF_REGION_DONE);
}

static void
test_pause (void)
{
  g_autoptr (CfVolume) volume = make_volume ((const int[]){ 20, 14, 15 }, 1000);
  CfTrainOptions options = plain_options ();
  g_autoptr (CfTrainer) trainer = NULL;
  g_autoptr (CfField) running = NULL;
  CfRegionProgress first, second;
  CfTrainerProgress progress;

  options.max_epochs = 40;
  trainer = cf_trainer_new (backend, volume, &options, NULL);
  cf_trainer_start (trainer);
  wait_for_epoch (trainer, 0, 2);
  cf_trainer_pause (trainer);
  cf_trainer_get_progress (trainer, &progress);
  g_assert_cmpint (progress.state, ==, CF_TRAINER_PAUSED);
  /* the epoch under way is brought to its end: how long that takes is the machine's business */
  do
    {
      cf_trainer_get_region (trainer, 0, &first);
      g_usleep (400000);
      cf_trainer_get_region (trainer, 0, &second);
    }
  while (first.epoch != second.epoch);
  g_assert_cmpint (second.epoch, <, 40);
  g_assert_true (isfinite (second.seconds_left));
  running = cf_trainer_snapshot_running (trainer);
  g_assert_true (cf_field_is_complete (running));
  cf_trainer_resume (trainer);
  wait_for_epoch (trainer, 0, first.epoch + 1);
  cf_trainer_cancel (trainer);
}

static void
test_cancel (void)
{
  g_autoptr (CfVolume) volume = make_volume ((const int[]){ 20, 14, 15 }, 1000);
  CfTrainOptions options = plain_options ();
  g_autoptr (CfTrainer) trainer = NULL;
  g_autoptr (GError) error = NULL;
  CfTrainerProgress progress;
  CfRegionProgress region;

  options.recipe = CF_RECIPE_PAPER;
  options.max_epochs = 100000;
  for (int paused = 0; paused < 2; paused++)
    {
      g_clear_pointer (&trainer, cf_trainer_free);
      g_clear_error (&error);
      trainer = cf_trainer_new (backend, volume, &options, NULL);
      cf_trainer_start (trainer);
      wait_for_epoch (trainer, 0, 1);
      if (paused)
        cf_trainer_pause (trainer);
      cf_trainer_cancel (trainer);
      g_assert_false (cf_trainer_wait (trainer, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      cf_trainer_get_progress (trainer, &progress);
      g_assert_cmpint (progress.state, ==, CF_TRAINER_CANCELLED);
      cf_trainer_get_region (trainer, 0, &region);
      g_assert_cmpint (region.state, ==, CF_REGION_WAITING);
    }
}

/* Regions A-B, then the rest from what they left: the same weights as at once. */
static void
test_resume (void)
{
  g_autoptr (CfVolume) volume = make_volume ((const int[]){ 68, 9, 8 }, 1000);
  CfTrainOptions options = plain_options ();
  g_autoptr (CfTrainer) whole = NULL, first = NULL, second = NULL;
  g_autoptr (CfField) a = NULL, b = NULL, half = NULL;
  g_autoptr (GError) error = NULL;
  CfRegionProgress region;

  options.max_epochs = 2;
  options.float32 = TRUE;
  whole = cf_trainer_new (backend, volume, &options, NULL);
  options.last_region = 0;
  first = cf_trainer_new (backend, volume, &options, NULL);
  cf_trainer_get_region (first, 1, &region);
  g_assert_cmpint (region.state, ==, CF_REGION_SKIPPED);
  cf_trainer_start (whole);
  g_assert_true (cf_trainer_wait (whole, NULL));
  cf_trainer_start (first);
  g_assert_true (cf_trainer_wait (first, NULL));
  half = cf_trainer_snapshot (first);
  g_assert_cmpint (cf_field_n_trained (half), ==, 1);
  options.last_region = -1;
  options.resume = half;
  second = cf_trainer_new (backend, volume, &options, NULL);
  cf_trainer_get_region (second, 0, &region);
  g_assert_cmpint (region.state, ==, CF_REGION_DONE);
  cf_trainer_start (second);
  g_assert_true (cf_trainer_wait (second, NULL));
  a = cf_trainer_snapshot (whole);
  b = cf_trainer_snapshot (second);
  g_assert_true (b->sirens[0] == half->sirens[0]);
  g_assert_false (a->fits[0].half);
  for (int r = 0; r < 2; r++)
    g_assert_cmpint (memcmp (a->sirens[r]->params, b->sirens[r]->params, a->sirens[r]->n * 4), ==, 0);

  options.partition = CF_PARTITION_PAPER;
  g_assert_null (cf_trainer_new (backend, volume, &options, &error));
  g_assert_error (error, CF_ERROR, CF_ERROR_ARGUMENT);
  g_clear_error (&error);
  options.resume = NULL;
  options.first_region = 5;
  g_assert_null (cf_trainer_new (backend, volume, &options, &error));
  g_assert_error (error, CF_ERROR, CF_ERROR_ARGUMENT);
}

typedef struct
{
  int order[32], n;
  GMutex lock;
} Started;

/* The order in which regions begin, with one lane: seen at the first call at which a region is no longer waiting. */
static void
note_started (CfTrainer *trainer, gpointer data)
{
  Started *started = data;

  g_mutex_lock (&started->lock);
  for (int i = 0; i < 4; i++)
    {
      CfRegionProgress now;
      gboolean known = FALSE;

      cf_trainer_get_region (trainer, i, &now);
      for (int k = 0; k < started->n; k++)
        known = known || started->order[k] == i;
      if (now.state != CF_REGION_WAITING && !known)
        started->order[started->n++] = i;
    }
  /* While the first is being fitted the user looks at the last, and puts the second first. */
  if (started->n == 1)
    {
      cf_trainer_set_priorities (trainer, (const double[]){ 9, 8, 7, 6 }, 4);
      cf_trainer_set_priorities (trainer, (const double[]){ 0, 0.1, NAN, 1 }, 4);
      cf_trainer_prefer (trainer, 1);
    }
  g_mutex_unlock (&started->lock);
}

static void
test_order (void)
{
  g_autoptr (CfBackend) one = cf_backend_open ("cpu", 1, NULL);
  g_autoptr (CfVolume) volume = make_volume ((const int[]){ 196, 5, 6 }, 1000);
  CfTrainOptions options = plain_options ();
  g_autoptr (CfTrainer) trainer = NULL;
  Started started = { .n = 0 };
  CfRegionProgress now;

  options.max_epochs = 1;
  trainer = cf_trainer_new (one, volume, &options, NULL);
  g_assert_nonnull (trainer);
  /* The latest call counts: the region in third place goes first. */
  cf_trainer_set_priorities (trainer, (const double[]){ 3, 2, 1, 0 }, 4);
  cf_trainer_set_priorities (trainer, (const double[]){ 0, 1, 2, 0.5 }, 4);
  for (int i = 0; i < 4; i++)
    {
      cf_trainer_get_region (trainer, i, &now);
      g_assert_cmpint (now.turn, ==, ((const int[]){ 3, 1, 0, 2 })[i]);
    }
  cf_trainer_set_notify (trainer, note_started, &started);
  cf_trainer_start (trainer);
  g_assert_true (cf_trainer_wait (trainer, NULL));
  cf_trainer_set_notify (trainer, NULL, NULL);
  g_assert_cmpint (started.n, ==, 4);
  for (int i = 0; i < 4; i++)
    g_assert_cmpint (started.order[i], ==, ((const int[]){ 2, 1, 3, 0 })[i]);
}

static void
test_flat (void)
{
  g_autoptr (CfVolume) volume = make_volume ((const int[]){ 68, 9, 8 }, 30);
  CfTrainOptions options = plain_options ();
  g_autoptr (CfTrainer) trainer = NULL;
  g_autoptr (CfField) field = NULL;
  CfRegionProgress region;

  options.max_epochs = 2;
  trainer = cf_trainer_new (backend, volume, &options, NULL);
  cf_trainer_get_region (trainer, 1, &region);
  g_assert_cmpint (region.state, ==, CF_REGION_FLAT);
  cf_trainer_prefer (trainer, 0);
  cf_trainer_start (trainer);
  g_assert_true (cf_trainer_wait (trainer, NULL));
  field = cf_trainer_snapshot (trainer);
  g_assert_true (cf_field_is_complete (field));
  g_assert_null (field->sirens[1]);
  g_assert_cmpfloat (field->fits[1].value, ==, 0);
}

/* Atoms that stand in nothing are smoother under a root; noise is not. */
static void
test_transform (void)
{
  const int dims[3] = { 24, 25, 26 };
  const double origin[3] = { 0 }, spacing[3] = { 1, 1, 1 };
  gsize n = 24 * 25 * 26;
  float *noise = g_new (float, n);
  g_autoptr (CfVolume) smooth = make_volume (dims, 1000), rough = NULL, small = make_volume ((const int[]){ 20, 6, 20 }, 1000);
  CfNormalisation normalisation;
  CfRandom random;
  CfGrid grid;

  cf_random_init (&random, 1, 1);
  for (gsize i = 0; i < n; i++)
    noise[i] = (float) cf_random_normal (&random);
  cf_grid_init_orthogonal (&grid, dims, origin, spacing);
  rough = cf_volume_new ("noise", &grid, noise);
  g_assert_true (cf_normalisation_compute (smooth, NAN, &normalisation, NULL));
  g_assert_cmpint (cf_transform_choose (smooth, &normalisation).kind, ==, CF_TRANSFORM_SQRT);
  g_assert_true (cf_normalisation_compute (rough, NAN, &normalisation, NULL));
  g_assert_cmpint (cf_transform_choose (rough, &normalisation).kind, ==, CF_TRANSFORM_LINEAR);
  g_assert_true (cf_normalisation_compute (small, NAN, &normalisation, NULL));
  g_assert_cmpint (cf_transform_choose (small, &normalisation).kind, ==, CF_TRANSFORM_LINEAR);
}

typedef struct
{
  int restarts;
} Hooks;

static int
one_thread (gpointer data)
{
  return 1;
}

static void
ignore_epoch (gpointer data, const CfEpoch *epoch)
{
}

static void
count_restart (gpointer data)
{
  ((Hooks *) data)->restarts++;
}

/* A rate at which any network blows up: three attempts, then a clear failure. */
static void
test_diverges (void)
{
  g_autoptr (CfVolume) volume = make_volume ((const int[]){ 16, 12, 14 }, 1000);
  CfRecipe recipe = *cf_recipe_get (CF_RECIPE_DEFAULT);
  Hooks counted = { 0 };
  const CfRegionHooks hooks = { one_thread, ignore_epoch, count_restart, &counted };
  const CfRegion region = { .size = { 16, 12, 14 } };
  CfNormalisation normalisation;
  g_autoptr (GError) error = NULL;
  CfRegionFit fit;
  CfSamples samples;

  g_assert_true (cf_normalisation_compute (volume, NAN, &normalisation, NULL));
  recipe.optimiser = CF_OPTIMISER_ADAM;
  recipe.rate = 1e30;
  recipe.off_grid = 0;
  cf_samples_read (&samples, volume, &normalisation, &region, &recipe, 1);
  g_assert_cmpuint (samples.n + samples.n_held, ==, 16 * 12 * 14);
  g_assert_cmpuint (samples.n_held, >, 10);
  g_assert_cmpuint (samples.n_held, <, 50);
  g_assert_null (cf_region_fit (backend, &recipe, &samples, 1, 0, 10, &hooks, &fit, NULL, &error));
  g_assert_error (error, CF_ERROR, CF_ERROR_FAILED);
  g_assert_cmpint (counted.restarts, ==, 3);
  cf_samples_clear (&samples);
}

/* The paper's stopping rule: the weights kept are those of the least loss. */
static void
test_paper (void)
{
  g_autoptr (CfVolume) volume = make_volume ((const int[]){ 5, 4, 6 }, 1000);
  CfTrainOptions options = plain_options ();
  g_autoptr (CfTrainer) trainer = NULL;
  g_autoptr (CfField) field = NULL;
  double losses[600], least = INFINITY;
  int n;

  options.recipe = CF_RECIPE_PAPER;
  options.max_epochs = 600;
  trainer = cf_trainer_new (backend, volume, &options, NULL);
  cf_trainer_start (trainer);
  g_assert_true (cf_trainer_wait (trainer, NULL));
  field = cf_trainer_snapshot (trainer);
  n = cf_trainer_get_history (trainer, 0, losses, NULL, 600);
  for (int i = 0; i < n; i++)
    least = MIN (least, losses[i]);
  g_assert_cmpint (n, ==, field->fits[0].epochs);
  g_assert_cmpint (n, <, 600);
  g_assert_cmpfloat (field->fits[0].loss, ==, least);
  g_assert_cmpfloat (least, <, 4e-4);
  g_assert_true (isnan (field->fits[0].held_out));
  if (least >= 1e-5)
    {
      for (int i = n - 25; i < n; i++)
        g_assert_cmpfloat (losses[i], >=, least);
    }
  /* The mean square of what the field misses at the voxels is that loss: t = 2 d - 1, so a quarter of it in d. */
  {
    g_autoptr (CfEvaluator) evaluator = cf_evaluator_new (backend, field);
    gsize voxels = cf_grid_n_voxels (&volume->grid);
    g_autofree float *baked = g_new (float, voxels);
    double sum = 0;

    cf_evaluator_bake (evaluator, &volume->grid, baked, NULL, NULL, NULL, NULL);
    for (gsize i = 0; i < voxels; i++)
      {
        double miss = baked[i] - volume->data[i] / volume->statistics.max;

        sum += miss * miss;
      }
    g_assert_cmpfloat_with_epsilon (4 * sum / voxels, least, 1e-3 * least);
  }
}

int
main (int argc, char **argv)
{
  int status;

  cf_compute_init ();
  g_test_init (&argc, &argv, NULL);
  backend = cf_backend_open ("cpu", 2, NULL);
  g_assert_nonnull (backend);
  g_test_add_func ("/trainer/learns", test_learns);
  g_test_add_func ("/trainer/pause", test_pause);
  g_test_add_func ("/trainer/cancel", test_cancel);
  g_test_add_func ("/trainer/resume", test_resume);
  g_test_add_func ("/trainer/order", test_order);
  g_test_add_func ("/trainer/flat", test_flat);
  g_test_add_func ("/trainer/transform", test_transform);
  g_test_add_func ("/trainer/diverges", test_diverges);
  g_test_add_func ("/trainer/paper", test_paper);
  status = g_test_run ();
  cf_backend_unref (backend);
  return status;
}
