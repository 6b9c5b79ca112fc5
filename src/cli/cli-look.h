/* cli-look.h: the options of `render` that say how a picture is seen in every detail: what the window copies. */
#pragma once

#include "cli-picture.h"

#include "cf-words.h"

G_BEGIN_DECLS

typedef struct
{
  char *camera, *node_colour, *atom_colour; /* owned */
  gboolean no_outline, no_fog, no_edges, all_atoms;
  double opacity; /* NAN: not given */
} CfCliLook;
void cf_cli_look_clear (CfCliLook *look);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CfCliLook, cf_cli_look_clear)

#define CF_CLI_LOOK_ENTRIES(look)                                                                                                              \
  { "camera", 0, 0, G_OPTION_ARG_STRING, &(look)->camera, N_("Instead of --view and --zoom: rotation as a quaternion, what it looks at and how far away (A)"), "QX,QY,QZ,QW,X,Y,Z,D" },                                                                                                       \
  { "opacity", 0, 0, G_OPTION_ARG_DOUBLE, &(look)->opacity, N_("Of the surface; default 1, with a model or a graph 0.35"), "V" },                   \
  { "no-outline", 0, 0, G_OPTION_ARG_NONE, &(look)->no_outline, N_("Without silhouettes"), NULL },                                                 \
  { "no-fog", 0, 0, G_OPTION_ARG_NONE, &(look)->no_fog, N_("What is far does not fade"), NULL },                                                   \
  { "no-edges", 0, 0, G_OPTION_ARG_NONE, &(look)->no_edges, N_("Nodes of the graph without its edges"), NULL },                                    \
  { "all-atoms", 0, 0, G_OPTION_ARG_NONE, &(look)->all_atoms, N_("All atoms of the model, not its trace"), NULL },                                 \
  { "node-colour", 0, 0, G_OPTION_ARG_STRING, &(look)->node_colour, N_("plain (default), match, persistence, density"), "NAME" },                  \
  { "atom-colour", 0, 0, G_OPTION_ARG_STRING, &(look)->atom_colour, N_("chain (default without a graph), plain (default beside one), match, element"), "NAME" }

/** Into picture; a refusal names the option. After its `orthographic` is known. */
gboolean cf_cli_look_apply (const CfCliLook *look, CfCliPicture *picture, GError **error);
/** Whether something is coloured by what matches it. */
gboolean cf_cli_look_needs_comparison (const CfCliPicture *picture);

G_END_DECLS
