/* cli-bench-field.h: what is done with a fitted field: a walk of many seeds, samples of it, pictures of the networks themselves. */
#pragma once

#include "cf-evaluator.h"
#include "cli.h"

G_BEGIN_DECLS

/** Each returns NULL with an error. A walk of about so many seeds, with the samples it begins from and the sweep after it. */
json_t *cf_cli_bench_walk (CfCli *cli, CfEvaluator *evaluator, gsize seeds, GError **error);
/** Samples of the whole field, 256 along its longest axis. */
json_t *cf_cli_bench_bake (CfCli *cli, CfEvaluator *evaluator, GError **error);
/** Frames of 1280 x 720 of the networks' own surface, a ray a pixel, and what of a frame the backend takes. */
json_t *cf_cli_bench_march (CfCli *cli, CfEvaluator *evaluator, GError **error);

G_END_DECLS
