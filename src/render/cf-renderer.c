#include "cf-renderer.h"

#include <epoxy/gl.h>
#include <math.h>
#include <string.h>

#include "cf-error.h"
#include "cf-gl-field.h"
#include "cf-gl-frame.h"
#include "cf-gl-molecules.h"
#include "cf-gl-planes.h"
#include "cf-gl-program.h"
#include "cf-gl-refine.h"
#include "cf-scene-private.h"

/* A part of the picture, from a column to before another one, that shows a field. */
typedef struct
{
  CfGlField *gl;
  CfScene scene; /* a shallow copy whose field is this one */
  CfGlFrameOptions options;
  int x0, x1;
} View;

struct _CfRenderer
{
  CfGlPrograms *programs;
  CfGlField field, other;
  CfGlMolecules molecules;
  GLuint empty_array, block;
  CfGlPlanes planes;
  int width, height;
  char *description;
  View views[2];
  int n_views;
  double from, to; /* the rows at work, shares of the height */
  /* the last frame, for picking */
  CfCamera camera;
  CfGlFrame frame;
  int shown_width, shown_height;
  gboolean drawn;
};

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
      g_set_error (error, CF_ERROR, CF_ERROR_DEVICE, "this device offers OpenGL %s, needs desktop OpenGL 3.3", (const char *) glGetString (GL_VERSION));
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
  cf_gl_field_clear (&renderer->other);
  cf_gl_molecules_clear (&renderer->molecules);
  cf_gl_planes_clear (&renderer->planes);
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
bind_field (const CfGlField *field, int level)
{
  const GLuint textures[] = { field->samples, field->coarse, field->at[level].bricks, field->ranges };
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

/* A program of the field; `defines` and what the field itself asks for. */
static GLuint
field_program (CfRenderer *renderer, const View *view, const char *fragment, const char *defines, GError **error)
{
  static const char *const by_filter[] = { [CF_FILTER_LINEAR] = "", [CF_FILTER_NEAREST] = " NEAREST", [CF_FILTER_CUBIC] = " CUBIC" };
  g_autofree char *all = g_strconcat (defines, view->gl->difference ? " DIFFERENCE" : "", by_filter[view->gl->filter], NULL);
  return cf_gl_programs_get (renderer->programs, "screen.vert", fragment, all, error);
}

/* Rays first, then only the pixels that they hit: on software rasterisers the depth test is what keeps shading off the rest. */
static gboolean
draw_surface (CfRenderer *renderer, const View *view, const CfGlFrame *frame, const CfCamera *camera, const CfRenderQuality *quality, GError **error)
{
  const CfScene *scene = &view->scene;
  gboolean wires = scene->style == CF_STYLE_MESH, final = quality && quality->query && !wires && view->gl == &renderer->field;
  CfGlPlanes *planes = &renderer->planes;
  GLuint rays = field_program (renderer, view, "hit.frag", wires ? "HITS=4" : "HITS=1", error);
  GLuint shade = rays ? field_program (renderer, view, "shade.frag", wires ? "WIRES" : final ? "NORMALS" : "", error) : 0;
  if (!shade)
    return FALSE;
  glDepthFunc (GL_ALWAYS);
  glBindFramebuffer (GL_FRAMEBUFFER, renderer->planes.rays);
  draw_screen (renderer, rays);
  if (final)
    {
      glActiveTexture (GL_TEXTURE0 + CF_GL_UNIT_NORMALS);
      cf_gl_planes_need_normals (planes, renderer->width, renderer->height);
      CfGlHits hits = { planes->rays, planes->hits, planes->field_depth, planes->normals, renderer->width, renderer->height };
      if (!cf_gl_refine (&hits, scene, camera, frame, quality, error))
        return FALSE;
    }
  glBindFramebuffer (GL_FRAMEBUFFER, renderer->planes.field);
  bind_plane (CF_GL_UNIT_HITS, renderer->planes.hits);
  glDepthFunc (GL_GREATER);
  glDepthMask (GL_FALSE);
  glEnablei (GL_BLEND, 0);
  glBlendFunc (GL_ONE, GL_ONE_MINUS_SRC_ALPHA);
  /* What shines through can still be picked. */
  if (wires || frame->surface[3] < 0.95f)
    glColorMaski (1, GL_FALSE, GL_FALSE, GL_FALSE, GL_FALSE);
  draw_screen (renderer, shade);
  glColorMaski (1, GL_TRUE, GL_TRUE, GL_TRUE, GL_TRUE);
  glDisablei (GL_BLEND, 0);
  glDepthMask (GL_TRUE);
  return TRUE;
}

static void
upload_frame (CfRenderer *renderer, const CfGlFrame *frame)
{
  glBindBuffer (GL_UNIFORM_BUFFER, renderer->block);
  glBufferData (GL_UNIFORM_BUFFER, sizeof *frame, frame, GL_STREAM_DRAW);
  glBindBufferBase (GL_UNIFORM_BUFFER, 0, renderer->block);
}

/* The surface of the lower level lies around the other: that one first. */
static gboolean
draw_surfaces (CfRenderer *renderer, const View *view, const CfGlFrame *frame, const CfCamera *camera, const CfRenderQuality *quality, GError **error)
{
  const CfScene *scene = &view->scene;
  int n = scene->style == CF_STYLE_SURFACE && isfinite (scene->second_level) ? 2 : 1;
  int first = n == 2 && scene->second_level > scene->level;
  for (int i = 0; i < n; i++)
    {
      int which = i == 0 ? first : !first;
      View one = *view;
      CfGlFrame of_level = *frame;
      if (which == 1)
        {
          one.scene.level = scene->second_level;
          of_level.field_size[3] = (float) scene->second_level;
          for (int c = 0; c < 4; c++)
            of_level.surface[c] = CLAMP (scene->second_colour[c], 0.0f, 1.0f);
        }
      cf_gl_field_set_level (view->gl, which, one.scene.level, scene->style == CF_STYLE_MESH ? CF_GL_OCCUPIED_CROSSING : CF_GL_OCCUPIED_ABOVE);
      upload_frame (renderer, &of_level);
      bind_field (view->gl, which);
      if (!draw_surface (renderer, &one, &of_level, camera, quality, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
draw_one_pass (CfRenderer *renderer, const View *view, GError **error)
{
  g_autofree char *defines = g_strdup_printf ("STYLE=%d", (int) view->scene.style);
  GLuint program = field_program (renderer, view, "field.frag", defines, error);
  if (!program)
    return FALSE;
  bind_field (view->gl, 0);
  glDepthFunc (GL_ALWAYS);
  glEnablei (GL_BLEND, 0);
  glBlendFunc (GL_ONE, GL_ONE_MINUS_SRC_ALPHA);
  glColorMaski (1, GL_FALSE, GL_FALSE, GL_FALSE, GL_FALSE);
  draw_screen (renderer, program);
  glColorMaski (1, GL_TRUE, GL_TRUE, GL_TRUE, GL_TRUE);
  glDisablei (GL_BLEND, 0);
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
draw_view (CfRenderer *renderer, const View *view, const CfCamera *camera, const CfRenderQuality *quality, GError **error)
{
  CfGlFrame frame;
  cf_gl_frame_fill (&frame, &view->scene, camera, &view->options);
  /* One fog for both parts. */
  memcpy (frame.cue, renderer->frame.cue, sizeof frame.cue);
  upload_frame (renderer, &frame);
  int y0 = (int) lround (renderer->from * renderer->height), y1 = (int) lround (renderer->to * renderer->height);
  glEnable (GL_SCISSOR_TEST);
  glScissor (view->x0, y0, view->x1 - view->x0, MAX (y1 - y0, 0));
  gboolean surface = view->scene.style == CF_STYLE_SURFACE || view->scene.style == CF_STYLE_MESH;
  gboolean ok = surface ? draw_surfaces (renderer, view, &frame, camera, quality, error) : draw_one_pass (renderer, view, error);
  glDisable (GL_SCISSOR_TEST);
  return ok;
}

static gboolean
draw_fields (CfRenderer *renderer, const CfCamera *camera, const CfRenderQuality *quality, GError **error)
{
  bind_plane (CF_GL_UNIT_DEPTH, renderer->planes.solid_depth);
  for (int i = 0; i < renderer->n_views; i++)
    if (renderer->views[i].x1 > renderer->views[i].x0 && !draw_view (renderer, &renderer->views[i], camera, quality, error))
      return FALSE;
  upload_frame (renderer, &renderer->frame);
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
view_prepare (CfRenderer *renderer, View *view, CfGlField *gl, const CfScene *scene, const CfSceneField *field, CfFilter filter)
{
  view->gl = gl;
  view->scene = *scene;
  view->scene.field = *field;
  cf_gl_field_update (gl, field, filter, scene->difference && gl == &renderer->field);
  view->scene.difference = gl->difference;
  if (scene->style == CF_STYLE_VOLUME)
    cf_gl_field_set_level (gl, 0, 0.55 * scene->level, CF_GL_OCCUPIED_ABOVE);
  else if (scene->style == CF_STYLE_SURFACE || scene->style == CF_STYLE_MESH)
    cf_gl_field_set_level (gl, 0, scene->level, scene->style == CF_STYLE_MESH ? CF_GL_OCCUPIED_CROSSING : CF_GL_OCCUPIED_ABOVE);
  memcpy (view->options.dims, gl->dims, sizeof gl->dims);
  view->options.stride = gl->stride;
  view->options.brick = gl->brick;
  view->options.top = gl->top;
  if (scene->style != CF_STYLE_SLICES && scene->style != CF_STYLE_MIP)
    view->options.reach = (const double (*)[3]) gl->at[0].reach;
}

/* The views of the frame, the scene's own field first; how many. */
static int
views_prepare (CfRenderer *renderer, const CfScene *scene, const CfGlFrameOptions *options, View views[2])
{
  int n = 0, divide = (int) lround (CLAMP (scene->split, 0, 1) * renderer->width);
  gboolean split = divide > 0 && cf_scene_field_is_there (&scene->other);
  if (cf_scene_has_field (scene))
    {
      views[n] = (View){ .options = *options, .x0 = split ? divide : 0, .x1 = renderer->width };
      view_prepare (renderer, &views[n++], &renderer->field, scene, &scene->field, CF_FILTER_LINEAR);
    }
  if (split)
    {
      views[n] = (View){ .options = *options, .x0 = 0, .x1 = divide };
      view_prepare (renderer, &views[n++], &renderer->other, scene, &scene->other, scene->other_filter);
    }
  return n;
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
      g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, "a picture of %d x %d pixels cannot be drawn", width, height);
      return FALSE;
    }
  renderer->drawn = FALSE;
  if (!renderer_resize (renderer, MAX (1, (int) lround (width * detail)), MAX (1, (int) lround (height * detail)), error))
    return FALSE;
  reset_state ();
  CfGlFrameOptions options = { .width = renderer->width, .height = renderer->height, .detail = detail, .scale = (double) renderer->height / height,
                               .stride = 1, .brick = 1 };
  renderer->n_views = views_prepare (renderer, scene, &options, renderer->views);
  const View *first = renderer->n_views > 0 ? &renderer->views[0] : NULL;
  cf_gl_molecules_update (&renderer->molecules, scene);
  cf_gl_frame_fill (&renderer->frame, first ? &first->scene : scene, camera, first ? &first->options : &options);
  upload_frame (renderer, &renderer->frame);
  renderer->camera = *camera;
  renderer->shown_width = width;
  renderer->shown_height = height;
  if (!draw_solid (renderer, scene, error))
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
  if (!draw_fields (renderer, camera, quality, error))
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
      g_set_error_literal (error, CF_ERROR, CF_ERROR_ARGUMENT, "no picture was drawn that could be shown");
      return FALSE;
    }
  reset_state ();
  upload_frame (renderer, &renderer->frame);
  return draw_finish (renderer, fbo, scene, renderer->shown_width, renderer->shown_height, error);
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
