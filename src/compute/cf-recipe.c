/* cf-recipe.c: the recipes. */
#include "cf-recipe.h"

#include <math.h>

static const CfRecipe recipes[] = {
  [CF_RECIPE_DEFAULT] = {
    .kind = CF_RECIPE_DEFAULT,
    .shape = { .width = 256, .hidden = 4, .w0_first = 20, .w0 = 30 }, /* docs/reproduction.md, "The first layer's frequency" */
    .transform = { .rectified = TRUE },
    .choose_transform = TRUE,
    .optimiser = CF_OPTIMISER_MUON,
    .rate = 5e-4,
    .muon_rate = 8e-4,
    .batch = 4096,
    .batch_least = 512,
    .batches_least = 32,
    .cosine = TRUE,
    .epochs = 11,
    .map_samples = 5e6, /* two minutes on two cores */
    .map_samples_root = 3e6,
    .epochs_small_map = 24,
    .least_steps = 200,
    .epochs_small = 200,
    .empty_below = 0.002,
    .empty_margin = 2,
    .empty_parts = 8,
    .off_grid = 0.75,
    .held_out = 0.01,
    .plateau = 0.02,
    .plateau_epochs = 3,
    .slack = 0.15,
    .patience = 5,
    .patience_below = INFINITY,
    .stop_below = 0,
  },
  /* Paper: section "Natural fit point". The cap on epochs is ours: the published fits took 26 to 278 s on a GPU, which is some
   * thousand epochs, and a region of pure noise never comes below 4e-4. */
  [CF_RECIPE_PAPER] = {
    .kind = CF_RECIPE_PAPER,
    .shape = { .width = 256, .hidden = 4, .w0_first = 30, .w0 = 30 },
    .transform = { .kind = CF_TRANSFORM_LINEAR },
    .optimiser = CF_OPTIMISER_ADAM,
    .rate = 1e-4,
    .batch = 0,
    .epochs = 5000,
    .patience = 25,
    .patience_below = 4e-4,
    .stop_below = 1e-5,
  },
};

const CfRecipe *
cf_recipe_get (CfRecipeKind kind)
{
  return &recipes[kind];
}

int
cf_recipe_batch (const CfRecipe *recipe, gsize n)
{
  if (recipe->batch > 0)
    return (int) CLAMP (n / recipe->batches_least, (gsize) recipe->batch_least, (gsize) recipe->batch);
  return 0;
}

int
cf_recipe_epochs (const CfRecipe *recipe, gsize n, double n_map)
{
  int batch = cf_recipe_batch (recipe, n), epochs = recipe->epochs;
  double most = recipe->transform.kind == CF_TRANSFORM_SQRT ? recipe->map_samples_root : recipe->map_samples;
  gint64 steps, needed;

  if (n_map > 0 && most > 0)
    epochs = (int) CLAMP (most / n_map, epochs, MAX (epochs, recipe->epochs_small_map));
  if (batch == 0 || recipe->least_steps == 0)
    return epochs;
  steps = MAX (1, ((gint64) n + batch / 2) / batch);
  needed = (recipe->least_steps + steps - 1) / steps;
  return (int) CLAMP (needed, epochs, MAX (epochs, recipe->epochs_small));
}

double
cf_recipe_pace (const CfRecipe *recipe, int epochs)
{
  return recipe->cosine && epochs > recipe->epochs ? sqrt ((double) recipe->epochs / epochs) : 1;
}

int
cf_recipe_end (const CfRecipe *recipe, const double *held_outs, int n, int max_epochs, int *turn)
{
  int back = recipe->plateau_epochs;

  *turn = 0;
  if (!(recipe->plateau > 0) || !recipe->cosine)
    return max_epochs;
  /* Not in the first third, which goes up and down at the full rate. */
  for (int e = MAX (back, max_epochs / 3) + 1; e <= n; e++)
    {
      double before = INFINITY, now = INFINITY;

      for (int i = 0; i < e; i++)
        if (i < e - back)
          before = MIN (before, held_outs[i]);
        else
          now = MIN (now, held_outs[i]);
      if (now > (1 - recipe->plateau) * before)
        {
          *turn = e;
          return MIN (max_epochs, e + MAX (2, (e + 3) / 4));
        }
    }
  return max_epochs;
}
