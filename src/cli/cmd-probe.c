/* cmd-probe.c: values and gradients at points, of voxels between which is interpolated or of a neural map. */
#include "cli-field.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cf-words.h"

enum
{
  ATOMS_CA,
  ATOMS_P,
  ATOMS_ALL
};

static GArray *
points_of_model (const CfStructure *model, int which)
{
  GArray *points = g_array_new (FALSE, FALSE, 3 * sizeof (double));

  for (guint32 i = 0; i < model->n_atoms; i++)
    {
      const CfAtom *atom = &model->atoms[i];
      const CfResidue *residue = &model->residues[atom->residue];
      const double xyz[3] = { atom->pos[0], atom->pos[1], atom->pos[2] };
      gboolean take = which == ATOMS_ALL || (residue->trace == (gint32) i && residue->nucleic == (which == ATOMS_P));

      if (take)
        g_array_append_val (points, xyz);
    }
  return points;
}

static gboolean
parse_row (const char *line, double xyz[3])
{
  const char *p = line;

  for (int i = 0; i < 3; i++)
    {
      char *end;
      xyz[i] = g_ascii_strtod (p, &end);
      if (end == p || !isfinite (xyz[i]))
        return FALSE;
      for (p = end; *p == ' ' || *p == '\t' || *p == ','; p++)
        ;
    }
  return TRUE;
}

/* x,y,z first on each line; a first line that is not numbers is a heading. */
static GArray *
points_of_csv (const char *path, GError **error)
{
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, 3 * sizeof (double));
  g_autofree char *text = NULL;
  g_auto (GStrv) lines = NULL;

  if (!g_file_get_contents (path, &text, NULL, error))
    {
      cf_cli_refuse (path, error);
      return NULL;
    }
  lines = g_strsplit (text, "\n", -1);
  for (int i = 0; lines[i]; i++)
    {
      double xyz[3];

      if (*g_strstrip (lines[i]) == '\0' || *lines[i] == '#')
        continue;
      if (parse_row (lines[i], xyz))
        g_array_append_val (points, xyz);
      else if (i > 0)
        {
          g_set_error (error, CF_INPUT_ERROR, CF_INPUT_ERROR_FIELD, _("%s: line %d is %.40s, needs three numbers x,y,z"), path, i + 1, lines[i]);
          return NULL;
        }
    }
  if (points->len == 0)
    {
      g_set_error (error, CF_INPUT_ERROR, CF_INPUT_ERROR_EMPTY, _("%s: no points in it"), path);
      return NULL;
    }
  return g_steal_pointer (&points);
}

static gboolean
probe_map (CfCli *cli, const char *path, CfInterpolation kind, gsize n, const double *xyz, double *value, double *gradient, GError **error)
{
  g_autoptr (CfVolume) volume = cf_cli_load_map (cli, path, error);
  g_autoptr (CfInterpolator) interpolator = NULL;

  if (!volume)
    return FALSE;
  interpolator = cf_interpolator_new (volume, kind);
  cf_interpolator_query (interpolator, n, xyz, value, gradient);
  return TRUE;
}

static gboolean
probe_neural (CfCli *cli, const char *path, gsize n, const double *xyz, double *value, double *gradient, GError **error)
{
  g_autoptr (CfEvaluator) evaluator = cf_cli_open_field (cli, path, error);
  g_autofree float *d = g_new (float, n);
  g_autofree float *dd = gradient ? g_new (float, 3 * n) : NULL;
  double max;

  if (!evaluator || !cf_evaluator_query (evaluator, n, xyz, d, dd, cli->cancellable, error))
    return FALSE;
  max = cf_evaluator_field (evaluator)->normalisation.max;
  for (gsize i = 0; i < n; i++)
    value[i] = d[i] * max;
  for (gsize i = 0; gradient && i < 3 * n; i++)
    gradient[i] = dd[i] * max;
  return TRUE;
}

static void
print_rows (gsize n, const double *xyz, const double *value, const double *gradient)
{
  puts (gradient ? "x,y,z,value,gx,gy,gz" : "x,y,z,value");
  for (gsize i = 0; i < n; i++)
    {
      printf ("%.9g,%.9g,%.9g,%.9g", xyz[3 * i], xyz[3 * i + 1], xyz[3 * i + 2], value[i]);
      if (gradient)
        printf (",%.9g,%.9g,%.9g", gradient[3 * i], gradient[3 * i + 1], gradient[3 * i + 2]);
      putchar ('\n');
    }
}

gboolean
cf_cmd_probe (CfCli *cli, char **argv, GError **error)
{
  static const char *const atom_names[] = { "ca", "p", "all", NULL };
  static const char *const interpolations[] = { "trilinear", "tricubic", NULL };
  g_autofree char *model_path = NULL, *points_path = NULL, *atoms = NULL, *interpolation = NULL;
  g_autofree double *value = NULL, *gradient = NULL;
  g_auto (GStrv) files = NULL;
  g_autoptr (CfStructure) model = NULL;
  g_autoptr (GArray) points = NULL;
  gboolean with_gradient = FALSE, neural;
  int which = ATOMS_CA, kind = CF_INTERPOLATION_TRILINEAR;
  const GOptionEntry entries[] = {
    { "model", 0, 0, G_OPTION_ARG_FILENAME, &model_path, N_("At the atoms of this model"), "M" },
    { "atoms", 0, 0, G_OPTION_ARG_STRING, &atoms, N_("Which atoms: ca (default), p, all"), "KIND" },
    { "points", 0, 0, G_OPTION_ARG_FILENAME, &points_path, N_("At the points of this file: x,y,z in A on each line"), "CSV" },
    { "interpolation", 0, 0, G_OPTION_ARG_STRING, &interpolation, N_("Between voxels: trilinear (default) or tricubic"), "KIND" },
    { "gradient", 0, 0, G_OPTION_ARG_NONE, &with_gradient, N_("The gradient too, file units / A"), NULL },
    { NULL },
  };

  if (!cf_cli_parse (cli, entries, argv, 1, 1, &files, error) || !cf_cli_parse_choice ("--atoms", atoms, atom_names, &which, error)
      || !cf_cli_parse_choice ("--interpolation", interpolation, interpolations, &kind, error))
    return FALSE;
  if (!model_path == !points_path)
    {
      g_set_error_literal (error, CF_ERROR, CF_ERROR_ARGUMENT, _("needs --model or --points, one of them"));
      return FALSE;
    }
  if (model_path && !(model = cf_cli_load_model (cli, model_path, error)))
    return FALSE;
  points = model ? points_of_model (model, which) : points_of_csv (points_path, error);
  if (!points)
    return FALSE;
  if (points->len == 0)
    {
      g_set_error (error, CF_INPUT_ERROR, CF_INPUT_ERROR_EMPTY, _("%s: no atoms of kind %s in it"), model_path, atom_names[which]);
      return FALSE;
    }
  value = g_new (double, points->len);
  gradient = with_gradient ? g_new (double, 3 * (gsize) points->len) : NULL;
  neural = cf_cli_input_kind (files[0]) == CF_INPUT_NEURAL;
  if (neural ? !probe_neural (cli, files[0], points->len, (double *) points->data, value, gradient, error)
             : !probe_map (cli, files[0], kind, points->len, (double *) points->data, value, gradient, error))
    return FALSE;
  print_rows (points->len, (double *) points->data, value, gradient);
  return TRUE;
}
