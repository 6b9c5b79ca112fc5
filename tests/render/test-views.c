/* What a picture can be asked for beside one surface: a second level, a difference, a plane that cuts, two fields side by side; and that
 * an object looks the same in every order of its axes. */
#include <math.h>
#include <string.h>

#include "cf-volume.h"
#include "picture.h"

#define SIZE 200

static double
mean_difference (const guint8 *a, const guint8 *b, int x0, int x1)
{
  double sum = 0;
  for (int y = 0; y < SIZE; y++)
    for (int x = x0; x < x1; x++)
      for (int c = 0; c < 3; c++)
        sum += abs (a[4 * (y * SIZE + x) + c] - b[4 * (y * SIZE + x) + c]);
  return sum / (3.0 * SIZE * (x1 - x0));
}

/* The same samples with grid axis a in the place of order[a]. */
static void
permute (const CfScene *from, const int order[3], CfScene *to)
{
  const CfGrid *grid = &from->field.grid;
  int dims[3];
  double step[3][3];
  for (int a = 0; a < 3; a++)
    {
      dims[order[a]] = grid->dims[a];
      memcpy (step[order[a]], grid->step[a], sizeof step[0]);
      to->slice[order[a]] = from->slice[a];
    }
  cf_grid_init (&to->field.grid, dims, grid->origin, step);
  to->field.samples = g_new (float, cf_grid_n_voxels (grid));
  static guint64 serial = 1;
  to->field.serial = serial += 2;
  const float *in = from->field.samples;
  for (int k = 0; k < grid->dims[2]; k++)
    for (int j = 0; j < grid->dims[1]; j++)
      for (int i = 0; i < grid->dims[0]; i++)
        {
          const int at[3] = { i, j, k };
          int p[3];
          for (int a = 0; a < 3; a++)
            p[order[a]] = at[a];
          to->field.samples[((gsize) p[2] * dims[1] + p[1]) * dims[0] + p[0]] = *in++;
        }
}

static void
test_axis_orders (void)
{
  static const int orders[6][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 }, { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };
  g_autoptr (CfOffscreen) offscreen = picture_open ();
  if (!offscreen)
    return;
  CfGrid grid;
  g_autoptr (CfScene) scene = cf_scene_new ();
  picture_grid_sheared (&grid, 44);
  picture_add_helix (scene, &grid);
  scene->level = 0.25;
  scene->slice[0] = 0.4;
  scene->slice[1] = 0.55;
  scene->slice[2] = 0.6;
  CfCamera camera = picture_frame (scene, 25, 15, FALSE);
  for (int style = 0; style < CF_N_STYLES; style++)
    {
      scene->style = (CfStyle) style;
      g_autofree guint8 *first = picture_draw (offscreen, SIZE, scene, &camera);
      for (int i = 1; i < 6; i++)
        {
          g_autoptr (CfScene) other = cf_scene_new ();
          other->level = scene->level;
          other->style = scene->style;
          permute (scene, orders[i], other);
          g_autofree guint8 *rgba = picture_draw (offscreen, SIZE, other, &camera);
          double mean = mean_difference (first, rgba, 0, SIZE);
          g_test_message ("%s, order %d%d%d: mean difference %.4f", cf_style_name (scene->style), orders[i][0], orders[i][1], orders[i][2], mean);
          g_assert_cmpfloat (mean, <, 0.25);
          picture_free_field (other);
        }
    }
  picture_free_field (scene);
}

typedef struct
{
  double centre[3], axis[3]; /* of length 1 */
  double ring, tube;
} Torus;

/* Signed distance, A: below 0 within. */
static double
torus_distance (const Torus *torus, const double p[3])
{
  double along = 0, d2 = 0;
  for (int a = 0; a < 3; a++)
    along += (p[a] - torus->centre[a]) * torus->axis[a];
  for (int a = 0; a < 3; a++)
    d2 += pow (p[a] - torus->centre[a] - along * torus->axis[a], 2);
  return hypot (sqrt (d2) - torus->ring, along) - torus->tube;
}

static void
add_torus (CfScene *scene, const CfGrid *grid, const Torus *torus)
{
  float *out = scene->field.samples = g_new (float, cf_grid_n_voxels (grid));
  scene->field.grid = *grid;
  scene->field.serial = 1;
  for (int k = 0; k < grid->dims[2]; k++)
    for (int j = 0; j < grid->dims[1]; j++)
      for (int i = 0; i < grid->dims[0]; i++)
        {
          double xyz[3];
          cf_grid_to_world (grid, (double[3]){ i, j, k }, xyz);
          *out++ = (float) CLAMP (0.5 - torus_distance (torus, xyz) / 20, 0, 1);
        }
}

/* By distances that are exact, so that no step goes too far: the nearest that a ray comes to the torus, below 0 where it meets it. */
static double
nearest_to_ray (const Torus *torus, const double origin[3], const double direction[3], double far)
{
  double nearest = INFINITY, t = 0;
  while (t < far)
    {
      double p[3] = { origin[0] + t * direction[0], origin[1] + t * direction[1], origin[2] + t * direction[2] };
      double d = torus_distance (torus, p);
      nearest = fmin (nearest, d);
      if (d < 1e-4)
        {
          /* how deep it goes, for rays that graze */
          for (double s = 0; s < 4; s += 0.02)
            {
              for (int a = 0; a < 3; a++)
                p[a] = origin[a] + (t + s) * direction[a];
              nearest = fmin (nearest, torus_distance (torus, p));
            }
          return nearest;
        }
      t += fmax (d, 1e-3);
    }
  return nearest;
}

/* What is drawn and what is not agrees with the true outline to within a pixel, through its hole as well. */
static void
test_torus (void)
{
  g_autoptr (CfOffscreen) offscreen = picture_open ();
  if (!offscreen)
    return;
  for (int sheared = 0; sheared < 2; sheared++)
    for (int orthographic = 0; orthographic < 2; orthographic++)
      {
        CfGrid grid;
        Torus torus = { .axis = { 0.36, 0.48, 0.8 }, .ring = 10, .tube = 4 };
        g_autoptr (CfScene) scene = cf_scene_new ();
        if (sheared)
          picture_grid_sheared (&grid, 60);
        else
          picture_grid_orthogonal (&grid, 44);
        picture_middle (&grid, torus.centre);
        add_torus (scene, &grid, &torus);
        scene->level = 0.5;
        CfCamera camera = picture_frame (scene, 40, 25, FALSE);
        camera.orthographic = orthographic;
        g_autofree guint8 *rgba = picture_draw (offscreen, SIZE, scene, &camera);
        double pixel = cf_camera_pixel_size (&camera, SIZE) * 1.3; /* at the far side of it */
        int within = 0, beyond = 0, hole = 0;
        for (int y = 0; y < SIZE; y++)
          for (int x = 0; x < SIZE; x++)
            {
              double origin[3], direction[3], xyz[3];
              cf_camera_ray (&camera, x + 0.5, y + 0.5, SIZE, SIZE, origin, direction);
              double nearest = nearest_to_ray (&torus, origin, direction, 2 * camera.distance);
              if (fabs (nearest) < pixel)
                continue;
              cf_renderer_pick (cf_offscreen_renderer (offscreen), x, y, xyz);
              g_assert_true (isnan (xyz[0]) == (nearest > 0));
              if (nearest < 0)
                g_assert_cmpfloat (fabs (torus_distance (&torus, xyz)), <, 0.06);
              within += nearest < 0;
              beyond += nearest > 0;
              hole += nearest > 0 && hypot (x - SIZE / 2, y - SIZE / 2) < 15;
            }
        g_test_message ("%d pixels within, %d beyond, %d of the hole, pixel %.3f A", within, beyond, hole, pixel);
        g_assert_cmpint (within, >, 3000);
        g_assert_cmpint (hole, >, 100);
        picture_free_field (scene);
      }
}

/* A ball of 5 A within one of 10 A: the outer one is met first, the inner one is seen through it, in either order of the levels. */
static void
test_second_level (void)
{
  g_autoptr (CfOffscreen) offscreen = picture_open ();
  if (!offscreen)
    return;
  CfGrid grid;
  double m[3], xyz[3];
  g_autoptr (CfScene) scene = cf_scene_new ();
  picture_grid_orthogonal (&grid, 48);
  picture_middle (&grid, m);
  picture_add_ball (scene, &grid, 20);
  scene->depth_cue = scene->outline = FALSE;
  scene->level = 0.5;
  scene->colour[3] = 0.3f;
  CfCamera camera = picture_frame (scene, 0, 0, FALSE);
  const float blue[4] = { 0.1f, 0.2f, 0.9f, 1 };
  g_autofree guint8 *one = picture_draw (offscreen, SIZE, scene, &camera);
  guint8 *both[2];
  for (int order = 0; order < 2; order++)
    {
      const float grey[4] = { 0.7f, 0.7f, 0.7f, 0.3f };
      scene->level = order ? 0.75 : 0.5;
      scene->second_level = order ? 0.5 : 0.75;
      memcpy (scene->colour, order ? blue : grey, sizeof grey);
      memcpy (scene->second_colour, order ? grey : blue, sizeof grey);
      both[order] = picture_draw (offscreen, SIZE, scene, &camera);
      cf_renderer_pick (cf_offscreen_renderer (offscreen), SIZE / 2, SIZE / 2, xyz);
      g_assert_cmpfloat_with_epsilon (picture_away (xyz, m), 10, 0.1);
    }
  const guint8 *before = picture_pixel (one, SIZE, &camera, m), *after = picture_pixel (both[0], SIZE, &camera, m);
  g_assert_cmpint (abs (before[2] - before[0]), <, 12);
  g_assert_cmpint (after[2], >, after[0] + 60);
  const double rim[3] = { m[0] + 8, m[1], m[2] };
  g_assert_cmpint (abs (picture_pixel (both[0], SIZE, &camera, rim)[2] - picture_pixel (one, SIZE, &camera, rim)[2]), <, 4);
  g_assert_cmpfloat (mean_difference (both[0], both[1], 0, SIZE), <, 0.3);
  g_free (both[0]);
  g_free (both[1]);
  picture_free_field (scene);
}

/* Left of the middle more, right of it less: blue and vermilion, in every style; and nothing at all between. */
static void
test_difference (void)
{
  g_autoptr (CfOffscreen) offscreen = picture_open ();
  if (!offscreen)
    return;
  CfGrid grid;
  double m[3];
  g_autoptr (CfScene) scene = cf_scene_new ();
  picture_grid_orthogonal (&grid, 48);
  picture_middle (&grid, m);
  picture_add_ball (scene, &grid, 18);
  for (gsize i = 0; i < cf_grid_n_voxels (&grid); i++)
    {
      double ijk = (double) (i % (gsize) grid.dims[0]) - (grid.dims[0] - 1) / 2.0;
      scene->field.samples[i] *= (float) (-ijk / 10);
    }
  scene->difference = TRUE;
  scene->outline = FALSE;
  scene->level = 0.15;
  CfCamera camera = picture_frame (scene, 0, 0, FALSE);
  const double left[3] = { m[0] - 6, m[1], m[2] }, right[3] = { m[0] + 6, m[1], m[2] };
  for (int style = 0; style < CF_N_STYLES; style++)
    {
      scene->style = (CfStyle) style;
      /* Slices look along their own planes here; and between its wires a mesh shows the ground. */
      scene->slice[2] = 0.5;
      g_autofree guint8 *rgba = picture_draw (offscreen, SIZE, scene, &camera);
      int blue = 0, vermilion = 0;
      for (int i = -6; i <= 6; i++)
        {
          const guint8 *l = picture_pixel (rgba, SIZE, &camera, left) + 4 * i, *r = picture_pixel (rgba, SIZE, &camera, right) + 4 * i;
          blue += l[2] > l[0] + 20;
          vermilion += r[0] > r[2] + 20;
        }
      g_test_message ("%s: %d blue, %d vermilion of 13", cf_style_name (scene->style), blue, vermilion);
      g_assert_cmpint (blue, >=, style == CF_STYLE_MESH ? 2 : 10);
      g_assert_cmpint (vermilion, >=, style == CF_STYLE_MESH ? 2 : 10);
    }
  picture_free_field (scene);
}

/* A plane through the middle, facing the eye aslant: the ball is seen cut, flat; spheres are too; what lies before it is gone. */
static void
test_plane (void)
{
  g_autoptr (CfOffscreen) offscreen = picture_open ();
  if (!offscreen)
    return;
  CfGrid grid;
  double m[3], xyz[3];
  g_autoptr (CfScene) scene = cf_scene_new ();
  picture_grid_sheared (&grid, 48);
  picture_middle (&grid, m);
  picture_add_ball (scene, &grid, 20);
  scene->level = 0.5;
  picture_add_sphere (scene, m[0], m[1] + 14, m[2], 2, CF_PICK_ATOM | 1);
  picture_add_sphere (scene, m[0] - 14, m[1], m[2] + 6, 2, CF_PICK_ATOM | 2);
  CfCamera camera = picture_frame (scene, 0, 0, FALSE);
  const double normal[3] = { 0, 0.6, 0.8 }; /* the first sphere is cut off */
  memcpy (scene->plane, normal, sizeof normal);
  scene->plane[3] = normal[1] * m[1] + normal[2] * m[2];
  g_autofree guint8 *rgba = picture_draw (offscreen, SIZE, scene, &camera);
  int cut = 0;
  for (int y = 0; y < SIZE; y += 2)
    for (int x = 0; x < SIZE; x += 2)
      {
        guint32 pick = cf_renderer_pick (cf_offscreen_renderer (offscreen), x, y, xyz);
        g_assert_cmphex (pick, !=, CF_PICK_ATOM | 1);
        if (isnan (xyz[0]))
          continue;
        double over = normal[1] * xyz[1] + normal[2] * xyz[2] - scene->plane[3];
        g_assert_cmpfloat (over, <, 0.02);
        cut += fabs (over) < 0.02;
      }
  g_test_message ("%d pixels of the cut", cut);
  g_assert_cmpint (cut, >, 300);
  memset (scene->plane, 0, sizeof scene->plane);
  g_autofree guint8 *whole = picture_draw (offscreen, SIZE, scene, &camera);
  double x, y;
  g_assert_true (cf_camera_project (&camera, (double[3]){ m[0], m[1] + 14, m[2] }, SIZE, SIZE, &x, &y));
  g_assert_cmphex (cf_renderer_pick (cf_offscreen_renderer (offscreen), (int) x, (int) y, NULL), ==, CF_PICK_ATOM | 1);
  picture_free_field (scene);
}

/* Each part of a split picture is that part of the picture of its field alone. */
static void
test_split (void)
{
  g_autoptr (CfOffscreen) offscreen = picture_open ();
  if (!offscreen)
    return;
  CfGrid grid, finer;
  double m[3];
  g_autoptr (CfScene) scene = cf_scene_new (), other = cf_scene_new ();
  picture_grid_sheared (&grid, 40);
  cf_grid_resample (&grid, 0.7, &finer);
  picture_middle (&grid, m);
  picture_add_helix (scene, &grid);
  picture_add_ball (other, &finer, 18);
  scene->level = other->level = 0.3;
  scene->depth_cue = other->depth_cue = scene->outline = other->outline = FALSE;
  CfCamera camera = picture_frame (scene, 20, 20, FALSE);
  for (int style = 0; style < CF_N_STYLES; style++)
    {
      scene->style = other->style = (CfStyle) style;
      scene->split = 0;
      g_autofree guint8 *right = picture_draw (offscreen, SIZE, scene, &camera);
      g_autofree guint8 *left = picture_draw (offscreen, SIZE, other, &camera);
      scene->other = other->field;
      scene->split = 0.4;
      g_autofree guint8 *both = picture_draw (offscreen, SIZE, scene, &camera);
      g_assert_cmpfloat (mean_difference (right, left, 0, SIZE), >, 1);
      g_assert_cmpfloat (mean_difference (both, left, 0, 78), <, 0.05);
      g_assert_cmpfloat (mean_difference (both, right, 82, SIZE), <, 0.05);
    }
  picture_free_field (scene);
  picture_free_field (other);
}

static void
add_noise (CfScene *scene, const CfGrid *grid)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (11);
  picture_add_helix (scene, grid);
  for (gsize i = 0; i < cf_grid_n_voxels (grid); i++)
    scene->field.samples[i] = (float) CLAMP (scene->field.samples[i] + g_rand_double_range (rand, 0, 0.2), 0, 1);
}

/* Where rays of the other field's part end: within a voxel's cube for "nearest", on the interpolating spline for "cubic". */
static void
test_filters (void)
{
  g_autoptr (CfOffscreen) offscreen = picture_open ();
  if (!offscreen)
    return;
  CfGrid grid;
  g_autoptr (CfScene) scene = cf_scene_new ();
  picture_grid_sheared (&grid, 36);
  add_noise (scene, &grid);
  gsize n = cf_grid_n_voxels (&grid);
  g_autofree float *samples = g_memdup2 (scene->field.samples, n * sizeof (float));
  g_autoptr (CfVolume) volume = cf_volume_new ("noise", &grid, g_memdup2 (samples, n * sizeof (float)));
  g_autoptr (CfInterpolator) spline = cf_interpolator_new (volume, CF_INTERPOLATION_TRICUBIC);
  scene->level = 0.4;
  scene->outline = FALSE;
  CfCamera camera = picture_frame (scene, 30, 20, FALSE);
  scene->other = scene->field;
  scene->field = (CfSceneField){ 0 };
  scene->split = 1;
  for (int cubic = 0; cubic < 2; cubic++)
    {
      scene->other_filter = cubic ? CF_FILTER_CUBIC : CF_FILTER_NEAREST;
      scene->other.serial++;
      scene->other.samples = cubic ? (float *) cf_interpolator_coefficients (spline) : samples;
      g_autofree guint8 *rgba = picture_draw (offscreen, SIZE, scene, &camera);
      int hits = 0;
      double worst = 0;
      for (int y = 0; y < SIZE; y += 2)
        for (int x = 0; x < SIZE; x += 2)
          {
            double xyz[3], ijk[3], value, aside = 1, inside = INFINITY;
            cf_renderer_pick (cf_offscreen_renderer (offscreen), x, y, xyz);
            if (isnan (xyz[0]))
              continue;
            cf_grid_from_world (&grid, xyz, ijk);
            for (int a = 0; a < 3; a++)
              {
                aside = fmin (aside, fabs (ijk[a] - floor (ijk[a]) - 0.5));
                inside = fmin (inside, fmin (ijk[a], grid.dims[a] - 1 - ijk[a]));
              }
            if (inside < 2)
              continue;
            cf_interpolator_query (spline, 1, xyz, &value, NULL);
            worst = fmax (worst, cubic ? fabs (value - scene->level) : aside);
            hits++;
          }
      g_test_message ("%s: %d hits, farthest %.4f", cubic ? "cubic" : "nearest", hits, worst);
      g_assert_cmpint (hits, >, 800);
      g_assert_cmpfloat (worst, <, 0.03);
    }
  scene->field.samples = g_steal_pointer (&samples);
  picture_free_field (scene);
}

/* A picture drawn in parts is the picture drawn at once, in every style, with what is transparent and with silhouettes. */
static void
test_rows (void)
{
  g_autoptr (CfOffscreen) offscreen = picture_open ();
  if (!offscreen)
    return;
  CfGrid grid;
  double m[3];
  g_autoptr (CfScene) scene = cf_scene_new ();
  picture_grid_sheared (&grid, 40);
  picture_add_helix (scene, &grid);
  picture_middle (&grid, m);
  picture_add_sphere (scene, m[0], m[1], m[2], 3, CF_PICK_NODE | 1);
  g_array_index (scene->spheres, CfSphere, 0).rgba[3] = 120;
  scene->level = 0.3;
  CfCamera camera = picture_frame (scene, 20, 20, FALSE);
  CfRenderer *renderer = cf_offscreen_renderer (offscreen);
  const CfRenderQuality quality = { .detail = 1 };
  for (int style = 0; style < CF_N_STYLES; style++)
    {
      scene->style = (CfStyle) style;
      g_autofree guint8 *whole = picture_draw (offscreen, SIZE, scene, &camera), *parts = g_malloc (SIZE * SIZE * 4);
      guint fbo = cf_renderer_bound_framebuffer ();
      static const double ends[] = { 0, 0.1, 0.37, 0.371, 0.8, 1 };
      g_autoptr (GError) error = NULL;
      for (guint i = 0; i + 1 < G_N_ELEMENTS (ends); i++)
        {
          g_assert_true (cf_renderer_draw_rows (renderer, SIZE, SIZE, scene, &camera, &quality, ends[i], ends[i + 1], &error));
          g_assert_cmphex (cf_renderer_pick (renderer, SIZE / 2, SIZE / 2, NULL) != 0, <=, i + 2 == G_N_ELEMENTS (ends));
        }
      g_assert_true (cf_renderer_present (renderer, fbo, scene, &error));
      g_assert_no_error (error);
      cf_offscreen_read (offscreen, parts);
      g_assert_cmpmem (whole, SIZE * SIZE * 4, parts, SIZE * SIZE * 4);
    }
  picture_free_field (scene);
}

/* Spheres that others hide are left out of large scenes: no pixel may tell. A plane far away cuts nothing, and has all of them drawn. */
static void
test_hidden (void)
{
  g_autoptr (CfOffscreen) offscreen = picture_open ();
  if (!offscreen)
    return;
  g_autoptr (CfScene) scene = cf_scene_new ();
  for (int i = 0; i < 9000; i++)
    {
      /* a lattice of 30 x 30 x 10 that wanders, radii from 0.4 to 2.4 A, one in ten transparent */
      CfSphere sphere = { .pos = { (float) (2.2 * (i % 30) + sin (i)), (float) (2.2 * (i / 30 % 30) + cos (3 * i)), (float) (2.2 * (i / 900) + sin (5 * i)) },
                          .radius = (float) (0.4 + 2.0 * fabs (sin (7 * i))),
                          .rgba = { (guint8) (i * 37), (guint8) (i * 91), (guint8) (i * 53), i % 10 == 0 ? 120 : 255 },
                          .pick = CF_PICK_ATOM | (guint32) i };
      g_array_append_val (scene->spheres, sphere);
    }
  double lo[3], hi[3];
  g_assert_true (cf_scene_bounds (scene, lo, hi));
  for (int way = 0; way < 6; way++)
    {
      g_autoptr (GError) error = NULL;
      CfCamera camera = { .orthographic = way % 2 };
      const CfRenderQuality quality = { .detail = way < 2 ? 0.5 : 1 };
      const double zoom[3] = { 1, 1, 12 };
      cf_camera_frame (&camera, lo, hi, 50 * way, 10 * way, zoom[way / 2]);
      memset (scene->plane, 0, sizeof scene->plane);
      g_autofree guint8 *some = cf_offscreen_draw_with (offscreen, 300, 220, scene, &camera, &quality, &error);
      g_assert_no_error (error);
      scene->plane[2] = 1;
      scene->plane[3] = 1e5;
      g_autofree guint8 *all = cf_offscreen_draw_with (offscreen, 300, 220, scene, &camera, &quality, &error);
      g_assert_no_error (error);
      g_assert_cmpmem (some, 300 * 220 * 4, all, 300 * 220 * 4);
    }
}

/* For print: what is dense is dark there, as it is bright on a dark ground; in style volume it was nearly as pale as the paper. */
static void
test_paper (void)
{
  g_autoptr (CfOffscreen) offscreen = picture_open ();
  if (!offscreen)
    return;
  CfGrid grid;
  g_autoptr (CfScene) scene = cf_scene_new ();
  picture_grid_orthogonal (&grid, 40);
  picture_add_helix (scene, &grid);
  scene->level = 0.3;
  scene->background = CF_BACKGROUND_WHITE;
  CfCamera camera = picture_frame (scene, 20, 20, FALSE);
  for (int style = 0; style < CF_N_STYLES; style++)
    {
      double sum = 0;
      int n = 0;
      scene->style = (CfStyle) style;
      g_autofree guint8 *rgba = picture_draw (offscreen, SIZE, scene, &camera);
      for (int i = 0; i < SIZE * SIZE; i++)
        {
          int bright = rgba[4 * i] + rgba[4 * i + 1] + rgba[4 * i + 2];
          n += bright < 750;
          sum += bright < 750 ? bright / 765.0 : 0;
        }
      for (int c = 0; c < 3; c++)
        g_assert_cmpint (rgba[c], ==, 255);
      g_test_message ("%s: %.3f as bright as the paper", cf_style_name (scene->style), sum / n);
      if (style != CF_STYLE_SLICES) /* which are paper themselves */
        g_assert_cmpfloat (sum / n, <, 0.75);
    }
  picture_free_field (scene);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/views/axis-orders", test_axis_orders);
  g_test_add_func ("/views/torus", test_torus);
  g_test_add_func ("/views/second-level", test_second_level);
  g_test_add_func ("/views/difference", test_difference);
  g_test_add_func ("/views/plane", test_plane);
  g_test_add_func ("/views/split", test_split);
  g_test_add_func ("/views/filters", test_filters);
  g_test_add_func ("/views/hidden", test_hidden);
  g_test_add_func ("/views/rows", test_rows);
  g_test_add_func ("/views/paper", test_paper);
  return g_test_run ();
}
