/* Pictures of balls, whose every pixel can be told: in each style the surface, the section, the projection is where it has to be, to a small part of a
 * voxel; and solid things stand before and behind it as they do in space, whoever finds the surface. */
#include <gio/gio.h>
#include <math.h>
#include <string.h>

#include "cf-march.h"
#include "picture.h"

#define SIZE 240
#define REACH 20.0

/* A line of the eye. */
typedef struct
{
  double origin[3], direction[3];
} Line;

static Line
line_of (const CfCamera *camera, int x, int y)
{
  Line line;
  cf_camera_ray (camera, x + 0.5, y + 0.5, SIZE, SIZE, line.origin, line.direction);
  return line;
}

/* Where a line comes nearest to a place; how far that is from it. */
static double
nearest_to (const Line *line, const double at[3], double *away)
{
  double along = 0, away2 = 0;
  for (int a = 0; a < 3; a++)
    along += (at[a] - line->origin[a]) * line->direction[a];
  for (int a = 0; a < 3; a++)
    away2 += pow (at[a] - line->origin[a] - along * line->direction[a], 2);
  *away = sqrt (away2);
  return along;
}

/* Where a line enters a ball; INFINITY: it does not. */
static double
enters (const Line *line, const double centre[3], double radius)
{
  double away, along = nearest_to (line, centre, &away);
  return away < radius ? along - sqrt (radius * radius - away * away) : INFINITY;
}

/* Where a line enters a tube between two places, whose ends are round. */
static double
enters_tube (const Line *line, const double a[3], const double b[3], double radius)
{
  double axis[3], length = picture_away (a, b), d_axis = 0, o_axis = 0, dd = 0, dp = 0, pp = 0;
  for (int k = 0; k < 3; k++)
    {
      axis[k] = (b[k] - a[k]) / length;
      d_axis += line->direction[k] * axis[k];
      o_axis += (line->origin[k] - a[k]) * axis[k];
    }
  for (int k = 0; k < 3; k++)
    {
      double d = line->direction[k] - d_axis * axis[k], p = line->origin[k] - a[k] - o_axis * axis[k];
      dd += d * d;
      dp += d * p;
      pp += p * p;
    }
  double root = dp * dp - dd * (pp - radius * radius), t = (-dp - sqrt (fmax (root, 0))) / dd, s = o_axis + t * d_axis;
  return root > 0 && s > 0 && s < length ? t : fmin (enters (line, a, radius), enters (line, b, radius));
}

static CfScene *
ball_new (const CfGrid *grid, double middle[3])
{
  CfScene *scene = cf_scene_new ();
  picture_add_ball (scene, grid, REACH);
  picture_middle (grid, middle);
  scene->outline = scene->depth_cue = FALSE;
  return scene;
}

static double
radius_at (double level)
{
  return REACH * (1 - level);
}

/* -- solid things and the field -------------------------------------------------------------------------------------------------------- */

/* The field itself, as those that ask it have it. */
typedef struct
{
  double middle[3], radius;
  double wider; /* A: so much than its samples say */
  const CfCamera *camera;
} Truth;

static gboolean
query (gpointer data, gsize n, const double *xyz, float *value, float *gradient, GError **error)
{
  const Truth *truth = data;
  for (gsize i = 0; i < n; i++)
    {
      double r = picture_away (xyz + 3 * i, truth->middle);
      value[i] = (float) (1 - (r - truth->wider) / REACH);
      for (int a = 0; gradient && a < 3; a++)
        gradient[3 * i + a] = (float) ((truth->middle[a] - xyz[3 * i + a]) / r / REACH);
    }
  return TRUE;
}

static gboolean
march (gpointer data, const CfMarchView *view, const CfMarchSpace *space, CfMarchTarget *target, GError **error)
{
  const Truth *truth = data;
  for (int row = 0; row < target->rows; row++)
    for (int x = 0; x < view->width; x++)
      {
        Line line = line_of (truth->camera, x, view->height - 1 - (target->first_row + row));
        gsize at = 4 * ((gsize) row * view->width + x);
        double t = enters (&line, truth->middle, truth->radius);
        for (int i = 0; i < 4; i++)
          {
            target->hits[at + i] = isfinite (t) && i < 2 ? (i == 0 ? (float) t : 0) : CF_MARCH_NOWHERE;
            target->normals[at + i] = 0;
          }
      }
  return TRUE;
}

static const double beside[3] = { 7.5, 3, 7.5 }, tube[2][3] = { { -14, -2, 2 }, { -2, -3, 13 } };

/* The nearest of ball, sphere and tube, where it is, and how far before the next one. */
static guint32
nearest_thing (const Truth *truth, int x, int y, double *where_, double *before)
{
  Line line = line_of (truth->camera, x, y);
  double centre[3], ends[2][3], at[3];
  for (int a = 0; a < 3; a++)
    {
      centre[a] = truth->middle[a] + beside[a];
      ends[0][a] = truth->middle[a] + tube[0][a];
      ends[1][a] = truth->middle[a] + tube[1][a];
    }
  at[0] = enters (&line, truth->middle, truth->radius);
  at[1] = enters (&line, centre, 3);
  at[2] = enters_tube (&line, ends[0], ends[1], 1.5);
  int first = at[0] <= at[1] && at[0] <= at[2] ? 0 : at[1] <= at[2] ? 1 : 2;
  *where_ = at[first];
  *before = fmin (first == 0 ? INFINITY : at[0], fmin (first == 1 ? INFINITY : at[1], first == 2 ? INFINITY : at[2])) - at[first];
  return first == 1 ? CF_PICK_ATOM | 1 : 0;
}

/* Well within all outlines, so that half a pixel does not matter: the same thing is nearest all around. */
static gboolean
is_plain (const Truth *truth, int x, int y, double *where_, guint32 *pick)
{
  double before;
  *pick = nearest_thing (truth, x, y, where_, &before);
  if (!isfinite (*where_) || before < 0.1)
    return FALSE;
  for (int i = 0; i < 4; i++)
    {
      double there;
      guint32 other = nearest_thing (truth, x + (i == 0) - (i == 1), y + (i == 2) - (i == 3), &there, &before);
      if (other != *pick || !(fabs (there - *where_) < 1) || before < 0.1)
        return FALSE;
    }
  return TRUE;
}

/* Surface by samples, moved onto the field, or found in it: things cut through it where they do in space. */
static void
test_depth (void)
{
  g_autoptr (CfOffscreen) offscreen = picture_open ();
  if (!offscreen)
    return;
  static const char *const ways[] = { "samples", "refined", "marched" };
  CfGrid grid;
  Truth truth = { .radius = radius_at (0.5) };
  picture_grid_sheared (&grid, 48);
  g_autoptr (CfScene) scene = ball_new (&grid, truth.middle);
  scene->level = 0.5;
  const double *m = truth.middle;
  picture_add_sphere (scene, m[0] + beside[0], m[1] + beside[1], m[2] + beside[2], 3, CF_PICK_ATOM | 1);
  CfCylinder cylinder = { .radius = 1.5f, .rgba_a = { 230, 159, 0, 255 }, .rgba_b = { 230, 159, 0, 255 } };
  for (int a = 0; a < 3; a++)
    {
      cylinder.a[a] = (float) (m[a] + tube[0][a]);
      cylinder.b[a] = (float) (m[a] + tube[1][a]);
    }
  g_array_append_val (scene->cylinders, cylinder);
  for (int kind = 0; kind < 6; kind++)
    {
      g_autoptr (GError) error = NULL;
      CfCamera camera = picture_frame (scene, 20, 10, kind % 2);
      CfRenderQuality quality = { .detail = 1, .query = kind / 2 == 1 ? query : NULL, .query_data = &truth, .march = kind / 2 == 2 ? march : NULL, .march_data = &truth };
      truth.camera = &camera;
      g_autofree guint8 *rgba = cf_offscreen_draw_with (offscreen, SIZE, SIZE, scene, &camera, &quality, &error);
      g_assert_no_error (error);
      int n[2] = { 0 };
      double worst = 0, sum = 0;
      for (int y = 1; y < SIZE; y++)
        for (int x = 1; x < SIZE; x++)
          {
            double t, xyz[3];
            guint32 expected, found;
            if (!is_plain (&truth, x, y, &t, &expected))
              continue;
            Line line = line_of (&camera, x, y);
            found = cf_renderer_pick (cf_offscreen_renderer (offscreen), x, y, xyz);
            g_assert_cmphex (found, ==, expected);
            n[found != 0]++;
            worst = fmax (worst, fabs (picture_away (xyz, line.origin) - t));
            sum += fabs (picture_away (xyz, line.origin) - t);
          }
      sum /= n[0] + n[1];
      g_test_message ("%s, %s: %d pixels of ball and tube, %d of the sphere, in the mean %.4f, at most %.4f A off", ways[kind / 2],
                      kind % 2 ? "parallel" : "perspective", n[0], n[1], sum, worst);
      g_assert_cmpint (n[0], >, 5000);
      g_assert_cmpint (n[1], >, 300);
      g_assert_cmpfloat (sum, <, 0.03);
      g_assert_cmpfloat (worst, <, 0.2);
    }
  picture_free_field (scene);
}

/* A field that is a little wider, or narrower, than its samples say: a final picture of it ends where the field does, also behind a sphere's edge. */
static void
test_final_outline (void)
{
  g_autoptr (CfOffscreen) offscreen = picture_open ();
  if (!offscreen)
    return;
  CfGrid grid;
  picture_grid_orthogonal (&grid, 48);
  for (int kind = 0; kind < 4; kind++)
    {
      g_autoptr (GError) error = NULL;
      Truth truth = { .wider = kind % 2 ? 0.6 : -0.6 };
      g_autoptr (CfScene) scene = ball_new (&grid, truth.middle);
      scene->level = 0.5;
      truth.radius = radius_at (0.5) + truth.wider;
      CfCamera camera = picture_frame (scene, 20, 10, kind / 2);
      double edge[3] = { truth.middle[0], truth.middle[1] + truth.radius, truth.middle[2] + 6 };
      picture_add_sphere (scene, edge[0], edge[1], edge[2], 1.5, CF_PICK_ATOM | 1);
      const CfRenderQuality quality = { .detail = 1, .query = query, .query_data = &truth };
      g_autofree guint8 *rgba = cf_offscreen_draw_with (offscreen, SIZE, SIZE, scene, &camera, &quality, &error);
      g_assert_no_error (error);
      int hits = 0, wrong = 0;
      double pixel = cf_camera_pixel_size (&camera, SIZE);
      for (int y = 0; y < SIZE; y++)
        for (int x = 0; x < SIZE; x++)
          {
            Line line = line_of (&camera, x, y);
            double xyz[3], away;
            guint32 pick = cf_renderer_pick (cf_offscreen_renderer (offscreen), x, y, xyz);
            nearest_to (&line, truth.middle, &away);
            hits += !isnan (xyz[0]);
            if (pick == 0 && fabs (away - truth.radius) > 0.3 * pixel)
              wrong += isnan (xyz[0]) != (away > truth.radius);
          }
      g_test_message ("%+.1f A, %s: %d hits, %d pixels wrong", truth.wider, kind / 2 ? "parallel" : "perspective", hits, wrong);
      g_assert_cmpint (hits, >, 5000);
      g_assert_cmpint (wrong, <=, 4);
      picture_free_field (scene);
    }
}

/* Two balls, one before the other; the nearer one is wider than its samples say. */
typedef struct
{
  double centre[2][3], radius[2]; /* at the level */
  double level;
} Balls;

static double
balls_value (const Balls *balls, const double xyz[3], const double radius[2], double gradient[3])
{
  double best = -INFINITY;
  for (int b = 0; b < 2; b++)
    {
      double r = picture_away (xyz, balls->centre[b]), v = balls->level - (r - radius[b]) / REACH;
      for (int a = 0; a < 3 && v > best; a++)
        gradient[a] = (balls->centre[b][a] - xyz[a]) / r / REACH;
      best = fmax (best, v);
    }
  return best;
}

static gboolean
query_balls (gpointer data, gsize n, const double *xyz, float *value, float *gradient, GError **error)
{
  const Balls *balls = data;
  for (gsize i = 0; i < n; i++)
    {
      double g[3];
      value[i] = (float) balls_value (balls, xyz + 3 * i, balls->radius, g);
      for (int a = 0; a < 3 && gradient; a++)
        gradient[3 * i + a] = (float) g[a];
    }
  return TRUE;
}

/* What the nearer one hides, it hides where the outline of the farther one passes behind it too. */
static void
test_final_behind (void)
{
  g_autoptr (CfOffscreen) offscreen = picture_open ();
  if (!offscreen)
    return;
  CfGrid grid;
  Balls balls = { .radius = { 7.2, 6 }, .level = 0.7 };
  const double narrow[2] = { 6, 6 };
  double m[3];
  picture_grid_orthogonal (&grid, 60);
  g_autoptr (CfScene) scene = ball_new (&grid, m);
  for (int b = 0; b < 2; b++)
    for (int a = 0; a < 3; a++)
      balls.centre[b][a] = m[a] + (a == 2 ? (b == 0 ? 14 : -14) : a == 0 ? (b == 0 ? 0 : 7) : 0);
  for (gsize i = 0; i < cf_grid_n_voxels (&grid); i++)
    {
      double xyz[3], g[3];
      const int *n = grid.dims;
      cf_grid_to_world (&grid, (double[3]){ (double) (i % n[0]), (double) (i / n[0] % n[1]), (double) (i / n[0] / n[1]) }, xyz);
      scene->field.samples[i] = (float) fmax (0, balls_value (&balls, xyz, narrow, g));
    }
  scene->level = balls.level;
  CfCamera camera = picture_frame (scene, 0, 0, TRUE);
  const CfRenderQuality quality = { .detail = 1, .query = query_balls, .query_data = &balls };
  g_autofree guint8 *rgba = cf_offscreen_draw_with (offscreen, SIZE, SIZE, scene, &camera, &quality, NULL);
  g_assert_nonnull (rgba);
  int hits = 0, wrong = 0;
  double pixel = cf_camera_pixel_size (&camera, SIZE);
  for (int y = 0; y < SIZE; y++)
    for (int x = 0; x < SIZE; x++)
      {
        Line line = line_of (&camera, x, y);
        double xyz[3], away[2], t[2];
        for (int b = 0; b < 2; b++)
          {
            nearest_to (&line, balls.centre[b], &away[b]);
            t[b] = enters (&line, balls.centre[b], balls.radius[b]);
          }
        if (fabs (away[0] - balls.radius[0]) < 0.3 * pixel || fabs (away[1] - balls.radius[1]) < 0.3 * pixel)
          continue;
        cf_renderer_pick (cf_offscreen_renderer (offscreen), x, y, xyz);
        double needed = fmin (t[0], t[1]);
        hits += isfinite (needed);
        wrong += isnan (xyz[0]) ? isfinite (needed) : !(fabs (picture_away (xyz, line.origin) - needed) < 0.5);
      }
  g_test_message ("%d hits, %d pixels wrong", hits, wrong);
  g_assert_cmpint (hits, >, 5000);
  g_assert_cmpint (wrong, <=, 4);
  picture_free_field (scene);
}

/* -- styles ---------------------------------------------------------------------------------------------------------------------------- */

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
  g_test_add_func ("/exact/depth", test_depth);
  g_test_add_func ("/exact/final-outline", test_final_outline);
  g_test_add_func ("/exact/final-behind", test_final_behind);
  g_test_add_func ("/exact/radii", test_radii);
  g_test_add_func ("/exact/lit-alike", test_lit_alike);
  g_test_add_func ("/exact/wires", test_wires);
  g_test_add_func ("/exact/slices", test_slices);
  g_test_add_func ("/exact/projection", test_projection);
  return g_test_run ();
}
