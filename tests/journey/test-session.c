/* test-session.c: the session without a window: what a file is recognised as, what is refused, what replaces what, and the level that it begins with. */
#include <string.h>

#include "cf-mrc.h"
#include "cf-recognise.h"
#include "cf-workers.h"
#include "session-fixture.h"

static CfFileKind
kind_of (const char *path)
{
  CfFileKind kind;
  g_autoptr (GError) error = NULL;
  g_assert_true (cf_file_recognise (path, &kind, &error));
  g_assert_no_error (error);
  return kind;
}

static void
test_recognise (void)
{
  g_autofree char *map = session_write_map ("named.pdb", 1.0), *model = session_write_text ("named.mrc", session_model);
  g_autofree char *cif = session_write_text ("named.map", "# a comment\ndata_X\nloop_\n_atom_site.id\n1\n");
  g_autofree char *header = session_write_text ("named.cif", "<?xml version=\"1.0\"?>\n<emd emdb_id=\"EMD-1\"/>\n");
  g_autofree char *missing = session_path ("missing.mrc");
  g_autoptr (GError) error = NULL;
  CfFileKind kind;
  g_assert_cmpint (kind_of (map), ==, CF_FILE_MAP);
  g_assert_cmpint (kind_of (model), ==, CF_FILE_STRUCTURE);
  g_assert_cmpint (kind_of (cif), ==, CF_FILE_STRUCTURE);
  g_assert_cmpint (kind_of (header), ==, CF_FILE_HEADER);
  g_assert_false (cf_file_recognise (missing, &kind, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

static void
test_newest_map_wins (SessionFixture *f, gconstpointer data)
{
  g_autofree char *first = session_write_map ("first.mrc", 0.8), *second = session_write_map ("second.mrc", 1.0);
  session_open (f, first, NULL);
  SESSION_WAIT (f->s->prepared);
  cf_session_train (f->session);
  session_open (f, second, NULL);
  SESSION_WAIT (g_strcmp0 (f->s->title, "second.mrc") == 0 && f->s->prepared);
  /* nothing of the first map's training may come later */
  for (int i = 0; i < 200; i++)
    {
      while (g_main_context_iteration (NULL, FALSE))
        ;
      g_usleep (2000);
    }
  g_assert_null (f->s->trainer);
  g_assert_null (f->s->field);
  g_assert_true (f->s->samples->voxels);
  g_assert_cmpint (f->errors, ==, 0);
}

static void
test_bad_file (SessionFixture *f, gconstpointer data)
{
  g_autofree char *map = session_write_map ("good.mrc", 1.0), *bad = session_write_text ("bad.mrc", "not a map at all\n");
  session_open (f, map, bad);
  SESSION_WAIT (f->s->prepared && f->errors == 1);
  g_assert_nonnull (strstr (f->last_error, "bad.mrc"));
  g_assert_cmpstr (f->s->title, ==, "good.mrc");
}

/* What is being opened is stopped: what was open stays, nothing is an error, and it opens once more. */
static void
test_stop_loading (SessionFixture *f, gconstpointer data)
{
  g_autofree char *map = session_write_map ("stopped.mrc", 1.0), *other = session_write_map ("other.mrc", 1.2);
  session_open (f, map, NULL);
  g_assert_true (cf_session_is_loading (f->session));
  cf_session_stop_loading (f->session);
  SESSION_WAIT (!cf_session_is_loading (f->session));
  g_assert_null (f->s->title);
  g_assert_null (f->s->activity);
  session_open (f, map, NULL);
  SESSION_WAIT (f->s->prepared);
  session_open (f, other, NULL);
  cf_session_stop_loading (f->session);
  SESSION_WAIT (!cf_session_is_loading (f->session));
  g_assert_cmpstr (f->s->title, ==, "stopped.mrc");
  g_assert_cmpint (f->errors, ==, 0);
}

/* Two maps at once: the first opens, and the other is not dropped without a word. */
static void
test_two_maps (SessionFixture *f, gconstpointer data)
{
  g_autofree char *first = session_write_map ("first.mrc", 1.0), *second = session_write_map ("second.mrc", 1.2);
  session_open (f, first, second);
  SESSION_WAIT (f->s->prepared && f->errors == 1);
  g_assert_nonnull (strstr (f->last_error, "second.mrc"));
  g_assert_cmpstr (f->s->title, ==, "first.mrc");
}

/* mu + 3 sigma of a map that is half full is above its largest voxel: the level begins where there is something to see. */
static void
test_level_of_a_full_map (SessionFixture *f, gconstpointer data)
{
  const int dims[3] = { 12, 12, 12 };
  const double origin[3] = { 0, 0, 0 }, step[3][3] = { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } };
  g_autofree char *path = session_path ("full.mrc");
  g_autoptr (GError) error = NULL;
  CfGrid grid;
  cf_grid_init (&grid, dims, origin, step);
  float *voxels = g_new (float, 12 * 12 * 12);
  for (int i = 0; i < 12 * 12 * 12; i++)
    voxels[i] = i < 6 * 144 ? 1.0f + 0.01f * (float) (i % 7) : 0.0f;
  g_autoptr (CfVolume) volume = cf_volume_new ("full.mrc", &grid, voxels);
  g_assert_true (cf_mrc_save (volume, path, NULL, NULL, &error));
  g_assert_no_error (error);
  session_open (f, path, NULL);
  SESSION_WAIT (f->s->prepared && f->s->has_level);
  g_assert_cmpfloat (cf_level_generic (&f->s->normalisation).normalised, >, 1);
  g_assert_cmpfloat (f->s->level.normalised, <, 0.99);
  g_autofree char *why = cf_level_warning (&f->s->normalisation);
  g_assert_nonnull (strstr (why, "above the largest voxel"));
  g_assert_cmpint (f->errors, ==, 0);
}

static void
test_bad_header_beside (SessionFixture *f, gconstpointer data)
{
  g_autofree char *map = session_write_map ("emd_4321.map", 1.0), *header = session_write_text ("emd-4321.xml", "<html/>\n");
  session_open (f, map, NULL);
  SESSION_WAIT (f->s->prepared && f->errors == 1);
  g_assert_nonnull (strstr (f->last_error, "emd-4321.xml"));
  g_assert_null (f->s->header);
}

int
main (int argc, char **argv)
{
  cf_compute_init ();
  g_test_init (&argc, &argv, NULL);
  session_folder_make ();
  g_test_add_func ("/session/recognise", test_recognise);
  session_tests_of_the_job ();
  session_tests_of_the_walk ();
  session_tests_of_training ();
  session_test_add ("/session/newest-map-wins", test_newest_map_wins);
  session_test_add ("/session/bad-file", test_bad_file);
  session_test_add ("/session/two-maps", test_two_maps);
  session_test_add ("/session/stop-loading", test_stop_loading);
  session_test_add ("/session/level-of-a-full-map", test_level_of_a_full_map);
  session_test_add ("/session/bad-header-beside", test_bad_header_beside);
  session_tests_of_choices ();
  int status = g_test_run ();
  gboolean all_left = cf_workers_wait (120); /* exit () takes OpenBLAS away under them */
  session_folder_remove ();
  return all_left ? status : 1;
}
