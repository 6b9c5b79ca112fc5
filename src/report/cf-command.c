#include "cf-command.h"

#include <math.h>

#include "cf-demo.h"

/* A bare word stays as it is, so that the usual line can be read; all else is quoted. A leading dash would be an option. */
static void
append_word (GString *line, const char *word)
{
  gboolean bare = *word != '\0';
  for (const char *c = word; *c != '\0'; c++)
    bare = bare && (g_ascii_isalnum (*c) || strchr ("/._-+=:,%@", *c) != NULL);
  g_autofree char *quoted = bare ? g_strdup (word) : g_shell_quote (word);
  g_string_append_printf (line, " %s", quoted);
}

static void
append_file (GString *line, const char *name)
{
  g_autofree char *safe = name[0] == '-' ? g_strconcat ("./", name, NULL) : g_strdup (name);
  append_word (line, safe);
}

static void
append_file_option (GString *line, const char *option, const char *name)
{
  if (name == NULL)
    return;
  g_string_append_printf (line, " %s", option);
  append_file (line, name);
}

/* In the C locale whatever the program's is. */
static void
append_number (GString *line, double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  g_string_append (line, g_ascii_formatd (text, sizeof text, "%.9g", value));
}

static void
append_number_option (GString *line, const char *option, double value)
{
  g_string_append_printf (line, " %s ", option);
  append_number (line, value);
}

static void
append_level (GString *line, const CfLevel *level)
{
  if (level == NULL)
    return;
  g_string_append (line, " --level norm=");
  append_number (line, level->normalised);
}

static GString *
begin (const char *command, const char *file)
{
  GString *line = g_string_new ("cryofield-cli ");
  g_string_append (line, command);
  if (file != NULL)
    append_file (line, file);
  return line;
}

static void
append_box (GString *line, const double *box)
{
  for (int i = 0; box != NULL && i < 6; i++)
    {
      g_string_append (line, i == 0 ? " --box=" : ",");
      append_number (line, box[i]);
    }
}

char *
cf_command_simulate (const char *model, const char *output, const CfSimulateOptions *options)
{
  GString *line = begin ("simulate", model);

  append_file_option (line, "-o", output);
  append_number_option (line, "--resolution", options->resolution);
  if (options->spacing > 0.0)
    append_number_option (line, "--spacing", options->spacing);
  if (options->elements != NULL)
    {
      g_string_append (line, " --elements");
      append_word (line, options->elements);
    }
  if (options->noise_sd > 0.0)
    {
      append_number_option (line, "--noise", options->noise_sd);
      g_string_append_printf (line, " --seed %" G_GUINT64_FORMAT, options->seed);
    }
  append_box (line, options->has_box ? options->box : NULL);
  return g_string_free (line, FALSE);
}

char *
cf_command_demo (const char *output)
{
  const CfSimulateOptions options = { .resolution = CF_DEMO_RESOLUTION, .spacing = CF_DEMO_SPACING };
  return cf_command_simulate (CF_COMMAND_DEMO_MODEL, output, &options);
}

char *
cf_command_train (const char *map, const char *output, const CfTrainOptions *options, const char *backend, int threads)
{
  GString *line = begin ("train", map);

  append_file_option (line, "-o", output);
  if (options->crop && !isnan (options->contour))
    append_number_option (line, "--contour", options->contour);
  append_box (line, options->has_box ? options->box : NULL);
  if (options->resolution > 0.0)
    append_number_option (line, "--resolution", options->resolution);
  if (options->max_epochs > 0)
    g_string_append_printf (line, " --epochs %d", options->max_epochs);
  if (options->recipe == CF_RECIPE_PAPER)
    g_string_append (line, " --recipe paper");
  if (options->partition == CF_PARTITION_PAPER)
    g_string_append (line, " --partition paper");
  if (options->blend == CF_BLEND_PAPER)
    g_string_append (line, " --blend paper");
  if (backend != NULL && strcmp (backend, "auto") != 0)
    {
      g_string_append (line, " --backend");
      append_word (line, backend);
    }
  if (threads > 0)
    g_string_append_printf (line, " --threads %d", threads);
  if (options->seed != 0)
    g_string_append_printf (line, " --seed %" G_GUINT64_FORMAT, options->seed);
  if (options->keep_last)
    g_string_append (line, " --keep last");
  if (options->float32)
    g_string_append (line, " --weights float32");
  if (options->last_region >= 0 && options->last_region >= options->first_region)
    g_string_append_printf (line, " --regions %d-%d", options->first_region, options->last_region);
  if (options->resume != NULL)
    g_string_append (line, " --resume");
  return g_string_free (line, FALSE);
}

char *
cf_command_train_of (const CfField *field, const char *map, const char *output)
{
  const int *all = field->source_grid.dims, *crop = field->normalisation.dims;
  CfTrainOptions options = { .recipe = field->recipe,
                                   .partition = field->partition.kind,
                                   .blend = field->blend,
                                   .contour = field->contour,
                                   .resolution = field->resolution,
                                   .crop = all[0] != crop[0] || all[1] != crop[1] || all[2] != crop[2],
                                   .has_box = field->has_box,
                                   .seed = field->seed,
                                   .max_epochs = field->max_epochs,
                                   .keep_last = field->keep_last,
                                   .float32 = field->float32,
                                   .last_region = -1 };
  memcpy (options.box, field->box, sizeof options.box);
  return cf_command_train (map, output, &options, NULL, 0);
}

char *
cf_command_sample (const char *neural, const char *output, double spacing, const char *like)
{
  GString *line = begin ("sample", neural);

  append_file_option (line, "-o", output);
  if (like != NULL)
    append_file_option (line, "--like", like);
  else if (spacing > 0.0)
    append_number_option (line, "--spacing", spacing);
  return g_string_free (line, FALSE);
}

static void
append_graph (GString *line, const CfCommandGraph *graph)
{
  append_level (line, graph->level);
  if (graph->adjacency > 0.0)
    append_number_option (line, "--adjacency", graph->adjacency);
  if (graph->min_component > 0)
    g_string_append_printf (line, " --min-component %u", graph->min_component);
  if (graph->ascent == CF_ASCENT_PAPER)
    g_string_append (line, " --ascent paper");
}

char *
cf_command_graph (const char *neural, const char *const *outputs, const CfCommandGraph *graph)
{
  GString *line = begin ("graph", neural);

  for (; outputs != NULL && *outputs != NULL; outputs++)
    append_file_option (line, "-o", *outputs);
  append_graph (line, graph);
  return g_string_free (line, FALSE);
}

char *
cf_command_walk (const char *neural, const char *output, const CfCommandGraph *graph)
{
  GString *line = begin ("walk", neural);

  append_file_option (line, "-o", output);
  append_level (line, graph->level);
  if (graph->ascent == CF_ASCENT_PAPER)
    g_string_append (line, " --ascent paper");
  return g_string_free (line, FALSE);
}

char *
cf_command_sweep (const char *neural, const char *model, const char *output, int levels, const CfCommandGraph *graph)
{
  GString *line = begin ("sweep", neural);

  append_file_option (line, "-o", output);
  append_file_option (line, "--model", model);
  if (levels > 0)
    g_string_append_printf (line, " --levels %d", levels);
  if (graph != NULL)
    {
      CfCommandGraph any_level = *graph;
      any_level.level = NULL;
      append_graph (line, &any_level);
    }
  return g_string_free (line, FALSE);
}

char *
cf_command_compare (const char *graph, const char *model, const char *within, const char *output)
{
  GString *line = begin ("compare", graph);

  append_file (line, model);
  append_file_option (line, "--within", within);
  if (output != NULL)
    append_file_option (line, "-o", output);
  else
    g_string_append (line, " --json");
  return g_string_free (line, FALSE);
}

char *
cf_command_report (const char *neural, const char *model, const char *map, const char *output, const CfCommandGraph *graph)
{
  GString *line = begin ("report", neural);

  append_file_option (line, "--model", model);
  append_file_option (line, "--map", map);
  append_file_option (line, "-o", output);
  append_graph (line, graph);
  return g_string_free (line, FALSE);
}

char *
cf_command_render (const char *map_or_neural, const char *output, const CfCommandRender *render)
{
  GString *line = begin ("render", map_or_neural);

  append_file_option (line, "-o", output);
  if (render->width > 0 && render->height > 0)
    g_string_append_printf (line, " --size %dx%d", render->width, render->height);
  if (render->style != NULL)
    {
      g_string_append (line, " --style");
      append_word (line, render->style);
    }
  append_level (line, render->level);
  if (render->has_view)
    {
      g_string_append (line, " --view="); /* the equals sign: an azimuth may begin with a minus */
      append_number (line, render->azimuth);
      g_string_append_c (line, ',');
      append_number (line, render->elevation);
    }
  if (render->zoom > 0.0)
    append_number_option (line, "--zoom", render->zoom);
  append_file_option (line, "--model", render->model);
  append_file_option (line, "--graph", render->graph);
  if (render->node_colour != NULL)
    {
      g_string_append (line, " --node-colour");
      append_word (line, render->node_colour);
    }
  if (render->final)
    g_string_append (line, " --final");
  return g_string_free (line, FALSE);
}

char *
cf_command_run (const char *map, const char *model, const char *header, const char *output_dir)
{
  GString *line = begin ("run", map);

  append_file_option (line, "--model", model);
  append_file_option (line, "--header", header);
  append_file_option (line, "-o", output_dir);
  return g_string_free (line, FALSE);
}
