/* test-leaks.c: what is opened, fitted and closed gives its memory back. test-leaks [CYCLES]: 50. */
#include <malloc.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cf-backend.h"
#include "cf-mrc.h"
#include "cf-session.h"
#include "cf-simulate.h"
#include "cf-workers.h"

#define WARM 10 /* cycles until caches and pools have what they keep */
#define EDGE 120 /* voxels: 6.9 MB, of which a small part is fitted */

static const char model_text[]
    = "CRYST1    1.000    1.000    1.000  90.00  90.00  90.00 P 1           1\n"
      "ATOM      1  CA  GLY A   1       0.000   0.000   0.000  1.00 10.00           C\n"
      "ATOM      2  CA  GLY A   2       3.800   0.000   0.000  1.00 10.00           C\n"
      "ATOM      3  CA  GLY A   3       3.800   3.800   0.000  1.00 10.00           C\n"
      "END\n";

static int cycles = 50;

/* Resident memory, MB, without what malloc keeps for later. */
static double
resident (void)
{
  long all = 0, pages = 0;
  malloc_trim (0);
  FILE *file = fopen ("/proc/self/statm", "r");
  g_assert_nonnull (file);
  g_assert_cmpint (fscanf (file, "%ld %ld", &all, &pages), ==, 2);
  fclose (file);
  return pages * (double) sysconf (_SC_PAGESIZE) / 1e6;
}

static void
message (CfSession *session, gboolean is_error, const char *text, int *errors)
{
  if (is_error)
    g_printerr ("# %s\n", text);
  *errors += is_error;
}

#define WAIT(condition)                              \
  while (!(condition))                               \
    {                                                \
      g_assert_cmpint (errors, ==, 0);               \
      if (!g_main_context_iteration (NULL, FALSE))   \
        g_usleep (1000);                             \
    }

static void
cycle (CfSession *session, const char *map, const char *model)
{
  const CfSessionState *s = cf_session_state (session);
  const char *paths[] = { map, model, NULL };
  int errors = 0;
  gulong handler = g_signal_connect (session, "message", G_CALLBACK (message), &errors);
  cf_session_open (session, paths);
  WAIT (s->prepared && s->structure != NULL && s->activity == NULL);
  cf_session_set_contour (session, 0.3 * s->volume->statistics.max);
  WAIT (s->activity == NULL && s->normalisation.dims[0] < EDGE / 2);
  cf_session_set_max_epochs (session, 2);
  cf_session_train (session);
  WAIT (s->comparison != NULL && !s->comparison_stale && s->curve != NULL && !s->curve_stale && s->activity == NULL);
  cf_session_close (session);
  g_signal_handler_disconnect (session, handler);
  for (int i = 0; i < 50; i++) /* workers drop what they hold */
    while (g_main_context_iteration (NULL, FALSE) || i++ < 20)
      g_usleep (500);
}

static void
test_cycles (void)
{
  g_autofree char *folder = g_dir_make_tmp ("cryofield-leaks-XXXXXX", NULL), *map = g_build_filename (folder, "a.mrc", NULL);
  g_autofree char *model = g_build_filename (folder, "a.pdb", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (CfStructure) structure = cf_structure_parse ("a.pdb", model_text, sizeof model_text - 1, &error);
  CfSimulateOptions options = { .resolution = 2.0, .spacing = 0.8, .has_box = TRUE, .box = { -6, -6, -6, -6 + EDGE * 0.8, -6 + EDGE * 0.8, -6 + EDGE * 0.8 } };
  CfVolume *volume = cf_simulate (structure, &options, NULL, &error);
  g_assert_no_error (error);
  double one = (double) volume->grid.dims[0] * volume->grid.dims[1] * volume->grid.dims[2] * sizeof (float) / 1e6;
  g_assert_true (cf_mrc_save (volume, map, NULL, NULL, &error) && g_file_set_contents (model, model_text, -1, &error));
  cf_volume_unref (volume);
  CfSession *session = cf_session_new ();
  double warm = 0, now = 0;
  for (int i = 1; i <= cycles; i++)
    {
      cycle (session, map, model);
      now = resident ();
      if (i == WARM)
        warm = now;
      if (i % 10 == 0)
        g_test_message ("after %d cycles %.1f MB", i, now);
    }
  g_object_unref (session);
  g_test_message ("%.1f MB after %d cycles, %.1f MB after %d; a volume has %.1f MB", warm, WARM, now, cycles, one);
  /* a volume a cycle would be forty of them; half of one in each would be seen too */
  g_assert_cmpfloat (now - warm, <, (cycles - WARM) * one / 4);
  g_assert_cmpint (unlink (map) | unlink (model) | rmdir (folder), ==, 0);
}

int
main (int argc, char **argv)
{
  cf_compute_init ();
  g_test_init (&argc, &argv, NULL);
  if (argc > 1)
    cycles = MAX (WARM + 1, atoi (argv[1]));
  g_test_add_func ("/leaks/cycles", test_cycles);
  int status = g_test_run ();
  return cf_workers_wait (120) ? status : 1;
}
