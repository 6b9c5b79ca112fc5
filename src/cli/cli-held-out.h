/* cli-held-out.h: the interpolation experiment on a real map. */
#pragma once

#include "cli-train.h"

G_BEGIN_DECLS

#define CF_CLI_HELD_OUT 0.05

/** Fits the map without options->held_out of its voxels and compares what is predicted of them: the tables, or with json one object; each voxel to
 * the CSV at output where that is not NULL. */
gboolean cf_cli_interpolate_map (CfCli *cli, CfBackend *backend, const char *path, const CfTrainOptions *options, CfCliProgress progress,
                                 const char *output, gboolean json, GError **error);

G_END_DECLS
