#include "cf-half-choice.h"

#include <math.h>

#include "cf-half.h"

#define CHANGE 0.01 /* of the root mean square error */

CfSiren *
cf_half_choose (CfBackend *backend, CfSiren *siren, const CfSamples *samples, int threads, CfRegionFit *fit)
{
  g_autoptr (CfSiren) rounded = NULL;
  double error, before;

  if (samples->n_held == 0)
    return cf_siren_ref (siren);
  rounded = cf_half_round_siren (siren);
  if (!cf_samples_held_out_error (samples, backend, siren, threads, &before, NULL)
      || !cf_samples_held_out_error (samples, backend, rounded, threads, &error, NULL))
    return cf_siren_ref (siren);
  if (!(fabs (sqrt (error) - sqrt (before)) <= CHANGE * sqrt (before)))
    return cf_siren_ref (siren);
  fit->half = TRUE;
  fit->held_out = error;
  return g_steal_pointer (&rounded);
}
