/* fit-tool OPTIMISER FOLDER: three full-batch epochs on a small network; everything to FOLDER as raw float32 for tests/reference/fit-numpy.py. */
#include <math.h>
#include <stdio.h>

#include "cf-backend.h"

static gboolean
dump (const char *folder, const char *name, const float *values, gsize n)
{
  g_autofree char *path = g_build_filename (folder, name, NULL);

  return g_file_set_contents (path, (const char *) values, (gssize) (n * sizeof (float)), NULL);
}

int
main (int argc, char **argv)
{
  const CfSirenShape shape = { 24, 2, 8, 10 };
  const CfFitSpec spec = { .optimiser = argc > 1 && g_str_equal (argv[1], "muon") ? CF_OPTIMISER_MUON : CF_OPTIMISER_ADAM,
                           .rate = 1e-3,
                           .muon_rate = 2e-2,
                           .total_steps = 4 };
  const gsize n = 1234;
  g_autofree float *x = g_new (float, 3 * n), *t = g_new (float, n), *gradient = NULL;
  g_autoptr (CfBackend) backend = NULL;
  g_autoptr (CfSiren) start = NULL;
  g_autoptr (CfFit) fit = NULL;
  double loss;

  if (argc != 3)
    return 2;
  cf_compute_init ();
  backend = cf_backend_open ("cpu", 2, NULL);
  start = cf_siren_new_random (&shape, 9, 1);
  gradient = g_new (float, start->n);
  start->params[start->n - 1] = -1.05f; /* so that of the samples without density some are low enough */
  for (gsize i = 0; i < n; i++)
    {
      for (int a = 0; a < 3; a++)
        x[3 * i + a] = (float) cos (1.3 * i + 2.1 * a);
      t[i] = i % 3 == 1 ? NAN : (float) (0.5 * sin (3.0 * x[3 * i]) + 0.3 * x[3 * i + 1] * x[3 * i + 2]);
    }
  if (backend == NULL || !cf_backend_loss_gradient (backend, start, n, x, t, &loss, gradient, NULL))
    return 1;
  printf ("%.9g\n", loss);
  fit = cf_fit_new (backend, start, &spec, n, x, t, NULL);
  for (int e = 0; e < 3; e++)
    {
      if (!cf_fit_epoch (fit, 0, &loss, NULL, NULL))
        return 1;
      printf ("%.9g\n", loss);
    }
  {
    g_autoptr (CfSiren) end = cf_fit_weights (fit, NULL);

    return !(dump (argv[2], "x", x, 3 * n) && dump (argv[2], "t", t, n) && dump (argv[2], "start", start->params, start->n)
             && dump (argv[2], "gradient", gradient, start->n) && dump (argv[2], "end", end->params, end->n));
  }
}
