/* cf-volume.h: a density map in memory: voxels, placement, true statistics, and what its file said. */
#pragma once

#include "cf-grid.h"

G_BEGIN_DECLS

/** Computed from the voxels, never taken from a header. Non-finite voxels are counted, left out, and hold 0 in `data`. */
typedef struct
{
  double min, max, mean, sd; /* file units */
  gint64 nonfinite;
} CfStatistics;

typedef enum
{
  CF_PLACED_BY_ORIGIN,
  CF_PLACED_BY_NSTART,
  CF_PLACED_AT_ZERO
} CfPlacement;

/** What the header of an MRC/CCP4 file said (MRC2014). Simulated or sampled maps fill it as they would be written. */
typedef struct
{
  int mode;
  gboolean big_endian;
  int axes[3];   /* MAPC, MAPR, MAPS */
  int nstart[3]; /* of X, Y, Z */
  int m[3];      /* MX, MY, MZ */
  double cell[6]; /* a, b, c A; alpha, beta, gamma degrees */
  double origin[3]; /* the ORIGIN words, A */
  int ispg;
  int nsymbt;
  CfPlacement placement;
  gboolean two_placements; /* ORIGIN and NSTART are both set and differ: worth a switch */
  int n_volumes;           /* of a stack of volumes; 1 otherwise */
  char **labels; /* NULL-terminated, valid UTF-8 */
} CfMapHeader;

/** Immutable once made, so shared between threads by reference. */
typedef struct _CfVolume
{
  gatomicrefcount ref_count;
  char *name;  /* base name of the file, or what made it */
  char *path;  /* as opened; NULL when it never was a file */
  char sha256[65]; /* of the file's bytes as stored; "" when it never was a file */
  CfGrid grid;
  float *data; /* [nz][ny][nx], x fastest, file units */
  CfStatistics statistics;
  CfMapHeader header;
  char **warnings; /* NULL-terminated, one line each, may be empty, never NULL */
  char **warnings_plain; /* the same in English, for what programs read */
} CfVolume;

/** Takes ownership of `data` (g_malloc). Computes statistics; replaces non-finite voxels by 0. The header is filled as a written file's. */
CfVolume *cf_volume_new (const char *name, const CfGrid *grid, float *data);
CfVolume *cf_volume_ref (CfVolume *volume);
void cf_volume_unref (CfVolume *volume);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfVolume, cf_volume_unref)

/** Statistics of n values; replaces non-finite ones by 0 in place. Used by cf_volume_new () and the readers. */
void cf_statistics_compute (CfStatistics *statistics, float *data, gsize n);

typedef enum
{
  CF_INTERPOLATION_TRILINEAR,
  CF_INTERPOLATION_TRICUBIC,  /* interpolating cubic B-spline, mirror boundary */
  CF_INTERPOLATION_TRIQUINTIC /* of degree 5 */
} CfInterpolation;

/** Interpolates voxels at world points. Made once (the B-spline prefilter costs a copy of the map), then thread safe. */
typedef struct _CfInterpolator CfInterpolator;
CfInterpolator *cf_interpolator_new (CfVolume *volume, CfInterpolation kind);
void cf_interpolator_free (CfInterpolator *interpolator);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfInterpolator, cf_interpolator_free)
/** n points xyz[n][3] in A; value[n] in file units, NAN outside the map; gradient[n][3] in file units / A, or NULL. */
void cf_interpolator_query (const CfInterpolator *interpolator, gsize n, const double *xyz, double *value, double *gradient);
/** The B-spline's coefficients, [nz][ny][nx], file units: between them the spline is a weighted mean. Borrowed; NULL for trilinear. */
const float *cf_interpolator_coefficients (const CfInterpolator *interpolator);

G_END_DECLS
