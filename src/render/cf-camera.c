#include "cf-camera.h"

#include <math.h>
#include <string.h>

#define RADIANS (G_PI / 180)

typedef double Quat[4]; /* x, y, z, w */

static void
quat_multiply (const Quat a, const Quat b, Quat out)
{
  Quat r = { a[3] * b[0] + a[0] * b[3] + a[1] * b[2] - a[2] * b[1], a[3] * b[1] - a[0] * b[2] + a[1] * b[3] + a[2] * b[0],
             a[3] * b[2] + a[0] * b[1] - a[1] * b[0] + a[2] * b[3], a[3] * b[3] - a[0] * b[0] - a[1] * b[1] - a[2] * b[2] };
  memcpy (out, r, sizeof (Quat));
}

static void
quat_about (double x, double y, double z, double angle, Quat out)
{
  double s = sin (angle / 2);
  out[0] = x * s;
  out[1] = y * s;
  out[2] = z * s;
  out[3] = cos (angle / 2);
}

static void
camera_get (const CfCamera *camera, Quat out)
{
  double norm = 0;
  for (int i = 0; i < 4; i++)
    norm += (double) camera->rotation[i] * camera->rotation[i];
  norm = norm > 0 ? 1 / sqrt (norm) : 0;
  for (int i = 0; i < 4; i++)
    out[i] = camera->rotation[i] * norm;
  if (norm == 0)
    out[3] = 1;
}

static void
camera_set (CfCamera *camera, const Quat q)
{
  double norm = sqrt (q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3]);
  for (int i = 0; i < 4; i++)
    camera->rotation[i] = (float) (q[i] / norm);
}

/* Rows are the eye's x, y and z axes in the world. */
static void
camera_axes (const CfCamera *camera, double m[3][3])
{
  Quat q;
  camera_get (camera, q);
  double x = q[0], y = q[1], z = q[2], w = q[3];
  double r[3][3] = { { 1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w) },
                     { 2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w) },
                     { 2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y) } };
  memcpy (m, r, sizeof r);
}

static double
camera_slope (const CfCamera *camera)
{
  return tan (camera->fov * RADIANS / 2);
}

void
cf_camera_frame (CfCamera *camera, const double lo[3], const double hi[3], double azimuth, double elevation, double zoom)
{
  Quat up, side, q;
  quat_about (0, 1, 0, -azimuth * RADIANS, side);
  quat_about (1, 0, 0, elevation * RADIANS, up);
  quat_multiply (up, side, q);
  camera_set (camera, q);
  if (!(camera->fov > 0 && camera->fov < 170))
    camera->fov = 30;
  camera->near_clip = -INFINITY;
  camera->far_clip = INFINITY;
  for (int a = 0; a < 3; a++)
    camera->centre[a] = (lo[a] + hi[a]) / 2;

  double axes[3][3], slope = camera_slope (camera), distance = 0;
  camera_axes (camera, axes);
  for (int corner = 0; corner < 8; corner++)
    {
      double eye[3] = { 0 };
      for (int r = 0; r < 3; r++)
        for (int a = 0; a < 3; a++)
          eye[r] += axes[r][a] * ((corner >> a & 1 ? hi[a] : lo[a]) - camera->centre[a]);
      double nearer = camera->orthographic ? 0 : eye[2];
      distance = fmax (distance, nearer + fmax (fabs (eye[0]), fabs (eye[1])) / slope);
    }
  distance = distance > 0 ? distance * 1.03 : 10;
  camera->distance = distance / (zoom > 0 ? zoom : 1);
}

/* A point of the trackball: a sphere that runs out into a hyperbola, so that a drag beyond its rim still turns smoothly. */
static void
trackball_point (double x, double y, int width, int height, double out[3])
{
  double size = MIN (width, height) / 2.0;
  double px = (x - width / 2.0) / size, py = (height / 2.0 - y) / size;
  double d2 = px * px + py * py;
  double pz = d2 < 0.5 ? sqrt (1 - d2) : 0.5 / sqrt (d2);
  double norm = 1 / sqrt (d2 + pz * pz);
  out[0] = px * norm;
  out[1] = py * norm;
  out[2] = pz * norm;
}

void
cf_camera_rotate (CfCamera *camera, double x0, double y0, double x1, double y1, int width, int height)
{
  if (width < 1 || height < 1)
    return;
  double a[3], b[3];
  trackball_point (x0, y0, width, height, a);
  trackball_point (x1, y1, width, height, b);
  double axis[3] = { a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0] };
  double s = sqrt (axis[0] * axis[0] + axis[1] * axis[1] + axis[2] * axis[2]);
  if (s < 1e-12)
    return;
  double angle = atan2 (s, a[0] * b[0] + a[1] * b[1] + a[2] * b[2]);
  Quat turn, q;
  quat_about (axis[0] / s, axis[1] / s, axis[2] / s, angle, turn);
  camera_get (camera, q);
  quat_multiply (turn, q, q);
  camera_set (camera, q);
}

void
cf_camera_turn (CfCamera *camera, double azimuth, double elevation)
{
  Quat side, up, q;
  quat_about (0, 1, 0, -azimuth * RADIANS, side);
  quat_about (1, 0, 0, elevation * RADIANS, up);
  camera_get (camera, q);
  quat_multiply (side, q, q);
  quat_multiply (up, q, q);
  camera_set (camera, q);
}

void
cf_camera_roll (CfCamera *camera, double angle)
{
  Quat roll, q;
  quat_about (0, 0, 1, -angle, roll);
  camera_get (camera, q);
  quat_multiply (roll, q, q);
  camera_set (camera, q);
}

void
cf_camera_pan (CfCamera *camera, double dx, double dy, int width, int height)
{
  double axes[3][3], pixel = cf_camera_pixel_size (camera, height);
  camera_axes (camera, axes);
  for (int a = 0; a < 3; a++)
    camera->centre[a] += pixel * (axes[1][a] * dy - axes[0][a] * dx);
}

void
cf_camera_zoom (CfCamera *camera, double factor)
{
  if (factor > 0 && isfinite (factor))
    camera->distance = CLAMP (camera->distance / factor, 1e-2, 1e7);
}

void
cf_camera_view (const CfCamera *camera, float view[16])
{
  double axes[3][3];
  camera_axes (camera, axes);
  for (int r = 0; r < 3; r++)
    {
      double offset = 0;
      for (int a = 0; a < 3; a++)
        {
          view[a * 4 + r] = (float) axes[r][a];
          offset -= axes[r][a] * camera->centre[a];
        }
      view[12 + r] = (float) (offset - (r == 2 ? camera->distance : 0));
      view[r * 4 + 3] = 0;
    }
  view[15] = 1;
}

void
cf_camera_projection (const CfCamera *camera, double radius, int width, int height, float projection[16])
{
  double slope = camera_slope (camera), aspect = (double) MAX (width, 1) / MAX (height, 1);
  double near = camera->distance - radius, far = camera->distance + radius;
  memset (projection, 0, 16 * sizeof (float));
  if (camera->orthographic)
    {
      double half = camera->distance * slope;
      projection[0] = (float) (1 / (half * aspect));
      projection[5] = (float) (1 / half);
      projection[10] = (float) (-2 / (far - near));
      projection[14] = (float) (-(far + near) / (far - near));
      projection[15] = 1;
      return;
    }
  near = fmax (near, 1e-3 * (camera->distance + radius));
  far = fmax (far, near * 2);
  projection[0] = (float) (1 / (slope * aspect));
  projection[5] = (float) (1 / slope);
  projection[10] = (float) (-(far + near) / (far - near));
  projection[11] = -1;
  projection[14] = (float) (-2 * far * near / (far - near));
}

void
cf_camera_ray (const CfCamera *camera, double x, double y, int width, int height, double origin[3], double direction[3])
{
  double axes[3][3], slope = camera_slope (camera);
  camera_axes (camera, axes);
  double sx = (2 * x - width) / MAX (height, 1) * slope, sy = (height - 2 * y) / MAX (height, 1) * slope;
  double start[3] = { 0, 0, camera->distance }, along[3] = { sx, sy, -1 };
  if (camera->orthographic)
    {
      start[0] = sx * camera->distance;
      start[1] = sy * camera->distance;
      along[0] = along[1] = 0;
    }
  double norm = 1 / sqrt (along[0] * along[0] + along[1] * along[1] + 1);
  for (int a = 0; a < 3; a++)
    {
      origin[a] = camera->centre[a];
      direction[a] = 0;
      for (int r = 0; r < 3; r++)
        {
          origin[a] += axes[r][a] * start[r];
          direction[a] += axes[r][a] * along[r] * norm;
        }
    }
}

double
cf_camera_pixel_size (const CfCamera *camera, int height)
{
  return 2 * camera->distance * camera_slope (camera) / MAX (height, 1);
}

/* From the centre, along the screen's axes and towards the eye. */
static void
camera_eye (const CfCamera *camera, const double xyz[3], double eye[3])
{
  double axes[3][3];
  camera_axes (camera, axes);
  for (int r = 0; r < 3; r++)
    {
      eye[r] = 0;
      for (int a = 0; a < 3; a++)
        eye[r] += axes[r][a] * (xyz[a] - camera->centre[a]);
    }
}

double
cf_camera_interest (const CfCamera *camera, const double xyz[3])
{
  double eye[3], half = camera->distance * camera_slope (camera);
  camera_eye (camera, xyz, eye);
  if (!camera->orthographic)
    half *= 1 - eye[2] / camera->distance;
  if (!(half > 0))
    return 0;
  double away = (eye[0] * eye[0] + eye[1] * eye[1]) / (half * half), depth = eye[2] / camera->distance;
  return 1 / (1 + away + depth * depth);
}

gboolean
cf_camera_project (const CfCamera *camera, const double xyz[3], int width, int height, double *x, double *y)
{
  double eye[3];
  camera_eye (camera, xyz, eye);
  double depth = camera->distance - eye[2];
  if (!camera->orthographic && depth <= 0)
    return FALSE;
  double half = (camera->orthographic ? camera->distance : depth) * camera_slope (camera);
  *x = (width + eye[0] / half * height) / 2;
  *y = (1 - eye[1] / half) * height / 2.0;
  return TRUE;
}
