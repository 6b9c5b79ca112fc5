/* cf-level.h: normalisation of a map (method.md section 1) and levels in its three units. */
#pragma once

#include "cf-volume.h"

G_BEGIN_DECLS

/** From file units v to d = max (v, 0) / max in [0, 1], over the crop. mu and sigma are of d over the crop: the population of
 * every "sigma" that this program prints (not ChimeraX's sdLevel). Paper: section "Normalisation". */
typedef struct
{
  int lo[3], dims[3]; /* crop, voxels of the source grid */
  double max;         /* file units */
  double mu, sigma;   /* normalised */
} CfNormalisation;

/** contour (file units) crops to the box of voxels >= contour widened by 5 A; NAN: the whole map. A constant map, or one
 * without a positive voxel, or a contour above all voxels, is CF_INPUT_ERROR_EMPTY. */
gboolean cf_normalisation_compute (const CfVolume *volume, double contour, CfNormalisation *out, GError **error);
/** Leaves of the crop what the box x0, y0, z0, x1, y1, z1 (A) needs; max, mu and sigma stay those of the whole, so that a level means the same.
 * CF_ERROR_ARGUMENT where the box is empty or leaves no voxel. */
gboolean cf_normalisation_narrow (CfNormalisation *normalisation, const CfVolume *volume, const double box[6], GError **error);
/** d of the voxels of a box that begins at `start` (counted within the crop) with `size` voxels, x fastest, into out. */
void cf_normalisation_read (const CfNormalisation *normalisation, const CfVolume *volume, const int start[3], const int size[3], float *out);
/** The same before negative voxels become 0: v / max. */
void cf_normalisation_read_signed (const CfNormalisation *normalisation, const CfVolume *volume, const int start[3], const int size[3], float *out);

/** One level in three units. */
typedef struct
{
  double file;       /* file units */
  double normalised; /* d */
  double sigma;      /* (d - mu) / sigma over the crop */
} CfLevel;

CfLevel cf_level_from_file (const CfNormalisation *normalisation, double file);
CfLevel cf_level_from_normalised (const CfNormalisation *normalisation, double normalised);
CfLevel cf_level_from_sigma (const CfNormalisation *normalisation, double sigma);
/** The generic threshold: d = max (0.1, mu + 3 sigma). Paper: section "Seeds". */
CfLevel cf_level_generic (const CfNormalisation *normalisation);
/** The level that work begins with where the user asked for none: the generic threshold, or the floor below where no voxel reaches that. */
CfLevel cf_level_start (const CfNormalisation *normalisation);
/** What to say where no voxel reaches the generic threshold: a new line; NULL elsewhere. */
char *cf_level_warning (const CfNormalisation *normalisation);
/** The lowest level that a walk starts from where the user asked for none: d = max (0.05, mu + sigma), never above 0.8 of the generic. */
CfLevel cf_level_floor (const CfNormalisation *normalisation);

typedef enum
{
  CF_LEVEL_GENERIC, /* "3sigma": cf_level_start () */
  CF_LEVEL_CONTOUR, /* "contour" */
  CF_LEVEL_NORMALISED, /* "norm=V" */
  CF_LEVEL_FILE, /* "file=V" */
  CF_LEVEL_SIGMA, /* "sigma=V" */
  CF_LEVEL_PLATEAU /* "plateau": found by cf_sweep_plateau (), where there is one */
} CfLevelKind;
typedef struct
{
  CfLevelKind kind;
  double value;
} CfLevelSpec;

/** Reads the --level option; CF_ERROR_ARGUMENT otherwise. */
gboolean cf_level_spec_parse (const char *text, CfLevelSpec *out, GError **error);
/** contour: file units or NAN; CF_ERROR_ARGUMENT where it is needed and missing, or the kind is the plateau. */
gboolean cf_level_spec_resolve (const CfLevelSpec *spec, const CfNormalisation *normalisation, double contour, CfLevel *out, GError **error);
/** "norm=0.31" for the command line that repeats a level exactly (%.9g); new string. */
char *cf_level_to_option (const CfLevel *level);

G_END_DECLS
