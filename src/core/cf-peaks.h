/* cf-peaks.h: where each seed climbed to. A seed's walk does not depend on the threshold, so this serves every one above `lowest`. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/** Parallel arrays, descending by seed density. Density is normalised d; positions are A. Dropped seeds are not in it. */
typedef struct _CfPeaks
{
  gatomicrefcount ref_count;
  gsize n;
  float (*seed)[3];
  float *seed_density;
  float (*peak)[3];
  float *peak_density;
  gsize dropped;      /* seeds that left the map */
  guint64 gradients;  /* of the field that the climbs asked for */
  double lowest;      /* every seed with d >= lowest is here */
  double spacing;     /* A, of the sampling */
} CfPeaks;

CfPeaks *cf_peaks_new (gsize n);
CfPeaks *cf_peaks_ref (CfPeaks *peaks);
void cf_peaks_unref (CfPeaks *peaks);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfPeaks, cf_peaks_unref)
/** Sorts by descending seed density, ties by position (x, y, z): deterministic. */
void cf_peaks_sort (CfPeaks *peaks);
/** How many seeds have d >= level. */
gsize cf_peaks_n_above (const CfPeaks *peaks, double level);
/** NPZ with seed, seed_density, peak, peak_density (atomic). */
gboolean cf_peaks_save_npz (const CfPeaks *peaks, const char *path, GError **error);

G_END_DECLS
