/* cf-cuda-stub.c: the CUDA backend where this build has none: links, and says so. */
#include "cf-backend-private.h"

CfBackend *
cf_cuda_backend_open (int device, GError **error)
{
  g_set_error_literal (error, CF_ERROR, CF_ERROR_DEVICE, "CUDA: this build has no CUDA backend; use the backend cpu");
  return NULL;
}
