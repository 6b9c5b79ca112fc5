#include "cf-bake-fine.h"

#include <math.h>
#include <string.h>

#include "cf-backend-private.h"
#include "cf-marching.h"

#define BLOCK 2     /* samples of the field a side of what is asked for together */
#define PASS 65536  /* points */
#define MOST ((gsize) 5 << 19)
#define MOST_DEVICE ((gsize) 8 << 20)

typedef struct
{
  CfEvaluator *evaluator;
  const CfGrid *grid;
  CfGrid fine;
  const float *samples;
  const CfFinePart *part;
  float *out;
  /* of one pass */
  GArray *at; /* gsize: where in out */
  double *xyz;
  float *value;
} Baker;

static void
blocks_count (const CfFinePart *part, int n[3])
{
  for (int a = 0; a < 3; a++)
    n[a] = MAX (1, (part->dims[a] - 1 + BLOCK - 1) / BLOCK);
}

/* Whether any sample of a block, or beside it, reaches the level; blocks count from the box's first sample. */
static gboolean
block_is_seen (const Baker *baker, const int block[3])
{
  const int *n = baker->grid->dims;
  int from[3], to[3];
  for (int a = 0; a < 3; a++)
    {
      from[a] = MAX (baker->part->lo[a] + block[a] * BLOCK - 1, 0);
      to[a] = MIN (baker->part->lo[a] + (block[a] + 1) * BLOCK + 1, n[a] - 1);
    }
  for (int z = from[2]; z <= to[2]; z++)
    for (int y = from[1]; y <= to[1]; y++)
      for (int x = from[0]; x <= to[0]; x++)
        if (baker->samples[((gsize) z * n[1] + y) * n[0] + x] >= baker->part->lowest)
          return TRUE;
  return FALSE;
}

static gboolean
pass_end (Baker *baker, GCancellable *cancellable, GError **error)
{
  guint n = baker->at->len;
  if (n > 0 && !cf_evaluator_query (baker->evaluator, n, baker->xyz, baker->value, NULL, cancellable, error))
    return FALSE;
  for (guint i = 0; i < n; i++)
    if (isfinite (baker->value[i]))
      baker->out[g_array_index (baker->at, gsize, i)] = baker->value[i];
  g_array_set_size (baker->at, 0);
  return TRUE;
}

/* The points of a block; those on its far faces are the next one's, but at the end of the box. */
static gboolean
block_add (Baker *baker, const int block[3], GCancellable *cancellable, GError **error)
{
  const int *n = baker->fine.dims, side = BLOCK * baker->part->factor;
  int to[3];
  for (int a = 0; a < 3; a++)
    to[a] = (block[a] + 1) * side >= n[a] - 1 ? n[a] : (block[a] + 1) * side;
  for (int z = block[2] * side; z < to[2]; z++)
    for (int y = block[1] * side; y < to[1]; y++)
      for (int x = block[0] * side; x < to[0]; x++)
        {
          gsize at = ((gsize) z * n[1] + y) * n[0] + x;
          if (isnan (baker->out[at]))
            continue;
          cf_grid_to_world (&baker->fine, (double[3]){ x, y, z }, baker->xyz + 3 * baker->at->len);
          g_array_append_val (baker->at, at);
          if (baker->at->len == PASS && !pass_end (baker, cancellable, error))
            return FALSE;
        }
  return TRUE;
}

static gboolean
bake_blocks (Baker *baker, CfProgressFunc progress, gpointer user_data, GCancellable *cancellable, GError **error)
{
  int n[3], block[3];
  blocks_count (baker->part, n);
  for (int i = 0; i < n[0] * n[1] * n[2]; i++)
    {
      block[0] = i % n[0];
      block[1] = i / n[0] % n[1];
      block[2] = i / n[0] / n[1];
      if (block[0] == 0 && g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      if (block_is_seen (baker, block) && !block_add (baker, block, cancellable, error))
        return FALSE;
      if (progress && block[0] == 0)
        progress ((double) i / (n[0] * n[1] * n[2]), user_data);
    }
  return pass_end (baker, cancellable, error);
}

gsize
cf_bake_fine_most (CfEvaluator *evaluator)
{
  return cf_evaluator_has_march (evaluator) ? MOST_DEVICE : MOST;
}

gboolean
cf_bake_fine (CfEvaluator *evaluator, const CfGrid *grid, const float *samples, const CfFinePart *part, float *out,
              CfProgressFunc progress, gpointer user_data, GCancellable *cancellable, GError **error)
{
  Baker baker = { .evaluator = evaluator, .grid = grid, .samples = samples, .part = part, .out = out };
  gboolean good;
  cf_fine_grid (grid, part, &baker.fine);
  cf_fine_fill (grid, samples, part, out);
  baker.at = g_array_sized_new (FALSE, FALSE, sizeof (gsize), PASS);
  baker.xyz = g_new (double, 3 * PASS);
  baker.value = g_new (float, PASS);
  good = bake_blocks (&baker, progress, user_data, cancellable, error);
  if (good)
    cf_fine_taper (grid, samples, part, out);
  g_array_unref (baker.at);
  g_free (baker.xyz);
  g_free (baker.value);
  return good;
}

/* -- on the device -------------------------------------------------------------------------------------------------------------------- */

struct _CfFineSamples
{
  gatomicrefcount ref_count;
  CfBackend *backend;
  gpointer on_device;
};

static void
box_fill (const Baker *baker, CfFineBox *box, float **between, guint8 **seen)
{
  const CfFinePart *part = baker->part;
  const int *of = baker->grid->dims;
  int block[3];
  gsize at = 0;
  *box = (CfFineBox){ .factor = part->factor, .block = BLOCK * part->factor };
  blocks_count (part, box->blocks);
  for (int a = 0; a < 3; a++)
    {
      box->lo[a] = part->lo[a];
      box->part[a] = part->dims[a];
      box->of[a] = of[a];
      box->lattice.dims[a] = baker->fine.dims[a];
      box->lattice.origin[a] = baker->fine.origin[a];
      memcpy (box->lattice.step[a], baker->fine.step[a], sizeof box->lattice.step[a]);
    }
  *between = g_new (float, (gsize) part->dims[0] * part->dims[1] * part->dims[2]);
  *seen = g_new (guint8, (gsize) box->blocks[0] * box->blocks[1] * box->blocks[2]);
  for (int z = 0; z < part->dims[2]; z++)
    for (int y = 0; y < part->dims[1]; y++, at += part->dims[0])
      memcpy (*between + at, baker->samples + (((gsize) part->lo[2] + z) * of[1] + part->lo[1] + y) * of[0] + part->lo[0], sizeof (float) * part->dims[0]);
  for (int i = 0; i < box->blocks[0] * box->blocks[1] * box->blocks[2]; i++)
    {
      block[0] = i % box->blocks[0];
      block[1] = i / box->blocks[0] % box->blocks[1];
      block[2] = i / box->blocks[0] / box->blocks[1];
      (*seen)[i] = block_is_seen (baker, block);
    }
  box->between = *between;
  box->seen = *seen;
}

CfFineSamples *
cf_bake_fine_there (CfEvaluator *evaluator, const CfGrid *grid, const float *samples, const CfFinePart *part, CfProgressFunc progress,
                    gpointer user_data, GCancellable *cancellable, GError **error)
{
  CfBackend *backend = cf_evaluator_backend (evaluator);
  Baker baker = { .grid = grid, .samples = samples, .part = part };
  g_autofree float *between = NULL;
  g_autofree guint8 *seen = NULL;
  CfFineSamples *made;
  gpointer on_device;
  CfFineBox box;
  if (backend->klass->fine_new == NULL)
    return NULL;
  cf_fine_grid (grid, part, &baker.fine);
  box_fill (&baker, &box, &between, &seen);
  on_device = backend->klass->fine_new (backend, cf_evaluator_field (evaluator), &box, progress, user_data, cancellable, error);
  if (on_device == NULL)
    return NULL;
  made = g_new0 (CfFineSamples, 1);
  g_atomic_ref_count_init (&made->ref_count);
  made->backend = cf_backend_ref (backend);
  made->on_device = on_device;
  return made;
}

CfFineSamples *
cf_fine_samples_ref (CfFineSamples *samples)
{
  g_atomic_ref_count_inc (&samples->ref_count);
  return samples;
}

void
cf_fine_samples_unref (CfFineSamples *samples)
{
  if (!g_atomic_ref_count_dec (&samples->ref_count))
    return;
  samples->backend->klass->fine_free (samples->on_device);
  cf_backend_unref (samples->backend);
  g_free (samples);
}

int
cf_fine_samples_give (gpointer data, CfFineTarget *target)
{
  CfFineSamples *samples = data;
  return samples->backend->klass->fine_give (samples->on_device, target);
}

gboolean
cf_fine_samples_lost (CfFineSamples *samples)
{
  return samples->backend->klass->fine_lost (samples->on_device);
}
