/* cf-recipe.h: how a region is fitted: the numbers of each recipe in one table. */
#pragma once

#include "cf-backend.h"

G_BEGIN_DECLS

typedef struct
{
  CfRecipeKind kind;
  CfSirenShape shape;
  CfTransform transform;  /* rectified: voxels are learned with their signs, those that are 0 only as nothing, see cf_fit_new () */
  gboolean choose_transform; /* kind and offset by cf_transform_choose () instead */
  CfOptimiser optimiser;
  double rate, muon_rate;
  int batch;              /* samples a step; 0: the region as one */
  int batch_least;        /* for small regions, which get */
  int batches_least;      /* so many steps an epoch */
  gboolean cosine;        /* the rate falls to 0 over the epochs below */
  int epochs;             /* at most, for a large map */
  double map_samples;     /* more epochs, up to epochs_small_map, while those of the whole map take no more samples than this; 0: never */
  double map_samples_root; /* the same where the transform is a root: smooth maps, which are fitted sooner */
  int epochs_small_map;
  gint64 least_steps;     /* more epochs for small regions, up to epochs_small */
  int epochs_small;
  double empty_below;     /* d */
  int empty_margin;       /* voxels: those farther than this from any with d >= empty_below are taken in turn */
  int empty_parts;        /* one part of so many an epoch; 0: all voxels in each epoch */
  double off_grid;        /* random points between voxels an epoch, for each voxel that is not empty; needs empty_parts, as they are taken in turn.
                           * Their target is the quintic B-spline of the transformed values */
  double held_out;        /* share of voxels that are kept from the fit */
  double plateau;         /* a held-out error that fell by less than this share over plateau_epochs has stopped falling: what is left of the
                           * schedule then takes a quarter of the epochs so far, so that the rate still falls to 0; 0: never */
  int plateau_epochs;
  double slack;           /* later weights, which a falling rate has settled, are kept while their error is at most by this share above the lowest: that of
                           * some hundred voxels differs by as much by chance */
  int patience;           /* epochs without an improvement of the held-out error after which it ends; of the loss where none is held out */
  double patience_below;  /* patience counts only while the best loss is below */
  double stop_below;      /* ends at once where the best loss is below */
  gboolean keep_last;     /* the last weights instead of the best, as the published code does; it ends where it would */
} CfRecipe;

const CfRecipe *cf_recipe_get (CfRecipeKind kind);
/** Epochs at most for a region of n samples an epoch, in a map whose regions have n_map together (0: large). */
int cf_recipe_epochs (const CfRecipe *recipe, gsize n, double n_map);
/** What the rates are multiplied with: the longer a fit, the lower its best rate. 1 up to the recipe's epochs for a large map. */
double cf_recipe_pace (const CfRecipe *recipe, int epochs);
/** Epochs in all of a fit planned for max_epochs, from the held-out errors after its first n: max_epochs until they stop falling, then fewer; *turn is the
 * epoch after which that was seen, 0 where it was not. */
int cf_recipe_end (const CfRecipe *recipe, const double *held_outs, int n, int max_epochs, int *turn);
/** Samples a step for a region of n samples; 0 the region as one. */
int cf_recipe_batch (const CfRecipe *recipe, gsize n);

G_END_DECLS
