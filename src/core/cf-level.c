#include "cf-level.h"

#include <math.h>
#include <string.h>

#include "cf-error.h"
#include "cf-words.h"

#define CROP_MARGIN 5.0 /* A, on each side of the voxels above the contour: paper, section "Normalisation" */

/* The bounds of the voxels >= contour; FALSE where there is none. */
static gboolean
find_box (const CfVolume *volume, double contour, int lo[3], int hi[3])
{
  const int *dims = volume->grid.dims;
  for (int a = 0; a < 3; a++)
    {
      lo[a] = G_MAXINT;
      hi[a] = -1;
    }
  for (int z = 0; z < dims[2]; z++)
    for (int y = 0; y < dims[1]; y++)
      {
        const float *row = volume->data + ((gsize) z * dims[1] + y) * dims[0];
        int first = 0, last = dims[0] - 1;
        while (first <= last && !(row[first] >= contour))
          first++;
        if (first > last)
          continue;
        while (!(row[last] >= contour))
          last--;
        lo[0] = MIN (lo[0], first);
        hi[0] = MAX (hi[0], last);
        lo[1] = MIN (lo[1], y);
        hi[1] = MAX (hi[1], y);
        lo[2] = MIN (lo[2], z);
        hi[2] = z;
      }
  return hi[0] >= 0;
}

static void
row_of_crop (const CfNormalisation *normalisation, const CfVolume *volume, const int start[3], int y, int z, const float **row)
{
  const int *dims = volume->grid.dims;
  gsize line = (gsize) (normalisation->lo[2] + start[2] + z) * dims[1] + (gsize) (normalisation->lo[1] + start[1] + y);
  *row = volume->data + line * dims[0] + normalisation->lo[0] + start[0];
}

/* Largest value, then mean and sd of d, over the crop: two passes, summed by row. */
static void
measure (CfNormalisation *n, const CfVolume *volume, double *min)
{
  const int zero[3] = { 0, 0, 0 };
  double max = -INFINITY, sum = 0, squares = 0;
  const float *row;
  *min = INFINITY;
  for (int z = 0; z < n->dims[2]; z++)
    for (int y = 0; y < n->dims[1]; y++)
      {
        double part = 0;
        row_of_crop (n, volume, zero, y, z, &row);
        for (int x = 0; x < n->dims[0]; x++)
          {
            max = MAX (max, (double) row[x]);
            *min = MIN (*min, (double) row[x]);
            part += MAX (row[x], 0.0f);
          }
        sum += part;
      }
  double count = (double) n->dims[0] * n->dims[1] * n->dims[2];
  n->max = max;
  double mean = sum / count;
  for (int z = 0; z < n->dims[2]; z++)
    for (int y = 0; y < n->dims[1]; y++)
      {
        double part = 0;
        row_of_crop (n, volume, zero, y, z, &row);
        for (int x = 0; x < n->dims[0]; x++)
          {
            double difference = MAX (row[x], 0.0f) - mean;
            part += difference * difference;
          }
        squares += part;
      }
  n->mu = mean / max;
  n->sigma = sqrt (squares / count) / max;
}

gboolean
cf_normalisation_compute (const CfVolume *volume, double contour, CfNormalisation *out, GError **error)
{
  CfNormalisation n = { .lo = { 0, 0, 0 } };
  const int *dims = volume->grid.dims;
  for (int a = 0; a < 3; a++)
    n.dims[a] = dims[a];
  if (!isnan (contour))
    {
      int lo[3], hi[3];
      if (!find_box (volume, contour, lo, hi))
        {
          g_set_error (error, CF_INPUT_ERROR, CF_INPUT_ERROR_EMPTY, _("%s: contour is %g, needs a level below the largest voxel, %g"),
                       volume->name, contour, volume->statistics.max);
          return FALSE;
        }
      for (int a = 0; a < 3; a++)
        {
          int margin = (int) MIN (ceil (CROP_MARGIN / cf_grid_edge (&volume->grid, a) - 1e-6), (double) dims[a]);
          n.lo[a] = MAX (lo[a] - margin, 0);
          n.dims[a] = MIN (hi[a] + margin, dims[a] - 1) - n.lo[a] + 1;
        }
    }
  double min;
  measure (&n, volume, &min);
  if (!(n.max > 0))
    {
      g_set_error (error, CF_INPUT_ERROR, CF_INPUT_ERROR_EMPTY, _("%s: largest voxel is %g, needs a positive one"), volume->name, n.max);
      return FALSE;
    }
  if (min >= n.max || !(n.sigma > 0))
    {
      g_set_error (error, CF_INPUT_ERROR, CF_INPUT_ERROR_EMPTY, _("%s: every voxel is %g, needs a map that is not constant"), volume->name,
                   n.max);
      return FALSE;
    }
  *out = n;
  return TRUE;
}

gboolean
cf_normalisation_narrow (CfNormalisation *normalisation, const CfVolume *volume, const double box[6], GError **error)
{
  int lo[3], dims[3];
  double least[3] = { INFINITY, INFINITY, INFINITY }, most[3] = { -INFINITY, -INFINITY, -INFINITY };
  for (int k = 0; k < 8; k++)
    {
      const double corner[3] = { box[k & 1 ? 3 : 0], box[k & 2 ? 4 : 1], box[k & 4 ? 5 : 2] };
      double ijk[3];
      cf_grid_from_world (&volume->grid, corner, ijk);
      for (int a = 0; a < 3; a++)
        {
          least[a] = MIN (least[a], ijk[a]);
          most[a] = MAX (most[a], ijk[a]);
        }
    }
  for (int a = 0; a < 3; a++)
    {
      int end = normalisation->lo[a] + normalisation->dims[a];
      /* As many voxels as the box touches, and not one more for an end that lies on a voxel. */
      lo[a] = (int) CLAMP (floor (least[a] + 1e-6), normalisation->lo[a], end);
      dims[a] = (int) CLAMP (ceil (most[a] - 1e-6) + 1, lo[a], end) - lo[a];
      if (!(box[a] < box[3 + a]) || dims[a] < 1)
        {
          double from[3], to[3];
          cf_grid_bounds (&volume->grid, from, to);
          g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT,
                       _("box is %g,%g,%g,%g,%g,%g A, needs x0 < x1, y0 < y1, z0 < z1 and a part of the map, %g,%g,%g,%g,%g,%g"), box[0], box[1],
                       box[2], box[3], box[4], box[5], from[0], from[1], from[2], to[0], to[1], to[2]);
          return FALSE;
        }
    }
  memcpy (normalisation->lo, lo, sizeof lo);
  memcpy (normalisation->dims, dims, sizeof dims);
  return TRUE;
}

static void
read_box (const CfNormalisation *normalisation, const CfVolume *volume, const int start[3], const int size[3], gboolean signs, float *out)
{
  double scale = 1.0 / normalisation->max;

  for (int z = 0; z < size[2]; z++)
    for (int y = 0; y < size[1]; y++)
      {
        const float *row;

        row_of_crop (normalisation, volume, start, y, z, &row);
        for (int x = 0; x < size[0]; x++)
          *out++ = signs || row[x] > 0 ? (float) (row[x] * scale) : 0.0f;
      }
}

void
cf_normalisation_read (const CfNormalisation *normalisation, const CfVolume *volume, const int start[3], const int size[3], float *out)
{
  for (int a = 0; a < 3; a++)
    g_return_if_fail (start[a] >= 0 && size[a] > 0 && start[a] + size[a] <= normalisation->dims[a]);
  read_box (normalisation, volume, start, size, FALSE, out);
}

void
cf_normalisation_read_signed (const CfNormalisation *normalisation, const CfVolume *volume, const int start[3], const int size[3], float *out)
{
  for (int a = 0; a < 3; a++)
    g_return_if_fail (start[a] >= 0 && size[a] > 0 && start[a] + size[a] <= normalisation->dims[a]);
  read_box (normalisation, volume, start, size, TRUE, out);
}

CfLevel
cf_level_from_normalised (const CfNormalisation *normalisation, double normalised)
{
  return (CfLevel){ .file = normalised * normalisation->max,
                    .normalised = normalised,
                    .sigma = (normalised - normalisation->mu) / normalisation->sigma };
}

CfLevel
cf_level_from_file (const CfNormalisation *normalisation, double file)
{
  CfLevel level = cf_level_from_normalised (normalisation, file / normalisation->max);
  level.file = file;
  return level;
}

CfLevel
cf_level_from_sigma (const CfNormalisation *normalisation, double sigma)
{
  CfLevel level = cf_level_from_normalised (normalisation, normalisation->mu + sigma * normalisation->sigma);
  level.sigma = sigma;
  return level;
}

CfLevel
cf_level_generic (const CfNormalisation *normalisation)
{
  return cf_level_from_normalised (normalisation, MAX (0.1, normalisation->mu + 3 * normalisation->sigma));
}

CfLevel
cf_level_floor (const CfNormalisation *normalisation)
{
  double low = MAX (0.05, normalisation->mu + normalisation->sigma);
  return cf_level_from_normalised (normalisation, MIN (low, 0.8 * cf_level_generic (normalisation).normalised));
}

CfLevel
cf_level_start (const CfNormalisation *normalisation)
{
  CfLevel generic = cf_level_generic (normalisation);
  return generic.normalised < 1 ? generic : cf_level_floor (normalisation);
}

char *
cf_level_warning (const CfNormalisation *normalisation)
{
  CfLevel generic = cf_level_generic (normalisation), start = cf_level_start (normalisation);
  if (generic.normalised < 1)
    return NULL;
  return g_strdup_printf (_("mu + 3 sigma is %.4g in file units, above the largest voxel, %.4g: levels begin at %.4g (norm=%.3g) instead"),
                          generic.file, normalisation->max, start.file, start.normalised);
}

static gboolean
parse_number (const char *text, double *out)
{
  char *end;
  double value = g_ascii_strtod (text, &end);
  /* g_ascii_strtod () takes leading blanks, "inf", "nan" and hexadecimal; an option does not. */
  if (end == text || *end || !isfinite (value) || strspn (text, "0123456789+-.eE") != strlen (text))
    return FALSE;
  *out = value;
  return TRUE;
}

gboolean
cf_level_spec_parse (const char *text, CfLevelSpec *out, GError **error)
{
  static const struct
  {
    const char *name;
    CfLevelKind kind;
    gboolean valued;
  } kinds[] = {
    { "3sigma", CF_LEVEL_GENERIC, FALSE }, { "contour", CF_LEVEL_CONTOUR, FALSE }, { "plateau", CF_LEVEL_PLATEAU, FALSE },
    { "norm=", CF_LEVEL_NORMALISED, TRUE }, { "file=", CF_LEVEL_FILE, TRUE }, { "sigma=", CF_LEVEL_SIGMA, TRUE },
  };
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      double value = 0;
      gboolean fits = kinds[i].valued
                        ? g_str_has_prefix (text, kinds[i].name) && parse_number (text + strlen (kinds[i].name), &value)
                        : strcmp (text, kinds[i].name) == 0;
      if (!fits)
        continue;
      if (kinds[i].kind == CF_LEVEL_NORMALISED && !(value >= 0 && value <= 1))
        break;
      *out = (CfLevelSpec){ kinds[i].kind, value };
      return TRUE;
    }
  g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT,
               _("level is '%s', needs 3sigma, contour, plateau, norm=V with V in 0 to 1, file=V or sigma=V"), text);
  return FALSE;
}

gboolean
cf_level_spec_resolve (const CfLevelSpec *spec, const CfNormalisation *normalisation, double contour, CfLevel *out, GError **error)
{
  switch (spec->kind)
    {
    case CF_LEVEL_GENERIC:
      *out = cf_level_start (normalisation);
      return TRUE;
    case CF_LEVEL_CONTOUR:
      if (!isfinite (contour))
        {
          g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, _("level is 'contour', needs a contour level given or in the EMDB header"));
          return FALSE;
        }
      *out = cf_level_from_file (normalisation, contour);
      return TRUE;
    case CF_LEVEL_NORMALISED:
      *out = cf_level_from_normalised (normalisation, spec->value);
      return TRUE;
    case CF_LEVEL_FILE:
      *out = cf_level_from_file (normalisation, spec->value);
      return TRUE;
    case CF_LEVEL_SIGMA:
      *out = cf_level_from_sigma (normalisation, spec->value);
      return TRUE;
    case CF_LEVEL_PLATEAU:
    default:
      g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, _("level is 'plateau', needs a sweep to find it in"));
      return FALSE;
    }
}

char *
cf_level_to_option (const CfLevel *level)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];
  return g_strconcat ("norm=", g_ascii_formatd (number, sizeof number, "%.9g", level->normalised), NULL);
}
