/* cmd-seams.c: what a blend leaves where sub-regions begin and end: jumps of the field and of its gradient. */
#include "cf-file.h"
#include "cf-jumps.h"
#include "cf-seams.h"
#include "cf-words.h"
#include "cli-field.h"

#include <stdio.h>

static const char *const blend_names[2] = { "paper", "smooth" };

static json_t *
jump_to_json (const CfJump *jump)
{
  return json_pack ("{s:I,s:{s:o,s:o,s:o},s:{s:o,s:o,s:o}}", "points", (json_int_t) jump->n, "density", "mean_abs", cf_json_number (jump->value_mean), "rms",
                    cf_json_number (jump->value_rms), "max", cf_json_number (jump->value_max), "gradient", "mean_abs",
                    cf_json_number (jump->gradient_mean), "rms", cf_json_number (jump->gradient_rms), "max", cf_json_number (jump->gradient_max));
}

static json_t *
result_to_json (const CfField *field, const CfSeams *seams, const CfJumps jumps[2])
{
  json_t *object = json_pack ("{s:s,s:i,s:s,s:{s:I,s:o,s:o,s:o}}", "neural", field->source_name ? field->source_name : "", "regions", field->n_regions, "blend",
                              field->blend == CF_BLEND_PAPER ? "paper" : "smooth", "networks", "points", (json_int_t) seams->all.n, "mean_abs",
                              cf_json_number (seams->all.mean_abs), "rms", cf_json_number (seams->all.rms), "max", cf_json_number (seams->all.max));

  for (int k = 0; k < 2; k++)
    json_object_set_new (object, blend_names[k],
                         json_pack ("{s:o,s:o}", "planes", jump_to_json (&jumps[k].planes), "crossings", jump_to_json (&jumps[k].crossings)));
  return object;
}

static void
print_jump (const char *blend, const char *where, const CfJump *j)
{
  if (j->n > 0)
    printf ("%-7s %-9s %8zu %12.3g %12.3g %12.3g %12.3g\n", blend, where, j->n, j->value_mean, j->value_max, j->gradient_mean, j->gradient_max);
}

static void
print_result (const CfField *field, const CfSeams *seams, const CfJumps jumps[2])
{
  printf ("regions     %d\n", field->n_regions);
  if (seams->all.n == 0)
    {
      printf ("one region, or none beside it is trained: no seams\n");
      return;
    }
  printf ("networks    neighbours differ by %.3g in the mean, %.3g at most (of the largest voxel) where both hold\n", seams->all.mean_abs, seams->all.max);
  printf ("jumps, of the largest voxel and of that by A, where a region begins or ends\n");
  printf ("%-7s %-9s %8s %12s %12s %12s %12s\n", "blend", "", "points", "density mean", "max", "gradient mean", "max");
  for (int k = 0; k < 2; k++)
    {
      print_jump (blend_names[k], "planes", &jumps[k].planes);
      print_jump (blend_names[k], "crossings", &jumps[k].crossings);
    }
}

static gboolean
save_points (const GArray *list, const char *path, GError **error)
{
  g_autoptr (GString) out = g_string_new ("where,axis,x,y,z,density_paper,gradient_paper,density_smooth,gradient_smooth\n");

  for (guint i = 0; i < list->len; i++)
    {
      const CfJumpPoint *p = &g_array_index (list, CfJumpPoint, i);

      g_string_append_printf (out, "%s,%c,%.9g,%.9g,%.9g,%.6g,%.6g,%.6g,%.6g\n", p->crossing ? "crossing" : "plane", "xyz"[p->axis], p->xyz[0], p->xyz[1],
                              p->xyz[2], p->value[0], p->gradient[0], p->value[1], p->gradient[1]);
    }
  return cf_file_save (path, out->str, out->len, error);
}

gboolean
cf_cmd_seams (CfCli *cli, char **argv, GError **error)
{
  g_autofree char *output = NULL;
  g_auto (GStrv) files = NULL;
  g_autoptr (CfEvaluator) evaluator = NULL;
  g_autoptr (CfSeams) seams = NULL;
  g_autoptr (GArray) list = NULL;
  CfJumps jumps[2];
  int points = 0;
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "points", 0, 0, G_OPTION_ARG_INT, &points, N_("Of each plane, and of its crossings; default 256"), "N" },
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &output, N_("Each point and the jumps there"), "CSV" },
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, N_("One JSON object on stdout"), NULL },
    { NULL },
  };

  if (!cf_cli_parse (cli, entries, argv, 1, 1, &files, error) || !cf_cli_check_range ("--points", points, 0, 1e6, error)
      || (output && !cf_cli_check_output (output, error)))
    return FALSE;
  evaluator = cf_cli_open_field (cli, files[0], error);
  seams = evaluator ? cf_seams_new (evaluator, points, cli->cancellable, error) : NULL;
  if (!seams || !cf_jumps_measure (evaluator, points, jumps, &list, cli->cancellable, error) || (output && !save_points (list, output, error)))
    return FALSE;
  if (json)
    return cf_json_print (result_to_json (cf_evaluator_field (evaluator), seams, jumps), error);
  print_result (cf_evaluator_field (evaluator), seams, jumps);
  return TRUE;
}
