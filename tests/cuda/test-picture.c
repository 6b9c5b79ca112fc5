/* test-picture.c: pictures that rays on a device fill, and finer samples that lie there: into textures that OpenGL shares, and through the host where that is
 * another device: the same bytes. Kernels and sharing are carried out on the host here. */
#include <locale.h>
#include <math.h>
#include <string.h>

#include "cf-bake-fine.h"
#include "cf-fine-plan.h"
#include "cf-marching.h"
#include "cf-offscreen.h"
#include "made.h"

enum { WIDTH = 61, HEIGHT = 43, SIDE = 20 };

/* Of few waves. */
static const CfSirenShape shape = { 16, 2, 4, 3 };

typedef struct
{
  CfEvaluator *evaluator;
  int calls, in_gl;
} Watch;

static gboolean
march (gpointer data, const CfMarchView *view, const CfMarchSpace *space, CfMarchTarget *target, GError **error)
{
  Watch *watch = data;

  if (!cf_evaluator_march (watch->evaluator, view, space, target, NULL, error))
    return FALSE;
  watch->calls++;
  watch->in_gl += target->in_gl;
  return TRUE;
}

typedef struct
{
  const char *gl, *devices;
  gboolean shares, fills;
} Case;

static const Case cases[] = { { "", "1", FALSE, FALSE }, { "1", "1", TRUE, TRUE }, { "2", "2", TRUE, TRUE }, { "2", "1", FALSE, FALSE }, { "fails", "1", TRUE, FALSE } };

static CfBackend *
open_backend (const Case *now)
{
  CfBackend *backend;

  g_setenv ("CF_SIMT_DEVICES", now->devices, TRUE);
  g_setenv ("CF_SIMT_GL", now->gl, TRUE);
  backend = cf_backend_open ("cuda/fp32", 0, NULL);
  g_assert_nonnull (backend);
  g_assert_cmpint (cf_backend_shares_gl (backend), ==, now->shares);
  return backend;
}

static guint8 *
draw (CfOffscreen *offscreen, const CfScene *scene, const CfCamera *camera, CfField *field, const Case *now)
{
  g_autoptr (CfBackend) backend = NULL;
  g_autoptr (CfEvaluator) evaluator = NULL;
  Watch watch = { 0 };
  const CfRenderQuality quality = { .detail = 1, .march = march, .march_data = &watch };
  guint8 *rgba;

  backend = open_backend (now);
  watch.evaluator = evaluator = cf_evaluator_new (backend, field);
  rgba = cf_offscreen_draw_with (offscreen, WIDTH, HEIGHT, scene, camera, &quality, NULL);
  g_assert_nonnull (rgba);
  g_assert_cmpint (watch.calls, >=, 1);
  g_assert_cmpint (watch.in_gl, ==, now->fills ? watch.calls : 0);
  g_assert_null (cf_backend_take_notice (backend));
  return rgba;
}

static void
test_ways (void)
{
  g_autoptr (CfOffscreen) offscreen = cf_offscreen_new (NULL);
  g_autoptr (CfField) field = made_cube (SIDE, &shape, 8);
  g_autoptr (CfBackend) cpu = cf_backend_open ("cpu", 1, NULL);
  g_autoptr (CfEvaluator) evaluator = cf_evaluator_new (cpu, field);
  g_autoptr (CfScene) scene = cf_scene_new ();
  g_autofree float *samples = g_new (float, SIDE * SIDE * SIDE);
  g_autofree guint8 *first = NULL;
  CfCamera camera = { 0 };
  int others = 0;

  if (offscreen == NULL)
    {
      g_test_skip ("no OpenGL without a display");
      return;
    }
  g_assert_true (cf_evaluator_bake (evaluator, &field->grid, samples, NULL, NULL, NULL, NULL));
  scene->field = (CfSceneField){ .grid = field->grid, .samples = samples, .serial = 1 };
  scene->level = 0.1;
  g_assert_true (cf_scene_frame (scene, &camera, 30, 20, 1));
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree guint8 *rgba = draw (offscreen, scene, &camera, field, &cases[i]);

      if (first == NULL)
        first = g_steal_pointer (&rgba);
      else
        g_assert_cmpmem (rgba, 4 * WIDTH * HEIGHT, first, 4 * WIDTH * HEIGHT);
    }
  for (int i = 1; i < WIDTH * HEIGHT; i++)
    others += memcmp (first + 4 * i, first, 4) != 0;
  g_test_message ("%d of %d pixels show something", others, WIDTH * HEIGHT);
  g_assert_cmpint (others, >, WIDTH * HEIGHT / 10);
}

/* -- finer samples --------------------------------------------------------------------------------------------------------------------- */

typedef struct
{
  CfFineSamples *samples;
  const float *expected;
  int dims[3];
  int calls, in_gl, to_host;
} Giver;

/* Brick by brick, by what the host has. */
static void
check_ranges (const Giver *giver, const CfFineTarget *target)
{
  const gsize n = (gsize) target->n[0] * target->n[1] * target->n[2];
  g_autofree float *ranges = g_new (float, 2 * n);
  gsize at = 0;

  for (gsize b = 0; b < n; b++)
    {
      ranges[2 * b] = INFINITY;
      ranges[2 * b + 1] = -INFINITY;
    }
  for (int z = 0; z < giver->dims[2]; z++)
    for (int y = 0; y < giver->dims[1]; y++)
      for (int x = 0; x < giver->dims[0]; x++, at++)
        {
          const int i = MIN ((x + target->first[0]) / target->edge, target->n[0] - 1), j = MIN ((y + target->first[1]) / target->edge, target->n[1] - 1);
          const int k = MIN ((z + target->first[2]) / target->edge, target->n[2] - 1);
          float *range = ranges + 2 * (((gsize) k * target->n[1] + j) * target->n[0] + i);

          range[0] = fminf (range[0], giver->expected[at]);
          range[1] = fmaxf (range[1], giver->expected[at]);
        }
  for (gsize i = 0; i < 2 * n; i++)
    g_assert_true (ranges[i] == target->ranges[i] || fabsf (ranges[i] - target->ranges[i]) < 1e-6f);
}

static int
give (gpointer data, CfFineTarget *target)
{
  Giver *giver = data;
  int given = cf_fine_samples_give (giver->samples, target);

  giver->calls++;
  giver->in_gl += target->in_gl;
  giver->to_host += target->samples != NULL;
  if (target->in_gl)
    check_ranges (giver, target);
  return given;
}

#define SEEN 0.97 /* of the level: high enough that some of the box is left to the field's own samples */

/* A box off the middle, some of whose samples are not there; that ends within the field on most sides, and at its faces on one axis. */
static CfFinePart part = { { 4, 0, 3 }, { 13, 20, 14 }, 2 };

static guint8 *
draw_scene (CfOffscreen *offscreen, const CfScene *scene, const CfCamera *camera)
{
  const CfRenderQuality quality = { .detail = 1 };
  guint8 *rgba = cf_offscreen_draw_with (offscreen, WIDTH, HEIGHT, scene, camera, &quality, NULL);

  g_assert_nonnull (rgba);
  return rgba;
}

static gsize
n_others (const guint8 *a, const guint8 *b)
{
  gsize n = 0;

  for (int i = 0; i < WIDTH * HEIGHT; i++)
    n += memcmp (a + 4 * i, b + 4 * i, 4) != 0;
  return n;
}

static CfFineSamples *
bake_there (CfEvaluator *evaluator, const CfScene *scene)
{
  g_autoptr (GError) error = NULL;
  CfFineSamples *made = cf_bake_fine_there (evaluator, &scene->field.grid, scene->field.samples, &part, NULL, NULL, NULL, &error);

  g_assert_no_error (error);
  return made;
}

/* Samples that stay on the device are those that come to the host, and the picture of them is the same whichever way they take; one device after the other
 * learns which of them draws. */
static void
give_all_ways (CfOffscreen *offscreen, CfScene *scene, const CfCamera *camera, CfField *field, const guint8 *expected, const float *samples, const CfGrid *grid)
{
  const gsize n = cf_grid_n_voxels (grid);
  g_autofree float *found = g_new (float, n);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (CfBackend) backend = open_backend (&cases[i]);
      g_autoptr (CfEvaluator) evaluator = cf_evaluator_new (backend, field);
      g_autoptr (CfFineSamples) there = bake_there (evaluator, scene);
      g_autofree guint8 *rgba = NULL, *again = NULL;
      CfFineTarget target = { .samples = found };
      Giver giver = { there, samples, { grid->dims[0], grid->dims[1], grid->dims[2] } };

      g_assert_nonnull (there);
      cf_fine_show_given (scene, &part, give, &giver);
      rgba = draw_scene (offscreen, scene, camera);
      again = draw_scene (offscreen, scene, camera);
      g_assert_cmpmem (rgba, 4 * WIDTH * HEIGHT, expected, 4 * WIDTH * HEIGHT);
      g_assert_cmpmem (again, 4 * WIDTH * HEIGHT, expected, 4 * WIDTH * HEIGHT);
      g_assert_cmpint (giver.in_gl, ==, cases[i].fills);
      g_assert_cmpint (giver.to_host, ==, !cases[i].fills);
      g_assert_cmpint (giver.calls, ==, cases[i].fills ? 1 : 2);
      g_assert_true (cf_fine_samples_give (there, &target));
      for (gsize k = 0; k < n; k++)
        g_assert_true (isnan (samples[k]) ? isnan (found[k]) : fabsf (found[k] - samples[k]) < 1e-6f);
      g_assert_null (cf_backend_take_notice (backend));
      cf_fine_show (scene, NULL, NULL);
    }
}

/* The device is lost after they were made: the picture is that of the field's own samples. */
static void
give_nothing (CfOffscreen *offscreen, CfScene *scene, const CfCamera *camera, CfField *field, const guint8 *plain)
{
  g_autoptr (CfBackend) backend = open_backend (&cases[1]), lost = NULL;
  g_autoptr (CfEvaluator) evaluator = cf_evaluator_new (backend, field);
  g_autoptr (CfFineSamples) there = bake_there (evaluator, scene);
  g_autofree guint8 *rgba = NULL;
  g_autofree char *notice = NULL;
  Giver giver = { there };

  g_assert_false (cf_fine_samples_lost (there));
  g_setenv ("CF_SIMT_CALLS", "0", TRUE); /* read when a device is asked for */
  lost = cf_backend_open ("cuda/fp32", 0, NULL);
  g_unsetenv ("CF_SIMT_CALLS");
  g_assert_null (lost);
  cf_fine_show_given (scene, &part, give, &giver);
  for (int i = 0; i < 2; i++)
    {
      g_free (rgba);
      rgba = draw_scene (offscreen, scene, camera);
      g_assert_cmpmem (rgba, 4 * WIDTH * HEIGHT, plain, 4 * WIDTH * HEIGHT);
    }
  g_assert_cmpint (giver.calls, ==, 1);
  g_assert_true (cf_fine_samples_lost (there));
  notice = cf_backend_take_notice (backend);
  g_assert_nonnull (notice);
  cf_fine_show (scene, NULL, NULL);
}

static void
test_finer (void)
{
  g_autoptr (CfOffscreen) offscreen = cf_offscreen_new (NULL);
  const CfSirenShape rough = { 16, 2, 12, 10 };
  g_autoptr (CfField) field = made_cube (SIDE, &rough, 8);
  g_autoptr (CfBackend) cpu = cf_backend_open ("cpu", 1, NULL);
  g_autoptr (CfEvaluator) evaluator = cf_evaluator_new (cpu, field);
  g_autoptr (CfScene) scene = cf_scene_new ();
  g_autofree float *samples = g_new (float, SIDE * SIDE * SIDE), *fine = NULL;
  g_autofree guint8 *plain = NULL, *expected = NULL;
  CfCamera camera = { 0 };
  CfGrid grid;

  if (offscreen == NULL)
    {
      g_test_skip ("no OpenGL without a display");
      return;
    }
  g_assert_true (cf_evaluator_bake (evaluator, &field->grid, samples, NULL, NULL, NULL, NULL));
  scene->level = made_level (samples, SIDE * SIDE * SIDE, 0.97);
  part.lowest = SEEN * scene->level;
  for (int i = 0; i < 40; i++)
    samples[(8 + i / 20) * SIDE * SIDE + (4 + i / 10 % 2) * SIDE + 8 + i % 3] = NAN;
  scene->field = (CfSceneField){ .grid = field->grid, .samples = samples, .serial = 1 };
  g_assert_true (cf_scene_frame (scene, &camera, 30, 20, 1));
  cf_fine_grid (&field->grid, &part, &grid);
  fine = g_new (float, cf_grid_n_voxels (&grid));
  g_assert_null (bake_there (evaluator, scene));
  g_assert_true (cf_bake_fine (evaluator, &field->grid, samples, &part, fine, NULL, NULL, NULL, NULL));
  plain = draw_scene (offscreen, scene, &camera);
  cf_fine_show (scene, &part, fine);
  expected = draw_scene (offscreen, scene, &camera);
  cf_fine_show (scene, NULL, NULL);
  g_test_message ("%zu of %d pixels are others with finer samples", n_others (plain, expected), WIDTH * HEIGHT);
  g_assert_cmpuint (n_others (plain, expected), >, WIDTH * HEIGHT / 50);
  give_all_ways (offscreen, scene, &camera, field, expected, fine, &grid);
  give_nothing (offscreen, scene, &camera, field, plain);
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  cf_compute_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/picture/ways", test_ways);
  g_test_add_func ("/picture/finer", test_finer);
  return g_test_run ();
}
