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
  /* On that device: to ask from another one would begin a context there. */
  cudaError_t error = cudaSetDevice (device);

  if (error == cudaSuccess)
    error = cudaGLGetDevices (&n, devices, 32, cudaGLDeviceListAll);

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

/* copy (array): what is to happen to the texture while it is the device's. Registering concerns the whole device, as memory does. */
template <typename F> static bool
with_texture (CfStream *stream, unsigned texture, unsigned target, F copy)
{
  std::lock_guard<std::mutex> guard (cf_device_calm ());
  cudaGraphicsResource_t resource = NULL;
  cudaError_t error = cudaGraphicsGLRegisterImage (&resource, texture, target, cudaGraphicsRegisterFlagsNone), unmapped;

  if (error == cudaSuccess)
    {
      error = cudaGraphicsMapResources (1, &resource, stream->stream);
      if (error == cudaSuccess)
        {
          cudaArray_t array = NULL;

          error = cudaGraphicsSubResourceGetMappedArray (&array, resource, 0, 0);
          if (error == cudaSuccess)
            error = copy (array);
          /* What GL does after this waits for what the stream did before it. */
          unmapped = cudaGraphicsUnmapResources (1, &resource, stream->stream);
          error = error == cudaSuccess ? unmapped : error;
          /* The texture is not to be taken from under a copy that is still on its way. */
          unmapped = cudaStreamSynchronize (stream->stream);
          error = error == cudaSuccess ? unmapped : error;
        }
      unmapped = cudaGraphicsUnregisterResource (resource);
      error = error == cudaSuccess ? unmapped : error;
    }
  if (error != cudaSuccess)
    cudaGetLastError ();
  return error == cudaSuccess;
}

bool
cf_gl_fill (CfStream *stream, unsigned texture, int width, int first_row, int rows, const float *rgba)
{
  const size_t row = (size_t) width * 4 * sizeof (float);

  return with_texture (stream, texture, GL_TEXTURE_2D, [=] (cudaArray_t array) {
    return cudaMemcpy2DToArrayAsync (array, 0, (size_t) first_row, rgba, row, row, (size_t) rows, cudaMemcpyDeviceToDevice, stream->stream);
  });
}

bool
cf_gl_fill_box (CfStream *stream, unsigned texture, const int dims[3], const float *samples)
{
  const size_t width = (size_t) dims[0], height = (size_t) dims[1], depth = (size_t) dims[2];

  return with_texture (stream, texture, GL_TEXTURE_3D, [=] (cudaArray_t array) {
    cudaMemcpy3DParms copy = {};

    copy.srcPtr = make_cudaPitchedPtr ((void *) samples, width * sizeof (float), width, height);
    copy.dstArray = array;
    copy.extent = make_cudaExtent (width, height, depth); /* in texels, as an array takes part */
    copy.kind = cudaMemcpyDeviceToDevice;
    return cudaMemcpy3DAsync (&copy, stream->stream);
  });
}
