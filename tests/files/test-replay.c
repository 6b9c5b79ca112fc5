/* A replay gives back what was put into it, in its order; too many bytes thin it out, and its copies stay. */
#include <math.h>

#include "cf-replay.h"

static void
make_grid (CfGrid *grid)
{
  const int dims[3] = { 6, 5, 4 };
  const double origin[3] = { 1, 2, 3 }, spacing[3] = { 0.5, 0.5, 0.5 };
  cf_grid_init_orthogonal (grid, dims, origin, spacing);
}

/* A value for each, so that a place that is wrong is seen. */
static void
add (CfReplay *replay, const int lo[3], const int dims[3], float first)
{
  float block[120];
  for (int i = 0; i < dims[0] * dims[1] * dims[2]; i++)
    block[i] = first + i / 64.0f;
  cf_replay_add (replay, lo, dims, block);
}

static void
test_play (void)
{
  static const int lo[2][3] = { { 0, 0, 0 }, { 2, 1, 1 } }, dims[2][3] = { { 6, 5, 4 }, { 3, 2, 2 } };
  CfGrid grid;
  float samples[120];
  make_grid (&grid);
  g_autoptr (CfReplay) replay = cf_replay_new (&grid, 1 << 20);
  add (replay, lo[0], dims[0], 0);
  add (replay, lo[1], dims[1], 10);
  float hole[12] = { [5] = NAN };
  cf_replay_add (replay, lo[1], dims[1], hole);
  g_assert_cmpint (cf_replay_n_steps (replay), ==, 3);
  for (int i = 0; i < 120; i++)
    samples[i] = NAN;
  cf_replay_play (replay, 0, 1, samples);
  for (int i = 0; i < 120; i++)
    g_assert_cmpfloat (samples[i], ==, i / 64.0f);
  cf_replay_play (replay, 1, 2, samples);
  for (int i = 0; i < 120; i++)
    {
      int x = i % 6 - 2, y = i / 6 % 5 - 1, z = i / 30 - 1;
      gboolean inside = x >= 0 && x < 3 && y >= 0 && y < 2 && z >= 0 && z < 2;
      g_assert_cmpfloat (samples[i], ==, inside ? 10 + (x + 3 * y + 6 * z) / 64.0f : i / 64.0f);
    }
  cf_replay_play (replay, 2, 3, samples);
  g_assert_cmpfloat (samples[(1 * 5 + 1) * 6 + 2], ==, 0);
  g_assert_cmpfloat (samples[(1 * 5 + 2) * 6 + 4], ==, 10 + 5 / 64.0f); /* NAN leaves what was there */
}

/* Two regions by turns: in the end the last change of each is there, and about as many of both. */
static void
test_bounded (void)
{
  static const int lo[2][3] = { { 0, 0, 0 }, { 3, 0, 0 } }, dims[3] = { 3, 5, 4 };
  CfGrid grid;
  float samples[120] = { 0 };
  make_grid (&grid);
  g_autoptr (CfReplay) replay = cf_replay_new (&grid, 4096);
  g_autoptr (CfReplay) early = NULL;
  for (int i = 0; i < 500; i++)
    {
      add (replay, lo[i % 2], dims, i);
      g_assert_cmpuint (cf_replay_n_bytes (replay), <=, 4096);
      if (i == 9)
        early = cf_replay_copy (replay);
    }
  int n = cf_replay_n_steps (replay);
  g_assert_cmpint (n, >, 8);
  cf_replay_play (replay, 0, n, samples);
  g_assert_cmpfloat (samples[0], ==, 498);
  g_assert_cmpfloat (samples[3], ==, 499);
  g_assert_cmpint (cf_replay_n_steps (early), ==, 10);
  cf_replay_play (early, 0, 10, samples);
  g_assert_cmpfloat (samples[3], ==, 9);
  /* one change is too much already */
  g_autoptr (CfReplay) small = cf_replay_new (&grid, 100);
  add (small, lo[0], dims, 1);
  g_assert_cmpint (cf_replay_n_steps (small), ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/replay/play", test_play);
  g_test_add_func ("/replay/bounded", test_bounded);
  return g_test_run ();
}
