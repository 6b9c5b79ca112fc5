/* Many spheres and cylinders: in clumps, of which a frame draws what it shows; points, strips and thin strips against squares and boxes. */
#include <math.h>
#include <string.h>

#include "cf-clumps.h"
#include "picture.h"

#define N 20000
#define WIDTH 320
#define HEIGHT 220

static void
reach_of (gconstpointer thing, float a[3], float b[3], float *radius)
{
  const CfCylinder *cylinder = thing;
  memcpy (a, cylinder->a, sizeof cylinder->a);
  memcpy (b, cylinder->b, sizeof cylinder->b);
  *radius = cylinder->radius;
}

static GArray *
cylinders_new (guint n, float side, float radius)
{
  g_autoptr (GRand) rand = g_rand_new_with_seed (5);
  GArray *all = g_array_new (FALSE, FALSE, sizeof (CfCylinder));
  for (guint i = 0; i < n; i++)
    {
      CfCylinder one = { .radius = radius, .rgba_a = { 230, 160, 0, 255 }, .rgba_b = { 90, 180, 230, 255 } };
      for (int k = 0; k < 3; k++)
        {
          one.a[k] = (float)g_rand_double_range (rand, 0, side);
          one.b[k] = one.a[k] + (float)g_rand_double_range (rand, -3, 3);
        }
      g_array_append_val (all, one);
    }
  return all;
}

static int
compare_bytes (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, sizeof (CfCylinder));
}

/* Each thing once, within its clump's box; what comes first in a clump stands for all of it. */
static void
test_order (void)
{
  g_autoptr (GArray) all = cylinders_new (N, 120, 0.3f);
  g_autofree CfCylinder *ordered = g_new (CfCylinder, N);
  g_autofree guint32 *order = g_new (guint32, N);
  CfClumps clumps = { 0 };
  gsize total = 0, half = 0;
  double early = 0, late = 0;
  for (guint i = 0; i < N; i++) /* as they come they are sorted by something: the sample must not care */
    {
      g_array_index (all, CfCylinder, i).rgba_a[0] = (guint8)(i * 256 / N);
      order[i] = i;
    }
  cf_clumps_order (&clumps, N, sizeof (CfCylinder), all->data, reach_of, order);
  for (guint i = 0; i < N; i++)
    ordered[i] = g_array_index (all, CfCylinder, order[i]);
  g_assert_cmpuint (clumps.n, >, 30);
  for (gsize c = 0; c < clumps.n; c++)
    {
      const CfClump *clump = &clumps.clumps[c];
      g_assert_cmpuint (clump->first, ==, total);
      total += clump->n;
      for (gsize i = clump->first; i < total; i++)
        {
          for (int k = 0; k < 3; k++)
            {
              g_assert_cmpfloat (fminf (ordered[i].a[k], ordered[i].b[k]), >=, clump->lo[k] + 0.299f);
              g_assert_cmpfloat (fmaxf (ordered[i].a[k], ordered[i].b[k]), <=, clump->hi[k] - 0.299f);
            }
          gboolean first = i - clump->first < clump->n / 4;
          half += first;
          *(first ? &early : &late) += ordered[i].rgba_a[0];
        }
    }
  g_assert_cmpuint (total, ==, N);
  g_assert_cmpfloat_with_epsilon (early / half, late / (N - half), 4);
  qsort (ordered, N, sizeof (CfCylinder), compare_bytes);
  qsort (all->data, N, sizeof (CfCylinder), compare_bytes);
  g_assert_cmpmem (ordered, N * sizeof (CfCylinder), all->data, N * sizeof (CfCylinder));
  cf_clumps_clear (&clumps);
}

/* Budgets: nothing is left out in full detail; below, spheres before cylinders, and never more than was asked for. */
static void
test_shares (void)
{
  static const struct
  {
    double detail;
    gsize spheres, cylinders;
  } cases[] = { { 0.5, 100000, 325000 }, { 0.3, 100000, 325000 }, { 0.5, 1000000, 0 },
                { 0.5, 0, 1000000 },     { 0.9, 1000, 2000 },     { 0.2, 300000, 1 } };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      double s, c, most = 500000 * cases[i].detail * cases[i].detail, all = cases[i].spheres + cases[i].cylinders;
      cf_clumps_shares (cases[i].detail, cases[i].spheres, cases[i].cylinders, &s, &c);
      g_assert_true (s > 0 && s <= 1 && c > 0 && c <= 1);
      g_assert_true (s >= c || c == 1);
      g_assert_cmpfloat_with_epsilon (s * cases[i].spheres + c * cases[i].cylinders, fmin (all, most), 2);
      cf_clumps_shares (1, cases[i].spheres, cases[i].cylinders, &s, &c);
      g_assert_true (s == 1 && c == 1);
    }
}

typedef struct
{
  CfOffscreen *offscreen;
  CfScene *scene;
  double lo[3], hi[3];
} Crowd;

static void
crowd_clear (Crowd *crowd)
{
  g_clear_pointer (&crowd->offscreen, cf_offscreen_free);
  g_clear_pointer (&crowd->scene, cf_scene_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Crowd, crowd_clear)

static gboolean
crowd_init (Crowd *crowd, guint n, float side, float radius, gboolean spheres)
{
  crowd->offscreen = picture_open ();
  if (!crowd->offscreen)
    return FALSE;
  crowd->scene = cf_scene_new ();
  crowd->scene->outline = FALSE;
  g_autoptr (GArray) all = cylinders_new (n, side, radius);
  g_array_append_vals (crowd->scene->cylinders, all->data, all->len);
  for (guint i = 0; spheres && i < n; i++)
    {
      const CfCylinder *one = &g_array_index (all, CfCylinder, i);
      picture_add_sphere (crowd->scene, one->a[0], one->a[1], one->a[2], 2 * radius, CF_PICK_NODE | i);
    }
  return cf_scene_bounds (crowd->scene, crowd->lo, crowd->hi);
}

static guint8 *
crowd_draw (const Crowd *crowd, double zoom, double detail, gboolean orthographic)
{
  g_autoptr (GError) error = NULL;
  const CfRenderQuality quality = { .detail = detail };
  CfCamera camera = { .orthographic = orthographic };
  cf_camera_frame (&camera, crowd->lo, crowd->hi, 25, 15, zoom);
  guint8 *rgba = cf_offscreen_draw_with (crowd->offscreen, WIDTH, HEIGHT, crowd->scene, &camera, &quality, &error);
  g_assert_no_error (error);
  return rgba;
}

static void
set_alpha (Crowd *crowd, guint8 alpha)
{
  for (guint i = 0; i < crowd->scene->cylinders->len; i++)
    {
      CfCylinder *one = &g_array_index (crowd->scene->cylinders, CfCylinder, i);
      one->rgba_a[3] = one->rgba_b[3] = alpha;
    }
  for (guint i = 0; i < crowd->scene->spheres->len; i++)
    g_array_index (crowd->scene->spheres, CfSphere, i).rgba[3] = alpha;
  crowd->scene->molecules_serial++;
}

/* Share of the pixels that differ by more than a few levels. */
static double
differ (const guint8 *a, const guint8 *b)
{
  int n = 0;
  for (int i = 0; i < WIDTH * HEIGHT; i++)
    for (int c = 0; c < 3; c++)
      if (abs (a[4 * i + c] - b[4 * i + c]) > 6)
        {
          n++;
          break;
        }
  return (double)n / (WIDTH * HEIGHT);
}

/* What is all but opaque is drawn as squares and boxes, all of it, wherever it is: the same picture, from afar, near by and from within. */
static void
test_ways (void)
{
  for (int way = 0; way < 8; way++)
    {
      g_auto (Crowd) crowd = { 0 };
      static const double zooms[] = { 1, 4, 15, 60 };
      if (!crowd_init (&crowd, 5000, 40, 0.35f, TRUE))
        return;
      g_autofree guint8 *ours = crowd_draw (&crowd, zooms[way / 2], 1, way % 2);
      set_alpha (&crowd, 254);
      g_autofree guint8 *boxes = crowd_draw (&crowd, zooms[way / 2], 1, way % 2);
      g_test_message ("zoom %.0f%s: %.5f of the pixels differ", zooms[way / 2], way % 2 ? ", orthographic" : "", differ (ours, boxes));
      g_assert_cmpfloat (differ (ours, boxes), <, 0.002);
    }
}

static double
mean_of (const guint8 *rgba, int channel)
{
  double sum = 0;
  for (int i = 0; i < WIDTH * HEIGHT; i++)
    sum += rgba[4 * i + channel];
  return sum / (WIDTH * HEIGHT);
}

/* Cylinders of less than a pixel: the same light in the picture as by their boxes. */
static void
test_thin (void)
{
  for (int orthographic = 0; orthographic < 2; orthographic++)
    {
      g_auto (Crowd) crowd = { 0 };
      if (!crowd_init (&crowd, 9000, 60, 0.1f, FALSE))
        return;
      g_autofree guint8 *ours = crowd_draw (&crowd, 1, 1, orthographic);
      crowd.scene->plane[2] = 1; /* cuts nothing, but might: no thin ones */
      crowd.scene->plane[3] = 1e5;
      g_autofree guint8 *exact = crowd_draw (&crowd, 1, 1, orthographic);
      g_assert_cmpfloat (differ (ours, exact), >, 0.001);
      for (int c = 0; c < 3; c++)
        {
          g_test_message ("mean of channel %d: %.3f, exact %.3f", c, mean_of (ours, c), mean_of (exact, c));
          g_assert_cmpfloat_with_epsilon (mean_of (ours, c) - 28, mean_of (exact, c) - 28, 0.03 * (mean_of (exact, c) - 28));
        }
    }
}

/* A moving picture of too many things shows an even part of them; a still one all. */
static void
test_moving (void)
{
  g_auto (Crowd) crowd = { 0 };
  if (!crowd_init (&crowd, 60000, 110, 0.1f, FALSE))
    return;
  g_autofree guint8 *full = crowd_draw (&crowd, 1, 0.25, FALSE);
  guint n = crowd.scene->cylinders->len / 2; /* half of them fit: half as many are all drawn, and look the same */
  g_autofree guint8 *all = NULL;
  g_array_set_size (crowd.scene->cylinders, n);
  crowd.scene->molecules_serial++;
  all = crowd_draw (&crowd, 1, 0.25, FALSE);
  for (int c = 0; c < 3; c++)
    {
      g_test_message ("mean of channel %d: %.3f with a part, %.3f with half as many", c, mean_of (full, c), mean_of (all, c));
      g_assert_cmpfloat (mean_of (full, c), >, mean_of (all, c) - 1);
      g_assert_cmpfloat (mean_of (full, c), <, 1.6 * mean_of (all, c));
    }
}

/* A scene that has but an even share of its edges, and enough for the detail, gives the picture of the whole. */
static void
test_thinned (void)
{
  static const double zooms[] = { 1, 3 };
  for (guint z = 0; z < G_N_ELEMENTS (zooms); z++)
    {
      g_auto (Crowd) crowd = { 0 };
      if (!crowd_init (&crowd, 120000, 110, 0.1f, FALSE))
        return;
      CfRenderer *renderer = cf_offscreen_renderer (crowd.offscreen);
      g_autofree guint8 *whole = crowd_draw (&crowd, zooms[z], 0.25, FALSE);
      double share = cf_renderer_edge_share (renderer), keep = 1.4 * share;
      g_assert_cmpfloat (keep, <, 1);
      guint n = 0, all = crowd.scene->cylinders->len;
      for (guint i = 0; i < all; i++)
        if ((guint) (i * keep) != (guint) ((i + 1) * keep))
          g_array_index (crowd.scene->cylinders, CfCylinder, n++) = g_array_index (crowd.scene->cylinders, CfCylinder, i);
      g_array_set_size (crowd.scene->cylinders, n);
      crowd.scene->edge_share = (double) n / all;
      crowd.scene->molecules_serial++;
      g_autofree guint8 *thinned = crowd_draw (&crowd, zooms[z], 0.25, FALSE);
      g_test_message ("zoom %.0f: share %.4f, of a thinned scene %.4f", zooms[z], share, cf_renderer_edge_share (renderer));
      g_assert_cmpfloat_with_epsilon (cf_renderer_edge_share (renderer), share, 0.05 * share);
      for (int c = 0; c < 3; c++)
        g_assert_cmpfloat_with_epsilon (mean_of (thinned, c) - 28, mean_of (whole, c) - 28, 0.05 * (mean_of (whole, c) - 28));
    }
}

/* The picture as a window that is put together in memory takes it: the same pixels. */
static void
test_read (void)
{
  g_auto (Crowd) crowd = { 0 };
  if (!crowd_init (&crowd, 500, 40, 0.5f, TRUE))
    return;
  g_autofree guint8 *rgba = crowd_draw (&crowd, 1, 1, FALSE);
  g_autofree guint32 *pixels = g_new0 (guint32, (WIDTH + 8) * HEIGHT);
  cf_renderer_read (cf_offscreen_renderer (crowd.offscreen), WIDTH, HEIGHT, (WIDTH + 8) * sizeof *pixels, (guint8 *) pixels);
  for (int y = 0; y < HEIGHT; y++)
    for (int x = 0; x < WIDTH; x++)
      {
        const guint8 *want = rgba + 4 * (y * WIDTH + x);
        g_assert_cmphex (pixels[y * (WIDTH + 8) + x] & 0xffffff, ==, (guint32) (want[0] << 16 | want[1] << 8 | want[2]));
      }
}

/* In a moving picture many spheres of about a pixel are dots, and many thin cylinders lines: about the light of the exact picture. Smaller spheres are
 * drawn as what they are: a dot would be too large. */
static void
test_dots (void)
{
  static const struct
  {
    guint n;
    float radius;
    gboolean spheres;
    double least, most; /* of the light by squares and boxes */
  } cases[] = { { 40000, 0.8f, TRUE, 0.92, 1.08 }, { 40000, 0.2f, TRUE, 0.8, 1.1 }, { 120000, 0.7f, FALSE, 0.7, 1.2 } };
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (Crowd) crowd = { 0 };
      if (!crowd_init (&crowd, cases[i].n, 110, cases[i].radius, cases[i].spheres))
        return;
      if (cases[i].spheres)
        g_array_set_size (crowd.scene->cylinders, 0);
      g_autofree guint8 *ours = crowd_draw (&crowd, 1, 0.25, FALSE);
      set_alpha (&crowd, 254);
      g_autofree guint8 *exact = crowd_draw (&crowd, 1, 0.25, FALSE);
      for (int c = 0; c < 3; c++)
        {
          double share = (mean_of (ours, c) - 27) / (mean_of (exact, c) - 27);
          g_test_message ("%u, channel %d: %.3f of the light", i, c, share);
          g_assert_cmpfloat (share, >, cases[i].least);
          g_assert_cmpfloat (share, <, cases[i].most);
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/clumps/order", test_order);
  g_test_add_func ("/clumps/shares", test_shares);
  g_test_add_func ("/clumps/ways", test_ways);
  g_test_add_func ("/clumps/thin", test_thin);
  g_test_add_func ("/clumps/moving", test_moving);
  g_test_add_func ("/clumps/thinned", test_thinned);
  g_test_add_func ("/clumps/read", test_read);
  g_test_add_func ("/clumps/dots", test_dots);
  return g_test_run ();
}
