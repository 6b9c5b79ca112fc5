/* cmd-train.c: a map to a neural map; and the parts of one joined. */
#include "cli-field.h"
#include "cli-train.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "cf-checkpoint.h"
#include "cf-neural.h"
#include "cf-words.h"

/* "A-B", or "A" for one. */
static gboolean
parse_regions (const char *text, CfTrainOptions *options, GError **error)
{
  int first, last, used = 0;

  if (!text)
    return TRUE;
  if (sscanf (text, "%d-%d%n", &first, &last, &used) != 2 || text[used] != '\0')
    {
      used = 0;
      if (sscanf (text, "%d%n", &first, &used) != 1 || text[used] != '\0')
        first = -1;
      last = first;
    }
  if (first < 0 || last < first)
    {
      g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, _("--regions is %s, needs A-B with 0 <= A <= B"), text);
      return FALSE;
    }
  options->first_region = first;
  options->last_region = last;
  return TRUE;
}

static void
print_outcome (const char *output, const CfField *field, double seconds)
{
  double loss = 0;
  int fitted = 0, flat = 0;

  for (int i = 0; i < field->n_regions; i++)
    {
      flat += field->fits[i].flat;
      if (field->fits[i].trained && !field->fits[i].flat)
        {
          loss += field->fits[i].loss;
          fitted++;
        }
    }
  cf_cli_note (_("%s: %d of %d regions fitted, %d flat, mean loss %.3g, %.1f s"), output, fitted, field->n_regions, flat,
               fitted ? loss / fitted : 0, seconds);
}

gboolean
cf_cmd_train (CfCli *cli, char **argv, GError **error)
{
  g_autofree char *output = NULL, *contour = NULL, *header_path = NULL, *regions = NULL, *model_path = NULL;
  g_auto (GStrv) files = NULL;
  g_auto (CfCliTrainFlags) flags = CF_CLI_TRAIN_FLAGS_INIT;
  g_autoptr (CfVolume) volume = NULL;
  g_autoptr (CfStructure) model = NULL;
  g_autoptr (CfEmdbHeader) header = NULL;
  g_autoptr (CfBackend) backend = NULL;
  g_autoptr (CfField) part = NULL, field = NULL;
  gboolean resume = FALSE;
  double resolution = 0;
  gint64 started = g_get_monotonic_time ();
  CfCliProgress progress;
  CfTrainOptions options;
  const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &output, N_("The neural map to write"), "NEURAL" },
    { "contour", 0, 0, G_OPTION_ARG_STRING, &contour, N_("Author's level, file units: crops to its box and 5 A; also --level contour later"), "C" },
    { "header", 0, 0, G_OPTION_ARG_FILENAME, &header_path, N_("The map's EMDB header (contour without crop, resolution); default: beside the map"),
      "XML" },
    { "resolution", 0, 0, G_OPTION_ARG_DOUBLE, &resolution, N_("Resolution of the map, A, to be kept with it; default: the header's"), "R" },
    CF_CLI_PART_ENTRIES (flags),
    { "model", 0, 0, G_OPTION_ARG_FILENAME, &model_path, N_("The model that --around chooses from"), "M" },
    CF_CLI_TRAIN_ENTRIES (flags),
    CF_CLI_KEEP_ENTRY (flags),
    CF_CLI_SAVING_ENTRIES (flags),
    { "regions", 0, 0, G_OPTION_ARG_STRING, &regions, N_("Only the sub-regions A to B, from 0; merge joins the parts"), "A-B" },
    { "resume", 0, 0, G_OPTION_ARG_NONE, &resume, N_("Go on from what the output and its checkpoint hold"), NULL },
    { NULL },
  };

  if (!cf_cli_parse (cli, entries, argv, 1, 1, &files, error) || !cf_cli_need ("-o", output, error)
      || !cf_cli_train_options (&flags, &options, &progress, error) || !parse_regions (regions, &options, error)
      || !cf_cli_check_range ("--resolution", resolution, 0, 500, error) || !cf_cli_check_output (output, error))
    return FALSE;
  if (contour && !cf_cli_parse_numbers ("--contour", contour, 1, &options.contour, error))
    return FALSE;
  if (model_path && !(model = cf_cli_load_model (cli, model_path, error)))
    return FALSE;
  if (!cf_cli_train_part (&flags, model, &options, error))
    return FALSE;
  backend = cf_backend_open (flags.backend ? flags.backend : "auto", flags.threads, error);
  if (!backend)
    return FALSE;
  volume = cf_cli_load_map (cli, files[0], error);
  if (!volume || !cf_cli_load_header (header_path, files[0], &header, error) || (resume && !cf_cli_load_part (cli, output, volume, &part, error)))
    return FALSE;
  options.crop = contour != NULL;
  if (header && !contour)
    options.contour = header->contour;
  options.resolution = resolution > 0 ? resolution : header ? header->resolution : NAN;
  options.resume = part;
  options.recover = resume;
  cli->resume = cf_cli_resume_command (argv);
  field = cf_cli_train (cli, backend, volume, &options, progress, output, error);
  if (!field)
    return FALSE;
  if (progress != CF_CLI_PROGRESS_NONE)
    {
      print_outcome (output, field, (g_get_monotonic_time () - started) / 1e6);
      cf_cli_note_part (output, field);
    }
  return TRUE;
}

/* Parts fit together where all but the weights is the same. */
static const char *
what_differs (const CfField *a, const CfField *b)
{
  if (strcmp (a->source_sha256, b->source_sha256) != 0)
    return _("source map (SHA-256)");
  if (memcmp (a->grid.dims, b->grid.dims, sizeof a->grid.dims) != 0 || memcmp (a->normalisation.lo, b->normalisation.lo, sizeof a->normalisation.lo) != 0)
    return _("crop");
  if (a->normalisation.max != b->normalisation.max)
    return _("normalisation");
  if (a->partition.kind != b->partition.kind || a->n_regions != b->n_regions)
    return _("partition");
  if (a->blend != b->blend)
    return _("blend");
  if (!cf_transform_equal (&a->transform, &b->transform))
    return _("transform");
  if (memcmp (&a->shape, &b->shape, sizeof a->shape) != 0)
    return _("network");
  return NULL;
}

gboolean
cf_cmd_merge (CfCli *cli, char **argv, GError **error)
{
  g_autofree char *output = NULL, *folder = NULL;
  g_auto (GStrv) files = NULL;
  g_autoptr (CfCheckpoint) held = NULL;
  g_autoptr (CfField) merged = NULL;
  const GOptionEntry entries[] = {
    { "output", 'o', 0, G_OPTION_ARG_FILENAME, &output, N_("The neural map to write"), "NEURAL" },
    { NULL },
  };

  if (!cf_cli_parse (cli, entries, argv, 1, -1, &files, error) || !cf_cli_need ("-o", output, error) || !cf_cli_check_output (output, error))
    return FALSE;
  for (int k = 0; files[k]; k++)
    {
      g_autoptr (CfField) part = cf_cli_load_neural (cli, files[k], error);
      const char *differs = part && merged ? what_differs (merged, part) : NULL;

      if (!part)
        return FALSE;
      if (differs)
        {
          g_set_error (error, CF_INPUT_ERROR, CF_INPUT_ERROR_FIELD, _("%s: its %s is not that of %s"), files[k], differs, files[0]);
          return FALSE;
        }
      if (!merged)
        {
          merged = cf_field_copy (part);
          continue;
        }
      for (int i = 0; i < part->n_regions; i++)
        {
          gboolean better = part->fits[i].trained && merged->fits[i].trained && part->fits[i].loss < merged->fits[i].loss;

          if (part->fits[i].trained && merged->fits[i].trained)
            cf_cli_warn (files[k], _("region %d is in more than one part; the one of smaller loss is kept"), i);
          if (part->fits[i].trained && (better || !merged->fits[i].trained))
            cf_field_set_region (merged, i, part->sirens[i], &part->fits[i]);
        }
    }
  folder = cf_cli_checkpoint_folder (output);
  if (folder && !(held = cf_checkpoint_hold (folder, error)))
    return FALSE;
  if (!cf_neural_save (merged, output, cli->cancellable, error))
    return FALSE;
  cf_cli_note (_("%s: %d of %d regions"), output, cf_field_n_trained (merged), merged->n_regions);
  return TRUE;
}
