/* cf-cuda-loader.h: finds a driver and opens the CUDA module (cuda/). Private to compute. */
#pragma once

#include "cf-error.h"

#include "cf-cuda-module.h"

G_BEGIN_DECLS

/** The module, opened at the first call that finds one and never closed again. CF_ERROR_DEVICE with the reason otherwise: no driver, a stub or an
 * old one, no module, a file that is none, another version. CRYOFIELD_CUDA_MODULE names another file. Thread safe. */
const CfCudaModule *cf_cuda_loader_get (GError **error);

G_END_DECLS
