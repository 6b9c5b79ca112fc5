/* cf-sweep.h: the clusters of peaks at every threshold from one pass. DBSCAN (eps, min_samples 1) is the connected components of
 * "closer than or equal to eps", so a minimum spanning forest over descending seed density holds them all. Paper: "Clustering". */
#pragma once

#include <gio/gio.h>

#include "cf-peaks.h"

G_BEGIN_DECLS

#define CF_CLUSTER_EPS 0.2 /* A */

/** The same answers from beginning to end; thread safe. */
typedef struct _CfSweep CfSweep;

CfSweep *cf_sweep_new (CfPeaks *peaks, double eps, GCancellable *cancellable, GError **error);
CfSweep *cf_sweep_ref (CfSweep *sweep);
void cf_sweep_unref (CfSweep *sweep);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfSweep, cf_sweep_unref)
CfPeaks *cf_sweep_get_peaks (CfSweep *sweep); /* borrowed */
/** How many clusters ever live. */
guint32 cf_sweep_n_ids (const CfSweep *sweep);

typedef struct
{
  double pos[3];     /* A: unweighted centroid of the members' peaks */
  guint32 id;        /* < cf_sweep_n_ids (): the same cluster at every level at which it lives */
  guint32 size;      /* members */
  float best;        /* highest peak density of the members */
  float birth;       /* highest seed density of the members: the level at which the node appears */
  float merge;       /* highest level below `birth`, at or below the present level, at which it joins an older cluster; the lowest
                        level walked where it never does */
} CfCluster;

typedef struct
{
  gsize n;
  CfCluster *clusters; /* descending by birth: ascending by id */
  gsize n_seeds;       /* seeds with d >= level */
  guint32 *labels;     /* [n_seeds], in the order of the peaks, or NULL where not asked for */
} CfClusters;

/** The clusters of all seeds with d >= level. What it costs is the seeds between this level and the one asked for before, and the clusters;
 * the labels cost a pass over the seeds. Several threads wait for each other. */
CfClusters *cf_sweep_cut (CfSweep *sweep, double level, gboolean with_labels);
void cf_clusters_free (CfClusters *clusters);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfClusters, cf_clusters_free)

/** A model-free suggestion: the level between the nodes of noise and those of atoms, where fewest nodes are born for an equal step of log d. Of the
 * valleys of the smoothed births the one that lies deepest below both its sides is meant; lo and hi (may be NULL) are where half of that depth is climbed.
 * NAN where there is no valley between two heaps of which the smaller is a tenth of the other. Fails where noise swamps the atoms or has no heap of its
 * own (a map without noise, or a walk that begins above it), and where few strong atoms make a heap beside the rest. */
double cf_sweep_plateau (const CfSweep *sweep, double *lo, double *hi);

G_END_DECLS
