/* Surfaces by samples, moved from there onto the field, or found in it: solid things stand before and behind them as they do in space, and they end where
 * the field does. */
#include <gio/gio.h>
#include <math.h>
#include <string.h>

#include "cf-march.h"
#include "exact.h"

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

typedef enum
{
  BALL,
  SPHERE,
  TUBE
} Thing;

/* The nearest of ball, sphere and tube, where it is, and how far before the next one. */
static Thing
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
  Thing first = at[BALL] <= at[SPHERE] && at[BALL] <= at[TUBE] ? BALL : at[SPHERE] <= at[TUBE] ? SPHERE : TUBE;
  *where_ = at[first];
  *before = fmin (first == BALL ? INFINITY : at[BALL], fmin (first == SPHERE ? INFINITY : at[SPHERE], first == TUBE ? INFINITY : at[TUBE])) - at[first];
  return first;
}

/* The ball is grey, the sphere blue, the tube orange. */
static gboolean
has_colour_of (Thing thing, const guint8 *p)
{
  int blue = p[2] - p[0];
  return thing == BALL ? abs (blue) < 12 : thing == SPHERE ? blue > 12 : blue < -12;
}

/* Well within all outlines, so that half a pixel does not matter: the same thing is nearest all around. */
static gboolean
is_plain (const Truth *truth, int x, int y, double *where_, Thing *thing)
{
  double before;
  *thing = nearest_thing (truth, x, y, where_, &before);
  if (!isfinite (*where_) || before < 0.1)
    return FALSE;
  for (int i = 0; i < 4; i++)
    {
      double there;
      Thing other = nearest_thing (truth, x + (i == 0) - (i == 1), y + (i == 2) - (i == 3), &there, &before);
      if (other != *thing || !(fabs (there - *where_) < 1) || before < 0.1)
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
            Thing thing;
            if (!is_plain (&truth, x, y, &t, &thing))
              continue;
            Line line = line_of (&camera, x, y);
            guint32 found = cf_renderer_pick (cf_offscreen_renderer (offscreen), x, y, xyz);
            g_assert_cmphex (found, ==, thing == SPHERE ? CF_PICK_ATOM | 1 : 0);
            g_assert_true (has_colour_of (thing, rgba + 4 * (y * SIZE + x)));
            n[thing == SPHERE]++;
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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/surfaces/depth", test_depth);
  g_test_add_func ("/surfaces/final-outline", test_final_outline);
  g_test_add_func ("/surfaces/final-behind", test_final_behind);
  return g_test_run ();
}
