/* cli-replay.h: a fit that is made for its film. */
#pragma once

#include "cf-replay.h"
#include "cf-trainer.h"
#include "cli.h"

G_BEGIN_DECLS

/** Fits the volume as `train` does with its defaults, at most `epochs` passes (0: the recipe's), and keeps what that did at the map's voxels, about
 * CF_CLI_REPLAY_STAGES times over the fit. The same seed gives the same fit. */
#define CF_CLI_REPLAY_STAGES 60
CfReplay *cf_cli_replay_fit (CfCli *cli, CfVolume *volume, int epochs, gint64 seed, GError **error);

G_END_DECLS
