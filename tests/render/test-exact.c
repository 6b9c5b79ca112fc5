/* Pictures of balls, whose every pixel can be told: in each style the surface, the section, the projection is where it has to be, to a small part of a
 * voxel. */
#include <math.h>
#include <string.h>

#include "exact.h"

/* What is drawn of a pixel's width, or as a dot, stands where it is too: a lattice of small spheres, of which a picture of a move draws dots, and
 * thin cylinders across the view. */
static void
test_thin_depth (void)
{
  g_autoptr (CfOffscreen) offscreen = picture_open ();
  if (!offscreen)
    return;
  for (int dots = 0; dots < 2; dots++)
    {
      g_autoptr (CfScene) scene = cf_scene_new ();
      scene->outline = scene->depth_cue = FALSE;
      for (int i = 0; i < 8000 && dots; i++)
        picture_add_sphere (scene, 4 * (i % 20), 4 * (i / 20 % 20), 4 * (i / 400), 0.25, CF_PICK_ATOM | (guint32) i);
      for (int i = 0; i < 20 && !dots; i++)
        {
          CfCylinder one = { .a = { 0, (float) (4 * i), (float) (2 * i) }, .b = { 80, (float) (4 * i), (float) (2 * i) }, .radius = 0.1f,
                             .rgba_a = { 230, 159, 0, 255 }, .rgba_b = { 230, 159, 0, 255 } };
          g_array_append_val (scene->cylinders, one);
        }
      CfCamera camera = picture_frame (scene, 0, dots ? 7 : 0, TRUE);
      g_autofree guint8 *rgba = cf_offscreen_draw_with (offscreen, SIZE, SIZE, scene, &camera, &(CfRenderQuality){ .detail = 0.8 }, NULL);
      g_assert_nonnull (rgba);
      int n = 0;
      double worst = 0;
      for (int y = 0; y < SIZE; y++)
        for (int x = 0; x < SIZE; x++)
          {
            double xyz[3], away;
            guint32 i = cf_renderer_pick (cf_offscreen_renderer (offscreen), x, y, xyz) & CF_PICK_INDEX;
            if (isnan (xyz[0]))
              continue;
            Line line = line_of (&camera, x, y);
            const double at[3] = { 4.0 * (i % 20), 4.0 * (i / 20 % 20), 4.0 * (i / 400) };
            double middle = dots ? nearest_to (&line, at, &away) : line.origin[2] - 0.5 * xyz[1];
            worst = fmax (worst, fabs (picture_away (xyz, line.origin) - middle));
            n++;
          }
      g_test_message ("%s: %d pixels, at most %.3f A before their middle", dots ? "dots" : "strips", n, worst);
      g_assert_cmpint (n, >, 1000);
      g_assert_cmpfloat (worst, <, 0.6);
    }
}

/* What clip planes leave: before one of them nothing, behind the other nothing, and the cut is flat. */
static void
test_clips (void)
{
  g_autoptr (CfOffscreen) offscreen = picture_open ();
  if (!offscreen)
    return;
  CfGrid grid;
  double m[3];
  picture_grid_orthogonal (&grid, 48);
  g_autoptr (CfScene) scene = ball_new (&grid, m);
  scene->level = 0.5;
  for (int far = 0; far < 2; far++)
    {
      CfCamera camera = picture_frame (scene, 0, 0, TRUE);
      memcpy (camera.centre, m, sizeof m);
      if (far)
        camera.far_clip = -8;
      else
        camera.near_clip = -8;
      g_autofree guint8 *rgba = picture_draw (offscreen, SIZE, scene, &camera);
      double pixel = cf_camera_pixel_size (&camera, SIZE), worst = 0;
      int n = 0;
      for (int y = 0; y < SIZE; y++)
        for (int x = 0; x < SIZE; x++)
          {
            double xyz[3];
            cf_renderer_pick (cf_offscreen_renderer (offscreen), x, y, xyz);
            if (isnan (xyz[0]))
              continue;
            gboolean cut = hypot (xyz[0] - m[0], xyz[1] - m[1]) < 5.7;
            n += far || cut;
            if (!far && cut)
              worst = fmax (worst, fabs (xyz[2] - m[2] - 8));
          }
      double found = sqrt (n * pixel * pixel / G_PI);
      g_test_message ("%s: radius %.3f A, at most %.4f beside the plane", far ? "far" : "near", found, worst);
      g_assert_cmpfloat_with_epsilon (found, far ? 6 : 5.7, 0.15);
      g_assert_cmpfloat (worst, <, 0.02);
    }
  picture_free_field (scene);
}

/* How much of the picture is not its ground, as the radius (A) of a circle; parallel rays. */
static double
radius_of_what_is_seen (const guint8 *rgba, const CfCamera *camera)
{
  double pixel = cf_camera_pixel_size (camera, SIZE);
  int n = 0;
  for (int i = 0; i < SIZE * SIZE; i++)
    n += abs (rgba[4 * i] - rgba[0]) + abs (rgba[4 * i + 1] - rgba[1]) + abs (rgba[4 * i + 2] - rgba[2]) > 12;
  return sqrt (n * pixel * pixel / G_PI);
}

/* Surface and second surface reach as far as the level does: one percent of it would be seen. */
static void
test_radii (void)
{
  g_autoptr (CfOffscreen) offscreen = picture_open ();
  if (!offscreen)
    return;
  CfGrid grid;
  double m[3];
  picture_grid_orthogonal (&grid, 48);
  g_autoptr (CfScene) scene = ball_new (&grid, m);
  scene->level = 0.65;
  CfCamera camera = picture_frame (scene, 20, 10, TRUE);
  for (int pass = 0; pass < 2; pass++)
    {
      scene->level = pass ? 0.8 : 0.7;
      scene->second_level = pass ? 0.7 : NAN;
      memcpy (scene->second_colour, (float[4]){ 0.9f, 0.9f, 0.9f, 0.8f }, sizeof scene->second_colour);
      g_autofree guint8 *rgba = picture_draw (offscreen, SIZE, scene, &camera);
      double found = radius_of_what_is_seen (rgba, &camera), needed = radius_at (0.7);
      g_test_message ("%s: radius %.3f, needs %.3f A", pass ? "second surface" : "surface", found, needed);
      g_assert_cmpfloat_with_epsilon (found, needed, 0.14);
    }
  picture_free_field (scene);
}

/* A ball is lit alike whether its lattice is sheared or not: normals are the field's, not the lattice's; and from above on the left, as its outside is. */
static void
test_lit_alike (void)
{
  g_autoptr (CfOffscreen) offscreen = picture_open ();
  if (!offscreen)
    return;
  guint8 *rgba[2];
  double sum = 0;
  int n = 0, far = 0;
  for (int i = 0; i < 2; i++)
    {
      CfGrid grid;
      double m[3];
      i == 0 ? picture_grid_orthogonal (&grid, 60) : picture_grid_sheared (&grid, 60);
      g_autoptr (CfScene) scene = ball_new (&grid, m);
      scene->level = 0.6;
      CfCamera camera = { .orthographic = TRUE };
      const double lo[3] = { m[0] - 9, m[1] - 9, m[2] - 9 }, hi[3] = { m[0] + 9, m[1] + 9, m[2] + 9 };
      cf_camera_frame (&camera, lo, hi, 25, 15, 1);
      rgba[i] = picture_draw (offscreen, SIZE, scene, &camera);
      picture_free_field (scene);
    }
  for (int i = 0; i < SIZE * SIZE; i++)
    {
      int y = i / SIZE - SIZE / 2, x = i % SIZE - SIZE / 2, off = abs (rgba[0][4 * i] - rgba[1][4 * i]);
      if (hypot (x, y) > 0.28 * SIZE)
        continue;
      sum += off;
      far += off > 20;
      n++;
    }
  g_test_message ("%.2f of 255 apart in the mean, %d of %d pixels over 20", sum / n, far, n);
  g_assert_cmpfloat (sum / n, <, 4);
  g_assert_cmpint (far, <, n / 200);
  const int above = SIZE * SIZE * 2 / 5 + SIZE * 2 / 5, below = SIZE * SIZE * 3 / 5 + SIZE * 3 / 5;
  for (int i = 0; i < 2; i++)
    g_assert_cmpint (rgba[i][4 * above], >, rgba[i][4 * below] + 40);
  g_free (rgba[0]);
  g_free (rgba[1]);
}

/* Wires: on the surface, and where it meets the planes of the lattice. */
static void
test_wires (void)
{
  g_autoptr (CfOffscreen) offscreen = picture_open ();
  if (!offscreen)
    return;
  CfGrid grid;
  double m[3], worst = 0;
  int on = 0, seen = 0, between = 0, bright = 0;
  picture_grid_orthogonal (&grid, 48);
  g_autoptr (CfScene) scene = ball_new (&grid, m);
  scene->style = CF_STYLE_MESH;
  scene->level = 0.5;
  CfCamera camera = picture_frame (scene, 33, 17, TRUE);
  cf_camera_zoom (&camera, 1.4);
  g_autofree guint8 *rgba = picture_draw (offscreen, SIZE, scene, &camera);
  for (int y = 0; y < SIZE; y++)
    for (int x = 0; x < SIZE; x++)
      {
        Line line = line_of (&camera, x, y);
        double xyz[3], ijk[3], away, t = enters (&line, m, radius_at (0.5)), apart = INFINITY;
        nearest_to (&line, m, &away);
        if (away > 0.8 * radius_at (0.5))
          continue;
        cf_renderer_pick (cf_offscreen_renderer (offscreen), x, y, xyz);
        worst = fmax (worst, fabs (picture_away (xyz, line.origin) - t));
        cf_grid_from_world (&grid, xyz, ijk);
        for (int a = 0; a < 3; a++)
          apart = fmin (apart, fabs (ijk[a] - round (ijk[a])));
        gboolean light = rgba[4 * (y * SIZE + x) + 1] > 55;
        on += apart < 0.04;
        seen += apart < 0.04 && light;
        between += apart > 0.25;
        bright += apart > 0.25 && light;
      }
  g_test_message ("at most %.4f A off; of %d pixels where wires are %d are bright, of %d others %d", worst, on, seen, between, bright);
  g_assert_cmpfloat (worst, <, 0.1);
  g_assert_cmpint (on, >, 1000);
  g_assert_cmpint (seen, >, 0.95 * on);
  g_assert_cmpint (bright, <, 0.5 * between); /* wires behind are seen between those before them */
  picture_free_field (scene);
}

/* A slice lies in its plane, and its contour, the orange line, is where the section has the level. */
static void
test_slices (void)
{
  static const double azimuths[3] = { 90, 0, 0 }, elevations[3] = { 0, 90, 0 };
  g_autoptr (CfOffscreen) offscreen = picture_open ();
  if (!offscreen)
    return;
  CfGrid grid;
  double m[3];
  picture_grid_orthogonal (&grid, 48);
  g_autoptr (CfScene) scene = ball_new (&grid, m);
  scene->style = CF_STYLE_SLICES;
  scene->level = 0.4;
  for (int axis = 0; axis < 3; axis++)
    {
      /* The others lie at the far ends, edge on. */
      for (int a = 0; a < 3; a++)
        scene->slice[a] = a == axis ? 0.55 + 0.04 * axis : 0;
      CfCamera camera = picture_frame (scene, azimuths[axis], elevations[axis], TRUE);
      memcpy (camera.centre, m, sizeof m);
      g_autofree guint8 *rgba = picture_draw (offscreen, SIZE, scene, &camera);
      double at = scene->slice[axis] * (grid.dims[axis] - 1), place[3], ijk[3], worst = 0, sum = 0, weight = 0;
      cf_grid_from_world (&grid, m, ijk);
      ijk[axis] = at;
      cf_grid_to_world (&grid, ijk, place);
      double lift = picture_away (place, m), needed = sqrt (pow (radius_at (0.4), 2) - lift * lift);
      for (int y = 0; y < SIZE; y++)
        for (int x = 0; x < SIZE; x++)
          {
            const guint8 *p = rgba + 4 * (y * SIZE + x);
            double xyz[3], orange = fmax (0, p[0] - p[2] - 8);
            cf_renderer_pick (cf_offscreen_renderer (offscreen), x, y, xyz);
            if (isnan (xyz[0]) || picture_away (xyz, place) > 15)
              continue;
            cf_grid_from_world (&grid, xyz, ijk);
            worst = fmax (worst, fabs (ijk[axis] - at));
            sum += orange * picture_away (xyz, place);
            weight += orange;
          }
      g_test_message ("across axis %d: at most %.4f voxels beside the plane; the contour's radius %.3f, needs %.3f A", axis, worst, sum / weight, needed);
      g_assert_cmpfloat (weight, >, 10000);
      g_assert_cmpfloat (worst, <, 0.02);
      g_assert_cmpfloat_with_epsilon (sum / weight, needed, 0.05);
    }
  picture_free_field (scene);
}

/* What is projected is bright by how near a ray comes to the middle, wherever that is; what is above the level stands there. */
static void
test_projection (void)
{
  g_autoptr (CfOffscreen) offscreen = picture_open ();
  if (!offscreen)
    return;
  CfGrid grid;
  double m[3], last = 1e9, worst = 0, pixel;
  int n = 0;
  picture_grid_sheared (&grid, 48);
  g_autoptr (CfScene) scene = ball_new (&grid, m);
  scene->style = CF_STYLE_MIP;
  scene->level = 0.5;
  CfCamera camera = picture_frame (scene, 35, 20, TRUE);
  g_autofree guint8 *rgba = picture_draw (offscreen, SIZE, scene, &camera);
  double by_ring[120] = { 0 };
  int in_ring[120] = { 0 };
  pixel = cf_camera_pixel_size (&camera, SIZE);
  for (int y = 0; y < SIZE; y++)
    for (int x = 0; x < SIZE; x++)
      {
        Line line = line_of (&camera, x, y);
        double away, xyz[3], t = nearest_to (&line, m, &away);
        int ring = (int) (4 * away);
        cf_renderer_pick (cf_offscreen_renderer (offscreen), x, y, xyz);
        n += !isnan (xyz[0]);
        if (!isnan (xyz[0]) && away > 1)
          worst = fmax (worst, fabs (picture_away (xyz, line.origin) - t));
        if (ring < 60)
          {
            by_ring[ring] += rgba[4 * (y * SIZE + x)];
            in_ring[ring]++;
          }
      }
  for (int ring = 2; ring < 50; ring++)
    {
      double bright = by_ring[ring] / in_ring[ring];
      g_assert_cmpfloat (bright, <, last + 0.5);
      last = bright;
    }
  double found = sqrt (n * pixel * pixel / G_PI);
  g_test_message ("what is above the level has a radius of %.3f A, needs %.3f; at most %.3f A from where it is", found, radius_at (0.5), worst);
  g_assert_cmpfloat_with_epsilon (found, radius_at (0.5), 0.1);
  g_assert_cmpfloat (worst, <, 1.5); /* rays look each 0.65 voxels, and around the top all is alike */
  picture_free_field (scene);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/exact/thin-depth", test_thin_depth);
  g_test_add_func ("/exact/clips", test_clips);
  g_test_add_func ("/exact/radii", test_radii);
  g_test_add_func ("/exact/lit-alike", test_lit_alike);
  g_test_add_func ("/exact/wires", test_wires);
  g_test_add_func ("/exact/slices", test_slices);
  g_test_add_func ("/exact/projection", test_projection);
  return g_test_run ();
}
