/* cf-simt-gl.cpp: see cf-simt-gl.h. */
#include "cf-simt-gl.h"

#include <stdio.h>
#include <stdlib.h>

#include <algorithm>
#include <vector>

struct cf_simt_resource
{
  GLuint texture;
  int width, height;
  bool mapped;
  std::vector<float> texels; /* RGBA */
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

/* Of another format than RGBA32F, or deleted: refused as the device does. */
cudaError_t
cudaGraphicsGLRegisterImage (cudaGraphicsResource_t *out, GLuint texture, GLenum target, unsigned)
{
  GLint width = 0, height = 0, format = 0, bound = 0;

  if (strcmp (asked_for (), "fails") == 0 || target != GL_TEXTURE_2D || !glIsTexture (texture))
    return cudaErrorInvalidValue;
  glGetIntegerv (GL_TEXTURE_BINDING_2D, &bound);
  glBindTexture (GL_TEXTURE_2D, texture);
  glGetTexLevelParameteriv (GL_TEXTURE_2D, 0, GL_TEXTURE_WIDTH, &width);
  glGetTexLevelParameteriv (GL_TEXTURE_2D, 0, GL_TEXTURE_HEIGHT, &height);
  glGetTexLevelParameteriv (GL_TEXTURE_2D, 0, GL_TEXTURE_INTERNAL_FORMAT, &format);
  glBindTexture (GL_TEXTURE_2D, (GLuint) bound);
  if (format != GL_RGBA32F || width < 1 || height < 1)
    return cudaErrorInvalidValue;
  *out = new cf_simt_resource{ texture, width, height, false, {} };
  return cudaSuccess;
}

cudaError_t
cudaGraphicsUnregisterResource (cudaGraphicsResource_t resource)
{
  if (resource->mapped)
    {
      fprintf (stderr, "simt: a texture is unregistered while it is mapped\n");
      abort ();
    }
  delete resource;
  return cudaSuccess;
}

static void
transfer (cf_simt_resource *resource, bool to_gl)
{
  GLint bound = 0;

  glGetIntegerv (GL_TEXTURE_BINDING_2D, &bound);
  glBindTexture (GL_TEXTURE_2D, resource->texture);
  if (to_gl)
    glTexSubImage2D (GL_TEXTURE_2D, 0, 0, 0, resource->width, resource->height, GL_RGBA, GL_FLOAT, resource->texels.data ());
  else
    glGetTexImage (GL_TEXTURE_2D, 0, GL_RGBA, GL_FLOAT, resource->texels.data ());
  glBindTexture (GL_TEXTURE_2D, (GLuint) bound);
}

cudaError_t
cudaGraphicsMapResources (int n, cudaGraphicsResource_t *resources, cudaStream_t)
{
  for (int i = 0; i < n; i++)
    {
      resources[i]->mapped = true;
      resources[i]->texels.resize ((size_t) 4 * resources[i]->width * resources[i]->height);
      transfer (resources[i], false);
    }
  return cudaSuccess;
}

cudaError_t
cudaGraphicsUnmapResources (int n, cudaGraphicsResource_t *resources, cudaStream_t stream)
{
  cf_simt_drain (stream);
  for (int i = 0; i < n; i++)
    {
      if (!resources[i]->mapped)
        return cudaErrorInvalidValue;
      transfer (resources[i], true);
      resources[i]->mapped = false;
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
