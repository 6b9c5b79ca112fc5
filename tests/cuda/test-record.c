/* test-record.c: steps are recorded as a graph while other threads make and free what belongs to the whole device: the runtime refuses that within a recording, and
 * so they have to wait for its end. The recording takes long here. */
#include <locale.h>

#include "made.h"

#define RECORDING "200000" /* us */

typedef struct
{
  CfBackend *backend;
  gint ended; /* atomic */
  gint calls; /* atomic */
} Others;

/* Each call makes a trainer and frees it: memory, a stream, a handle of cuBLAS. */
static gpointer
ask_for_gradients (gpointer data)
{
  Others *others = data;
  g_autoptr (CfSiren) siren = cf_siren_new_random (&made_shape, 1, 1);
  g_autofree float *gradient = g_new (float, siren->n);
  double loss;

  while (!g_atomic_int_get (&others->ended))
    {
      g_assert_true (cf_backend_loss_gradient (others->backend, siren, 50, made_x, made_t, &loss, gradient, NULL));
      g_atomic_int_inc (&others->calls);
    }
  return NULL;
}

static void
test_others_wait (void)
{
  g_autoptr (CfBackend) backend = NULL;
  g_autoptr (CfFit) fit = NULL;
  Others others = { 0 };
  GThread *thread;
  gint64 begun;
  double loss, expected;
  int before;

  others.backend = backend = made_backend ("", "", "1");
  {
    g_autoptr (CfFit) alone = made_fit (backend, 3);

    expected = made_epochs (alone, 2);
  }
  fit = made_fit (backend, 3);
  g_setenv ("CF_SIMT_RECORD_US", RECORDING, TRUE);
  thread = g_thread_new ("others", ask_for_gradients, &others);
  while (g_atomic_int_get (&others.calls) < 2)
    g_usleep (1000);
  before = g_atomic_int_get (&others.calls);
  begun = g_get_monotonic_time ();
  loss = made_epochs (fit, 2);
  g_test_message ("%d calls meanwhile", g_atomic_int_get (&others.calls) - before);
  g_assert_cmpint (g_get_monotonic_time () - begun, >=, g_ascii_strtoll (RECORDING, NULL, 10)); /* there was a recording */
  while (g_atomic_int_get (&others.calls) < before + 2)
    g_usleep (1000);
  g_atomic_int_set (&others.ended, 1);
  g_thread_join (thread);
  g_unsetenv ("CF_SIMT_RECORD_US");
  g_assert_cmpfloat (loss, ==, expected);
  g_assert_null (cf_backend_take_notice (backend));
}

int
main (int argc, char **argv)
{
  setlocale (LC_ALL, "");
  cf_compute_init ();
  g_test_init (&argc, &argv, NULL);
  made_init ();
  g_test_add_func ("/record/others-wait", test_others_wait);
  return g_test_run ();
}
