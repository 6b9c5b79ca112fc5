/* cf-evaluator.c: the blended field at points: sorts them by region, asks the backend, blends. */
#include "cf-evaluator.h"

#include <math.h>
#include <string.h>

#include "cf-backend-private.h"
#include "cf-words.h"

/* Points of one pass: enough to fill a device, few enough that a cancelled call returns within a second on two cores. */
#define PASS 65536

struct _CfEvaluator
{
  gatomicrefcount ref_count;
  CfBackend *backend;
  CfField *field;
};

CfEvaluator *
cf_evaluator_new (CfBackend *backend, CfField *field)
{
  CfEvaluator *evaluator = g_new0 (CfEvaluator, 1);

  g_atomic_ref_count_init (&evaluator->ref_count);
  evaluator->backend = cf_backend_ref (backend);
  evaluator->field = cf_field_ref (field);
  return evaluator;
}

CfEvaluator *
cf_evaluator_ref (CfEvaluator *evaluator)
{
  g_atomic_ref_count_inc (&evaluator->ref_count);
  return evaluator;
}

void
cf_evaluator_unref (CfEvaluator *evaluator)
{
  if (!g_atomic_ref_count_dec (&evaluator->ref_count))
    return;
  cf_backend_unref (evaluator->backend);
  cf_field_unref (evaluator->field);
  g_free (evaluator);
}

CfField *
cf_evaluator_field (CfEvaluator *evaluator)
{
  return evaluator->field;
}

CfBackend *
cf_evaluator_backend (CfEvaluator *evaluator)
{
  return evaluator->backend;
}

/* One region's part in one point. */
typedef struct
{
  guint32 point;
  gint32 region;
  float local[3];
  double weight, slope[3]; /* d weight / d ijk */
} Share;

typedef struct
{
  const CfField *field;
  gboolean slopes;
  gsize n;
  const double *xyz;
  Share *shares;     /* grows */
  gsize n_shares, room;
  guint32 *place;    /* [room]: where a share's point went in local, value, gradient */
  gsize *first;      /* [n_regions + 1]: the points of each region in local */
  float *local, *value, *gradient; /* [room] of 3, 1, 3: sorted by region */
  double *sum;       /* [PASS][4]: d, and d by ijk */
} Pass;

static void
pass_grow (Pass *pass, gsize needed)
{
  if (needed <= pass->room)
    return;
  pass->room = MAX (needed, pass->room * 2);
  pass->shares = g_renew (Share, pass->shares, pass->room);
  pass->place = g_renew (guint32, pass->place, pass->room);
  pass->local = g_renew (float, pass->local, 3 * pass->room);
  pass->value = g_renew (float, pass->value, pass->room);
  if (pass->slopes)
    pass->gradient = g_renew (float, pass->gradient, 3 * pass->room);
}

static void
pass_clear (Pass *pass)
{
  g_free (pass->shares);
  g_free (pass->place);
  g_free (pass->first);
  g_free (pass->local);
  g_free (pass->value);
  g_free (pass->gradient);
  g_free (pass->sum);
}

/* Who has a part in which point. A point outside, or one that needs a region that is not there, becomes NAN at once. */
static void
pass_weigh (Pass *pass)
{
  const CfField *field = pass->field;

  pass->n_shares = 0;
  memset (pass->sum, 0, sizeof (double) * 4 * pass->n);
  for (gsize i = 0; i < pass->n; i++)
    {
      CfRegionWeight weights[CF_PARTITION_OVERLAP_MAX];
      double ijk[3];
      gboolean known;
      int n;

      cf_grid_from_world (&field->grid, pass->xyz + 3 * i, ijk);
      n = cf_partition_weights (&field->partition, field->blend, ijk, weights);
      known = n > 0;
      for (int k = 0; k < n; k++)
        known = known && field->fits[weights[k].region].trained;
      if (!known)
        {
          for (int a = 0; a < 4; a++)
            pass->sum[4 * i + a] = NAN;
          continue;
        }
      pass_grow (pass, pass->n_shares + n);
      for (int k = 0; k < n; k++)
        pass->shares[pass->n_shares++] = (Share){
          .point = i,
          .region = weights[k].region,
          .local = { weights[k].local[0], weights[k].local[1], weights[k].local[2] },
          .weight = weights[k].weight,
          .slope = { weights[k].gradient[0], weights[k].gradient[1], weights[k].gradient[2] },
        };
    }
}

/* Counting sort of the shares by region; flat regions are done without a network. */
static void
pass_sort (Pass *pass)
{
  int n_regions = pass->field->n_regions;
  gsize *next = g_new (gsize, n_regions + 1);

  memset (pass->first, 0, sizeof (gsize) * (n_regions + 1));
  for (gsize s = 0; s < pass->n_shares; s++)
    pass->first[pass->shares[s].region + 1]++;
  for (int r = 0; r < n_regions; r++)
    pass->first[r + 1] += pass->first[r];
  memcpy (next, pass->first, sizeof (gsize) * (n_regions + 1));
  for (gsize s = 0; s < pass->n_shares; s++)
    {
      gsize to = next[pass->shares[s].region]++;

      pass->place[s] = (guint32) to;
      memcpy (pass->local + 3 * to, pass->shares[s].local, sizeof (float) * 3);
    }
  g_free (next);
}

static gboolean
pass_evaluate (Pass *pass, CfBackend *backend, GError **error)
{
  const CfField *field = pass->field;
  g_autoptr (GArray) jobs = g_array_new (FALSE, FALSE, sizeof (CfEvalJob));

  for (int r = 0; r < field->n_regions; r++)
    {
      gsize first = pass->first[r];
      CfEvalJob job = { .siren = field->sirens[r],
                        .n = pass->first[r + 1] - first,
                        .local = pass->local + 3 * first,
                        .value = pass->value + first,
                        .gradient = pass->slopes ? pass->gradient + 3 * first : NULL };

      if (job.n > 0 && job.siren != NULL)
        g_array_append_val (jobs, job);
    }
  return cf_backend_eval_jobs (backend, (const CfEvalJob *) jobs->data, jobs->len, 0, error);
}

/* Paper: section "Sub-regions". d = sum of w_r d_r; its gradient has the weights' own. */
static void
pass_blend (Pass *pass)
{
  const CfField *field = pass->field;
  double scale[3];

  cf_partition_local_scale (&field->partition, scale);
  for (gsize s = 0; s < pass->n_shares; s++)
    {
      const Share *share = &pass->shares[s];
      gsize at = pass->place[s];
      gboolean flat = field->fits[share->region].flat;
      double dd = 0, d = flat ? field->fits[share->region].value : cf_transform_inverse (&field->transform, pass->value[at], &dd);
      double *sum = pass->sum + 4 * share->point;

      sum[0] += share->weight * d;
      for (int a = 0; pass->slopes && a < 3; a++)
        sum[1 + a] += share->slope[a] * d + (flat ? 0 : share->weight * dd * pass->gradient[3 * at + a] * scale[a]);
    }
}

static gboolean
pass_run (Pass *pass, CfBackend *backend, float *value, float *gradient, GError **error)
{
  if (backend->klass->field != NULL && backend->klass->field (backend, pass->field, pass->n, pass->xyz, value, gradient))
    return TRUE;
  pass_weigh (pass);
  pass_sort (pass);
  if (!pass_evaluate (pass, backend, error))
    return FALSE;
  pass_blend (pass);
  for (gsize i = 0; i < pass->n; i++)
    {
      double by_world[3];

      value[i] = (float) pass->sum[4 * i];
      if (gradient == NULL)
        continue;
      cf_grid_gradient_to_world (&pass->field->grid, pass->sum + 4 * i + 1, by_world);
      for (int a = 0; a < 3; a++)
        gradient[3 * i + a] = (float) by_world[a];
    }
  return TRUE;
}

static void
pass_init (Pass *pass, const CfField *field, gsize n, gboolean slopes)
{
  gsize most = MIN (n, PASS);

  *pass = (Pass){ .field = field, .slopes = slopes };
  pass->first = g_new (gsize, field->n_regions + 1);
  pass->sum = g_new (double, 4 * most);
  pass_grow (pass, most + most / 4 + CF_PARTITION_OVERLAP_MAX);
}

gboolean
cf_evaluator_query (CfEvaluator *evaluator, gsize n, const double *xyz, float *value, float *gradient, GCancellable *cancellable,
                    GError **error)
{
  gboolean ok = TRUE;
  Pass pass;

  pass_init (&pass, evaluator->field, n, gradient != NULL);
  for (gsize first = 0; ok && first < n; first += PASS)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        {
          ok = FALSE;
          break;
        }
      pass.n = MIN (PASS, n - first);
      pass.xyz = xyz + 3 * first;
      ok = pass_run (&pass, evaluator->backend, value + first, gradient != NULL ? gradient + 3 * first : NULL, error);
    }
  pass_clear (&pass);
  return ok;
}

static void
fill_points (const CfGrid *grid, gsize first, gsize n, double *xyz)
{
  gsize nx = grid->dims[0], ny = grid->dims[1];

  for (gsize i = 0; i < n; i++)
    {
      gsize at = first + i;
      double ijk[3] = { at % nx, at / nx % ny, at / nx / ny };

      cf_grid_to_world (grid, ijk, xyz + 3 * i);
    }
}

gboolean
cf_evaluator_bake (CfEvaluator *evaluator, const CfGrid *grid, float *out, CfProgressFunc progress, gpointer user_data,
                   GCancellable *cancellable, GError **error)
{
  gsize n = cf_grid_n_voxels (grid);
  g_autofree double *xyz = g_new (double, 3 * MIN (n, PASS));
  const CfBackendClass *klass = evaluator->backend->klass;
  gboolean ok = TRUE;
  Pass pass;

  pass_init (&pass, evaluator->field, n, FALSE);
  pass.xyz = xyz;
  for (gsize first = 0; ok && first < n; first += PASS)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        {
          ok = FALSE;
          break;
        }
      pass.n = MIN (PASS, n - first);
      if (klass->bake == NULL || !klass->bake (evaluator->backend, evaluator->field, grid, first, pass.n, out + first))
        {
          fill_points (grid, first, pass.n, xyz);
          ok = pass_run (&pass, evaluator->backend, out + first, NULL, error);
        }
      if (ok && progress != NULL)
        progress ((double) (first + pass.n) / n, user_data);
    }
  pass_clear (&pass);
  return ok;
}

CfVolume *
cf_evaluator_sample (CfEvaluator *evaluator, double spacing, const CfVolume *like, CfProgressFunc progress, gpointer user_data,
                     GCancellable *cancellable, GError **error)
{
  const CfField *field = evaluator->field;
  g_autofree float *data = NULL;
  gsize n;
  CfGrid grid;

  if (!(spacing >= 0 && isfinite (spacing)))
    {
      g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, _("spacing is %g, needs a number above 0"), spacing);
      return NULL;
    }
  if (like != NULL)
    grid = like->grid;
  else if (spacing > 0)
    {
      double most = 1;

      /* Before the dimensions are made, because they are ints. */
      for (int a = 0; a < 3; a++)
        most *= (field->grid.dims[a] - 1) * cf_grid_edge (&field->grid, a) / spacing + 1;
      if (most > 4e9)
        {
          g_set_error (error, CF_ERROR, CF_ERROR_ARGUMENT, _("spacing is %g A, which makes %.3g voxels, needs at most 4e9"), spacing, most);
          return NULL;
        }
      cf_grid_resample (&field->grid, spacing, &grid);
    }
  else
    grid = field->grid;
  n = cf_grid_n_voxels (&grid);
  data = g_try_new (float, n);
  if (data == NULL)
    {
      g_set_error (error, CF_ERROR, CF_ERROR_FAILED, _("out of memory: %zu voxels"), n);
      return NULL;
    }
  if (!cf_evaluator_bake (evaluator, &grid, data, progress, user_data, cancellable, error))
    return NULL;
  for (gsize i = 0; i < n; i++)
    data[i] = isnan (data[i]) ? 0 : (float) cf_field_to_file_units (field, data[i]);
  return cf_volume_new (field->source_name, &grid, g_steal_pointer (&data));
}
