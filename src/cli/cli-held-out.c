/* cli-held-out.c: voxels of a real map that were left out, predicted by the network and by polynomials through their neighbours. */
#include "cli-held-out.h"

#include <math.h>
#include <stdio.h>

#include "cf-evaluator.h"
#include "cf-file.h"
#include "cf-holes.h"
#include "cf-region-fit.h"
#include "cli-field.h"

enum
{
  LINEAR,
  CUBIC,
  QUINTIC,
  NEURAL,
  N_METHODS
};

static const char *const names[N_METHODS] = { "linear", "cubic", "quintic", "neural" };

/* What a polynomial goes through: d, or voxels with their signs, whose neighbours below 0 say more. Either is cut at 0 afterwards. */
enum
{
  NORMALISED,
  SIGNED
};

typedef struct
{
  gsize n;
  guint32 *voxel; /* of the crop */
  float *value;   /* d */
  float *predicted[N_METHODS];
  float *by_signs[NEURAL]; /* of the polynomials */
} HeldOut;

static void
held_out_clear (HeldOut *held)
{
  g_free (held->voxel);
  g_free (held->value);
  for (int m = 0; m < N_METHODS; m++)
    g_free (held->predicted[m]);
  for (int m = 0; m < NEURAL; m++)
    g_free (held->by_signs[m]);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (HeldOut, held_out_clear)

static void
collect (HeldOut *held, const float *d, gsize n, const CfTrainOptions *options)
{
  held->voxel = g_new (guint32, n);
  for (gsize i = 0; i < n; i++)
    if (cf_voxel_is_held_out (options->seed, options->held_out, i))
      held->voxel[held->n++] = (guint32) i;
  held->value = g_new (float, held->n);
  for (gsize i = 0; i < held->n; i++)
    held->value[i] = d[held->voxel[i]];
  for (int m = 0; m < N_METHODS; m++)
    held->predicted[m] = g_new (float, held->n);
  for (int m = 0; m < NEURAL; m++)
    held->by_signs[m] = g_new (float, held->n);
}

/* d is never below 0: no method is blamed for what anybody would cut off. */
static float
cut (float d)
{
  return MAX (d, 0);
}

static void
predict_by_neighbours (const HeldOut *held, float *const predicted[NEURAL], const float *d, const int dims[3])
{
  gsize n = (gsize) dims[0] * dims[1] * dims[2];
  g_autofree float *filled = g_memdup2 (d, sizeof (float) * n);

  for (int m = LINEAR; m <= QUINTIC; m++)
    {
      cf_holes_fill (filled, dims, held->voxel, held->n, 2 * (m + 1));
      for (gsize i = 0; i < held->n; i++)
        predicted[m][i] = cut (filled[held->voxel[i]]);
    }
}

static gboolean
predict_by_network (CfCli *cli, CfBackend *backend, CfField *field, HeldOut *held, GError **error)
{
  g_autoptr (CfEvaluator) evaluator = cf_evaluator_new (backend, field);
  g_autofree double *xyz = g_new (double, 3 * held->n);
  const int *dims = field->grid.dims;

  for (gsize i = 0; i < held->n; i++)
    {
      guint32 at = held->voxel[i];
      const double ijk[3] = { at % dims[0], at / dims[0] % dims[1], at / dims[0] / dims[1] };

      cf_grid_to_world (&field->grid, ijk, xyz + 3 * i);
    }
  if (!cf_evaluator_query (evaluator, held->n, xyz, held->predicted[NEURAL], NULL, cli->cancellable, error))
    return FALSE;
  for (gsize i = 0; i < held->n; i++)
    held->predicted[NEURAL][i] = cut (held->predicted[NEURAL][i]);
  return TRUE;
}

typedef struct
{
  double mae, rms;
  gsize n;
} Error;

/* inside: only voxels above 0, so that a map in a mask is not judged by its emptiness. */
static Error
measure (const HeldOut *held, const float *predicted, gboolean inside)
{
  Error made = { 0 };

  for (gsize i = 0; i < held->n; i++)
    {
      double miss = (double) predicted[i] - held->value[i];

      if (inside && held->value[i] <= 0)
        continue;
      made.mae += fabs (miss);
      made.rms += miss * miss;
      made.n++;
    }
  made.mae /= MAX (made.n, 1);
  made.rms = sqrt (made.rms / MAX (made.n, 1));
  return made;
}

/* That which errs less; of equals the plain one. */
static int
better_kind (const HeldOut *held, int method)
{
  return measure (held, held->by_signs[method], FALSE).mae < measure (held, held->predicted[method], FALSE).mae ? SIGNED : NORMALISED;
}

/* The network's error over the better polynomial's. */
static double
share_of (const HeldOut *held, int method, gboolean inside)
{
  const float *best = better_kind (held, method) == SIGNED ? held->by_signs[method] : held->predicted[method];

  return measure (held, held->predicted[NEURAL], inside).mae / measure (held, best, inside).mae;
}

static json_t *
errors_to_json (const HeldOut *held, const float *predicted)
{
  Error all = measure (held, predicted, FALSE), inside = measure (held, predicted, TRUE);

  return json_pack ("{s:{s:f,s:f},s:{s:f,s:f}}", "all", "mae", all.mae, "rms", all.rms, "inside", "mae", inside.mae, "rms", inside.rms);
}

static json_t *
to_json (const char *map, const HeldOut *held, const CfTrainOptions *options)
{
  json_t *made = json_pack ("{s:s,s:f,s:I,s:I}", "map", map, "held_out", options->held_out, "voxels", (json_int_t) held->n, "inside",
                            (json_int_t) measure (held, held->predicted[NEURAL], TRUE).n);
  json_t *by_signs = json_object (), *better = json_object (), *neural_of = json_object ();

  for (int m = 0; m < N_METHODS; m++)
    json_object_set_new (made, names[m], errors_to_json (held, held->predicted[m]));
  for (int m = 0; m < NEURAL; m++)
    {
      json_object_set_new (by_signs, names[m], errors_to_json (held, held->by_signs[m]));
      json_object_set_new (better, names[m], json_string (better_kind (held, m) == SIGNED ? "signed" : "normalised"));
      json_object_set_new (neural_of, names[m], json_pack ("{s:o,s:o}", "all", cf_json_number (share_of (held, m, FALSE)), "inside",
                                                           cf_json_number (share_of (held, m, TRUE))));
    }
  json_object_set_new (made, "signed", by_signs);
  json_object_set_new (made, "better", better);
  json_object_set_new (made, "neural_of_better", neural_of);
  return made;
}

static void
print_row (const HeldOut *held, const char *name, const float *predicted)
{
  Error all = measure (held, predicted, FALSE), inside = measure (held, predicted, TRUE);

  printf ("%-15s %12.5f %12.5f %12.5f %12.5f\n", name, all.mae, all.rms, inside.mae, inside.rms);
}

static void
print_table (const char *map, const HeldOut *held)
{
  printf ("%s: %zu voxels left out, %zu of them above 0, units of the map's maximum\n", map, held->n,
          measure (held, held->predicted[NEURAL], TRUE).n);
  printf ("%-15s %12s %12s %12s %12s\n", "", "MAE", "RMS", "above 0: MAE", "RMS");
  for (int m = 0; m < NEURAL; m++)
    print_row (held, names[m], held->predicted[m]);
  for (int m = 0; m < NEURAL; m++)
    {
      g_autofree char *name = g_strconcat (names[m], ", signed", NULL);

      print_row (held, name, held->by_signs[m]);
    }
  print_row (held, names[NEURAL], held->predicted[NEURAL]);
  printf ("Each is cut at 0. signed: through the voxels before negative ones become 0. Of the error of the better of the two, neural has");
  for (int m = LINEAR; m <= QUINTIC; m++)
    printf ("%s %.2f (above 0: %.2f) of the %s%s", m == LINEAR ? "" : ",", share_of (held, m, FALSE), share_of (held, m, TRUE), names[m],
            better_kind (held, m) == SIGNED ? ", signed" : "");
  printf ("\n");
}

static gboolean
write_csv (const char *path, const HeldOut *held, const int dims[3], GError **error)
{
  g_autoptr (GString) text = g_string_new ("x,y,z,value,linear,cubic,quintic,neural\n");

  for (gsize i = 0; i < held->n; i++)
    {
      guint32 at = held->voxel[i];

      g_string_append_printf (text, "%u,%u,%u,%.8g", at % dims[0], at / dims[0] % dims[1], at / dims[0] / dims[1], held->value[i]);
      for (int m = 0; m < N_METHODS; m++)
        g_string_append_printf (text, ",%.8g", held->predicted[m][i]);
      g_string_append_c (text, '\n');
    }
  return cf_file_save (path, text->str, text->len, error);
}

gboolean
cf_cli_interpolate_map (CfCli *cli, CfBackend *backend, const char *path, const CfTrainOptions *options, CfCliProgress progress,
                        const char *output, gboolean json, GError **error)
{
  g_autoptr (CfVolume) volume = cf_cli_load_map (cli, path, error);
  g_autoptr (CfField) field = volume ? cf_cli_train (cli, backend, volume, options, progress, NULL, error) : NULL;
  g_auto (HeldOut) held = { 0 };
  g_autofree float *d = NULL;
  const int *dims;

  if (!field)
    return FALSE;
  dims = field->grid.dims;
  d = g_new (float, cf_grid_n_voxels (&field->grid));
  cf_normalisation_read (&field->normalisation, volume, (const int[]){ 0, 0, 0 }, dims, d);
  collect (&held, d, cf_grid_n_voxels (&field->grid), options);
  predict_by_neighbours (&held, held.predicted, d, dims);
  cf_normalisation_read_signed (&field->normalisation, volume, (const int[]){ 0, 0, 0 }, dims, d);
  predict_by_neighbours (&held, held.by_signs, d, dims);
  if (!predict_by_network (cli, backend, field, &held, error) || (output && !write_csv (output, &held, dims, error)))
    return FALSE;
  if (json)
    return cf_json_print (to_json (volume->name, &held, options), error);
  print_table (volume->name, &held);
  return TRUE;
}
