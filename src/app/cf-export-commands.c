/* cf-export-commands.c: names of files and the command lines that repeat a step. */
#include "cf-export.h"

#include <string.h>

#include "cf-command.h"
#include "cf-file.h"

/* "emd_20026_3ajo_prot" of "emd_20026_3ajo_prot.mrc", fit for a file name. */
static char *
stem (const CfDocument *document)
{
  const char *name = document->volume != NULL  ? document->volume->name
                     : document->field != NULL ? document->field->source_name
                                               : "cryofield";
  g_autofree char *clean = cf_text_for_file_name (name);
  static const char *const suffixes[] = { ".gz", ".mrc", ".map", ".ccp4" };
  for (gsize i = 0; i < G_N_ELEMENTS (suffixes); i++)
    if (g_str_has_suffix (clean, suffixes[i]))
      clean[strlen (clean) - strlen (suffixes[i])] = '\0';
  return g_strdup (*clean != '\0' ? clean : "map");
}

char *
cf_export_name (const CfDocument *document, CfExportKind kind, const char *suffix)
{
  static const char *const endings[] = { [CF_EXPORT_GRAPH] = ".graphml",        [CF_EXPORT_NEURAL] = ".neural.safetensors",
                                         [CF_EXPORT_MAP] = ".field.mrc",        [CF_EXPORT_REPORT] = ".report.html",
                                         [CF_EXPORT_PICTURE] = ".png",          [CF_EXPORT_TABLE] = ".residues.csv",
                                         [CF_EXPORT_CURVE] = ".sweep.csv",      [CF_EXPORT_ALL] = "" };
  g_autofree char *name = stem (document);
  return g_strconcat (name, suffix != NULL ? suffix : endings[kind], NULL);
}

static char *
neural_name (const CfDocument *document)
{
  return document->field_path != NULL ? g_strdup (document->field_path) : cf_export_name (document, CF_EXPORT_NEURAL, NULL);
}

static char *
map_name (const CfDocument *document)
{
  const CfVolume *volume = document->volume;
  if (volume != NULL && volume->path != NULL)
    {
      gboolean by_nstart = volume->header.two_placements && volume->header.placement == CF_PLACED_BY_NSTART;
      return cf_command_map (volume->path, &(CfMrcLoadOptions){ .by_nstart = by_nstart, .volume = document->stack_volume });
    }
  g_autofree char *name = stem (document);
  return g_strconcat (name, ".mrc", NULL);
}

static char *
model_name (const CfDocument *document)
{
  const CfStructure *structure = document->structure;
  if (structure == NULL)
    return NULL;
  return structure->path != NULL ? cf_command_model (structure->path, structure->model) : g_strdup (CF_COMMAND_DEMO_MODEL);
}

static char *
train_command (const CfDocument *document)
{
  g_autofree char *map = map_name (document), *neural = neural_name (document);
  gboolean from_file = !document->fitted_here && document->field != NULL;
  g_autofree char *train = from_file ? cf_command_train_of (document->field, map, neural)
                                     : cf_command_train (map, neural, &document->training, NULL, 0);
  if (!document->demo)
    return g_steal_pointer (&train);
  g_autofree char *simulate = cf_command_demo (map);
  return g_strdup_printf ("%s && %s", simulate, train);
}

/* Nodes come from a file: the command that makes it goes before. */
static char *
render_command (const CfDocument *document, const char *neural, const CfCommandGraph *options, const CfShot *shot)
{
  g_autofree char *output = cf_export_name (document, CF_EXPORT_PICTURE, NULL), *model = model_name (document);
  CfCommandRender render = { .level = &document->level, .model = model };
  if (shot == NULL)
    return cf_command_render (neural, output, &render);
  const CfPictureOptions *o = &shot->picture->options;
  g_autofree char *view = cf_export_view_options (shot), *graph = cf_export_name (document, CF_EXPORT_GRAPH, ".json"), *make = NULL;
  const char *const outputs[] = { graph, NULL };
  gboolean nodes = o->nodes && document->graph != NULL;
  if (view == NULL)
    return NULL;
  if (nodes)
    make = cf_command_graph (neural, outputs, options);
  render.width = shot->width;
  render.height = shot->height;
  render.style = cf_style_name (o->style);
  render.model = o->atoms ? model : NULL;
  render.graph = nodes ? graph : NULL;
  render.final = shot->final;
  g_autofree char *line = cf_command_render (neural, output, &render);
  return g_strconcat (make != NULL ? make : "", make != NULL ? " && " : "", line, view, NULL);
}

char *
cf_export_command (const CfDocument *document, const char *step, const CfShot *shot)
{
  CfCommandGraph options = { .level = &document->level, .adjacency = document->adjacency, .min_component = document->min_component };
  g_autofree char *neural = neural_name (document), *graph = cf_export_name (document, CF_EXPORT_GRAPH, NULL);
  g_autofree char *report = cf_export_name (document, CF_EXPORT_REPORT, NULL);
  g_autofree char *model = model_name (document);
  const char *const outputs[] = { graph, NULL };
  if (strcmp (step, "train") == 0 && document->volume != NULL)
    return train_command (document);
  if (document->field == NULL)
    return NULL;
  if (strcmp (step, "graph") == 0)
    return cf_command_graph (neural, outputs, &options);
  if (strcmp (step, "render") == 0)
    return render_command (document, neural, &options, shot);
  if (strcmp (step, "compare") == 0 && model != NULL)
    {
      g_autofree char *compare = cf_command_compare (graph, model, neural, NULL);
      return g_strconcat (compare, document->at_c4 ? " --na-atom \"C4'\"" : NULL, NULL);
    }
  if (strcmp (step, "report") == 0)
    {
      g_autofree char *map = document->volume != NULL ? map_name (document) : NULL;
      return cf_command_report (neural, model, map, report, &options);
    }
  return NULL;
}
