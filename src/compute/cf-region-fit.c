/* cf-region-fit.c: one region's epochs, and when to stop. */
#include "cf-region-fit.h"

#include <math.h>

#include "cf-random.h"
#include "cf-words.h"

#define ATTEMPTS 3
#define SLOWER 0.3          /* the rate of an attempt over that of the one before */
#define SETTLED 200         /* steps after which a fit is better than a constant, or lost */
#define STREAM_SHUFFLE (G_GUINT64_CONSTANT (2) << 40)

void
cf_region_point_clear (CfRegionPoint *point)
{
  g_clear_pointer (&point->best, cf_siren_unref);
  cf_fit_state_clear (&point->state);
  g_clear_pointer (&point->losses, g_free);
  g_clear_pointer (&point->held_outs, g_free);
}

/* One attempt's state. */
typedef struct
{
  int number;
  CfBackend *backend;
  const CfRecipe *recipe;
  const CfSamples *samples;
  CfFit *fit;
  gint64 steps; /* an epoch */
  int threads;
  GArray *held_outs; /* double: after each epoch */
  CfSiren *best;
  double best_score; /* the lowest held-out error, or loss */
  int stale;         /* epochs since */
  double first_loss; /* of the first epoch */
  CfRegionFit kept;  /* of best */
} Attempt;

static void
attempt_clear (Attempt *attempt)
{
  g_clear_pointer (&attempt->fit, cf_fit_free);
  g_clear_pointer (&attempt->best, cf_siren_unref);
  g_clear_pointer (&attempt->held_outs, g_array_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Attempt, attempt_clear)

/* Keeps the best weights, of those that are as good the latest, or the last; TRUE where the fit ends. `measured` are the weights that the score belongs to. */
static gboolean
judge (Attempt *attempt, double score, CfSiren *measured, const CfEpoch *epoch)
{
  const CfRecipe *recipe = attempt->recipe;

  gboolean first = attempt->best == NULL, better = first || score < (1 + recipe->slack) * attempt->best_score;

  if (better || recipe->keep_last)
    {
      g_clear_pointer (&attempt->best, cf_siren_unref);
      attempt->best = cf_siren_ref (measured);
      attempt->kept.loss = epoch->loss;
      attempt->kept.held_out = epoch->held_out;
    }
  if (first || score < attempt->best_score)
    attempt->best_score = score;
  attempt->stale = better ? 0 : attempt->stale + 1;
  return attempt->kept.loss < recipe->stop_below
         || (attempt->best_score < recipe->patience_below && attempt->stale >= recipe->patience);
}

/* Sines are bounded, so a fit that has blown up mostly shows as a loss above that of a constant. A region that is nearly constant
 * starts far above that and comes down to it: that is no divergence. */
static gboolean
has_diverged (const Attempt *attempt, const CfEpoch *epoch)
{
  gboolean settled = attempt->recipe->cosine && 2 * epoch->epoch >= epoch->max_epochs && epoch->epoch * attempt->steps >= SETTLED;

  return !isfinite (epoch->loss) || (settled && epoch->loss > 1.5 * attempt->samples->variance && epoch->loss > 0.5 * attempt->first_loss);
}

/* What is left to do after the epochs so far; a schedule that is cut short still ends at a rate of 0. */
static int
end_of_schedule (Attempt *attempt, int max_epochs)
{
  int turn, end;

  if (attempt->samples->n_held == 0)
    return max_epochs;
  end = cf_recipe_end (attempt->recipe, (const double *) attempt->held_outs->data, attempt->held_outs->len, max_epochs, &turn);
  if (turn > 0)
    cf_fit_finish (attempt->fit, attempt->steps * turn, attempt->steps * (end - turn));
  return end;
}

static void
tell_point (const Attempt *attempt, const CfRegionHooks *hooks)
{
  CfRegionPoint point = { .attempt = attempt->number,
                          .best_score = attempt->best_score,
                          .first_loss = attempt->first_loss,
                          .stale = attempt->stale,
                          .fit = attempt->kept,
                          .best = attempt->best };

  if (hooks->point == NULL || !cf_fit_get_state (attempt->fit, &point.state))
    return;
  hooks->point (hooks->data, &point);
  cf_fit_state_clear (&point.state);
}

static gboolean
go_on_from (Attempt *attempt, const CfRegionPoint *point, GError **error)
{
  if (!cf_fit_set_state (attempt->fit, &point->state, error))
    return FALSE;
  attempt->best = point->best != NULL ? cf_siren_ref (point->best) : NULL;
  attempt->best_score = point->best_score;
  attempt->first_loss = point->first_loss;
  attempt->stale = point->stale;
  if (point->n > 0)
    g_array_append_vals (attempt->held_outs, point->held_outs, point->n);
  attempt->kept = point->fit;
  return TRUE;
}

/* As one, whatever points are told on the way. */
static gboolean
whole_epoch (Attempt *attempt, const CfRegionHooks *hooks, double *loss, GCancellable *cancellable, GError **error)
{
  for (;;)
    {
      g_autoptr (GError) stopped = NULL;

      if (hooks->due != NULL && hooks->point != NULL)
        cf_fit_pause_at (attempt->fit, hooks->due (hooks->data));
      if (cf_fit_epoch (attempt->fit, attempt->threads, loss, cancellable, &stopped))
        return TRUE;
      if (!g_error_matches (stopped, G_IO_ERROR, G_IO_ERROR_PENDING))
        {
          if (g_cancellable_is_cancelled (cancellable))
            tell_point (attempt, hooks);
          g_propagate_error (error, g_steal_pointer (&stopped));
          return FALSE;
        }
      tell_point (attempt, hooks);
    }
}

/* FALSE with the error, or with *diverged. */
static gboolean
run_epochs (Attempt *attempt, int max_epochs, const CfRegionHooks *hooks, gboolean *diverged, GCancellable *cancellable, GError **error)
{
  g_autoptr (CfSiren) before = cf_fit_weights (attempt->fit, error);

  if (before == NULL)
    return FALSE;
  for (int e = attempt->kept.epochs + 1, last = end_of_schedule (attempt, max_epochs); e <= last; e++)
    {
      CfEpoch epoch = { .epoch = e, .held_out = NAN };
      g_autoptr (CfSiren) after = NULL;
      gint64 start = g_get_monotonic_time ();
      gboolean end;

      attempt->threads = hooks->threads (hooks->data);
      if (!whole_epoch (attempt, hooks, &epoch.loss, cancellable, error))
        return FALSE;
      after = cf_fit_weights (attempt->fit, error);
      if (after == NULL || !cf_samples_held_out_error (attempt->samples, attempt->backend, after, attempt->threads, &epoch.held_out, error))
        return FALSE;
      epoch.weights = after;
      epoch.seconds = (g_get_monotonic_time () - start) * 1e-6;
      if (e == 1)
        attempt->first_loss = epoch.loss;
      g_array_append_val (attempt->held_outs, epoch.held_out);
      epoch.max_epochs = last = end_of_schedule (attempt, max_epochs);
      if (has_diverged (attempt, &epoch))
        {
          *diverged = TRUE;
          return FALSE;
        }
      /* The loss of a full batch is that of the weights before its step (Paper: the weights of the least loss are kept). */
      if (attempt->samples->n_held > 0)
        end = judge (attempt, epoch.held_out, after, &epoch);
      else
        end = judge (attempt, epoch.loss, attempt->recipe->batch == 0 && !attempt->recipe->keep_last ? before : after, &epoch);
      attempt->kept.epochs = e;
      attempt->kept.seconds += epoch.seconds;
      hooks->epoch (hooks->data, &epoch);
      if (end)
        break;
      if (hooks->wants_point != NULL && hooks->wants_point (hooks->data))
        tell_point (attempt, hooks);
      cf_siren_unref (before);
      before = g_steal_pointer (&after);
    }
  return TRUE;
}

static CfSiren *
try_fit (CfBackend *backend, const CfRecipe *recipe, const CfSamples *samples, guint64 seed, int region, int max_epochs, int number,
         const CfRegionHooks *hooks, CfRegionFit *out, gboolean *diverged, GCancellable *cancellable, GError **error)
{
  g_auto (Attempt) attempt = { .number = number, .backend = backend, .recipe = recipe, .samples = samples };
  double slower = cf_recipe_pace (recipe, max_epochs) * pow (SLOWER, number);
  g_autoptr (CfSiren) start = cf_siren_new_random (&recipe->shape, seed, region);
  CfFitSpec spec = { .optimiser = recipe->optimiser,
                     .rate = recipe->rate * slower,
                     .muon_rate = recipe->muon_rate * slower,
                     .batch = cf_recipe_batch (recipe, cf_samples_an_epoch (samples, recipe)),
                     .n_rare = samples->n_rare,
                     .rare_parts = recipe->empty_parts };
  CfRandom random;

  cf_random_init (&random, seed, STREAM_SHUFFLE | (guint64) region);
  spec.seed = cf_random_u64 (&random);
  attempt.steps = spec.batch > 0 ? MAX (1, ((gint64) cf_samples_an_epoch (samples, recipe) + spec.batch / 2) / spec.batch) : 1;
  spec.total_steps = recipe->cosine ? attempt.steps * max_epochs : 0;
  attempt.fit = cf_fit_new (backend, start, &spec, samples->n, samples->local, samples->target, error);
  if (attempt.fit == NULL)
    return NULL;
  attempt.held_outs = g_array_new (FALSE, FALSE, sizeof (double));
  if (hooks->from != NULL && hooks->from->attempt == number && !go_on_from (&attempt, hooks->from, error))
    return NULL;
  if (!run_epochs (&attempt, max_epochs, hooks, diverged, cancellable, error))
    return NULL;
  attempt.kept.trained = TRUE;
  *out = attempt.kept;
  return g_steal_pointer (&attempt.best);
}

CfSiren *
cf_region_fit (CfBackend *backend, const CfRecipe *recipe, const CfSamples *samples, guint64 seed, int region, int max_epochs,
               const CfRegionHooks *hooks, CfRegionFit *fit, GCancellable *cancellable, GError **error)
{
  if (max_epochs <= 0)
    max_epochs = cf_recipe_epochs (recipe, cf_samples_an_epoch (samples, recipe), 0);
  for (int i = hooks->from != NULL ? hooks->from->attempt : 0; i < ATTEMPTS; i++)
    {
      gboolean diverged = FALSE;
      CfSiren *siren = try_fit (backend, recipe, samples, seed, region, max_epochs, i, hooks, fit, &diverged, cancellable, error);

      if (siren != NULL || !diverged)
        return siren;
      hooks->restart (hooks->data);
    }
  g_set_error (error, CF_ERROR, CF_ERROR_FAILED, _("region %d: the fit diverged at learning rate %g and at %d lower ones"), region, recipe->rate,
               ATTEMPTS - 1);
  return NULL;
}
