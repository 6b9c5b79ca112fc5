/* cf-region-fit.h: the fit of one region from voxels to weights, on the calling thread. */
#pragma once

#include "cf-recipe.h"

G_BEGIN_DECLS

/** TRUE for voxels that every region keeps from its fit: a share of all, by their index in the crop (x fastest) and the seed alone, so that no
 * region learns what its neighbour holds out. */
gboolean cf_voxel_is_held_out (guint64 seed, double share, guint64 voxel);

/** A region as the network sees it: voxels and, where the recipe says so, points between them. */
typedef struct
{
  gsize n, n_held;
  gsize n_rare;                    /* the last so many of the n: voxels far from any density, points between voxels */
  gboolean rectified;              /* the recipe's transform is */
  float *local, *target;           /* [n][3], [n]: t; NAN where nothing is, see cf_fit_new () */
  float *held_local, *held_target; /* [n_held][3], [n_held]: kept from the fit */
  double variance;                 /* of the targets of an epoch: the loss of the best constant */
} CfSamples;

/** What a look at a region's voxels says before its fit. */
typedef struct
{
  gboolean flat;  /* all voxels have one value d: */
  float value;
  gsize samples;  /* about how many an epoch takes */
} CfRegionSurvey;

void cf_region_survey (const CfVolume *volume, const CfNormalisation *normalisation, const CfRegion *region, const CfRecipe *recipe,
                       CfRegionSurvey *out);
void cf_samples_read (CfSamples *samples, const CfVolume *volume, const CfNormalisation *normalisation, const CfRegion *region,
                      const CfRecipe *recipe, guint64 seed);
/** How many of them an epoch takes. */
gsize cf_samples_an_epoch (const CfSamples *samples, const CfRecipe *recipe);
/** MSE on t of a network at the held-out samples, NAN where none are. Rectified, a t below -1 counts as -1. */
gboolean cf_samples_held_out_error (const CfSamples *samples, CfBackend *backend, const CfSiren *siren, int threads, double *out, GError **error);
void cf_samples_clear (CfSamples *samples);

/** After an epoch. loss: MSE on t over the epoch, each batch before its step; held_out: of the weights after it, NAN without. */
typedef struct
{
  int epoch, max_epochs;
  double loss, held_out;
  double seconds; /* of this epoch */
  CfSiren *weights; /* after the epoch; borrowed */
} CfEpoch;

/** Where the fit of a region stands: all that it needs to go on elsewhere as if it had not stopped. */
typedef struct
{
  gboolean done;      /* fit and best are the region's; attempt, scores and state are not used */
  int attempt;        /* 0 the first; more after it diverged */
  double best_score, first_loss;
  int stale;          /* epochs since best_score */
  CfRegionFit fit;    /* of best; its epochs and seconds are those so far */
  CfSiren *best;      /* NULL: flat, or before the first epoch's end */
  CfFitState state;
  int n;              /* epochs whose losses are known */
  double *losses, *held_outs; /* [n] */
} CfRegionPoint;

void cf_region_point_clear (CfRegionPoint *point);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CfRegionPoint, cf_region_point_clear)

typedef struct
{
  int (*threads) (gpointer data);                      /* cores for the next epoch */
  void (*epoch) (gpointer data, const CfEpoch *epoch); /* may block (pause); the fit's GCancellable ends it */
  void (*restart) (gpointer data);                     /* diverged: the epochs so far are dropped */
  gpointer data;
  /* those below may be NULL */
  gboolean (*wants_point) (gpointer data);                    /* asked after each epoch */
  void (*point) (gpointer data, const CfRegionPoint *point);  /* after such an epoch, and where the fit is cancelled; without the losses */
  gint64 (*due) (gpointer data);                              /* monotonic us: when a point is wanted inside an epoch that lasts longer; 0 never */
  const CfRegionPoint *from;                                  /* goes on from there; not one that is done */
} CfRegionHooks;

/** Fits samples from the first weights of (seed, region). fit: everything but `flat` and `value`. A fit that diverges starts again at a lower rate;
 * after three attempts CF_ERROR_FAILED. max_epochs 0: the recipe's. */
CfSiren *cf_region_fit (CfBackend *backend, const CfRecipe *recipe, const CfSamples *samples, guint64 seed, int region, int max_epochs,
                        const CfRegionHooks *hooks, CfRegionFit *fit, GCancellable *cancellable, GError **error);

G_END_DECLS
