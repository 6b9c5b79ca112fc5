/* Where things are in the picture: surfaces at their analytic places, who hides whom, what is picked. */
#include <gio/gio.h>
#include <math.h>
#include <string.h>

#include "cf-gl-field.h"
#include "cf-mrc.h"
#include "picture.h"

#define SIZE 240

static gboolean
is_blue (const guint8 *p)
{
  return p[2] > p[0] + 30;
}

static gboolean
is_background (const guint8 *p)
{
  return p[0] < 40 && p[1] < 40 && p[2] < 40;
}

/* Every pixel whose ray meets the sphere of the level well inside its rim is hit there, within a tenth of a voxel. */
static void
check_ball (const CfGrid *grid, gboolean orthographic, double azimuth, double elevation)
{
  g_autoptr (CfOffscreen) offscreen = picture_open ();
  if (!offscreen)
    return;
  g_autoptr (CfScene) scene = cf_scene_new ();
  double middle[3], radius = 9, reach = 20, worst = 0;
  picture_add_ball (scene, grid, reach);
  picture_middle (grid, middle);
  scene->level = 1 - radius / reach;
  CfCamera camera = picture_frame (scene, azimuth, elevation, orthographic);
  g_autofree guint8 *rgba = picture_draw (offscreen, SIZE, scene, &camera);
  int hits = 0, misses = 0;
  for (int y = 0; y < SIZE; y += 3)
    for (int x = 0; x < SIZE; x += 3)
      {
        double origin[3], direction[3], xyz[3], along = 0, off2 = 0;
        cf_camera_ray (&camera, x + 0.5, y + 0.5, SIZE, SIZE, origin, direction);
        for (int a = 0; a < 3; a++)
          along += (middle[a] - origin[a]) * direction[a];
        for (int a = 0; a < 3; a++)
          {
            double d = middle[a] - origin[a] - along * direction[a];
            off2 += d * d;
          }
        guint32 id = cf_renderer_pick (cf_offscreen_renderer (offscreen), x, y, xyz);
        g_assert_cmpuint (id, ==, 0);
        if (sqrt (off2) > 1.03 * radius)
          {
            g_assert_true (isnan (xyz[0]));
            misses++;
          }
        if (sqrt (off2) > 0.9 * radius)
          continue;
        double t = along - sqrt (radius * radius - off2), error2 = 0;
        for (int a = 0; a < 3; a++)
          error2 += pow (xyz[a] - origin[a] - t * direction[a], 2);
        g_assert_false (isnan (error2));
        worst = fmax (worst, sqrt (error2));
        hits++;
      }
  g_test_message ("%d hits, farthest %.4f A from the sphere, voxel %.2f A", hits, worst, cf_grid_smallest_edge (grid));
  g_assert_cmpint (hits, >, 500);
  g_assert_cmpint (misses, >, 100);
  g_assert_cmpfloat (worst, <, 0.1 * cf_grid_smallest_edge (grid));
  picture_free_field (scene);
}

static void
test_ball_orthogonal (void)
{
  CfGrid grid;
  picture_grid_orthogonal (&grid, 48);
  check_ball (&grid, FALSE, 35, 20);
}

static void
test_ball_sheared (void)
{
  CfGrid grid;
  picture_grid_sheared (&grid, 48);
  check_ball (&grid, FALSE, -50, 35);
}

static void
test_ball_orthographic (void)
{
  CfGrid grid;
  picture_grid_sheared (&grid, 48);
  check_ball (&grid, TRUE, 120, -25);
}

/* A sphere within the density is hidden; before it, beside it or within a transparent surface it is seen and picked. */
static void
test_occlusion (void)
{
  g_autoptr (CfOffscreen) offscreen = picture_open ();
  if (!offscreen)
    return;
  CfGrid grid;
  double m[3];
  picture_grid_orthogonal (&grid, 48);
  picture_middle (&grid, m);
  g_autoptr (CfScene) scene = cf_scene_new ();
  picture_add_ball (scene, &grid, 20);
  scene->level = 0.5; /* a ball of 10 A */
  scene->depth_cue = FALSE;
  picture_add_sphere (scene, m[0], m[1], m[2], 2, CF_PICK_ATOM | 1);           /* within */
  picture_add_sphere (scene, m[0] + 4, m[1], m[2] + 13, 1.5, CF_PICK_ATOM | 2); /* before */
  picture_add_sphere (scene, m[0] - 4, m[1], m[2] - 13, 1.5, CF_PICK_NODE | 3); /* behind */
  picture_add_sphere (scene, m[0] + 13, m[1] + 9, m[2], 1.5, CF_PICK_NODE | 4); /* beside */
  CfCamera camera = picture_frame (scene, 0, 0, TRUE);
  CfRenderer *renderer = cf_offscreen_renderer (offscreen);
  const double at[4][3] = { { m[0], m[1], m[2] }, { m[0] + 4, m[1], m[2] + 13 }, { m[0] - 4, m[1], m[2] - 13 }, { m[0] + 13, m[1] + 9, m[2] } };
  const guint32 opaque[4] = { 0, CF_PICK_ATOM | 2, 0, CF_PICK_NODE | 4 };
  const guint32 film[4] = { CF_PICK_ATOM | 1, CF_PICK_ATOM | 2, CF_PICK_NODE | 3, CF_PICK_NODE | 4 };
  const double front[4] = { 10, 14.5, 0, 1.5 };
  for (int pass = 0; pass < 2; pass++)
    {
      scene->colour[3] = pass ? 0.3f : 1;
      g_autofree guint8 *rgba = picture_draw (offscreen, SIZE, scene, &camera);
      for (int i = 0; i < 4; i++)
        {
          double x, y, xyz[3];
          g_assert_true (cf_camera_project (&camera, at[i], SIZE, SIZE, &x, &y));
          guint32 id = cf_renderer_pick (renderer, (int) x, (int) y, xyz);
          g_assert_cmphex (id, ==, (pass ? film : opaque)[i]);
          g_assert_true (is_blue (picture_pixel (rgba, SIZE, &camera, at[i])) == ((pass ? film : opaque)[i] != 0));
          if (pass == 0 && i != 2)
            g_assert_cmpfloat_with_epsilon (xyz[2], m[2] + front[i], 0.15);
          if (pass == 1)
            g_assert_cmpfloat_with_epsilon (xyz[2], at[i][2] + (i == 0 ? 2 : 1.5), 0.05);
        }
    }
  picture_free_field (scene);
}

/* The first place, A along it, where a ray reaches the level, by steps of a hundredth of a voxel. INFINITY: nowhere. */
static double
first_reach (const CfInterpolator *interpolator, const CfGrid *grid, const CfCamera *camera, double x, double y, double level)
{
  double origin[3], direction[3], there[3], start[3], ahead[3], from = 0, to = INFINITY;
  cf_camera_ray (camera, x + 0.5, y + 0.5, SIZE, SIZE, origin, direction);
  for (int a = 0; a < 3; a++)
    there[a] = origin[a] + direction[a];
  cf_grid_from_world (grid, origin, start);
  cf_grid_from_world (grid, there, ahead);
  for (int a = 0; a < 3; a++)
    {
      double s = ahead[a] - start[a], t0 = -start[a] / s, t1 = (grid->dims[a] - 1 - start[a]) / s;
      from = fmax (from, fmin (t0, t1));
      to = fmin (to, fmax (t0, t1));
    }
  for (double t = from; t < to; t += 0.01 * cf_grid_smallest_edge (grid))
    {
      double value, at[3] = { origin[0] + t * direction[0], origin[1] + t * direction[1], origin[2] + t * direction[2] };
      cf_interpolator_query (interpolator, 1, at, &value, NULL);
      if (value >= level)
        return t;
    }
  return INFINITY;
}

/* Whether rays half a pixel around meet something else: an outline. */
static gboolean
is_beside_outline (const CfInterpolator *interpolator, const CfGrid *grid, const CfCamera *camera, int x, int y, double level, double first)
{
  for (int i = 0; i < 4; i++)
    {
      double there = first_reach (interpolator, grid, camera, x + 0.5 * (i == 0) - 0.5 * (i == 1), y + 0.5 * (i == 2) - 0.5 * (i == 3), level);
      if (isfinite (there) != isfinite (first) || fabs (there - first) > cf_grid_smallest_edge (grid))
        return TRUE;
    }
  return FALSE;
}

/* Nothing is passed over: of some rays each meets what steps that are much shorter meet. */
static void
check_nothing_is_missed (CfOffscreen *offscreen, const CfInterpolator *interpolator, const CfGrid *grid, const CfCamera *camera, double level, const char *name)
{
  int rays = 0, hits = 0, beside = 0, other = 0;
  double worst = 0;
  for (int y = 4; y < SIZE; y += 7)
    for (int x = 4; x < SIZE; x += 7)
      {
        double xyz[3], origin[3], direction[3], first = first_reach (interpolator, grid, camera, x, y, level);
        cf_renderer_pick (cf_offscreen_renderer (offscreen), x, y, xyz);
        cf_camera_ray (camera, x + 0.5, y + 0.5, SIZE, SIZE, origin, direction);
        double off = isfinite (first) ? fabs (picture_away (xyz, origin) - first) / cf_grid_smallest_edge (grid) : 0;
        gboolean agrees = isnan (xyz[0]) == !isfinite (first) && (isnan (xyz[0]) || off < 0.1);
        rays++;
        hits += isfinite (first);
        if (agrees)
          worst = fmax (worst, off);
        else if (is_beside_outline (interpolator, grid, camera, x, y, level, first))
          beside++;
        else
          other++;
      }
  g_test_message ("%s: %d of %d rays meet something; something else do %d beside outlines and %d others; the rest is at most %.3f voxels off", name, hits, rays,
                  beside, other, worst);
  g_assert_cmpint (hits, >, 80);
  g_assert_cmpint (beside, <, hits / 20);
  g_assert_cmpint (other, ==, 0);
}

/* Real maps with permuted axes and sheared cells: where the ray hit, the map's own interpolation gives the level; a level half a percent off, or a
 * shift by a hundredth of a voxel, would be seen. */
static void
test_maps (void)
{
  static const char *const names[] = { "emd_3001.map", "emd_4413_6i5a_box.ccp4", "xray_1mru_int8.map", "emd_20026_3ajo_prot.mrc" };
  static const double levels[] = { 0.3, 0.3, 0.1, 0.15 };
  const char *data = g_getenv ("CRYOFIELD_DATA");
  g_autoptr (CfOffscreen) offscreen = picture_open ();
  if (!offscreen)
    return;
  for (guint m = 0; m < G_N_ELEMENTS (names); m++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char *path = g_build_filename (data ? data : ".", "maps", names[m], NULL);
      if (!g_file_test (path, G_FILE_TEST_EXISTS))
        {
          g_test_skip ("the maps of CRYOFIELD_DATA are not here");
          return;
        }
      g_autoptr (CfVolume) volume = cf_mrc_load (path, NULL, &error);
      g_assert_no_error (error);
      g_autoptr (CfInterpolator) interpolator = cf_interpolator_new (volume, CF_INTERPOLATION_TRILINEAR);
      g_autoptr (CfScene) scene = cf_scene_new ();
      double scale = volume->statistics.max, edge = cf_grid_smallest_edge (&volume->grid), worst = 0, mean = 0, away = 0, cut = 0;
      gsize n = cf_grid_n_voxels (&volume->grid);
      scene->field.grid = volume->grid;
      scene->field.samples = g_new (float, n);
      scene->field.serial = 1;
      for (gsize i = 0; i < n; i++)
        scene->field.samples[i] = (float) (volume->data[i] / scale);
      scene->level = levels[m];
      CfCamera camera = picture_frame (scene, 40, 30, FALSE);
      g_autofree guint8 *rgba = picture_draw (offscreen, SIZE, scene, &camera);
      int hits = 0;
      for (int y = 2; y < SIZE; y += 5)
        for (int x = 2; x < SIZE; x += 5)
          {
            double xyz[3], ijk[3], value, g[3], inside = INFINITY;
            cf_renderer_pick (cf_offscreen_renderer (offscreen), x, y, xyz);
            if (isnan (xyz[0]))
              continue;
            cf_interpolator_query (interpolator, 1, xyz, &value, g);
            hits++;
            cf_grid_from_world (&volume->grid, xyz, ijk);
            for (int a = 0; a < 3; a++)
              inside = fmin (inside, fmin (ijk[a], volume->grid.dims[a] - 1 - ijk[a]));
            if (inside < 1e-3) /* the map ends within the density */
              cut++;
            else
              {
                double off = value - levels[m] * scale;
                mean += off / (levels[m] * scale);
                away += fabs (off) / hypot (hypot (g[0], g[1]), g[2]) / edge;
                worst = fmax (worst, fabs (off) / scale);
              }
          }
      mean /= hits - cut;
      away /= hits - cut;
      g_test_message ("%s: %d hits, %.0f on the map's faces, else at most %.4f from the level, in the mean %.5f of it and %.5f voxels", names[m], hits, cut,
                      worst, mean, away);
      g_assert_cmpint (hits, >, 100);
      g_assert_cmpfloat (fabs (mean), <, 0.002);
      g_assert_cmpfloat (away, <, 0.002);
      g_assert_cmpfloat (worst, <, 0.005);
      g_assert_cmpfloat (cut, <, 0.35 * hits);
      check_nothing_is_missed (offscreen, interpolator, &volume->grid, &camera, levels[m] * scale, names[m]);
      picture_free_field (scene);
    }
}

typedef struct
{
  double middle[3], radius;
  gsize asked;
  gboolean fail;
} Truth;

/* A ball of another size than the samples say, and not a linear one. */
static gboolean
ask (gpointer data, gsize n, const double *xyz, float *value, float *gradient, GError **error)
{
  Truth *truth = data;
  truth->asked += n;
  if (truth->fail)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "enough");
  for (gsize i = 0; i < n; i++)
    {
      double r2 = 0, d[3];
      for (int a = 0; a < 3; a++)
        {
          d[a] = xyz[3 * i + a] - truth->middle[a];
          r2 += d[a] * d[a];
        }
      double v = 0.5 * exp (-(r2 - truth->radius * truth->radius) / 60);
      value[i] = (float) v;
      for (int a = 0; gradient && a < 3; a++)
        gradient[3 * i + a] = (float) (-2 * d[a] / 60 * v);
    }
  return !truth->fail;
}

/* A final picture shows the field that is asked, not the samples. */
static void
test_final (void)
{
  g_autoptr (CfOffscreen) offscreen = picture_open ();
  if (!offscreen)
    return;
  for (int orthographic = 0; orthographic < 2; orthographic++)
    {
      g_autoptr (GError) error = NULL;
      g_autoptr (CfScene) scene = cf_scene_new ();
      CfGrid grid;
      Truth truth = { .radius = 9.6 };
      picture_grid_sheared (&grid, 48);
      picture_middle (&grid, truth.middle);
      picture_add_ball (scene, &grid, 20);
      scene->level = 0.5; /* 10 A */
      CfCamera camera = picture_frame (scene, 30, 10, orthographic);
      CfRenderQuality quality = { .detail = 1, .query = ask, .query_data = &truth };
      g_autofree guint8 *rgba = cf_offscreen_draw_with (offscreen, SIZE, SIZE, scene, &camera, &quality, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (truth.asked, >, 3000);
      double worst = 0, xyz[3];
      for (int y = SIZE / 2 - 30; y <= SIZE / 2 + 30; y += 5)
        for (int x = SIZE / 2 - 30; x <= SIZE / 2 + 30; x += 5)
          {
            cf_renderer_pick (cf_offscreen_renderer (offscreen), x, y, xyz);
            worst = fmax (worst, fabs (hypot (hypot (xyz[0] - truth.middle[0], xyz[1] - truth.middle[1]), xyz[2] - truth.middle[2]) - 9.6));
          }
      g_test_message ("farthest %.5f A from the sphere", worst);
      g_assert_cmpfloat (worst, <, 0.02);
      truth.fail = TRUE;
      g_assert_null (cf_offscreen_draw_with (offscreen, SIZE, SIZE, scene, &camera, &quality, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      picture_free_field (scene);
    }
}

/* What is NAN is empty, and a changed box of the samples alone brings it. */
static void
test_empty_and_dirty (void)
{
  g_autoptr (CfOffscreen) offscreen = picture_open ();
  if (!offscreen)
    return;
  CfGrid grid;
  double m[3];
  picture_grid_orthogonal (&grid, 48);
  picture_middle (&grid, m);
  g_autoptr (CfScene) scene = cf_scene_new ();
  picture_add_ball (scene, &grid, 20);
  scene->level = 0.5;
  scene->outline = FALSE;
  CfCamera camera = picture_frame (scene, 0, 0, FALSE);
  gsize n = cf_grid_n_voxels (&grid);
  g_autofree float *full = g_memdup2 (scene->field.samples, n * sizeof (float));
  for (gsize i = 0; i < n; i++)
    scene->field.samples[i] = NAN;
  const double left[3] = { m[0] - 5, m[1], m[2] }, right[3] = { m[0] + 5, m[1], m[2] };
  g_autofree guint8 *none = picture_draw (offscreen, SIZE, scene, &camera);
  for (gsize i = 0; i < (gsize) SIZE * SIZE; i++)
    g_assert_true (is_background (none + 4 * i));
  /* The half at large x. */
  const int *d = grid.dims;
  int half = d[0] / 2;
  for (int k = 0; k < d[2]; k++)
    for (int j = 0; j < d[1]; j++)
      memcpy (scene->field.samples + (k * d[1] + j) * d[0] + half, full + (k * d[1] + j) * d[0] + half, (d[0] - half) * sizeof (float));
  scene->field.serial++;
  for (int a = 0; a < 3; a++)
    {
      scene->field.dirty_lo[a] = a == 0 ? half : 0;
      scene->field.dirty_hi[a] = d[a];
    }
  g_autofree guint8 *some = picture_draw (offscreen, SIZE, scene, &camera);
  g_assert_true (is_background (picture_pixel (some, SIZE, &camera, left)));
  g_assert_false (is_background (picture_pixel (some, SIZE, &camera, right)));
  /* A serial that was skipped: everything is taken. */
  memcpy (scene->field.samples, full, n * sizeof (float));
  scene->field.serial += 2;
  g_autofree guint8 *all = picture_draw (offscreen, SIZE, scene, &camera);
  g_assert_false (is_background (picture_pixel (all, SIZE, &camera, left)));
  /* By the dirty box and as a whole, the same picture. */
  g_autoptr (CfOffscreen) fresh = cf_offscreen_new (NULL);
  g_autofree guint8 *again = picture_draw (fresh, SIZE, scene, &camera);
  g_assert_cmpmem (all, SIZE * SIZE * 4, again, SIZE * SIZE * 4);
  picture_free_field (scene);
}

/* Clip planes open the density and the spheres. */
static void
test_clip (void)
{
  g_autoptr (CfOffscreen) offscreen = picture_open ();
  if (!offscreen)
    return;
  CfGrid grid;
  double m[3], xyz[3], x, y;
  picture_grid_sheared (&grid, 48);
  picture_middle (&grid, m);
  g_autoptr (CfScene) scene = cf_scene_new ();
  picture_add_ball (scene, &grid, 20);
  scene->level = 0.5;
  CfCamera camera = picture_frame (scene, 0, 0, FALSE);
  g_assert_true (cf_camera_project (&camera, m, SIZE, SIZE, &x, &y));
  memcpy (camera.centre, m, sizeof m);
  camera.near_clip = -4;
  g_autofree guint8 *near = picture_draw (offscreen, SIZE, scene, &camera);
  cf_renderer_pick (cf_offscreen_renderer (offscreen), SIZE / 2, SIZE / 2, xyz);
  g_assert_cmpfloat_with_epsilon (xyz[2], m[2] + 4, 0.02);
  camera.near_clip = -INFINITY;
  camera.far_clip = -12;
  g_autofree guint8 *far = picture_draw (offscreen, SIZE, scene, &camera);
  g_assert_true (is_background (far + 4 * (SIZE / 2 * SIZE + SIZE / 2)));
  picture_free_field (scene);
}

/* All styles draw something, none where there is nothing, at every detail; the sizes that windows have for a moment do not fail. */
static void
test_styles_and_sizes (void)
{
  g_autoptr (CfOffscreen) offscreen = picture_open ();
  if (!offscreen)
    return;
  CfGrid grid;
  picture_grid_sheared (&grid, 40);
  g_autoptr (CfScene) scene = cf_scene_new ();
  picture_add_helix (scene, &grid);
  CfCamera camera = picture_frame (scene, 20, 10, FALSE);
  for (int style = 0; style < CF_N_STYLES; style++)
    for (int pass = 0; pass < 6; pass++)
      {
        const double details[6] = { 0.3, 0.5, 1, 2, 1, 0.5 };
        const int sizes[6][2] = { { 64, 48 }, { 33, 77 }, { 120, 90 }, { 50, 50 }, { 1, 1 }, { 1, 300 } };
        g_autoptr (GError) error = NULL;
        CfRenderQuality quality = { .detail = details[pass] };
        int w = sizes[pass][0], h = sizes[pass][1], drawn = 0;
        scene->style = (CfStyle) style;
        g_autofree guint8 *rgba = cf_offscreen_draw_with (offscreen, w, h, scene, &camera, &quality, &error);
        g_assert_no_error (error);
        for (int i = 0; i < w * h; i++)
          {
            g_assert_cmpuint (rgba[4 * i + 3], ==, 255);
            drawn += !is_background (rgba + 4 * i);
          }
        if (w > 10)
          g_assert_cmpint (drawn, >, w * h / 100);
        if (style == CF_STYLE_SURFACE && w > 10)
          g_assert_true (is_background (rgba));
      }
  g_autoptr (GError) error = NULL;
  g_assert_null (cf_offscreen_draw (offscreen, 0, 10, scene, &camera, &error));
  g_assert_nonnull (error);
  picture_free_field (scene);
}

/* From one pixel to 8192 across and back, and beyond what any device draws: refused, and the next picture is as it was. */
static void
test_resized (void)
{
  g_autoptr (CfOffscreen) offscreen = picture_open ();
  if (!offscreen)
    return;
  CfGrid grid;
  picture_grid_sheared (&grid, 24);
  g_autoptr (CfScene) scene = cf_scene_new ();
  picture_add_helix (scene, &grid);
  CfCamera camera = picture_frame (scene, 20, 10, FALSE);
  const CfRenderQuality quality = { .detail = 1 };
  const int sizes[][2] = { { 96, 64 }, { 1, 1 }, { 8192, 24 }, { 24, 8192 }, { 1000000, 24 }, { 96, 64 } };
  guint8 *first = NULL;
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (GError) error = NULL;
      guint8 *rgba = cf_offscreen_draw_with (offscreen, sizes[i][0], sizes[i][1], scene, &camera, &quality, &error);
      g_assert_true ((rgba == NULL) == (sizes[i][0] > 100000));
      g_assert_true ((error == NULL) == (rgba != NULL));
      if (i == G_N_ELEMENTS (sizes) - 1)
        g_assert_cmpmem (first, 96 * 64 * 4, rgba, 96 * 64 * 4);
      if (i == 0)
        first = rgba;
      else
        g_free (rgba);
    }
  g_free (first);
  picture_free_field (scene);
}

/* Half a picture and a whole one show the same things in the same places. */
static void
test_detail_agrees (void)
{
  g_autoptr (CfOffscreen) offscreen = picture_open ();
  if (!offscreen)
    return;
  CfGrid grid;
  picture_grid_sheared (&grid, 48);
  g_autoptr (CfScene) scene = cf_scene_new ();
  picture_add_helix (scene, &grid);
  CfCamera camera = picture_frame (scene, 70, 25, FALSE);
  const CfRenderQuality low = { 0.5 }, high = { 2 };
  g_autofree guint8 *a = cf_offscreen_draw_with (offscreen, SIZE, SIZE, scene, &camera, &low, NULL);
  g_autofree guint8 *b = cf_offscreen_draw_with (offscreen, SIZE, SIZE, scene, &camera, &high, NULL);
  double sum = 0;
  for (int i = 0; i < SIZE * SIZE; i++)
    sum += abs (a[4 * i] - b[4 * i]);
  g_test_message ("mean difference %.2f of 255", sum / (SIZE * SIZE));
  g_assert_cmpfloat (sum / (SIZE * SIZE), <, 3);
  picture_free_field (scene);
}

/* Against all pairs. */
static void
test_brick_distances (void)
{
  const int n[3] = { 9, 5, 7 };
  guint8 occupied[9 * 5 * 7], distance[9 * 5 * 7];
  g_autoptr (GRand) rand = g_rand_new_with_seed (7);
  for (int trial = 0; trial < 20; trial++)
    {
      for (guint i = 0; i < sizeof occupied; i++)
        occupied[i] = trial > 0 && g_rand_int_range (rand, 0, 10 * trial) == 0;
      cf_gl_brick_distances (n, occupied, distance);
      for (int i = 0; i < 9 * 5 * 7; i++)
        {
          int best = 255;
          for (int j = 0; j < 9 * 5 * 7; j++)
            if (occupied[j])
              best = MIN (best, MAX (abs (i % 9 - j % 9), MAX (abs (i / 9 % 5 - j / 9 % 5), abs (i / 45 - j / 45))));
          g_assert_cmpint (distance[i], ==, best);
        }
    }
}

static gboolean
drawn_near (const guint8 *rgba, double x, double y)
{
  for (int j = -3; j <= 3; j++)
    for (int i = -3; i <= 3; i++)
      {
        int px = CLAMP ((int) x + i, 0, SIZE - 1), py = CLAMP ((int) y + j, 0, SIZE - 1);
        if (!is_background (rgba + 4 * (py * SIZE + px)))
          return TRUE;
      }
  return FALSE;
}

/* The edges of a box are whole lines at every detail, however faint it is. */
static void
test_box_edges (void)
{
  g_autoptr (CfOffscreen) offscreen = picture_open ();
  if (!offscreen)
    return;
  for (int faint = 0; faint < 2; faint++)
    for (double detail = 1; detail > 0.2; detail -= 0.15)
      {
        g_autoptr (CfScene) scene = cf_scene_new ();
        CfBox box = { .rgba = { 230, 159, 0, faint ? 90 : 255 } };
        for (int c = 0; c < 8; c++)
          for (int a = 0; a < 3; a++)
            box.corner[c][a] = c >> a & 1 ? 20 : -20;
        g_array_append_val (scene->boxes, box);
        scene->depth_cue = scene->outline = FALSE;
        CfCamera camera = picture_frame (scene, 33, 21, FALSE);
        CfRenderQuality quality = { .detail = detail };
        g_autofree guint8 *rgba = cf_offscreen_draw_with (offscreen, SIZE, SIZE, scene, &camera, &quality, NULL);
        for (int c = 0; c < 8; c++)
          for (int a = 0; a < 3; a++)
            for (double f = 0.02; f < 1 && !(c >> a & 1); f += 0.01)
              {
                double p[3], x, y;
                for (int b = 0; b < 3; b++)
                  p[b] = box.corner[c][b] + (b == a ? 40 * f : 0);
                g_assert_true (cf_camera_project (&camera, p, SIZE, SIZE, &x, &y));
                g_assert_true (drawn_near (rgba, x, y));
              }
      }
}

/* Half-transparent spheres: an even blend with what is behind, the nearest one seen, whatever the order they are in; picked too. */
static void
test_transparent (void)
{
  g_autoptr (CfOffscreen) offscreen = picture_open ();
  if (!offscreen)
    return;
  guint8 *pictures[2];
  for (int order = 0; order < 2; order++)
    {
      g_autoptr (CfScene) scene = cf_scene_new ();
      CfSphere near = { .pos = { 0, 0, 5 }, .radius = 4, .rgba = { 230, 159, 0, 128 }, .pick = CF_PICK_NODE | 5 };
      CfSphere far = { .pos = { 0, 0, -5 }, .radius = 6, .rgba = { 0, 158, 115, 128 }, .pick = CF_PICK_NODE | 6 };
      CfSphere solid = { .pos = { 9, 0, 0 }, .radius = 3, .rgba = { 86, 180, 233, 255 }, .pick = CF_PICK_NODE | 7 };
      g_array_append_val (scene->spheres, *(order ? &near : &far));
      g_array_append_val (scene->spheres, solid);
      g_array_append_val (scene->spheres, *(order ? &far : &near));
      scene->depth_cue = scene->outline = FALSE;
      CfCamera camera = picture_frame (scene, 0, 0, TRUE);
      guint8 *rgba = pictures[order] = picture_draw (offscreen, SIZE, scene, &camera);
      double x, y;
      g_assert_true (cf_camera_project (&camera, (double[3]){ 0, 0, 0 }, SIZE, SIZE, &x, &y));
      g_assert_cmphex (cf_renderer_pick (cf_offscreen_renderer (offscreen), (int) x, (int) y, NULL), ==, near.pick);
      const guint8 *middle = rgba + 4 * ((int) y * SIZE + (int) x);
      g_assert_cmpint (middle[0], >, 60); /* half of a lit 230 over a dark ground */
      g_assert_cmpint (middle[0], <, 170);
      for (int i = 1; i < 8; i++)
        g_assert_cmpint (abs (middle[0] - middle[4 * i]), <, 12);
    }
  g_assert_cmpmem (pictures[0], SIZE * SIZE * 4, pictures[1], SIZE * SIZE * 4);
  g_free (pictures[0]);
  g_free (pictures[1]);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/picture/ball-orthogonal", test_ball_orthogonal);
  g_test_add_func ("/picture/ball-sheared", test_ball_sheared);
  g_test_add_func ("/picture/ball-orthographic", test_ball_orthographic);
  g_test_add_func ("/picture/occlusion", test_occlusion);
  g_test_add_func ("/picture/empty-and-dirty", test_empty_and_dirty);
  g_test_add_func ("/picture/maps", test_maps);
  g_test_add_func ("/picture/final", test_final);
  g_test_add_func ("/picture/clip", test_clip);
  g_test_add_func ("/picture/styles-and-sizes", test_styles_and_sizes);
  g_test_add_func ("/picture/resized", test_resized);
  g_test_add_func ("/picture/detail-agrees", test_detail_agrees);
  g_test_add_func ("/picture/box-edges", test_box_edges);
  g_test_add_func ("/picture/transparent", test_transparent);
  g_test_add_func ("/picture/brick-distances", test_brick_distances);
  return g_test_run ();
}
