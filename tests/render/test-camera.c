/* The camera: rays and projections agree, frames hold their box, drags go where the hand goes. */
#include <math.h>

#include "cf-camera.h"

static CfCamera
camera_at (double azimuth, double elevation, gboolean orthographic)
{
  const double lo[3] = { 300, -20, 40 }, hi[3] = { 360, 30, 75 };
  CfCamera camera = { .orthographic = orthographic };
  cf_camera_frame (&camera, lo, hi, azimuth, elevation, 1);
  return camera;
}

static void
test_ray_and_project (void)
{
  for (int turn = 0; turn < 40; turn++)
    {
      CfCamera camera = camera_at (turn * 37, turn * 23 - 80, turn & 1);
      cf_camera_turn (&camera, turn * 11, turn * 5);
      cf_camera_pan (&camera, turn * 3 - 20, 9 - turn, 640, 480);
      double x = 17 + turn * 15, y = 3 + turn * 11, origin[3], direction[3], px, py;
      cf_camera_ray (&camera, x, y, 640, 480, origin, direction);
      double norm = direction[0] * direction[0] + direction[1] * direction[1] + direction[2] * direction[2];
      g_assert_cmpfloat_with_epsilon (norm, 1, 1e-12);
      for (double t = 10; t < 500; t *= 3)
        {
          double p[3] = { origin[0] + t * direction[0], origin[1] + t * direction[1], origin[2] + t * direction[2] };
          g_assert_true (cf_camera_project (&camera, p, 640, 480, &px, &py));
          g_assert_cmpfloat_with_epsilon (px, x, 1e-6);
          g_assert_cmpfloat_with_epsilon (py, y, 1e-6);
        }
      if (!camera.orthographic)
        {
          double behind[3] = { origin[0] - direction[0], origin[1] - direction[1], origin[2] - direction[2] };
          g_assert_false (cf_camera_project (&camera, behind, 640, 480, &px, &py));
        }
    }
}

static void
multiply (const float m[16], const double in[4], double out[4])
{
  for (int r = 0; r < 4; r++)
    {
      out[r] = 0;
      for (int c = 0; c < 4; c++)
        out[r] += m[c * 4 + r] * in[c];
    }
}

static void
test_matrices (void)
{
  for (int turn = 0; turn < 20; turn++)
    {
      CfCamera camera = camera_at (turn * 51, turn * 7, turn & 1);
      float view[16], projection[16];
      cf_camera_view (&camera, view);
      cf_camera_projection (&camera, 60, 500, 700, projection);
      double p[4] = { 320 + turn, 5 - turn, 60, 1 }, eye[4], clip[4], x, y;
      multiply (view, p, eye);
      multiply (projection, eye, clip);
      g_assert_true (cf_camera_project (&camera, p, 500, 700, &x, &y));
      g_assert_cmpfloat_with_epsilon ((clip[0] / clip[3] + 1) * 250, x, 2e-3);
      g_assert_cmpfloat_with_epsilon ((1 - clip[1] / clip[3]) * 350, y, 2e-3);
      g_assert_cmpfloat (fabs (clip[2] / clip[3]), <=, 1);
    }
}

static void
test_frame (void)
{
  const double lo[3] = { 300, -20, 40 }, hi[3] = { 360, 30, 75 };
  for (int turn = 0; turn < 30; turn++)
    {
      CfCamera camera = camera_at (turn * 29, turn * 17 - 90, turn & 1);
      double widest = 0;
      for (int c = 0; c < 8; c++)
        {
          double p[3] = { c & 1 ? hi[0] : lo[0], c & 2 ? hi[1] : lo[1], c & 4 ? hi[2] : lo[2] }, x, y;
          g_assert_true (cf_camera_project (&camera, p, 400, 400, &x, &y));
          widest = fmax (widest, fmax (fabs (x - 200), fabs (y - 200)));
        }
      g_assert_cmpfloat (widest, <=, 200);
      g_assert_cmpfloat (widest, >, 185);
    }
  /* 0, 0 looks along -z with y up; azimuth takes the eye to the right, elevation up. */
  CfCamera front = camera_at (0, 0, FALSE), right = camera_at (90, 0, FALSE), top = camera_at (0, 90, FALSE);
  double origin[3], direction[3];
  cf_camera_ray (&front, 200, 200, 400, 400, origin, direction);
  g_assert_cmpfloat_with_epsilon (direction[2], -1, 1e-6);
  cf_camera_ray (&right, 200, 200, 400, 400, origin, direction);
  g_assert_cmpfloat_with_epsilon (direction[0], -1, 1e-6);
  g_assert_cmpfloat (origin[0], >, 360);
  cf_camera_ray (&top, 200, 200, 400, 400, origin, direction);
  g_assert_cmpfloat_with_epsilon (direction[1], -1, 1e-6);
}

static void
test_drags (void)
{
  CfCamera camera = camera_at (20, 10, FALSE);
  /* A point before the centre follows the pointer. */
  double origin[3], direction[3], x, y;
  cf_camera_ray (&camera, 300, 200, 600, 400, origin, direction);
  double p[3];
  for (int a = 0; a < 3; a++)
    p[a] = camera.centre[a] - direction[a] * 20;
  cf_camera_rotate (&camera, 300, 200, 330, 210, 600, 400);
  g_assert_true (cf_camera_project (&camera, p, 600, 400, &x, &y));
  g_assert_cmpfloat (x, >, 303);
  g_assert_cmpfloat (y, >, 201);
  /* The same way back ends where it began. */
  cf_camera_rotate (&camera, 330, 210, 300, 200, 600, 400);
  g_assert_true (cf_camera_project (&camera, p, 600, 400, &x, &y));
  g_assert_cmpfloat_with_epsilon (x, 300, 1e-3);
  g_assert_cmpfloat_with_epsilon (y, 200, 1e-3);
  /* Panning moves the centre's plane by the pixels dragged. */
  double centre[3] = { camera.centre[0], camera.centre[1], camera.centre[2] };
  cf_camera_pan (&camera, 12, -7, 600, 400);
  g_assert_true (cf_camera_project (&camera, centre, 600, 400, &x, &y));
  g_assert_cmpfloat_with_epsilon (x, 312, 1e-4);
  g_assert_cmpfloat_with_epsilon (y, 193, 1e-4);
  /* Nearer by 2: half the A a pixel. */
  double before = cf_camera_pixel_size (&camera, 400);
  cf_camera_zoom (&camera, 2);
  g_assert_cmpfloat_with_epsilon (cf_camera_pixel_size (&camera, 400), before / 2, 1e-12);
}

static void
test_pixel_size (void)
{
  CfCamera camera = camera_at (33, -12, FALSE);
  double origin[3], direction[3], x0, y0, x1, y1;
  cf_camera_ray (&camera, 300, 200, 600, 400, origin, direction);
  /* A step up the screen through the centre is as many pixels as its A say. */
  float view[16];
  cf_camera_view (&camera, view);
  double up[3] = { camera.centre[0] + 5 * view[1], camera.centre[1] + 5 * view[5], camera.centre[2] + 5 * view[9] };
  g_assert_true (cf_camera_project (&camera, camera.centre, 600, 400, &x0, &y0));
  g_assert_true (cf_camera_project (&camera, up, 600, 400, &x1, &y1));
  g_assert_cmpfloat_with_epsilon ((y0 - y1) * cf_camera_pixel_size (&camera, 400), 5, 1e-5);
}

static void
test_interest (void)
{
  for (int turn = 0; turn < 20; turn++)
    {
      CfCamera camera = camera_at (turn * 29, turn * 13 - 60, turn & 1);
      double origin[3], direction[3], before = 1;
      g_assert_cmpfloat_with_epsilon (cf_camera_interest (&camera, camera.centre), 1, 1e-12);
      /* From the middle of the picture to its edge and beyond, at one depth. */
      for (int x = 320; x < 2000; x += 80)
        {
          double p[3], now;
          cf_camera_ray (&camera, x, 240, 640, 480, origin, direction);
          double along = 0, axis[3], middle[3];
          cf_camera_ray (&camera, 320, 240, 640, 480, middle, axis);
          for (int a = 0; a < 3; a++)
            along += direction[a] * axis[a];
          for (int a = 0; a < 3; a++)
            p[a] = origin[a] + camera.distance / along * direction[a];
          now = cf_camera_interest (&camera, p);
          g_assert_cmpfloat (now, <=, before + 1e-12);
          g_assert_cmpfloat (now, >, 0);
          g_assert_true (x < 480 || now < before);
          if (x == 640)
            g_assert_cmpfloat_with_epsilon (now, 1 / (1 + 16 / 9.0), 1e-9); /* the edge, 4/3 half heights away */
          before = now;
        }
      for (int a = 0; a < 3; a++)
        origin[a] = camera.centre[a];
      cf_camera_ray (&camera, 320, 240, 640, 480, origin, direction);
      double behind[3] = { camera.centre[0], camera.centre[1], camera.centre[2] }, far[3];
      for (int a = 0; a < 3; a++)
        {
          behind[a] -= 2 * camera.distance * direction[a];
          far[a] = camera.centre[a] + camera.distance * direction[a];
        }
      g_assert_true (camera.orthographic || cf_camera_interest (&camera, behind) == 0);
      g_assert_cmpfloat_with_epsilon (cf_camera_interest (&camera, far), 0.5, 1e-9);
    }
}

/* A quarter of a turn clockwise takes what is on the right to below, and as far; back again, nothing has changed. */
static void
test_roll (void)
{
  const double lo[3] = { -5, -5, -5 }, hi[3] = { 5, 5, 5 }, point[3] = { 2, 0.5, 1 };
  CfCamera camera = { 0 };
  double x0, y0, x1, y1;
  cf_camera_frame (&camera, lo, hi, 10, 5, 1);
  g_assert_true (cf_camera_project (&camera, point, 400, 300, &x0, &y0));
  g_assert_cmpfloat (x0, >, 210);
  cf_camera_roll (&camera, G_PI / 2);
  g_assert_true (cf_camera_project (&camera, point, 400, 300, &x1, &y1));
  g_assert_cmpfloat_with_epsilon (x1 - 200, -(y0 - 150), 1e-3);
  g_assert_cmpfloat_with_epsilon (y1 - 150, x0 - 200, 1e-3);
  cf_camera_roll (&camera, -G_PI / 2);
  g_assert_true (cf_camera_project (&camera, point, 400, 300, &x1, &y1));
  g_assert_cmpfloat_with_epsilon (hypot (x1 - x0, y1 - y0), 0, 1e-3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/camera/ray-and-project", test_ray_and_project);
  g_test_add_func ("/camera/interest", test_interest);
  g_test_add_func ("/camera/matrices", test_matrices);
  g_test_add_func ("/camera/frame", test_frame);
  g_test_add_func ("/camera/drags", test_drags);
  g_test_add_func ("/camera/pixel-size", test_pixel_size);
  g_test_add_func ("/camera/roll", test_roll);
  return g_test_run ();
}
