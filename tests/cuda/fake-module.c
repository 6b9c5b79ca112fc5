/* fake-module.c: a module of another version of the program. */
#include "cf-cuda-module.h"

const CfCudaModule *cf_cuda_module (void);

const CfCudaModule *
cf_cuda_module (void)
{
  static const CfCudaModule module = { .abi = CF_CUDA_ABI + 1 };

  return &module;
}
