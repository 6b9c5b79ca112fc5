/* test-march.c: rays through the field itself, on the demonstration: against steps so short that nothing is missed, and against the pictures that
 * are made from samples and refined. */
#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cf-bake-fine.h"
#include "cf-demo.h"
#include "cf-fine-plan.h"
#include "cf-marching.h"
#include "cf-trainer.h"
#include "cf-walk.h"
#include "picture.h"

enum { WIDTH = 120, HEIGHT = 90, SIDE = 30 };

static CfEvaluator *evaluator; /* of a part of the demonstration, fitted for a few epochs */
static double level;

static CfVolume *
part_of_demo (void)
{
  const int lo[3] = { 22, 22, 22 }, dims[3] = { SIDE, SIDE, SIDE };
  g_autoptr (CfStructure) structure = cf_demo_structure (NULL);
  g_autoptr (CfVolume) whole = cf_demo_volume (structure, NULL, NULL);
  float *data = g_new (float, SIDE * SIDE * SIDE);
  CfGrid grid;

  g_assert_nonnull (whole);
  cf_grid_crop (&whole->grid, lo, dims, &grid);
  for (int z = 0; z < SIDE; z++)
    for (int y = 0; y < SIDE; y++)
      memcpy (data + (z * SIDE + y) * SIDE, whole->data + ((gsize) (lo[2] + z) * whole->grid.dims[1] + lo[1] + y) * whole->grid.dims[0] + lo[0],
              SIDE * sizeof (float));
  return cf_volume_new ("part of the demonstration", &grid, data);
}

static void
fit (void)
{
  g_autoptr (CfVolume) volume = part_of_demo ();
  g_autoptr (CfBackend) backend = cf_backend_open ("cpu", 0, NULL);
  const CfTrainOptions options = { .contour = NAN, .resolution = CF_DEMO_RESOLUTION, .seed = 1, .last_region = -1, .max_epochs = 3 };
  g_autoptr (CfTrainer) trainer = cf_trainer_new (backend, volume, &options, NULL);
  g_autoptr (CfField) field = NULL;

  g_assert_nonnull (trainer);
  cf_trainer_start (trainer);
  g_assert_true (cf_trainer_wait (trainer, NULL));
  field = cf_trainer_snapshot (trainer);
  evaluator = cf_evaluator_new (backend, field);
  level = 0.15;
}

static CfScene *
make_scene (double spacing)
{
  CfScene *scene = cf_scene_new ();

  cf_walk_grid (cf_evaluator_field (evaluator), spacing, &scene->field.grid);
  scene->field.samples = g_new (float, cf_grid_n_voxels (&scene->field.grid));
  g_assert_true (cf_evaluator_bake (evaluator, &scene->field.grid, scene->field.samples, NULL, NULL, NULL, NULL));
  scene->field.serial = 1;
  scene->level = level;
  return scene;
}

typedef struct
{
  gsize rays, hits, missed, cut, before;
  double farthest;
  gboolean brute, fail;
  const CfScene *scene; /* of brute */
  const CfCamera *camera;
} Watch;

/* Whether a place is within what is drawn: the samples' box, the free plane, the clip planes. */
static gboolean
is_seen (const CfScene *scene, const CfCamera *camera, const double ahead[3], const double xyz[3])
{
  double ijk[3], depth = 0, over = -scene->plane[3];

  cf_grid_from_world (&scene->field.grid, xyz, ijk);
  for (int a = 0; a < 3; a++)
    {
      depth += (xyz[a] - camera->centre[a]) * ahead[a];
      over += scene->plane[a] * xyz[a];
      if (ijk[a] < 0 || ijk[a] > scene->field.grid.dims[a] - 1)
        return FALSE;
    }
  return over <= 0 && depth >= camera->near_clip && depth <= camera->far_clip;
}

/* The first place where a ray is above the level, by steps of a fiftieth of an A; nothing that the renderer made is asked. */
static double
brute_force (const CfScene *scene, const CfCamera *camera, int column, int row, gboolean *cut)
{
  double origin[3], direction[3], middle[3], ahead[3], from = -1;
  gsize n = 0, most = (gsize) (2 * camera->distance / 0.02) + 1;
  g_autofree double *xyz = g_new (double, 3 * most);
  g_autofree float *value = g_new (float, most);

  cf_camera_ray (camera, column + 0.5, HEIGHT - 1 - row + 0.5, WIDTH, HEIGHT, origin, direction);
  cf_camera_ray (camera, WIDTH / 2.0, HEIGHT / 2.0, WIDTH, HEIGHT, middle, ahead);
  *cut = FALSE;
  for (gsize i = 0; i < most; i++)
    {
      cf_march_place (origin, direction, 0.02 * i, xyz + 3 * n);
      if (!is_seen (scene, camera, ahead, xyz + 3 * n))
        continue;
      from = n++ == 0 ? 0.02 * i : from;
    }
  g_assert_true (cf_evaluator_query (evaluator, n, xyz, value, NULL, NULL, NULL));
  for (gsize i = 0; i < n; i++)
    if (value[i] >= level)
      {
        *cut = i == 0;
        return i == 0 ? from : from + 0.02 * (i - 1 + (level - value[i - 1]) / (value[i] - value[i - 1]));
      }
  return NAN;
}

static void
compare_with_brute_force (Watch *watch, const CfMarchView *view, const CfMarchTarget *target)
{
  for (int row = 3; row < target->rows; row += 6)
    for (int column = 4; column < view->width; column += 6)
      {
        const float *hit = target->hits + 4 * ((gsize) row * view->width + column);
        gboolean cut;
        double t = brute_force (watch->scene, watch->camera, column, target->first_row + row, &cut);

        watch->rays++;
        watch->hits += !isnan (t);
        watch->cut += cut;
        if (isnan (t))
          watch->before += hit[0] > -1e8f;
        else if (hit[0] < -1e8f || fabs (hit[0] - t) > 0.1) /* a thin sheet that was stepped over */
          watch->missed++;
        else
          {
            g_assert_cmpint (hit[1] > 0.5f, ==, cut);
            if (cut) /* the steps do not end on a face */
              g_assert_cmpfloat (fabs (hit[0] - t), <, 0.021);
            else
              watch->farthest = fmax (watch->farthest, fabs (hit[0] - t));
          }
      }
}

static gboolean
march (gpointer data, const CfMarchView *view, const CfMarchSpace *space, CfMarchTarget *target, GError **error)
{
  Watch *watch = data;
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();

  if (watch->fail)
    g_cancellable_cancel (cancellable);
  if (!cf_evaluator_march (evaluator, view, space, target, cancellable, error))
    return FALSE;
  g_assert_false (target->in_gl);
  if (watch->brute)
    compare_with_brute_force (watch, view, target);
  return TRUE;
}

static gboolean
query (gpointer data, gsize n, const double *xyz, float *value, float *gradient, GError **error)
{
  return cf_evaluator_query (evaluator, n, xyz, value, gradient, NULL, error);
}

static CfCamera
frame (const CfScene *scene, double azimuth, double elevation, gboolean orthographic)
{
  CfCamera camera = { .orthographic = orthographic };

  g_assert_true (cf_scene_frame (scene, &camera, azimuth, elevation, 1));
  return camera;
}

/* Also where a plane and the clip planes cut through the density. */
static void
test_brute_force (void)
{
  g_autoptr (CfOffscreen) offscreen = picture_open ();
  if (!offscreen)
    return;
  g_autoptr (CfScene) scene = make_scene (0);
  for (int kind = 0; kind < 3; kind++)
    {
      CfCamera camera = frame (scene, 30 + 70 * kind, 20, kind == 1);
      Watch watch = { .brute = TRUE, .scene = scene, .camera = &camera };
      const CfRenderQuality quality = { .detail = 1, .march = march, .march_data = &watch };
      if (kind == 1)
        camera.near_clip = -2;
      if (kind == 2)
        memcpy (scene->plane, (double[4]){ 0.6, 0, 0.8, 0.6 * camera.centre[0] + 0.8 * camera.centre[2] }, sizeof scene->plane);
      g_autofree guint8 *rgba = cf_offscreen_draw_with (offscreen, WIDTH, HEIGHT, scene, &camera, &quality, NULL);
      g_assert_nonnull (rgba);
      g_test_message ("%zu rays, %zu hits, %zu on a face; stepped over %zu, too many %zu; else at most %.5f A off", watch.rays, watch.hits, watch.cut,
                      watch.missed, watch.before, watch.farthest);
      g_assert_cmpuint (watch.hits, >, 30);
      g_assert_cmpuint (watch.cut, >=, kind > 0 ? 4 : 0);
      g_assert_cmpuint (watch.missed, <=, watch.hits / 100);
      g_assert_cmpuint (watch.before, <=, 1); /* a corner of what is seen, between two steps */
      g_assert_cmpfloat (watch.farthest, <, 0.01);
    }
  picture_free_field (scene);
}

/* How two pictures differ: mean of all channels, and the share of pixels in which one differs by more than a sixteenth of white. */
static void
differ (const guint8 *a, const guint8 *b, double *mean, double *share)
{
  *mean = *share = 0;
  for (gsize i = 0; i < WIDTH * HEIGHT; i++)
    {
      int most = 0;
      for (int c = 0; c < 3; c++)
        {
          int d = abs (a[4 * i + c] - b[4 * i + c]);
          *mean += d / (255.0 * 3 * WIDTH * HEIGHT);
          most = MAX (most, d);
        }
      *share += (most > 16) / (double) (WIDTH * HEIGHT);
    }
}

/* Marched and refined, with molecules before, within and behind; what is picked has to be the same. */
static void
draw_both (CfOffscreen *offscreen, int kind, double spacing, double *mean, double *share)
{
  g_autoptr (CfScene) scene = make_scene (spacing);
  Watch watch = { 0 };
  const CfRenderQuality refined = { .detail = 1, .query = query }, marched = { .detail = 1, .march = march, .march_data = &watch, .query = query };
  CfCamera camera = frame (scene, 30 + 100 * kind, 20, kind == 1);
  CfRenderer *renderer = cf_offscreen_renderer (offscreen);
  guint8 *drawn[2];
  guint32 picked[2];

  if (kind == 1)
    {
      scene->second_level = 0.6 * level;
      memcpy (scene->second_colour, (float[4]){ 0.3f, 0.7f, 0.9f, 0.3f }, sizeof scene->second_colour);
      for (int i = -3; i <= 3; i++)
        picture_add_sphere (scene, camera.centre[0] + 2 * i, camera.centre[1], camera.centre[2] + 3 * i, 1.5, CF_PICK_NODE | (i + 3));
    }
  for (int i = 0; i < 2; i++)
    {
      drawn[i] = cf_offscreen_draw_with (offscreen, WIDTH, HEIGHT, scene, &camera, i == 0 ? &refined : &marched, NULL);
      g_assert_nonnull (drawn[i]);
      picked[i] = cf_renderer_pick (renderer, WIDTH / 2, HEIGHT / 2, NULL);
    }
  g_assert_cmpuint (picked[0], ==, picked[1]);
  differ (drawn[0], drawn[1], mean, share);
  g_free (drawn[0]);
  g_free (drawn[1]);
  picture_free_field (scene);
}

/* --final on the CPU begins from samples: the closer these lie, the more its picture becomes what rays find by themselves. */
static void
test_same_picture (void)
{
  g_autoptr (CfOffscreen) offscreen = picture_open ();
  if (!offscreen)
    return;
  for (int kind = 0; kind < 2; kind++)
    {
      double mean, share, mean_fine, share_fine;
      draw_both (offscreen, kind, 0, &mean, &share);
      draw_both (offscreen, kind, 0.25, &mean_fine, &share_fine);
      g_test_message ("from samples 0.5 A apart: mean difference %.5f, %.4f of the pixels; 0.25 A apart: %.5f, %.4f", mean, share, mean_fine, share_fine);
      g_assert_cmpfloat (mean, <, 0.001);
      g_assert_cmpfloat (share, <, 0.005);
      g_assert_cmpfloat (mean_fine, <, 0.0002);
      g_assert_cmpfloat (share_fine, <, 0.002);
    }
}

typedef struct
{
  CfFinePart part;
  gsize n;
} Baked;

static gboolean
bake_finer (gpointer data, const CfGrid *grid, const float *samples, const CfFinePart *part, float *out, GError **error)
{
  Baked *baked = data;
  CfGrid fine;

  cf_fine_grid (grid, part, &fine);
  baked->part = *part;
  baked->n = cf_grid_n_voxels (&fine);
  return cf_bake_fine (evaluator, grid, samples, part, out, NULL, NULL, NULL, error);
}

/* What is in view, sampled finer, brings a picture from near closer to `reference`; moves do not pay for it, and without it all is as before. */
static void
compare_finer (CfOffscreen *offscreen, CfScene *scene, const CfCamera *camera, const CfFinePart *part, float *fine, const guint8 *reference, double gain)
{
  const CfRenderQuality moving = { .detail = 0.6 };
  double mean[2], share[2];

  cf_fine_show (scene, NULL, NULL);
  g_autofree guint8 *before = cf_offscreen_draw (offscreen, WIDTH, HEIGHT, scene, camera, NULL);
  g_autofree guint8 *coarse = cf_offscreen_draw_with (offscreen, WIDTH, HEIGHT, scene, camera, &moving, NULL);
  cf_fine_show (scene, part, fine);
  g_autofree guint8 *after = cf_offscreen_draw (offscreen, WIDTH, HEIGHT, scene, camera, NULL);
  g_autofree guint8 *again = cf_offscreen_draw_with (offscreen, WIDTH, HEIGHT, scene, camera, &moving, NULL);
  cf_fine_show (scene, NULL, NULL);
  g_autofree guint8 *without = cf_offscreen_draw (offscreen, WIDTH, HEIGHT, scene, camera, NULL);
  differ (reference, before, &mean[0], &share[0]);
  differ (reference, after, &mean[1], &share[1]);
  g_test_message ("%s: mean difference %.5f before, %.5f after; more than a sixteenth in %.4f and %.4f of the pixels", cf_style_name (scene->style),
                  mean[0], mean[1], share[0], share[1]);
  g_assert_cmpfloat (mean[1], <, mean[0] / gain);
  g_assert_cmpfloat (share[1], <=, share[0]);
  differ (coarse, again, &mean[0], &share[0]);
  g_test_message ("%s: %.5f while moving", cf_style_name (scene->style), mean[0]);
  /* Fewer bricks are stepped over, so rays begin their steps elsewhere; these are longer than a mesh's lines are wide. */
  g_assert_cmpfloat (mean[0], <, scene->style == CF_STYLE_MESH ? 8e-3 : 1e-3);
  g_assert_cmpmem (without, 4 * WIDTH * HEIGHT, before, 4 * WIDTH * HEIGHT);
}

/* Style surface beside what the networks draw themselves; the others, whose look goes by the spacing of the field's samples, beside the whole field
 * sampled four times as finely. */
static void
test_finer (void)
{
  static const CfStyle others[] = { CF_STYLE_VOLUME, CF_STYLE_MIP, CF_STYLE_SLICES, CF_STYLE_MESH };
  g_autoptr (CfOffscreen) offscreen = picture_open ();
  if (!offscreen)
    return;
  g_autoptr (CfScene) scene = make_scene (0.5), all = make_scene (0.125);
  g_autofree float *fine = NULL;
  const int *n = scene->field.grid.dims;
  const CfFinePart whole = { { 0, 0, 0 }, { n[0], n[1], n[2] }, 4 };
  Watch watch = { 0 };
  Baked baked = { 0 };
  const CfRenderQuality marched = { .detail = 1, .march = march, .march_data = &watch };
  CfCamera camera = frame (scene, 30, 20, FALSE);

  cf_camera_zoom (&camera, 3);
  g_autofree guint8 *reference = cf_offscreen_draw_with (offscreen, WIDTH, HEIGHT, scene, &camera, &marched, NULL);
  g_assert_true (cf_fine_add (scene, &camera, WIDTH, HEIGHT, cf_bake_fine_most (evaluator), bake_finer, &baked, &fine, NULL));
  g_assert_nonnull (fine);
  g_assert_cmpuint (baked.n, <=, cf_bake_fine_most (evaluator));
  g_assert_cmpuint (cf_bake_fine_most (evaluator), <, 3000000); /* a processor's: some tens of seconds */
  g_assert_cmpint (baked.part.factor, >=, 3);
  compare_finer (offscreen, scene, &camera, &baked.part, fine, reference, 2.5);
  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    {
      scene->style = others[i];
      cf_fine_show (scene, &whole, all->field.samples);
      g_autofree guint8 *finest = cf_offscreen_draw (offscreen, WIDTH, HEIGHT, scene, &camera, NULL);
      compare_finer (offscreen, scene, &camera, &baked.part, fine, finest, 2);
    }
  picture_free_field (scene);
  picture_free_field (all);
}

/* Neighbouring pixels on both sides of the part's first face along x whose places on the surface lie far apart: a step, or teeth, of the surface. */
static int
count_breaks (CfOffscreen *offscreen, CfScene *scene, const CfCamera *camera, double face)
{
  g_autofree guint8 *rgba = cf_offscreen_draw_with (offscreen, 4 * WIDTH, 4 * HEIGHT, scene, camera, &(CfRenderQuality){ .detail = 1 }, NULL);
  double pixel = cf_camera_pixel_size (camera, 4 * HEIGHT);
  int breaks = 0;

  for (int y = 0; y < 4 * HEIGHT; y++)
    {
      double before[3] = { NAN, NAN, NAN }, last = NAN;
      for (int x = 0; x < 4 * WIDTH; x++)
        {
          double xyz[3], ijk[3];
          cf_renderer_pick (cf_offscreen_renderer (offscreen), x, y, xyz);
          cf_grid_from_world (&scene->field.grid, xyz, ijk);
          double apart = hypot (hypot (xyz[0] - before[0], xyz[1] - before[1]), xyz[2] - before[2]);
          breaks += (ijk[0] - face) * (last - face) <= 0 && fabs (ijk[0] - face) < 0.4 && apart > 6 * pixel;
          memcpy (before, xyz, sizeof xyz);
          last = ijk[0];
        }
    }
  return breaks;
}

/* The surface goes on from a part with finer samples into what lies around it without a step. */
static void
test_finer_edge (void)
{
  g_autoptr (CfOffscreen) offscreen = picture_open ();
  if (!offscreen)
    return;
  g_autoptr (CfScene) scene = make_scene (0.8);
  const int *n = scene->field.grid.dims;
  const CfFinePart part = { { n[0] / 2, 0, 0 }, { n[0] - n[0] / 2, n[1], n[2] }, 4, 0.7 * scene->level };
  CfCamera camera = frame (scene, 20, 10, FALSE);
  CfGrid grid;

  cf_fine_grid (&scene->field.grid, &part, &grid);
  g_autofree float *fine = g_new (float, cf_grid_n_voxels (&grid));
  int before = count_breaks (offscreen, scene, &camera, part.lo[0]);
  g_assert_true (cf_bake_fine (evaluator, &scene->field.grid, scene->field.samples, &part, fine, NULL, NULL, NULL, NULL));
  cf_fine_show (scene, &part, fine);
  int after = count_breaks (offscreen, scene, &camera, part.lo[0]);
  g_test_message ("%d breaks without finer samples, %d with", before, after);
  g_assert_cmpint (after, <=, before + 3);
  picture_free_field (scene);
}

/* In parts, as a window draws: the same, but for the rounding of products that have other rows beside them. A march that fails fails the picture. */
static void
test_parts (void)
{
  g_autoptr (CfOffscreen) offscreen = picture_open ();
  if (!offscreen)
    return;
  g_autoptr (CfScene) scene = make_scene (0);
  g_autoptr (GError) error = NULL;
  CfCamera camera = frame (scene, 30, 20, FALSE);
  Watch watch = { 0 };
  const CfRenderQuality quality = { .detail = 1, .march = march, .march_data = &watch };
  CfRenderer *renderer = cf_offscreen_renderer (offscreen);
  g_autofree guint8 *whole = cf_offscreen_draw_with (offscreen, WIDTH, HEIGHT, scene, &camera, &quality, NULL);
  g_autofree guint8 *parts = g_memdup2 (whole, 4 * WIDTH * HEIGHT);
  guint fbo = cf_renderer_bound_framebuffer ();
  int differing = 0;

  memset (parts, 0, 4 * WIDTH * HEIGHT);
  for (int i = 0; i < 7; i++)
    g_assert_true (cf_renderer_draw_rows (renderer, WIDTH, HEIGHT, scene, &camera, &quality, i / 7.0, (i + 1) / 7.0, NULL));
  g_assert_true (cf_renderer_present (renderer, fbo, scene, NULL));
  cf_offscreen_read (offscreen, parts);
  for (gsize i = 0; i < sizeof (guint8[4 * WIDTH * HEIGHT]); i++)
    {
      differing += parts[i] != whole[i];
      g_assert_cmpint (abs (parts[i] - whole[i]), <=, 3);
    }
  g_assert_cmpint (differing, <, 4 * WIDTH * HEIGHT / 1000);
  watch.fail = TRUE;
  g_assert_null (cf_offscreen_draw_with (offscreen, WIDTH, HEIGHT, scene, &camera, &quality, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  picture_free_field (scene);
}

int
main (int argc, char **argv)
{
  int status;

  setlocale (LC_ALL, "");
  cf_compute_init ();
  g_test_init (&argc, &argv, NULL);
  fit ();
  g_test_add_func ("/march/brute-force", test_brute_force);
  g_test_add_func ("/march/same-picture", test_same_picture);
  g_test_add_func ("/march/finer", test_finer);
  g_test_add_func ("/march/finer-edge", test_finer_edge);
  g_test_add_func ("/march/parts", test_parts);
  status = g_test_run ();
  cf_evaluator_unref (evaluator);
  return status;
}
