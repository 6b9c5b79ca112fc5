/* test-undo.c: the list of steps: what is one step, what is none, and what comes back. */
#include "cf-undo.h"

enum { LEVEL, PAIR };
typedef struct { int a, b; } Pair;
typedef struct { CfUndo *undo; double level; Pair pair; int applied; } World;

static void
apply (guint kind, const void *value, gpointer data)
{
  World *w = data;
  w->applied++;
  if (kind == LEVEL)
    w->level = *(const double *) value;
  else
    w->pair = *(const Pair *) value;
  /* as a window does: what is set is noted again, and some of it is not quite what was asked for */
  double near = w->level + 1e-9;
  cf_undo_note (w->undo, LEVEL, &near, TRUE);
  cf_undo_note (w->undo, PAIR, &w->pair, FALSE);
}

static void
set_up (World *w, gconstpointer data)
{
  w->undo = cf_undo_new (apply, w);
  cf_undo_add_kind (w->undo, LEVEL, sizeof (double));
  cf_undo_add_kind (w->undo, PAIR, sizeof (Pair));
}

static void
tear_down (World *w, gconstpointer data)
{
  cf_undo_free (w->undo);
}

static void
note (World *w, double level, gboolean settled)
{
  w->level = level;
  cf_undo_note (w->undo, LEVEL, &level, settled);
}

static void
note_pair (World *w, int a, int b, gboolean settled)
{
  w->pair = (Pair){ a, b };
  cf_undo_note (w->undo, PAIR, &w->pair, settled);
}

static void
test_steps (World *w, gconstpointer data)
{
  g_assert_cmpint (cf_undo_next_undo (w->undo), ==, -1);
  note (w, 0.1, TRUE); /* where it begins */
  note (w, 0.1, TRUE);
  g_assert_cmpint (cf_undo_next_undo (w->undo), ==, -1);
  cf_undo_undo (w->undo);
  g_assert_cmpint (w->applied, ==, 0);
  note (w, 0.2, TRUE);
  note (w, 0.3, TRUE);
  g_assert_cmpint (cf_undo_next_undo (w->undo), ==, LEVEL);
  cf_undo_undo (w->undo);
  g_assert_cmpfloat (w->level, ==, 0.2);
  g_assert_cmpint (cf_undo_next_redo (w->undo), ==, LEVEL); /* what it noted meanwhile took nothing away */
  cf_undo_undo (w->undo);
  g_assert_cmpfloat (w->level, ==, 0.1);
  g_assert_cmpint (cf_undo_next_undo (w->undo), ==, -1);
  cf_undo_redo (w->undo);
  cf_undo_redo (w->undo);
  cf_undo_redo (w->undo);
  g_assert_cmpfloat (w->level, ==, 0.3);
  cf_undo_undo (w->undo);
  note (w, 0.5, TRUE); /* a new step takes the place of those that were undone */
  g_assert_cmpint (cf_undo_next_redo (w->undo), ==, -1);
  cf_undo_undo (w->undo);
  g_assert_cmpfloat (w->level, ==, 0.2);
}

static void
test_drag (World *w, gconstpointer data)
{
  note (w, 0.1, TRUE);
  for (int i = 1; i <= 50; i++)
    note (w, 0.1 + i * 0.01, i == 50);
  note (w, 0.9, FALSE);
  cf_undo_settle (w->undo, LEVEL);
  cf_undo_undo (w->undo);
  g_assert_cmpfloat_with_epsilon (w->level, 0.6, 1e-12);
  cf_undo_undo (w->undo);
  g_assert_cmpfloat (w->level, ==, 0.1);
  g_assert_cmpint (cf_undo_next_undo (w->undo), ==, -1);
  note (w, 0.4, FALSE);
  note (w, 0.1, TRUE); /* there and back: no step */
  g_assert_cmpint (cf_undo_next_undo (w->undo), ==, -1);
  note (w, 0.2, FALSE); /* taken back while it goes on; what follows is another one */
  cf_undo_undo (w->undo);
  g_assert_cmpfloat (w->level, ==, 0.1);
  note (w, 0.3, FALSE);
  note (w, 0.35, TRUE);
  cf_undo_undo (w->undo);
  g_assert_cmpfloat (w->level, ==, 0.1);
  g_assert_cmpint (cf_undo_next_undo (w->undo), ==, -1);
}

static void
test_kinds (World *w, gconstpointer data)
{
  note (w, 0.1, TRUE);
  note_pair (w, 1, 1, TRUE);
  note (w, 0.2, FALSE);
  note_pair (w, 2, 2, FALSE); /* between two moves of the level */
  note (w, 0.3, TRUE);
  cf_undo_undo (w->undo);
  g_assert_cmpfloat (w->level, ==, 0.2);
  g_assert_cmpint (cf_undo_next_undo (w->undo), ==, PAIR);
  cf_undo_undo (w->undo);
  g_assert_cmpint (w->pair.a, ==, 1);
  cf_undo_undo (w->undo);
  g_assert_cmpfloat (w->level, ==, 0.1);
  cf_undo_rebase (w->undo, PAIR, &(Pair){ 7, 7 }); /* not by the user */
  cf_undo_redo (w->undo);
  g_assert_cmpfloat (w->level, ==, 0.2);
  cf_undo_begin_group (w->undo);
  note (w, 0.8, TRUE);
  note_pair (w, 8, 8, TRUE);
  cf_undo_end_group (w->undo);
  note_pair (w, 9, 9, TRUE);
  cf_undo_undo (w->undo);
  g_assert_cmpint (w->pair.a, ==, 8);
  g_assert_cmpfloat (w->level, ==, 0.8);
  cf_undo_undo (w->undo); /* both at once */
  g_assert_cmpint (w->pair.a, ==, 7);
  g_assert_cmpfloat (w->level, ==, 0.2);
  cf_undo_redo (w->undo);
  g_assert_cmpint (w->pair.a, ==, 8);
  g_assert_cmpfloat (w->level, ==, 0.8);
  cf_undo_clear (w->undo);
  g_assert_cmpint (cf_undo_next_undo (w->undo), ==, -1);
  g_assert_cmpint (cf_undo_next_redo (w->undo), ==, -1);
  note (w, 0.5, TRUE);
  g_assert_cmpint (cf_undo_next_undo (w->undo), ==, -1);
}

static void
test_many (World *w, gconstpointer data)
{
  for (int i = 0; i <= 2 * CF_UNDO_STEPS_MAX; i++)
    note (w, i, TRUE);
  int n = 0;
  for (; cf_undo_next_undo (w->undo) >= 0; n++)
    cf_undo_undo (w->undo);
  g_assert_cmpint (n, ==, CF_UNDO_STEPS_MAX);
  g_assert_cmpfloat (w->level, ==, CF_UNDO_STEPS_MAX);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/undo/steps", World, NULL, set_up, test_steps, tear_down);
  g_test_add ("/undo/drag", World, NULL, set_up, test_drag, tear_down);
  g_test_add ("/undo/kinds", World, NULL, set_up, test_kinds, tear_down);
  g_test_add ("/undo/many", World, NULL, set_up, test_many, tear_down);
  return g_test_run ();
}
