/* When a fit ends: once the held-out error has stopped falling, and then with its rate at 0. */
#include <math.h>
#include <string.h>

#include "cf-random.h"
#include "cf-region-fit.h"

static CfBackend *backend;

static void
test_plateau (void)
{
  CfRecipe recipe = *cf_recipe_get (CF_RECIPE_DEFAULT);
  double falls[24], stops[24], rises[24];
  int turn;

  recipe.plateau = 0.02;
  recipe.plateau_epochs = 3;
  for (int e = 0; e < 24; e++)
    {
      falls[e] = pow (0.9, e);
      stops[e] = pow (0.9, MIN (e, 9));
      rises[e] = e == 2 ? 1 : 2;
    }
  g_assert_cmpint (cf_recipe_end (&recipe, falls, 24, 24, &turn), ==, 24);
  g_assert_cmpint (turn, ==, 0);
  /* the tenth epoch's is the last that is better; three later it is seen, and a quarter of 13 follows */
  g_assert_cmpint (cf_recipe_end (&recipe, stops, 12, 24, &turn), ==, 24);
  g_assert_cmpint (cf_recipe_end (&recipe, stops, 13, 24, &turn), ==, 17);
  g_assert_cmpint (turn, ==, 13);
  g_assert_cmpint (cf_recipe_end (&recipe, stops, 24, 24, &turn), ==, 17);
  g_assert_cmpint (turn, ==, 13);
  /* not in the first third */
  g_assert_cmpint (cf_recipe_end (&recipe, rises, 24, 24, &turn), ==, 12);
  g_assert_cmpint (turn, ==, 9);
  /* never more than were planned */
  g_assert_cmpint (cf_recipe_end (&recipe, stops, 13, 14, &turn), ==, 14);
  recipe.plateau = 0;
  g_assert_cmpint (cf_recipe_end (&recipe, stops, 24, 24, &turn), ==, 24);
  g_assert_cmpint (turn, ==, 0);
  g_assert_cmpint (cf_recipe_end (cf_recipe_get (CF_RECIPE_PAPER), stops, 24, 5000, &turn), ==, 5000);
}

enum { SIDE = 14, N = SIDE * SIDE * SIDE };

static void
make_noise (CfSamples *samples)
{
  CfRandom random;

  *samples = (CfSamples){ .n = N - 300, .n_held = 300, .variance = 0.09 };
  samples->local = g_new (float, 3 * N);
  samples->target = g_new (float, N);
  cf_random_init (&random, 1, 2);
  for (int i = 0; i < N; i++)
    {
      const int at[3] = { i % SIDE, i / SIDE % SIDE, i / SIDE / SIDE };

      for (int a = 0; a < 3; a++)
        samples->local[3 * i + a] = 2.0f * at[a] / (SIDE - 1) - 1;
      samples->target[i] = (float) (0.3 * cf_random_normal (&random));
    }
  samples->held_local = samples->local + 3 * samples->n;
  samples->held_target = samples->target + samples->n;
}

typedef struct
{
  int epochs, last; /* told: how many, and the last one's max_epochs */
  int keep;         /* the epoch whose point is kept */
  CfRegionPoint kept;
  GArray *held_outs;
  int inner; /* points inside epochs */
} Seen;

static int
one_thread (gpointer data)
{
  return 1;
}

static void
see_epoch (gpointer data, const CfEpoch *epoch)
{
  Seen *seen = data;

  seen->epochs = epoch->epoch;
  seen->last = epoch->max_epochs;
  g_array_append_val (seen->held_outs, epoch->held_out);
}

static void
see_restart (gpointer data)
{
  g_assert_not_reached ();
}

static gboolean
wants_point (gpointer data)
{
  return ((Seen *) data)->epochs == ((Seen *) data)->keep;
}

static void
keep_point (gpointer data, const CfRegionPoint *point)
{
  Seen *seen = data;

  seen->kept = *point;
  seen->kept.best = point->best != NULL ? cf_siren_ref (point->best) : NULL;
  cf_fit_state_init (&seen->kept.state, point->state.n);
  memcpy (seen->kept.state.weights, point->state.weights, 3 * sizeof (float) * point->state.n);
  seen->kept.state.step = point->state.step;
  seen->kept.state.epoch = point->state.epoch;
  seen->kept.n = seen->held_outs->len;
  seen->kept.held_outs = g_memdup2 (seen->held_outs->data, sizeof (double) * seen->held_outs->len);
}

/* Noise cannot be predicted: the fit ends long before its epochs. Taken up again after it was decided, it ends the same, bit for bit. */
static void
test_noise_ends_early (void)
{
  CfRecipe recipe = *cf_recipe_get (CF_RECIPE_DEFAULT);
  Seen seen = { .held_outs = g_array_new (FALSE, FALSE, sizeof (double)) }, again = seen;
  CfRegionHooks hooks = { one_thread, see_epoch, see_restart, &seen, wants_point, keep_point };
  CfRegionFit fit, fit_again;
  CfSamples samples;
  int turn;

  recipe.shape.width = 32;
  recipe.shape.hidden = 2;
  recipe.batch = recipe.batch_least = 256;
  recipe.patience = 100;
  make_noise (&samples);
  again.held_outs = g_array_new (FALSE, FALSE, sizeof (double));
  seen.keep = 13;
  {
    g_autoptr (CfSiren) first = cf_region_fit (backend, &recipe, &samples, 4, 0, 30, &hooks, &fit, NULL, NULL), second = NULL;

    g_assert_nonnull (first);
    g_assert_cmpint (cf_recipe_end (&recipe, (double *) seen.held_outs->data, seen.held_outs->len, 30, &turn), ==, seen.epochs);
    g_assert_cmpint (turn, >, 0);
    g_assert_cmpint (turn, <=, seen.keep);
    g_assert_cmpint (seen.keep, <, seen.epochs);
    g_assert_cmpint (seen.epochs, <, 20);
    g_assert_cmpint (seen.last, ==, seen.epochs);
    g_assert_cmpint (fit.epochs, ==, seen.epochs);

    hooks.data = &again;
    hooks.from = &seen.kept;
    again.keep = -1;
    second = cf_region_fit (backend, &recipe, &samples, 4, 0, 30, &hooks, &fit_again, NULL, NULL);
    g_assert_nonnull (second);
    g_assert_cmpint (again.held_outs->len, ==, seen.epochs - seen.keep);
    g_assert_cmpint (fit_again.epochs, ==, fit.epochs);
    for (guint i = 0; i < again.held_outs->len; i++)
      g_assert_cmpfloat (g_array_index (again.held_outs, double, i), ==, g_array_index (seen.held_outs, double, seen.keep + i));
    g_assert_cmpmem (first->params, first->n * sizeof (float), second->params, second->n * sizeof (float));
  }
  cf_region_point_clear (&seen.kept);
  g_array_unref (seen.held_outs);
  g_array_unref (again.held_outs);
  cf_samples_clear (&samples);
}

typedef struct
{
  int n;
  double held[40];
  CfSiren *weights[40];
} Epochs;

static void
keep_epoch (gpointer data, const CfEpoch *epoch)
{
  Epochs *epochs = data;

  epochs->held[epochs->n] = epoch->held_out;
  epochs->weights[epochs->n++] = cf_siren_ref (epoch->weights);
}

/* Noise is learned by heart: held-out errors fall for two epochs, then rise slowly. Kept are the latest weights that are by no more than the slack above
 * the lowest error until then, without a slack those of the lowest. */
static void
test_slack (void)
{
  static const double slacks[] = { 0, 0.15 };
  CfRecipe recipe = *cf_recipe_get (CF_RECIPE_DEFAULT);
  CfSamples samples;
  int kept[2];

  g_assert_cmpfloat (recipe.slack, ==, slacks[1]);
  recipe.shape.width = 32;
  recipe.shape.hidden = 2;
  recipe.batch = recipe.batch_least = 256;
  recipe.plateau = 0;
  recipe.patience = 100;
  make_noise (&samples);
  for (int k = 0; k < 2; k++)
    {
      Epochs seen = { 0 };
      CfRegionHooks hooks = { one_thread, keep_epoch, see_restart, &seen };
      g_autoptr (CfSiren) siren = NULL;
      CfRegionFit fit;
      double lowest = INFINITY;

      recipe.slack = slacks[k];
      siren = cf_region_fit (backend, &recipe, &samples, 4, 0, 30, &hooks, &fit, NULL, NULL);
      g_assert_nonnull (siren);
      g_assert_cmpint (seen.n, ==, 30);
      for (int e = 0; e < seen.n; e++)
        {
          if (e == 0 || seen.held[e] < (1 + slacks[k]) * lowest)
            kept[k] = e;
          lowest = MIN (lowest, seen.held[e]);
          g_test_message ("slack %g, epoch %d: held out %g", slacks[k], e, seen.held[e]);
        }
      g_assert_cmpfloat (fit.held_out, ==, seen.held[kept[k]]);
      g_assert_cmpmem (siren->params, siren->n * sizeof (float), seen.weights[kept[k]]->params, siren->n * sizeof (float));
      for (int e = 0; e < seen.n; e++)
        cf_siren_unref (seen.weights[e]);
    }
  g_test_message ("kept: %d, %d", kept[0], kept[1]);
  g_assert_cmpint (kept[0], <, kept[1]);
  g_assert_cmpint (kept[1], <, 29);
  cf_samples_clear (&samples);
}

static gint64
always (gpointer data)
{
  return 1;
}

static gboolean
never (gpointer data)
{
  return FALSE;
}

/* Of the points inside epochs the one with that number is kept. */
static void
keep_inner_point (gpointer data, const CfRegionPoint *point)
{
  Seen *seen = data;

  g_assert_cmpint (point->state.batch, >, 0);
  if (++seen->inner != 4 || seen->keep < 0)
    return;
  keep_point (data, point);
  seen->kept.state.batch = point->state.batch;
  seen->kept.state.sum = point->state.sum;
  seen->keep = seen->epochs;
}

/* Long epochs give points on the way: nothing else changes, and a fit goes on from one bit for bit. */
static void
test_points_inside_epochs (void)
{
  CfRecipe recipe = *cf_recipe_get (CF_RECIPE_DEFAULT);
  CfRegionFit fit;
  CfSamples samples;
  CfSiren *ends[3] = { NULL };
  CfRegionPoint kept = { 0 };

  recipe.shape.width = 16;
  recipe.shape.hidden = 2;
  recipe.batch = recipe.batch_least = 256;
  make_noise (&samples);
  for (int i = 0; i < 3; i++)
    {
      Seen seen = { .held_outs = g_array_new (FALSE, FALSE, sizeof (double)), .keep = i == 1 ? 0 : -1 };
      CfRegionHooks hooks = { one_thread, see_epoch, see_restart, &seen, never, keep_inner_point, i > 0 ? always : NULL, i == 2 ? &kept : NULL };

      ends[i] = cf_region_fit (backend, &recipe, &samples, 4, 0, 4, &hooks, &fit, NULL, NULL);
      g_assert_nonnull (ends[i]);
      g_assert_cmpint (seen.epochs, ==, 4);
      if (i == 0)
        g_assert_cmpint (seen.inner, ==, 0);
      else
        g_assert_cmpint (seen.inner, >, 4);
      if (i == 1)
        kept = seen.kept;
      g_assert_cmpmem (ends[0]->params, ends[0]->n * sizeof (float), ends[i]->params, ends[i]->n * sizeof (float));
      g_array_unref (seen.held_outs);
    }
  cf_region_point_clear (&kept);
  cf_samples_clear (&samples);
  for (int i = 0; i < 3; i++)
    cf_siren_unref (ends[i]);
}

/* How far the weights move in an epoch. */
static double
moved (CfFit *fit)
{
  g_autoptr (CfSiren) before = cf_fit_weights (fit, NULL), after = NULL;
  double loss, sum = 0;

  g_assert_true (cf_fit_epoch (fit, 1, &loss, NULL, NULL));
  after = cf_fit_weights (fit, NULL);
  for (gsize i = 0; i < after->n; i++)
    sum += fabs (after->params[i] - before->params[i]);
  return sum;
}

static void
test_finish (void)
{
  const CfSirenShape shape = { 24, 2, 10, 10 };
  const CfFitSpec spec = { .optimiser = CF_OPTIMISER_ADAM, .rate = 1e-3, .total_steps = 1000, .batch = 0 };
  g_autoptr (CfSiren) start = cf_siren_new_random (&shape, 1, 1);
  g_autoptr (CfFit) fit = NULL;
  CfSamples samples;
  double full = 0, half = 0, none = 0;

  make_noise (&samples);
  fit = cf_fit_new (backend, start, &spec, 500, samples.local, samples.target, NULL);
  for (int e = 0; e < 10; e++)
    full = moved (fit);
  cf_fit_finish (fit, 10, 20);
  for (int e = 0; e < 11; e++)
    half = moved (fit);
  for (int e = 0; e < 10; e++)
    none = moved (fit);
  g_assert_cmpfloat (half, <, 0.7 * full);
  g_assert_cmpfloat (half, >, 0.2 * full);
  g_assert_cmpfloat (none, <, 1e-6 * full);
  cf_samples_clear (&samples);
}

int
main (int argc, char **argv)
{
  int status;

  cf_compute_init ();
  g_test_init (&argc, &argv, NULL);
  backend = cf_backend_open ("cpu", 1, NULL);
  g_test_add_func ("/stop/plateau", test_plateau);
  g_test_add_func ("/stop/finish", test_finish);
  g_test_add_func ("/stop/noise-ends-early", test_noise_ends_early);
  g_test_add_func ("/stop/slack", test_slack);
  g_test_add_func ("/stop/points-inside-epochs", test_points_inside_epochs);
  status = g_test_run ();
  cf_backend_unref (backend);
  return status;
}
