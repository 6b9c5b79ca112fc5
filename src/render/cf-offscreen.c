#include "cf-offscreen.h"

#include <epoxy/egl.h>
#include <epoxy/gl.h>
#include <string.h>

#include "cf-error.h"
#include "cf-gl-planes.h"
#include "cf-words.h"

#define RAYS_MAX 4e7 /* of a picture: what is kept of each has 36 to 68 bytes, and Mesa's software has room for 67 million in one plane */

struct _CfOffscreen
{
  EGLDisplay display;
  EGLContext context;
  CfRenderer *renderer;
  GLuint fbo, colour;
  int width, height;
  gboolean surfaceless;
};

/* Contexts on Mesa's surfaceless display, which nobody else in the process has: it ends with the last of them, and not before it has written the shaders
 * that it compiled where other contexts find them. */
static GMutex surfaceless_lock;
static int n_surfaceless = 0;

static gboolean
has_word (const char *words, const char *word)
{
  g_auto (GStrv) list = g_strsplit (words ? words : "", " ", -1);
  return g_strv_contains ((const char *const *) list, word);
}

static EGLDisplay
display_start (EGLDisplay display)
{
  return display != EGL_NO_DISPLAY && eglInitialize (display, NULL, NULL) ? display : EGL_NO_DISPLAY;
}

/* A graphics card, by its own driver: no window system needed. Software devices are left to Mesa's surfaceless platform. */
static EGLDisplay
display_of_device (const char *client)
{
  if (!has_word (client, "EGL_EXT_platform_device") || !(has_word (client, "EGL_EXT_device_base") || has_word (client, "EGL_EXT_device_enumeration")))
    return EGL_NO_DISPLAY;
  EGLDeviceEXT devices[16];
  EGLint n = 0;
  if (!eglQueryDevicesEXT (G_N_ELEMENTS (devices), devices, &n))
    return EGL_NO_DISPLAY;
  for (EGLint i = 0; i < n; i++)
    {
      if (has_word (eglQueryDeviceStringEXT (devices[i], EGL_EXTENSIONS), "EGL_MESA_device_software"))
        continue;
      EGLDisplay display = display_start (eglGetPlatformDisplayEXT (EGL_PLATFORM_DEVICE_EXT, devices[i], NULL));
      if (display != EGL_NO_DISPLAY)
        return display;
    }
  return EGL_NO_DISPLAY;
}

static EGLContext
context_make (EGLDisplay display)
{
  static const EGLint wanted[] = { EGL_SURFACE_TYPE, EGL_PBUFFER_BIT, EGL_RENDERABLE_TYPE, EGL_OPENGL_BIT, EGL_NONE };
  static const EGLint version[] = { EGL_CONTEXT_MAJOR_VERSION, 3, EGL_CONTEXT_MINOR_VERSION, 3, EGL_CONTEXT_OPENGL_PROFILE_MASK,
                                    EGL_CONTEXT_OPENGL_CORE_PROFILE_BIT, EGL_NONE };
  EGLConfig config = NULL;
  EGLint n = 0;
  if (!eglBindAPI (EGL_OPENGL_API) || !eglChooseConfig (display, wanted, &config, 1, &n) || n < 1)
    return EGL_NO_CONTEXT;
  EGLContext context = eglCreateContext (display, config, EGL_NO_CONTEXT, version);
  if (context == EGL_NO_CONTEXT)
    return context;
  if (eglMakeCurrent (display, EGL_NO_SURFACE, EGL_NO_SURFACE, context))
    return context;
  eglDestroyContext (display, context);
  return EGL_NO_CONTEXT;
}

/* CRYOFIELD_EGL=surfaceless or device allows one way only: golden pictures are made by Mesa's software. */
static gboolean
offscreen_open (CfOffscreen *offscreen)
{
  const char *only = g_getenv ("CRYOFIELD_EGL");
  const char *client = eglQueryString (EGL_NO_DISPLAY, EGL_EXTENSIONS);
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&surfaceless_lock);
  for (int way = 0; way < 3; way++)
    {
      static const char *const ways[] = { "device", "surfaceless", "default" };
      if (only && *only && strcmp (only, ways[way]) != 0)
        continue;
      EGLDisplay display = EGL_NO_DISPLAY;
      if (way == 0)
        display = display_of_device (client);
      else if (way == 1 && has_word (client, "EGL_MESA_platform_surfaceless"))
        display = display_start (eglGetPlatformDisplayEXT (EGL_PLATFORM_SURFACELESS_MESA, EGL_DEFAULT_DISPLAY, NULL));
      else if (way == 2)
        display = display_start (eglGetDisplay (EGL_DEFAULT_DISPLAY));
      if (display == EGL_NO_DISPLAY)
        continue;
      offscreen->context = context_make (display);
      if (offscreen->context != EGL_NO_CONTEXT)
        {
          offscreen->display = display;
          offscreen->surfaceless = way == 1;
          n_surfaceless += offscreen->surfaceless;
          return TRUE;
        }
    }
  return FALSE;
}

CfOffscreen *
cf_offscreen_new (GError **error)
{
  g_autoptr (CfOffscreen) offscreen = g_new0 (CfOffscreen, 1);
  if (!epoxy_has_egl () || !offscreen_open (offscreen))
    {
      g_set_error_literal (error, CF_ERROR, CF_ERROR_DEVICE,
                           _("no EGL device without a display offers OpenGL 3.3 core; on Debian install libegl1 and libgl1-mesa-dri"));
      return NULL;
    }
  offscreen->renderer = cf_renderer_new (error);
  return offscreen->renderer ? g_steal_pointer (&offscreen) : NULL;
}

static gboolean
offscreen_enter (CfOffscreen *offscreen)
{
  return eglBindAPI (EGL_OPENGL_API) && eglMakeCurrent (offscreen->display, EGL_NO_SURFACE, EGL_NO_SURFACE, offscreen->context);
}

void
cf_offscreen_free (CfOffscreen *offscreen)
{
  if (!offscreen)
    return;
  if (offscreen->context && offscreen_enter (offscreen))
    {
      cf_renderer_free (offscreen->renderer);
      glDeleteFramebuffers (1, &offscreen->fbo);
      glDeleteTextures (1, &offscreen->colour);
      eglMakeCurrent (offscreen->display, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
      eglDestroyContext (offscreen->display, offscreen->context);
    }
  /* Other displays are the process's, shared with whoever else asked for them: they are not terminated. */
  g_autoptr (GMutexLocker) locker = g_mutex_locker_new (&surfaceless_lock);
  if (offscreen->surfaceless && --n_surfaceless == 0)
    eglTerminate (offscreen->display);
  g_free (offscreen);
}

CfRenderer *
cf_offscreen_renderer (CfOffscreen *offscreen)
{
  return offscreen->renderer;
}

static gboolean
offscreen_resize (CfOffscreen *offscreen, int width, int height, GError **error)
{
  if (offscreen->width == width && offscreen->height == height)
    return TRUE;
  offscreen->width = offscreen->height = 0;
  glDeleteFramebuffers (1, &offscreen->fbo);
  glDeleteTextures (1, &offscreen->colour);
  GLint limit = 0;
  glGetIntegerv (GL_MAX_TEXTURE_SIZE, &limit);
  if (width < 1 || height < 1 || width > limit || height > limit)
    {
      g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, _("a picture of %d x %d pixels cannot be drawn, needs 1 to %d a side"), width, height, limit);
      return FALSE;
    }
  glGenTextures (1, &offscreen->colour);
  glActiveTexture (GL_TEXTURE0);
  glBindTexture (GL_TEXTURE_2D, offscreen->colour);
  glTexImage2D (GL_TEXTURE_2D, 0, GL_RGBA8, width, height, 0, GL_RGBA, GL_UNSIGNED_BYTE, NULL);
  glTexParameteri (GL_TEXTURE_2D, GL_TEXTURE_MAX_LEVEL, 0);
  glGenFramebuffers (1, &offscreen->fbo);
  glBindFramebuffer (GL_FRAMEBUFFER, offscreen->fbo);
  glFramebufferTexture2D (GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_TEXTURE_2D, offscreen->colour, 0);
  if (glCheckFramebufferStatus (GL_FRAMEBUFFER) != GL_FRAMEBUFFER_COMPLETE)
    {
      g_set_error (error, CF_ERROR, CF_ERROR_DEVICE, _("the device cannot draw a picture of %d x %d pixels"), width, height);
      return FALSE;
    }
  offscreen->width = width;
  offscreen->height = height;
  return TRUE;
}

/* Rows from the top. */
void
cf_offscreen_read (CfOffscreen *offscreen, guint8 *rgba)
{
  glBindBuffer (GL_PIXEL_PACK_BUFFER, 0);
  glPixelStorei (GL_PACK_ALIGNMENT, 4);
  glBindFramebuffer (GL_READ_FRAMEBUFFER, offscreen->fbo);
  glReadBuffer (GL_COLOR_ATTACHMENT0);
  glReadPixels (0, 0, offscreen->width, offscreen->height, GL_RGBA, GL_UNSIGNED_BYTE, rgba);
  cf_gl_turn_over (rgba, (gsize) offscreen->width * 4, offscreen->height);
}

guint8 *
cf_offscreen_draw_with (CfOffscreen *offscreen, int width, int height, const CfScene *scene, const CfCamera *camera,
                        const CfRenderQuality *quality, GError **error)
{
  if (!offscreen_enter (offscreen))
    {
      g_set_error_literal (error, CF_ERROR, CF_ERROR_DEVICE, _("the picture's context cannot be made current on this thread"));
      return NULL;
    }
  if (!offscreen_resize (offscreen, width, height, error)
      || !cf_renderer_draw (offscreen->renderer, offscreen->fbo, width, height, scene, camera, quality, error))
    return NULL;
  g_autofree guint8 *rgba = g_try_malloc ((gsize) width * height * 4);
  if (!rgba)
    {
      g_set_error (error, CF_ERROR, CF_ERROR_FAILED, _("no memory for a picture of %d x %d pixels"), width, height);
      return NULL;
    }
  cf_offscreen_read (offscreen, rgba);
  GLenum status = glGetError ();
  if (status != GL_NO_ERROR)
    {
      g_set_error (error, CF_ERROR, CF_ERROR_DEVICE, _("drawing a picture failed (OpenGL error 0x%x)"), status);
      return NULL;
    }
  return g_steal_pointer (&rgba);
}

double
cf_offscreen_detail (CfOffscreen *offscreen, int width, int height)
{
  GLint limit = 0;
  if (offscreen_enter (offscreen))
    glGetIntegerv (GL_MAX_TEXTURE_SIZE, &limit);
  return 2 * MAX (width, height) <= limit && 4.0 * width * height <= RAYS_MAX ? 2 : 1;
}

guint8 *
cf_offscreen_draw (CfOffscreen *offscreen, int width, int height, const CfScene *scene, const CfCamera *camera, GError **error)
{
  const CfRenderQuality quality = { .detail = cf_offscreen_detail (offscreen, width, height) };
  return cf_offscreen_draw_with (offscreen, width, height, scene, camera, &quality, error);
}
