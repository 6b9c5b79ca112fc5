/* cf-gl-frame.h: the uniform block Frame of shaders/frame.glsl, and how a scene and a camera fill it. No GL. */
#pragma once

#include "cf-camera.h"
#include "cf-scene.h"

G_BEGIN_DECLS

/** std140: only mat4 and vec4 members, so the layouts agree. */
typedef struct
{
  float projection[16], view[16], eye_from_grid[16], grid_from_eye[16];
  float size[4], ray[4], range[4], cue[4], background[4], surface[4], field_size[4], slices[4], march[4], more[4], plane[4], fine[4], fine_size[4];
} CfGlFrame;

typedef struct
{
  int width, height; /* of the picture drawn */
  double detail;
  double scale;      /* pixels drawn by pixel shown */
  int dims[3];       /* of the samples texture */
  int stride;        /* of the field per sample of it */
  int brick;         /* samples a side */
  double top;        /* d shown as white */
  double fine_lo[3], fine_scale; /* the finer part: its first sample in the texture of the field, samples by sample of that; 0: none */
  int fine_dims[3];
  const double (*reach)[3]; /* [2]: the box of the field that is seen, grid coordinates; NULL: all */
  const double (*things)[3]; /* [2]: A around spheres and cylinders, as cf_scene_extent () wants it */
} CfGlFrameOptions;

void cf_gl_frame_fill (CfGlFrame *frame, const CfScene *scene, const CfCamera *camera, const CfGlFrameOptions *options);
void cf_gl_background (CfBackground background, float rgb[3]);

G_END_DECLS
