/* fit-lab: one window of a map fitted with a changed recipe: what a choice in it is worth. The default's numbers were found with it.
 *
 * fit-lab (--map FILE | --model FILE --resolution R) [--size N] [--at X,Y,Z] [--held-out SHARE] [--transform O] [--w0 W] [--off-grid SHARE]
 *         [--epochs N] [--batch N] [--rate R] [--muon-rate R] [--seed N] [--threads N] [--exact] [--curve] */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "cf-holes.h"
#include "cf-mrc.h"
#include "cf-random.h"
#include "cf-region-fit.h"
#include "cf-simulate.h"

static char *map, *model, *at_text, *transform_text;
static double resolution, held_out = -1, w0, off_grid = -1, rate, muon_rate, empty_below;
static int size = 44, epochs, batch, threads = 1, empty_parts;
static gint64 seed;
static gboolean exact, curve, splines_only;

static const GOptionEntry entries[] = {
  { "map", 0, 0, G_OPTION_ARG_FILENAME, &map, "A map: its held-out voxels", "FILE" },
  { "model", 0, 0, G_OPTION_ARG_FILENAME, &model, "Or a model: its simulated map and the truth between voxels", "FILE" },
  { "resolution", 0, 0, G_OPTION_ARG_DOUBLE, &resolution, "Of the simulated map", "R" },
  { "size", 0, 0, G_OPTION_ARG_INT, &size, "Of the window, voxels", "N" },
  { "at", 0, 0, G_OPTION_ARG_STRING, &at_text, "Its first voxel; default: in the middle", "X,Y,Z" },
  { "held-out", 0, 0, G_OPTION_ARG_DOUBLE, &held_out, "Share of voxels", "SHARE" },
  { "transform", 0, 0, G_OPTION_ARG_STRING, &transform_text, "linear or the offset under the root", "O" },
  { "w0", 0, 0, G_OPTION_ARG_DOUBLE, &w0, "Of the first layer", "W" },
  { "off-grid", 0, 0, G_OPTION_ARG_DOUBLE, &off_grid, "Points between voxels for a voxel", "SHARE" },
  { "epochs", 0, 0, G_OPTION_ARG_INT, &epochs, "Default: 12", "N" },
  { "empty-parts", 0, 0, G_OPTION_ARG_INT, &empty_parts, "Empty voxels are taken once in so many epochs", "N" },
  { "empty-below", 0, 0, G_OPTION_ARG_DOUBLE, &empty_below, "Empty: below this density", "D" },
  { "batch", 0, 0, G_OPTION_ARG_INT, &batch, "Samples a step", "N" },
  { "rate", 0, 0, G_OPTION_ARG_DOUBLE, &rate, "Adam's", "R" },
  { "muon-rate", 0, 0, G_OPTION_ARG_DOUBLE, &muon_rate, "Muon's", "R" },
  { "seed", 0, 0, G_OPTION_ARG_INT64, &seed, "Of everything", "N" },
  { "threads", 0, 0, G_OPTION_ARG_INT, &threads, "Default: 1", "N" },
  { "exact", 0, 0, G_OPTION_ARG_NONE, &exact, "Not rectified: 0 where the map is 0", NULL },
  { "curve", 0, 0, G_OPTION_ARG_NONE, &curve, "Held-out error after each epoch", NULL },
  { "splines", 0, 0, G_OPTION_ARG_NONE, &splines_only, "Only the splines", NULL },
  { NULL },
};

typedef struct
{
  gsize n;
  double *ijk, *value, *gradient; /* ijk of the coarse map; per voxel */
} Truth;

static double max_of_map;

static int
hook_threads (gpointer data)
{
  return threads;
}

static void
hook_epoch (gpointer data, const CfEpoch *epoch)
{
  if (curve)
    printf ("  epoch %d loss %.3g held %.4g\n", epoch->epoch, epoch->loss, epoch->held_out);
}

static void
hook_restart (gpointer data)
{
  printf ("  diverged\n");
}

static CfVolume *
window_fine (const CfStructure *structure, const CfVolume *coarse, const int start[3])
{
  CfSimulateOptions options = { .resolution = resolution, .elements = "C,N,O", .spacing = 0.2, .has_box = TRUE };
  for (int a = 0; a < 3; a++)
    {
      double step = coarse->grid.step[a][a];
      options.box[a] = coarse->grid.origin[a] + step * start[a];
      options.box[3 + a] = options.box[a] + step * (MIN (size, coarse->grid.dims[a]) - 1);
    }
  return cf_simulate (structure, &options, NULL, NULL);
}

static void
collect (Truth *truth, const CfStructure *structure, const CfVolume *coarse, const CfRegion *region)
{
  g_autoptr (CfVolume) fine = window_fine (structure, coarse, region->start);
  g_autoptr (CfInterpolator) spline = cf_interpolator_new (fine, CF_INTERPOLATION_TRICUBIC);
  gsize all = cf_grid_n_voxels (&fine->grid), most = 40000;
  CfRandom random;

  cf_random_init (&random, 1, 1);
  truth->ijk = g_new (double, 3 * most);
  truth->value = g_new (double, most);
  truth->gradient = g_new (double, 3 * most);
  for (gsize tries = 0; tries < 20 * most && truth->n < most; tries++)
    {
      gsize i = (gsize) (cf_random_double (&random) * all);
      const int *dims = fine->grid.dims;
      const double ijk[3] = { (double) (i % dims[0]), (double) (i / dims[0] % dims[1]), (double) (i / dims[0] / dims[1]) };
      double xyz[3], v, *g = truth->gradient + 3 * truth->n;
      gboolean in = TRUE;

      if (fine->data[i] == 0)
        continue;
      cf_grid_to_world (&fine->grid, ijk, xyz);
      cf_interpolator_query (spline, 1, xyz, &v, g);
      for (int a = 0; a < 3; a++)
        {
          double *c = &truth->ijk[3 * truth->n + a];
          *c = (xyz[a] - coarse->grid.origin[a]) / coarse->grid.step[a][a];
          in = in && *c >= region->start[a] && *c <= region->start[a] + region->size[a] - 1;
          g[a] /= max_of_map;
        }
      if (in)
        truth->value[truth->n++] = fine->data[i] / max_of_map;
    }
}

static void
report (const char *name, const Truth *truth, const double *value, const double *gradient)
{
  double sum = 0, slope = 0, bins[4] = { 0 };
  int counts[4] = { 0 };

  for (gsize i = 0; i < truth->n; i++)
    {
      double miss = fabs (value[i] - truth->value[i]);
      int bin = truth->value[i] < 0.001 ? 0 : truth->value[i] < 0.02 ? 1 : truth->value[i] < 0.2 ? 2 : 3;
      sum += miss;
      bins[bin] += miss;
      counts[bin]++;
      for (int a = 0; a < 3; a++)
        slope += fabs (gradient[3 * i + a] - truth->gradient[3 * i + a]);
    }
  printf ("%s: density MAE %.5f gradient MAE %.5f; by density <.001 %.5f (%d) <.02 %.5f (%d) <.2 %.5f (%d) above %.5f (%d)\n", name, sum / truth->n,
          slope / truth->n / 3, bins[0] / MAX (1, counts[0]), counts[0], bins[1] / MAX (1, counts[1]), counts[1], bins[2] / MAX (1, counts[2]), counts[2],
          bins[3] / MAX (1, counts[3]), counts[3]);
}

static void
spline_errors (const char *name, const Truth *truth, CfVolume *volume, CfInterpolation kind, const CfTransform *transform)
{
  g_autofree double *value = g_new (double, truth->n), *gradient = g_new (double, 3 * truth->n);
  gsize n = cf_grid_n_voxels (&volume->grid);
  float *data = g_new (float, n);
  g_autoptr (CfVolume) made = NULL;
  g_autoptr (CfInterpolator) interpolator = NULL;

  for (gsize i = 0; i < n; i++)
    data[i] = (float) cf_transform_forward (transform, MAX (volume->data[i], 0) / max_of_map);
  made = cf_volume_new ("t", &volume->grid, data);
  interpolator = cf_interpolator_new (made, kind);
  for (gsize i = 0; i < truth->n; i++)
    {
      double xyz[3], t, dd;
      cf_grid_to_world (&volume->grid, truth->ijk + 3 * i, xyz);
      cf_interpolator_query (interpolator, 1, xyz, &t, gradient + 3 * i);
      value[i] = cf_transform_inverse (transform, t, &dd);
      for (int a = 0; a < 3; a++)
        gradient[3 * i + a] *= dd;
    }
  report (name, truth, value, gradient);
}

static void
field_errors (CfBackend *backend, const CfSiren *siren, const Truth *truth, const CfVolume *volume, const CfRegion *region, const CfTransform *transform)
{
  g_autofree double *value = g_new (double, truth->n), *gradient = g_new (double, 3 * truth->n);
  g_autofree float *local = g_new (float, 3 * truth->n), *t = g_new (float, truth->n), *g = g_new (float, 3 * truth->n);

  for (gsize i = 0; i < 3 * truth->n; i++)
    local[i] = (float) (2 * (truth->ijk[i] - region->start[i % 3]) / (region->size[i % 3] - 1) - 1);
  cf_backend_eval (backend, (CfSiren *) siren, truth->n, local, t, g, threads, NULL);
  for (gsize i = 0; i < truth->n; i++)
    {
      double dd;
      value[i] = cf_transform_inverse (transform, t[i], &dd);
      for (int a = 0; a < 3; a++)
        gradient[3 * i + a] = dd * g[3 * i + a] * 2 / (region->size[a] - 1) / volume->grid.step[a][a];
    }
  report ("neural", truth, value, gradient);
}

static double
held_mae (const CfSamples *samples, const float *t, const CfTransform *transform, double *inside)
{
  double sum = 0, in = 0;
  gsize n_in = 0;
  for (gsize i = 0; i < samples->n_held; i++)
    {
      double truth = cf_transform_inverse (transform, samples->held_target[i], NULL), miss = fabs (MAX (0, cf_transform_inverse (transform, t[i], NULL)) - truth);
      sum += miss;
      if (truth > 1e-6)
        in += miss, n_in++;
    }
  *inside = in / MAX (1, n_in);
  return sum / samples->n_held;
}

static void
holes_errors (const CfVolume *volume, const CfNormalisation *normalisation, const CfRegion *region, double share, int points, const CfTransform *transform)
{
  gsize n = (gsize) region->size[0] * region->size[1] * region->size[2], k = 0, n_in = 0;
  g_autofree float *d = g_new (float, n), *t = g_new (float, n);
  g_autofree guint32 *holes = g_new (guint32, n);
  double sum = 0, inside = 0;

  cf_normalisation_read (normalisation, volume, region->start, region->size, d);
  for (gsize i = 0; i < n; i++)
    {
      gsize x = region->start[0] + i % region->size[0], y = region->start[1] + i / region->size[0] % region->size[1],
            z = region->start[2] + i / region->size[0] / region->size[1];
      t[i] = (float) cf_transform_forward (transform, d[i]);
      if (cf_voxel_is_held_out (seed, share, x + normalisation->dims[0] * (y + normalisation->dims[1] * z)))
        holes[k++] = i;
    }
  cf_holes_fill (t, region->size, holes, k, points);
  for (gsize i = 0; i < k; i++)
    {
      double miss = fabs (MAX (0, cf_transform_inverse (transform, t[holes[i]], NULL)) - d[holes[i]]);
      sum += miss;
      if (d[holes[i]] > 1e-6)
        inside += miss, n_in++;
    }
  printf ("%d points (offset %g): held-out MAE %.5f inside %.5f (%zu, %zu)\n", points, transform->kind ? transform->offset : -1, sum / k, inside / MAX (1, n_in), k, n_in);
}

int
main (int argc, char **argv)
{
  g_autoptr (GOptionContext) context = g_option_context_new (NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (CfStructure) structure = NULL;
  g_autoptr (CfVolume) volume = NULL;
  g_autoptr (CfBackend) backend = NULL;
  CfRecipe recipe = *cf_recipe_get (CF_RECIPE_DEFAULT);
  const CfRegionHooks hooks = { hook_threads, hook_epoch, hook_restart, NULL };
  CfTransform linear = { 0 };
  CfNormalisation normalisation;
  CfSamples samples;
  CfRegion region = { 0 };
  CfRegionFit fit = { 0 };
  Truth truth = { 0 };
  gint64 start;
  clock_t before;

  cf_compute_init ();
  g_option_context_add_main_entries (context, entries, NULL);
  if (!g_option_context_parse (context, &argc, &argv, &error))
    g_error ("%s", error->message);
  if (model)
    {
      CfSimulateOptions options = { .resolution = resolution, .elements = "C,N,O" };
      structure = cf_structure_load (model, NULL, &error);
      volume = structure ? cf_simulate (structure, &options, NULL, &error) : NULL;
    }
  else
    volume = cf_mrc_load (map, NULL, &error);
  if (!volume)
    g_error ("%s", error->message);
  cf_normalisation_compute (volume, NAN, &normalisation, NULL);
  max_of_map = normalisation.max;
  for (int a = 0; a < 3; a++)
    {
      region.size[a] = MIN (size, volume->grid.dims[a]);
      region.start[a] = (volume->grid.dims[a] - region.size[a]) / 2;
    }
  if (at_text && sscanf (at_text, "%d,%d,%d", &region.start[0], &region.start[1], &region.start[2]) != 3)
    return 2;
  recipe.held_out = held_out >= 0 ? held_out : map ? 0.05 : 0.01;
  if (transform_text && !g_str_equal (transform_text, "linear"))
    recipe.transform = (CfTransform){ CF_TRANSFORM_SQRT, atof (transform_text) };
  if (w0 > 0)
    recipe.shape.w0_first = w0;
  if (off_grid >= 0)
    recipe.off_grid = off_grid;
  if (empty_parts > 0)
    recipe.empty_parts = empty_parts;
  if (empty_below > 0)
    recipe.empty_below = empty_below;
  recipe.transform.rectified = !exact;
  if (batch > 0)
    recipe.batch = batch;
  if (rate > 0)
    recipe.rate = rate;
  if (muon_rate > 0)
    recipe.muon_rate = muon_rate;
  recipe.patience = 1000;
  printf ("window %d,%d,%d + %dx%dx%d of %dx%dx%d\n", region.start[0], region.start[1], region.start[2], region.size[0], region.size[1], region.size[2], volume->grid.dims[0], volume->grid.dims[1], volume->grid.dims[2]);
  if (model)
    collect (&truth, structure, volume, &region);
  if (splines_only)
    {
      const CfTransform all[] = { { 0 }, { CF_TRANSFORM_SQRT, 0.05 }, { CF_TRANSFORM_SQRT, 0.005 }, { CF_TRANSFORM_SQRT, 0.001 }, { CF_TRANSFORM_SQRT, 0.0001 } };
      if (model)
        spline_errors ("tricubic", &truth, volume, CF_INTERPOLATION_TRICUBIC, &linear);
      for (gsize k = 0; k < G_N_ELEMENTS (all); k++)
        if (model)
          spline_errors ("quintic of t", &truth, volume, CF_INTERPOLATION_TRIQUINTIC, &all[k]);
      for (gsize k = 0; k < G_N_ELEMENTS (all); k++)
        for (int points = 4; points <= 6; points += 2)
          holes_errors (volume, &normalisation, &region, recipe.held_out, points, &all[k]);
      return 0;
    }
  backend = cf_backend_open ("cpu", threads, NULL);
  start = g_get_monotonic_time ();
  cf_samples_read (&samples, volume, &normalisation, &region, &recipe, seed);
  printf ("samples %zu rare %zu held %zu an epoch %zu, read in %.2f s\n", samples.n, samples.n_rare, samples.n_held, cf_samples_an_epoch (&samples, &recipe),
          (g_get_monotonic_time () - start) * 1e-6);
  before = clock ();
  {
    g_autoptr (CfSiren) siren = cf_region_fit (backend, &recipe, &samples, seed, 0, epochs > 0 ? epochs : 12, &hooks, &fit, NULL, &error);
    g_autofree float *t = g_new (float, MAX (1, samples.n_held));
    double inside, mae;

    printf ("%.1f s of processor; ", (double) (clock () - before) / CLOCKS_PER_SEC);
    if (!siren)
      g_error ("%s", error->message);
    cf_backend_eval (backend, siren, samples.n_held, samples.held_local, t, NULL, threads, NULL);
    mae = held_mae (&samples, t, &recipe.transform, &inside);
    printf ("loss %.3g held-out MSE %.4g MAE %.5f inside %.5f, %d epochs, %.1f s\n", fit.loss, fit.held_out, mae, inside, fit.epochs, fit.seconds);
    if (model)
      field_errors (backend, siren, &truth, volume, &region, &recipe.transform);
  }
  return 0;
}
