#include "cli-look.h"

#include <math.h>

#include "cf-words.h"

void
cf_cli_look_clear (CfCliLook *look)
{
  g_clear_pointer (&look->camera, g_free);
  g_clear_pointer (&look->node_colour, g_free);
  g_clear_pointer (&look->atom_colour, g_free);
}

static gboolean
parse_camera (const char *text, CfCliPicture *picture, GError **error)
{
  double v[8], size = 0;

  if (!cf_cli_parse_numbers ("--camera", text, 8, v, error))
    return FALSE;
  for (int i = 0; i < 4; i++)
    size += v[i] * v[i];
  if (!(size > 0.5 && size < 2) || !(v[7] > 0))
    {
      g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, _("--camera is %s, needs a quaternion of length 1 and a distance above 0"), text);
      return FALSE;
    }
  picture->has_camera = TRUE;
  picture->camera = (CfCamera) {
    .rotation = { (float) v[0], (float) v[1], (float) v[2], (float) v[3] },
    .centre = { v[4], v[5], v[6] },
    .distance = v[7],
    .fov = 30,
    .orthographic = picture->orthographic,
    .near_clip = -INFINITY,
    .far_clip = INFINITY,
  };
  return TRUE;
}

static gboolean
parse_colour (const char *option, const char *text, int *out, GError **error)
{
  static const char *const names[] = { [CF_COLOUR_PLAIN] = "plain",     [CF_COLOUR_MATCH] = "match",     [CF_COLOUR_PERSISTENCE] = "persistence",
                                       [CF_COLOUR_DENSITY] = "density", [CF_COLOUR_ELEMENT] = "element", [CF_COLOUR_CHAIN] = "chain",
                                       NULL };
  int found = -1;

  if (!cf_cli_parse_choice (option, text, names, &found, error))
    return FALSE;
  *out = found + 1;
  return TRUE;
}

gboolean
cf_cli_look_apply (const CfCliLook *look, CfCliPicture *picture, GError **error)
{
  if ((look->camera && !parse_camera (look->camera, picture, error))
      || (!isnan (look->opacity) && !cf_cli_check_range ("--opacity", look->opacity, 0, 1, error))
      || !parse_colour ("--node-colour", look->node_colour, &picture->node_colour, error)
      || !parse_colour ("--atom-colour", look->atom_colour, &picture->atom_colour, error))
    return FALSE;
  picture->opacity = isnan (look->opacity) ? 0 : fmax (look->opacity, 1e-4);
  picture->no_outline = look->no_outline;
  picture->no_fog = look->no_fog;
  picture->no_edges = look->no_edges;
  picture->all_atoms = look->all_atoms;
  return TRUE;
}

gboolean
cf_cli_look_needs_comparison (const CfCliPicture *picture)
{
  return picture->model && picture->graph && (picture->node_colour == CF_COLOUR_MATCH + 1 || picture->atom_colour == CF_COLOUR_MATCH + 1);
}
