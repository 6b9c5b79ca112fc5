#include "cf-renderer.h"

#include <epoxy/gl.h>
#include <math.h>
#include <string.h>

#include "cf-error.h"
#include "cf-gl-field.h"
#include "cf-gl-frame.h"
#include "cf-gl-molecules.h"
#include "cf-gl-program.h"
#include "cf-gl-refine.h"
#include "cf-scene-private.h"

/* The picture as it grows. Two framebuffers share its colours and picks, each with a depth of its own, so that the field can read the
 * depth of what is solid while it writes its own. */
typedef struct
{
  GLuint solid, field, rays, finished; /* framebuffers */
  GLuint colour, pick, solid_depth, field_depth, hits, finished_colour, normals;
} Planes;

struct _CfRenderer
{
  CfGlPrograms *programs;
  CfGlField field;
  CfGlMolecules molecules;
  GLuint empty_array, block;
  Planes planes;
  int width, height;
  char *description;
  /* the last frame, for picking */
  CfCamera camera;
  CfGlFrame frame;
  int shown_width, shown_height;
  gboolean drawn;
};

static void
planes_clear (Planes *planes)
{
  const GLuint framebuffers[] = { planes->solid, planes->field, planes->rays, planes->finished };
  const GLuint textures[] = { planes->colour, planes->pick, planes->solid_depth, planes->field_depth, planes->hits, planes->finished_colour, planes->normals };
  glDeleteFramebuffers (G_N_ELEMENTS (framebuffers), framebuffers);
  glDeleteTextures (G_N_ELEMENTS (textures), textures);
  memset (planes, 0, sizeof *planes);
}

static GLuint
plane_make (GLenum internal, GLenum format, GLenum type, int width, int height)
{
  GLuint texture;
  glGenTextures (1, &texture);
  glBindTexture (GL_TEXTURE_2D, texture);
  glTexImage2D (GL_TEXTURE_2D, 0, (GLint) internal, width, height, 0, format, type, NULL);
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
  g_set_error (error, CF_ERROR, CF_ERROR_DEVICE, "the device cannot draw a picture of this size (framebuffer status 0x%x)", status);
  return FALSE;
}

static gboolean
planes_make (Planes *planes, int width, int height, GError **error)
{
  planes_clear (planes);
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

static gboolean
renderer_resize (CfRenderer *renderer, int width, int height, GError **error)
{
  if (renderer->width == width && renderer->height == height)
    return TRUE;
  renderer->width = renderer->height = 0;
  renderer->drawn = FALSE;
  GLint limit = 0;
  glGetIntegerv (GL_MAX_TEXTURE_SIZE, &limit);
  if (width > limit || height > limit)
    {
      g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, "a picture of %d x %d pixels is larger than this device draws (%d)", width, height, limit);
      return FALSE;
    }
  if (!planes_make (&renderer->planes, width, height, error))
    return FALSE;
  renderer->width = width;
  renderer->height = height;
  return TRUE;
}

CfRenderer *
cf_renderer_new (GError **error)
{
  if (epoxy_is_desktop_gl () ? epoxy_gl_version () < 33 : TRUE)
    {
      g_set_error (error, CF_ERROR, CF_ERROR_DEVICE, "this device offers OpenGL %s, needs desktop OpenGL 3.3", (const char *) glGetString (GL_VERSION));
      return NULL;
    }
  g_autoptr (CfRenderer) renderer = g_new0 (CfRenderer, 1);
  renderer->programs = cf_gl_programs_new ();
  cf_gl_field_init (&renderer->field);
  cf_gl_molecules_init (&renderer->molecules);
  glGenVertexArrays (1, &renderer->empty_array);
  glGenBuffers (1, &renderer->block);
  renderer->description = g_strdup_printf ("%s, OpenGL %s", (const char *) glGetString (GL_RENDERER), (const char *) glGetString (GL_VERSION));
  /* So that a shader that does not compile is told now, not in the middle of the work. */
  if (!cf_gl_programs_get (renderer->programs, "sphere.vert", "sphere.frag", NULL, error)
      || !cf_gl_programs_get (renderer->programs, "cylinder.vert", "cylinder.frag", NULL, error)
      || !cf_gl_programs_get (renderer->programs, "line.vert", "line.frag", NULL, error)
      || !cf_gl_programs_get (renderer->programs, "screen.vert", "hit.frag", "HITS=1", error)
      || !cf_gl_programs_get (renderer->programs, "screen.vert", "shade.frag", "", error)
      || !cf_gl_programs_get (renderer->programs, "screen.vert", "finish.frag", "SMOOTH", error))
    return NULL;
  return g_steal_pointer (&renderer);
}

void
cf_renderer_free (CfRenderer *renderer)
{
  if (!renderer)
    return;
  cf_gl_programs_free (renderer->programs);
  cf_gl_field_clear (&renderer->field);
  cf_gl_molecules_clear (&renderer->molecules);
  planes_clear (&renderer->planes);
  glDeleteVertexArrays (1, &renderer->empty_array);
  glDeleteBuffers (1, &renderer->block);
  g_free (renderer->description);
  g_free (renderer);
}

static void
bind_plane (CfGlUnit unit, GLuint texture)
{
  glActiveTexture (GL_TEXTURE0 + unit);
  glBindTexture (GL_TEXTURE_2D, texture);
}

static void
bind_field (const CfGlField *field)
{
  const GLuint textures[] = { field->samples, field->coarse, field->bricks, field->ranges };
  const CfGlUnit units[] = { CF_GL_UNIT_FIELD, CF_GL_UNIT_COARSE, CF_GL_UNIT_BRICKS, CF_GL_UNIT_RANGES };
  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    {
      glActiveTexture (GL_TEXTURE0 + units[i]);
      glBindTexture (GL_TEXTURE_3D, textures[i]);
    }
}

static void
draw_screen (const CfRenderer *renderer, GLuint program)
{
  glUseProgram (program);
  glBindVertexArray (renderer->empty_array);
  glDrawArrays (GL_TRIANGLES, 0, 3);
}

static gboolean
draw_solid (CfRenderer *renderer, const CfScene *scene, GError **error)
{
  static const GLuint nothing[4] = { 0 };
  static const GLfloat far = 1;
  glBindFramebuffer (GL_FRAMEBUFFER, renderer->planes.solid);
  glViewport (0, 0, renderer->width, renderer->height);
  glClearBufferfv (GL_COLOR, 0, (GLfloat[4]){ renderer->frame.background[0], renderer->frame.background[1], renderer->frame.background[2], 1 });
  glClearBufferuiv (GL_COLOR, 1, nothing);
  glClearBufferfv (GL_DEPTH, 0, &far);
  glEnable (GL_DEPTH_TEST);
  glDepthFunc (GL_LESS);
  return cf_gl_molecules_draw (&renderer->molecules, renderer->programs, error);
}

/* Rays first, then only the pixels that they hit: on software rasterisers the depth test is what keeps shading off the rest. */
static gboolean
draw_surface (CfRenderer *renderer, const CfScene *scene, const CfCamera *camera, const CfRenderQuality *quality, GError **error)
{
  gboolean wires = scene->style == CF_STYLE_MESH, final = quality && quality->query && !wires;
  Planes *planes = &renderer->planes;
  GLuint rays = cf_gl_programs_get (renderer->programs, "screen.vert", "hit.frag", wires ? "HITS=4" : "HITS=1", error);
  GLuint shade = rays ? cf_gl_programs_get (renderer->programs, "screen.vert", "shade.frag", wires ? "WIRES" : final ? "NORMALS" : "", error) : 0;
  if (!shade)
    return FALSE;
  glDepthFunc (GL_ALWAYS);
  glBindFramebuffer (GL_FRAMEBUFFER, renderer->planes.rays);
  draw_screen (renderer, rays);
  if (final)
    {
      glActiveTexture (GL_TEXTURE0 + CF_GL_UNIT_NORMALS);
      if (!planes->normals)
        planes->normals = plane_make (GL_RGBA32F, GL_RGBA, GL_FLOAT, renderer->width, renderer->height);
      CfGlHits hits = { planes->rays, planes->hits, planes->field_depth, planes->normals, renderer->width, renderer->height };
      if (!cf_gl_refine (&hits, scene, camera, &renderer->frame, quality, error))
        return FALSE;
    }
  glBindFramebuffer (GL_FRAMEBUFFER, renderer->planes.field);
  bind_plane (CF_GL_UNIT_HITS, renderer->planes.hits);
  glDepthFunc (GL_GREATER);
  glDepthMask (GL_FALSE);
  glEnablei (GL_BLEND, 0);
  glBlendFunc (GL_ONE, GL_ONE_MINUS_SRC_ALPHA);
  /* What shines through can still be picked. */
  if (wires || scene->colour[3] < 0.95f)
    glColorMaski (1, GL_FALSE, GL_FALSE, GL_FALSE, GL_FALSE);
  draw_screen (renderer, shade);
  glColorMaski (1, GL_TRUE, GL_TRUE, GL_TRUE, GL_TRUE);
  glDisablei (GL_BLEND, 0);
  glDepthMask (GL_TRUE);
  return TRUE;
}

static gboolean
draw_transparent (CfRenderer *renderer, GError **error)
{
  glBindFramebuffer (GL_FRAMEBUFFER, renderer->planes.solid);
  bind_plane (CF_GL_UNIT_FIELD_DEPTH, renderer->planes.field_depth);
  return cf_gl_molecules_draw_transparent (&renderer->molecules, renderer->programs, error);
}

static gboolean
draw_field (CfRenderer *renderer, const CfScene *scene, const CfCamera *camera, const CfRenderQuality *quality, gboolean has_field, GError **error)
{
  static const GLfloat far = 1;
  glBindFramebuffer (GL_FRAMEBUFFER, renderer->planes.field);
  glClearBufferfv (GL_DEPTH, 0, &far);
  if (!has_field)
    return TRUE;
  bind_plane (CF_GL_UNIT_DEPTH, renderer->planes.solid_depth);
  bind_field (&renderer->field);
  if (scene->style == CF_STYLE_SURFACE || scene->style == CF_STYLE_MESH)
    return draw_surface (renderer, scene, camera, quality, error);
  g_autofree char *defines = g_strdup_printf ("STYLE=%d", (int) scene->style);
  GLuint program = cf_gl_programs_get (renderer->programs, "screen.vert", "field.frag", defines, error);
  if (!program)
    return FALSE;
  glDepthFunc (GL_ALWAYS);
  glEnablei (GL_BLEND, 0);
  glBlendFunc (GL_ONE, GL_ONE_MINUS_SRC_ALPHA);
  glColorMaski (1, GL_FALSE, GL_FALSE, GL_FALSE, GL_FALSE);
  draw_screen (renderer, program);
  glColorMaski (1, GL_TRUE, GL_TRUE, GL_TRUE, GL_TRUE);
  glDisablei (GL_BLEND, 0);
  return TRUE;
}

/* Silhouettes into `finished`, in a pass of their own: what makes edges smooth reads each pixel's neighbours with their lines. */
static gboolean
draw_outline (CfRenderer *renderer, const CfScene *scene, GError **error)
{
  gboolean of_field = scene->style == CF_STYLE_SURFACE || scene->style == CF_STYLE_SLICES;
  GLuint program = cf_gl_programs_get (renderer->programs, "screen.vert", "finish.frag", of_field ? "OUTLINE FIELD_OUTLINE" : "OUTLINE", error);
  if (!program)
    return FALSE;
  glBindFramebuffer (GL_FRAMEBUFFER, renderer->planes.finished);
  bind_plane (CF_GL_UNIT_COLOUR, renderer->planes.colour);
  bind_plane (CF_GL_UNIT_DEPTH, renderer->planes.solid_depth);
  bind_plane (CF_GL_UNIT_FIELD_DEPTH, renderer->planes.field_depth);
  draw_screen (renderer, program);
  return TRUE;
}

static gboolean
draw_finish (CfRenderer *renderer, guint fbo, const CfScene *scene, int width, int height, GError **error)
{
  Planes *planes = &renderer->planes;
  glDisable (GL_DEPTH_TEST);
  if (scene->outline && !draw_outline (renderer, scene, error))
    return FALSE;
  if (width == renderer->width && height == renderer->height)
    {
      GLuint program = cf_gl_programs_get (renderer->programs, "screen.vert", "finish.frag", "SMOOTH", error);
      if (!program)
        return FALSE;
      glBindFramebuffer (GL_FRAMEBUFFER, fbo);
      bind_plane (CF_GL_UNIT_COLOUR, scene->outline ? planes->finished_colour : planes->colour);
      draw_screen (renderer, program);
      return TRUE;
    }
  glBindFramebuffer (GL_READ_FRAMEBUFFER, scene->outline ? planes->finished : planes->solid);
  glReadBuffer (GL_COLOR_ATTACHMENT0);
  glBindFramebuffer (GL_DRAW_FRAMEBUFFER, fbo);
  glBlitFramebuffer (0, 0, renderer->width, renderer->height, 0, 0, width, height, GL_COLOR_BUFFER_BIT, GL_LINEAR);
  glBindFramebuffer (GL_FRAMEBUFFER, fbo);
  return TRUE;
}

static void
frame_prepare (CfRenderer *renderer, const CfScene *scene, const CfCamera *camera, double detail, double scale, gboolean has_field)
{
  CfGlFrameOptions options = { .width = renderer->width, .height = renderer->height, .detail = detail, .scale = scale, .stride = 1 };
  if (has_field)
    {
      cf_gl_field_update (&renderer->field, &scene->field);
      if (scene->style == CF_STYLE_SURFACE || scene->style == CF_STYLE_MESH)
        cf_gl_field_set_level (&renderer->field, scene->level,
                               scene->style == CF_STYLE_MESH ? CF_GL_OCCUPIED_CROSSING : CF_GL_OCCUPIED_ABOVE);
      else if (scene->style == CF_STYLE_VOLUME)
        cf_gl_field_set_level (&renderer->field, 0.55 * scene->level, CF_GL_OCCUPIED_ABOVE);
      memcpy (options.dims, renderer->field.dims, sizeof options.dims);
      options.stride = renderer->field.stride;
      options.brick = renderer->field.brick;
      options.top = renderer->field.top;
      if (scene->style != CF_STYLE_SLICES && scene->style != CF_STYLE_MIP)
        options.reach = (const double (*)[3]) renderer->field.reach;
    }
  cf_gl_molecules_update (&renderer->molecules, scene);
  cf_gl_frame_fill (&renderer->frame, scene, camera, &options);
  glBindBuffer (GL_UNIFORM_BUFFER, renderer->block);
  glBufferData (GL_UNIFORM_BUFFER, sizeof renderer->frame, &renderer->frame, GL_STREAM_DRAW);
  glBindBufferBase (GL_UNIFORM_BUFFER, 0, renderer->block);
}

gboolean
cf_renderer_draw (CfRenderer *renderer, guint fbo, int width, int height, const CfScene *scene, const CfCamera *camera,
                  const CfRenderQuality *quality, GError **error)
{
  double detail = quality && quality->detail > 0 ? CLAMP (quality->detail, 0.1, 2.0) : 1;
  if (width < 1 || height < 1)
    {
      g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, "a picture of %d x %d pixels cannot be drawn", width, height);
      return FALSE;
    }
  renderer->drawn = FALSE;
  if (!renderer_resize (renderer, MAX (1, (int) lround (width * detail)), MAX (1, (int) lround (height * detail)), error))
    return FALSE;
  /* What the host may have left on. */
  static const GLenum off[] = { GL_BLEND, GL_SCISSOR_TEST, GL_STENCIL_TEST, GL_CULL_FACE, GL_DITHER, GL_FRAMEBUFFER_SRGB, GL_PRIMITIVE_RESTART };
  for (guint i = 0; i < G_N_ELEMENTS (off); i++)
    glDisable (off[i]);
  glColorMask (GL_TRUE, GL_TRUE, GL_TRUE, GL_TRUE);
  glDepthMask (GL_TRUE);
  glPolygonMode (GL_FRONT_AND_BACK, GL_FILL);
  glBindBuffer (GL_PIXEL_UNPACK_BUFFER, 0);

  gboolean has_field = cf_scene_has_field (scene);
  frame_prepare (renderer, scene, camera, detail, (double) renderer->height / height, has_field);
  if (!draw_solid (renderer, scene, error) || !draw_field (renderer, scene, camera, quality, has_field, error) || !draw_transparent (renderer, error)
      || !draw_finish (renderer, fbo, scene, width, height, error))
    return FALSE;
  renderer->camera = *camera;
  renderer->shown_width = width;
  renderer->shown_height = height;
  renderer->drawn = TRUE;
  return TRUE;
}

static double
depth_to_distance (const CfGlFrame *frame, double depth)
{
  const float *p = frame->projection;
  double ndc = 2 * depth - 1;
  return -(p[14] - ndc * p[15]) / (ndc * p[11] - p[10]);
}

guint32
cf_renderer_pick (CfRenderer *renderer, int x, int y, double xyz[3])
{
  if (xyz)
    xyz[0] = xyz[1] = xyz[2] = NAN;
  if (!renderer->drawn || x < 0 || y < 0 || x >= renderer->shown_width || y >= renderer->shown_height)
    return 0;
  int px = (int) ((x + 0.5) * renderer->width / renderer->shown_width), py = (int) ((y + 0.5) * renderer->height / renderer->shown_height);
  int row = renderer->height - 1 - py;
  GLuint id = 0;
  GLfloat depth = 1, solid = 1;
  glBindBuffer (GL_PIXEL_PACK_BUFFER, 0);
  glBindFramebuffer (GL_READ_FRAMEBUFFER, renderer->planes.solid);
  glReadBuffer (GL_COLOR_ATTACHMENT1);
  glReadPixels (px, row, 1, 1, GL_RED_INTEGER, GL_UNSIGNED_INT, &id);
  glReadPixels (px, row, 1, 1, GL_DEPTH_COMPONENT, GL_FLOAT, &solid);
  glReadBuffer (GL_COLOR_ATTACHMENT0);
  glBindFramebuffer (GL_READ_FRAMEBUFFER, renderer->planes.field);
  glReadPixels (px, row, 1, 1, GL_DEPTH_COMPONENT, GL_FLOAT, &depth);
  /* What is picked through the surface lies behind it. */
  if (id || solid < depth)
    depth = solid;
  if (xyz && depth < 1)
    {
      double origin[3], direction[3], middle[3], ahead[3];
      cf_camera_ray (&renderer->camera, px + 0.5, py + 0.5, renderer->width, renderer->height, origin, direction);
      cf_camera_ray (&renderer->camera, renderer->width / 2.0, renderer->height / 2.0, renderer->width, renderer->height, middle, ahead);
      double slant = direction[0] * ahead[0] + direction[1] * ahead[1] + direction[2] * ahead[2];
      double t = depth_to_distance (&renderer->frame, depth) / slant;
      for (int a = 0; a < 3; a++)
        xyz[a] = origin[a] + t * direction[a];
    }
  return id;
}

const char *
cf_renderer_description (const CfRenderer *renderer)
{
  return renderer->description;
}

guint
cf_renderer_bound_framebuffer (void)
{
  GLint fbo = 0;
  glGetIntegerv (GL_DRAW_FRAMEBUFFER_BINDING, &fbo);
  return (guint) fbo;
}
