/* cli-bench-render.h: how many pictures a second, beside VTK where that is asked for. */
#pragma once

#include "cli.h"

G_BEGIN_DECLS

/** The demonstration's map at 1280 x 720 in each style: frames a second in full detail and at the detail of a moving picture; `spheres`, 100,000
 * of them packed as atoms are; and `graph`, as many nodes with their edges. vtk_python: a Python that has VTK, which draws the same voxels and the
 * same graph in the same size afterwards; NULL: without. NULL
 * with an error, CF_ERROR_DEVICE where there is no VTK. */
json_t *cf_cli_bench_render (CfCli *cli, const char *vtk_python, GError **error);

G_END_DECLS
