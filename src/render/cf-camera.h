/* cf-camera.h: where the picture is seen from. A trackball: rotation about a centre, a distance, a field of view. */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  float rotation[4];  /* quaternion x, y, z, w: world to eye */
  double centre[3];   /* A: what the picture turns about */
  double distance;    /* A: eye to centre */
  double fov;         /* degrees, vertical */
  gboolean orthographic;
  double near_clip, far_clip; /* A along the view from the centre: negative is nearer; -INFINITY and INFINITY for none */
} CfCamera;

/** Looks at the box from azimuth and elevation (degrees; 0,0 looks along -z with y up, as ChimeraX opens a map), all of it in view. */
void cf_camera_frame (CfCamera *camera, const double lo[3], const double hi[3], double azimuth, double elevation, double zoom);
/** Trackball drag in pixels of a width x height window. */
void cf_camera_rotate (CfCamera *camera, double x0, double y0, double x1, double y1, int width, int height);
void cf_camera_turn (CfCamera *camera, double azimuth, double elevation); /* degrees, about the screen's axes */
void cf_camera_roll (CfCamera *camera, double angle); /* radians, the picture clockwise about its middle */
void cf_camera_pan (CfCamera *camera, double dx, double dy, int width, int height); /* pixels */
void cf_camera_zoom (CfCamera *camera, double factor); /* > 1 comes nearer */
/** Column-major 4x4; scene radius (A) sets the depth range. */
void cf_camera_view (const CfCamera *camera, float view[16]);
void cf_camera_projection (const CfCamera *camera, double radius, int width, int height, float projection[16]);
/** A ray in A through a pixel (from the top left). */
void cf_camera_ray (const CfCamera *camera, double x, double y, int width, int height, double origin[3], double direction[3]);
/** A of the world by pixel at the centre: the scale bar. */
double cf_camera_pixel_size (const CfCamera *camera, int height);
/** How much of the look a point has, for what is to come first: 1 at the centre, less towards the edges of the picture, in front of the centre and
 * behind it, 0 behind the eye. */
double cf_camera_interest (const CfCamera *camera, const double xyz[3]);
/** World point to pixel from the top left; FALSE behind the eye. */
gboolean cf_camera_project (const CfCamera *camera, const double xyz[3], int width, int height, double *x, double *y);

G_END_DECLS
