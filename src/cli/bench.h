/* bench.h: how fast each part is on this machine. Each function returns a JSON object, or NULL with the error. */
#pragma once

#include "cf-backend.h"
#include "cli.h"

G_BEGIN_DECLS

/** fp32, 2 operations a fused multiply-add; the best of three short runs on so many threads. */
double cf_bench_peak_gflops (int threads);

json_t *cf_bench_train (CfCli *cli, CfBackend *backend, GError **error);
json_t *cf_bench_query (CfCli *cli, CfBackend *backend, GError **error);
json_t *cf_bench_ascent (CfCli *cli, CfBackend *backend, GError **error);
json_t *cf_bench_sweep (CfCli *cli, CfBackend *backend, GError **error);
json_t *cf_bench_render (CfCli *cli, CfBackend *backend, GError **error);

G_END_DECLS
