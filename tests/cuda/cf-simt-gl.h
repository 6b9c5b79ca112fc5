/* cf-simt-gl.h: CUDA's part of sharing textures with OpenGL, on the host: CF_SIMT_GL=N says that the GL context is device N - 1's own, and what was
 * written to a mapped texture goes there when it is unmapped. CF_SIMT_GL=fails: it is device 0's, but no texture can be registered. */
#pragma once

#include <epoxy/gl.h>

#include "cf-simt-host.h"

typedef struct cf_simt_resource *cudaGraphicsResource_t;
typedef struct cf_simt_resource *cudaArray_t;
struct cudaPitchedPtr
{
  void *ptr;
  size_t pitch, xsize, ysize;
};
struct cudaExtent
{
  size_t width, height, depth;
};
struct cudaMemcpy3DParms
{
  cudaPitchedPtr srcPtr;
  cudaArray_t dstArray;
  cudaExtent extent;
  cudaMemcpyKind kind;
};
enum { cudaGLDeviceListAll = 1, cudaGraphicsRegisterFlagsNone = 0 };

cudaError_t cudaGLGetDevices (unsigned *n, int *devices, unsigned most, int list);
cudaError_t cudaGraphicsGLRegisterImage (cudaGraphicsResource_t *out, GLuint texture, GLenum target, unsigned flags);
cudaError_t cudaGraphicsUnregisterResource (cudaGraphicsResource_t resource);
cudaError_t cudaGraphicsMapResources (int n, cudaGraphicsResource_t *resources, cudaStream_t stream);
cudaError_t cudaGraphicsUnmapResources (int n, cudaGraphicsResource_t *resources, cudaStream_t stream);
cudaError_t cudaGraphicsSubResourceGetMappedArray (cudaArray_t *out, cudaGraphicsResource_t resource, unsigned index, unsigned level);
cudaError_t cudaMemcpy2DToArrayAsync (cudaArray_t to, size_t x_bytes, size_t y, const void *from, size_t pitch, size_t row_bytes, size_t rows,
                                      cudaMemcpyKind kind, cudaStream_t stream);
cudaError_t cudaMemcpy3DAsync (const cudaMemcpy3DParms *copy, cudaStream_t stream);

static inline cudaPitchedPtr
make_cudaPitchedPtr (void *memory, size_t pitch, size_t width, size_t height)
{
  return cudaPitchedPtr{ memory, pitch, width, height };
}

static inline cudaExtent
make_cudaExtent (size_t width, size_t height, size_t depth)
{
  return cudaExtent{ width, height, depth };
}
