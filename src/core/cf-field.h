/* cf-field.h: the neural field of a map: partition, networks, normalisation, and where it came from. An immutable snapshot:
 * the trainer makes a new one when a region is done, the others keep theirs. */
#pragma once

#include "cf-level.h"
#include "cf-partition.h"
#include "cf-siren.h"
#include "cf-transform.h"
#include "cf-volume.h"

G_BEGIN_DECLS

typedef enum
{
  CF_RECIPE_DEFAULT,
  CF_RECIPE_PAPER
} CfRecipeKind;

/** How a region was fitted. */
typedef struct
{
  gboolean trained;
  gboolean flat;    /* constant: no network, `value` everywhere */
  float value;      /* normalised d of a flat region */
  int epochs;
  double loss;      /* MSE on t over the epoch that made the weights kept, each batch before its step */
  double held_out;  /* MSE on t of held-out voxels; NAN where none were held out */
  double seconds;
  gboolean half;    /* the hidden matrices hold float16 values, and are stored as such */
} CfRegionFit;

typedef struct _CfField
{
  gatomicrefcount ref_count;
  /* the source */
  char *source_name;
  char source_sha256[65];
  CfGrid source_grid;   /* whole map, before the crop */
  int axes[3];
  CfPlacement placement;
  double cell[6];
  int m[3];
  double contour;       /* author's, file units; NAN */
  double resolution;    /* A; NAN */
  /* the fit */
  gboolean has_box;     /* only a part was asked for: */
  double box[6];        /* x0, y0, z0, x1, y1, z1, A, as it was asked for; the crop is what it needs */
  CfGrid grid;          /* of the crop */
  CfNormalisation normalisation;
  CfPartition partition;
  CfBlend blend;
  CfTransform transform;
  CfRecipeKind recipe;
  CfSirenShape shape;   /* of every network */
  double off_grid;      /* points between voxels for each voxel, in an epoch; 0: none */
  double held_out;      /* share of voxels that were kept from the fit */
  guint64 seed;
  int max_epochs;       /* that were asked for; 0: the recipe's */
  gboolean keep_last, float32; /* as asked for: the last weights instead of the best, all as float32 */
  int n_regions;
  CfRegionFit *fits;    /* [n_regions] */
  CfSiren **sirens;     /* [n_regions], NULL where flat or not trained */
} CfField;

/** An untrained field for a map. contour and resolution may be NAN. */
CfField *cf_field_new (const CfVolume *volume, const CfNormalisation *normalisation, const CfPartition *partition);
/** An empty field for `n_regions`, everything zero or NAN; for readers, which fill it before they hand it on. */
CfField *cf_field_alloc (int n_regions);
/** A copy that shares the networks; what the trainer and the reader change before they hand it on. */
CfField *cf_field_copy (const CfField *field);
/** Only before the field is shared. Takes a new reference of siren (NULL where flat). */
void cf_field_set_region (CfField *field, int region, CfSiren *siren, const CfRegionFit *fit);
CfField *cf_field_ref (CfField *field);
void cf_field_unref (CfField *field);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CfField, cf_field_unref)
int cf_field_n_trained (const CfField *field);
gboolean cf_field_is_complete (const CfField *field);
/** What is fitted, where that is a part that was asked for: "voxels 3-40, 0-20, 5-33 of 94 x 104 x 112, a box of 24.7 x 13.7 x 18.9 A"; a new string;
 * NULL for a map that is fitted as a whole. */
char *cf_field_part (const CfField *field, gboolean translated);
double cf_field_to_file_units (const CfField *field, double d);

G_END_DECLS
