/* cmd-interpolate.c: the interpolation experiment, aligned. Paper: section "Interpolation"; method.md section 5. */
#include "cli-field.h"
#include "cli-held-out.h"
#include "cli-train.h"

#include <math.h>
#include <stdio.h>
#include <unistd.h>

#include "cf-simulate.h"
#include "cf-words.h"

#define TRUTH_SPACING 0.2 /* A */

/* Points where the truth is not zero, its value and gradient there, in units of the coarse map's range. */
typedef struct
{
  gsize n;
  double *xyz, *value, *gradient;
} Truth;

static void
truth_clear (Truth *truth)
{
  g_free (truth->xyz);
  g_free (truth->value);
  g_free (truth->gradient);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Truth, truth_clear)

typedef struct
{
  double abs[2], square[2]; /* density, gradient components */
  gsize n;
} Errors;

static void
truth_collect (Truth *truth, CfVolume *fine, const CfGrid *coarse, double range)
{
  g_autoptr (CfInterpolator) spline = cf_interpolator_new (fine, CF_INTERPOLATION_TRICUBIC);
  const int *dims = fine->grid.dims;
  gsize all = cf_grid_n_voxels (&fine->grid), n = 0;
  double scratch;

  truth->xyz = g_new (double, 3 * all);
  truth->value = g_new (double, all);
  for (gsize i = 0; i < all; i++)
    {
      const double ijk[3] = { (double) (i % dims[0]), (double) (i / dims[0] % dims[1]), (double) (i / dims[0] / dims[1]) };
      double at[3];

      if (fine->data[i] == 0)
        continue;
      cf_grid_to_world (&fine->grid, ijk, truth->xyz + 3 * n);
      cf_grid_from_world (coarse, truth->xyz + 3 * n, at);
      if (cf_grid_contains (coarse, at))
        truth->value[n++] = fine->data[i] / range;
    }
  truth->n = n;
  truth->gradient = g_new (double, 3 * n);
  for (gsize i = 0; i < n; i++)
    {
      /* at a grid point the spline's derivative is exact to the fourth order of 0.2 A */
      cf_interpolator_query (spline, 1, truth->xyz + 3 * i, &scratch, truth->gradient + 3 * i);
      for (int a = 0; a < 3; a++)
        truth->gradient[3 * i + a] /= range;
    }
}

static void
errors_add (Errors *errors, double value, const double gradient[3], double true_value, const double true_gradient[3])
{
  errors->abs[0] += fabs (value - true_value);
  errors->square[0] += (value - true_value) * (value - true_value);
  for (int a = 0; a < 3; a++)
    {
      double e = gradient[a] - true_gradient[a];
      errors->abs[1] += fabs (e);
      errors->square[1] += e * e;
    }
  errors->n++;
}

/* Where the published resampling takes the value for a point: its grid's Y and Z origins were set to the X origin (method.md section 5). */
static void
find_misalignment (const CfGrid *grid, double shift[3])
{
  for (int a = 0; a < 3; a++)
    shift[a] = grid->origin[0] - grid->origin[a];
}

/* Asked for the points moved by shift; what then lies outside the map is 0 there, as in a map that was resampled. */
static void
measure_voxels (const Truth *truth, CfVolume *coarse, CfInterpolation kind, const double shift[3], double range, Errors *errors)
{
  g_autoptr (CfInterpolator) interpolator = cf_interpolator_new (coarse, kind);

  for (gsize i = 0; i < truth->n; i++)
    {
      double xyz[3], value, gradient[3];

      for (int a = 0; a < 3; a++)
        xyz[a] = truth->xyz[3 * i + a] + shift[a];
      cf_interpolator_query (interpolator, 1, xyz, &value, gradient);
      value = isnan (value) ? 0 : value / range;
      for (int a = 0; a < 3; a++)
        gradient[a] = isnan (gradient[a]) ? 0 : gradient[a] / range;
      errors_add (errors, value, gradient, truth->value[i], truth->gradient + 3 * i);
    }
}

static gboolean
measure_neural (CfCli *cli, const Truth *truth, CfEvaluator *evaluator, double range, Errors *errors, GError **error)
{
  const gsize chunk = 1 << 18;
  g_autofree float *value = g_new (float, chunk), *gradient = g_new (float, 3 * chunk);
  double scale = cf_evaluator_field (evaluator)->normalisation.max / range;

  for (gsize i = 0; i < truth->n; i += chunk)
    {
      gsize n = MIN (chunk, truth->n - i);

      if (!cf_evaluator_query (evaluator, n, truth->xyz + 3 * i, value, gradient, cli->cancellable, error))
        return FALSE;
      for (gsize k = 0; k < n; k++)
        {
          const double g[3] = { gradient[3 * k] * scale, gradient[3 * k + 1] * scale, gradient[3 * k + 2] * scale };
          errors_add (errors, value[k] * scale, g, truth->value[i + k], truth->gradient + 3 * (i + k));
        }
      cf_cli_progress ((double) (i + n) / truth->n, (gpointer) _("measuring"));
    }
  return TRUE;
}

static json_t *
errors_to_json (const Errors *e)
{
  double n = e->n;

  return json_pack ("{s:{s:o,s:o},s:{s:o,s:o}}", "density", "mae", cf_json_number (e->abs[0] / n), "rms", cf_json_number (sqrt (e->square[0] / n)),
                    "gradient", "mae", cf_json_number (e->abs[1] / (3 * n)), "rms", cf_json_number (sqrt (e->square[1] / (3 * n))));
}

static void
print_errors (const char *name, const Errors *e)
{
  double n = e->n;

  printf ("%-10s %12.5f %12.5f %12.5f %12.5f\n", name, e->abs[0] / n, sqrt (e->square[0] / n), e->abs[1] / (3 * n), sqrt (e->square[1] / (3 * n)));
}

/* What is compared, in the order of the table. */
enum
{
  TRILINEAR,
  TRICUBIC,
  TRIQUINTIC,
  NEURAL,
  MISALIGNED, /* only where it is asked for */
  N_METHODS
};

static const char *const method_names[N_METHODS] = { "trilinear", "tricubic", "triquintic", "neural", "misaligned" };

typedef struct
{
  Errors errors[N_METHODS];
  gsize points;
  gboolean misaligned;
  double shift[3]; /* A, of the misaligned one */
} Result;

static gboolean
print_result (const CfStructure *model, double resolution, const Result *result, gboolean json, GError **error)
{
  int n = result->misaligned ? N_METHODS : MISALIGNED;
  json_t *object;

  if (!json)
    {
      printf ("%s at %g A, %zu points of the 0.2 A truth, units of the map's range (and A)\n", model->name, resolution, result->points);
      printf ("%-10s %12s %12s %12s %12s\n", "", "density MAE", "RMS", "gradient MAE", "RMS");
      for (int i = 0; i < n; i++)
        print_errors (method_names[i], &result->errors[i]);
      if (result->misaligned)
        printf ("misaligned: trilinear with the Y and Z origins set to the X origin, so moved by %.3f and %.3f A, as published\n", result->shift[1],
                result->shift[2]);
      return TRUE;
    }
  object = json_pack ("{s:s,s:f,s:I}", "model", model->name, "resolution", resolution, "points", (json_int_t) result->points);
  for (int i = 0; i < n; i++)
    json_object_set_new (object, method_names[i], errors_to_json (&result->errors[i]));
  if (result->misaligned)
    json_object_set_new (json_object_get (object, method_names[MISALIGNED]), "shift", cf_json_numbers (result->shift, 3));
  return cf_json_print (object, error);
}

typedef struct
{
  CfVolume *coarse, *fine;
} Maps;

static void
maps_clear (Maps *maps)
{
  g_clear_pointer (&maps->coarse, cf_volume_unref);
  g_clear_pointer (&maps->fine, cf_volume_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Maps, maps_clear)

static gboolean
simulate (CfCli *cli, const CfStructure *model, double resolution, const char *elements, Maps *maps, GError **error)
{
  CfSimulateOptions options = { .resolution = resolution, .elements = elements };
  double lo[3], hi[3];

  maps->coarse = cf_simulate (model, &options, cli->cancellable, error);
  if (!maps->coarse)
    return FALSE;
  /* the same box, so that both begin at the same point */
  cf_grid_bounds (&maps->coarse->grid, lo, hi);
  options.spacing = TRUTH_SPACING;
  options.has_box = TRUE;
  for (int a = 0; a < 3; a++)
    {
      options.box[a] = lo[a];
      options.box[3 + a] = hi[a];
    }
  maps->fine = cf_simulate (model, &options, cli->cancellable, error);
  return maps->fine != NULL;
}

static gboolean
measure (CfCli *cli, const Maps *maps, CfBackend *backend, CfField *field, Result *result, GError **error)
{
  static const CfInterpolation kinds[] = { CF_INTERPOLATION_TRILINEAR, CF_INTERPOLATION_TRICUBIC, CF_INTERPOLATION_TRIQUINTIC };
  static const double nowhere[3];
  g_autoptr (CfEvaluator) evaluator = cf_evaluator_new (backend, field);
  g_auto (Truth) truth = { 0 };
  double range = maps->coarse->statistics.max - maps->coarse->statistics.min;

  truth_collect (&truth, maps->fine, &maps->coarse->grid, range);
  result->points = truth.n;
  for (int i = TRILINEAR; i <= TRIQUINTIC; i++)
    measure_voxels (&truth, maps->coarse, kinds[i], nowhere, range, &result->errors[i]);
  find_misalignment (&maps->coarse->grid, result->shift);
  if (result->misaligned)
    measure_voxels (&truth, maps->coarse, CF_INTERPOLATION_TRILINEAR, result->shift, range, &result->errors[MISALIGNED]);
  return measure_neural (cli, &truth, evaluator, range, &result->errors[NEURAL], error);
}

gboolean
cf_cmd_interpolate (CfCli *cli, char **argv, GError **error)
{
  static const char *const baselines[] = { "aligned", "misaligned", NULL };
  g_autofree char *elements = NULL;
  g_auto (GStrv) files = NULL;
  g_auto (CfCliTrainFlags) flags = CF_CLI_TRAIN_FLAGS_INIT;
  g_auto (Maps) maps = { 0 };
  g_autoptr (CfStructure) model = NULL;
  g_autoptr (CfBackend) backend = NULL;
  g_autoptr (CfField) field = NULL;
  Result result = { 0 };
  CfTrainOptions options;
  CfCliProgress progress;
  g_autofree char *output = NULL, *baseline = NULL;
  double resolution = 0, held_out = 0;
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "resolution", 0, 0, G_OPTION_ARG_DOUBLE, &resolution, N_("Of the simulated map, A; its voxels are R / 3, the truth's 0.2 A"), "R" },
    { "elements", 0, 0, G_OPTION_ARG_STRING, &elements, N_("Only these; default C,N,O as published"), "C,N,O" },
    CF_CLI_TRAIN_ENTRIES (flags),
    CF_CLI_KEEP_ENTRY (flags),
    { "held-out", 0, 0, G_OPTION_ARG_DOUBLE, &held_out, N_("Of a MAP: the share of voxels that is left out; default 0.05"), "SHARE" },
    { "baseline", 0, 0, G_OPTION_ARG_STRING, &baseline, N_("One more: misaligned, the trilinear one with the shift of the published experiment"), "NAME" },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &output, N_("Of a MAP: each voxel that was left out and what is predicted of it"), "CSV" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_("One JSON object on stdout"), NULL },
    { NULL },
  };

  if (!cf_cli_parse (cli, entries, argv, 1, 1, &files, error) || !cf_cli_train_options (&flags, &options, &progress, error)
      || !cf_cli_parse_choice ("--baseline", baseline, baselines, &result.misaligned, error)
      || !cf_cli_check_range ("--held-out", held_out, 0, 0.5, error) || (output && !cf_cli_check_output (output, error)))
    return FALSE;
  if (progress == CF_CLI_PROGRESS_JSON)
    progress = CF_CLI_PROGRESS_NONE;
  if (cf_cli_input_kind (files[0]) == CF_INPUT_MAP)
    {
      if (result.misaligned)
        {
          g_set_error_literal (error, CF_ERROR, CF_ERROR_ARGUMENT, _("--baseline misaligned needs a MODEL: of a MAP nothing is known between its voxels"));
          return FALSE;
        }
      options.held_out = held_out > 0 ? held_out : CF_CLI_HELD_OUT;
      options.resolution = resolution > 0 ? resolution : NAN;
      backend = cf_backend_open (flags.backend ? flags.backend : "auto", flags.threads, error);
      return backend && cf_cli_interpolate_map (cli, backend, files[0], &options, progress, output, json, error);
    }
  if (held_out != 0 || output)
    {
      g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, _("%s needs a MAP: of a model all is known"), held_out != 0 ? "--held-out" : "-o");
      return FALSE;
    }
  if (!cf_cli_need ("--resolution", resolution != 0 ? files : NULL, error)
      || !cf_cli_check_range ("--resolution", resolution, 0.5, 20, error))
    return FALSE;
  backend = cf_backend_open (flags.backend ? flags.backend : "auto", flags.threads, error);
  model = backend ? cf_cli_load_model (cli, files[0], error) : NULL;
  if (!model || !simulate (cli, model, resolution, elements ? elements : "C,N,O", &maps, error))
    return FALSE;
  options.resolution = resolution;
  field = cf_cli_train (cli, backend, maps.coarse, &options, progress, NULL, error);
  return field && measure (cli, &maps, backend, field, &result, error) && print_result (model, resolution, &result, json, error);
}
