/* cf-simt-gl.cpp: see cf-simt-gl.h. */
#include "cf-simt-gl.h"

#include <stdio.h>
#include <stdlib.h>

#include <algorithm>
#include <vector>

struct cf_simt_resource
{
  GLuint texture;
  GLenum target;
  int width, height, depth;
  int channels; /* of its texels */
  bool mapped;
  cudaStream_t stream; /* that it was mapped on */
  std::vector<float> texels;
};

static const char *
asked_for (void)
{
  const char *text = getenv ("CF_SIMT_GL");

  return text != NULL ? text : "";
}

cudaError_t
cudaGLGetDevices (unsigned *n, int *devices, unsigned most, int)
{
  *n = 0;
  if (*asked_for () == 0 || most < 1)
    return cudaErrorNoDevice;
  devices[(*n)++] = std::max (atoi (asked_for ()) - 1, 0);
  return cudaSuccess;
}

static void
bind (GLenum target, GLuint texture, GLint *before)
{
  glGetIntegerv (target == GL_TEXTURE_2D ? GL_TEXTURE_BINDING_2D : GL_TEXTURE_BINDING_3D, before);
  glBindTexture (target, texture);
}

/* Deleted, or of another format than a plane of RGBA32F or a box of R32F: refused as the device does. */
cudaError_t
cudaGraphicsGLRegisterImage (cudaGraphicsResource_t *out, GLuint texture, GLenum target, unsigned)
{
  GLint width = 0, height = 0, depth = 0, format = 0, bound = 0;

  cf_simt_unsafe ("a texture registered");
  cf_simt_whole_device ("a texture registered");
  if (strcmp (asked_for (), "fails") == 0 || (target != GL_TEXTURE_2D && target != GL_TEXTURE_3D) || !glIsTexture (texture))
    return cudaErrorInvalidValue;
  bind (target, texture, &bound);
  glGetTexLevelParameteriv (target, 0, GL_TEXTURE_WIDTH, &width);
  glGetTexLevelParameteriv (target, 0, GL_TEXTURE_HEIGHT, &height);
  glGetTexLevelParameteriv (target, 0, GL_TEXTURE_DEPTH, &depth);
  glGetTexLevelParameteriv (target, 0, GL_TEXTURE_INTERNAL_FORMAT, &format);
  glBindTexture (target, (GLuint) bound);
  if (format != (target == GL_TEXTURE_2D ? GL_RGBA32F : GL_R32F) || width < 1 || height < 1 || depth < 1)
    return cudaErrorInvalidValue;
  *out = new cf_simt_resource{ texture, target, width, height, depth, target == GL_TEXTURE_2D ? 4 : 1, false, NULL, {} };
  return cudaSuccess;
}

cudaError_t
cudaGraphicsUnregisterResource (cudaGraphicsResource_t resource)
{
  cf_simt_whole_device ("a texture unregistered");
  if (resource->mapped || (resource->stream != NULL && !cf_simt_is_idle (resource->stream)))
    {
      fprintf (stderr, "simt: a texture is unregistered while it is mapped, or copied to\n");
      abort ();
    }
  delete resource;
  return cudaSuccess;
}

static void
transfer (cf_simt_resource *resource, bool to_gl)
{
  const GLenum format = resource->channels == 4 ? GL_RGBA : GL_RED;
  GLint bound = 0;

  bind (resource->target, resource->texture, &bound);
  if (!to_gl)
    glGetTexImage (resource->target, 0, format, GL_FLOAT, resource->texels.data ());
  else if (resource->target == GL_TEXTURE_2D)
    glTexSubImage2D (GL_TEXTURE_2D, 0, 0, 0, resource->width, resource->height, format, GL_FLOAT, resource->texels.data ());
  else
    glTexSubImage3D (GL_TEXTURE_3D, 0, 0, 0, 0, resource->width, resource->height, resource->depth, format, GL_FLOAT, resource->texels.data ());
  glBindTexture (resource->target, (GLuint) bound);
}

cudaError_t
cudaGraphicsMapResources (int n, cudaGraphicsResource_t *resources, cudaStream_t stream)
{
  for (int i = 0; i < n; i++)
    {
      resources[i]->mapped = true;
      resources[i]->stream = stream;
      resources[i]->texels.resize ((size_t) resources[i]->channels * resources[i]->width * resources[i]->height * resources[i]->depth);
      transfer (resources[i], false);
    }
  return cudaSuccess;
}

/* In the stream's order: not before it is waited for. */
cudaError_t
cudaGraphicsUnmapResources (int n, cudaGraphicsResource_t *resources, cudaStream_t stream)
{
  for (int i = 0; i < n; i++)
    {
      cf_simt_resource *resource = resources[i];

      if (!resource->mapped)
        return cudaErrorInvalidValue;
      resource->mapped = false;
      if (cf_simt_enqueue (stream, [=] { transfer (resource, true); }) != cudaSuccess)
        return cudaErrorIllegalAddress;
    }
  return cudaSuccess;
}

cudaError_t
cudaGraphicsSubResourceGetMappedArray (cudaArray_t *out, cudaGraphicsResource_t resource, unsigned, unsigned)
{
  *out = resource;
  return resource->mapped ? cudaSuccess : cudaErrorInvalidValue;
}

cudaError_t
cudaMemcpy2DToArrayAsync (cudaArray_t to, size_t x_bytes, size_t y, const void *from, size_t pitch, size_t row_bytes, size_t rows, cudaMemcpyKind,
                          cudaStream_t stream)
{
  const size_t row = (size_t) 4 * sizeof (float) * to->width;

  if (x_bytes + row_bytes > row || y + rows > (size_t) to->height)
    return cudaErrorInvalidValue;
  return cf_simt_enqueue (stream, [=] {
    for (size_t r = 0; r < rows; r++)
      memcpy ((char *) to->texels.data () + (y + r) * row + x_bytes, (const char *) from + r * pitch, row_bytes);
  });
}

/* Of whole textures, from memory without gaps. */
cudaError_t
cudaMemcpy3DAsync (const cudaMemcpy3DParms *copy, cudaStream_t stream)
{
  const cudaArray_t to = copy->dstArray;
  const void *from = copy->srcPtr.ptr;

  if ((size_t) to->width != copy->extent.width || (size_t) to->height != copy->extent.height || (size_t) to->depth != copy->extent.depth
      || copy->srcPtr.pitch != copy->extent.width * sizeof (float) || copy->srcPtr.ysize != copy->extent.height)
    return cudaErrorInvalidValue;
  return cf_simt_enqueue (stream, [=] { memcpy (to->texels.data (), from, to->texels.size () * sizeof (float)); });
}
