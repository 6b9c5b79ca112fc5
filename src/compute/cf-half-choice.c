#include "cf-half-choice.h"

#include <math.h>

#include "cf-half.h"

#define CHANGE 0.01 /* of the root mean square error */

/* NAN where it cannot be computed. */
static double
mean_square (CfBackend *backend, const CfSiren *siren, const CfSamples *samples, int threads)
{
  g_autofree float *values = g_new (float, samples->n_held);
  double sum = 0;

  if (!cf_backend_eval (backend, siren, samples->n_held, samples->held_local, values, NULL, threads, NULL))
    return NAN;
  for (gsize i = 0; i < samples->n_held; i++)
    {
      double miss = (double) values[i] - samples->held_target[i];

      sum += miss * miss;
    }
  return sum / samples->n_held;
}

CfSiren *
cf_half_choose (CfBackend *backend, CfSiren *siren, const CfSamples *samples, int threads, CfRegionFit *fit)
{
  g_autoptr (CfSiren) rounded = NULL;
  double error, before;

  if (samples->n_held == 0)
    return cf_siren_ref (siren);
  rounded = cf_half_round_siren (siren);
  before = mean_square (backend, siren, samples, threads);
  error = mean_square (backend, rounded, samples, threads);
  if (!(fabs (sqrt (error) - sqrt (before)) <= CHANGE * sqrt (before)))
    return cf_siren_ref (siren);
  fit->half = TRUE;
  fit->held_out = error;
  return g_steal_pointer (&rounded);
}
