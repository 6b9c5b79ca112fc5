/* cf-field.c: snapshots of a neural field. */
#include "cf-field.h"
#include "cf-words.h"

#include <math.h>
#include <string.h>

int
cf_transform_equal (const CfTransform *a, const CfTransform *b)
{
  return a->kind == b->kind && a->offset == b->offset && !a->rectified == !b->rectified;
}

double
cf_transform_forward (const CfTransform *transform, double d)
{
  double o = transform->offset;

  if (transform->kind == CF_TRANSFORM_LINEAR)
    return 2 * d - 1;
  return 2 * (sqrt (MAX (d + o, 0)) - sqrt (o)) / (sqrt (1 + o) - sqrt (o)) - 1;
}

double
cf_transform_inverse (const CfTransform *transform, double t, double *dd)
{
  return cf_transform_back (transform, t, dd);
}

CfField *
cf_field_alloc (int n_regions)
{
  CfField *field = g_new0 (CfField, 1);

  g_atomic_ref_count_init (&field->ref_count);
  field->n_regions = n_regions;
  field->contour = field->resolution = NAN;
  field->shape = cf_siren_shape_paper;
  field->fits = g_new0 (CfRegionFit, n_regions);
  field->sirens = g_new0 (CfSiren *, n_regions);
  for (int i = 0; i < n_regions; i++)
    field->fits[i].loss = field->fits[i].held_out = NAN;
  return field;
}

CfField *
cf_field_new (const CfVolume *volume, const CfNormalisation *normalisation, const CfPartition *partition)
{
  CfField *field = cf_field_alloc (cf_partition_n_regions (partition));

  field->source_name = g_strdup (volume->name);
  memcpy (field->source_sha256, volume->sha256, sizeof field->source_sha256);
  field->source_grid = volume->grid;
  memcpy (field->axes, volume->header.axes, sizeof field->axes);
  field->placement = volume->header.placement;
  memcpy (field->cell, volume->header.cell, sizeof field->cell);
  memcpy (field->m, volume->header.m, sizeof field->m);
  cf_grid_crop (&volume->grid, normalisation->lo, normalisation->dims, &field->grid);
  field->normalisation = *normalisation;
  field->partition = *partition;
  return field;
}

CfField *
cf_field_copy (const CfField *field)
{
  CfField *copy = cf_field_alloc (field->n_regions), made = *field;

  made.ref_count = copy->ref_count;
  made.fits = copy->fits;
  made.sirens = copy->sirens;
  made.source_name = g_strdup (field->source_name);
  memcpy (made.fits, field->fits, sizeof (CfRegionFit) * field->n_regions);
  for (int i = 0; i < field->n_regions; i++)
    made.sirens[i] = field->sirens[i] != NULL ? cf_siren_ref (field->sirens[i]) : NULL;
  *copy = made;
  return copy;
}

void
cf_field_set_region (CfField *field, int region, CfSiren *siren, const CfRegionFit *fit)
{
  CfSiren *old = field->sirens[region];

  field->sirens[region] = siren != NULL ? cf_siren_ref (siren) : NULL;
  field->fits[region] = *fit;
  if (siren != NULL)
    field->shape = siren->shape;
  if (old != NULL)
    cf_siren_unref (old);
}

CfField *
cf_field_ref (CfField *field)
{
  g_atomic_ref_count_inc (&field->ref_count);
  return field;
}

void
cf_field_unref (CfField *field)
{
  if (!g_atomic_ref_count_dec (&field->ref_count))
    return;
  for (int i = 0; i < field->n_regions; i++)
    if (field->sirens[i] != NULL)
      cf_siren_unref (field->sirens[i]);
  g_free (field->sirens);
  g_free (field->fits);
  g_free (field->source_name);
  g_free (field);
}

int
cf_field_n_trained (const CfField *field)
{
  int n = 0;

  for (int i = 0; i < field->n_regions; i++)
    n += field->fits[i].trained;
  return n;
}

gboolean
cf_field_is_complete (const CfField *field)
{
  return cf_field_n_trained (field) == field->n_regions;
}

char *
cf_field_part (const CfField *field, gboolean translated)
{
  static const char *const words = N_("voxels %d-%d, %d-%d, %d-%d of %d x %d x %d, a box of %.1f x %.1f x %.1f A");
  const int *lo = field->normalisation.lo, *dims = field->normalisation.dims, *all = field->source_grid.dims;

  if (!field->has_box)
    return NULL;
  return g_strdup_printf (translated ? _(words) : words, lo[0], lo[0] + dims[0] - 1, lo[1],
                          lo[1] + dims[1] - 1, lo[2], lo[2] + dims[2] - 1, all[0], all[1], all[2],
                          (dims[0] - 1) * cf_grid_edge (&field->grid, 0), (dims[1] - 1) * cf_grid_edge (&field->grid, 1),
                          (dims[2] - 1) * cf_grid_edge (&field->grid, 2));
}

double
cf_field_to_file_units (const CfField *field, double d)
{
  return d * field->normalisation.max;
}
