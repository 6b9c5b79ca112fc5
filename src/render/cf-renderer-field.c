#include <math.h>
#include <string.h>

#include "cf-gl-march.h"
#include "cf-gl-refine.h"
#include "cf-renderer-private.h"
#include "cf-scene-private.h"

#define CREASES_PIXELS 16 /* shown, between two samples: from there on they are looked for */

static void
bind_field (const CfGlField *field, int level)
{
  const GLuint textures[] = { field->samples, field->coarse, field->at[level].bricks, field->ranges, field->fine };
  const CfGlUnit units[] = { CF_GL_UNIT_FIELD, CF_GL_UNIT_COARSE, CF_GL_UNIT_BRICKS, CF_GL_UNIT_RANGES, CF_GL_UNIT_FINE };
  for (guint i = 0; i < G_N_ELEMENTS (units); i++)
    {
      glActiveTexture (GL_TEXTURE0 + units[i]);
      glBindTexture (GL_TEXTURE_3D, textures[i]);
    }
}

/* A program of the field; `defines` and what the field itself asks for. */
static GLuint
field_program (CfRenderer *renderer, const CfRendererView *view, const char *fragment, const char *defines, GError **error)
{
  static const char *const by_filter[] = { [CF_FILTER_LINEAR] = "", [CF_FILTER_NEAREST] = " NEAREST", [CF_FILTER_CUBIC] = " CUBIC" };
  g_autofree char *all = g_strconcat (defines, view->gl->difference ? " DIFFERENCE" : "", view->options.fine_scale > 0 ? " FINE" : "",
                                       by_filter[view->gl->filter], NULL);
  return cf_gl_programs_get (renderer->programs, "screen.vert", fragment, all, error);
}

static gboolean
march_hits (CfRenderer *renderer, const CfRendererView *view, const CfGlFrame *frame, const CfCamera *camera, const CfRenderQuality *quality, GError **error)
{
  const CfScene *scene = &view->scene;
  const CfGlPlanes *planes = &renderer->planes;
  int y0 = (int) lround (renderer->from * renderer->height), y1 = (int) lround (renderer->to * renderer->height);
  GLuint place = cf_gl_programs_get (renderer->programs, "screen.vert", "place.frag", "", error);
  CfMarchView seen;
  CfMarchSpace space;
  g_autofree guint8 *empty = NULL;
  if (!place)
    return FALSE;
  cf_gl_march_view (frame, camera, scene->level, &seen);
  cf_gl_march_space (view->gl, &scene->field.grid, scene->level, &space, &empty);
  if (!cf_gl_march (planes->marched, planes->normals, &seen, &space, y0, y1 - y0, quality, error))
    return FALSE;
  cf_renderer_bind_plane (CF_GL_UNIT_MARCHED, planes->marched);
  cf_renderer_bind_plane (CF_GL_UNIT_NORMALS, planes->normals);
  glBindFramebuffer (GL_FRAMEBUFFER, planes->rays);
  cf_renderer_draw_screen (renderer, place);
  return TRUE;
}

/* From the samples' surface onto the field's own. */
static gboolean
refine_hits (CfRenderer *renderer, const CfRendererView *view, const CfGlFrame *frame, const CfCamera *camera, const CfRenderQuality *quality, GError **error)
{
  const CfGlPlanes *planes = &renderer->planes;
  CfMarchView seen;
  CfMarchSpace space;
  g_autofree guint8 *empty = NULL;
  const CfGlHits hits = { planes->rays, planes->hits, planes->field_depth, planes->normals, renderer->width, renderer->height, planes->solid, view->x0, view->x1, &seen, &space };
  cf_gl_march_view (frame, camera, view->scene.level, &seen);
  cf_gl_march_space (view->gl, &view->scene.field.grid, view->scene.level, &space, &empty);
  glActiveTexture (GL_TEXTURE0 + CF_GL_UNIT_NORMALS);
  return cf_gl_refine (&hits, &view->scene, camera, frame, quality, error);
}

/* Whether samples lie so many pixels apart that a surface's outline shows where the field bends between them; a frame of a move does not look. */
static gboolean
shows_creases (const CfRenderer *renderer, const CfRendererView *view, const CfCamera *camera)
{
  double edge = cf_grid_smallest_edge (&view->scene.field.grid) * view->options.stride;
  return view->options.detail >= 1 && view->gl->filter == CF_FILTER_LINEAR && edge > CREASES_PIXELS * view->options.scale * cf_camera_pixel_size (camera, renderer->height);
}

/* Rays first, then only the pixels that they hit: on software rasterisers the depth test is what keeps shading off the rest. */
static gboolean
draw_surface (CfRenderer *renderer, const CfRendererView *view, const CfGlFrame *frame, const CfCamera *camera, const CfRenderQuality *quality, GError **error)
{
  const CfScene *scene = &view->scene;
  gboolean wires = scene->style == CF_STYLE_MESH, own = quality && !wires && !scene->difference && view->gl == &renderer->field;
  gboolean marches = own && quality->march, final = marches || (own && quality->query);
  CfGlPlanes *planes = &renderer->planes;
  GLuint rays = field_program (renderer, view, "hit.frag", wires ? "HITS=4" : shows_creases (renderer, view, camera) ? "HITS=1 CREASES" : "HITS=1", error);
  GLuint shade = rays ? field_program (renderer, view, "shade.frag", wires ? "WIRES" : final ? "NORMALS" : "", error) : 0;
  if (!shade)
    return FALSE;
  glDepthFunc (GL_ALWAYS);
  if (final)
    {
      glActiveTexture (GL_TEXTURE0 + CF_GL_UNIT_NORMALS);
      cf_gl_planes_need_final (planes, renderer->width, renderer->height);
    }
  if (marches)
    {
      if (!march_hits (renderer, view, frame, camera, quality, error))
        return FALSE;
    }
  else
    {
      glBindFramebuffer (GL_FRAMEBUFFER, planes->rays);
      cf_renderer_draw_screen (renderer, rays);
      if (final && !refine_hits (renderer, view, frame, camera, quality, error))
        return FALSE;
    }
  glBindFramebuffer (GL_FRAMEBUFFER, renderer->planes.field);
  cf_renderer_bind_plane (CF_GL_UNIT_HITS, renderer->planes.hits);
  glDepthFunc (GL_GREATER);
  glDepthMask (GL_FALSE);
  glEnablei (GL_BLEND, 0);
  glBlendFunc (GL_ONE, GL_ONE_MINUS_SRC_ALPHA);
  /* What shines through can still be picked. */
  if (wires || frame->surface[3] < 0.95f)
    glColorMaski (1, GL_FALSE, GL_FALSE, GL_FALSE, GL_FALSE);
  cf_renderer_draw_screen (renderer, shade);
  glColorMaski (1, GL_TRUE, GL_TRUE, GL_TRUE, GL_TRUE);
  glDisablei (GL_BLEND, 0);
  glDepthMask (GL_TRUE);
  return TRUE;
}

/* The surface of the lower level lies around the other: that one first. */
static gboolean
draw_surfaces (CfRenderer *renderer, const CfRendererView *view, const CfGlFrame *frame, const CfCamera *camera, const CfRenderQuality *quality, GError **error)
{
  const CfScene *scene = &view->scene;
  int n = scene->style == CF_STYLE_SURFACE && isfinite (scene->second_level) ? 2 : 1;
  int first = n == 2 && scene->second_level > scene->level;
  for (int i = 0; i < n; i++)
    {
      int which = i == 0 ? first : !first;
      CfRendererView one = *view;
      CfGlFrame of_level = *frame;
      if (which == 1)
        {
          one.scene.level = scene->second_level;
          of_level.field_size[3] = (float) scene->second_level;
          for (int c = 0; c < 4; c++)
            of_level.surface[c] = CLAMP (scene->second_colour[c], 0.0f, 1.0f);
        }
      cf_gl_field_set_level (view->gl, which, one.scene.level, scene->style == CF_STYLE_MESH ? CF_GL_OCCUPIED_CROSSING : CF_GL_OCCUPIED_ABOVE);
      cf_renderer_upload_frame (renderer, &of_level);
      bind_field (view->gl, which);
      if (!draw_surface (renderer, &one, &of_level, camera, quality, error))
        return FALSE;
    }
  return TRUE;
}

/* A difference has its own colours. */
static gboolean
uses_transfer (const CfScene *scene)
{
  return scene->style == CF_STYLE_VOLUME && scene->transfer.n > 0 && !scene->difference;
}

static gboolean
draw_one_pass (CfRenderer *renderer, const CfRendererView *view, GError **error)
{
  gboolean transfer = uses_transfer (&view->scene);
  g_autofree char *defines = g_strdup_printf ("STYLE=%d%s", (int) view->scene.style, transfer ? " TRANSFER" : "");
  GLuint program = field_program (renderer, view, "field.frag", defines, error);
  if (!program)
    return FALSE;
  bind_field (view->gl, 0);
  if (transfer)
    cf_gl_transfer_update (&renderer->transfer, &view->scene.transfer);
  glDepthFunc (GL_ALWAYS);
  glEnablei (GL_BLEND, 0);
  glBlendFunc (GL_ONE, GL_ONE_MINUS_SRC_ALPHA);
  glColorMaski (1, GL_FALSE, GL_FALSE, GL_FALSE, GL_FALSE);
  cf_renderer_draw_screen (renderer, program);
  glColorMaski (1, GL_TRUE, GL_TRUE, GL_TRUE, GL_TRUE);
  glDisablei (GL_BLEND, 0);
  return TRUE;
}

static gboolean
draw_view (CfRenderer *renderer, const CfRendererView *view, const CfCamera *camera, const CfRenderQuality *quality, GError **error)
{
  CfGlFrame frame;
  cf_gl_frame_fill (&frame, &view->scene, camera, &view->options);
  /* One fog for both parts. */
  memcpy (frame.cue, renderer->frame.cue, sizeof frame.cue);
  cf_renderer_upload_frame (renderer, &frame);
  int y0 = (int) lround (renderer->from * renderer->height), y1 = (int) lround (renderer->to * renderer->height);
  glEnable (GL_SCISSOR_TEST);
  glScissor (view->x0, y0, view->x1 - view->x0, MAX (y1 - y0, 0));
  gboolean surface = view->scene.style == CF_STYLE_SURFACE || view->scene.style == CF_STYLE_MESH;
  gboolean ok = surface ? draw_surfaces (renderer, view, &frame, camera, quality, error) : draw_one_pass (renderer, view, error);
  glDisable (GL_SCISSOR_TEST);
  return ok;
}

gboolean
cf_renderer_draw_fields (CfRenderer *renderer, const CfCamera *camera, const CfRenderQuality *quality, GError **error)
{
  cf_renderer_bind_plane (CF_GL_UNIT_DEPTH, renderer->planes.solid_depth);
  for (int i = 0; i < renderer->n_views; i++)
    if (renderer->views[i].x1 > renderer->views[i].x0 && !draw_view (renderer, &renderer->views[i], camera, quality, error))
      return FALSE;
  cf_renderer_upload_frame (renderer, &renderer->frame);
  return TRUE;
}

/* Pictures of less detail leave it out: a move costs no more for it. */
static void
prepare_fine (CfRendererView *view, const CfScene *scene)
{
  CfGlField *gl = view->gl;
  cf_gl_field_set_fine (gl, &scene->field, &scene->fine, &scene->fine_part);
  if (gl->fine_serial == 0 || view->options.detail < 1)
    return;
  view->options.fine_scale = (double) gl->fine_part.factor * gl->stride;
  for (int a = 0; a < 3; a++)
    {
      view->options.fine_lo[a] = (double) gl->fine_part.lo[a] / gl->stride;
      view->options.fine_dims[a] = gl->fine_dims[a];
    }
}

static void
view_prepare (CfRenderer *renderer, CfRendererView *view, CfGlField *gl, const CfScene *scene, const CfSceneField *field, CfFilter filter)
{
  view->gl = gl;
  view->scene = *scene;
  view->scene.field = *field;
  cf_gl_field_update (gl, field, filter, scene->difference && gl == &renderer->field);
  view->scene.difference = gl->difference;
  if (gl == &renderer->field)
    prepare_fine (view, scene);
  if (scene->style == CF_STYLE_VOLUME)
    cf_gl_field_set_level (gl, 0, uses_transfer (&view->scene) ? cf_transfer_floor (&scene->transfer) : 0.55 * scene->level, CF_GL_OCCUPIED_ABOVE);
  else if (scene->style == CF_STYLE_SURFACE || scene->style == CF_STYLE_MESH)
    cf_gl_field_set_level (gl, 0, scene->level, scene->style == CF_STYLE_MESH ? CF_GL_OCCUPIED_CROSSING : CF_GL_OCCUPIED_ABOVE);
  memcpy (view->options.dims, gl->dims, sizeof gl->dims);
  view->options.stride = gl->stride;
  view->options.brick = gl->brick;
  view->options.top = gl->top;
  if (scene->style != CF_STYLE_SLICES && scene->style != CF_STYLE_MIP)
    view->options.reach = (const double (*)[3]) gl->at[0].reach;
}

void
cf_renderer_prepare_fields (CfRenderer *renderer, const CfScene *scene, const CfGlFrameOptions *options)
{
  CfRendererView *views = renderer->views;
  int n = 0, divide = (int) lround (CLAMP (scene->split, 0, 1) * renderer->width);
  gboolean split = divide > 0 && cf_scene_field_is_there (&scene->other);
  if (cf_scene_has_field (scene))
    {
      views[n] = (CfRendererView){ .options = *options, .x0 = split ? divide : 0, .x1 = renderer->width };
      view_prepare (renderer, &views[n++], &renderer->field, scene, &scene->field, CF_FILTER_LINEAR);
    }
  if (split)
    {
      views[n] = (CfRendererView){ .options = *options, .x0 = 0, .x1 = divide };
      view_prepare (renderer, &views[n++], &renderer->other, scene, &scene->other, scene->other_filter);
    }
  renderer->n_views = n;
}
