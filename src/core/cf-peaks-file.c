#include "cf-npz.h"
#include "cf-peaks.h"

gboolean
cf_peaks_save_npz (const CfPeaks *peaks, const char *path, GError **error)
{
  const gsize shape[2] = { peaks->n, 3 };
  g_autoptr (CfNpz) npz = cf_npz_new (path, error);
  return npz && cf_npz_add (npz, "seed", "f4", 2, shape, peaks->seed, error)
         && cf_npz_add (npz, "seed_density", "f4", 1, shape, peaks->seed_density, error)
         && cf_npz_add (npz, "peak", "f4", 2, shape, peaks->peak, error)
         && cf_npz_add (npz, "peak_density", "f4", 1, shape, peaks->peak_density, error) && cf_npz_commit (npz, error);
}
