/* test-session-walk.c: the sampling before a walk of the seeds, and the walk, that are stopped, that fail, and that go on. */
#include <math.h>

#include "cf-neural.h"
#include "session-fixture.h"

typedef enum
{
  AT_FIRST, /* the walk from above the level in use */
  AT_REST,  /* the one of all seeds below it */
  NEVER
} StopAt;

typedef struct
{
  StopAt at;
  int n_walks;
} Stopper;

/* As a hand would that is quicker than any walk. */
static void
stop (CfSession *session, guint change, Stopper *stopper)
{
  const CfSessionState *s = cf_session_state (session);
  if (!(change & CF_CHANGED_ACTIVITY) || !s->walking || s->activity == NULL || s->fraction > 0)
    return;
  stopper->n_walks++;
  if ((stopper->at == AT_FIRST && s->sweep == NULL) || (stopper->at == AT_REST && s->sweep != NULL))
    cf_session_stop_walk (session);
}

static void
train (SessionFixture *f, Stopper *stopper)
{
  g_autofree char *map = session_write_map ("a.mrc", 0.8), *model = session_write_text ("a.pdb", session_model);
  session_open (f, map, model);
  SESSION_WAIT (f->s->prepared && f->s->structure != NULL);
  g_signal_connect (f->session, "changed", G_CALLBACK (stop), stopper);
  cf_session_set_max_epochs (f->session, 20);
  cf_session_train (f->session);
}

static void
is_at_rest (SessionFixture *f)
{
  SESSION_WAIT (!f->s->walking && f->s->activity == NULL && !f->session->graphing && !f->session->curving);
}

static void
check_current (SessionFixture *f)
{
  SESSION_WAIT (!f->s->graph_stale && !f->s->comparison_stale);
  g_assert_cmpfloat (f->s->graph->level.normalised, ==, f->s->level.normalised);
  g_assert_cmpuint (f->s->comparison->n_nodes, ==, f->s->graph->n_nodes);
}

/* Before there is anything: nothing comes by itself, whatever level is set; then all of it when asked for. */
static void
test_stopped_at_first (SessionFixture *f, gconstpointer data)
{
  Stopper stopper = { .at = AT_FIRST };
  train (f, &stopper);
  SESSION_WAIT (f->s->walk_stopped);
  is_at_rest (f);
  g_assert_null (f->s->sweep);
  g_assert_null (f->s->graph);
  g_assert_true (cf_session_can_walk (f->session));
  cf_session_set_level (f->session, 0.9 * f->s->level.normalised, TRUE);
  is_at_rest (f);
  g_assert_null (f->s->graph);
  g_assert_cmpint (stopper.n_walks, ==, 1);
  stopper.at = NEVER;
  cf_session_walk_on (f->session);
  g_assert_true (f->s->walking);
  g_assert_false (cf_session_can_walk (f->session));
  SESSION_WAIT (f->s->sweep != NULL && cf_session_is_walked (f->s));
  is_at_rest (f);
  check_current (f);
  g_assert_false (f->s->walk_stopped);
  g_assert_false (cf_session_can_walk (f->session));
  g_assert_cmpint (f->errors, ==, 0);
  g_signal_handlers_disconnect_by_data (f->session, &stopper);
}

/* What has climbed is kept, and is current; a lower level climbs what lies between and no more; the rest comes when asked for, and all of it is what one walk
 * would have brought. */
static void
test_stopped_below (SessionFixture *f, gconstpointer data)
{
  Stopper stopper = { .at = AT_REST };
  train (f, &stopper);
  SESSION_WAIT (f->s->walk_stopped);
  is_at_rest (f);
  double first = cf_sweep_get_peaks (f->s->sweep)->lowest, floor = cf_level_floor (&f->s->normalisation).normalised;
  gsize n = cf_sweep_get_peaks (f->s->sweep)->n;
  g_assert_cmpfloat (first, >, floor);
  check_current (f);
  g_assert_true (isnan (f->s->plateau));

  /* stopped once more: the graph that stands is of another level, and says so */
  double lower = 0.5 * (first + floor), above = f->s->level.normalised;
  cf_session_set_level (f->session, lower, TRUE);
  is_at_rest (f);
  g_assert_true (f->s->walk_stopped && f->s->graph_stale && f->s->comparison_stale);
  g_assert_cmpfloat (f->s->graph->level.normalised, ==, above);
  g_assert_cmpfloat (cf_sweep_get_peaks (f->s->sweep)->lowest, ==, first);
  cf_session_set_level (f->session, above, TRUE);
  is_at_rest (f);
  check_current (f);

  stopper.at = NEVER;
  cf_session_set_level (f->session, lower, TRUE);
  SESSION_WAIT (cf_sweep_get_peaks (f->s->sweep)->lowest < first);
  is_at_rest (f);
  check_current (f);
  const CfPeaks *between = cf_sweep_get_peaks (f->s->sweep);
  g_assert_cmpfloat (between->lowest, ==, lower);
  g_assert_cmpuint (between->n, >, n);
  for (gsize i = n; i < between->n; i++) /* those of before come first, and none of them again */
    g_assert_cmpfloat (between->seed_density[i], <, first);
  g_assert_true (f->s->walk_stopped);

  cf_session_walk_on (f->session);
  SESSION_WAIT (cf_session_is_walked (f->s));
  is_at_rest (f);
  check_current (f);
  gsize all = cf_sweep_get_peaks (f->s->sweep)->n;
  g_assert_false (f->s->walk_stopped);
  g_signal_handlers_disconnect_by_data (f->session, &stopper);
  g_autofree char *map = session_path ("a.mrc");
  cf_session_close (f->session);
  session_open (f, map, NULL);
  SESSION_WAIT (f->s->prepared);
  cf_session_set_max_epochs (f->session, 20);
  cf_session_train (f->session);
  SESSION_WAIT (f->s->sweep != NULL && cf_session_is_walked (f->s));
  g_assert_cmpuint (cf_sweep_get_peaks (f->s->sweep)->n, ==, all);
  g_assert_cmpint (f->errors, ==, 0);
}

/* A walk that fails says why, once, keeps no other level's graph current, and can be begun again. */
static void
test_failed (SessionFixture *f, gconstpointer data)
{
  Stopper stopper = { .at = AT_REST };
  train (f, &stopper);
  SESSION_WAIT (f->s->walk_stopped);
  is_at_rest (f);
  check_current (f);
  stopper.at = NEVER;
  double first = cf_sweep_get_peaks (f->s->sweep)->lowest, floor = cf_level_floor (&f->s->normalisation).normalised;
  cf_session_set_device (f->session, "cuda:99", 0);
  cf_session_set_level (f->session, 0.5 * (first + floor), TRUE);
  SESSION_WAIT (f->errors > 0);
  is_at_rest (f);
  g_assert_cmpint (f->errors, ==, 1);
  g_assert_true (f->s->graph_stale && f->s->comparison_stale);
  g_assert_cmpfloat (f->s->graph->level.normalised, !=, f->s->level.normalised);
  g_assert_true (cf_session_can_walk (f->session));
  cf_session_set_device (f->session, "cpu", 0);
  cf_session_walk_on (f->session);
  SESSION_WAIT (cf_session_is_walked (f->s));
  is_at_rest (f);
  check_current (f);
  g_assert_cmpint (f->errors, ==, 1);
  g_signal_handlers_disconnect_by_data (f->session, &stopper);
}

/* What stops is a walk of this field only: a fit anew walks by itself. */
static void
test_forgotten (SessionFixture *f, gconstpointer data)
{
  Stopper stopper = { .at = AT_FIRST };
  train (f, &stopper);
  SESSION_WAIT (f->s->walk_stopped);
  is_at_rest (f);
  stopper.at = NEVER;
  cf_session_train (f->session);
  g_assert_false (f->s->walk_stopped);
  SESSION_WAIT (f->s->graph != NULL && !f->s->graph_stale && cf_session_is_walked (f->s));
  g_signal_handlers_disconnect_by_data (f->session, &stopper);
}

/* -- the sampling, which the walk waits for ------------------------------------------------------------------------------------ */

typedef struct
{
  gboolean stops; /* at the next region */
  int baked; /* regions that had their samples then */
} SamplingStopper;

static void
stop_sampling (CfSession *session, guint change, SamplingStopper *stopper)
{
  if (!(change & CF_CHANGED_ACTIVITY) || !stopper->stops || !cf_session_is_sampling (session) || !session->baking)
    return;
  stopper->stops = FALSE;
  stopper->baked = session->n_baked;
  cf_session_stop_sampling (session);
  g_assert_false (cf_session_is_sampling (session));
}

static gsize
n_unsampled (const CfSamples *samples)
{
  gsize n = 0;
  for (gsize i = 0; i < samples->n; i++)
    n += isnan (samples->data[i]);
  return n;
}

/* The region at work is given up too; nothing comes by itself, whatever level is set; what is asked for is what an unbroken sampling brings. */
static void
stops_and_goes_on (SessionFixture *f, SamplingStopper *stopper, gsize unsampled, gsize n_peaks)
{
  SESSION_WAIT (f->s->sampling_stopped);
  is_at_rest (f);
  g_assert_false (f->session->baking);
  g_assert_cmpint (f->session->n_baked, ==, stopper->baked);
  g_assert_false (g_queue_is_empty (&f->session->bakes));
  cf_session_set_level (f->session, 0.9 * f->s->level.normalised, TRUE);
  is_at_rest (f);
  g_assert_null (f->s->sweep);
  g_assert_null (f->s->graph);
  g_assert_false (f->s->walk_stopped || cf_session_can_walk (f->session));
  cf_session_sample_on (f->session);
  g_assert_false (f->s->sampling_stopped);
  SESSION_WAIT (f->s->sweep != NULL && cf_session_is_walked (f->s));
  is_at_rest (f);
  check_current (f);
  g_assert_cmpuint (n_unsampled (f->s->samples), ==, unsampled);
  g_assert_cmpuint (cf_sweep_get_peaks (f->s->sweep)->n, ==, n_peaks);
  g_assert_cmpint (f->errors, ==, 0);
}

/* After a fit, and of a field that is opened. */
static void
test_sampling_stopped (SessionFixture *f, gconstpointer data)
{
  Stopper never = { .at = NEVER };
  SamplingStopper stopper = { .stops = FALSE };
  g_autofree char *neural = session_path ("a.neural.safetensors"), *model = session_path ("a.pdb");
  g_autoptr (GError) error = NULL;
  train (f, &never);
  SESSION_WAIT (f->s->sweep != NULL && cf_session_is_walked (f->s));
  is_at_rest (f);
  gsize unsampled = n_unsampled (f->s->samples), n_peaks = cf_sweep_get_peaks (f->s->sweep)->n;
  g_assert_true (cf_neural_save (f->s->field, neural, NULL, &error));
  g_assert_no_error (error);
  cf_session_sample_on (f->session); /* nothing is left */
  cf_session_stop_sampling (f->session);
  g_assert_false (f->s->sampling_stopped);

  g_signal_connect (f->session, "changed", G_CALLBACK (stop_sampling), &stopper);
  stopper.stops = TRUE;
  cf_session_train (f->session);
  stops_and_goes_on (f, &stopper, unsampled, n_peaks);

  stopper.stops = TRUE;
  cf_session_close (f->session);
  g_assert_false (f->s->sampling_stopped);
  session_open (f, neural, model);
  stops_and_goes_on (f, &stopper, unsampled, n_peaks);

  stopper.stops = TRUE;
  cf_session_close (f->session);
  session_open (f, neural, model);
  SESSION_WAIT (f->s->sampling_stopped);
  cf_session_close (f->session); /* what stops is a sampling of this field only */
  g_assert_false (f->s->sampling_stopped);
  g_signal_handlers_disconnect_by_data (f->session, &stopper);
  g_signal_handlers_disconnect_by_data (f->session, &never);
}

void
session_tests_of_the_walk (void)
{
  session_test_add ("/session/walk/sampling-stopped", test_sampling_stopped);
  session_test_add ("/session/walk/stopped-at-first", test_stopped_at_first);
  session_test_add ("/session/walk/stopped-below", test_stopped_below);
  session_test_add ("/session/walk/failed", test_failed);
  session_test_add ("/session/walk/forgotten", test_forgotten);
}
