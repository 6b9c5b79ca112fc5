/* cf-simulate.h: a map from atoms, as molmap does: a Gaussian an atom. method.md section 5 (Interpolation). */
#pragma once

#include <gio/gio.h>

#include "cf-structure.h"
#include "cf-volume.h"

G_BEGIN_DECLS

/** sd = 0.225 resolution; amplitude = atomic number (2 pi)^-1.5 sd^-3; cut at 5 sd. Zeroed fields mean the defaults. */
typedef struct
{
  double resolution;     /* A, needed */
  double spacing;        /* A; default resolution / 3 */
  const char *elements;  /* "C,N,O"; NULL for all but hydrogen */
  double noise_sd;       /* file units of white Gaussian noise added; 0 none */
  guint64 seed;          /* of the noise */
  gboolean has_box;      /* box in A: x0,y0,z0,x1,y1,z1, instead of the atoms' bounds and a padding of 3 resolution */
  double box[6];
} CfSimulateOptions;

/** Atoms with an alternate location's letter count by their occupancy, all others fully. */
CfVolume *cf_simulate (const CfStructure *structure, const CfSimulateOptions *options, GCancellable *cancellable, GError **error);

G_END_DECLS
