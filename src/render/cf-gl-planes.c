#include "cf-gl-planes.h"

#include <string.h>

#include "cf-error.h"
#include "cf-gl-program.h"
#include "cf-words.h"

void
cf_gl_planes_clear (CfGlPlanes *planes)
{
  const GLuint framebuffers[] = { planes->solid, planes->field, planes->rays, planes->finished };
  const GLuint textures[] = { planes->colour, planes->pick, planes->solid_depth, planes->field_depth, planes->hits, planes->finished_colour, planes->marched,
                              planes->normals };
  glDeleteFramebuffers (G_N_ELEMENTS (framebuffers), framebuffers);
  glDeleteTextures (G_N_ELEMENTS (textures), textures);
  memset (planes, 0, sizeof *planes);
}

#define SIDE_MOST 8192 /* every device has room for one more below it */

static GLuint
plane_make (GLenum internal, GLenum format, GLenum type, int width, int height)
{
  GLuint texture;
  glGenTextures (1, &texture);
  glBindTexture (GL_TEXTURE_2D, texture);
  glTexImage2D (GL_TEXTURE_2D, 0, (GLint) internal, cf_gl_side (width, SIDE_MOST), cf_gl_side (height, SIDE_MOST), 0, format, type, NULL);
  glTexParameteri (GL_TEXTURE_2D, GL_TEXTURE_MIN_FILTER, GL_NEAREST);
  glTexParameteri (GL_TEXTURE_2D, GL_TEXTURE_MAG_FILTER, GL_NEAREST);
  glTexParameteri (GL_TEXTURE_2D, GL_TEXTURE_MAX_LEVEL, 0);
  return texture;
}

static gboolean
framebuffer_make (GLuint *fbo, GLuint first, GLuint second, GLuint depth, GError **error)
{
  static const GLenum buffers[2] = { GL_COLOR_ATTACHMENT0, GL_COLOR_ATTACHMENT1 };
  glGenFramebuffers (1, fbo);
  glBindFramebuffer (GL_FRAMEBUFFER, *fbo);
  glFramebufferTexture2D (GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, first, 0);
  if (second)
    glFramebufferTexture2D (GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT1, GL_TEXTURE_2D, second, 0);
  if (depth)
    glFramebufferTexture2D (GL_FRAMEBUFFER, GL_DEPTH_ATTACHMENT, GL_TEXTURE_2D, depth, 0);
  glDrawBuffers (second ? 2 : 1, buffers);
  GLenum status = glCheckFramebufferStatus (GL_FRAMEBUFFER);
  if (status == GL_FRAMEBUFFER_COMPLETE)
    return TRUE;
  g_set_error (error, CF_ERROR, CF_ERROR_DEVICE, _("the device cannot draw a picture of this size (framebuffer status 0x%x)"), status);
  return FALSE;
}

gboolean
cf_gl_planes_make (CfGlPlanes *planes, int width, int height, GError **error)
{
  cf_gl_planes_clear (planes);
  glActiveTexture (GL_TEXTURE0 + CF_GL_UNIT_COLOUR);
  planes->colour = plane_make (GL_RGBA8, GL_RGBA, GL_UNSIGNED_BYTE, width, height);
  planes->finished_colour = plane_make (GL_RGBA8, GL_RGBA, GL_UNSIGNED_BYTE, width, height);
  planes->pick = plane_make (GL_R32UI, GL_RED_INTEGER, GL_UNSIGNED_INT, width, height);
  planes->solid_depth = plane_make (GL_DEPTH_COMPONENT32F, GL_DEPTH_COMPONENT, GL_FLOAT, width, height);
  planes->field_depth = plane_make (GL_DEPTH_COMPONENT32F, GL_DEPTH_COMPONENT, GL_FLOAT, width, height);
  planes->hits = plane_make (GL_RGBA32F, GL_RGBA, GL_FLOAT, width, height);
  return framebuffer_make (&planes->solid, planes->colour, planes->pick, planes->solid_depth, error)
         && framebuffer_make (&planes->field, planes->colour, planes->pick, planes->field_depth, error)
         && framebuffer_make (&planes->rays, planes->hits, 0, planes->field_depth, error)
         && framebuffer_make (&planes->finished, planes->finished_colour, 0, 0, error);
}

void
cf_gl_planes_need_final (CfGlPlanes *planes, int width, int height)
{
  if (planes->normals)
    return;
  planes->marched = plane_make (GL_RGBA32F, GL_RGBA, GL_FLOAT, width, height);
  planes->normals = plane_make (GL_RGBA32F, GL_RGBA, GL_FLOAT, width, height);
}

void
cf_gl_turn_over (guint8 *pixels, gsize stride, int rows)
{
  g_autofree guint8 *swap = g_malloc (stride);
  for (int y = 0; y < rows / 2; y++)
    {
      guint8 *above = pixels + (gsize) y * stride, *below = pixels + (gsize) (rows - 1 - y) * stride;
      memcpy (swap, above, stride);
      memcpy (above, below, stride);
      memcpy (below, swap, stride);
    }
}
