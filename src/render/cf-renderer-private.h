/* cf-renderer-private.h: what the frame (cf-renderer.c) and the fields in it (cf-renderer-field.c) share. Current GL context needed. */
#pragma once

#include "cf-gl-field.h"
#include "cf-gl-frame.h"
#include "cf-gl-molecules.h"
#include "cf-gl-planes.h"
#include "cf-gl-program.h"
#include "cf-gl-transfer.h"
#include "cf-renderer.h"

G_BEGIN_DECLS

/* A part of the picture, from a column to before another one, that shows a field. */
typedef struct
{
  CfGlField *gl;
  CfScene scene; /* a shallow copy whose field is this one */
  CfGlFrameOptions options;
  int x0, x1;
} CfRendererView;

struct _CfRenderer
{
  CfGlPrograms *programs;
  CfGlField field, other;
  CfGlMolecules molecules;
  CfGlTransfer transfer;
  GLuint empty_array, block;
  CfGlPlanes planes;
  int width, height;
  char *description;
  CfRendererView views[2];
  int n_views;
  double from, to; /* the rows at work, shares of the height */
  /* the last frame, for picking */
  CfCamera camera;
  CfGlFrame frame;
  int shown_width, shown_height;
  gboolean drawn;
};

/* cf-renderer.c */
void cf_renderer_bind_plane (CfGlUnit unit, GLuint texture);
void cf_renderer_draw_screen (const CfRenderer *renderer, GLuint program);
void cf_renderer_upload_frame (CfRenderer *renderer, const CfGlFrame *frame);

/* cf-renderer-field.c */
/** The views of the frame, the scene's own field first. */
void cf_renderer_prepare_fields (CfRenderer *renderer, const CfScene *scene, const CfGlFrameOptions *options);
/** The rows at work of all views, into planes.field, before what is solid. */
gboolean cf_renderer_draw_fields (CfRenderer *renderer, const CfCamera *camera, const CfRenderQuality *quality, GError **error);

G_END_DECLS
