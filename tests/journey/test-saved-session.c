/* test-saved-session.c: session files: what is written is read, what is wrong is refused by name, files that moved or changed are found out;
 * automatic copies: only those of processes that died are taken. */
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cf-autosave.h"
#include "cf-error.h"
#include "cf-saved-session.h"

static char *folder;

static char *
in_folder (const char *name)
{
  return g_build_filename (folder, name, NULL);
}

static char *
write_text (const char *name, const char *text)
{
  char *path = in_folder (name), *parent = g_path_get_dirname (path);
  g_assert_cmpint (g_mkdir_with_parents (parent, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  g_free (parent);
  return path;
}

static CfSavedSession *
sample (const char *map)
{
  CfSavedSession *saved = cf_saved_session_new ();
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  saved->files[CF_SAVED_MAP].path = g_strdup (map);
  saved->by_nstart = TRUE;
  saved->stack_volume = 2;
  saved->at_c4 = TRUE;
  saved->crop = FALSE;
  saved->contour = 0.0312;
  saved->has_box = TRUE;
  for (int i = 0; i < 6; i++)
    saved->box[i] = i - 2.125;
  saved->level = 0.1 + 0.2;
  saved->recipe = CF_RECIPE_PAPER;
  saved->adjacency = 3.5;
  saved->min_component = 7;
  saved->has_camera = TRUE;
  saved->camera = (CfCamera){ .rotation = { 0.5f, 0.5f, -0.5f, 0.5f }, .centre = { 1.25, -2, 1e-3 }, .distance = 88.5, .fov = 30 };
  saved->plane_normal[2] = 1;
  g_variant_dict_insert (&dict, "plane", "b", TRUE);
  g_variant_dict_insert (&dict, "slice-x", "d", 0.1);
  g_variant_dict_insert (&dict, "style", "s", "mesh");
  saved->options = g_variant_ref_sink (g_variant_dict_end (&dict));
  saved->picked[0] = (CfSavedPick){ .kind = CF_SAVED_PICK_NODE, .at = { 4, 5, 6 } };
  saved->picked[1] = (CfSavedPick){ .kind = CF_SAVED_PICK_ATOM, .at = { 7, 8, 9.5 } };
  g_free (saved->notes);
  saved->notes = g_strdup ("two lines\nand “quotes” \"\\\"");
  return saved;
}

static void
test_round (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *map = write_text ("round/maps/a.mrc", "voxels"), *path = in_folder ("round/s.cryofield");
  g_autoptr (CfSavedSession) saved = sample (map);
  g_assert_true (cf_saved_session_save (saved, path, NULL, &error));
  g_assert_no_error (error);
  g_autoptr (CfSavedSession) read = cf_saved_session_load (path, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (read->files[CF_SAVED_MAP].path, ==, map);
  g_assert_cmpstr (read->files[CF_SAVED_MAP].relative, ==, "maps/a.mrc");
  /* printf voxels | sha256sum */
  g_assert_cmpstr (read->files[CF_SAVED_MAP].sha256, ==, "38d11342e7802dc460247dcec95b945557f05a1bcc74a4db37f42d7e2b8b43de");
  g_assert_null (read->files[CF_SAVED_MODEL].path);
  g_assert_true (read->by_nstart && read->at_c4 && !read->crop && read->recipe == CF_RECIPE_PAPER);
  g_assert_cmpint (read->stack_volume, ==, 2);
  g_assert_cmpfloat (read->contour, ==, 0.0312);
  g_assert_true (read->has_box);
  g_assert_cmpmem (read->box, sizeof read->box, saved->box, sizeof saved->box);
  g_assert_cmpfloat (read->level, ==, 0.1 + 0.2);
  g_assert_true (isnan (read->resolution));
  g_assert_cmpfloat (read->adjacency, ==, 3.5);
  g_assert_cmpuint (read->min_component, ==, 7);
  for (int i = 0; i < 4; i++)
    g_assert_cmpfloat_with_epsilon (read->camera.rotation[i], saved->camera.rotation[i], 1e-6);
  g_assert_cmpmem (read->camera.centre, sizeof read->camera.centre, saved->camera.centre, sizeof saved->camera.centre);
  g_assert_cmpfloat (read->camera.distance, ==, 88.5);
  g_assert_cmpuint (g_variant_n_children (read->options), ==, 3);
  const char *style = NULL;
  gboolean plane = FALSE;
  double slice = 0;
  g_assert_true (g_variant_lookup (read->options, "style", "&s", &style) && g_variant_lookup (read->options, "plane", "b", &plane)
                 && g_variant_lookup (read->options, "slice-x", "d", &slice));
  g_assert_cmpstr (style, ==, "mesh");
  g_assert_true (plane && slice == 0.1);
  g_assert_cmpint (read->picked[0].kind, ==, CF_SAVED_PICK_NODE);
  g_assert_cmpfloat (read->picked[1].at[2], ==, 9.5);
  g_assert_cmpstr (read->notes, ==, saved->notes);
  g_autofree char *a = cf_saved_session_text (saved, "/"), *b = cf_saved_session_text (read, "/");
  g_assert_cmpstr (a, ==, b);
}

static void
test_refused (void)
{
  static const struct
  {
    const char *text, *need;
    int code;
  } rows[] = {
    { "not json", "JSON", CF_INPUT_ERROR_NOT_THIS },
    { "[1]", "format is missing", CF_INPUT_ERROR_NOT_THIS },
    { "{\"format\": \"x\"}", "format is x", CF_INPUT_ERROR_NOT_THIS },
    { "{\"format\": \"cryofield-session\", \"version\": 2}", "version is 2, needs 1", CF_INPUT_ERROR_UNSUPPORTED },
    { "{\"format\": \"cryofield-session\", \"version\": 1, \"level\": \"high\"}", "level", CF_INPUT_ERROR_FIELD },
    { "{\"format\": \"cryofield-session\", \"version\": 1, \"level\": 1, \"level\": 2}", "duplicate", CF_INPUT_ERROR_NOT_THIS },
    { "{\"format\": \"cryofield-session\", \"version\": 1, \"crop\": 1}", "crop", CF_INPUT_ERROR_FIELD },
    { "{\"format\": \"cryofield-session\", \"version\": 1, \"box\": [1, 2, 3]}", "six numbers", CF_INPUT_ERROR_FIELD },
    { "{\"format\": \"cryofield-session\", \"version\": 1, \"min_component\": -1}", "min_component", CF_INPUT_ERROR_FIELD },
    { "{\"format\": \"cryofield-session\", \"version\": 1, \"map\": {\"path\": \"a.mrc\"}}", "map", CF_INPUT_ERROR_FIELD },
    { "{\"format\": \"cryofield-session\", \"version\": 1, \"map\": {\"path\": \"/a.mrc\", \"sha256\": \"12\"}}", "sha256", CF_INPUT_ERROR_FIELD },
    { "{\"format\": \"cryofield-session\", \"version\": 1, \"notes\": \"a\\u0000b\"}", "JSON", CF_INPUT_ERROR_NOT_THIS },
    { "{\"format\": \"cryofield-session\", \"version\": 1, \"view\": {\"camera\": {\"rotation\": [0,0,0,0], \"centre\": [0,0,0], \"distance\": 1, \"fov\": 30}}}",
      "camera", CF_INPUT_ERROR_FIELD },
    { "{\"format\": \"cryofield-session\", \"version\": 1, \"view\": {\"camera\": {\"rotation\": [0,0,0], \"centre\": [0,0,0]}}}", "rotation", CF_INPUT_ERROR_FIELD },
  };
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_null (cf_saved_session_parse ("s.cryofield", rows[i].text, strlen (rows[i].text), &error));
      g_assert_error (error, CF_INPUT_ERROR, rows[i].code);
      g_assert_true (g_str_has_prefix (error->message, "s.cryofield: "));
      if (strstr (error->message, rows[i].need) == NULL)
        g_error ("row %zu: %s", i, error->message);
    }
  const char *least = "{\"format\": \"cryofield-session\", \"version\": 1, \"of a later one\": {}}";
  g_autoptr (CfSavedSession) saved = cf_saved_session_parse ("s", least, strlen (least), NULL);
  g_assert_nonnull (saved);
  g_assert_true (isnan (saved->level) && saved->crop && !saved->has_box && !saved->has_camera);
}

static GPtrArray *
find (const char *path, char **map)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CfSavedSession) saved = cf_saved_session_load (path, NULL, &error);
  g_assert_no_error (error);
  GPtrArray *problems = cf_saved_session_find (saved, path, NULL, &error);
  g_assert_no_error (error);
  *map = g_strdup (saved->files[CF_SAVED_MAP].path);
  return problems;
}

/* As it was; moved with its session; changed; another one in the old place and the right one beside the session; gone. */
static void
test_find (void)
{
  g_autofree char *map = write_text ("find/maps/a.mrc", "voxels"), *path = in_folder ("find/s.cryofield");
  g_autoptr (CfSavedSession) saved = sample (map);
  g_assert_true (cf_saved_session_save (saved, path, NULL, NULL));
  g_autofree char *found = NULL, *moved = in_folder ("moved"), *before = in_folder ("find"), *there = in_folder ("moved/s.cryofield");
  g_autofree char *beside = in_folder ("moved/maps/a.mrc");
  g_autoptr (GPtrArray) same = find (path, &found);
  g_assert_cmpuint (same->len, ==, 0);
  g_assert_cmpstr (found, ==, map);
  g_clear_pointer (&found, g_free);
  g_assert_cmpint (g_rename (before, moved), ==, 0);
  g_autoptr (GPtrArray) with_session = find (there, &found);
  g_assert_cmpuint (with_session->len, ==, 0);
  g_assert_cmpstr (found, ==, beside);
  g_clear_pointer (&found, g_free);
  g_free (write_text ("find/maps/a.mrc", "another"));
  g_autoptr (GPtrArray) of_two = find (there, &found);
  g_assert_cmpuint (of_two->len, ==, 0);
  g_assert_cmpstr (found, ==, beside);
  g_clear_pointer (&found, g_free);
  g_assert_cmpint (g_unlink (beside), ==, 0);
  g_autoptr (GPtrArray) changed = find (there, &found);
  g_assert_cmpuint (changed->len, ==, 1);
  const CfSavedProblem *problem = changed->pdata[0];
  g_assert_cmpstr (problem->path, ==, map);
  g_assert_cmpstr (problem->expected, ==, saved->files[CF_SAVED_MAP].sha256);
  g_assert_cmpuint (strlen (problem->found), ==, 64);
  g_assert_cmpstr (problem->found, !=, problem->expected);
  g_assert_cmpstr (found, ==, map);
  g_clear_pointer (&found, g_free);
  g_assert_cmpint (g_unlink (map), ==, 0);
  g_autoptr (GPtrArray) gone = find (there, &found);
  g_assert_cmpuint (gone->len, ==, 1);
  problem = gone->pdata[0];
  g_assert_cmpstr (problem->found, ==, "");
  g_assert_cmpstr (problem->path, ==, map);
  g_assert_null (found);
}

/* A process that writes a copy and dies, or lives until it is told; its pid. */
static pid_t
start_process (const char *where, int *hold)
{
  int ready[2], wait[2];
  char byte = 0;
  g_assert_cmpint (pipe (ready) | pipe (wait), ==, 0);
  pid_t pid = fork ();
  if (pid == 0)
    {
      CfAutosave *autosave = cf_autosave_new (where, NULL);
      if (autosave == NULL || !g_file_set_contents (cf_autosave_path (autosave), "{}", 2, NULL))
        _exit (1);
      close (wait[1]);
      (void) !write (ready[1], &byte, 1);
      (void) !read (wait[0], &byte, 1);
      _exit (0);
    }
  close (wait[0]);
  close (ready[1]);
  g_assert_cmpint (read (ready[0], &byte, 1), ==, 1);
  close (ready[0]);
  *hold = wait[1];
  return pid;
}

static void
test_autosave (void)
{
  g_autofree char *where = in_folder ("copies");
  int hold;
  g_autoptr (GError) error = NULL;
  g_assert_null (cf_autosave_take (where));
  pid_t pid = start_process (where, &hold);
  g_assert_null (cf_autosave_take (where)); /* it lives */
  close (hold);
  g_assert_cmpint (waitpid (pid, NULL, 0), ==, pid);
  CfAutosave *mine = cf_autosave_new (where, &error);
  g_assert_no_error (error);
  CfAutosave *taken = cf_autosave_take (where);
  g_assert_nonnull (taken);
  g_assert_cmpint (cf_autosave_written (taken), >, 0);
  g_assert_cmpint (cf_autosave_written (mine), ==, 0);
  g_assert_null (cf_autosave_take (where)); /* nobody takes it twice, nor one of this process */
  cf_autosave_free (taken);
  taken = cf_autosave_take (where); /* "later": it is still there */
  g_assert_nonnull (taken);
  cf_autosave_discard (taken);
  g_assert_null (cf_autosave_take (where));
  cf_autosave_discard (mine);
  g_assert_cmpint (g_rmdir (where), ==, 0); /* nothing is left */
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("cryofield-saved-XXXXXX", NULL);
  g_test_add_func ("/saved-session/round", test_round);
  g_test_add_func ("/saved-session/refused", test_refused);
  g_test_add_func ("/saved-session/find", test_find);
  g_test_add_func ("/saved-session/autosave", test_autosave);
  int status = g_test_run ();
  g_autofree char *command = g_strdup_printf ("rm -rf '%s'", folder);
  if (system (command) != 0)
    status = 1;
  return status;
}
