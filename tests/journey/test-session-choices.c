/* test-session-choices.c: what a file leaves to its reader: where a map lies, which volume of a stack, which model, which atom of a nucleotide. */
#include <string.h>

#include "session-fixture.h"

static void
put (guint8 *header, int word, double value, gboolean is_int)
{
  gint32 i = (gint32) value;
  float f = (float) value;
  memcpy (header + 4 * (word - 1), is_int ? (void *) &i : (void *) &f, 4);
}

/* The map of session_write_map (), with words of its header changed; twice: a stack of it and of its negative. */
static char *
write_odd_map (const char *name, gboolean twice)
{
  g_autofree char *plain = session_write_map ("plain.mrc", 0.8);
  char *path = session_path (name), *data;
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
test_placement (SessionFixture *f, gconstpointer data)
{
  g_autofree char *map = write_odd_map ("placed.mrc", FALSE), *model = session_write_text ("placed.pdb", session_model);
  session_open (f, map, model);
  SESSION_WAIT (f->s->prepared && f->s->structure != NULL);
  g_assert_true (f->s->volume->header.two_placements);
  g_assert_cmpfloat_with_epsilon (f->s->volume->grid.origin[0], -6, 1e-4);
  cf_session_set_level (f->session, 0.4, TRUE);
  cf_session_set_placement (f->session, TRUE);
  SESSION_WAIT (f->s->volume->header.placement == CF_PLACED_BY_NSTART && f->s->samples != NULL);
  g_assert_cmpfloat_with_epsilon (f->s->volume->grid.origin[0], 8, 1e-4);
  g_assert_cmpfloat_with_epsilon (f->s->samples->grid.origin[2], 8, 1e-4);
  /* what the user had is still there */
  g_assert_nonnull (f->s->structure);
  g_assert_cmpfloat_with_epsilon (f->s->level.normalised, 0.4, 1e-12);
  /* the newest of two choices wins */
  cf_session_set_placement (f->session, TRUE);
  cf_session_set_placement (f->session, FALSE);
  SESSION_WAIT (f->s->volume->header.placement == CF_PLACED_BY_ORIGIN && f->s->samples != NULL);
  /* a fit stands where it stands */
  cf_session_train (f->session);
  g_assert_false (cf_session_can_reload (f->session));
  cf_session_set_placement (f->session, TRUE);
  g_assert_cmpint (f->s->volume->header.placement, ==, CF_PLACED_BY_ORIGIN);
  g_assert_cmpint (f->errors, ==, 0);
}

static void
test_stack (SessionFixture *f, gconstpointer data)
{
  g_autofree char *map = write_odd_map ("stack.mrcs", TRUE);
  session_open (f, map, NULL);
  SESSION_WAIT (f->s->prepared);
  g_assert_cmpint (f->s->volume->header.n_volumes, ==, 2);
  double first = f->s->volume->statistics.mean;
  cf_session_set_stack_volume (f->session, 1);
  SESSION_WAIT (f->s->stack_volume == 1 && f->s->samples != NULL);
  g_assert_cmpfloat_with_epsilon (f->s->volume->statistics.mean, 1.5 - first, 1e-4);
  g_assert_cmpstr (f->s->title, ==, "stack.mrcs");
  g_assert_cmpint (f->errors, ==, 0);
}

static void
test_models_and_nucleotides (SessionFixture *f, gconstpointer data)
{
  static const char text[] = "MODEL        1\n"
                             "ATOM      1  P    DA A   1       0.000   0.000   0.000  1.00 10.00           P\n"
                             "ATOM      2  C4'  DA A   1       1.000   2.000   3.000  1.00 10.00           C\n"
                             "ENDMDL\n"
                             "MODEL        2\n"
                             "ATOM      1  P    DA A   1       5.000   0.000   0.000  1.00 10.00           P\n"
                             "ATOM      2  C4'  DA A   1       6.000   2.000   3.000  1.00 10.00           C\n"
                             "ENDMDL\nEND\n";
  g_autofree char *model = session_write_text ("two.pdb", text);
  session_open (f, model, NULL);
  SESSION_WAIT (f->s->structure != NULL);
  g_assert_cmpint (f->s->structure->n_models, ==, 2);
  g_assert_cmpstr (f->s->structure->atoms[f->s->structure->residues[0].trace].name, ==, "P");
  cf_session_set_model (f->session, 1);
  SESSION_WAIT (f->s->structure->model == 1);
  g_assert_cmpfloat (f->s->structure->atoms[0].pos[0], ==, 5);
  cf_session_set_at_c4 (f->session, TRUE);
  g_assert_cmpstr (f->s->structure->atoms[f->s->structure->residues[0].trace].name, ==, "C4'");
  g_assert_cmpint (f->s->structure->n_p, ==, 1);
  cf_session_set_model (f->session, 0);
  SESSION_WAIT (f->s->structure->model == 0);
  g_assert_cmpstr (f->s->structure->atoms[f->s->structure->residues[0].trace].name, ==, "C4'");
  cf_session_set_at_c4 (f->session, FALSE);
  g_assert_cmpstr (f->s->structure->atoms[f->s->structure->residues[0].trace].name, ==, "P");
  g_assert_cmpint (f->errors, ==, 0);
}

void
session_tests_of_choices (void)
{
  session_test_add ("/session/placement", test_placement);
  session_test_add ("/session/stack", test_stack);
  session_test_add ("/session/models-and-nucleotides", test_models_and_nucleotides);
}
