/* test-session.c: the session without a window: what is recognised, what replaces what, and that the newest level wins. */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

#include "cf-backend.h"
#include "cf-mrc.h"
#include "cf-neural.h"
#include "cf-recognise.h"
#include "cf-session.h"
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

/* Three atoms of the model and none of the fourth, at 2 A on a grid of 0.8 A. */
static char *
write_map (const char *name, double spacing)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CfStructure) structure = cf_structure_parse ("m.pdb", model_text, sizeof model_text - 1, &error);
  g_assert_no_error (error);
  CfSimulateOptions options = { .resolution = 2.0, .spacing = spacing, .has_box = TRUE, .box = { -6, -6, -6, 10, 10, 6 } };
  g_autoptr (CfVolume) volume = cf_simulate (structure, &options, NULL, &error);
  g_assert_no_error (error);
  char *path = in_folder (name);
  g_assert_true (cf_mrc_save (volume, path, NULL, NULL, &error));
  g_assert_no_error (error);
  return path;
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

  cf_session_undo_level (f->session);
  g_assert_cmpfloat_with_epsilon (f->s->level.normalised, high, 1e-12);
  cf_session_redo_level (f->session);
  g_assert_cmpfloat_with_epsilon (f->s->level.normalised, lowest / 2, 1e-12);

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
  g_test_add ("/session/newest-map-wins", Fixture, NULL, set_up, test_newest_map_wins, tear_down);
  g_test_add ("/session/bad-file", Fixture, NULL, set_up, test_bad_file, tear_down);
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
