/* test-session-training.c: the session while it trains: what the picture shows meanwhile, a part of a map, an end by hand and by force, the device. */
#include <glib/gstdio.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "cf-backend.h"
#include "session-fixture.h"

static void
count_filled (CfSession *session, guint change, int *filled)
{
  const CfSessionState *s = cf_session_state (session);
  if (!(change & CF_CHANGED_SAMPLES) || s->samples == NULL || s->samples->voxels || s->training.n_done > 0)
    return;
  for (gsize i = 0; i < s->samples->n; i++)
    if (!isnan (s->samples->data[i]))
      {
        ++*filled;
        return;
      }
}

/* A look at a region under way asks for a sample a voxel: those between lie on straight lines. Along x, from the map's first corner. */
static void
assert_straight_between_voxels (const CfVolume *volume, const CfSamples *samples)
{
  const int *dims = samples->grid.dims;
  int factor = (int) floor (cf_grid_smallest_edge (&volume->grid) / cf_grid_smallest_edge (&samples->grid) + 1e-6), n = 0;
  g_assert_cmpint (factor, >, 1);
  for (int k = 0; k < dims[2]; k += factor)
    for (int j = 0; j < dims[1]; j += factor)
      for (int i = 0; i < dims[0] - factor; i++)
        {
          const float *row = samples->data + ((gsize) k * dims[1] + j) * dims[0], *first = row + i / factor * factor;
          double between = first[0] + (first[factor] - first[0]) * (double) (i % factor) / factor;
          if (isnan (between))
            continue;
          g_assert_cmpfloat_with_epsilon (row[i], between, 1e-5);
          n += i % factor != 0;
        }
  g_assert_cmpint (n, >, 1000);
}

/* The picture shows a region before it is done, with what it has learnt so far. */
static void
test_region_under_way (SessionFixture *f, gconstpointer data)
{
  g_autofree char *map = session_write_map ("under-way.mrc", 1.2);
  int filled = 0;
  session_open (f, map, NULL);
  SESSION_WAIT (f->s->prepared);
  g_signal_connect (f->session, "changed", G_CALLBACK (count_filled), &filled);
  cf_session_set_max_epochs (f->session, 10000);
  cf_session_train (f->session);
  SESSION_WAIT (filled >= 2 || f->s->training.state == CF_TRAINER_DONE);
  g_assert_cmpint (filled, >=, 2); /* again as it learns */
  g_assert_cmpint (f->s->training.state, ==, CF_TRAINER_RUNNING);
  assert_straight_between_voxels (f->s->volume, f->s->samples);
  SESSION_WAIT (f->session->baking); /* a preview is under way when it ends */
  cf_session_cancel (f->session);
  SESSION_WAIT (f->s->training.state == CF_TRAINER_CANCELLED);
  g_signal_handlers_disconnect_by_data (f->session, &filled);
  /* no weights are left of it: nothing that is not in the field stays in the picture, nor reaches the seeds */
  SESSION_WAIT (f->s->activity == NULL);
  for (gsize i = 0; i < f->s->samples->n; i++)
    g_assert_true (isnan (f->s->samples->data[i]));
  g_assert_cmpint (f->errors, ==, 0);
}

static guint64
n_counted (const CfSessionState *s)
{
  guint64 n = 0;
  for (int i = 0; i < CF_HISTOGRAM_BINS; i++)
    n += s->histogram[i];
  return n;
}

/* A box of the map alone is fitted; the level means what it meant, and the numbers are those of the voxels in use. */
static void
test_part (SessionFixture *f, gconstpointer data)
{
  /* the map's voxels lie at -6 + 0.8 i: 7 to 15, 7 to 15 and 2 to 12 are what the box touches */
  const double box[6] = { -0.3, -0.3, -4.0004, 5.9, 5.9, 3.3 }, outside[6] = { 50, 50, 50, 60, 60, 60 };
  g_autofree char *map = session_write_map ("part.mrc", 0.8);
  g_autoptr (GError) error = NULL;
  session_open (f, map, NULL);
  SESSION_WAIT (f->s->prepared);
  CfLevel level = f->s->level;
  gint64 all = f->s->n_voxels;
  g_assert_false (cf_session_set_part (f->session, outside, &error));
  g_assert_error (error, CF_ERROR, CF_ERROR_ARGUMENT);
  g_assert_false (f->s->has_box);
  g_assert_true (cf_session_set_part (f->session, box, NULL));
  SESSION_WAIT (f->s->n_voxels == 9 * 9 * 11);
  g_assert_cmpint (f->s->normalisation.lo[0], ==, 7);
  g_assert_cmpint (f->s->normalisation.lo[2], ==, 2);
  g_assert_cmpmem (f->s->samples->grid.dims, sizeof f->s->normalisation.dims, f->s->normalisation.dims, sizeof f->s->normalisation.dims);
  g_assert_cmpuint (n_counted (f->s), ==, 9 * 9 * 11);
  g_assert_cmpfloat (f->s->level.sigma, ==, level.sigma);
  g_assert_cmpfloat (f->s->level.file, ==, level.file);
  cf_session_set_max_epochs (f->session, 2);
  cf_session_train (f->session);
  SESSION_WAIT (f->s->graph != NULL && !f->s->graph_stale && f->s->activity == NULL);
  g_assert_true (f->s->field->has_box && cf_session_is_of_part (f->s));
  g_assert_cmpfloat (f->s->field->box[2], ==, -4.0); /* as its command says it */
  g_assert_cmpfloat (f->s->field->box[3], ==, 5.9);
  {
    g_autoptr (CfDocument) document = cf_session_take_document (f->session);
    g_assert_true (document->training.has_box);
    g_assert_cmpmem (document->training.box, sizeof document->training.box, f->s->field->box, sizeof f->s->field->box);
  }

  /* what is fitted stays until the whole map is */
  g_assert_true (cf_session_set_part (f->session, NULL, NULL));
  g_assert_cmpint (f->s->n_voxels, ==, 9 * 9 * 11);
  cf_session_train (f->session);
  SESSION_WAIT (f->s->n_voxels == all);
  g_assert_cmpuint (n_counted (f->s), ==, (guint64) all);
  g_assert_false (f->s->field->has_box);

  /* and a part of what is fitted in part is begun anew */
  cf_session_cancel (f->session);
  SESSION_WAIT (f->s->training.state == CF_TRAINER_CANCELLED && f->s->activity == NULL);
  g_assert_true (cf_session_set_part (f->session, box, NULL));
  cf_session_train (f->session);
  SESSION_WAIT (f->s->field != NULL && f->s->field->has_box);
  g_assert_cmpuint (n_counted (f->s), ==, 9 * 9 * 11);
  g_assert_cmpint (f->errors, ==, 0);
}

static void
note_going_on (CfSession *session, gboolean is_error, const char *text, gboolean *going_on)
{
  *going_on = *going_on || strstr (text, "goes on from what was kept") != NULL;
}

/* In a process of its own, which is killed while it trains. */
static void
train_and_die (SessionFixture *f, const char *map)
{
  CfRegionProgress region = { 0 };
  session_open (f, map, NULL);
  SESSION_WAIT (f->s->prepared);
  cf_session_set_max_epochs (f->session, 300);
  cf_session_set_checkpoint_every (f->session, 0);
  cf_session_train (f->session);
  SESSION_WAIT (f->s->trainer != NULL);
  while (region.epoch < 6)
    {
      cf_trainer_get_region (f->s->trainer, 0, &region);
      g_usleep (1000);
    }
  kill (getpid (), SIGKILL);
}

static void
test_killed (SessionFixture *f, gconstpointer data)
{
  g_autofree char *map = g_build_filename (g_get_tmp_dir (), "killed.mrc", NULL), *made = NULL;
  CfRegionProgress region;
  gboolean going_on = FALSE;
  if (g_test_subprocess ())
    train_and_die (f, map);
  made = session_write_map ("killed.mrc", 0.8);
  g_assert_cmpint (g_rename (made, map), ==, 0);
  g_test_trap_subprocess (NULL, 0, 0);
  g_assert_false (g_test_trap_has_passed ());
  g_signal_connect (f->session, "message", G_CALLBACK (note_going_on), &going_on);
  session_open (f, map, NULL);
  SESSION_WAIT (f->s->prepared);
  cf_session_set_max_epochs (f->session, 300);
  cf_session_train (f->session);
  SESSION_WAIT (f->s->trainer != NULL);
  cf_trainer_get_region (f->s->trainer, 0, &region);
  g_assert_cmpint (region.epoch, >=, 5); /* at most one record is lost */
  g_assert_true (going_on);
  SESSION_WAIT (f->s->training.state == CF_TRAINER_DONE);
  g_assert_cmpint (f->errors, ==, 0);
  g_unlink (map);
}

/* The next backend is the one that was asked for; one that is not there is said when it is needed. */
static void
test_device (SessionFixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  for (int threads = 1; threads <= 3; threads += 2)
    {
      cf_session_set_device (f->session, "cpu", threads);
      g_autoptr (CfBackend) backend = cf_session_backend (f->session, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (cf_backend_name (backend), ==, "cpu");
      g_assert_cmpint (cf_backend_threads (backend), ==, threads);
    }
  g_autofree char *map = session_write_map ("device.mrc", 1.0);
  cf_session_set_device (f->session, "abacus", 0);
  session_open (f, map, NULL);
  SESSION_WAIT (f->s->prepared);
  cf_session_set_max_epochs (f->session, 1);
  cf_session_train (f->session);
  SESSION_WAIT (f->errors == 1);
  g_assert_nonnull (strstr (f->last_error, "abacus"));
  cf_session_set_device (f->session, "cpu", 1);
  cf_session_train (f->session);
  SESSION_WAIT (f->s->field != NULL && cf_field_is_complete (f->s->field));
}

static void
test_cancel (SessionFixture *f, gconstpointer data)
{
  g_autofree char *map = session_write_map ("cancel.mrc", 0.5);
  session_open (f, map, NULL);
  SESSION_WAIT (f->s->prepared);
  cf_session_set_max_epochs (f->session, 500);
  cf_session_train (f->session);
  SESSION_WAIT (f->s->trainer != NULL && f->s->training.state == CF_TRAINER_RUNNING);
  cf_session_pause (f->session, TRUE);
  SESSION_WAIT (f->s->training.state == CF_TRAINER_PAUSED);
  cf_session_pause (f->session, FALSE);
  SESSION_WAIT (f->s->training.state == CF_TRAINER_RUNNING);
  cf_session_cancel (f->session);
  SESSION_WAIT (f->s->training.state == CF_TRAINER_CANCELLED);
  g_assert_true (cf_session_can_train (f->session));
  g_assert_cmpint (f->errors, ==, 0);
}

void
session_tests_of_training (void)
{
  session_test_add ("/session/region-under-way", test_region_under_way);
  session_test_add ("/session/part", test_part);
  session_test_add ("/session/killed", test_killed);
  session_test_add ("/session/device", test_device);
  session_test_add ("/session/cancel", test_cancel);
}
