/* test-slots.c: the order of samples and the steps of an epoch, by the functions that the device runs. */
#include <math.h>
#include <string.h>

#include <glib.h>

#include "cf-slot.h"

static void
test_permutation (void)
{
  const unsigned sizes[] = { 1, 2, 3, 5, 8, 63, 64, 65, 1000, 4097, 65536, 100003 };

  for (gsize s = 0; s < G_N_ELEMENTS (sizes); s++)
    for (unsigned long long key = 0; key < 4; key++)
      {
        unsigned n = sizes[s];
        g_autofree guint8 *seen = g_new0 (guint8, n);

        for (unsigned i = 0; i < n; i++)
          {
            unsigned to = cf_permute (i, n, key);

            g_assert_cmpuint (to, <, n);
            g_assert_false (seen[to]);
            seen[to] = 1;
          }
      }
}

/* Each place gets each sample equally often over many keys, and neighbours part: chi squared against its 0.9999 quantile. */
static void
test_permutation_is_even (void)
{
  enum { N = 37, KEYS = 20000 };
  static unsigned place[N][N], apart[N];
  double chi_place = 0, chi_apart = 0;

  for (unsigned key = 0; key < KEYS; key++)
    for (unsigned i = 0; i < N; i++)
      {
        unsigned to = cf_permute (i, N, cf_permute_mix (key));

        place[i][to]++;
        if (i == 0)
          apart[(cf_permute (1, N, cf_permute_mix (key)) + N - to) % N]++;
      }
  for (unsigned i = 0; i < N; i++)
    for (unsigned k = 0; k < N; k++)
      chi_place += pow (place[i][k] - (double) KEYS / N, 2) / ((double) KEYS / N);
  for (unsigned k = 1; k < N; k++)
    chi_apart += pow (apart[k] - (double) KEYS / (N - 1), 2) / ((double) KEYS / (N - 1));
  g_test_message ("chi squared of places %.0f of %d, of distances %.0f of %d", chi_place, (N - 1) * (N - 1), chi_apart, N - 2);
  g_assert_cmpuint (apart[0], ==, 0);
  g_assert_cmpfloat (chi_place, <, (N - 1) * (N - 1) + 3.8 * sqrt (2.0 * (N - 1) * (N - 1)));
  g_assert_cmpfloat (chi_apart, <, 72);
}

/* Over an epoch each common sample comes once, and over the epochs of a cycle each rare one once; batches are the CPU's. */
static void
test_epochs (void)
{
  const struct
  {
    unsigned n, n_rare;
    int parts, batch, rows;
  } cases[] = { { 1000, 0, 0, 64, 64 }, { 1000, 301, 8, 64, 64 }, { 777, 100, 3, 50, 17 }, { 513, 0, 0, 0, 100 }, { 40, 7, 9, 500, 64 } };

  for (gsize c = 0; c < G_N_ELEMENTS (cases); c++)
    {
      CfSlot slot = { .n = cases[c].n, .n_rare = cases[c].n_rare, .rare_parts = cases[c].parts, .batch = cases[c].batch, .seed = 5 + c,
                      .rate = 1e-3, .muon_rate = 1, .total_steps = 1000 };
      unsigned cycle = MAX (1, cases[c].parts);
      g_autofree guint *seen = g_new0 (guint, slot.n);
      long long steps = 0;

      for (unsigned e = 0; e < cycle; e++)
        {
          unsigned n = 0, batches = 0, in_batch = 0;

          cf_slot_begin (&slot);
          while (slot.in_epoch)
            {
              cf_slot_plan (&slot, cases[c].rows);
              g_assert_cmpuint (slot.first, ==, n);
              g_assert_cmpint (slot.rows, >, 0);
              for (int r = 0; r < slot.rows; r++)
                {
                  unsigned sample = cf_slot_sample (&slot, slot.first + r);

                  g_assert_cmpuint (sample, <, slot.n);
                  seen[sample]++;
                }
              n += slot.rows;
              in_batch += slot.rows;
              if (slot.ends_batch)
                {
                  g_assert_cmpfloat_with_epsilon (slot.gradient_scale, 1.0 / in_batch, 1e-9);
                  g_assert_cmpfloat_with_epsilon (slot.muon_step, 0.5 * (1 + cos (G_PI * steps / 1000)), 1e-6);
                  g_assert_cmpfloat_with_epsilon (slot.adam_correction, 1 / (1 - pow (0.999, steps + 1)), 1e-3 * slot.adam_correction);
                  steps++;
                  batches++;
                  in_batch = 0;
                }
              cf_slot_advance (&slot);
            }
          g_assert_cmpuint (n, ==, slot.n_epoch);
          g_assert_cmpuint (batches, ==, cases[c].batch > 0 ? MAX (1, (n + cases[c].batch / 2) / cases[c].batch) : 1);
          g_assert_cmpint (slot.step, ==, steps);
        }
      for (unsigned i = 0; i < slot.n; i++)
        g_assert_cmpuint (seen[i], ==, i < slot.n - slot.n_rare ? cycle : 1);
    }
}

static void
test_divergence_ends_the_epoch (void)
{
  CfSlot slot = { .n = 100, .batch = 10, .rate = 1 };

  cf_slot_begin (&slot);
  cf_slot_plan (&slot, 64);
  slot.sum = NAN;
  cf_slot_advance (&slot);
  g_assert_false (slot.in_epoch);
  g_assert_cmpuint (slot.epoch, ==, 1);
}

/* The short sine that the fused kernel keeps in 16 bits. */
static void
test_sine (void)
{
  double worst = 0;

  for (double x = -300; x < 300; x += 1e-3)
    worst = fmax (worst, fabs (cf_sine ((float) x) - sin ((double) (float) x)));
  g_test_message ("at most %g off", worst);
  g_assert_cmpfloat (worst, <, 2e-6);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/slots/permutation", test_permutation);
  g_test_add_func ("/slots/permutation-is-even", test_permutation_is_even);
  g_test_add_func ("/slots/epochs", test_epochs);
  g_test_add_func ("/slots/divergence", test_divergence_ends_the_epoch);
  g_test_add_func ("/slots/sine", test_sine);
  return g_test_run ();
}
