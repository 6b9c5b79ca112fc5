/* cf-export-view.c: how the picture is seen, as options of `render`. */
#include "cf-export.h"

#include <math.h>

#define FAR 1e6 /* A: no clip plane */

static void
append_numbers (GString *line, const char *option, const double *values, int n)
{
  for (int i = 0; i < n; i++)
    {
      char text[G_ASCII_DTOSTR_BUF_SIZE];
      g_ascii_formatd (text, sizeof text, "%.9g", values[i]);
      /* the equals sign: a number may begin with a minus */
      g_string_append_printf (line, "%s%s%s", i == 0 ? option : "", i == 0 ? "=" : ",", text);
    }
}

static void
append_camera (GString *line, const CfCamera *camera)
{
  const double eye[8] = { camera->rotation[0], camera->rotation[1], camera->rotation[2], camera->rotation[3],
                          camera->centre[0],   camera->centre[1],   camera->centre[2],   camera->distance };
  const double clip[2] = { fmax (camera->near_clip, -FAR), fmin (camera->far_clip, FAR) };
  append_numbers (line, " --camera", eye, 8);
  if (camera->near_clip > -FAR || camera->far_clip < FAR)
    append_numbers (line, " --clip", clip, 2);
  if (camera->orthographic)
    g_string_append (line, " --orthographic");
}

static void
append_molecules (GString *line, const CfPictureOptions *o)
{
  static const char *const colourings[] = { [CF_COLOUR_PLAIN] = "plain",     [CF_COLOUR_MATCH] = "match",     [CF_COLOUR_PERSISTENCE] = "persistence",
                                            [CF_COLOUR_DENSITY] = "density", [CF_COLOUR_ELEMENT] = "element", [CF_COLOUR_CHAIN] = "chain" };
  g_string_append_printf (line, " --node-colour %s --atom-colour %s", colourings[o->node_colouring], colourings[o->atom_colouring]);
  if (o->all_atoms)
    g_string_append (line, " --all-atoms");
  if (!o->edges)
    g_string_append (line, " --no-edges");
}

char *
cf_export_view_options (const CfShot *shot)
{
  static const char *const backgrounds[] = { [CF_BACKGROUND_DARK] = "dark", [CF_BACKGROUND_LIGHT] = "light", [CF_BACKGROUND_WHITE] = "white" };
  const CfPictureOptions *o = &shot->picture->options;
  const CfScene *scene = shot->picture->scene;
  double opacity = scene->colour[3];
  /* What the command line does not draw. */
  if (scene->difference || scene->split > 0 || !o->field || scene->boxes->len > 0)
    return NULL;
  g_autoptr (GString) line = g_string_new (NULL);
  append_camera (line, &shot->camera);
  append_numbers (line, " --opacity", &opacity, 1);
  if (o->background != CF_BACKGROUND_DARK)
    g_string_append_printf (line, " --background %s", backgrounds[o->background]);
  if (!o->outline)
    g_string_append (line, " --no-outline");
  if (!o->depth_cue)
    g_string_append (line, " --no-fog");
  if (o->style == CF_STYLE_SLICES)
    append_numbers (line, " --slice", scene->slice, 3);
  if (scene->plane[0] != 0 || scene->plane[1] != 0 || scene->plane[2] != 0)
    append_numbers (line, " --plane", scene->plane, 4);
  if (isfinite (scene->second_level))
    append_numbers (line, " --second", &o->second_ratio, 1);
  if (o->style == CF_STYLE_VOLUME && scene->transfer.n > 0)
    {
      g_autofree char *transfer = cf_transfer_text (&scene->transfer);
      g_string_append_printf (line, " --transfer %s", transfer);
    }
  append_molecules (line, o);
  return g_string_free (g_steal_pointer (&line), FALSE);
}
