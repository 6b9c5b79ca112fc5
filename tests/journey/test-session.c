/* test-session.c: the session without a window: what is recognised, what replaces what, and that the newest level wins. */
#include <glib/gstdio.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "cf-backend.h"
#include "cf-mrc.h"
#include "cf-neural.h"
#include "cf-recognise.h"
#include "cf-session-private.h"
#include "cf-simulate.h"

static char *folder;

static const char model_text[]
    = "CRYST1    1.000    1.000    1.000  90.00  90.00  90.00 P 1           1\n"
      "ATOM      1  CA  GLY A   1       0.000   0.000   0.000  1.00 10.00           C\n"
      "ATOM      2  CA  GLY A   2       3.800   0.000   0.000  1.00 10.00           C\n"
      "ATOM      3  CA  GLY A   3       3.800   3.800   0.000  1.00 10.00           C\n"
      "ATOM      4  CA  GLY A   4      40.000  40.000  40.000  1.00 10.00           C\n"
      "END\n";

static char *
in_folder (const char *name)
{
  return g_build_filename (folder, name, NULL);
}

/* At 2 A. */
static char *
write_map_of (const char *name, const char *text, const CfSimulateOptions *options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CfStructure) structure = cf_structure_parse ("m.pdb", text, strlen (text), &error);
  g_assert_no_error (error);
  g_autoptr (CfVolume) volume = cf_simulate (structure, options, NULL, &error);
  g_assert_no_error (error);
  char *path = in_folder (name);
  g_assert_true (cf_mrc_save (volume, path, NULL, NULL, &error));
  g_assert_no_error (error);
  return path;
}

/* Three atoms of the model and none of the fourth. */
static char *
write_map (const char *name, double spacing)
{
  CfSimulateOptions options = { .resolution = 2.0, .spacing = spacing, .has_box = TRUE, .box = { -6, -6, -6, 10, 10, 6 } };
  return write_map_of (name, model_text, &options);
}

static char *
write_text (const char *name, const char *text)
{
  char *path = in_folder (name);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  return path;
}

/* -- what a file is -------------------------------------------------------------------------------------------------------------- */

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
  g_autofree char *map = write_map ("named.pdb", 1.0), *model = write_text ("named.mrc", model_text);
  g_autofree char *cif = write_text ("named.map", "# a comment\ndata_X\nloop_\n_atom_site.id\n1\n");
  g_autofree char *header = write_text ("named.cif", "<?xml version=\"1.0\"?>\n<emd emdb_id=\"EMD-1\"/>\n");
  g_autofree char *missing = in_folder ("missing.mrc");
  g_autoptr (GError) error = NULL;
  CfFileKind kind;
  g_assert_cmpint (kind_of (map), ==, CF_FILE_MAP);
  g_assert_cmpint (kind_of (model), ==, CF_FILE_STRUCTURE);
  g_assert_cmpint (kind_of (cif), ==, CF_FILE_STRUCTURE);
  g_assert_cmpint (kind_of (header), ==, CF_FILE_HEADER);
  g_assert_false (cf_file_recognise (missing, &kind, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
}

/* -- the pipeline ---------------------------------------------------------------------------------------------------------------- */

typedef struct
{
  CfSession *session;
  const CfSessionState *s;
  int errors;
  char *last_error;
  gboolean samples_were_nan; /* the picture was empty once, while training */
} Fixture;

static void
message (CfSession *session, gboolean is_error, const char *text, Fixture *f)
{
  if (!is_error)
    return;
  f->errors++;
  g_free (f->last_error);
  f->last_error = g_strdup (text);
}

static void
changed (CfSession *session, guint change, Fixture *f)
{
  if (change & CF_CHANGED_SAMPLES && f->s->samples != NULL && !f->s->samples->voxels && isnan (f->s->samples->data[0]))
    f->samples_were_nan = TRUE;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  f->session = cf_session_new ();
  f->s = cf_session_state (f->session);
  g_signal_connect (f->session, "message", G_CALLBACK (message), f);
  g_signal_connect (f->session, "changed", G_CALLBACK (changed), f);
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  cf_session_close (f->session);
  g_signal_handlers_disconnect_by_data (f->session, f);
  g_object_unref (f->session);
  g_free (f->last_error);
}

#define WAIT(condition)                                                                                                                   \
  G_STMT_START                                                                                                                            \
  {                                                                                                                                       \
    gint64 end = g_get_monotonic_time () + 120 * G_USEC_PER_SEC;                                                                          \
    while (!(condition) && g_get_monotonic_time () < end)                                                                                 \
      if (!g_main_context_iteration (NULL, FALSE))                                                                                        \
        g_usleep (2000);                                                                                                                  \
    g_assert_true (condition);                                                                                                            \
  }                                                                                                                                       \
  G_STMT_END

static void
open_paths (Fixture *f, const char *a, const char *b)
{
  const char *paths[] = { a, b, NULL };
  cf_session_open (f->session, paths);
}

static void
test_main_job (Fixture *f, gconstpointer data)
{
  g_autofree char *map = write_map ("a.mrc", 0.8), *model = write_text ("a.pdb", model_text);
  open_paths (f, map, model);
  WAIT (f->s->prepared && f->s->structure != NULL);
  g_assert_cmpstr (f->s->title, ==, "a.mrc");
  g_assert_true (f->s->samples->voxels);
  g_assert_true (f->s->has_level);
  cf_session_set_max_epochs (f->session, 30);
  cf_session_train (f->session);
  WAIT (f->s->comparison != NULL && !f->s->comparison_stale);
  g_assert_true (f->samples_were_nan);
  g_assert_false (f->s->samples->voxels);
  g_assert_cmpint (f->s->training.state, ==, CF_TRAINER_DONE);
  g_assert_cmpuint (f->s->graph->n_nodes, >=, 3);
  /* three residues are in the map; the fourth is 40 A away */
  g_assert_cmpuint (f->s->comparison->ca.matched, ==, 3);
  g_assert_cmpfloat (f->s->comparison->ca.rmsd, <, 0.5);
  gboolean found = FALSE;
  for (gsize i = 0; i < cf_session_n_findings (f->s); i++)
    {
      const CfFinding *finding = &f->s->findings->findings[i];
      if (finding->kind != CF_FINDING_RESIDUE || finding->index != 3)
        continue;
      g_autofree char *text = cf_session_finding_text (f->s, finding);
      g_assert_nonnull (strstr (text, "A/Gly 4 CA: no node"));
      found = TRUE;
    }
  g_assert_true (found);
  WAIT (f->s->curve != NULL && !f->s->curve_stale && f->s->activity == NULL);
  g_assert_cmpint (f->errors, ==, 0);

  /* what the field was fitted with is what its command line says, whatever the next fit would be */
  cf_session_set_max_epochs (f->session, 7);
  {
    g_autoptr (CfDocument) document = cf_session_take_document (f->session);
    g_assert_true (document->fitted_here);
    g_assert_cmpint (document->training.max_epochs, ==, 30);
  }
  /* densities of a moving bar are read off samples that lie 0.5 A apart: a little from the field's own */
  for (gsize i = 0; i < f->s->graph->n_nodes; i++)
    g_assert_cmpfloat_with_epsilon (cf_samples_at (f->s->samples, f->s->graph->nodes[i].pos), f->s->graph->nodes[i].density, 0.1);

  /* a drag: many levels at once, then the hand lets go */
  double high = 0.7 * cf_sweep_get_peaks (f->s->sweep)->seed_density[0];
  WAIT (cf_session_get_follow (f->session) != NULL);
  cf_session_set_level (f->session, 0.8 * high, FALSE);
  g_assert_true (f->s->graph_stale && f->s->comparison_stale);
  WAIT (!f->s->graph_stale);
  g_assert_cmpfloat_with_epsilon (f->s->graph->level.normalised, 0.8 * high, 1e-12);
  g_assert_cmpuint (f->s->comparison->n_nodes, ==, f->s->graph->n_nodes);
  g_assert_cmpuint (f->s->comparison->ca.matched, ==, 3);
  g_assert_false (f->s->comparison->has_null);
  g_assert_true (f->s->comparison_stale); /* chance is still that of before: said so until the hand lets go */
  for (int i = 0; i < 40; i++)
    cf_session_set_level (f->session, high * (0.6 + 0.01 * i), FALSE);
  cf_session_set_level (f->session, high, TRUE);
  g_assert_true (f->s->graph_stale);
  WAIT (!f->s->graph_stale && !f->s->comparison_stale);
  g_assert_cmpfloat_with_epsilon (f->s->graph->level.normalised, high, 1e-12);
  g_assert_cmpuint (f->s->graph->n_nodes, >, 0);
  g_assert_true (f->s->comparison->has_null);

  /* below what was climbed from: only the new seeds climb */
  double lowest = cf_sweep_get_peaks (f->s->sweep)->lowest;
  gsize n = cf_sweep_get_peaks (f->s->sweep)->n;
  cf_session_set_level (f->session, lowest / 2, TRUE);
  WAIT (!f->s->graph_stale && !f->s->comparison_stale);
  g_assert_cmpfloat_with_epsilon (cf_sweep_get_peaks (f->s->sweep)->lowest, lowest / 2, 1e-9);
  g_assert_cmpuint (cf_sweep_get_peaks (f->s->sweep)->n, >, n);
  g_assert_cmpfloat_with_epsilon (f->s->graph->level.normalised, lowest / 2, 1e-9);

  /* the field saved, closed and opened again gives the same graph */
  g_autofree char *neural = in_folder ("a.neural.safetensors");
  g_autoptr (GError) error = NULL;
  g_assert_true (cf_neural_save (f->s->field, neural, NULL, &error));
  g_assert_no_error (error);
  cf_session_set_level (f->session, high, TRUE);
  WAIT (!f->s->graph_stale && !f->s->comparison_stale);
  gsize n_nodes = f->s->graph->n_nodes, n_edges = f->s->graph->n_edges;
  double coverage = f->s->comparison->ca.coverage, rmsd = f->s->comparison->ca.rmsd;
  cf_session_close (f->session);
  g_assert_null (f->s->graph);
  g_assert_null (f->s->samples);
  g_assert_null (f->s->title);
  open_paths (f, neural, model);
  WAIT (f->s->comparison != NULL && !f->s->comparison_stale);
  g_assert_null (f->s->volume);
  g_assert_cmpstr (f->s->field_path, ==, neural);
  cf_session_set_level (f->session, high, TRUE);
  WAIT (!f->s->graph_stale && !f->s->comparison_stale);
  g_assert_cmpuint (f->s->graph->n_nodes, ==, n_nodes);
  g_assert_cmpuint (f->s->graph->n_edges, ==, n_edges);
  g_assert_cmpfloat_with_epsilon (f->s->comparison->ca.coverage, coverage, 1e-12);
  g_assert_cmpfloat_with_epsilon (f->s->comparison->ca.rmsd, rmsd, 1e-3);
  g_assert_cmpint (f->errors, ==, 0);
}

typedef struct
{
  int n_partial;
  gboolean has_valley, told;
} Early;

/* While only the upper seeds have climbed. */
static void
look_for_plateau (CfSession *session, guint change, Early *early)
{
  const CfSessionState *s = cf_session_state (session);
  if (s->sweep == NULL || cf_session_is_walked (s))
    return;
  early->n_partial++;
  early->has_valley |= isfinite (cf_sweep_plateau (s->sweep, NULL, NULL));
  early->told |= !isnan (s->plateau) || !isnan (s->plateau_lo) || !isnan (s->plateau_hi);
}

/* Twelve atoms each of iron, fluorine and lithium, whose density goes by their number: the first walk begins between the last two, and
 * has a valley of its own. It is not suggested; that of the whole walk is. */
static void
test_plateau_of_whole_walk (Fixture *f, gconstpointer data)
{
  static const char *const elements[] = { "FE", "F", "LI" };
  CfSimulateOptions options = { .resolution = 2.0, .spacing = 1.0, .has_box = TRUE, .box = { -4, -4, -4, 12, 12, 16 } };
  g_autoptr (GString) text = g_string_new (NULL);
  Early early = { 0 };
  for (int i = 0; i < 36; i++)
    g_string_append_printf (text, "HETATM%5d %-2s   LIG A%4d    %8.3f%8.3f%8.3f  1.00 10.00          %2s\n", i + 1, elements[i % 3], i + 1,
                            i % 3 * 4.0, i / 3 % 3 * 4.0, i / 9 * 4.0, elements[i % 3]);
  g_autofree char *map = write_map_of ("kinds.mrc", text->str, &options);
  open_paths (f, map, NULL);
  WAIT (f->s->prepared);
  g_signal_connect (f->session, "changed", G_CALLBACK (look_for_plateau), &early);
  cf_session_set_max_epochs (f->session, 30);
  cf_session_train (f->session);
  WAIT (f->s->sweep != NULL && cf_session_is_walked (f->s) && f->s->activity == NULL);
  g_signal_handlers_disconnect_by_data (f->session, &early);
  g_assert_cmpint (early.n_partial, >, 0);
  g_assert_true (early.has_valley); /* without it nothing would be tested */
  g_assert_false (early.told);
  double lo, hi, whole = cf_sweep_plateau (f->s->sweep, &lo, &hi);
  g_assert_true (isfinite (whole));
  g_assert_cmpfloat (f->s->plateau, ==, whole);
  g_assert_cmpfloat (f->s->plateau_lo, ==, lo);
  g_assert_cmpfloat (f->s->plateau_hi, ==, hi);
  g_assert_cmpint (f->errors, ==, 0);
}

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

/* The picture shows a region before it is done, with what it has learnt so far. */
static void
test_region_under_way (Fixture *f, gconstpointer data)
{
  g_autofree char *map = write_map ("under-way.mrc", 0.8);
  int filled = 0;
  open_paths (f, map, NULL);
  WAIT (f->s->prepared);
  g_signal_connect (f->session, "changed", G_CALLBACK (count_filled), &filled);
  cf_session_set_max_epochs (f->session, 10000);
  cf_session_train (f->session);
  WAIT (filled >= 2 || f->s->training.state == CF_TRAINER_DONE);
  g_assert_cmpint (filled, >=, 2); /* again as it learns */
  g_assert_cmpint (f->s->training.state, ==, CF_TRAINER_RUNNING);
  WAIT (f->session->baking); /* a preview is under way when it ends */
  cf_session_cancel (f->session);
  WAIT (f->s->training.state == CF_TRAINER_CANCELLED);
  g_signal_handlers_disconnect_by_data (f->session, &filled);
  /* no weights are left of it: nothing that is not in the field stays in the picture, nor reaches the seeds */
  WAIT (f->s->activity == NULL);
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
test_part (Fixture *f, gconstpointer data)
{
  /* the map's voxels lie at -6 + 0.8 i: 7 to 15, 7 to 15 and 2 to 12 are what the box touches */
  const double box[6] = { -0.3, -0.3, -4.0004, 5.9, 5.9, 3.3 }, outside[6] = { 50, 50, 50, 60, 60, 60 };
  g_autofree char *map = write_map ("part.mrc", 0.8);
  g_autoptr (GError) error = NULL;
  open_paths (f, map, NULL);
  WAIT (f->s->prepared);
  CfLevel level = f->s->level;
  gint64 all = f->s->n_voxels;
  g_assert_false (cf_session_set_part (f->session, outside, &error));
  g_assert_error (error, CF_ERROR, CF_ERROR_ARGUMENT);
  g_assert_false (f->s->has_box);
  g_assert_true (cf_session_set_part (f->session, box, NULL));
  WAIT (f->s->n_voxels == 9 * 9 * 11);
  g_assert_cmpint (f->s->normalisation.lo[0], ==, 7);
  g_assert_cmpint (f->s->normalisation.lo[2], ==, 2);
  g_assert_cmpmem (f->s->samples->grid.dims, sizeof f->s->normalisation.dims, f->s->normalisation.dims, sizeof f->s->normalisation.dims);
  g_assert_cmpuint (n_counted (f->s), ==, 9 * 9 * 11);
  g_assert_cmpfloat (f->s->level.sigma, ==, level.sigma);
  g_assert_cmpfloat (f->s->level.file, ==, level.file);
  cf_session_set_max_epochs (f->session, 2);
  cf_session_train (f->session);
  WAIT (f->s->graph != NULL && !f->s->graph_stale && f->s->activity == NULL);
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
  WAIT (f->s->n_voxels == all);
  g_assert_cmpuint (n_counted (f->s), ==, (guint64) all);
  g_assert_false (f->s->field->has_box);

  /* and a part of what is fitted in part is begun anew */
  cf_session_cancel (f->session);
  WAIT (f->s->training.state == CF_TRAINER_CANCELLED && f->s->activity == NULL);
  g_assert_true (cf_session_set_part (f->session, box, NULL));
  cf_session_train (f->session);
  WAIT (f->s->field != NULL && f->s->field->has_box);
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
train_and_die (Fixture *f, const char *map)
{
  CfRegionProgress region = { 0 };
  open_paths (f, map, NULL);
  WAIT (f->s->prepared);
  cf_session_set_max_epochs (f->session, 300);
  cf_session_set_checkpoint_every (f->session, 0);
  cf_session_train (f->session);
  WAIT (f->s->trainer != NULL);
  while (region.epoch < 6)
    {
      cf_trainer_get_region (f->s->trainer, 0, &region);
      g_usleep (1000);
    }
  kill (getpid (), SIGKILL);
}

static void
test_killed (Fixture *f, gconstpointer data)
{
  g_autofree char *map = g_build_filename (g_get_tmp_dir (), "killed.mrc", NULL), *made = NULL;
  CfRegionProgress region;
  gboolean going_on = FALSE;
  if (g_test_subprocess ())
    train_and_die (f, map);
  made = write_map ("killed.mrc", 0.8);
  g_assert_cmpint (g_rename (made, map), ==, 0);
  g_test_trap_subprocess (NULL, 0, 0);
  g_assert_false (g_test_trap_has_passed ());
  g_signal_connect (f->session, "message", G_CALLBACK (note_going_on), &going_on);
  open_paths (f, map, NULL);
  WAIT (f->s->prepared);
  cf_session_set_max_epochs (f->session, 300);
  cf_session_train (f->session);
  WAIT (f->s->trainer != NULL);
  cf_trainer_get_region (f->s->trainer, 0, &region);
  g_assert_cmpint (region.epoch, >=, 5); /* at most one record is lost */
  g_assert_true (going_on);
  WAIT (f->s->training.state == CF_TRAINER_DONE);
  g_assert_cmpint (f->errors, ==, 0);
  g_unlink (map);
}

static void
test_newest_map_wins (Fixture *f, gconstpointer data)
{
  g_autofree char *first = write_map ("first.mrc", 0.8), *second = write_map ("second.mrc", 1.0);
  open_paths (f, first, NULL);
  WAIT (f->s->prepared);
  cf_session_train (f->session);
  open_paths (f, second, NULL);
  WAIT (g_strcmp0 (f->s->title, "second.mrc") == 0 && f->s->prepared);
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

/* The next backend is the one that was asked for; one that is not there is said when it is needed. */
static void
test_device (Fixture *f, gconstpointer data)
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
  g_autofree char *map = write_map ("device.mrc", 1.0);
  cf_session_set_device (f->session, "abacus", 0);
  open_paths (f, map, NULL);
  WAIT (f->s->prepared);
  cf_session_set_max_epochs (f->session, 1);
  cf_session_train (f->session);
  WAIT (f->errors == 1);
  g_assert_nonnull (strstr (f->last_error, "abacus"));
  cf_session_set_device (f->session, "cpu", 1);
  cf_session_train (f->session);
  WAIT (f->s->field != NULL && cf_field_is_complete (f->s->field));
}

static void
test_bad_file (Fixture *f, gconstpointer data)
{
  g_autofree char *map = write_map ("good.mrc", 1.0), *bad = write_text ("bad.mrc", "not a map at all\n");
  open_paths (f, map, bad);
  WAIT (f->s->prepared && f->errors == 1);
  g_assert_nonnull (strstr (f->last_error, "bad.mrc"));
  g_assert_cmpstr (f->s->title, ==, "good.mrc");
}

static void
test_cancel (Fixture *f, gconstpointer data)
{
  g_autofree char *map = write_map ("cancel.mrc", 0.5);
  open_paths (f, map, NULL);
  WAIT (f->s->prepared);
  cf_session_set_max_epochs (f->session, 500);
  cf_session_train (f->session);
  WAIT (f->s->trainer != NULL && f->s->training.state == CF_TRAINER_RUNNING);
  cf_session_pause (f->session, TRUE);
  WAIT (f->s->training.state == CF_TRAINER_PAUSED);
  cf_session_pause (f->session, FALSE);
  WAIT (f->s->training.state == CF_TRAINER_RUNNING);
  cf_session_cancel (f->session);
  WAIT (f->s->training.state == CF_TRAINER_CANCELLED);
  g_assert_true (cf_session_can_train (f->session));
  g_assert_cmpint (f->errors, ==, 0);
}

/* mu + 3 sigma of a map that is half full is above its largest voxel: the level begins where there is something to see. */
static void
test_level_of_a_full_map (Fixture *f, gconstpointer data)
{
  const int dims[3] = { 12, 12, 12 };
  const double origin[3] = { 0, 0, 0 }, step[3][3] = { { 1, 0, 0 }, { 0, 1, 0 }, { 0, 0, 1 } };
  g_autofree char *path = in_folder ("full.mrc");
  g_autoptr (GError) error = NULL;
  CfGrid grid;
  cf_grid_init (&grid, dims, origin, step);
  float *voxels = g_new (float, 12 * 12 * 12);
  for (int i = 0; i < 12 * 12 * 12; i++)
    voxels[i] = i < 6 * 144 ? 1.0f + 0.01f * (float) (i % 7) : 0.0f;
  g_autoptr (CfVolume) volume = cf_volume_new ("full.mrc", &grid, voxels);
  g_assert_true (cf_mrc_save (volume, path, NULL, NULL, &error));
  g_assert_no_error (error);
  open_paths (f, path, NULL);
  WAIT (f->s->prepared && f->s->has_level);
  g_assert_cmpfloat (cf_level_generic (&f->s->normalisation).normalised, >, 1);
  g_assert_cmpfloat (f->s->level.normalised, <, 0.99);
  g_autofree char *why = cf_level_warning (&f->s->normalisation);
  g_assert_nonnull (strstr (why, "above the largest voxel"));
  g_assert_cmpint (f->errors, ==, 0);
}

static void
test_bad_header_beside (Fixture *f, gconstpointer data)
{
  g_autofree char *map = write_map ("emd_4321.map", 1.0), *header = write_text ("emd-4321.xml", "<html/>\n");
  open_paths (f, map, NULL);
  WAIT (f->s->prepared && f->errors == 1);
  g_assert_nonnull (strstr (f->last_error, "emd-4321.xml"));
  g_assert_null (f->s->header);
}

/* -- choices that a file leaves ---------------------------------------------------------------------------------------------------- */

static void
put (guint8 *header, int word, double value, gboolean is_int)
{
  gint32 i = (gint32) value;
  float f = (float) value;
  memcpy (header + 4 * (word - 1), is_int ? (void *) &i : (void *) &f, 4);
}

/* The map of write_map (), with words of its header changed; twice: a stack of it and of its negative. */
static char *
write_odd_map (const char *name, gboolean twice)
{
  g_autofree char *plain = write_map ("plain.mrc", 0.8);
  char *path = in_folder (name), *data;
  gsize n;
  g_assert_true (g_file_get_contents (plain, &data, &n, NULL));
  g_autofree char *odd = g_malloc0 (2 * n);
  memcpy (odd, data, n);
  if (twice)
    {
      gint32 nz;
      memcpy (&nz, odd + 8, 4);
      put ((guint8 *) odd, 3, 2 * nz, TRUE);
      put ((guint8 *) odd, 23, 401, TRUE);
      for (gsize i = 1024; i + 4 <= n; i += 4)
        {
          float value;
          memcpy (&value, data + i, 4);
          value = 1.5f - value;
          memcpy (odd + n + (i - 1024), &value, 4);
        }
    }
  else
    for (int a = 0; a < 3; a++)
      {
        put ((guint8 *) odd, 5 + a, 10, TRUE);
        put ((guint8 *) odd, 50 + a, -6, FALSE);
      }
  g_assert_true (g_file_set_contents (path, odd, (gssize) (twice ? 2 * n - 1024 : n), NULL));
  g_free (data);
  return path;
}

static void
test_placement (Fixture *f, gconstpointer data)
{
  g_autofree char *map = write_odd_map ("placed.mrc", FALSE), *model = write_text ("placed.pdb", model_text);
  open_paths (f, map, model);
  WAIT (f->s->prepared && f->s->structure != NULL);
  g_assert_true (f->s->volume->header.two_placements);
  g_assert_cmpfloat_with_epsilon (f->s->volume->grid.origin[0], -6, 1e-4);
  cf_session_set_level (f->session, 0.4, TRUE);
  cf_session_set_placement (f->session, TRUE);
  WAIT (f->s->volume->header.placement == CF_PLACED_BY_NSTART && f->s->samples != NULL);
  g_assert_cmpfloat_with_epsilon (f->s->volume->grid.origin[0], 8, 1e-4);
  g_assert_cmpfloat_with_epsilon (f->s->samples->grid.origin[2], 8, 1e-4);
  /* what the user had is still there */
  g_assert_nonnull (f->s->structure);
  g_assert_cmpfloat_with_epsilon (f->s->level.normalised, 0.4, 1e-12);
  /* the newest of two choices wins */
  cf_session_set_placement (f->session, TRUE);
  cf_session_set_placement (f->session, FALSE);
  WAIT (f->s->volume->header.placement == CF_PLACED_BY_ORIGIN && f->s->samples != NULL);
  /* a fit stands where it stands */
  cf_session_train (f->session);
  g_assert_false (cf_session_can_reload (f->session));
  cf_session_set_placement (f->session, TRUE);
  g_assert_cmpint (f->s->volume->header.placement, ==, CF_PLACED_BY_ORIGIN);
  g_assert_cmpint (f->errors, ==, 0);
}

static void
test_stack (Fixture *f, gconstpointer data)
{
  g_autofree char *map = write_odd_map ("stack.mrcs", TRUE);
  open_paths (f, map, NULL);
  WAIT (f->s->prepared);
  g_assert_cmpint (f->s->volume->header.n_volumes, ==, 2);
  double first = f->s->volume->statistics.mean;
  cf_session_set_stack_volume (f->session, 1);
  WAIT (f->s->stack_volume == 1 && f->s->samples != NULL);
  g_assert_cmpfloat_with_epsilon (f->s->volume->statistics.mean, 1.5 - first, 1e-4);
  g_assert_cmpstr (f->s->title, ==, "stack.mrcs");
  g_assert_cmpint (f->errors, ==, 0);
}

static void
test_models_and_nucleotides (Fixture *f, gconstpointer data)
{
  static const char text[] = "MODEL        1\n"
                             "ATOM      1  P    DA A   1       0.000   0.000   0.000  1.00 10.00           P\n"
                             "ATOM      2  C4'  DA A   1       1.000   2.000   3.000  1.00 10.00           C\n"
                             "ENDMDL\n"
                             "MODEL        2\n"
                             "ATOM      1  P    DA A   1       5.000   0.000   0.000  1.00 10.00           P\n"
                             "ATOM      2  C4'  DA A   1       6.000   2.000   3.000  1.00 10.00           C\n"
                             "ENDMDL\nEND\n";
  g_autofree char *model = write_text ("two.pdb", text);
  open_paths (f, model, NULL);
  WAIT (f->s->structure != NULL);
  g_assert_cmpint (f->s->structure->n_models, ==, 2);
  g_assert_cmpstr (f->s->structure->atoms[f->s->structure->residues[0].trace].name, ==, "P");
  cf_session_set_model (f->session, 1);
  WAIT (f->s->structure->model == 1);
  g_assert_cmpfloat (f->s->structure->atoms[0].pos[0], ==, 5);
  cf_session_set_at_c4 (f->session, TRUE);
  g_assert_cmpstr (f->s->structure->atoms[f->s->structure->residues[0].trace].name, ==, "C4'");
  g_assert_cmpint (f->s->structure->n_p, ==, 1);
  cf_session_set_model (f->session, 0);
  WAIT (f->s->structure->model == 0);
  g_assert_cmpstr (f->s->structure->atoms[f->s->structure->residues[0].trace].name, ==, "C4'");
  cf_session_set_at_c4 (f->session, FALSE);
  g_assert_cmpstr (f->s->structure->atoms[f->s->structure->residues[0].trace].name, ==, "P");
  g_assert_cmpint (f->errors, ==, 0);
}

int
main (int argc, char **argv)
{
  cf_compute_init ();
  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("cryofield-session-XXXXXX", NULL);
  g_test_add_func ("/session/recognise", test_recognise);
  g_test_add ("/session/main-job", Fixture, NULL, set_up, test_main_job, tear_down);
  g_test_add ("/session/region-under-way", Fixture, NULL, set_up, test_region_under_way, tear_down);
  g_test_add ("/session/plateau-of-whole-walk", Fixture, NULL, set_up, test_plateau_of_whole_walk, tear_down);
  g_test_add ("/session/part", Fixture, NULL, set_up, test_part, tear_down);
  g_test_add ("/session/killed", Fixture, NULL, set_up, test_killed, tear_down);
  g_test_add ("/session/newest-map-wins", Fixture, NULL, set_up, test_newest_map_wins, tear_down);
  g_test_add ("/session/bad-file", Fixture, NULL, set_up, test_bad_file, tear_down);
  g_test_add ("/session/device", Fixture, NULL, set_up, test_device, tear_down);
  g_test_add ("/session/cancel", Fixture, NULL, set_up, test_cancel, tear_down);
  g_test_add ("/session/level-of-a-full-map", Fixture, NULL, set_up, test_level_of_a_full_map, tear_down);
  g_test_add ("/session/bad-header-beside", Fixture, NULL, set_up, test_bad_header_beside, tear_down);
  g_test_add ("/session/placement", Fixture, NULL, set_up, test_placement, tear_down);
  g_test_add ("/session/stack", Fixture, NULL, set_up, test_stack, tear_down);
  g_test_add ("/session/models-and-nucleotides", Fixture, NULL, set_up, test_models_and_nucleotides, tear_down);
  int status = g_test_run ();
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  for (const char *name; dir != NULL && (name = g_dir_read_name (dir)) != NULL;)
    {
      g_autofree char *path = in_folder (name);
      g_remove (path);
    }
  g_rmdir (folder);
  return status;
}
