/* test-session-job.c: the session's main job: a map is trained, walked, compared, its level moved, its field saved and opened again. */
#include <math.h>
#include <string.h>

#include "cf-neural.h"
#include "session-fixture.h"

static void
is_settled (SessionFixture *f)
{
  SESSION_WAIT (!f->s->graph_stale && !f->s->comparison_stale);
}

/* Three residues are in the map; the fourth is 40 A away. */
static void
trains_and_compares (SessionFixture *f)
{
  cf_session_set_max_epochs (f->session, 30);
  cf_session_train (f->session);
  SESSION_WAIT (f->s->comparison != NULL && !f->s->comparison_stale);
  g_assert_true (f->samples_were_nan);
  g_assert_false (f->s->samples->voxels);
  g_assert_cmpint (f->s->training.state, ==, CF_TRAINER_DONE);
  g_assert_cmpuint (f->s->graph->n_nodes, >=, 3);
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
  SESSION_WAIT (f->s->curve != NULL && !f->s->curve_stale && f->s->activity == NULL);
  g_assert_cmpint (f->errors, ==, 0);
}

static void
knows_its_fit (SessionFixture *f)
{
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
}

/* A drag: many levels at once, then the hand lets go, at high. */
static void
follows_a_drag (SessionFixture *f, double high)
{
  SESSION_WAIT (cf_session_get_follow (f->session) != NULL);
  guint version = f->s->graph_version;
  g_assert_false (cf_session_is_following (f->session));
  cf_session_set_level (f->session, 0.8 * high, FALSE);
  g_assert_true (f->s->graph_stale && f->s->comparison_stale);
  g_assert_true (cf_session_is_following (f->session));
  g_assert_cmpuint (f->s->graph_version, ==, version); /* what is stale is no other graph: it need not be drawn anew */
  SESSION_WAIT (!f->s->graph_stale);
  g_assert_cmpuint (f->s->graph_version, ==, version + 1);
  g_assert_cmpint (cf_session_follow_time (f->session), >, 0);
  g_assert_cmpfloat_with_epsilon (f->s->graph->level.normalised, 0.8 * high, 1e-12);
  g_assert_cmpuint (f->s->comparison->n_nodes, ==, f->s->graph->n_nodes);
  g_assert_cmpuint (f->s->comparison->ca.matched, ==, 3);
  g_assert_false (f->s->comparison->has_null);
  g_assert_true (f->s->comparison_stale); /* chance is still that of before: said so until the hand lets go */
  for (int i = 0; i < 40; i++)
    cf_session_set_level (f->session, high * (0.6 + 0.01 * i), FALSE);
  cf_session_set_level (f->session, high, TRUE);
  g_assert_true (f->s->graph_stale);
  is_settled (f);
  g_assert_false (cf_session_is_following (f->session));
  g_assert_cmpint (cf_session_follow_time (f->session), ==, 0);
  g_assert_cmpfloat_with_epsilon (f->s->graph->level.normalised, high, 1e-12);
  g_assert_cmpuint (f->s->graph->n_nodes, >, 0);
  g_assert_true (f->s->comparison->has_null);
}

/* Below what was climbed from only the new seeds climb. */
static void
climbs_from_below (SessionFixture *f)
{
  double lowest = cf_sweep_get_peaks (f->s->sweep)->lowest;
  gsize n = cf_sweep_get_peaks (f->s->sweep)->n;
  cf_session_set_level (f->session, lowest / 2, TRUE);
  is_settled (f);
  g_assert_cmpfloat_with_epsilon (cf_sweep_get_peaks (f->s->sweep)->lowest, lowest / 2, 1e-9);
  g_assert_cmpuint (cf_sweep_get_peaks (f->s->sweep)->n, >, n);
  g_assert_cmpfloat_with_epsilon (f->s->graph->level.normalised, lowest / 2, 1e-9);
}

/* The field saved, closed and opened again gives the same graph. */
static void
comes_back (SessionFixture *f, const char *model, double high)
{
  g_autofree char *neural = session_path ("a.neural.safetensors");
  g_autoptr (GError) error = NULL;
  g_assert_true (cf_neural_save (f->s->field, neural, NULL, &error));
  g_assert_no_error (error);
  cf_session_set_level (f->session, high, TRUE);
  is_settled (f);
  gsize n_nodes = f->s->graph->n_nodes, n_edges = f->s->graph->n_edges;
  double coverage = f->s->comparison->ca.coverage, rmsd = f->s->comparison->ca.rmsd;
  cf_session_close (f->session);
  g_assert_null (f->s->graph);
  g_assert_null (f->s->samples);
  g_assert_null (f->s->title);
  session_open (f, neural, model);
  SESSION_WAIT (f->s->comparison != NULL && !f->s->comparison_stale);
  g_assert_null (f->s->volume);
  g_assert_cmpstr (f->s->field_path, ==, neural);
  cf_session_set_level (f->session, high, TRUE);
  is_settled (f);
  g_assert_cmpuint (f->s->graph->n_nodes, ==, n_nodes);
  g_assert_cmpuint (f->s->graph->n_edges, ==, n_edges);
  g_assert_cmpfloat_with_epsilon (f->s->comparison->ca.coverage, coverage, 1e-12);
  g_assert_cmpfloat_with_epsilon (f->s->comparison->ca.rmsd, rmsd, 1e-3);
  g_assert_cmpint (f->errors, ==, 0);
}

static void
test_main_job (SessionFixture *f, gconstpointer data)
{
  g_autofree char *map = session_write_map ("a.mrc", 0.8), *model = session_write_text ("a.pdb", session_model);
  session_open (f, map, model);
  SESSION_WAIT (f->s->prepared && f->s->structure != NULL);
  g_assert_cmpstr (f->s->title, ==, "a.mrc");
  g_assert_true (f->s->samples->voxels);
  g_assert_true (f->s->has_level);
  trains_and_compares (f);
  knows_its_fit (f);
  double high = 0.7 * cf_sweep_get_peaks (f->s->sweep)->seed_density[0];
  follows_a_drag (f, high);
  climbs_from_below (f);
  comes_back (f, model, high);
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
test_plateau_of_whole_walk (SessionFixture *f, gconstpointer data)
{
  static const char *const elements[] = { "FE", "F", "LI" };
  CfSimulateOptions options = { .resolution = 2.0, .spacing = 1.0, .has_box = TRUE, .box = { -4, -4, -4, 12, 12, 16 } };
  g_autoptr (GString) text = g_string_new (NULL);
  Early early = { 0 };
  for (int i = 0; i < 36; i++)
    g_string_append_printf (text, "HETATM%5d %-2s   LIG A%4d    %8.3f%8.3f%8.3f  1.00 10.00          %2s\n", i + 1, elements[i % 3], i + 1,
                            i % 3 * 4.0, i / 3 % 3 * 4.0, i / 9 * 4.0, elements[i % 3]);
  g_autofree char *map = session_write_map_of ("kinds.mrc", text->str, &options);
  session_open (f, map, NULL);
  SESSION_WAIT (f->s->prepared);
  g_signal_connect (f->session, "changed", G_CALLBACK (look_for_plateau), &early);
  cf_session_set_max_epochs (f->session, 30);
  cf_session_train (f->session);
  SESSION_WAIT (f->s->sweep != NULL && cf_session_is_walked (f->s) && f->s->activity == NULL);
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

void
session_tests_of_the_job (void)
{
  session_test_add ("/session/main-job", test_main_job);
  session_test_add ("/session/plateau-of-whole-walk", test_plateau_of_whole_walk);
}
