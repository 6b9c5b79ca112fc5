#include "cf-gl-frame.h"

#include <math.h>
#include <string.h>

#include "cf-scene-private.h"

void
cf_gl_background (CfBackground background, float rgb[3])
{
  static const float colours[3][3] = { { 0.105f, 0.108f, 0.115f }, { 0.90f, 0.905f, 0.91f }, { 1, 1, 1 } };
  memcpy (rgb, colours[CLAMP ((int) background, 0, 2)], 3 * sizeof (float));
}

/* Distances from the eye, along the view, of the nearest and farthest corner of a box; and how far from the centre it reaches. */
static void
box_depth (const double lo[3], const double hi[3], const CfCamera *camera, double *near, double *far, double *radius)
{
  float view[16];
  cf_camera_view (camera, view);
  *near = INFINITY;
  *far = -INFINITY;
  *radius = 1;
  for (int corner = 0; corner < 8; corner++)
    {
      double depth = camera->distance, away = 0;
      for (int a = 0; a < 3; a++)
        {
          double d = (corner >> a & 1 ? hi[a] : lo[a]) - camera->centre[a];
          depth -= view[a * 4 + 2] * d;
          away += d * d;
        }
      *near = fmin (*near, depth);
      *far = fmax (*far, depth);
      *radius = fmax (*radius, 1.02 * sqrt (away) + 1);
    }
}

/* In double precision: the origin of a crop can lie thousands of A away. */
static void
grid_matrices (CfGlFrame *frame, const CfGrid *grid, const CfCamera *camera, int stride)
{
  float view[16];
  cf_camera_view (camera, view);
  double back[3];
  for (int r = 0; r < 3; r++)
    {
      double offset = r == 2 ? -camera->distance : 0;
      for (int b = 0; b < 3; b++)
        offset += view[b * 4 + r] * (grid->origin[b] - camera->centre[b]);
      for (int a = 0; a < 3; a++)
        {
          double sum = 0, inverse = 0;
          for (int b = 0; b < 3; b++)
            {
              sum += view[b * 4 + r] * grid->step[a][b];
              inverse += grid->inverse[a][b] * view[b * 4 + r];
            }
          frame->eye_from_grid[a * 4 + r] = (float) (sum * stride);
          frame->grid_from_eye[r * 4 + a] = (float) (inverse / stride);
        }
      frame->eye_from_grid[12 + r] = (float) offset;
      back[r] = offset;
    }
  for (int a = 0; a < 3; a++)
    {
      double sum = 0;
      for (int r = 0; r < 3; r++)
        for (int b = 0; b < 3; b++)
          sum -= grid->inverse[a][b] * view[b * 4 + r] * back[r];
      frame->grid_from_eye[12 + a] = (float) (sum / stride);
    }
  frame->eye_from_grid[15] = frame->grid_from_eye[15] = 1;
}

static void
set4 (float out[4], double x, double y, double z, double w)
{
  out[0] = (float) x;
  out[1] = (float) y;
  out[2] = (float) z;
  out[3] = (float) w;
}

static double
mean_edge (const CfGrid *grid)
{
  double volume = fabs (grid->step[0][0] * (grid->step[1][1] * grid->step[2][2] - grid->step[1][2] * grid->step[2][1])
                        - grid->step[0][1] * (grid->step[1][0] * grid->step[2][2] - grid->step[1][2] * grid->step[2][0])
                        + grid->step[0][2] * (grid->step[1][0] * grid->step[2][1] - grid->step[1][1] * grid->step[2][0]));
  return cbrt (volume);
}

/* How much of a transparent thing behind it the field takes away. */
static double
hides (const CfScene *scene)
{
  static const double by_style[CF_N_STYLES] = { [CF_STYLE_MESH] = 0.3, [CF_STYLE_VOLUME] = 0.8, [CF_STYLE_MIP] = 0.5, [CF_STYLE_SLICES] = 1 };
  return scene->style == CF_STYLE_SURFACE ? (scene->colour[3] < 0.95f ? scene->colour[3] : 1) : by_style[scene->style];
}

static void
fill_field (CfGlFrame *frame, const CfScene *scene, const CfCamera *camera, const CfGlFrameOptions *options)
{
  const CfGrid *grid = &scene->field.grid;
  double edge = mean_edge (grid) * options->stride;
  grid_matrices (frame, grid, camera, options->stride);
  set4 (frame->field_size, options->dims[0], options->dims[1], options->dims[2], scene->level);
  set4 (frame->slices, CLAMP (scene->slice[0], 0, 1) * (options->dims[0] - 1), CLAMP (scene->slice[1], 0, 1) * (options->dims[1] - 1),
        CLAMP (scene->slice[2], 0, 1) * (options->dims[2] - 1), options->top);
  /* Wires no closer than some pixels, else they fill the surface. */
  double spacing = 1, pixel = cf_camera_pixel_size (camera, options->height);
  while (spacing * edge < 4 * options->scale * pixel && spacing < 64)
    spacing *= 2;
  double step = options->detail >= 1 ? 0.5 : 0.5 / fmax (options->detail, 0.4);
  if (scene->style == CF_STYLE_VOLUME || scene->style == CF_STYLE_MIP)
    step *= 1.3;
  set4 (frame->march, step, spacing, 2.2 / (edge * 6), (scene->background == CF_BACKGROUND_WHITE ? 0.75 : 0.85) * fmin (1, 0.35 + 0.65 * options->detail));
  set4 (frame->more, options->detail >= 1 ? 0.5 : 1, options->brick, 1.0 / options->brick, hides (scene));
  set4 (frame->fine, options->fine_lo[0], options->fine_lo[1], options->fine_lo[2], options->fine_scale);
  set4 (frame->fine_size, options->fine_dims[0], options->fine_dims[1], options->fine_dims[2], 0);
}

/* The free plane, from the world to the eye. */
static void
fill_plane (CfGlFrame *frame, const CfScene *scene, const CfCamera *camera)
{
  const double *p = scene->plane;
  double normal[3], offset = p[3];
  for (int r = 0; r < 3; r++)
    normal[r] = frame->view[r] * p[0] + frame->view[4 + r] * p[1] + frame->view[8 + r] * p[2];
  for (int a = 0; a < 3; a++)
    offset -= p[a] * camera->centre[a];
  if (p[0] != 0 || p[1] != 0 || p[2] != 0)
    set4 (frame->plane, normal[0], normal[1], normal[2], offset - normal[2] * camera->distance);
}

void
cf_gl_frame_fill (CfGlFrame *frame, const CfScene *scene, const CfCamera *camera, const CfGlFrameOptions *options)
{
  memset (frame, 0, sizeof *frame);
  double near = camera->distance, far = near, radius = 1, lo[3], hi[3], ignored;
  if (cf_scene_extent (scene, NULL, NULL, TRUE, options->things, lo, hi))
    box_depth (lo, hi, camera, &near, &far, &radius);
  /* The fog is for what is seen; empty margins of a map would bring it all to one shade. */
  if (cf_scene_extent (scene, options->reach ? options->reach[0] : NULL, options->reach ? options->reach[1] : NULL, FALSE, options->things, lo, hi))
    box_depth (lo, hi, camera, &near, &far, &ignored);
  cf_camera_view (camera, frame->view);
  cf_camera_projection (camera, radius, options->width, options->height, frame->projection);
  fill_plane (frame, scene, camera);
  double slope = tan (camera->fov * G_PI / 360), half = camera->orthographic ? camera->distance * slope : slope;
  double first = camera->orthographic ? camera->distance - radius : fmax (camera->distance - radius, 1e-3 * (camera->distance + radius));
  set4 (frame->size, options->width, options->height, 1.0 / options->width, 1.0 / options->height);
  set4 (frame->ray, half * options->width / options->height, half, camera->orthographic, 2 * half / options->height);
  /* Finite, so that the shaders need not think about infinities. */
  set4 (frame->range, first, camera->distance + radius, fmax (camera->distance + fmax (camera->near_clip, -1e6), first),
        camera->distance + fmin (camera->far_clip, 1e6));
  near = fmax (near, first);
  double depth = fmax (far - near, 1e-3), start = near + 0.15 * depth;
  set4 (frame->cue, start, 1 / (far - start + 1e-3), scene->depth_cue ? 0.55 : 0, fmax (0.018 * depth, 0.8));
  float rgb[3];
  cf_gl_background (scene->background, rgb);
  set4 (frame->background, rgb[0], rgb[1], rgb[2], fmax (1.3 * options->height / 700.0, 1.3 * options->scale));
  for (int i = 0; i < 4; i++)
    frame->surface[i] = CLAMP (scene->colour[i], 0.0f, 1.0f);
  if (options->dims[0] > 0)
    fill_field (frame, scene, camera, options);
}
