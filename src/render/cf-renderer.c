#include "cf-renderer-private.h"

#include <math.h>
#include <string.h>

#include "cf-error.h"
#include "cf-words.h"

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
      g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, _("a picture of %d x %d pixels is larger than this device draws (%d)"), width, height, limit);
      return FALSE;
    }
  if (!cf_gl_planes_make (&renderer->planes, width, height, error))
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
      g_set_error (error, CF_ERROR, CF_ERROR_DEVICE, _("this device offers OpenGL %s, needs desktop OpenGL 3.3"), (const char *) glGetString (GL_VERSION));
      return NULL;
    }
  g_autoptr (CfRenderer) renderer = g_new0 (CfRenderer, 1);
  renderer->programs = cf_gl_programs_new ();
  cf_gl_field_init (&renderer->field);
  cf_gl_field_init (&renderer->other);
  cf_gl_molecules_init (&renderer->molecules);
  glGenVertexArrays (1, &renderer->empty_array);
  glGenBuffers (1, &renderer->block);
  renderer->description = g_strdup_printf ("%s, OpenGL %s", (const char *) glGetString (GL_RENDERER), (const char *) glGetString (GL_VERSION));
  /* So that a shader that does not compile is told now, not in the middle of the work. */
  if (!cf_gl_programs_get (renderer->programs, "sphere.vert", "sphere.frag", NULL, error)
      || !cf_gl_programs_get (renderer->programs, "sphere.vert", "sphere.frag", "POINT", error)
      || !cf_gl_programs_get (renderer->programs, "dot.vert", "dot.frag", NULL, error)
      || !cf_gl_programs_get (renderer->programs, "cylinder.vert", "cylinder.frag", NULL, error)
      || !cf_gl_programs_get (renderer->programs, "cylinder.vert", "cylinder.frag", "BOX", error)
      || !cf_gl_programs_get (renderer->programs, "thin.vert", "thin.frag", NULL, error)
      || !cf_gl_programs_get (renderer->programs, "hair.vert", "hair.frag", NULL, error)
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
  cf_gl_field_clear (&renderer->other);
  cf_gl_molecules_clear (&renderer->molecules);
  cf_gl_transfer_clear (&renderer->transfer);
  cf_gl_planes_clear (&renderer->planes);
  glDeleteVertexArrays (1, &renderer->empty_array);
  glDeleteBuffers (1, &renderer->block);
  g_free (renderer->description);
  g_free (renderer);
}

void
cf_renderer_bind_plane (CfGlUnit unit, GLuint texture)
{
  glActiveTexture (GL_TEXTURE0 + unit);
  glBindTexture (GL_TEXTURE_2D, texture);
}

void
cf_renderer_draw_screen (const CfRenderer *renderer, GLuint program)
{
  glUseProgram (program);
  glBindVertexArray (renderer->empty_array);
  glDrawArrays (GL_TRIANGLES, 0, 3);
}

void
cf_renderer_upload_frame (CfRenderer *renderer, const CfGlFrame *frame)
{
  glBindBuffer (GL_UNIFORM_BUFFER, renderer->block);
  glBufferData (GL_UNIFORM_BUFFER, sizeof *frame, frame, GL_STREAM_DRAW);
  glBindBufferBase (GL_UNIFORM_BUFFER, 0, renderer->block);
}

static gboolean
draw_solid (CfRenderer *renderer, double detail, GError **error)
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
  cf_gl_molecules_frame (&renderer->molecules, &renderer->frame, detail);
  return cf_gl_molecules_draw (&renderer->molecules, renderer->programs, error);
}

static gboolean
draw_transparent (CfRenderer *renderer, GError **error)
{
  glBindFramebuffer (GL_FRAMEBUFFER, renderer->planes.solid);
  cf_renderer_bind_plane (CF_GL_UNIT_FIELD_DEPTH, renderer->planes.field_depth);
  return cf_gl_molecules_draw_transparent (&renderer->molecules, renderer->programs, error);
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
  cf_renderer_bind_plane (CF_GL_UNIT_COLOUR, renderer->planes.colour);
  cf_renderer_bind_plane (CF_GL_UNIT_DEPTH, renderer->planes.solid_depth);
  cf_renderer_bind_plane (CF_GL_UNIT_FIELD_DEPTH, renderer->planes.field_depth);
  cf_renderer_draw_screen (renderer, program);
  return TRUE;
}

static gboolean
draw_finish (CfRenderer *renderer, guint fbo, const CfScene *scene, int width, int height, GError **error)
{
  CfGlPlanes *planes = &renderer->planes;
  glDisable (GL_DEPTH_TEST);
  glViewport (0, 0, renderer->width, renderer->height);
  if (scene->outline && !draw_outline (renderer, scene, error))
    return FALSE;
  if (width == renderer->width && height == renderer->height)
    {
      GLuint program = cf_gl_programs_get (renderer->programs, "screen.vert", "finish.frag", "SMOOTH", error);
      if (!program)
        return FALSE;
      glBindFramebuffer (GL_FRAMEBUFFER, fbo);
      cf_renderer_bind_plane (CF_GL_UNIT_COLOUR, scene->outline ? planes->finished_colour : planes->colour);
      cf_renderer_draw_screen (renderer, program);
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
reset_state (void)
{
  /* What the host may have left on. */
  static const GLenum off[] = { GL_BLEND, GL_SCISSOR_TEST, GL_STENCIL_TEST, GL_CULL_FACE, GL_DITHER, GL_FRAMEBUFFER_SRGB, GL_PRIMITIVE_RESTART };
  for (guint i = 0; i < G_N_ELEMENTS (off); i++)
    glDisable (off[i]);
  glColorMask (GL_TRUE, GL_TRUE, GL_TRUE, GL_TRUE);
  glDepthMask (GL_TRUE);
  glPolygonMode (GL_FRONT_AND_BACK, GL_FILL);
  glBindBuffer (GL_PIXEL_UNPACK_BUFFER, 0);
}

/* Size, uploads, and what is solid. */
static gboolean
picture_begin (CfRenderer *renderer, int width, int height, const CfScene *scene, const CfCamera *camera, const CfRenderQuality *quality,
               GError **error)
{
  static const GLfloat far = 1;
  double detail = quality && quality->detail > 0 ? CLAMP (quality->detail, 0.1, 2.0) : 1;
  if (width < 1 || height < 1)
    {
      g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, _("a picture of %d x %d pixels cannot be drawn"), width, height);
      return FALSE;
    }
  renderer->drawn = FALSE;
  if (!renderer_resize (renderer, MAX (1, (int) lround (width * detail)), MAX (1, (int) lround (height * detail)), error))
    return FALSE;
  reset_state ();
  CfGlFrameOptions options = { .width = renderer->width, .height = renderer->height, .detail = detail, .scale = (double) renderer->height / height,
                               .stride = 1, .brick = 1, .things = (const double (*)[3]) renderer->molecules.bounds };
  cf_gl_molecules_update (&renderer->molecules, scene);
  cf_renderer_prepare_fields (renderer, scene, &options);
  const CfRendererView *first = renderer->n_views > 0 ? &renderer->views[0] : NULL;
  cf_gl_frame_fill (&renderer->frame, first ? &first->scene : scene, camera, first ? &first->options : &options);
  cf_renderer_upload_frame (renderer, &renderer->frame);
  renderer->camera = *camera;
  renderer->shown_width = width;
  renderer->shown_height = height;
  if (!draw_solid (renderer, detail, error))
    return FALSE;
  glBindFramebuffer (GL_FRAMEBUFFER, renderer->planes.field);
  glClearBufferfv (GL_DEPTH, 0, &far);
  return TRUE;
}

static gboolean
picture_rows (CfRenderer *renderer, const CfCamera *camera, const CfRenderQuality *quality, double from, double to, GError **error)
{
  renderer->from = CLAMP (from, 0, 1);
  renderer->to = CLAMP (to, 0, 1);
  if (!cf_renderer_draw_fields (renderer, camera, quality, error))
    return FALSE;
  if (to < 1)
    return TRUE;
  renderer->drawn = draw_transparent (renderer, error);
  return renderer->drawn;
}

gboolean
cf_renderer_present (CfRenderer *renderer, guint fbo, const CfScene *scene, GError **error)
{
  if (!renderer->drawn)
    {
      g_set_error_literal (error, CF_ERROR, CF_ERROR_ARGUMENT, _("no picture was drawn that could be shown"));
      return FALSE;
    }
  reset_state ();
  cf_renderer_upload_frame (renderer, &renderer->frame);
  return draw_finish (renderer, fbo, scene, renderer->shown_width, renderer->shown_height, error);
}

double
cf_renderer_edge_share (const CfRenderer *renderer)
{
  return renderer->molecules.shown;
}

void
cf_renderer_read (const CfRenderer *renderer, int width, int height, gsize stride, guint8 *pixels)
{
  glBindBuffer (GL_PIXEL_PACK_BUFFER, 0);
  glPixelStorei (GL_PACK_ALIGNMENT, 4);
  glPixelStorei (GL_PACK_ROW_LENGTH, (GLint) (stride / 4));
  glReadPixels (0, 0, width, height, GL_BGRA, GL_UNSIGNED_INT_8_8_8_8_REV, pixels);
  glPixelStorei (GL_PACK_ROW_LENGTH, 0);
  cf_gl_turn_over (pixels, stride, height);
}

gboolean
cf_renderer_draw (CfRenderer *renderer, guint fbo, int width, int height, const CfScene *scene, const CfCamera *camera,
                  const CfRenderQuality *quality, GError **error)
{
  return picture_begin (renderer, width, height, scene, camera, quality, error) && picture_rows (renderer, camera, quality, 0, 1, error)
         && draw_finish (renderer, fbo, scene, width, height, error);
}

gboolean
cf_renderer_draw_rows (CfRenderer *renderer, int width, int height, const CfScene *scene, const CfCamera *camera,
                       const CfRenderQuality *quality, double from, double to, GError **error)
{
  if (from <= 0 && !picture_begin (renderer, width, height, scene, camera, quality, error))
    return FALSE;
  reset_state ();
  glEnable (GL_DEPTH_TEST);
  glViewport (0, 0, renderer->width, renderer->height);
  if (!picture_rows (renderer, camera, quality, from, to, error))
    return FALSE;
  glFinish ();
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

static gboolean
pretends_loss (void)
{
  static gint64 questions = 0;
  const char *text = g_getenv ("CRYOFIELD_LOSE_CONTEXT");
  gint64 wanted = text ? g_ascii_strtoll (text, NULL, 10) : 0;
  return ++questions == wanted || wanted < 0;
}

gboolean
cf_renderer_is_lost (const CfRenderer *renderer)
{
  gboolean can_tell = epoxy_gl_version () >= 45 || epoxy_has_gl_extension ("GL_KHR_robustness");
  return pretends_loss () || (can_tell && glGetGraphicsResetStatus () != GL_NO_ERROR) || glGetError () == GL_CONTEXT_LOST;
}
