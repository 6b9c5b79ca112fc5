#include "cf-replay.h"

#include <math.h>
#include <string.h>

#include "cf-half.h"

typedef struct
{
  int lo[3], dims[3];
  guint16 values[];
} Step;

struct _CfReplay
{
  CfGrid grid;
  gsize bytes, bytes_max;
  gboolean too_large;
  GPtrArray *steps; /* Step, each an atomic box that copies share */
};

static gsize
values_of (const int dims[3])
{
  return (gsize) dims[0] * dims[1] * dims[2];
}

static gsize
bytes_of (const Step *step)
{
  return sizeof (Step) + values_of (step->dims) * sizeof (guint16);
}

CfReplay *
cf_replay_new (const CfGrid *grid, gsize bytes_max)
{
  CfReplay *replay = g_new0 (CfReplay, 1);
  replay->grid = *grid;
  replay->bytes_max = bytes_max;
  replay->steps = g_ptr_array_new_with_free_func (g_atomic_rc_box_release);
  return replay;
}

CfReplay *
cf_replay_copy (const CfReplay *replay)
{
  CfReplay *copy = cf_replay_new (&replay->grid, replay->bytes_max);
  copy->bytes = replay->bytes;
  copy->too_large = replay->too_large;
  for (guint i = 0; i < replay->steps->len; i++)
    g_ptr_array_add (copy->steps, g_atomic_rc_box_acquire (replay->steps->pdata[i]));
  return copy;
}

void
cf_replay_free (CfReplay *replay)
{
  if (!replay)
    return;
  g_ptr_array_unref (replay->steps);
  g_free (replay);
}

static gboolean
is_replaced (const CfReplay *replay, guint i)
{
  const Step *step = replay->steps->pdata[i];
  for (guint j = i + 1; j < replay->steps->len; j++)
    {
      const Step *later = replay->steps->pdata[j];
      if (memcmp (step->lo, later->lo, sizeof step->lo) == 0 && memcmp (step->dims, later->dims, sizeof step->dims) == 0)
        return TRUE;
    }
  return FALSE;
}

static void
thin_out (CfReplay *replay)
{
  guint replaced = 0;
  GPtrArray *all = replay->steps;
  g_autofree gboolean *drop = g_new0 (gboolean, all->len);
  for (guint i = 0; i < all->len; i++)
    drop[i] = is_replaced (replay, i) && replaced++ % 2 == 1;
  for (guint i = 0; i < all->len; i++)
    if (drop[i])
      replay->bytes -= bytes_of (all->pdata[i]);
  GPtrArray *left = g_ptr_array_new_with_free_func (g_atomic_rc_box_release);
  for (guint i = 0; i < all->len; i++)
    if (!drop[i])
      g_ptr_array_add (left, g_atomic_rc_box_acquire (all->pdata[i]));
  replay->too_large = left->len == all->len;
  g_ptr_array_unref (all);
  replay->steps = left;
}

void
cf_replay_add (CfReplay *replay, const int lo[3], const int dims[3], const float *block)
{
  gsize n = values_of (dims);
  if (replay->too_large)
    return;
  Step *step = g_atomic_rc_box_alloc (sizeof (Step) + n * sizeof (guint16));
  memcpy (step->lo, lo, sizeof step->lo);
  memcpy (step->dims, dims, sizeof step->dims);
  for (gsize i = 0; i < n; i++)
    step->values[i] = cf_half_from_float (block[i]);
  g_ptr_array_add (replay->steps, step);
  replay->bytes += bytes_of (step);
  while (replay->bytes > replay->bytes_max && !replay->too_large)
    thin_out (replay);
  if (replay->too_large)
    {
      g_ptr_array_set_size (replay->steps, 0);
      replay->bytes = 0;
    }
}

int
cf_replay_n_steps (const CfReplay *replay)
{
  return (int) replay->steps->len;
}

gsize
cf_replay_n_bytes (const CfReplay *replay)
{
  return replay->bytes;
}

const CfGrid *
cf_replay_grid (const CfReplay *replay)
{
  return &replay->grid;
}

static void
step_play (const CfReplay *replay, const Step *step, float *samples)
{
  const int *n = replay->grid.dims;
  const guint16 *from = step->values;
  for (int z = 0; z < step->dims[2]; z++)
    for (int y = 0; y < step->dims[1]; y++)
      {
        float *to = samples + ((gsize) (step->lo[2] + z) * n[1] + step->lo[1] + y) * n[0] + step->lo[0];
        for (int x = 0; x < step->dims[0]; x++, from++)
          {
            float v = cf_half_to_float (*from);
            to[x] = isnan (v) ? to[x] : v;
          }
      }
}

void
cf_replay_play (const CfReplay *replay, int from, int to, float *samples)
{
  for (int i = from; i < to; i++)
    step_play (replay, replay->steps->pdata[i], samples);
}
