/* cli-bench-torch.h: PyTorch at the same work, by a Python that has it. */
#pragma once

#include <glib.h>

#include "cf-siren.h"

G_BEGIN_DECLS

typedef struct
{
  char *version;        /* of PyTorch: "2.3.1+cpu" */
  char *how;            /* the threads were shared out: "a process a thread" */
  double rows_a_second; /* on all threads */
} CfCliTorch;

void cf_cli_torch_clear (CfCliTorch *torch);
/** kind: "train" (steps of Adam), "value", "gradient" or "version" (nothing is timed). python: a program, looked for on the PATH. CF_ERROR_DEVICE where it cannot be run, or has no
 * PyTorch. */
gboolean cf_cli_bench_torch (const char *python, const char *kind, const CfSirenShape *shape, int batch, int threads, double seconds, CfCliTorch *out,
                             GError **error);

G_END_DECLS
