#include "cf-simulate.h"

#include <math.h>
#include <string.h>

#include "cf-error.h"
#include "cf-random.h"
#include "cf-words.h"

#define SD_OF_RESOLUTION 0.225
#define CUT_SD 5.0
#define PADDING 3.0             /* resolutions on each side */
#define LARGEST_EDGE 8192       /* voxels */
#define MOST_VOXELS (1ull << 32)

typedef struct
{
  double pos[3], amplitude;
} Source;

/* Which atomic numbers take part, of 119; FALSE with an error for a word that is no element. */
static gboolean
parse_elements (const char *text, gboolean wanted[119], GError **error)
{
  for (int i = 0; i < 119; i++)
    wanted[i] = !text && i != 1;
  if (!text)
    return TRUE;
  g_auto (GStrv) words = g_strsplit (text, ",", -1);
  for (char **word = words; *word; word++)
    {
      guint8 number = cf_element_number (g_strstrip (*word));
      if (number == 0)
        {
          g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, _("elements is '%s', needs symbols with commas between: '%s' is none"), text,
                       *word);
          return FALSE;
        }
      wanted[number] = TRUE;
    }
  return TRUE;
}

static GArray *
collect (const CfStructure *structure, const CfSimulateOptions *options, double sd, GError **error)
{
  gboolean wanted[119];
  if (!parse_elements (options->elements, wanted, error))
    return NULL;
  g_autoptr (GArray) sources = g_array_new (FALSE, FALSE, sizeof (Source));
  double scale = pow (2 * G_PI, -1.5) / (sd * sd * sd);
  for (guint32 i = 0; i < structure->n_atoms; i++)
    {
      const CfAtom *atom = &structure->atoms[i];
      if (!wanted[atom->number] || atom->number == 0)
        continue;
      /* Alternate locations are all in the structure: their shares make one atom of them. */
      double share = atom->altloc ? CLAMP (atom->occupancy, 0.0f, 1.0f) : 1.0;
      Source source = { { atom->pos[0], atom->pos[1], atom->pos[2] }, atom->number * share * scale };
      g_array_append_val (sources, source);
    }
  if (sources->len == 0)
    {
      g_set_error (error, CF_INPUT_ERROR, CF_INPUT_ERROR_EMPTY, _("%s: atoms of %s are 0, needs at least one"), structure->name,
                   options->elements ? options->elements : _("known elements but hydrogen"));
      return NULL;
    }
  return g_steal_pointer (&sources);
}

static gboolean
make_grid (const GArray *sources, const CfSimulateOptions *options, double spacing, CfGrid *grid, GError **error)
{
  double lo[3] = { INFINITY, INFINITY, INFINITY }, hi[3] = { -INFINITY, -INFINITY, -INFINITY };
  int dims[3];
  double voxels = 1;
  for (guint i = 0; i < sources->len; i++)
    for (int a = 0; a < 3; a++)
      {
        double x = g_array_index (sources, Source, i).pos[a];
        lo[a] = MIN (lo[a], x - PADDING * options->resolution);
        hi[a] = MAX (hi[a], x + PADDING * options->resolution);
      }
  for (int a = 0; a < 3; a++)
    {
      double n;
      if (options->has_box)
        {
          lo[a] = options->box[a];
          hi[a] = options->box[3 + a];
          n = floor ((hi[a] - lo[a]) / spacing + 1e-6) + 1;
        }
      else
        n = ceil ((hi[a] - lo[a]) / spacing - 1e-6) + 1;
      if (!(n >= 2) || n > LARGEST_EDGE)
        {
          g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, _("box along %c is %g to %g A with a spacing of %g A, needs 2 to %d voxels"),
                       'x' + a, lo[a], hi[a], spacing, LARGEST_EDGE);
          return FALSE;
        }
      dims[a] = (int) n;
      voxels *= n;
    }
  if (voxels > (double) MOST_VOXELS)
    {
      g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, _("map is %d x %d x %d voxels, needs a larger spacing than %g A"), dims[0], dims[1],
                   dims[2], spacing);
      return FALSE;
    }
  cf_grid_init_orthogonal (grid, dims, lo, (const double[3]){ spacing, spacing, spacing });
  return TRUE;
}

/* Voxels along one axis within the cut, and the Gaussian's factor at each. */
static void
profile (double centre, double origin, double spacing, int dim, double sd, int *first, int *end, double *factor, double *square)
{
  double middle = (centre - origin) / spacing, reach = CUT_SD * sd / spacing;
  *first = (int) CLAMP (ceil (middle - reach), 0.0, (double) dim);
  *end = (int) CLAMP (floor (middle + reach) + 1, (double) *first, (double) dim);
  for (int i = *first; i < *end; i++)
    {
      double d = (i - middle) * spacing / sd;
      square[i - *first] = d * d;
      factor[i - *first] = exp (-0.5 * d * d);
    }
}

static void
add_source (const Source *source, const CfGrid *grid, double spacing, double sd, double *scratch, gsize reach, float *data)
{
  int first[3], end[3];
  double *factor[3], *square[3];
  for (int a = 0; a < 3; a++)
    {
      factor[a] = scratch + (gsize) (2 * a) * reach;
      square[a] = factor[a] + reach;
      profile (source->pos[a], grid->origin[a], spacing, grid->dims[a], sd, &first[a], &end[a], factor[a], square[a]);
    }
  for (int z = first[2]; z < end[2]; z++)
    for (int y = first[1]; y < end[1]; y++)
      {
        double limit = CUT_SD * CUT_SD - square[2][z - first[2]] - square[1][y - first[1]];
        double height = source->amplitude * factor[2][z - first[2]] * factor[1][y - first[1]];
        float *row = data + ((gsize) z * grid->dims[1] + y) * grid->dims[0];
        if (limit < 0)
          continue;
        for (int x = first[0]; x < end[0]; x++)
          if (square[0][x - first[0]] <= limit)
            row[x] += (float) (height * factor[0][x - first[0]]);
      }
}

static gboolean
fill (const GArray *sources, const CfGrid *grid, double spacing, double sd, float *data, GCancellable *cancellable, GError **error)
{
  gsize reach = (gsize) (2 * CUT_SD * sd / spacing) + 3;
  g_autofree double *scratch = g_new (double, 6 * reach);
  for (guint i = 0; i < sources->len; i++)
    {
      if (i % 64 == 0 && g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      add_source (&g_array_index (sources, Source, i), grid, spacing, sd, scratch, reach, data);
    }
  return TRUE;
}

static gboolean
check (const CfSimulateOptions *options, double *spacing, GError **error)
{
  if (!isfinite (options->resolution) || options->resolution < 0.1 || options->resolution > 1000)
    {
      g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, _("resolution is %g A, needs 0.1 to 1000"), options->resolution);
      return FALSE;
    }
  *spacing = options->spacing == 0 ? options->resolution / 3 : options->spacing;
  if (!isfinite (*spacing) || *spacing < 0.01)
    {
      g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, _("spacing is %g A, needs 0.01 or more"), *spacing);
      return FALSE;
    }
  if (!isfinite (options->noise_sd) || options->noise_sd < 0)
    {
      g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, _("noise is %g, needs 0 or more"), options->noise_sd);
      return FALSE;
    }
  return TRUE;
}

CfVolume *
cf_simulate (const CfStructure *structure, const CfSimulateOptions *options, GCancellable *cancellable, GError **error)
{
  double spacing, sd = SD_OF_RESOLUTION * options->resolution;
  CfGrid grid;
  if (!check (options, &spacing, error))
    return NULL;
  g_autoptr (GArray) sources = collect (structure, options, sd, error);
  if (!sources || !make_grid (sources, options, spacing, &grid, error))
    return NULL;
  gsize n = cf_grid_n_voxels (&grid);
  g_autofree float *data = g_try_new0 (float, n);
  if (!data)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, _("%s: needs more memory than there is for %d x %d x %d voxels"), structure->name,
                   grid.dims[0], grid.dims[1], grid.dims[2]);
      return NULL;
    }
  if (!fill (sources, &grid, spacing, sd, data, cancellable, error))
    return NULL;
  if (options->noise_sd > 0)
    {
      CfRandom random;
      cf_random_init (&random, options->seed, 0);
      for (gsize i = 0; i < n; i++)
        data[i] += (float) (options->noise_sd * cf_random_normal (&random));
    }
  g_autofree char *name = g_strdup_printf ("%s at %g A", structure->name, options->resolution);
  CfVolume *volume = cf_volume_new (name, &grid, g_steal_pointer (&data));
  g_strfreev (volume->header.labels);
  volume->header.labels = g_new0 (char *, 2);
  volume->header.labels[0] =
    g_strdup_printf ("Simulated from %s: %g A, sd %g A, %u atoms", structure->name, options->resolution, sd, sources->len);
  return volume;
}
