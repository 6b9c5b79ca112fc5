/* cli-bench-follow.h: what a move of the threshold costs from end to end. */
#pragma once

#include "cli.h"

G_BEGIN_DECLS

/** With about so many nodes on the screen, made up, as the model is: `move_ms` of steps of a hand that drags the bar, `jump_ms` of leaps to
 * anywhere, `anew_ms` of the same steps without what is known from the step before; each the cut of the sweep with its centroids, edges, components, the
 * optimal matching, all numbers, the table of residues and the findings. NULL with the error. */
json_t *cf_cli_bench_follow (CfCli *cli, gsize n_nodes, GError **error);
/** Of this thread: what a busy machine does not lengthen. */
double cf_cli_processor_ms (void);

G_END_DECLS
