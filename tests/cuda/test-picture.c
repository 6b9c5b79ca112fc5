/* test-picture.c: pictures that rays on a device fill: into textures that OpenGL shares, and through the host where that is another device: the same
 * bytes. Kernels and sharing are carried out on the host here. */
#include <locale.h>
#include <math.h>
#include <string.h>

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

static guint8 *
draw (CfOffscreen *offscreen, const CfScene *scene, const CfCamera *camera, CfField *field, const Case *now)
{
  g_autoptr (CfBackend) backend = NULL;
  g_autoptr (CfEvaluator) evaluator = NULL;
  Watch watch = { 0 };
  const CfRenderQuality quality = { .detail = 1, .march = march, .march_data = &watch };
  guint8 *rgba;

  g_setenv ("CF_SIMT_DEVICES", now->devices, TRUE);
  g_setenv ("CF_SIMT_GL", now->gl, TRUE);
  backend = cf_backend_open ("cuda/fp32", 0, NULL);
  g_assert_nonnull (backend);
  g_assert_cmpint (cf_backend_shares_gl (backend), ==, now->shares);
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
  const Case cases[] = { { "", "1", FALSE, FALSE }, { "1", "1", TRUE, TRUE }, { "2", "2", TRUE, TRUE }, { "2", "1", FALSE, FALSE }, { "fails", "1", TRUE, FALSE } };
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

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  cf_compute_init ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/picture/ways", test_ways);
  return g_test_run ();
}
