/* cf-march-gl.cpp: what is drawn by OpenGL on the same device gets there without the host. */
#include "cf-march-gl.h"

#ifdef __CUDACC__
#include <epoxy/gl.h>
#include <cuda_gl_interop.h>
#else
#include "cf-simt-gl.h"
#endif

bool
cf_gl_is_of (int device)
{
  unsigned n = 0;
  int devices[32];
  cudaError_t error = cudaGLGetDevices (&n, devices, 32, cudaGLDeviceListAll);

  /* A context of another device, or none, is an error to CUDA and a plain no here. */
  if (error != cudaSuccess)
    {
      cudaGetLastError ();
      return false;
    }
  for (unsigned i = 0; i < n && i < 32; i++)
    if (devices[i] == device)
      return true;
  return false;
}

static cudaError_t
fill_mapped (CfStream *stream, cudaGraphicsResource_t resource, int width, int first_row, int rows, const float *rgba)
{
  const size_t row = (size_t) width * 4 * sizeof (float);
  cudaArray_t array = NULL;
  cudaError_t error = cudaGraphicsSubResourceGetMappedArray (&array, resource, 0, 0);

  if (error == cudaSuccess)
    error = cudaMemcpy2DToArrayAsync (array, 0, (size_t) first_row, rgba, row, row, (size_t) rows, cudaMemcpyDeviceToDevice, stream->stream);
  return error;
}

bool
cf_gl_fill (CfStream *stream, unsigned texture, int width, int first_row, int rows, const float *rgba)
{
  cudaGraphicsResource_t resource = NULL;
  cudaError_t error = cudaGraphicsGLRegisterImage (&resource, texture, GL_TEXTURE_2D, cudaGraphicsRegisterFlagsNone), unmapped;

  if (error == cudaSuccess)
    {
      error = cudaGraphicsMapResources (1, &resource, stream->stream);
      if (error == cudaSuccess)
        {
          error = fill_mapped (stream, resource, width, first_row, rows, rgba);
          /* What GL does after this waits for what the stream did before it. */
          unmapped = cudaGraphicsUnmapResources (1, &resource, stream->stream);
          error = error == cudaSuccess ? unmapped : error;
        }
      unmapped = cudaGraphicsUnregisterResource (resource);
      error = error == cudaSuccess ? unmapped : error;
    }
  if (error != cudaSuccess)
    cudaGetLastError ();
  return error == cudaSuccess;
}
