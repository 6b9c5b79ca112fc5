/* cf-gl-refine.h: hits of the baked field moved onto the field itself, for final pictures. Current GL context needed. */
#pragma once

#include <epoxy/gl.h>

#include "cf-gl-frame.h"
#include "cf-march.h"
#include "cf-renderer.h"

G_BEGIN_DECLS

typedef struct
{
  GLuint rays;    /* framebuffer whose colours are hits (RGBA32F: A along the ray, 1 where the ray came in through a face) */
  GLuint hits, depth, normals; /* textures; normals RGBA32F, eye space, w 1 where they are known */
  int width, height;
  GLuint solid;                /* framebuffer whose depth is that of what is solid */
  int x0, x1;                  /* columns that show the field, half open */
  const CfMarchView *view;     /* what rays are asked, and where nothing is, of those that are marched */
  const CfMarchSpace *space;
} CfGlHits;

/** Newton's steps along each ray, at most one sample from where the baked field had it; what does not arrive, and what lies beside outlines, is marched
 * through the field (cf-outlines.h). */
gboolean cf_gl_refine (const CfGlHits *hits, const CfScene *scene, const CfCamera *camera, const CfGlFrame *frame,
                       const CfRenderQuality *quality, GError **error);

G_END_DECLS
